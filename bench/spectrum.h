/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_SPECTRUM_H
#define BENCH_SPECTRUM_H

#include "bench/random.h"
#include "bench/world.h"

/* What an optical spectrum analyser sees of lines of light, and reckons from it. */

#define SPECTRUM_POINTS_MAX 50001

struct spectrum_request {
	double start_m, stop_m;
	guint points;        /* 2..SPECTRUM_POINTS_MAX */
	double resolution_m; /* full width at half maximum of its filter, which is Gaussian */
	double shift_m;      /* wavelengths are shown too long by so much */
	double gain;         /* of powers */
	double floor_w;      /* its noise, as power in the resolution */
};

struct spectrum_trace {
	double start_m, step_m;
	guint points;
	double *power_w; /* owned; as a line of that power would show at its top */
};

/* Fills a trace, which gives up what it held (or is zeroed). */
void spectrum_sweep(struct spectrum_trace *trace, const struct spectrum_request *request,
                    const struct world_line *lines, guint n_lines, struct random_stream *noise);
void spectrum_clear(struct spectrum_trace *trace); /* also of a zeroed one */

/*
 * Peaks by wavelength, at most max: those that stand out of the dips on both sides by
 * difference_db. Where a peak lies between two points follows from a parabola through its level.
 */
guint spectrum_peaks(const struct spectrum_trace *trace, double difference_db,
                     struct world_line *peaks, guint max);

/*
 * Mean wavelength, weighted by power, and the standard deviation of all points that are not more
 * than threshold_db below the highest.
 */
void spectrum_width(const struct spectrum_trace *trace, double threshold_db, double *centre_m,
                    double *rms_m);

#endif

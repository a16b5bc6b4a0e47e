/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_OSA_ANALYSIS_H
#define BENCH_OSA_ANALYSIS_H

#include "bench/spectrum.h"

/* What the simulated AQ6370D's analyses find in a trace (sim_osa.c). */

#define OSA_CHANNELS_MAX 64

/* By the instrument's own numbers. */
enum osa_analysis {
	OSA_WIDTH = 2, /* centre, RMS width */
	OSA_DFB = 5,   /* width, peak, its level, distance of the next mode, suppression */
	OSA_SMSR = 8,  /* peak and its level, the next and its level, both differences */
	OSA_WDM = 11,  /* channels */
};

struct osa_parameters {
	double difference_db; /* by which a mode stands out */
	double mask_m;        /* what is nearer to the peak is no side mode */
	double width_threshold_db;
	double width_factor;
	double channel_threshold_db; /* below the strongest */
};

struct osa_results {
	enum osa_analysis analysis;
	guint n;
	double values[8]; /* m, dBm, dB */
	guint n_channels;
	struct world_line channels[OSA_CHANNELS_MAX]; /* by wavelength */
};

/* False when there is no such analysis. */
gboolean osa_analyse(enum osa_analysis analysis, const struct spectrum_trace *trace,
                     const struct osa_parameters *parameters, struct osa_results *results);

#endif

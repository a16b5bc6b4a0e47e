/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_DEMUX_H
#define BENCH_DEMUX_H

#include "bench/model.h"
#include "bench/random.h"

/*
 * A demultiplexer of thin-film filters; a multiplexer is one the other way round. Each output has a
 * flat top of 0.325 of the grid's spacing to each side (6.5 nm of CWDM's 20 nm), rippled by 0.3 dB,
 * falls from there to its isolation within another 0.325, and keeps that. From memory of product
 * sheets, as the figures below.
 */
struct demux {
	guint n;
	double centre_m[MODEL_LANES]; /* ascending */
	double spacing_m;             /* of the two nearest */
	double loss_db[MODEL_LANES];  /* least loss of each output: 1.2 dB */
	double ripple_phase[MODEL_LANES];
	/* beyond the flat top, over loss_db: towards shorter and longer wavelengths, 28 to 32 dB */
	double isolation_db[MODEL_LANES][2];
};

#define DEMUX_LOSS_DB   1.2
#define DEMUX_RIPPLE_DB 0.3
#define DEMUX_FAR_DB    40.0 /* isolation from the next but one on */

/* Draws one for n (1..4) wavelengths, ascending and apart. */
void demux_init(struct demux *demux, const double *centre_m, guint n, struct random_stream *stream);

/* From the common port to an output; reciprocal. */
double demux_output_db(const struct demux *demux, guint output, double wavelength_m);

#endif

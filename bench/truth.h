/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_TRUTH_H
#define BENCH_TRUTH_H

#include "bench/dut.h"
#include "bench/world.h"

/* Dirt on a connector adds this to its lane, both ways. */
#define TRUTH_DIRT_DB 1.5

struct truth_question {
	const struct dut *dut;
	const struct defect_set *defects;
	const struct world_constants *constants;
	gboolean dirty;
	const guint8 *symbols; /* the pattern to judge the transmitter with */
	gsize n_symbols;
	const struct fibre *fibre; /* the channel of TDECQ; null: none, TDECQ is TECQ */
};

/* Transmit side of a lane at these knobs: avg, oma, er, tecq, tdecq and rlm; the rest is left. */
void truth_transmitter(const struct truth_question *question, guint lane,
                       const struct world_tx_knobs *knobs, struct world_truth_lane *out);

/* Everything of world_truth but serial and defects. Clear with world_truth_clear. */
void truth_find(const struct truth_question *question, struct world_truth *truth);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_TRUTH_H
#define BENCH_TRUTH_H

#include "bench/dut.h"
#include "bench/world.h"

/* Dirt on a connector adds this to its lane, both ways; to all lanes where they share a fibre. */
#define TRUTH_DIRT_DB 1.5

/*
 * What TDECQ of multimode types is looked at in: it stands for the fibre. From memory, as twice
 * the 11.2 GHz of the lanes of half the rate.
 */
#define TRUTH_MULTIMODE_BANDWIDTH_HZ 22.4e9

/*
 * Where a penalty comes near its limit, patterns no longer agree: an echo that the equaliser does
 * not reach makes one 0.8 dB more on PRBS13Q than on SSPRQ.
 */
#define TRUTH_BELOW_DB 1.5
#define TRUTH_ABOVE_DB 2.6

struct truth_question {
	const struct dut *dut;
	const struct defect_set *defects;
	const struct world_constants *constants;
	gboolean dirty;
	const guint8 *symbols; /* the pattern to judge the transmitter with */
	gsize n_symbols;
	/*
	 * The pattern of TDECQ's definition, SSPRQ: a lane whose TECQ or TDECQ on the one above is
	 * TRUTH_BELOW_DB below its limit to TRUTH_ABOVE_DB above it is judged on this one. Null:
	 * never.
	 */
	const guint8 *whole_symbols;
	gsize n_whole_symbols;
	/* single-mode: the channel of TDECQ; null: none, TDECQ is TECQ */
	const struct fibre *fibre;
	gboolean no_equaliser; /* nothing of TECQ, TDECQ and RLM: they are NaN */
};

/*
 * Transmit side of a lane at these knobs and case temperature, a cooler at the set point of the
 * constants: avg, oma, er, tecq, tdecq, rlm and transition; the rest is left.
 */
void truth_transmitter(const struct truth_question *question, guint lane, double case_degc,
                       const struct world_tx_knobs *knobs, struct world_truth_lane *out);

/* At one case temperature; nothing is judged. */
void truth_find_corner(const struct truth_question *question, double case_degc,
                       struct world_truth_corner *corner);

/* Everything of world_truth but serial and defects. Clear with world_truth_clear. */
void truth_find(const struct truth_question *question, struct world_truth *truth);

#endif

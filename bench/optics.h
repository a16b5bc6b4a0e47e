/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_OPTICS_H
#define BENCH_OPTICS_H

#include "bench/dut.h"

/* How far a laser is above the case when the unit runs in high power. */
#define OPTICS_SELF_HEATING_K 7.0

/* Light into the fibre with a fully transparent modulator; 0 below threshold. */
double optics_laser_w(const struct dut_lane *lane, double bias_a, double laser_degc);

/* The modulator's transmission, 0 to 1, at a reverse voltage. */
double optics_transmission(const struct dut_lane *lane, double volt, double laser_degc);

/* Normalised driver levels -1..1 of the four symbols, FIR left out. */
void optics_driver_levels(const struct dut_lane *lane, double level_skew, double levels[4]);

/*
 * What a long run of one symbol settles to, in W at the connector's glass; FIR included, as it
 * scales a run by main + pre + post.
 */
void optics_settled_levels_w(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                             double laser_degc, double levels_w[4]);

/* Reverse voltage at a normalised drive -1..1. */
static inline double optics_volt(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                                 double drive)
{
	return knobs->mod_bias_v - 0.5 * MIN(knobs->mod_swing_v, lane->swing_max_v) * drive;
}

static inline double optics_fir_main(const struct world_tx_knobs *knobs)
{
	double pre = knobs->fir_pre, post = knobs->fir_post;

	return 1 - (pre < 0 ? -pre : pre) - (post < 0 ? -post : post);
}

#endif

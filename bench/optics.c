/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/optics.h"

#include <math.h>

#define REFERENCE_DEGC 25.0

double optics_laser_w(const struct dut_lane *lane, double bias_a, double laser_degc)
{
	double rise = laser_degc - REFERENCE_DEGC;
	double over_a = bias_a - lane->threshold_a * exp(rise / lane->threshold_t0_k);

	if (over_a <= 0)
		return 0;
	/* Beyond the top of the parabola more current gives no more light, nor less. */
	over_a = MIN(over_a, lane->rollover_a / 2);
	return lane->slope_w_per_a * exp(-rise / lane->slope_t1_k) * over_a *
	       (1 - over_a / lane->rollover_a);
}

double optics_transmission(const struct dut_lane *lane, double volt, double laser_degc)
{
	double v0 = lane->mod_v0 + lane->mod_v0_per_k * (laser_degc - REFERENCE_DEGC);

	return lane->mod_floor + (1 - lane->mod_floor) / (1 + exp((volt - v0) / lane->mod_vs));
}

void optics_driver_levels(const struct dut_lane *lane, double level_skew, double levels[4])
{
	/* A compressed driver holds its inner levels near the outer ones, whatever is asked. */
	double inner = lane->stuck_inner > 0 ? lane->stuck_inner : (1 + level_skew) / 3;

	levels[0] = -1;
	levels[1] = -inner;
	levels[2] = inner;
	levels[3] = 1;
}

void optics_settled_levels_w(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                             double laser_degc, double levels_w[4])
{
	double gain = optics_fir_main(knobs) + knobs->fir_pre + knobs->fir_post;
	double on_w = optics_laser_w(lane, knobs->laser_bias_a, laser_degc);
	double levels[4];

	optics_driver_levels(lane, knobs->level_skew, levels);
	for (int i = 0; i < 4; i++)
		levels_w[i] =
			on_w * optics_transmission(lane, optics_volt(lane, knobs, gain * levels[i]),
		                                   laser_degc);
}

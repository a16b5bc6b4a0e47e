/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/optics.h"

#include <math.h>

#define NOMINAL_V            3.3
#define SWING_PER_V          (0.1 / NOMINAL_V) /* relative */
#define BANDWIDTH_AT_A       5e-3              /* over threshold */
#define STARVED_NOISE_MAX_DB 40.0
#define SIDE_MODE_M          1.1e-9 /* of a DFB laser, from its mode */

static double over_threshold_a(const struct dut_lane *lane, double bias_a, double laser_degc)
{
	return bias_a -
	       lane->threshold_a * exp((laser_degc - DUT_REFERENCE_DEGC) / lane->threshold_t0_k);
}

double optics_laser_w(const struct dut_lane *lane, double bias_a, double laser_degc)
{
	double rise = laser_degc - DUT_REFERENCE_DEGC;
	double over_a = over_threshold_a(lane, bias_a, laser_degc);

	if (over_a <= 0)
		return 0;
	/* Beyond the top of the parabola more current gives no more light, nor less. */
	over_a = MIN(over_a, lane->rollover_a / 2);
	double light_w = lane->slope_w_per_a * exp(-rise / lane->slope_t1_k) * over_a *
	                 (1 - over_a / lane->rollover_a);
	return lane->kink_a > 0 && bias_a > lane->kink_a ? light_w * (1 - lane->kink_loss)
	                                                 : light_w;
}

double optics_starved_noise_db(const struct dut_lane *lane, double sound_a, double bias_a,
                               double laser_degc)
{
	double sound = over_threshold_a(lane, sound_a, laser_degc);
	double left = over_threshold_a(lane, bias_a, laser_degc);

	if (!(sound > left))
		return 0;
	return left > 0 ? fmin(30 * log10(sound / left), STARVED_NOISE_MAX_DB)
	                : STARVED_NOISE_MAX_DB;
}

double optics_transmission(const struct dut_lane *lane, double volt, double laser_degc)
{
	double v0 = lane->mod_v0 + lane->mod_v0_per_k * (laser_degc - DUT_REFERENCE_DEGC);

	return lane->mod_floor + (1 - lane->mod_floor) / (1 + exp((volt - v0) / lane->mod_vs));
}

double optics_light_w(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                      double laser_degc, double drive)
{
	if (lane->kind == MODEL_VCSEL) {
		double swing_a = MIN(knobs->mod_current_a, lane->mod_max_a);
		return optics_laser_w(lane, knobs->laser_bias_a + 0.5 * swing_a * drive,
		                      laser_degc);
	}
	double volt = knobs->mod_bias_v - 0.5 * MIN(knobs->mod_swing_v, lane->swing_max_v) * drive;
	return optics_laser_w(lane, knobs->laser_bias_a, laser_degc) *
	       optics_transmission(lane, volt, laser_degc);
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
	double levels[4];

	optics_driver_levels(lane, knobs->level_skew, levels);
	for (int i = 0; i < 4; i++)
		levels_w[i] = optics_light_w(lane, knobs, laser_degc, gain * levels[i]);
}

struct world_tx_knobs optics_supplied(const struct world_tx_knobs *knobs, double volt)
{
	struct world_tx_knobs acting = *knobs;
	double gain = 1 + SWING_PER_V * (volt - NOMINAL_V);

	acting.mod_swing_v *= gain;
	acting.mod_current_a *= gain;
	return acting;
}

double optics_bandwidth_hz(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                           double laser_degc)
{
	double over_a = over_threshold_a(lane, knobs->laser_bias_a, laser_degc);

	return lane->bandwidth_hz *
	       (1 + lane->bandwidth_per_a * (fmax(over_a, 0) - BANDWIDTH_AT_A)) *
	       (1 + lane->bandwidth_per_k * (laser_degc - DUT_REFERENCE_DEGC));
}

double optics_wavelength_m(const struct dut_lane *lane, double laser_degc)
{
	return lane->light.wavelength_m +
	       lane->wavelength_per_k * (laser_degc - DUT_REFERENCE_DEGC);
}

struct fibre_light optics_fibre_light(const struct dut_lane *lane, double laser_degc)
{
	struct fibre_light light = lane->light;

	light.wavelength_m = optics_wavelength_m(lane, laser_degc);
	return light;
}

static guint dfb_lines(const struct dut_lane *lane, double centre_m, struct world_line *lines,
                       guint max)
{
	double side = pow(10, -lane->smsr_db / 10), other = side / 3;
	double whole = 1 + side + other;
	const struct world_line all[] = {
		{centre_m, 1 / whole},
		{centre_m - SIDE_MODE_M, side / whole},
		{centre_m + SIDE_MODE_M, other / whole},
	};
	guint n = MIN(max, G_N_ELEMENTS(all));

	for (guint i = 0; i < n; i++)
		lines[i] = all[i];
	return n;
}

/* Powers 1:4:6:4:1, whose RMS width is one spacing. */
static guint vcsel_lines(const struct dut_lane *lane, double centre_m, struct world_line *lines,
                         guint max)
{
	static const struct {
		int place, weight;
	} modes[] = {{0, 6}, {-1, 4}, {1, 4}, {-2, 1}, {2, 1}};
	guint n = MIN(max, G_N_ELEMENTS(modes));

	for (guint i = 0; i < n; i++)
		lines[i] = (struct world_line){
			centre_m + modes[i].place * lane->light.rms_width_m,
			modes[i].weight / 16.0,
		};
	return n;
}

guint optics_lines(const struct dut_lane *lane, double laser_degc, struct world_line *lines,
                   guint max)
{
	double centre_m = optics_wavelength_m(lane, laser_degc);

	return lane->kind == MODEL_VCSEL ? vcsel_lines(lane, centre_m, lines, max)
	                                 : dfb_lines(lane, centre_m, lines, max);
}

double optics_monitor_raw_w(const struct dut_lane *lane, double case_degc, double power_w)
{
	return (power_w - lane->tx_mon_offset_w) / lane->tx_mon_slope *
	       (1 + lane->tx_mon_per_k * (case_degc - DUT_REFERENCE_DEGC));
}

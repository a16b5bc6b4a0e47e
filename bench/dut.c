/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/dut.h"

#include "bench/random.h"

/* Volts across a laser and its current source. */
#define LASER_RAIL_V 1.8

static double around(struct random_stream *s, double mean, double sigma)
{
	return mean + random_bounded(s, sigma, 2.5);
}

static void init_transmitter(struct dut_lane *lane, struct random_stream *s)
{
	lane->threshold_a = around(s, 10.5e-3, 0.8e-3);
	lane->slope_w_per_a = around(s, 0.063, 0.003);
	lane->rollover_a = around(s, 0.40, 0.02);
	lane->threshold_t0_k = around(s, 60, 3);
	lane->slope_t1_k = around(s, 150, 8);
	lane->rin_db_hz = around(s, -145.5, 0.6);
	lane->mod_v0 = around(s, 1.35, 0.05);
	lane->mod_vs = around(s, 0.56, 0.025);
	lane->mod_floor = around(s, 0.02, 0.004);
	lane->mod_v0_per_k = around(s, -1.5e-3, 0.2e-3);
	lane->bandwidth_hz = around(s, 27e9, 1.2e9);
	lane->echo = around(s, 0, 0.012);
	lane->echo_delay_s = random_uniform(s, 50e-12, 90e-12);
	lane->jitter_s = around(s, 180e-15, 20e-15);
	lane->swing_max_v = 2.5;
	lane->stuck_inner = 0;
}

static void init_rest(struct dut_lane *lane, struct random_stream *s)
{
	lane->tx_mon_slope = around(s, 1, 0.06);
	lane->tx_mon_offset_w = around(s, 0, 4e-6);
	lane->rx_mon_slope = around(s, 1, 0.06);
	lane->rx_mon_offset_w = around(s, 0, 1.5e-6);
	lane->rx_mon_limit_w = 0;
	lane->bias_sense = around(s, 1, 0.008);
	lane->sensitivity_dbm = around(s, -5.7, 0.16);
}

/*
 * Each is bad enough that no setting of the knobs makes up for it, together: a slow or compressed
 * driver has no swing to spare for what equalising it costs.
 *
 * The defects draw from a stream of their own, so that a unit with a defect is otherwise the same
 * unit as without.
 */
static void spoil(struct dut_lane *lane, guint number, const struct defect_set *defects,
                  struct random_stream *s)
{
	if (defect_on_lane(defects, WORLD_DEFECT_WEAK_LANE, number))
		lane->slope_w_per_a *= random_uniform(s, 0.13, 0.16);
	if (defect_on_lane(defects, WORLD_DEFECT_DEAD_LANE, number))
		lane->slope_w_per_a = 0;
	if (defect_on_lane(defects, WORLD_DEFECT_NOISY_LASER, number))
		lane->rin_db_hz = random_uniform(s, -130.0, -129.3);
	if (defect_on_lane(defects, WORLD_DEFECT_SLOW_DRIVER, number)) {
		lane->bandwidth_hz = random_uniform(s, 10.2e9, 10.5e9);
		lane->swing_max_v = 1.3;
	}
	if (defect_on_lane(defects, WORLD_DEFECT_COMPRESSED_LEVELS, number)) {
		lane->stuck_inner = random_uniform(s, 0.532, 0.54);
		lane->swing_max_v = 1.25;
	}
	if (defect_on_lane(defects, WORLD_DEFECT_BAD_RSSI, number))
		lane->rx_mon_limit_w = random_uniform(s, 80e-6, 110e-6);
	/* Near the upper end, so that the dirt alone decides whether the lane passes. */
	if (defect_on_lane(defects, WORLD_DEFECT_DIRTY_CONNECTOR, number))
		lane->sensitivity_dbm = random_uniform(s, -5.4, -5.2);
}

void dut_init(struct dut *dut, guint64 seed, const char *serial, const struct defect_set *defects)
{
	struct random_stream unit, faults;
	g_autofree char *unit_name = g_strconcat("unit ", serial, NULL);
	g_autofree char *faults_name = g_strconcat("faults ", serial, NULL);

	random_init(&unit, seed, unit_name);
	random_init(&faults, seed, faults_name);
	for (guint i = 0; i < WORLD_LANES; i++) {
		init_transmitter(&dut->lanes[i], &unit);
		init_rest(&dut->lanes[i], &unit);
	}
	dut->temp_offset_k = around(&unit, 0, 1.5);
	dut->vcc_offset_v = around(&unit, 0, 0.02);
	dut->low_power_w = random_uniform(&unit, 0.9, 1.3);
	dut->high_power_w = around(&unit, 6.9, 0.25);
	for (guint i = 0; i < WORLD_LANES; i++) {
		dut->lanes[i].light.wavelength_m = around(&unit, 1311e-9, 1.2e-9);
		dut->lanes[i].light.chirp = around(&unit, 0.6, 0.15);
	}
	for (guint i = 0; i < WORLD_LANES; i++)
		spoil(&dut->lanes[i], i, defects, &faults);
}

double dut_power_w(const struct dut *dut, gboolean high_power, const double bias_a[WORLD_LANES])
{
	if (!high_power)
		return dut->low_power_w;
	double sum = dut->high_power_w;
	for (guint i = 0; i < WORLD_LANES; i++)
		sum += LASER_RAIL_V * bias_a[i];
	return sum;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world.h"

#include "base/unit.h"

#include <math.h>
#include <string.h>

/* A world with one powered unit in site 0, all lanes lit, the whole RX path open. */
struct bed {
	struct world *world;
	struct world_drive drive;
};

static void light_up(struct bed *bed)
{
	struct world_power power;

	world_power(bed->world, 0, &power);
	bed->drive = (struct world_drive){.power_epoch = power.epoch, .high_power = TRUE};
	for (guint i = 0; i < WORLD_LANES; i++) {
		bed->drive.tx[i].on = TRUE;
		bed->drive.tx[i].pattern = WORLD_PATTERN_SSPRQ;
		bed->drive.tx[i].knobs = (struct world_tx_knobs){
			.laser_bias_a = 60e-3,
			.mod_bias_v = 1.35,
			.mod_swing_v = 1.25,
		};
		bed->drive.host_swing_v[2 * i] = bed->drive.host_swing_v[2 * i + 1] = 0.6;
	}
	world_set_drive(bed->world, 0, &bed->drive);
}

static void bed_init(struct bed *bed, guint64 seed, const char *defects)
{
	bed->world = world_new(2, seed, 1e-3); /* no unit warms up meanwhile */
	g_assert_true(world_insert(bed->world, 0, "LIGHT1", defects, NULL));
	world_set_supply(bed->world, 0, 3.3, 5, TRUE);
	light_up(bed);
	world_set_ppg_global(bed->world, 0, TRUE);
	for (guint i = 0; i < WORLD_LANES; i++) {
		world_set_ppg(bed->world, 0, i, TRUE);
		world_set_attenuator(bed->world, 0, i, 0, TRUE);
	}
}

static void bed_done(struct bed *bed)
{
	world_free(bed->world);
}

static double meter_dbm(struct bed *bed, guint lane)
{
	return unit_dbm_from_watt(world_meter_read_w(bed->world, 0, lane, 0.1));
}

static void test_tx_path(void)
{
	struct bed bed;
	struct world_site_state state;

	bed_init(&bed, 1, "");
	world_site_state(bed.world, 0, &state);
	for (guint i = 0; i < WORLD_LANES; i++) {
		double port_dbm = unit_dbm_from_watt(state.tx_power_w[i]);
		g_assert_cmpfloat(port_dbm, >, -3);
		g_assert_cmpfloat(port_dbm, <, 3);
		/* 7.55 dB, mating of up to 0.1 dB, and what path and meter are off. */
		g_assert_cmpfloat_with_epsilon(port_dbm - meter_dbm(&bed, i), 7.61, 0.25);
		world_set_switch(bed.world, 0, (int)i);
		double scope_dbm = unit_dbm_from_watt(world_scope_average_w(bed.world, 0));
		g_assert_cmpfloat_with_epsilon(port_dbm - scope_dbm, 5.41, 0.30);
	}
	world_set_switch(bed.world, 0, -1);
	g_assert_cmpfloat(fabs(world_scope_average_w(bed.world, 0)), <, 2e-6);
	/* The neighbour site sees nothing of it. */
	g_assert_cmpfloat(fabs(world_meter_read_w(bed.world, 1, 0, 0.1)), <, 1e-9);
	bed_done(&bed);
}

static gboolean lane_is_lit(struct bed *bed, guint lane)
{
	struct world_site_state state;

	world_site_state(bed->world, 0, &state);
	gboolean lit = state.tx_power_w[lane] > 0;
	g_assert_cmpint(lit, ==, world_meter_read_w(bed->world, 0, lane, 0.1) > 1e-6);
	return lit;
}

/* Whatever stands between a laser and light, takes it away. */
static void test_dark(void)
{
	struct bed bed;
	struct world_drive drive;

	bed_init(&bed, 1, "dead-lane:4");
	g_assert_false(lane_is_lit(&bed, 3));
	g_assert_true(lane_is_lit(&bed, 0));
	drive = bed.drive;
	drive.tx[0].on = FALSE;
	drive.tx[1].pattern = WORLD_PATTERN_NONE;
	drive.tx[2].knobs.laser_bias_a = 8e-3; /* below threshold */
	world_set_drive(bed.world, 0, &drive);
	for (guint i = 0; i < 3; i++)
		g_assert_false(lane_is_lit(&bed, i));
	world_set_drive(bed.world, 0, &bed.drive);
	g_assert_true(lane_is_lit(&bed, 1));
	drive = bed.drive;
	drive.high_power = FALSE;
	world_set_drive(bed.world, 0, &drive);
	g_assert_false(lane_is_lit(&bed, 1));
	world_set_drive(bed.world, 0, &bed.drive);
	g_assert_true(lane_is_lit(&bed, 1));

	/* After a supply cycle the old settings count for nothing. */
	world_set_supply(bed.world, 0, 3.3, 5, FALSE);
	g_assert_false(lane_is_lit(&bed, 1));
	world_set_supply(bed.world, 0, 3.3, 5, TRUE);
	g_assert_false(lane_is_lit(&bed, 1));
	world_set_drive(bed.world, 0, &bed.drive);
	g_assert_false(lane_is_lit(&bed, 1));
	light_up(&bed);
	g_assert_true(lane_is_lit(&bed, 1));
	g_assert_true(world_remove(bed.world, 0, NULL));
	g_assert_false(lane_is_lit(&bed, 1));
	g_assert_true(world_insert(bed.world, 0, "LIGHT1", NULL, NULL));
	g_assert_false(lane_is_lit(&bed, 1));
	bed_done(&bed);
}

static gboolean lane_locks(struct bed *bed, guint host_lane)
{
	guint64 bits, errors;
	gboolean locked;

	world_count_errors(bed->world, 0, host_lane, 0.01, &bits, &errors, &locked);
	if (!locked)
		g_assert_cmpuint(bits + errors, ==, 0);
	return locked;
}

static void test_rx_path(void)
{
	struct bed bed;
	struct world_site_state state;
	struct world_analog analog;

	bed_init(&bed, 1, "");
	world_site_state(bed.world, 0, &state);
	/* OMA +2.55 dBm at ER 6 dB is +1.77 dBm average. */
	for (guint i = 0; i < WORLD_LANES; i++)
		g_assert_cmpfloat_with_epsilon(unit_dbm_from_watt(state.rx_power_w[i]), 1.71, 0.3);
	g_assert_true(lane_locks(&bed, 2));

	world_set_attenuator(bed.world, 0, 1, 0, FALSE);
	world_site_state(bed.world, 0, &state);
	g_assert_cmpfloat(state.rx_power_w[1], ==, 0);
	g_assert_false(lane_locks(&bed, 2));
	g_assert_false(lane_locks(&bed, 3));
	g_assert_true(lane_locks(&bed, 0));
	world_analog(bed.world, 0, &analog);
	g_assert_false(analog.rx_locked[1]);
	g_assert_cmpfloat(fabs(analog.rx_raw_w[1]), <, 6e-6);
	g_assert_cmpfloat(fabs(world_attenuator_output_w(bed.world, 0, 1)), <, 1e-8);
	world_set_attenuator(bed.world, 0, 1, 0, TRUE);
	g_assert_true(lane_locks(&bed, 2));

	world_set_ppg(bed.world, 0, 1, FALSE);
	g_assert_false(lane_locks(&bed, 2));
	world_analog(bed.world, 0, &analog);
	g_assert_false(analog.host_input[2]);
	g_assert_false(analog.host_input[3]);
	g_assert_true(analog.host_input[4]);
	world_set_ppg(bed.world, 0, 1, TRUE);
	world_set_ppg_global(bed.world, 0, FALSE);
	g_assert_false(lane_locks(&bed, 0));
	world_set_ppg_global(bed.world, 0, TRUE);
	g_assert_true(lane_locks(&bed, 0));

	bed.drive.host_swing_v[5] = 0;
	world_set_drive(bed.world, 0, &bed.drive);
	g_assert_false(lane_locks(&bed, 5));
	g_assert_true(lane_locks(&bed, 4));
	world_set_attenuator(bed.world, 0, 2, 40, TRUE);
	g_assert_false(lane_locks(&bed, 4));
	bed_done(&bed);
}

/* The attenuator does what it says to some hundredths of a dB, for its monitor and the unit. */
static void test_attenuation(void)
{
	struct bed bed;
	struct world_site_state state;

	bed_init(&bed, 4, "");
	world_site_state(bed.world, 0, &state);
	double open_w = state.rx_power_w[2];
	double monitor_w = world_attenuator_output_w(bed.world, 0, 2);
	g_assert_cmpfloat_with_epsilon(unit_db_from_ratio(monitor_w / open_w), 0.41, 0.25);
	for (double db = 0.5; db <= 30; db += 4.9) {
		world_set_attenuator(bed.world, 0, 2, db, TRUE);
		world_site_state(bed.world, 0, &state);
		g_assert_cmpfloat_with_epsilon(unit_db_from_ratio(open_w / state.rx_power_w[2]), db,
		                               0.1);
		double seen_w = world_attenuator_output_w(bed.world, 0, 2);
		g_assert_cmpfloat_with_epsilon(unit_db_from_ratio(monitor_w / seen_w), db, 0.12);
	}
	bed_done(&bed);
}

/* Counted errors agree with the true ratio as Poisson's law has it; ratio rises with loss. */
static void test_errors(void)
{
	struct bed bed;
	struct world_analog analog;
	double before = 0;

	bed_init(&bed, 1, "");
	for (double db = 6; db <= 10; db += 0.5) {
		guint64 bits, errors;
		gboolean locked;
		world_set_attenuator(bed.world, 0, 0, db, TRUE);
		world_analog(bed.world, 0, &analog);
		double sum = 0, chi2 = 0, expected = 0;
		for (int i = 0; i < 100; i++) {
			world_count_errors(bed.world, 0, 1, 0.01, &bits, &errors, &locked);
			g_assert_true(locked);
			g_assert_cmpuint(bits, ==, 531250000);
			expected = analog.rx_ber[0] * (double)bits;
			sum += (double)errors;
			chi2 += pow((double)errors - expected, 2) / expected;
		}
		g_assert_cmpfloat(expected, >, 10);
		g_assert_cmpfloat(fabs(sum - 100 * expected), <, 5 * sqrt(100 * expected));
		g_assert_cmpfloat(chi2, >, 45);
		g_assert_cmpfloat(chi2, <, 190);
		g_assert_cmpfloat(analog.rx_ber[0], >, before);
		before = analog.rx_ber[0];
	}
	bed_done(&bed);
}

static void test_scope(void)
{
	struct bed bed;
	gsize n = 65535;
	struct world_scope_request request = {
		.n_symbols = n,
		.samples_per_symbol = 16,
		.symbol_rate_bd = 53.125e9,
		.bandwidth_hz = 26.5625e9,
		.passes = 1,
	};
	struct world_scope_result result;
	g_autofree float *wave = g_new0(float, n * 16);

	bed_init(&bed, 1, "");
	world_set_switch(bed.world, 0, 2);
	g_assert_cmpint(world_scope_acquire(bed.world, 0, &request, wave), ==, WORLD_SCOPE_OK);
	double sum = 0;
	for (gsize i = 0; i < n * 16; i++)
		sum += wave[i];
	double average_w = world_scope_average_w(bed.world, 0);
	g_assert_cmpfloat_with_epsilon(sum / (double)(n * 16) / average_w, 1, 5e-3);

	g_assert_cmpint(world_scope_tdecq(bed.world, 0, n, &result), ==, WORLD_SCOPE_OK);
	g_test_message("scope: TDECQ %.2f dB, ER %.2f dB, OMA %.1f uW, %.2f ps", result.tdecq_db,
	               result.er_db, result.oma_w * 1e6, result.transition_s * 1e12);
	g_assert_cmpfloat(result.tdecq_db, >, 1.0);
	g_assert_cmpfloat(result.tdecq_db, <, 2.0);
	g_assert_cmpfloat_with_epsilon(result.avg_w / average_w, 1, 1e-2);
	g_assert_cmpfloat(result.transition_s, <, 17e-12);

	request.n_symbols = 8191;
	g_assert_cmpint(world_scope_acquire(bed.world, 0, &request, wave), ==, WORLD_SCOPE_NO_LOCK);
	g_assert_cmpint(world_scope_tdecq(bed.world, 0, 8191, &result), ==, WORLD_SCOPE_NO_LOCK);
	bed.drive.tx[2].pattern = WORLD_PATTERN_PRBS13Q;
	world_set_drive(bed.world, 0, &bed.drive);
	g_assert_cmpint(world_scope_acquire(bed.world, 0, &request, wave), ==, WORLD_SCOPE_OK);
	request.symbol_rate_bd = 53.2e9;
	g_assert_cmpint(world_scope_acquire(bed.world, 0, &request, wave), ==, WORLD_SCOPE_NO_LOCK);
	request.symbol_rate_bd = 53.125e9;
	bed.drive.tx[2].pattern = WORLD_PATTERN_PRBS31Q;
	world_set_drive(bed.world, 0, &bed.drive);
	g_assert_cmpint(world_scope_acquire(bed.world, 0, &request, wave), ==, WORLD_SCOPE_NO_LOCK);
	bed.drive.tx[2].on = FALSE;
	world_set_drive(bed.world, 0, &bed.drive);
	g_assert_cmpint(world_scope_acquire(bed.world, 0, &request, wave), ==,
	                WORLD_SCOPE_NO_SIGNAL);
	world_set_switch(bed.world, 0, -1);
	g_assert_cmpint(world_scope_tdecq(bed.world, 0, n, &result), ==, WORLD_SCOPE_NO_SIGNAL);
	bed_done(&bed);
}

static void test_supply(void)
{
	struct bed bed;
	struct world_power power;
	double volt, ampere;
	gboolean limiting;

	bed_init(&bed, 1, "");
	world_set_time_scale(bed.world, 1e5);
	g_assert_true(world_sleep_s(bed.world, 1));
	world_supply_measure(bed.world, 0, &volt, &ampere, &limiting);
	g_assert_cmpfloat_with_epsilon(volt, 3.3, 2e-3);
	g_assert_cmpfloat(volt * ampere, >, 6.5);
	g_assert_cmpfloat(volt * ampere, <, 8.5);
	g_assert_false(limiting);
	world_power(bed.world, 0, &power);
	guint64 epoch = power.epoch;

	/* A limit below what it draws takes its power; raised, it starts anew. */
	world_set_supply(bed.world, 0, 3.3, 1.0, TRUE);
	world_power(bed.world, 0, &power);
	g_assert_false(power.on);
	world_supply_measure(bed.world, 0, &volt, &ampere, &limiting);
	g_assert_true(limiting);
	g_assert_cmpfloat(volt, <, 2.9);
	g_assert_cmpfloat_with_epsilon(ampere, 1.0, 2e-3);
	world_set_supply(bed.world, 0, 3.3, 5, TRUE);
	world_power(bed.world, 0, &power);
	g_assert_true(power.on);
	g_assert_cmpuint(power.epoch, ==, epoch + 1);
	g_assert_true(world_sleep_s(bed.world, 1));
	world_supply_measure(bed.world, 0, &volt, &ampere, &limiting);
	g_assert_cmpfloat(volt * ampere, <, 1.5); /* low power until told otherwise */
	world_set_supply(bed.world, 0, 2.5, 5, TRUE);
	world_power(bed.world, 0, &power);
	g_assert_false(power.on);
	g_assert_true(world_remove(bed.world, 0, NULL));
	world_supply_measure(bed.world, 0, &volt, &ampere, &limiting);
	g_assert_cmpfloat(fabs(ampere), <, 2e-3);
	bed_done(&bed);
}

static void test_heat(void)
{
	struct bed bed;
	struct world_analog analog;
	double air_degc, case_degc;

	bed_init(&bed, 1, "");
	world_set_time_scale(bed.world, 1e5);
	world_set_thermal(bed.world, 0, TRUE, FALSE, 70);
	g_assert_true(world_sleep_s(bed.world, 2000));
	world_thermal_degc(bed.world, 0, &air_degc, &case_degc);
	g_assert_cmpfloat_with_epsilon(air_degc, 70, 0.3);
	g_assert_cmpfloat(case_degc, >, 30); /* its own heat, no more */
	g_assert_cmpfloat(case_degc, <, 38);
	double cool_w = world_meter_read_w(bed.world, 0, 0, 0.1);
	world_set_thermal(bed.world, 0, TRUE, TRUE, 70);
	g_assert_true(world_sleep_s(bed.world, 400));
	world_thermal_degc(bed.world, 0, &air_degc, &case_degc);
	g_assert_cmpfloat_with_epsilon(case_degc, 70, 0.3);
	/* A hot laser gives less light for its current. */
	g_assert_cmpfloat(world_meter_read_w(bed.world, 0, 0, 0.1), <, 0.85 * cool_w);
	world_analog(bed.world, 0, &analog);
	g_assert_cmpfloat_with_epsilon(analog.temp_degc, 70, 0.3);
	g_assert_cmpfloat_with_epsilon(analog.temp_raw_degc, 70, 4.5);
	bed_done(&bed);
}

/* What the module senses follows the light by a straight line, noise aside. */
static void test_monitors(void)
{
	struct bed bed;
	struct world_analog analog;
	struct world_site_state state;

	bed_init(&bed, 9, "bad-rssi:2");
	double raw_w[2][3], true_w[2][3];
	for (int k = 0; k < 3; k++) {
		for (guint i = 0; i < 2; i++)
			world_set_attenuator(bed.world, 0, i, 4.0 * k, TRUE);
		world_analog(bed.world, 0, &analog);
		world_site_state(bed.world, 0, &state);
		for (guint i = 0; i < 2; i++) {
			raw_w[i][k] = analog.rx_raw_w[i];
			true_w[i][k] = state.rx_power_w[i];
		}
	}
	double upper = (true_w[0][0] - true_w[0][1]) / (raw_w[0][0] - raw_w[0][1]);
	double lower = (true_w[0][1] - true_w[0][2]) / (raw_w[0][1] - raw_w[0][2]);
	g_assert_cmpfloat_with_epsilon(upper / lower, 1, 0.03);
	g_assert_cmpfloat_with_epsilon(upper, 1, 0.2);
	/* The broken one stops following. */
	g_assert_cmpfloat(raw_w[1][0], <, 1.1 * raw_w[1][1]);
	g_assert_cmpfloat(true_w[1][0], >, 2 * true_w[1][1]);
	for (guint i = 0; i < WORLD_LANES; i++) {
		g_assert_cmpfloat_with_epsilon(analog.tx_raw_w[i] / state.tx_power_w[i], 1, 0.25);
		g_assert_cmpfloat_with_epsilon(analog.tx_bias_a[i], 60e-3, 2e-3);
	}
	g_assert_cmpfloat_with_epsilon(analog.vcc_raw_v, 3.3, 0.08);
	world_set_supply(bed.world, 0, 0, 0, FALSE);
	world_analog(bed.world, 0, &analog);
	g_assert_cmpfloat(analog.rx_raw_w[0], ==, 0);
	bed_done(&bed);
}

static void test_dirt(void)
{
	struct bed bed;
	struct world_site_state dirty, clean;

	bed_init(&bed, 1, "dirty-connector:2");
	world_site_state(bed.world, 0, &dirty);
	g_assert_true(world_clean(bed.world, 0, NULL));
	world_site_state(bed.world, 0, &clean);
	for (guint i = 0; i < WORLD_LANES; i++) {
		double expected_db = i == 1 ? 1.5 : 0;
		g_assert_cmpfloat_with_epsilon(unit_db_from_ratio(clean.tx_power_w[i] /
		                                                  dirty.tx_power_w[i]),
		                               expected_db, 1e-3);
		g_assert_cmpfloat_with_epsilon(unit_db_from_ratio(clean.rx_power_w[i] /
		                                                  dirty.rx_power_w[i]),
		                               expected_db, 1e-9);
	}
	bed_done(&bed);
}

static gpointer stop_soon(gpointer data)
{
	world_stop(data);
	return NULL;
}

static void test_time(void)
{
	struct world *world = world_new(1, 1, 1e4);
	double before_s = world_now_s(world);

	g_assert_true(world_sleep_s(world, 20));
	double slept_s = world_now_s(world) - before_s;
	g_assert_cmpfloat(slept_s, >=, 20);
	g_assert_true(world_sleep_s(world, 0));
	world_set_time_scale(world, 1e-6);
	g_assert_cmpfloat(world_time_scale(world), ==, 1e-6);
	g_assert_cmpfloat(world_now_s(world), >=, before_s + slept_s);
	GThread *thread = g_thread_new("stop", stop_soon, world);
	g_assert_false(world_sleep_s(world, 1000)); /* would be 30 years */
	g_thread_join(thread);
	g_assert_true(world_stopped(world));
	g_assert_false(world_sleep_s(world, 0.1));
	world_free(world);
}

/* Same seed, same calls: the same readings; another seed, others. */
static void test_repeatable(void)
{
	struct bed a, b, c;

	bed_init(&a, 5, "");
	bed_init(&b, 5, "");
	bed_init(&c, 6, "");
	g_assert_cmpfloat(meter_dbm(&a, 0), ==, meter_dbm(&b, 0));
	g_assert_cmpfloat(meter_dbm(&a, 1), !=, meter_dbm(&c, 1));
	bed_done(&a);
	bed_done(&b);
	bed_done(&c);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/world/tx-path", test_tx_path);
	g_test_add_func("/bench/world/dark", test_dark);
	g_test_add_func("/bench/world/rx-path", test_rx_path);
	g_test_add_func("/bench/world/attenuation", test_attenuation);
	g_test_add_func("/bench/world/errors", test_errors);
	g_test_add_func("/bench/world/scope", test_scope);
	g_test_add_func("/bench/world/supply", test_supply);
	g_test_add_func("/bench/world/heat", test_heat);
	g_test_add_func("/bench/world/monitors", test_monitors);
	g_test_add_func("/bench/world/dirt", test_dirt);
	g_test_add_func("/bench/world/time", test_time);
	g_test_add_func("/bench/world/repeatable", test_repeatable);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/source.h"
#include "bench/eyetruth.h"
#include "bench/stimulus.h"
#include "bench/world.h"

#include <math.h>

/* Without stress it is the reference transmitter; more interference is more SECQ. */
static void test_quiet(void)
{
	gsize n, n_short;
	g_autofree guint8 *symbols = stimulus_new(WORLD_PATTERN_SSPRQ, &n);
	g_autofree guint8 *short_ones = stimulus_new(WORLD_PATTERN_PRBS13Q, &n_short);
	double before_db = source_quiet_secq_db(0, symbols, n, EYE_TAPS_SMF);

	g_assert_cmpfloat_with_epsilon(before_db, SOURCE_SECQ_DB, 0.02);
	for (double isi = 0.1; isi < 0.31; isi += 0.1) {
		double secq_db = source_quiet_secq_db(isi, short_ones, n_short, EYE_TAPS_SMF);
		g_assert_cmpfloat(secq_db, >, before_db + 0.3);
		before_db = secq_db;
	}
	/* more taps see the same light at least as well */
	g_assert_cmpfloat(source_quiet_secq_db(0.3, short_ones, n_short, EYE_TAPS_MMF), <,
	                  before_db + 0.02);
}

/* Noise as large as may be added leaves nothing; half of its square costs 1.505 dB. */
static void test_noisy(void)
{
	double all = 1 / (6 * 3.41407);

	g_assert_cmpfloat_with_epsilon(source_noisy_secq_db(1.3, 0), 1.3, 1e-9);
	g_assert_cmpfloat_with_epsilon(source_noisy_secq_db(0, all * sqrt(0.5)), 1.50515, 1e-4);
	g_assert_true(isinf(source_noisy_secq_db(0, all * 1.0001)));
	g_assert_true(isinf(source_noisy_secq_db(2.0, all * 0.7)));
}

static void test_light(void)
{
	struct dut_lane lane;
	struct world_tx_knobs knobs;
	double levels_w[4];

	source_lane(2e-3, 0.25, &lane, &knobs);
	optics_settled_levels_w(&lane, &knobs, DUT_REFERENCE_DEGC, levels_w);
	g_assert_cmpfloat_with_epsilon(levels_w[3] - levels_w[0], 2e-3, 1e-9);
	g_assert_cmpfloat_with_epsilon(10 * log10(levels_w[3] / levels_w[0]), SOURCE_ER_DB, 1e-6);
	g_assert_cmpfloat_with_epsilon(levels_w[2] - levels_w[1], 2e-3 / 3, 1e-9);
}

static struct world *lit_world(double host_swing_v)
{
	struct world *world = world_new(1, 5, 1e-3);
	struct world_power power;
	struct world_drive drive = {.high_power = TRUE};

	g_assert_true(world_insert(world, 0, "STRESS1", "", NULL));
	world_set_supply(world, 0, 3.3, 5, TRUE);
	world_power(world, 0, &power);
	drive.power_epoch = power.epoch;
	for (guint i = 0; i < WORLD_HOST_LANES; i++)
		drive.host_swing_v[i] = host_swing_v;
	world_set_drive(world, 0, &drive);
	world_set_ppg_global(world, 0, TRUE);
	world_set_ppg(world, 0, 1, TRUE);
	return world;
}

static double ber_of_lane_2(struct world *world, double attenuation_db)
{
	guint64 bits, errors;
	gboolean locked;

	world_set_attenuator(world, 0, 1, attenuation_db, TRUE);
	world_count_errors(world, 0, 2, 1.0, &bits, &errors, &locked);
	g_assert_true(locked);
	return (double)errors / (double)bits;
}

/* Light that is worse by some dB is received like light that is weaker by as much. */
static void test_received(void)
{
	struct world *world = lit_world(0.6);
	gsize n;
	g_autofree guint8 *symbols = stimulus_new(WORLD_PATTERN_SSPRQ, &n);
	double rise_db =
		source_noisy_secq_db(source_quiet_secq_db(0.2, symbols, n, EYE_TAPS_SMF), 0.015) -
		SOURCE_SECQ_DB;
	double quiet = ber_of_lane_2(world, 7.0 + rise_db);

	g_assert_cmpfloat(rise_db, >, 1.5);
	world_set_stress(world, 0, 1, 0.2, 0.015);
	g_assert_cmpfloat_with_epsilon(ber_of_lane_2(world, 7.0) / quiet, 1.0, 0.1);
	world_set_stress(world, 0, 1, 0, 0);
	g_assert_cmpfloat(ber_of_lane_2(world, 7.0), <, 0.5 * quiet);
	world_free(world);
}

/* The analyser's own noise shows at the smallest swing, and only there. */
static void test_host_swing(void)
{
	static const double swings_v[] = {0.2, 0.4, 0.6, 0.8};

	for (guint i = 0; i < G_N_ELEMENTS(swings_v); i++) {
		struct world *world = lit_world(swings_v[i]);
		double ber = ber_of_lane_2(world, 3);

		if (i == 0) /* 0.75 Q(0.2 V / 6 / 8 mV) */
			g_assert_cmpfloat_with_epsilon(ber, 1.159e-5, 5e-8);
		else
			g_assert_cmpfloat(ber, <, 1e-9);
		world_free(world);
	}
}

/* Channels 9 to 12 of the switch, with their own pattern; the lanes' stay as they were. */
static void test_scope(void)
{
	struct world *world = lit_world(0.6);
	struct world_scope_result result;

	world_set_switch(world, 0, 2 * WORLD_LANES + 1);
	g_assert_cmpint(world_scope_tdecq(world, 0, 65535, &result), ==, WORLD_SCOPE_NO_LOCK);
	world_set_ppg_pattern(world, 0, 1, WORLD_PATTERN_SSPRQ);
	world_set_stress(world, 0, 1, 0.25, 0);
	g_assert_cmpint(world_scope_tdecq(world, 0, 65535, &result), ==, WORLD_SCOPE_OK);
	g_assert_cmpfloat_with_epsilon(result.er_db, SOURCE_ER_DB, 0.1);
	g_assert_cmpfloat(result.tdecq_db, >, 2.2);
	g_assert_cmpfloat(result.tdecq_db, <, 3.2);
	g_assert_cmpfloat_with_epsilon(world_scope_average_w(world, 0) / result.avg_w, 1.0, 0.02);
	world_set_ppg(world, 0, 1, FALSE);
	g_assert_cmpint(world_scope_tdecq(world, 0, 65535, &result), ==, WORLD_SCOPE_NO_SIGNAL);
	g_assert_cmpfloat(world_scope_average_w(world, 0), <, 1e-6);
	/* another lane's, and what is connected to nothing */
	world_set_switch(world, 0, 2 * WORLD_LANES + 2);
	g_assert_cmpint(world_scope_tdecq(world, 0, 65535, &result), ==, WORLD_SCOPE_NO_SIGNAL);
	world_set_switch(world, 0, WORLD_SWITCH_CHANNELS - 1);
	g_assert_cmpint(world_scope_tdecq(world, 0, 65535, &result), ==, WORLD_SCOPE_NO_SIGNAL);
	world_free(world);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/source/quiet", test_quiet);
	g_test_add_func("/source/noisy", test_noisy);
	g_test_add_func("/source/light", test_light);
	g_test_add_func("/source/received", test_received);
	g_test_add_func("/source/host-swing", test_host_swing);
	g_test_add_func("/source/scope", test_scope);
	return g_test_run();
}

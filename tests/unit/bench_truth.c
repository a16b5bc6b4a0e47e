/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/bench_truth_bed.h"

#define LASER_DEGC 32.0 /* of an uncooled unit at 25 degC */

/* Every good unit reaches its targets, in the middle of the knobs, with a good eye. */
static void test_reach(void)
{
	guint count = bed_units_to_try(100);
	double least_db = INFINITY, most_db = -INFINITY, weakest_dbm = -INFINITY;

	for (guint u = 0; u < count; u++) {
		struct bed bed;
		g_autofree char *serial = g_strdup_printf("GOOD%04u", u);
		bed_init(&bed, "dr4", 100 + u % 7, serial, "");
		bed_shorten_pattern(&bed);
		bed.question.fibre = NULL;
		for (guint i = 0; i < WORLD_LANES; i++) {
			const struct dut_lane *lane = &bed.dut.lanes[i];
			struct world_tx_knobs knobs =
				bed_settings(bed.dut.model, lane, LASER_DEGC, 0);
			double oma_w, er = bed_settled_er(lane, &knobs, LASER_DEGC, &oma_w);
			g_assert_cmpfloat_with_epsilon(er, bed_er(bed.dut.model), 1e-3);
			g_assert_cmpfloat_with_epsilon(oma_w / bed_oma_w(bed.dut.model), 1, 1e-3);
			g_assert_cmpfloat(knobs.laser_bias_a, >, 30e-3);
			g_assert_cmpfloat(knobs.laser_bias_a, <, 90e-3);
			g_assert_cmpfloat(knobs.mod_swing_v, >, 0.8);
			g_assert_cmpfloat(knobs.mod_swing_v, <, 1.9);
			weakest_dbm = fmax(weakest_dbm, bed.dut.lanes[i].sensitivity_dbm);
		}
		struct world_truth_lane seen = {0};
		struct world_tx_knobs knobs =
			bed_settings(bed.dut.model, &bed.dut.lanes[u % 4], LASER_DEGC, 0);
		truth_transmitter(&bed.question, u % 4, 25, &knobs, &seen);
		/* Runs of six and seven have not quite settled behind a reflection. */
		g_assert_cmpfloat_with_epsilon(seen.oma_dbm, 1.0, 0.3);
		g_assert_cmpfloat_with_epsilon(seen.er_db, 4.8, 0.35);
		least_db = fmin(least_db, seen.tdecq_db);
		most_db = fmax(most_db, seen.tdecq_db);
		bed_done(&bed);
	}
	g_test_message("%u units: TDECQ %.2f to %.2f dB, sensitivity up to %.2f dBm", count,
	               least_db, most_db, weakest_dbm);
	g_assert_cmpfloat(least_db, >, 1.0);
	g_assert_cmpfloat(most_db, <, 2.8);
	g_assert_cmpfloat(weakest_dbm, <, -5.0);
}

/* The best straight line through a broken RX monitor is still 3 dB off somewhere. */
static void test_hopeless_monitor(void)
{
	for (guint u = 0; u < 3; u++) {
		struct bed bed;
		struct world_truth truth;
		double least_db = INFINITY;
		bed_init(&bed, "dr4", u, "RSSI", "bad-rssi:3");
		for (guint i = 0; i < WORLD_LANES; i++) /* the light is not the question */
			bed.constants.tx[i].laser_bias_a = 0;
		for (double slope = 0.5; slope < 8; slope *= 1.08) {
			for (double offset_w = -1e-3; offset_w < 1e-3; offset_w += 10e-6) {
				bed.constants.rx_mon_slope[2] = slope;
				bed.constants.rx_mon_offset_w[2] = offset_w;
				truth_find(&bed.question, &truth);
				double miss_db = fabs(truth.lanes[2].rx_monitor_error_db);
				if (!isnan(miss_db))
					least_db = fmin(least_db, miss_db);
				world_truth_clear(&truth);
			}
		}
		g_test_message("best RX monitor error %.2f dB", least_db);
		g_assert_cmpfloat(least_db, >, 2.5);
		bed_done(&bed);
	}
}

struct verdict {
	const char *defects;
	const char *why; /* null: good */
	guint reasons;   /* 0: not counted */
};

static const struct verdict verdicts[] = {
	{"", NULL, 0},
	{"weak-lane:3", "lane 3: OMA ", 0},
	{"dead-lane:2", "lane 2: no light", 1},
	{"noisy-laser:4", "lane 4: TDECQ ", 0},
	{"slow-driver:1", "lane 1: TDECQ ", 0},
	{"compressed-levels:1", "lane 1: TDECQ ", 0},
	{"bad-rssi:2", "lane 2: RX monitor ", 1},
	{"corrupt-checksum", "checksum", 1},
	{"wrong-part-number", "part number", 1},
	{"i2c-nack", "does not answer", 1},
	{"resets", "restarts by itself", 1},
	{"forgetful", "does not keep", 1},
	{"stuck-knob:2", "laser_bias", 1},
	{"old-firmware", "another layout", 1},
	{"cmis3", "CMIS 3.0", 1},
	{"qsfp28", "not a CMIS module", 1},
	{"kinked-laser:2", "lane 2: L-I curve has a kink at ", 0},
	{"off-wavelength:1", "lane 1: wavelength ", 1},
	{"wide-spectrum:4", "lane 4: SMSR ", 1},
	{"hot-laser:3", "70 degC, lane 3: OMA ", 0},
	{"dirty-connector:3", "lane 3: sensitivity ", 0},
	{"weak-lane:1+i2c-nack", "lane 1: OMA ", 0},
};

/* Calibrated as well as can be, a unit is judged by its defect and by nothing else. */
static void test_verdicts(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(verdicts); i++) {
		const struct verdict *v = &verdicts[i];
		struct bed bed;
		struct world_truth truth;
		bed_init(&bed, "dr4", 3, "JUDGED", v->defects);
		bed_shorten_pattern(&bed);
		bed_calibrate(&bed);
		truth_find(&bed.question, &truth);
		g_autofree char *all = g_strjoinv("; ", truth.why);
		g_test_message("%s: %s", v->defects, all);
		g_assert_cmpint(truth.good, ==, v->why == NULL);
		g_assert_cmpint(truth.good, ==, truth.why[0] == NULL);
		g_assert_true(truth.calibrated);
		if (v->why)
			g_assert_true(bed_says(&truth, v->why));
		if (v->reasons)
			g_assert_cmpuint(g_strv_length(truth.why), ==, v->reasons);
		world_truth_clear(&truth);
		bed_done(&bed);
	}
}

/* The stored constants are what is judged: each monitor's, and the power drawn. */
static void test_constants_count(void)
{
	struct bed bed;
	struct world_truth truth;

	bed_init(&bed, "dr4", 3, "JUDGED", "");
	bed_shorten_pattern(&bed);
	truth_find(&bed.question, &truth);
	g_assert_false(truth.good); /* factory defaults: OMA too low */
	g_assert_true(bed_says(&truth, "lane 1: OMA "));
	g_assert_false(truth.calibrated);
	g_assert_cmpfloat(truth.corners[WORLD_CORNER_ROOM].power_w, >, 6.0);
	world_truth_clear(&truth);

	bed_calibrate(&bed);
	truth_find(&bed.question, &truth);
	g_assert_true(truth.good);
	g_assert_cmpfloat_with_epsilon(truth.lanes[0].tx_monitor_error_db, 0, 1e-6);
	g_assert_cmpfloat_with_epsilon(truth.lanes[0].rx_monitor_error_db, 0, 1e-6);
	world_truth_clear(&truth);

	bed.constants.tx_mon_slope[1] *= 2;
	bed.constants.rx_mon_offset_w[2] = -300e-6;
	bed.constants.temp_offset_degc += 4;
	bed.constants.vcc_offset_v -= 0.2;
	truth_find(&bed.question, &truth);
	g_assert_true(bed_says(&truth, "lane 2: TX monitor "));
	g_assert_true(bed_says(&truth, "lane 3: RX monitor has no value"));
	g_assert_true(bed_says(&truth, "temperature monitor 4 degC > 3 degC"));
	g_assert_true(bed_says(&truth, "supply monitor -0.2 V < -0.1 V"));
	g_assert_cmpuint(g_strv_length(truth.why), ==, 4);
	world_truth_clear(&truth);
	bed_done(&bed);
}

/*
 * An echo behind the last tap of the equaliser adds what the pattern makes of it. Such a lane is
 * judged on SSPRQ, with which TDECQ is defined; one with a clean eye is not looked at twice.
 */
static void test_echo(void)
{
	struct world_truth_lane shorter = {0}, whole = {0}, clean = {0}, again = {0};
	gsize n = 0;
	g_autofree guint8 *ssprq = stimulus_new(WORLD_PATTERN_SSPRQ, &n);
	struct bed bed;

	bed_init(&bed, "fr4", 11, "ECHO", "");
	bed.question.fibre = NULL;
	struct dut_lane *lane = &bed.dut.lanes[3];
	struct world_tx_knobs knobs = bed_settings(bed.dut.model, lane, LASER_DEGC, 0);
	knobs.fir_pre = knobs.fir_post = -0.075;
	knobs.mod_swing_v *= 1.2; /* what the filter takes off */
	truth_transmitter(&bed.question, 3, 25, &knobs, &clean);
	double echo = lane->echo, delay_s = lane->echo_delay_s;
	lane->echo = 0.16;
	lane->echo_delay_s = 88.75e-12;
	truth_transmitter(&bed.question, 3, 25, &knobs, &shorter);
	bed.question.whole_symbols = ssprq;
	bed.question.n_whole_symbols = n;
	truth_transmitter(&bed.question, 3, 25, &knobs, &whole);
	lane->echo = echo;
	lane->echo_delay_s = delay_s;
	truth_transmitter(&bed.question, 3, 25, &knobs, &again);
	g_test_message("TDECQ %.2f dB without, %.2f on PRBS13Q, %.2f on SSPRQ", clean.tdecq_db,
	               shorter.tdecq_db, whole.tdecq_db);
	g_assert_cmpfloat(again.tdecq_db, ==, clean.tdecq_db);
	g_assert_cmpfloat(shorter.tdecq_db - whole.tdecq_db, >, 0.4);

	bed.question.symbols = ssprq;
	bed.question.n_symbols = n;
	bed.question.whole_symbols = NULL;
	lane->echo = 0.16;
	lane->echo_delay_s = 88.75e-12;
	truth_transmitter(&bed.question, 3, 25, &knobs, &again);
	g_assert_cmpfloat_with_epsilon(again.tdecq_db, whole.tdecq_db, 1e-6);
	bed_done(&bed);
}

/* The way through the world: known again after cleaning and after new constants. */
static void test_world(void)
{
	struct world *world = world_new(1, 3, 1000);
	struct world_truth first, again;
	struct bed bed;

	g_assert_true(world_declare_unit(world, "JUDGED", "dirty-connector:3", NULL));
	struct world_unit *unit = world_find_unit(world, "JUDGED");
	bed_init(&bed, "dr4", 3, "JUDGED", "dirty-connector:3");
	bed_calibrate(&bed);
	world_unit_set_constants(world, unit, &bed.constants);
	gint64 start_us = g_get_monotonic_time();
	world_truth(world, unit, &first);
	g_test_message("truth of a unit: %.0f ms",
	               (double)(g_get_monotonic_time() - start_us) / 1e3);
	g_assert_cmpstr(first.serial, ==, "JUDGED");
	g_assert_cmpstr(first.defects, ==, "dirty-connector:3");
	g_assert_true(first.dirty);
	g_assert_false(first.good);
	world_truth(world, unit, &again);
	g_assert_cmpmem(first.lanes, sizeof first.lanes, again.lanes, sizeof again.lanes);
	world_truth_clear(&again);
	g_assert_true(world_clean_serial(world, "JUDGED", NULL));
	g_assert_false(world_clean_serial(world, "NOBODY", NULL));
	world_truth(world, unit, &again);
	g_assert_true(again.good);
	g_assert_false(again.dirty);
	g_assert_cmpfloat_with_epsilon(again.lanes[2].oma_dbm - first.lanes[2].oma_dbm, 1.5, 1e-6);
	world_truth_clear(&again);
	world_constants_default(&bed.constants);
	world_unit_set_constants(world, unit, &bed.constants);
	world_truth(world, unit, &again);
	g_assert_false(again.good);
	world_truth_clear(&again);
	world_truth_clear(&first);
	world_free(world);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/truth/reach", test_reach);
	g_test_add_func("/bench/truth/hopeless-monitor", test_hopeless_monitor);
	g_test_add_func("/bench/truth/verdicts", test_verdicts);
	g_test_add_func("/bench/truth/constants-count", test_constants_count);
	g_test_add_func("/bench/truth/echo", test_echo);
	g_test_add_func("/bench/truth/world", test_world);
	return g_test_run();
}

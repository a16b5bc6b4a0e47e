/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/receiver.h"
#include "bench/truth_limits.h"
#include "tests/unit/bench_truth_bed.h"

/* Least margin to the rows that the settings have a hand in, dB. */
static double margin_db(const struct world_model *model, const struct world_truth_lane *t)
{
	const struct truth_limits *l = truth_limits_of(model);
	double margin = fmin(l->avg_max_dbm - t->avg_dbm, l->oma_max_dbm - t->oma_dbm);
	double penalty_db = fmax(t->tdecq_db, t->tecq_db);

	margin = fmin(margin, t->oma_dbm - l->oma_min_dbm);
	margin = fmin(margin, t->er_db - l->er_min_db);
	margin = fmin(margin, l->tdecq_max_db - t->tdecq_db);
	return fmin(margin, t->oma_dbm - penalty_db - l->oma_tdecq_low_er_dbm);
}

/* A good unit with tables holds everything over temperature, with room for the uncertainty. */
static void test_tables(void)
{
	const struct world_model *model;

	for (guint m = 0; (model = world_model_at(m)); m++) {
		double least_db = INFINITY, power_w = 0;
		for (guint u = 0; u < bed_units_to_try(2); u++) {
			struct bed bed;
			struct world_truth truth;
			g_autofree char *serial = g_strdup_printf("TABLE%u", u);
			bed_init(&bed, model->name, 5, serial, "");
			bed_shorten_pattern(&bed);
			bed_calibrate(&bed);
			truth_find(&bed.question, &truth);
			g_autofree char *why = g_strjoinv("; ", truth.why);
			if (!truth.good)
				g_test_message("%s %s: %s", model->name, serial, why);
			g_assert_true(truth.good);
			for (guint k = 0; k < WORLD_CORNERS * WORLD_LANES; k++)
				least_db = fmin(least_db,
				                margin_db(model, &truth.corners[k / WORLD_LANES]
				                                          .lanes[k % WORLD_LANES]));
			power_w = fmax(power_w, truth.corners[WORLD_CORNER_HOT].power_w);
			world_truth_clear(&truth);
			bed_done(&bed);
		}
		g_test_message("%s: least margin %.2f dB, %.1f W hot", model->name, least_db,
		               power_w);
		g_assert_cmpfloat(least_db, >, 0.5);
		g_assert_cmpfloat(power_w, <, model->max_power_quarter_w / 4.0 - 0.2);
	}
}

/* With the settings of 25 degC held, what is not cooled is bad when hot, and says where. */
static void test_constant(void)
{
	static const char *const models[] = {"dr4", "fr4", "sr4"};

	for (gsize m = 0; m < G_N_ELEMENTS(models); m++) {
		struct bed bed;
		struct world_truth truth;
		bed_init(&bed, models[m], 5, "CONSTANT", "");
		bed_shorten_pattern(&bed);
		bed_calibrate(&bed);
		bed.constants.table_mode = FALSE;
		truth_find(&bed.question, &truth);
		g_autofree char *why = g_strjoinv("; ", truth.why);
		g_test_message("%s: %s", models[m], why);
		g_assert_false(truth.good);
		g_assert_true(bed_says(&truth, "70 degC, lane 1: OMA "));
		for (char **row = truth.why; *row; row++)
			g_assert_true(g_str_has_prefix(*row, "70 degC") ||
			              g_str_has_prefix(*row, "0 degC"));
		world_truth_clear(&truth);
		bed_done(&bed);
	}
}

/* Every physical defect is found with the best that a calibration can do, in every model. */
static void test_defects(void)
{
	static const struct {
		const char *defect, *says;
	} rows[] = {
		{"weak-lane:2", "lane 2: "},
		{"dead-lane:2", "lane 2: no light"},
		{"noisy-laser:2", "lane 2: "},
		{"slow-driver:2", "lane 2: "},
		{"compressed-levels:2", "lane 2: "},
		{"bad-rssi:2", "lane 2: RX monitor "},
		{"kinked-laser:2", "lane 2: L-I curve has a kink"},
		{"off-wavelength:2", "lane 2: wavelength "},
		{"hot-laser:2", "70 degC, lane 2: "},
	};
	static const char *const models[] = {"fr4", "lr4-10", "sr4"};

	for (gsize i = 0; i < G_N_ELEMENTS(rows) * G_N_ELEMENTS(models); i++) {
		const char *model = models[i % G_N_ELEMENTS(models)];
		gsize row = i / G_N_ELEMENTS(models);
		struct bed bed;
		struct world_truth truth;
		bed_init(&bed, model, 5, "DEFECT", rows[row].defect);
		bed_shorten_pattern(&bed);
		bed_calibrate(&bed);
		/* The other lanes dark, to be sooner done. */
		for (guint k = 0; k < WORLD_LANES; k++)
			if (k != 1)
				bed.dut.lanes[k].slope_w_per_a = 0;
		truth_find(&bed.question, &truth);
		g_autofree char *why = g_strjoinv("; ", truth.why);
		g_test_message("%s %s: %s", model, rows[row].defect, why);
		g_assert_false(truth.good);
		g_assert_true(bed_says(&truth, rows[row].says));
		for (char **w = truth.why; *w; w++)
			g_assert_true(strstr(*w, "lane 2: ") || g_str_has_suffix(*w, ": no light"));
		world_truth_clear(&truth);
		bed_done(&bed);
	}
}

/* Side modes or the width, which no setting has a hand in. */
static void test_spectra(void)
{
	struct bed bed;
	struct world_truth truth;

	bed_init(&bed, "sr4", 5, "WIDE", "wide-spectrum:1");
	bed_shorten_pattern(&bed);
	bed_calibrate(&bed);
	truth_find(&bed.question, &truth);
	g_assert_true(bed_says(&truth, "lane 1: spectral width "));
	g_assert_cmpuint(g_strv_length(truth.why), ==, 1);
	g_assert_true(isnan(truth.lanes[0].smsr_db));
	world_truth_clear(&truth);
	bed_done(&bed);

	struct world_line lines[5];
	for (guint m = 0; m < 2; m++) {
		bed_init(&bed, m ? "sr4" : "lr4-6", 5, "LINES", "");
		const struct dut_lane *lane = &bed.dut.lanes[0];
		guint n = optics_lines(lane, 45, lines, G_N_ELEMENTS(lines));
		double sum = 0, mean_m = 0, square = 0;
		for (guint i = 0; i < n; i++) {
			sum += lines[i].power_w;
			mean_m += lines[i].power_w * lines[i].wavelength_m;
		}
		for (guint i = 0; i < n; i++)
			square += lines[i].power_w * pow(lines[i].wavelength_m - mean_m, 2);
		g_assert_cmpfloat_with_epsilon(sum, 1, 1e-12);
		if (m)
			g_assert_cmpfloat_with_epsilon(sqrt(square) / lane->light.rms_width_m, 1,
			                               1e-6);
		else
			g_assert_cmpfloat_with_epsilon(10 * log10(lines[0].power_w /
			                                          lines[1].power_w),
			                               lane->smsr_db, 1e-9);
		g_assert_cmpuint(optics_lines(lane, 45, lines, 2), ==, 2);
		bed_done(&bed);
	}
}

/* All wavelengths of good units stay inside over the corners; the cooler moves its own. */
static void test_wavelengths(void)
{
	const struct world_model *model;

	for (guint m = 0; (model = world_model_at(m)); m++) {
		const struct truth_limits *l = truth_limits_of(model);
		double low_m = 1, high_m = -1;
		for (guint u = 0; u < 200; u++) {
			struct bed bed;
			g_autofree char *serial = g_strdup_printf("COLOUR%u", u);
			bed_init(&bed, model->name, 8, serial, "");
			for (guint i = 0; i < WORLD_LANES; i++) {
				const struct dut_lane *lane = &bed.dut.lanes[i];
				double cold = dut_laser_degc(&bed.dut, 0, 35);
				double hot = dut_laser_degc(&bed.dut, 70, 60);
				low_m = fmin(low_m, optics_wavelength_m(lane, cold) -
				                            model->wavelength_m[i]);
				high_m = fmax(high_m, optics_wavelength_m(lane, hot) -
				                              model->wavelength_m[i]);
			}
			bed_done(&bed);
		}
		g_test_message("%s: %.2f to %.2f nm off", model->name, low_m * 1e9, high_m * 1e9);
		g_assert_cmpfloat(low_m, >, l->wavelength_min_m + 0.3e-9);
		g_assert_cmpfloat(high_m, <, l->wavelength_max_m - 0.3e-9);
	}
}

/* Between two entries straight, flat beyond, and of no meaning with table_mode off. */
static void test_look_up(void)
{
	const struct world_model *sr4 = world_model_find("sr4"), *dr4 = world_model_find("dr4");
	struct world_constants c;

	world_constants_of_model(&c, sr4);
	g_assert_cmpfloat(c.tx[0].laser_bias_a, ==, 6e-3);
	for (guint k = 0; k < WORLD_TABLE_ENTRIES; k++) {
		g_assert_cmpfloat(c.mod_table[2][k], ==, 5e-3);
		c.bias_table_a[2][k] = (5 + k) * 1e-3;
		c.mod_table[2][k] = (4 + 0.5 * k) * 1e-3;
	}
	g_assert_cmpfloat(world_constants_knobs(&c, sr4, 2, 25).laser_bias_a, ==, 6e-3);
	c.table_mode = TRUE;
	static const double degc[] = {-20, 0, 25, 70, 85}, bias[] = {5, 5, 7.5, 12, 12};
	for (gsize i = 0; i < G_N_ELEMENTS(degc); i++) {
		struct world_tx_knobs k = world_constants_knobs(&c, sr4, 2, degc[i]);
		g_assert_cmpfloat_with_epsilon(k.laser_bias_a, bias[i] * 1e-3, 1e-12);
		g_assert_cmpfloat_with_epsilon(k.mod_current_a, (1.5 + bias[i] / 2) * 1e-3, 1e-12);
	}
	world_constants_of_model(&c, dr4);
	c.table_mode = TRUE;
	c.mod_table[1][3] = 1.4;
	g_assert_cmpfloat_with_epsilon(world_constants_knobs(&c, dr4, 1, 25).mod_bias_v, 1.3,
	                               1e-12);
}

/* Raw reading and power are each other's inverse, and the drift goes with the case. */
static void test_monitors(void)
{
	static const char *const models[] = {"dr4", "fr4", "sr4"};

	for (gsize m = 0; m < G_N_ELEMENTS(models); m++) {
		struct bed bed;
		bed_init(&bed, models[m], 5, "MONITOR", m ? "" : "bad-rssi:1");
		const struct dut_lane *lane = &bed.dut.lanes[0];
		double before = -1;
		for (double dbm = -20; dbm <= 4; dbm += 0.5) {
			double power_w = 1e-3 * pow(10, dbm / 10);
			double raw_w = receiver_monitor_raw_w(lane, 70, power_w);
			if (m) /* a broken one stops following */
				g_assert_cmpfloat(raw_w, >, before);
			before = raw_w;
			if (m)
				g_assert_cmpfloat_with_epsilon(receiver_monitor_power_w(lane, 70,
				                                                        raw_w) /
				                                       power_w,
				                               1, 1e-9);
			double drift = raw_w / receiver_monitor_raw_w(lane, 25, power_w);
			g_assert_cmpfloat_with_epsilon(drift, 1 + 45 * lane->rx_mon_per_k, 1e-9);
		}
		/* A line through -10 and -4 dBm misses 0 dBm by something that matters. */
		double a = receiver_monitor_raw_w(lane, 25, 1e-4);
		double b = receiver_monitor_raw_w(lane, 25, 4e-4);
		double c = receiver_monitor_raw_w(lane, 25, 1e-3);
		double line_w = 1e-4 + 3e-4 * (c - a) / (b - a);
		if (m)
			g_assert_cmpfloat(fabs(line_w - 1e-3), >, 3e-5);
		bed_done(&bed);
	}
}

/* Power, supply and sensors: small, and in the direction that heat and volts have. */
static void test_small_effects(void)
{
	struct bed bed;
	struct dut_state state = {TRUE, 25, 45, 3.3, {60e-3, 60e-3, 60e-3, 60e-3}};

	bed_init(&bed, "lr4-6", 5, "SMALL", "");
	double room_w = dut_power_w(&bed.dut, &state);
	state.case_degc = 45;
	double least_w = dut_power_w(&bed.dut, &state);
	state.case_degc = 70;
	g_assert_cmpfloat(least_w, <, room_w);
	g_assert_cmpfloat(dut_power_w(&bed.dut, &state), >, least_w + 0.5);
	g_assert_cmpfloat(dut_laser_degc(&bed.dut, 70, 45), ==, 45);
	g_assert_cmpfloat(dut_laser_degc(&bed.dut, 0, 52), ==, 52);
	double degc = bed.dut.temp_gain * dut_temp_raw_degc(&bed.dut, 63) + bed.dut.temp_offset_k;
	g_assert_cmpfloat_with_epsilon(degc, 63, 1e-9);
	bed_done(&bed);

	bed_init(&bed, "sr4", 5, "SMALL", "");
	const struct dut_lane *lane = &bed.dut.lanes[0];
	struct world_tx_knobs knobs = {.laser_bias_a = 6e-3, .mod_current_a = 5e-3};
	struct world_tx_knobs low = optics_supplied(&knobs, 3.135);
	g_assert_cmpfloat_with_epsilon(low.mod_current_a / knobs.mod_current_a, 0.995, 1e-9);
	g_assert_cmpfloat(low.laser_bias_a, ==, knobs.laser_bias_a);
	double bandwidth_hz = optics_bandwidth_hz(lane, &knobs, 32);
	g_assert_cmpfloat(optics_bandwidth_hz(lane, &knobs, 77), <, bandwidth_hz);
	knobs.laser_bias_a = 7e-3;
	g_assert_cmpfloat(optics_bandwidth_hz(lane, &knobs, 32), >, bandwidth_hz);
	g_assert_cmpfloat(receiver_sensitivity_dbm(lane, 70), >,
	                  receiver_sensitivity_dbm(lane, 25));
	/* the laser is modulated about its bias: below it for zeros, above for threes */
	double bias_w = optics_laser_w(lane, 7e-3, 32);
	g_assert_cmpfloat(optics_light_w(lane, &knobs, 32, -1), <, bias_w);
	g_assert_cmpfloat(optics_light_w(lane, &knobs, 32, 0), ==, bias_w);
	g_assert_cmpfloat(optics_light_w(lane, &knobs, 32, 1), >, bias_w);
	bed_done(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/corners/tables", test_tables);
	g_test_add_func("/bench/corners/constant", test_constant);
	g_test_add_func("/bench/corners/defects", test_defects);
	g_test_add_func("/bench/corners/spectra", test_spectra);
	g_test_add_func("/bench/corners/wavelengths", test_wavelengths);
	g_test_add_func("/bench/corners/look-up", test_look_up);
	g_test_add_func("/bench/corners/monitors", test_monitors);
	g_test_add_func("/bench/corners/small-effects", test_small_effects);
	return g_test_run();
}

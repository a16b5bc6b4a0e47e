/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/truth.h"

#include "bench/optics.h"
#include "bench/stimulus.h"

#include <math.h>
#include <string.h>

#define LASER_DEGC   32.0
#define TARGET_OMA_W 1.259e-3 /* +1.0 dBm */
#define TARGET_ER    3.0200   /* 4.8 dB */

/* Sanitizers make the light ten times as slow: fewer units then. */
static guint units_to_try(guint wanted)
{
	const char *variant = g_getenv("STATION_VARIANT");

	return !variant || strcmp(variant, "release") == 0 ? wanted : wanted / 10;
}

static double settled_er(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                         double *oma_w)
{
	double w[4];

	optics_settled_levels_w(lane, knobs, LASER_DEGC, w);
	*oma_w = w[3] - w[0];
	return w[3] / w[0];
}

/* Swing for the extinction ratio, then current for the OMA, by halving. */
static struct world_tx_knobs calibrate(const struct dut_lane *lane)
{
	struct world_tx_knobs knobs = {.laser_bias_a = 60e-3, .mod_bias_v = 1.35};
	double low = 0.2, high = 2.5, oma_w;

	for (int i = 0; i < 40; i++) {
		knobs.mod_swing_v = (low + high) / 2;
		if (settled_er(lane, &knobs, &oma_w) < TARGET_ER)
			low = knobs.mod_swing_v;
		else
			high = knobs.mod_swing_v;
	}
	low = 0;
	high = 0.12;
	for (int i = 0; i < 40; i++) {
		knobs.laser_bias_a = (low + high) / 2;
		settled_er(lane, &knobs, &oma_w);
		if (oma_w < TARGET_OMA_W)
			low = knobs.laser_bias_a;
		else
			high = knobs.laser_bias_a;
	}
	return knobs;
}

struct bed {
	struct defect_set defects;
	struct dut dut;
	struct world_constants constants;
	struct truth_question question;
	guint8 *symbols;
};

static void bed_init(struct bed *bed, guint64 seed, const char *serial, const char *defects,
                     enum world_pattern pattern)
{
	memset(bed, 0, sizeof *bed);
	g_assert_true(defect_set_parse(defects, serial, &bed->defects, NULL));
	dut_init(&bed->dut, seed, serial, &bed->defects);
	world_constants_default(&bed->constants);
	bed->symbols = stimulus_new(pattern, &bed->question.n_symbols);
	bed->question.symbols = bed->symbols;
	bed->question.dut = &bed->dut;
	bed->question.defects = &bed->defects;
	bed->question.constants = &bed->constants;
	bed->question.dirty = bed->defects.has[WORLD_DEFECT_DIRTY_CONNECTOR];
}

static void bed_done(struct bed *bed)
{
	g_free(bed->symbols);
}

/* What a good calibration leaves in the unit. */
static void bed_calibrate(struct bed *bed)
{
	struct world_constants *c = &bed->constants;

	for (guint i = 0; i < WORLD_LANES; i++) {
		const struct dut_lane *lane = &bed->dut.lanes[i];
		c->tx[i] = calibrate(lane);
		c->tx_mon_slope[i] = lane->tx_mon_slope;
		c->tx_mon_offset_w[i] = lane->tx_mon_offset_w;
		c->rx_mon_slope[i] = lane->rx_mon_slope;
		c->rx_mon_offset_w[i] = lane->rx_mon_offset_w;
	}
	c->temp_offset_degc = bed->dut.temp_offset_k;
	c->vcc_offset_v = bed->dut.vcc_offset_v;
	c->calibrated = TRUE;
}

/* A part of the pattern, with its two long runs put in, tells enough and sooner. */
static void shorten_pattern(struct bed *bed)
{
	bed->question.n_symbols = 2000;
	memset(bed->symbols + 500, 3, 7);
	memset(bed->symbols + 1200, 0, 6);
}

/* Every good unit reaches its targets, in the middle of the knobs, with a good eye. */
static void test_reach(void)
{
	guint count = units_to_try(200);
	double least_db = INFINITY, most_db = -INFINITY, weakest_dbm = -INFINITY;

	for (guint u = 0; u < count; u++) {
		struct bed bed;
		g_autofree char *serial = g_strdup_printf("GOOD%04u", u);
		bed_init(&bed, 100 + u % 7, serial, "", WORLD_PATTERN_PRBS13Q);
		shorten_pattern(&bed);
		for (guint i = 0; i < WORLD_LANES; i++) {
			struct world_tx_knobs knobs = calibrate(&bed.dut.lanes[i]);
			double oma_w, er = settled_er(&bed.dut.lanes[i], &knobs, &oma_w);
			g_assert_cmpfloat_with_epsilon(er, TARGET_ER, 1e-3);
			g_assert_cmpfloat_with_epsilon(oma_w / TARGET_OMA_W, 1, 1e-3);
			g_assert_cmpfloat(knobs.laser_bias_a, >, 30e-3);
			g_assert_cmpfloat(knobs.laser_bias_a, <, 90e-3);
			g_assert_cmpfloat(knobs.mod_swing_v, >, 0.8);
			g_assert_cmpfloat(knobs.mod_swing_v, <, 1.9);
			weakest_dbm = fmax(weakest_dbm, bed.dut.lanes[i].sensitivity_dbm);
		}
		struct world_truth_lane seen = {0};
		struct world_tx_knobs knobs = calibrate(&bed.dut.lanes[u % 4]);
		truth_transmitter(&bed.question, u % 4, &knobs, &seen);
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

/* By how much the worst rule is broken, in dB; below 0 when all hold. */
static double violation_db(struct bed *bed, guint lane, const struct world_tx_knobs *knobs)
{
	struct world_truth_lane t = {0};

	truth_transmitter(&bed->question, lane, knobs, &t);
	g_assert_true(isfinite(t.oma_dbm)); /* dim, not dark: there is something to judge */
	double tdecq_db = fmin(t.tdecq_db, 50);
	double floor_dbm = t.er_db >= 5 ? -2.2 : -1.9;
	return fmax(fmax(tdecq_db - 3.4, -0.8 - t.oma_dbm),
	            fmax(3.5 - t.er_db, floor_dbm - (t.oma_dbm - tdecq_db)));
}

/* The best the knobs can do, by coordinate search from a start known to be near. */
static double least_violation_db(struct bed *bed, guint lane, struct world_tx_knobs knobs)
{
	static const double lows[] = {0, 0, 0.2, -0.25, -0.25, -0.25};
	static const double highs[] = {0.12, 3, 2.5, 0.25, 0.25, 0.25};
	double steps[] = {0.01, 0.15, 0.25, 0.04, 0.04, 0.06};
	double best_db = violation_db(bed, lane, &knobs);

	for (int round = 0; round < 3; round++) {
		for (guint k = 0; k < 12; k++) {
			struct world_tx_knobs next = knobs;
			double *knob = (double *)&next + k / 2;
			*knob = CLAMP(*knob + (k % 2 ? steps[k / 2] : -steps[k / 2]), lows[k / 2],
			              highs[k / 2]);
			double db = violation_db(bed, lane, &next);
			if (db < best_db) {
				best_db = db;
				knobs = next;
			}
		}
		for (guint k = 0; k < G_N_ELEMENTS(steps); k++)
			steps[k] /= 2;
	}
	return best_db;
}

struct hopeless {
	const char *defect;
	struct world_tx_knobs start;
	double at_least_db;
};

/* Where longer searches ended. A good lane, for comparison, must come out below 0. */
static const struct hopeless transmitters[] = {
	{"weak-lane:1", {0.120, 1.45, 2.50, 0, 0, -0.15}, 1.0},
	{"noisy-laser:1", {0.080, 1.80, 2.50, -0.06, -0.12, 0}, 0.8},
	{"slow-driver:1", {0.120, 1.57, 1.35, -0.17, -0.07, -0.05}, 0.5},
	{"compressed-levels:1", {0.105, 1.60, 1.30, -0.08, -0.12, 0}, 0.5},
	{"", {0.070, 1.45, 1.80, -0.05, 0, -0.08}, -4.0},
};

static void test_hopeless_transmitters(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(transmitters); i++) {
		for (guint u = 0; u < MAX(units_to_try(2), 1); u++) {
			struct bed bed;
			g_autofree char *serial = g_strdup_printf("BAD%u", u);
			bed_init(&bed, u + 1, serial, transmitters[i].defect,
			         WORLD_PATTERN_PRBS13Q);
			shorten_pattern(&bed);
			double db = least_violation_db(&bed, 0, transmitters[i].start);
			g_test_message("%s %s: best is %.2f dB out", serial, transmitters[i].defect,
			               db);
			g_assert_cmpfloat(db, >, transmitters[i].at_least_db);
			if (transmitters[i].at_least_db < 0)
				g_assert_cmpfloat(db, <, -1.5);
			bed_done(&bed);
		}
	}
}

/* The best straight line through a broken RX monitor is still 3 dB off somewhere. */
static void test_hopeless_monitor(void)
{
	for (guint u = 0; u < 3; u++) {
		struct bed bed;
		struct world_truth truth;
		double least_db = INFINITY;
		bed_init(&bed, u, "RSSI", "bad-rssi:3", WORLD_PATTERN_PRBS13Q);
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

static gboolean says(const struct world_truth *truth, const char *text)
{
	for (char **why = truth->why; *why; why++)
		if (strstr(*why, text))
			return TRUE;
	return FALSE;
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
		bed_init(&bed, 3, "JUDGED", v->defects, WORLD_PATTERN_PRBS13Q);
		bed_calibrate(&bed);
		truth_find(&bed.question, &truth);
		g_autofree char *all = g_strjoinv("; ", truth.why);
		g_test_message("%s: %s", v->defects, all);
		g_assert_cmpint(truth.good, ==, v->why == NULL);
		g_assert_cmpint(truth.good, ==, truth.why[0] == NULL);
		g_assert_true(truth.calibrated);
		if (v->why)
			g_assert_true(says(&truth, v->why));
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

	bed_init(&bed, 3, "JUDGED", "", WORLD_PATTERN_PRBS13Q);
	truth_find(&bed.question, &truth);
	g_assert_false(truth.good); /* factory defaults: OMA too low */
	g_assert_true(says(&truth, "lane 1: OMA "));
	g_assert_false(truth.calibrated);
	g_assert_cmpfloat(truth.power_w, >, 6.0);
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
	g_assert_true(says(&truth, "lane 2: TX monitor "));
	g_assert_true(says(&truth, "lane 3: RX monitor has no value"));
	g_assert_true(says(&truth, "temperature monitor 4 degC > 3 degC"));
	g_assert_true(says(&truth, "supply monitor -0.2 V < -0.1 V"));
	g_assert_cmpuint(g_strv_length(truth.why), ==, 4);
	world_truth_clear(&truth);
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
	bed_init(&bed, 3, "JUDGED", "dirty-connector:3", WORLD_PATTERN_PRBS13Q);
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
	g_test_add_func("/bench/truth/hopeless-transmitters", test_hopeless_transmitters);
	g_test_add_func("/bench/truth/hopeless-monitor", test_hopeless_monitor);
	g_test_add_func("/bench/truth/verdicts", test_verdicts);
	g_test_add_func("/bench/truth/constants-count", test_constants_count);
	g_test_add_func("/bench/truth/world", test_world);
	return g_test_run();
}

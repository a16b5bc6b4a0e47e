/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/truth_limits.h"
#include "tests/unit/bench_truth_bed.h"

/* By how much the worst rule is broken, in dB; below 0 when all hold. */
static double violation_db(struct bed *bed, const struct world_tx_knobs *knobs)
{
	const struct truth_limits *l = truth_limits_of(bed->dut.model);
	struct world_truth_lane t = {0};

	truth_transmitter(&bed->question, 0, 25, knobs, &t);
	if (!isfinite(t.oma_dbm))
		return 99; /* no eye at these settings */
	double tdecq_db = fmin(t.tdecq_db, 50);
	double floor_dbm =
		t.er_db < l->split_er_db ? l->oma_tdecq_low_er_dbm : l->oma_tdecq_min_dbm;
	double worst_db = fmax(tdecq_db - l->tdecq_max_db, l->oma_min_dbm - t.oma_dbm);
	return fmax(worst_db, fmax(l->er_min_db - t.er_db, floor_dbm - (t.oma_dbm - tdecq_db)));
}

/* A knob and how far a search goes with it. */
struct turn {
	gsize offset;
	double low, high, step;
};

#define KNOB(member) offsetof(struct world_tx_knobs, member)

static const struct turn eml_turns[] = {
	{KNOB(laser_bias_a), 0, 0.12, 0.01},
	{KNOB(mod_bias_v), 0, 3, 0.15},
	{KNOB(mod_swing_v), 0.2, 2.5, 0.25},
	{KNOB(fir_pre), -0.25, 0.25, 0.04},
	{KNOB(fir_post), -0.25, 0.25, 0.04},
	{KNOB(level_skew), -0.25, 0.25, 0.06},
	{0},
};
static const struct turn vcsel_turns[] = {
	{KNOB(laser_bias_a), 0, 0.012, 0.001}, {KNOB(mod_current_a), 0, 0.012, 0.001},
	{KNOB(fir_pre), -0.25, 0.25, 0.04},    {KNOB(fir_post), -0.25, 0.25, 0.04},
	{KNOB(level_skew), -0.25, 0.25, 0.06}, {0},
};

/* The best the knobs can do, by coordinate search from a start known to be near. */
static double least_violation_db(struct bed *bed, struct world_tx_knobs knobs)
{
	const struct turn *turns = bed->dut.model->multimode ? vcsel_turns : eml_turns;
	int rounds = bed->dut.model->multimode ? 1 : 2; /* nine taps take their time */
	double best_db = violation_db(bed, &knobs), scale = 1;

	if (bed_units_to_try(10) == 1)
		rounds = 0; /* sanitizers */
	for (int round = 0; round < rounds; round++, scale /= 2) {
		for (guint k = 0; turns[k / 2].step > 0; k++) {
			const struct turn *turn = &turns[k / 2];
			struct world_tx_knobs next = knobs;
			double *knob = &G_STRUCT_MEMBER(double, &next, turn->offset);
			*knob = CLAMP(*knob + (k % 2 ? scale : -scale) * turn->step, turn->low,
			              turn->high);
			double db = violation_db(bed, &next);
			if (db < best_db) {
				best_db = db;
				knobs = next;
			}
		}
	}
	return best_db;
}

struct hopeless {
	const char *model;
	const char *defect;
	struct world_tx_knobs start;
	double at_least_db;
};

/* Where longer searches ended. A good lane, for comparison, must come out below 0. */
static const struct hopeless transmitters[] = {
	{"dr4", "weak-lane:1", {0.120, 1.45, 2.50, 0, 0, -0.15}, 1.0},
	{"dr4", "noisy-laser:1", {0.080, 1.80, 2.50, -0.06, -0.12, 0}, 0.8},
	{"dr4", "slow-driver:1", {0.120, 1.57, 1.35, -0.17, -0.07, -0.05}, 0.5},
	{"dr4", "compressed-levels:1", {0.105, 1.60, 1.30, -0.08, -0.12, 0}, 0.5},
	{"dr4", "", {0.070, 1.45, 1.80, -0.05, 0, -0.08}, -4.0},
	{"fr4", "slow-driver:1", {0.120, 1.57, 1.35, -0.17, -0.07, -0.05}, 0.3},
	{"fr4", "compressed-levels:1", {0.105, 1.60, 1.30, -0.08, -0.12, 0}, 0.3},
	{"lr4-10", "weak-lane:1", {0.120, 1.45, 2.50, 0, 0, -0.15}, 1.0},
	{"lr4-10", "noisy-laser:1", {0.080, 1.80, 2.50, -0.06, -0.12, 0}, 0.5},
	{"lr4-10", "slow-driver:1", {0.120, 1.57, 1.35, -0.17, -0.07, -0.05}, 0.3},
	{"lr4-10", "compressed-levels:1", {0.105, 1.60, 1.30, -0.08, -0.12, 0}, 0.3},
	{"sr4", "weak-lane:1", {0.009, 0, 0, 0, 0, 0, 0.010}, 0.5},
	{"sr4", "noisy-laser:1", {0.006, 0, 0, 0, 0, 0, 0.006}, 0.5},
	{"sr4", "slow-driver:1", {0.006, 0, 0, -0.15, -0.1, 0, 0.004}, 0.5},
	{"sr4", "compressed-levels:1", {0.006, 0, 0, 0, 0, 0, 0.004}, 0.5},
	{"sr4", "", {0.006, 0, 0, 0, 0, 0, 0.005}, -4.0},
};

static void test_transmitters(gconstpointer model)
{
	for (gsize i = 0; i < G_N_ELEMENTS(transmitters); i++) {
		const struct hopeless *h = &transmitters[i];
		if (strcmp(h->model, model) != 0)
			continue;
		struct bed bed;
		bed_init(&bed, h->model, 1, "BAD0", h->defect);
		bed_shorten_pattern(&bed);
		bed.question.fibre = NULL;
		double db = least_violation_db(&bed, h->start);
		g_test_message("%s %s: best is %.2f dB out", h->model, h->defect, db);
		g_assert_cmpfloat(db, >, h->at_least_db);
		if (h->at_least_db < 0)
			g_assert_cmpfloat(db, <, -1.5);
		bed_done(&bed);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_data_func("/bench/hopeless/dr4", "dr4", test_transmitters);
	g_test_add_data_func("/bench/hopeless/fr4", "fr4", test_transmitters);
	g_test_add_data_func("/bench/hopeless/lr4-10", "lr4-10", test_transmitters);
	g_test_add_data_func("/bench/hopeless/sr4", "sr4", test_transmitters);
	return g_test_run();
}

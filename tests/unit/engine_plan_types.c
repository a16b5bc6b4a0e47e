/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/plan.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

/* One plan for several types, with values of their own. */

static gboolean do_nothing(struct step_context *ctx, GError **error)
{
	return TRUE;
}

static const struct step_param params[] = {
	{"level", "dBm", "1 dBm", ""},
	{"times", STEP_COUNT, "3", "", 1, 5},
	{"words", NULL, "", ""},
	{0},
};
static const struct step_def step_aim = {.name = "aim",
                                         .help = "",
                                         .limit_s = 1,
                                         .params = params,
                                         .run = do_nothing};
static const struct step_def *const steps[] = {&step_aim};
static const struct step_table table = {steps, G_N_ELEMENTS(steps)};

static const char text[] = "plan: P\nrevision: \"1\"\n"
			   "types:\n"
			   "  A: {level: -2 dBm, n: 4, words: loud}\n"
			   "  B: {level: 3 dBm, n: 2, words: low}\n"
			   "stage: final\n"
			   "corners: [{name: n, case: 25 degC, supply: 3.3 V}]\n"
			   "setup: []\n"
			   "main:\n"
			   "  - {step: aim, with: {level: $level, times: $n, words: $words}}\n"
			   "cleanup: []\n";

/* The text with one part replaced; null a: as it is. */
static struct plan *load(const char *a, const char *b, const char *type, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("plan-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "p.yaml", NULL);
	g_auto(GStrv) parts = g_strsplit(text, a ? a : text, 2);
	g_autofree char *changed = a ? g_strconcat(parts[0], b, parts[1], NULL) : g_strdup(text);
	struct plan *plan;

	g_assert_true(g_file_set_contents(path, changed, -1, NULL));
	plan = type ? plan_load_for(path, &table, type, error) : plan_load(path, &table, error);
	g_unlink(path);
	g_rmdir(folder);
	return plan;
}

static void test_values(void)
{
	static const struct {
		const char *wanted, *type, *words;
		double level_dbm, times;
	} rows[] = {
		{NULL, "A", "loud", -2, 4},
		{"A", "A", "loud", -2, 4},
		{"B", "B", "low", 3, 2},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		GError *error = NULL;
		g_autoptr(plan) plan = load(NULL, NULL, rows[i].wanted, &error);
		const struct plan_item *item;

		g_assert_no_error(error);
		item = g_ptr_array_index(plan->main, 0);
		g_assert_cmpstr(plan->type, ==, rows[i].type);
		g_assert_cmpuint(g_strv_length(plan->types), ==, 2);
		g_assert_cmpstr(plan->types[1], ==, "B");
		g_assert_cmpfloat(item->values[0].number, ==, rows[i].level_dbm);
		g_assert_cmpfloat(item->values[1].number, ==, rows[i].times);
		g_assert_cmpstr(item->values[2].text, ==, rows[i].words);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *a, *b, *type, *says;
	} bad[] = {
		{"plan: P", "plan: P", "C", "p.yaml:4: the plan is for type A, B, not for C"},
		{"$level", "$lever", NULL, "type A has no value \"lever\" in this plan"},
		{"level: 3 dBm, ", "", "B", "p.yaml:10: type B has no value \"level\""},
		{"n: 4", "n: 6", "A", "p.yaml:4: n"},
		{"level: -2 dBm", "level: -2 dB", "A", "p.yaml:4: level"},
		{"words: loud", "words: loud, tone: high", "A", "p.yaml:4: "},
		{"stage: final", "type: A\nstage: final", NULL, "type A has no value"},
		{"types:\n  A: {level: -2 dBm, n: 4, words: loud}\n"
	         "  B: {level: 3 dBm, n: 2, words: low}\n",
	         "", NULL, "types"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		GError *error = NULL;

		g_assert_null(load(bad[i].a, bad[i].b, bad[i].type, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!strstr(error->message, bad[i].says))
			g_error("case %u: \"%s\" does not say \"%s\"", i, error->message,
			        bad[i].says);
		g_clear_error(&error);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/plan-types/values", test_values);
	g_test_add_func("/plan-types/refused", test_refused);
	return g_test_run();
}

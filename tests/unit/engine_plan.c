/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/plan.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

static gboolean run_nothing(struct step_context *ctx, GError **error)
{
	return TRUE;
}

static const struct step_param params[] = {
	{"level", "dBm", "1.0 dBm", "a level"},
	{"gate", "s", NULL, "a time"},
	{"pattern", NULL, "SSPRQ", "a name"},
	{"points", "1", "8", "how many"},
	{NULL, NULL, NULL, NULL},
};
static const struct step_def lane_step = {.name = "measure-lane",
                                          .help = "",
                                          .scope = STEP_LANE,
                                          .params = params,
                                          .run = run_nothing};
static const struct step_def unit_step = {.name = "measure-unit",
                                          .help = "",
                                          .scope = STEP_UNIT,
                                          .run = run_nothing};
static const struct step_def *const steps[] = {&lane_step, &unit_step};
static const struct step_table table = {steps, 2};

#define HEAD                                                                                       \
	"plan: P\nrevision: \"3\"\ntype: 400GBASE-DR4\nstage: final\n"                             \
	"corners:\n  - {name: cold, case: 0 degC, supply: 3.135 V}\n"                              \
	"  - {name: hot, case: 70 degC, supply: 3.465 V}\n"
#define TAIL "cleanup: []\n"

static struct plan *load(const char *text, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("plan-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "p.yaml", NULL);
	struct plan *plan;

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	plan = plan_load(path, &table, error);
	g_unlink(path);
	g_rmdir(folder);
	return plan;
}

static void test_unroll(void)
{
	GError *error = NULL;
	g_autoptr(plan) plan =
		load(HEAD
	             "setup:\n  - {step: measure-unit}\n"
	             "main:\n"
	             "  - group: g\n    for: corners\n    steps:\n"
	             "      - {step: measure-lane, for: lanes, with: {gate: 20 ms}, retries: 2,"
	             " before_retry: clean, on_fail: stop, name: eye}\n"
	             "      - {step: measure-unit}\n" TAIL,
	             &error);
	g_assert_no_error(error);
	g_autoptr(GArray) actions = plan_unroll(plan, 4);
	const struct plan_action *a = (const struct plan_action *)actions->data;

	g_assert_cmpuint(actions->len, ==, 1 + 2 * (4 + 1));
	g_assert_cmpstr(a[0].group, ==, "setup");
	g_assert_cmpint(a[1].lane, ==, 1);
	g_assert_cmpint(a[4].lane, ==, 4);
	g_assert_cmpstr(a[4].corner->name, ==, "cold");
	g_assert_cmpint(a[5].lane, ==, 0);
	g_assert_cmpstr(a[6].corner->name, ==, "hot");
	g_assert_cmpfloat(a[6].corner->supply_v, ==, 3.465);
	g_assert_cmpfloat_with_epsilon(a[1].item->values[1].number, 0.020, 1e-12);
	g_assert_cmpfloat(a[1].item->values[0].number, ==, 1.0);
	g_assert_cmpstr(a[1].item->values[2].text, ==, "SSPRQ");
	g_assert_cmpuint(a[1].item->retries, ==, 2);
	g_assert_true(a[1].item->clean_before_retry && a[1].item->stop_on_fail);
	g_autofree char *text = plan_show(plan, 4);
	g_assert_nonnull(strstr(text, "lane 3"));
	g_assert_nonnull(strstr(text, "gate=20 ms"));
	g_assert_nonnull(strstr(text, "eye"));
}

static void test_refused(void)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{HEAD "setup: []\nmain:\n  - {step: measure-lan}\n" TAIL,
	         "p.yaml:10: there is no step \"measure-lan\"; did you mean \"measure-lane\"?"},
		{HEAD "setup: []\nmain:\n  - {step: measure-lane, with: {gate: 1 s}}\n" TAIL,
	         "for: lanes"},
		{HEAD "setup: []\nmain:\n  - {step: measure-unit, for: lanes}\n" TAIL,
	         "whole unit"},
		{HEAD "setup: []\nmain:\n  - {step: measure-lane, for: lanes}\n" TAIL,
	         "needs \"gate\""},
		{HEAD
	         "setup: []\nmain:\n  - {step: measure-lane, for: lanes, with: {gate: 1}}\n" TAIL,
	         "p.yaml:10"},
		{HEAD
	         "setup: []\nmain:\n  - {step: measure-lane, for: lanes, with: {gate: 1 V}}\n" TAIL,
	         "p.yaml:10"},
		{HEAD "setup: []\nmain:\n  - {step: measure-lane, for: lanes, with: {gate: 1 s, "
	              "gat: 2 s}}\n" TAIL,
	         "gat"},
		{HEAD "setup: []\nmain:\n  - {step: measure-unit, retires: 1}\n" TAIL, "retries"},
		{HEAD "setup: []\nmain:\n  - {step: measure-unit, on_fail: maybe}\n" TAIL,
	         "continue or stop"},
		{HEAD "setup: []\nmain:\n  - {step: measure-unit, before_retry: clean}\n" TAIL,
	         "without retries"},
		{HEAD "setup: []\nmain:\n  - {step: measure-unit, for: corner}\n" TAIL,
	         "did you mean corners"},
		{HEAD "setup: []\nmain:\n  - hello\n" TAIL, "expected \"step: NAME\""},
		{HEAD "setup: []\nmain: []\n", "cleanup"},
		{"plan: P\nrevision: \"3\"\ntype: T\nstage: final\ncorners: []\nsetup: []\nmain: "
	         "[]\n" TAIL,
	         "at least one corner"},
		{HEAD "setup: []\nmain: []\nmian: []\n" TAIL, "mian"},
		{HEAD "corner: {window: 2 degC}\nsetup: []\nmain: []\n" TAIL, "window"},
		{HEAD "plan: again\nsetup: []\nmain: []\n" TAIL, "plan"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		GError *error = NULL;
		struct plan *plan = load(bad[i].text, &error);

		g_assert_null(plan);
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!strstr(error->message, bad[i].says))
			g_error("case %u: \"%s\" does not say \"%s\"", i, error->message,
			        bad[i].says);
		g_clear_error(&error);
	}
}

static void test_absent_file(void)
{
	GError *error = NULL;

	g_assert_null(plan_load("/nonexistent/p.yaml", &table, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "/nonexistent/p.yaml"));
	g_clear_error(&error);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/plan/unroll", test_unroll);
	g_test_add_func("/plan/refused", test_refused);
	g_test_add_func("/plan/absent-file", test_absent_file);
	return g_test_run();
}

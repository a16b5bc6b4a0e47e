/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/engine_stand.h"

/* A step that reports a value which meets the limit x. */
#define GOOD "{step: act, name: good, with: {do: m x 0 1 dBm}}"

static void test_order(void)
{
	struct stand *s = stand_new(LIMITS_X, "setup:\n  - {step: act, name: up}\n"
	                                      "main:\n  - " GOOD "\n"
	                                      "  - group: g\n    for: corners\n    steps:\n"
	                                      "      - {step: act-lane, name: l, for: lanes}\n"
	                                      "cleanup:\n  - {step: act, name: down}\n");
	s->product.n_lanes = 2;
	stand_run(s, "up good l/1 l/2 l/1 l/2 down", VERDICT_PASS);
	g_assert_cmpuint(s->run.record->steps->len, ==, 7);
	const struct record_step *last = stand_step(s, 6);
	g_assert_cmpstr(last->group, ==, "cleanup");
	g_assert_cmpstr(last->kind, ==, "act");
	g_assert_cmpstr(stand_step(s, 4)->corner, ==, "hot");
	g_assert_cmpint(stand_step(s, 5)->lane, ==, 2);
	g_assert_cmpint(last->attempt, ==, 1);
	for (guint i = 0; i < 7; i++) {
		struct event event = stand_event(s, EVENT_STEP_START);
		g_assert_cmpuint(event.done, ==, i);
		g_assert_cmpuint(event.total, ==, 7);
		g_assert_cmpint(event.site, ==, 3);
		g_assert_cmpstr(event.serial, ==, "SN1");
		g_assert_cmpstr(event.run_id, ==, s->run.record->run_id);
		g_assert_cmpint(stand_event(s, EVENT_STEP_END).verdict, ==, VERDICT_PASS);
	}
	stand_free(s);
}

static void test_retries(void)
{
	struct stand *s =
		stand_new(LIMITS_X,
	                  "setup: []\nmain:\n"
	                  "  - {step: act, name: r, retries: 3, with: {do: m x 0 1 dBm; fail 2}}\n"
	                  "cleanup: []\n");

	stand_run(s, "r r r", VERDICT_PASS);
	g_assert_cmpuint(s->run.record->steps->len, ==, 3);
	g_assert_cmpuint(s->run.record->measurements->len, ==, 3);
	for (guint i = 0; i < 3; i++) {
		g_assert_cmpint(stand_step(s, i)->attempt, ==, i + 1);
		g_assert_cmpint(stand_step(s, i)->superseded, ==, i < 2);
		g_assert_cmpint(stand_step(s, i)->verdict, ==, i < 2 ? VERDICT_FAIL : VERDICT_PASS);
	}
	g_assert_cmpstr(stand_step(s, 0)->reason, ==, "no light on call 1");
	g_assert_cmpstr(stand_step(s, 0)->error_kind, ==, "module");
	g_assert_null(stand_step(s, 2)->reason);
	stand_free(s);
}

/* All attempts used up: the last one's verdict and reason. */
static void test_retries_in_vain(void)
{
	struct stand *s =
		stand_new(LIMITS_X, "setup: []\nmain:\n"
	                            "  - {step: act, name: r, retries: 2, with: {do: fail 9}}\n"
	                            "  - " GOOD "\ncleanup: []\n");

	stand_run(s, "r r r good", VERDICT_FAIL);
	g_assert_cmpstr(s->run.record->reason, ==, "r: no light on call 3");
	g_assert_cmpstr(s->run.record->first_failing_step, ==, "r");
	stand_free(s);
}

/* What a superseded attempt found to be marginal is not marginal any more. */
static void test_retry_marginal(void)
{
	static const char *const acts[] = {"first m x 0 1.95 dBm; fail 1; m x 0 1 dBm",
	                                   "first m x 0 1 dBm; fail 1; m x 0 1.95 dBm"};

	for (guint i = 0; i < G_N_ELEMENTS(acts); i++) {
		g_autofree char *plan =
			g_strdup_printf("setup: []\nmain:\n  - {step: act, name: r, retries: 1, "
		                        "with: {do: %s}}\ncleanup: []\n",
		                        acts[i]);
		struct stand *s = stand_new(LIMITS_X, plan);

		stand_run(s, "r r", VERDICT_PASS);
		g_assert_cmpint(stand_value(s, i)->marginal, ==, TRUE);
		g_assert_cmpint(s->run.record->marginal, ==, i == 1);
		stand_free(s);
	}
}

static void test_stop_on_fail(void)
{
	struct stand *s =
		stand_new(LIMITS_X,
	                  "setup: []\nmain:\n  - " GOOD "\n"
	                  "  - {step: act, name: bad, with: {do: fail 1}}\n"
	                  "  - {step: act, name: on}\n"
	                  "  - {step: act, name: end, on_fail: stop, with: {do: fail 1}}\n"
	                  "  - {step: act, name: never}\n"
	                  "cleanup:\n  - {step: act, name: down}\n");

	stand_run(s, "good bad on end down", VERDICT_FAIL);
	g_assert_cmpstr(s->run.record->first_failing_step, ==, "bad");
	stand_free(s);
}

static void test_setup_fails(void)
{
	struct stand *s =
		stand_new(LIMITS_X,
	                  "setup:\n  - {step: act, name: a, with: {do: undo supply; fail 1}}\n"
	                  "  - {step: act, name: b}\n"
	                  "main:\n  - " GOOD "\n"
	                  "cleanup:\n  - {step: act, name: down}\n");

	stand_run(s, "a down undo:supply", VERDICT_FAIL);
	stand_free(s);
}

static void test_errors(void)
{
	for (enum station_error code = 0; code <= STATION_ERROR_AUTHORITY; code++) {
		const char *name = station_error_name(code);
		g_autofree char *plan = g_strdup_printf(
			"setup: []\nmain:\n  - {step: act, name: e, with: {do: error %s}}\n"
			"  - {step: act, name: after}\ncleanup:\n  - {step: act, name: down}\n",
			name);
		struct stand *s = stand_new(LIMITS_X, plan);
		/* what stands at a site is named by it */
		const char *where = code == STATION_ERROR_FIXTURE  ? "fixture of site 3: "
		                    : code == STATION_ERROR_ABSENT ? "site 3: "
		                                                   : "";
		g_autofree char *reason = g_strdup_printf("e: %smade up %s", where, name);

		if (code == STATION_ERROR_MODULE)
			stand_run(s, "e after down", VERDICT_FAIL);
		else if (code == STATION_ERROR_CANCELLED)
			stand_run(s, "e", VERDICT_ABORTED);
		else
			stand_run(s, "e down", VERDICT_ERROR);
		g_assert_cmpstr(stand_step(s, 0)->error_kind, ==, name);
		g_assert_cmpstr(s->run.record->reason, ==, reason);
		stand_free(s);
	}
}

/* An error weighs more than a fail, wherever it comes. */
static void test_error_after_fail(void)
{
	struct stand *s = stand_new(LIMITS_X, "setup: []\nmain:\n"
	                                      "  - {step: act, name: f, with: {do: fail 1}}\n"
	                                      "  - {step: act, name: e, with: {do: error io}}\n"
	                                      "cleanup: []\n");

	stand_run(s, "f e", VERDICT_ERROR);
	g_assert_cmpstr(s->run.record->first_failing_step, ==, "e");
	stand_free(s);
}

/* Values measured before an error stay, judged, and do not make it a PASS. */
static void test_error_keeps_values(void)
{
	struct stand *s =
		stand_new(LIMITS_X,
	                  "setup: []\nmain:\n"
	                  "  - {step: act, name: e, with: {do: m x 0 9 dBm; error timeout}}\n"
	                  "cleanup: []\n");

	stand_run(s, "e", VERDICT_ERROR);
	g_assert_cmpint(stand_value(s, 0)->verdict, ==, VERDICT_FAIL);
	g_assert_cmpstr(s->run.record->reason, ==, "e: made up timeout");
	stand_free(s);
}

/* Steps that break their promise about errors are station errors, not crashes nor passes. */
static void test_bad_manners(void)
{
	static const char *const bad[] = {"m x 0 1 dBm; mute", "m x 0 1 dBm; both"};

	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *plan = g_strdup_printf("setup: []\nmain:\n  - {step: act, name: "
		                                        "b, with: {do: %s}}\ncleanup: []\n",
		                                        bad[i]);
		struct stand *s = stand_new(LIMITS_X, plan);

		stand_run(s, "b", VERDICT_ERROR);
		g_assert_nonnull(stand_step(s, 0)->error_kind);
		stand_free(s);
	}
}

static void test_step_limit(void)
{
	struct stand *s =
		stand_new(LIMITS_X, "setup: []\nmain:\n"
	                            "  - {step: act-brief, name: slow, with: {do: wait}}\n"
	                            "cleanup: []\n");

	stand_run(s, "slow", VERDICT_ERROR);
	g_assert_cmpstr(stand_step(s, 0)->error_kind, ==, "timeout");
	stand_free(s);
}

static void test_missing_instrument(void)
{
	struct stand *s = stand_new(LIMITS_X, "setup: []\nmain:\n"
	                                      "  - {step: act-supply, name: p}\ncleanup: []\n");

	stand_run(s, "", VERDICT_ERROR);
	g_assert_cmpstr(s->run.record->reason, ==,
	                "p: site 3 has no supply, which this step needs");
	stand_free(s);
}

/* --- corners ---------------------------------------------------------------------------------- */

/* Enter a corner as the real steps do, without instruments. */
static gboolean made_up_begin(struct step_context *ctx, GError **error)
{
	stand_log(stand_of(ctx), "begin:%g%s", step_case_degc(ctx), step_ramps(ctx) ? "!" : "");
	if (step_ramps(ctx))
		step_undo(ctx, 0, "light", undo_light);
	return TRUE;
}

static gboolean made_up_soak(struct step_context *ctx, GError **error)
{
	stand_log(stand_of(ctx), "soak:%g", step_case_degc(ctx));
	if (step_case_degc(ctx) < step_number(ctx, "broken_above"))
		return TRUE;
	station_error_set(error, error_of(step_text(ctx, "error")), "it did not arrive");
	return FALSE;
}

static const struct step_param soak_params[] = {
	{"broken_above", "degC", "999 degC", "where it does not arrive"},
	{"error", NULL, "instrument", "what happens then"},
	{0},
};
static const struct step_def made_up_set = {.name = "set-corner",
                                            .help = "",
                                            .scope = STEP_UNIT,
                                            .limit_s = 60,
                                            .run = made_up_begin};
static const struct step_def corner_begin = {.name = "corner-begin",
                                             .help = "",
                                             .scope = STEP_UNIT,
                                             .limit_s = 60,
                                             .run = made_up_begin};
static const struct step_def corner_soak = {.name = "corner-soak",
                                            .help = "",
                                            .scope = STEP_UNIT,
                                            .limit_s = 60,
                                            .params = soak_params,
                                            .run = made_up_soak};

/* A stand whose table of steps can enter corners. */
static struct stand *stand_with_corners(const char *limits, const char *sections)
{
	static const struct step_def *const steps[] = {&act_unit, &act_lane, &made_up_set,
	                                               &corner_begin, &corner_soak};
	static const struct step_table table = {steps, G_N_ELEMENTS(steps)};
	struct stand *s = stand_new(limits, "setup: []\nmain: []\ncleanup: []\n");
	g_autofree char *path = g_build_filename(s->folder, "corners.yaml", NULL);
	g_autofree char *text =
		g_strconcat("plan: P\nrevision: \"1\"\ntype: T\nstage: final\n"
	                    "corners: {case: [25 degC, 70 degC], supply: [3.3 V, 3.465 V]}\n",
	                    sections, NULL);
	GError *error = NULL;

	plan_free(s->files.plan);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	s->files.plan = plan_load(path, &table, &error);
	g_assert_no_error(error);
	g_unlink(path);
	return s;
}

#define CORNERS                                                                                    \
	"setup:\n  - {step: set-corner}\n"                                                         \
	"main:\n  - group: g\n    for: corners\n"                                                  \
	"    while_ramping: [{step: act, name: r, with: {do: m y 0 1 dBm}}]\n"                     \
	"    steps:\n      - {step: act, name: x, with: {do: m x 0 1 dBm}}\n"                      \
	"cleanup:\n  - {step: act, name: down}\n"

/* The head is told only where it has to move, and undone once. */
static void test_corners(void)
{
	struct stand *s = stand_with_corners(LIMITS_X, CORNERS);

	stand_run(s,
	          "begin:25! x begin:25 soak:25 x begin:70! r soak:70 x begin:70 soak:70 x down "
	          "undo:light",
	          VERDICT_PASS);
	g_assert_cmpstr(stand_step(s, 0)->corner, ==, "25C 3.300V");
	g_assert_cmpstr(stand_step(s, 5)->kind, ==, "corner-begin");
	g_assert_cmpstr(stand_step(s, 5)->corner, ==, "70C 3.465V");
	g_assert_cmpstr(stand_step(s, 5)->group, ==, "main");
	g_assert_cmpstr(stand_step(s, 6)->name, ==, "r");
	g_assert_cmpstr(stand_step(s, 6)->corner, ==, "");
	g_assert_cmpstr(stand_value(s, 2)->id, ==, "y");
	g_assert_cmpstr(stand_value(s, 2)->corner, ==, "");
	g_assert_cmpstr(stand_value(s, 3)->corner, ==, "70C 3.465V");
	g_assert_cmpstr(stand_step(s, 12)->corner, ==, "");
	stand_free(s);
}

/* At a corner that was not reached nothing is measured, whoever is to blame. */
static void test_corner_not_reached(void)
{
	static const struct {
		const char *error;
		enum verdict verdict;
	} cases[] = {{"instrument", VERDICT_ERROR}, {"module", VERDICT_FAIL}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *plan =
			g_strdup_printf("corner: {broken_above: 69 degC, error: %s}\n" CORNERS,
		                        cases[i].error);
		struct stand *s = stand_with_corners(LIMITS_X, plan);

		stand_run(s, "begin:25! x begin:25 soak:25 x begin:70! r soak:70 down undo:light",
		          cases[i].verdict);
		g_assert_cmpstr(s->run.record->first_failing_step, ==, "corner-soak");
		stand_free(s);
	}
}

/* An abort on the way brings the head to rest. */
static void test_abort_in_ramp(void)
{
	struct stand *s = stand_with_corners(
		LIMITS_X, "setup: []\nmain:\n  - group: g\n    for: corners\n"
			  "    while_ramping: [{step: act, name: r, with: {do: cancel; wait}}]\n"
			  "    steps:\n      - {step: act, name: x}\ncleanup: []\n");

	stand_run(s, "begin:25! r undo:light", VERDICT_ABORTED);
	g_assert_cmpstr(s->run.record->first_failing_step, ==, "r");
	stand_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/sequence/order", test_order);
	g_test_add_func("/sequence/retries", test_retries);
	g_test_add_func("/sequence/retries-in-vain", test_retries_in_vain);
	g_test_add_func("/sequence/retry-marginal", test_retry_marginal);
	g_test_add_func("/sequence/stop-on-fail", test_stop_on_fail);
	g_test_add_func("/sequence/setup-fails", test_setup_fails);
	g_test_add_func("/sequence/errors", test_errors);
	g_test_add_func("/sequence/error-after-fail", test_error_after_fail);
	g_test_add_func("/sequence/error-keeps-values", test_error_keeps_values);
	g_test_add_func("/sequence/bad-manners", test_bad_manners);
	g_test_add_func("/sequence/step-limit", test_step_limit);
	g_test_add_func("/sequence/missing-instrument", test_missing_instrument);
	g_test_add_func("/sequence/corners", test_corners);
	g_test_add_func("/sequence/corner-not-reached", test_corner_not_reached);
	g_test_add_func("/sequence/abort-in-ramp", test_abort_in_ramp);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/engine_stand.h"

/* How a run ends: abort, undo, and what may not be called a PASS. */

static void test_abort(void)
{
	struct stand *s =
		stand_new(LIMITS_X, "setup:\n  - {step: act, name: up, with: {do: undo supply}}\n"
	                            "main:\n"
	                            "  - {step: act, name: a, retries: 3,"
	                            " with: {do: undo light; m x 0 1 dBm; cancel; wait}}\n"
	                            "  - {step: act, name: never}\n"
	                            "cleanup:\n  - {step: act, name: neither}\n");

	stand_run(s, "up a undo:light undo:supply", VERDICT_ABORTED);
	g_assert_cmpuint(s->run.record->measurements->len, ==, 1);
	g_assert_cmpfloat(stand_value(s, 0)->value, ==, 1);
	g_assert_cmpint(stand_value(s, 0)->verdict, ==, VERDICT_PASS);
	g_assert_cmpint(stand_step(s, 1)->verdict, ==, VERDICT_ABORTED);
	g_assert_cmpstr(s->run.record->first_failing_step, ==, "a");
	g_assert_false(s->run.record->marginal);
	g_assert_cmpstr(stand_event(s, EVENT_UNDO).name, ==, "light");
	g_assert_cmpstr(stand_event(s, EVENT_UNDO).name, ==, "supply");
	stand_free(s);
}

/* The abort comes so late that every step has passed: still no PASS. */
static void test_abort_at_the_end(void)
{
	struct stand *s =
		stand_new(LIMITS_X, "setup: []\nmain:\n"
	                            "  - {step: act, name: a, with: {do: m x 0 1.95 dBm; cancel}}\n"
	                            "cleanup: []\n");

	stand_run(s, "a", VERDICT_ABORTED);
	g_assert_cmpstr(s->run.record->reason, ==, "aborted");
	g_assert_false(s->run.record->marginal);
	stand_free(s);
}

static void test_abort_before(void)
{
	struct stand *s = stand_new(LIMITS_X, "setup: []\nmain:\n"
	                                      "  - {step: act, name: a, with: {do: wait}}\n"
	                                      "  - {step: act, name: b}\ncleanup: []\n");

	g_cancellable_cancel(s->run.cancellable);
	stand_run(s, "a", VERDICT_ABORTED);
	stand_free(s);
}

static gpointer cancel_later(gpointer data)
{
	g_usleep(5000);
	g_cancellable_cancel(data);
	return NULL;
}

/* From another thread, as a face does it. */
static void test_abort_from_thread(void)
{
	struct stand *s =
		stand_new(LIMITS_X, "setup: []\nmain:\n"
	                            "  - {step: act, name: a, with: {do: undo light; wait}}\n"
	                            "cleanup: []\n");
	GThread *thread = g_thread_new("cancel", cancel_later, s->run.cancellable);

	stand_run(s, "a undo:light", VERDICT_ABORTED);
	g_thread_join(thread);
	stand_free(s);
}

static void test_undo_order(void)
{
	struct stand *s =
		stand_new(LIMITS_X,
	                  "setup: []\nmain:\n"
	                  "  - {step: act, name: a, with: {do: undo supply; undo light}}\n"
	                  "  - {step: act, name: b, with: {do: m x 0 1 dBm; undo supply}}\n"
	                  "cleanup:\n  - {step: act, name: c}\n");

	/* registered again, the supply moved to the top and is not undone twice */
	stand_run(s, "a b c undo:supply undo:light", VERDICT_PASS);
	stand_free(s);
}

/* Each undo is tried, whatever the others did, and an unsafe end is never a PASS or a FAIL. */
static void test_undo_fails(void)
{
	static const struct {
		const char *act;
		const char *first;
	} cases[] = {{"m x 0 1 dBm", "undo"}, {"m x 0 9 dBm", "undo"}};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *plan = g_strdup_printf("setup: []\nmain:\n  - {step: act, name: a,"
		                                        " with: {do: undo supply; undo broken; "
		                                        "undo light; %s}}\ncleanup: []\n",
		                                        cases[i].act);
		struct stand *s = stand_new(LIMITS_X, plan);

		stand_run(s, "a undo:light undo:broken undo:supply", VERDICT_ERROR);
		g_assert_true(stand_noted(s, "undo \"broken\" failed: the shutter is stuck"));
		g_assert_cmpstr(s->run.record->reason, ==, "the safe state was not reached");
		g_assert_cmpstr(s->run.record->first_failing_step, ==, cases[i].first);
		g_assert_cmpstr(stand_event(s, EVENT_UNDO).text, ==, "");
		g_assert_cmpstr(stand_event(s, EVENT_UNDO).text, ==, "the shutter is stuck");
		stand_free(s);
	}
}

/* An abort does not hide that the undo failed. */
static void test_undo_fails_in_abort(void)
{
	struct stand *s =
		stand_new(LIMITS_X,
	                  "setup: []\nmain:\n"
	                  "  - {step: act, name: a, with: {do: undo broken; cancel; wait}}\n"
	                  "cleanup: []\n");

	stand_run(s, "a undo:broken", VERDICT_ABORTED);
	g_assert_true(stand_noted(s, "undo \"broken\" failed"));
	stand_free(s);
}

/* --- no PASS without values ------------------------------------------------------------------- */

static void test_no_value_no_pass(void)
{
	static const char *const acts[] = {
		"m x 0 nan dBm",
		"m x 0 inf dBm",
		"m x 0 1 dB",
		"m x 1 1 dBm; m x 2 nan dBm; m x 3 1 dBm; m x 4 1 dBm",
	};

	for (guint i = 0; i < G_N_ELEMENTS(acts); i++) {
		g_autofree char *plan = g_strdup_printf("setup: []\nmain:\n  - {step: act, name: "
		                                        "a, with: {do: %s}}\ncleanup: []\n",
		                                        acts[i]);
		struct stand *s = stand_new(LIMITS_X, plan);

		stand_run(s, "a", VERDICT_ERROR);
		stand_free(s);
	}
}

static void test_empty_plan(void)
{
	struct stand *s = stand_new(LIMITS_X, "setup: []\nmain: []\ncleanup: []\n");

	stand_run(s, "", VERDICT_ERROR);
	g_assert_cmpstr(s->run.record->reason, ==, "nothing was done");
	stand_free(s);
}

/* Steps that all succeed but measure nothing that a limit judges have not shown the unit good. */
static void test_nothing_judged(void)
{
	static const char *const acts[] = {"note hello", "m y 0 1 dBm", "check seen yes"};

	for (guint i = 0; i < G_N_ELEMENTS(acts); i++) {
		g_autofree char *plan = g_strdup_printf("setup: []\nmain:\n  - {step: act, name: "
		                                        "a, with: {do: %s}}\ncleanup: []\n",
		                                        acts[i]);
		struct stand *s = stand_new(LIMITS_X, plan);

		stand_run(s, "a", VERDICT_ERROR);
		g_assert_nonnull(strstr(s->run.record->reason, "x"));
		stand_free(s);
	}
}

/* A note is for the record and for whoever watches, a remark for the record. */
static void test_remark(void)
{
	struct stand *s = stand_new(LIMITS_X, "setup: []\nmain:\n  - {step: act, name: a, with: "
	                                      "{do: remark quiet; note loud}}\ncleanup: []\n");
	struct event event;

	stand_run(s, "a", VERDICT_ERROR);
	g_assert_true(stand_noted(s, "quiet"));
	g_assert_true(stand_noted(s, "loud"));
	event = stand_event(s, EVENT_NOTE);
	g_assert_cmpstr(event.text, ==, "loud");
	while (event_queue_pop(s->events, 0, &event))
		g_assert_cmpint(event.kind, !=, EVENT_NOTE);
	stand_free(s);
}

/* Every lane that the limit is for must have its value. */
static void test_lane_left_out(void)
{
	struct stand *s =
		stand_new(LIMITS_X, "setup: []\nmain:\n  - {step: act, name: a, with: "
	                            "{do: m x 1 1 dBm; m x 2 1 dBm; m x 4 1 dBm}}\ncleanup: []\n");

	stand_run(s, "a", VERDICT_ERROR);
	g_assert_nonnull(strstr(s->run.record->reason, "lane 3"));
	stand_free(s);
}

/* Of a row for one lane only that lane is asked for; HOLD and INFO rows ask for nothing. */
static void test_complete(void)
{
	struct stand *s =
		stand_new(LIMITS_HEAD "x,x,2,,0,2,dBm,0.1,GATE,*,made up,C\n"
	                              "y,y,*,,0,2,dBm,0,HOLD,*,made up,C\n"
	                              "z,z,*,,,,dBm,0,INFO,*,made up,C\n"
	                              "w,w,7,,0,,dBm,0,GATE,*,a lane this product has not,C\n",
	                  "setup: []\nmain:\n  - {step: act, name: a, with: {do: m x 2 1 dBm}}\n"
	                  "cleanup: []\n");

	stand_run(s, "a", VERDICT_PASS);
	stand_free(s);
}

/* A missing value does not turn a FAIL into an ERROR: the unit is known to be bad. */
static void test_fail_stays_fail(void)
{
	struct stand *s =
		stand_new(LIMITS_X,
	                  "setup: []\nmain:\n  - {step: act, name: a, with: {do: fail 1}}\n"
	                  "cleanup: []\n");

	stand_run(s, "a", VERDICT_FAIL);
	stand_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/ending/abort", test_abort);
	g_test_add_func("/ending/abort-at-the-end", test_abort_at_the_end);
	g_test_add_func("/ending/abort-before", test_abort_before);
	g_test_add_func("/ending/abort-from-thread", test_abort_from_thread);
	g_test_add_func("/ending/undo-order", test_undo_order);
	g_test_add_func("/ending/undo-fails", test_undo_fails);
	g_test_add_func("/ending/undo-fails-in-abort", test_undo_fails_in_abort);
	g_test_add_func("/ending/no-value-no-pass", test_no_value_no_pass);
	g_test_add_func("/ending/empty-plan", test_empty_plan);
	g_test_add_func("/ending/nothing-judged", test_nothing_judged);
	g_test_add_func("/ending/remark", test_remark);
	g_test_add_func("/ending/lane-left-out", test_lane_left_out);
	g_test_add_func("/ending/complete", test_complete);
	g_test_add_func("/ending/fail-stays-fail", test_fail_stays_fail);
	return g_test_run();
}

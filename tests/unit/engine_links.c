/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/links.h"
#include "tests/unit/engine_stand.h"

/* What was lost is waited for, and what was left unsafe is undone before the next unit. */

#define NOTHING LIMITS_X, "setup: []\nmain:\n  - {step: act, name: a}\ncleanup: []\n"

struct lost {
	guint tries, until; /* comes back at this attempt; 0: never */
	enum station_error code;
	GCancellable *cancel; /* by the third attempt; null: nobody */
};

static gboolean attempt(gpointer data, const struct bounds *bounds, GError **error)
{
	struct lost *lost = data;

	g_assert_cmpfloat(deadline_left_s(bounds->deadline), <=, 15.0);
	if (++lost->tries == 3 && lost->cancel)
		g_cancellable_cancel(lost->cancel);
	if (lost->tries == lost->until)
		return TRUE;
	station_error_set(error, lost->code, "nobody there");
	return FALSE;
}

static void test_retry(void)
{
	static const struct {
		guint until, tries;
		enum station_error code;
		gboolean told;
	} cases[] = {
		{1, 1, STATION_ERROR_IO, FALSE},      {4, 4, STATION_ERROR_IO, TRUE},
		{5, 5, STATION_ERROR_CONFIG, TRUE},   {3, 3, STATION_ERROR_TIMEOUT, TRUE},
		{0, 1, STATION_ERROR_REFUSED, FALSE}, {0, 1, STATION_ERROR_STORAGE, FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct stand *s = stand_new(NOTHING);
		struct lost lost = {.until = cases[i].until, .code = cases[i].code};
		struct bounds bounds = {deadline_in_s(60), s->run.cancellable};
		g_autoptr(GError) error = NULL;
		struct event event;

		g_assert_cmpint(links_retry(&s->run, "meter1", attempt, &lost, &bounds, &error), ==,
		                cases[i].until > 0);
		g_assert_cmpuint(lost.tries, ==, cases[i].tries);
		if (!cases[i].until) {
			g_assert_error(error, STATION_ERROR, (int)cases[i].code);
			g_assert_cmpstr(error->message, ==, "nobody there");
		}
		g_assert_cmpint(event_queue_pop(s->events, 0, &event), ==, cases[i].told);
		if (cases[i].told) {
			g_assert_cmpint(event.kind, ==, EVENT_PROMPT);
			g_assert_cmpstr(event.text, ==,
			                "meter1 is gone, reconnect it: nobody there");
		}
		g_assert_false(event_queue_pop(s->events, 0, &event));
		stand_free(s);
	}
}

/* The pauses grow: 2 s of process time hold three of them, not eight. */
static void test_away(void)
{
	struct stand *s = stand_new(NOTHING);
	struct lost lost = {.code = STATION_ERROR_IO};
	struct bounds bounds = {deadline_in_s(0.2), s->run.cancellable};
	g_autoptr(GError) error = NULL;

	clock_set_scale(10);
	g_assert_false(links_retry(&s->run, "meter1", attempt, &lost, &bounds, &error));
	clock_set_scale(1000);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_cmpstr(error->message, ==, "waited 0 s for meter1: nobody there");
	g_assert_cmpuint(lost.tries, >=, 2);
	g_assert_cmpuint(lost.tries, <=, 4);
	stand_free(s);
}

static void test_aborted(void)
{
	struct stand *s = stand_new(NOTHING);
	struct lost lost = {.code = STATION_ERROR_IO, .cancel = s->run.cancellable};
	struct bounds bounds = {deadline_in_s(60), s->run.cancellable};
	g_autoptr(GError) error = NULL;

	g_assert_false(links_retry(&s->run, "meter1", attempt, &lost, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_cmpuint(lost.tries, ==, 3);
	stand_free(s);
}

/* An undo that failed is kept, in its order, and done again with the files of its own run. */
static void test_left(void)
{
	struct stand *s =
		stand_new(LIMITS_X, "setup: []\nmain:\n  - {step: act, name: a, with: {do: undo "
	                            "broken; undo light; m x 0 1 dBm}}\ncleanup: []\n");
	struct product_files other = {0};
	g_autoptr(GPtrArray) left = g_ptr_array_new();
	g_autoptr(GError) error = NULL;

	s->run.left = left;
	stand_run(s, "a undo:light undo:broken", VERDICT_ERROR);
	g_assert_cmpuint(left->len, ==, 1);
	s->run.files = &other;
	g_assert_false(links_make_safe(&s->run, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INSTRUMENT);
	g_assert_nonnull(strstr(error->message, "not safe yet: broken"));
	g_assert_true(s->run.files == &other);
	g_assert_cmpuint(left->len, ==, 1);
	s->mended = TRUE;
	g_clear_error(&error);
	g_assert_true(links_make_safe(&s->run, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(left->len, ==, 0);
	g_assert_true(stand_noted(s, "is safe now"));
	g_assert_cmpstr(s->log->str, ==, "a undo:light undo:broken undo:broken undo:broken");
	stand_free(s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	clock_set_scale(1000);
	g_test_add_func("/links/retry", test_retry);
	g_test_add_func("/links/away", test_away);
	g_test_add_func("/links/aborted", test_aborted);
	g_test_add_func("/links/left", test_left);
	return g_test_run();
}

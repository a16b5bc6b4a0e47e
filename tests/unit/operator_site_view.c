/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/site_view.h"

#include <math.h>

#define SITE 2

static struct event make(enum event_kind kind, const char *name, int lane)
{
	struct event event = event_make(kind, SITE, "DR400123");

	g_strlcpy(event.name, name, sizeof event.name);
	event.lane = lane;
	return event;
}

static void tell(struct site_view *view, enum event_kind kind, const char *name, int lane)
{
	struct event event = make(kind, name, lane);

	site_view_event(view, &event);
}

static void tell_end(struct site_view *view, enum event_kind kind, enum verdict verdict,
                     const char *reason)
{
	struct event event = make(kind, "tx-measure", 0);

	event.verdict = verdict;
	event.seconds = 81.5;
	event_set_text(&event, reason);
	site_view_event(view, &event);
}

static void tell_value(struct site_view *view, const char *name, int lane, double value,
                       enum verdict verdict)
{
	struct event event = make(EVENT_MEASUREMENT, name, lane);

	event.value = value;
	event.high = 3.4;
	event.verdict = verdict;
	g_strlcpy(event.unit, "dB", sizeof event.unit);
	site_view_event(view, &event);
}

/* What each end of a run is shown as: only a unit's own fault is a FAIL. */
static void test_ends(void)
{
	static const struct {
		enum event_kind kind;
		enum verdict verdict;
		enum site_state state;
		gboolean asks; /* to be acknowledged */
	} rows[] = {
		{EVENT_RUN_END, VERDICT_PASS, SITE_PASS, FALSE},
		{EVENT_RUN_END, VERDICT_FAIL, SITE_FAIL, TRUE},
		{EVENT_RUN_END, VERDICT_ERROR, SITE_ERROR, TRUE},
		{EVENT_RUN_END, VERDICT_ABORTED, SITE_ABORTED, FALSE},
		{EVENT_RUN_END, VERDICT_NONE, SITE_ERROR, TRUE},
		{EVENT_RUN_END, VERDICT_SKIPPED, SITE_ERROR, TRUE},
		/* whatever it says: what is not stored is no pass */
		{EVENT_RUN_LOST, VERDICT_PASS, SITE_ERROR, TRUE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct site_view *view = site_view_new(SITE);
		site_view_begin(view, "DR400123");
		g_assert_cmpint(view->state, ==, SITE_CHECKING);
		tell(view, EVENT_RUN_START, "", 0);
		g_assert_cmpint(view->state, ==, SITE_RUNNING);
		g_assert_false(site_view_clear(view));
		g_assert_false(site_view_acknowledge(view));
		tell_end(view, rows[i].kind, rows[i].verdict, "lane 3: 4.1 dB > 3.4 dB");
		g_assert_cmpint(view->state, ==, (int)rows[i].state);
		g_assert_true(view->stored == (rows[i].kind == EVENT_RUN_END));
		g_assert_cmpstr(view->reason, ==, "lane 3: 4.1 dB > 3.4 dB");
		g_assert_true(site_view_clear(view) == !rows[i].asks);
		g_assert_true(site_view_acknowledge(view) == rows[i].asks);
		g_assert_true(site_view_clear(view));
		g_assert_cmpint(view->state, ==, SITE_IDLE);
		g_assert_cmpstr(view->serial, ==, "");
		site_view_free(view);
	}
}

static void test_steps(void)
{
	struct site_view *view = site_view_new(SITE);
	struct event progress = make(EVENT_PROGRESS, "", 0);

	tell(view, EVENT_RUN_START, "", 0);
	g_assert_null(site_view_step(view));
	tell(view, EVENT_STEP_START, "power", 0);
	g_assert_cmpstr(site_view_step(view)->name, ==, "power");
	progress.fraction = 0.25;
	event_set_text(&progress, "inrush");
	site_view_event(view, &progress);
	g_assert_cmpfloat(view->fraction, ==, 0.25);
	g_assert_cmpstr(view->progress, ==, "inrush");
	tell_end(view, EVENT_STEP_END, VERDICT_PASS, "");
	g_assert_cmpstr(view->progress, ==, "");
	g_assert_true(isnan(view->fraction));
	/* "tx-measure" is not what runs */
	g_assert_cmpstr(site_view_step(view)->name, ==, "power");
	tell(view, EVENT_STEP_START, "tx-measure", 0);
	tell_end(view, EVENT_STEP_END, VERDICT_FAIL, "too little");
	g_assert_null(site_view_step(view));
	const struct site_step *step = &g_array_index(view->steps, struct site_step, 1);
	g_assert_cmpint(step->verdict, ==, VERDICT_FAIL);
	g_assert_cmpfloat(step->seconds, ==, 81.5);
	g_assert_cmpstr(step->reason, ==, "too little");
	site_view_free(view);
}

static void test_values(void)
{
	struct site_view *view = site_view_new(SITE);

	tell(view, EVENT_RUN_START, "", 0);
	tell_value(view, "tx_tdecq", 1, 2.0, VERDICT_PASS);
	tell_value(view, "tx_tdecq", 4, NAN, VERDICT_ERROR);
	tell_value(view, "tx_tdecq", 1, 2.2, VERDICT_PASS);
	tell_value(view, "module_power", 0, 9.0, VERDICT_FAIL);
	/* of no lane that there is: passed over, not written behind the row */
	tell_value(view, "tx_tdecq", 9, 2.0, VERDICT_PASS);
	tell_value(view, "tx_tdecq", -1, 2.0, VERDICT_PASS);
	g_assert_cmpuint(view->rows->len, ==, 2);
	const struct site_row *row = &g_array_index(view->rows, struct site_row, 0);
	g_assert_true(row->per_lane && row->lanes[1].known && !row->lanes[2].known);
	g_assert_cmpfloat(row->lanes[1].value, ==, 2.2);
	g_assert_cmpint(row->lanes[4].verdict, ==, VERDICT_ERROR);
	g_assert_true(isnan(site_value_margin(&row->lanes[4])));
	g_assert_false(g_array_index(view->rows, struct site_row, 1).per_lane);
	/* the next unit's are its own */
	tell(view, EVENT_RUN_START, "", 0);
	g_assert_cmpuint(view->rows->len, ==, 0);
	site_view_free(view);
}

static void test_margins(void)
{
	static const struct {
		double value, low, high, margin;
	} rows[] = {
		{5, 0, 10, 0.5},        {1, 0, 10, 0.1},    {12, 0, 10, -0.2},
		{3, NAN, 4, 0.25},      {5, NAN, 4, -0.25}, {-3, -4, NAN, 0.25},
		{0.3, NAN, 0.5, 0.2},   {5, NAN, NAN, NAN}, {NAN, 0, 10, NAN},
		{INFINITY, 0, 10, NAN},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct site_value value = {rows[i].value, rows[i].low, rows[i].high,
		                           VERDICT_PASS,  FALSE,       TRUE};
		double margin = site_value_margin(&value);
		if (isnan(rows[i].margin))
			g_assert_true(isnan(margin));
		else
			g_assert_cmpfloat_with_epsilon(margin, rows[i].margin, 1e-12);
	}
}

/* Events of others, prompts, undo that failed, events that were dropped. */
static void test_others(void)
{
	struct site_view *view = site_view_new(SITE);
	struct event event = event_make(EVENT_RUN_START, 1, "OTHER");

	site_view_event(view, &event);
	g_assert_cmpint(view->state, ==, SITE_IDLE);
	tell(view, EVENT_RUN_START, "", 0);
	event = make(EVENT_PROMPT, "", 0);
	event_set_text(&event, "turn the fibre");
	site_view_event(view, &event);
	g_assert_cmpstr(view->prompt, ==, "turn the fibre");
	event = make(EVENT_UNDO, "supply off", 0);
	site_view_event(view, &event);
	g_assert_false(view->undo_failed);
	event_set_text(&event, "no answer");
	site_view_event(view, &event);
	g_assert_true(view->undo_failed);
	event = event_make(EVENT_LOST, 0, NULL);
	event.done = 7;
	site_view_event(view, &event);
	g_assert_cmpuint(view->lost, ==, 7);
	site_view_free(view);
}

static void test_names(void)
{
	for (int state = 0; state < SITE_STATES; state++)
		for (int other = 0; other < state; other++)
			g_assert_cmpstr(site_state_name((enum site_state)state), !=,
			                site_state_name((enum site_state)other));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator/site-view/ends", test_ends);
	g_test_add_func("/operator/site-view/steps", test_steps);
	g_test_add_func("/operator/site-view/values", test_values);
	g_test_add_func("/operator/site-view/margins", test_margins);
	g_test_add_func("/operator/site-view/others", test_others);
	g_test_add_func("/operator/site-view/names", test_names);
	return g_test_run();
}

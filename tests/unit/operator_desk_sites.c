/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/operator_desk_world.h"

/* --- several sites ------------------------------------------------------------------------------
 */

static void test_sites(void)
{
	struct fake *fake = with_lot(4);

	fake_scan(fake, "A1");
	assert_says(fake, "Which site is A1 for?");
	fake_scan(fake, "SITE:2");
	g_assert_cmpint(fake->desk->zoom, ==, 1);
	g_string_truncate(fake->asked, 0);
	fake_scan(fake, "A1");
	assert_asked(fake, "unit? 2 A1 L1\n");
	/* the name counts once */
	fake_scan(fake, "A2");
	assert_says(fake, "Which site");
	/* the module that came last */
	fake_present(fake, 3, 1);
	fake_present(fake, 1, 1);
	g_string_truncate(fake->asked, 0);
	fake_scan(fake, "A2");
	assert_asked(fake, "unit? 1 A2 L1\n");
	/* the only site that the unit fits */
	fake_scan(fake, "F1");
	assert_asked(fake, "unit? 4 F1 L1\n");
	/* that the lot names */
	fake_scan(fake, "A3");
	assert_says(fake, "Site 2 is testing A1");
	fake_scan(fake, "SITE:7");
	assert_says(fake, "no site 7");
	fake_scan(fake, "A2");
	assert_says(fake, "A2 is being tested already");
	fake_key(fake, SCAN_KEY_TAB);
	g_assert_cmpint(fake->desk->zoom, ==, 2);
	fake_key(fake, SCAN_KEY_TAB);
	fake_key(fake, SCAN_KEY_TAB);
	g_assert_cmpint(fake->desk->zoom, ==, -1);
	fake_free(fake);
}

/* The only site for its kind is busy. */
static void test_none_free(void)
{
	struct fake *fake = with_lot(3);
	struct lot_unit *unit = g_new0(struct lot_unit, 1);

	unit->serial = g_strdup("F2");
	unit->part_number = g_strdup("FR4-2K");
	g_ptr_array_add(fake->desk->lot->units, unit);
	fake_scan(fake, "F1");
	fake_scan(fake, "F2");
	assert_says(fake, "No site is free for F2");
	fake_free(fake);
}

static void test_unit_taken_out(void)
{
	struct fake *fake = with_lot(1);

	fake_present(fake, 1, 1);
	fake_begin(fake, 1, "A1");
	fake_end(fake, 1, VERDICT_FAIL);
	fake_present(fake, 1, 0);
	g_assert_cmpint(state(fake, 1), ==, SITE_FAIL);
	fake_key(fake, SCAN_KEY_ENTER);
	fake_present(fake, 1, 1);
	fake_present(fake, 1, 0);
	g_assert_cmpint(state(fake, 1), ==, SITE_IDLE);
	fake_free(fake);
}

/* --- the end ------------------------------------------------------------------------------------
 */

static void test_abort(void)
{
	struct fake *fake = with_lot(2);

	fake_scan(fake, "SITE:1");
	fake_begin(fake, 1, "A1");
	fake_key(fake, SCAN_KEY_ESCAPE);
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_NONE);
	fake_press_f(fake, 8);
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_ABORT);
	fake_key(fake, SCAN_KEY_ESCAPE);
	g_string_truncate(fake->asked, 0);
	fake_press_f(fake, 8);
	fake_key(fake, SCAN_KEY_ENTER);
	assert_asked(fake, "log  abort A1\nabort 1\n");
	g_assert_true(desk_site(fake->desk, 1)->aborting);
	fake_event(fake, EVENT_UNDO, 1, "light off", "");
	fake_event(fake, EVENT_UNDO, 1, "supply off", "");
	fake_end(fake, 1, VERDICT_ABORTED);
	g_assert_cmpint(state(fake, 1), ==, SITE_ABORTED);
	g_assert_false(desk_site(fake->desk, 1)->aborting);
	g_assert_cmpstr(desk_site(fake->desk, 1)->view->undone, ==, "light off, supply off");
	fake_free(fake);
}

static void test_leave(void)
{
	struct fake *fake = with_lot(1);

	fake_begin(fake, 1, "A1");
	fake_press_f(fake, 12);
	fake_key(fake, SCAN_KEY_ENTER);
	g_assert_true(fake->desk->leaving);
	g_assert_false(fake->desk->quit);
	fake_scan(fake, "A2");
	assert_says(fake, "closing");
	fake_end(fake, 1, VERDICT_ABORTED);
	g_assert_true(fake->desk->quit);
	fake_free(fake);

	fake = with_lot(1);
	fake_scan(fake, "A1");
	desk_leave(fake->desk);
	g_assert_true(fake->desk->quit);
	/* the answer comes too late to begin anything */
	g_string_truncate(fake->asked, 0);
	fake_runs(fake, 1, "A1", "");
	assert_asked(fake, "");
	fake_free(fake);

	/* Ctrl-C asks when it would take something from somebody */
	fake = with_lot(1);
	fake_begin(fake, 1, "A1");
	desk_interrupt(fake->desk);
	g_assert_false(fake->desk->leaving);
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_QUIT);
	fake_free(fake);
}

static void test_question(void)
{
	struct fake *fake = with_lot(2);

	fake_scan(fake, "SITE:1");
	fake_begin(fake, 1, "A1");
	fake_scan(fake, "SITE:2");
	g_string_truncate(fake->asked, 0);
	fake_event(fake, EVENT_QUESTION, 1, "done|cannot", "Clean the connector");
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_QUESTION);
	g_assert_cmpint(fake->desk->zoom, ==, 0);
	assert_asked(fake, "beep\n");
	fake_scan(fake, "A2");
	assert_says(fake, "Answer first");
	g_string_truncate(fake->asked, 0);
	fake_key(fake, DESK_KEY_DOWN);
	fake_key(fake, SCAN_KEY_ENTER);
	assert_asked(fake, "answer 1 cannot by \n");
	fake_event(fake, EVENT_ANSWER, 1, "", "cannot");
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_NONE);
	/* any words */
	fake_event(fake, EVENT_QUESTION, 1, "", "Number of the cleaning kit?");
	fake_key(fake, SCAN_KEY_ENTER);
	assert_says(fake, "Type the answer");
	g_string_truncate(fake->asked, 0);
	fake_scan(fake, "K-17");
	assert_asked(fake, "answer 1 K-17 by \n");
	/* the unit may be ended all the same */
	fake_press_f(fake, 8);
	g_assert_cmpint(fake->desk->dialog, ==, DIALOG_ABORT);
	fake_free(fake);
}

static void test_store_lost(void)
{
	struct fake *fake = with_lot(1);

	fake_begin(fake, 1, "A1");
	fake_event(fake, EVENT_RUN_LOST, 1, "", "disk full");
	g_assert_cmpint(state(fake, 1), ==, SITE_ERROR);
	g_assert_cmpstr(fake->desk->store_fault, ==, "disk full");
	fake_key(fake, SCAN_KEY_ENTER);
	fake_begin(fake, 1, "A1");
	fake_end(fake, 1, VERDICT_PASS);
	g_assert_cmpstr(fake->desk->store_fault, ==, "");
	fake_free(fake);
}

static void show_point(struct fake *fake, const char *corner, int lane, double x, double y)
{
	struct event event = event_make(EVENT_POINT, 1, "A1");

	g_strlcpy(event.name, "rx_waterfall", sizeof event.name);
	g_strlcpy(event.corner, corner, sizeof event.corner);
	event.lane = lane;
	event.x = x;
	event.value = y;
	event.high = 1e-9;
	event.line = 2.4e-4;
	desk_event(fake->desk, &event);
}

/* Lanes take turns; a corner begins anew; no error seen is a bound. */
static void test_points(void)
{
	struct fake *fake = with_lot(1);
	const struct desk_points *points = &desk_site(fake->desk, 1)->points;

	fake_begin(fake, 1, "A1");
	show_point(fake, "25C", 1, -8, 1e-3);
	g_assert_cmpint(points->lane, ==, 1);
	show_point(fake, "25C", 2, -8, 2e-3);
	show_point(fake, "25C", 1, -6, 0);
	g_assert_cmpint(points->lane, ==, 0);
	g_assert_cmpuint(points->points->len, ==, 3);
	const struct plot_point *last = &g_array_index(points->points, struct plot_point, 2);
	g_assert_true(last->none && last->y == 1e-9);
	show_point(fake, "70C", 1, -8, 1e-3);
	g_assert_cmpuint(points->points->len, ==, 1);
	fake_event(fake, EVENT_RUN_START, 1, "", "");
	g_assert_cmpuint(points->points->len, ==, 0);
	fake_free(fake);
}

/* What an earlier start left is the first thing that is said. */
static void test_recovered(void)
{
	struct fake *fake = fake_new(2, FALSE);
	struct event event = event_make(EVENT_RECOVERED, 2, "A1");

	event.verdict = VERDICT_ABORTED;
	event_set_text(&event, "closed: the station ended in mid-run");
	desk_event(fake->desk, &event);
	assert_says(fake, "A1 of an earlier start, ABORTED: closed: the station ended");
	g_assert_cmpuint(fake->desk->notes->len, ==, 1);
	g_assert_cmpint(state(fake, 2), ==, SITE_IDLE);
	fake_free(fake);
}

/* --- the table ----------------------------------------------------------------------------------
 */

static void test_actions(void)
{
	for (guint i = 0; i < n_actions; i++) {
		const struct action *action = &actions[i];
		g_assert_true(action->help && action->run && action->is_open);
		g_assert_true(action->key || action->command);
		g_assert_true(!action->key == !action->key_name);
		if (action->key)
			g_assert_true(action_of_key(action->key) == action);
		if (action->command)
			g_assert_true(action_of_command(action->command) == action);
		/* what can be typed is no key */
		g_assert_true(!action->key || action->key > 0x10ffff);
	}
	g_assert_null(action_of_key('q'));
	g_assert_null(action_of_command("nothing"));
}

static void test_pages(void)
{
	static const struct {
		int f;
		enum desk_page page;
	} rows[] = {{1, PAGE_HELP}, {7, PAGE_UNITS}, {9, PAGE_LOT}, {10, PAGE_INSTRUMENTS}};
	struct fake *fake = with_lot(1);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		fake_press_f(fake, rows[i].f);
		g_assert_cmpint(fake->desk->page, ==, rows[i].page);
		fake_press_f(fake, rows[i].f);
		g_assert_cmpint(fake->desk->page, ==, PAGE_SITES);
	}
	fake_press_f(fake, 7);
	fake_key(fake, SCAN_KEY_ESCAPE);
	g_assert_cmpint(fake->desk->page, ==, PAGE_SITES);
	/* a question is answered at the sites */
	fake_begin(fake, 1, "A1");
	fake_press_f(fake, 1);
	fake_event(fake, EVENT_QUESTION, 1, "", "?");
	g_assert_cmpint(fake->desk->page, ==, PAGE_SITES);
	fake_free(fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator/desk/sites", test_sites);
	g_test_add_func("/operator/desk/none-free", test_none_free);
	g_test_add_func("/operator/desk/unit-taken-out", test_unit_taken_out);
	g_test_add_func("/operator/desk/abort", test_abort);
	g_test_add_func("/operator/desk/leave", test_leave);
	g_test_add_func("/operator/desk/question", test_question);
	g_test_add_func("/operator/desk/store-lost", test_store_lost);
	g_test_add_func("/operator/desk/points", test_points);
	g_test_add_func("/operator/desk/recovered", test_recovered);
	g_test_add_func("/operator/desk/actions", test_actions);
	g_test_add_func("/operator/desk/pages", test_pages);
	return g_test_run();
}

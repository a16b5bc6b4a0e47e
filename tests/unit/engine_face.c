/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/engine_hall.h"

#include <gio/gio.h>

/* What a screen with people in front of it wants of the engine. */

/* The next event of that kind at a site; others go by. */
static struct event next_at(struct hall *hall, enum event_kind kind, int site)
{
	struct event event;

	do
		event = next(hall, kind);
	while (event.site != site);
	return event;
}

static void test_abort_site(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;

	hall_start(&hall, "hang", willing);
	run_unit(&hall, 1, "SN1");
	run_unit(&hall, 2, "SN2");
	for (guint i = 0; i < 2; i++)
		next(&hall, EVENT_STEP_START);
	run_unit(&hall, 1, "SN3");
	run_unit(&hall, 2, "SN4");
	g_assert_cmpuint(engine_abort_site(hall.engine, 3), ==, 0);
	g_assert_cmpuint(engine_abort_site(hall.engine, 2), ==, 1);
	event = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(event.site, ==, 2);
	g_assert_cmpstr(event.serial, ==, "SN2");
	g_assert_cmpint(event.verdict, ==, VERDICT_ABORTED);
	/* the other goes on, and the one that was aborted is of use again */
	run_unit(&hall, 2, "SN5");
	event = next_at(&hall, EVENT_STEP_START, 2);
	g_assert_cmpstr(event.serial, ==, "SN5");
	g_assert_cmpuint(engine_abort_site(hall.engine, 1), ==, 1);
	event = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(event.site, ==, 1);
	g_assert_cmpstr(event.serial, ==, "SN1");
	hall_close(&hall);
}

/* --- presence -----------------------------------------------------------------------------------
 */

static void test_presence(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;

	hall_start(&hall, "measure", willing);
	board_seat(hall.boards[1], FALSE);
	engine_watch_presence(hall.engine, TRUE);
	for (guint i = 0; i < 2; i++) {
		event = next(&hall, EVENT_UNIT_PRESENT);
		g_assert_cmpuint(event.done, ==, event.site == 1);
	}
	board_seat(hall.boards[1], TRUE);
	event = next(&hall, EVENT_UNIT_PRESENT);
	g_assert_cmpint(event.site, ==, 2);
	g_assert_cmpuint(event.done, ==, 1);
	run_unit(&hall, 1, "SN1");
	g_assert_cmpint(next(&hall, EVENT_RUN_END).verdict, ==, VERDICT_PASS);
	g_assert_cmpuint(hall.boards[0]->connections, ==, 1);
	hall_close(&hall);
}

/* A unit that was seen to be taken out is not asked for again. */
static void test_presence_swap(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;

	hall_start(&hall, "measure", "");
	engine_watch_presence(hall.engine, TRUE);
	g_assert_cmpuint(next_at(&hall, EVENT_UNIT_PRESENT, 1).done, ==, 1);
	run_unit(&hall, 1, "SN1");
	next_at(&hall, EVENT_RUN_END, 1);
	board_seat(hall.boards[0], FALSE);
	g_assert_cmpuint(next_at(&hall, EVENT_UNIT_PRESENT, 1).done, ==, 0);
	board_seat(hall.boards[0], TRUE);
	g_assert_cmpuint(next_at(&hall, EVENT_UNIT_PRESENT, 1).done, ==, 1);
	run_unit(&hall, 1, "SN2");
	event = next_at(&hall, EVENT_UNIT_WAIT, 1);
	g_assert_cmpstr(event.text, ==, "insert SN2");
	g_assert_cmpint(next_at(&hall, EVENT_RUN_END, 1).verdict, ==, VERDICT_PASS);
	hall_close(&hall);
}

/* Off, nothing is opened before there is a unit. */
static void test_presence_off(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;

	hall_start(&hall, "measure", willing);
	run_unit(&hall, 1, "SN1");
	do {
		g_assert_true(event_queue_pop(hall.events, 60, &event));
		g_assert_cmpint(event.kind, !=, EVENT_UNIT_PRESENT);
	} while (event.kind != EVENT_RUN_END);
	g_assert_cmpuint(hall.boards[1]->connections, ==, 0);
	hall_close(&hall);
}

/* --- questions ----------------------------------------------------------------------------------
 */

static void test_answer(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;
	GError *error = NULL;

	hall_start(&hall, "ask", willing);
	engine_set_attended(hall.engine, TRUE);
	g_assert_false(engine_answer(hall.engine, 1, "done", "me", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	g_assert_false(engine_answer(hall.engine, 9, "done", "me", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	run_unit(&hall, 1, "SN1");
	event = next(&hall, EVENT_QUESTION);
	g_assert_cmpint(event.site, ==, 1);
	g_assert_cmpstr(event.text, ==, "turn the fibre");
	g_assert_cmpstr(event.name, ==, "done|cannot");
	g_assert_false(engine_answer(hall.engine, 2, "done", "me", NULL));
	g_assert_false(engine_answer(hall.engine, 1, "perhaps", "me", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	g_assert_true(engine_answer(hall.engine, 1, " done ", "Op 471", &error));
	event = next(&hall, EVENT_ANSWER);
	g_assert_cmpstr(event.text, ==, "done");
	g_assert_cmpstr(event.name, ==, "Op 471");
	g_assert_cmpfloat(event.seconds, >=, 0);
	event = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(event.verdict, ==, VERDICT_PASS);
	g_autoptr(run_record) record = store_load_run(hall.store, event.run_id, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(record->answers->len, ==, 1);
	const struct record_answer *answer = g_ptr_array_index(record->answers, 0);
	g_assert_cmpstr(answer->question, ==, "turn the fibre");
	g_assert_cmpstr(answer->answer, ==, "done");
	g_assert_cmpstr(answer->who, ==, "Op 471");
	g_assert_cmpuint(answer->step, ==, 0);
	hall_close(&hall);
}

/* Who is asked goes away, or wants no more of it. */
static void test_no_answer(void)
{
	for (guint i = 0; i < 3; i++) {
		struct hall hall = {.second = "QSFP-DD"};
		struct event event;

		hall_start(&hall, "ask", willing);
		engine_set_attended(hall.engine, i > 0);
		run_unit(&hall, 1, "SN1");
		if (i > 0)
			next(&hall, EVENT_QUESTION);
		if (i == 1)
			engine_set_attended(hall.engine, FALSE);
		else if (i == 2)
			engine_abort_site(hall.engine, 1);
		if (i > 0)
			g_assert_cmpstr(next(&hall, EVENT_ANSWER).text, ==, "");
		event = next(&hall, EVENT_RUN_END);
		g_assert_cmpint(event.verdict, ==, i == 2 ? VERDICT_ABORTED : VERDICT_ERROR);
		if (i < 2)
			g_assert_nonnull(strstr(event.text, "nobody is there to answer"));
		g_assert_false(engine_answer(hall.engine, 1, "done", NULL, NULL));
		hall_close(&hall);
	}
}

/* --- what is measured, as it is -----------------------------------------------------------------
 */

static void test_shown(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;

	hall_start(&hall, "look", willing);
	g_assert_null(engine_eye(hall.engine, 1));
	g_assert_null(engine_eye(hall.engine, 9));
	run_unit(&hall, 1, "SN1");
	event = next(&hall, EVENT_EYE);
	g_assert_cmpstr(event.name, ==, "x_eye");
	g_assert_cmpint(event.lane, ==, 2);
	g_assert_cmpstr(event.corner, ==, "nominal");
	g_assert_cmpstr(event.text, ==, "TDECQ 1.6 dB");
	g_autoptr(live_eye) eye = engine_eye(hall.engine, 1);
	g_assert_nonnull(eye);
	g_assert_cmpuint(eye->columns, ==, 3);
	g_assert_cmpuint(eye->counts[5], ==, 6);
	g_assert_null(engine_eye(hall.engine, 2));
	event = next(&hall, EVENT_POINT);
	g_assert_cmpstr(event.name, ==, "x_waterfall");
	g_assert_cmpstr(event.text, ==, "OMA (dBm)");
	g_assert_cmpfloat(event.x, ==, -5);
	g_assert_cmpfloat(event.value, ==, 0);
	g_assert_cmpfloat(event.high, ==, 1e-6);
	g_assert_cmpfloat(event.line, ==, 2.4e-4);
	event = next(&hall, EVENT_CONDITION);
	g_assert_true(isnan(event.value));
	g_assert_cmpstr(event.text, ==, "head 25.0 degC");
	next(&hall, EVENT_RUN_END);
	hall_close(&hall); /* the eye outlives it */
	g_assert_cmpstr(eye->note, ==, "TDECQ 1.6 dB");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	if (!g_getenv("STATION_SRC"))
		g_error("STATION_SRC must name the source folder");
	g_test_add_func("/face/abort-site", test_abort_site);
	g_test_add_func("/face/presence", test_presence);
	g_test_add_func("/face/presence-swap", test_presence_swap);
	g_test_add_func("/face/presence-off", test_presence_off);
	g_test_add_func("/face/answer", test_answer);
	g_test_add_func("/face/no-answer", test_no_answer);
	g_test_add_func("/face/shown", test_shown);
	return g_test_run();
}

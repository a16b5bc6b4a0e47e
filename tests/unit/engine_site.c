/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/engine_hall.h"

#include <sqlite3.h>

/* --- runs ---------------------------------------------------------------------------------------
 */

static void test_units(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	guint by_site[3] = {0};

	hall_start(&hall, "measure", willing);
	for (int i = 0; i < 6; i++) {
		g_autofree char *serial = g_strdup_printf("SN%d", i);
		run_unit(&hall, 1 + i % 2, serial);
	}
	for (guint i = 0; i < 6; i++) {
		struct event end = next(&hall, EVENT_RUN_END);
		g_assert_cmpint(end.verdict, ==, VERDICT_PASS);
		by_site[end.site]++;
		assert_stored(&hall, &end);
	}
	g_assert_cmpuint(by_site[1], ==, 3);
	g_assert_cmpuint(by_site[2], ==, 3);
	hall_close(&hall);
}

static void test_abort(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;
	guint undone = 0, ended = 0, dropped = 0;

	hall_start(&hall, "hang", willing);
	run_unit(&hall, 1, "SN1");
	run_unit(&hall, 2, "SN2");
	for (guint i = 0; i < 2; i++)
		next(&hall, EVENT_STEP_START);
	run_unit(&hall, 1, "SN3");
	run_unit(&hall, 1, "SN4");
	run_unit(&hall, 2, "SN5");
	dropped = engine_abort(hall.engine);
	while (ended < 2) {
		g_assert_true(event_queue_pop(hall.events, 60, &event));
		undone += event.kind == EVENT_UNDO;
		if (event.kind != EVENT_RUN_END)
			continue;
		ended++;
		g_assert_cmpint(event.verdict, ==, VERDICT_ABORTED);
		assert_stored(&hall, &event);
	}
	g_assert_cmpuint(undone, ==, 2);
	g_assert_cmpuint(dropped, ==, 3);
	g_assert_cmpuint(engine_abort(hall.engine), ==, 0);
	hall_close(&hall);
}

/* However early the abort comes, every unit either ends or is told to be dropped. */
static void test_abort_early(void)
{
	for (guint i = 0; i < 20; i++) {
		struct hall hall = {.second = "QSFP-DD"};
		guint left = 2;

		hall_start(&hall, "hang", willing);
		run_unit(&hall, 1, "SN1");
		run_unit(&hall, 2, "SN2");
		if (i % 2)
			g_usleep(i * 50);
		for (left -= engine_abort(hall.engine); left; left--)
			g_assert_cmpint(next(&hall, EVENT_RUN_END).verdict, ==, VERDICT_ABORTED);
		hall_close(&hall);
	}
}

/* Ending the engine in mid-run is an abort. */
static void test_free(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	GError *error = NULL;

	hall_start(&hall, "hang", willing);
	run_unit(&hall, 2, "SN1");
	next(&hall, EVENT_STEP_START);
	event_queue_free(hall.events);
	engine_free(hall.engine);
	hall.events = NULL;
	hall.engine = NULL;
	g_autoptr(run_record) record = store_load_run(hall.store, "SN1", &error);
	g_assert_no_error(error);
	g_assert_cmpint(record->verdict, ==, VERDICT_ABORTED);
	g_assert_cmpuint(record->measurements->len, ==, 1);
	hall_close(&hall);
}

/* --- what stands in the way ----------------------------------------------------------------------
 */

static void test_not_stored(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;
	sqlite3 *db;

	hall_start(&hall, "measure", willing);
	g_assert_cmpint(sqlite3_open(hall.config->store_path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "DROP TABLE measurements", NULL, NULL, NULL), ==,
	                SQLITE_OK);
	sqlite3_close(db);
	run_unit(&hall, 1, "SN1");
	do {
		g_assert_true(event_queue_pop(hall.events, 60, &event));
		g_assert_cmpint(event.kind, !=, EVENT_RUN_END);
	} while (event.kind != EVENT_RUN_LOST);
	g_assert_cmpint(event.verdict, ==, VERDICT_NONE);
	g_assert_cmpstr(event.serial, ==, "SN1");
	g_assert_nonnull(strstr(event.text, "measurements"));
	hall_close(&hall);
}

static void test_fixture_broken(void)
{
	struct hall hall = {.second = "QSFP-DD"};

	hall_start(&hall, "measure", willing);
	board_will(hall.boards[0], BODY, 0, "ERR 9 hardware");
	run_unit(&hall, 1, "SN1");
	struct event end = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(end.verdict, ==, VERDICT_ERROR);
	assert_stored(&hall, &end);
	/* the next unit finds a new connection */
	run_unit(&hall, 1, "SN2");
	end = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(end.verdict, ==, VERDICT_PASS);
	g_assert_cmpuint(hall.boards[0]->connections, ==, 2);
	hall_close(&hall);
}

static void test_loader(void)
{
	static const struct {
		const char *loader;
		enum verdict verdict;
		const char *says;
	} cases[] = {
		{"    loader: [\"true\"]\n", VERDICT_PASS, ""},
		{"    loader: [sh, -c, \"echo jammed >&2; exit 1\"]\n", VERDICT_ERROR, "jammed"},
		{"    loader: [/nonexistent/robot, \"{action}\"]\n", VERDICT_ERROR,
	         "/nonexistent/robot"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct hall hall = {.second = "QSFP-DD"};

		hall_start(&hall, "measure", cases[i].loader);
		run_unit(&hall, 1, "SN1");
		struct event end = next(&hall, EVENT_RUN_END);
		g_assert_cmpint(end.verdict, ==, cases[i].verdict);
		g_assert_nonnull(strstr(end.text, cases[i].says));
		assert_stored(&hall, &end);
		hall_close(&hall);
	}
}

/* Nobody inserts the unit, and then somebody aborts. */
static void test_wait_aborted(void)
{
	struct hall hall = {.second = "QSFP-DD"};

	hall_start(&hall, "measure", willing);
	for (guint i = 0; i < 1000; i++)
		board_will(hall.boards[1], BODY, 0, "OK 1");
	run_unit(&hall, 2, "SN1");
	next(&hall, EVENT_UNIT_WAIT);
	g_assert_cmpuint(engine_abort(hall.engine), ==, 0);
	struct event end = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(end.verdict, ==, VERDICT_ABORTED);
	assert_stored(&hall, &end);
	hall_close(&hall);
}

static void test_refused(void)
{
	static const struct {
		const char *step, *type, *says;
	} cases[] = {
		{"measure", "OTHER", "the plan is for type OTHER, not for T"},
		{"supply", "T", "site 1 has no supply"},
		{"fibre", "T", "site 1, lane 1 has no fibre_channel, which fibre in the plan"},
		{"absent", "T", "there is no step \"absent\""},
	};
	struct engine_unit unit = {"SN1", "OTHER", NULL, NULL, NULL, 0, 0};
	struct hall hall = {.second = "QSFP-DD"};
	GError *error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_false(hall_open(&hall, cases[i].step, cases[i].type, "", &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_nonnull(strstr(error->message, cases[i].says));
		g_clear_error(&error);
		hall_close(&hall);
	}
	hall_start(&hall, "measure", willing);
	g_assert_false(engine_run_unit(hall.engine, 1, &unit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	unit.part_number = "VB-QDD-DR4-500";
	g_assert_false(engine_run_unit(hall.engine, 3, &unit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	hall_close(&hall);
}

/* A product needs one site that it fits; units are refused at the others. */
static void test_fit(void)
{
	struct engine_unit unit = {"SN1", "VB-QDD-DR4-500", NULL, NULL, NULL, 0, 0};
	struct hall hall = {.second = "OSFP"};
	GError *error = NULL;

	hall_start(&hall, "measure", willing);
	g_assert_false(engine_run_unit(hall.engine, 2, &unit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "VB-QDD-DR4-500 cannot be run at site 2: its "
	                                        "socket is for OSFP, not for QSFP-DD"));
	g_clear_error(&error);
	run_unit(&hall, 1, "SN1");
	g_assert_cmpint(next(&hall, EVENT_RUN_END).verdict, ==, VERDICT_PASS);
	hall_close(&hall);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	if (!g_getenv("STATION_SRC"))
		g_error("STATION_SRC must name the source folder");
	g_test_add_func("/site/units", test_units);
	g_test_add_func("/site/abort", test_abort);
	g_test_add_func("/site/abort-early", test_abort_early);
	g_test_add_func("/site/free", test_free);
	g_test_add_func("/site/not-stored", test_not_stored);
	g_test_add_func("/site/fixture-broken", test_fixture_broken);
	g_test_add_func("/site/loader", test_loader);
	g_test_add_func("/site/wait-aborted", test_wait_aborted);
	g_test_add_func("/site/refused", test_refused);
	g_test_add_func("/site/fit", test_fit);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/store_place.h"

#include "base/error.h"
#include "station/store/query.h"
#include "station/store/touch.h"

#include <string.h>

/* A run of the lot L that began so many seconds after 1970; its id. */
static char *put_run(struct store_place *place, const char *serial, gint64 at_s,
                     enum verdict verdict)
{
	g_autoptr(run_record) run = run_record_new();

	record_text(&run->serial, serial);
	record_text(&run->lot, "L");
	record_text(&run->station_id, "S");
	run->start_us = at_s * G_USEC_PER_SEC;
	run->end_us = run->start_us + 5 * G_USEC_PER_SEC;
	run->verdict = verdict;
	store_place_put(place, run);
	return g_strdup(run->run_id);
}

static void touch(struct store_place *place, const char *serial, gint64 at_s, const char *what)
{
	const struct store_touch touch = {serial, "S", at_s * G_USEC_PER_SEC, "ann", what};
	GError *error = NULL;

	store_touch(place->store, &touch, &error);
	g_assert_no_error(error);
}

/* "600 ann laser bias", "" for a unit that is not touched. */
static char *touched(struct store_place *place, const char *serial)
{
	g_autoptr(record_touch) last = NULL;
	GError *error = NULL;

	store_touched(place->store, serial, &last, &error);
	g_assert_no_error(error);
	if (!last)
		return g_strdup("");
	g_assert_cmpstr(last->station, ==, "S");
	return g_strdup_printf("%d %s %s", (int)(last->time_us / G_USEC_PER_SEC), last->who,
	                       last->what);
}

#define assert_touched(place, serial, expected)                                                    \
	do {                                                                                       \
		g_autofree char *was = touched(place, serial);                                     \
		g_assert_cmpstr(was, ==, expected);                                                \
	} while (0)

/* Only a run that was begun later and passed takes the mark away. */
static void test_mark(void)
{
	struct store_place place;

	store_place_init(&place);
	assert_touched(&place, "A", "");
	g_free(put_run(&place, "A", 100, VERDICT_PASS));
	assert_touched(&place, "A", "");
	touch(&place, "A", 600, "laser bias");
	touch(&place, "A", 500, "attenuator set");
	assert_touched(&place, "A", "600 ann laser bias");
	assert_touched(&place, "B", "");
	g_free(put_run(&place, "B", 900, VERDICT_PASS));
	assert_touched(&place, "A", "600 ann laser bias");
	g_free(put_run(&place, "A", 700, VERDICT_FAIL));
	g_free(put_run(&place, "A", 800, VERDICT_ERROR));
	g_free(put_run(&place, "A", 900, VERDICT_ABORTED));
	g_free(put_run(&place, "A", 550, VERDICT_PASS));
	assert_touched(&place, "A", "600 ann laser bias");
	g_free(put_run(&place, "A", 1000, VERDICT_PASS));
	assert_touched(&place, "A", "");
	touch(&place, "A", 1003, "pins");
	assert_touched(&place, "A", "1003 ann pins");
	touch(&place, "C", 10, "never tested");
	assert_touched(&place, "C", "10 ann never tested");
	store_place_done(&place);
}

/* What stays is on the disk, and who is nobody is "". */
static void test_kept(void)
{
	struct store_place place;
	const struct store_touch touch = {"it's", "S", 7 * G_USEC_PER_SEC, NULL, "a \"deed\""};
	GError *error = NULL;

	store_place_init(&place);
	g_assert_true(store_touch(place.store, &touch, &error));
	g_clear_pointer(&place.store, store_close);
	place.store = store_open(place.path, &error);
	g_assert_no_error(error);
	assert_touched(&place, "it's", "7  a \"deed\"");
	store_place_done(&place);
}

static const struct record_touch *of_run(struct store_place *place, const char *run_id,
                                         struct run_record **record)
{
	GError *error = NULL;

	*record = store_load_run(place->store, run_id, &error);
	g_assert_no_error(error);
	return (*record)->touched;
}

/* Records say it of the runs that were before, and only when they are given. */
static void test_records(void)
{
	struct store_place place;
	GError *error = NULL;

	store_place_init(&place);
	g_autofree char *before = put_run(&place, "A", 100, VERDICT_PASS);
	touch(&place, "A", 600, "laser bias");
	g_autofree char *after = put_run(&place, "A", 700, VERDICT_FAIL);
	g_autoptr(run_record) first = NULL;
	g_autoptr(run_record) second = NULL;
	g_assert_cmpstr(of_run(&place, before, &first)->what, ==, "laser bias");
	g_assert_null(of_run(&place, after, &second));
	g_autoptr(GPtrArray) lot = store_load_lot(place.store, "L", &error);
	g_assert_nonnull(((struct run_record *)lot->pdata[0])->touched);
	g_assert_null(((struct run_record *)lot->pdata[1])->touched);
	g_autoptr(GPtrArray) runs = store_unit_runs(place.store, "A", "L", &error);
	g_assert_true(((struct store_run *)runs->pdata[0])->touched);
	g_assert_false(((struct store_run *)runs->pdata[1])->touched);
	g_free(put_run(&place, "A", 800, VERDICT_PASS));
	g_autoptr(GPtrArray) last = store_last_runs(place.store, "S", 9, &error);
	g_assert_cmpuint(last->len, ==, 3);
	for (guint i = 0; i < last->len; i++)
		g_assert_false(((struct store_run *)last->pdata[i])->touched);
	g_autoptr(run_record) cleared = NULL;
	g_assert_null(of_run(&place, before, &cleared));
	g_assert_no_error(error);
	store_place_done(&place);
}

/* Without a mark nobody may go on. */
static void test_fails(void)
{
	struct store_place place;
	const struct store_touch nobody = {"", "S", 7, "ann", "deed"};
	const struct store_touch somebody = {"A", "S", 7, "ann", "deed"};
	g_autoptr(record_touch) last = NULL;
	GError *error = NULL;
	sqlite3 *db;

	store_place_init(&place);
	g_assert_false(store_touch(place.store, &nobody, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	g_assert_cmpint(sqlite3_open(place.path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "DROP TABLE touches", NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
	g_assert_false(store_touch(place.store, &somebody, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_clear_error(&error);
	g_assert_false(store_touched(place.store, "A", &last, &error));
	g_assert_null(last);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_clear_error(&error);
	store_place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/touch/mark", test_mark);
	g_test_add_func("/touch/kept", test_kept);
	g_test_add_func("/touch/records", test_records);
	g_test_add_func("/touch/fails", test_fails);
	return g_test_run();
}

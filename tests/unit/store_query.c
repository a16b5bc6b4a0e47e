/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/query.h"

#include "base/error.h"
#include "station/store/schema.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>

struct place {
	char *folder, *path;
	struct store *store;
	guint n; /* runs that were put */
};

static void place_init(struct place *place)
{
	GError *error = NULL;

	*place = (struct place){.folder = g_dir_make_tmp("query-XXXXXX", NULL)};
	place->path = g_build_filename(place->folder, "station.db", NULL);
	place->store = store_open(place->path, &error);
	g_assert_no_error(error);
}

static void place_done(struct place *place)
{
	store_close(place->store);
	g_autoptr(GDir) dir = g_dir_open(place->folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(place->folder, name, NULL);
		g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(place->folder), ==, 0);
	g_free(place->folder);
	g_free(place->path);
}

/* A run that began so many seconds after a certain time and took 10 s. */
struct row {
	double at_s;
	const char *station, *lot, *serial;
	enum verdict verdict;
	const char *step, *measurement; /* that failed; null: none did */
};

#define ORIGIN_US G_GINT64_CONSTANT(1700000000000000)

static gint64 at(double s)
{
	return ORIGIN_US + (gint64)(s * 1e6);
}

static struct run_record *make(const struct row *row)
{
	struct run_record *r = run_record_new();
	struct record_step *first = run_record_add_step(r), *again = run_record_add_step(r);

	record_text(&r->station_id, row->station);
	record_text(&r->lot, row->lot);
	record_text(&r->serial, row->serial);
	record_text(&r->part_number, "PN");
	record_text(&r->plan_name, "P");
	record_text(&r->plan_revision, "2");
	record_text(&r->reason, row->verdict == VERDICT_PASS ? NULL : "why");
	record_text(&r->first_failing_step, row->step);
	r->site = 3;
	r->verdict = row->verdict;
	r->start_us = at(row->at_s);
	r->end_us = at(row->at_s + 10);
	record_text(&first->name, "first");
	first->attempt = 1;
	first->superseded = TRUE;
	first->start_us = at(row->at_s + 1);
	record_text(&again->name, "first");
	again->attempt = 2;
	again->start_us = at(row->at_s + 6);
	run_record_add_measurement(r, "superseded", 0, 0, 1, "")->verdict = VERDICT_FAIL;
	run_record_add_measurement(r, "good", 1, 0, 1, "")->verdict = VERDICT_PASS;
	if (row->measurement) {
		run_record_add_measurement(r, row->measurement, 1, 0, 1, "")->verdict =
			VERDICT_FAIL;
		run_record_add_measurement(r, "next", 1, 0, 1, "")->verdict = VERDICT_FAIL;
	}
	return r;
}

static void put(struct place *place, const struct row *rows, guint n)
{
	for (guint i = 0; i < n; i++) {
		g_autoptr(run_record) run = make(&rows[i]);
		GError *error = NULL;

		store_save_run(place->store, run, &error);
		g_assert_no_error(error);
	}
}

static void assert_counts(const struct store_counts *c, const char *expected)
{
	g_autofree char *text = g_strdup_printf("units=%u runs=%u passed=%u failed=%u errors=%u "
	                                        "aborted=%u first=%u/%u",
	                                        c->units, c->runs, c->passed, c->failed, c->errors,
	                                        c->aborted, c->first_passed, c->first_tries);

	g_assert_cmpstr(text, ==, expected);
}

static const struct row shift_rows[] = {
	{-100, "S", "K", "old", VERDICT_FAIL, "tx", "tx_oma"},
	{-99, "T", "K", "elsewhere", VERDICT_PASS, NULL, NULL},
	{-98, "S", "K", "no-try", VERDICT_ERROR, "load", NULL},
	{0, "S", "L", "good", VERDICT_PASS, NULL, NULL},
	{20, "S", "L", "old", VERDICT_PASS, NULL, NULL},
	{30, "S", "L", "elsewhere", VERDICT_FAIL, "tx", "tx_oma"},
	{40, "S", "L", "no-try", VERDICT_PASS, NULL, NULL},
	{50, "S", "L", "late", VERDICT_ABORTED, "tx", NULL},
	{60, "S", "L", "late", VERDICT_ERROR, "load", NULL},
	{70, "S", "L", "late", VERDICT_FAIL, "tx", "tx_er"},
	{80, "S", "L", "late", VERDICT_PASS, NULL, NULL},
	{90, "S", "L", "lost", VERDICT_PASS, NULL, NULL},
	{100, "S", "L", "lost", VERDICT_ERROR, "undo", NULL},
	{110, "S", "L", "gone", VERDICT_ABORTED, "load", NULL},
	{120, "T", "L", "other", VERDICT_PASS, NULL, NULL},
};

static void test_shift(void)
{
	struct place place;
	struct store_counts counts;
	GError *error = NULL;

	place_init(&place);
	put(&place, shift_rows, G_N_ELEMENTS(shift_rows));
	g_assert_true(store_shift(place.store, "S", at(0), &counts, &error));
	assert_counts(&counts, "units=7 runs=11 passed=4 failed=1 errors=1 aborted=1 first=3/4");
	g_assert_true(store_shift(place.store, "S", at(0) + 1, &counts, &error));
	assert_counts(&counts, "units=6 runs=10 passed=3 failed=1 errors=1 aborted=1 first=2/3");
	g_assert_true(store_shift(place.store, "T", at(0), &counts, &error));
	assert_counts(&counts, "units=1 runs=1 passed=1 failed=0 errors=0 aborted=0 first=1/1");
	g_assert_true(store_shift(place.store, "S", at(500), &counts, &error));
	assert_counts(&counts, "units=0 runs=0 passed=0 failed=0 errors=0 aborted=0 first=0/0");
	g_assert_no_error(error);
	place_done(&place);
}

static char *cause_text(const GPtrArray *causes)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < causes->len; i++) {
		const struct store_cause *cause = g_ptr_array_index(causes, i);
		g_string_append_printf(text, "%s%s/%s %s %u", i ? ", " : "", cause->step,
		                       cause->measurement, verdict_name(cause->verdict),
		                       cause->count);
	}
	return g_string_free(text, FALSE);
}

static void test_lot(void)
{
	static const struct row rows[] = {
		{1, "S", "L", "a", VERDICT_FAIL, "tx", "tx_oma"},
		{2, "T", "L", "b", VERDICT_FAIL, "tx", "tx_oma"},
		{3, "S", "L", "c", VERDICT_FAIL, "rx", "rx_ber"},
		{4, "S", "L", "d", VERDICT_FAIL, "rx", NULL},
		{5, "S", "L", "e", VERDICT_ERROR, "load", NULL},
		{6, "S", "L", "f", VERDICT_FAIL, "tx", "tx_oma"},
		{7, "S", "L", "f", VERDICT_PASS, NULL, NULL},
		{8, "S", "L", "g", VERDICT_ABORTED, "tx", NULL},
		{9, "S", "M", "a", VERDICT_PASS, NULL, NULL},
	};
	struct place place;
	struct store_counts counts;
	GError *error = NULL;

	place_init(&place);
	put(&place, rows, G_N_ELEMENTS(rows));
	g_autoptr(GPtrArray) all = NULL, one = NULL, none = NULL;
	g_assert_true(store_lot(place.store, "L", &counts, 10, &all, &error));
	assert_counts(&counts, "units=7 runs=8 passed=1 failed=4 errors=1 aborted=1 first=0/5");
	g_autofree char *text = cause_text(all);
	g_assert_cmpstr(text, ==, "tx/tx_oma FAIL 2, rx/ FAIL 1, rx/rx_ber FAIL 1, load/ ERROR 1");
	g_assert_true(store_lot(place.store, "L", &counts, 1, &one, &error));
	g_assert_cmpuint(one->len, ==, 1);
	g_assert_true(store_lot(place.store, "absent", &counts, 5, &none, &error));
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_true(store_lot(place.store, "M", &counts, 0, NULL, &error));
	assert_counts(&counts, "units=1 runs=1 passed=1 failed=0 errors=0 aborted=0 first=1/1");
	g_assert_no_error(error);
	place_done(&place);
}

static void test_runs(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	put(&place, shift_rows, G_N_ELEMENTS(shift_rows));
	g_autoptr(GPtrArray) last = store_last_runs(place.store, "S", 2, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(last->len, ==, 2);
	const struct store_run *run = g_ptr_array_index(last, 0);
	g_assert_cmpstr(run->serial, ==, "gone");
	g_assert_cmpstr(run->part_number, ==, "PN");
	g_assert_cmpstr(run->lot, ==, "L");
	g_assert_cmpint(run->site, ==, 3);
	g_assert_cmpint(run->verdict, ==, VERDICT_ABORTED);
	g_assert_cmpstr(run->reason, ==, "why");
	g_assert_cmpstr(run->first_failing_step, ==, "load");
	g_assert_cmpint(run->start_us, ==, at(110));
	g_assert_cmpfloat(run->seconds, ==, 10);
	g_autoptr(run_record) record = store_load_run(place.store, run->run_id, &error);
	g_assert_cmpstr(record->serial, ==, "gone");
	g_autoptr(GPtrArray) unit = store_unit_runs(place.store, "old", NULL, &error);
	g_assert_cmpuint(unit->len, ==, 2);
	g_assert_cmpint(((struct store_run *)unit->pdata[0])->verdict, ==, VERDICT_FAIL);
	g_assert_null(((struct store_run *)unit->pdata[1])->reason);
	g_autoptr(GPtrArray) there = store_unit_runs(place.store, "old", "L", &error);
	g_assert_cmpuint(there->len, ==, 1);
	g_autoptr(GPtrArray) none = store_unit_runs(place.store, "new", NULL, &error);
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_no_error(error);
	place_done(&place);
}

/* The first attempt counts, runs that did not pass do not. */
static void test_pace(void)
{
	struct place place;
	GError *error = NULL;
	double left_s;

	place_init(&place);
	put(&place, shift_rows, G_N_ELEMENTS(shift_rows));
	g_autoptr(pace) pace = store_pace(place.store, "PN", "P", "2", 3, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(pace_n_runs(pace), ==, 3);
	g_assert_true(pace_left_s(pace, "first", 0, "", &left_s));
	g_assert_cmpfloat(left_s, ==, 9);
	g_assert_true(pace_total_s(pace, &left_s));
	g_assert_cmpfloat(left_s, ==, 10);
	g_autoptr(pace) all = store_pace(place.store, "PN", "P", "2", 100, &error);
	g_assert_cmpuint(pace_n_runs(all), ==, 7);
	g_autoptr(pace) none = store_pace(place.store, "PN", "P", "1", 5, &error);
	g_assert_false(pace_total_s(none, &left_s));
	place_done(&place);
}

static void test_log(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autoptr(GPtrArray) none = store_log_last(place.store, 5, &error);
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_true(store_log_add(place.store, 30, "ann", "login", NULL, &error));
	g_assert_true(store_log_add(place.store, 20, NULL, "abort", "it's \"late\"", &error));
	g_assert_true(store_log_add(place.store, 10, "ann", "logout", "", &error));
	g_clear_pointer(&place.store, store_close);
	place.store = store_open(place.path, &error);
	g_autoptr(GPtrArray) two = store_log_last(place.store, 2, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(two->len, ==, 2);
	g_assert_cmpstr(((struct store_log_entry *)two->pdata[0])->what, ==, "logout");
	const struct store_log_entry *entry = g_ptr_array_index(two, 1);
	g_assert_cmpint(entry->time_us, ==, 20);
	g_assert_cmpstr(entry->who, ==, "");
	g_assert_cmpstr(entry->text, ==, "it's \"late\"");
	place_done(&place);
}

static void do_sql(sqlite3 *db, const char *sql)
{
	char *message = NULL;

	sqlite3_exec(db, sql, NULL, NULL, &message);
	g_assert_cmpstr(message, ==, NULL);
}

/* A file of version 1 keeps its runs and answers everything. */
static void test_migrated(void)
{
	struct place place;
	struct store_counts counts;
	GError *error = NULL;
	sqlite3 *db;

	place_init(&place);
	g_clear_pointer(&place.store, store_close);
	g_unlink(place.path);
	g_assert_cmpint(sqlite3_open(place.path, &db), ==, SQLITE_OK);
	do_sql(db, schema_migrations[0]);
	do_sql(db, "PRAGMA user_version = 1;"
	           "INSERT INTO runs VALUES ('R', 'S', 1, 'L', 'A', 'PN', 'T', 'final', 'P', '2', "
	           "1000000, 3000000, 'PASS', 0, NULL, NULL, '{}')");
	sqlite3_close(db);
	place.store = store_open(place.path, &error);
	g_assert_no_error(error);
	g_assert_true(store_shift(place.store, "S", 0, &counts, &error));
	assert_counts(&counts, "units=1 runs=1 passed=1 failed=0 errors=0 aborted=0 first=1/1");
	g_assert_true(store_log_add(place.store, 1, "ann", "login", "", &error));
	g_assert_no_error(error);
	place_done(&place);
}

/* What cannot be asked is an error with the file's name, and no answer. */
static void test_fails(void)
{
	struct place place;
	struct store_counts counts;
	GError *error = NULL;
	sqlite3 *db;

	place_init(&place);
	put(&place, shift_rows, 1);
	g_assert_cmpint(sqlite3_open(place.path, &db), ==, SQLITE_OK);
	do_sql(db, "PRAGMA foreign_keys = OFF; DROP TABLE runs; DROP TABLE log");
	sqlite3_close(db);
	g_assert_false(store_shift(place.store, "S", 0, &counts, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_assert_nonnull(strstr(error->message, "station.db: "));
	g_clear_error(&error);
	g_assert_null(store_last_runs(place.store, "S", 5, &error));
	g_clear_error(&error);
	g_assert_null(store_pace(place.store, "PN", "P", "2", 5, &error));
	g_clear_error(&error);
	g_autoptr(GPtrArray) causes = NULL;
	g_assert_false(store_lot(place.store, "L", &counts, 5, &causes, &error));
	g_assert_null(causes);
	g_clear_error(&error);
	g_assert_null(store_log_last(place.store, 5, &error));
	g_clear_error(&error);
	g_assert_false(store_log_add(place.store, 1, "", "login", "", &error));
	g_clear_error(&error);
	place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/query/shift", test_shift);
	g_test_add_func("/query/lot", test_lot);
	g_test_add_func("/query/runs", test_runs);
	g_test_add_func("/query/pace", test_pace);
	g_test_add_func("/query/log", test_log);
	g_test_add_func("/query/migrated", test_migrated);
	g_test_add_func("/query/fails", test_fails);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/speed/engine_lot.h"

#include <sqlite3.h>

/* The lot that "make bench-engine" measures: all of it is true, and nothing of it is left open. */

enum { UNITS = 5, STEPS = 3 };

static guint count_open(const char *store)
{
	g_autofree char *folder = g_strconcat(store, "-open", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	guint n = 0;

	while (dir && g_dir_read_name(dir))
		n++;
	return n;
}

/* `recorded` of each unit's steps have reported a value. */
static void run(gboolean records, guint recorded)
{
	g_autofree char *folder = g_dir_make_tmp("quick-XXXXXX", NULL);
	struct quick_lot lot;
	GError *error = NULL;

	quick_lot_open(&lot, folder, STEPS, records, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(quick_lot_run(&lot, "LOT", UNITS, &error), ==, UNITS);
	g_assert_no_error(error);
	g_autoptr(GPtrArray) runs = store_load_lot(lot.store, "LOT", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(runs->len, ==, UNITS);
	for (guint i = 0; i < UNITS; i++) {
		const struct run_record *r = g_ptr_array_index(runs, i);
		g_autofree char *serial = g_strdup_printf("LOT-%u", i + 1);

		g_assert_cmpstr(r->serial, ==, serial);
		g_assert_cmpint(r->verdict, ==, VERDICT_PASS);
		g_assert_cmpuint(r->steps->len, ==, STEPS);
		g_assert_cmpuint(r->measurements->len, ==, recorded);
		for (guint k = 0; k < recorded; k++) {
			const struct record_measurement *m = g_ptr_array_index(r->measurements, k);
			g_assert_cmpfloat(m->value, ==, 1.0);
			g_assert_cmpuint(m->judgements->len, ==, 1);
			g_assert_cmpint(m->verdict, ==, VERDICT_PASS);
		}
	}
	g_autofree char *store = g_strdup(lot.config->store_path);
	quick_lot_close(&lot);
	g_assert_cmpuint(count_open(store), ==, 0);
	quick_remove(folder);
}

static void test_recorded(void)
{
	run(TRUE, STEPS);
}

static void test_judged_only(void)
{
	run(FALSE, 1);
}

/* A record goes into the store at once, or not at all while another process writes. */
static void test_at_once(void)
{
	g_autofree char *folder = g_dir_make_tmp("quick-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "station.db", NULL);
	GError *error = NULL;
	sqlite3 *other;

	g_autoptr(store) store = store_open(path, &error);
	g_assert_no_error(error);
	g_autoptr(run_record) record = run_record_new();
	record->verdict = VERDICT_PASS;
	g_assert_cmpint(sqlite3_open(path, &other), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
	g_assert_false(store_save_run_now(store, record));
	g_assert_cmpint(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(other);
	g_assert_true(store_save_run_now(store, record));
	g_assert_false(store_save_run_now(store, record));
	quick_remove(folder);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	if (!g_getenv("STATION_SRC"))
		g_error("STATION_SRC must name the source folder");
	g_test_add_func("/quick-lot/recorded", test_recorded);
	g_test_add_func("/quick-lot/judged-only", test_judged_only);
	g_test_add_func("/quick-lot/at-once", test_at_once);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/upkeep.h"
#include "station/store/schema.h"
#include "station/store/state.h"
#include "tests/unit/store_place.h"

#include "base/error.h"

#include <string.h>

static struct run_record *make_run(const char *serial)
{
	struct run_record *r = run_record_new();

	g_free(r->serial);
	r->serial = g_strdup(serial);
	r->verdict = VERDICT_PASS;
	r->end_us = r->start_us + 1;
	run_record_add_step(r)->verdict = VERDICT_PASS;
	run_record_add_measurement(r, "tx_oma", 0, 1, 0.1, "dBm")->verdict = VERDICT_PASS;
	return r;
}

static void put(struct store_place *place, const char *serial)
{
	g_autoptr(run_record) run = make_run(serial);

	store_place_put(place, run);
}

static void do_sql(const char *path, const char *sql)
{
	sqlite3 *db;
	char *words = NULL;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	sqlite3_exec(db, sql, NULL, NULL, &words);
	g_assert_cmpstr(words, ==, NULL);
	sqlite3_close(db);
}

static void expect(gboolean ok, GError **error, const char *words)
{
	g_assert_false(ok);
	g_assert_error(*error, STATION_ERROR, STATION_ERROR_STORAGE);
	if (!strstr((*error)->message, words))
		g_error("\"%s\" does not say \"%s\"", (*error)->message, words);
	g_clear_error(error);
}

static void assert_state(const char *path, int schema, guint runs)
{
	struct store_state state;
	GError *error = NULL;
	g_autoptr(store) store = store_open_to_read(path, &error);

	g_assert_no_error(error);
	g_assert_true(store_state_read(store, &state, &error));
	g_assert_cmpint(state.schema, ==, schema);
	g_assert_cmpuint(state.runs, ==, runs);
	g_assert_cmpuint(state.free_bytes, >, 0);
	g_assert_cmpuint(state.file_bytes, >, 0);
	store_state_clear(&state);
}

static void assert_whole(const char *path, const char *beside, guint runs)
{
	struct store_proof proof;
	GError *error = NULL;
	g_autoptr(store) store = store_open_to_read(path, &error);

	g_assert_no_error(error);
	store_verify(store, beside, NULL, NULL, &proof, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(proof.n_findings, ==, 0);
	g_assert_cmpuint(proof.runs, ==, runs);
	g_assert_cmpint(proof.first_unsigned, ==, 0);
	store_proof_clear(&proof);
}

static void count(guint64 done, guint64 total, gpointer data)
{
	g_assert_cmpuint(done, <=, total);
	(*(guint *)data)++;
}

/* --- backup -------------------------------------------------------------------------------------
 */

static void test_backup(void)
{
	struct store_place place;
	GError *error = NULL;
	guint told = 0;
	const struct store_progress progress = {count, &told};

	store_place_init(&place);
	g_autofree char *copy = g_build_filename(place.folder, "copy.db", NULL);
	put(&place, "SN1");
	put(&place, "SN2");
	/* the store is open, and the runs are in its log only */
	store_backup(place.path, copy, FALSE, &progress, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(told, >, 0);
	assert_whole(copy, place.path, 2);
	g_autofree char *log = g_strconcat(copy, "-wal", NULL);
	g_assert_false(g_file_test(log, G_FILE_TEST_EXISTS));
	put(&place, "SN3");
	assert_state(copy, schema_version, 2);
	expect(store_backup(place.path, copy, FALSE, NULL, &error), &error, "is there already");
	assert_state(copy, schema_version, 2);
	store_backup(place.path, copy, TRUE, NULL, &error);
	g_assert_no_error(error);
	assert_state(copy, schema_version, 3);
	expect(store_backup(place.path, place.path, TRUE, NULL, &error), &error,
	       "the store itself");
	expect(store_backup(place.path, place.folder, TRUE, NULL, &error), &error, "a folder");
	g_autofree char *nowhere = g_build_filename(place.folder, "no", "copy.db", NULL);
	expect(store_backup(place.path, nowhere, FALSE, NULL, &error), &error, "free space");
	do_sql(place.path, "UPDATE measurements SET value = 1");
	expect(store_backup(place.path, copy, TRUE, NULL, &error), &error, "not as it was stored");
	/* a copy can be worked with */
	store_close(store_open(copy, &error));
	g_assert_no_error(error);
	store_place_done(&place);
}

static void test_not_there(void)
{
	GError *error = NULL;
	g_autofree char *folder = g_dir_make_tmp("upkeep-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "station.db", NULL);

	g_assert_null(store_open_to_read(path, &error));
	expect(FALSE, &error, "no store yet");
	expect(store_migrate(path, NULL, &error), &error, "open");
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	g_rmdir(folder);
}

/* --- migration ----------------------------------------------------------------------------------
 */

/* The runs of a store in a file of schema 4, as an earlier program left it. */
static void make_old(const struct store_place *place)
{
	g_autoptr(GString) sql = g_string_new(NULL);
	g_autofree char *newer = g_strconcat(place->path, ".newer", NULL);

	g_assert_cmpint(g_rename(place->path, newer), ==, 0);
	for (int i = 0; i < 4; i++)
		g_string_append(sql, schema_migrations[i]);
	g_string_append_printf(sql,
	                       "PRAGMA user_version = 4; ATTACH '%s' AS newer;"
	                       "INSERT INTO runs SELECT * FROM newer.runs;"
	                       "INSERT INTO steps SELECT * FROM newer.steps;"
	                       "INSERT INTO measurements SELECT * FROM newer.measurements;"
	                       "INSERT INTO log VALUES (1, 2, '', 'login', '')",
	                       newer);
	do_sql(place->path, sql->str);
	g_autofree char *heads = g_strconcat(place->path, ".heads", NULL);
	g_unlink(heads);
}

static void test_migration(void)
{
	struct store_place place;
	GError *error = NULL;
	guint told = 0;
	const struct store_progress progress = {count, &told};

	store_place_init(&place);
	put(&place, "SN1");
	put(&place, "SN2");
	store_close(place.store);
	place.store = NULL;
	make_old(&place);
	assert_state(place.path, 4, 2);
	store_migrate(place.path, &progress, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(told, ==, 3);
	assert_state(place.path, schema_version, 2);
	assert_whole(place.path, NULL, 2);
	g_autofree char *before = g_strconcat(place.path, ".schema-4", NULL);
	assert_state(before, 4, 2);
	/* what it was before cannot be verified, and says so */
	g_autoptr(store) old = store_open_to_read(before, &error);
	struct store_proof proof;
	expect(store_verify(old, NULL, NULL, NULL, &proof, &error), &error, "station db migrate");
	/* and again: the copy of the first time stays */
	make_old(&place);
	store_close(store_open(place.path, &error));
	g_assert_no_error(error);
	g_autofree char *second = g_strconcat(place.path, ".schema-4.2", NULL);
	assert_state(second, 4, 2);
	store_place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/store/upkeep/backup", test_backup);
	g_test_add_func("/store/upkeep/not-there", test_not_there);
	g_test_add_func("/store/upkeep/migration", test_migration);
	return g_test_run();
}

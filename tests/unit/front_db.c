/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"
#include "station/store/schema.h"
#include "station/store/store.h"
#include "station/store/touch.h"
#include "tests/unit/front_call.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

static const struct step_table table = {NULL, 0};

struct place {
	char *folder, *config, *store;
};

static void place_init(struct place *place)
{
	place->folder = g_dir_make_tmp("db-XXXXXX", NULL);
	place->config = g_build_filename(place->folder, "station.yaml", NULL);
	place->store = g_build_filename(place->folder, "station.db", NULL);
	g_assert_true(g_file_set_contents(place->config,
	                                  "station: S\ninstruments: []\nsites: []\nproducts: []\n",
	                                  -1, NULL));
}

static void place_done(struct place *place)
{
	g_autoptr(GDir) dir = g_dir_open(place->folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(place->folder, name, NULL);
		g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(place->folder), ==, 0);
	g_free(place->folder);
	g_free(place->config);
	g_free(place->store);
}

static void put_runs(const struct place *place)
{
	const struct store_touch touch = {"SN1", "S", 7, NULL, "attenuator set"};
	GError *error = NULL;
	g_autoptr(store) store = store_open(place->store, &error);

	g_assert_no_error(error);
	for (int i = 0; i < 3; i++) {
		g_autoptr(run_record) run = run_record_new();

		run->verdict = i ? VERDICT_PASS : VERDICT_FAIL;
		run->end_us = run->start_us + 1;
		g_free(run->serial);
		run->serial = g_strdup_printf("SN%d", i);
		run_record_add_step(run)->verdict = run->verdict;
		run_record_add_measurement(run, "tx_oma", 0, 1, 1.0 / 3 - i, "dBm")->verdict =
			run->verdict;
		store_save_run(store, run, &error);
		g_assert_no_error(error);
	}
	store_touch(store, &touch, &error);
	g_assert_no_error(error);
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

/* Calls "station db ..." and gives what it printed; the code and a part of it are looked at. */
static char *db(const struct place *place, const char *const *words, int code, const char *part)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	struct said said;

	g_ptr_array_add(all, (gpointer) "--config");
	g_ptr_array_add(all, place->config);
	g_ptr_array_add(all, (gpointer) "db");
	for (guint i = 0; words[i]; i++)
		g_ptr_array_add(all, (gpointer)words[i]);
	g_ptr_array_add(all, NULL);
	said = call(&table, (const char *const *)all->pdata);
	if (said.code != code || (!strstr(said.out, part) && !strstr(said.err, part)))
		g_error("db %s: code %d, not \"%s\" in \"%s\", \"%s\"", words[0], said.code, part,
		        said.out, said.err);
	g_free(said.err);
	return said.out;
}

static void expect(const struct place *place, const char *const *words, int code, const char *part)
{
	g_free(db(place, words, code, part));
}

static JsonObject *json_of(const char *text, JsonParser **parser)
{
	*parser = json_parser_new();
	g_assert_true(json_parser_load_from_data(*parser, text, -1, NULL));
	return json_node_get_object(json_parser_get_root(*parser));
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_usage(void)
{
	struct place place;

	place_init(&place);
	expect(&place, WORDS(NULL), EXIT_CODE_USAGE, "db wants one of: status, verify");
	expect(&place, WORDS("statsu"), EXIT_CODE_USAGE, "db wants one of");
	expect(&place, WORDS("status", "--force"), EXIT_CODE_USAGE, "takes no \"--force\"");
	expect(&place, WORDS("backup"), EXIT_CODE_USAGE, "wants a FILE");
	expect(&place, WORDS("verify", "--key"), EXIT_CODE_USAGE, "takes no \"--key\"");
	expect(&place, WORDS("status"), EXIT_CODE_STORAGE, "there is no store yet");
	expect(&place, WORDS("verify"), EXIT_CODE_STORAGE, "there is no store yet");
	expect(&place, WORDS("migrate"), EXIT_CODE_STORAGE, "there is no store yet");
	expect(&place, WORDS("--help"), EXIT_CODE_OK, "examples:");
	g_assert_false(g_file_test(place.store, G_FILE_TEST_EXISTS));
	place_done(&place);
}

static void test_status(void)
{
	struct place place;
	g_autoptr(JsonParser) parser = NULL;
	g_autofree char *text = NULL, *key = NULL;

	place_init(&place);
	put_runs(&place);
	g_autofree char *pub = g_strconcat(place.store, ".pub", NULL);
	g_assert_true(g_file_get_contents(pub, &key, NULL, NULL));
	expect(&place, WORDS("status"), EXIT_CODE_OK, g_strchomp(key));
	expect(&place, WORDS("status"), EXIT_CODE_OK, "chain        4 rows");
	text = db(&place, WORDS("status", "--json"), EXIT_CODE_OK, "");
	JsonObject *status = json_of(text, &parser);
	g_assert_cmpint(json_object_get_int_member(status, "runs"), ==, 3);
	g_assert_cmpint(json_object_get_int_member(status, "lots"), ==, 1);
	g_assert_cmpint(json_object_get_int_member(status, "schema"), ==, schema_version);
	g_assert_cmpint(json_object_get_int_member(status, "signed_row"), ==, 4);
	g_assert_cmpstr(json_object_get_string_member(status, "public_key"), ==, key);
	place_done(&place);
}

static void test_verify(void)
{
	struct place place;
	g_autoptr(JsonParser) parser = NULL;
	g_autofree char *text = NULL;

	place_init(&place);
	put_runs(&place);
	expect(&place, WORDS("verify"), EXIT_CODE_OK,
	       "3 runs, 4 rows of the chain, 4 signatures: as they were stored");
	do_sql(place.store, "UPDATE measurements SET value = 0 WHERE rowid = 2");
	expect(&place, WORDS("verify"), EXIT_CODE_STORAGE, "number 0, value: the row has 0.0");
	text = db(&place, WORDS("verify", "--json"), EXIT_CODE_STORAGE, "");
	JsonObject *proof = json_of(text, &parser);
	g_assert_false(json_object_get_boolean_member(proof, "whole"));
	JsonObject *first =
		json_array_get_object_element(json_object_get_array_member(proof, "findings"), 0);
	g_assert_cmpstr(json_object_get_string_member(first, "table"), ==, "measurements");
	g_assert_cmpstr(json_object_get_string_member(first, "column"), ==, "value");
	/* what is altered is not signed */
	do_sql(place.store, "DELETE FROM heads WHERE number = 4");
	expect(&place, WORDS("verify", "--sign"), EXIT_CODE_STORAGE, "NOT as they were stored");
	do_sql(place.store, "UPDATE measurements SET value = 1.0 / 3 - 1 WHERE rowid = 2");
	expect(&place, WORDS("verify"), EXIT_CODE_STORAGE, "number 4: from here on nothing is");
	expect(&place, WORDS("verify", "--sign"), EXIT_CODE_OK, "as they were stored");
	expect(&place, WORDS("verify", "--key", "/nonexistent"), EXIT_CODE_STORAGE, "/nonexistent");
	place_done(&place);
}

static void test_backup_migrate(void)
{
	struct place place;

	place_init(&place);
	put_runs(&place);
	g_autofree char *copy = g_build_filename(place.folder, "copy.db", NULL);
	expect(&place, WORDS("backup", copy), EXIT_CODE_OK, "verified");
	expect(&place, WORDS("backup", copy), EXIT_CODE_STORAGE, "--force");
	expect(&place, WORDS("backup", copy, "--force"), EXIT_CODE_OK, "verified");
	expect(&place, WORDS("migrate"), EXIT_CODE_OK, "nothing to do");
	/* an empty file, as the first start would migrate it */
	g_assert_cmpint(g_unlink(place.store), ==, 0);
	do_sql(place.store, "PRAGMA user_version = 0; VACUUM");
	expect(&place, WORDS("migrate", "--dry-run"), EXIT_CODE_OK, "-- 5: chain\nCREATE TABLE");
	expect(&place, WORDS("status"), EXIT_CODE_OK, "schema       0");
	expect(&place, WORDS("migrate"), EXIT_CODE_OK, "migrated from schema 0");
	expect(&place, WORDS("verify"), EXIT_CODE_STORAGE, "the last rows are missing");
	place_done(&place);
}

/* Somebody who has only docs/store.md. */
static void test_auditor(void)
{
	struct place place;
	g_autofree char *script =
		g_build_filename(g_getenv("STATION_SRC"), "tests/exports/audit_store.py", NULL);
	g_autofree char *out = NULL, *err = NULL;
	const char *argv[] = {"python3", script, NULL, NULL};
	int code;

	place_init(&place);
	put_runs(&place);
	argv[2] = place.store;
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out,
	                           &err, &code, NULL));
	g_assert_cmpstr(err, ==, "");
	g_assert_cmpint(code, ==, 0);
	g_assert_true(g_str_has_prefix(out, "4 "));
	expect(&place, WORDS("status"), EXIT_CODE_OK, g_strchomp(out) + 2);
	place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/front/db/usage", test_usage);
	g_test_add_func("/front/db/status", test_status);
	g_test_add_func("/front/db/verify", test_verify);
	g_test_add_func("/front/db/backup-migrate", test_backup_migrate);
	g_test_add_func("/front/db/auditor", test_auditor);
	return g_test_run();
}

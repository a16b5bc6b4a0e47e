/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/store.h"

#include "base/error.h"
#include "station/store/schema.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
	char *folder, *path;
};

static void place_init(struct place *place)
{
	place->folder = g_dir_make_tmp("store-XXXXXX", NULL);
	place->path = g_build_filename(place->folder, "station.db", NULL);
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
	g_free(place->path);
}

static struct store *open_well(const struct place *place)
{
	GError *error = NULL;
	struct store *store = store_open(place->path, &error);

	g_assert_no_error(error);
	return store;
}

static void set_text(char **field, const char *text)
{
	g_free(*field);
	*field = g_strdup(text);
}

/* A finished run with something in every table; `eye` counts make its document long. */
static struct run_record *make_run(const char *serial, const char *lot, enum verdict verdict,
                                   guint eye)
{
	struct run_record *r = run_record_new();
	struct record_step *step = run_record_add_step(r);
	struct record_measurement *m;

	set_text(&r->serial, serial);
	set_text(&r->lot, lot);
	set_text(&r->stage, "final");
	set_text(&r->reason, verdict == VERDICT_PASS ? NULL : "tx: it's \"dark\"; DROP TABLE runs");
	r->verdict = verdict;
	r->end_us = r->start_us + 1;
	set_text(&step->name, "TX quality");
	set_text(&step->kind, "tx-measure");
	step->lane = 2;
	step->attempt = 1;
	step->duration_s = 0.1 + 0.2;
	step->verdict = verdict;
	run_record_add_step(r)->verdict = VERDICT_PASS;
	m = run_record_add_measurement(r, "tx_oma", 0, 2, 1.0 / 3, "dBm");
	m->verdict = verdict;
	m->uncertainty = 0.1;
	m = run_record_add_measurement(r, "tx_er", 1, 2, NAN, "dB");
	set_text(&m->reason, "no finite value");
	if (eye) {
		struct record_eye *picture = run_record_add_eye(r, "tx_eye", 0, 2);
		picture->columns = eye;
		picture->rows = 1;
		for (guint32 i = 0; i < eye; i++)
			g_array_append_val(picture->counts, i);
	}
	return r;
}

static void save_well(struct store *store, const struct run_record *run)
{
	GError *error = NULL;

	store_save_run(store, run, &error);
	g_assert_no_error(error);
}

static void expect(gboolean ok, GError **error, const char *part)
{
	g_assert_false(ok);
	g_assert_error(*error, STATION_ERROR, STATION_ERROR_STORAGE);
	if (!strstr((*error)->message, part))
		g_error("\"%s\" does not say \"%s\"", (*error)->message, part);
	g_clear_error(error);
}

static sqlite3 *other(const struct place *place)
{
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(place->path, &db), ==, SQLITE_OK);
	return db;
}

static void other_do(sqlite3 *db, const char *sql)
{
	char *message = NULL;

	sqlite3_exec(db, sql, NULL, NULL, &message);
	g_assert_cmpstr(message, ==, NULL);
}

/* The first column of the first row, by a connection of its own. */
static char *ask(const struct place *place, const char *sql)
{
	sqlite3 *db = other(place);
	sqlite3_stmt *statement = NULL;
	char *text;

	g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
	text = g_strdup((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return text;
}

static void assert_answer(const struct place *place, const char *sql, const char *expected)
{
	g_autofree char *text = ask(place, sql);

	g_assert_cmpstr(text, ==, expected);
}

/* --- what is asked of it ------------------------------------------------------------------------
 */

static void test_round_trip(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autoptr(store) store = open_well(&place);
	g_autoptr(run_record) run = make_run("SN'1", "LOT 7", VERDICT_FAIL, 10);
	g_autofree char *before = run_record_to_json(run);

	save_well(store, run);
	g_clear_pointer(&store, store_close);
	store = open_well(&place);
	g_autoptr(run_record) again = store_load_run(store, run->run_id, &error);
	g_assert_no_error(error);
	g_autofree char *after = run_record_to_json(again);
	g_assert_cmpstr(after, ==, before);
	assert_answer(&place, "SELECT count(*) FROM steps", "2");
	assert_answer(&place, "SELECT count(*) FROM measurements WHERE value IS NULL", "1");
	assert_answer(&place, "SELECT value = 1.0 / 3 FROM measurements WHERE id = 'tx_oma'", "1");
	assert_answer(&place, "SELECT verdict FROM runs", "FAIL");
	assert_answer(&place, "PRAGMA journal_mode", "wal");
	assert_answer(&place, "PRAGMA integrity_check", "ok");
	place_done(&place);
}

static void test_queries(void)
{
	struct place place;
	GError *error = NULL;
	enum verdict verdict;
	gboolean found;

	place_init(&place);
	g_autoptr(store) store = open_well(&place);
	g_autoptr(run_record) first = make_run("A", "L", VERDICT_FAIL, 0);
	g_autoptr(run_record) second = make_run("B", "L", VERDICT_PASS, 0);
	g_autoptr(run_record) third = make_run("A", "M", VERDICT_PASS, 0);

	second->start_us = first->start_us + 1000;
	third->start_us = first->start_us + 2000;
	save_well(store, third);
	save_well(store, second);
	save_well(store, first);
	g_autoptr(run_record) latest = store_load_run(store, "A", &error);
	g_assert_cmpstr(latest->run_id, ==, third->run_id);
	g_autoptr(GPtrArray) lot = store_load_lot(store, "L", &error);
	g_assert_cmpuint(lot->len, ==, 2);
	g_assert_cmpstr(((struct run_record *)g_ptr_array_index(lot, 0))->serial, ==, "A");
	g_autoptr(GPtrArray) none = store_load_lot(store, "absent", &error);
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_true(store_has_lot(store, "M", &found, &error) && found);
	g_assert_true(store_has_lot(store, "m", &found, &error) && !found);
	g_assert_true(store_latest_verdict(store, "A", "M", &verdict, &error));
	g_assert_cmpint(verdict, ==, VERDICT_PASS);
	g_assert_true(store_latest_verdict(store, "A", "L", &verdict, &error));
	g_assert_cmpint(verdict, ==, VERDICT_FAIL);
	g_assert_true(store_latest_verdict(store, "A", "other", &verdict, &error));
	g_assert_cmpint(verdict, ==, VERDICT_NONE);
	g_assert_no_error(error);
	g_assert_null(store_load_run(store, "absent", &error));
	expect(FALSE, &error, "no run and no serial number \"absent\"");
	place_done(&place);
}

/* --- what it refuses ----------------------------------------------------------------------------
 */

static void test_refused_runs(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autoptr(store) store = open_well(&place);
	g_autoptr(run_record) run = make_run("A", "L", VERDICT_PASS, 0);
	g_autoptr(run_record) unfinished = make_run("B", "L", VERDICT_NONE, 0);
	g_autoptr(run_record) astray = make_run("C", "L", VERDICT_PASS, 0);

	save_well(store, run);
	run->verdict = VERDICT_FAIL;
	expect(store_save_run(store, run, &error), &error, "station.db: save the run");
	expect(store_save_run(store, unfinished, &error), &error, "station.db: save the run");
	/* the run and its steps were written already when the measurement is refused: nothing stays
	 */
	((struct record_measurement *)g_ptr_array_index(astray->measurements, 1))->step = 9;
	expect(store_save_run(store, astray, &error), &error, "station.db: ");
	assert_answer(&place, "SELECT group_concat(serial || verdict) FROM runs", "APASS");
	assert_answer(&place, "SELECT count(*) FROM steps", "2");
	assert_answer(&place, "SELECT count(*) FROM measurements", "2");
	((struct record_measurement *)g_ptr_array_index(astray->measurements, 1))->step = 1;
	save_well(store, astray);
	place_done(&place);
}

static void test_schema_versions(void)
{
	static const char *const versions[] = {"99", "-1"};
	struct place place;
	GError *error = NULL;

	place_init(&place);
	store_close(open_well(&place));
	store_close(open_well(&place));
	g_autofree char *now = g_strdup_printf("%d", schema_version);
	assert_answer(&place, "PRAGMA user_version", now);
	for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
		g_autofree char *sql = g_strdup_printf("PRAGMA user_version = %s", versions[i]);
		sqlite3 *db = other(&place);

		other_do(db, sql);
		sqlite3_close(db);
		g_assert_null(store_open(place.path, &error));
		expect(FALSE, &error, i ? "not a file of the station" : "newer station (schema 99");
		assert_answer(&place, "PRAGMA user_version", versions[i]);
	}
	place_done(&place);
}

/* A migration that cannot be done leaves the file as it was. */
static void test_migration_fails(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	sqlite3 *db = other(&place);
	other_do(db, "CREATE TABLE measurements (x)");
	sqlite3_close(db);
	g_assert_null(store_open(place.path, &error));
	expect(FALSE, &error, "migrate");
	assert_answer(&place, "PRAGMA user_version", "0");
	assert_answer(&place, "SELECT group_concat(name) FROM sqlite_master", "measurements");
	place_done(&place);
}

static void test_bad_files(void)
{
	struct place place;
	GError *error = NULL;
	g_autofree char *absent = NULL;

	place_init(&place);
	absent = g_build_filename(place.folder, "no", "station.db", NULL);
	g_assert_null(store_open(absent, &error));
	expect(FALSE, &error, "open: unable to open");
	g_assert_null(store_open(place.folder, &error));
	expect(FALSE, &error, place.folder);
	g_assert_true(g_file_set_contents(place.path, "serial,part_number\nSN1,VB\n", -1, NULL));
	g_assert_null(store_open(place.path, &error));
	expect(FALSE, &error, "not a database");
	place_done(&place);
}

/* The document of a run was damaged, or the file itself. */
static void test_corrupt(void)
{
	struct place place;
	GError *error = NULL;
	g_autofree char *bytes = NULL;
	gsize len;

	place_init(&place);
	g_autoptr(store) store = open_well(&place);
	g_autoptr(run_record) run = make_run("A", "L", VERDICT_PASS, 5000);
	save_well(store, run);
	sqlite3 *db = other(&place);
	other_do(db, "UPDATE runs SET document = substr(document, 1, 100)");
	sqlite3_close(db);
	g_assert_null(store_load_run(store, "A", &error));
	expect(FALSE, &error, "station.db: A: ");
	set_text(&run->run_id, "01890000-0000-7000-8000-000000000000");
	save_well(store, run);
	g_clear_pointer(&store, store_close);

	g_assert_true(g_file_get_contents(place.path, &bytes, &len, NULL));
	g_assert_cmpuint(len, >, 3 * 4096);
	memset(bytes + 4096, 0x5a, len - 4096);
	g_assert_true(g_file_set_contents(place.path, bytes, (gssize)len, NULL));
	store = store_open(place.path, &error);
	g_assert_true(!store || !store_load_run(store, "A", &error));
	expect(FALSE, &error, "station.db: ");
	place_done(&place);
}

/* Root may write everywhere, so for these the process is somebody else for a while. */
static void test_read_only(void)
{
	struct place place;
	GError *error = NULL;
	gboolean root = geteuid() == 0;

	place_init(&place);
	store_close(open_well(&place));
	g_assert_cmpint(g_chmod(place.path, 0444), ==, 0);
	g_assert_cmpint(g_chmod(place.folder, 0555), ==, 0);
	g_assert_true(!root || seteuid(65534) == 0);
	g_assert_null(store_open(place.path, &error));
	g_assert_true(!root || seteuid(0) == 0);
	expect(FALSE, &error, place.path);
	g_assert_cmpint(g_chmod(place.folder, 0755), ==, 0);
	place_done(&place);
}

/* --- what happens around it ---------------------------------------------------------------------
 */

static void test_locked(void)
{
	struct place place;
	GError *error = NULL;

	place_init(&place);
	g_autoptr(store) store = open_well(&place);
	g_autoptr(run_record) run = make_run("A", "L", VERDICT_PASS, 0);
	sqlite3 *db = other(&place);

	other_do(db, "BEGIN IMMEDIATE");
	gint64 start = g_get_monotonic_time();
	expect(store_save_run(store, run, &error), &error, "locked");
	g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
	g_autoptr(GPtrArray) none = store_load_lot(store, "L", &error);
	g_assert_cmpuint(none->len, ==, 0);
	other_do(db, "ROLLBACK");
	sqlite3_close(db);
	g_assert_true(store_check(store, &error));
	save_well(store, run);
	assert_answer(&place, "SELECT count(*) FROM runs", "1");
	place_done(&place);
}

/* No file of this process may grow beyond a little while the run is being saved. */
static void test_disk_full(void)
{
	struct place place;
	GError *error = NULL;
	struct rlimit before, small;

	place_init(&place);
	g_autoptr(store) store = open_well(&place);
	g_autoptr(run_record) first = make_run("A", "L", VERDICT_PASS, 0);
	g_autoptr(run_record) second = make_run("B", "L", VERDICT_PASS, 50000);
	save_well(store, first);
	void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
	small = before;
	small.rlim_cur = 128 * 1024;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
	gboolean saved = store_save_run(store, second, &error);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
	signal(SIGXFSZ, old);
	expect(saved, &error, "station.db: ");
	assert_answer(&place, "SELECT group_concat(serial) FROM runs", "A");
	assert_answer(&place, "PRAGMA integrity_check", "ok");
	save_well(store, second);
	g_autoptr(run_record) again = store_load_run(store, "B", &error);
	g_assert_no_error(error);
	place_done(&place);
}

static void child_saves(const struct place *place)
{
	struct store *store = store_open(place->path, NULL);

	for (;;) {
		g_autoptr(run_record) run = make_run("A", "L", VERDICT_PASS, 20000);
		if (!store || !store_save_run(store, run, NULL))
			_exit(1);
	}
}

/* A power cut in the middle of saving: every run that is there is there whole. */
static void test_killed(void)
{
	struct place place;
	GError *error = NULL;
	int status;

	place_init(&place);
	store_close(open_well(&place));
	pid_t pid = fork();
	if (pid == 0)
		child_saves(&place);
	for (;;) {
		g_autofree char *count = ask(&place, "SELECT count(*) >= 5 FROM runs");
		if (*count == '1')
			break;
		g_assert_cmpint(waitpid(pid, &status, WNOHANG), ==, 0);
		g_usleep(1000);
	}
	kill(pid, SIGKILL);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_autoptr(store) store = open_well(&place);
	g_autoptr(GPtrArray) runs = store_load_lot(store, "L", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(runs->len, >=, 5);
	assert_answer(&place, "SELECT (SELECT count(*) FROM steps) = 2 * count(*) FROM runs", "1");
	assert_answer(&place, "SELECT (SELECT count(*) FROM measurements) = 2 * count(*) FROM runs",
	              "1");
	place_done(&place);
}

static gpointer save_many(gpointer data)
{
	for (guint i = 0; i < 20; i++) {
		g_autoptr(run_record) run = make_run("A", "L", VERDICT_PASS, 100);
		g_autoptr(run_record) again = NULL;
		GError *error = NULL;

		save_well(data, run);
		again = store_load_run(data, run->run_id, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(again->run_id, ==, run->run_id);
	}
	return NULL;
}

/* The sites' threads share one store; another process has the same file open. */
static void test_threads(void)
{
	struct place place;
	GThread *threads[3];

	place_init(&place);
	g_autoptr(store) store = open_well(&place);
	g_autoptr(store) second = open_well(&place);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("save", save_many, i ? store : second);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	assert_answer(&place, "SELECT count(*) FROM runs", "60");
	place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/store/round-trip", test_round_trip);
	g_test_add_func("/store/queries", test_queries);
	g_test_add_func("/store/refused-runs", test_refused_runs);
	g_test_add_func("/store/schema-versions", test_schema_versions);
	g_test_add_func("/store/migration-fails", test_migration_fails);
	g_test_add_func("/store/bad-files", test_bad_files);
	g_test_add_func("/store/corrupt", test_corrupt);
	g_test_add_func("/store/read-only", test_read_only);
	g_test_add_func("/store/locked", test_locked);
	g_test_add_func("/store/disk-full", test_disk_full);
	g_test_add_func("/store/killed", test_killed);
	g_test_add_func("/store/threads", test_threads);
	return g_test_run();
}

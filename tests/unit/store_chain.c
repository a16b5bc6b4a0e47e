/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/chain.h"
#include "station/store/query.h"
#include "station/store/state.h"
#include "station/store/touch.h"
#include "tests/unit/store_place.h"

#include "base/error.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* --- a store of three runs, a touch and a line of the log ---------------------------------------
 */

static void set_text(char **field, const char *text)
{
	g_free(*field);
	*field = g_strdup(text);
}

static struct run_record *make_run(const char *id, const char *serial, enum verdict verdict)
{
	struct run_record *r = run_record_new();
	struct record_step *step = run_record_add_step(r);
	struct record_measurement *m;

	set_text(&r->run_id, id);
	set_text(&r->serial, serial);
	set_text(&r->lot, "LOT-1");
	set_text(&r->reason, verdict == VERDICT_PASS ? NULL : "Ausgangsleistung zu klein: µW");
	r->verdict = verdict;
	r->end_us = r->start_us + 1;
	set_text(&step->name, "TX quality");
	step->duration_s = 0.1 + 0.2;
	step->verdict = verdict;
	run_record_add_step(r)->verdict = VERDICT_PASS;
	m = run_record_add_measurement(r, "tx_oma", 0, 2, 1.0 / 3, "dBm");
	m->verdict = verdict;
	m->uncertainty = -0.0;
	m = run_record_add_measurement(r, "tx_er", 1, 2, NAN, "dB");
	set_text(&m->reason, "no finite value");
	run_record_add_measurement(r, "tx_tdecq", 1, 1, INFINITY, "dB");
	return r;
}

static void put(struct store *store, const char *id, const char *serial, enum verdict verdict)
{
	g_autoptr(run_record) run = make_run(id, serial, verdict);
	GError *error = NULL;

	store_save_run(store, run, &error);
	g_assert_no_error(error);
}

static void fill(struct store_place *place)
{
	const struct store_touch touch = {"SN2", "S1", 5, "Op 471", "attenuator set"};
	GError *error = NULL;

	store_place_init(place);
	put(place->store, "run-1", "SN1", VERDICT_PASS);
	put(place->store, "run-2", "SN2", VERDICT_FAIL);
	store_touch(place->store, &touch, &error);
	g_assert_no_error(error);
	store_log_add(place->store, 6, "Op 471", "login", "", &error);
	g_assert_no_error(error);
	put(place->store, "run-3", "SN3", VERDICT_PASS);
	store_close(place->store);
	place->store = NULL;
}

static void do_sql(const struct store_place *place, const char *sql)
{
	sqlite3 *db;
	char *words = NULL;

	g_assert_cmpint(sqlite3_open(place->path, &db), ==, SQLITE_OK);
	sqlite3_exec(db, sql, NULL, NULL, &words);
	g_assert_cmpstr(words, ==, NULL);
	sqlite3_close(db);
}

static void verify(const struct store_place *place, const char *key, struct store_proof *proof)
{
	GError *error = NULL;
	g_autoptr(store) store = store_open_to_read(place->path, &error);

	g_assert_no_error(error);
	gboolean ok = store_verify(store, NULL, key, NULL, proof, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void reopen(struct store_place *place)
{
	GError *error = NULL;

	place->store = store_open(place->path, &error);
	g_assert_no_error(error);
}

static void close_again(struct store_place *place)
{
	store_close(place->store);
	place->store = NULL;
}

/* --- nothing was altered ------------------------------------------------------------------------
 */

static void assert_whole(const struct store_place *place, const char *key, gint64 rows)
{
	struct store_proof proof;

	verify(place, key, &proof);
	for (guint i = 0; i < proof.findings->len; i++) {
		const struct store_finding *f = proof.findings->pdata[i];
		g_test_message("%s %s %s: %s", f->table, f->run_id, f->column, f->words);
	}
	g_assert_cmpuint(proof.n_findings, ==, 0);
	g_assert_cmpint(proof.last, ==, rows);
	g_assert_cmpuint(proof.rows, ==, rows);
	g_assert_cmpint(proof.first_unsigned, ==, 0);
	store_proof_clear(&proof);
}

static void test_whole(void)
{
	struct store_place place;
	struct store_proof proof;
	guint n_bad;

	fill(&place);
	assert_whole(&place, NULL, 5);
	reopen(&place);
	put(place.store, "run-4", "SN1", VERDICT_PASS);
	close_again(&place);
	verify(&place, NULL, &proof);
	g_assert_cmpuint(proof.runs, ==, 4);
	g_assert_cmpuint(proof.signatures, ==, 6);
	g_autoptr(GArray) lines = chain_read_heads(place.path, &n_bad, NULL);
	g_assert_cmpuint(lines->len, ==, 6);
	g_assert_cmpuint(n_bad, ==, 0);
	const struct chain_head *last = &g_array_index(lines, struct chain_head, 5);
	g_autofree char *hash = canon_hex(last->hash, sizeof last->hash);
	g_assert_cmpint(last->number, ==, 6);
	g_assert_cmpstr(hash, ==, proof.hash);
	store_proof_clear(&proof);
	store_place_done(&place);
}

/* --- something was ------------------------------------------------------------------------------
 */

static const struct {
	const char *what, *sql;
	/* the first finding; number -1: of no row, null: nothing of the kind is told */
	const char *table, *run_id;
	gint64 number;
	const char *column, *words;
} deeds[] = {
	{"value", "UPDATE measurements SET value = 9.5 WHERE run_id = 'run-2' AND number = 0",
         "measurements", "run-2", 0, "value", "the row has 9.5, the run's document 0.333"},
	{"no value", "UPDATE measurements SET value = NULL WHERE run_id = 'run-1' AND number = 0",
         "measurements", "run-1", 0, "value", "the row has none"},
	{"a value more", "UPDATE measurements SET value = 2 WHERE run_id = 'run-1' AND number = 1",
         "measurements", "run-1", 1, "value", "document none"},
	{"verdict",
         "UPDATE measurements SET verdict = 'PASS' WHERE run_id = 'run-2' AND number = 0",
         "measurements", "run-2", 0, "verdict", "\"FAIL\""},
	{"the run's verdict", "UPDATE runs SET verdict = 'PASS' WHERE run_id = 'run-2'", "runs",
         "run-2", -1, "verdict", "\"FAIL\""},
	{"the run's reason", "UPDATE runs SET reason = NULL WHERE run_id = 'run-2'", "runs",
         "run-2", -1, "reason", "the row has none"},
	{"behind a zero byte", "UPDATE runs SET lot = lot || char(0) || 'x' WHERE run_id = 'run-2'",
         "runs", "run-2", -1, NULL, "altered since"},
	{"a step", "UPDATE steps SET duration_s = 0.3 WHERE run_id = 'run-3' AND number = 0",
         "steps", "run-3", 0, "duration_s", "0.30000000000000004"},
	{"document",
         "UPDATE runs SET document = replace(document, '0.333', '0.433') WHERE run_id = 'run-2'",
         "runs", "run-2", -1, "document", "altered since"},
	{"layout of a document",
         "UPDATE runs SET document = document || ' ' WHERE run_id = 'run-1'", "runs", "run-1", -1,
         "document", "altered since"},
	{"no document", "UPDATE runs SET document = '{' WHERE run_id = 'run-1'", "runs", "run-1",
         -1, "document", "altered since"},
	{"row and document",
         "UPDATE runs SET verdict = 'PASS', document = replace(document, '\"verdict\": \"FAIL\"', "
         "'\"verdict\": \"PASS\"') WHERE run_id = 'run-2'",
         "runs", "run-2", -1, "document", "altered since"},
	{"a measurement is gone", "DELETE FROM measurements WHERE run_id = 'run-2' AND number = 1",
         "measurements", "run-2", 1, NULL, "missing"},
	{"the last measurement", "DELETE FROM measurements WHERE run_id = 'run-2' AND number = 2",
         "measurements", "run-2", 2, NULL, "missing"},
	{"a measurement more",
         "INSERT INTO measurements SELECT run_id, 7, step, id, lane, corner, value, unit, "
         "uncertainty, verdict, marginal FROM measurements WHERE run_id = 'run-2' AND number = 0",
         "measurements", "run-2", 7, NULL, "no such row"},
	{"a run is gone",
         "DELETE FROM measurements WHERE run_id = 'run-2'; DELETE FROM steps WHERE run_id = "
         "'run-2'; DELETE FROM samples WHERE run_id = 'run-2'; DELETE FROM runs WHERE run_id = "
         "'run-2'",
         "runs", "run-2", -1, NULL, "number 2 of the chain"},
	{"and its link",
         "DELETE FROM measurements WHERE run_id = 'run-2'; DELETE FROM steps WHERE run_id = "
         "'run-2'; DELETE FROM samples WHERE run_id = 'run-2'; DELETE FROM runs WHERE run_id = "
         "'run-2'; DELETE FROM heads WHERE number = 2; DELETE FROM chain WHERE number = 2",
         "chain", NULL, 2, NULL, "missing"},
	{"links closed up",
         "DELETE FROM samples WHERE run_id = 'run-2'; DELETE FROM measurements WHERE run_id = "
         "'run-2'; DELETE FROM steps WHERE run_id = 'run-2'; DELETE FROM runs WHERE run_id = "
         "'run-2'; DELETE FROM heads WHERE number >= 2; DELETE FROM chain WHERE number = 2; UPDATE "
         "chain SET number = number - 1 WHERE number > 2",
         "chain", NULL, 2, "previous", "broken"},
	{"the last is gone",
         "DELETE FROM measurements WHERE run_id = 'run-3'; DELETE FROM steps WHERE run_id = "
         "'run-3'; DELETE FROM samples WHERE run_id = 'run-3'; DELETE FROM runs WHERE run_id = "
         "'run-3'; DELETE FROM heads WHERE number = 5; DELETE FROM chain WHERE number = 5",
         "chain", NULL, 5, NULL, "the last rows are missing: row 5 was signed"},
	{"all are gone",
         "DELETE FROM measurements; DELETE FROM steps; DELETE FROM samples; DELETE FROM runs; "
         "DELETE FROM touches; DELETE FROM log; DELETE FROM heads; DELETE FROM chain",
         "chain", NULL, 1, NULL, "the last rows are missing"},
	{"two swapped",
         "UPDATE runs SET document = (SELECT document FROM runs AS r WHERE r.run_id = "
         "iif(runs.run_id = 'run-1', 'run-3', 'run-1')) WHERE run_id IN ('run-1', 'run-3')",
         "runs", "run-1", -1, "document", "altered since"},
	{"two links swapped",
         "DELETE FROM heads; UPDATE chain SET number = 99 WHERE number = 1; UPDATE chain SET "
         "number = 1 WHERE number = 2; UPDATE chain SET number = 2 WHERE number = 99",
         "chain", "run-2", 1, "hash", "altered"},
	{"a link", "UPDATE chain SET row_sha256 = zeroblob(32) WHERE number = 2", "chain", "run-2",
         2, "hash", "altered"},
	{"a link's hash", "UPDATE chain SET hash = zeroblob(31) WHERE number = 2", "chain", NULL, 2,
         NULL, "altered"},
	{"a touch", "UPDATE touches SET what = 'nothing'", "touches", NULL, 1, NULL, "altered"},
	{"a touch is gone", "DELETE FROM touches", "touches", NULL, 1, NULL, "missing"},
	{"the log", "UPDATE log SET who = 'Op 472'", "log", NULL, 1, NULL, "altered"},
	{"a stranger",
         "INSERT INTO runs SELECT 'run-0', station, site, lot, serial, part_number, type, stage, "
         "plan, plan_revision, start_us, end_us, verdict, marginal, reason, first_failing_step, "
         "document FROM runs WHERE run_id = 'run-1'",
         "runs", "run-0", -1, NULL, "no station stored it"},
	{"a signature", "UPDATE heads SET signature = zeroblob(64) WHERE number = 3", "heads", NULL,
         3, "signature", "not one of this row"},
	{"a migration", "UPDATE migrations SET sha256 = '' WHERE version = 2", "migrations", NULL,
         2, "sha256", "another one"},
	{"a run of nothing",
         "PRAGMA foreign_keys = OFF; INSERT INTO steps SELECT 'run-9', number, name, kind, lane, "
         "corner, attempt, superseded, start_us, duration_s, verdict, reason FROM steps WHERE "
         "run_id = 'run-1' AND number = 0",
         "steps", NULL, -1, NULL, "not there"},
};

static void test_altered(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(deeds); i++) {
		struct store_place place;
		struct store_proof proof;

		fill(&place);
		do_sql(&place, deeds[i].sql);
		verify(&place, NULL, &proof);
		const struct store_finding *first =
			proof.findings->len ? proof.findings->pdata[0] : NULL;
		if (!first || strcmp(first->table, deeds[i].table) != 0 ||
		    g_strcmp0(first->run_id, deeds[i].run_id) != 0 ||
		    first->number != deeds[i].number ||
		    g_strcmp0(first->column, deeds[i].column) != 0 ||
		    !strstr(first->words, deeds[i].words))
			g_error("%s: %s run %s number %d column %s: %s", deeds[i].what,
			        first ? first->table : "nothing was found",
			        first && first->run_id ? first->run_id : "-",
			        first ? (int)first->number : 0,
			        first && first->column ? first->column : "-",
			        first ? first->words : "");
		store_proof_clear(&proof);
		store_place_done(&place);
	}
}

/* --- keys ---------------------------------------------------------------------------------------
 */

static char *beside(const struct store_place *place, const char *what)
{
	return g_strconcat(place->path, what, NULL);
}

/* A key of one's own and all hashes anew: only who kept the public key knows. */
static void test_other_key(void)
{
	struct store_place place;
	struct store_proof proof;
	g_autofree char *text = NULL;
	GError *error = NULL;

	fill(&place);
	g_autofree char *key = beside(&place, ".key");
	g_autofree char *pub = beside(&place, ".pub");
	g_autofree char *heads = beside(&place, ".heads");
	g_autofree char *kept = beside(&place, ".kept");
	struct stat about;
	g_assert_cmpint(stat(key, &about), ==, 0);
	g_assert_cmpint(about.st_mode & 0777, ==, 0600);
	g_assert_true(g_file_get_contents(pub, &text, NULL, NULL));
	g_assert_true(g_file_set_contents(kept, text, -1, NULL));
	assert_whole(&place, kept, 5);
	g_assert_cmpint(g_unlink(key) + g_unlink(pub) + g_unlink(heads), ==, 0);
	do_sql(&place, "DELETE FROM heads; DELETE FROM chain; UPDATE log SET who = 'Op 472'");
	reopen(&place);
	gboolean ok = sqlite_begin(place.store, &error) && chain_fill(place.store, NULL, &error);
	sqlite_end(place.store, ok, &error);
	g_assert_no_error(error);
	close_again(&place);
	assert_whole(&place, NULL, 5);
	verify(&place, kept, &proof);
	g_assert_cmpuint(proof.n_findings, >, 0);
	const struct store_finding *first = proof.findings->pdata[0];
	g_assert_cmpstr(first->table, ==, "heads");
	g_assert_cmpstr(first->column, ==, "public_key");
	store_proof_clear(&proof);
	store_place_done(&place);
}

/* The station's own key: what it signs is believed, but not that it was there before. */
static void test_copied_key(void)
{
	struct store_place place;
	struct store_proof proof;
	GError *error = NULL;

	fill(&place);
	do_sql(&place, "DELETE FROM heads; DELETE FROM chain; UPDATE log SET who = 'Op 472'");
	reopen(&place);
	gboolean ok = sqlite_begin(place.store, &error) && chain_fill(place.store, NULL, &error);
	sqlite_end(place.store, ok, &error);
	g_assert_no_error(error);
	close_again(&place);
	/* the lines that were written first are still there */
	verify(&place, NULL, &proof);
	g_assert_cmpuint(proof.n_findings, >, 0);
	const struct store_finding *first = proof.findings->pdata[0];
	g_assert_nonnull(strstr(first->words, "another row was here when it was signed at"));
	store_proof_clear(&proof);
	store_place_done(&place);
}

/* Without a key runs are kept; that they are not signed is told, and can be made good. */
static void test_no_key(void)
{
	struct store_place place;
	struct store_proof proof;
	g_autofree char *seed = NULL;
	GError *error = NULL;

	fill(&place);
	g_autofree char *key = beside(&place, ".key");
	g_assert_true(g_file_get_contents(key, &seed, NULL, NULL));
	g_assert_true(g_file_set_contents(key, "no key", -1, NULL));
	reopen(&place);
	put(place.store, "run-4", "SN4", VERDICT_PASS);
	put(place.store, "run-5", "SN5", VERDICT_PASS);
	close_again(&place);
	verify(&place, NULL, &proof);
	g_assert_cmpuint(proof.n_findings, ==, 0);
	g_assert_cmpint(proof.first_unsigned, ==, 6);
	store_proof_clear(&proof);
	g_assert_false(store_sign(place.path, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_assert_nonnull(strstr(error->message, "no key of a station"));
	g_clear_error(&error);
	g_assert_true(g_file_set_contents(key, seed, -1, NULL));
	store_sign(place.path, &error);
	g_assert_no_error(error);
	assert_whole(&place, NULL, 7);
	store_place_done(&place);
}

static void test_lines(void)
{
	struct store_place place;
	struct store_proof proof;
	g_autofree char *text = NULL;

	fill(&place);
	g_autofree char *heads = beside(&place, ".heads");
	g_assert_true(g_file_get_contents(heads, &text, NULL, NULL));
	/* one is cut off, and a row number is put on */
	g_autofree char *cut = g_strconcat("1 2", "\n", text, NULL);
	g_assert_true(g_file_set_contents(heads, cut, -1, NULL));
	verify(&place, NULL, &proof);
	g_assert_cmpuint(proof.n_findings, ==, 0);
	g_assert_cmpuint(proof.n_bad_lines, ==, 1);
	store_proof_clear(&proof);
	*strrchr(g_strchomp(text), '\n') = '\0'; /* of five lines four are left */
	char *last = strrchr(text, '\n');
	g_autofree char *forged = g_strconcat(text, "\n9", last + 2, "\n", NULL);
	g_assert_true(g_file_set_contents(heads, forged, -1, NULL));
	verify(&place, NULL, &proof);
	g_assert_cmpuint(proof.n_findings, ==, 1);
	const struct store_finding *first = proof.findings->pdata[0];
	g_assert_cmpstr(first->table, ==, "heads file");
	g_assert_nonnull(strstr(first->words, "not signed by this station"));
	store_proof_clear(&proof);
	store_place_done(&place);
}

static void test_public_files(void)
{
	static const struct {
		const char *text, *words;
	} files[] = {
		{"# nothing\n\n", "no public key"},
		{"0123\n", ":1: a public key is 64"},
		{"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdefXX\n", ":1: a"},
	};
	g_autofree char *folder = g_dir_make_tmp("keys-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "a.pub", NULL);
	GError *error = NULL;

	g_assert_null(signing_read_public(path, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_clear_error(&error);
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_assert_true(g_file_set_contents(path, files[i].text, -1, NULL));
		g_assert_null(signing_read_public(path, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
		g_assert_nonnull(strstr(error->message, files[i].words));
		g_clear_error(&error);
	}
	g_unlink(path);
	g_rmdir(folder);
}

/* The bytes of canon.h, written out by hand. */
static void test_canon(void)
{
	static const guint8 bytes[] = {'N', 'I',  0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE,
	                               'R', 0x3F, 0xF8, 0,    0,    0,    0,    0,    0,    'R',
	                               0,   0,    0,    0,    0,    0,    0,    0,    'T',  0,
	                               0,   0,    0,    0,    0,    0,    2,    0xC2, 0xB5, 'B',
	                               0,   0,    0,    0,    0,    0,    0,    1,    7};
	guint8 wanted[CANON_SHA256], got[CANON_SHA256];
	gsize n = sizeof wanted;
	struct canon canon;
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	g_checksum_update(sum, bytes, sizeof bytes);
	g_checksum_get_digest(sum, wanted, &n);
	canon_begin(&canon);
	canon_real(&canon, NAN);
	canon_int(&canon, -2);
	canon_real(&canon, 1.5);
	canon_real(&canon, -0.0);
	canon_text(&canon, "µ");
	canon_bytes(&canon, "\7", 1);
	canon_end(&canon, got);
	g_assert_cmpmem(got, sizeof got, wanted, sizeof wanted);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/store/chain/canon", test_canon);
	g_test_add_func("/store/chain/whole", test_whole);
	g_test_add_func("/store/chain/altered", test_altered);
	g_test_add_func("/store/chain/other-key", test_other_key);
	g_test_add_func("/store/chain/copied-key", test_copied_key);
	g_test_add_func("/store/chain/no-key", test_no_key);
	g_test_add_func("/store/chain/lines", test_lines);
	g_test_add_func("/store/chain/public-files", test_public_files);
	return g_test_run();
}

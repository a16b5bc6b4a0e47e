/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/verify_parts.h"

#include "base/clock.h"
#include "base/error.h"
#include "station/store/migrate.h"
#include "station/store/schema.h"

#include <string.h>

/* --- findings ---------------------------------------------------------------------------------
 */

static void finding_free(gpointer data)
{
	struct store_finding *finding = data;

	g_free(finding->table);
	g_free(finding->run_id);
	g_free(finding->column);
	g_free(finding->words);
	g_free(finding);
}

void verify_find(struct look *look, const char *table, const char *run_id, gint64 number,
                 const char *column, const char *format, ...)
{
	struct store_finding *finding;
	va_list args;

	if (look->proof->n_findings++ >= STORE_FINDINGS)
		return;
	finding = g_new0(struct store_finding, 1);
	finding->table = g_strdup(table);
	finding->run_id = g_strdup(run_id);
	finding->number = number;
	finding->column = g_strdup(column);
	va_start(args, format);
	finding->words = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(look->proof->findings, finding);
}

void store_proof_clear(struct store_proof *proof)
{
	g_clear_pointer(&proof->findings, g_ptr_array_unref);
	g_clear_pointer(&proof->hash, g_free);
}

/* --- what SQLite says of its file -------------------------------------------------------------
 */

static gboolean take_integrity(sqlite3_stmt *row, gpointer data, GError **error)
{
	const char *said = (const char *)sqlite3_column_text(row, 0);

	if (g_strcmp0(said, "ok") != 0)
		verify_find(data, "file", NULL, -1, NULL, "SQLite: %s", said ? said : "");
	return TRUE;
}

static gboolean take_foreign(sqlite3_stmt *row, gpointer data, GError **error)
{
	verify_find(data, (const char *)sqlite3_column_text(row, 0), NULL, -1, NULL,
	            "row %" G_GINT64_FORMAT " belongs to a row of %s that is not there",
	            (gint64)sqlite3_column_int64(row, 1),
	            (const char *)sqlite3_column_text(row, 2));
	return TRUE;
}

static gboolean take_migration(sqlite3_stmt *row, gpointer data, GError **error)
{
	int version = sqlite3_column_int(row, 0);
	g_autofree char *sha256 = NULL;

	if (version >= 1 && version <= schema_version)
		sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256,
		                                       schema_migrations[version - 1], -1);
	if (g_strcmp0(sha256, (const char *)sqlite3_column_text(row, 1)) != 0)
		verify_find(data, "migrations", NULL, version, "sha256",
		            "migration %d was another one than this program's", version);
	return TRUE;
}

static gboolean look_at_file(struct look *look, GError **error)
{
	return sqlite_ask(look->store, take_integrity, look, error, "PRAGMA integrity_check(10)",
	                  "") &&
	       sqlite_ask(look->store, take_foreign, look, error, "PRAGMA foreign_key_check", "") &&
	       sqlite_ask(look->store, take_migration, look, error,
	                  "SELECT version, sha256 FROM migrations ORDER BY version", "");
}

/* --- the chain --------------------------------------------------------------------------------
 */

/* A row of `chain` as it stands. */
struct link {
	gint64 number;
	enum chain_kind kind;
	const char *key; /* borrowed from the row */
	struct chain_hashes hashes;
	guint8 previous[CANON_SHA256], hash[CANON_SHA256];
};

static gboolean take_hash(sqlite3_stmt *row, int column, guint8 hash[CANON_SHA256])
{
	if (sqlite3_column_bytes(row, column) != CANON_SHA256)
		return FALSE;
	memcpy(hash, sqlite3_column_blob(row, column), CANON_SHA256);
	return TRUE;
}

static gboolean take_link(sqlite3_stmt *row, struct link *link)
{
	const char *kind = (const char *)sqlite3_column_text(row, 1);

	*link = (struct link){.number = sqlite3_column_int64(row, 0), .kind = CHAIN_KINDS};
	for (int i = 0; i < CHAIN_KINDS; i++)
		if (g_strcmp0(kind, chain_kind_names[i]) == 0)
			link->kind = (enum chain_kind)i;
	link->key = (const char *)sqlite3_column_text(row, 2);
	return link->kind < CHAIN_KINDS && take_hash(row, 3, link->hashes.row) &&
	       (link->kind != CHAIN_RUN || (take_hash(row, 4, link->hashes.document) &&
	                                    take_hash(row, 5, link->hashes.steps) &&
	                                    take_hash(row, 6, link->hashes.measurements))) &&
	       take_hash(row, 7, link->previous) && take_hash(row, 8, link->hash);
}

/* What it says of itself and of the row before it. */
static void look_at_link(struct look *look, const struct link *link)
{
	gint64 expected = look->proof->last + 1;
	guint8 hash[CANON_SHA256];

	if (link->number == expected + 1)
		verify_find(look, "chain", NULL, expected, NULL, "the row is missing");
	else if (link->number != expected)
		verify_find(look, "chain", NULL, expected, NULL,
		            "rows %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " are missing",
		            expected, link->number - 1);
	else if (expected > 1 && memcmp(link->previous, look->last_hash, CANON_SHA256) != 0)
		verify_find(look, "chain", link->kind == CHAIN_RUN ? link->key : NULL, link->number,
		            "previous", "the link to the row before it is broken");
	chain_hash_link(link->number, link->kind, link->key, &link->hashes, link->previous, hash);
	if (memcmp(hash, link->hash, CANON_SHA256) != 0)
		verify_find(look, "chain", link->kind == CHAIN_RUN ? link->key : NULL, link->number,
		            "hash", "the row was altered: its hash is not that of its columns");
}

static gboolean look_at_content(struct look *look, const struct link *link, GError **error)
{
	static const char *const tables[CHAIN_KINDS] = {"runs", "touches", "log"};
	const char *run_id = link->kind == CHAIN_RUN ? link->key : NULL;
	struct chain_hashes now;
	gboolean found;

	if (!chain_hash_stored(look->store, link->kind, link->key, &now, &found, error))
		return FALSE;
	if (!found) {
		verify_find(look, tables[link->kind], run_id,
		            run_id ? -1 : g_ascii_strtoll(link->key, NULL, 10), NULL,
		            "the row is missing; it is number %" G_GINT64_FORMAT " of the chain",
		            link->number);
		return TRUE;
	}
	if (run_id)
		return verify_run(look, run_id, &link->hashes, &now, error);
	if (memcmp(link->hashes.row, now.row, CANON_SHA256) != 0)
		verify_find(look, tables[link->kind], NULL, g_ascii_strtoll(link->key, NULL, 10),
		            NULL, "the row was altered since it was stored");
	return TRUE;
}

static gboolean look_at_row(sqlite3_stmt *row, struct look *look, GError **error)
{
	struct link link;

	if (!take_link(row, &link)) {
		verify_find(look, "chain", NULL, link.number, NULL, "the row was altered");
	} else {
		look_at_link(look, &link);
		if (!look_at_content(look, &link, error))
			return FALSE;
		look->proof->runs += link.kind == CHAIN_RUN;
	}
	look->proof->rows++;
	look->proof->last = link.number;
	memcpy(look->last_hash, link.hash, CANON_SHA256);
	if (look->progress)
		look->progress->tell(look->proof->rows, look->total, look->progress->data);
	return TRUE;
}

static gboolean look_at_chain(struct look *look, GError **error)
{
	sqlite3_stmt *rows =
		sqlite_prepare(look->store, "SELECT * FROM chain ORDER BY number", error);
	gboolean ok = rows != NULL;
	int code = SQLITE_DONE;

	while (ok && (code = sqlite3_step(rows)) == SQLITE_ROW)
		ok = look_at_row(rows, look, error);
	ok = ok && (code == SQLITE_DONE || sqlite_fail(look->store, "read the chain", error));
	sqlite3_finalize(rows);
	if (ok && look->proof->last)
		look->proof->hash = canon_hex(look->last_hash, CANON_SHA256);
	return ok;
}

/* What was put beside the chain's back. */
static gboolean look_for_strangers(struct look *look, GError **error)
{
	static const char *const tables[CHAIN_KINDS] = {"runs", "touches", "log"};

	for (int kind = 0; kind < CHAIN_KINDS; kind++) {
		g_autoptr(GPtrArray) keys =
			chain_missing(look->store, (enum chain_kind)kind, error);
		if (!keys)
			return FALSE;
		for (guint i = 0; i < keys->len; i++)
			verify_find(look, tables[kind], kind == CHAIN_RUN ? keys->pdata[i] : NULL,
			            kind == CHAIN_RUN ? -1
			                              : g_ascii_strtoll(keys->pdata[i], NULL, 10),
			            NULL, "the row is in no chain: no station stored it");
	}
	return TRUE;
}

/* --- all of it --------------------------------------------------------------------------------
 */

static gboolean take_total(sqlite3_stmt *row, gpointer data, GError **error)
{
	*(guint64 *)data = (guint64)sqlite3_column_int64(row, 0);
	return TRUE;
}

static gboolean look_at_all(struct look *look, GError **error)
{
	return sqlite_ask(look->store, take_total, &look->total, error,
	                  "SELECT count(*) FROM chain", "") &&
	       look_at_file(look, error) && look_at_chain(look, error) &&
	       look_for_strangers(look, error) && verify_heads(look, error);
}

gboolean store_verify(struct store *store, const char *beside, const char *key_path,
                      const struct store_progress *progress, struct store_proof *proof,
                      GError **error)
{
	struct look look = {.store = store, .proof = proof, .progress = progress};
	int version;
	gboolean ok;

	*proof = (struct store_proof){.findings = g_ptr_array_new_with_free_func(finding_free)};
	if (!sqlite_version(store, &version, error))
		goto failed;
	if (version < schema_version) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: its schema %d is older than this program's %d; first: "
		                  "station db migrate",
		                  store->path, version, schema_version);
		goto failed;
	}
	/* a line is added to STORE.heads behind its row, so it is read before */
	look.lines = chain_read_heads(beside ? beside : store->path, &proof->n_bad_lines, error);
	ok = look.lines &&
	     verify_read_keys(&look, beside ? beside : store->path, key_path, error) &&
	     sqlite_execute(store, "BEGIN", "begin to read", error) && look_at_all(&look, error);
	sqlite_roll_back(store);
	g_clear_pointer(&look.lines, g_array_unref);
	g_clear_pointer(&look.keys, g_array_unref);
	if (ok)
		return TRUE;
failed:
	store_proof_clear(proof);
	return FALSE;
}

gboolean store_sign(const char *path, GError **error)
{
	g_autoptr(store) store = store_open(path, error);
	gboolean ok = store && sqlite_begin(store, error) && chain_key(store, error) &&
	              chain_sign(store, error);

	return store && sqlite_end(store, ok, error);
}

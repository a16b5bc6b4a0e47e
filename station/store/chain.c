/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/chain_parts.h"

#include "base/error.h"
#include "station/store/columns.h"

#include <sodium.h>
#include <string.h>

const char *const chain_kind_names[CHAIN_KINDS] = {"run", "touch", "log"};

void chain_free(struct chain *chain)
{
	if (!chain)
		return;
	for (guint i = 0; i < CHAIN_STATEMENTS; i++)
		sqlite3_finalize(chain->statements[i]);
	signing_key_free(chain->key);
	g_string_free(chain->lines, TRUE);
	g_free(chain);
}

/* --- statements ---------------------------------------------------------------------------------
 */

static char *sql_of(enum chain_statement which)
{
	static const char *const fixed[CHAIN_STATEMENTS] = {
		[CHAIN_LAST] = "SELECT number, hash FROM chain ORDER BY number DESC LIMIT 1",
		[CHAIN_ADD] = "INSERT INTO chain VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		[CHAIN_SIGN] = "INSERT INTO heads VALUES (?, ?, ?, ?, ?)",
		[CHAIN_IS_SIGNED] = "SELECT 1 FROM heads WHERE number = ?",
		[CHAIN_ROW_TOUCH] = "SELECT number, serial, station, time_us, who, what "
				    "FROM touches WHERE number = CAST(? AS INTEGER)",
		[CHAIN_ROW_LOG] = "SELECT number, time_us, who, what, text FROM log "
				  "WHERE number = CAST(? AS INTEGER)",
	};
	const struct columns *columns = which == CHAIN_ROW_RUN ? &columns_runs
	                                : which == CHAIN_STEPS ? &columns_steps
	                                                       : &columns_measurements;

	if (fixed[which])
		return g_strdup(fixed[which]);
	g_autofree char *names = columns_names(columns);
	return which == CHAIN_ROW_RUN
	               ? g_strdup_printf("SELECT %s, document FROM runs WHERE run_id = ?", names)
	               : g_strdup_printf("SELECT %s FROM %s WHERE run_id = ? ORDER BY number",
	                                 names, columns->table);
}

sqlite3_stmt *chain_statement(struct store *store, enum chain_statement which, GError **error)
{
	if (!store->chain) {
		if (sodium_init() < 0) {
			station_error_set(error, STATION_ERROR_STORAGE,
			                  "%s: libsodium could not be started", store->path);
			return NULL;
		}
		store->chain = g_new0(struct chain, 1);
		store->chain->lines = g_string_new(NULL);
	}
	sqlite3_stmt **place = &store->chain->statements[which];
	if (!*place) {
		g_autofree char *sql = sql_of(which);
		if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, place,
		                       NULL) != SQLITE_OK)
			sqlite_fail(store, "prepare", error);
	}
	return *place;
}

/* --- hashes -----------------------------------------------------------------------------------
 */

static void hash_record(const struct run_record *record, const char *document,
                        struct chain_hashes *hashes)
{
	struct canon canon;

	canon_begin(&canon);
	columns_hash(&canon, &columns_runs, record, record->run_id, 0);
	canon_end(&canon, hashes->row);
	canon_sha256(document, strlen(document), hashes->document);
	canon_begin(&canon);
	for (guint i = 0; i < record->steps->len; i++)
		columns_hash(&canon, &columns_steps, record->steps->pdata[i], record->run_id, i);
	canon_end(&canon, hashes->steps);
	canon_begin(&canon);
	for (guint i = 0; i < record->measurements->len; i++)
		columns_hash(&canon, &columns_measurements, record->measurements->pdata[i],
		             record->run_id, i);
	canon_end(&canon, hashes->measurements);
}

/* All rows of a run in one table. */
static gboolean hash_rows(struct store *store, enum chain_statement which, const char *run_id,
                          guint n, guint8 sha256[CANON_SHA256], GError **error)
{
	sqlite3_stmt *rows = chain_statement(store, which, error);
	struct canon canon;
	int code;

	if (!rows)
		return FALSE;
	sqlite_bind(rows, "t", run_id);
	canon_begin(&canon);
	while ((code = sqlite3_step(rows)) == SQLITE_ROW)
		columns_hash_row(&canon, rows, n);
	canon_end(&canon, sha256);
	if (code != SQLITE_DONE)
		sqlite_fail(store, "read", error);
	sqlite3_reset(rows);
	return code == SQLITE_DONE;
}

gboolean chain_hash_stored(struct store *store, enum chain_kind kind, const char *key,
                           struct chain_hashes *hashes, gboolean *found, GError **error)
{
	static const enum chain_statement which[CHAIN_KINDS] = {CHAIN_ROW_RUN, CHAIN_ROW_TOUCH,
	                                                        CHAIN_ROW_LOG};
	sqlite3_stmt *row = chain_statement(store, which[kind], error);
	struct canon canon;
	int code;

	if (!row)
		return FALSE;
	sqlite_bind(row, "t", key);
	code = sqlite3_step(row);
	*found = code == SQLITE_ROW;
	if (*found) {
		int columns = sqlite3_column_count(row) - (kind == CHAIN_RUN);
		canon_begin(&canon);
		columns_hash_row(&canon, row, (guint)columns);
		canon_end(&canon, hashes->row);
		if (kind == CHAIN_RUN) {
			const void *document = sqlite3_column_blob(row, columns);
			canon_sha256(document, (gsize)sqlite3_column_bytes(row, columns),
			             hashes->document);
		}
	} else if (code != SQLITE_DONE) {
		sqlite_fail(store, "read", error);
	}
	sqlite3_reset(row);
	if (code != SQLITE_ROW || kind != CHAIN_RUN)
		return code == SQLITE_ROW || code == SQLITE_DONE;
	return hash_rows(store, CHAIN_STEPS, key, columns_steps.n, hashes->steps, error) &&
	       hash_rows(store, CHAIN_MEASUREMENTS, key, columns_measurements.n,
	                 hashes->measurements, error);
}

void chain_hash_link(gint64 number, enum chain_kind kind, const char *key,
                     const struct chain_hashes *hashes, const guint8 previous[CANON_SHA256],
                     guint8 hash[CANON_SHA256])
{
	const guint8 *const of_run[] = {hashes->document, hashes->steps, hashes->measurements};
	struct canon canon;

	canon_begin(&canon);
	canon_text(&canon, "station-chain-1");
	canon_int(&canon, number);
	canon_text(&canon, chain_kind_names[kind]);
	canon_text(&canon, key);
	canon_bytes(&canon, hashes->row, CANON_SHA256);
	for (guint i = 0; i < G_N_ELEMENTS(of_run); i++) {
		if (kind == CHAIN_RUN)
			canon_bytes(&canon, of_run[i], CANON_SHA256);
		else
			canon_null(&canon);
	}
	canon_bytes(&canon, previous, CANON_SHA256);
	canon_end(&canon, hash);
}

/* --- adding -----------------------------------------------------------------------------------
 */

gboolean chain_last(struct store *store, gint64 *number, guint8 hash[CANON_SHA256], GError **error)
{
	sqlite3_stmt *last = chain_statement(store, CHAIN_LAST, error);
	int code;

	*number = 0;
	if (!last)
		return FALSE;
	code = sqlite3_step(last);
	if (code == SQLITE_ROW) {
		*number = sqlite3_column_int64(last, 0);
		if (sqlite3_column_bytes(last, 1) == CANON_SHA256)
			memcpy(hash, sqlite3_column_blob(last, 1), CANON_SHA256);
		else
			memset(hash, 0, CANON_SHA256); /* it is found out by who verifies */
	} else if (code != SQLITE_DONE) {
		sqlite_fail(store, "read the chain", error);
	}
	sqlite3_reset(last);
	return code == SQLITE_ROW || code == SQLITE_DONE;
}

static void bind_hash(sqlite3_stmt *statement, int i, const guint8 *hash)
{
	sqlite3_bind_blob(statement, i, hash, CANON_SHA256, SQLITE_STATIC);
}

static gboolean add_link(struct store *store, enum chain_kind kind, const char *key,
                         const struct chain_hashes *hashes, struct chain_head *head, GError **error)
{
	sqlite3_stmt *add = chain_statement(store, CHAIN_ADD, error);
	guint8 previous[CANON_SHA256];
	gboolean ok;

	if (!add || !chain_last(store, &head->number, previous, error))
		return FALSE;
	if (head->number == 0)
		randombytes_buf(previous, sizeof previous);
	head->number++;
	chain_hash_link(head->number, kind, key, hashes, previous, head->hash);
	sqlite3_clear_bindings(add);
	sqlite3_bind_int64(add, 1, head->number);
	sqlite3_bind_text(add, 2, chain_kind_names[kind], -1, SQLITE_STATIC);
	sqlite3_bind_text(add, 3, key, -1, SQLITE_STATIC);
	bind_hash(add, 4, hashes->row);
	if (kind == CHAIN_RUN) {
		bind_hash(add, 5, hashes->document);
		bind_hash(add, 6, hashes->steps);
		bind_hash(add, 7, hashes->measurements);
	}
	bind_hash(add, 8, previous);
	bind_hash(add, 9, head->hash);
	ok = sqlite3_step(add) == SQLITE_DONE || sqlite_fail(store, "chain", error);
	sqlite3_reset(add);
	return ok;
}

/* A run is not lost because there is no key: it is chained, and a later signature covers it. */
static gboolean add_signed(struct store *store, enum chain_kind kind, const char *key,
                           const struct chain_hashes *hashes, GError **error)
{
	struct chain_head head;

	return add_link(store, kind, key, hashes, &head, error) &&
	       (!chain_key(store, NULL) || chain_sign_head(store, &head, error));
}

gboolean chain_add_run(struct store *store, const struct run_record *record, const char *document,
                       GError **error)
{
	struct chain_hashes hashes;

	hash_record(record, document, &hashes);
	return add_signed(store, CHAIN_RUN, record->run_id, &hashes, error);
}

gboolean chain_add_row(struct store *store, enum chain_kind kind, gint64 number, GError **error)
{
	g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, number);
	struct chain_hashes hashes;
	gboolean found;

	return chain_hash_stored(store, kind, key, &hashes, &found, error) &&
	       add_signed(store, kind, key, &hashes, error);
}

/* --- what is in no chain yet --------------------------------------------------------------------
 */

GPtrArray *chain_missing(struct store *store, enum chain_kind kind, GError **error)
{
	static const char *const sql[CHAIN_KINDS] = {
		"SELECT run_id FROM runs WHERE NOT EXISTS (SELECT 1 FROM chain WHERE kind = 'run' "
		"AND key = run_id) ORDER BY start_us, run_id",
		"SELECT CAST(t.number AS TEXT) FROM touches AS t WHERE NOT EXISTS (SELECT 1 FROM "
		"chain WHERE kind = 'touch' AND key = CAST(t.number AS TEXT)) ORDER BY t.number",
		"SELECT CAST(l.number AS TEXT) FROM log AS l WHERE NOT EXISTS (SELECT 1 FROM chain "
		"WHERE kind = 'log' AND key = CAST(l.number AS TEXT)) ORDER BY l.number",
	};
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
	sqlite3_stmt *rows = sqlite_prepare(store, sql[kind], error);
	int code = SQLITE_ERROR;

	while (rows && (code = sqlite3_step(rows)) == SQLITE_ROW)
		g_ptr_array_add(keys, g_strdup((const char *)sqlite3_column_text(rows, 0)));
	if (rows && code != SQLITE_DONE)
		sqlite_fail(store, "read", error);
	sqlite3_finalize(rows);
	return code == SQLITE_DONE ? g_steal_pointer(&keys) : NULL;
}

gboolean chain_fill(struct store *store, const struct store_progress *progress, GError **error)
{
	guint64 done = 0, total = 0;
	g_autoptr(GPtrArray) kinds =
		g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

	for (int kind = 0; kind < CHAIN_KINDS; kind++) {
		GPtrArray *keys = chain_missing(store, (enum chain_kind)kind, error);
		if (!keys)
			return FALSE;
		g_ptr_array_add(kinds, keys);
		total += keys->len;
	}
	for (int kind = 0; kind < CHAIN_KINDS; kind++) {
		const GPtrArray *keys = kinds->pdata[kind];
		for (guint i = 0; i < keys->len; i++) {
			struct chain_hashes hashes;
			struct chain_head head;
			gboolean found;

			if (!chain_hash_stored(store, (enum chain_kind)kind, keys->pdata[i],
			                       &hashes, &found, error) ||
			    !add_link(store, (enum chain_kind)kind, keys->pdata[i], &hashes, &head,
			              error))
				return FALSE;
			if (progress)
				progress->tell(++done, total, progress->data);
		}
	}
	return !chain_key(store, NULL) || chain_sign(store, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/reading.h"
#include "station/store/sqlite_store.h"

#include "base/error.h"
#include "base/uuid7.h"
#include "station/store/chain.h"
#include "station/store/migrate.h"

#include <string.h>

/* How long another writer may keep the file before it counts as locked. */
#define BUSY_MS 3000

gboolean sqlite_execute(struct store *store, const char *sql, const char *what, GError **error)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       sqlite_fail(store, what, error);
}

void sqlite_roll_back(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

/* --- opening ------------------------------------------------------------------------------------
 */

static void finalize(gpointer statement)
{
	sqlite3_finalize(statement);
}

struct store *sqlite_open(const char *path, int flags, GError **error)
{
	g_autoptr(store) store = g_new0(struct store, 1);

	store->path = g_strdup(path);
	store->synchronous = "PRAGMA synchronous = FULL";
	store->kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, finalize);
	g_mutex_init(&store->lock);
	if (sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_FULLMUTEX, NULL) != SQLITE_OK) {
		sqlite_fail(store, "open", error);
		return NULL;
	}
	sqlite3_busy_timeout(store->db, BUSY_MS);
	return g_steal_pointer(&store);
}

/* A clock that was put back while no program ran gives no ids below those that are there. */
static gboolean take_last_id(sqlite3_stmt *row, gpointer data, GError **error)
{
	uuid7_not_below((const char *)sqlite3_column_text(row, 0));
	return TRUE;
}

gboolean sqlite_set_up(struct store *store, const struct store_progress *progress, GError **error)
{
	return sqlite_execute(store, "PRAGMA journal_mode = WAL", "switch to WAL", error) &&
	       sqlite_execute(store, store->synchronous, "set synchronous", error) &&
	       sqlite_execute(store, "PRAGMA foreign_keys = ON", "set foreign keys", error) &&
	       sqlite_migrate(store, progress, error) && store_check(store, error) &&
	       sqlite_ask(store, take_last_id, NULL, error, "SELECT max(run_id) FROM runs", "");
}

struct store *store_open(const char *path, GError **error)
{
	g_autoptr(store) store =
		sqlite_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);

	if (!store || !sqlite_set_up(store, NULL, error))
		return NULL;
	return g_steal_pointer(&store);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->reading)
		store->reading->close(store->reader);
	chain_free(store->chain);
	g_clear_pointer(&store->kept, g_hash_table_unref);
	sqlite3_close(store->db);
	g_mutex_clear(&store->lock);
	g_free(store->path);
	g_strfreev(store->sinks);
	g_free(store);
}

/* Writing the version that it has takes the write lock and a page of disk, and changes nothing. */
static gboolean write_version(struct store *store, GError **error)
{
	g_autofree char *set = NULL;
	int version;

	if (!sqlite_user_version(store, &version, error))
		return FALSE;
	set = g_strdup_printf("PRAGMA user_version = %d", version);
	return sqlite_execute(store, set, "write", error);
}

gboolean store_check(struct store *store, GError **error)
{
	gboolean ok;

	g_mutex_lock(&store->lock);
	ok = sqlite_execute(store, "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE", "begin to write",
	                    error) &&
	     write_version(store, error) && sqlite_execute(store, "COMMIT", "commit", error);
	if (!ok)
		sqlite_roll_back(store);
	ok = sqlite_execute(store, store->synchronous, "set synchronous", ok ? error : NULL) && ok;
	g_mutex_unlock(&store->lock);
	return ok;
}

/* --- saving -------------------------------------------------------------------------------------
 */

static gboolean save_run_row(struct store *store, const struct run_record *r, const char *document,
                             GError **error)
{
	sqlite3_stmt *statement = sqlite_keep(store,
	                                      "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
	                                      "?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                                      error);

	if (!statement)
		return FALSE;
	sqlite_bind_borrowed(statement,
	                     "ttittttttt"
	                     "iititt"
	                     "t",
	                     r->run_id, r->station_id, (gint64)r->site, r->lot, r->serial,
	                     r->part_number, r->type, r->stage, r->plan_name, r->plan_revision,
	                     r->start_us, r->end_us, verdict_name(r->verdict), (gint64)r->marginal,
	                     r->reason, r->first_failing_step, document);
	return sqlite_run(store, statement, "save the run", error);
}

static gboolean save_steps(struct store *store, const struct run_record *r, GError **error)
{
	sqlite3_stmt *statement =
		sqlite_keep(store, "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                    error);
	gboolean ok = statement != NULL;

	for (guint i = 0; ok && i < r->steps->len; i++) {
		const struct record_step *s = g_ptr_array_index(r->steps, i);
		sqlite_bind_borrowed(statement,
		                     "titt"
		                     "itii"
		                     "idtt",
		                     r->run_id, (gint64)i, s->name, s->kind, (gint64)s->lane,
		                     s->corner, (gint64)s->attempt, (gint64)s->superseded,
		                     s->start_us, s->duration_s, verdict_name(s->verdict),
		                     s->reason);
		ok = sqlite_run(store, statement, "save a step", error);
	}
	return ok;
}

static gboolean save_measurements(struct store *store, const struct run_record *r, GError **error)
{
	sqlite3_stmt *statement =
		sqlite_keep(store,
	                    "INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                    error);
	gboolean ok = statement != NULL;

	for (guint i = 0; ok && i < r->measurements->len; i++) {
		const struct record_measurement *m = g_ptr_array_index(r->measurements, i);
		sqlite_bind_borrowed(statement,
		                     "tiit"
		                     "itdt"
		                     "dti",
		                     r->run_id, (gint64)i, (gint64)m->step, m->id, (gint64)m->lane,
		                     m->corner, m->value, m->unit, m->uncertainty,
		                     verdict_name(m->verdict), (gint64)m->marginal);
		ok = sqlite_run(store, statement, "save a measurement", error);
	}
	return ok;
}

static gboolean run_kept(struct store *store, const char *sql, const char *what, GError **error)
{
	sqlite3_stmt *statement = sqlite_keep(store, sql, error);

	return statement && sqlite_run(store, statement, what, error);
}

/* Under the lock, even when it could not begin. */
static gboolean begin_within(struct store *store, int busy_ms, GError **error)
{
	gboolean ok;

	g_mutex_lock(&store->lock);
	sqlite3_busy_timeout(store->db, busy_ms);
	ok = run_kept(store, "BEGIN IMMEDIATE", "begin to save", error);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	return ok;
}

gboolean sqlite_begin(struct store *store, GError **error)
{
	return begin_within(store, BUSY_MS, error);
}

gboolean sqlite_end(struct store *store, gboolean ok, GError **error)
{
	ok = ok && run_kept(store, "COMMIT", "commit", error);
	if (!ok)
		sqlite_roll_back(store);
	chain_ended(store, ok);
	g_mutex_unlock(&store->lock);
	return ok;
}

static gboolean save_within(struct store *store, const struct run_record *record, int busy_ms,
                            GError **error)
{
	g_autofree char *document = run_record_to_json(record);
	gboolean ok = begin_within(store, busy_ms, error) &&
	              save_run_row(store, record, document, error) &&
	              save_steps(store, record, error) && save_measurements(store, record, error) &&
	              sqlite_save_samples(store, record, error) &&
	              sqlite_save_due(store, record->run_id, 0, error) &&
	              chain_add_run(store, record, document, error);

	return sqlite_end(store, ok, error);
}

gboolean store_save_run(struct store *store, const struct run_record *record, GError **error)
{
	return save_within(store, record, BUSY_MS, error);
}

gboolean store_save_run_now(struct store *store, const struct run_record *record)
{
	return save_within(store, record, 0, NULL);
}

/* --- loading ------------------------------------------------------------------------------------
 */

/* The documents a query gives, in its order, with what was done to the units since. */
static GPtrArray *load_documents(struct store *store, const char *sql, const char *key,
                                 GError **error)
{
	g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)run_record_free);
	sqlite3_stmt *statement;
	gboolean ok = TRUE;
	int code = SQLITE_DONE;

	g_mutex_lock(&store->lock);
	statement = sqlite_prepare(store, sql, error);
	if (statement)
		sqlite_bind(statement, "t", key);
	while (statement && ok && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct run_record *run =
			run_record_from_json((const char *)sqlite3_column_text(statement, 0), -1,
		                             error);
		ok = run != NULL;
		if (ok)
			g_ptr_array_add(runs, run);
		else
			g_prefix_error(error, "%s: %s: ", store->path, key);
	}
	if (statement && ok && code != SQLITE_DONE)
		ok = sqlite_fail(store, "read", error);
	ok = ok && statement;
	sqlite3_finalize(statement);
	g_mutex_unlock(&store->lock);
	for (guint i = 0; ok && i < runs->len; i++) {
		struct run_record *run = g_ptr_array_index(runs, i);
		ok = touch_since(store, run->serial, run->start_us, &run->touched, error);
	}
	return ok ? g_steal_pointer(&runs) : NULL;
}

struct run_record *store_load_run(struct store *store, const char *run_id_or_serial, GError **error)
{
	g_autoptr(GPtrArray) runs =
		store->reading
			? store->reading->records(store->reader, NULL, run_id_or_serial, error)
			: load_documents(store,
	                                 "SELECT document FROM runs WHERE run_id = ?1 "
	                                 "OR serial = ?1 ORDER BY start_us DESC LIMIT 1",
	                                 run_id_or_serial, error);

	if (!runs)
		return NULL;
	if (!runs->len) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: no run and no serial number \"%s\"", store->path,
		                  run_id_or_serial);
		return NULL;
	}
	return g_ptr_array_steal_index(runs, 0);
}

GPtrArray *store_load_lot(struct store *store, const char *lot, GError **error)
{
	if (store->reading)
		return store->reading->records(store->reader, lot, NULL, error);
	return load_documents(store,
	                      "SELECT document FROM runs WHERE lot = ?1 ORDER BY start_us, run_id",
	                      lot, error);
}

/* The first column of the first row as text; *text stays null when there is no row. */
static gboolean query_text(struct store *store, const char *sql, const char *a, const char *b,
                           char **text, GError **error)
{
	sqlite3_stmt *statement;
	gboolean ok = FALSE;

	g_mutex_lock(&store->lock);
	statement = sqlite_prepare(store, sql, error);
	if (statement) {
		sqlite_bind(statement, b ? "tt" : "t", a, b);
		int code = sqlite3_step(statement);
		ok = code == SQLITE_ROW || code == SQLITE_DONE || sqlite_fail(store, "read", error);
		if (code == SQLITE_ROW)
			*text = g_strdup((const char *)sqlite3_column_text(statement, 0));
	}
	sqlite3_finalize(statement);
	g_mutex_unlock(&store->lock);
	return ok;
}

gboolean store_has_run(struct store *store, const char *run_id, gboolean *found, GError **error)
{
	g_autofree char *text = NULL;
	gboolean ok = query_text(store, "SELECT run_id FROM runs WHERE run_id = ?", run_id, NULL,
	                         &text, error);

	*found = text != NULL;
	return ok;
}

static gboolean reading_has_lot(struct store *store, const char *lot, gboolean *found,
                                GError **error)
{
	g_autoptr(store_tries) tries = store_tries_load(store, lot, FALSE, error);

	*found = tries && tries->runs->len > 0;
	return tries != NULL;
}

gboolean store_has_lot(struct store *store, const char *lot, gboolean *found, GError **error)
{
	g_autofree char *text = NULL;
	gboolean ok;

	if (store->reading)
		return reading_has_lot(store, lot, found, error);
	ok = query_text(store, "SELECT run_id FROM runs WHERE lot = ? LIMIT 1", lot, NULL, &text,
	                error);

	*found = text != NULL;
	return ok;
}

gboolean store_latest_verdict(struct store *store, const char *serial, const char *lot,
                              enum verdict *verdict, GError **error)
{
	g_autofree char *text = NULL;

	*verdict = VERDICT_NONE;
	if (!query_text(store,
	                "SELECT verdict FROM runs WHERE serial = ? AND lot = ? "
	                "ORDER BY start_us DESC LIMIT 1",
	                serial, lot, &text, error))
		return FALSE;
	if (text && !verdict_parse(text, verdict)) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s: \"%s\" is no verdict",
		                  store->path, text);
		return FALSE;
	}
	return TRUE;
}

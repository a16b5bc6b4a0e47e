/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/sqlite_store.h"

#include "base/error.h"
#include "base/uuid7.h"
#include "station/store/chain.h"
#include "station/store/migrate.h"

#include <math.h>
#include <string.h>

/* How long another writer may keep the file before it counts as locked. */
#define BUSY_MS 3000

/* What people can do about it. */
static const char *advice_of(int code)
{
	switch (code & 0xFF) {
	case SQLITE_BUSY:
		return ": another program keeps it locked; end that one, then go on";
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return ": is its disk full? make room, then go on";
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		return ": the station has to be able to write it and beside it";
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ": put it aside with its -wal and -shm, and the last backup in its place";
	default:
		return "";
	}
}

gboolean sqlite_fail(struct store *store, const char *what, GError **error)
{
	station_error_set(error, STATION_ERROR_STORAGE, "%s: %s: %s%s", store->path, what,
	                  sqlite3_errmsg(store->db), advice_of(sqlite3_errcode(store->db)));
	return FALSE;
}

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

/* --- statements --------------------------------------------------------------------------------
 */

sqlite3_stmt *sqlite_prepare(struct store *store, const char *sql, GError **error)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
		sqlite_fail(store, "prepare", error);
	return statement;
}

static void bind_all(sqlite3_stmt *statement, const char *kinds, va_list args)
{
	for (int i = 0; kinds[i]; i++) {
		if (kinds[i] == 't') {
			sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1,
			                  SQLITE_TRANSIENT);
		} else if (kinds[i] == 'i') {
			sqlite3_bind_int64(statement, i + 1, va_arg(args, gint64));
		} else {
			double value = va_arg(args, double);
			if (isnan(value))
				sqlite3_bind_null(statement, i + 1);
			else
				sqlite3_bind_double(statement, i + 1, value);
		}
	}
}

void sqlite_bind(sqlite3_stmt *statement, const char *kinds, ...)
{
	va_list args;

	va_start(args, kinds);
	bind_all(statement, kinds, args);
	va_end(args);
}

gboolean sqlite_ask(struct store *store, sqlite_row_fn row, gpointer data, GError **error,
                    const char *sql, const char *kinds, ...)
{
	sqlite3_stmt *statement;
	va_list args;
	gboolean ok;
	int code = SQLITE_DONE;

	g_mutex_lock(&store->lock);
	statement = sqlite_prepare(store, sql, error);
	ok = statement != NULL;
	va_start(args, kinds);
	if (ok)
		bind_all(statement, kinds, args);
	va_end(args);
	while (ok && (code = sqlite3_step(statement)) == SQLITE_ROW && row)
		ok = row(statement, data, error);
	ok = ok && (code == SQLITE_DONE || sqlite_fail(store, "ask", error));
	sqlite3_finalize(statement);
	g_mutex_unlock(&store->lock);
	return ok;
}

gboolean sqlite_put(struct store *store, const char *what, GError **error, const char *sql,
                    const char *kinds, ...)
{
	sqlite3_stmt *statement = sqlite_prepare(store, sql, error);
	gboolean ok = statement != NULL;
	va_list args;

	va_start(args, kinds);
	if (ok)
		bind_all(statement, kinds, args);
	va_end(args);
	ok = ok && (sqlite3_step(statement) == SQLITE_DONE || sqlite_fail(store, what, error));
	sqlite3_finalize(statement);
	return ok;
}

gboolean sqlite_verdict(struct store *store, sqlite3_stmt *statement, int column,
                        enum verdict *verdict, GError **error)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	if (text && verdict_parse(text, verdict))
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "%s: \"%s\" is no verdict", store->path,
	                  text ? text : "");
	return FALSE;
}

static gboolean run_once(struct store *store, sqlite3_stmt *statement, const char *what,
                         GError **error)
{
	if (sqlite3_step(statement) != SQLITE_DONE)
		return sqlite_fail(store, what, error);
	sqlite3_reset(statement);
	return TRUE;
}

/* --- opening ------------------------------------------------------------------------------------
 */

struct store *sqlite_open(const char *path, int flags, GError **error)
{
	g_autoptr(store) store = g_new0(struct store, 1);

	store->path = g_strdup(path);
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
	       sqlite_execute(store, "PRAGMA synchronous = FULL", "set synchronous", error) &&
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
	chain_free(store->chain);
	sqlite3_close(store->db);
	g_mutex_clear(&store->lock);
	g_free(store->path);
	g_strfreev(store->sinks);
	g_free(store);
}

gboolean store_check(struct store *store, GError **error)
{
	int version;
	gboolean ok;

	g_mutex_lock(&store->lock);
	/* writing the version it has takes the write lock and a page of disk, and changes nothing
	 */
	ok = sqlite_execute(store, "BEGIN IMMEDIATE", "begin to write", error) &&
	     sqlite_user_version(store, &version, error);
	if (ok) {
		g_autofree char *set = g_strdup_printf("PRAGMA user_version = %d", version);
		ok = sqlite_execute(store, set, "write", error) &&
		     sqlite_execute(store, "COMMIT", "commit", error);
	}
	if (!ok)
		sqlite_roll_back(store);
	g_mutex_unlock(&store->lock);
	return ok;
}

/* --- saving -------------------------------------------------------------------------------------
 */

static gboolean save_run_row(struct store *store, const struct run_record *r, const char *document,
                             GError **error)
{
	sqlite3_stmt *statement =
		sqlite_prepare(store,
	                       "INSERT INTO runs VALUES "
	                       "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                       error);
	gboolean ok;

	if (!statement)
		return FALSE;
	sqlite_bind(statement,
	            "ttittttttt"
	            "iititt"
	            "t",
	            r->run_id, r->station_id, (gint64)r->site, r->lot, r->serial, r->part_number,
	            r->type, r->stage, r->plan_name, r->plan_revision, r->start_us, r->end_us,
	            verdict_name(r->verdict), (gint64)r->marginal, r->reason, r->first_failing_step,
	            document);
	ok = run_once(store, statement, "save the run", error);
	sqlite3_finalize(statement);
	return ok;
}

static gboolean save_steps(struct store *store, const struct run_record *r, GError **error)
{
	sqlite3_stmt *statement =
		sqlite_prepare(store,
	                       "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                       error);
	gboolean ok = statement != NULL;

	for (guint i = 0; ok && i < r->steps->len; i++) {
		const struct record_step *s = g_ptr_array_index(r->steps, i);
		sqlite_bind(statement,
		            "titt"
		            "itii"
		            "idtt",
		            r->run_id, (gint64)i, s->name, s->kind, (gint64)s->lane, s->corner,
		            (gint64)s->attempt, (gint64)s->superseded, s->start_us, s->duration_s,
		            verdict_name(s->verdict), s->reason);
		ok = run_once(store, statement, "save a step", error);
	}
	sqlite3_finalize(statement);
	return ok;
}

static gboolean save_measurements(struct store *store, const struct run_record *r, GError **error)
{
	sqlite3_stmt *statement =
		sqlite_prepare(store,
	                       "INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                       error);
	gboolean ok = statement != NULL;

	for (guint i = 0; ok && i < r->measurements->len; i++) {
		const struct record_measurement *m = g_ptr_array_index(r->measurements, i);
		sqlite_bind(statement,
		            "tiit"
		            "itdt"
		            "dti",
		            r->run_id, (gint64)i, (gint64)m->step, m->id, (gint64)m->lane,
		            m->corner, m->value, m->unit, m->uncertainty, verdict_name(m->verdict),
		            (gint64)m->marginal);
		ok = run_once(store, statement, "save a measurement", error);
	}
	sqlite3_finalize(statement);
	return ok;
}

gboolean sqlite_begin(struct store *store, GError **error)
{
	g_mutex_lock(&store->lock);
	return sqlite_execute(store, "BEGIN IMMEDIATE", "begin to save", error);
}

gboolean sqlite_end(struct store *store, gboolean ok, GError **error)
{
	ok = ok && sqlite_execute(store, "COMMIT", "commit", error);
	if (!ok)
		sqlite_roll_back(store);
	chain_ended(store, ok);
	g_mutex_unlock(&store->lock);
	return ok;
}

gboolean store_save_run(struct store *store, const struct run_record *record, GError **error)
{
	g_autofree char *document = run_record_to_json(record);
	gboolean ok = sqlite_begin(store, error) && save_run_row(store, record, document, error) &&
	              save_steps(store, record, error) && save_measurements(store, record, error) &&
	              sqlite_save_samples(store, record, error) &&
	              sqlite_save_due(store, record->run_id, 0, error) &&
	              chain_add_run(store, record, document, error);

	return sqlite_end(store, ok, error);
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
	g_autoptr(GPtrArray) runs = load_documents(store,
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

gboolean store_has_lot(struct store *store, const char *lot, gboolean *found, GError **error)
{
	g_autofree char *text = NULL;
	gboolean ok = query_text(store, "SELECT run_id FROM runs WHERE lot = ? LIMIT 1", lot, NULL,
	                         &text, error);

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

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/sqlite_store.h"

#include "base/error.h"

#include <math.h>

/* Statements: made once or kept, bound, run. */

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
		return ": put it aside with its -wal and -shm, and the last backup in its place; "
		       "\"station db backup\" makes them, \"station db verify\" proves them";
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

sqlite3_stmt *sqlite_prepare(struct store *store, const char *sql, GError **error)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
		sqlite_fail(store, "prepare", error);
	return statement;
}

sqlite3_stmt *sqlite_keep(struct store *store, const char *sql, GError **error)
{
	sqlite3_stmt *statement = g_hash_table_lookup(store->kept, sql);

	if (statement) {
		sqlite3_reset(statement);
		return statement;
	}
	if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
	    SQLITE_OK) {
		sqlite_fail(store, "prepare", error);
		return NULL;
	}
	g_hash_table_insert(store->kept, g_strdup(sql), statement);
	return statement;
}

static void bind_all(sqlite3_stmt *statement, const char *kinds, sqlite3_destructor_type texts,
                     va_list args)
{
	for (int i = 0; kinds[i]; i++) {
		if (kinds[i] == 't') {
			sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1, texts);
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
	bind_all(statement, kinds, SQLITE_TRANSIENT, args);
	va_end(args);
}

void sqlite_bind_borrowed(sqlite3_stmt *statement, const char *kinds, ...)
{
	va_list args;

	va_start(args, kinds);
	bind_all(statement, kinds, SQLITE_STATIC, args);
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
		bind_all(statement, kinds, SQLITE_TRANSIENT, args);
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
		bind_all(statement, kinds, SQLITE_TRANSIENT, args);
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

gboolean sqlite_run(struct store *store, sqlite3_stmt *statement, const char *what, GError **error)
{
	gboolean ok = sqlite3_step(statement) == SQLITE_DONE || sqlite_fail(store, what, error);

	sqlite3_reset(statement);
	return ok;
}

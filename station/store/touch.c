/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/touch.h"
#include "station/store/chain.h"

#include "base/error.h"

static gboolean insert_touch(struct store *store, const struct store_touch *touch, GError **error)
{
	sqlite3_stmt *statement =
		sqlite_prepare(store,
	                       "INSERT INTO touches (serial, station, time_us, who, what) "
	                       "VALUES (?, ?, ?, ?, ?)",
	                       error);
	gboolean ok = statement != NULL;

	if (ok) {
		sqlite_bind(statement, "ttitt", touch->serial, touch->station, touch->time_us,
		            touch->who ? touch->who : "", touch->what);
		ok = sqlite3_step(statement) == SQLITE_DONE ||
		     sqlite_fail(store, "save a touch", error);
	}
	sqlite3_finalize(statement);
	return ok;
}

gboolean store_touch(struct store *store, const struct store_touch *touch, GError **error)
{
	gint64 number;
	gboolean ok;

	if (!touch->serial || *touch->serial == '\0') {
		station_error_set(error, STATION_ERROR_DATA,
		                  "a unit without a serial number cannot be marked as touched");
		return FALSE;
	}
	ok = sqlite_begin(store, error) && insert_touch(store, touch, error);
	number = ok ? sqlite3_last_insert_rowid(store->db) : 0;
	ok = ok && sqlite_save_due(store, NULL, number, error) &&
	     chain_add_row(store, CHAIN_TOUCH, number, error);
	return sqlite_end(store, ok, error);
}

/* Columns: time_us, station, who, what. */
static gboolean take_touch(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct record_touch **touch = data;

	*touch = g_new0(struct record_touch, 1);
	(*touch)->time_us = sqlite3_column_int64(row, 0);
	(*touch)->station = g_strdup((const char *)sqlite3_column_text(row, 1));
	(*touch)->who = g_strdup((const char *)sqlite3_column_text(row, 2));
	(*touch)->what = g_strdup((const char *)sqlite3_column_text(row, 3));
	return TRUE;
}

gboolean touch_since(struct store *store, const char *serial, gint64 since_us,
                     struct record_touch **last, GError **error)
{
	*last = NULL;
	return sqlite_ask(store, take_touch, last, error,
	                  "SELECT time_us, station, who, what FROM touches WHERE serial = ?1 AND "
	                  "time_us >= ?2 AND time_us >= " TOUCH_CLEARED(
				  "?1", "?2") " ORDER BY time_us DESC, number DESC LIMIT 1",
	                  "ti", serial, since_us);
}

gboolean store_touched(struct store *store, const char *serial, struct record_touch **last,
                       GError **error)
{
	return touch_since(store, serial, G_MININT64, last, error);
}

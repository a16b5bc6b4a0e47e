/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/chain.h"
#include "station/store/query.h"

gboolean store_log_add(struct store *store, gint64 time_us, const char *who, const char *what,
                       const char *text, GError **error)
{
	gboolean ok = sqlite_begin(store, error) &&
	              sqlite_put(store, "add to the log", error,
	                         "INSERT INTO log (time_us, who, what, text) VALUES (?, ?, ?, ?)",
	                         "ittt", time_us, who ? who : "", what, text ? text : "") &&
	              chain_add_row(store, CHAIN_LOG, sqlite3_last_insert_rowid(store->db), error);

	return sqlite_end(store, ok, error);
}

static void entry_free(gpointer data)
{
	struct store_log_entry *entry = data;

	g_free(entry->who);
	g_free(entry->what);
	g_free(entry->text);
	g_free(entry);
}

static gboolean take_entry(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct store_log_entry *entry = g_new0(struct store_log_entry, 1);

	entry->time_us = sqlite3_column_int64(row, 0);
	entry->who = g_strdup((const char *)sqlite3_column_text(row, 1));
	entry->what = g_strdup((const char *)sqlite3_column_text(row, 2));
	entry->text = g_strdup((const char *)sqlite3_column_text(row, 3));
	g_ptr_array_add(data, entry);
	return TRUE;
}

GPtrArray *store_log_last(struct store *store, guint n, GError **error)
{
	g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);

	if (!sqlite_ask(store, take_entry, entries, error,
	                "SELECT time_us, who, what, text FROM log ORDER BY number DESC LIMIT ?",
	                "i", (gint64)n))
		return NULL;
	return g_steal_pointer(&entries);
}

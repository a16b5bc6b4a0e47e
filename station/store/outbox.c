/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/outbox.h"
#include "station/store/sqlite_store.h"

#include "base/clock.h"

/* --- what is due --------------------------------------------------------------------------------
 */

void store_set_sinks(struct store *store, const char *const *names)
{
	g_strfreev(store->sinks);
	store->sinks = names && names[0] ? g_strdupv((char **)names) : NULL;
}

gboolean sqlite_save_due(struct store *store, const char *run_id, gint64 touch, GError **error)
{
	sqlite3_stmt *statement;
	gboolean ok;

	if (!store->sinks)
		return TRUE;
	statement = sqlite_keep(store,
	                        "INSERT INTO outbox (sink, run_id, touch, saved_us, state) "
	                        "VALUES (?, ?, nullif(?, 0), ?, 'waiting')",
	                        error);
	ok = statement != NULL;
	for (guint i = 0; ok && store->sinks[i]; i++) {
		sqlite_bind(statement, "ttii", store->sinks[i], run_id, touch, clock_unix_us());
		ok = sqlite_run(store, statement, "save for the sinks", error);
	}
	return ok;
}

/* Runs one statement that writes; *n (may be null) gets how many rows it changed. Under the lock,
 * in a transaction. */
static gboolean change(struct store *store, guint *n, GError **error, sqlite3_stmt *statement)
{
	gboolean ok = statement && (sqlite3_step(statement) == SQLITE_DONE ||
	                            sqlite_fail(store, "write what is due", error));

	if (ok && n)
		*n = (guint)sqlite3_changes64(store->db);
	sqlite3_finalize(statement);
	return ok;
}

static const char add_all_sql[] =
	"INSERT OR IGNORE INTO outbox (sink, run_id, touch, saved_us, state) "
	"SELECT ?1, run_id, touch, ?2, 'waiting' FROM "
	"(SELECT run_id, NULL AS touch, end_us AS at_us FROM runs "
	"UNION ALL SELECT NULL, number, time_us FROM touches) "
	"ORDER BY at_us, run_id, touch";

gboolean outbox_add_all(struct store *store, const char *sink, guint *n, GError **error)
{
	gboolean ok = sqlite_begin(store, error);
	sqlite3_stmt *statement = ok ? sqlite_prepare(store, add_all_sql, error) : NULL;

	*n = 0;
	if (statement)
		sqlite_bind(statement, "ti", sink, clock_unix_us());
	ok = ok && change(store, n, error, statement);
	return sqlite_end(store, ok, error);
}

/* --- the next -----------------------------------------------------------------------------------
 */

void outbox_item_clear(struct outbox_item *item)
{
	g_free(item->run_id);
	g_free(item->document);
	g_free(item->link.hash);
	g_free(item->serial);
	record_touch_free(item->touched);
	*item = (struct outbox_item){0};
}

struct next {
	struct outbox_item *item;
	gint64 now_us, next_us;
	gboolean found;
};

static char *text_at(sqlite3_stmt *row, int column)
{
	return g_strdup((const char *)sqlite3_column_text(row, column));
}

/* Columns as in next_sql. */
static gboolean take_next(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct next *next = data;
	struct outbox_item *item = next->item;

	next->next_us = sqlite3_column_int64(row, 4);
	next->found = next->next_us <= next->now_us;
	if (!next->found)
		return TRUE;
	item->number = sqlite3_column_int64(row, 0);
	item->run_id = text_at(row, 1);
	item->attempts = (guint)sqlite3_column_int(row, 2);
	item->saved_us = sqlite3_column_int64(row, 3);
	item->document = text_at(row, 5);
	item->touch = sqlite3_column_int64(row, 6);
	item->link.number = sqlite3_column_int64(row, 12);
	item->link.hash = text_at(row, 13);
	if (item->touch) {
		item->touched = g_new0(struct record_touch, 1);
		item->serial = text_at(row, 7);
		item->touched->station = text_at(row, 8);
		item->touched->time_us = sqlite3_column_int64(row, 9);
		item->touched->who = text_at(row, 10);
		item->touched->what = text_at(row, 11);
	}
	return TRUE;
}

/* The document only when it is wanted now: it is long. */
static const char next_sql[] =
	"SELECT o.number, o.run_id, o.attempts, o.saved_us, o.next_us, "
	"(SELECT document FROM runs WHERE run_id = o.run_id AND o.next_us <= ?2), "
	"o.touch, t.serial, t.station, t.time_us, t.who, t.what, c.number, hex(c.hash) "
	"FROM outbox AS o LEFT JOIN touches AS t ON t.number = o.touch "
	"LEFT JOIN chain AS c ON c.kind = 'run' AND c.key = o.run_id "
	"WHERE o.number = (SELECT min(number) FROM outbox WHERE sink = ?1 AND state = 'waiting')";

gboolean outbox_next(struct store *store, const char *sink, gint64 now_us, struct outbox_item *item,
                     gboolean *found, gint64 *next_us, GError **error)
{
	struct next next = {item, now_us, G_MAXINT64, FALSE};
	gboolean ok;

	*item = (struct outbox_item){0};
	ok = sqlite_ask(store, take_next, &next, error, next_sql, "ti", sink, now_us);
	*found = ok && next.found;
	*next_us = next.next_us;
	return ok;
}

/* --- what became of it --------------------------------------------------------------------------
 */

gboolean outbox_taken(struct store *store, gint64 number, GError **error)
{
	return sqlite_ask(store, NULL, NULL, error,
	                  "UPDATE outbox SET state = 'taken', words = NULL, "
	                  "attempts = attempts + 1, taken_us = ?2 "
	                  "WHERE number = ?1 AND state <> 'taken'",
	                  "ii", number, clock_unix_us());
}

gboolean outbox_put_off(struct store *store, gint64 number, gint64 next_us, const char *words,
                        GError **error)
{
	return sqlite_ask(store, NULL, NULL, error,
	                  "UPDATE outbox SET attempts = attempts + 1, next_us = ?2, words = ?3 "
	                  "WHERE number = ?1 AND state = 'waiting'",
	                  "iit", number, next_us, words);
}

gboolean outbox_refused(struct store *store, gint64 number, const char *words, GError **error)
{
	return sqlite_ask(store, NULL, NULL, error,
	                  "UPDATE outbox SET state = 'refused', attempts = attempts + 1, words = "
	                  "?2 "
	                  "WHERE number = ?1 AND state = 'waiting'",
	                  "it", number, words);
}

gboolean outbox_retry(struct store *store, const char *sink, gboolean refused, guint *n,
                      GError **error)
{
	gboolean ok = sqlite_begin(store, error);
	sqlite3_stmt *statement =
		ok ? sqlite_prepare(store,
	                            "UPDATE outbox SET state = 'waiting', next_us = 0 "
	                            "WHERE sink = ? AND ((state = 'refused' AND ?) OR "
	                            "(state = 'waiting' AND next_us > 0))",
	                            error)
		   : NULL;

	*n = 0;
	if (statement)
		sqlite_bind(statement, "ti", sink, (gint64)refused);
	ok = ok && change(store, n, error, statement);
	return sqlite_end(store, ok, error);
}

/* --- state --------------------------------------------------------------------------------------
 */

static void state_free(gpointer data)
{
	struct outbox_state *state = data;

	g_free(state->sink);
	g_free(state->words);
	g_free(state);
}

/* Columns: sink, waiting, refused, taken, oldest, words. */
static gboolean take_state(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct outbox_state *state = g_new0(struct outbox_state, 1);

	state->sink = text_at(row, 0);
	state->waiting = (guint)sqlite3_column_int64(row, 1);
	state->refused = (guint)sqlite3_column_int64(row, 2);
	state->taken = (guint)sqlite3_column_int64(row, 3);
	state->oldest_us = sqlite3_column_int64(row, 4);
	state->words = text_at(row, 5);
	g_ptr_array_add(data, state);
	return TRUE;
}

/* Counts come from the index alone; words are looked for among the few that were not taken. */
static const char states_sql[] =
	"SELECT c.sink, sum(c.n * (c.state = 'waiting')), sum(c.n * (c.state = 'refused')), "
	"sum(c.n * (c.state = 'taken')), "
	"(SELECT saved_us FROM outbox WHERE number = (SELECT min(number) FROM outbox "
	"WHERE sink = c.sink AND state = 'waiting')), "
	"coalesce((SELECT words FROM outbox WHERE number = (SELECT min(number) FROM outbox "
	"WHERE sink = c.sink AND state = 'waiting')), "
	"(SELECT words FROM outbox WHERE number = (SELECT max(number) FROM outbox "
	"WHERE sink = c.sink AND state = 'refused'))) "
	"FROM (SELECT sink, state, count(*) AS n FROM outbox GROUP BY sink, state) AS c "
	"GROUP BY c.sink ORDER BY c.sink";

GPtrArray *outbox_states(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) states = g_ptr_array_new_with_free_func(state_free);

	return sqlite_ask(store, take_state, states, error, states_sql, "")
	               ? g_steal_pointer(&states)
	               : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_SQLITE_STORE_H
#define STATION_STORE_SQLITE_STORE_H

#include "station/store/store.h"

#include <sqlite3.h>

/* What the files of the SQLite store share. */
struct store {
	sqlite3 *db;
	char *path;
	const char *synchronous;             /* the statement that sets it */
	GHashTable *kept;                    /* of sqlite_keep: text to sqlite3_stmt, both owned */
	GMutex lock;                         /* held by each public call */
	char **sinks;                        /* whom each run is due to (outbox.h); null: nobody */
	struct chain *chain;                 /* chain.h; null until it is wanted */
	const struct store_reading *reading; /* reading.h; null: the file is read */
	gpointer reader;                     /* its own */
};

/* Sets the error "PATH: WHAT: " and what SQLite says; FALSE. */
gboolean sqlite_fail(struct store *store, const char *what, GError **error);
/* Opens the file (flags of sqlite3_open_v2) and does nothing else. Null with error. */
struct store *sqlite_open(const char *path, int flags, GError **error);

/* Runs SQL that gives no rows; `what` is for the error. Under the lock, or before others know the
 * store. */
gboolean sqlite_execute(struct store *store, const char *sql, const char *what, GError **error);
/* Ends a transaction that is open, if one is. */
void sqlite_roll_back(struct store *store);

/* Null with error; free with sqlite3_finalize. */
sqlite3_stmt *sqlite_prepare(struct store *store, const char *sql, GError **error);
/* One that is kept for the next time, reset; borrowed, under the store's lock. Null with error. */
sqlite3_stmt *sqlite_keep(struct store *store, const char *sql, GError **error);
/* Values for the parameters of a statement in order; kinds: t text, i gint64, d real (NaN: null).
 * Binding cannot fail but for lack of memory, which the step that follows reports. */
void sqlite_bind(sqlite3_stmt *statement, const char *kinds, ...);
/* As sqlite_bind, but texts are borrowed until the statement has run. */
void sqlite_bind_borrowed(sqlite3_stmt *statement, const char *kinds, ...);
/* Steps a statement that gives no rows and resets it, whatever came of it; `what` is for the error.
 */
gboolean sqlite_run(struct store *store, sqlite3_stmt *statement, const char *what, GError **error);

/* Runs one statement that gives no rows, with values for its parameters, under the lock that is
 * held already; `what` is for the error. */
gboolean sqlite_put(struct store *store, const char *what, GError **error, const char *sql,
                    const char *kinds, ...);

/* A transaction under the store's lock: begins to write; commits when all went well until here,
 * else rolls back. sqlite_end is called whatever sqlite_begin returned. */
gboolean sqlite_begin(struct store *store, GError **error);
gboolean sqlite_end(struct store *store, gboolean ok, GError **error);

/* The packed values of a run that is being saved, in its transaction. */
gboolean sqlite_save_samples(struct store *store, const struct run_record *record, GError **error);

/* What was just saved is due to the store's sinks, in its transaction: a run, or (run_id null) the
 * touch of that number. */
gboolean sqlite_save_due(struct store *store, const char *run_id, gint64 touch, GError **error);

/* A row of an answer; FALSE with error ends it. */
typedef gboolean (*sqlite_row_fn)(sqlite3_stmt *statement, gpointer data, GError **error);

/*
 * Runs one statement under the store's lock, with values for its parameters as sqlite_bind; `row`
 * (null: none are expected) is called for each row.
 */
gboolean sqlite_ask(struct store *store, sqlite_row_fn row, gpointer data, GError **error,
                    const char *sql, const char *kinds, ...);

/* SQL: when the last run of a unit that passed was begun; another time when none did. */
#define TOUCH_CLEARED(serial, otherwise)                                                           \
	"coalesce((SELECT max(p.start_us) FROM runs AS p WHERE p.serial = " serial                 \
	" AND p.verdict = 'PASS'), " otherwise ")"

/* The last time that a unit was touched at `since_us` or later, and not before the beginning of a
 * run that passed; *last is null when there is none. */
gboolean touch_since(struct store *store, const char *serial, gint64 since_us,
                     struct record_touch **last, GError **error);

/* A verdict as a column has it. */
gboolean sqlite_verdict(struct store *store, sqlite3_stmt *statement, int column,
                        enum verdict *verdict, GError **error);

#endif

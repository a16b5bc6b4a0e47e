/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_POSTGRES_LINK_H
#define STATION_STORE_POSTGRES_LINK_H

#include "station/store/postgres.h"

#include <libpq-fe.h>

/* What the files of the line's store share. */
struct postgres {
	PGconn *conn;
	char *place;      /* "line at /run/postgresql", for messages */
	GHashTable *keys; /* text of a sample's key to its number; the server's */
	char *month;      /* the last that a partition was asked for: "2026-01"; else null */
	gboolean schema_checked;
};

typedef PGresult pg_result; /* for g_autoptr(pg_result) only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(pg_result, PQclear)

/* Runs one statement with texts as its parameters (null: NULL), and gives its result, which is
 * texts. Null with error. */
PGresult *postgres_ask(struct postgres *postgres, const struct bounds *bounds, GError **error,
                       const char *sql, int n, const char *const *values);
/* Runs statements without parameters and results; any number, with ; between. */
gboolean postgres_do(struct postgres *postgres, const struct bounds *bounds, GError **error,
                     const char *sql);

/* Sends `text` as what a COPY ... FROM STDIN reads. */
gboolean postgres_copy(struct postgres *postgres, const struct bounds *bounds, GError **error,
                       const char *sql, const GString *text);

/* Runs one statement and calls `row` with each row of its result as it comes, in binary form. */
typedef gboolean (*postgres_row_fn)(const PGresult *row, gpointer data, GError **error);
gboolean postgres_each(struct postgres *postgres, const struct bounds *bounds, GError **error,
                       const char *sql, int n, const char *const *values, postgres_row_fn row,
                       gpointer data);

/* Ends what began with BEGIN: commits when all went well, else rolls back. */
gboolean postgres_end(struct postgres *postgres, gboolean ok, const struct bounds *bounds,
                      GError **error);

/* How long statements of a transaction may take, wait for locks, and stay idle: for the beginning
 * of one. Not the session's settings, which a pooler between us would mix up. */
#define POSTGRES_BEGIN                                                                             \
	"BEGIN; SET LOCAL statement_timeout = '30s'; SET LOCAL lock_timeout = '10s'; "             \
	"SET LOCAL idle_in_transaction_session_timeout = '30s'; "                                  \
	"SET LOCAL client_connection_check_interval = '2s'; SET LOCAL TimeZone = 'UTC'"

/* The entries bring a database from version i to i + 1; never changed once released. */
struct postgres_migration {
	const char *name, *sql;
};
extern const struct postgres_migration postgres_migrations[];
extern const int postgres_schema_version;

#endif

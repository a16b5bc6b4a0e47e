/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_POSTGRES_H
#define STATION_STORE_POSTGRES_H

#include "base/deadline.h"
#include "reports/record.h"

#include <glib.h>

/*
 * The store that the stations of a line share: PostgreSQL 14 or later, through libpq. A connection
 * is used by one thread at a time. Nothing waits beyond its bounds, but for a host name that has to
 * be looked up, which the system's resolver bounds (hostaddr= needs none). After a timeout or a
 * lost connection it is closed, never asked again; the server then undoes what was begun, by
 * itself within seconds (client_connection_check_interval), so nothing has to be called off.
 *
 * Errors: TIMEOUT, CANCELLED; IO: no connection, or it was lost; STORAGE: the server says no, now;
 * DATA: it can never take this run; REFUSED: it has another run of that id. All name the database.
 */
struct run_link; /* outbox.h */
struct postgres;
typedef struct postgres postgres; /* for g_autoptr(postgres) only */

/*
 * Whether a text names a database: "service=line", "host=db dbname=line", "postgresql://db/line".
 * STATION_ERROR_CONFIG when libpq does not understand it, and when it has a password, which belongs
 * into libpq's own file (~/.pgpass, passfile=).
 */
gboolean postgres_check_target(const char *target, GError **error);

/*
 * Connects. A server on another host has to prove who it is (sslmode=verify-full) where the target
 * says nothing else about sslmode.
 */
struct postgres *postgres_open(const char *target, const struct bounds *bounds, GError **error);
void postgres_close(struct postgres *postgres); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(postgres, postgres_close)

/* --- schema -------------------------------------------------------------------------------------
 */

/* Whether the schema is the one that this station writes and reads. */
gboolean postgres_check_schema(struct postgres *postgres, const struct bounds *bounds,
                               GError **error);

/*
 * Brings the schema to the present version, each migration in a transaction, one process at a time;
 * makes the roles station_writer and station_analyst where there are none, and the partitions from
 * this month to `months` later. To be called as who owns the schema. *from and *to get the versions
 * before and after. A newer schema is refused.
 */
gboolean postgres_migrate(struct postgres *postgres, guint months, int *from, int *to,
                          const struct bounds *bounds, GError **error);

struct postgres_status {
	int version, known; /* of the schema: there, and of this station */
	gint64 runs;
	guint months;         /* partitions */
	char *last_month;     /* the latest: "2027-01"; null: none */
	gint64 outside;       /* runs in the default partition: of months that had none */
	gint64 size_bytes;    /* of the database */
	char *server, *place; /* "15.6"; "line at /run/postgresql" */
};
gboolean postgres_status(struct postgres *postgres, struct postgres_status *status,
                         const struct bounds *bounds, GError **error);
void postgres_status_clear(struct postgres_status *status);

/* --- writing ------------------------------------------------------------------------------------
 */

/*
 * A run with its document, byte by byte, and its link of the station's chain (null: it has none),
 * in one transaction. One that is there already, with the
 * same document, is left alone and is TRUE, so that telling twice is the same as telling once.
 * *is_new (may be null) gets whether it was not there.
 */
gboolean postgres_save_run(struct postgres *postgres, const struct run_record *record,
                           const char *document, const struct run_link *link, gboolean *is_new,
                           const struct bounds *bounds, GError **error);

/* A touch of a unit, by its number in the store of a station. */
gboolean postgres_save_touch(struct postgres *postgres, gint64 number, const char *serial,
                             const struct record_touch *touch, const struct bounds *bounds,
                             GError **error);

#endif

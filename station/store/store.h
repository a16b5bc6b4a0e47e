/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_STORE_H
#define STATION_STORE_STORE_H

#include "reports/record.h"

#include <glib.h>

/*
 * The station's own record: one SQLite file (WAL, synchronous FULL, STRICT tables), always written
 * before anybody sees a verdict. Every error is STATION_ERROR_STORAGE and names the file. A store
 * may be used from several threads; calls are serialised inside.
 */
struct store;
typedef struct store store; /* for g_autoptr(store) only */

/* Opens or creates the file, migrates it to the present schema (one transaction per migration) and
 * proves that it can be written. A file of a newer schema is refused. */
struct store *store_open(const char *path, GError **error);
void store_close(struct store *store); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(store, store_close)

/* Proves that a transaction can be committed now: not full, not locked, not read-only. What it
 * commits is nothing, and does not wait for the disk. */
gboolean store_check(struct store *store, GError **error);

/* Writes a finished run in one transaction: run row, document, steps, measurements. When it
 * returns TRUE the run is on disk. A run id that is already there is an error. */
gboolean store_save_run(struct store *store, const struct run_record *record, GError **error);

/* As store_save_run, but does not wait while another process writes; FALSE: nothing was written. */
gboolean store_save_run_now(struct store *store, const struct run_record *record);

/* Whether there is a run of that id. */
gboolean store_has_run(struct store *store, const char *run_id, gboolean *found, GError **error);

/* A run by its id, or the latest of a serial number. STATION_ERROR_STORAGE when there is none. All
 * records that a store gives say whether their unit was touched since (touch.h). */
struct run_record *store_load_run(struct store *store, const char *run_id_or_serial,
                                  GError **error);

/* All runs of a lot, oldest first: array of struct run_record, owning. Empty when unknown. */
GPtrArray *store_load_lot(struct store *store, const char *lot, GError **error);

/* The runs of a station that were begun from since_us on and before until_us (microseconds since
 * 1970), likewise. */
GPtrArray *store_load_span(struct store *store, const char *station, gint64 since_us,
                           gint64 until_us, GError **error);

/* Whether a lot of that name has any run. */
gboolean store_has_lot(struct store *store, const char *lot, gboolean *found, GError **error);

/* The verdict of the latest run of a serial in a lot; VERDICT_NONE when it has none there. */
gboolean store_latest_verdict(struct store *store, const char *serial, const char *lot,
                              enum verdict *verdict, GError **error);

#endif

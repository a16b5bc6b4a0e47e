/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_MIGRATE_H
#define STATION_STORE_MIGRATE_H

#include "station/store/sqlite_store.h"
#include "station/store/upkeep.h"

/* The schema version that the file says it has. */
gboolean sqlite_user_version(struct store *store, int *version, GError **error);
/* The same; one that this program does not know is an error. */
gboolean sqlite_version(struct store *store, int *version, GError **error);

/*
 * Brings the file to the present schema, a transaction for each migration. One that holds an
 * earlier schema is copied before, to STORE.schema-N (N is what it has; with ".2" and so on behind
 * it where there is one). Progress may be null.
 */
gboolean sqlite_migrate(struct store *store, const struct store_progress *progress, GError **error);

/* What every opening for writing does: settings, migrations, the proof that it can be written. */
gboolean sqlite_set_up(struct store *store, const struct store_progress *progress, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_MIGRATE_H
#define STATION_STORE_MIGRATE_H

#include "station/store/sqlite_store.h"

/* The schema version that the file says it has. */
gboolean sqlite_user_version(struct store *store, int *version, GError **error);
/* The same; one that this program does not know is an error. */
gboolean sqlite_version(struct store *store, int *version, GError **error);

/* Brings the file to the present schema, a transaction for each migration. */
gboolean sqlite_migrate(struct store *store, GError **error);

#endif

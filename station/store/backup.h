/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_BACKUP_H
#define STATION_STORE_BACKUP_H

#include "station/store/sqlite_store.h"
#include "station/store/upkeep.h"

/*
 * Copies a store, whatever its schema, into a file that is put anew: as it is at one moment while
 * others write, checked by SQLite and on the disk before it has its name. Refused when the disk has
 * no room. Progress may be null.
 */
gboolean backup_copy(struct store *store, const char *path, const struct store_progress *progress,
                     GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/migrate.h"

#include "base/error.h"
#include "station/store/schema.h"

gboolean sqlite_user_version(struct store *store, int *version, GError **error)
{
	sqlite3_stmt *statement = sqlite_prepare(store, "PRAGMA user_version", error);
	gboolean ok;

	if (!statement)
		return FALSE;
	ok = sqlite3_step(statement) == SQLITE_ROW ||
	     sqlite_fail(store, "read the schema version", error);
	if (ok)
		*version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return ok;
}

static gboolean migrate_one(struct store *store, int from, GError **error)
{
	g_autofree char *set = g_strdup_printf("PRAGMA user_version = %d", from + 1);
	int version;

	if (!sqlite_execute(store, "BEGIN IMMEDIATE", "begin a migration", error))
		return FALSE;
	/* somebody else may have done it while we waited for the lock */
	if (!sqlite_user_version(store, &version, error))
		goto failed;
	if (version == from && (!sqlite_execute(store, schema_migrations[from], "migrate", error) ||
	                        !sqlite_execute(store, set, "migrate", error)))
		goto failed;
	if (sqlite_execute(store, "COMMIT", "commit a migration", error))
		return TRUE;
failed:
	sqlite_roll_back(store);
	return FALSE;
}

gboolean sqlite_version(struct store *store, int *version, GError **error)
{
	if (!sqlite_user_version(store, version, error))
		return FALSE;
	if (*version > schema_version) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: written by a newer station (schema %d, this one knows %d)",
		                  store->path, *version, schema_version);
		return FALSE;
	}
	if (*version < 0) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: not a file of the station (schema %d)", store->path,
		                  *version);
		return FALSE;
	}
	return TRUE;
}

gboolean sqlite_migrate(struct store *store, GError **error)
{
	int version;

	if (!sqlite_version(store, &version, error))
		return FALSE;
	for (; version < schema_version; version++)
		if (!migrate_one(store, version, error))
			return FALSE;
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/migrate.h"

#include "base/clock.h"
#include "base/error.h"
#include "station/store/backup.h"
#include "station/store/chain.h"
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

/* The chain has to have all that is stored; from then on migrations are written down. */
enum { CHAINED = 5 };

/* What was applied before this table was there has no time, unless it was just now. */
static gboolean write_down(struct store *store, int version, gboolean is_new, GError **error)
{
	for (int i = version == CHAINED ? 1 : version; i <= version; i++) {
		g_autofree char *sha256 =
			g_compute_checksum_for_string(G_CHECKSUM_SHA256, schema_migrations[i - 1],
		                                      -1);
		const char *sql = i == version || is_new
		                          ? "INSERT INTO migrations VALUES (?1, ?2, ?3, ?5, ?4)"
		                          : "INSERT INTO migrations VALUES (?1, ?2, ?3, NULL, ?4)";
		if (!sqlite_put(store, "write the migration down", error, sql, "ittti", (gint64)i,
		                schema_names[i - 1], sha256, STATION_VERSION, clock_unix_us()))
			return FALSE;
	}
	return TRUE;
}

static gboolean apply(struct store *store, int from, gboolean is_new,
                      const struct store_progress *progress, GError **error)
{
	g_autofree char *set = g_strdup_printf("PRAGMA user_version = %d", from + 1);

	return sqlite_execute(store, schema_migrations[from], "migrate", error) &&
	       (from + 1 != CHAINED || chain_fill(store, progress, error)) &&
	       (from + 1 < CHAINED || write_down(store, from + 1, is_new, error)) &&
	       sqlite_execute(store, set, "migrate", error);
}

static gboolean migrate_one(struct store *store, int from, gboolean is_new,
                            const struct store_progress *progress, GError **error)
{
	int version;
	gboolean ok;

	if (!sqlite_execute(store, "BEGIN IMMEDIATE", "begin a migration", error))
		return FALSE;
	/* somebody else may have done it while we waited for the lock */
	ok = sqlite_user_version(store, &version, error) &&
	     (version != from || apply(store, from, is_new, progress, error)) &&
	     sqlite_execute(store, "COMMIT", "commit a migration", error);
	if (!ok)
		sqlite_roll_back(store);
	chain_ended(store, ok);
	return ok;
}

static gboolean copy_before(struct store *store, int version, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s.schema-%d", store->path, version);

	for (int i = 2; g_file_test(path, G_FILE_TEST_EXISTS); i++) {
		g_free(path);
		path = g_strdup_printf("%s.schema-%d.%d", store->path, version, i);
	}
	if (backup_copy(store, path, NULL, error))
		return TRUE;
	g_prefix_error(error, "%s: no copy could be made before it is migrated from schema %d: ",
	               store->path, version);
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

gboolean sqlite_migrate(struct store *store, const struct store_progress *progress, GError **error)
{
	int version;
	gboolean is_new;

	if (!sqlite_version(store, &version, error))
		return FALSE;
	is_new = version == 0;
	if (version > 0 && version < schema_version && !copy_before(store, version, error))
		return FALSE;
	for (; version < schema_version; version++)
		if (!migrate_one(store, version, is_new, progress, error))
			return FALSE;
	return TRUE;
}

gboolean store_migrate(const char *path, const struct store_progress *progress, GError **error)
{
	g_autoptr(store) store = sqlite_open(path, SQLITE_OPEN_READWRITE, error);

	return store && sqlite_set_up(store, progress, error);
}

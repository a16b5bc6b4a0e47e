/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/postgres_link.h"

#include "base/error.h"

/* Any number, the same for all stations: who holds it changes the schema. */
#define MIGRATION_LOCK "7331650411"

/* What has to be there before the first migration. Roles are the whole server's: they may be there
 * from another database, or have been made by somebody with the right to. */
static const char prepare_sql[] =
	"CREATE SCHEMA IF NOT EXISTS station;"
	"CREATE TABLE IF NOT EXISTS station.schema_migration ("
	"  version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,"
	"  applied_time timestamptz NOT NULL DEFAULT now(), station_version text NOT NULL);"
	"DO $$ DECLARE role text; BEGIN"
	"  FOREACH role IN ARRAY ARRAY['station_writer', 'station_analyst'] LOOP"
	"    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN"
	"      EXECUTE format('CREATE ROLE %I NOLOGIN', role);"
	"    END IF;"
	"  END LOOP; END $$";

/* The version that is there; 0 when there is no schema. */
static gboolean read_version(struct postgres *postgres, int *version, const struct bounds *bounds,
                             GError **error)
{
	g_autoptr(pg_result) there =
		postgres_ask(postgres, bounds, error,
	                     "SELECT to_regclass('station.schema_migration') IS NOT NULL", 0, NULL);
	g_autoptr(pg_result) result = NULL;

	*version = 0;
	if (!there)
		return FALSE;
	if (*PQgetvalue(there, 0, 0) != 't')
		return TRUE;
	result = postgres_ask(postgres, bounds, error,
	                      "SELECT coalesce(max(version), 0) FROM station.schema_migration", 0,
	                      NULL);
	if (result)
		*version = (int)g_ascii_strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	return result != NULL;
}

static gboolean refuse_newer(struct postgres *postgres, int version, GError **error)
{
	if (version <= postgres_schema_version)
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE,
	                  "%s: of a newer station (schema %d, this one knows %d): install that "
	                  "here",
	                  postgres->place, version, postgres_schema_version);
	return FALSE;
}

gboolean postgres_check_schema(struct postgres *postgres, const struct bounds *bounds,
                               GError **error)
{
	int version;

	if (postgres->schema_checked)
		return TRUE;
	if (!read_version(postgres, &version, bounds, error) ||
	    !refuse_newer(postgres, version, error))
		return FALSE;
	if (version < postgres_schema_version) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: its schema is %d, this station wants %d: whoever owns it "
		                  "has "
		                  "to call \"station db migrate --sink NAME\"",
		                  postgres->place, version, postgres_schema_version);
		return FALSE;
	}
	postgres->schema_checked = TRUE;
	return TRUE;
}

static gboolean apply(struct postgres *postgres, int version, const struct bounds *bounds,
                      GError **error)
{
	const struct postgres_migration *migration = &postgres_migrations[version];
	g_autofree char *sha256 =
		g_compute_checksum_for_string(G_CHECKSUM_SHA256, migration->sql, -1);
	g_autofree char *number = g_strdup_printf("%d", version + 1);
	const char *values[] = {number, migration->name, sha256, STATION_VERSION};
	g_autoptr(pg_result) noted = NULL;

	if (!postgres_do(postgres, bounds, error, migration->sql))
		return FALSE;
	noted = postgres_ask(postgres, bounds, error,
	                     "INSERT INTO station.schema_migration "
	                     "(version, name, sha256, station_version) VALUES ($1, $2, $3, $4)",
	                     4, values);
	return noted != NULL;
}

/* One migration in a transaction; *done when there is none left. */
static gboolean migrate_one(struct postgres *postgres, int *version, gboolean *done,
                            const struct bounds *bounds, GError **error)
{
	gboolean ok =
		postgres_do(postgres, bounds, error,
	                    POSTGRES_BEGIN "; SET LOCAL statement_timeout = 0; "
	                                   "SELECT pg_advisory_xact_lock(" MIGRATION_LOCK ")") &&
		read_version(postgres, version, bounds, error) &&
		refuse_newer(postgres, *version, error);

	*done = ok && *version == postgres_schema_version;
	if (ok && *version == 0)
		ok = postgres_do(postgres, bounds, error, prepare_sql);
	if (ok && !*done)
		ok = apply(postgres, *version, bounds, error);
	return postgres_end(postgres, ok, bounds, error);
}

static gboolean make_months(struct postgres *postgres, guint months, const struct bounds *bounds,
                            GError **error)
{
	for (guint i = 0; i <= months; i++) {
		g_autofree char *number = g_strdup_printf("%u", i);
		const char *values[] = {number};
		g_autoptr(pg_result) made =
			postgres_ask(postgres, bounds, error,
		                     "SELECT station.make_month(now() + $1 * interval '1 month')",
		                     1, values);

		if (!made)
			return FALSE;
	}
	return TRUE;
}

gboolean postgres_migrate(struct postgres *postgres, guint months, int *from, int *to,
                          const struct bounds *bounds, GError **error)
{
	gboolean done = FALSE;

	if (!read_version(postgres, from, bounds, error))
		return FALSE;
	while (!done)
		if (!migrate_one(postgres, to, &done, bounds, error))
			return FALSE;
	return make_months(postgres, months, bounds, error);
}

static const char status_sql[] =
	"SELECT (SELECT count(*) FROM station.run_ids), "
	"(SELECT count(*) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid "
	" WHERE i.inhparent = 'station.runs'::regclass AND c.relname <> 'runs_default'), "
	"(SELECT to_char(to_date(max(c.relname), '\"runs_y\"YYYY\"m\"MM'), 'YYYY-MM') "
	" FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid "
	" WHERE i.inhparent = 'station.runs'::regclass AND c.relname <> 'runs_default'), "
	"(SELECT count(*) FROM station.runs_default), pg_database_size(current_database()), "
	"current_setting('server_version')";

gboolean postgres_status(struct postgres *postgres, struct postgres_status *status,
                         const struct bounds *bounds, GError **error)
{
	g_autoptr(pg_result) result = NULL;

	*status = (struct postgres_status){.known = postgres_schema_version};
	if (!read_version(postgres, &status->version, bounds, error))
		return FALSE;
	status->place = g_strdup(postgres->place);
	if (status->version == 0)
		return TRUE;
	result = postgres_ask(postgres, bounds, error, status_sql, 0, NULL);
	if (!result)
		return FALSE;
	status->runs = g_ascii_strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	status->months = (guint)g_ascii_strtoull(PQgetvalue(result, 0, 1), NULL, 10);
	if (!PQgetisnull(result, 0, 2))
		status->last_month = g_strdup(PQgetvalue(result, 0, 2));
	status->outside = g_ascii_strtoll(PQgetvalue(result, 0, 3), NULL, 10);
	status->size_bytes = g_ascii_strtoll(PQgetvalue(result, 0, 4), NULL, 10);
	status->server = g_strdup(PQgetvalue(result, 0, 5));
	return TRUE;
}

void postgres_status_clear(struct postgres_status *status)
{
	g_free(status->last_month);
	g_free(status->server);
	g_free(status->place);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/db_command.h"

#include "station/store/schema.h"
#include "station/store/state.h"
#include "station/store/upkeep.h"

#include <stdio.h>
#include <string.h>

/* --- progress ---------------------------------------------------------------------------------
 */

/* Nothing of what is done within a second, then once a second. */
static void tell(guint64 done, guint64 total, gpointer data)
{
	struct db_progress *progress = data;
	gint64 now_us = g_get_monotonic_time();
	double spent_s, left_s;

	if (now_us < progress->next_us || !total)
		return;
	spent_s = (double)(now_us - progress->start_us) / 1e6;
	left_s = done ? spent_s / (double)done * (double)(total - done) : 0;
	progress->next_us = now_us + G_USEC_PER_SEC;
	fprintf(stderr, "%s: %.0f %%, %.0f s left\n", progress->what,
	        100.0 * (double)done / (double)total, left_s);
}

struct store_progress db_progress_begin(struct db_progress *progress, const char *what)
{
	progress->what = what;
	progress->start_us = g_get_monotonic_time();
	progress->next_us = progress->start_us + G_USEC_PER_SEC;
	return (struct store_progress){tell, progress};
}

/* --- migrate ----------------------------------------------------------------------------------
 */

static int schema_of(const char *path, int *schema)
{
	GError *error = NULL;
	g_autoptr(store) store = store_open_to_read(path, &error);
	struct store_state state = {0};
	gboolean ok = store && store_state_read(store, &state, &error);

	*schema = state.schema;
	store_state_clear(&state);
	return ok ? EXIT_CODE_OK : front_fail(error);
}

/* A statement a line. */
static void print_sql(int from)
{
	for (int i = from; i < schema_version; i++) {
		g_auto(GStrv) statements = g_strsplit(schema_migrations[i], ";", -1);
		printf("-- %d: %s\n", i + 1, schema_names[i]);
		for (guint j = 0; statements[j]; j++)
			if (*statements[j])
				printf("%s;\n", statements[j]);
	}
	printf("PRAGMA user_version = %d;\n", schema_version);
}

static int migrate_own(const struct db_call *call)
{
	const char *path = call->config->store_path;
	struct db_progress progress;
	struct store_progress told = db_progress_begin(&progress, "migrating");
	GError *error = NULL;
	int schema = 0, code = schema_of(path, &schema);

	if (code)
		return code;
	if (schema == schema_version) {
		printf("%sschema %d is the present one: nothing to do\n",
		       call->dry_run ? "-- " : "", schema);
		return EXIT_CODE_OK;
	}
	if (call->dry_run) {
		print_sql(schema);
		return EXIT_CODE_OK;
	}
	if (!store_migrate(path, &told, &error))
		return front_fail(error);
	printf("migrated from schema %d to %d", schema, schema_version);
	if (schema > 0)
		printf("; as it was: %s.schema-%d", path, schema);
	puts("");
	return EXIT_CODE_OK;
}

int db_migrate(const struct db_call *call)
{
	if (call->sink)
		return db_migrate_line(call);
	return migrate_own(call);
}

/* --- backup -----------------------------------------------------------------------------------
 */

int db_backup(const struct db_call *call)
{
	struct db_progress progress;
	struct store_progress told = db_progress_begin(&progress, "copying");
	GError *error = NULL;

	if (!store_backup(call->config->store_path, call->file, call->force, &told, &error))
		return front_fail(error);
	g_autofree char *size =
		g_format_size_full(store_file_bytes(call->file), G_FORMAT_SIZE_IEC_UNITS);
	printf("%s: %s, verified\n", call->file, size);
	return EXIT_CODE_OK;
}

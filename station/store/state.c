/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/state.h"

#include "base/error.h"
#include "station/store/canon.h"
#include "station/store/migrate.h"
#include "station/store/outbox.h"
#include "station/store/schema.h"
#include "station/store/signing_key.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/statvfs.h>

struct store *store_open_to_read(const char *path, GError **error)
{
	int version;

	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: there is no store yet; the first unit that is tested makes "
		                  "it",
		                  path);
		return NULL;
	}
	g_autoptr(store) store = sqlite_open(path, SQLITE_OPEN_READONLY, error);
	if (!store || !sqlite_version(store, &version, error))
		return NULL;
	return g_steal_pointer(&store);
}

/* --- what it holds ------------------------------------------------------------------------------
 */

static gboolean take_counts(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct store_state *state = data;

	state->runs = (guint)sqlite3_column_int64(row, 0);
	state->lots = (guint)sqlite3_column_int64(row, 1);
	return TRUE;
}

static gboolean take_first(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct store_state *state = data;

	state->first_run = g_strdup((const char *)sqlite3_column_text(row, 0));
	state->first_us = sqlite3_column_int64(row, 1);
	return TRUE;
}

static gboolean take_last(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct store_state *state = data;

	state->last_run = g_strdup((const char *)sqlite3_column_text(row, 0));
	state->last_us = sqlite3_column_int64(row, 1);
	return TRUE;
}

guint64 store_file_bytes(const char *path)
{
	g_autofree char *log = g_strconcat(path, "-wal", NULL);
	const char *const files[] = {path, log};
	guint64 bytes = 0;

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		GStatBuf about;
		if (g_stat(files[i], &about) == 0)
			bytes += (guint64)about.st_size;
	}
	return bytes;
}

gboolean store_free_bytes(const char *path, guint64 *bytes, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	struct statvfs disk;

	if (statvfs(folder, &disk) != 0) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s: ask for free space: %s",
		                  folder, g_strerror(errno));
		return FALSE;
	}
	*bytes = (guint64)disk.f_bavail * disk.f_frsize;
	return TRUE;
}

/* Columns: number and hash of the last row of the chain. */
static gboolean take_end(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct store_state *state = data;

	state->rows = sqlite3_column_int64(row, 0);
	state->hash = canon_hex(sqlite3_column_blob(row, 1), (gsize)sqlite3_column_bytes(row, 1));
	return TRUE;
}

static gboolean take_head(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct store_state *state = data;

	state->signed_row = sqlite3_column_int64(row, 0);
	state->signed_us = sqlite3_column_int64(row, 1);
	return TRUE;
}

static gboolean read_chain(struct store *store, struct store_state *state, GError **error)
{
	g_autofree char *path = g_strconcat(store->path, ".pub", NULL);
	g_autoptr(GArray) keys = NULL;

	if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		keys = signing_read_public(path, error);
		if (!keys)
			return FALSE;
		state->public_key = canon_hex((const guint8 *)keys->data +
		                                      (gsize)(keys->len - 1) * SIGNING_PUBLIC,
		                              SIGNING_PUBLIC);
	}
	state->sinks = outbox_states(store, error);
	return state->sinks &&
	       sqlite_ask(store, take_end, state, error,
	                  "SELECT number, hash FROM chain ORDER BY number DESC LIMIT 1", "") &&
	       sqlite_ask(store, take_head, state, error,
	                  "SELECT number, signed_us FROM heads ORDER BY number DESC LIMIT 1", "");
}

gboolean store_state_read(struct store *store, struct store_state *state, GError **error)
{
	*state = (struct store_state){.file_bytes = store_file_bytes(store->path)};
	if (!sqlite_version(store, &state->schema, error) ||
	    !store_free_bytes(store->path, &state->free_bytes, error))
		return FALSE;
	if (state->schema == 0)
		return TRUE;
	if (state->schema == schema_version && !read_chain(store, state, error))
		return FALSE;
	return sqlite_ask(store, take_counts, state, error,
	                  "SELECT count(*), count(DISTINCT lot) FROM runs", "") &&
	       sqlite_ask(store, take_first, state, error,
	                  "SELECT run_id, start_us FROM runs ORDER BY start_us, run_id LIMIT 1",
	                  "") &&
	       sqlite_ask(store, take_last, state, error,
	                  "SELECT run_id, start_us FROM runs ORDER BY start_us DESC, run_id DESC "
	                  "LIMIT 1",
	                  "");
}

void store_state_clear(struct store_state *state)
{
	g_free(state->first_run);
	g_free(state->last_run);
	g_free(state->hash);
	g_free(state->public_key);
	g_clear_pointer(&state->sinks, g_ptr_array_unref);
	*state = (struct store_state){0};
}

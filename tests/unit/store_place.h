/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_STORE_PLACE_H
#define TESTS_UNIT_STORE_PLACE_H

#include "station/store/sqlite_store.h"

#include <glib/gstdio.h>

/* A store of a test's own in a folder of its own. */
struct store_place {
	char *folder, *path;
	struct store *store;
};

static inline void store_place_init(struct store_place *place)
{
	GError *error = NULL;

	place->folder = g_dir_make_tmp("runs-XXXXXX", NULL);
	place->path = g_build_filename(place->folder, "station.db", NULL);
	place->store = store_open(place->path, &error);
	g_assert_no_error(error);
	/* many runs are put, and a disk takes its time for each */
	sqlite3_exec(place->store->db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
}

static inline void store_place_done(struct store_place *place)
{
	store_close(place->store);
	g_autoptr(GDir) dir = g_dir_open(place->folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(place->folder, name, NULL);
		g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(place->folder), ==, 0);
	g_free(place->folder);
	g_free(place->path);
}

static inline void store_place_put(struct store_place *place, const struct run_record *record)
{
	GError *error = NULL;

	store_save_run(place->store, record, &error);
	g_assert_no_error(error);
}

#endif

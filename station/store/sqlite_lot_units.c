/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/lot_units.h"
#include "station/store/sqlite_store.h"

#include <string.h>

static void unit_free(gpointer data)
{
	struct store_lot_unit *unit = data;

	g_free(unit->serial);
	g_free(unit->part_number);
	g_free(unit->run_id);
	g_free(unit);
}

struct collecting {
	struct store *store;
	GPtrArray *units;
	GHashTable *by_serial; /* to struct store_lot_unit */
};

/* Columns: serial, part_number, run_id, verdict; in the order of their beginnings. */
static gboolean take_run(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct collecting *collecting = data;
	const char *serial = (const char *)sqlite3_column_text(row, 0);
	struct store_lot_unit *unit = g_hash_table_lookup(collecting->by_serial, serial);

	if (!unit) {
		unit = g_new0(struct store_lot_unit, 1);
		unit->serial = g_strdup(serial);
		g_ptr_array_add(collecting->units, unit);
		g_hash_table_insert(collecting->by_serial, unit->serial, unit);
	}
	record_text(&unit->part_number, (const char *)sqlite3_column_text(row, 1));
	record_text(&unit->run_id, (const char *)sqlite3_column_text(row, 2));
	return sqlite_verdict(collecting->store, row, 3, &unit->verdict, error);
}

GPtrArray *store_lot_units(struct store *store, const char *lot, GError **error)
{
	g_autoptr(GPtrArray) units = g_ptr_array_new_with_free_func(unit_free);
	g_autoptr(GHashTable) by_serial = g_hash_table_new(g_str_hash, g_str_equal);
	struct collecting collecting = {store, units, by_serial};

	if (!sqlite_ask(store, take_run, &collecting, error,
	                "SELECT serial, part_number, run_id, verdict FROM runs WHERE lot = ? "
	                "ORDER BY start_us, run_id",
	                "t", lot))
		return NULL;
	return g_steal_pointer(&units);
}

const struct store_lot_unit *store_lot_units_find(const GPtrArray *units, const char *serial)
{
	for (guint i = 0; i < units->len; i++) {
		const struct store_lot_unit *unit = g_ptr_array_index(units, i);
		if (strcmp(unit->serial, serial) == 0)
			return unit;
	}
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/lot_file.h"

#include "base/csv.h"
#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"

#include <string.h>

static void unit_free(gpointer data)
{
	struct lot_unit *unit = data;

	g_free(unit->serial);
	g_free(unit->part_number);
	g_free(unit);
}

void lot_file_free(struct lot_file *lot)
{
	if (!lot)
		return;
	g_free(lot->name);
	g_free(lot->path);
	g_free(lot->sha256);
	g_clear_pointer(&lot->units, g_ptr_array_unref);
	g_free(lot);
}

static gboolean check_product(const struct csv *csv, guint row, const char *part,
                              const struct config *config, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *near;

	if (config_product(config, part))
		return TRUE;
	for (guint i = 0; i < config->products->len; i++) {
		const struct config_product *product = g_ptr_array_index(config->products, i);
		g_ptr_array_add(known, product->part_number);
	}
	g_ptr_array_add(known, NULL);
	near = suggest_nearest(part, (const char *const *)known->pdata);
	csv_error(csv, row, error, "the configuration has no product \"%s\"%s%s%s", part,
	          near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return FALSE;
}

/* A unit fits the site that the lot names, else some site. */
static gboolean check_fit(const struct csv *csv, guint row, const struct lot_unit *unit,
                          const struct config *config, GError **error)
{
	const struct config_product *product = config_product(config, unit->part_number);
	g_autoptr(GString) why = g_string_new(NULL);

	for (guint i = 0; i < config->sites->len; i++) {
		const struct config_site *site = g_ptr_array_index(config->sites, i);
		g_autofree char *misfit = NULL;

		if (unit->site && unit->site != site->site)
			continue;
		misfit = config_misfit(site, product);
		if (!misfit)
			return TRUE;
		g_string_append_printf(why, "%s site %d: %s", why->len ? ";" : "", site->site,
		                       misfit);
	}
	csv_error(csv, row, error, "%s cannot be run here:%s", unit->part_number, why->str);
	return FALSE;
}

static gboolean load_row(struct lot_file *lot, const struct csv *csv, guint row,
                         const struct config *config, GHashTable *seen, GError **error)
{
	struct lot_unit *unit = g_new0(struct lot_unit, 1);
	const char *site = csv_field(csv, row, "site");
	GError *local = NULL;
	gint64 number = 0;

	g_ptr_array_add(lot->units, unit);
	unit->serial = g_strdup(csv_field(csv, row, "serial"));
	unit->part_number = g_strdup(csv_field(csv, row, "part_number"));
	unit->line = csv_line(csv, row);
	if (!*unit->serial) {
		csv_error(csv, row, error, "a unit without a serial number");
		return FALSE;
	}
	if (!g_hash_table_add(seen, unit->serial)) {
		csv_error(csv, row, error, "serial number \"%s\" is there twice", unit->serial);
		return FALSE;
	}
	if (!check_product(csv, row, unit->part_number, config, error))
		return FALSE;
	if (!site || !*site)
		return check_fit(csv, row, unit, config, error);
	if (!number_parse_int(site, 1, 64, &number, &local) || !config_site(config, (int)number)) {
		csv_error(csv, row, error, "the configuration has no site \"%s\"", site);
		g_clear_error(&local);
		return FALSE;
	}
	unit->site = (int)number;
	return check_fit(csv, row, unit, config, error);
}

static char *name_of(const char *path)
{
	char *name = g_path_get_basename(path);

	if (g_str_has_suffix(name, ".csv"))
		name[strlen(name) - 4] = '\0';
	return name;
}

struct lot_file *lot_file_load(const char *path, const struct config *config, GError **error)
{
	static const char *const required[] = {"serial", "part_number", NULL};
	static const char *const optional[] = {"site", NULL};
	g_autoptr(csv) csv = csv_load_file(path, error);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(lot_file) lot = NULL;

	if (!csv || !csv_check_columns(csv, required, optional, error))
		return NULL;
	lot = g_new0(struct lot_file, 1);
	lot->path = g_strdup(path);
	lot->name = name_of(path);
	lot->sha256 = g_strdup(csv_sha256(csv));
	lot->units = g_ptr_array_new_with_free_func(unit_free);
	for (guint row = 0; row < csv_rows(csv); row++)
		if (!load_row(lot, csv, row, config, seen, error))
			return NULL;
	if (!lot->units->len) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: a lot without units", path);
		return NULL;
	}
	return g_steal_pointer(&lot);
}

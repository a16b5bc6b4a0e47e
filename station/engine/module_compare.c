/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/module_compare.h"

#include "base/error.h"
#include "base/number.h"
#include "station/engine/run.h"

#include <string.h>

#define SITE_PREFIX "site:"

void module_side_clear(struct module_side *side)
{
	g_free(side->name);
	g_free(side->part_number);
	module_image_free(side->image);
	write_history_free(side->history);
	*side = (struct module_side){0};
}

struct write_history *module_history_load(const struct config *config, const char *run,
                                          GError **error)
{
	g_autofree char *folder = run_journal_folder(config);
	g_autoptr(store) store = store_open(config->store_path, error);
	g_autoptr(run_record) record = store ? store_load_run(store, run, error) : NULL;
	g_autofree char *path =
		record ? write_history_find(folder, record->serial, record->run_id, error) : NULL;

	return path ? write_history_load(path, error) : NULL;
}

static gboolean load_site(const struct config *config, const char *what, struct module_side *side,
                          GError **error)
{
	gint64 site = 0;

	if (!number_parse_int(what + strlen(SITE_PREFIX), 0, G_MAXINT, &site, NULL) ||
	    !config_site(config, (int)site)) {
		station_error_set(error, STATION_ERROR_CONFIG, "\"%s\": there is no such site",
		                  what);
		return FALSE;
	}
	side->image = module_image_new();
	side->name = g_strdup_printf("module at site %d now", (int)site);
	return module_look(config, (int)site, side->image, &side->part_number, error);
}

static gboolean load_file(const char *path, struct module_side *side, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, &cause)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s", cause->message);
		return FALSE;
	}
	side->name = g_strdup(path);
	side->image = module_image_from_text(text, path, error);
	return side->image != NULL;
}

/* What it left: what it found, and over that what is stored since. */
static gboolean load_run(const struct config *config, const char *run, struct module_side *side,
                         GError **error)
{
	side->history = module_history_load(config, run, error);
	if (!side->history)
		return FALSE;
	side->image = module_image_copy(side->history->first);
	module_image_merge(side->image, side->history->last);
	side->part_number = g_strdup(side->history->part_number);
	side->name = g_strdup_printf("%s, run %s of %s", side->history->serial, side->history->run,
	                             side->history->time);
	return TRUE;
}

/* A text of a module's vendor, from the image itself. */
static void find_part_number(struct module_side *side)
{
	char text[17] = {0};

	if (!side->part_number &&
	    module_image_get(side->image, CMIS_ADDRESS(0, 0x00, 148), (guint8 *)text, 16))
		side->part_number = g_strdup(g_strchomp(text));
}

gboolean module_side_load(const struct config *config, const char *what, struct module_side *side,
                          GError **error)
{
	gboolean ok;

	*side = (struct module_side){0};
	if (g_str_has_prefix(what, SITE_PREFIX))
		ok = load_site(config, what, side, error);
	else if (g_file_test(what, G_FILE_TEST_EXISTS))
		ok = load_file(what, side, error);
	else
		ok = load_run(config, what, side, error);
	if (ok)
		find_part_number(side);
	return ok;
}

struct knob_map *module_compare_map(const struct config *config, const char *part_number,
                                    GError **error)
{
	const struct config_product *product =
		part_number ? config_product(config, part_number) : NULL;

	return product ? knob_map_load(product->knobs, error) : NULL;
}

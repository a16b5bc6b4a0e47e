/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/operator_lots.h"

#include "base/error.h"

#include <string.h>

#define ENDING ".csv"

struct lot_file *operator_lot(const struct config *config, const char *name, GError **error)
{
	const char *folder = config->operator_policy->lots_path;
	g_autofree char *file = g_strconcat(name, ENDING, NULL);
	g_autofree char *path = g_build_filename(folder, file, NULL);

	/* what was scanned is a name and not a way to somewhere */
	if (strchr(name, '/') || name[0] == '.') {
		station_error_set(error, STATION_ERROR_CONFIG, "\"%s\" is no name of a lot", name);
		return NULL;
	}
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		station_error_set(error, STATION_ERROR_CONFIG, "there is no lot %s in %s", name,
		                  folder);
		return NULL;
	}
	return lot_file_load(path, config, error);
}

static int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **operator_lots(const struct config *config)
{
	g_autoptr(GDir) folder = g_dir_open(config->operator_policy->lots_path, 0, NULL);
	GPtrArray *names = g_ptr_array_new();
	const char *name;

	while (folder && (name = g_dir_read_name(folder)))
		if (g_str_has_suffix(name, ENDING) && name[0] != '.')
			g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(ENDING)));
	g_ptr_array_sort(names, by_name);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

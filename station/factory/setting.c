/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/setting.h"

#include <string.h>

#define TIME_LEAST_S 0.1
#define TIME_MOST_S  3600.0

static char *beside(const char *config_path, const char *name)
{
	g_autofree char *folder = g_path_get_dirname(config_path);

	return g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(folder, name, NULL);
}

gboolean setting_command(const struct yaml_node *map, const char *key, const char *config_path,
                         char ***command, GError **error)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	const struct yaml_node *list;

	if (!yaml_list(map, key, &list, error))
		return FALSE;
	for (guint i = 0; i < yaml_size(list); i++) {
		const char *word;

		if (!yaml_as_string(yaml_item(list, i), &word, error))
			return FALSE;
		g_ptr_array_add(words, !i && strchr(word, '/') ? beside(config_path, word)
		                                               : g_strdup(word));
	}
	if (!words->len || !*(const char *)g_ptr_array_index(words, 0)) {
		yaml_error(list, error, "%s wants the name of a program first", key);
		return FALSE;
	}
	g_ptr_array_add(words, NULL);
	*command = (char **)g_ptr_array_steal(words, NULL);
	return TRUE;
}

gboolean setting_text(const struct yaml_node *map, const char *key, char **text, GError **error)
{
	const char *value;

	if (!yaml_string_or(map, key, &value, NULL, error))
		return FALSE;
	if (value && !*value) {
		yaml_error(yaml_find(map, key), error, "%s is empty: leave it out instead", key);
		return FALSE;
	}
	*text = g_strdup(value);
	return TRUE;
}

gboolean setting_path(const struct yaml_node *map, const char *key, const char *config_path,
                      char **path, GError **error)
{
	g_autofree char *name = NULL;

	if (!setting_text(map, key, &name, error))
		return FALSE;
	*path = name ? beside(config_path, name) : NULL;
	return TRUE;
}

gboolean setting_time(const struct yaml_node *map, const char *key, double absent_s, double *time_s,
                      GError **error)
{
	if (!yaml_quantity_or(map, key, "s", time_s, absent_s, error))
		return FALSE;
	if (*time_s >= TIME_LEAST_S && *time_s <= TIME_MOST_S)
		return TRUE;
	yaml_error(yaml_find(map, key), error, "%s is 0.1 s to an hour", key);
	return FALSE;
}

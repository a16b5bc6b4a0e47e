/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/resource_settings.h"

#include "base/suggest.h"

#include <string.h>

gboolean resource_settings_parse(const char *text, const char *settings, resource_setting_fn fn,
                                 gpointer user_data, GError **error)
{
	if (!settings)
		return TRUE;
	g_auto(GStrv) parts = g_strsplit(settings, "&", -1);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (char **part = parts; *part; part++) {
		char *equals = strchr(*part, '=');
		if (!equals)
			return resource_bad(text, "settings are KEY=VALUE joined by \"&\"", error);
		*equals = '\0';
		if (!g_hash_table_add(seen, *part)) {
			g_autofree char *why = g_strdup_printf("%s is set twice", *part);
			return resource_bad(text, why, error);
		}
		if (!fn(text, *part, equals + 1, user_data, error))
			return FALSE;
	}
	if (g_strv_length(parts) == 0)
		return resource_bad(text, "no setting follows the \"?\"", error);
	return TRUE;
}

gboolean resource_settings_unknown(const char *text, const char *key, const char *const *keys,
                                   GError **error)
{
	const char *near = suggest_nearest(key, keys);
	g_autofree char *why = g_strdup_printf("the setting \"%s\" is unknown%s%s", key,
	                                       near ? "; did you mean " : "", near ? near : "");
	return resource_bad(text, why, error);
}

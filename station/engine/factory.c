/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/factory.h"

static gboolean read_processes(struct report_factory *factory, const struct yaml_node *map,
                               GError **error)
{
	factory->processes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < yaml_size(map); i++) {
		gint64 code;

		if (!yaml_as_int(yaml_value(map, i), 0, G_MAXINT16, &code, error))
			return FALSE;
		g_hash_table_insert(factory->processes, g_strdup(yaml_key(map, i)),
		                    GINT_TO_POINTER((int)code));
	}
	return TRUE;
}

static gboolean read_map(struct report_factory *factory, const struct yaml_node *map,
                         GError **error)
{
	const struct yaml_node *processes;
	const char *location, *purpose;

	if (!yaml_string_or(map, "location", &location, NULL, error) ||
	    !yaml_string_or(map, "purpose", &purpose, NULL, error) ||
	    !yaml_map_or(map, "processes", &processes, error))
		return FALSE;
	factory->location = g_strdup(location);
	factory->purpose = g_strdup(purpose);
	return (!processes || read_processes(factory, processes, error)) && yaml_done(map, error);
}

struct report_factory *factory_load(const struct yaml_node *map, GError **error)
{
	struct report_factory *factory = g_new0(struct report_factory, 1);

	if (map && !read_map(factory, map, error))
		g_clear_pointer(&factory, report_factory_free);
	return factory;
}

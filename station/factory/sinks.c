/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sinks.h"

#include "base/suggest.h"

#include <string.h>

static const struct {
	const char *kind;
	struct sink *(*load)(const struct yaml_node *map, const struct sink_place *place,
	                     GError **error);
} kinds[] = {
	{"postgresql", sink_postgresql_load},
	{"program", sink_program_load},
	{"folder", sink_folder_load},
	{"https", sink_https_load},
	{"mqtt", sink_mqtt_load},
	{"cfx", sink_cfx_load},
};

static void sink_free(gpointer data)
{
	struct sink *sink = data;

	sink->ops->free(sink);
}

static void refuse_kind(const struct yaml_node *map, const char *kind, GError **error)
{
	const char *names[G_N_ELEMENTS(kinds) + 1] = {0};
	g_autofree char *all = NULL;
	const char *near;

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
		names[i] = kinds[i].kind;
	all = g_strjoinv(", ", (char **)names);
	near = suggest_nearest(kind, names);
	yaml_error(yaml_find(map, "kind"), error, "kind \"%s\" is none of %s%s%s%s", kind, all,
	           near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* A name is a word of calls and of rows of the store. */
static gboolean check_name(const struct yaml_node *map, const char *name, const GPtrArray *sinks,
                           GError **error)
{
	if (!*name || *name == '-' || strpbrk(name, " \t\n")) {
		yaml_error(yaml_find(map, "name"), error,
		           "name \"%s\" has to be a word, such as \"line\"", name);
		return FALSE;
	}
	if (sinks_find(sinks, name)) {
		yaml_error(map, error, "sink \"%s\" is there twice", name);
		return FALSE;
	}
	return TRUE;
}

static gboolean load_sink(GPtrArray *sinks, const struct yaml_node *map,
                          const struct sink_place *place, GError **error)
{
	const char *name, *kind;
	guint i = 0;

	if (yaml_kind(map) != YAML_MAP) {
		yaml_error(map, error, "a sink is {name: NAME, kind: KIND, ...}");
		return FALSE;
	}
	if (!yaml_string(map, "name", &name, error) || !yaml_string(map, "kind", &kind, error) ||
	    !check_name(map, name, sinks, error))
		return FALSE;
	while (i < G_N_ELEMENTS(kinds) && strcmp(kinds[i].kind, kind) != 0)
		i++;
	if (i == G_N_ELEMENTS(kinds)) {
		refuse_kind(map, kind, error);
		return FALSE;
	}
	struct sink *sink = kinds[i].load(map, place, error);
	if (!sink)
		return FALSE;
	sink->name = g_strdup(name);
	g_ptr_array_add(sinks, sink);
	return yaml_done(map, error);
}

GPtrArray *sinks_load(const struct yaml_node *list, const struct sink_place *place, GError **error)
{
	g_autoptr(GPtrArray) sinks = g_ptr_array_new_with_free_func(sink_free);

	for (guint i = 0; list && i < yaml_size(list); i++)
		if (!load_sink(sinks, yaml_item(list, i), place, error))
			return NULL;
	return g_steal_pointer(&sinks);
}

struct sink *sinks_find(const GPtrArray *sinks, const char *name)
{
	for (guint i = 0; i < sinks->len; i++) {
		struct sink *sink = g_ptr_array_index(sinks, i);

		if (strcmp(sink->name, name) == 0)
			return sink;
	}
	return NULL;
}

const char **sinks_names(const GPtrArray *sinks)
{
	const char **names = g_new0(const char *, sinks->len + 1);

	for (guint i = 0; i < sinks->len; i++)
		names[i] = ((const struct sink *)g_ptr_array_index(sinks, i))->name;
	return names;
}

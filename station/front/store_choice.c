/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/store_choice.h"

#include "base/error.h"
#include "station/factory/sink_postgresql.h"
#include "station/store/postgres_read.h"

struct sink *store_choice_sink(const struct config *config, const char *name, GError **error)
{
	g_autofree const char **names = sinks_names(config->sinks);
	g_autofree char *all = g_strjoinv(", ", (char **)names);
	struct sink *sink = sinks_find(config->sinks, name);

	if (!sink)
		station_error_set(error, STATION_ERROR_CONFIG, "%s has no sink \"%s\"; it has: %s",
		                  config->path, name, *all ? all : "none (key sinks:)");
	return sink;
}

const char *store_choice_target(const struct config *config, const char *name, GError **error)
{
	const struct sink *sink = store_choice_sink(config, name, error);
	const char *target = sink ? sink_postgresql_target(sink) : NULL;

	if (sink && !target)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "sink \"%s\" is of kind %s: only postgresql is a store", name,
		                  sink->ops->kind);
	return target;
}

struct store *store_choice(const struct config *config, const char *name, GError **error)
{
	const char *target;

	if (!name)
		return store_open(config->store_path, error);
	target = store_choice_target(config, name, error);
	return target ? postgres_read(target, NULL, error) : NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_SINKS_H
#define STATION_FACTORY_SINKS_H

#include "station/factory/sink_kinds.h"

/*
 * The key "sinks" of a configuration: a list of entries with name, kind and the kind's own keys.
 * Array of struct sink, owning; empty when the list is null. None is asked yet. Null with
 * STATION_ERROR_CONFIG.
 */
GPtrArray *sinks_load(const struct yaml_node *list, const struct sink_place *place, GError **error);

/* Of a name; null when there is none. Borrowed. */
struct sink *sinks_find(const GPtrArray *sinks, const char *name);
/* Their names, for store_set_sinks; the texts are borrowed, free with g_free. */
const char **sinks_names(const GPtrArray *sinks);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_SINK_KINDS_H
#define STATION_FACTORY_SINK_KINDS_H

#include "base/yaml.h"
#include "reports/factory.h"
#include "station/factory/sink.h"

/* What an entry of the list of sinks is read with; borrowed, for as long as the sink is used. */
struct sink_place {
	const char *config_path;
	const char *station;                  /* its name */
	const struct report_factory *factory; /* for exports; may be null */
};

/*
 * One for each kind that tells of runs by itself: reads the keys of its kind from an entry of the
 * list (station.yaml(5)). The caller asks for "name" and "kind", and for yaml_done at the end; the
 * sink's name is the caller's to set. Null with STATION_ERROR_CONFIG.
 */
struct sink *sink_program_load(const struct yaml_node *map, const struct sink_place *place,
                               GError **error);
struct sink *sink_folder_load(const struct yaml_node *map, const struct sink_place *place,
                              GError **error);
struct sink *sink_https_load(const struct yaml_node *map, const struct sink_place *place,
                             GError **error);
/* Refused, with the package to install, where the library was not there at the build. */
struct sink *sink_mqtt_load(const struct yaml_node *map, const struct sink_place *place,
                            GError **error);
struct sink *sink_cfx_load(const struct yaml_node *map, const struct sink_place *place,
                           GError **error);
struct sink *sink_postgresql_load(const struct yaml_node *map, const struct sink_place *place,
                                  GError **error);

#endif

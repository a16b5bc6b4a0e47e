/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_FACTORY_H
#define STATION_ENGINE_FACTORY_H

#include "base/yaml.h"
#include "reports/factory.h"

/* "factory" of the configuration; station.yaml(5) has the keys. A null map gives an empty one. Null
 * with STATION_ERROR_CONFIG; else to be freed with report_factory_free. */
struct report_factory *factory_load(const struct yaml_node *map, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_SINK_POSTGRESQL_H
#define STATION_FACTORY_SINK_POSTGRESQL_H

#include "station/factory/sink.h"

/* How the database of a sink is reached (station/store/postgres.h); null when the sink is of
 * another kind. Borrowed. */
const char *sink_postgresql_target(const struct sink *sink);

#endif

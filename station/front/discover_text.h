/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_DISCOVER_TEXT_H
#define STATION_FRONT_DISCOVER_TEXT_H

#include "station/engine/discover.h"

/*
 * What was found, as lines for the configuration: an item of `instruments:` each, with comments.
 * What no driver knows, or nothing can speak to, is a comment from end to end. What instruments say
 * of themselves cannot break out of its comment or value. instruments: struct discovered. Free with
 * g_free.
 */
char *discover_yaml(const GPtrArray *instruments);

/* The same as one JSON object a line. */
char *discover_json(const GPtrArray *instruments);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_EVENT_JSON_H
#define STATION_FRONT_EVENT_JSON_H

#include "station/engine/event.h"

/* The stream's schema, told by its first line. */
#define EVENT_JSON_SCHEMA "station-events-1"

/* The first line, without the newline: schema, lot and how many units will be run. Free with
 * g_free. */
char *event_json_head(const char *lot, guint units);

/* One event as a JSON object on one line, without the newline. Only what the kind has is in it.
 * Free with g_free. */
char *event_json(const struct event *event);

#endif

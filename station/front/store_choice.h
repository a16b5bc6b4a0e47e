/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_STORE_CHOICE_H
#define STATION_FRONT_STORE_CHOICE_H

#include "station/engine/config.h"
#include "station/store/store.h"

/* The store to be read: the station's own (name null), or the line's that a sink of that name and
 * of kind postgresql tells (station/store/reading.h says what may be asked of it). */
struct store *store_choice(const struct config *config, const char *name, GError **error);

/* How the database of the sink of that name is reached; null with STATION_ERROR_CONFIG. */
const char *store_choice_target(const struct config *config, const char *name, GError **error);

/* The sink of that name; null with STATION_ERROR_CONFIG and the names that there are. */
struct sink *store_choice_sink(const struct config *config, const char *name, GError **error);

#endif

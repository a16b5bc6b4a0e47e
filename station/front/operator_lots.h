/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_OPERATOR_LOTS_H
#define STATION_FRONT_OPERATOR_LOTS_H

#include "station/engine/lot_file.h"

/* The lots that an operator chooses from: NAME.csv in the folder that the configuration names. */

/* STATION_ERROR_CONFIG: no name of a lot, no such lot, or its file is wrong. */
struct lot_file *operator_lot(const struct config *config, const char *name, GError **error);
/* All names, sorted, null-terminated; none when the folder cannot be read. Free with g_strfreev. */
char **operator_lots(const struct config *config);

#endif

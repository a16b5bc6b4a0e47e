/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_LOT_UNITS_H
#define STATION_STORE_LOT_UNITS_H

#include "station/store/store.h"

/* The latest run of a unit in a lot. */
struct store_lot_unit {
	char *serial, *part_number, *run_id;
	enum verdict verdict;
};

/* Of each unit that has a run in the lot, in the order in which they were first begun: array of
 * struct store_lot_unit, owning. Null with error (STATION_ERROR_STORAGE). */
GPtrArray *store_lot_units(struct store *store, const char *lot, GError **error);
/* The one of a serial number, borrowed; null when there is none. */
const struct store_lot_unit *store_lot_units_find(const GPtrArray *units, const char *serial);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_LOT_REPORTS_H
#define STATION_FRONT_LOT_REPORTS_H

#include "station/front/lot_view.h"
#include "station/store/store.h"

/*
 * The reports of a lot's units and of the lot, as files of a folder. One that cannot be written is
 * told on standard error and loses nothing: the record is in the store.
 */
struct lot_reports {
	struct store *store;
	const char *folder;
};

/* HTML, JSON and CSV of a run, and its constants, into a folder that is there. The HTML's path,
 * free with g_free; null with the system's error. */
char *lot_reports_write(const char *folder, const struct run_record *record, GError **error);

/* HTML, JSON and CSV of a run, and its constants; the view learns where they are. */
void lot_reports_unit(const struct lot_reports *to, struct lot_view *view, const char *run_id,
                      const char *serial);

/* The lot's page, units in the order of `serials` (null-terminated), and what is missing of the
 * pages that it points to. Where it is, free with g_free;
 * null when it could not be written. */
char *lot_reports_lot(const struct lot_reports *to, const char *lot, const char *const *serials);

#endif

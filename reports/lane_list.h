/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_LANE_LIST_H
#define REPORTS_LANE_LIST_H

#include <glib.h>

/* Lanes 1 to 63 as bits; bit 0 is the whole unit. Lanes beyond have no bit. */
guint64 lane_list_bit(int lane);

/* "lane 3", "lanes 1-4", "lanes 1-2, 4"; "" without any. Free with g_free. */
char *lane_list_text(guint64 lanes);

/* Notes (char *) that say the same of several lanes, joined: "lanes 1-4: no light"; each text once,
 * in the order of the first. An array of char *, owned. */
GPtrArray *lane_list_join(const GPtrArray *notes);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_DEFECTS_H
#define BENCH_DEFECTS_H

#include "bench/world.h"

/* Which defects a unit has; lane -1 where a defect has none. */
struct defect_set {
	gboolean has[WORLD_DEFECTS];
	int lane[WORLD_DEFECTS];
};

/*
 * Reads "weak-lane:3+i2c-nack" (lanes 1..4 in the text, 0..3 in the set); a lane left out comes
 * from the serial number. Null or empty text is no defect. STATION_ERROR_RANGE with the nearest
 * known name.
 */
gboolean defect_set_parse(const char *text, const char *serial, struct defect_set *set,
                          GError **error);
/* The same notation, lanes always told, in the order of the enumeration. Free with g_free. */
char *defect_set_text(const struct defect_set *set);
gboolean defect_set_equal(const struct defect_set *a, const struct defect_set *b);
/* True when the defect is there and on that lane. */
gboolean defect_on_lane(const struct defect_set *set, enum world_defect defect, guint lane);

#endif

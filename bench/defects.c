/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/defects.h"

#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "bench/random.h"

#include <string.h>

static const struct {
	const char *name;
	gboolean has_lane;
} kinds[WORLD_DEFECTS] = {
	[WORLD_DEFECT_WEAK_LANE] = {"weak-lane", TRUE},
	[WORLD_DEFECT_DEAD_LANE] = {"dead-lane", TRUE},
	[WORLD_DEFECT_NOISY_LASER] = {"noisy-laser", TRUE},
	[WORLD_DEFECT_SLOW_DRIVER] = {"slow-driver", TRUE},
	[WORLD_DEFECT_COMPRESSED_LEVELS] = {"compressed-levels", TRUE},
	[WORLD_DEFECT_BAD_RSSI] = {"bad-rssi", TRUE},
	[WORLD_DEFECT_CORRUPT_CHECKSUM] = {"corrupt-checksum", FALSE},
	[WORLD_DEFECT_WRONG_PART_NUMBER] = {"wrong-part-number", FALSE},
	[WORLD_DEFECT_I2C_NACK] = {"i2c-nack", FALSE},
	[WORLD_DEFECT_DIRTY_CONNECTOR] = {"dirty-connector", TRUE},
	[WORLD_DEFECT_KINKED_LASER] = {"kinked-laser", TRUE},
	[WORLD_DEFECT_HOT_LASER] = {"hot-laser", TRUE},
	[WORLD_DEFECT_OFF_WAVELENGTH] = {"off-wavelength", TRUE},
	[WORLD_DEFECT_WIDE_SPECTRUM] = {"wide-spectrum", TRUE},
	[WORLD_DEFECT_RESETS] = {"resets", FALSE},
	[WORLD_DEFECT_FORGETFUL] = {"forgetful", FALSE},
	[WORLD_DEFECT_STUCK_KNOB] = {"stuck-knob", TRUE},
	[WORLD_DEFECT_OLD_FIRMWARE] = {"old-firmware", FALSE},
	[WORLD_DEFECT_CMIS3] = {"cmis3", FALSE},
	[WORLD_DEFECT_QSFP28] = {"qsfp28", FALSE},
	[WORLD_DEFECT_FALSE_CHECKER] = {"false-checker", TRUE},
	[WORLD_DEFECT_OLD_IMAGE] = {"old-image", FALSE},
	[WORLD_DEFECT_BAD_FLASH] = {"bad-flash", FALSE},
	[WORLD_DEFECT_CDB_STUCK] = {"cdb-stuck", FALSE},
};

const char *world_defect_name(enum world_defect defect)
{
	return (guint)defect < WORLD_DEFECTS ? kinds[defect].name : NULL;
}

static int find_kind(const char *name)
{
	for (int i = 0; i < WORLD_DEFECTS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return i;
	return -1;
}

static void refuse_name(const char *name, GError **error)
{
	const char *names[WORLD_DEFECTS + 1] = {0};

	for (int i = 0; i < WORLD_DEFECTS; i++)
		names[i] = kinds[i].name;
	const char *nearest = suggest_nearest(name, names);
	station_error_set(error, STATION_ERROR_RANGE, "unknown defect \"%s\"%s%s%s", name,
	                  nearest ? ", did you mean \"" : "", nearest ? nearest : "",
	                  nearest ? "\"?" : "");
}

static int lane_by_serial(const char *serial, const char *defect)
{
	struct random_stream stream;
	g_autofree char *name = g_strconcat("defect lane ", defect, " ", serial, NULL);

	random_init(&stream, 0, name);
	return (int)(random_u64(&stream) % WORLD_LANES);
}

/* One "name" or "name:lane". */
static gboolean parse_one(const char *item, const char *serial, struct defect_set *set,
                          GError **error)
{
	const char *colon = strchr(item, ':');
	g_autofree char *name = colon ? g_strndup(item, (gsize)(colon - item)) : g_strdup(item);
	gint64 lane = 0;

	g_strstrip(name);
	int kind = find_kind(name);
	if (kind < 0) {
		refuse_name(name, error);
		return FALSE;
	}
	if (set->has[kind]) {
		station_error_set(error, STATION_ERROR_RANGE, "defect \"%s\" twice", name);
		return FALSE;
	}
	if (colon && !kinds[kind].has_lane) {
		station_error_set(error, STATION_ERROR_RANGE, "defect \"%s\" has no lane", name);
		return FALSE;
	}
	if (colon && !number_parse_int(colon + 1, 1, WORLD_LANES, &lane, NULL)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "defect \"%s\": lane \"%s\" is not 1 to %d", name, colon + 1,
		                  WORLD_LANES);
		return FALSE;
	}
	set->has[kind] = TRUE;
	if (colon)
		set->lane[kind] = (int)lane - 1;
	else if (kinds[kind].has_lane)
		set->lane[kind] = lane_by_serial(serial, name);
	return TRUE;
}

gboolean defect_set_parse(const char *text, const char *serial, struct defect_set *set,
                          GError **error)
{
	struct defect_set result = {0};

	for (int i = 0; i < WORLD_DEFECTS; i++)
		result.lane[i] = -1;
	g_autofree char *stripped = g_strstrip(g_strdup(text ? text : ""));
	g_auto(GStrv) items = g_strsplit(stripped, "+", -1);
	for (char **item = items; *item; item++)
		if (!parse_one(*item, serial, &result, error))
			return FALSE;
	*set = result;
	return TRUE;
}

char *defect_set_text(const struct defect_set *set)
{
	GString *out = g_string_new(NULL);

	for (int i = 0; i < WORLD_DEFECTS; i++) {
		if (!set->has[i])
			continue;
		g_string_append_printf(out, "%s%s", out->len ? "+" : "", kinds[i].name);
		if (set->lane[i] >= 0)
			g_string_append_printf(out, ":%d", set->lane[i] + 1);
	}
	return g_string_free(out, FALSE);
}

gboolean defect_set_equal(const struct defect_set *a, const struct defect_set *b)
{
	for (int i = 0; i < WORLD_DEFECTS; i++)
		if (a->has[i] != b->has[i] || (a->has[i] && a->lane[i] != b->lane[i]))
			return FALSE;
	return TRUE;
}

gboolean defect_on_lane(const struct defect_set *set, enum world_defect defect, guint lane)
{
	return set->has[defect] && set->lane[defect] == (int)lane;
}

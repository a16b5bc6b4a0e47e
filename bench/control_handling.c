/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/control_handling.h"

#include "base/error.h"
#include "base/unit.h"
#include "bench/control_request.h"
#include "bench/handling.h"

#include <string.h>

static gboolean swap(struct world *world, guint site, JsonObject *request, GError **error)
{
	guint a = 0, b = 0;

	if (!control_need_lane(request, "a", &a, error) ||
	    !control_need_lane(request, "b", &b, error))
		return FALSE;
	if (strcmp(json_object_get_string_member(request, "command"), "swap") == 0)
		world_swap_tx(world, site, a, b);
	else
		world_swap_rx(world, site, a, b);
	return TRUE;
}

static gboolean set_demux(struct world *world, guint site, JsonObject *request, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);
	const char *grid = NULL;

	if (!control_need_text(request, "grid", &grid, error))
		return FALSE;
	for (guint i = 0; i < WORLD_DEMUXES; i++) {
		if (strcmp(world_demux_name(i), grid) != 0) {
			g_string_append_printf(names, " %s", world_demux_name(i));
			continue;
		}
		if (world_set_demux(world, site, i))
			return TRUE;
		station_error_set(error, STATION_ERROR_REFUSED, "site %u has no demultiplexer",
		                  site + 1);
		return FALSE;
	}
	station_error_set(error, STATION_ERROR_RANGE, "no demultiplexer %s; there are:%s", grid,
	                  names->str);
	return FALSE;
}

static gboolean age(struct world *world, guint site, JsonObject *request, GError **error)
{
	const char *side = NULL;
	double db = 0;
	guint lane = 0;

	if (!control_need_lane(request, "lane", &lane, error) ||
	    !control_need_number(request, "db", &db, error) ||
	    !control_get_text(request, "side", &side, error))
		return FALSE;
	gboolean receive = side && strcmp(side, "rx") == 0;
	if (side && !receive && strcmp(side, "tx") != 0) {
		station_error_set(error, STATION_ERROR_RANGE, "\"side\" is tx or rx");
		return FALSE;
	}
	if (!(db >= 0 && db <= 20)) {
		station_error_set(error, STATION_ERROR_RANGE, "\"db\" is 0 to 20");
		return FALSE;
	}
	world_age_path(world, site, lane, receive, db);
	return TRUE;
}

static gboolean thermal_stuck(struct world *world, guint site, JsonObject *request, GError **error)
{
	const char *how = NULL;

	if (!control_need_text(request, "switch", &how, error))
		return FALSE;
	gboolean on = strcmp(how, "on") == 0;
	if (!on && strcmp(how, "off") != 0) {
		station_error_set(error, STATION_ERROR_RANGE, "\"switch\" is on or off");
		return FALSE;
	}
	world_set_thermal_stuck(world, site, on);
	return TRUE;
}

static gboolean laser_bias(struct world *world, guint site, JsonObject *request, GError **error)
{
	double part = 0;
	guint lane = 0;

	if (!control_need_lane(request, "lane", &lane, error) ||
	    !control_need_number(request, "part", &part, error))
		return FALSE;
	if (!(part >= 0 && part <= 1)) {
		station_error_set(error, STATION_ERROR_RANGE, "\"part\" is 0 to 1");
		return FALSE;
	}
	if (world_set_bias_part(world, site, lane, part))
		return TRUE;
	station_error_set(error, STATION_ERROR_ABSENT, "site %u is empty", site + 1);
	return FALSE;
}

/* -1 for "off". */
static gboolean need_lane_or_off(JsonObject *request, int *lane, GError **error)
{
	JsonNode *node = json_object_get_member(request, "lane");
	guint number = 0;

	*lane = -1;
	if (node && JSON_NODE_HOLDS_VALUE(node) &&
	    g_strcmp0(json_node_get_string(node), "off") == 0)
		return TRUE;
	if (!control_need_lane(request, "lane", &number, error))
		return FALSE;
	*lane = (int)number;
	return TRUE;
}

static gboolean set_source(struct world *world, guint site, JsonObject *request, GError **error)
{
	double dbm = 0;
	int lane = -1;

	if (!need_lane_or_off(request, &lane, error) ||
	    !control_get_number(request, "dbm", &dbm, error))
		return FALSE;
	if (!(dbm >= -40 && dbm <= 13)) {
		station_error_set(error, STATION_ERROR_RANGE, "\"dbm\" is -40 to 13");
		return FALSE;
	}
	world_set_source(world, site, lane, unit_watt_from_dbm(dbm));
	return TRUE;
}

static gboolean set_probe(struct world *world, guint site, JsonObject *request, GError **error)
{
	int lane = -1;

	if (!need_lane_or_off(request, &lane, error))
		return FALSE;
	world_set_probe(world, site, lane);
	return TRUE;
}

gboolean control_handle(struct world *world, guint site, JsonObject *request, GError **error)
{
	static const struct {
		const char *command;
		gboolean (*run)(struct world *world, guint site, JsonObject *request,
		                GError **error);
	} rows[] = {
		{"swap", swap},         {"rx-swap", swap},
		{"demux", set_demux},   {"age", age},
		{"probe", set_probe},   {"thermal-stuck", thermal_stuck},
		{"source", set_source}, {"laser-bias", laser_bias},
	};
	const char *command = json_object_get_string_member(request, "command");

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].command, command) == 0)
			return rows[i].run(world, site, request, error);
	g_return_val_if_reached(FALSE);
}

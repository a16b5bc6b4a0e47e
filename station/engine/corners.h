/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_CORNERS_H
#define STATION_ENGINE_CORNERS_H

#include "base/yaml.h"

#include <glib.h>

/* The corners of a plan: how they stand in it, and in which order a loop goes through them. */

struct step_context;

struct plan_corner {
	char *name;
	double case_degc, supply_v;
};

/* Temperature of a head that no plan has told anything, where a run begins. */
#define CORNERS_AMBIENT_DEGC 25.0

/*
 * Reads "corners" of a plan: a list of named ones, the first is that of setup; or {case: [...],
 * supply: [...]}, every case temperature with every supply voltage, named like "25C 3.300V", of
 * which the one nearest to 25 degC and 3.3 V comes first. Appends to an array of struct plan_corner
 * that clears its elements. STATION_ERROR_CONFIG with file and line, also for a name that two
 * corners would have.
 */
gboolean corners_read(GArray *corners, const struct yaml_node *root, GError **error);

/*
 * The corners that a loop is for, in the plan's order: those that "at" of the loop's node takes, a
 * list of names or {case: [...], supply: [...]}, either of which may be absent; all without "at".
 * Returns an array of borrowed const struct plan_corner, never empty, or null with error: a name or
 * value that no corner has, with the nearest.
 */
GPtrArray *corners_chosen(const GArray *corners, const struct yaml_node *loop, GError **error);

/*
 * A copy of an array of corners in the order that takes the least time, from where the head and the
 * supply are: each case temperature once, that of the head first, in the order of the shortest
 * total ramp; at each temperature all its supplies, so that over the loop the voltage changes least
 * in total for that order of temperatures. Of two equal ways the one that begins downwards.
 */
GPtrArray *corners_order(const GPtrArray *corners, double case_degc, double supply_v);

/* For a step that enters a corner: FALSE when a loop brings the unit there from a corner at the
 * same temperature, so that the head is to be left alone. */
gboolean step_ramps(const struct step_context *ctx);

#endif

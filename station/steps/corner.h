/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_CORNER_H
#define STATION_STEPS_CORNER_H

#include "station/engine/step.h"

#include <glib.h>

/* What a step that goes to temperatures and supplies needs, and its parameters. */
#define CORNER_NEEDS ((1u << INSTRUMENT_SUPPLY) | (1u << INSTRUMENT_THERMAL))
/* clang-format off */
#define CORNER_WINDOW \
	{"window", "degC", "1.0 degC", "how near the set temperature counts as reached"}
#define CORNER_RAMP \
	{"soak", "s", "20 s", "how long the head must stay within the window"}, \
	{"current_limit", "A", "4.5 A", "current limit of the supply"}
#define CORNER_SOAK \
	{"drift", "degC", "0.3 degC", "the module's own sensor must move less than this"}, \
	{"drift_time", "s", "10 s", "within this time, the head being at temperature"}, \
	{"limit", "s", "900 s", "all that must have happened by then"}
/* clang-format on */

/* Less or more than this no 400G module is given for long [M]. */
#define CORNER_SUPPLY_MIN_V 3.0
#define CORNER_SUPPLY_MAX_V 3.6
/* A module that is up stays up: its supply only moves within what it is made for. */
gboolean corner_set_supply(struct step_context *ctx, double supply_v, GError **error);
/* Sends the head there; registers first that it stops. */
gboolean corner_ramp(struct step_context *ctx, double case_degc, GError **error);
/* The same without the step's parameters. */
gboolean corner_ramp_within(struct step_context *ctx, double case_degc, double window_degc,
                            double soak_s, GError **error);
/*
 * Waits until the head says that it is there and the module's own sensor is at rest. Past the
 * limit STATION_ERROR_INSTRUMENT for a head that is not there, STATION_ERROR_MODULE for a module
 * that is not at rest.
 */
gboolean corner_wait(struct step_context *ctx, double case_degc, GError **error);

/* Readings of a temperature that are watched for being at rest; all zero to begin. */
struct corner_rest {
	gboolean watching;
	double low_degc, high_degc; /* since then */
	double since_s;
};

/*
 * Takes a reading. TRUE when no two readings of the last drift_time_s were drift_degc or more
 * apart, that long having been watched; a reading further away starts anew from it.
 */
gboolean corner_is_at_rest(struct corner_rest *rest, double now_s, double degc, double drift_degc,
                           double drift_time_s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_THERMAL_H
#define INSTRUMENTS_THERMAL_H

#include "instruments/instrument.h"

/*
 * What brings the unit to a temperature: a head that blows tempered air on it, or a plate that it
 * lies on. "At temperature" is within the window around the set point for the soak time; a model
 * that has no such word of its own is watched by its driver (struct thermal_watch).
 */

enum thermal_means {
	THERMAL_AIR,   /* a head comes down and blows air; the temperature is that of air or unit */
	THERMAL_PLATE, /* touches the unit always; the temperature is that of the plate */
};

struct thermal_facts {
	enum thermal_means means;
	/*
	 * Window and soak are the instrument's: it looks without a gap. Else they are the
	 * station's, which sees no more than the temperatures at each call of
	 * thermal_at_temperature.
	 */
	gboolean keeps_soak;
	double degc_min, degc_max;
	double degc_resolution;
	double window_min_degc, window_max_degc;
	double soak_max_s;
};

/* Called through the wrappers below only, with values already checked. */
struct thermal_ops {
	gboolean (*set_window)(struct instrument *thermal, double window_degc, double soak_s,
	                       const struct bounds *bounds, GError **error);
	gboolean (*set_degc)(struct instrument *thermal, double degc, const struct bounds *bounds,
	                     GError **error);
	gboolean (*start)(struct instrument *thermal, const struct bounds *bounds, GError **error);
	gboolean (*stop)(struct instrument *thermal, const struct bounds *bounds, GError **error);
	gboolean (*read_degc)(struct instrument *thermal, double *degc, const struct bounds *bounds,
	                      GError **error);
	gboolean (*at_temperature)(struct instrument *thermal, gboolean *settled,
	                           const struct bounds *bounds, GError **error);
};

/* Window and soak of a model that keeps none. Pure; times are clock_now_s. */
struct thermal_watch {
	double window_degc, soak_s;
	double target_degc;    /* NaN: none yet, never at temperature */
	double inside_since_s; /* NaN: not within the window when last seen */
};

/* No target, and nothing seen. */
void thermal_watch_init(struct thermal_watch *watch);
/* Another target or window begins anew; the same does not. */
void thermal_watch_set_window(struct thermal_watch *watch, double window_degc, double soak_s);
void thermal_watch_set_target(struct thermal_watch *watch, double target_degc);
/* What was seen before counts no more: off, or disturbed. */
void thermal_watch_restart(struct thermal_watch *watch);
/* The temperature now; TRUE when all seen since soak_s at least lay within the window. */
gboolean thermal_watch_look(struct thermal_watch *watch, double now_s, double degc);

/* How near (either side) and how long the temperature must be there to count as reached. */
gboolean thermal_set_window(struct instrument *thermal, double window_degc, double soak_s,
                            const struct bounds *bounds, GError **error);

/* The temperature to go to; read back and compared. Returns at once: poll at_temperature. */
gboolean thermal_set_degc(struct instrument *thermal, double degc, const struct bounds *bounds,
                          GError **error);

/* Head down, then air on; or the plate's output on. */
gboolean thermal_start(struct instrument *thermal, const struct bounds *bounds, GError **error);
/* Air off, then head up; or the plate's output off. */
gboolean thermal_stop(struct instrument *thermal, const struct bounds *bounds, GError **error);

/* Present temperature; STATION_ERROR_DATA when the instrument has no valid one. */
gboolean thermal_read_degc(struct instrument *thermal, double *degc, const struct bounds *bounds,
                           GError **error);

/* INSTRUMENT when it reports a fault of its own: it would never arrive. */
gboolean thermal_at_temperature(struct instrument *thermal, gboolean *settled,
                                const struct bounds *bounds, GError **error);

#endif

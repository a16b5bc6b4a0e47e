/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_THERMAL_H
#define INSTRUMENTS_THERMAL_H

#include "instruments/instrument.h"

/*
 * Thermal heads that blow tempered air on the unit. "At temperature" is the instrument's own word:
 * within the window around the set point for the soak time.
 */

struct thermal_facts {
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

/* How near (either side) and how long the temperature must be there to count as reached. */
gboolean thermal_set_window(struct instrument *thermal, double window_degc, double soak_s,
                            const struct bounds *bounds, GError **error);

/* The temperature to go to; read back and compared. Returns at once: poll at_temperature. */
gboolean thermal_set_degc(struct instrument *thermal, double degc, const struct bounds *bounds,
                          GError **error);

/* Head down, then air on. */
gboolean thermal_start(struct instrument *thermal, const struct bounds *bounds, GError **error);
/* Air off, then head up. */
gboolean thermal_stop(struct instrument *thermal, const struct bounds *bounds, GError **error);

/* Present temperature; STATION_ERROR_DATA when the instrument has no valid one. */
gboolean thermal_read_degc(struct instrument *thermal, double *degc, const struct bounds *bounds,
                           GError **error);

/* INSTRUMENT when the head reports a fault of its own: it would never arrive. */
gboolean thermal_at_temperature(struct instrument *thermal, gboolean *settled,
                                const struct bounds *bounds, GError **error);

#endif

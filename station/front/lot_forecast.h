/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_LOT_FORECAST_H
#define STATION_FRONT_LOT_FORECAST_H

#include "station/engine/event.h"

#include <glib.h>

/*
 * How long a lot will still take: units that are left are dealt to the sites as the lot deals them,
 * each to the first site that is free and that it fits, and each takes what units of its product
 * took, in the median: those that passed in this lot, else those of before. Real seconds.
 */
struct lot_forecast;

struct lot_forecast *lot_forecast_new(void);
void lot_forecast_free(struct lot_forecast *forecast); /* null is allowed */

/* A unit that is to be run, in the order of the lot, and the n sites that it may go to. */
void lot_forecast_add_unit(struct lot_forecast *forecast, const char *serial,
                           const char *part_number, const int *sites, guint n);
/* What units of a product took before; NAN: nobody knows. */
void lot_forecast_expect(struct lot_forecast *forecast, const char *part_number, double seconds);
/* What happens: begins and ends of runs count, and sites that are out of use. */
void lot_forecast_event(struct lot_forecast *forecast, const struct event *event);

/* From now_us (g_get_monotonic_time) until the last unit has ended; of products that nothing is
 * known of the mean of the others. NAN when nothing is known of any. What no site is left for is
 * left out. */
double lot_forecast_left_s(const struct lot_forecast *forecast, gint64 now_us);
/* "12:05", minutes and seconds, "2:03:00" with hours; free with g_free. */
char *lot_forecast_text(double left_s);

/* A line for machines, event "forecast", without the newline: left_s (null: not known) and how many
 * units have not ended. Free with g_free. */
char *lot_forecast_json(const struct lot_forecast *forecast, gint64 now_us);

#endif

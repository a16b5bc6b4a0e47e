/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_READINGS_H
#define STATION_STEPS_READINGS_H

#include "station/engine/step.h"

/*
 * What calibration steps read at one corner and need at a later one. The run's record is their
 * memory: what decides about a constant is what the record shows.
 */

/* Series of monitor against meter that tx-li leaves behind at every corner. */
#define READINGS_TX_MONITOR "tx_monitor_points"

#define READINGS_MAX 16

/* One corner's value of a measurement. */
struct reading {
	const char *corner; /* borrowed from the record */
	double value;
};

/* The values that count of a measurement of a lane (0: of the unit), one for each corner in the
 * order they were found; how many, at most READINGS_MAX. */
guint readings_find(struct step_context *ctx, const char *id, int lane,
                    struct reading readings[READINGS_MAX]);

/* The value that counts of a measurement at a corner; NAN when there is none. */
double reading_at(struct step_context *ctx, const char *id, int lane, const char *corner);

/* The corner at which a measurement was last taken (borrowed from the record); null when never. */
const char *reading_corner(struct step_context *ctx, const char *id, int lane);

/* All points of the series of that id and lane whose steps count, appended to x and y (of double).
 */
void readings_points(struct step_context *ctx, const char *id, int lane, GArray *x, GArray *y);

void readings_name(struct record_series *series, const char *x_name, const char *x_unit,
                   const char *y_name, const char *y_unit);

/* The curve that was fitted through a series. */
void readings_curve(struct record_series *series, const double *x, const double *y, guint n);

#endif

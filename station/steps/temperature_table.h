/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_TEMPERATURE_TABLE_H
#define STATION_STEPS_TEMPERATURE_TABLE_H

#include <glib.h>

/*
 * A module's table of a setting over temperature, from what calibration settled on at a few
 * temperatures.
 *
 * Between them a laser follows its physics: threshold Ith = I0 exp(T / T0) and slope efficiency
 * eta = eta0 exp(-T / T1), so ln Ith and ln eta are straight lines over T. A current that keeps the
 * light constant is Ith(T) + P / eta(T), a modulation current that keeps it is proportional to
 * 1 / eta(T). What the setting differs from that at the calibrated points is interpolated (monotone
 * cubic), so the table goes through them. Anything else is interpolated as it is.
 */
#define TEMPERATURE_TABLE_POINTS  16
#define TEMPERATURE_TABLE_ENTRIES 32

enum temperature_table_law {
	TEMPERATURE_TABLE_PLAIN,        /* interpolated as it is */
	TEMPERATURE_TABLE_BIAS,         /* Ith(T) + a / eta(T) */
	TEMPERATURE_TABLE_PROPORTIONAL, /* a / eta(T) */
};

struct temperature_table_point {
	double degc;                       /* what the module's calibrated monitor reads */
	double value;                      /* that calibration settled on, in SI */
	double threshold_a, slope_w_per_a; /* of the laser there; NAN unknown */
};

struct temperature_table {
	enum temperature_table_law law; /* that was used: PLAIN where the laser is not known */
	guint n;
	double degc[TEMPERATURE_TABLE_ENTRIES];
	double value[TEMPERATURE_TABLE_ENTRIES];
	/* the points rise or fall throughout, or stand still within 4 %, and the entries with them
	 */
	gboolean monotonic;
	/*
	 * Each inner point from the others: the largest |predicted - found| / found. NAN with fewer
	 * than three points. Pessimistic, for the gap is as wide as two.
	 */
	double omitted_max;
	guint n_held; /* entries beyond the points by more than `reach`, which hold their value */
};

/*
 * Entries at first_degc + i * step_degc. At least two points with different temperatures, sorted by
 * this call; at most TEMPERATURE_TABLE_POINTS and _ENTRIES. reach_degc: how far beyond the points
 * the law is followed. STATION_ERROR_DATA with fewer points or values that are not finite.
 */
gboolean temperature_table_fill(struct temperature_table_point *points, guint n_points,
                                enum temperature_table_law law, double first_degc, double step_degc,
                                guint n_entries, double reach_degc, struct temperature_table *table,
                                GError **error);

#endif

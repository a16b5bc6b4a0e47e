/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STEPS_RX_MONITOR_FIT_H
#define STATION_STEPS_RX_MONITOR_FIT_H

#include <glib.h>

/*
 * What turns a receiver's raw power reading into a power, in the three forms that products have.
 * Powers in W, average or OMA as the module's monitor is in.
 */
enum rx_monitor_form {
	RX_MONITOR_LINE,
	RX_MONITOR_QUADRATIC,
	RX_MONITOR_TWO_SLOPES,
};

struct rx_monitor_curve {
	enum rx_monitor_form form;
	double quad_per_w; /* quadratic form: P = quad raw^2 + slope raw + offset; else 0 */
	double slope, offset_w;
	/* two slopes: above this raw reading the next two take the place of slope and offset */
	double break_raw_w;
	double slope_high, offset_high_w;
};

struct rx_monitor_fit {
	struct rx_monitor_curve curve;
	double raw_min_w, raw_max_w; /* of the readings */
	double residual_db; /* largest 10 log10 of fitted over true power; infinite when the curve
	                     * gives no power there */
	const char *reason; /* why the curve must not be used; null when it may. Static text. */
};

/*
 * The curve of least relative error, sum ((fit - P) / P)^2, through readings: raw over power, both
 * in W. Two slopes meet at a reading that is searched. The curve may not be used when it does not
 * rise throughout the readings. STATION_ERROR_DATA: too few readings for the form, readings that
 * do not move, powers not above zero, values that are not finite.
 */
gboolean rx_monitor_fit(enum rx_monitor_form form, const double *raw_w, const double *power_w,
                        guint n, struct rx_monitor_fit *fit, GError **error);

double rx_monitor_power_w(const struct rx_monitor_curve *curve, double raw_w);

/* The raw reading of that power on the rising part of the curve; NAN when there is none. */
double rx_monitor_raw_w(const struct rx_monitor_curve *curve, double power_w);

#endif

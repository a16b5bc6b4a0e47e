/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/temperature_table.h"

#include "base/error.h"
#include "signal/fit_table.h"

#include <math.h>
#include <stdlib.h>

/* The laser's two straight lines over temperature; without points the law is plain. */
struct laser {
	enum temperature_table_law law;
	struct fit_line log_threshold, log_slope;
	double light_w; /* mean over the points of (value - Ith) eta, or of value eta */
};

static int by_temperature(const void *a, const void *b)
{
	const struct temperature_table_point *left = a, *right = b;

	return (left->degc > right->degc) - (left->degc < right->degc);
}

static double law_at(const struct laser *laser, double degc)
{
	double threshold_a, slope;

	if (laser->law == TEMPERATURE_TABLE_PLAIN)
		return 0;
	slope = exp(fit_line_at(&laser->log_slope, degc));
	threshold_a = laser->law == TEMPERATURE_TABLE_BIAS
	                      ? exp(fit_line_at(&laser->log_threshold, degc))
	                      : 0;
	return threshold_a + laser->light_w / slope;
}

static gboolean is_known(const struct temperature_table_point *points, guint n)
{
	for (guint i = 0; i < n; i++)
		if (!(points[i].threshold_a > 0 && points[i].slope_w_per_a > 0))
			return FALSE;
	return TRUE;
}

static struct laser laser_of(const struct temperature_table_point *points, guint n,
                             enum temperature_table_law law)
{
	double degc[TEMPERATURE_TABLE_POINTS], threshold[TEMPERATURE_TABLE_POINTS];
	double slope[TEMPERATURE_TABLE_POINTS];
	struct laser laser = {.law = is_known(points, n) ? law : TEMPERATURE_TABLE_PLAIN};

	if (laser.law == TEMPERATURE_TABLE_PLAIN)
		return laser;
	for (guint i = 0; i < n; i++) {
		degc[i] = points[i].degc;
		threshold[i] = log(points[i].threshold_a);
		slope[i] = log(points[i].slope_w_per_a);
	}
	if (!fit_line(degc, threshold, NULL, n, &laser.log_threshold, NULL) ||
	    !fit_line(degc, slope, NULL, n, &laser.log_slope, NULL)) {
		laser.law = TEMPERATURE_TABLE_PLAIN;
		return laser;
	}
	for (guint i = 0; i < n; i++) {
		double above = points[i].value;
		if (law == TEMPERATURE_TABLE_BIAS)
			above -= exp(fit_line_at(&laser.log_threshold, points[i].degc));
		laser.light_w += above * exp(fit_line_at(&laser.log_slope, points[i].degc)) / n;
	}
	return laser;
}

/* The law and the interpolated rest at one temperature; beyond the points as far as `reach`. */
static double value_at(const struct temperature_table_point *points, guint n,
                       const struct laser *laser, double degc, double reach_degc)
{
	double x[TEMPERATURE_TABLE_POINTS], rest[TEMPERATURE_TABLE_POINTS];
	double at = CLAMP(degc, points[0].degc - reach_degc, points[n - 1].degc + reach_degc);

	for (guint i = 0; i < n; i++) {
		x[i] = points[i].degc;
		rest[i] = points[i].value - law_at(laser, points[i].degc);
	}
	return law_at(laser, at) + fit_monotone_cubic_at(x, rest, n, at);
}

/* Every inner point as the others would have it. */
static double omitted(const struct temperature_table_point *points, guint n,
                      enum temperature_table_law law)
{
	double worst = n < 3 ? NAN : 0;

	for (guint out = 1; out + 1 < n; out++) {
		struct temperature_table_point others[TEMPERATURE_TABLE_POINTS];
		guint m = 0;

		for (guint i = 0; i < n; i++)
			if (i != out)
				others[m++] = points[i];
		struct laser laser = laser_of(others, m, law);
		double predicted = value_at(others, m, &laser, points[out].degc, 0);
		double value = points[out].value;
		double miss = predicted == value ? 0 : fabs(predicted / value - 1);
		/* fmax would leave a NaN aside */
		worst = isnan(miss) ? INFINITY : fmax(worst, miss);
	}
	return worst;
}

/* Up or down by less than this part of the largest value is no direction: noise of the search. */
#define STILL 0.04

/* Rises throughout, falls throughout, or stands still: no step against the others that counts. */
static gboolean goes_one_way(const double *values, guint n)
{
	double most = 0, top = values[0], bottom = values[0], fall = 0, rise = 0;

	for (guint i = 0; i < n; i++) {
		most = fmax(most, fabs(values[i]));
		top = fmax(top, values[i]);
		bottom = fmin(bottom, values[i]);
		fall = fmax(fall, top - values[i]);
		rise = fmax(rise, values[i] - bottom);
	}
	return fmin(rise, fall) <= STILL * most;
}

static gboolean usable(const struct temperature_table_point *points, guint n, GError **error)
{
	for (guint i = 0; i < n; i++) {
		if (!isfinite(points[i].degc) || !isfinite(points[i].value)) {
			station_error_set(error, STATION_ERROR_DATA,
			                  "a point of the table over temperature has no value");
			return FALSE;
		}
	}
	if (n < 2 || n > TEMPERATURE_TABLE_POINTS) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "a table over temperature wants 2 to %d temperatures, not %u",
		                  TEMPERATURE_TABLE_POINTS, n);
		return FALSE;
	}
	return TRUE;
}

gboolean temperature_table_fill(struct temperature_table_point *points, guint n_points,
                                enum temperature_table_law law, double first_degc, double step_degc,
                                guint n_entries, double reach_degc, struct temperature_table *table,
                                GError **error)
{
	double found[TEMPERATURE_TABLE_POINTS];
	struct laser laser;

	if (n_entries < 1 || n_entries > TEMPERATURE_TABLE_ENTRIES) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "a table over temperature of %u entries: 1 to %d are possible",
		                  n_entries, TEMPERATURE_TABLE_ENTRIES);
		return FALSE;
	}
	if (!usable(points, n_points, error))
		return FALSE;
	qsort(points, n_points, sizeof *points, by_temperature);
	for (guint i = 0; i < n_points; i++) {
		found[i] = points[i].value;
		if (i > 0 && !(points[i].degc > points[i - 1].degc)) {
			station_error_set(error, STATION_ERROR_DATA,
			                  "a table over temperature has two points at %.1f degC",
			                  points[i].degc);
			return FALSE;
		}
	}
	laser = laser_of(points, n_points, law);
	*table = (struct temperature_table){.law = laser.law, .n = n_entries};
	for (guint i = 0; i < n_entries; i++) {
		double degc = first_degc + step_degc * i;

		table->degc[i] = degc;
		table->value[i] = value_at(points, n_points, &laser, degc, reach_degc);
		table->n_held += degc < points[0].degc - reach_degc ||
		                 degc > points[n_points - 1].degc + reach_degc;
	}
	table->monotonic = goes_one_way(found, n_points) && goes_one_way(table->value, n_entries);
	table->omitted_max = omitted(points, n_points, law);
	return TRUE;
}

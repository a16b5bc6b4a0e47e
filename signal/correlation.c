/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/correlation.h"

#include "base/normal.h"

#include <math.h>

/* Pearson's r; NaN when one of them is constant. slope and offset may be null. */
static double pearson(const double *x, const double *y, guint n, double *slope, double *offset)
{
	double mean_x = 0.0, mean_y = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;

	for (guint i = 0; i < n; i++) {
		mean_x += (x[i] - mean_x) / (i + 1);
		mean_y += (y[i] - mean_y) / (i + 1);
	}
	for (guint i = 0; i < n; i++) {
		double dx = x[i] - mean_x, dy = y[i] - mean_y;

		xx += dx * dx;
		yy += dy * dy;
		xy += dx * dy;
	}
	if (!(xx > 0.0 && yy > 0.0))
		return NAN;
	if (slope)
		*slope = xy / xx;
	if (offset)
		*offset = mean_y - xy / xx * mean_x;
	return CLAMP(xy / sqrt(xx * yy), -1.0, 1.0);
}

static int by_value(gconstpointer a, gconstpointer b, gpointer data)
{
	const double *values = data;
	double x = values[*(const guint *)a], y = values[*(const guint *)b];

	return (x > y) - (x < y);
}

/* Equal values share the mean of their ranks. Free with g_free. */
static double *ranks_of(const double *values, guint n)
{
	g_autofree guint *order = g_new(guint, n);
	double *ranks = g_new(double, n);

	for (guint i = 0; i < n; i++)
		order[i] = i;
	g_qsort_with_data(order, (int)n, sizeof(*order), by_value, (gpointer)values);
	for (guint from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && values[order[to]] == values[order[from]];)
			to++;
		for (guint i = from; i < to; i++)
			ranks[order[i]] = 0.5 * (from + 1 + to);
	}
	return ranks;
}

static void set_bounds(double r, double variance, double confidence, double *low, double *high)
{
	double half = normal_tail_inverse((1.0 - confidence) / 2.0) * sqrt(variance);

	*low = fabs(r) < 1.0 ? tanh(atanh(r) - half) : r;
	*high = fabs(r) < 1.0 ? tanh(atanh(r) + half) : r;
}

struct correlation correlation_of(const double *x, const double *y, guint n, double confidence)
{
	struct correlation result = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, n, SIGNAL_OK};
	g_autofree double *x_ranks = NULL;
	g_autofree double *y_ranks = NULL;

	for (guint i = 0; i < n; i++)
		if (!isfinite(x[i]) || !isfinite(y[i]))
			result.status = SIGNAL_NOT_FINITE;
	if (n < 4)
		result.status = SIGNAL_TOO_FEW;
	if (result.status != SIGNAL_OK)
		return result;
	result.pearson = pearson(x, y, n, &result.slope, &result.offset);
	if (isnan(result.pearson)) {
		result.status = SIGNAL_CONSTANT;
		return result;
	}
	x_ranks = ranks_of(x, n);
	y_ranks = ranks_of(y, n);
	result.spearman = pearson(x_ranks, y_ranks, n, NULL, NULL);
	set_bounds(result.pearson, 1.0 / (n - 3), confidence, &result.pearson_low,
	           &result.pearson_high);
	set_bounds(result.spearman, (1.0 + result.spearman * result.spearman / 2.0) / (n - 3),
	           confidence, &result.spearman_low, &result.spearman_high);
	return result;
}

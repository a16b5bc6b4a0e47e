/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_table.h"

#include "base/error.h"
#include "signal/least_squares.h"

#include <math.h>

/* All but one. */
static struct least_squares_points without_point(const struct least_squares_points *c,
                                                 guint left_out)
{
	struct least_squares_points out = {.x = g_new(double, c->n),
	                                   .y = g_new(double, c->n),
	                                   .sigma = g_new(double, c->n),
	                                   .given = c->given};

	for (guint i = 0; i < c->n; i++) {
		if (i == left_out)
			continue;
		out.x[out.n] = c->x[i];
		out.y[out.n] = c->y[i];
		out.sigma[out.n] = c->sigma[i];
		out.n++;
	}
	return out;
}

static double chord(const double *x, const double *y, guint i)
{
	return (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
}

/* Parabola through the end and its two neighbours, kept from overshooting. */
static double end_slope(double near_width, double far_width, double near_chord, double far_chord)
{
	double slope = ((2.0 * near_width + far_width) * near_chord - near_width * far_chord) /
	               (near_width + far_width);

	if (slope * near_chord <= 0.0)
		return 0.0;
	if (near_chord * far_chord <= 0.0 && fabs(slope) > 3.0 * fabs(near_chord))
		return 3.0 * near_chord;
	return slope;
}

static double slope_at_point(const double *x, const double *y, guint n, guint i)
{
	double left, right, left_width, right_width, a, b;

	if (n == 2)
		return chord(x, y, 0);
	if (i == 0)
		return end_slope(x[1] - x[0], x[2] - x[1], chord(x, y, 0), chord(x, y, 1));
	if (i == n - 1)
		return end_slope(x[i] - x[i - 1], x[i - 1] - x[i - 2], chord(x, y, i - 1),
		                 chord(x, y, i - 2));
	left = chord(x, y, i - 1);
	right = chord(x, y, i);
	if (left * right <= 0.0)
		return 0.0;
	left_width = x[i] - x[i - 1];
	right_width = x[i + 1] - x[i];
	a = 2.0 * right_width + left_width;
	b = right_width + 2.0 * left_width;
	return (a + b) / (a / left + b / right);
}

double fit_monotone_cubic_at(const double *x, const double *y, guint n, double at)
{
	double width, t, from, to;
	guint i = 0;

	if (at <= x[0])
		return y[0] + (at - x[0]) * slope_at_point(x, y, n, 0);
	if (at >= x[n - 1])
		return y[n - 1] + (at - x[n - 1]) * slope_at_point(x, y, n, n - 1);
	while (at >= x[i + 1])
		i++;
	width = x[i + 1] - x[i];
	t = (at - x[i]) / width;
	from = slope_at_point(x, y, n, i) * width;
	to = slope_at_point(x, y, n, i + 1) * width;
	return y[i] * (1.0 + 2.0 * t) * (1.0 - t) * (1.0 - t) + from * t * (1.0 - t) * (1.0 - t) +
	       y[i + 1] * t * t * (3.0 - 2.0 * t) + to * t * t * (t - 1.0);
}

/* The line of a model: of ln y for the exponential. The cubic needs none. */
static gboolean make_line(const struct least_squares_points *c, enum fit_table_model model,
                          struct fit_line *line, GError **error)
{
	g_autofree double *ln_y = NULL, *ln_sigma = NULL;

	*line = (struct fit_line){.n = 0};
	if (model == FIT_TABLE_MONOTONE_CUBIC)
		return TRUE;
	if (model == FIT_TABLE_LINE)
		return fit_line(c->x, c->y, c->given ? c->sigma : NULL, c->n, line, error);
	ln_y = g_new(double, c->n);
	ln_sigma = g_new(double, c->n);
	for (guint i = 0; i < c->n; i++) {
		ln_y[i] = log(c->y[i]);
		ln_sigma[i] = c->sigma[i] / c->y[i];
	}
	return fit_line(c->x, ln_y, c->given ? ln_sigma : NULL, c->n, line, error);
}

static double model_at(const struct least_squares_points *c, enum fit_table_model model,
                       const struct fit_line *line, double x)
{
	if (model == FIT_TABLE_LINE)
		return fit_line_at(line, x);
	if (model == FIT_TABLE_EXPONENTIAL)
		return exp(fit_line_at(line, x));
	return fit_monotone_cubic_at(c->x, c->y, c->n, x);
}

static void fill_residuals(const struct least_squares_points *c, enum fit_table_model model,
                           struct fit_table *table)
{
	double sum2 = 0.0;

	for (guint i = 0; i < c->n; i++) {
		double residual = c->y[i] - model_at(c, model, &table->line, c->x[i]);

		sum2 += residual * residual;
		table->residual_max = fmax(table->residual_max, fabs(residual));
	}
	table->residual_rms = c->n > 2 ? sqrt(sum2 / (c->n - 2)) : 0.0;
}

/* Predicts points from the others. */
static void fill_omitted(const struct least_squares_points *c, enum fit_table_model model,
                         struct fit_table *table)
{
	guint ends = model == FIT_TABLE_MONOTONE_CUBIC ? 1 : 0;
	double sum2 = 0.0, most = 0.0;

	for (guint i = ends; c->n > 2 && i + ends < c->n; i++) {
		struct least_squares_points others = without_point(c, i);
		struct fit_line line;

		if (make_line(&others, model, &line, NULL)) {
			double miss = model_at(&others, model, &line, c->x[i]) - c->y[i];

			sum2 += miss * miss;
			most = fmax(most, fabs(miss));
			table->n_omitted++;
		}
		least_squares_points_clear(&others);
	}
	table->omitted_rms = table->n_omitted ? sqrt(sum2 / table->n_omitted) : NAN;
	table->omitted_max = table->n_omitted ? most : NAN;
}

static void fill_values(const struct least_squares_points *c, const struct fit_table_settings *s,
                        double *values, struct fit_table *table)
{
	double low = c->x[0], high = c->x[c->n - 1];

	for (guint i = 0; i < s->n; i++) {
		double x = s->first_x + i * s->step_x, beyond = fmax(low - x, x - high);

		table->n_beyond += beyond > 0.0;
		if (beyond > s->extrapolation_x) {
			table->n_held++;
			x = x < low ? low - s->extrapolation_x : high + s->extrapolation_x;
		}
		values[i] = model_at(c, s->model, &table->line, x);
	}
	for (guint i = 0; i + 1 < s->n; i++) {
		double rate = fabs(values[i + 1] - values[i]) / s->step_x;

		if (rate > table->rate_max) {
			table->rate_max = rate;
			table->rate_x = s->first_x + i * s->step_x;
		}
	}
}

static gboolean goes_against(const double *y, guint n, enum fit_direction direction)
{
	for (guint i = 1; i < n; i++) {
		if ((direction == FIT_RISING && y[i] < y[i - 1]) ||
		    (direction == FIT_FALLING && y[i] > y[i - 1]))
			return TRUE;
	}
	return FALSE;
}

static struct fit_verdict judge(const struct least_squares_points *c,
                                const struct fit_table_settings *s, const double *values,
                                const struct fit_table *table)
{
	const char *scatter = NULL;

	for (guint i = 0; i < s->n; i++) {
		if (!isfinite(values[i]))
			return (struct fit_verdict){SIGNAL_NOT_FINITE, "numbers out of range"};
	}
	/* points of a model may scatter: what it makes of them counts */
	if (goes_against(values, s->n, s->direction) ||
	    (s->model == FIT_TABLE_MONOTONE_CUBIC && goes_against(c->y, c->n, s->direction)))
		return (struct fit_verdict){SIGNAL_NOT_MONOTONIC,
		                            "the table goes the wrong way somewhere"};
	if (table->n_held > 0)
		return (struct fit_verdict){SIGNAL_EXTRAPOLATED,
		                            "the table reaches too far beyond the points"};
	if (table->n_omitted == 0)
		return (struct fit_verdict){SIGNAL_TOO_FEW,
		                            "no point is left to check the table with"};
	if (s->max_rate > 0.0 && table->rate_max > s->max_rate)
		return (struct fit_verdict){SIGNAL_DOUBTFUL,
		                            "the table changes faster than allowed"};
	if (c->given && s->model != FIT_TABLE_MONOTONE_CUBIC)
		scatter = least_squares_scatter(table->line.chi2, c->n - 2);
	return (struct fit_verdict){scatter ? SIGNAL_DOUBTFUL : SIGNAL_OK, scatter};
}

static enum signal_status check_points(const struct least_squares_points *c,
                                       enum fit_table_model model, GError **error)
{
	for (guint i = 0; i < c->n; i++) {
		if (i > 0 && c->x[i] == c->x[i - 1]) {
			station_error_set(error, STATION_ERROR_DATA, "table: two points at %g",
			                  c->x[i]);
			return SIGNAL_CONSTANT;
		}
		if (model == FIT_TABLE_EXPONENTIAL && !(c->y[i] > 0.0)) {
			station_error_set(error, STATION_ERROR_DATA,
			                  "table: value %g at %g has no logarithm", c->y[i],
			                  c->x[i]);
			return SIGNAL_NOT_FINITE;
		}
	}
	return SIGNAL_OK;
}

static gboolean settings_are_possible(const struct fit_table_settings *s)
{
	return s->model <= FIT_TABLE_EXPONENTIAL && isfinite(s->first_x) && s->step_x > 0.0 &&
	       isfinite(s->step_x) && s->n > 0 && s->extrapolation_x >= 0.0 &&
	       isfinite(s->extrapolation_x) && s->max_rate >= 0.0 && s->direction <= FIT_FALLING;
}

static gboolean make_table(const struct least_squares_points *c,
                           const struct fit_table_settings *settings, double *values,
                           struct fit_table *table, GError **error)
{
	table->verdict.status = check_points(c, settings->model, error);
	if (table->verdict.status != SIGNAL_OK)
		return FALSE;
	if (!make_line(c, settings->model, &table->line, error)) {
		table->verdict = table->line.verdict;
		return FALSE;
	}
	fill_residuals(c, settings->model, table);
	fill_omitted(c, settings->model, table);
	fill_values(c, settings, values, table);
	table->verdict = judge(c, settings, values, table);
	return TRUE;
}

gboolean fit_table(const double *x, const double *y, const double *sigma, guint n,
                   const struct fit_table_settings *settings, double *values,
                   struct fit_table *table, GError **error)
{
	enum signal_status status = least_squares_check(x, y, sigma, n, 2, error);
	struct least_squares_points c;
	gboolean done;

	*table = (struct fit_table){.verdict = {status, "the points cannot be used"}};
	if (status != SIGNAL_OK)
		return FALSE;
	if (!settings_are_possible(settings)) {
		table->verdict = (struct fit_verdict){SIGNAL_BAD_SETTING, "settings out of range"};
		station_error_set(error, STATION_ERROR_RANGE, "table: settings out of range");
		return FALSE;
	}
	c = least_squares_sort(x, y, sigma, n);
	done = make_table(&c, settings, values, table, error);
	least_squares_points_clear(&c);
	return done;
}

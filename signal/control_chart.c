/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/control_chart.h"

#include "base/error.h"
#include "signal/capability.h"

#include <math.h>

enum { TREND = 6, ALTERNATING = 14, INSIDE = 15, OUTSIDE = 8 };

struct control_settings control_settings_default(void)
{
	return (struct control_settings){CONTROL_NELSON | 1u << CONTROL_EWMA, 9, 0, 0.2, 2.86};
}

const char *control_rule_name(enum control_rule rule)
{
	static const char *const names[] = {
		[CONTROL_BEYOND] = "beyond 3 sigma",
		[CONTROL_ONE_SIDE] = "many on one side",
		[CONTROL_TREND] = "6 rising or falling",
		[CONTROL_ALTERNATING] = "14 alternating",
		[CONTROL_TWO_OF_THREE] = "2 of 3 beyond 2 sigma",
		[CONTROL_FOUR_OF_FIVE] = "4 of 5 beyond 1 sigma",
		[CONTROL_INSIDE] = "15 within 1 sigma",
		[CONTROL_OUTSIDE] = "8 beyond 1 sigma",
		[CONTROL_EWMA] = "EWMA",
	};

	G_STATIC_ASSERT(G_N_ELEMENTS(names) == CONTROL_N_RULES);
	return names[rule];
}

/* How many values end at i of which each goes with `good`; how many in a row. */
typedef gboolean good_fn(const double *z, guint i);

static gboolean is_above(const double *z, guint i)
{
	return z[i] > 0.0;
}

static gboolean is_below(const double *z, guint i)
{
	return z[i] < 0.0;
}

static gboolean is_inside(const double *z, guint i)
{
	return fabs(z[i]) < 1.0;
}

static gboolean is_outside(const double *z, guint i)
{
	return fabs(z[i]) > 1.0;
}

static gboolean is_rising(const double *z, guint i)
{
	return i > 0 && z[i] > z[i - 1];
}

static gboolean is_falling(const double *z, guint i)
{
	return i > 0 && z[i] < z[i - 1];
}

static gboolean is_turning(const double *z, guint i)
{
	return i > 1 && (z[i] - z[i - 1]) * (z[i - 1] - z[i - 2]) < 0.0;
}

/* Whether the last n values up to i are all so. */
static gboolean in_a_row(const double *z, guint i, guint n, good_fn *good)
{
	if (i + 1 < n)
		return FALSE;
	for (guint k = 0; k < n; k++)
		if (!good(z, i - k))
			return FALSE;
	return TRUE;
}

/* Whether z[i] and at least wanted - 1 others of the last `of` are beyond, on the side of z[i]. */
static gboolean some_beyond(const double *z, guint i, guint wanted, guint of, double beyond)
{
	double side = z[i] > 0.0 ? 1.0 : -1.0;
	guint n = 0;

	if (!(side * z[i] > beyond))
		return FALSE;
	for (guint k = 0; k < of && k <= i; k++)
		n += side * z[i - k] > beyond;
	return n >= wanted;
}

/* z: distances from the centre in sigmas. */
static guint broken_at(const double *z, guint i, const struct control_settings *settings)
{
	guint side = settings->one_side;
	const gboolean broken[CONTROL_EWMA] = {
		[CONTROL_BEYOND] = fabs(z[i]) > 3.0,
		[CONTROL_ONE_SIDE] =
			in_a_row(z, i, side, is_above) || in_a_row(z, i, side, is_below),
		/* six values have five steps, fourteen have twelve turns */
		[CONTROL_TREND] = in_a_row(z, i, TREND - 1, is_rising) ||
	                          in_a_row(z, i, TREND - 1, is_falling),
		[CONTROL_ALTERNATING] = in_a_row(z, i, ALTERNATING - 2, is_turning),
		[CONTROL_TWO_OF_THREE] = some_beyond(z, i, 2, 3, 2.0),
		[CONTROL_FOUR_OF_FIVE] = some_beyond(z, i, 4, 5, 1.0),
		[CONTROL_INSIDE] = in_a_row(z, i, INSIDE, is_inside),
		[CONTROL_OUTSIDE] = in_a_row(z, i, OUTSIDE, is_outside),
	};
	guint bits = 0;

	for (guint rule = 0; rule < G_N_ELEMENTS(broken); rule++)
		bits |= broken[rule] ? 1u << rule : 0;
	return bits;
}

static gboolean set_limits(struct control_chart *chart, const double *values, guint n,
                           GError **error)
{
	double sum = 0.0, moved = 0.0;

	for (guint i = 0; i < n; i++) {
		sum += values[i];
		moved += i ? fabs(values[i] - values[i - 1]) : 0.0;
	}
	if (n < 2 || !isfinite(sum) || !isfinite(moved)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "a control chart wants two finite values or more, not %u", n);
		return FALSE;
	}
	chart->centre = sum / n;
	chart->sigma = capability_within(moved / (n - 1));
	chart->low = chart->centre - 3.0 * chart->sigma;
	chart->high = chart->centre + 3.0 * chart->sigma;
	return TRUE;
}

static void set_ewma(const struct control_chart *chart, const struct control_settings *settings,
                     struct control_point *point, double before, guint i)
{
	double w = settings->ewma_weight;
	double part = w / (2.0 - w) * (1.0 - pow(1.0 - w, 2.0 * (i + 1)));
	double reach = settings->ewma_limit * chart->sigma * sqrt(part);

	point->ewma = w * point->value + (1.0 - w) * before;
	point->ewma_low = chart->centre - reach;
	point->ewma_high = chart->centre + reach;
	if (chart->sigma > 0.0 && fabs(point->ewma - chart->centre) > reach)
		point->broken |= 1u << CONTROL_EWMA;
}

static void add_points(struct control_chart *chart, const double *values, guint n,
                       const struct control_settings *settings)
{
	g_autofree double *z = g_new(double, n);
	double ewma = chart->centre;

	for (guint i = 0; i < n; i++)
		z[i] = chart->sigma > 0.0 ? (values[i] - chart->centre) / chart->sigma : 0.0;
	for (guint i = 0; i < n; i++) {
		struct control_point point = {.value = values[i]};

		point.broken = chart->sigma > 0.0 ? broken_at(z, i, settings) : 0;
		set_ewma(chart, settings, &point, ewma, i);
		ewma = point.ewma;
		point.broken &= settings->rules;
		for (guint rule = 0; rule < CONTROL_N_RULES; rule++)
			chart->count[rule] += (point.broken >> rule) & 1;
		chart->n_broken += point.broken != 0;
		g_array_append_val(chart->points, point);
	}
}

struct control_chart *control_chart_new(const double *values, guint n,
                                        const struct control_settings *settings, GError **error)
{
	struct control_chart *chart = g_new0(struct control_chart, 1);
	guint baseline = settings->baseline ? MIN(settings->baseline, n) : n;

	for (guint i = 0; i < n; i++) {
		if (isfinite(values[i]))
			continue;
		station_error_set(error, STATION_ERROR_DATA, "value %u is not finite", i + 1);
		g_free(chart);
		return NULL;
	}
	if (!set_limits(chart, values, baseline, error)) {
		g_free(chart);
		return NULL;
	}
	chart->points = g_array_sized_new(FALSE, FALSE, sizeof(struct control_point), n);
	add_points(chart, values, n, settings);
	return chart;
}

void control_chart_free(struct control_chart *chart)
{
	if (!chart)
		return;
	g_array_unref(chart->points);
	g_free(chart);
}

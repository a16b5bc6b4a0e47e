/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/chart.h"

#include "base/number.h"
#include "base/unit.h"
#include "limits/value.h"
#include "reports/svg.h"

#include <math.h>
#include <string.h>

static const double chart_width = 460, chart_height = 300;
static const double plot_left = 62, plot_right = 446, plot_top = 14, plot_bottom = 258;
enum { TICKS_MAX = 20 };
static const double q_max = 7.4; /* BER 7e-14: nobody waits for less */

struct chart {
	struct markup *markup;
	const struct record_series *series;
	gboolean is_ber;
	double x_min, x_max; /* as drawn */
	double y_min, y_max; /* in Q for BER */
};

double chart_q_from_ber(double ratio)
{
	double low = -40, high = 40;
	for (int i = 0; i < 80; i++) {
		double middle = (low + high) / 2;
		if (erfc(middle / G_SQRT2) / 2 > ratio)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* --- scales --------------------------------------------------------------------------------- */

static double scaled_y(const struct chart *chart, double y)
{
	if (!chart->is_ber)
		return y;
	return y > 0 && y < 1 ? MIN(chart_q_from_ber(y), q_max) : NAN;
}

static double place_x(const struct chart *chart, double x)
{
	return plot_left +
	       (x - chart->x_min) / (chart->x_max - chart->x_min) * (plot_right - plot_left);
}

/* Small Q, that is high BER, is at the top; other values grow upwards. */
static double place_y(const struct chart *chart, double y)
{
	double part = (scaled_y(chart, y) - chart->y_min) / (chart->y_max - chart->y_min);
	if (!chart->is_ber)
		part = 1 - part;
	return plot_top + part * (plot_bottom - plot_top);
}

static void widen(double *min, double *max, double value)
{
	if (!isfinite(value))
		return;
	*min = isnan(*min) ? value : MIN(*min, value);
	*max = isnan(*max) ? value : MAX(*max, value);
}

static void widen_by(const struct chart *chart, const GArray *values, double *min, double *max,
                     gboolean is_y)
{
	for (guint i = 0; values && i < values->len; i++) {
		double value = g_array_index(values, double, i);
		widen(min, max, is_y ? scaled_y(chart, value) : value);
	}
}

static void pad(double *min, double *max, double share)
{
	if (isnan(*min))
		*min = *max = 0;
	double room = (*max - *min) * share;
	if (!(room > 0))
		room = MAX(fabs(*max) * 0.05, 1e-12);
	*min -= room;
	*max += room;
}

static void find_range(struct chart *chart)
{
	const struct record_series *series = chart->series;
	chart->x_min = chart->x_max = chart->y_min = chart->y_max = NAN;
	widen_by(chart, series->x, &chart->x_min, &chart->x_max, FALSE);
	widen(&chart->x_min, &chart->x_max, series->marker_x);
	widen_by(chart, series->y, &chart->y_min, &chart->y_max, TRUE);
	widen_by(chart, series->y_high, &chart->y_min, &chart->y_max, TRUE);
	if (!chart->is_ber)
		widen_by(chart, series->y_low, &chart->y_min, &chart->y_max, TRUE);
	widen(&chart->y_min, &chart->y_max, scaled_y(chart, series->line_y));
	pad(&chart->x_min, &chart->x_max, 0.04);
	pad(&chart->y_min, &chart->y_max, 0.08);
}

/* --- axes ----------------------------------------------------------------------------------- */

static void tick_y(const struct chart *chart, double value, const char *text)
{
	double y = place_y(chart, value);
	if (!(y >= plot_top && y <= plot_bottom))
		return;
	svg_line(chart->markup, "grid", plot_left, y, plot_right, y);
	svg_label(chart->markup, "tick end", plot_left - 6, y + 4, text);
}

static void draw_y_axis(const struct chart *chart)
{
	if (chart->is_ber) {
		for (int power = -1; power >= -13; power--) {
			g_autofree char *text = g_strdup_printf("1e%d", power);
			tick_y(chart, pow(10, power), text);
		}
		return;
	}
	double step = svg_tick_step(chart->y_max - chart->y_min, 6);
	for (int i = 0; i < TICKS_MAX; i++) {
		double value = (ceil(chart->y_min / step) + i) * step;
		g_autofree char *text = number_format_digits(value, 4);
		tick_y(chart, value, text);
	}
}

static void draw_x_axis(const struct chart *chart)
{
	double step = svg_tick_step(chart->x_max - chart->x_min, 7);
	for (int i = 0; i < TICKS_MAX; i++) {
		double value = (ceil(chart->x_min / step) + i) * step;
		double x = place_x(chart, value);
		g_autofree char *text = number_format_digits(value, 4);
		if (!(x >= plot_left && x <= plot_right))
			continue;
		svg_line(chart->markup, "grid", x, plot_top, x, plot_bottom);
		svg_label(chart->markup, "tick middle", x, plot_bottom + 16, text);
	}
}

static char *axis_title(const char *name, const char *unit)
{
	return *unit != '\0' && strcmp(unit, "1") != 0 ? g_strdup_printf("%s (%s)", name, unit)
	                                               : g_strdup(name);
}

static void draw_titles(const struct chart *chart)
{
	const struct record_series *series = chart->series;
	g_autofree char *x_title = axis_title(series->x_name, series->x_unit);
	g_autofree char *y_title = axis_title(series->y_name, series->y_unit);
	svg_label(chart->markup, "axis middle", (plot_left + plot_right) / 2, plot_bottom + 34,
	          x_title);
	g_autofree char *turned = g_strdup_printf("translate(14 %d) rotate(-90)",
	                                          (int)((plot_top + plot_bottom) / 2));
	markup_open(chart->markup, "text");
	markup_attr(chart->markup, "class", "axis middle");
	markup_attr(chart->markup, "transform", turned);
	markup_text(chart->markup, y_title);
	markup_close(chart->markup);
}

/* --- data ----------------------------------------------------------------------------------- */

static double at(const GArray *values, guint i)
{
	return values && i < values->len ? g_array_index(values, double, i) : NAN;
}

static double into_plot(double y)
{
	return CLAMP(y, plot_top, plot_bottom);
}

static void draw_bar(const struct chart *chart, double x, double low, double high)
{
	double y_high = place_y(chart, high);
	/* A lower bound of zero errors lies below any axis of this kind. */
	double y_low = chart->is_ber && low <= 0 ? plot_bottom : place_y(chart, low);
	if (!isfinite(y_low) || !isfinite(y_high))
		return;
	y_low = into_plot(y_low);
	y_high = into_plot(y_high);
	svg_line(chart->markup, "bar", x, y_low, x, y_high);
	svg_line(chart->markup, "bar", x - 3, y_low, x + 3, y_low);
	svg_line(chart->markup, "bar", x - 3, y_high, x + 3, y_high);
}

static void draw_points(const struct chart *chart)
{
	const struct record_series *series = chart->series;
	for (guint i = 0; i < MIN(series->x->len, series->y->len); i++) {
		double x = place_x(chart, at(series->x, i));
		double value = at(series->y, i);
		gboolean none_seen = chart->is_ber && value == 0;
		double y = place_y(chart, none_seen ? at(series->y_high, i) : value);
		if (!isfinite(x))
			continue;
		draw_bar(chart, x, at(series->y_low, i), at(series->y_high, i));
		if (isfinite(y))
			svg_circle(chart->markup, none_seen ? "point none" : "point", x,
			           into_plot(y), 3.5);
	}
}

static void draw_curve(const struct chart *chart, const char *class_name, const GArray *xs,
                       const GArray *ys)
{
	g_autoptr(GString) points = g_string_new(NULL);
	for (guint i = 0; xs && ys && i < MIN(xs->len, ys->len); i++) {
		double x = place_x(chart, at(xs, i));
		double y = place_y(chart, at(ys, i));
		if (!(x >= plot_left && x <= plot_right && y >= plot_top && y <= plot_bottom))
			continue;
		g_autofree char *x_text = markup_number(x, 1);
		g_autofree char *y_text = markup_number(y, 1);
		g_string_append_printf(points, "%s,%s ", x_text, y_text);
	}
	if (points->len == 0)
		return;
	markup_open(chart->markup, "polyline");
	markup_attr(chart->markup, "class", class_name);
	markup_attr(chart->markup, "points", points->str);
	markup_close(chart->markup);
}

/* One edge of the band, kept inside the plot so that the area stays closed. */
static void append_edge(const struct chart *chart, GString *points, const GArray *ys, gboolean back)
{
	const GArray *xs = chart->series->x_fit;
	for (guint n = 0; n < MIN(xs->len, ys->len); n++) {
		guint i = back ? xs->len - 1 - n : n;
		double x = place_x(chart, at(xs, i));
		double y = place_y(chart, at(ys, i));
		if (!(x >= plot_left && x <= plot_right) || !isfinite(y))
			continue;
		g_autofree char *x_text = markup_number(x, 1);
		g_autofree char *y_text = markup_number(into_plot(y), 1);
		g_string_append_printf(points, "%s,%s ", x_text, y_text);
	}
}

static void draw_band(const struct chart *chart)
{
	const struct record_series *series = chart->series;
	g_autoptr(GString) points = g_string_new(NULL);
	if (!series->x_fit || !series->fit_low || !series->fit_high)
		return;
	append_edge(chart, points, series->fit_low, FALSE);
	append_edge(chart, points, series->fit_high, TRUE);
	if (points->len == 0)
		return;
	markup_open(chart->markup, "polygon");
	markup_attr(chart->markup, "class", "band");
	markup_attr(chart->markup, "points", points->str);
	markup_close(chart->markup);
}

/* Without a fit the points are joined, so that the eye follows the sweep. */
static void draw_curves(const struct chart *chart)
{
	const struct record_series *series = chart->series;
	if (series->x_fit)
		draw_curve(chart, "fit", series->x_fit, series->y_fit);
	else if (!chart->is_ber)
		draw_curve(chart, "joined", series->x, series->y);
}

/* "2.4e-4": what people call an error ratio by. */
static char *ratio_text(double ratio)
{
	double power = floor(log10(ratio));
	g_autofree char *lead = number_format_digits(ratio / pow(10, power), 3);
	return g_strdup_printf("%se%d", lead, (int)power);
}

static void draw_marks(const struct chart *chart)
{
	const struct record_series *series = chart->series;
	double y = place_y(chart, series->line_y);
	if (isfinite(series->line_y) && isfinite(y)) {
		g_autofree char *number = chart->is_ber ? ratio_text(series->line_y)
		                                        : number_format_digits(series->line_y, 3);
		g_autofree char *text =
			g_strconcat(chart->is_ber ? "FEC limit " : "", number, NULL);
		svg_line(chart->markup, "limit", plot_left, y, plot_right, y);
		svg_label(chart->markup, "limit-text end", plot_right - 4, y - 5, text);
	}
	if (isfinite(series->marker_x)) {
		double x = place_x(chart, series->marker_x);
		g_autofree char *text = value_text(series->marker_x, series->x_unit, 0);
		gboolean near_end = x > (plot_left + plot_right) / 2;
		svg_line(chart->markup, "marker", x, plot_top, x, plot_bottom);
		svg_label(chart->markup, near_end ? "marker-text end" : "marker-text",
		          x + (near_end ? -5 : 5), plot_bottom - 8, text);
	}
}

void chart_series(struct markup *markup, const struct record_series *series)
{
	struct chart chart = {.markup = markup, .series = series};
	chart.is_ber = g_str_has_suffix(series->id, "waterfall");
	find_range(&chart);
	g_autofree char *title = g_strdup_printf("%s, lane %d", series->id, series->lane);
	svg_open(markup, "chart", chart_width, chart_height, title);
	draw_y_axis(&chart);
	draw_x_axis(&chart);
	svg_rectangle(markup, "frame", plot_left, plot_top, plot_right - plot_left,
	              plot_bottom - plot_top);
	draw_titles(&chart);
	draw_band(&chart);
	draw_curves(&chart);
	draw_points(&chart);
	draw_marks(&chart);
	markup_close(markup);
}

/* --- margin bars ---------------------------------------------------------------------------- */

static const double bar_width = 120, bar_height = 14, bar_edge = 14;

struct bar_scale {
	double origin, per_unit; /* place = bar_edge + (value - origin) * per_unit */
};

static double place_on_bar(const struct bar_scale *scale, double value)
{
	return CLAMP(bar_edge + (value - scale->origin) * scale->per_unit, 2, bar_width - 2);
}

static struct bar_scale scale_bar(const struct chart_margin *margin)
{
	double low = isnan(margin->low) ? margin->high - margin->reach : margin->low;
	double high = isnan(margin->high) ? margin->low + margin->reach : margin->high;
	double span = high - low > 0 ? high - low : 1;
	return (struct bar_scale){low, (bar_width - 2 * bar_edge) / span};
}

void chart_margin(struct markup *markup, const struct chart_margin *margin)
{
	if (!isfinite(margin->value) || (isnan(margin->low) && isnan(margin->high)))
		return;
	struct bar_scale scale = scale_bar(margin);
	double low = isnan(margin->low) ? 0 : place_on_bar(&scale, margin->low);
	double high = isnan(margin->high) ? bar_width : place_on_bar(&scale, margin->high);
	double low_guarded = isnan(margin->low) ? 0 : place_on_bar(&scale, margin->low_guarded);
	double high_guarded =
		isnan(margin->high) ? bar_width : place_on_bar(&scale, margin->high_guarded);
	svg_open(markup, "margin", bar_width, bar_height, "distance to the limits");
	svg_rectangle(markup, "guard", low, 5, high - low, 4);
	svg_rectangle(markup, "range", low_guarded, 5, high_guarded - low_guarded, 4);
	if (!isnan(margin->low))
		svg_line(markup, "edge", low, 1, low, 13);
	if (!isnan(margin->high))
		svg_line(markup, "edge", high, 1, high, 13);
	if (isfinite(margin->uncertainty))
		svg_line(markup, "whisker",
		         place_on_bar(&scale, margin->value - margin->uncertainty), 7,
		         place_on_bar(&scale, margin->value + margin->uncertainty), 7);
	svg_circle(markup, margin->class_name, place_on_bar(&scale, margin->value), 7, 3.5);
	markup_close(markup);
}

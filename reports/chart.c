/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/chart.h"

#include "base/normal.h"
#include "base/number.h"
#include "base/unit.h"
#include "limits/value.h"
#include "reports/axis.h"
#include "reports/svg.h"

#include <math.h>
#include <string.h>

static const double chart_width = 460, chart_height = 300;
static const double plot_left = 62, plot_right = 446, plot_top = 14, plot_bottom = 258;
static const double legend_top = 312, legend_row = 17;
enum { TICKS_MAX = 20, LEGEND_SHORT = 30, LEGEND_LONG = 58 };
static const double q_max = 7.4; /* BER 7e-14: nobody waits for less */

struct chart {
	struct markup *markup;
	const struct chart_curve *curves;
	guint n;
	gboolean is_ber;
	double x_min, x_max;       /* as drawn */
	double y_min, y_max;       /* in Q for BER */
	double x_factor, y_factor; /* numbers at the axes are that much larger */
};

/* --- scales --------------------------------------------------------------------------------- */

static double scaled_y(const struct chart *chart, double y)
{
	if (!chart->is_ber)
		return y;
	return y > 0 && y < 1 ? MIN(normal_tail_inverse(y), q_max) : NAN;
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
	chart->x_min = chart->x_max = chart->y_min = chart->y_max = NAN;
	for (guint i = 0; i < chart->n; i++) {
		const struct record_series *series = chart->curves[i].series;
		widen_by(chart, series->x, &chart->x_min, &chart->x_max, FALSE);
		widen(&chart->x_min, &chart->x_max, series->marker_x);
		widen_by(chart, series->y, &chart->y_min, &chart->y_max, TRUE);
		widen_by(chart, series->y_high, &chart->y_min, &chart->y_max, TRUE);
		if (!chart->is_ber)
			widen_by(chart, series->y_low, &chart->y_min, &chart->y_max, TRUE);
		widen(&chart->y_min, &chart->y_max, scaled_y(chart, series->line_y));
	}
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
	double factor = chart->y_factor;
	double step = svg_tick_step((chart->y_max - chart->y_min) * factor, 6);
	for (int i = 0; i < TICKS_MAX; i++) {
		double value = (ceil(chart->y_min * factor / step) + i) * step;
		g_autofree char *text = number_format_digits(value, 4);
		tick_y(chart, value / factor, text);
	}
}

static void draw_x_axis(const struct chart *chart)
{
	double factor = chart->x_factor;
	double step = svg_tick_step((chart->x_max - chart->x_min) * factor, 7);
	for (int i = 0; i < TICKS_MAX; i++) {
		double value = (ceil(chart->x_min * factor / step) + i) * step;
		double x = place_x(chart, value / factor);
		g_autofree char *text = number_format_digits(value, 4);
		if (!(x >= plot_left && x <= plot_right))
			continue;
		svg_line(chart->markup, "grid", x, plot_top, x, plot_bottom);
		svg_label(chart->markup, "tick middle", x, plot_bottom + 16, text);
	}
}

char *chart_axis_title(const char *name, const char *unit)
{
	return *unit != '\0' && strcmp(unit, "1") != 0 ? g_strdup_printf("%s (%s)", name, unit)
	                                               : g_strdup(name);
}

static void draw_axes(struct chart *chart)
{
	const struct record_series *series = chart->curves[0].series;
	g_autofree char *x_unit = NULL;
	g_autofree char *y_unit = NULL;
	chart->x_factor =
		axis_scale(series->x_unit, fmax(fabs(chart->x_min), fabs(chart->x_max)), &x_unit);
	chart->y_factor =
		axis_scale(series->y_unit, fmax(fabs(chart->y_min), fabs(chart->y_max)), &y_unit);
	g_autofree char *x_title = chart_axis_title(series->x_name, x_unit);
	g_autofree char *y_title = chart_axis_title(series->y_name, y_unit);
	draw_y_axis(chart);
	draw_x_axis(chart);
	svg_label(chart->markup, "axis middle", (plot_left + plot_right) / 2, plot_bottom + 34,
	          x_title);
	svg_label_turned(chart->markup, "axis middle", 14, (plot_top + plot_bottom) / 2, y_title);
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

static void draw_points(const struct chart *chart, const struct record_series *series, guint shape)
{
	for (guint i = 0; i < MIN(series->x->len, series->y->len); i++) {
		double x = place_x(chart, at(series->x, i));
		double value = at(series->y, i);
		gboolean none_seen = chart->is_ber && value == 0;
		double y = place_y(chart, none_seen ? at(series->y_high, i) : value);
		if (!isfinite(x))
			continue;
		draw_bar(chart, x, at(series->y_low, i), at(series->y_high, i));
		if (isfinite(y))
			svg_marker(chart->markup, none_seen ? "point none" : "point", shape, x,
			           into_plot(y));
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
static void append_edge(const struct chart *chart, GString *points, const GArray *xs,
                        const GArray *ys, gboolean back)
{
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

static void draw_band(const struct chart *chart, const struct record_series *series)
{
	g_autoptr(GString) points = g_string_new(NULL);
	if (!series->x_fit || !series->fit_low || !series->fit_high)
		return;
	append_edge(chart, points, series->x_fit, series->fit_low, FALSE);
	append_edge(chart, points, series->x_fit, series->fit_high, TRUE);
	if (points->len == 0)
		return;
	markup_open(chart->markup, "polygon");
	markup_attr(chart->markup, "class", "band");
	markup_attr(chart->markup, "points", points->str);
	markup_close(chart->markup);
}

/* Without a fit the points are joined, so that the eye follows the sweep. */
static void draw_curves(const struct chart *chart, const struct record_series *series)
{
	if (series->x_fit)
		draw_curve(chart, "fit", series->x_fit, series->y_fit);
	else if (!chart->is_ber)
		draw_curve(chart, "joined", series->x, series->y);
}

char *chart_ratio_text(double ratio)
{
	double power = floor(log10(ratio));
	g_autofree char *lead = number_format_digits(ratio / pow(10, power), 3);
	return g_strdup_printf("%se%d", lead, (int)power);
}

/* The first of the curves with such a line writes its number. */
static void draw_line(const struct chart *chart, guint i)
{
	double value = chart->curves[i].series->line_y;
	double y = place_y(chart, value);
	if (!isfinite(value) || !isfinite(y))
		return;
	for (guint before = 0; before < i; before++) {
		if (chart->curves[before].series->line_y == value)
			return;
	}
	g_autofree char *number =
		chart->is_ber ? chart_ratio_text(value) : number_format_digits(value, 3);
	g_autofree char *text = g_strconcat(chart->is_ber ? "FEC limit " : "", number, NULL);
	svg_line(chart->markup, "limit", plot_left, y, plot_right, y);
	svg_label(chart->markup, "limit-text end", plot_right - 4, y - 5, text);
}

/* The number stands beside the only marker, and in the legend where there are several. */
static void draw_marker(const struct chart *chart, const struct record_series *series)
{
	if (!isfinite(series->marker_x))
		return;
	double x = place_x(chart, series->marker_x);
	svg_line(chart->markup, "marker", x, plot_top, x, plot_bottom);
	if (chart->n > 1)
		return;
	g_autofree char *text = value_text(series->marker_x, series->x_unit, 0);
	gboolean near_end = x > (plot_left + plot_right) / 2;
	svg_label(chart->markup, near_end ? "marker-text end" : "marker-text",
	          x + (near_end ? -5 : 5), plot_bottom - 8, text);
}

static void draw_one(const struct chart *chart, guint i)
{
	const struct record_series *series = chart->curves[i].series;
	g_autofree char *class_name = g_strdup_printf("c%u", i % CHART_CURVES_MAX);
	markup_open(chart->markup, "g");
	markup_attr(chart->markup, "class", class_name);
	draw_band(chart, series);
	draw_curves(chart, series);
	draw_points(chart, series, i);
	draw_marker(chart, series);
	markup_close(chart->markup);
}

/* --- legend --------------------------------------------------------------------------------- */

static char *legend_text(const struct chart_curve *curve)
{
	const struct record_series *series = curve->series;
	g_autofree char *label = g_utf8_make_valid(curve->label ? curve->label : "", -1);
	g_autofree char *marker =
		isfinite(series->marker_x) ? value_text(series->marker_x, series->x_unit, 0) : NULL;
	g_autofree char *text = g_strconcat(label, marker ? ": " : "", marker, NULL);
	if (g_utf8_strlen(text, -1) <= LEGEND_LONG)
		return g_steal_pointer(&text);
	g_autofree char *head = g_utf8_substring(text, 0, LEGEND_LONG - 1);
	return g_strconcat(head, "\xE2\x80\xA6", NULL);
}

/* One column where a text is too long for two. */
static guint legend_columns(const struct chart *chart)
{
	for (guint i = 0; i < chart->n; i++) {
		g_autofree char *text = legend_text(&chart->curves[i]);
		if (g_utf8_strlen(text, -1) > LEGEND_SHORT)
			return 1;
	}
	return 2;
}

static double legend_height(const struct chart *chart)
{
	guint columns = legend_columns(chart);
	return chart->n > 1 ? legend_row * ((chart->n + columns - 1) / columns) + 6 : 0;
}

static void draw_legend(const struct chart *chart)
{
	guint columns = legend_columns(chart);
	for (guint i = 0; chart->n > 1 && i < chart->n; i++) {
		g_autofree char *class_name = g_strdup_printf("c%u", i % CHART_CURVES_MAX);
		g_autofree char *text = legend_text(&chart->curves[i]);
		double x = plot_left + (plot_right - plot_left) / columns * (i % columns);
		double y = legend_top + legend_row * (i / columns);
		gboolean fitted = chart->curves[i].series->x_fit != NULL;
		markup_open(chart->markup, "g");
		markup_attr(chart->markup, "class", class_name);
		if (fitted || !chart->is_ber)
			svg_line(chart->markup, fitted ? "fit" : "joined", x, y, x + 26, y);
		svg_marker(chart->markup, "point", i, x + 13, y);
		svg_label(chart->markup, "legend", x + 32, y + 4, text);
		markup_close(chart->markup);
	}
}

void chart_curves(struct markup *markup, const struct chart_curve *curves, guint n)
{
	struct chart chart = {.markup = markup, .curves = curves, .n = n};
	const struct record_series *first = curves[0].series;
	chart.is_ber = g_str_has_suffix(first->id, "waterfall");
	find_range(&chart);
	g_autofree char *title = g_strdup_printf("%s, lane %d", first->id, first->lane);
	svg_open(markup, n > 1 ? "chart many" : "chart", chart_width,
	         chart_height + legend_height(&chart), title);
	draw_axes(&chart);
	svg_rectangle(markup, "frame", plot_left, plot_top, plot_right - plot_left,
	              plot_bottom - plot_top);
	for (guint i = 0; i < n; i++)
		draw_one(&chart, i);
	for (guint i = 0; i < n; i++)
		draw_line(&chart, i);
	draw_legend(&chart);
	markup_close(markup);
}

void chart_series(struct markup *markup, const struct record_series *series)
{
	const struct chart_curve curve = {series, NULL};
	chart_curves(markup, &curve, 1);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/analysis_chart.h"

#include "base/number.h"
#include "reports/axis.h"
#include "reports/chart.h"
#include "reports/svg.h"

#include <math.h>

static const double chart_width = 560, chart_height = 300;
static const double plot_left = 66, plot_right = 452, plot_top = 14, plot_bottom = 254;
/* Lines of a unit's limits farther away than this many spans of the values are not drawn. */
static const double limit_reach = 1.5;
enum { TICKS_MAX = 20 };

struct plot {
	struct markup *markup;
	const struct analysis_chart *chart;
	double x_min, x_max, y_min, y_max;
	double x_factor, y_factor; /* numbers at the axes are that much larger */
};

static double at(const GArray *values, guint i)
{
	return g_array_index(values, double, i);
}

/* --- ranges ----------------------------------------------------------------------------------- */

static void widen(double *min, double *max, double value)
{
	*min = fmin(*min, value);
	*max = fmax(*max, value);
}

static void pad(double *min, double *max, double share)
{
	double room = (*max - *min) * share;

	if (!(room > 0))
		room = fmax(fabs(*max) * 0.05, 1e-12);
	*min -= room;
	*max += room;
}

static double bin_width(const struct analysis_chart *chart)
{
	return chart->x->len > 1 ? at(chart->x, 1) - at(chart->x, 0) : 1;
}

/* What the lines are across, or upright. */
static void widen_by_lines(const struct analysis_chart *chart, double *min, double *max)
{
	double reach = limit_reach * (*max - *min), low = *min - reach, high = *max + reach;

	for (guint i = 0; i < chart->lines->len; i++) {
		const struct analysis_line *line =
			&g_array_index(chart->lines, struct analysis_line, i);

		if (!line->is_limit || (line->value >= low && line->value <= high))
			widen(min, max, line->value);
	}
}

static void find_range(struct plot *plot)
{
	const struct analysis_chart *chart = plot->chart;
	gboolean bars = chart->kind == ANALYSIS_HISTOGRAM;

	plot->x_min = plot->y_min = INFINITY;
	plot->x_max = plot->y_max = -INFINITY;
	for (guint i = 0; i < chart->x->len; i++) {
		widen(&plot->x_min, &plot->x_max, at(chart->x, i));
		widen(&plot->y_min, &plot->y_max, at(chart->y, i));
	}
	if (bars) {
		plot->x_max += bin_width(chart);
		widen_by_lines(chart, &plot->x_min, &plot->x_max);
	} else {
		widen_by_lines(chart, &plot->y_min, &plot->y_max);
	}
	pad(&plot->x_min, &plot->x_max, 0.03);
	pad(&plot->y_min, &plot->y_max, 0.06);
	plot->y_min = bars ? 0 : plot->y_min;
}

static double place_x(const struct plot *plot, double x)
{
	return plot_left +
	       (x - plot->x_min) / (plot->x_max - plot->x_min) * (plot_right - plot_left);
}

static double place_y(const struct plot *plot, double y)
{
	return plot_bottom -
	       (y - plot->y_min) / (plot->y_max - plot->y_min) * (plot_bottom - plot_top);
}

/* --- axes ------------------------------------------------------------------------------------- */

static void draw_ticks(const struct plot *plot, gboolean upright)
{
	double min = upright ? plot->y_min : plot->x_min, max = upright ? plot->y_max : plot->x_max;
	double factor = upright ? plot->y_factor : plot->x_factor;
	double step = svg_tick_step((max - min) * factor, 6);

	for (int i = 0; i < TICKS_MAX; i++) {
		double value = (ceil(min * factor / step) + i) * step;
		g_autofree char *text = number_format_digits(value, 5);

		if (value / factor > max)
			return;
		if (upright) {
			double y = place_y(plot, value / factor);
			svg_line(plot->markup, "grid", plot_left, y, plot_right, y);
			svg_label(plot->markup, "tick end", plot_left - 6, y + 4, text);
		} else {
			double x = place_x(plot, value / factor);
			svg_line(plot->markup, "grid", x, plot_top, x, plot_bottom);
			svg_label(plot->markup, "tick middle", x, plot_bottom + 16, text);
		}
	}
}

static void draw_axes(struct plot *plot)
{
	const struct analysis_chart *chart = plot->chart;
	g_autofree char *x_unit = NULL;
	g_autofree char *y_unit = NULL;

	plot->x_factor =
		axis_scale(chart->x_unit, fmax(fabs(plot->x_min), fabs(plot->x_max)), &x_unit);
	plot->y_factor =
		axis_scale(chart->y_unit, fmax(fabs(plot->y_min), fabs(plot->y_max)), &y_unit);
	g_autofree char *x_title = chart_axis_title(chart->x_name, x_unit);
	g_autofree char *y_title = chart_axis_title(chart->y_name, y_unit);
	draw_ticks(plot, TRUE);
	draw_ticks(plot, FALSE);
	svg_label(plot->markup, "axis middle", (plot_left + plot_right) / 2, plot_bottom + 34,
	          x_title);
	svg_label_turned(plot->markup, "axis middle", 14, (plot_top + plot_bottom) / 2, y_title);
}

/* --- data ------------------------------------------------------------------------------------- */

static void draw_line(const struct plot *plot, const struct analysis_line *line)
{
	const char *look = line->is_limit ? "limit" : "marker";
	const char *text_look = line->is_limit ? "limit-text" : "marker-text";
	gboolean upright = plot->chart->kind == ANALYSIS_HISTOGRAM;
	double place = upright ? place_x(plot, line->value) : place_y(plot, line->value);

	if (upright && place >= plot_left && place <= plot_right) {
		svg_line(plot->markup, look, place, plot_top, place, plot_bottom);
		svg_label(plot->markup, text_look, place + 4, plot_top + (line->is_limit ? 12 : 26),
		          line->label);
	}
	if (!upright && place >= plot_top && place <= plot_bottom) {
		svg_line(plot->markup, look, plot_left, place, plot_right, place);
		svg_label(plot->markup, text_look, plot_right + 6, place + 4, line->label);
	}
}

static void draw_curve(const struct plot *plot, const GArray *y, const char *look)
{
	g_autofree double *xy = g_new(double, 2 * (gsize)y->len);

	for (guint i = 0; i < y->len; i++) {
		xy[2 * i] = place_x(plot, at(plot->chart->x, i));
		xy[2 * i + 1] = place_y(plot, at(y, i));
	}
	svg_points(plot->markup, "polyline", look, xy, y->len);
}

static void draw_bars(const struct plot *plot)
{
	const struct analysis_chart *chart = plot->chart;
	double width = bin_width(chart);

	for (guint i = 0; i < chart->x->len; i++) {
		double x = place_x(plot, at(chart->x, i)), y = place_y(plot, at(chart->y, i));

		svg_rectangle(plot->markup, "column", x, y,
		              place_x(plot, at(chart->x, i) + width) - x, plot_bottom - y);
	}
}

/* The straight line, as far as it is in the picture's width. */
static void draw_fit(const struct plot *plot)
{
	const struct analysis_chart *chart = plot->chart;
	double from = plot->x_min, to = plot->x_max;

	if (isnan(chart->slope))
		return;
	if (chart->slope != 0.0) {
		double a = (plot->y_min - chart->offset) / chart->slope;
		double b = (plot->y_max - chart->offset) / chart->slope;

		from = fmax(from, fmin(a, b));
		to = fmin(to, fmax(a, b));
	}
	svg_line(plot->markup, "fit", place_x(plot, from),
	         place_y(plot, chart->offset + chart->slope * from), place_x(plot, to),
	         place_y(plot, chart->offset + chart->slope * to));
}

static void draw_points(const struct plot *plot)
{
	const struct analysis_chart *chart = plot->chart;

	for (guint i = 0; i < chart->x->len; i++) {
		double x = place_x(plot, at(chart->x, i)), y = place_y(plot, at(chart->y, i));
		gboolean flagged = g_array_index(chart->flagged, guint8, i) != 0;

		/* a shape of its own, for who does not see the colour */
		if (flagged)
			svg_marker(plot->markup, "breach", 3, x, y);
		else
			svg_circle(plot->markup, "point", x, y, 2);
	}
}

/* What is read aloud. */
static char *title_of(const struct analysis_chart *chart)
{
	guint flagged = 0;

	for (guint i = 0; i < chart->flagged->len; i++)
		flagged += g_array_index(chart->flagged, guint8, i);
	if (chart->kind == ANALYSIS_RUN)
		return g_strdup_printf("%s: %u values in their order, %u break a rule",
		                       chart->title, chart->y->len, flagged);
	if (chart->kind == ANALYSIS_SCATTER)
		return g_strdup_printf("%s: %u points", chart->title, chart->y->len);
	return g_strdup_printf("%s: histogram of %u bins", chart->title, chart->y->len);
}

void analysis_chart_svg(struct markup *markup, const struct analysis_chart *chart)
{
	struct plot plot = {.markup = markup, .chart = chart};
	g_autofree char *title = title_of(chart);

	if (chart->x->len == 0)
		return;
	find_range(&plot);
	svg_open(markup, "chart", chart_width, chart_height, title);
	draw_axes(&plot);
	svg_rectangle(markup, "frame", plot_left, plot_top, plot_right - plot_left,
	              plot_bottom - plot_top);
	if (chart->kind == ANALYSIS_HISTOGRAM)
		draw_bars(&plot);
	else if (chart->kind == ANALYSIS_RUN)
		draw_curve(&plot, chart->y, "joined");
	if (chart->smooth->len)
		draw_curve(&plot, chart->smooth, "fit");
	if (chart->kind != ANALYSIS_HISTOGRAM)
		draw_points(&plot);
	draw_fit(&plot);
	for (guint i = 0; i < chart->lines->len; i++)
		draw_line(&plot, &g_array_index(chart->lines, struct analysis_line, i));
	markup_close(markup);
}

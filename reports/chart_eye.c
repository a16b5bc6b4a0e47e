/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/chart.h"

#include "base/number.h"
#include "reports/svg.h"

#include <math.h>

static const double eye_width = 300, eye_height = 214;
static const double eye_left = 44, eye_right = 282, eye_top = 6, eye_bottom = 182;
static const double tick_length = 5;
static const double small_width = 120, small_height = 84;
enum { TICKS_MAX = 12 };

/* A picture that is in no record may have none of what is drawn over it. */
static guint length_of(const GArray *values)
{
	return values ? values->len : 0;
}

/* NAN outside the picture. */
static double place_x(const struct record_eye *eye, double time_ui)
{
	double part = time_ui / eye->x_span_ui;
	return part >= 0 && part <= 1 ? eye_left + (eye_right - eye_left) * part : NAN;
}

static double place_y(const struct record_eye *eye, double power_w)
{
	double part = (power_w - eye->y_min_w) / (eye->y_max_w - eye->y_min_w);
	return part >= 0 && part <= 1 ? eye_bottom + (eye_top - eye_bottom) * part : NAN;
}

static void draw_axes(struct markup *markup, const struct record_eye *eye)
{
	double span_mw = (eye->y_max_w - eye->y_min_w) * 1e3;
	double step_mw = span_mw > 0 && isfinite(span_mw) ? svg_tick_step(span_mw, 5) : NAN;
	for (int i = 0; i < TICKS_MAX; i++) {
		double power_mw = (ceil(eye->y_min_w * 1e3 / step_mw) + i) * step_mw;
		double y = place_y(eye, power_mw * 1e-3);
		g_autofree char *text = number_format_digits(power_mw, 4);
		if (!isfinite(y))
			continue;
		svg_line(markup, "frame", eye_left - 3, y, eye_left, y);
		svg_label(markup, "tick end", eye_left - 5, y + 4, text);
	}
	for (int i = 0; i <= 4; i++) {
		g_autofree char *text = markup_number(eye->x_span_ui * i / 4, 2);
		svg_label(markup, "tick middle", eye_left + (eye_right - eye_left) * i / 4,
		          eye_bottom + 14, text);
	}
	svg_label(markup, "axis middle", (eye_left + eye_right) / 2, eye_bottom + 28, "time (UI)");
	svg_label_turned(markup, "axis middle", 11, 94, "power (mW)");
}

static void draw_thresholds(struct markup *markup, const struct record_eye *eye)
{
	for (guint i = 0; i < length_of(eye->thresholds_w); i++) {
		double y = place_y(eye, g_array_index(eye->thresholds_w, double, i));
		if (!isfinite(y))
			continue;
		svg_line(markup, "halo", eye_left, y, eye_right, y);
		svg_line(markup, "threshold", eye_left, y, eye_right, y);
	}
}

static void draw_windows(struct markup *markup, const struct record_eye *eye)
{
	double half_ui = eye->window_width_ui / 2;
	for (guint i = 0; i < length_of(eye->windows_ui); i++) {
		double middle_ui = g_array_index(eye->windows_ui, double, i);
		double from = place_x(eye, middle_ui - half_ui);
		double to = place_x(eye, middle_ui + half_ui);
		if (isfinite(from) && isfinite(to))
			svg_rectangle(markup, "window", from, eye_top, to - from,
			              eye_bottom - eye_top);
	}
}

/* Outside the frame, where they hide nothing. */
static void draw_levels(struct markup *markup, const struct record_eye *eye)
{
	for (guint i = 0; i < length_of(eye->levels_w); i++) {
		double y = place_y(eye, g_array_index(eye->levels_w, double, i));
		g_autofree char *text = g_strdup_printf("%u", i);
		if (!isfinite(y))
			continue;
		svg_line(markup, "level", eye_right, y, eye_right + tick_length, y);
		svg_label(markup, "tick", eye_right + tick_length + 2, y + 4, text);
	}
}

static void draw_image(struct markup *markup, const char *png_base64, double left, double top,
                       double width, double height)
{
	g_autofree char *source = g_strconcat("data:image/png;base64,", png_base64, NULL);
	markup_open(markup, "image");
	markup_attr_number(markup, "x", left);
	markup_attr_number(markup, "y", top);
	markup_attr_number(markup, "width", width);
	markup_attr_number(markup, "height", height);
	markup_attr(markup, "preserveAspectRatio", "none");
	markup_attr(markup, "href", source);
	markup_close(markup);
}

static char *title_of_eye(const struct record_eye *eye)
{
	gboolean told = eye->kind && *eye->kind != '\0';
	return g_strdup_printf("eye of lane %d%s%s", eye->lane, told ? ", " : "",
	                       told ? eye->kind : "");
}

void chart_eye(struct markup *markup, const struct record_eye *eye, const char *png_base64)
{
	g_autofree char *title = title_of_eye(eye);
	svg_open(markup, "eye", eye_width, eye_height, title);
	draw_image(markup, png_base64, eye_left, eye_top, eye_right - eye_left,
	           eye_bottom - eye_top);
	draw_windows(markup, eye);
	draw_thresholds(markup, eye);
	svg_rectangle(markup, "frame", eye_left, eye_top, eye_right - eye_left,
	              eye_bottom - eye_top);
	draw_axes(markup, eye);
	draw_levels(markup, eye);
	markup_close(markup);
}

void chart_eye_small(struct markup *markup, const struct record_eye *eye, const char *png_base64)
{
	g_autofree char *title = title_of_eye(eye);
	svg_open(markup, "eye", small_width, small_height, title);
	draw_image(markup, png_base64, 0, 0, small_width, small_height);
	svg_rectangle(markup, "frame", 0, 0, small_width, small_height);
	markup_close(markup);
}

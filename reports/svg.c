/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/svg.h"

#include <math.h>

void svg_line(struct markup *markup, const char *class_name, double x1, double y1, double x2,
              double y2)
{
	markup_open(markup, "line");
	markup_attr(markup, "class", class_name);
	markup_attr_number(markup, "x1", x1);
	markup_attr_number(markup, "y1", y1);
	markup_attr_number(markup, "x2", x2);
	markup_attr_number(markup, "y2", y2);
	markup_close(markup);
}

void svg_rectangle(struct markup *markup, const char *class_name, double x, double y, double width,
                   double height)
{
	markup_open(markup, "rect");
	markup_attr(markup, "class", class_name);
	markup_attr_number(markup, "x", x);
	markup_attr_number(markup, "y", y);
	markup_attr_number(markup, "width", MAX(width, 0));
	markup_attr_number(markup, "height", MAX(height, 0));
	markup_close(markup);
}

void svg_circle(struct markup *markup, const char *class_name, double x, double y, double radius)
{
	markup_open(markup, "circle");
	markup_attr(markup, "class", class_name);
	markup_attr_number(markup, "cx", x);
	markup_attr_number(markup, "cy", y);
	markup_attr_number(markup, "r", radius);
	markup_close(markup);
}

void svg_label(struct markup *markup, const char *class_name, double x, double y, const char *text)
{
	markup_open(markup, "text");
	markup_attr(markup, "class", class_name);
	markup_attr_number(markup, "x", x);
	markup_attr_number(markup, "y", y);
	markup_text(markup, text);
	markup_close(markup);
}

void svg_label_turned(struct markup *markup, const char *class_name, double x, double y,
                      const char *text)
{
	g_autofree char *turned = g_strdup_printf("translate(%d %d) rotate(-90)", (int)x, (int)y);
	markup_open(markup, "text");
	markup_attr(markup, "class", class_name);
	markup_attr(markup, "transform", turned);
	markup_text(markup, text);
	markup_close(markup);
}

void svg_points(struct markup *markup, const char *tag, const char *class_name, const double *xy,
                gsize n)
{
	g_autoptr(GString) points = g_string_new(NULL);
	for (gsize i = 0; i < n; i++) {
		g_autofree char *x = markup_number(xy[2 * i], 1);
		g_autofree char *y = markup_number(xy[2 * i + 1], 1);
		g_string_append_printf(points, "%s%s,%s", i ? " " : "", x, y);
	}
	markup_open(markup, tag);
	markup_attr(markup, "class", class_name);
	markup_attr(markup, "points", points->str);
	markup_close(markup);
}

void svg_marker(struct markup *markup, const char *class_name, guint shape, double x, double y)
{
	/* square, triangle, diamond, triangle upside down; fewer corners are repeated */
	static const double corners[][4][2] = {
		{{-3.1, -3.1}, {3.1, -3.1}, {3.1, 3.1}, {-3.1, 3.1}},
		{{0, -4.4}, {4.2, 3.2}, {-4.2, 3.2}, {0, -4.4}},
		{{0, -4.6}, {4.6, 0}, {0, 4.6}, {-4.6, 0}},
		{{0, 4.4}, {4.2, -3.2}, {-4.2, -3.2}, {0, 4.4}},
	};
	double xy[8];
	guint form = shape % (G_N_ELEMENTS(corners) + 1);
	if (form == 0) {
		svg_circle(markup, class_name, x, y, 3.5);
		return;
	}
	for (guint i = 0; i < 4; i++) {
		xy[2 * i] = x + corners[form - 1][i][0];
		xy[2 * i + 1] = y + corners[form - 1][i][1];
	}
	svg_points(markup, "polygon", class_name, xy, 4);
}

void svg_open(struct markup *markup, const char *class_name, double width, double height,
              const char *title)
{
	g_autofree char *box = g_strdup_printf("0 0 %d %d", (int)width, (int)height);
	markup_open(markup, "svg");
	markup_attr(markup, "class", class_name);
	markup_attr(markup, "viewBox", box);
	markup_attr(markup, "role", "img");
	markup_attr(markup, "aria-label", title);
}

double svg_tick_step(double span, double wanted)
{
	double rough = span / wanted;
	double power = pow(10, floor(log10(rough)));
	double lead = rough / power;
	return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_SVG_H
#define REPORTS_SVG_H

#include "reports/markup.h"

/* Shapes of inline SVG; the style sheet of the page (page.c) knows the classes. */

/* An open <svg> of that many units; title is what is read aloud. Close with markup_close. */
void svg_open(struct markup *markup, const char *class_name, double width, double height,
              const char *title);

void svg_line(struct markup *markup, const char *class_name, double x1, double y1, double x2,
              double y2);
/* A width or height below 0 counts as 0. */
void svg_rectangle(struct markup *markup, const char *class_name, double x, double y, double width,
                   double height);
void svg_circle(struct markup *markup, const char *class_name, double x, double y, double radius);
void svg_label(struct markup *markup, const char *class_name, double x, double y, const char *text);
/* The same, read from below to above. */
void svg_label_turned(struct markup *markup, const char *class_name, double x, double y,
                      const char *text);
/* A "polyline" or "polygon" of n points, x before y. */
void svg_points(struct markup *markup, const char *tag, const char *class_name, const double *xy,
                gsize n);
/* A point of a curve as one of five shapes, which repeat; 0 is a circle. */
void svg_marker(struct markup *markup, const char *class_name, guint shape, double x, double y);

/* 1, 2 or 5 times a power of ten, so that about `wanted` steps make the span (above 0). */
double svg_tick_step(double span, double wanted);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_SVG_DRAW_H
#define REPORTS_SVG_DRAW_H

#include "reports/css.h"
#include "reports/xml_tree.h"

#include <cairo.h>

/*
 * Draws the pictures that svg.h and its users write: lines, rectangles, circles, polylines and
 * polygons, paths of straight pieces, texts (turned by a quarter), PNG pictures, groups; looks by
 * the style sheet. Nothing else of SVG is known.
 */
void svg_draw(cairo_t *cr, const struct css *css, const struct xml_node *svg, double x, double y,
              double width);

/* How high it becomes; 0 for what has no size. */
double svg_draw_height(const struct xml_node *svg, double width);

#endif

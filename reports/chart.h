/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_CHART_H
#define REPORTS_CHART_H

#include "reports/markup.h"
#include "reports/record.h"

#include <glib.h>

/*
 * Charts as inline SVG. A series whose id ends in "waterfall" is drawn on the axis on which a
 * Gaussian channel's error ratio is a straight line: distance by Q, labels by ratio. A point of
 * ratio zero is drawn at its upper confidence bound as "no error seen". Everything else is linear.
 * A fit with a confidence band lies on its shaded area.
 */
void chart_series(struct markup *markup, const struct record_series *series);

/*
 * Several curves in one chart, told apart by colour, marker and dashes and named in a legend, with
 * the numbers of their markers. Axes and scale are those of the first. Colours repeat after
 * CHART_CURVES_MAX; n is above 0.
 */
#define CHART_CURVES_MAX 8
struct chart_curve {
	const struct record_series *series;
	const char *label;
};
void chart_curves(struct markup *markup, const struct chart_curve *curves, guint n);

/*
 * A map of colours with contours at round values, a dashed contour at the limit, the chosen point
 * and a scale. Where there is no value the map is crossed out. FALSE, with nothing drawn, when the
 * sizes of its arrays disagree, a place is no number, or it has no or too many values to draw.
 */
gboolean chart_map(struct markup *markup, const struct record_map *map);

/* An axis: "bias (mA)". A ratio as people call it: "2.4e-4". A value of a map, by its scale. Free
 * with g_free. */
char *chart_axis_title(const char *name, const char *unit);
char *chart_ratio_text(double ratio);
char *chart_map_value(const struct record_map *map, double z);

/*
 * A value between its bounds as a small bar: the permitted range in grey, the guard band paler, the
 * value as a dot with its uncertainty as a line. Bounds may be NAN; `reach` is how far from a
 * one-sided bound the bar goes, in the value's unit.
 */
struct chart_margin {
	double value, low, high, low_guarded, high_guarded;
	double uncertainty; /* or NAN */
	double reach;
	const char *class_name; /* of the dot */
};
void chart_margin(struct markup *markup, const struct chart_margin *margin);

/*
 * A density picture with axes, from the PNG in base64; over it what TDECQ was decided by, as far as
 * known: thresholds, histogram windows, and beside it marks at the levels (those arrays may be null
 * in a struct of one's own).
 */
void chart_eye(struct markup *markup, const struct record_eye *eye, const char *png_base64);

/* The same without axes, small, for one of many. */
void chart_eye_small(struct markup *markup, const struct record_eye *eye, const char *png_base64);

#endif

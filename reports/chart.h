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

/* The Q for which a bit error ratio (0 < ratio < 1) is erfc(Q / sqrt 2) / 2. */
double chart_q_from_ber(double ratio);

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

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/chart.h"

#include "reports/svg.h"

#include <math.h>

static const double bar_width = 120, bar_height = 8, bar_edge = 14;

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
	svg_rectangle(markup, "guard", low, 2, high - low, 4);
	svg_rectangle(markup, "range", low_guarded, 2, high_guarded - low_guarded, 4);
	if (!isnan(margin->low))
		svg_line(markup, "edge", low, 0, low, 8);
	if (!isnan(margin->high))
		svg_line(markup, "edge", high, 0, high, 8);
	if (isfinite(margin->uncertainty))
		svg_line(markup, "whisker",
		         place_on_bar(&scale, margin->value - margin->uncertainty), 4,
		         place_on_bar(&scale, margin->value + margin->uncertainty), 4);
	svg_circle(markup, margin->class_name, place_on_bar(&scale, margin->value), 4, 3.2);
	markup_close(markup);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/waveform_page.h"

#include "reports/svg.h"

#include <math.h>

/* as large as an eye, so that they stand in one line */
static const double width = 300, height = 214;
static const double left = 8, right = 292, top = 24, bottom = 164;
static const double bar_share = 0.56;

static void draw_tap(struct markup *markup, double middle, double half, double zero, double per_one,
                     double tap, gboolean main_tap)
{
	double end = zero - tap * per_one;
	g_autofree char *text = markup_number(tap, 3);

	svg_rectangle(markup, main_tap ? "tap main" : "tap", middle - half, MIN(zero, end),
	              2 * half, fabs(end - zero));
	svg_label(markup, "middle", middle, tap < 0 ? end + 13 : end - 5, text);
}

void waveform_page_taps(struct markup *markup, const double *taps, guint n_taps, guint main_tap)
{
	double low = 0, high = 0, per_one, zero, step = (right - left) / MAX(n_taps, 1);

	for (guint i = 0; i < n_taps; i++) {
		low = MIN(low, taps[i]);
		high = MAX(high, taps[i]);
	}
	per_one = (bottom - top) / (high - low > 0 ? high - low : 1);
	zero = top + high * per_one;
	svg_open(markup, "eye taps", width, height, "taps of the equaliser");
	for (guint i = 0; i < n_taps; i++) {
		double middle = left + (i + 0.5) * step;
		int cursor = (int)i - (int)main_tap;
		g_autofree char *text = g_strdup_printf(cursor > 0 ? "+%d" : "%d", cursor);

		draw_tap(markup, middle, bar_share * step / 2, zero, per_one, taps[i],
		         i == main_tap);
		svg_label(markup, "tick middle", middle, bottom + 32, text);
	}
	svg_line(markup, "frame", left, zero, right, zero);
	svg_label(markup, "axis middle", (left + right) / 2, bottom + 46, "tap (symbols)");
	markup_close(markup);
}

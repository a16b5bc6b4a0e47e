/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

#include "base/number.h"
#include "reports/axis.h"

#include <math.h>
#include <string.h>

/*
 * Lanes across, parameters down, the newest at the bottom. Behind the values the one that is
 * nearest to its limit is shown: where it lies between the limits, and how far from the nearest.
 */
enum {
	NAME_COLUMNS = 19,
	NAME_COLUMNS_MIN = 12,
	UNIT_COLUMNS = 6,
	VALUE_COLUMNS = 8,
	VALUE_COLUMNS_MIN = 7,
	BAR_COLUMNS = 11,
	MARGIN_COLUMNS = 9,
	LANES_MIN = 4,
	VALUE_DIGITS = 4,
	MARGIN_DIGITS = 3,
};

/* Where what is drawn. */
struct table {
	int name, value, bar, margin; /* columns; 0: not drawn */
	int lanes;
};

static int lanes_of(const struct desk *desk, const struct site_view *view)
{
	const struct config_site *config = config_site(desk->setup.config, view->site);
	int lanes = config ? CLAMP((int)config->n_lanes, 1, SITE_VIEW_LANES) : LANES_MIN;

	for (guint i = 0; i < view->rows->len; i++) {
		const struct site_row *row = &g_array_index(view->rows, struct site_row, i);
		for (int lane = lanes + 1; row->per_lane && lane <= SITE_VIEW_LANES; lane++)
			if (row->lanes[lane].known)
				lanes = lane;
	}
	return lanes;
}

/* Names get what is over, then bars; with many lanes in little room the bar gives way, then the
 * margin, then a digit. */
static struct table table_for(int width, int lanes)
{
	struct table table = {NAME_COLUMNS, VALUE_COLUMNS, BAR_COLUMNS, MARGIN_COLUMNS, lanes};
	int fixed = UNIT_COLUMNS + lanes * table.value;

	if (NAME_COLUMNS_MIN + fixed + table.bar + table.margin > width)
		table.bar = 0;
	if (NAME_COLUMNS_MIN + fixed + table.margin > width)
		table.margin = 0;
	if (NAME_COLUMNS_MIN + fixed > width)
		table.value = VALUE_COLUMNS_MIN;
	fixed = UNIT_COLUMNS + lanes * table.value;
	int over = width - fixed - table.bar - table.margin;
	table.name = MAX(2, MIN(over, 2 * NAME_COLUMNS));
	if (table.bar)
		table.bar += CLAMP(over - table.name, 0, 2 * BAR_COLUMNS);
	return table;
}

/* --- numbers ------------------------------------------------------------------------------------
 */

/* As many digits as fit; "-" for what is no number. */
static char *short_number(double value, int digits, int columns)
{
	if (!isfinite(value))
		return g_strdup("-");
	for (; digits > 1; digits--) {
		g_autofree char *text = number_format_digits(value, digits);
		if (text_columns(text) <= columns)
			return g_steal_pointer(&text);
	}
	return number_format_digits(value, 1);
}

static void widen(double *most, double value)
{
	if (isfinite(value))
		*most = fmax(*most, fabs(value));
}

static double scale_of(const struct canvas *canvas, const struct site_row *row, char **unit)
{
	double most = 0;

	for (int i = 0; i <= SITE_VIEW_LANES; i++)
		if (row->lanes[i].known)
			widen(&most, row->lanes[i].value);
	double scale = axis_scale(row->unit, most, unit);
	if (strcmp(*unit, "1") == 0)
		**unit = '\0';
	if (strcmp(*unit, "degC") == 0 && canvas->signs != SIGNS_ASCII) {
		g_free(*unit);
		*unit = g_strdup("\u00b0C");
	}
	return scale;
}

/* The value that is nearest to its limit, or beyond it; null when none has a limit. */
static const struct site_value *worst_of(const struct site_row *row)
{
	const struct site_value *worst = NULL;

	for (int i = 0; i <= SITE_VIEW_LANES; i++) {
		const struct site_value *value = &row->lanes[i];
		double margin = value->known ? site_value_margin(value) : NAN;
		if (isfinite(margin) && (!worst || margin < site_value_margin(worst)))
			worst = value;
	}
	return worst;
}

/* --- drawing ------------------------------------------------------------------------------------
 */

static enum look value_look(const struct site_value *value)
{
	if (value->verdict == VERDICT_FAIL)
		return LOOK_FAIL;
	if (value->verdict == VERDICT_ERROR || value->verdict == VERDICT_ABORTED)
		return LOOK_ERROR;
	return value->marginal ? LOOK_WARNING : LOOK_TEXT;
}

/* "!" marginal, the state's own sign for what failed. */
static const char *value_sign(const struct canvas *canvas, const struct site_value *value)
{
	if (value->verdict == VERDICT_FAIL)
		return screen_state_sign(canvas, SITE_FAIL);
	if (value->verdict == VERDICT_ERROR || value->verdict == VERDICT_ABORTED)
		return screen_state_sign(canvas, SITE_ERROR);
	return value->marginal ? "!" : " ";
}

static void draw_value(struct canvas *canvas, struct area cell, const struct site_value *value,
                       double scale)
{
	enum look look = value_look(value);
	g_autofree char *number = short_number(value->value * scale, VALUE_DIGITS, cell.width - 2);
	g_autofree char *text = g_strdup_printf("%s%s", value_sign(canvas, value), number);

	if (!value->known)
		return;
	area_take_left(&cell, MAX(0, cell.width - text_columns(text)));
	canvas_text_cut(canvas, cell, 0, 0, look, text);
}

/* Where between the limits, 0..1. With one limit the other end is as far from it as zero is. */
static double place_of(const struct site_value *value)
{
	double low = value->low, high = value->high;

	if (!isfinite(low))
		low = high - (high == 0 ? 1 : fabs(high));
	if (!isfinite(high))
		high = low + (low == 0 ? 1 : fabs(low));
	return high > low ? CLAMP((value->value - low) / (high - low), 0, 1) : 0.5;
}

/* |---o---| with an end only where there is a limit. */
static void draw_limits(struct canvas *canvas, struct area bar, const struct site_value *value)
{
	gboolean ascii = canvas->signs == SIGNS_ASCII;
	struct area cell = {bar.x, bar.y, 1, 1};
	enum look look = value_look(value);

	canvas_fill(canvas, bar, ascii ? '-' : 0x2500, LOOK_DIM, FALSE);
	if (isfinite(value->low))
		canvas_fill(canvas, cell, ascii ? '|' : 0x251c, LOOK_DIM, FALSE);
	cell.x = bar.x + bar.width - 1;
	if (isfinite(value->high))
		canvas_fill(canvas, cell, ascii ? '|' : 0x2524, LOOK_DIM, FALSE);
	cell.x = bar.x + (int)lround(place_of(value) * (bar.width - 1));
	canvas_fill(canvas, cell,
	            look == LOOK_TEXT ? 'o'
	            : value->marginal ? '!'
	                              : 'X',
	            look, look == LOOK_WARNING);
}

/* How far from the nearest limit, in the unit of the row; negative outside. */
static double distance_of(const struct site_value *value)
{
	double below = value->high - value->value, above = value->value - value->low;

	return isfinite(below) && isfinite(above) ? fmin(below, above)
	                                          : (isfinite(below) ? below : above);
}

static void draw_row(struct canvas *canvas, struct area area, const struct table *table,
                     const struct site_row *row)
{
	g_autofree char *unit = NULL;
	double scale = scale_of(canvas, row, &unit);
	const struct site_value *worst = worst_of(row);
	struct area name = area_take_left(&area, table->name);
	struct area units = area_take_left(&area, UNIT_COLUMNS);

	name.width--;
	canvas_text_cut(canvas, name, 0, 0, LOOK_TEXT, row->name);
	canvas_text_cut(canvas, units, 0, 0, LOOK_DIM, unit);
	for (int lane = 1; lane <= table->lanes; lane++) {
		struct area cell = area_take_left(&area, table->value);
		if (row->per_lane || lane == 1)
			draw_value(canvas, cell, &row->lanes[row->per_lane ? lane : 0], scale);
	}
	if (!worst)
		return;
	struct area bar = area_take_left(&area, table->bar);
	struct area margin = area_take_left(&area, table->margin);
	area_take_left(&bar, 2);
	if (table->bar)
		draw_limits(canvas, bar, worst);
	if (!table->margin)
		return;
	g_autofree char *text =
		short_number(distance_of(worst) * scale, MARGIN_DIGITS, table->margin - 1);
	canvas_text_right(canvas, margin, 0, value_look(worst), text);
}

static void draw_names(struct canvas *canvas, struct area area, const struct table *table)
{
	area_take_left(&area, table->name + UNIT_COLUMNS);
	for (int lane = 1; lane <= table->lanes; lane++) {
		g_autofree char *text = g_strdup_printf(_("lane %d"), lane);
		canvas_text_right(canvas, area_take_left(&area, table->value), 0, LOOK_DIM, text);
	}
	struct area limits = area_take_left(&area, table->bar);
	area_take_left(&limits, 2);
	if (table->bar)
		canvas_text(canvas, limits, 0, 0, LOOK_DIM, _("limits"));
	if (table->margin)
		canvas_text_right(canvas, area_take_left(&area, table->margin), 0, LOOK_DIM,
		                  _("margin"));
}

/* A line for the corner before the first row of each. */
static gboolean begins_corner(const GArray *rows, guint index)
{
	const struct site_row *row = &g_array_index(rows, struct site_row, index);

	return row->corner[0] &&
	       (index == 0 ||
	        strcmp(row->corner, g_array_index(rows, struct site_row, index - 1).corner) != 0);
}

/* The first row of those that fit, so that the last one is seen. */
static guint first_row(const GArray *rows, int room)
{
	guint first = rows->len;

	while (first > 0) {
		room -= begins_corner(rows, first - 1) ? 2 : 1;
		if (room < 0)
			break;
		first--;
	}
	return first;
}

void screen_values(const struct desk *desk, struct canvas *canvas, struct area area,
                   const struct desk_site *site)
{
	const struct site_view *view = site->view;
	struct table table = table_for(area.width, lanes_of(desk, view));
	g_autofree char *lost = view->lost ? g_strdup_printf(_("%u not shown"), view->lost) : NULL;

	screen_heading(canvas, &area, _("Values"), lost);
	draw_names(canvas, area_take_top(&area, 1), &table);
	if (!view->rows->len)
		canvas_text_centre(canvas, area, area.height / 2, LOOK_DIM, _("No values yet"));
	for (guint i = first_row(view->rows, area.height); i < view->rows->len; i++) {
		const struct site_row *row = &g_array_index(view->rows, struct site_row, i);
		if (begins_corner(view->rows, i))
			canvas_text_cut(canvas, area_take_top(&area, 1), 0, 0, LOOK_DIM,
			                row->corner);
		draw_row(canvas, area_take_top(&area, 1), &table, row);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_sheet.h"
#include "station/operator/words.h"

#include <math.h>

enum { NAME_COLUMNS = 20, NUMBER_COLUMNS = 8, BAR_COLUMNS = 40 };

/* A name, a number and how much that is of something; part NAN: no bar. */
static void draw_number(struct sheet *sheet, const char *name, const char *number, enum look look,
                        double part)
{
	struct area row = sheet_take(sheet, 1);
	struct area bar;

	canvas_text(sheet->page, area_take_left(&row, NAME_COLUMNS), 0, 0, LOOK_DIM, name);
	canvas_text_right(sheet->page, area_take_left(&row, NUMBER_COLUMNS), 0, look, number);
	area_take_left(&row, 2);
	bar = area_take_left(&row, BAR_COLUMNS);
	if (isfinite(part))
		canvas_bar(sheet->page, bar, 0, look, part);
}

static void draw_count(struct sheet *sheet, const char *name, guint count, guint whole,
                       enum look look)
{
	g_autofree char *number = g_strdup_printf("%u", count);

	draw_number(sheet, name, number, count > 0 ? look : LOOK_TEXT,
	            whole > 0 ? (double)count / whole : NAN);
}

static void draw_yield(struct sheet *sheet, const char *name, guint good, guint judged)
{
	g_autofree char *percent = sheet_percent(good, judged);

	draw_number(sheet, name, percent, LOOK_TEXT, judged > 0 ? (double)good / judged : NAN);
}

static void draw_counts(struct sheet *sheet, const struct desk *desk)
{
	const struct store_counts *counts = &desk->lot_counts;
	guint units = desk->lot->units->len;

	draw_count(sheet, _("Units in the lot"), units, 0, LOOK_TEXT);
	draw_count(sheet, _("Tested"), counts->units, units, LOOK_RUNNING);
	draw_count(sheet, _("Passed"), counts->passed, counts->units, LOOK_PASS);
	draw_count(sheet, _("Failed"), counts->failed, counts->units, LOOK_FAIL);
	draw_count(sheet, _("Errors"), counts->errors, counts->units, LOOK_ERROR);
	draw_count(sheet, _("Aborted"), counts->aborted, counts->units, LOOK_WARNING);
	draw_yield(sheet, _("First-pass yield"), counts->first_passed, counts->first_tries);
	draw_yield(sheet, _("Yield"), counts->passed, counts->passed + counts->failed);
}

static void draw_causes(struct sheet *sheet, const struct desk *desk)
{
	guint most = 0;

	sheet_heading(sheet, _("What failed"));
	for (guint i = 0; i < desk->causes->len; i++)
		most = MAX(most, g_array_index(desk->causes, struct desk_cause, i).count);
	for (guint i = 0; i < desk->causes->len; i++) {
		const struct desk_cause *cause = &g_array_index(desk->causes, struct desk_cause, i);
		g_autofree char *count = g_strdup_printf("%u", cause->count);
		struct area row = sheet_take(sheet, 1);
		struct area name = area_take_left(&row, row.width / 2);
		canvas_text_cut(sheet->page, name, 0, 0, LOOK_TEXT, cause->what);
		canvas_text_right(sheet->page, area_take_left(&row, 6), 0, LOOK_TEXT, count);
		area_take_left(&row, 2);
		struct area bar = area_take_left(&row, BAR_COLUMNS);
		canvas_bar(sheet->page, bar, 0, LOOK_FAIL, (double)cause->count / MAX(1, most));
	}
}

struct sheet sheet_lot(const struct desk *desk, const struct canvas *canvas, int columns)
{
	struct sheet sheet = sheet_begin(canvas, columns);

	if (!desk->lot) {
		sheet_paragraph(&sheet, 0, LOOK_TEXT,
		                _("No lot is chosen: scan its bar code, or press F3."));
		return sheet;
	}
	canvas_text_cut(sheet.page, sheet_take(&sheet, 1), 0, 0, LOOK_TEXT, desk->lot->name);
	sheet_skip(&sheet);
	draw_counts(&sheet, desk);
	if (desk->causes->len > 0)
		draw_causes(&sheet, desk);
	if (desk->lot_counts.units == 0) {
		sheet_skip(&sheet);
		sheet_paragraph(&sheet, 0, LOOK_TEXT,
		                _("No unit of this lot was tested yet: scan one to begin."));
	}
	return sheet;
}

void screen_lot(const struct desk *desk, struct canvas *canvas, struct area area)
{
	sheet_page(desk, canvas, area, _("Lot"), sheet_lot);
}

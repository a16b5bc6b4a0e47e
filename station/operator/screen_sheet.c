/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_sheet.h"

#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

enum { SHEET_ROWS = 64, PARAGRAPH_ROWS = 32 };

struct sheet sheet_begin(const struct canvas *canvas, int columns)
{
	return (struct sheet){canvas_new(MAX(1, columns), SHEET_ROWS, canvas->signs), 0};
}

void sheet_clear(struct sheet *sheet)
{
	canvas_free(sheet->page);
	*sheet = (struct sheet){NULL, 0};
}

static void grow(struct canvas *page, int rows)
{
	int before = page->rows;

	if (rows <= before)
		return;
	page->rows = MAX(rows, 2 * before);
	page->cells = g_renew(struct cell, page->cells, (gsize)page->columns * (gsize)page->rows);
	struct area added = {0, before, page->columns, page->rows - before};
	canvas_fill(page, added, ' ', LOOK_TEXT, FALSE);
}

struct area sheet_take(struct sheet *sheet, int rows)
{
	struct area taken = {0, sheet->rows, sheet->page->columns, rows};

	sheet->rows += rows;
	grow(sheet->page, sheet->rows);
	return taken;
}

void sheet_skip(struct sheet *sheet)
{
	if (sheet->rows > 0)
		sheet_take(sheet, 1);
}

void sheet_heading(struct sheet *sheet, const char *text)
{
	sheet_skip(sheet);
	canvas_text(sheet->page, sheet_take(sheet, 1), 0, 0, LOOK_TITLE, text);
}

void sheet_paragraph(struct sheet *sheet, int indent, enum look look, const char *text)
{
	struct area area = sheet_take(sheet, PARAGRAPH_ROWS);

	area_take_left(&area, indent);
	sheet->rows += canvas_paragraph(sheet->page, area, look, text) - PARAGRAPH_ROWS;
}

int sheet_show(struct sheet *sheet, struct canvas *canvas, struct area area, guint first)
{
	const struct canvas *page = sheet->page;
	int from = (int)MIN(first, (guint)MAX(0, sheet->rows - area.height));
	int columns = MIN(area.width, page->columns), rows = MIN(area.height, sheet->rows - from);

	for (int y = 0; y < rows; y++)
		for (int x = 0; x < columns; x++)
			canvas->cells[(area.y + y) * canvas->columns + area.x + x] =
				page->cells[(from + y) * page->columns + x];
	for (guint i = 0; i < page->cut->len; i++)
		g_ptr_array_add(canvas->cut, g_strdup(page->cut->pdata[i]));
	sheet_clear(sheet);
	return from;
}

/* --- pages --------------------------------------------------------------------------------------
 */

struct area sheet_title(struct canvas *canvas, struct area *area, const char *title)
{
	area_take_left(area, 1);
	area_take_right(area, 1);
	struct area heading = area_take_top(area, 1);
	canvas_text(canvas, heading, 0, 0, LOOK_TITLE, title);
	return heading;
}

void sheet_position(struct canvas *canvas, struct area heading, int first, int shown, int rows)
{
	if (shown >= rows)
		return;
	g_autofree char *text = shown == 1 ? g_strdup_printf("%d / %d", first + 1, rows)
	                                   : g_strdup_printf("%d-%d / %d", first + 1,
	                                                     MIN(rows, first + shown), rows);
	canvas_text_right(canvas, heading, 0, LOOK_KEY, text);
}

void sheet_page(const struct desk *desk, struct canvas *canvas, struct area area, const char *title,
                struct sheet (*build)(const struct desk *desk, const struct canvas *canvas,
                                      int columns))
{
	struct area heading = sheet_title(canvas, &area, title);
	struct sheet sheet = build(desk, canvas, area.width);
	int rows = sheet.rows;
	int first = sheet_show(&sheet, canvas, area, desk->scroll);

	sheet_position(canvas, heading, first, area.height, rows);
}

guint screen_scroll_most(const struct desk *desk, int columns, int rows)
{
	static struct sheet (*const builds[])(const struct desk *, const struct canvas *, int) = {
		[PAGE_WHY] = sheet_why,
		[PAGE_LOT] = sheet_lot,
		[PAGE_INSTRUMENTS] = sheet_instruments,
		[PAGE_HELP] = sheet_help,
	};
	gboolean is_sheet = desk->page < G_N_ELEMENTS(builds) && builds[desk->page];

	if (!is_sheet || columns < SCREEN_COLUMNS_MIN || rows < SCREEN_ROWS_MIN)
		return 0;
	struct canvas *canvas = canvas_new(columns, rows, desk->signs);
	struct area area = screen_around_page(desk, canvas);
	sheet_title(canvas, &area, "");
	struct sheet sheet = builds[desk->page](desk, canvas, area.width);
	guint max = (guint)MAX(0, sheet.rows - area.height);
	sheet_clear(&sheet);
	canvas_free(canvas);
	return max;
}

guint sheet_list_first(guint choice, guint rows, guint height)
{
	if (rows <= height || choice <= height / 2)
		return 0;
	return MIN(choice - height / 2, rows - height);
}

struct area sheet_cell(struct area row, int x, int width)
{
	area_take_left(&row, x);
	return area_take_left(&row, width);
}

enum site_state sheet_verdict_state(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return SITE_PASS;
	case VERDICT_FAIL:
		return SITE_FAIL;
	case VERDICT_ERROR:
		return SITE_ERROR;
	case VERDICT_ABORTED:
		return SITE_ABORTED;
	case VERDICT_NONE:
	case VERDICT_SKIPPED:
		break;
	}
	return SITE_IDLE;
}

void sheet_verdict(struct canvas *canvas, struct area cell, enum verdict verdict, gboolean marginal)
{
	enum site_state state = sheet_verdict_state(verdict);
	enum look look =
		verdict == VERDICT_PASS && marginal ? LOOK_WARNING : screen_state_look(state);

	if (state == SITE_IDLE) {
		canvas_text(canvas, cell, 0, 0, LOOK_DIM,
		            verdict == VERDICT_SKIPPED ? _("skipped") : "-");
		return;
	}
	int x = canvas_text(canvas, cell, 0, 0, look, screen_state_sign(canvas, state));
	canvas_text(canvas, cell, x + 1, 0, look, _(site_state_name(state)));
}

char *sheet_percent(guint part, guint whole)
{
	return whole > 0 ? g_strdup_printf("%.1f %%", 100.0 * part / whole) : g_strdup("-");
}

char *sheet_time(const struct desk *desk, gint64 utc_us, const char *format)
{
	g_autoptr(GDateTime) time =
		g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC + desk->utc_offset_s);

	return utc_us != 0 && time ? g_date_time_format(time, format) : g_strdup("");
}

gboolean sheet_busy(const struct desk *desk, struct sheet *sheet, int zoom)
{
	gboolean any = FALSE;

	for (guint i = 0; i < desk->sites->len; i++) {
		const struct desk_site *site = desk->sites->pdata[i];
		enum site_state state = site->view->state;
		if ((zoom >= 0 && (int)i != zoom) ||
		    (state != SITE_RUNNING && state != SITE_CHECKING))
			continue;
		g_autofree char *number = g_strdup_printf(_("Site %d"), site->view->site);
		struct area row = sheet_take(sheet, 1);
		canvas_text(sheet->page, sheet_cell(row, 0, 9), 0, 0, LOOK_TEXT, number);
		canvas_text_cut(sheet->page, sheet_cell(row, 10, 24), 0, 0, LOOK_TEXT,
		                site->view->serial);
		canvas_text(sheet->page, sheet_cell(row, 36, row.width - 36), 0, 0,
		            screen_state_look(state), _(site_state_name(state)));
		any = TRUE;
	}
	return any;
}

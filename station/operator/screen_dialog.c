/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_sheet.h"
#include "station/operator/words.h"

#include <string.h>

/* What is inside of a frame, but for its sides. */
enum { DIALOG_COLUMNS = 64, QUESTION_COLUMNS = 110, MARGIN = 2 };

/* --- frames -------------------------------------------------------------------------------------
 */

/* A key that answers, and what it does; gives the column behind. */
static int draw_key(struct canvas *canvas, struct area row, int x, const char *key,
                    const char *words)
{
	x = canvas_text(canvas, row, x, 0, LOOK_KEY, key);
	return canvas_text(canvas, row, x + 1, 0, LOOK_TEXT, words) + 4;
}

/* The last row: what each key does; null: that key does nothing. */
static void draw_keys(struct sheet *sheet, const char *choose, const char *yes, const char *no)
{
	int x = 0;

	sheet_skip(sheet);
	struct area row = sheet_take(sheet, 1);
	if (choose)
		x = draw_key(sheet->page, row, x, _("Up Down"), choose);
	if (yes)
		x = draw_key(sheet->page, row, x, _("Enter"), yes);
	if (no)
		draw_key(sheet->page, row, x, _("Esc"), no);
}

static struct sheet begin(const struct canvas *canvas, struct area area, int columns)
{
	return sheet_begin(canvas, MIN(columns, area.width - 4 - 2 * MARGIN));
}

/* Where not all of it has room, the keys stay. */
static void keep_keys(struct sheet *sheet, int rows)
{
	struct canvas *page = sheet->page;
	gsize columns = (gsize)page->columns;

	if (rows <= 0 || sheet->rows <= rows)
		return;
	memcpy(page->cells + columns * (gsize)(rows - 1),
	       page->cells + columns * (gsize)(sheet->rows - 1), columns * sizeof *page->cells);
	sheet->rows = rows;
}

/* The frame in the middle, as high as the sheet, at least `height`, and the sheet in it. */
static void show(struct canvas *canvas, struct area area, enum look look, const char *title,
                 struct sheet *sheet, int height)
{
	int columns = sheet->page->columns + 2 + 2 * MARGIN, rows = MAX(sheet->rows, height) + 4;
	struct area frame = area_centre(area, columns, rows);

	canvas_fill(canvas, frame, ' ', LOOK_TEXT, FALSE);
	struct area inside = canvas_frame(canvas, frame, look, title);
	inside = area_centre(inside, inside.width - 2 * MARGIN, sheet->rows);
	keep_keys(sheet, inside.height);
	sheet_show(sheet, canvas, inside, 0);
}

/* --- lots ---------------------------------------------------------------------------------------
 */

static void draw_lots(const struct desk *desk, struct sheet *sheet, guint height)
{
	guint n = g_strv_length(desk->lots), choice = MIN(desk->choice, n - 1);
	guint first = sheet_list_first(choice, n, height), end = MIN(n, first + height);

	for (guint i = first; i < end; i++) {
		struct area row = sheet_take(sheet, 1);
		gboolean current = desk->lot && g_str_equal(desk->lot->name, desk->lots[i]);
		struct area mark = area_take_right(&row, current ? 16 : 0);
		canvas_text(sheet->page, row, 0, 0, LOOK_KEY, i == choice ? ">" : " ");
		canvas_text_cut(sheet->page, row, 2, 0, LOOK_TEXT, desk->lots[i]);
		canvas_text(sheet->page, mark, 1, 0, LOOK_DIM, _("chosen now"));
		if (i == choice)
			canvas_reverse(sheet->page,
			               (struct area){0, row.y, sheet->page->columns, 1});
	}
	struct area below = sheet_take(sheet, 1);
	sheet_position(sheet->page, below, (int)choice, 1, n > height ? (int)n : 1);
}

static void lots(const struct desk *desk, struct canvas *canvas, struct area area)
{
	enum { ROWS_AROUND = 8 };
	struct sheet sheet = begin(canvas, area, DIALOG_COLUMNS);
	gboolean any = desk->lots && desk->lots[0];

	if (any)
		draw_lots(desk, &sheet, (guint)MAX(1, area.height - ROWS_AROUND));
	else
		sheet_paragraph(&sheet, 0, LOOK_TEXT,
		                _("There is no lot file in the station's folder of lots: put one "
		                  "there (serial, part_number), then open this list again."));
	draw_keys(&sheet, any ? _("choose") : NULL, any ? _("take this lot") : NULL, _("leave it"));
	show(canvas, area, LOOK_TITLE, _("Choose a lot"), &sheet, 0);
}

/* --- confirmations ------------------------------------------------------------------------------
 */

static void abort_units(const struct desk *desk, struct canvas *canvas, struct area area)
{
	struct sheet sheet = begin(canvas, area, DIALOG_COLUMNS);

	if (!sheet_busy(desk, &sheet, desk->zoom))
		sheet_paragraph(&sheet, 0, LOOK_TEXT, _("Nothing is tested any more."));
	sheet_skip(&sheet);
	sheet_paragraph(&sheet, 0, LOOK_TEXT, _("The test ends now, wherever it is:"));
	sheet_paragraph(&sheet, 0, LOOK_TEXT, _("- the light goes off"));
	sheet_paragraph(&sheet, 0, LOOK_TEXT, _("- the supply goes off"));
	sheet_paragraph(&sheet, 0, LOOK_TEXT,
	                _("- the unit is recorded as ABORTED, with what was measured"));
	draw_keys(&sheet, NULL, _("abort"), _("go on testing"));
	show(canvas, area, LOOK_WARNING, _("Abort?"), &sheet, 0);
}

static void draw_count(struct sheet *sheet, const char *name, const char *count, enum look look)
{
	struct area row = sheet_take(sheet, 1);

	canvas_text(sheet->page, area_take_left(&row, 20), 0, 0, LOOK_DIM, name);
	canvas_text_right(sheet->page, area_take_left(&row, 8), 0, look, count);
}

static void draw_shift(const struct desk *desk, struct sheet *sheet)
{
	const struct store_counts *shift = &desk->shift;
	const struct {
		const char *name;
		guint count;
		enum look look;
	} rows[] = {
		{_("Tested"), shift->units, LOOK_TEXT},    {_("Passed"), shift->passed, LOOK_PASS},
		{_("Failed"), shift->failed, LOOK_FAIL},   {_("Errors"), shift->errors, LOOK_ERROR},
		{_("Aborted"), shift->aborted, LOOK_TEXT},
	};
	g_autofree char *yield = sheet_percent(shift->first_passed, shift->first_tries);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *count = g_strdup_printf("%u", rows[i].count);
		draw_count(sheet, rows[i].name, count, rows[i].count ? rows[i].look : LOOK_TEXT);
	}
	draw_count(sheet, _("First-pass yield"), yield, LOOK_TEXT);
}

static void hand_over(const struct desk *desk, struct canvas *canvas, struct area area)
{
	struct sheet sheet = begin(canvas, area, DIALOG_COLUMNS);
	const char *name = *desk->person.name ? desk->person.name : desk->person.badge;
	g_autofree char *who = g_strdup_printf(_("%s hands over"), name);
	g_autofree char *begun = sheet_time(desk, desk->shift_start_us, "%H:%M");
	g_autofree char *since = g_strdup_printf(_("Shift since %s:"), begun);

	canvas_text_cut(sheet.page, sheet_take(&sheet, 1), 0, 0, LOOK_TITLE, who);
	canvas_text(sheet.page, sheet_take(&sheet, 1), 0, 0, LOOK_TEXT, since);
	draw_shift(desk, &sheet);
	if (desk_is_busy(desk)) {
		sheet_heading(&sheet, _("Still under test; it goes on:"));
		sheet_busy(desk, &sheet, -1);
	}
	draw_keys(&sheet, NULL, _("hand over"), _("stay"));
	show(canvas, area, LOOK_TITLE, _("Hand-over"), &sheet, 0);
}

static void quit(const struct desk *desk, struct canvas *canvas, struct area area)
{
	struct sheet sheet = begin(canvas, area, DIALOG_COLUMNS);

	if (desk_is_busy(desk)) {
		sheet_paragraph(&sheet, 0, LOOK_WARNING,
		                _("These units are aborted first, and recorded as ABORTED:"));
		sheet_busy(desk, &sheet, -1);
	} else
		sheet_paragraph(&sheet, 0, LOOK_TEXT, _("No unit is under test."));
	draw_keys(&sheet, NULL, _("close the terminal"), _("stay"));
	show(canvas, area, desk_is_busy(desk) ? LOOK_WARNING : LOOK_TITLE, _("Close the terminal?"),
	     &sheet, 0);
}

/* --- questions ----------------------------------------------------------------------------------
 */

static void draw_answers(struct sheet *sheet, const struct desk_site *site)
{
	for (int i = 0; i < DESK_ANSWERS_MAX && *site->answers[i]; i++) {
		struct area row = sheet_cell(sheet_take(sheet, 1), 0, 40);
		canvas_text(sheet->page, row, 1, 0, LOOK_KEY, i == site->chosen ? ">" : " ");
		canvas_text_cut(sheet->page, row, 3, 0, LOOK_TEXT, site->answers[i]);
		if (i == site->chosen)
			canvas_reverse(sheet->page, row);
	}
}

/* The end of what is being typed, where all of it has no room. */
static void draw_typed(struct sheet *sheet, const char *line)
{
	struct area frame = sheet_take(sheet, 3);
	struct area field = canvas_frame(sheet->page, frame, LOOK_INPUT, NULL);

	while (text_columns(line) > field.width - 2)
		line = g_utf8_next_char(line);
	canvas_text(sheet->page, field, 1, 0, LOOK_INPUT, line);
}

static void question(const struct desk *desk, struct canvas *canvas, struct area area)
{
	const struct desk_site *site = desk_zoomed(desk);

	if (!site)
		return;
	gboolean choice = *site->answers[0] != '\0';
	struct sheet sheet = begin(canvas, area, QUESTION_COLUMNS);
	g_autofree char *title =
		g_strdup_printf(_("Site %d, %s"), site->view->site, site->view->serial);
	sheet_paragraph(&sheet, 0, LOOK_TITLE, site->question);
	sheet_skip(&sheet);
	if (choice)
		draw_answers(&sheet, site);
	else
		draw_typed(&sheet, scanner_line(desk->scanner));
	draw_keys(&sheet, choice ? _("choose") : NULL, _("give this answer"), NULL);
	show(canvas, area, LOOK_WARNING, title, &sheet, area.height / 2);
}

void screen_dialog(const struct desk *desk, struct canvas *canvas, struct area area)
{
	switch (desk->dialog) {
	case DIALOG_LOTS:
		lots(desk, canvas, area);
		break;
	case DIALOG_ABORT:
		abort_units(desk, canvas, area);
		break;
	case DIALOG_HANDOVER:
		hand_over(desk, canvas, area);
		break;
	case DIALOG_QUIT:
		quit(desk, canvas, area);
		break;
	case DIALOG_QUESTION:
		question(desk, canvas, area);
		break;
	case DIALOG_BADGE: /* screen_login */
	case DIALOG_PIN:
	case DIALOG_NONE:
		break;
	}
}

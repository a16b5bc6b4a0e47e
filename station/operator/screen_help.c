/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/action.h"
#include "station/operator/screen_sheet.h"
#include "station/operator/words.h"

enum { COMMAND_X = 9, HELP_X = 24 };

/* Now, or as soon as this page is left. */
static gboolean is_open(const struct desk *desk, const struct action *action)
{
	struct desk there = *desk;

	there.page = PAGE_SITES;
	return !action->is_open || action->is_open(desk) || action->is_open(&there);
}

static void draw_action(const struct desk *desk, struct sheet *sheet, const struct action *action)
{
	gboolean open = is_open(desk, action);
	struct area row = sheet_take(sheet, 1);

	if (action->key)
		canvas_text(sheet->page, sheet_cell(row, 0, COMMAND_X - 1), 0, 0,
		            open ? LOOK_KEY : LOOK_DIM, _(action->key_name));
	if (action->command) {
		g_autofree char *code = g_strdup_printf("CMD:%s", action->command);
		canvas_text(sheet->page, sheet_cell(row, COMMAND_X, HELP_X - COMMAND_X - 1), 0, 0,
		            open ? LOOK_TEXT : LOOK_DIM, code);
	}
	sheet->rows--;
	sheet_paragraph(sheet, HELP_X, open ? LOOK_TEXT : LOOK_DIM, _(action->help));
}

static void draw_scanning(struct sheet *sheet)
{
	const struct {
		const char *code, *words;
	} rows[] = {
		{"LOT:L2611-042", _("The lot that the next units are of.")},
		{"SN:DR400123",
	         _("A unit: it is looked for in the lot, then tested. A code that is "
	           "only the serial number will do.")},
		{"SITE:2", _("The site that the next unit goes to. Without it, the site whose "
	                     "module came last.")},
		{"CMD:RETEST", _("What a key does; the codes stand above.")},
		{"OP:4711", _("A badge: who is working here.")},
	};

	sheet_heading(sheet, _("Scanning"));
	sheet_paragraph(sheet, 0, LOOK_TEXT,
	                _("A scan never presses a key. A unit for a site that is testing is "
	                  "refused, "
	                  "and the lower edge says so."));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		canvas_text(sheet->page, sheet_take(sheet, 1), COMMAND_X, 0, LOOK_INPUT,
		            rows[i].code);
		sheet->rows--;
		sheet_paragraph(sheet, HELP_X, LOOK_TEXT, rows[i].words);
	}
}

struct sheet sheet_help(const struct desk *desk, const struct canvas *canvas, int columns)
{
	struct sheet sheet = sheet_begin(canvas, columns);
	struct area row = sheet_take(&sheet, 1);

	canvas_text(sheet.page, sheet_cell(row, 0, COMMAND_X - 1), 0, 0, LOOK_DIM, _("Key"));
	canvas_text(sheet.page, sheet_cell(row, COMMAND_X, HELP_X - COMMAND_X - 1), 0, 0, LOOK_DIM,
	            _("Bar code"));
	canvas_text(sheet.page, row, HELP_X, 0, LOOK_DIM, _("What it does"));
	for (guint i = 0; i < n_actions; i++)
		draw_action(desk, &sheet, &actions[i]);
	draw_scanning(&sheet);
	return sheet;
}

void screen_help(const struct desk *desk, struct canvas *canvas, struct area area)
{
	sheet_page(desk, canvas, area, _("Help"), sheet_help);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_sheet.h"
#include "station/operator/words.h"

#include <string.h>

/* Where the columns of the instruments begin; the state has what is left. */
enum { CLASS_X = 13, MODEL_X = 31, DUE_X = 47, STATE_X = 59 };
/* Likewise of the sites. */
enum { FORM_FACTOR_X = 9, FIXTURE_X = 18, CONDITION_X = 46 };

/* --- instruments --------------------------------------------------------------------------------
 */

static const struct desk_instrument *state_of(const struct desk *desk, const char *name)
{
	for (guint i = 0; i < desk->instruments->len; i++) {
		const struct desk_instrument *instrument =
			&g_array_index(desk->instruments, struct desk_instrument, i);
		if (g_str_equal(instrument->name, name))
			return instrument;
	}
	return NULL;
}

/* Dates as text stand in the order of time. */
static gboolean is_over(const struct desk *desk, const char *date)
{
	g_autofree char *today = sheet_time(desk, desk->now_utc_us, "%Y-%m-%d");

	return strcmp(date, today) < 0;
}

static void draw_state(struct sheet *sheet, struct area row, const struct desk_instrument *state)
{
	enum look look = state->lost ? LOOK_ERROR : LOOK_TEXT;
	struct area cell = sheet_cell(row, STATE_X, row.width - STATE_X);
	const char *words = *state->state ? state->state
	                    : state->lost ? _("does not answer")
	                                  : _("ready");

	/* a longer one has rows of its own */
	if (text_columns(words) > cell.width)
		sheet_paragraph(sheet, 2, look, words);
	else
		canvas_text(sheet->page, cell, 0, 0, look, words);
}

/* Not by its colour alone. */
static void draw_due(const struct desk *desk, struct canvas *page, struct area cell,
                     const char *due)
{
	gboolean over = due && is_over(desk, due);
	int x = canvas_text_cut(page, cell, 0, 0, over ? LOOK_ERROR : LOOK_TEXT, due ? due : "-");

	if (over)
		canvas_text(page, cell, x, 0, LOOK_ERROR, "!");
}

static void draw_instrument(const struct desk *desk, struct sheet *sheet,
                            const struct config_instrument *instrument)
{
	const struct desk_instrument *state = state_of(desk, instrument->config.name);
	struct area row = sheet_take(sheet, 1);
	struct canvas *page = sheet->page;

	canvas_text_cut(page, sheet_cell(row, 0, CLASS_X - 1), 0, 0, LOOK_TEXT,
	                instrument->config.name);
	canvas_text_cut(page, sheet_cell(row, CLASS_X, MODEL_X - CLASS_X - 1), 0, 0, LOOK_DIM,
	                instrument_class_name(instrument->config.class));
	canvas_text_cut(page, sheet_cell(row, MODEL_X, DUE_X - MODEL_X - 1), 0, 0, LOOK_TEXT,
	                instrument->model ? instrument->model : _("any"));
	draw_due(desk, page, sheet_cell(row, DUE_X, STATE_X - DUE_X - 1),
	         instrument->config.calibration_due);
	if (state)
		draw_state(sheet, row, state);
}

static void draw_instruments(const struct desk *desk, struct sheet *sheet)
{
	const GPtrArray *instruments = desk->setup.config->instruments;
	struct area row = sheet_take(sheet, 1);
	const struct {
		int x, end;
		const char *name;
	} names[] = {
		{0, CLASS_X, _("Instrument")},        {CLASS_X, MODEL_X, _("Class")},
		{MODEL_X, DUE_X, _("Model")},         {DUE_X, STATE_X, _("Cal. due")},
		{STATE_X, row.width + 1, _("State")},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		canvas_text(sheet->page, sheet_cell(row, names[i].x, names[i].end - names[i].x - 1),
		            0, 0, LOOK_DIM, names[i].name);
	for (guint i = 0; i < instruments->len; i++)
		draw_instrument(desk, sheet, instruments->pdata[i]);
	if (instruments->len == 0)
		sheet_paragraph(sheet, 0, LOOK_TEXT, _("None is configured."));
}

/* --- sites and notes ----------------------------------------------------------------------------
 */

static void draw_site(const struct desk *desk, struct sheet *sheet, const struct desk_site *site)
{
	const struct config_site *configured = config_site(desk->setup.config, site->view->site);
	g_autofree char *number = g_strdup_printf(_("Site %d"), site->view->site);
	struct area row = sheet_take(sheet, 1);
	struct canvas *page = sheet->page;

	canvas_text(page, sheet_cell(row, 0, FORM_FACTOR_X - 1), 0, 0,
	            *site->down ? LOOK_LOCKED : LOOK_TEXT, number);
	if (configured && configured->form_factor)
		canvas_text_cut(page, sheet_cell(row, FORM_FACTOR_X, FIXTURE_X - FORM_FACTOR_X - 1),
		                0, 0, LOOK_TEXT, configured->form_factor);
	if (configured && configured->fixture)
		canvas_text_cut(page, sheet_cell(row, FIXTURE_X, CONDITION_X - FIXTURE_X - 1), 0, 0,
		                LOOK_TEXT, configured->fixture);
	if (!*site->down) {
		canvas_text_cut(page, row, CONDITION_X, 0, LOOK_TEXT, site->condition);
		return;
	}
	canvas_text(page, row, CONDITION_X, 0, LOOK_LOCKED, _(site_state_name(SITE_LOCKED)));
	sheet_paragraph(sheet, 2, LOOK_LOCKED, site->down);
}

static void draw_notes(const struct desk *desk, struct sheet *sheet)
{
	sheet_heading(sheet, _("Notes, newest first"));
	if (desk->notes->len == 0)
		sheet_paragraph(sheet, 0, LOOK_DIM, _("Nothing was noted."));
	for (guint i = desk->notes->len; i > 0; i--)
		sheet_paragraph(sheet, 0, LOOK_TEXT, desk->notes->pdata[i - 1]);
}

struct sheet sheet_instruments(const struct desk *desk, const struct canvas *canvas, int columns)
{
	struct sheet sheet = sheet_begin(canvas, columns);

	draw_instruments(desk, &sheet);
	sheet_heading(&sheet, _("Sites"));
	for (guint i = 0; i < desk->sites->len; i++)
		draw_site(desk, &sheet, desk->sites->pdata[i]);
	draw_notes(desk, &sheet);
	return sheet;
}

void screen_instruments(const struct desk *desk, struct canvas *canvas, struct area area)
{
	sheet_page(desk, canvas, area, _("Instruments and sites"), sheet_instruments);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

/* Stars: how many characters were typed, and no more. */
static char *hidden(const char *text)
{
	return g_strnfill((gsize)g_utf8_strlen(text, -1), '*');
}

static void draw_input(const struct desk *desk, struct canvas *canvas, struct area area)
{
	const char *line = scanner_line(desk->scanner);
	g_autofree char *stars = desk->dialog == DIALOG_PIN ? hidden(line) : NULL;
	struct area field = area_centre(area_take_top(&area, 3), 36, 3);

	field = canvas_frame(canvas, field, LOOK_INPUT,
	                     desk->dialog == DIALOG_PIN ? _("PIN") : _("Badge"));
	canvas_text_cut(canvas, field, 1, 0, LOOK_INPUT, stars ? stars : line);
}

static void draw_question(const struct desk *desk, struct canvas *canvas, struct area area)
{
	struct area row = area_take_top(&area, 1);

	if (desk->checking_pin) {
		canvas_text_centre(canvas, row, 0, LOOK_RUNNING, _("Checking ..."));
		return;
	}
	if (desk->dialog == DIALOG_PIN) {
		g_autofree char *who = g_strdup_printf(_("Badge %s"), desk->badge);
		canvas_text_cut(canvas, row, MAX(0, (row.width - text_columns(who)) / 2), 0,
		                LOOK_TEXT, who);
	}
	row = area_take_top(&area, 1);
	canvas_text_centre(canvas, row, 0, LOOK_TEXT,
	                   desk->dialog == DIALOG_PIN ? _("Type your PIN, then Enter; Esc: back")
	                                              : _("Scan your badge, or type it"));
	draw_input(desk, canvas, area);
}

void screen_login(const struct desk *desk, struct canvas *canvas, struct area area)
{
	enum { QUESTION_ROWS = 5, REFUSAL_ROWS = 2 };
	const char *station = desk->setup.config ? desk->setup.config->station_id : "";
	struct area refusal = area_take_bottom(&area, REFUSAL_ROWS);
	struct area question = area_take_bottom(&area, QUESTION_ROWS);
	struct area name = area_take_bottom(&area, 1);
	g_autofree char *which = g_strdup_printf(_("Station %s"), station);

	screen_band(canvas, area, SITE_LOCKED);
	canvas_text_centre(canvas, name, 0, LOOK_TITLE, which);
	draw_question(desk, canvas, question);
	refusal = area_centre(refusal, refusal.width - 8, refusal.height);
	canvas_paragraph(canvas, refusal, LOOK_WARNING, desk->refusal);
}

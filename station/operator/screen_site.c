/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

void screen_heading(struct canvas *canvas, struct area *area, const char *title, const char *right)
{
	struct area row = area_take_top(area, 1);
	int end = canvas_text_cut(canvas, row, 0, 0, LOOK_TITLE, title);

	area_take_left(&row, end + 1);
	if (right && text_columns(right) + 3 <= row.width) {
		struct area last = area_take_right(&row, text_columns(right) + 1);
		canvas_text_right(canvas, last, 0, LOOK_DIM, right);
	}
	canvas_fill(canvas, row, canvas->signs == SIGNS_ASCII ? '-' : 0x2500, LOOK_DIM, FALSE);
}

void screen_emphasise(struct canvas *canvas, struct area area, enum look look)
{
	if (look == LOOK_TEXT || look == LOOK_DIM || look == LOOK_INPUT || look == LOOK_RUNNING ||
	    look == LOOK_WARNING)
		canvas_reverse(canvas, area);
}

void screen_loud(struct canvas *canvas, struct area area, int row, enum look look, const char *text)
{
	struct area whole = {area.x, area.y + row, area.width, 1};

	if (row < 0 || row >= area.height)
		return;
	canvas_fill(canvas, whole, ' ', look, FALSE);
	canvas_text_cut(canvas, whole, 1, 0, look, text);
	screen_emphasise(canvas, whole, look);
}

/* --- before a run -------------------------------------------------------------------------------
 */

/* How far the lot is; "" without one. */
static char *lot_progress(const struct desk *desk)
{
	if (!desk->lot)
		return g_strdup(_("No lot is chosen"));
	return g_strdup_printf(_("Lot %s: %u of %u units"), desk->lot->name, desk->lot_counts.units,
	                       desk->lot->units->len);
}

static void draw_idle(const struct desk *desk, struct canvas *canvas, struct area area,
                      const struct desk_site *site)
{
	g_autofree char *lot = lot_progress(desk);

	canvas_text_centre(canvas, area, 1, LOOK_INPUT, _("Scan the unit's serial number"));
	canvas_text_centre(canvas, area, 3, LOOK_TEXT, lot);
	if (site->present)
		canvas_text_centre(canvas, area, 4, LOOK_TEXT, _("A module is in the socket"));
	if (site->condition[0])
		canvas_text_cut(canvas, area,
		                MAX(0, (area.width - text_columns(site->condition)) / 2), 5,
		                LOOK_DIM, site->condition);
}

static void draw_checking(const struct desk *desk, struct canvas *canvas, struct area area,
                          const struct desk_site *site)
{
	canvas_text_centre(canvas, area, 1, LOOK_TEXT, site->view->serial);
	canvas_text_centre(canvas, area, 2, LOOK_DIM, site->part_number);
	if (site->view->prompt[0])
		screen_loud(canvas, area, 4, LOOK_INPUT, site->view->prompt);
	else
		canvas_text_centre(canvas, area, 4, LOOK_TEXT,
		                   _("The unit is checked before its run"));
}

static void draw_locked(const struct desk *desk, struct canvas *canvas, struct area area,
                        const struct desk_site *site)
{
	const char *why = screen_locked_why(desk, site);
	struct area text = area_centre(area, area.width - 4, area.height);

	canvas_text_centre(canvas, area, 1, LOOK_LOCKED, _("No unit can be started here"));
	area_take_top(&text, 3);
	canvas_paragraph(canvas, text, LOOK_TEXT, why);
}

void screen_site(const struct desk *desk, struct canvas *canvas, struct area area,
                 const struct desk_site *site)
{
	enum site_state state = screen_state(desk, site);

	if (state == SITE_RUNNING) {
		screen_running(desk, canvas, area, site);
		return;
	}
	if (state >= SITE_PASS && state <= SITE_ABORTED) {
		screen_verdict(desk, canvas, area, site);
		return;
	}
	/* in the middle, with what is to be done below */
	int rows = MAX((canvas->rows + 2) / 3, MIN(12, area.height - 7));
	struct area middle = area_centre(area, area.width, MIN(area.height, rows + 7));
	screen_band(canvas, area_take_top(&middle, rows), state);
	if (state == SITE_LOCKED)
		draw_locked(desk, canvas, middle, site);
	else if (state == SITE_CHECKING)
		draw_checking(desk, canvas, middle, site);
	else
		draw_idle(desk, canvas, middle, site);
}

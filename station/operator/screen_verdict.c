/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

#include <string.h>

/* Rows below which a pane tells nothing, of the head, and of the words below it. */
enum { PANE_ROWS_MIN = 7, HEAD_ROWS = 2, WORDS_ROWS = 4, BAND_ROWS = 14 };

static const char *sentence(enum site_state state)
{
	switch (state) {
	case SITE_PASS:
		return _("Unit passed");
	case SITE_FAIL:
		return _("Unit failed");
	case SITE_ERROR:
		return _("Station fault: unit not judged");
	default:
		return _("Stopped: unit not judged");
	}
}

/* --- words --------------------------------------------------------------------------------------
 */

static void draw_seen(struct canvas *canvas, struct area row)
{
	const char *text = _("Enter: seen");
	struct area field = area_take_right(&row, text_columns(text) + 2);

	canvas_fill(canvas, field, ' ', LOOK_KEY, FALSE);
	canvas_text_centre(canvas, field, 0, LOOK_KEY, text);
}

/* Whose verdict it is, and what it took. */
static void draw_head(struct canvas *canvas, struct area area, const struct desk_site *site)
{
	const struct site_view *view = site->view;
	g_autofree char *head = g_strdup_printf("%s %s", screen_state_sign(canvas, view->state),
	                                        sentence(view->state));
	g_autofree char *time = screen_time(view->seconds > 0 ? view->seconds : -1);
	g_autofree char *took = g_strdup_printf(_("Time %s"), time);
	struct area row = area_take_top(&area, 1);

	area_take_left(&row, 1);
	area_take_right(&row, 1);
	canvas_text(canvas, row, 0, 0, screen_state_look(view->state), head);
	if (!view->acknowledged)
		draw_seen(canvas, row);
	row = area_take_top(&area, 1);
	area_take_left(&row, 1);
	area_take_right(&row, 1);
	canvas_text_right(canvas, area_take_right(&row, text_columns(took) + 2), 0, LOOK_TEXT,
	                  took);
	int end = canvas_text_cut(canvas, row, 0, 0, LOOK_INPUT, view->serial);
	end = canvas_text_cut(canvas, row, end + 2, 0, LOOK_TEXT, site->part_number);
	canvas_text_cut(canvas, row, end + 2, 0, LOOK_TEXT, site->lot);
}

/* What nobody may overlook; gives the rows that it took, from the top. */
static int draw_loud(struct canvas *canvas, struct area area, const struct site_view *view)
{
	int row = 0;

	if (view->undo_failed)
		screen_loud(canvas, area, row++, LOOK_ERROR,
		            _("NOT SAFE: something could not be switched off"));
	if (!view->stored)
		screen_loud(canvas, area, row++, LOOK_ERROR, _("Record NOT stored"));
	if (view->marginal)
		canvas_text(canvas, area, 1, row++, LOOK_WARNING,
		            _("! Marginal: close to a limit"));
	return row;
}

/* The reason, without the name of the step that stands above it. */
static const char *reason_in(const struct site_view *view)
{
	gsize length = strlen(view->failing_step);

	return length && strncmp(view->reason, view->failing_step, length) == 0 &&
	                       g_str_has_prefix(view->reason + length, ": ")
	               ? view->reason + length + strlen(": ")
	               : view->reason;
}

static void draw_why(struct canvas *canvas, struct area area, const struct site_view *view)
{
	const char *reason = view->reason;

	area_take_left(&area, 1);
	area_take_right(&area, 1);
	if (view->failing_step[0] && area.height > 1) {
		g_autofree char *step = g_strdup_printf(_("In step %s:"), view->failing_step);
		canvas_text_cut(canvas, area_take_top(&area, 1), 0, 0, LOOK_DIM, step);
		reason = reason_in(view);
	}
	area_take_top(&area, canvas_paragraph(canvas, area, LOOK_TEXT, reason));
	if (view->state == SITE_ABORTED && view->undone[0] && !view->undo_failed) {
		g_autofree char *safe = g_strdup_printf(_("Made safe: %s"), view->undone);
		canvas_paragraph(canvas, area, LOOK_TEXT, safe);
	}
}

static void draw_words(struct canvas *canvas, struct area area, const struct site_view *view)
{
	area_take_top(&area, draw_loud(canvas, area, view));
	if (view->acknowledged && area.height > 1)
		canvas_text_centre(canvas, area_take_bottom(&area, 1), 0, LOOK_INPUT,
		                   _("Scan the next unit"));
	draw_why(canvas, area, view);
}

/* --- places -------------------------------------------------------------------------------------
 */

/* A PASS at the upper edge, an ERROR at the lower one, the others below whose they are. */
void screen_verdict(const struct desk *desk, struct canvas *canvas, struct area area,
                    const struct desk_site *site)
{
	const struct site_view *view = site->view;
	int rows =
		MAX((canvas->rows + 2) / 3, MIN(BAND_ROWS, area.height - HEAD_ROWS - WORDS_ROWS));
	int words = area.height - rows - HEAD_ROWS;
	gboolean pane = words >= WORDS_ROWS + PANE_ROWS_MIN;
	struct area head;

	if (pane)
		words = WORDS_ROWS;
	if (view->state == SITE_PASS)
		screen_band(canvas, area_take_top(&area, rows), view->state);
	else if (view->state == SITE_ERROR)
		screen_band(canvas, area_take_bottom(&area, rows), view->state);
	head = area_take_top(&area, HEAD_ROWS);
	draw_head(canvas, head, site);
	if (view->state != SITE_PASS && view->state != SITE_ERROR)
		screen_band(canvas, area_take_top(&area, rows), view->state);
	draw_words(canvas, area_take_top(&area, words), view);
	if (pane)
		screen_panes(desk, canvas, area, site);
}

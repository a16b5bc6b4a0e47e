/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/letters.h"
#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

#include <math.h>

enum { STATE_ROWS = 7, STATE_MARGIN = 2 };

/* Lane, corner and which attempt of a step, as far as they are something to tell. */
static char *where_of(const struct site_step *step)
{
	GString *text = g_string_new(NULL);

	if (step->lane > 0)
		g_string_append_printf(text, _("lane %d"), step->lane);
	if (step->corner[0])
		g_string_append_printf(text, "%s%s", text->len ? "  " : "", step->corner);
	if (step->attempt > 1) {
		g_string_append(text, text->len ? "  " : "");
		g_string_append_printf(text, _("attempt %d"), step->attempt);
	}
	return g_string_free(text, FALSE);
}

static void draw_unit(struct canvas *canvas, struct area *area, const struct desk_site *site)
{
	const struct site_view *view = site->view;
	struct area row = area_take_top(area, 1);

	if (view->of) {
		g_autofree char *count = g_strdup_printf(_("%u of %u"), view->number, view->of);
		struct area end = area_take_right(&row, text_columns(count) + 1);
		canvas_text_right(canvas, end, 0, LOOK_DIM, count);
	}
	canvas_text_cut(canvas, row, 0, 0, LOOK_INPUT, view->serial);
	row = area_take_top(area, 1);
	int end = canvas_text_cut(canvas, row, 0, 0, LOOK_DIM, site->part_number);
	canvas_text_cut(canvas, row, end + 2, 0, LOOK_DIM, site->lot);
}

static void draw_step(struct canvas *canvas, struct area *area, const struct site_view *view)
{
	const struct site_step *step = site_view_step(view);
	struct area name = area_take_top(area, 1), where = area_take_top(area, 1);

	if (!step)
		return;
	g_autofree char *text = where_of(step);
	canvas_text_cut(canvas, name, 0, 0, LOOK_TEXT, step->name);
	canvas_text_cut(canvas, where, 0, 0, LOOK_TEXT, text);
}

static void draw_progress(const struct desk *desk, struct canvas *canvas, struct area *area,
                          const struct desk_site *site)
{
	const struct site_view *view = site->view;
	double fraction = screen_fraction(view);
	g_autofree char *left = screen_left(desk, site);
	g_autofree char *done =
		isfinite(fraction)
			? g_strdup_printf("%.0f %%  %u/%u", 100 * fraction, view->done, view->total)
			: g_strdup("-");
	struct area row;

	canvas_bar(canvas, area_take_top(area, 1), 0, LOOK_RUNNING, fraction);
	row = area_take_top(area, 1);
	canvas_text(canvas, row, 0, 0, LOOK_TEXT, done);
	canvas_text_right(canvas, row, 0, LOOK_RUNNING, left);
}

/* The word at the left, to be read from afar; whose run it is and how far at the right. */
static void draw_state(const struct desk *desk, struct canvas *canvas, struct area area,
                       const struct desk_site *site)
{
	int columns = letters_columns(site_state_name(SITE_RUNNING));
	int width = columns + 2 * STATE_MARGIN <= area.width * 2 / 3
	                    ? columns
	                    : columns / 2; /* a column for a dot instead of two */
	struct area word = area_take_left(&area, width + 2 * STATE_MARGIN);
	const struct site_view *view = site->view;

	screen_band(canvas, word, SITE_RUNNING);
	area_take_right(&area, 1);
	draw_unit(canvas, &area, site);
	draw_step(canvas, &area, view);
	draw_progress(desk, canvas, &area, site);
	canvas_text_cut(canvas, area, 0, 0, LOOK_DIM, view->progress);
}

/* As the canvas can show it. */
static char *condition_text(const struct canvas *canvas, const struct desk_site *site)
{
	GString *text = g_string_new(site->condition);

	if (canvas->signs == SIGNS_ASCII)
		g_string_replace(text, "\u00b0", "", 0);
	return g_string_free(text, FALSE);
}

/* Condition at the right, at the left what the instruments do. */
static void draw_instruments(const struct desk *desk, struct canvas *canvas, struct area row,
                             const struct desk_site *site)
{
	area_take_left(&row, 1);
	area_take_right(&row, 1);
	g_autofree char *condition = condition_text(canvas, site);
	struct area end = area_take_right(&row, MIN(text_columns(condition), row.width / 2));

	canvas_text_cut(canvas, end, 0, 0, LOOK_DIM, condition);
	row.width = MAX(0, row.width - 2);
	for (guint i = 0; i < desk->instruments->len; i++) {
		const struct desk_instrument *instrument =
			&g_array_index(desk->instruments, struct desk_instrument, i);
		g_autofree char *text =
			g_strdup_printf("%s: %s", instrument->name, instrument->state);
		if (!instrument->state[0])
			continue;
		int width = canvas_text_cut(canvas, row, 0, 0,
		                            instrument->lost ? LOOK_ERROR : LOOK_DIM, text);
		area_take_left(&row, width + 2);
	}
}

void screen_running(const struct desk *desk, struct canvas *canvas, struct area area,
                    const struct desk_site *site)
{
	const struct site_view *view = site->view;

	draw_state(desk, canvas, area_take_top(&area, STATE_ROWS), site);
	if (view->undo_failed)
		screen_loud(canvas, area_take_top(&area, 1), 0, LOOK_ERROR,
		            _("NOT SAFE: something could not be switched off"));
	if (site->aborting)
		screen_loud(canvas, area_take_top(&area, 1), 0, LOOK_WARNING,
		            _("Stopping: everything is being made safe"));
	if (site->question[0] || view->prompt[0])
		screen_loud(canvas, area_take_top(&area, 1), 0, LOOK_INPUT,
		            site->question[0] ? site->question : view->prompt);
	draw_instruments(desk, canvas, area_take_bottom(&area, 1), site);
	screen_panes(desk, canvas, area, site);
}

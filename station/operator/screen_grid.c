/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

#include <math.h>

/* Two lines each: what it is and whose; how far, or why. */
enum { STRIP_ROWS = 2, STRIP_ACROSS = 4, TILE_WORDS = 4 };

/* --- the strip ----------------------------------------------------------------------------------
 */

int screen_strip_rows(const struct desk *desk)
{
	int sites = (int)desk->sites->len;

	return (sites + STRIP_ACROSS - 1) / STRIP_ACROSS * STRIP_ROWS;
}

/* The bar and the time of what runs, in one row. */
static void draw_progress(const struct desk *desk, struct canvas *canvas, struct area row,
                          const struct desk_site *site)
{
	g_autofree char *time = screen_time(screen_left_s(desk, site));
	struct area end = area_take_right(&row, text_columns(time) + 1);

	canvas_bar(canvas, row, 0, LOOK_RUNNING, screen_fraction(site->view));
	canvas_text_right(canvas, end, 0, LOOK_TEXT, time);
}

/* Something that people have to do, or to know before they do anything. */
static gboolean is_urgent(const struct desk_site *site)
{
	return site->view->undo_failed || !site->view->stored || site->question[0] ||
	       site->view->prompt[0];
}

/* What is to be known of a site in one row: how far it is, what it wants, why it is so. */
static void draw_news(const struct desk *desk, struct canvas *canvas, struct area row,
                      const struct desk_site *site)
{
	const struct site_view *view = site->view;
	enum site_state state = screen_state(desk, site);

	if (view->undo_failed)
		screen_loud(canvas, row, 0, LOOK_ERROR, _("NOT SAFE"));
	else if (!view->stored)
		screen_loud(canvas, row, 0, LOOK_ERROR, _("NOT stored"));
	else if (site->question[0] || view->prompt[0])
		screen_loud(canvas, row, 0, LOOK_INPUT,
		            site->question[0] ? site->question : view->prompt);
	else if (state == SITE_RUNNING)
		draw_progress(desk, canvas, row, site);
	else if (state == SITE_LOCKED)
		canvas_text_cut(canvas, row, 0, 0, LOOK_TEXT, screen_locked_why(desk, site));
	else if (!view->acknowledged)
		canvas_text_cut(canvas, row, 0, 0, LOOK_KEY,
		                text_columns(_("Enter: seen")) <= row.width ? _("Enter: seen")
		                                                            : _("Enter"));
	else
		canvas_text_cut(canvas, row, 0, 0, LOOK_TEXT, view->reason);
}

/* Beside the serial number, in what is left of the row. */
static void draw_small_news(const struct desk *desk, struct canvas *canvas, struct area row,
                            const struct desk_site *site)
{
	if (screen_state(desk, site) == SITE_RUNNING && !is_urgent(site))
		canvas_bar(canvas, row, 0, LOOK_RUNNING, screen_fraction(site->view));
	else
		draw_news(desk, canvas, row, site);
}

static void draw_small_tile(const struct desk *desk, struct canvas *canvas, struct area area,
                            const struct desk_site *site)
{
	enum site_state state = screen_state(desk, site);
	enum look look = state == SITE_IDLE ? LOOK_TEXT : screen_state_look(state);
	g_autofree char *word = g_strdup_printf("%s%d %s %s", desk_zoomed(desk) == site ? "*" : " ",
	                                        site->view->site, screen_state_sign(canvas, state),
	                                        _(site_state_name(state)));
	g_autofree char *time = screen_time(screen_left_s(desk, site));
	struct area row = area_take_top(&area, 1), end = row;

	canvas_fill(canvas, row, ' ', look, FALSE);
	canvas_text(canvas, row, 0, 0, look, word);
	end.width--;
	if (state == SITE_RUNNING)
		canvas_text_right(canvas, end, 0, look, time);
	if (state != SITE_IDLE)
		screen_emphasise(canvas, row, look);
	area_take_left(&area, 1);
	int used = canvas_text_cut(canvas, area, 0, 0, LOOK_INPUT, site->view->serial);
	area_take_left(&area, used ? MIN(used + 1, area.width * 2 / 3) : 0);
	draw_small_news(desk, canvas, area, site);
}

void screen_strip(const struct desk *desk, struct canvas *canvas, struct area area)
{
	guint n = desk->sites->len;
	int across = (int)MIN(n, STRIP_ACROSS);

	for (guint i = 0; i < n; i += STRIP_ACROSS) {
		struct area row = area_take_top(&area, STRIP_ROWS);
		int width = row.width / MAX(1, across);
		for (guint k = i; k < MIN(n, i + STRIP_ACROSS); k++) {
			struct area tile = area_take_left(&row, width);
			tile.width--;
			draw_small_tile(desk, canvas, tile, desk->sites->pdata[k]);
		}
	}
}

/* --- the grid -----------------------------------------------------------------------------------
 */

static void draw_tile(const struct desk *desk, struct canvas *canvas, struct area area,
                      const struct desk_site *site)
{
	const struct site_view *view = site->view;
	enum site_state state = screen_state(desk, site);
	gboolean named = desk->named_site == view->site;
	g_autofree char *title =
		g_strdup_printf(named ? _("Site %d: next") : _("Site %d"), view->site);
	struct area inner = canvas_frame(canvas, area, named ? LOOK_INPUT : LOOK_DIM, title);
	int words = MIN(TILE_WORDS, MAX(3, inner.height - 5));

	screen_band(canvas, area_take_top(&inner, inner.height - words), state);
	canvas_text_cut(canvas, area_take_top(&inner, 1), 0, 0, LOOK_INPUT, view->serial);
	draw_news(desk, canvas, area_take_top(&inner, 1), site);
	if (state == SITE_RUNNING) {
		const struct site_step *step = site_view_step(view);
		canvas_text_cut(canvas, inner, 0, 0, LOOK_DIM,
		                view->progress[0] ? view->progress
		                : step            ? step->name
		                                  : "");
	} else if (!view->acknowledged || view->undo_failed || !view->stored) {
		canvas_paragraph(canvas, inner, LOOK_TEXT, view->reason);
	} else if (view->marginal) {
		canvas_text_cut(canvas, inner, 0, 0, LOOK_WARNING, _("Marginal"));
	}
}

void screen_grid(const struct desk *desk, struct canvas *canvas, struct area area)
{
	int n = (int)desk->sites->len;
	int down = n > 2 ? 2 : 1, across = MAX(1, (n + down - 1) / down);
	int height = area.height / down, width = area.width / across;

	for (int i = 0; i < n; i++) {
		struct area tile = {area.x + i % across * width, area.y + i / across * height,
		                    width, height};
		draw_tile(desk, canvas, tile, desk->sites->pdata[i]);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_parts.h"
#include "station/operator/words.h"

#include "base/number.h"

#include <math.h>

/* From so large on there is room for all of them at once. */
enum { ALL_COLUMNS = 120, ALL_ROWS = 14, PLOT_ROWS = 10, STEPS_COLUMNS_MIN = 36 };

static void draw_nothing(struct canvas *canvas, struct area area, const char *text)
{
	canvas_text_centre(canvas, area, area.height / 2, LOOK_DIM, text);
}

/* "tx_tdecq lane 2, 25C 3.300V" */
static char *of_what(const char *name, int lane, const char *corner)
{
	GString *text = g_string_new(name);

	if (lane > 0) {
		g_string_append_c(text, ' ');
		g_string_append_printf(text, _("lane %d"), lane);
	}
	if (corner[0])
		g_string_append_printf(text, "  %s", corner);
	return g_string_free(text, FALSE);
}

static void draw_eye(struct canvas *canvas, struct area area, const struct desk_eye *eye)
{
	g_autofree char *what = of_what(eye->name, eye->lane, eye->corner);
	gboolean any = eye->columns && eye->rows && eye->counts &&
	               eye->counts->len >= eye->columns * eye->rows;

	screen_heading(canvas, &area, _("Eye"), any ? what : NULL);
	if (!any) {
		draw_nothing(canvas, area, _("No eye yet"));
		return;
	}
	canvas_text_cut(canvas, area_take_bottom(&area, 1), 0, 0, LOOK_TEXT, eye->words);
	plot_density(canvas, area, LOOK_RUNNING, (const guint32 *)(void *)eye->counts->data,
	             (int)eye->columns, (int)eye->rows);
}

static void draw_waterfall(struct canvas *canvas, struct area area,
                           const struct desk_points *points)
{
	g_autofree char *what = of_what(points->name, points->lane, points->corner);
	gboolean any = points->points && points->points->len;

	screen_heading(canvas, &area, _("Waterfall"), any ? what : NULL);
	if (!any) {
		draw_nothing(canvas, area, _("No bit error ratios yet"));
		return;
	}
	struct plot plot = {
		.points = (const struct plot_point *)(void *)points->points->data,
		.n = (int)points->points->len,
		.y_line = points->line,
		.x_line = NAN,
		.x_name = points->x_name,
		.y_name = "BER",
	};
	plot_waterfall(canvas, area, LOOK_RUNNING, &plot);
}

static void draw_pane(const struct desk *desk, struct canvas *canvas, struct area area,
                      const struct desk_site *site, enum desk_pane pane)
{
	switch (pane) {
	case PANE_EYE:
		draw_eye(canvas, area, &site->eye);
		break;
	case PANE_WATERFALL:
		draw_waterfall(canvas, area, &site->points);
		break;
	case PANE_STEPS:
		screen_steps(desk, canvas, area, site);
		break;
	default:
		screen_values(desk, canvas, area, site);
		break;
	}
}

/* Steps at the left, values at the right, pictures below the values. */
static void draw_all(const struct desk *desk, struct canvas *canvas, struct area area,
                     const struct desk_site *site)
{
	struct area steps = area_take_left(&area, MAX(STEPS_COLUMNS_MIN, area.width / 4));
	int plots = area.height / 2 >= PLOT_ROWS ? area.height / 2 : 0;
	struct area below = area_take_bottom(&area, plots);

	steps.width -= 2;
	draw_pane(desk, canvas, steps, site, PANE_STEPS);
	if (!plots) {
		draw_pane(desk, canvas, area, site,
		          desk->pane == PANE_STEPS ? PANE_VALUES : desk->pane);
		return;
	}
	draw_pane(desk, canvas, area, site, PANE_VALUES);
	struct area eye = area_take_left(&below, below.width / 2);
	eye.width -= 2;
	draw_pane(desk, canvas, eye, site, PANE_EYE);
	draw_pane(desk, canvas, below, site, PANE_WATERFALL);
}

void screen_panes(const struct desk *desk, struct canvas *canvas, struct area area,
                  const struct desk_site *site)
{
	area_take_left(&area, 1);
	area_take_right(&area, 1);
	if (area.width >= ALL_COLUMNS && area.height >= ALL_ROWS)
		draw_all(desk, canvas, area, site);
	else
		draw_pane(desk, canvas, area, site, desk->pane);
}

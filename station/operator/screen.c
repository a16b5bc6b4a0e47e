/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_parts.h"

#include "station/operator/words.h"

#include <math.h>

static const enum look looks[SITE_STATES] = {
	[SITE_IDLE] = LOOK_INPUT,      [SITE_CHECKING] = LOOK_RUNNING,
	[SITE_RUNNING] = LOOK_RUNNING, [SITE_PASS] = LOOK_PASS,
	[SITE_FAIL] = LOOK_FAIL,       [SITE_ERROR] = LOOK_ERROR,
	[SITE_ABORTED] = LOOK_WARNING, [SITE_LOCKED] = LOOK_LOCKED,
};

enum look screen_state_look(enum site_state state)
{
	return state < SITE_STATES ? looks[state] : LOOK_TEXT;
}

const char *screen_state_sign(const struct canvas *canvas, enum site_state state)
{
	static const char *const signs[SITE_STATES] = {"=", "~", ">", "+", "X", "?", "!", "#"};

	if (canvas->signs == SIGNS_BRAILLE && state == SITE_PASS)
		return "\u2713";
	if (canvas->signs == SIGNS_BRAILLE && state == SITE_FAIL)
		return "\u2717";
	return state < SITE_STATES ? signs[state] : " ";
}

enum site_state screen_state(const struct desk *desk, const struct desk_site *site)
{
	enum site_state state = site->view->state;

	if (site->wanted && state != SITE_RUNNING)
		return SITE_CHECKING;
	if (state != SITE_IDLE)
		return state;
	return screen_locked_why(desk, site)[0] || !desk_is_logged_in(desk) ? SITE_LOCKED
	                                                                    : SITE_IDLE;
}

const char *screen_locked_why(const struct desk *desk, const struct desk_site *site)
{
	if (desk->calibration_over)
		return _("Calibration is over");
	if (site->down[0])
		return site->down;
	return desk->store_fault;
}

/* --- times --------------------------------------------------------------------------------------
 */

char *screen_time(double seconds)
{
	if (!isfinite(seconds) || seconds < 0 || seconds > 1e6)
		return g_strdup("-");
	int whole = (int)lround(seconds);
	if (whole >= 3600)
		return g_strdup_printf("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
	return g_strdup_printf("%d:%02d", whole / 60, whole % 60);
}

double screen_left_s(const struct desk *desk, const struct desk_site *site)
{
	const struct site_view *view = site->view;

	if (view->state != SITE_RUNNING || !isfinite(site->left_s))
		return NAN;
	gint64 since_us = view->start_us;
	if (view->steps->len)
		since_us =
			g_array_index(view->steps, struct site_step, view->steps->len - 1).start_us;
	return fmax(0, site->left_s - (double)(desk->now_us - since_us) * 1e-6);
}

char *screen_left(const struct desk *desk, const struct desk_site *site)
{
	double left_s = screen_left_s(desk, site);
	g_autofree char *time = screen_time(left_s);

	return isfinite(left_s) ? g_strdup_printf(_("%s left"), time) : g_strdup("-");
}

double screen_fraction(const struct site_view *view)
{
	if (!view->total)
		return NAN;
	double step = isfinite(view->fraction) ? CLAMP(view->fraction, 0, 1) : 0;
	return fmin(1, (view->done + step) / view->total);
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* What is left of the picture in a window that somebody made too small. */
static void draw_small(const struct desk *desk, struct canvas *canvas)
{
	struct area area = canvas_area(canvas);
	int row = 0;

	for (guint i = 0; i < desk->sites->len; i++) {
		const struct desk_site *site = desk->sites->pdata[i];
		enum site_state state = screen_state(desk, site);
		g_autofree char *line =
			g_strdup_printf("%d %s %s %s", site->view->site,
		                        screen_state_sign(canvas, state), _(site_state_name(state)),
		                        site->view->serial);
		struct area whole = {area.x, row, area.width, 1};
		if (row < area.height)
			canvas_fill(canvas, whole, ' ', screen_state_look(state), FALSE);
		canvas_text_cut(canvas, area, 0, row++, screen_state_look(state), line);
	}
	g_autofree char *need = g_strdup_printf(_("Too small: %d x %d is needed"),
	                                        SCREEN_COLUMNS_MIN, SCREEN_ROWS_MIN);
	canvas_text_cut(canvas, area, 0, row, LOOK_WARNING, need);
}

static void draw_sites(const struct desk *desk, struct canvas *canvas, struct area area)
{
	const struct desk_site *site = desk_zoomed(desk);

	if (!site) {
		screen_grid(desk, canvas, area);
		return;
	}
	if (desk->sites->len > 1)
		screen_strip(desk, canvas, area_take_top(&area, screen_strip_rows(desk)));
	screen_site(desk, canvas, area, site);
}

static void draw_page(const struct desk *desk, struct canvas *canvas, struct area area)
{
	static void (*const pages[])(const struct desk *, struct canvas *, struct area) = {
		[PAGE_SITES] = draw_sites, [PAGE_UNITS] = screen_units,
		[PAGE_WHY] = screen_why,   [PAGE_LOT] = screen_lot,
		[PAGE_HELP] = screen_help, [PAGE_INSTRUMENTS] = screen_instruments,
	};

	pages[desk->page](desk, canvas, area);
}

/* Whatever is looked up: a verdict is not missed. */
struct area screen_around_page(const struct desk *desk, struct canvas *canvas)
{
	struct area area = screen_bars(desk, canvas);

	screen_strip(desk, canvas, area_take_top(&area, screen_strip_rows(desk)));
	return area;
}

void screen_draw(const struct desk *desk, struct canvas *canvas)
{
	if (canvas->columns < SCREEN_COLUMNS_MIN || canvas->rows < SCREEN_ROWS_MIN) {
		draw_small(desk, canvas);
		return;
	}
	gboolean login = desk->dialog == DIALOG_BADGE || desk->dialog == DIALOG_PIN;
	gboolean strip = login ? desk_is_busy(desk) : desk->page != PAGE_SITES;
	struct area area = strip ? screen_around_page(desk, canvas) : screen_bars(desk, canvas);
	if (login) {
		screen_login(desk, canvas, area);
		return;
	}
	draw_page(desk, canvas, area);
	if (desk->dialog != DIALOG_NONE)
		screen_dialog(desk, canvas, area);
}

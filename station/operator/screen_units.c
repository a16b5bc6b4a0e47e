/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/screen_sheet.h"
#include "station/operator/words.h"

/* Where the columns of the list are, in columns of the screen. */
struct columns {
	int time, serial, site, verdict, lot, why; /* where they begin */
	gboolean wide;                             /* with the day and the lot */
};

static struct columns columns_of(int width)
{
	if (width < 110)
		return (struct columns){.time = 2, 9, 28, 33, 44, 44, FALSE};
	return (struct columns){.time = 2, 15, 42, 48, 60, 80, TRUE};
}

static void draw_names(struct canvas *canvas, struct area row, const struct columns *at)
{
	const struct {
		int x, end;
		const char *name;
	} names[] = {
		{at->time, at->serial, _("Time")},  {at->serial, at->site, _("Serial number")},
		{at->site, at->verdict, _("Site")}, {at->verdict, at->lot, _("Verdict")},
		{at->lot, at->why, _("Lot")},       {at->why, row.width, _("Step and reason")},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i].end > names[i].x)
			canvas_text(canvas,
			            sheet_cell(row, names[i].x, names[i].end - names[i].x - 1), 0,
			            0, LOOK_DIM, names[i].name);
}

/* "tx-measure: lane 3 ...", or that a PASS was a near one, or does not stand. */
static char *why_text(const struct store_run *run)
{
	const char *step = run->first_failing_step, *reason = run->reason;

	if (run->verdict == VERDICT_PASS && run->touched)
		return g_strdup(_("touched by hand since: test it again"));
	if (step && *step && reason && *reason)
		return g_strdup_printf("%s: %s", step, reason);
	if (reason && *reason)
		return g_strdup(reason);
	if (step && *step)
		return g_strdup(step);
	return g_strdup(run->verdict == VERDICT_PASS && run->marginal ? _("near a limit") : "");
}

/* The hour of today, the day of what is older; both where there is room. */
static char *time_text(const struct desk *desk, const struct store_run *run, gboolean wide)
{
	g_autofree char *day = sheet_time(desk, run->start_us, "%Y-%m-%d");
	g_autofree char *today = sheet_time(desk, desk->now_utc_us, "%Y-%m-%d");

	if (wide)
		return sheet_time(desk, run->start_us, "%m-%d %H:%M");
	return sheet_time(desk, run->start_us, g_str_equal(day, today) ? "%H:%M" : "%m-%d");
}

static void draw_run(const struct desk *desk, struct canvas *canvas, struct area row,
                     const struct store_run *run, gboolean chosen)
{
	struct columns at = columns_of(row.width);
	g_autofree char *time = time_text(desk, run, at.wide), *why = why_text(run);
	g_autofree char *site = g_strdup_printf("%d", run->site);
	struct area serial = sheet_cell(row, at.serial, at.site - at.serial - 1);
	struct area lot = sheet_cell(row, at.lot, at.why - at.lot - 1);

	if (chosen)
		canvas_text(canvas, row, 0, 0, LOOK_KEY, ">");
	canvas_text(canvas, row, at.time, 0, LOOK_DIM, time);
	canvas_text_cut(canvas, serial, 0, 0, LOOK_TEXT, run->serial ? run->serial : "");
	canvas_text(canvas, row, at.site, 0, LOOK_TEXT, site);
	sheet_verdict(canvas, sheet_cell(row, at.verdict, at.lot - at.verdict - 1), run->verdict,
	              run->marginal);
	if (lot.width > 0)
		canvas_text_cut(canvas, lot, 0, 0, LOOK_TEXT, run->lot ? run->lot : "");
	canvas_text_cut(canvas, row, at.why, 0, LOOK_TEXT, why);
	if (chosen)
		canvas_reverse(canvas, row);
}

/* What there was no room for in the chosen line. */
static void draw_chosen(struct canvas *canvas, struct area area, const struct store_run *run)
{
	g_autofree char *why = why_text(run);
	struct area row = area_take_top(&area, 1);
	int x = canvas_text_cut(canvas, row, 0, 0, LOOK_TITLE, run->serial ? run->serial : "");

	x = canvas_text_cut(canvas, row, x + 2, 0, LOOK_TEXT,
	                    run->part_number ? run->part_number : "");
	canvas_text_cut(canvas, row, x + 2, 0, LOOK_TEXT, run->lot ? run->lot : "");
	canvas_paragraph(canvas, area, screen_state_look(sheet_verdict_state(run->verdict)), why);
}

void screen_units(const struct desk *desk, struct canvas *canvas, struct area area)
{
	enum { CHOSEN_ROWS = 4 };
	struct area heading = sheet_title(canvas, &area, _("Last units"));
	struct columns at = columns_of(area.width);

	if (!desk->units || desk->units->len == 0) {
		area_take_top(&area, 1);
		canvas_paragraph(canvas, area, LOOK_TEXT,
		                 desk->units ? _("No unit was tested yet: scan one to begin.")
		                             : _("The store is asked for the last units ..."));
		return;
	}
	draw_names(canvas, area_take_top(&area, 1), &at);
	struct area below = area_take_bottom(&area, CHOSEN_ROWS);
	struct area hint = area_take_bottom(&below, 1);
	guint n = desk->units->len, choice = MIN(desk->choice, n - 1);
	guint height = (guint)area.height, first = sheet_list_first(choice, n, height);
	for (guint i = first; i < MIN(n, first + height); i++)
		draw_run(desk, canvas, area_take_top(&area, 1), desk->units->pdata[i], i == choice);
	sheet_position(canvas, heading, (int)choice, 1, (int)n);
	draw_chosen(canvas, below, desk->units->pdata[choice]);
	int x = canvas_text(canvas, hint, 0, 0, LOOK_KEY, _("Enter"));
	canvas_text(canvas, hint, x + 1, 0, LOOK_DIM, _("why"));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/action.h"
#include "station/operator/screen_parts.h"
#include "station/operator/screen_sheet.h"
#include "station/operator/words.h"

#include <string.h>

enum { GAP = 2 };

/* --- who, what, when ----------------------------------------------------------------------------
 */

/* The plan of the zoomed site, or of the only one that has any. */
static const struct outline *plan_shown(const struct desk *desk)
{
	const struct desk_site *site = desk_zoomed(desk);

	return site ? site->outline : NULL;
}

/* A name may be long, its revision is not to be lost. */
static void draw_plan(struct canvas *canvas, struct area area, const struct outline *plan)
{
	if (!plan) {
		canvas_text(canvas, area, 0, 0, LOOK_TITLE, "-");
		return;
	}
	g_autofree char *revision = g_strdup_printf(_("r%s"), plan->revision);
	struct area name = area;
	int needs = text_columns(revision) + 1;
	name.width = MAX(0, area.width - needs);
	int end = canvas_text_cut(canvas, name, 0, 0, LOOK_TITLE, plan->name);
	canvas_text_cut(canvas, area, end + 1, 0, LOOK_TITLE, revision);
}

static int plan_columns(const struct outline *plan)
{
	g_autofree char *text = plan ? g_strdup_printf(_("r%s"), plan->revision) : g_strdup("-");

	return text_columns(text) + (plan ? text_columns(plan->name) + 1 : 0);
}

/* What a text gets: its share at most, and more while there is some to spare. */
static int take_columns(const char *text, int share, int *spare)
{
	int wanted = text_columns(text), more = CLAMP(wanted - share, 0, MAX(*spare, 0));

	*spare -= more;
	return MIN(wanted, share + more);
}

static void draw_first(const struct desk *desk, struct canvas *canvas, struct area row)
{
	g_autofree char *clock = sheet_time(desk, desk->now_utc_us, "%H:%M:%S");
	const char *person = desk->person.badge[0] ? (desk->person.name[0] ? desk->person.name
	                                                                   : desk->person.badge)
	                                           : "-";
	const char *lot = desk->lot ? desk->lot->name : "-";
	g_autofree char *operator= g_strdup_printf(_("Operator %s"), person);
	g_autofree char *lot_text = g_strdup_printf(_("Lot %s"), lot);
	const char *station = desk->setup.config->station_id;
	int share = row.width * 2 / 9;
	struct area field;

	canvas_fill(canvas, row, ' ', LOOK_TITLE, FALSE);
	area_take_left(&row, 1);
	area_take_right(&row, 1);
	int spare = row.width - 4 * GAP - MIN(text_columns(station), share) -
	            MIN(text_columns(operator), share) - MIN(text_columns(lot_text), share) -
	            text_columns(clock) - plan_columns(plan_shown(desk));
	field = area_take_left(&row, take_columns(station, share, &spare) + GAP);
	field.width -= GAP;
	canvas_text_cut(canvas, field, 0, 0, LOOK_TITLE, station);
	canvas_text_right(canvas, area_take_right(&row, text_columns(clock) + GAP), 0, LOOK_TITLE,
	                  clock);
	int operator_columns = take_columns(operator, share, &spare);
	field = area_take_right(&row, take_columns(lot_text, share, &spare) + GAP);
	area_take_left(&field, GAP);
	canvas_text_cut(canvas, field, 0, 0, LOOK_TITLE, lot_text);
	field = area_take_right(&row, operator_columns + GAP);
	area_take_left(&field, GAP);
	canvas_text_cut(canvas, field, 0, 0, LOOK_TITLE, operator);
	draw_plan(canvas, row, plan_shown(desk));
}

/* --- the shift ----------------------------------------------------------------------------------
 */

/* With little room the date alone: it is the last word. */
static void draw_calibration(const struct desk *desk, struct canvas *canvas, struct area *row)
{
	const char *date = strrchr(desk->calibration, ' ');
	enum look look = desk->calibration_over ? LOOK_WARNING : LOOK_TEXT;
	g_autofree char *whole =
		g_strdup_printf(_("Cal %s"), desk->calibration[0] ? desk->calibration : "-");
	g_autofree char *narrow = g_strdup_printf(_("Cal %s"), date ? date + 1 : desk->calibration);
	gboolean short_of_room = desk->store_fault[0] && date;
	const char *text = !short_of_room && (text_columns(whole) + GAP <= row->width / 3 || !date)
	                           ? whole
	                           : narrow;
	struct area field = area_take_right(row, MIN(text_columns(text), row->width / 2) + GAP);

	area_take_left(&field, GAP);
	canvas_text_cut(canvas, field, 0, 0, look, text);
	if (desk->calibration_over)
		screen_emphasise(canvas, field, look);
}

static void draw_store(const struct desk *desk, struct canvas *canvas, struct area row)
{
	if (!desk->store_fault[0]) {
		canvas_text(canvas, row, 0, 0, LOOK_TEXT, _("Store ok"));
		return;
	}
	g_autofree char *text = g_strdup_printf(_("Store: %s"), desk->store_fault);
	canvas_text_cut(canvas, row, 0, 0, LOOK_ERROR, text);
}

static void draw_second(const struct desk *desk, struct canvas *canvas, struct area row)
{
	const struct store_counts *shift = &desk->shift;
	g_autofree char *yield = sheet_percent(shift->first_passed, shift->first_tries);
	char *fields[] = {
		g_strdup_printf(_("Units %u"), shift->units),
		g_strdup_printf(_("Pass %u"), shift->passed),
		g_strdup_printf(_("Fail %u"), shift->failed),
		g_strdup_printf(_("Error %u"), shift->errors),
		g_strdup_printf(_("FPY %s"), yield),
	};

	area_take_left(&row, 1);
	area_take_right(&row, 1);
	struct area whole = row;
	draw_calibration(desk, canvas, &whole);
	row.width = whole.width;
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		int end = canvas_text(canvas, row, 0, 0, LOOK_TEXT, fields[i]);
		area_take_left(&row, end + GAP);
		g_free(fields[i]);
	}
	draw_store(desk, canvas, row);
}

/* --- below --------------------------------------------------------------------------------------
 */

/* What is being typed, at the right end; gives it off *row. */
static void draw_input(const struct desk *desk, struct canvas *canvas, struct area *row)
{
	const char *line = desk->dialog == DIALOG_NONE ? scanner_line(desk->scanner) : "";
	g_autofree char *site =
		desk->named_site ? g_strdup_printf(_("Site %d"), desk->named_site) : g_strdup("");

	if (!line[0] && !desk->named_site)
		return;
	g_autofree char *text = g_strdup_printf("%s> %s_", site, line);
	/* the end of a long line tells more than its beginning */
	const char *shown = text;
	while (text_columns(shown) > row->width * 2 / 3)
		shown = g_utf8_next_char(shown);
	struct area field = area_take_right(row, text_columns(shown) + GAP);
	area_take_left(&field, GAP);
	canvas_text(canvas, field, 0, 0, LOOK_INPUT, shown);
}

static void draw_message(const struct desk *desk, struct canvas *canvas, struct area row)
{
	const struct desk_site *site = desk_zoomed(desk);

	area_take_left(&row, 1);
	area_take_right(&row, 1);
	draw_input(desk, canvas, &row);
	if (desk->message[0]) {
		int end = canvas_text_cut(canvas, row, 0, 0, desk->message_look, desk->message);
		if (desk->message_look == LOOK_WARNING)
			canvas_reverse(canvas, area_take_left(&row, end));
	} else if (site && site->view->prompt[0]) {
		canvas_text_cut(canvas, row, 0, 0, LOOK_INPUT, site->view->prompt);
	}
}

static void draw_keys(const struct desk *desk, struct canvas *canvas, struct area row)
{
	area_take_left(&row, 1);
	for (guint i = 0; i < n_actions; i++) {
		const struct action *action = &actions[i];
		if (!action->key || !action->word || !action->is_open(desk))
			continue;
		const char *word = _(action->word);
		if (text_columns(action->key_name) + 1 + text_columns(word) > row.width)
			return;
		int end = canvas_text(canvas, row, 0, 0, LOOK_KEY, action->key_name);
		end = canvas_text(canvas, row, end + 1, 0, LOOK_TEXT, word);
		area_take_left(&row, end + GAP);
	}
}

struct area screen_bars(const struct desk *desk, struct canvas *canvas)
{
	struct area area = canvas_area(canvas);

	draw_first(desk, canvas, area_take_top(&area, 1));
	draw_second(desk, canvas, area_take_top(&area, 1));
	draw_keys(desk, canvas, area_take_bottom(&area, 1));
	draw_message(desk, canvas, area_take_bottom(&area, 1));
	return area;
}

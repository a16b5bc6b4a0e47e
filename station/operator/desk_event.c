/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/desk_parts.h"
#include "station/operator/words.h"

#include <math.h>
#include <string.h>

enum { NOTES_MAX = 100 };

/* --- questions ----------------------------------------------------------------------------------
 */

static int asking_site(const struct desk *desk)
{
	const struct desk_site *zoomed = desk_zoomed(desk);

	if (zoomed && zoomed->question[0] != '\0')
		return desk->zoom;
	for (guint i = 0; i < desk->sites->len; i++) {
		const struct desk_site *site = g_ptr_array_index(desk->sites, i);
		if (site->question[0] != '\0')
			return (int)i;
	}
	return -1;
}

void desk_show_questions(struct desk *desk)
{
	int asking = asking_site(desk);

	if (asking < 0 && desk->dialog == DIALOG_QUESTION)
		desk->dialog = DIALOG_NONE;
	if (asking < 0 || (desk->dialog != DIALOG_NONE && desk->dialog != DIALOG_QUESTION))
		return;
	desk_zoom(desk, asking);
	desk->page = PAGE_SITES;
	desk->dialog = DIALOG_QUESTION;
}

static void on_question(struct desk *desk, struct desk_site *site, const struct event *event)
{
	g_auto(GStrv) answers = g_strsplit(event->name, "|", DESK_ANSWERS_MAX);

	g_strlcpy(site->question, event->text, sizeof site->question);
	memset(site->answers, 0, sizeof site->answers);
	for (int i = 0; i < DESK_ANSWERS_MAX && answers[i]; i++)
		g_strlcpy(site->answers[i], answers[i], sizeof site->answers[i]);
	site->chosen = 0;
	WORLD(desk, beep);
	desk_show_questions(desk);
}

static void end_question(struct desk *desk, struct desk_site *site)
{
	if (site->question[0] == '\0')
		return;
	site->question[0] = '\0';
	desk_show_questions(desk);
}

/* --- of one site --------------------------------------------------------------------------------
 */

static void on_run_start(struct desk *desk, struct desk_site *site)
{
	site->wanted = FALSE;
	site->down[0] = site->condition[0] = '\0';
	site->left_s = site->case_degc = NAN;
	site->eye.columns = site->eye.rows = 0;
	site->points.name[0] = '\0';
	g_array_set_size(site->points.points, 0);
	site->outline = WORLD(desk, outline, site->part_number);
}

static void on_run_end(struct desk *desk, struct desk_site *site, const struct event *event)
{
	site->aborting = FALSE;
	end_question(desk, site);
	if (event->kind == EVENT_RUN_LOST)
		g_strlcpy(desk->store_fault, event->text, sizeof desk->store_fault);
	else
		desk->store_fault[0] = '\0';
	if (!site->view->acknowledged)
		WORLD(desk, beep);
	WORLD(desk, ask_counts, desk->lot ? desk->lot->name : NULL);
	WORLD(desk, ask_units);
	if (desk->leaving)
		desk->quit = !desk_is_busy(desk);
}

/* The factory does not want the unit: there is no run. */
static void on_refused(struct desk *desk, struct desk_site *site, const struct event *event)
{
	site->aborting = site->wanted = FALSE;
	site_view_refuse(site->view);
	desk_refuse(desk, _("%s may not be tested: %s"), event->serial, event->text);
	if (desk->leaving)
		desk->quit = !desk_is_busy(desk);
}

/* Lanes take turns at each power: their points are in one picture. */
static void on_point(struct desk_site *site, const struct event *event)
{
	struct desk_points *points = &site->points;
	struct plot_point point = {event->x, event->value, event->value == 0};

	if (strcmp(points->name, event->name) != 0 || strcmp(points->corner, event->corner) != 0) {
		g_array_set_size(points->points, 0);
		g_strlcpy(points->name, event->name, sizeof points->name);
		g_strlcpy(points->corner, event->corner, sizeof points->corner);
		g_strlcpy(points->x_name, event->text, sizeof points->x_name);
		points->lane = event->lane;
	}
	if (points->lane != event->lane)
		points->lane = 0;
	points->line = event->line;
	if (point.none)
		point.y = event->high;
	g_array_append_val(points->points, point);
}

static void on_presence(struct desk *desk, struct desk_site *site, const struct event *event)
{
	site->present = event->done != 0;
	site->present_us = site->present ? desk->now_us : 0;
	/* a verdict that was seen goes with its unit */
	if (!site->present && site->view->state != SITE_IDLE)
		site_view_clear(site->view);
}

static void site_event(struct desk *desk, struct desk_site *site, const struct event *event)
{
	site_view_event(site->view, event);
	switch (event->kind) {
	case EVENT_RUN_START:
		on_run_start(desk, site);
		break;
	case EVENT_STEP_START:
		site->left_s = WORLD(desk, left_s, site->part_number, event->name, event->lane,
		                     event->corner);
		break;
	case EVENT_ANSWER:
	case EVENT_STEP_END:
		end_question(desk, site);
		break;
	case EVENT_UNIT_WAIT:
		/* a loader needs nobody */
		if (config_site(desk->setup.config, event->site)->loader)
			break;
		WORLD(desk, beep);
		break;
	case EVENT_PROMPT:
		WORLD(desk, beep);
		break;
	case EVENT_QUESTION:
		on_question(desk, site, event);
		break;
	case EVENT_UNIT_PRESENT:
		on_presence(desk, site, event);
		break;
	case EVENT_CONDITION:
		site->case_degc = event->value;
		g_strlcpy(site->condition, event->text, sizeof site->condition);
		break;
	case EVENT_POINT:
		on_point(site, event);
		break;
	case EVENT_SITE_DOWN:
		g_strlcpy(site->down, event->text, sizeof site->down);
		break;
	case EVENT_UNIT_REFUSED:
		on_refused(desk, site, event);
		break;
	case EVENT_RUN_END:
	case EVENT_RUN_LOST:
		on_run_end(desk, site, event);
		break;
	default:
		break;
	}
}

/* --- of the station -----------------------------------------------------------------------------
 */

/* Takes words. */
static void add_note(struct desk *desk, char *words)
{
	g_ptr_array_add(desk->notes, words);
	if (desk->notes->len > NOTES_MAX)
		g_ptr_array_remove_index(desk->notes, 0);
}

static void on_note(struct desk *desk, const struct event *event)
{
	add_note(desk, event->site > 0 ? g_strdup_printf(_("site %d: %s"), event->site, event->text)
	                               : g_strdup(event->text));
}

static void on_recovered(struct desk *desk, const struct event *event)
{
	char *words = g_strdup_printf(_("%s of an earlier start, %s: %s"), event->serial,
	                              _(verdict_name(event->verdict)), event->text);

	desk_say(desk, LOOK_WARNING, words);
	add_note(desk, words);
}

static void on_instrument(struct desk *desk, const struct event *event)
{
	struct desk_instrument *found = NULL;
	struct desk_instrument new = {0};

	for (guint i = 0; i < desk->instruments->len && !found; i++) {
		struct desk_instrument *item =
			&g_array_index(desk->instruments, struct desk_instrument, i);
		if (strcmp(item->name, event->name) == 0)
			found = item;
	}
	if (!found) {
		g_strlcpy(new.name, event->name, sizeof new.name);
		g_array_append_val(desk->instruments, new);
		found = &g_array_index(desk->instruments, struct desk_instrument,
		                       desk->instruments->len - 1);
	}
	g_strlcpy(found->state, event->text, sizeof found->state);
	found->lost = g_str_has_prefix(event->text, "lost");
}

void desk_event(struct desk *desk, const struct event *event)
{
	struct desk_site *site = desk_site(desk, event->site);

	switch (event->kind) {
	case EVENT_NOTE:
		on_note(desk, event);
		break;
	case EVENT_RECOVERED:
		on_recovered(desk, event);
		break;
	case EVENT_INSTRUMENT:
		on_instrument(desk, event);
		break;
	case EVENT_LOST:
		for (guint i = 0; i < desk->sites->len; i++) {
			site = g_ptr_array_index(desk->sites, i);
			site_view_event(site->view, event);
		}
		break;
	default:
		if (site)
			site_event(desk, site, event);
	}
}

/* --- answers of the world -----------------------------------------------------------------------
 */

void desk_person(struct desk *desk, const struct desk_person *person)
{
	if (!desk->checking_pin)
		return;
	desk->checking_pin = FALSE;
	desk->person = *person;
	desk->refusal[0] = '\0';
	desk->dialog = DIALOG_NONE;
	desk_log(desk, "login", "");
	desk_show_questions(desk);
}

void desk_nobody(struct desk *desk, const char *why)
{
	if (!desk->checking_pin)
		return;
	desk->checking_pin = FALSE;
	desk->badge[0] = '\0';
	desk->dialog = DIALOG_BADGE;
	g_strlcpy(desk->refusal, why, sizeof desk->refusal);
	WORLD(desk, beep);
}

void desk_counts(struct desk *desk, const struct store_counts *shift,
                 const struct store_counts *lot, GArray *causes)
{
	desk->shift = *shift;
	desk->lot_counts = *lot;
	g_array_unref(desk->causes);
	desk->causes = causes;
}

void desk_units(struct desk *desk, GPtrArray *units)
{
	g_clear_pointer(&desk->units, g_ptr_array_unref);
	desk->units = units;
	if (desk->page == PAGE_UNITS && desk->choice >= units->len)
		desk->choice = units->len ? units->len - 1 : 0;
}

void desk_why(struct desk *desk, struct run_record *record)
{
	run_record_free(desk->why);
	desk->why = record;
}

void desk_eye(struct desk *desk, int number, const struct desk_eye *eye)
{
	struct desk_site *site = desk_site(desk, number);

	if (!site)
		return;
	g_array_unref(site->eye.counts);
	site->eye = *eye;
	g_array_ref(site->eye.counts);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/site_view.h"

#include "station/operator/words.h"

#include <math.h>
#include <string.h>

static const char *const state_names[SITE_STATES] = {
	[SITE_IDLE] = N_("READY"),      [SITE_CHECKING] = N_("CHECKING"),
	[SITE_RUNNING] = N_("RUNNING"), [SITE_PASS] = N_("PASS"),
	[SITE_FAIL] = N_("FAIL"),       [SITE_ERROR] = N_("ERROR"),
	[SITE_ABORTED] = N_("ABORTED"), [SITE_LOCKED] = N_("LOCKED"),
};

const char *site_state_name(enum site_state state)
{
	return state < SITE_STATES ? state_names[state] : "?";
}

struct site_view *site_view_new(int site)
{
	struct site_view *view = g_new0(struct site_view, 1);

	view->site = site;
	view->steps = g_array_new(FALSE, TRUE, sizeof(struct site_step));
	view->rows = g_array_new(FALSE, TRUE, sizeof(struct site_row));
	view->fraction = NAN;
	view->acknowledged = TRUE;
	view->stored = TRUE;
	return view;
}

void site_view_free(struct site_view *view)
{
	if (!view)
		return;
	g_array_unref(view->steps);
	g_array_unref(view->rows);
	g_free(view);
}

static void clear_run(struct site_view *view)
{
	g_array_set_size(view->steps, 0);
	g_array_set_size(view->rows, 0);
	view->serial[0] = view->run_id[0] = view->progress[0] = view->prompt[0] = '\0';
	view->reason[0] = view->failing_step[0] = view->undone[0] = '\0';
	view->number = view->of = view->done = view->total = view->lost = 0;
	view->start_us = 0;
	view->seconds = 0;
	view->fraction = NAN;
	view->marginal = view->undo_failed = FALSE;
	view->acknowledged = view->stored = TRUE;
}

void site_view_begin(struct site_view *view, const char *serial)
{
	clear_run(view);
	view->state = SITE_CHECKING;
	g_strlcpy(view->serial, serial, sizeof view->serial);
}

gboolean site_view_refuse(struct site_view *view)
{
	if (view->state == SITE_RUNNING)
		return FALSE;
	clear_run(view);
	view->state = SITE_IDLE;
	return TRUE;
}

gboolean site_view_acknowledge(struct site_view *view)
{
	if (view->acknowledged)
		return FALSE;
	view->acknowledged = TRUE;
	return TRUE;
}

gboolean site_view_clear(struct site_view *view)
{
	if (view->state == SITE_RUNNING || view->state == SITE_CHECKING || !view->acknowledged)
		return FALSE;
	clear_run(view);
	view->state = SITE_IDLE;
	return TRUE;
}

const struct site_step *site_view_step(const struct site_view *view)
{
	const struct site_step *last;

	if (view->state != SITE_RUNNING || !view->steps->len)
		return NULL;
	last = &g_array_index(view->steps, struct site_step, view->steps->len - 1);
	return last->verdict == VERDICT_NONE && last->seconds == 0 ? last : NULL;
}

double site_value_margin(const struct site_value *value)
{
	gboolean low = isfinite(value->low), high = isfinite(value->high);
	double below = value->high - value->value, above = value->value - value->low;

	if (!isfinite(value->value) || (!low && !high))
		return NAN;
	if (low && high && value->high > value->low)
		return fmin(above, below) / (value->high - value->low);
	return low && !high ? above / fmax(1, fabs(value->low))
	                    : below / fmax(1, fabs(value->high));
}

/* --- events -------------------------------------------------------------------------------------
 */

static void on_run_start(struct site_view *view, const struct event *event)
{
	clear_run(view);
	view->state = SITE_RUNNING;
	g_strlcpy(view->serial, event->serial, sizeof view->serial);
	g_strlcpy(view->run_id, event->run_id, sizeof view->run_id);
	view->number = event->done;
	view->of = event->total;
	view->start_us = event->mono_us;
}

static void on_step_start(struct site_view *view, const struct event *event)
{
	struct site_step step = {.lane = event->lane, .attempt = event->attempt};

	step.start_us = event->mono_us;
	g_strlcpy(step.name, event->name, sizeof step.name);
	g_strlcpy(step.group, event->group, sizeof step.group);
	g_strlcpy(step.corner, event->corner, sizeof step.corner);
	g_array_append_val(view->steps, step);
	view->done = event->done;
	view->total = event->total;
	view->fraction = NAN;
	view->progress[0] = view->prompt[0] = '\0';
}

/* The latest of that name and lane that has not ended; its start may have been dropped. */
static void on_step_end(struct site_view *view, const struct event *event)
{
	view->fraction = NAN;
	view->progress[0] = '\0';
	for (guint i = view->steps->len; i-- > 0;) {
		struct site_step *step = &g_array_index(view->steps, struct site_step, i);
		if (step->lane != event->lane || step->seconds > 0 ||
		    strcmp(step->name, event->name) != 0)
			continue;
		step->verdict = event->verdict;
		/* told apart from a step that runs */
		step->seconds = fmax(event->seconds, 1e-9);
		g_strlcpy(step->reason, event->text, sizeof step->reason);
		return;
	}
}

static struct site_row *row_for(struct site_view *view, const struct event *event)
{
	struct site_row row = {.per_lane = event->lane > 0};

	for (guint i = 0; i < view->rows->len; i++) {
		struct site_row *old = &g_array_index(view->rows, struct site_row, i);
		if (strcmp(old->name, event->name) == 0 && old->per_lane == row.per_lane &&
		    strcmp(old->corner, event->corner) == 0)
			return old;
	}
	g_strlcpy(row.name, event->name, sizeof row.name);
	g_strlcpy(row.unit, event->unit, sizeof row.unit);
	g_strlcpy(row.corner, event->corner, sizeof row.corner);
	g_array_append_val(view->rows, row);
	return &g_array_index(view->rows, struct site_row, view->rows->len - 1);
}

static void on_measurement(struct site_view *view, const struct event *event)
{
	struct site_row *row;

	if (event->lane < 0 || event->lane > SITE_VIEW_LANES)
		return;
	row = row_for(view, event);
	row->lanes[event->lane] = (struct site_value){
		event->value, event->low, event->high, event->verdict, event->marginal, TRUE,
	};
}

/* What is neither a pass nor the unit's fault is the station's: nobody may rebin on it. */
static enum site_state state_after(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_PASS:
		return SITE_PASS;
	case VERDICT_FAIL:
		return SITE_FAIL;
	case VERDICT_ABORTED:
		return SITE_ABORTED;
	default:
		return SITE_ERROR;
	}
}

static void on_run_end(struct site_view *view, const struct event *event)
{
	gboolean lost = event->kind == EVENT_RUN_LOST;

	view->state = lost ? SITE_ERROR : state_after(event->verdict);
	view->acknowledged = view->state != SITE_FAIL && view->state != SITE_ERROR;
	view->stored = !lost;
	view->marginal = event->marginal;
	view->seconds = isfinite(event->seconds) ? event->seconds : 0;
	view->prompt[0] = view->progress[0] = '\0';
	g_strlcpy(view->reason, event->text, sizeof view->reason);
	g_strlcpy(view->failing_step, event->name, sizeof view->failing_step);
}

static void on_progress(struct site_view *view, const struct event *event)
{
	view->fraction = event->fraction;
	g_strlcpy(view->progress, event->text, sizeof view->progress);
}

static void on_undo(struct site_view *view, const struct event *event)
{
	if (event->text[0] != '\0') {
		view->undo_failed = TRUE;
		return;
	}
	if (view->undone[0] != '\0')
		g_strlcat(view->undone, ", ", sizeof view->undone);
	g_strlcat(view->undone, event->name, sizeof view->undone);
}

void site_view_event(struct site_view *view, const struct event *event)
{
	if (event->kind == EVENT_LOST)
		view->lost += event->done;
	if (event->site != view->site)
		return;
	switch (event->kind) {
	case EVENT_RUN_START:
		on_run_start(view, event);
		break;
	case EVENT_UNIT_WAIT:
	case EVENT_PROMPT:
		g_strlcpy(view->prompt, event->text, sizeof view->prompt);
		break;
	case EVENT_STEP_START:
		on_step_start(view, event);
		break;
	case EVENT_PROGRESS:
		on_progress(view, event);
		break;
	case EVENT_MEASUREMENT:
		on_measurement(view, event);
		break;
	case EVENT_STEP_END:
		on_step_end(view, event);
		break;
	case EVENT_UNDO:
		on_undo(view, event);
		break;
	case EVENT_RUN_END:
	case EVENT_RUN_LOST:
		on_run_end(view, event);
		break;
	default:
		break;
	}
}

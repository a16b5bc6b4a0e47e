/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/ahead.h"
#include "station/engine/open_run.h"
#include "station/engine/run.h"

#include "base/clock.h"
#include "base/error.h"

#include <string.h>

/* Cleaning a connector by hand or robot. */
#define CLEAN_LIMIT_S 120.0

gboolean step_ramps(const struct step_context *ctx)
{
	return !ctx->from || ctx->from->case_degc != ctx->corner->case_degc;
}

/* --- one step --------------------------------------------------------------------------------- */

static enum verdict verdict_of(const GError *error)
{
	if (g_error_matches(error, STATION_ERROR, STATION_ERROR_CANCELLED))
		return VERDICT_ABORTED;
	return station_error_is_units_fault(error) ? VERDICT_FAIL : VERDICT_ERROR;
}

static gboolean call_def(struct step_context *ctx, gpointer data, GError **error)
{
	const struct step_def *def = ctx->item->def;

	if (def->run(ctx, error))
		return TRUE;
	station_error_set(error, STATION_ERROR_INTERNAL, "step %s failed without saying why",
	                  def->name);
	return FALSE;
}

static void publish_start(struct run *run, const struct plan_action *action, int attempt)
{
	struct event event = event_make(EVENT_STEP_START, 0, NULL);

	g_strlcpy(event.name, action->item->name, sizeof event.name);
	g_strlcpy(event.group, action->group, sizeof event.group);
	g_strlcpy(event.corner, action->corner->name, sizeof event.corner);
	event.lane = action->lane;
	event.attempt = attempt;
	event.done = run->done;
	event.total = run->total;
	run_publish(run, &event);
}

static void publish_end(struct run *run, const struct record_step *step, gboolean marginal)
{
	struct event event = event_make(EVENT_STEP_END, 0, NULL);

	g_strlcpy(event.name, step->name, sizeof event.name);
	g_strlcpy(event.group, step->group, sizeof event.group);
	g_strlcpy(event.corner, step->corner, sizeof event.corner);
	event_set_text(&event, step->reason ? step->reason : "");
	event.lane = step->lane;
	event.attempt = step->attempt;
	event.verdict = step->verdict;
	event.marginal = marginal;
	event.seconds = step->duration_s;
	event.done = run->done;
	event.total = run->total;
	run_publish(run, &event);
}

struct record_step *run_add_step(struct run_record *record, const struct plan_action *action,
                                 int attempt)
{
	struct record_step *step = run_record_add_step(record);

	record_text(&step->name, action->item->name);
	record_text(&step->kind, action->item->def->name);
	record_text(&step->group, action->group);
	record_text(&step->corner, action->corner->name);
	step->lane = action->lane;
	step->attempt = attempt;
	step->start_us = clock_unix_us();
	return step;
}

void run_tell_begin(struct run *run, const struct plan_action *action, int attempt)
{
	open_run_keep(run->open, run->record, run->cancellable);
	run_does(run, plan_enters_corner(action->item->def) ? USAGE_RAMPING : USAGE_RUNNING);
	publish_start(run, action, attempt);
}

struct step_context run_context(struct run *run, const struct plan_action *action,
                                struct run_record *ahead)
{
	struct step_context ctx = {
		.run = run,
		.item = action->item,
		.corner = action->corner,
		.from = action->from,
		.lane = action->lane,
		.ahead = ahead,
	};

	ctx.step_index = run_record_of(&ctx)->steps->len - 1;
	ctx.bounds.deadline = deadline_in_s(action->item->def->limit_s);
	ctx.bounds.cancellable = run->cancellable;
	return ctx;
}

gboolean run_step(struct step_context *ctx, GError **error)
{
	const struct run_record *record = run_record_of(ctx);
	const struct record_step *step = g_ptr_array_index(record->steps, ctx->step_index);

	if (ctx->run->journal)
		write_journal_step(ctx->run->journal, step->name, step->lane, step->attempt);
	if (run_call(ctx, ctx->item->def->needs, call_def, NULL, error))
		return TRUE;
	run_drop_rest(ctx);
	return FALSE;
}

enum verdict run_conclude_step(struct run *run, guint first, const GError *error, double duration_s)
{
	struct record_step *step =
		g_ptr_array_index(run->record->steps, run->record->steps->len - 1);
	gboolean marginal;

	step->verdict = run_judge(run, first, &marginal, &step->reason);
	if (error) {
		g_free(step->reason);
		step->reason = g_strdup(error->message);
		step->error_kind =
			g_strdup(error->domain == STATION_ERROR ? station_error_name(error->code)
		                                                : g_quark_to_string(error->domain));
		step->verdict = verdict_of(error);
	}
	step->duration_s = duration_s;
	open_run_add(run->open, run->record);
	run_publish_values(run, first);
	publish_end(run, step, marginal);
	return step->verdict;
}

enum verdict run_attempt(struct run *run, const struct plan_action *action, int attempt)
{
	guint first = run->record->measurements->len;
	gint64 start = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	run_add_step(run->record, action, attempt);
	run_tell_begin(run, action, attempt);
	struct step_context ctx = run_context(run, action, NULL);
	if (run_step(&ctx, &error) && !run_compute(&ctx, &error))
		run_blame(&ctx, &error);
	return run_conclude_step(run, first, error,
	                         (double)(g_get_monotonic_time() - start) * 1e-6);
}

/* The connector is cleaned by the loader, or by a person who is asked to. */
static gboolean clean(struct run *run, GError **error)
{
	struct bounds outer = {deadline_in_s(CLEAN_LIMIT_S), run->cancellable};
	struct event event = event_make(EVENT_PROMPT, 0, NULL);

	event_set_text(&event, "clean the connector");
	run_publish(run, &event);
	if (!run->site->loader) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "no further attempt: the site has nobody to clean the connector");
		return FALSE;
	}
	run_record_add_note(run->record, "connector cleaned before a further attempt");
	return loader_run(run->site, "clean", run->request->serial, &outer, error);
}

/* Only a FAIL or ERROR is tried again; every attempt stays in the record and only the last one
 * counts. */
enum verdict run_retry(struct run *run, const struct plan_action *action, enum verdict verdict)
{
	for (guint i = 0; i < action->item->retries; i++) {
		guint last = run->record->steps->len - 1;
		g_autoptr(GError) error = NULL;

		if ((verdict != VERDICT_FAIL && verdict != VERDICT_ERROR) ||
		    g_cancellable_is_cancelled(run->cancellable))
			break;
		if (action->item->clean_before_retry && !clean(run, &error)) {
			run_record_add_note(run->record, "%s", error->message);
			break;
		}
		((struct record_step *)g_ptr_array_index(run->record->steps, last))->superseded =
			TRUE;
		verdict = run_attempt(run, action, (int)i + 2);
	}
	return verdict;
}

/* --- the whole plan --------------------------------------------------------------------------- */

/* What the watch has seen is the verdict, in whatever state the steps were. */
static gboolean conclude_watch(struct run *run)
{
	struct run_record *record = run->record;
	g_autoptr(GError) why = NULL;

	if (!watch_tripped(run->watch, &why))
		return FALSE;
	record->verdict = VERDICT_ERROR;
	g_free(record->reason);
	record->reason = g_strdup(why->message);
	if (!record->first_failing_step)
		record->first_failing_step = g_strdup("watch");
	return TRUE;
}

/* Later steps build on the setup and on what answers. */
gboolean run_stops(const struct plan_action *action, enum verdict verdict)
{
	return verdict > VERDICT_PASS && (action->item->stop_on_fail || verdict == VERDICT_ERROR ||
	                                  strcmp(action->group, "setup") == 0);
}

/* One action, or those from it on that may be done ahead of results; *i is then the last of them
 * that was done, with its verdict. */
static enum verdict run_actions(struct run *run, const GArray *actions, guint *i)
{
	const struct plan_action *action = &g_array_index(actions, struct plan_action, *i);
	guint n = ahead_length(run, actions, *i), done = 0;
	enum verdict verdict;

	if (n < 2)
		return run_retry(run, action, run_attempt(run, action, 1));
	verdict = ahead_run(run, action, n, &done);
	*i += done - 1;
	return verdict;
}

void run_plan(struct run *run)
{
	g_autoptr(GArray) actions = plan_unroll(run->files->plan, run->files->product->n_lanes);
	const struct judging by = run_judging(run);
	gboolean stopped = FALSE, aborted = FALSE;

	run->total = actions->len;
	for (guint i = 0; i < actions->len && !aborted; i++) {
		const struct plan_action *action = &g_array_index(actions, struct plan_action, i);
		gboolean is_cleanup = strcmp(action->group, "cleanup") == 0;
		enum verdict verdict;

		run->done = i;
		if (stopped && !is_cleanup)
			continue;
		verdict = run_actions(run, actions, &i);
		action = &g_array_index(actions, struct plan_action, i);
		aborted =
			verdict == VERDICT_ABORTED || g_cancellable_is_cancelled(run->cancellable);
		stopped = stopped || run_stops(action, verdict);
	}
	open_run_keep(run->open, run->record, run->cancellable);
	gboolean undone = run_undo(run);
	judging_conclude(run->record, undone);
	if (conclude_watch(run))
		aborted = FALSE;
	else if (!aborted)
		judging_require_all(&by, run->record);
	if (aborted && run->record->verdict != VERDICT_ABORTED) {
		run->record->verdict = VERDICT_ABORTED;
		g_free(run->record->reason);
		run->record->reason = g_strdup("aborted");
	}
	run->record->marginal =
		run->record->verdict == VERDICT_PASS && judging_is_marginal(run->record);
	run->record->end_us = clock_unix_us();
	run_does(run, USAGE_LOADING);
}

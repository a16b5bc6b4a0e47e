/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/ahead.h"

#include "station/engine/workers.h"

#include <string.h>

/* An action that was begun and is not in the run's record yet. */
struct entry {
	const struct plan_action *action;
	struct run_record *record; /* its own, of one step; null: not begun */
	struct step_context ctx;
	struct workers_job *job; /* computes its rest; null: it has none, or that was waited for */
	GError *error;           /* what ended it */
	gboolean told;           /* that it is begun */
	guint overtaken;         /* actions before it that were not begun when it was */
	gint64 start_us, end_us; /* monotonic */
};

struct ahead {
	struct run *run;
	struct entry *entries;
	guint n;
	guint joined;  /* so many of them are in the record */
	guint resting; /* have a rest that was not waited for */
	guint before;  /* actions of the run before these */
};

/* --- computing -------------------------------------------------------------------------------- */

static void compute(gpointer data)
{
	struct entry *entry = data;

	run_rest(&entry->ctx, &entry->error);
	entry->end_us = g_get_monotonic_time();
}

struct computing {
	struct step_context *ctx;
	GError **error;
	gboolean ok;
};

static void compute_now(gpointer data)
{
	struct computing *computing = data;

	computing->ok = run_rest(computing->ctx, computing->error);
}

gboolean run_compute(struct step_context *ctx, GError **error)
{
	struct workers *workers = ctx->run->workers;
	struct computing computing = {ctx, error, TRUE};

	if (ctx->rest && workers)
		workers_wait(
			workers_submit(workers, ctx->run->site->site, compute_now, &computing));
	else
		compute_now(&computing);
	return computing.ok;
}

/* --- one of them ------------------------------------------------------------------------------ */

static gboolean may_go_ahead(struct run *run, const struct plan_action *action)
{
	const struct step_def *def = action->item->def;
	const struct step_context ctx = {
		.run = run,
		.item = action->item,
		.corner = action->corner,
		.lane = action->lane,
	};

	return strcmp(action->group, "main") == 0 && def->may_go_ahead && def->may_go_ahead(&ctx);
}

guint ahead_length(struct run *run, const GArray *actions, guint i)
{
	guint n = 0;

	while (run->workers && i + n < actions->len &&
	       may_go_ahead(run, &g_array_index(actions, struct plan_action, i + n)))
		n++;
	return MAX(n, 1);
}

static void tell_begin(struct ahead *ahead, struct entry *entry)
{
	ahead->run->done = ahead->before + (guint)(entry - ahead->entries);
	if (!entry->told)
		run_tell_begin(ahead->run, entry->action, 1);
	entry->told = TRUE;
}

static void begin(struct ahead *ahead, struct entry *entry)
{
	struct run *run = ahead->run;

	entry->record = run_record_new();
	entry->start_us = g_get_monotonic_time();
	run_add_step(entry->record, entry->action, 1);
	for (struct entry *e = ahead->entries + ahead->joined; e < entry; e++)
		entry->overtaken += !e->record;
	/* faces hear of one step at a time, in the order of the plan */
	if (entry == ahead->entries + ahead->joined)
		tell_begin(ahead, entry);
	entry->ctx = run_context(run, entry->action, entry->record);
	run_step(&entry->ctx, &entry->error);
	entry->end_us = g_get_monotonic_time();
	if (!entry->ctx.rest)
		return;
	entry->job = workers_submit(run->workers, run->site->site, compute, entry);
	ahead->resting++;
}

/* Where it has one: until it was computed. */
static void wait_for_rest(struct ahead *ahead, struct entry *entry)
{
	if (!entry->job)
		return;
	workers_wait(g_steal_pointer(&entry->job));
	ahead->resting--;
	if (entry->error)
		run_blame(&entry->ctx, &entry->error);
}

static void forget(struct entry *entry)
{
	g_clear_pointer(&entry->record, run_record_free);
	g_clear_error(&entry->error);
	entry->told = FALSE;
	entry->overtaken = 0;
}

/* `step` is where they belong; -1: to none. */
static void join_uses(const struct run_record *from, struct run_record *to, int step)
{
	for (guint i = 0; i < from->uses.step->len; i++) {
		guint use =
			run_record_add_use(to, step,
		                           (guint64)g_array_index(from->uses.instruments, double,
		                                                  i),
		                           (gint64)g_array_index(from->uses.start_ms, double, i),
		                           (gint64)g_array_index(from->uses.waited_ms, double, i));

		run_record_end_use(to, use, (gint64)g_array_index(from->uses.held_ms, double, i));
	}
}

/* What was done ahead of those in the record. */
static void drop_others(struct ahead *ahead)
{
	for (guint i = ahead->joined; i < ahead->n; i++) {
		struct entry *entry = &ahead->entries[i];

		if (entry->job) {
			workers_wait(g_steal_pointer(&entry->job));
			ahead->resting--;
		}
		/* instruments were in use all the same */
		if (entry->record)
			join_uses(entry->record, ahead->run->record, -1);
		forget(entry);
	}
}

/* --- into the record -------------------------------------------------------------------------- */

static void move_all(GPtrArray *from, GPtrArray *to)
{
	gsize n;
	g_autofree gpointer *all = g_ptr_array_steal(from, &n);

	for (gsize i = 0; i < n; i++)
		g_ptr_array_add(to, all[i]);
}

#define MOVE(type, array, step_of_it)                                                              \
	do {                                                                                       \
		for (guint i_ = 0; i_ < from->array->len; i_++)                                    \
			((struct type *)g_ptr_array_index(from->array, i_))->step = (step_of_it);  \
		move_all(from->array, to->array);                                                  \
	} while (0)

static void join_records(struct run_record *from, struct run_record *to)
{
	guint step = to->steps->len;

	move_all(from->steps, to->steps);
	MOVE(record_measurement, measurements, step);
	MOVE(record_series, series, step);
	MOVE(record_map, maps, step);
	MOVE(record_eye, eyes, step);
	MOVE(record_constant, constants, step);
	MOVE(record_answer, answers, step);
	join_uses(from, to, (int)step);
	move_all(from->notes, to->notes);
}

static void note_order(struct run *run, const struct entry *entry)
{
	const struct plan_action *action = entry->action;

	if (entry->overtaken)
		run_record_add_note(run->record,
		                    "lane %d: %s was done before %u steps that come before it in "
		                    "the plan: instruments that those need were in use",
		                    action->lane, action->item->name, entry->overtaken);
}

static gboolean is_tried_again(const struct run *run, const struct plan_action *action,
                               enum verdict verdict)
{
	return (verdict == VERDICT_FAIL || verdict == VERDICT_ERROR) && action->item->retries &&
	       !g_cancellable_is_cancelled(run->cancellable);
}

static enum verdict join(struct ahead *ahead)
{
	struct run *run = ahead->run;
	struct entry *entry = &ahead->entries[ahead->joined];
	guint first = run->record->measurements->len;
	enum verdict verdict;

	wait_for_rest(ahead, entry);
	join_records(entry->record, run->record);
	note_order(run, entry);
	verdict = run_conclude_step(run, first, entry->error,
	                            (double)(entry->end_us - entry->start_us) * 1e-6);
	forget(entry);
	ahead->joined++;
	if (is_tried_again(run, entry->action, verdict)) {
		drop_others(ahead);
		verdict = run_retry(run, entry->action, verdict);
	}
	return verdict;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* What to do next: the first that was not begun, or where the order is free the first of those
 * whose instruments are free. Null: all were begun. */
static struct entry *choose(struct ahead *ahead)
{
	struct entry *first = NULL;

	for (guint i = ahead->joined; i < ahead->n; i++) {
		struct entry *entry = &ahead->entries[i];
		struct step_context ctx = {.run = ahead->run};

		if (entry->record)
			continue;
		if (ahead->run->order == CONFIG_ORDER_PLAN ||
		    run_are_free(&ctx, entry->action->item->def->needs))
			return entry;
		first = first ? first : entry;
	}
	return first;
}

/* Nothing more is done ahead of what has no results any more. A rest's error is not known yet. */
static gboolean went_wrong(const struct ahead *ahead)
{
	for (guint i = ahead->joined; i < ahead->n; i++) {
		const struct entry *entry = &ahead->entries[i];

		if (entry->record && !entry->job && entry->error)
			return TRUE;
	}
	return g_cancellable_is_cancelled(ahead->run->cancellable);
}

/* One more is begun, or the next one comes into the record, which gives TRUE. */
static gboolean go_on(struct ahead *ahead, enum verdict *verdict)
{
	struct entry *next = &ahead->entries[ahead->joined];
	gboolean only_next = ahead->resting >= AHEAD_RESTS || went_wrong(ahead);

	if (next->record) {
		tell_begin(ahead, next);
		struct entry *chosen = only_next ? NULL : choose(ahead);

		if (!chosen) {
			*verdict = join(ahead);
			return TRUE;
		}
		begin(ahead, chosen);
	} else {
		begin(ahead, only_next ? next : choose(ahead));
	}
	return FALSE;
}

enum verdict ahead_run(struct run *run, const struct plan_action *actions, guint n, guint *done)
{
	g_autofree struct entry *entries = g_new0(struct entry, n);
	struct ahead ahead = {.run = run, .entries = entries, .n = n, .before = run->done};
	enum verdict verdict = VERDICT_NONE;

	for (guint i = 0; i < n; i++)
		entries[i].action = &actions[i];
	while (ahead.joined < n) {
		if (!go_on(&ahead, &verdict))
			continue;
		if (verdict == VERDICT_ABORTED || g_cancellable_is_cancelled(run->cancellable) ||
		    run_stops(&actions[ahead.joined - 1], verdict))
			break;
	}
	drop_others(&ahead);
	*done = ahead.joined;
	return verdict;
}

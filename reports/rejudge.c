/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/rejudge.h"

#include <math.h>
#include <string.h>

/* --- what there was --------------------------------------------------------------------------- */

/* A finding came with its verdict, which no row of limits gave. */
static gboolean is_finding(const struct record_measurement *m)
{
	return m->verdict != VERDICT_NONE && !m->judgements->len;
}

/* What the limits said of a value, as judging_value put it before the step's own reason. */
static const char *reason_of_limits(const struct record_measurement *m)
{
	for (guint i = 0; i < m->judgements->len; i++) {
		const struct judgement *j = g_ptr_array_index(m->judgements, i);
		if (j->reason && j->verdict == m->verdict &&
		    (j->gate == LIMIT_GATE || j->gate == LIMIT_CHECK))
			return j->reason;
	}
	return NULL;
}

/* The reason that the step gave; free with g_free. */
static char *own_reason(const struct record_measurement *m)
{
	const char *limits = m->verdict > VERDICT_PASS ? reason_of_limits(m) : NULL;
	gsize length = limits ? strlen(limits) : 0;

	if (!limits || !m->reason || !g_str_has_prefix(m->reason, limits))
		return g_strdup(m->reason);
	if (!m->reason[length])
		return NULL;
	if (g_str_has_prefix(m->reason + length, " (") && g_str_has_suffix(m->reason, ")"))
		return g_strndup(m->reason + length + 2, strlen(m->reason) - length - 3);
	return g_strdup(m->reason);
}

static void copy_head(struct run_record *now, const struct run_record *was)
{
	record_text(&now->run_id, was->run_id);
	record_text(&now->station_id, was->station_id);
	record_text(&now->lot, was->lot);
	record_text(&now->serial, was->serial);
	record_text(&now->part_number, was->part_number);
	record_text(&now->type, was->type);
	record_text(&now->product, was->product);
	record_text(&now->stage, was->stage);
	record_text(&now->plan_name, was->plan_name);
	record_text(&now->plan_revision, was->plan_revision);
	record_text(&now->limits_edition, was->limits_edition);
	now->site = was->site;
	now->start_us = was->start_us;
	now->end_us = was->end_us;
}

static void copy_steps(struct run_record *now, const struct run_record *was)
{
	for (guint i = 0; i < was->steps->len; i++) {
		const struct record_step *from = g_ptr_array_index(was->steps, i);
		struct record_step *to = run_record_add_step(now);

		record_text(&to->name, from->name);
		record_text(&to->kind, from->kind);
		record_text(&to->group, from->group);
		record_text(&to->corner, from->corner);
		record_text(&to->reason, from->reason);
		record_text(&to->error_kind, from->error_kind);
		to->lane = from->lane;
		to->attempt = from->attempt;
		to->superseded = from->superseded;
		to->start_us = from->start_us;
		to->duration_s = from->duration_s;
		to->verdict = from->verdict;
	}
}

static struct record_measurement *copy_value(struct run_record *now,
                                             const struct record_measurement *from)
{
	struct record_measurement *to =
		run_record_add_measurement(now, from->id, from->step, from->lane, from->value,
	                                   from->unit);

	record_text(&to->corner, from->corner);
	to->uncertainty = from->uncertainty;
	to->verdict = is_finding(from) ? from->verdict : VERDICT_NONE;
	to->reason = own_reason(from);
	return to;
}

/* --- judging ---------------------------------------------------------------------------------- */

static gboolean is_attempt_before(const struct record_step *a, const struct record_step *b)
{
	return a->attempt < b->attempt && a->lane == b->lane && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->corner, b->corner) == 0 && strcmp(a->group, b->group) == 0;
}

/* A further attempt supersedes those before it when it begins. */
static void supersede_before(struct run_record *now, const struct run_record *was, guint step)
{
	for (guint i = 0; i < step; i++) {
		const struct record_step *before = g_ptr_array_index(was->steps, i);

		if (before->superseded && is_attempt_before(before, was->steps->pdata[step]))
			((struct record_step *)g_ptr_array_index(now->steps, i))->superseded = TRUE;
	}
}

/* A step that ended in an error has the error's verdict. */
static void judge_step(const struct judging *by, struct run_record *now, guint first, guint number)
{
	struct record_step *step = g_ptr_array_index(now->steps, number);
	gboolean marginal;
	char *reason;

	for (guint i = first; i < now->measurements->len; i++)
		judging_value(by, now, g_ptr_array_index(now->measurements, i));
	enum verdict verdict = judging_sum(now, first, &marginal, &reason);
	if (!step->error_kind && step->verdict != VERDICT_ABORTED) {
		step->verdict = verdict;
		g_free(step->reason);
		step->reason = g_steal_pointer(&reason);
	}
	g_free(reason);
}

static void judge_steps(const struct judging *by, struct run_record *now,
                        const struct run_record *was)
{
	g_autofree gpointer *in_order = g_new0(gpointer, was->measurements->len + 1);

	for (guint i = 0; i < now->steps->len; i++)
		((struct record_step *)g_ptr_array_index(now->steps, i))->superseded = FALSE;
	for (guint step = 0; step < now->steps->len; step++) {
		guint first = now->measurements->len;

		supersede_before(now, was, step);
		for (guint i = 0; i < was->measurements->len; i++) {
			const struct record_measurement *m = was->measurements->pdata[i];
			if (m->step == step)
				in_order[i] = copy_value(now, m);
		}
		judge_step(by, now, first, step);
	}
	for (guint i = 0; i < now->measurements->len; i++)
		now->measurements->pdata[i] = in_order[i];
	for (guint i = 0; i < now->steps->len; i++)
		((struct record_step *)g_ptr_array_index(now->steps, i))->superseded =
			((const struct record_step *)g_ptr_array_index(was->steps, i))->superseded;
}

/* --- the verdict ------------------------------------------------------------------------------ */

static void conclude(struct run_record *now)
{
	g_clear_pointer(&now->reason, g_free);
	g_clear_pointer(&now->first_failing_step, g_free);
	judging_conclude(now, TRUE);
}

static void keep_verdict(struct run_record *now, const struct run_record *was)
{
	now->verdict = was->verdict;
	record_text(&now->reason, was->reason);
	record_text(&now->first_failing_step, was->first_failing_step);
}

/* Whether the verdict is what steps and limits say; else the station itself gave it. `now` has the
 * steps as they were. */
static gboolean is_of_steps(struct run_record *now, const struct run_record *was)
{
	if (g_strcmp0(was->first_failing_step, "limits") == 0)
		return TRUE;
	conclude(now);
	return now->verdict == was->verdict && g_strcmp0(now->reason, was->reason) == 0 &&
	       g_strcmp0(now->first_failing_step, was->first_failing_step) == 0;
}

static gboolean has_step(const struct run_record *record, const struct record_step *wanted)
{
	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = g_ptr_array_index(record->steps, i);
		if (step->lane == wanted->lane && strcmp(step->name, wanted->name) == 0 &&
		    strcmp(step->corner, wanted->corner) == 0 &&
		    strcmp(step->group, wanted->group) == 0)
			return TRUE;
	}
	return FALSE;
}

/* The step after which a plan that had failed went no further; null when it went to its end. */
static const struct record_step *last_step(const struct run_record *was,
                                           const struct run_record *whole)
{
	const struct record_step *last = NULL;

	for (guint i = 0; i < was->steps->len; i++) {
		const struct record_step *step = g_ptr_array_index(was->steps, i);
		if (strcmp(step->group, "cleanup") != 0)
			last = step;
	}
	if (!last || last->verdict <= VERDICT_PASS)
		return NULL;
	for (guint i = 0; whole && i < whole->steps->len; i++)
		if (!has_step(was, g_ptr_array_index(whole->steps, i)))
			return last;
	return whole ? NULL : last;
}

static void cannot_pass(struct run_record *now, const char *step, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
static void cannot_pass(struct run_record *now, const char *step, const char *format, ...)
{
	va_list args;

	if (now->verdict != VERDICT_PASS)
		return;
	va_start(args, format);
	now->reason = g_strdup_vprintf(format, args);
	va_end(args);
	now->verdict = VERDICT_ERROR;
	now->first_failing_step = g_strdup(step);
}

static void conclude_again(const struct judging *by, struct run_record *now,
                           const struct run_record *was, const struct run_record *whole,
                           gboolean is_of_steps)
{
	const struct record_step *last = last_step(was, whole);

	conclude(now);
	if (!is_of_steps && was->verdict >= now->verdict)
		keep_verdict(now, was);
	for (guint i = 0; i < was->notes->len; i++)
		if (g_str_has_prefix(was->notes->pdata[i], JUDGING_HALF_WRITTEN))
			cannot_pass(now, "writes", "%s", (const char *)was->notes->pdata[i]);
	if (last)
		cannot_pass(now, last->name,
		            "the plan ended after %s, which had failed: what comes after it was "
		            "not measured",
		            last->name);
	judging_require_all(by, now);
	now->marginal = now->verdict == VERDICT_PASS && judging_is_marginal(now);
}

struct run_record *rejudge_record(const struct judging *by, const struct run_record *was,
                                  const struct run_record *whole)
{
	struct run_record *now = run_record_new();

	copy_head(now, was);
	copy_steps(now, was);
	if (!was->steps->len || was->verdict == VERDICT_NONE) {
		keep_verdict(now, was);
		return now;
	}
	gboolean of_steps = is_of_steps(now, was);
	judge_steps(by, now, was);
	conclude_again(by, now, was, whole, of_steps);
	return now;
}

/* --- what it is judged with ------------------------------------------------------------------- */

void rejudge_take_decision(const struct run_record *was, struct judging *by)
{
	by->rule = LIMIT_MARGINAL;
	by->false_accept = NAN;
	for (guint i = 0; i < was->measurements->len; i++) {
		const struct record_measurement *m = was->measurements->pdata[i];
		if (!m->judgements->len)
			continue;
		const struct judgement *j = g_ptr_array_index(m->judgements, 0);
		by->rule = j->rule;
		by->false_accept = j->false_accept;
		return;
	}
}

static const char *sha256_of(const struct run_record *record, const char *role)
{
	for (guint i = 0; i < record->files->len; i++) {
		const struct record_file *file = g_ptr_array_index(record->files, i);
		if (strcmp(file->role, role) == 0)
			return file->sha256;
	}
	return "";
}

gboolean rejudge_is_whole_for(const struct run_record *whole, const struct run_record *was)
{
	return whole->verdict == VERDICT_PASS &&
	       strcmp(whole->part_number, was->part_number) == 0 &&
	       strcmp(sha256_of(whole, "plan"), sha256_of(was, "plan")) == 0 &&
	       strcmp(sha256_of(whole, "knobs"), sha256_of(was, "knobs")) == 0;
}

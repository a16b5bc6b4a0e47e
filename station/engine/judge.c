/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/run.h"

#include "base/unit.h"

#include <math.h>
#include <string.h>

struct place { /* where a measurement was taken */
	const struct run_record *record;
	const char *corner;
};

/* A name in a formula: the same lane first, then what belongs to the whole unit. */
static gboolean lookup(const char *measure, int lane, double *value, gpointer data)
{
	const struct place *place = data;
	const struct record_measurement *m =
		run_record_find(place->record, measure, lane, place->corner);

	if (!m && lane)
		m = run_record_find(place->record, measure, 0, place->corner);
	if (!m || isnan(m->value))
		return FALSE;
	*value = m->value;
	return TRUE;
}

static const struct limit_set *set_for(const struct run *run, const char *measure)
{
	for (guint i = 0; i < run->files->limits->len; i++) {
		const struct limit_set *set = g_ptr_array_index(run->files->limits, i);
		if (limit_set_has(set, measure))
			return set;
	}
	return NULL;
}

/* The first reason among the judgements that count, in the words of the limit. */
static const char *worst_reason(const struct record_measurement *m)
{
	for (guint i = 0; i < m->judgements->len; i++) {
		const struct judgement *j = g_ptr_array_index(m->judgements, i);
		if (j->reason && j->verdict == m->verdict &&
		    (j->gate == LIMIT_GATE || j->gate == LIMIT_CHECK))
			return j->reason;
	}
	return NULL;
}

static void publish(struct run *run, const struct record_measurement *m)
{
	struct event event = event_make(EVENT_MEASUREMENT, 0, NULL);

	g_strlcpy(event.name, m->id, sizeof event.name);
	g_strlcpy(event.unit, m->unit, sizeof event.unit);
	g_strlcpy(event.corner, m->corner, sizeof event.corner);
	g_strlcpy(event.text, m->reason ? m->reason : "", sizeof event.text);
	event.lane = m->lane;
	event.value = m->value;
	event.verdict = m->verdict;
	event.marginal = m->marginal;
	if (m->judgements->len) {
		const struct judgement *j = g_ptr_array_index(m->judgements, 0);
		event.low = j->low;
		event.high = j->high;
	}
	run_publish(run, &event);
}

static void judge_one(struct run *run, struct record_measurement *m)
{
	const struct limit_set *set = set_for(run, m->id);
	struct place place = { run->record, m->corner };
	struct limit_context context = { lookup, &place };
	const char *why;

	if (!set || m->verdict != VERDICT_NONE)
		return;
	m->verdict = limit_judge(set, m->id, m->lane, m->value, m->unit, &context, m->judgements,
	                         &m->marginal);
	why = worst_reason(m);
	if (m->verdict > VERDICT_PASS && (why || !m->reason)) {
		g_autofree char *because = m->reason;
		m->reason = because ? g_strdup_printf("%s (%s)", why, because) : g_strdup(why);
	}
}

enum verdict run_judge(struct run *run, guint first, gboolean *marginal, char **reason)
{
	enum verdict worst = VERDICT_PASS;
	g_autoptr(GString) reasons = g_string_new(NULL);

	*marginal = FALSE;
	for (guint i = first; i < run->record->measurements->len; i++) {
		struct record_measurement *m = g_ptr_array_index(run->record->measurements, i);

		judge_one(run, m);
		publish(run, m);
		*marginal = *marginal || m->marginal;
		worst = verdict_worst(worst, m->verdict);
		if (m->verdict <= VERDICT_PASS)
			continue;
		if (reasons->len)
			g_string_append(reasons, "; ");
		if (m->lane)
			g_string_append_printf(reasons, "lane %d: ", m->lane);
		g_string_append_printf(reasons, "%s %s", m->id, m->reason ? m->reason : "failed");
	}
	*reason = reasons->len ? g_string_free(g_steal_pointer(&reasons), FALSE) : NULL;
	return worst;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/judging.h"

#include "base/unit.h"

#include <math.h>
#include <string.h>

struct place { /* where a measurement was taken */
	const struct run_record *record;
	const char *corner;
	const char
		*failed; /* a measurement asked for that has no value because the unit failed it */
};

/*
 * What a name in a formula means: at the same corner, else at none, for what was measured while the
 * head was on its way belongs to every corner. What is judged there sees every corner's.
 */
static const struct record_measurement *find_at(const struct place *place, const char *measure,
                                                int lane)
{
	const char *corner = *place->corner ? place->corner : NULL;
	const struct record_measurement *m = run_record_find(place->record, measure, lane, corner);

	return m || !corner ? m : run_record_find(place->record, measure, lane, "");
}

/* The same lane first, then what belongs to the whole unit. */
static const struct record_measurement *find(const struct place *place, const char *measure,
                                             int lane)
{
	const struct record_measurement *m = find_at(place, measure, lane);

	return m || !lane ? m : find_at(place, measure, 0);
}

static double doubt_of(const char *measure, int lane, gpointer data)
{
	const struct record_measurement *m = find(data, measure, lane);

	return m ? m->uncertainty : NAN;
}

static gboolean lookup(const char *measure, int lane, double *value, gpointer data)
{
	struct place *place = data;
	const struct record_measurement *m = find(place, measure, lane);

	if (m && isnan(m->value) && m->verdict == VERDICT_FAIL)
		place->failed = m->id;
	if (!m || isnan(m->value))
		return FALSE;
	*value = m->value;
	return TRUE;
}

/* A limit that is a formula of a value which the unit failed to give cannot be met: that is the
 * unit's failure and not the station's. */
static void fail_by_other(struct record_measurement *m, const char *failed)
{
	for (guint i = 0; i < m->judgements->len; i++) {
		struct judgement *j = g_ptr_array_index(m->judgements, i);

		if (j->verdict != VERDICT_ERROR)
			continue;
		j->verdict = VERDICT_FAIL;
		g_free(j->reason);
		j->reason = g_strdup_printf("its limit needs %s, which failed", failed);
	}
	m->verdict = VERDICT_FAIL;
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

/* What all files of limits say of it; the judgements are added to those of out. */
static enum verdict judge_by_all(const struct judging *by, const struct record_measurement *m,
                                 struct place *place, GPtrArray *out, gboolean *marginal)
{
	struct limit_context context = {lookup,
	                                place,
	                                doubt_of,
	                                {by->rule, by->false_accept, m->uncertainty}};
	enum verdict verdict = VERDICT_NONE;

	/* a measure may stand in several files: the strictest of them counts */
	for (guint i = 0; i < by->limits->len; i++) {
		gboolean near = FALSE;

		verdict = verdict_worst(verdict, limit_judge(g_ptr_array_index(by->limits, i),
		                                             m->id, m->lane, m->value, m->unit,
		                                             &context, out, &near));
		*marginal = *marginal || near;
	}
	return verdict;
}

void judging_value(const struct judging *by, const struct run_record *record,
                   struct record_measurement *m)
{
	struct place place = {record, m->corner, NULL};
	const char *why;

	if (m->verdict != VERDICT_NONE)
		return;
	m->verdict = judge_by_all(by, m, &place, m->judgements, &m->marginal);
	if (m->verdict == VERDICT_ERROR && place.failed)
		fail_by_other(m, place.failed);
	m->marginal = m->marginal && m->verdict == VERDICT_PASS;
	why = worst_reason(m);
	if (m->verdict > VERDICT_PASS && (why || !m->reason)) {
		g_autofree char *because = m->reason;
		m->reason = because ? g_strdup_printf("%s (%s)", why, because) : g_strdup(why);
	}
}

enum verdict judging_sum(const struct run_record *record, guint first, gboolean *marginal,
                         char **reason)
{
	enum verdict worst = VERDICT_PASS;
	g_autoptr(GString) reasons = g_string_new(NULL);

	*marginal = FALSE;
	for (guint i = first; i < record->measurements->len; i++) {
		const struct record_measurement *m = g_ptr_array_index(record->measurements, i);

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

/* --- how far from a change of verdict --------------------------------------------------------- */

static double distance_to(double value, double bound)
{
	return isnan(bound) ? INFINITY : fabs(value - bound);
}

/* Of a value from the nearest bound, guarded or not; 0 where a limit cannot judge it. */
static double distance(const struct judgement *j, double value)
{
	if (j->gate != LIMIT_GATE && j->gate != LIMIT_CHECK)
		return INFINITY;
	if (j->verdict != VERDICT_PASS && j->verdict != VERDICT_FAIL)
		return 0.0;
	return fmin(fmin(distance_to(value, j->low), distance_to(value, j->low_guarded)),
	            fmin(distance_to(value, j->high), distance_to(value, j->high_guarded)));
}

static double clearance_of(const struct judging *by, const struct run_record *record,
                           const struct record_measurement *m)
{
	g_autoptr(GPtrArray) judgements =
		g_ptr_array_new_with_free_func((GDestroyNotify)judgement_free);
	struct place place = {record, m->corner, NULL};
	double least = INFINITY;
	gboolean marginal = FALSE;

	if (m->verdict != VERDICT_NONE)
		return m->verdict == VERDICT_PASS ? INFINITY : 0.0;
	judge_by_all(by, m, &place, judgements, &marginal);
	for (guint i = 0; i < judgements->len; i++)
		least = fmin(least, distance(g_ptr_array_index(judgements, i), m->value));
	if (isinf(least))
		return INFINITY;
	return m->uncertainty > 0.0 ? least / m->uncertainty : 0.0;
}

double judging_clearance(const struct judging *by, const struct run_record *record, guint first)
{
	double least = INFINITY;

	for (guint i = first; i < record->measurements->len; i++)
		least = fmin(least,
		             clearance_of(by, record, g_ptr_array_index(record->measurements, i)));
	return least;
}

int judging_missing_lane(const struct judging *by, const struct run_record *record,
                         const struct limit_row *row)
{
	int n = (int)by->n_lanes, found = 0, missing = 0;

	if (row->gate != LIMIT_GATE && row->gate != LIMIT_CHECK)
		return -1;
	if (run_record_find(record, row->measure, 0, NULL))
		return -1;
	for (int lane = 1; lane <= n; lane++) {
		if (row->lane && row->lane != lane)
			continue;
		if (run_record_find(record, row->measure, lane, NULL))
			found++;
		else if (!missing)
			missing = lane;
	}
	if (!missing)
		return -1;
	return found || row->lane ? missing : 0;
}

char *judging_missing(const struct judging *by, const struct run_record *record)
{
	for (guint i = 0; i < by->limits->len; i++) {
		const struct limit_set *set = g_ptr_array_index(by->limits, i);
		for (guint k = 0; k < limit_set_size(set); k++) {
			const struct limit_row *row = limit_set_row(set, k);
			int lane = judging_missing_lane(by, record, row);

			if (lane > 0)
				return g_strdup_printf("lane %d: no value of %s, which limit %s "
				                       "judges",
				                       lane, row->measure, row->id);
			if (lane == 0)
				return g_strdup_printf("no value of %s, which limit %s judges",
				                       row->measure, row->id);
		}
	}
	return NULL;
}

/* --- of the whole run ------------------------------------------------------------------------- */

static const struct record_step *first_bad_step(const struct run_record *record,
                                                enum verdict verdict)
{
	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = g_ptr_array_index(record->steps, i);
		if (!step->superseded && step->verdict == verdict)
			return step;
	}
	return NULL;
}

gboolean judging_is_marginal(const struct run_record *record)
{
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *m = g_ptr_array_index(record->measurements, i);
		if (m->marginal && !run_record_superseded(record, m->step))
			return TRUE;
	}
	return FALSE;
}

/* No PASS without a value for every limit that fails a unit, nor for a plan that did nothing. */
void judging_require_all(const struct judging *by, struct run_record *record)
{
	g_autofree char *missing = NULL;

	if (record->verdict != VERDICT_PASS)
		return;
	missing = judging_missing(by, record);
	if (missing) {
		record->verdict = VERDICT_ERROR;
		record->reason = g_steal_pointer(&missing);
		record->first_failing_step = g_strdup("limits");
	}
}

/* The unit's verdict from the steps that count. A plan that did nothing has judged nothing. */
void judging_conclude(struct run_record *record, gboolean undone)
{
	enum verdict worst = record->steps->len ? VERDICT_PASS : VERDICT_ERROR;
	const struct record_step *step;

	for (guint i = 0; i < record->steps->len; i++) {
		step = g_ptr_array_index(record->steps, i);
		if (!step->superseded)
			worst = verdict_worst(worst, step->verdict);
	}
	if (!undone)
		worst = verdict_worst(worst, VERDICT_ERROR);
	record->verdict = worst;
	if (worst == VERDICT_PASS)
		return;
	step = first_bad_step(record, worst);
	record->reason =
		step ? g_strdup_printf("%s%s%s", step->name, step->reason ? ": " : "",
	                               step->reason ? step->reason : "")
		     : g_strdup(undone ? "nothing was done" : "the safe state was not reached");
	record->first_failing_step = g_strdup(step ? step->name : "undo");
}

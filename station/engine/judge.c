/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/run.h"

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

static void publish(struct run *run, const struct record_measurement *m)
{
	struct event event = event_make(EVENT_MEASUREMENT, 0, NULL);

	g_strlcpy(event.name, m->id, sizeof event.name);
	g_strlcpy(event.unit, m->unit, sizeof event.unit);
	g_strlcpy(event.corner, m->corner, sizeof event.corner);
	event_set_text(&event, m->reason ? m->reason : "");
	event.lane = m->lane;
	event.value = m->value;
	event.verdict = m->verdict;
	event.marginal = m->marginal;
	if (m->judgements->len) {
		const struct judgement *j = record_measurement_decisive(m);
		event.low = j->low;
		event.high = j->high;
	}
	run_publish(run, &event);
}

/* What all files of limits say of it; the judgements are added to those of out. */
static enum verdict judge_value(const struct run *run, const struct record_measurement *m,
                                struct place *place, GPtrArray *out, gboolean *marginal)
{
	const struct config_product *product = run->files->product;
	struct limit_context context = {lookup,
	                                place,
	                                doubt_of,
	                                {product->rule, product->false_accept, m->uncertainty}};
	enum verdict verdict = VERDICT_NONE;

	/* a measure may stand in several files: the strictest of them counts */
	for (guint i = 0; i < run->files->limits->len; i++) {
		gboolean near = FALSE;

		verdict =
			verdict_worst(verdict, limit_judge(g_ptr_array_index(run->files->limits, i),
		                                           m->id, m->lane, m->value, m->unit,
		                                           &context, out, &near));
		*marginal = *marginal || near;
	}
	return verdict;
}

static void judge_one(struct run *run, struct record_measurement *m)
{
	struct place place = {run->record, m->corner, NULL};
	const char *why;

	if (m->verdict != VERDICT_NONE)
		return;
	m->verdict = judge_value(run, m, &place, m->judgements, &m->marginal);
	if (m->verdict == VERDICT_ERROR && place.failed)
		fail_by_other(m, place.failed);
	m->marginal = m->marginal && m->verdict == VERDICT_PASS;
	why = worst_reason(m);
	if (m->verdict > VERDICT_PASS && (why || !m->reason)) {
		g_autofree char *because = m->reason;
		m->reason = because ? g_strdup_printf("%s (%s)", why, because) : g_strdup(why);
	}
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

static double clearance_of(const struct run *run, const struct record_measurement *m)
{
	g_autoptr(GPtrArray) judgements =
		g_ptr_array_new_with_free_func((GDestroyNotify)judgement_free);
	struct place place = {run->record, m->corner, NULL};
	double least = INFINITY;
	gboolean marginal = FALSE;

	if (m->verdict != VERDICT_NONE)
		return m->verdict == VERDICT_PASS ? INFINITY : 0.0;
	judge_value(run, m, &place, judgements, &marginal);
	for (guint i = 0; i < judgements->len; i++)
		least = fmin(least, distance(g_ptr_array_index(judgements, i), m->value));
	if (isinf(least))
		return INFINITY;
	return m->uncertainty > 0.0 ? least / m->uncertainty : 0.0;
}

double run_clearance(const struct run *run, guint first)
{
	double least = INFINITY;

	for (guint i = first; i < run->record->measurements->len; i++)
		least = fmin(least,
		             clearance_of(run, g_ptr_array_index(run->record->measurements, i)));
	return least;
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

struct step_opinion step_would_judge(const struct step_context *ctx, const char *id, int lane,
                                     double value, const char *unit, double uncertainty)
{
	g_autoptr(GPtrArray) judgements =
		g_ptr_array_new_with_free_func((GDestroyNotify)judgement_free);
	struct step_opinion opinion = {VERDICT_NONE, NAN, NAN, NAN};
	const struct judgement *decisive;
	struct record_measurement m = {
		.id = (char *)id,
		.lane = lane,
		.corner = ctx->corner->name,
		.value = value,
		.unit = (char *)unit,
		.uncertainty = uncertainty,
		.judgements = judgements,
	};

	judge_one(ctx->run, &m);
	g_free(m.reason);
	opinion.verdict = m.verdict;
	decisive = record_measurement_decisive(&m);
	if (decisive) {
		opinion.low = decisive->low;
		opinion.high = decisive->high;
		opinion.margin = decisive->margin;
	}
	return opinion;
}

/* The lane for which a row has no value, 0 for the whole unit, -1 when none is missing. */
static int missing_lane(const struct run *run, const struct limit_row *row)
{
	int n = (int)run->files->product->n_lanes, found = 0, missing = 0;

	if (run_record_find(run->record, row->measure, 0, NULL))
		return -1;
	for (int lane = 1; lane <= n; lane++) {
		if (row->lane && row->lane != lane)
			continue;
		if (run_record_find(run->record, row->measure, lane, NULL))
			found++;
		else if (!missing)
			missing = lane;
	}
	if (!missing)
		return -1;
	return found || row->lane ? missing : 0;
}

char *run_missing(const struct run *run)
{
	for (guint i = 0; i < run->files->limits->len; i++) {
		const struct limit_set *set = g_ptr_array_index(run->files->limits, i);
		for (guint k = 0; k < limit_set_size(set); k++) {
			const struct limit_row *row = limit_set_row(set, k);
			int lane = row->gate == LIMIT_GATE || row->gate == LIMIT_CHECK
			                   ? missing_lane(run, row)
			                   : -1;
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

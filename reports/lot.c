/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/lot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The last run of each stage of one unit. */
struct progress {
	guint unit;      /* index into summary->units */
	GPtrArray *last; /* const struct run_record *, one a stage */
	gboolean repeated;
};

static void progress_clear(gpointer data)
{
	struct progress *progress = data;
	g_ptr_array_unref(progress->last);
}

static struct progress *find_progress(struct lot_summary *summary, GArray *all, const char *serial)
{
	for (guint i = 0; i < all->len; i++) {
		if (strcmp(g_array_index(summary->units, struct lot_unit, i).serial, serial) == 0)
			return &g_array_index(all, struct progress, i);
	}
	struct lot_unit unit = {.serial = serial};
	struct progress progress = {summary->units->len, g_ptr_array_new(), FALSE};
	g_array_append_val(summary->units, unit);
	g_array_append_val(all, progress);
	return &g_array_index(all, struct progress, all->len - 1);
}

static double run_seconds(const struct run_record *run)
{
	return run->end_us > 0 ? (double)(run->end_us - run->start_us) / G_USEC_PER_SEC : NAN;
}

static void add_run(struct lot_summary *summary, GArray *all, const struct run_record *run)
{
	struct progress *progress = find_progress(summary, all, run->serial);
	struct lot_unit *unit = &g_array_index(summary->units, struct lot_unit, progress->unit);
	double took_s = run_seconds(run);
	unit->n_runs++;
	unit->duration_s += isnan(took_s) ? 0 : took_s;
	for (guint i = 0; i < progress->last->len; i++) {
		const struct run_record *before = progress->last->pdata[i];
		if (strcmp(before->stage, run->stage) == 0) {
			progress->last->pdata[i] = (gpointer)run;
			progress->repeated = TRUE;
			return;
		}
	}
	g_ptr_array_add(progress->last, (gpointer)run);
}

/* A failure tells more than an error of the station, and that more than a pass. */
static int telling_weight(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_FAIL:
		return 3;
	case VERDICT_ERROR:
	case VERDICT_ABORTED:
		return 2;
	case VERDICT_PASS:
		return 0;
	default:
		return 1;
	}
}

static void judge_unit(struct lot_unit *unit, const struct progress *progress, guint stages)
{
	for (guint i = 0; i < progress->last->len; i++) {
		const struct run_record *run = progress->last->pdata[i];
		unit->marginal = unit->marginal || run->marginal;
		if (!unit->telling ||
		    telling_weight(run->verdict) >= telling_weight(unit->telling->verdict))
			unit->telling = run;
	}
	unit->verdict = unit->telling->verdict;
	if (unit->verdict == VERDICT_PASS && progress->last->len < stages)
		unit->verdict = VERDICT_NONE;
	unit->first_pass = unit->verdict == VERDICT_PASS && !progress->repeated;
	unit->marginal = unit->marginal && unit->verdict == VERDICT_PASS;
}

static guint count_stages(const struct lot_report *lot)
{
	g_autoptr(GHashTable) stages = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < lot->records->len; i++)
		g_hash_table_add(stages, ((struct run_record *)lot->records->pdata[i])->stage);
	return g_hash_table_size(stages);
}

static int compare_causes(gconstpointer a, gconstpointer b)
{
	const struct lot_cause *first = a, *second = b;
	if (first->count != second->count)
		return first->count > second->count ? -1 : 1;
	return strcmp(first->step, second->step);
}

static void count_cause(GArray *causes, const char *step)
{
	for (guint i = 0; i < causes->len; i++) {
		struct lot_cause *cause = &g_array_index(causes, struct lot_cause, i);
		if (strcmp(cause->step, step) == 0) {
			cause->count++;
			return;
		}
	}
	struct lot_cause cause = {step, 1};
	g_array_append_val(causes, cause);
}

static void count_unit(struct lot_summary *summary, const struct lot_unit *unit)
{
	summary->passed += unit->verdict == VERDICT_PASS;
	summary->first_passed += unit->first_pass;
	summary->failed += unit->verdict == VERDICT_FAIL;
	summary->not_judged += unit->verdict != VERDICT_PASS && unit->verdict != VERDICT_FAIL;
	const char *step = unit->telling->first_failing_step;
	if (unit->verdict == VERDICT_FAIL)
		count_cause(summary->causes, step ? step : "unknown");
}

/* --- times ---------------------------------------------------------------------------------- */

static int compare_numbers(gconstpointer a, gconstpointer b)
{
	double first = *(const double *)a, second = *(const double *)b;
	return (first > second) - (first < second);
}

static double median(GArray *values)
{
	if (values->len == 0)
		return NAN;
	g_array_sort(values, compare_numbers);
	guint middle = values->len / 2;
	double upper = g_array_index(values, double, middle);
	return values->len % 2 ? upper : (g_array_index(values, double, middle - 1) + upper) / 2;
}

static void add_times(struct lot_summary *summary, GHashTable *by_step,
                      const struct run_record *run)
{
	for (guint i = 0; i < run->steps->len; i++) {
		const struct record_step *step = run->steps->pdata[i];
		if (step->verdict == VERDICT_SKIPPED)
			continue;
		GArray *times = g_hash_table_lookup(by_step, step->name);
		if (!times) {
			times = g_array_new(FALSE, FALSE, sizeof(double));
			g_hash_table_insert(by_step, step->name, times);
			struct lot_time time = {.step = step->name};
			g_array_append_val(summary->times, time);
		}
		g_array_append_val(times, step->duration_s);
	}
}

static void summarise_times(struct lot_summary *summary, const struct lot_report *lot)
{
	g_autoptr(GHashTable) by_step =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
	g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i < lot->records->len; i++) {
		add_times(summary, by_step, lot->records->pdata[i]);
		double took_s = run_seconds(lot->records->pdata[i]);
		if (!isnan(took_s))
			g_array_append_val(runs, took_s);
	}
	summary->median_run_s = median(runs);
	for (guint i = 0; i < summary->times->len; i++) {
		struct lot_time *time = &g_array_index(summary->times, struct lot_time, i);
		GArray *times = g_hash_table_lookup(by_step, time->step);
		time->count = times->len;
		time->median_s = median(times);
		for (guint t = 0; t < times->len; t++)
			time->total_s += g_array_index(times, double, t);
	}
}

struct lot_summary *lot_summarise(const struct lot_report *lot)
{
	struct lot_summary *summary = g_new0(struct lot_summary, 1);
	summary->units = g_array_new(FALSE, TRUE, sizeof(struct lot_unit));
	summary->causes = g_array_new(FALSE, TRUE, sizeof(struct lot_cause));
	summary->times = g_array_new(FALSE, TRUE, sizeof(struct lot_time));
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(struct progress));
	g_array_set_clear_func(all, progress_clear);
	for (guint i = 0; i < lot->records->len; i++)
		add_run(summary, all, lot->records->pdata[i]);
	guint stages = count_stages(lot);
	for (guint i = 0; i < summary->units->len; i++) {
		struct lot_unit *unit = &g_array_index(summary->units, struct lot_unit, i);
		judge_unit(unit, &g_array_index(all, struct progress, i), stages);
		count_unit(summary, unit);
	}
	g_array_sort(summary->causes, compare_causes);
	summarise_times(summary, lot);
	return summary;
}

void lot_summary_free(struct lot_summary *summary)
{
	if (!summary)
		return;
	g_array_unref(summary->units);
	g_array_unref(summary->causes);
	g_array_unref(summary->times);
	g_free(summary);
}

double lot_yield(const struct lot_summary *summary, guint passed)
{
	guint judged = summary->passed + summary->failed;
	return judged > 0 ? (double)passed / judged : NAN;
}

const char *lot_unit_word(const struct lot_unit *unit)
{
	if (unit->verdict == VERDICT_NONE || unit->verdict == VERDICT_SKIPPED)
		return "INCOMPLETE";
	return verdict_name(unit->verdict);
}

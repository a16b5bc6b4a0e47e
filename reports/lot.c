/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/lot.h"

#include "base/median.h"
#include "reports/markup.h"
#include "reports/phase.h"
#include "reports/reason.h"

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
	unit->part_number = unit->telling->part_number;
	unit->type = unit->telling->type;
	unit->touched = unit->verdict == VERDICT_PASS && unit->telling->touched;
	if (unit->touched || (unit->verdict == VERDICT_PASS && progress->last->len < stages))
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

static guint type_of(struct lot_summary *summary, const char *name)
{
	for (guint i = 0; i < summary->types->len; i++) {
		if (strcmp(g_array_index(summary->types, struct lot_type, i).type, name) == 0)
			return i;
	}
	struct lot_type type = {.type = name};
	g_array_append_val(summary->types, type);
	return summary->types->len - 1;
}

static void count_type(struct lot_summary *summary, const struct lot_unit *unit)
{
	guint place = type_of(summary, unit->type);
	struct lot_type *type = &g_array_index(summary->types, struct lot_type, place);
	type->units++;
	type->passed += unit->verdict == VERDICT_PASS;
	type->first_passed += unit->first_pass;
	type->failed += unit->verdict == VERDICT_FAIL;
	type->not_judged += unit->verdict != VERDICT_PASS && unit->verdict != VERDICT_FAIL;
}

static void count_unit(struct lot_summary *summary, const struct lot_unit *unit)
{
	count_type(summary, unit);
	summary->passed += unit->verdict == VERDICT_PASS;
	summary->first_passed += unit->first_pass;
	summary->failed += unit->verdict == VERDICT_FAIL;
	summary->not_judged += unit->verdict != VERDICT_PASS && unit->verdict != VERDICT_FAIL;
	const char *step = unit->telling->first_failing_step;
	if (unit->verdict == VERDICT_FAIL)
		count_cause(summary->causes, step ? step : "unknown");
}

/* --- failing parameters --------------------------------------------------------------------- */

static int compare_parameters(gconstpointer a, gconstpointer b)
{
	const struct lot_parameter *first = a, *second = b;
	if (first->count != second->count)
		return first->count > second->count ? -1 : 1;
	return strcmp(first->id, second->id);
}

static void parameter_clear(gpointer data)
{
	g_free(((struct lot_parameter *)data)->by_type);
}

static struct lot_parameter *find_parameter(struct lot_summary *summary, const char *id)
{
	for (guint i = 0; i < summary->parameters->len; i++) {
		struct lot_parameter *parameter =
			&g_array_index(summary->parameters, struct lot_parameter, i);
		if (strcmp(parameter->id, id) == 0)
			return parameter;
	}
	struct lot_parameter added = {id, 0, g_new0(guint, summary->types->len)};
	g_array_append_val(summary->parameters, added);
	return &g_array_index(summary->parameters, struct lot_parameter,
	                      summary->parameters->len - 1);
}

/* A unit counts once for each parameter, at however many lanes and corners it failed. */
static void count_parameters(struct lot_summary *summary, const struct lot_unit *unit)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	const GPtrArray *measurements = unit->telling->measurements;
	for (guint i = 0; i < measurements->len; i++) {
		const struct record_measurement *measurement = measurements->pdata[i];
		if (measurement->verdict != VERDICT_FAIL ||
		    !phase_counts(unit->telling, measurement) ||
		    !g_hash_table_add(seen, measurement->id))
			continue;
		struct lot_parameter *parameter = find_parameter(summary, measurement->id);
		parameter->count++;
		parameter->by_type[type_of(summary, unit->type)]++;
	}
}

/* --- times ---------------------------------------------------------------------------------- */

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
	summary->median_run_s = median_of_array(runs);
	for (guint i = 0; i < summary->times->len; i++) {
		struct lot_time *time = &g_array_index(summary->times, struct lot_time, i);
		GArray *times = g_hash_table_lookup(by_step, time->step);
		time->count = times->len;
		time->median_s = median_of_array(times);
		for (guint t = 0; t < times->len; t++)
			time->total_s += g_array_index(times, double, t);
	}
}

/* --- the whole ------------------------------------------------------------------------------ */

static guint place_of(const struct lot_report *lot, const char *serial)
{
	guint place = 0;
	while (lot->serials && lot->serials[place] && strcmp(lot->serials[place], serial) != 0)
		place++;
	return place;
}

static int compare_units(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct lot_unit *first = a, *second = b;
	guint first_place = place_of(data, first->serial);
	guint second_place = place_of(data, second->serial);
	return (first_place > second_place) - (first_place < second_place);
}

static struct lot_summary *summary_new(void)
{
	struct lot_summary *summary = g_new0(struct lot_summary, 1);
	summary->units = g_array_new(FALSE, TRUE, sizeof(struct lot_unit));
	summary->types = g_array_new(FALSE, TRUE, sizeof(struct lot_type));
	summary->causes = g_array_new(FALSE, TRUE, sizeof(struct lot_cause));
	summary->parameters = g_array_new(FALSE, TRUE, sizeof(struct lot_parameter));
	g_array_set_clear_func(summary->parameters, parameter_clear);
	summary->times = g_array_new(FALSE, TRUE, sizeof(struct lot_time));
	return summary;
}

struct lot_summary *lot_summarise(const struct lot_report *lot)
{
	struct lot_summary *summary = summary_new();
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(struct progress));
	g_array_set_clear_func(all, progress_clear);
	for (guint i = 0; i < lot->records->len; i++)
		add_run(summary, all, lot->records->pdata[i]);
	guint stages = count_stages(lot);
	for (guint i = 0; i < summary->units->len; i++)
		judge_unit(&g_array_index(summary->units, struct lot_unit, i),
		           &g_array_index(all, struct progress, i), stages);
	g_array_sort_with_data(summary->units, compare_units, (gpointer)lot);
	for (guint i = 0; i < summary->units->len; i++)
		count_unit(summary, &g_array_index(summary->units, struct lot_unit, i));
	for (guint i = 0; i < summary->units->len; i++) {
		const struct lot_unit *unit = &g_array_index(summary->units, struct lot_unit, i);
		if (unit->verdict == VERDICT_FAIL)
			count_parameters(summary, unit);
	}
	g_array_sort(summary->causes, compare_causes);
	g_array_sort(summary->parameters, compare_parameters);
	summarise_times(summary, lot);
	return summary;
}

void lot_summary_free(struct lot_summary *summary)
{
	if (!summary)
		return;
	g_array_unref(summary->units);
	g_array_unref(summary->types);
	g_array_unref(summary->causes);
	g_array_unref(summary->parameters);
	g_array_unref(summary->times);
	g_free(summary);
}

double lot_yield(guint good, guint passed, guint failed)
{
	return passed + failed > 0 ? (double)good / (passed + failed) : NAN;
}

const char *lot_unit_word(const struct lot_unit *unit)
{
	if (unit->touched)
		return "TOUCHED";
	if (unit->verdict == VERDICT_NONE || unit->verdict == VERDICT_SKIPPED)
		return "INCOMPLETE";
	return verdict_name(unit->verdict);
}

char *lot_unit_reason(const struct lot_unit *unit)
{
	return unit->touched ? reason_touched(unit->telling) : g_strdup(unit->telling->reason);
}

char *lot_title(const char *name, const struct report_span *span)
{
	return span ? g_strdup_printf("Station %s: %s", span->station, name)
	            : g_strdup_printf("Lot %s", name);
}

char *lot_yield_text(guint good, guint passed, guint failed, report_bounds_fn *bounds)
{
	double yield = lot_yield(good, passed, failed), low = NAN, high = NAN;
	g_autofree char *percent = markup_number(100 * yield, 1);
	if (isnan(yield))
		return g_strdup("none");
	if (bounds)
		bounds(good, passed + failed, &low, &high);
	if (isnan(low))
		return g_strdup_printf("%s %%: %u of %u", percent, good, passed + failed);
	g_autofree char *from = markup_number(100 * low, 1);
	g_autofree char *to = markup_number(100 * high, 1);
	return g_strdup_printf("%s %% (%s to %s %%): %u of %u", percent, from, to, good,
	                       passed + failed);
}

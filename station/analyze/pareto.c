/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/analyze/parts.h"
#include "station/store/query.h"

#include <math.h>

struct cause {
	char *step, *measurement; /* measurement "" where only steps are told */
	guint count;
};

struct causes {
	GHashTable *by_name; /* "step measurement" to struct cause, borrowed */
	GPtrArray *list;     /* struct cause */
	guint total;
};

static void cause_free(gpointer data)
{
	struct cause *cause = data;

	g_free(cause->step);
	g_free(cause->measurement);
	g_free(cause);
}

static void count(struct causes *causes, const char *step, const char *measurement)
{
	g_autofree char *name = g_strjoin("\x1f", step, measurement, NULL);
	struct cause *cause = g_hash_table_lookup(causes->by_name, name);

	if (!cause) {
		cause = g_new0(struct cause, 1);
		cause->step = g_strdup(step);
		cause->measurement = g_strdup(measurement);
		g_ptr_array_add(causes->list, cause);
		g_hash_table_insert(causes->by_name, g_steal_pointer(&name), cause);
	}
	cause->count++;
	causes->total++;
}

struct tally {
	struct population *population;
	struct causes steps, measurements, unjudged;
	const struct store_try *seen; /* the run whose first failing value was counted */
};

/* Samples come in the order in which they were measured: the first that failed is the cause. */
static void take_sample(const struct store_try *run, guint key, const struct store_sample *sample,
                        gpointer data)
{
	struct tally *tally = data;
	const struct store_key *of = g_ptr_array_index(tally->population->keys, key);

	if (sample->verdict != VERDICT_FAIL || run->verdict != VERDICT_FAIL || tally->seen == run)
		return;
	tally->seen = run;
	count(&tally->measurements, run->first_failing_step, of->id);
}

static gint by_count(gconstpointer a, gconstpointer b)
{
	const struct cause *x = *(const struct cause *const *)a;
	const struct cause *y = *(const struct cause *const *)b;
	int order = (x->count < y->count) - (x->count > y->count);

	order = order ? order : g_strcmp0(x->step, y->step);
	return order ? order : g_strcmp0(x->measurement, y->measurement);
}

static const struct analysis_column step_columns[] = {
	{"step", "Step", ANALYSIS_TEXT},
	{"count", "Failed", ANALYSIS_COUNT},
	{"share", "Share", ANALYSIS_SHARE, 0, TRUE},
	{"so_far", "So far", ANALYSIS_SHARE, 1},
};

static const struct analysis_column measurement_columns[] = {
	{"measurement", "Measurement", ANALYSIS_TEXT}, {"step", "Step", ANALYSIS_TEXT, 2},
	{"count", "Failed", ANALYSIS_COUNT},           {"share", "Share", ANALYSIS_SHARE, 0, TRUE},
	{"so_far", "So far", ANALYSIS_SHARE, 1},
};

static void tell(struct analysis_table *table, struct causes *causes, guint top, guint failed)
{
	guint so_far = 0, n = top ? MIN(top, causes->list->len) : causes->list->len;
	gboolean steps = table->columns == step_columns;

	g_ptr_array_sort(causes->list, by_count);
	for (guint i = 0; i < n; i++) {
		const struct cause *cause = g_ptr_array_index(causes->list, i);
		double total = causes->total, share = cause->count / total;

		so_far += cause->count;
		if (steps)
			analysis_row(table, "", cause->step, (double)cause->count, share,
			             so_far / total);
		else
			analysis_row(table, "", cause->measurement, cause->step,
			             (double)cause->count, share, so_far / total);
	}
	analysis_note(table, "%u %s failed%s%s", failed, failed == 1 ? "try" : "tries",
	              steps ? "" : "; of each the first value that failed counts",
	              n < causes->list->len ? "; rarer causes are left out" : "");
}

static const struct analysis_column unjudged_columns[] = {
	{"verdict", "Verdict", ANALYSIS_TEXT},
	{"step", "Step", ANALYSIS_TEXT},
	{"count", "Runs", ANALYSIS_COUNT},
	{"share", "Of all runs", ANALYSIS_SHARE, 0, TRUE},
};

/* What ended in ERROR or ABORTED: the station's causes, not the units'. */
static void tell_unjudged(struct analysis *analysis, const struct population *population,
                          struct causes *causes)
{
	struct analysis_table *table =
		analysis_table(analysis, "unjudged", "Runs that judged nothing", unjudged_columns,
	                       G_N_ELEMENTS(unjudged_columns));

	g_ptr_array_sort(causes->list, by_count);
	for (guint i = 0; i < causes->list->len; i++) {
		const struct cause *cause = g_ptr_array_index(causes->list, i);

		analysis_row(table, "", cause->measurement, cause->step, (double)cause->count,
		             (double)cause->count / population->n_runs);
	}
	analysis_note(table, "%u of %u runs ended in ERROR or ABORTED; they are no tries.",
	              causes->total, population->n_runs);
}

/* Steps at which first tries failed, and those at which runs ended without a judgement. */
static void count_runs(struct tally *tally)
{
	const struct population *population = tally->population;

	for (guint i = 0; i < population->tries->runs->len; i++) {
		const struct store_try *run =
			&g_array_index(population->tries->runs, struct store_try, i);

		if (population_counts(population, run) && run->verdict == VERDICT_FAIL)
			count(&tally->steps, run->first_failing_step, "");
		if (population_has(population, run) && !store_is_try(run->verdict))
			count(&tally->unjudged, run->first_failing_step,
			      verdict_name(run->verdict));
	}
}

static struct causes causes_new(void)
{
	return (struct causes){
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		g_ptr_array_new_with_free_func(cause_free),
		0,
	};
}

static void causes_clear(struct causes *causes)
{
	g_hash_table_unref(causes->by_name);
	g_ptr_array_unref(causes->list);
}

struct analysis *analyze_pareto(struct population *population,
                                const struct analyze_settings *settings, GError **error)
{
	struct tally tally = {population, causes_new(), causes_new(), causes_new(), NULL};
	g_autoptr(analysis) analysis = analysis_new("pareto", "What units fail at");
	gboolean ok;

	analyze_facts(analysis, population);
	count_runs(&tally);
	ok = population_each(population, POPULATION_FAILED, take_sample, &tally, error);
	tell(analysis_table(analysis, "steps", "First failing step", step_columns,
	                    G_N_ELEMENTS(step_columns)),
	     &tally.steps, settings->top, tally.steps.total);
	tell(analysis_table(analysis, "measurements", "First failing measurement",
	                    measurement_columns, G_N_ELEMENTS(measurement_columns)),
	     &tally.measurements, settings->top, tally.measurements.total);
	tell_unjudged(analysis, population, &tally.unjudged);
	causes_clear(&tally.unjudged);
	causes_clear(&tally.steps);
	causes_clear(&tally.measurements);
	return ok ? g_steal_pointer(&analysis) : NULL;
}

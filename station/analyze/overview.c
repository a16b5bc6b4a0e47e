/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/analyze/parts.h"

#include <string.h>

enum { CAUSES = 10, WORST = 12, TRENDS = 4 };

/* The figure that is looked for first, with its bounds. */
static void add_headline(struct analysis *analysis, const struct analysis_table *table,
                         const char *name, const char *key)
{
	for (guint i = 0; i + 2 < table->n_columns && table->rows->len; i++) {
		if (strcmp(table->columns[i].key, key) != 0)
			continue;
		g_autofree char *value = analysis_cell_text(table, 0, i);
		g_autofree char *low = analysis_cell_text(table, 0, i + 1);
		g_autofree char *high = analysis_cell_text(table, 0, i + 2);

		if (*value)
			analysis_fact(analysis, name, "%s (%s to %s)", value, low, high);
	}
}

static void add_headlines(struct analysis *analysis, const struct analysis *yield)
{
	const struct analysis_table *table =
		g_array_index(yield->parts, struct analysis_part, 0).table;

	add_headline(analysis, table, "first-pass yield", "first_yield");
	add_headline(analysis, table, "second yield", "second_yield");
	add_headline(analysis, table, "final yield", "final_yield");
}

/* Yield of all, and by what was asked for. */
static gboolean add_yield(struct analysis *analysis, struct population *population,
                          struct analyze_settings settings, GError **error)
{
	enum analyze_group groups[] = {ANALYZE_BY_ALL, settings.by};

	for (guint i = 0; i < G_N_ELEMENTS(groups); i++) {
		struct analysis *yield;

		settings.by = groups[i];
		if (i > 0 && groups[i] == ANALYZE_BY_ALL)
			continue;
		yield = analyze_yield(population, &settings, error);
		if (!yield)
			return FALSE;
		if (i == 0)
			add_headlines(analysis, yield);
		analysis_join(analysis, yield);
	}
	return TRUE;
}

struct analysis *analyze_overview(struct population *population,
                                  const struct analyze_settings *settings, GError **error)
{
	g_autoptr(analysis) analysis = analysis_new("overview", "Overview");
	struct analyze_settings few = *settings;
	g_autoptr(GArray) worst = g_array_new(FALSE, FALSE, sizeof(guint));
	struct analysis *part;

	analyze_facts(analysis, population);
	if (!add_yield(analysis, population, *settings, error))
		return NULL;
	few.top = settings->top ? settings->top : CAUSES;
	part = analyze_pareto(population, &few, error);
	if (!part)
		return NULL;
	analysis_join(analysis, part);
	few.top = settings->top ? settings->top : WORST;
	part = analyze_capability_ranked(population, &few, worst, error);
	if (!part)
		return NULL;
	analysis_join(analysis, part);
	population_narrow(population, (const guint *)worst->data, MIN(worst->len, TRENDS));
	if (!analyze_trends(analysis, population, &few, TRENDS, error))
		return NULL;
	return g_steal_pointer(&analysis);
}

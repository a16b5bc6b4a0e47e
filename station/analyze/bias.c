/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "signal/anova.h"
#include "station/analyze/parts.h"

#include <math.h>

/* Groups of all runs, by name. */
struct groups {
	GHashTable *place; /* name to place + 1 */
	GPtrArray *names;
	GHashTable *of_run; /* run to place + 1 */
};

struct tally {
	const struct analyze_settings *settings;
	struct groups groups;
	GPtrArray *keys; /* by place of the key: GArray of struct moments by group */
};

static guint group_of(struct tally *tally, const struct store_try *run)
{
	struct groups *groups = &tally->groups;
	guint place = GPOINTER_TO_UINT(g_hash_table_lookup(groups->of_run, run));

	if (place)
		return place - 1;
	g_autofree char *name = analyze_group_of(run, tally->settings);
	place = GPOINTER_TO_UINT(g_hash_table_lookup(groups->place, name));
	if (!place) {
		place = groups->names->len + 1;
		g_ptr_array_add(groups->names, g_strdup(name));
		g_hash_table_insert(groups->place, g_steal_pointer(&name), GUINT_TO_POINTER(place));
	}
	g_hash_table_insert(groups->of_run, (gpointer)run, GUINT_TO_POINTER(place));
	return place - 1;
}

static void take_sample(const struct store_try *run, guint key, const struct store_sample *sample,
                        gpointer data)
{
	struct tally *tally = data;
	GArray *moments = g_ptr_array_index(tally->keys, key);
	guint group;

	if (!isfinite(sample->value))
		return;
	group = group_of(tally, run);
	if (group >= moments->len)
		g_array_set_size(moments, group + 1);
	moments_add(&g_array_index(moments, struct moments, group), sample->value);
}

static const struct analysis_column anova_columns[] = {
	{"measurement", "Measurement", ANALYSIS_TEXT},
	{"lane", "Lane", ANALYSIS_COUNT},
	{"corner", "Corner", ANALYSIS_TEXT},
	{"groups", "Groups", ANALYSIS_COUNT, 2},
	{"n", "n", ANALYSIS_COUNT, 2},
	{"f", "F", ANALYSIS_NUMBER},
	{"p", "p", ANALYSIS_NUMBER},
	{"spread", "Largest difference", ANALYSIS_DIFFERENCE},
	{"sd_within", "sd within groups", ANALYSIS_DIFFERENCE, 1},
	{"remark", "Remark", ANALYSIS_TEXT, 1},
};

static const struct analysis_column bias_columns[] = {
	{"measurement", "Measurement", ANALYSIS_TEXT},
	{"lane", "Lane", ANALYSIS_COUNT},
	{"corner", "Corner", ANALYSIS_TEXT},
	{"group", "Group", ANALYSIS_TEXT},
	{"n", "n", ANALYSIS_COUNT, 1},
	{"mean", "Mean", ANALYSIS_QUANTITY, 1},
	{"difference", "From the others", ANALYSIS_DIFFERENCE},
	{"low", "from", ANALYSIS_DIFFERENCE},
	{"high", "to", ANALYSIS_DIFFERENCE},
	{"remark", "Remark", ANALYSIS_TEXT, 1},
};

struct biased {
	guint key;
	struct anova anova;
};

static gint by_p(gconstpointer a, gconstpointer b)
{
	const struct biased *x = a, *y = b;

	if (x->anova.p != y->anova.p)
		return x->anova.p < y->anova.p ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static GArray *rank(const struct tally *tally)
{
	GArray *order = g_array_new(FALSE, FALSE, sizeof(struct biased));

	for (guint i = 0; i < tally->keys->len; i++) {
		const GArray *moments = g_ptr_array_index(tally->keys, i);
		struct biased biased = {i, anova_one_way((const struct moments *)moments->data,
		                                         moments->len)};

		if (biased.anova.status == SIGNAL_OK)
			g_array_append_val(order, biased);
	}
	g_array_sort(order, by_p);
	return order;
}

static double lane_of(const struct store_key *key)
{
	return key->lane ? (double)key->lane : NAN;
}

/* A p below this share of all that were looked at is no accident (Bonferroni). */
static const double accident = 0.01;

static void add_anova(struct analysis_table *table, const struct store_key *key,
                      const struct biased *biased, const GArray *moments, guint n_keys)
{
	double least = INFINITY, most = -INFINITY;
	double n = (double)(biased->anova.dof_within + biased->anova.dof_between + 1);
	gboolean differs = biased->anova.p < accident / n_keys;

	for (guint i = 0; i < moments->len; i++) {
		const struct moments *group = &g_array_index(moments, struct moments, i);

		least = group->n ? fmin(least, group->mean) : least;
		most = group->n ? fmax(most, group->mean) : most;
	}
	analysis_row(table, key->unit, key->id, lane_of(key), key->corner,
	             biased->anova.dof_between + 1.0, n, biased->anova.f, biased->anova.p,
	             most - least, sqrt(biased->anova.ss_within / (double)biased->anova.dof_within),
	             differs ? "means differ" : "");
}

static void add_groups(struct analysis_table *table, const struct tally *tally,
                       const struct store_key *key, const GArray *moments)
{
	const struct moments *groups = (const struct moments *)moments->data;

	for (guint i = 0; i < moments->len; i++) {
		struct moments rest = anova_rest(groups, moments->len, i);
		struct mean_difference d =
			anova_difference(&groups[i], &rest, tally->settings->confidence);
		gboolean beyond = d.status == SIGNAL_OK && (d.low > 0.0 || d.high < 0.0);

		if (groups[i].n)
			analysis_row(table, key->unit, key->id, lane_of(key), key->corner,
			             (const char *)g_ptr_array_index(tally->groups.names, i),
			             (double)groups[i].n, groups[i].mean, d.value, d.low, d.high,
			             beyond ? d.value > 0.0 ? "high" : "low" : "");
	}
}

static void tell(struct analysis *analysis, const struct population *population,
                 const struct tally *tally, const GArray *order)
{
	guint top = tally->settings->top;
	guint n = top ? MIN(top, order->len) : order->len;
	const char *by = analyze_group_name(tally->settings->by);
	struct analysis_table *anova = analysis_table(analysis, "anova", "Analysis of variance",
	                                              anova_columns, G_N_ELEMENTS(anova_columns));
	struct analysis_table *bias = analysis_table(analysis, "bias", "Distance from the others",
	                                             bias_columns, G_N_ELEMENTS(bias_columns));

	for (guint i = 0; i < n; i++) {
		const struct biased *biased = &g_array_index(order, struct biased, i);
		const struct store_key *key = g_ptr_array_index(population->keys, biased->key);
		const GArray *moments = g_ptr_array_index(tally->keys, biased->key);

		add_anova(anova, key, biased, moments, order->len);
		add_groups(bias, tally, key, moments);
	}
	analysis_note(anova,
	              "By %s; the least likely first, %u of %u. Groups test different units: a "
	              "difference is of units and of groups together, unless units were shared out "
	              "at "
	              "random. \"means differ\": p below %g, shared by all measurements.",
	              by, n, order->len, accident);
	analysis_note(bias, "Mean of the group less that of all others; bounds with %g %% (Welch).",
	              100.0 * tally->settings->confidence);
}

static void free_array(gpointer array)
{
	g_array_unref(array);
}

struct analysis *analyze_bias(struct population *population,
                              const struct analyze_settings *settings, GError **error)
{
	struct tally tally = {
		settings,
		{g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	         g_ptr_array_new_with_free_func(g_free), g_hash_table_new(NULL, NULL)},
		g_ptr_array_new_with_free_func(free_array),
	};
	g_autoptr(analysis) analysis = analysis_new("bias", "Bias");
	g_autoptr(GArray) order = NULL;
	gboolean ok;

	for (guint i = 0; i < population->keys->len; i++)
		g_ptr_array_add(tally.keys, g_array_new(FALSE, TRUE, sizeof(struct moments)));
	analyze_facts(analysis, population);
	ok = population_each(population, POPULATION_ALL, take_sample, &tally, error);
	if (ok && tally.groups.names->len < 2) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "bias wants two groups or more: all runs are of one %s",
		                  analyze_group_name(settings->by));
		ok = FALSE;
	}
	if (ok) {
		order = rank(&tally);
		tell(analysis, population, &tally, order);
	}
	g_hash_table_unref(tally.groups.place);
	g_hash_table_unref(tally.groups.of_run);
	g_ptr_array_unref(tally.groups.names);
	g_ptr_array_unref(tally.keys);
	return ok ? g_steal_pointer(&analysis) : NULL;
}

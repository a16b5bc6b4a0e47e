/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber.h"
#include "station/analyze/parts.h"
#include "station/store/query.h"

#include <math.h>

/* The counts of query.h, for groups of runs, and how many passed at their second try. */
struct group {
	char *name;
	GHashTable *units; /* serial, and lot where tries are counted in it, to struct unit */
	struct store_counts counts;
	guint second_passed;
};

struct unit { /* in one group */
	enum verdict latest, first;
	gboolean second_passed;
};

struct tally {
	const struct population *population;
	const struct analyze_settings *settings;
	GHashTable *by_name; /* to struct group, borrowed */
	GPtrArray *groups;   /* struct group, in the order in which they began */
	GHashTable *first;   /* unit to the struct unit of the group that its first try is in */
	GStringChunk *names;
};

static void group_free(gpointer data)
{
	struct group *group = data;

	g_free(group->name);
	g_hash_table_unref(group->units);
	g_free(group);
}

static struct group *group_of(struct tally *tally, const struct store_try *run)
{
	g_autofree char *name = analyze_group_of(run, tally->settings);
	struct group *group = g_hash_table_lookup(tally->by_name, name);

	if (group)
		return group;
	group = g_new0(struct group, 1);
	group->name = g_steal_pointer(&name);
	group->units = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	g_hash_table_insert(tally->by_name, group->name, group);
	g_ptr_array_add(tally->groups, group);
	return group;
}

/* What tries are counted of: as they were when the runs were loaded. */
static const char *unit_of(struct tally *tally, const struct store_try *run)
{
	const struct selection *selection = tally->population->selection;
	gboolean stages = selection->stage || tally->settings->by == ANALYZE_BY_STAGE;
	g_autofree char *name =
		g_strjoin("\x1f", run->serial, selection->within_lots ? run->lot : "",
	                  stages ? run->stage : "", NULL);

	return g_string_chunk_insert_const(tally->names, name);
}

static void count_run(struct tally *tally, const struct store_try *run)
{
	gboolean stages =
		tally->population->selection->stage || tally->settings->by == ANALYZE_BY_STAGE;
	guint attempt = stages ? run->attempt_at_stage : run->attempt;
	const char *name = unit_of(tally, run);
	struct unit *first = g_hash_table_lookup(tally->first, name), *unit;
	struct group *group;

	if (attempt == 2 && first)
		first->second_passed = run->verdict == VERDICT_PASS;
	if (!population_has(tally->population, run))
		return;
	group = group_of(tally, run);
	group->counts.runs++;
	unit = g_hash_table_lookup(group->units, name);
	if (!unit) {
		unit = g_new0(struct unit, 1);
		g_hash_table_insert(group->units, (gpointer)name, unit);
	}
	unit->latest = run->verdict;
	if (attempt != 1)
		return;
	unit->first = run->verdict;
	g_hash_table_insert(tally->first, (gpointer)name, unit);
}

static void count_unit(gpointer name, gpointer value, gpointer data)
{
	const struct unit *unit = value;
	struct group *group = data;
	struct store_counts *counts = &group->counts;

	counts->units++;
	counts->passed += unit->latest == VERDICT_PASS;
	counts->failed += unit->latest == VERDICT_FAIL;
	counts->errors += unit->latest == VERDICT_ERROR;
	counts->aborted += unit->latest == VERDICT_ABORTED;
	counts->first_tries += unit->first != VERDICT_NONE;
	counts->first_passed += unit->first == VERDICT_PASS;
	group->second_passed += unit->first == VERDICT_PASS || unit->second_passed;
}

static const struct analysis_column columns[] = {
	{"group", "Group", ANALYSIS_TEXT},
	{"units", "Units", ANALYSIS_COUNT},
	{"runs", "Runs", ANALYSIS_COUNT, 4},
	{"first_tries", "Judged", ANALYSIS_COUNT, 5},
	{"first_passed", "Passed first", ANALYSIS_COUNT, 6},
	{"first_yield", "First pass", ANALYSIS_SHARE, 0, TRUE},
	{"first_low", "from", ANALYSIS_SHARE, 1},
	{"first_high", "to", ANALYSIS_SHARE, 1},
	{"second_yield", "Second", ANALYSIS_SHARE, 2},
	{"second_low", "from", ANALYSIS_SHARE, 7},
	{"second_high", "to", ANALYSIS_SHARE, 7},
	{"final_yield", "Final", ANALYSIS_SHARE, 0},
	{"final_low", "from", ANALYSIS_SHARE, 3},
	{"final_high", "to", ANALYSIS_SHARE, 3},
	{"failed", "Failed", ANALYSIS_COUNT, 8},
	{"errors", "Error", ANALYSIS_COUNT, 9},
	{"aborted", "Aborted", ANALYSIS_COUNT, 9},
};

/* A share with its bounds; NaN all of them when there is nothing to divide by. */
static void share_of(guint good, guint of, double confidence, double out[3])
{
	struct ber_estimate share;
	gboolean ok = ber_from_counts(of, good, confidence, &share, NULL);

	out[0] = ok ? share.ber : NAN;
	out[1] = ok ? share.lower : NAN;
	out[2] = ok ? share.upper : NAN;
}

static void add_row(struct analysis_table *table, const struct group *group, double confidence)
{
	const struct store_counts *c = &group->counts;
	double first[3], second[3], final[3];

	share_of(c->first_passed, c->first_tries, confidence, first);
	share_of(group->second_passed, c->first_tries, confidence, second);
	share_of(c->passed, c->passed + c->failed, confidence, final);
	analysis_row(table, "", group->name, (double)c->units, (double)c->runs,
	             (double)c->first_tries, (double)c->first_passed, first[0], first[1], first[2],
	             second[0], second[1], second[2], final[0], final[1], final[2],
	             (double)c->failed, (double)c->errors, (double)c->aborted);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	const struct group *x = *(const struct group *const *)a;
	const struct group *y = *(const struct group *const *)b;

	return g_strcmp0(x->name, y->name);
}

static void tell(struct analysis *analysis, const struct tally *tally)
{
	const struct analyze_settings *settings = tally->settings;
	g_autofree char *title = g_strdup_printf("Yield by %s", analyze_group_name(settings->by));
	struct analysis_table *table =
		analysis_table(analysis, "yield", settings->by ? title : "Yield", columns,
	                       G_N_ELEMENTS(columns));

	g_ptr_array_sort(tally->groups, by_name);
	for (guint i = 0; i < tally->groups->len; i++)
		add_row(table, g_ptr_array_index(tally->groups, i), settings->confidence);
	analysis_note(table,
	              "First pass: units whose first try passed, of those with a first try here. A "
	              "try ends in PASS or FAIL; ERROR and ABORTED are none. Second: passed at the "
	              "first or second try. Final: by each unit's latest run here, of those that "
	              "passed or failed. Bounds hold with %g %% (Clopper-Pearson).",
	              100.0 * settings->confidence);
}

struct analysis *analyze_yield(struct population *population,
                               const struct analyze_settings *settings, GError **error)
{
	struct tally tally = {
		population,
		settings,
		g_hash_table_new(g_str_hash, g_str_equal),
		g_ptr_array_new_with_free_func(group_free),
		g_hash_table_new(g_str_hash, g_str_equal),
		g_string_chunk_new(1 << 14),
	};
	struct analysis *analysis = analysis_new("yield", "Yield");

	analyze_facts(analysis, population);
	for (guint i = 0; i < population->tries->runs->len; i++)
		count_run(&tally, &g_array_index(population->tries->runs, struct store_try, i));
	for (guint i = 0; i < tally.groups->len; i++) {
		struct group *group = g_ptr_array_index(tally.groups, i);

		g_hash_table_foreach(group->units, count_unit, group);
	}
	tell(analysis, &tally);
	g_hash_table_unref(tally.by_name);
	g_hash_table_unref(tally.first);
	g_ptr_array_unref(tally.groups);
	g_string_chunk_free(tally.names);
	return analysis;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/control_chart.h"
#include "station/analyze/parts.h"

#include <math.h>
#include <string.h>

/* --- groups ----------------------------------------------------------------------------------- */

static const char *const group_names[] = {
	[ANALYZE_BY_ALL] = "all",         [ANALYZE_BY_LOT] = "lot",
	[ANALYZE_BY_PRODUCT] = "product", [ANALYZE_BY_STATION] = "station",
	[ANALYZE_BY_SITE] = "site",       [ANALYZE_BY_OPERATOR] = "operator",
	[ANALYZE_BY_STAGE] = "stage",     [ANALYZE_BY_SHIFT] = "shift",
	[ANALYZE_BY_DAY] = "day",
};
G_STATIC_ASSERT(G_N_ELEMENTS(group_names) == ANALYZE_N_GROUPS);

const char *analyze_group_name(enum analyze_group group)
{
	return group_names[group];
}

gboolean analyze_group_parse(const char *name, enum analyze_group *group)
{
	for (guint i = 0; i < ANALYZE_N_GROUPS; i++) {
		if (strcmp(name, group_names[i]) != 0)
			continue;
		*group = (enum analyze_group)i;
		return TRUE;
	}
	return FALSE;
}

struct analyze_settings analyze_settings_default(void)
{
	struct control_settings control = control_settings_default();

	return (struct analyze_settings){.confidence = 0.95,
	                                 .rules = control.rules,
	                                 .one_side = control.one_side};
}

static char *local_time(gint64 time_us, const char *format)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(time_us / G_USEC_PER_SEC);

	return time ? g_date_time_format(time, format) : g_strdup("");
}

char *analyze_group_of(const struct store_try *run, const struct analyze_settings *settings)
{
	switch (settings->by) {
	case ANALYZE_BY_LOT:
		return g_strdup(run->lot);
	case ANALYZE_BY_PRODUCT:
		return g_strdup(run->part_number);
	case ANALYZE_BY_STATION:
		return g_strdup(run->station);
	case ANALYZE_BY_SITE:
		return g_strdup_printf("%s/%d", run->station, run->site);
	case ANALYZE_BY_OPERATOR:
		return g_strdup(*run->operator_name ? run->operator_name : "(nobody)");
	case ANALYZE_BY_STAGE:
		return g_strdup(run->stage);
	case ANALYZE_BY_SHIFT:
		return local_time(settings->shift_start
		                          ? settings->shift_start(run->start_us, settings->data)
		                          : run->start_us,
		                  "%Y-%m-%d %H:%M");
	case ANALYZE_BY_DAY:
		return local_time(run->start_us, "%Y-%m-%d");
	default:
		return g_strdup("all");
	}
}

/* --- facts ------------------------------------------------------------------------------------ */

static void text_fact(struct analysis *analysis, const char *name, const char *value)
{
	if (value)
		analysis_fact(analysis, name, "%s", value);
}

static void time_fact(struct analysis *analysis, const char *name, gint64 time_us)
{
	g_autofree char *text = time_us ? local_time(time_us, "%Y-%m-%d %H:%M:%S%:z") : NULL;

	text_fact(analysis, name, text);
}

void analyze_facts(struct analysis *analysis, const struct population *population)
{
	const struct selection *s = population->selection;

	text_fact(analysis, "lot", s->lot);
	text_fact(analysis, "product", s->product);
	text_fact(analysis, "station", s->station);
	if (s->site > 0)
		analysis_fact(analysis, "site", "%d", s->site);
	text_fact(analysis, "stage", s->stage);
	text_fact(analysis, "serial", s->serial);
	time_fact(analysis, "since", s->since_us);
	time_fact(analysis, "until", s->until_us);
	text_fact(analysis, "measurement", s->measurement);
	if (s->lane >= 0)
		analysis_fact(analysis, "lane", "%d", s->lane);
	text_fact(analysis, "corner", s->corner);
	analysis_fact(analysis, "tries", s->all_tries ? "all" : "first");
	analysis_fact(analysis, "runs", "%u", population->n_runs);
}

/* --- values ----------------------------------------------------------------------------------- */

static void values_free(gpointer data)
{
	struct analyze_values *values = data;

	g_array_unref(values->values);
	g_ptr_array_unref(values->runs);
	g_free(values);
}

static void take_value(const struct store_try *run, guint key, const struct store_sample *sample,
                       gpointer data)
{
	struct analyze_values *values = g_ptr_array_index((GPtrArray *)data, key);

	if (!isfinite(sample->value)) {
		values->missing++;
		return;
	}
	g_array_append_val(values->values, sample->value);
	g_ptr_array_add(values->runs, (gpointer)run);
	if (isnan(sample->low) && isnan(sample->high))
		return;
	values->low = sample->low;
	values->high = sample->high;
}

GPtrArray *analyze_collect(struct population *population, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(values_free);

	for (guint i = 0; i < population->keys->len; i++) {
		struct analyze_values *values = g_new0(struct analyze_values, 1);

		values->values = g_array_new(FALSE, FALSE, sizeof(double));
		values->runs = g_ptr_array_new();
		values->low = values->high = NAN;
		g_ptr_array_add(all, values);
	}
	if (!population_each(population, POPULATION_ALL, take_value, all, error))
		return NULL;
	return g_steal_pointer(&all);
}

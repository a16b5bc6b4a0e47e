/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/control_chart.h"
#include "station/analyze/parts.h"

#include <math.h>

/* More than these nobody looks at: values in a picture, breaches of a measurement. */
enum { PICTURE_MOST = 1000, BREACHES_MOST = 50 };

/* A key with its chart, the chart's points only while it is drawn: many keys have many values. */
struct trend {
	const struct store_key *key;
	const struct analyze_values *values;
	struct control_chart *chart;
};

static void trend_clear(gpointer data)
{
	control_chart_free(((struct trend *)data)->chart);
}

static const struct analysis_column columns[] = {
	{"measurement", "Measurement", ANALYSIS_TEXT},
	{"lane", "Lane", ANALYSIS_COUNT},
	{"corner", "Corner", ANALYSIS_TEXT},
	{"n", "n", ANALYSIS_COUNT, 2},
	{"centre", "Centre", ANALYSIS_QUANTITY},
	{"sigma", "Sigma", ANALYSIS_DIFFERENCE, 1},
	{"control_low", "Lower control", ANALYSIS_QUANTITY, 4},
	{"control_high", "Upper control", ANALYSIS_QUANTITY, 4},
	{"latest", "Latest", ANALYSIS_QUANTITY, 2},
	{"breaches", "Breaches", ANALYSIS_COUNT},
	{"rules", "Rules broken (times)", ANALYSIS_TEXT, 1},
};

static const struct analysis_column breach_columns[] = {
	{"measurement", "Measurement", ANALYSIS_TEXT}, {"lane", "Lane", ANALYSIS_COUNT},
	{"corner", "Corner", ANALYSIS_TEXT},           {"number", "No.", ANALYSIS_COUNT},
	{"time", "Time (UTC)", ANALYSIS_TEXT},         {"serial", "Serial", ANALYSIS_TEXT, 1},
	{"station", "Station", ANALYSIS_TEXT, 4},      {"site", "Site", ANALYSIS_COUNT, 4},
	{"value", "Value", ANALYSIS_QUANTITY},         {"rules", "Rules broken", ANALYSIS_TEXT},
};

static double lane_of(const struct store_key *key)
{
	return key->lane ? (double)key->lane : NAN;
}

static char *counts_text(const struct control_chart *chart)
{
	GString *text = g_string_new(NULL);

	for (guint rule = 0; rule < CONTROL_N_RULES; rule++)
		if (chart->count[rule])
			g_string_append_printf(text, "%s%s (%u)", text->len ? ", " : "",
			                       control_rule_name((enum control_rule)rule),
			                       chart->count[rule]);
	return g_string_free(text, FALSE);
}

static char *rules_text(guint broken)
{
	GString *text = g_string_new(NULL);

	for (guint rule = 0; rule < CONTROL_N_RULES; rule++)
		if (broken & 1u << rule)
			g_string_append_printf(text, "%s%s", text->len ? ", " : "",
			                       control_rule_name((enum control_rule)rule));
	return g_string_free(text, FALSE);
}

static void add_row(struct analysis_table *table, const struct trend *trend)
{
	const struct control_chart *chart = trend->chart;
	const GArray *values = trend->values->values;
	g_autofree char *rules = counts_text(chart);

	analysis_row(table, trend->key->unit, trend->key->id, lane_of(trend->key),
	             trend->key->corner, (double)values->len, chart->centre, chart->sigma,
	             chart->low, chart->high, g_array_index(values, double, values->len - 1),
	             (double)chart->n_broken, rules);
}

static void add_breach(struct analysis_table *table, const struct trend *trend, guint at)
{
	const struct control_point *point =
		&g_array_index(trend->chart->points, struct control_point, at);
	const struct store_try *run = g_ptr_array_index(trend->values->runs, at);
	g_autoptr(GDateTime) begun = g_date_time_new_from_unix_utc(run->start_us / G_USEC_PER_SEC);
	g_autofree char *time = begun ? g_date_time_format(begun, "%F %T") : NULL;
	g_autofree char *rules = rules_text(point->broken);

	analysis_row(table, trend->key->unit, trend->key->id, lane_of(trend->key),
	             trend->key->corner, (double)at + 1, time, run->serial, run->station,
	             (double)run->site, point->value, rules);
}

/* The latest first: what is new is asked for. */
static void add_breaches(struct analysis_table *table, const struct trend *trend)
{
	guint left = BREACHES_MOST;

	for (guint at = trend->chart->points->len; at > 0 && left > 0; at--) {
		if (!g_array_index(trend->chart->points, struct control_point, at - 1).broken)
			continue;
		add_breach(table, trend, at - 1);
		left--;
	}
}

/* The latest values: what is longer ago stands in the table. */
static void add_picture(struct analysis *analysis, const struct trend *trend)
{
	const struct control_chart *control = trend->chart;
	guint n = control->points->len, from = n - MIN(n, PICTURE_MOST);
	g_autofree char *name = population_key_name(trend->key);
	g_autofree char *part =
		from ? g_strdup_printf("%s, the latest %d of %u", name, PICTURE_MOST, n)
		     : g_strdup(name);
	struct analysis_chart *chart = analysis_chart(analysis, ANALYSIS_RUN, "trend", part);

	analysis_axes(chart, "unit", "", trend->key->id, trend->key->unit);
	for (guint i = from; i < n; i++) {
		const struct control_point *point =
			&g_array_index(control->points, struct control_point, i);

		analysis_point(chart, i + 1, point->value, point->broken != 0);
		g_array_append_val(chart->smooth, point->ewma);
	}
	analysis_line(chart, control->centre, "centre", FALSE);
	analysis_line(chart, control->low, "lower control", FALSE);
	analysis_line(chart, control->high, "upper control", FALSE);
	analysis_line(chart, trend->values->low, "low limit", TRUE);
	analysis_line(chart, trend->values->high, "high limit", TRUE);
}

static gint by_breaches(gconstpointer a, gconstpointer b)
{
	const struct trend *x = a, *y = b;
	double share_x = x->chart->n_broken / (double)x->values->values->len;
	double share_y = y->chart->n_broken / (double)y->values->values->len;

	if (share_x != share_y)
		return share_x > share_y ? -1 : 1;
	return x->key->number < y->key->number ? -1 : x->key->number > y->key->number;
}

static struct control_chart *chart_of(const struct analyze_values *values,
                                      const struct analyze_settings *settings)
{
	struct control_settings control = control_settings_default();

	control.baseline = settings->baseline;
	control.rules = settings->rules;
	control.one_side = settings->one_side;
	return control_chart_new((const double *)values->values->data, values->values->len,
	                         &control, NULL);
}

/* Those of at least two values, the most broken first. */
static GArray *chart_all(const struct population *population, const GPtrArray *all,
                         const struct analyze_settings *settings)
{
	GArray *trends = g_array_new(FALSE, FALSE, sizeof(struct trend));

	g_array_set_clear_func(trends, trend_clear);
	for (guint i = 0; i < all->len; i++) {
		struct trend trend = {g_ptr_array_index(population->keys, i),
		                      g_ptr_array_index(all, i), NULL};

		trend.chart = chart_of(trend.values, settings);
		if (!trend.chart)
			continue;
		g_array_unref(trend.chart->points);
		trend.chart->points = g_array_new(FALSE, FALSE, sizeof(struct control_point));
		g_array_append_val(trends, trend);
	}
	g_array_sort(trends, by_breaches);
	return trends;
}

static void add_pictures(struct analysis *analysis, GArray *trends, guint n,
                         const struct analyze_settings *settings)
{
	for (guint i = 0; i < n; i++) {
		struct trend *trend = &g_array_index(trends, struct trend, i);

		control_chart_free(trend->chart);
		trend->chart = chart_of(trend->values, settings);
		add_picture(analysis, trend);
	}
}

gboolean analyze_trends(struct analysis *analysis, struct population *population,
                        const struct analyze_settings *settings, guint pictures, GError **error)
{
	g_autoptr(GPtrArray) all = analyze_collect(population, error);
	g_autoptr(GArray) trends = all ? chart_all(population, all, settings) : NULL;
	struct analysis_table *table, *breaches;
	guint n;

	if (!all)
		return FALSE;
	table = analysis_table(analysis, "trends", "Trends", columns, G_N_ELEMENTS(columns));
	n = settings->top ? MIN(settings->top, trends->len) : trends->len;
	for (guint i = 0; i < n; i++)
		add_row(table, &g_array_index(trends, struct trend, i));
	analysis_note(table,
	              "Those that break most rules first, %u of %u. Centre and sigma (by the mean "
	              "moving range) of %s; limits are centre -+ 3 sigma; EWMA with weight 0.2.",
	              n, trends->len, settings->baseline ? "the first values" : "all values");
	add_pictures(analysis, trends, MIN(trends->len, pictures), settings);
	breaches = analysis_table(analysis, "breaches", "Where rules were broken", breach_columns,
	                          G_N_ELEMENTS(breach_columns));
	for (guint i = 0; i < MIN(trends->len, pictures); i++)
		add_breaches(breaches, &g_array_index(trends, struct trend, i));
	analysis_note(breaches,
	              "Of the measurements with a picture, the latest first, at most %d of each.",
	              BREACHES_MOST);
	return TRUE;
}

struct analysis *analyze_trend(struct population *population,
                               const struct analyze_settings *settings, GError **error)
{
	g_autoptr(analysis) analysis = analysis_new("trend", "Trends");

	analyze_facts(analysis, population);
	if (!analyze_trends(analysis, population, settings, ANALYZE_PICTURES, error))
		return NULL;
	return g_steal_pointer(&analysis);
}

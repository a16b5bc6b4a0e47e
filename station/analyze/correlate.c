/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "signal/correlation.h"
#include "station/analyze/parts.h"

#include <math.h>
#include <string.h>

enum { POINTS_MOST = 2000 }; /* of a picture */

/* The two keys of one lane and corner, and the values of the runs that have both. */
struct pair {
	const struct store_key *x, *y;
	GArray *x_values, *y_values;           /* double */
	const struct store_try *x_run, *y_run; /* that the latest value is of */
	double x_latest, y_latest;
};

struct tally {
	const struct population *population;
	GPtrArray *pairs; /* struct pair */
};

static void pair_free(gpointer data)
{
	struct pair *pair = data;

	g_array_unref(pair->x_values);
	g_array_unref(pair->y_values);
	g_free(pair);
}

/* The lanes and corners of two keys: the same, or one of them is of all. */
static gboolean go_together(const struct store_key *x, const struct store_key *y)
{
	return (x->lane == y->lane || !x->lane || !y->lane) &&
	       (strcmp(x->corner, y->corner) == 0 || !*x->corner || !*y->corner);
}

static void make_pairs(struct tally *tally, const char *x_id, const char *y_id)
{
	const GPtrArray *keys = tally->population->keys;

	for (guint i = 0; i < keys->len * keys->len; i++) {
		const struct store_key *x = g_ptr_array_index(keys, i / keys->len);
		const struct store_key *y = g_ptr_array_index(keys, i % keys->len);
		struct pair *pair;

		if (strcmp(x->id, x_id) != 0 || strcmp(y->id, y_id) != 0 || !go_together(x, y))
			continue;
		pair = g_new0(struct pair, 1);
		pair->x = x;
		pair->y = y;
		pair->x_values = g_array_new(FALSE, FALSE, sizeof(double));
		pair->y_values = g_array_new(FALSE, FALSE, sizeof(double));
		g_ptr_array_add(tally->pairs, pair);
	}
}

/* Leaves only the keys of the two. */
static void narrow(struct population *population, const char *x, const char *y)
{
	g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < population->keys->len; i++) {
		const struct store_key *key = g_ptr_array_index(population->keys, i);

		if (strcmp(key->id, x) == 0 || strcmp(key->id, y) == 0)
			g_array_append_val(places, i);
	}
	population_narrow(population, (const guint *)places->data, places->len);
}

static void take_sample(const struct store_try *run, guint key, const struct store_sample *sample,
                        gpointer data)
{
	const struct tally *tally = data;
	const struct store_key *of = g_ptr_array_index(tally->population->keys, key);

	if (!isfinite(sample->value))
		return;
	for (guint i = 0; i < tally->pairs->len; i++) {
		struct pair *pair = g_ptr_array_index(tally->pairs, i);

		if (of == pair->x) {
			pair->x_run = run;
			pair->x_latest = sample->value;
		}
		if (of == pair->y) {
			pair->y_run = run;
			pair->y_latest = sample->value;
		}
		if ((of != pair->x && of != pair->y) || pair->x_run != pair->y_run)
			continue;
		g_array_append_val(pair->x_values, pair->x_latest);
		g_array_append_val(pair->y_values, pair->y_latest);
	}
}

static const struct analysis_column columns[] = {
	{"lane", "Lane", ANALYSIS_TEXT},
	{"corner", "Corner", ANALYSIS_TEXT},
	{"n", "n", ANALYSIS_COUNT, 1},
	{"pearson", "Pearson r", ANALYSIS_NUMBER},
	{"pearson_low", "from", ANALYSIS_NUMBER, 1},
	{"pearson_high", "to", ANALYSIS_NUMBER, 1},
	{"spearman", "Spearman rho", ANALYSIS_NUMBER},
	{"spearman_low", "from", ANALYSIS_NUMBER, 2},
	{"spearman_high", "to", ANALYSIS_NUMBER, 2},
	{"slope", "Slope", ANALYSIS_NUMBER, 4},
	{"offset", "Offset", ANALYSIS_NUMBER, 4},
	{"remark", "Remark", ANALYSIS_TEXT, 1},
};

static char *lane_text(const struct pair *pair)
{
	int lane = MAX(pair->x->lane, pair->y->lane);

	return lane ? g_strdup_printf("%d", lane) : g_strdup("");
}

static const char *corner_of(const struct pair *pair)
{
	return *pair->x->corner ? pair->x->corner : pair->y->corner;
}

static const char *remark_of(const struct correlation *c)
{
	if (c->status != SIGNAL_OK)
		return signal_status_name(c->status);
	if (c->pearson_low <= 0.0 && c->pearson_high >= 0.0)
		return "may be none";
	return fabs(c->spearman) > fabs(c->pearson) + 0.1 ? "not along a line" : "";
}

static void add_picture(struct analysis *analysis, const struct pair *pair,
                        const struct correlation *c)
{
	g_autofree char *lane = lane_text(pair);
	g_autofree char *title = g_strdup_printf("%s over %s%s%s%s%s", pair->y->id, pair->x->id,
	                                         *lane ? ", lane " : "", lane,
	                                         *corner_of(pair) ? ", " : "", corner_of(pair));
	struct analysis_chart *chart =
		analysis_chart(analysis, ANALYSIS_SCATTER, "correlation", title);
	guint step = (pair->x_values->len + POINTS_MOST - 1) / POINTS_MOST;

	analysis_axes(chart, pair->x->id, pair->x->unit, pair->y->id, pair->y->unit);
	for (guint i = 0; i < pair->x_values->len; i += step)
		analysis_point(chart, g_array_index(pair->x_values, double, i),
		               g_array_index(pair->y_values, double, i), FALSE);
	chart->slope = c->slope;
	chart->offset = c->offset;
}

static void tell_pair(struct analysis *analysis, struct analysis_table *table,
                      const struct pair *pair, double confidence, gboolean picture)
{
	struct correlation c = correlation_of((const double *)pair->x_values->data,
	                                      (const double *)pair->y_values->data,
	                                      pair->x_values->len, confidence);
	g_autofree char *lane = lane_text(pair);

	analysis_row(table, "", lane, corner_of(pair), (double)c.n, c.pearson, c.pearson_low,
	             c.pearson_high, c.spearman, c.spearman_low, c.spearman_high, c.slope, c.offset,
	             remark_of(&c));
	if (picture && c.status == SIGNAL_OK)
		add_picture(analysis, pair, &c);
}

struct analysis *analyze_correlate(struct population *population,
                                   const struct analyze_settings *settings, GError **error)
{
	const char *x = settings->x, *y = settings->y;
	struct tally tally = {population, g_ptr_array_new_with_free_func(pair_free)};
	g_autofree char *title = g_strdup_printf("%s over %s", y, x);
	g_autoptr(analysis) analysis = analysis_new("correlate", title);
	struct analysis_table *table =
		analysis_table(analysis, "correlation", title, columns, G_N_ELEMENTS(columns));
	gboolean ok;

	analyze_facts(analysis, population);
	ok = population_knows(population, x, error) && population_knows(population, y, error);
	if (ok) {
		narrow(population, x, y);
		make_pairs(&tally, x, y);
		ok = population_each(population, POPULATION_ALL, take_sample, &tally, error);
	}
	if (ok && tally.pairs->len == 0) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%s and %s have no lane and corner in common", x, y);
		ok = FALSE;
	}
	for (guint i = 0; ok && i < tally.pairs->len; i++)
		tell_pair(analysis, table, g_ptr_array_index(tally.pairs, i), settings->confidence,
		          i < ANALYZE_PICTURES);
	analysis_note(table, "Pairs of values of one run; bounds with %g %% (Fisher).",
	              100.0 * settings->confidence);
	g_ptr_array_unref(tally.pairs);
	return ok ? g_steal_pointer(&analysis) : NULL;
}

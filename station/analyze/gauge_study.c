/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "signal/gauge.h"
#include "station/analyze/parts.h"

#include <math.h>

enum { REPEATS_LEAST = 2 };

/* The values of one key as a table of units and places, of as many repeats each. */
struct study {
	GPtrArray *serials, *places; /* char *, of which the study is */
	guint repeats;
	double *values; /* as gauge_of wants them */
};

static void study_clear(struct study *study)
{
	g_clear_pointer(&study->serials, g_ptr_array_unref);
	g_clear_pointer(&study->places, g_ptr_array_unref);
	g_clear_pointer(&study->values, g_free);
}

/* Values by "serial place": GArray of double. */
struct cells {
	GHashTable *values;
	GPtrArray *serials, *places; /* char *, in the order in which they came */
};

static void free_array(gpointer array)
{
	g_array_unref(array);
}

static void add_once(GPtrArray *names, const char *name)
{
	if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
		g_ptr_array_add(names, g_strdup(name));
}

static GArray *cell_of(const struct cells *cells, const char *serial, const char *place)
{
	g_autofree char *name = g_strjoin("\x1f", serial, place, NULL);

	return g_hash_table_lookup(cells->values, name);
}

static struct cells cells_new(const struct analyze_values *values,
                              const struct analyze_settings *settings)
{
	struct cells cells = {
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_array),
		g_ptr_array_new_with_free_func(g_free),
		g_ptr_array_new_with_free_func(g_free),
	};

	for (guint i = 0; i < values->values->len; i++) {
		const struct store_try *run = g_ptr_array_index(values->runs, i);
		g_autofree char *place = analyze_group_of(run, settings);
		GArray *cell = cell_of(&cells, run->serial, place);

		if (!cell) {
			cell = g_array_new(FALSE, FALSE, sizeof(double));
			g_hash_table_insert(cells.values,
			                    g_strjoin("\x1f", run->serial, place, NULL), cell);
			add_once(cells.places, place);
			add_once(cells.serials, run->serial);
		}
		g_array_append_val(cell, g_array_index(values->values, double, i));
	}
	return cells;
}

static void cells_clear(struct cells *cells)
{
	g_hash_table_unref(cells->values);
	g_ptr_array_unref(cells->serials);
	g_ptr_array_unref(cells->places);
}

/* How often a unit was measured at the place where that was least. */
static guint repeats_of(const struct cells *cells, const char *serial, const GPtrArray *places)
{
	guint least = G_MAXUINT;

	for (guint i = 0; i < places->len; i++) {
		const GArray *cell = cell_of(cells, serial, g_ptr_array_index(places, i));

		least = MIN(least, cell ? cell->len : 0);
	}
	return least;
}

/* How many units were measured twice at a place. */
static guint units_at(const struct cells *cells, const char *place)
{
	guint n = 0;

	for (guint i = 0; i < cells->serials->len; i++) {
		const GArray *cell = cell_of(cells, g_ptr_array_index(cells->serials, i), place);

		n += cell && cell->len >= REPEATS_LEAST;
	}
	return n;
}

/* How many units were measured twice at each of the places. */
static guint units_at_all(const struct cells *cells, const GPtrArray *places)
{
	guint n = 0;

	for (guint i = 0; places->len && i < cells->serials->len; i++)
		n += repeats_of(cells, g_ptr_array_index(cells->serials, i), places) >=
		     REPEATS_LEAST;
	return n;
}

/* All places, less those with the fewest units until two units or more were at each: other units
 * were tested there. */
static GPtrArray *useful_places(const struct cells *cells)
{
	GPtrArray *useful = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < cells->places->len; i++)
		g_ptr_array_add(useful, g_strdup(g_ptr_array_index(cells->places, i)));
	while (useful->len > 0 && units_at_all(cells, useful) < 2) {
		guint fewest = 0;

		for (guint i = 1; i < useful->len; i++)
			if (units_at(cells, g_ptr_array_index(useful, i)) <
			    units_at(cells, g_ptr_array_index(useful, fewest)))
				fewest = i;
		g_ptr_array_remove_index(useful, fewest);
	}
	return useful;
}

static void fill(struct study *study, const struct cells *cells)
{
	guint places = study->places->len;

	study->values = g_new(double, (gsize)study->serials->len *places * study->repeats);
	for (guint s = 0; s < study->serials->len; s++) {
		for (guint p = 0; p < places; p++) {
			const GArray *cell = cell_of(cells, g_ptr_array_index(study->serials, s),
			                             g_ptr_array_index(study->places, p));

			for (guint r = 0; r < study->repeats; r++)
				study->values[(s * places + p) * study->repeats + r] =
					g_array_index(cell, double, r);
		}
	}
}

/* Units that were measured twice or more at each place, with as many repeats as all of them have;
 * what is beyond is left out, for the method wants a full table. */
static struct study study_of(const struct cells *cells)
{
	struct study study = {g_ptr_array_new_with_free_func(g_free), useful_places(cells),
	                      G_MAXUINT, NULL};

	for (guint i = 0; study.places->len && i < cells->serials->len; i++) {
		const char *serial = g_ptr_array_index(cells->serials, i);
		guint repeats = repeats_of(cells, serial, study.places);

		if (repeats < REPEATS_LEAST)
			continue;
		g_ptr_array_add(study.serials, g_strdup(serial));
		study.repeats = MIN(study.repeats, repeats);
	}
	if (study.serials->len)
		fill(&study, cells);
	return study;
}

static const struct analysis_column columns[] = {
	{"measurement", "Measurement", ANALYSIS_TEXT},
	{"lane", "Lane", ANALYSIS_COUNT},
	{"corner", "Corner", ANALYSIS_TEXT},
	{"units", "Units", ANALYSIS_COUNT, 2},
	{"places", "Places", ANALYSIS_COUNT, 2},
	{"repeats", "Repeats", ANALYSIS_COUNT, 2},
	{"repeatability", "Repeatability", ANALYSIS_DIFFERENCE, 1},
	{"reproducibility", "Reproducibility", ANALYSIS_DIFFERENCE, 1},
	{"interaction", "Interaction", ANALYSIS_DIFFERENCE, 6},
	{"interaction_p", "Interaction p", ANALYSIS_NUMBER, 7},
	{"grr", "GRR", ANALYSIS_DIFFERENCE},
	{"part", "Between units", ANALYSIS_DIFFERENCE, 4},
	{"percent_grr", "%GRR", ANALYSIS_PERCENT},
	{"percent_tolerance", "% of tolerance", ANALYSIS_PERCENT, 1},
	{"ndc", "ndc", ANALYSIS_COUNT},
	{"remark", "Remark", ANALYSIS_TEXT, 1},
};

static const char *remark_of(const struct gauge *gauge)
{
	if (gauge->percent_of_total > 30.0)
		return "not to be used";
	if (gauge->percent_of_total > 10.0 || gauge->ndc < 5)
		return "may do";
	return "good";
}

static gboolean add_row(struct analysis_table *table, const struct store_key *key,
                        const struct analyze_values *values,
                        const struct analyze_settings *settings)
{
	struct cells cells = cells_new(values, settings);
	struct study study = study_of(&cells);
	struct gauge g = {.status = SIGNAL_TOO_FEW};
	double mean = 0.0;

	if (study.values)
		g = gauge_of(study.values, study.serials->len, study.places->len, study.repeats);
	for (guint i = 0; g.status == SIGNAL_OK && i < g.parts * g.places * g.repeats; i++)
		mean += (study.values[i] - mean) / (i + 1);
	if (g.status == SIGNAL_OK)
		analysis_row(table, key->unit, key->id, key->lane ? (double)key->lane : NAN,
		             key->corner, (double)g.parts, (double)g.places, (double)g.repeats,
		             g.repeatability, g.reproducibility, g.interaction, g.interaction_p,
		             g.grr, g.part, g.percent_of_total,
		             gauge_percent_of_tolerance(&g, values->low, values->high, mean),
		             (double)g.ndc, remark_of(&g));
	study_clear(&study);
	cells_clear(&cells);
	return g.status == SIGNAL_OK;
}

struct analysis *analyze_gauge(struct population *population,
                               const struct analyze_settings *settings, GError **error)
{
	g_autoptr(analysis) analysis = analysis_new("rr", "Gauge R&R");
	g_autoptr(GPtrArray) all = analyze_collect(population, error);
	struct analysis_table *table =
		analysis_table(analysis, "rr", "Gauge R&R", columns, G_N_ELEMENTS(columns));
	guint n = 0;

	if (!all)
		return NULL;
	analyze_facts(analysis, population);
	for (guint i = 0; i < all->len; i++)
		n += add_row(table, g_ptr_array_index(population->keys, i),
		             g_ptr_array_index(all, i), settings);
	if (n == 0) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "no gauge study: it wants two units or more that were measured "
		                  "twice "
		                  "or more at each %s",
		                  analyze_group_name(settings->by));
		return NULL;
	}
	analysis_note(table,
	              "Analysis of variance (AIAG MSA) of units that were measured at each %s as "
	              "often; all as standard deviations. %%GRR of the scatter of these units: "
	              "below "
	              "10 %% good, above 30 %% not to be used; ndc 5 or more is wanted.",
	              analyze_group_name(settings->by));
	return g_steal_pointer(&analysis);
}

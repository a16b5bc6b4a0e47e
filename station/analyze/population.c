/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/analyze/population.h"

#include "base/error.h"
#include "base/suggest.h"

#include <string.h>

/* --- runs ------------------------------------------------------------------------------------- */

static gboolean fits(const char *wanted, const char *is)
{
	return !wanted || strcmp(wanted, is) == 0;
}

gboolean population_has(const struct population *population, const struct store_try *run)
{
	const struct selection *s = population->selection;

	return fits(s->lot, run->lot) && fits(s->product, run->part_number) &&
	       fits(s->station, run->station) && fits(s->stage, run->stage) &&
	       fits(s->serial, run->serial) && (s->site <= 0 || s->site == run->site) &&
	       (!s->since_us || run->start_us >= s->since_us) &&
	       (!s->until_us || run->start_us < s->until_us);
}

gboolean population_counts(const struct population *population, const struct store_try *run)
{
	return run->attempt > 0 &&
	       (population->selection->all_tries || run->attempt_at_stage == 1) &&
	       population_has(population, run);
}

/* --- what is not there ------------------------------------------------------------------------ */

typedef const char *text_fn(gconstpointer item);

static const char *lot_of(gconstpointer run)
{
	return ((const struct store_try *)run)->lot;
}

static const char *product_of(gconstpointer run)
{
	return ((const struct store_try *)run)->part_number;
}

static const char *station_of(gconstpointer run)
{
	return ((const struct store_try *)run)->station;
}

static const char *stage_of(gconstpointer run)
{
	return ((const struct store_try *)run)->stage;
}

static const char *serial_of(gconstpointer run)
{
	return ((const struct store_try *)run)->serial;
}

/* The names of all runs, each once: null-terminated, texts borrowed. Free with g_free. */
static const char **names_of(const struct store_tries *tries, text_fn *text)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < tries->runs->len; i++)
		g_hash_table_add(seen,
		                 (gpointer)text(&g_array_index(tries->runs, struct store_try, i)));
	return (const char **)g_hash_table_get_keys_as_array(seen, NULL);
}

/* FALSE with error when no run has that name. */
static gboolean check_name(const struct store_tries *tries, const char *what, const char *name,
                           text_fn *text, GError **error)
{
	g_autofree const char **names = names_of(tries, text);
	const char *near;

	if (!name || g_strv_contains(names, name))
		return TRUE;
	near = suggest_nearest(name, names);
	station_error_set(error, STATION_ERROR_DATA, "no run of the %s \"%s\"%s%s%s", what, name,
	                  near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return FALSE;
}

static gboolean check_names(struct population *population, GError **error)
{
	const struct selection *s = population->selection;
	const struct store_tries *tries = population->tries;

	return check_name(tries, "lot", s->lot, lot_of, error) &&
	       check_name(tries, "product", s->product, product_of, error) &&
	       check_name(tries, "station", s->station, station_of, error) &&
	       check_name(tries, "stage", s->stage, stage_of, error) &&
	       check_name(tries, "serial number", s->serial, serial_of, error);
}

/* Tries are counted within the lot, but what was meant may be another one. */
static gboolean load_runs(struct population *population, GError **error)
{
	const char *lot = population->selection->lot;
	gboolean within_lots = lot || population->selection->within_lots;

	population->tries = store_tries_load(population->store, lot, within_lots, error);
	if (population->tries && lot && population->tries->runs->len == 0) {
		g_clear_pointer(&population->tries, store_tries_free);
		population->tries = store_tries_load(population->store, NULL, within_lots, error);
	}
	if (!population->tries)
		return FALSE;
	if (population->tries->runs->len == 0) {
		station_error_set(error, STATION_ERROR_DATA, "the store has no run yet");
		return FALSE;
	}
	if (!check_names(population, error))
		return FALSE;
	for (guint i = 0; i < population->tries->runs->len; i++)
		population->n_runs +=
			population_has(population, &g_array_index(population->tries->runs,
		                                                  struct store_try, i));
	if (population->n_runs == 0)
		station_error_set(error, STATION_ERROR_DATA,
		                  "none of %u runs is of all that was selected",
		                  population->tries->runs->len);
	return population->n_runs > 0;
}

/* --- measurements ----------------------------------------------------------------------------- */

static gboolean is_wanted(const struct selection *s, const struct store_key *key)
{
	return (!s->measurement || g_pattern_match_simple(s->measurement, key->id)) &&
	       (s->lane < 0 || s->lane == key->lane) &&
	       (!s->corner || g_pattern_match_simple(s->corner, key->corner));
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	const struct store_key *x = *(const struct store_key *const *)a;
	const struct store_key *y = *(const struct store_key *const *)b;
	int order = strcmp(x->id, y->id);

	order = order ? order : (x->lane > y->lane) - (x->lane < y->lane);
	order = order ? order : strcmp(x->corner, y->corner);
	return order ? order : strcmp(x->unit, y->unit);
}

/* Error with the name that may have been meant. */
static void unknown_measurement(const GPtrArray *keys, const char *id, GError **error)
{
	g_autofree const char **ids = g_new0(const char *, keys->len + 1);
	const char *near;

	for (guint i = 0; i < keys->len; i++)
		ids[i] = ((const struct store_key *)g_ptr_array_index(keys, i))->id;
	near = suggest_nearest(id, ids);
	station_error_set(error, STATION_ERROR_DATA, "no measurement \"%s\"%s%s%s", id,
	                  near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

gboolean population_knows(const struct population *population, const char *id, GError **error)
{
	for (guint i = 0; i < population->keys->len; i++) {
		const struct store_key *key = g_ptr_array_index(population->keys, i);

		if (strcmp(key->id, id) == 0)
			return TRUE;
	}
	unknown_measurement(population->keys, id, error);
	return FALSE;
}

static void no_key(const struct selection *s, const GPtrArray *all, GError **error)
{
	gboolean known = !s->measurement;

	for (guint i = 0; i < all->len && !known; i++) {
		const struct store_key *key = g_ptr_array_index(all, i);

		known = g_pattern_match_simple(s->measurement, key->id);
	}
	if (!known)
		unknown_measurement(all, s->measurement, error);
	else
		station_error_set(error, STATION_ERROR_DATA,
		                  "no measurement %s of that lane and corner",
		                  s->measurement ? s->measurement : "at all");
}

static void set_places(struct population *population)
{
	for (guint i = 0; i < population->keys->len; i++) {
		const struct store_key *key = g_ptr_array_index(population->keys, i);

		g_array_index(population->place, guint, key->number) = i + 1;
	}
}

static gboolean load_keys(struct population *population, GError **error)
{
	g_autoptr(GPtrArray) all = store_keys(population->store, error);
	guint most = 0;

	if (!all)
		return FALSE;
	population->keys = g_ptr_array_new();
	for (guint i = 0; i < all->len; i++) {
		struct store_key *key = g_ptr_array_index(all, i);

		most = MAX(most, key->number);
		if (is_wanted(population->selection, key))
			g_ptr_array_add(population->keys, key);
	}
	if (population->keys->len == 0 && all->len > 0) {
		no_key(population->selection, all, error);
		return FALSE;
	}
	g_ptr_array_sort(population->keys, by_name);
	population->place = g_array_new(FALSE, TRUE, sizeof(guint));
	g_array_set_size(population->place, most + 1);
	set_places(population);
	population->all_keys = g_steal_pointer(&all);
	return TRUE;
}

void population_narrow(struct population *population, const guint *places, guint n)
{
	GPtrArray *keys = g_ptr_array_new();

	for (guint i = 0; i < n; i++)
		g_ptr_array_add(keys, g_ptr_array_index(population->keys, places[i]));
	g_ptr_array_unref(population->keys);
	population->keys = keys;
	memset(population->place->data, 0, population->place->len * sizeof(guint));
	set_places(population);
}

/* --- all -------------------------------------------------------------------------------------- */

struct population *population_new(struct store *store, const struct selection *selection,
                                  GError **error)
{
	g_autoptr(population) population = g_new0(struct population, 1);

	population->store = store;
	population->selection = selection;
	if (!load_runs(population, error) || !load_keys(population, error))
		return NULL;
	return g_steal_pointer(&population);
}

void population_free(struct population *population)
{
	if (!population)
		return;
	store_tries_free(population->tries);
	g_clear_pointer(&population->keys, g_ptr_array_unref);
	g_clear_pointer(&population->all_keys, g_ptr_array_unref);
	g_clear_pointer(&population->place, g_array_unref);
	g_free(population);
}

struct visit {
	struct population *population;
	enum population_part part;
	population_fn each;
	gpointer data;
};

static gboolean wants(const struct store_try *run, gpointer data)
{
	const struct visit *visit = data;

	return (visit->part == POPULATION_ALL || run->verdict == VERDICT_FAIL) &&
	       population_counts(visit->population, run);
}

static void visit_run(const struct store_try *run, const struct store_sample *samples, guint n,
                      gpointer data)
{
	const struct visit *visit = data;
	const GArray *places = visit->population->place;

	for (guint i = 0; i < n; i++) {
		guint number = samples[i].key;
		/* a key that came after the list was read belongs to a run that did too */
		guint place = number < places->len ? g_array_index(places, guint, number) : 0;

		if (place)
			visit->each(run, place - 1, &samples[i], visit->data);
	}
}

gboolean population_each(struct population *population, enum population_part part,
                         population_fn each, gpointer data, GError **error)
{
	struct visit visit = {population, part, each, data};

	return store_samples_each(population->store, population->tries, wants, visit_run, &visit,
	                          error);
}

char *population_key_name(const struct store_key *key)
{
	g_autofree char *lane = key->lane ? g_strdup_printf(" lane %d", key->lane) : g_strdup("");

	return g_strconcat(key->id, lane, *key->corner ? ", " : "", key->corner, NULL);
}

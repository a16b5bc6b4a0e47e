/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ANALYZE_POPULATION_H
#define STATION_ANALYZE_POPULATION_H

#include "station/store/samples.h"

#include <glib.h>

/* Which of the store's runs and measurements an analysis is about. Null, 0 and -1 leave open. */
struct selection {
	const char *lot, *product, *station, *stage, *serial; /* exact */
	int site;
	gint64 since_us, until_us; /* runs that began at or after, and before; 0: open */
	const char *measurement;   /* with * and ? */
	int lane;                  /* -1: all; 0: the whole unit's */
	const char *corner;        /* with * and ? */
	gboolean all_tries;        /* every run that judged its unit, not only the first */
	gboolean within_lots; /* a first try is the first in its lot; with a lot it always is */
};

/*
 * The runs that were selected, and which of them count: first tries (station/store/query.h), or
 * all tries. A first try is the unit's first at its stage: in the lot when a lot is selected, else
 * at all, also when that was before `since`.
 */
struct population {
	struct store *store;
	const struct selection *selection;
	struct store_tries *tries; /* all runs of the lot or of the store */
	GPtrArray *keys;           /* struct store_key that were selected, by id, lane, corner */
	GPtrArray *all_keys;       /* owns them */
	GArray *place;             /* guint by key number: place in keys + 1; 0: not selected */
	guint n_runs;              /* that were selected, whatever they count for */
};
typedef struct population population; /* for g_autoptr(population) only */

/*
 * STATION_ERROR_DATA when no run or no measurement is there, with what may have been meant.
 * selection is borrowed. Free with population_free.
 */
struct population *population_new(struct store *store, const struct selection *selection,
                                  GError **error);
void population_free(struct population *population); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(population, population_free)

/* Whether a measurement of exactly that name is among the keys; else STATION_ERROR_DATA. */
gboolean population_knows(const struct population *population, const char *id, GError **error);

/* Keeps only these n keys, by their places. */
void population_narrow(struct population *population, const guint *places, guint n);

/* Whether the run was selected; whether it counts for measurements too. */
gboolean population_has(const struct population *population, const struct store_try *run);
gboolean population_counts(const struct population *population, const struct store_try *run);

/* Calls `each` for each value of a run that counts; key is the place in keys. */
typedef void (*population_fn)(const struct store_try *run, guint key,
                              const struct store_sample *sample, gpointer data);
enum population_part { POPULATION_ALL, POPULATION_FAILED /* runs that failed */ };
gboolean population_each(struct population *population, enum population_part part,
                         population_fn each, gpointer data, GError **error);

/* "tx_oma lane 3, 25C 3.300V". Free with g_free. */
char *population_key_name(const struct store_key *key);

#endif

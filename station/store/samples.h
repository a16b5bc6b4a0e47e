/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_SAMPLES_H
#define STATION_STORE_SAMPLES_H

#include "station/store/store.h"

/*
 * What many runs measured, without reading a document or a row a measurement: each run has one
 * packed row of the values that count, written in the transaction that stores the run. Errors as in
 * store.h.
 */

/* What a value is of. */
struct store_key {
	guint number; /* from 1; stays in this store */
	char *id;
	int lane; /* 0 = whole unit */
	char *corner;
	char *unit;
};

/* A value that counts: the latest of its key in the run whose step is not superseded. */
struct store_sample {
	guint key; /* store_key's number */
	enum verdict verdict;
	double value;     /* NaN: there was none, such as TDECQ of a closed eye */
	double low, high; /* the tightest bounds of the rows that can fail a unit; NaN: none */
};

/* A run, and which try of its unit it was. Texts belong to the list. */
struct store_try {
	const char *run_id, *serial, *lot, *part_number, *station, *stage, *operator_name;
	const char *first_failing_step; /* "" on PASS */
	int site;
	enum verdict verdict;
	gint64 start_us;
	gint64 number; /* of the packed row */
	/* 1: the first run that judged the unit, 2: the second ...; 0: it was no try (store_is_try)
	 */
	guint attempt;
	guint attempt_at_stage; /* the same among the unit's runs of this stage */
};

struct store_tries {
	GArray *runs; /* struct store_try, in the order in which they began */
	GStringChunk *texts;
};
typedef struct store_tries store_tries; /* for g_autoptr(store_tries) only */

/*
 * All runs, of a lot if it is not null. within_lots: a first try is the first in its lot (as for
 * store_lot), else the first at all (as for store_shift). What the store has of runs from before
 * there were packed rows is packed first, from their documents.
 */
struct store_tries *store_tries_load(struct store *store, const char *lot, gboolean within_lots,
                                     GError **error);
void store_tries_free(struct store_tries *tries); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(store_tries, store_tries_free)

/* How many runs store_tries_load will have to pack first, which takes some milliseconds each. */
gboolean store_unpacked(struct store *store, guint *n, GError **error);

/* All keys: array of struct store_key, owning, by number. */
GPtrArray *store_keys(struct store *store, GError **error);

/*
 * Calls `each` with the samples of each run of the list for which wanted(run, data) is true, in
 * their order. The samples are valid during the call.
 */
typedef gboolean (*store_wanted_fn)(const struct store_try *run, gpointer data);
typedef void (*store_samples_fn)(const struct store_try *run, const struct store_sample *samples,
                                 guint n, gpointer data);
gboolean store_samples_each(struct store *store, const struct store_tries *tries,
                            store_wanted_fn wanted, store_samples_fn each, gpointer data,
                            GError **error);

#endif

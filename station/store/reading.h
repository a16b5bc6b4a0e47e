/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_READING_H
#define STATION_STORE_READING_H

#include "station/store/samples.h"

/*
 * Another store read as if it were the station's own: what samples.h asks, runs and lots. Who has
 * such a struct store may call store_tries_load, store_unpacked, store_keys, store_samples_each,
 * store_has_lot, store_load_lot, store_load_run and store_close, and nothing else. What they give
 * and their errors are told with them.
 */
struct store_reading {
	/* In the order in which they began; texts as store_tries keeps them, attempts not counted.
	 */
	gboolean (*tries)(gpointer reader, const char *lot, struct store_tries *tries,
	                  GError **error);
	GPtrArray *(*keys)(gpointer reader, GError **error);
	gboolean (*samples)(gpointer reader, const struct store_tries *tries,
	                    store_wanted_fn wanted, store_samples_fn each, gpointer data,
	                    GError **error);
	/* Of a lot, oldest first, or (lot null) the run or latest run of the unit of that name. */
	GPtrArray *(*records)(gpointer reader, const char *lot, const char *run_id_or_serial,
	                      GError **error);
	void (*close)(gpointer reader);
};

/* The reader is the store's from now on. `place` is what errors call it. */
struct store *store_read_through(const struct store_reading *reading, gpointer reader,
                                 const char *place);

/* --- for those who fill lists of tries ----------------------------------------------------------
 */

struct store_tries *store_tries_new(void);
/* A text that the list keeps; null is "". */
const char *store_tries_keep(struct store_tries *tries, const char *text);
/* Sets attempt and attempt_at_stage of all, which are in the order in which they began. */
void store_tries_count(struct store_tries *tries, gboolean within_lots);

/* One key; free with store_key_free. */
struct store_key *store_key_new(guint number, const char *id, int lane, const char *corner,
                                const char *unit);
void store_key_free(gpointer key);

#endif

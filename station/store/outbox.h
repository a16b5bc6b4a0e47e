/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_OUTBOX_H
#define STATION_STORE_OUTBOX_H

#include "station/store/store.h"

#include <glib.h>

/*
 * What others are still to be told: one row for each run and each sink (a line's database, a
 * factory's system), written in the run's own transaction, so that a run which is in the store is
 * told sooner or later, and one that is not never is. Each sink has its own order and its own pace.
 * Rows that were taken stay as proof until they are pruned.
 *
 * Every error is STATION_ERROR_STORAGE and names the file. From any thread, any process.
 */

/* From now on each run that is saved, and each touch of a unit, is due to each of these sinks
 * (names; copied; null: to none). A sink that the store has not had before is not due what is there
 * already: outbox_add_all. Before other threads have the store. */
void store_set_sinks(struct store *store, const char *const *names);

/* Makes all runs and touches of the store due to a sink that has no row of them, the oldest first;
 * *n gets how many. */
gboolean outbox_add_all(struct store *store, const char *sink, guint *n, GError **error);

/* Where a run stands in the chain of its store (chain.h). */
struct run_link {
	gint64 number;
	char *hash; /* hexadecimal */
};

struct outbox_item {
	gint64 number;  /* of the row; later runs have larger ones */
	char *run_id;   /* null: it is a touch */
	char *document; /* of the run, byte by byte as the store has it; null: it is a touch */
	struct run_link link;         /* of the run; number 0: it has none */
	gint64 touch;                 /* number of the touch; 0: it is a run */
	char *serial;                 /* of the unit that was touched, else null */
	struct record_touch *touched; /* likewise */
	guint attempts;               /* before this one */
	gint64 saved_us;
};
void outbox_item_clear(struct outbox_item *item);

/*
 * The oldest run that is due to a sink. *found FALSE: none is now; *next_us gets when the first of
 * those that were put off is due again (wall clock), G_MAXINT64 when nothing waits. A row that was
 * put off holds back those behind it, so that a sink hears of runs in their order.
 */
gboolean outbox_next(struct store *store, const char *sink, gint64 now_us, struct outbox_item *item,
                     gboolean *found, gint64 *next_us, GError **error);

/* What became of it. A row that another process has meanwhile sent stays taken. */
gboolean outbox_taken(struct store *store, gint64 number, GError **error);
/* Not now: again at next_us, with what was said. */
gboolean outbox_put_off(struct store *store, gint64 number, gint64 next_us, const char *words,
                        GError **error);
/* Never: the sink refused this run for good; it is told, and can be asked for again. */
gboolean outbox_refused(struct store *store, gint64 number, const char *words, GError **error);

/* Rows of a sink that were put off, and those that it refused if `refused`, are due now; *n gets
 * how many. */
gboolean outbox_retry(struct store *store, const char *sink, gboolean refused, guint *n,
                      GError **error);

struct outbox_state {
	char *sink;
	guint waiting, refused, taken;
	gint64 oldest_us; /* of those that wait; 0: none does */
	char *words;      /* of the last that was put off or refused; may be null */
};
/* Of each sink that has a row, by name: array of struct outbox_state, owning. */
GPtrArray *outbox_states(struct store *store, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_UPKEEP_H
#define STATION_STORE_UPKEEP_H

#include "station/store/store.h"

/* What is done to a store as a whole. Errors as in store.h. */

/* How far a long piece of work is. */
struct store_progress {
	void (*tell)(guint64 done, guint64 total, gpointer data);
	gpointer data;
};

/*
 * Copies a store that is in use into a file of its own, in no need of another: as it was at one
 * moment, checked (SQLite's own check; that its chain is whole), on the disk. A file that is
 * there is an error unless `force`. The key is not in it. Progress may be null.
 */
gboolean store_backup(const char *path, const char *copy, gboolean force,
                      const struct store_progress *progress, GError **error);

/* Opens it and brings it to the present schema, as store_open does, but tells how far it is. */
gboolean store_migrate(const char *path, const struct store_progress *progress, GError **error);

/* --- verifying ----------------------------------------------------------------------------------
 */

/* Something that is not as it was stored. */
struct store_finding {
	char *table;   /* "measurements"; "file": the file as a whole */
	char *run_id;  /* null: of no run */
	gint64 number; /* of the row in its table, -1: it has none */
	char *column;  /* null: not known, or the whole row */
	char *words;
};

enum { STORE_FINDINGS = 100 }; /* that are kept; all are counted */

struct store_proof {
	GPtrArray *findings;   /* struct store_finding, owning, in the order of the chain */
	guint64 n_findings;    /* with those that were not kept */
	guint64 rows, runs;    /* of the chain, that were looked at */
	guint64 signatures;    /* that were checked */
	gint64 first_unsigned; /* row from which on none is signed; 0: the last one is */
	gint64 last;           /* number of the last row, 0: none */
	char *hash;            /* of the last row, hexadecimal; null: none */
	guint n_bad_lines;     /* of STORE.heads, that are cut off */
};
void store_proof_clear(struct store_proof *proof);

/*
 * Computes everything again: SQLite's own check, the chain over runs, touches and log, all
 * signatures by the public keys of `key_path` (null: those of STORE.pub), STORE.heads, and whether
 * each row says what its run's document says. Reads only. An error (null *proof) when it cannot be
 * looked at; whatever is wrong with what it holds is a finding. The store is one that
 * store_open_to_read gave, of the present schema; `beside` is the path beside which STORE.pub and
 * STORE.heads are, null: its own.
 */
gboolean store_verify(struct store *store, const char *beside, const char *key_path,
                      const struct store_progress *progress, struct store_proof *proof,
                      GError **error);

/* Signs the last row of the chain, unless it is signed, with the station's key. */
gboolean store_sign(const char *path, GError **error);

#endif

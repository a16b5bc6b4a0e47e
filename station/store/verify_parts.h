/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_VERIFY_PARTS_H
#define STATION_STORE_VERIFY_PARTS_H

#include "station/store/chain.h"

/* What the files of store_verify share. */
struct look {
	struct store *store;
	struct store_proof *proof;
	const struct store_progress *progress;
	guint64 total;
	guint8 last_hash[CANON_SHA256]; /* of row proof->last */
	GArray *lines;                  /* of STORE.heads */
	GArray *keys;                   /* that may have signed; null: none is known */
};

void verify_find(struct look *look, const char *table, const char *run_id, gint64 number,
                 const char *column, const char *format, ...) G_GNUC_PRINTF(6, 7);

/* Rows and document of a run: what was chained, what is there now, whether they say the same. */
gboolean verify_run(struct look *look, const char *run_id, const struct chain_hashes *chained,
                    const struct chain_hashes *now, GError **error);

/* The keys by which signatures are judged. */
gboolean verify_read_keys(struct look *look, const char *store_path, const char *key_path,
                          GError **error);
/* All signatures, and the lines of STORE.heads, against the chain. */
gboolean verify_heads(struct look *look, GError **error);

#endif

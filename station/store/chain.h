/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_CHAIN_H
#define STATION_STORE_CHAIN_H

#include "station/store/canon.h"
#include "station/store/signing_key.h"
#include "station/store/sqlite_store.h"
#include "station/store/upkeep.h"

/*
 * What shows that nothing in a store was altered since it was written. Table `chain` has a row for
 * each run, each touch and each line of the log, in the order in which they were stored, numbered
 * from 1 without gaps:
 *
 *   kind, key            'run' and its id; 'touch' or 'log' and its number in decimal digits
 *   row_sha256           of its row in runs (all columns but document), touches or log
 *   document_sha256      of a run's document as it is, UTF-8
 *   steps_sha256         of its rows in steps, by number
 *   measurements_sha256  of its rows in measurements, by number; these three NULL for others
 *   previous             the hash of the row before; of the first 32 random bytes, so that no two
 *                        stores have a hash in common
 *   hash                 of the text "station-chain-1" and the columns before it, from number on
 *
 * Rows and values are hashed as canon.h says. A row of `heads` is a signature of the station's key
 * over one hash, and so over all before it: over the SHA-256 of the text "station-head-1", number,
 * hash, signed_us and public_key. The same stands as a line in STORE.heads, which only ever grows:
 * number, hash, signed_us, public key, signature, bytes as hexadecimal digits.
 */

/* What a store keeps for it between calls. */
struct chain;
void chain_free(struct chain *chain); /* null is allowed */

/* Chains a run that is being saved, in its transaction, and signs; `document` is what its row has.
 */
gboolean chain_add_run(struct store *store, const struct run_record *record, const char *document,
                       GError **error);

/* The same for the row of touches or log that was just inserted in this transaction. */
enum chain_kind { CHAIN_RUN, CHAIN_TOUCH, CHAIN_LOG, CHAIN_KINDS };
gboolean chain_add_row(struct store *store, enum chain_kind kind, gint64 number, GError **error);

/* A transaction ended: what it signed is told in STORE.heads once it is committed. */
void chain_ended(struct store *store, gboolean committed);

/* Chains what is stored and in no chain yet: runs by their beginning, touches, log; and signs the
 * end. In a transaction; progress may be null. */
gboolean chain_fill(struct store *store, const struct store_progress *progress, GError **error);

/* Signs the last row unless it is signed; an error when there is no key to sign with. In a
 * transaction. */
gboolean chain_sign(struct store *store, GError **error);

/* --- for those who look again -------------------------------------------------------------------
 */

extern const char *const chain_kind_names[CHAIN_KINDS];

struct chain_hashes {
	guint8 row[CANON_SHA256];
	guint8 document[CANON_SHA256], steps[CANON_SHA256], measurements[CANON_SHA256]; /* runs */
};

/* Of what is in the tables now. *found FALSE: there is no such row. */
gboolean chain_hash_stored(struct store *store, enum chain_kind kind, const char *key,
                           struct chain_hashes *hashes, gboolean *found, GError **error);

/* Keys of a kind that stand in their table but not in the chain: array of char *, owning. */
GPtrArray *chain_missing(struct store *store, enum chain_kind kind, GError **error);

/* The hash of a row of `chain`. */
void chain_hash_link(gint64 number, enum chain_kind kind, const char *key,
                     const struct chain_hashes *hashes, const guint8 previous[CANON_SHA256],
                     guint8 hash[CANON_SHA256]);

struct chain_head {
	gint64 number;
	guint8 hash[CANON_SHA256];
	gint64 signed_us;
	guint8 public_key[SIGNING_PUBLIC], signature[SIGNING_SIGNATURE];
};
gboolean chain_head_is_signed(const struct chain_head *head);

/* The lines of STORE.heads: array of struct chain_head by number; empty when there is no file.
 * *n_bad gets how many lines were no such line. Null with error when it cannot be read. */
GArray *chain_read_heads(const char *store_path, guint *n_bad, GError **error);

/* Which hashes say that the store's last row is this one; number 0: the chain is empty. */
gboolean chain_last(struct store *store, gint64 *number, guint8 hash[CANON_SHA256], GError **error);

/* The station's key as the store has it, made when there is none; null with error. Borrowed. */
const struct signing_key *chain_key(struct store *store, GError **error);

#endif

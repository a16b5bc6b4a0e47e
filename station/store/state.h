/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_STATE_H
#define STATION_STORE_STATE_H

#include "station/store/store.h"

/* What a store is and holds, of whatever schema it is that this program knows. */
struct store_state {
	int schema;         /* version; 0: nothing is in it yet */
	guint64 file_bytes; /* file and write-ahead log */
	guint64 free_bytes; /* of its disk, for programs of this user */
	guint runs, lots;
	char *first_run, *last_run; /* by the time of their start; null: there is none */
	gint64 first_us, last_us;
	gint64 rows;       /* of the chain (chain.h) */
	char *hash;        /* of the last of them, hexadecimal; null: there is none */
	gint64 signed_row; /* the last that is signed; 0: none is */
	gint64 signed_us;
	char *public_key; /* the last of STORE.pub, hexadecimal; null: there is none */
	GPtrArray *sinks; /* struct outbox_state, owning; null: of an earlier schema */
};

/*
 * Opens a file that is there for reading only and as it is: nothing is migrated, nothing written.
 * What does not look like a store of this program or is of a newer schema is refused. Of the calls
 * of store.h and query.h none may be made unless its schema is the present one.
 */
struct store *store_open_to_read(const char *path, GError **error);

/* Clear with store_state_clear. */
gboolean store_state_read(struct store *store, struct store_state *state, GError **error);
void store_state_clear(struct store_state *state);

/* Of a store's file and its write-ahead log; 0 when there is none. */
guint64 store_file_bytes(const char *path);
/* What programs of this user can still write to the disk of a file. */
gboolean store_free_bytes(const char *path, guint64 *bytes, GError **error);

#endif

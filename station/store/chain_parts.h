/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_CHAIN_PARTS_H
#define STATION_STORE_CHAIN_PARTS_H

#include "station/store/chain.h"

/* What chain.c and heads.c share. */

enum chain_statement {
	CHAIN_LAST,
	CHAIN_ADD,
	CHAIN_SIGN,
	CHAIN_IS_SIGNED,
	CHAIN_ROW_RUN,
	CHAIN_ROW_TOUCH,
	CHAIN_ROW_LOG,
	CHAIN_STEPS,
	CHAIN_MEASUREMENTS,
	CHAIN_STATEMENTS,
};

struct chain {
	sqlite3_stmt *statements[CHAIN_STATEMENTS]; /* made when first wanted */
	struct signing_key *key;
	GString *lines; /* for STORE.heads, once the transaction is committed */
};

/* Borrowed, reset; null with error. Makes what the store keeps when it is not there. */
sqlite3_stmt *chain_statement(struct store *store, enum chain_statement which, GError **error);

/* Signs number and hash, fills the rest of the head and puts it into its table. */
gboolean chain_sign_head(struct store *store, struct chain_head *head, GError **error);

#endif

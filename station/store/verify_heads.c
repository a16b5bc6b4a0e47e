/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/verify_parts.h"

#include "base/clock.h"

#include <string.h>

gboolean verify_read_keys(struct look *look, const char *store_path, const char *key_path,
                          GError **error)
{
	g_autofree char *own = g_strconcat(store_path, ".pub", NULL);

	if (!key_path && !g_file_test(own, G_FILE_TEST_EXISTS))
		return TRUE; /* nothing was signed yet, or a signature will find no key */
	look->keys = signing_read_public(key_path ? key_path : own, error);
	return look->keys != NULL;
}

static gboolean is_known(const struct look *look, const struct chain_head *head)
{
	for (guint i = 0; look->keys && i < look->keys->len; i++)
		if (memcmp(look->keys->data + (gsize)i * SIGNING_PUBLIC, head->public_key,
		           SIGNING_PUBLIC) == 0)
			return TRUE;
	return FALSE;
}

/* --- the table --------------------------------------------------------------------------------
 */

static gboolean take_blob(sqlite3_stmt *row, int column, void *bytes, gsize n)
{
	if ((gsize)sqlite3_column_bytes(row, column) != n)
		return FALSE;
	memcpy(bytes, sqlite3_column_blob(row, column), n);
	return TRUE;
}

/* Columns: those of heads, then the hash of the chain's row, NULL when there is none. */
static gboolean take_head(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct look *look = data;
	struct chain_head head = {
		.number = sqlite3_column_int64(row, 0),
		.signed_us = sqlite3_column_int64(row, 2),
	};
	guint8 hash[CANON_SHA256];

	look->proof->signatures++;
	look->proof->first_unsigned = head.number + 1;
	if (!take_blob(row, 1, head.hash, sizeof head.hash) ||
	    !take_blob(row, 3, head.public_key, sizeof head.public_key) ||
	    !take_blob(row, 4, head.signature, sizeof head.signature))
		verify_find(look, "heads", NULL, head.number, NULL, "the row was altered");
	else if (!chain_head_is_signed(&head))
		verify_find(look, "heads", NULL, head.number, "signature",
		            "the signature is not one of this row");
	else if (!is_known(look, &head))
		verify_find(look, "heads", NULL, head.number, "public_key",
		            "signed with a key that is not among those that may sign");
	else if (!take_blob(row, 5, hash, sizeof hash) || memcmp(hash, head.hash, sizeof hash) != 0)
		verify_find(look, "heads", NULL, head.number, "hash",
		            "another row %" G_GINT64_FORMAT " of the chain was signed than the one "
		            "that is there",
		            head.number);
	return TRUE;
}

/* --- the lines --------------------------------------------------------------------------------
 */

static gboolean take_chained(sqlite3_stmt *row, gpointer data, GError **error)
{
	/* one that is no hash is told where the row is looked at; no line agrees with it */
	take_blob(row, 0, data, CANON_SHA256);
	return TRUE;
}

static gboolean look_at_line(struct look *look, const struct chain_head *line, GError **error)
{
	guint8 hash[CANON_SHA256] = {0};

	if (!sqlite_ask(look->store, take_chained, hash, error,
	                "SELECT hash FROM chain WHERE number = ?", "i", line->number))
		return FALSE;
	if (memcmp(hash, line->hash, sizeof hash) == 0)
		return TRUE;
	g_autofree char *when = clock_utc_text(line->signed_us);
	if (!chain_head_is_signed(line) || !is_known(look, line))
		verify_find(look, "heads file", NULL, line->number, NULL,
		            "the line was not signed by this station");
	else if (line->number > look->proof->last)
		verify_find(look, "chain", NULL, look->proof->last + 1, NULL,
		            "the last rows are missing: row %" G_GINT64_FORMAT " was signed at %s",
		            line->number, when);
	else
		verify_find(look, "chain", NULL, line->number, "hash",
		            "another row was here when it was signed at %s", when);
	return TRUE;
}

gboolean verify_heads(struct look *look, GError **error)
{
	gboolean told = FALSE;

	look->proof->first_unsigned = 1;
	if (!sqlite_ask(look->store, take_head, look, error,
	                "SELECT h.number, h.hash, h.signed_us, h.public_key, h.signature, c.hash "
	                "FROM heads AS h LEFT JOIN chain AS c ON c.number = h.number "
	                "ORDER BY h.number",
	                ""))
		return FALSE;
	if (look->proof->first_unsigned > look->proof->last)
		look->proof->first_unsigned = 0;
	/* the last line says most of rows that are gone */
	for (guint i = look->lines->len; i > 0 && !told; i--) {
		guint64 before = look->proof->n_findings;
		if (!look_at_line(look, &g_array_index(look->lines, struct chain_head, i - 1),
		                  error))
			return FALSE;
		told = look->proof->n_findings != before;
	}
	return TRUE;
}

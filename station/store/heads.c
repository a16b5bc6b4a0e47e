/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/chain_parts.h"

#include "base/clock.h"
#include "base/error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

const struct signing_key *chain_key(struct store *store, GError **error)
{
	if (!store->chain && !chain_statement(store, CHAIN_LAST, error))
		return NULL;
	if (!store->chain->key)
		store->chain->key = signing_key_open(store->path, TRUE, error);
	return store->chain->key;
}

/* --- signing ------------------------------------------------------------------------------------
 */

static void hash_of_head(const struct chain_head *head, guint8 sha256[CANON_SHA256])
{
	struct canon canon;

	canon_begin(&canon);
	canon_text(&canon, "station-head-1");
	canon_int(&canon, head->number);
	canon_bytes(&canon, head->hash, sizeof head->hash);
	canon_int(&canon, head->signed_us);
	canon_bytes(&canon, head->public_key, sizeof head->public_key);
	canon_end(&canon, sha256);
}

gboolean chain_head_is_signed(const struct chain_head *head)
{
	guint8 sha256[CANON_SHA256];

	hash_of_head(head, sha256);
	return signing_verify(head->public_key, sha256, sizeof sha256, head->signature);
}

static void add_line(GString *lines, const struct chain_head *head)
{
	g_autofree char *hash = canon_hex(head->hash, sizeof head->hash);
	g_autofree char *key = canon_hex(head->public_key, sizeof head->public_key);
	g_autofree char *signature = canon_hex(head->signature, sizeof head->signature);

	g_string_append_printf(lines, "%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %s %s\n",
	                       head->number, hash, head->signed_us, key, signature);
}

gboolean chain_sign_head(struct store *store, struct chain_head *head, GError **error)
{
	const struct signing_key *key = chain_key(store, error);
	sqlite3_stmt *sign = chain_statement(store, CHAIN_SIGN, error);
	guint8 sha256[CANON_SHA256];
	gboolean ok;

	if (!key || !sign)
		return FALSE;
	head->signed_us = clock_unix_us();
	memcpy(head->public_key, signing_key_public(key), sizeof head->public_key);
	hash_of_head(head, sha256);
	signing_key_sign(key, sha256, sizeof sha256, head->signature);
	sqlite3_bind_int64(sign, 1, head->number);
	sqlite3_bind_blob(sign, 2, head->hash, sizeof head->hash, SQLITE_STATIC);
	sqlite3_bind_int64(sign, 3, head->signed_us);
	sqlite3_bind_blob(sign, 4, head->public_key, sizeof head->public_key, SQLITE_STATIC);
	sqlite3_bind_blob(sign, 5, head->signature, sizeof head->signature, SQLITE_STATIC);
	ok = sqlite3_step(sign) == SQLITE_DONE || sqlite_fail(store, "sign", error);
	sqlite3_reset(sign);
	if (ok)
		add_line(store->chain->lines, head);
	return ok;
}

gboolean chain_sign(struct store *store, GError **error)
{
	sqlite3_stmt *is_signed = chain_statement(store, CHAIN_IS_SIGNED, error);
	struct chain_head head;
	int code;

	if (!is_signed || !chain_last(store, &head.number, head.hash, error))
		return FALSE;
	if (head.number == 0)
		return TRUE;
	sqlite_bind(is_signed, "i", head.number);
	code = sqlite3_step(is_signed);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		sqlite_fail(store, "read the heads", error);
	sqlite3_reset(is_signed);
	if (code == SQLITE_DONE)
		return chain_sign_head(store, &head, error);
	return code == SQLITE_ROW;
}

/* --- STORE.heads ------------------------------------------------------------------------------ */

void chain_ended(struct store *store, gboolean committed)
{
	struct chain *chain = store->chain;

	if (!chain || !chain->lines->len)
		return;
	if (committed) {
		g_autofree char *path = g_strconcat(store->path, ".heads", NULL);
		int file = g_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		/* The run is on the disk whatever becomes of its line, and the next line stands for
		 * it too. One write, so that lines of two programs do not mix. */
		gssize written = file < 0 ? -1 : write(file, chain->lines->str, chain->lines->len);
		if (written >= 0 && written < (gssize)chain->lines->len)
			written = write(file, "\n", 1);
		if (file >= 0)
			close(file);
	}
	g_string_truncate(chain->lines, 0);
}

static gboolean read_line(const char *line, struct chain_head *head)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);

	return g_strv_length(words) == 5 &&
	       g_ascii_string_to_signed(words[0], 10, 1, G_MAXINT64, &head->number, NULL) &&
	       canon_from_hex(words[1], head->hash, sizeof head->hash) &&
	       g_ascii_string_to_signed(words[2], 10, 0, G_MAXINT64, &head->signed_us, NULL) &&
	       canon_from_hex(words[3], head->public_key, sizeof head->public_key) &&
	       canon_from_hex(words[4], head->signature, sizeof head->signature);
}

static int by_number(gconstpointer a, gconstpointer b)
{
	const struct chain_head *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

GArray *chain_read_heads(const char *store_path, guint *n_bad, GError **error)
{
	g_autofree char *path = g_strconcat(store_path, ".heads", NULL);
	g_autoptr(GArray) heads = g_array_new(FALSE, FALSE, sizeof(struct chain_head));
	g_autoptr(GError) cause = NULL;
	g_autofree char *text = NULL;

	*n_bad = 0;
	if (!g_file_get_contents(path, &text, NULL, &cause)) {
		if (g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
			return g_steal_pointer(&heads);
		station_error_set(error, STATION_ERROR_STORAGE, "%s: %s", path, cause->message);
		return NULL;
	}
	for (char *line = text, *end; *line; line = end) {
		struct chain_head head;
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (read_line(line, &head))
			g_array_append_val(heads, head);
		else if (*line)
			(*n_bad)++;
	}
	g_array_sort(heads, by_number);
	return g_steal_pointer(&heads);
}

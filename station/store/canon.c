/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/canon.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

G_STATIC_ASSERT(sizeof(crypto_hash_sha256_state) <= CANON_STATE);
G_STATIC_ASSERT(crypto_hash_sha256_BYTES == CANON_SHA256);

static crypto_hash_sha256_state *state_of(struct canon *canon)
{
	return (crypto_hash_sha256_state *)canon->state;
}

void canon_begin(struct canon *canon)
{
	crypto_hash_sha256_init(state_of(canon));
}

void canon_null(struct canon *canon)
{
	crypto_hash_sha256_update(state_of(canon), (const guint8 *)"N", 1);
}

static void put(struct canon *canon, char letter, guint64 number)
{
	guint8 bytes[9] = {(guint8)letter};

	number = GUINT64_TO_BE(number);
	memcpy(bytes + 1, &number, sizeof number);
	crypto_hash_sha256_update(state_of(canon), bytes, sizeof bytes);
}

void canon_int(struct canon *canon, gint64 value)
{
	put(canon, 'I', (guint64)value);
}

void canon_real(struct canon *canon, double value)
{
	guint64 bits;

	if (isnan(value)) {
		canon_null(canon);
		return;
	}
	value += 0.0; /* -0 becomes 0 */
	memcpy(&bits, &value, sizeof bits);
	put(canon, 'R', bits);
}

static void put_bytes(struct canon *canon, char letter, const void *bytes, gsize n)
{
	put(canon, letter, n);
	if (n)
		crypto_hash_sha256_update(state_of(canon), bytes, n);
}

void canon_text(struct canon *canon, const char *text)
{
	if (text)
		put_bytes(canon, 'T', text, strlen(text));
	else
		canon_null(canon);
}

void canon_text_n(struct canon *canon, const char *text, gsize n)
{
	put_bytes(canon, 'T', text, n);
}

void canon_bytes(struct canon *canon, const void *bytes, gsize n)
{
	put_bytes(canon, 'B', bytes, n);
}

void canon_end(struct canon *canon, guint8 sha256[CANON_SHA256])
{
	crypto_hash_sha256_final(state_of(canon), sha256);
}

void canon_sha256(const void *bytes, gsize n, guint8 sha256[CANON_SHA256])
{
	crypto_hash_sha256(sha256, bytes, n);
}

char *canon_hex(const guint8 *bytes, gsize n)
{
	char *text = g_malloc(2 * n + 1);

	return sodium_bin2hex(text, 2 * n + 1, bytes, n);
}

gboolean canon_from_hex(const char *text, guint8 *bytes, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		int high = g_ascii_xdigit_value(text[2 * i]);
		int low = high < 0 ? -1 : g_ascii_xdigit_value(text[2 * i + 1]);
		if (low < 0)
			return FALSE;
		bytes[i] = (guint8)(high << 4 | low);
	}
	return text[2 * n] == '\0' || g_ascii_isspace(text[2 * n]);
}

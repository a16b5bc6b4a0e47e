/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "instruments/link/thorlabs_packets.h"

#include <glib.h>

#define PIECES 3

/* Feeds the bytes in pieces of a size; how many messages ended, or -1 for an error. */
static int take(const guint8 *data, gsize len, gsize piece, GByteArray *out)
{
	struct thorlabs_packets packets = {.header_len = 0};
	g_autofree guint8 *part = g_malloc(MAX(piece, 1));
	int ends = 0;

	for (gsize at = 0; at < len;) {
		g_autoptr(GError) error = NULL;
		gsize used = 0, given = 0, n = MIN(piece, len - at);
		gboolean ended = FALSE;

		if (!thorlabs_packets_take(&packets, data + at, n, &used, part, &given, &ended,
		                           &error)) {
			g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
			return -1;
		}
		g_assert_cmpuint(used, <=, n);
		g_assert_cmpuint(given, <=, used);
		g_assert_true(used == n || ended);
		g_byte_array_append(out, part, (guint)given);
		ends += ended ? 1 : 0;
		at += used;
	}
	return ends;
}

/* What a packet holds does not depend on how its bytes arrive, and what is wrapped comes back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GByteArray) whole = g_byte_array_new();
	int ends = take(data, size, MAX(size, 1), whole);

	for (gsize piece = 1; piece <= PIECES; piece++) {
		g_autoptr(GByteArray) out = g_byte_array_new();

		g_assert_cmpint(take(data, size, piece, out), ==, ends);
		if (ends >= 0)
			g_assert_cmpmem(out->data, out->len, whole->data, whole->len);
	}
	g_autoptr(GByteArray) packets = g_byte_array_new();
	g_autoptr(GByteArray) back = g_byte_array_new();
	if (!thorlabs_packets_wrap(packets, data, size, NULL))
		return 0;
	g_assert_cmpint(take(packets->data, packets->len, packets->len, back), ==, 1);
	g_assert_cmpmem(back->data, back->len, data, size);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "instruments/link/frame.h"
#include "instruments/link/link.h"

#define PIECES 3

/* Feeds the bytes in pieces of a size; tells how it ended: bytes used, or -1 for an error. */
static gssize take(const guint8 *data, gsize len, gsize piece, GByteArray *reply)
{
	static const struct link_frame frame = {.framing = LINK_FRAMING_SCPI,
	                                        .read_end = LINK_END_LF,
	                                        .max_len = 1 << 20};
	struct frame_scan scan;
	gsize at = 0;

	frame_scan_init(&scan, &frame);
	while (at < len && !frame_scan_ended(&scan)) {
		g_autoptr(GError) error = NULL;
		gsize used = 0;

		if (!frame_scan_take(&scan, data + at, MIN(piece, len - at), &used, reply,
		                     &error)) {
			g_assert_nonnull(error);
			return -1;
		}
		at += used;
	}
	return (gssize)at;
}

/* Where a message ends does not depend on how its bytes arrive. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GByteArray) whole = g_byte_array_new();
	gssize end = take(data, size, MAX(size, 1), whole);

	for (gsize piece = 1; piece <= PIECES; piece++) {
		g_autoptr(GByteArray) reply = g_byte_array_new();

		g_assert_cmpint(take(data, size, piece, reply), ==, end);
		if (end >= 0)
			g_assert_cmpmem(reply->data, reply->len, whole->data, whole->len);
	}
	return 0;
}

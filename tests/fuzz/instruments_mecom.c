/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "base/error.h"
#include "instruments/drivers/mecom.h"

#include <string.h>

/*
 * A request and a reply, with LF between them. What is taken for a reply is one: its head is the
 * request's, its checksum its own, or the request's where there is nothing else in it.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	char *reply = strchr(text, '\n');
	g_autoptr(GError) error = NULL;
	struct mecom_reply parsed = {.text = ""};

	if (!reply)
		return 0;
	*reply++ = '\0';
	if (!mecom_parse(reply, text, &parsed, &error)) {
		g_assert_nonnull(error);
		return 0;
	}
	g_assert_no_error(error);
	g_assert_cmpint(g_ascii_strncasecmp(reply + 3, text + 3, 4), ==, 0);
	const char *summed = parsed.kind == MECOM_DONE ? text : reply;
	guint64 crc = g_ascii_strtoull(reply + strlen(reply) - 4, NULL, 16);
	g_assert_cmphex(crc, ==, mecom_crc16(summed, strlen(summed) - 4));
	g_assert_cmpuint(strlen(parsed.text), <=, MECOM_TEXT_LEN);
	return 0;
}

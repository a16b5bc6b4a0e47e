/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/link/usbtmc_message.h"
#include "instruments/link/usbtmc_quirks.h"

#include <string.h>

/* The bytes of two transfers as they stand in the standard's examples. */
static void test_golden(void)
{
	static const guint8 out[] = {0x01, 0x01, 0xfe, 0, 6, 0, 0, 0, 1, 0, 0, 0};
	static const guint8 request[] = {0x02, 0x02, 0xfd, 0, 0, 4, 0, 0, 0, 0, 0, 0};
	guint8 header[USBTMC_HEADER_LEN];

	usbtmc_pack_out(header, 1, 6, TRUE); /* *IDN? and LF */
	g_assert_cmpmem(header, sizeof header, out, sizeof out);
	g_assert_cmpuint(usbtmc_padding(6), ==, 2);
	usbtmc_pack_request(header, 2, 1024);
	g_assert_cmpmem(header, sizeof header, request, sizeof request);
	usbtmc_pack_out(header, 255, 0x01020304, FALSE);
	g_assert_cmpmem(header, 9, "\x01\xff\x00\x00\x04\x03\x02\x01\x00", 9);
}

static void test_padding(void)
{
	for (guint32 len = 0; len < 20; len++) {
		g_assert_cmpuint((len + usbtmc_padding(len)) % 4, ==, 0);
		g_assert_cmpuint(usbtmc_padding(len), <, 4);
	}
}

static void test_tags(void)
{
	guint8 tag = 0, status_tag = 0;
	for (guint i = 0; i < 600; i++) {
		tag = usbtmc_next_tag(tag);
		status_tag = usbtmc_next_status_tag(status_tag);
		g_assert_cmpuint(tag, ==, i % 255 + 1);
		g_assert_cmpuint(status_tag, ==, i % 126 + 2);
	}
}

/* What each byte of a header, when it is another, makes of it. */
static const struct {
	guint8 bytes[USBTMC_HEADER_LEN];
	gsize len;
	gboolean any_id;
	const char *words; /* null: it is right */
	guint32 answer_len;
	gboolean end;
} answers[] = {
	{{2, 7, 0xf8, 0, 5, 0, 0, 0, 1}, 12, FALSE, NULL, 5, TRUE},
	{{2, 7, 0xf8, 0, 0, 1, 0, 0, 0}, 12, FALSE, NULL, 256, FALSE},
	{{2, 7, 0xf8, 0, 0, 0, 0, 0, 3}, 12, FALSE, NULL, 0, TRUE},
	{{9, 7, 0xf8, 0, 5, 0, 0, 0, 1}, 12, TRUE, NULL, 5, TRUE},
	{{9, 7, 0xf8, 0, 5, 0, 0, 0, 1}, 12, FALSE, "MsgID 9"},
	{{2, 6, 0xf9, 0, 5, 0, 0, 0, 1}, 12, TRUE, "request 6"},
	{{2, 7, 0xf9, 0, 5, 0, 0, 0, 1}, 12, TRUE, "expected 7"},
	{{2, 7, 0xf8, 0, 1, 1, 0, 0, 1}, 12, FALSE, "257 bytes to a request for 256"},
	{{2, 7, 0xf8, 0, 255, 255, 255, 255, 1}, 12, FALSE, "4294967295"},
	{{2, 7, 0xf8, 0, 5, 0, 0, 0, 1}, 11, FALSE, "after 11 bytes"},
	{{0}, 0, FALSE, "after 0 bytes"},
};

static void test_answers(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		const struct usbtmc_asked asked = {7, 256, answers[i].any_id};
		struct usbtmc_answer answer;
		g_autoptr(GError) error = NULL;
		gboolean ok = usbtmc_unpack_answer(answers[i].bytes, answers[i].len, &asked,
		                                   &answer, &error);
		g_assert_cmpint(ok, ==, answers[i].words == NULL);
		if (ok) {
			g_assert_cmpuint(answer.len, ==, answers[i].answer_len);
			g_assert_cmpint(answer.end, ==, answers[i].end);
			continue;
		}
		g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
		g_assert_nonnull(strstr(error->message, answers[i].words));
	}
}

static void test_capabilities(void)
{
	guint8 bytes[USBTMC_CAPABILITIES_LEN] = {1, [4] = 2, [14] = 4, [15] = 0x0e};
	struct usbtmc_capabilities known;

	g_assert_true(usbtmc_unpack_capabilities(bytes, sizeof bytes, &known));
	g_assert_true(known.usb488 && known.remote && known.service_request && known.scpi);
	g_assert_true(known.talk_only && !known.listen_only);
	g_assert_false(usbtmc_unpack_capabilities(bytes, sizeof bytes - 1, &known));
	g_assert_false(known.usb488 || known.remote);
	bytes[14] = bytes[15] = 0;
	g_assert_true(usbtmc_unpack_capabilities(bytes, sizeof bytes, &known));
	g_assert_false(known.usb488);
	bytes[0] = USBTMC_STATUS_FAILED;
	g_assert_false(usbtmc_unpack_capabilities(bytes, sizeof bytes, &known));
}

static void test_status_packet(void)
{
	guint8 status = 0;

	g_assert_true(usbtmc_unpack_status_packet((const guint8 *)"\x85\x50", 2, 5, &status));
	g_assert_cmpuint(status, ==, 0x50);
	g_assert_false(usbtmc_unpack_status_packet((const guint8 *)"\x85\x50", 1, 5, &status));
	g_assert_false(usbtmc_unpack_status_packet((const guint8 *)"\x84\x50", 2, 5, &status));
	/* a service request has tag 1 */
	g_assert_false(usbtmc_unpack_status_packet((const guint8 *)"\x81\x50", 2, 2, &status));
}

/* Every row can be reached, does something and says where it is from. */
static void test_quirks(void)
{
	gsize count;
	const struct usbtmc_quirks *rows = usbtmc_quirks_table(&count);

	for (gsize i = 0; i < count; i++) {
		const struct usbtmc_quirks *row = &rows[i];
		guint16 product =
			row->product == USBTMC_ANY_PRODUCT ? 0xfffe : (guint16)row->product;
		g_assert_true(row->no_ren || row->reset_after_open || row->any_id);
		g_assert_true(row->source && *row->source);
		g_assert_true(row->product >= USBTMC_ANY_PRODUCT && row->product <= G_MAXUINT16);
		g_assert_true(usbtmc_quirks_of(row->vendor, product) == row);
	}
	g_assert_true(usbtmc_quirks_of(0x1ab1, 0x0588)->no_ren);
	g_assert_false(usbtmc_quirks_of(0x1ab1, 0x0e11)->no_ren);
	g_assert_true(usbtmc_quirks_of(0x1ab1, 0x0e11)->any_id);
	g_assert_true(usbtmc_quirks_of(0xf4ec, 1)->reset_after_open);
	g_assert_false(usbtmc_quirks_of(0x1313, 0x8078)->no_ren);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/link/usbtmc/golden", test_golden);
	g_test_add_func("/link/usbtmc/padding", test_padding);
	g_test_add_func("/link/usbtmc/tags", test_tags);
	g_test_add_func("/link/usbtmc/answers", test_answers);
	g_test_add_func("/link/usbtmc/capabilities", test_capabilities);
	g_test_add_func("/link/usbtmc/status-packet", test_status_packet);
	g_test_add_func("/link/usbtmc/quirk-table", test_quirks);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/frame.h"

#include "base/error.h"

#include <string.h>

#define SCPI_LF LINK_FRAMING_SCPI, LINK_END_LF
#define LINE_LF LINK_FRAMING_LINE, LINK_END_LF

/* Literals with NULs in them, with their length. */
#define BYTES(text) (text), sizeof(text) - 1

struct good_row {
	const char *name;
	enum link_framing framing;
	enum link_end end;
	const char *sent;
	gsize sent_len;
	const char *message;
	gsize message_len;
};

/* clang-format off */
static const struct good_row good_rows[] = {
	{"plain", SCPI_LF, BYTES("+1.5E-06\n"), BYTES("+1.5E-06")},
	{"empty", SCPI_LF, BYTES("\n"), BYTES("")},
	{"cr lf", SCPI_LF, BYTES("1\r\n"), BYTES("1")},
	{"only cr lf", SCPI_LF, BYTES("\r\n"), BYTES("")},
	{"inner cr", SCPI_LF, BYTES("a\rb\r\r\n"), BYTES("a\rb\r")},
	{"nul before lf", SCPI_LF, BYTES("1,\0\n"), BYTES("1,\0")},
	{"block", SCPI_LF, BYTES("#15HELLO\n"), BYTES("#15HELLO")},
	{"lf in block", SCPI_LF, BYTES("#15a\nb\r\n\n"), BYTES("#15a\nb\r\n")},
	{"block ends in cr", SCPI_LF, BYTES("#13ab\r\n"), BYTES("#13ab\r")},
	{"block then cr lf", SCPI_LF, BYTES("#13ab\r\r\n"), BYTES("#13ab\r")},
	{"block of none", SCPI_LF, BYTES("#10\n"), BYTES("#10")},
	{"zeros in length", SCPI_LF, BYTES("#9000000002\n\n\n"), BYTES("#9000000002\n\n")},
	{"two blocks", SCPI_LF, BYTES("#12\n#,#11;\n"), BYTES("#12\n#,#11;")},
	{"block, text, block", SCPI_LF, BYTES("#11\n;2,#11\n\n"), BYTES("#11\n;2,#11\n")},
	{"past a semicolon", SCPI_LF, BYTES("1;#12\n\n\n"), BYTES("1;#12\n\n")},
	{"blanks before", SCPI_LF, BYTES("  #11\n\n"), BYTES("  #11\n")},
	{"header before", SCPI_LF, BYTES(":CURV #12\n\n\n"), BYTES(":CURV #12\n\n")},
	{"nul after", SCPI_LF, BYTES("#11x\0\n"), BYTES("#11x\0")},
	{"hash in string", SCPI_LF, BYTES("-1,\"#19 no block\"\n"), BYTES("-1,\"#19 no block\"")},
	{"lf in string", SCPI_LF, BYTES("\"a\nb\"\n"), BYTES("\"a\nb\"")},
	{"doubled quote", SCPI_LF, BYTES("\"a\"\"\n\",1\n"), BYTES("\"a\"\"\n\",1")},
	{"single quotes", SCPI_LF, BYTES("'a\"\n'\n"), BYTES("'a\"\n'")},
	{"quote in a word", SCPI_LF, BYTES("Maker's,1\n"), BYTES("Maker's,1")},
	{"hash in a word", SCPI_LF, BYTES("A,Model #1,2\n"), BYTES("A,Model #1,2")},
	{"hexadecimal", SCPI_LF, BYTES("#H1F\n"), BYTES("#H1F")},
	{"cr end", LINK_FRAMING_SCPI, LINK_END_CR, BYTES("12\r"), BYTES("12")},
	{"lf in line", LINK_FRAMING_LINE, LINK_END_CR, BYTES("1\n2\r"), BYTES("1\n2")},
	{"cr lf end", LINK_FRAMING_LINE, LINK_END_CRLF, BYTES("1\n2\r\n"), BYTES("1\n2")},
	{"two cr, lf", LINK_FRAMING_LINE, LINK_END_CRLF, BYTES("\r\r\n"), BYTES("\r")},
	{"block, cr lf", LINK_FRAMING_SCPI, LINK_END_CRLF, BYTES("#12\r\n\r\n"), BYTES("#12\r\n")},
	{"line: no block", LINE_LF, BYTES("#15\n"), BYTES("#15")},
	{"line: no string", LINE_LF, BYTES("\"open\n"), BYTES("\"open")},
};
/* clang-format on */

static void scan_pieces(const struct good_row *row, gsize first, gsize step)
{
	struct link_frame frame = {.framing = row->framing, .read_end = row->end, .max_len = 64};
	struct frame_scan scan;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	frame_scan_init(&scan, &frame);
	for (gsize at = 0, len = first; at < row->sent_len; at += len, len = step) {
		len = MIN(len, row->sent_len - at);
		gsize used = 0;
		g_assert_false(frame_scan_ended(&scan));
		frame_scan_take(&scan, (const guint8 *)row->sent + at, len, &used, reply, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(used, ==, len);
	}
	g_assert_true(frame_scan_ended(&scan));
	g_assert_cmpmem(reply->data, reply->len, row->message, row->message_len);
}

static void test_pieces(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(good_rows); i++) {
		const struct good_row *row = &good_rows[i];
		g_test_message("%s", row->name);
		for (gsize cut = 1; cut <= row->sent_len; cut++)
			scan_pieces(row, cut, row->sent_len);
		scan_pieces(row, 1, 1);
	}
}

/* What follows the end is left where it is, whatever it looks like. */
static void test_leftover(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(good_rows); i++) {
		const struct good_row *row = &good_rows[i];
		struct link_frame frame = {
			.framing = row->framing,
			.read_end = row->end,
			.max_len = 64,
		};
		struct frame_scan scan;
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_autoptr(GByteArray) both = g_byte_array_new();
		gsize used = 0;
		g_byte_array_append(both, (const guint8 *)row->sent, (guint)row->sent_len);
		g_byte_array_append(both, (const guint8 *)"#xlate\n", 7);
		frame_scan_init(&scan, &frame);
		g_assert_true(frame_scan_take(&scan, both->data, both->len, &used, reply, NULL));
		g_assert_cmpuint(used, ==, row->sent_len);
		g_assert_cmpmem(reply->data, reply->len, row->message, row->message_len);
	}
}

#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"

struct bad_row {
	const char *sent;
	gsize sent_len;
	enum station_error code;
	const char *says;
};

/* clang-format off */
static const struct bad_row bad_rows[] = {
	{BYTES("#\n"), STATION_ERROR_PROTOCOL, "header"},
	{BYTES("#x"), STATION_ERROR_PROTOCOL, "header"},
	{BYTES("#\0"), STATION_ERROR_PROTOCOL, "header"},
	{BYTES("# 15HELLO"), STATION_ERROR_PROTOCOL, "header"},
	{BYTES("#1\n"), STATION_ERROR_PROTOCOL, "length"},
	{BYTES("#2 5"), STATION_ERROR_PROTOCOL, "length"},
	{BYTES("#2-5"), STATION_ERROR_PROTOCOL, "length"},
	{BYTES("#31a2"), STATION_ERROR_PROTOCOL, "length"},
	{BYTES("#0abc\n"), STATION_ERROR_UNSUPPORTED, "indefinite"},
	{BYTES("1,#0abc\n"), STATION_ERROR_UNSUPPORTED, "indefinite"},
	{BYTES("#14HELLO\n"), STATION_ERROR_PROTOCOL, "after a block"},
	{BYTES("#12ab#12cd\n"), STATION_ERROR_PROTOCOL, "after a block"},
	{BYTES("#265"), STATION_ERROR_PROTOCOL, "longer"},
	{BYTES("#9999999999"), STATION_ERROR_PROTOCOL, "longer"},
	{BYTES(SIXTY_FOUR "x"), STATION_ERROR_PROTOCOL, "longer"},
	{BYTES("\"" SIXTY_FOUR), STATION_ERROR_PROTOCOL, "longer"},
};
/* clang-format on */

static void test_refused(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(bad_rows); i++) {
		const struct bad_row *row = &bad_rows[i];
		struct link_frame frame = {.read_end = LINK_END_LF, .max_len = 64};
		struct frame_scan scan;
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_autoptr(GError) error = NULL;
		gsize used = 0;
		g_test_message("row %u: %s", (guint)i, row->sent);
		frame_scan_init(&scan, &frame);
		g_assert_false(frame_scan_take(&scan, (const guint8 *)row->sent, row->sent_len,
		                               &used, reply, &error));
		g_assert_error(error, STATION_ERROR, (int)row->code);
		g_assert_nonnull(strstr(error->message, row->says));
	}
}

struct counted_row {
	const char *sent;
	gsize sent_len;
	const char *payload; /* null: refused */
};

/* clang-format off */
static const struct counted_row counted_rows[] = {
	{BYTES("#0a\n\nb\n"),     "a\n\nb"},
	{BYTES("#0a\n\nb\r\n"),   "a\n\nb"},
	{BYTES("#0abc\r\r\n"),    "abc\r" },
	{BYTES("#14a\n\nb\n"),    "a\n\nb"},
	{BYTES("#3004a\n\nb \n"), "a\n\nb"},
	{BYTES("#0abcde\n"),      NULL    },
	{BYTES("#15abcde\n"),     NULL    },
	{BYTES("#13abc\n"),       NULL    },
	{BYTES("abcd\n"),         NULL    },
	{BYTES("\n"),             NULL    },
	{BYTES("#Habcd\n"),       NULL    },
	{BYTES("#0abcd,\n"),      NULL    },
};
/* clang-format on */

static void test_counted(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(counted_rows); i++) {
		const struct counted_row *row = &counted_rows[i];
		struct link_frame frame = {
			.read_end = LINK_END_LF,
			.max_len = 20,
			.indefinite = TRUE,
			.indefinite_len = 4,
		};
		struct frame_scan scan;
		g_autoptr(GByteArray) reply = g_byte_array_new();
		gboolean ok = TRUE;
		frame_scan_init(&scan, &frame);
		for (gsize at = 0; ok && at < row->sent_len; at++) {
			gsize used = 0;
			ok = frame_scan_take(&scan, (const guint8 *)row->sent + at, 1, &used, reply,
			                     NULL);
		}
		g_test_message("row %u", (guint)i);
		g_assert_cmpint(ok, ==, row->payload != NULL);
		if (row->payload) {
			g_assert_true(frame_scan_ended(&scan));
			g_assert_cmpmem(reply->data, reply->len, row->payload, 4);
		}
	}
}

/* ---- lines up to the one that ends them ---- */

struct done_row {
	enum link_end end;
	const char *sent;
	const char *message; /* null: not ended */
	const char *rest;
	gboolean may_end; /* only silence tells that nothing more belongs to it */
};

/* clang-format off */
static const struct done_row done_rows[] = {
	{LINK_END_CRLF, "Done\r\n\r\n",                "Done",               "",   FALSE},
	{LINK_END_CRLF, "Done\r\n",                    "Done",               "",   TRUE },
	{LINK_END_CRLF, "Done\r\n\r",                  "Done",               "",   TRUE },
	{LINK_END_CRLF, "Done\r\nPos:1\r\n",           "Done",               "Pos:1\r\n", FALSE},
	{LINK_END_CRLF, "Pos:12\r\nDone\r\n\r\nx",     "Pos:12\nDone",       "x",  FALSE},
	{LINK_END_CRLF, "\r\n\r\nPos:1\r\nDone\r\n\r\n", "Pos:1\nDone",      "",   FALSE},
	{LINK_END_CRLF, "a\r\n\r\nb\r\nDone\r\n\r\n", "a\n\nb\nDone",       "",   FALSE},
	{LINK_END_CRLF, "A99\r\nError-2: no\r\n\r\n",  "A99\nError-2: no",   "",   FALSE},
	{LINK_END_CRLF, "Error\r\n",                   "Error",              "",   TRUE },
	{LINK_END_CRLF, "Doner\r\n Done\r\n",          NULL,                 "",   FALSE},
	{LINK_END_CRLF, "Done",                        NULL,                 "",   FALSE},
	{LINK_END_CRLF, "Done\r",                      NULL,                 "",   FALSE},
	{LINK_END_CRLF, "No Error\r\n",                NULL,                 "",   FALSE},
	{LINK_END_LF,   "a #15\nDone\n\n",             "a #15\nDone",        "",   FALSE},
	{LINK_END_LF,   "a\r\nDone\r\n\r\n",           "a\nDone",            "",   FALSE},
	{LINK_END_CR,   "a\rDone\r\r",                 "a\nDone",            "",   FALSE},
	{LINK_END_CR,   "a\rDone\ra",                  "a\nDone",            "a",  FALSE},
};
/* clang-format on */

static void check_done(const struct done_row *row, gsize piece)
{
	const struct link_frame frame = {.framing = LINK_FRAMING_DONE,
	                                 .read_end = row->end,
	                                 .max_len = 20};
	struct frame_scan scan;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	gsize at = 0, len = strlen(row->sent);
	frame_scan_init(&scan, &frame);
	while (at < len && !frame_scan_ended(&scan)) {
		gsize used = 0;
		g_assert_true(frame_scan_take(&scan, (const guint8 *)row->sent + at,
		                              MIN(piece, len - at), &used, reply, NULL));
		at += used;
	}
	g_assert_cmpint(frame_scan_may_end(&scan), ==, row->may_end);
	g_assert_cmpint(frame_scan_ended(&scan), ==, row->message != NULL && !row->may_end);
	if (row->message) {
		g_assert_cmpmem(reply->data, reply->len, row->message, strlen(row->message));
		g_assert_cmpstr(row->sent + at, ==, row->rest);
	}
	g_assert_cmpint(frame_scan_finish(&scan, reply, NULL), ==, row->message != NULL);
}

static void test_done(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(done_rows); i++) {
		g_test_message("row %u", (guint)i);
		for (gsize piece = 1; piece <= strlen(done_rows[i].sent); piece++)
			check_done(&done_rows[i], piece);
	}
}

/* Lines without end are too long some time. */
static void test_done_too_long(void)
{
	const struct link_frame frame = {.framing = LINK_FRAMING_DONE,
	                                 .read_end = LINK_END_LF,
	                                 .max_len = 6};
	struct frame_scan scan;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	gsize used = 0;
	frame_scan_init(&scan, &frame);
	g_assert_true(frame_scan_take(&scan, (const guint8 *)"ab\ncd\n", 6, &used, reply, &error));
	g_assert_false(frame_scan_take(&scan, (const guint8 *)"e", 1, &used, reply, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/frame/pieces", test_pieces);
	g_test_add_func("/link/frame/leftover", test_leftover);
	g_test_add_func("/link/frame/refused", test_refused);
	g_test_add_func("/link/frame/counted", test_counted);
	g_test_add_func("/link/frame/done", test_done);
	g_test_add_func("/link/frame/done-too-long", test_done_too_long);
	return g_test_run();
}

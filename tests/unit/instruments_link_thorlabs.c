/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/link.h"
#include "instruments/link/thorlabs_packets.h"

#include "base/error.h"
#include "tests/unit/instruments_link_peer.h"

#include <string.h>

/* A text with its length, NULs inside included. */
#define BYTES(text) text, sizeof(text) - 1

/* ---- packets ---- */

static void fill(GByteArray *message, gsize len)
{
	for (gsize i = 0; i < len; i++) {
		/* every byte value, those of headers included */
		guint8 c = (guint8)(i * 7 + i / 256);
		g_byte_array_append(message, &c, 1);
	}
}

/* Takes all, so many bytes at a time; counts how often a message ended. */
static gboolean unwrap(const guint8 *data, gsize len, gsize piece, GByteArray *out, guint *ends,
                       GError **error)
{
	struct thorlabs_packets packets = {.header_len = 0};
	guint8 part[4096];
	*ends = 0;
	for (gsize at = 0; at < len;) {
		gsize used = 0, given = 0;
		gboolean ended = FALSE;
		gsize n = MIN(MIN(piece, sizeof part), len - at);
		if (!thorlabs_packets_take(&packets, data + at, n, &used, part, &given, &ended,
		                           error))
			return FALSE;
		g_assert_cmpuint(used, <=, n);
		g_assert_true(used > 0);
		g_byte_array_append(out, part, (guint)given);
		*ends += ended ? 1 : 0;
		at += used;
	}
	return TRUE;
}

static void test_wrap(void)
{
	g_autoptr(GByteArray) packets = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_true(thorlabs_packets_wrap(packets, (const guint8 *)BYTES("*IDN?\n"), &error));
	g_assert_cmpmem(packets->data, packets->len, "\xCA\0\x06\0*IDN?\n", 10);
	g_assert_false(thorlabs_packets_wrap(packets, (const guint8 *)"", 0, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_clear_error(&error);
	g_autofree guint8 *large = g_malloc0(THORLABS_MESSAGE_MAX + 1);
	g_assert_false(thorlabs_packets_wrap(packets, large, THORLABS_MESSAGE_MAX + 1, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_assert_cmpuint(packets->len, ==, 10);

	/* The whole length in the first header, the part's in the others. */
	g_byte_array_set_size(packets, 0);
	g_assert_true(thorlabs_packets_wrap(packets, large, 3000, NULL));
	g_assert_cmpuint(packets->len, ==, 3000 + 3 * 4);
	g_assert_cmpmem(packets->data, 4, "\xCA\0\xB8\x0B", 4);
	g_assert_cmpmem(packets->data + 1440, 4, "\xCB\x01\x9C\x05", 4);
	g_assert_cmpmem(packets->data + 2880, 4, "\xCB\x02\x80\0", 4);
}

static void test_round_trip(void)
{
	static const gsize lengths[] = {1, 2, 1435, 1436, 1437, 2872, 2873, THORLABS_MESSAGE_MAX};
	static const gsize pieces[] = {1, 3, 1440, G_MAXSIZE};
	for (gsize i = 0; i < G_N_ELEMENTS(lengths) * G_N_ELEMENTS(pieces); i++) {
		g_autoptr(GByteArray) message = g_byte_array_new();
		g_autoptr(GByteArray) packets = g_byte_array_new();
		g_autoptr(GByteArray) out = g_byte_array_new();
		g_autoptr(GError) error = NULL;
		guint ends = 0;
		fill(message, lengths[i % G_N_ELEMENTS(lengths)]);
		g_assert_true(thorlabs_packets_wrap(packets, message->data, message->len, NULL));
		unwrap(packets->data, packets->len, pieces[i / G_N_ELEMENTS(lengths)], out, &ends,
		       &error);
		g_assert_no_error(error);
		g_assert_cmpuint(ends, ==, 1);
		g_assert_cmpmem(out->data, out->len, message->data, message->len);
	}
}

static const struct {
	const char *bytes;
	gsize len;
	const char *message; /* null: refused */
	guint ends;
} rows[] = {
	{BYTES("\xCA\0\x02\0ab"), "ab", 1},
	{BYTES("junk\xCB\xFF\xCA\x09\x02\0ab"), "ab", 1},
	{BYTES("\xCA\0\x02\0ab\xCA\0\x01\0c"), "abc", 2},
	{BYTES("\xCA\0\x02\0abjunk\n\xCA\0\x01\0c"), "abc", 2},
	{BYTES("\xCA\0\x04\0ab"), "ab", 0},
	{BYTES("\xCA\0\x02"), "", 0},
	{BYTES("nothing"), "", 0},
	{BYTES("\xCA\0\0\0"), NULL, 0},
	{BYTES("\xCA\0\0\x80"), NULL, 0},
	{BYTES("\xCA\0\xFF\xFF"), NULL, 0},
};

static void test_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (gsize piece = 1; piece <= rows[i].len; piece++) {
			g_autoptr(GByteArray) out = g_byte_array_new();
			g_autoptr(GError) error = NULL;
			guint ends = 0;
			gboolean ok = unwrap((const guint8 *)rows[i].bytes, rows[i].len, piece, out,
			                     &ends, &error);
			g_test_message("row %u in pieces of %u", (guint)i, (guint)piece);
			g_assert_cmpint(ok, ==, rows[i].message != NULL);
			if (!ok) {
				g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
				continue;
			}
			g_assert_cmpuint(ends, ==, rows[i].ends);
			g_assert_cmpmem(out->data, out->len, rows[i].message,
			                strlen(rows[i].message));
		}
	}
}

/* What goes on must go on: its mark, its number and its length. */
static void test_continuation(void)
{
	static const struct {
		gsize at;
		guint8 byte;
		gboolean ok;
	} changes[] = {
		{1440, 0xCB, TRUE}, {1440, 0xCA, FALSE}, {1440, 'x', FALSE},
		{1441, 0, FALSE},   {1441, 2, FALSE},    {1442, 101, FALSE},
		{1442, 0, FALSE},   {1443, 1, FALSE},    {1443, 0x80, FALSE},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autoptr(GByteArray) message = g_byte_array_new();
		g_autoptr(GByteArray) packets = g_byte_array_new();
		g_autoptr(GByteArray) out = g_byte_array_new();
		guint ends = 0;
		fill(message, 1536);
		g_assert_true(thorlabs_packets_wrap(packets, message->data, message->len, NULL));
		packets->data[changes[i].at] = changes[i].byte;
		g_test_message("row %u", (guint)i);
		g_assert_cmpint(unwrap(packets->data, packets->len, 7, out, &ends, NULL), ==,
		                changes[i].ok);
	}
}

/* A message may go on in smaller parts than it could. */
static void test_small_parts(void)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(GByteArray) out = g_byte_array_new();
	guint ends = 0;
	g_byte_array_append(bytes, (const guint8 *)"\xCA\0\x9F\x05", 4);
	fill(bytes, 1436);
	g_byte_array_append(bytes, (const guint8 *)BYTES("\xCB\x01\x01\0x\xCB\x02\x02\0y\n"));
	g_assert_true(unwrap(bytes->data, bytes->len, 5, out, &ends, NULL));
	g_assert_cmpuint(ends, ==, 1);
	g_assert_cmpuint(out->len, ==, 1439);
	g_assert_cmpmem(out->data + 1436, 3, "xy\n", 3);
}

/* ---- the link ---- */

static const struct link_settings settings = {
	.framing = LINK_FRAMING_SCPI,
	.write_end = LINK_END_LF,
	.read_end = LINK_END_LF,
	.stall_s = 5,
	.packets = LINK_PACKETS_THORLABS,
};

/* What is answered to the first message of the first connection; later ones get "B\n". */
struct meter {
	const char *reply;
	gsize reply_len;
	gsize cut;      /* where it is sent in two; 0: nowhere */
	gboolean stops; /* after the cut nothing comes any more */
	gboolean closes;
};

/* One message, of one packet; FALSE when the client has gone. */
static gboolean receive(int fd, char *message, gsize size)
{
	guint8 header[4];
	if (recv(fd, header, 4, MSG_WAITALL) != 4)
		return FALSE;
	gsize len = (gsize)header[2] | (gsize)header[3] << 8;
	g_assert_cmphex(header[0], ==, 0xCA);
	g_assert_cmpuint(len, <, size);
	g_assert_cmpint(recv(fd, message, len, MSG_WAITALL), ==, (gssize)len);
	message[len] = '\0';
	return TRUE;
}

static void serve(int fd, int connection, gpointer data)
{
	const struct meter *meter = data;
	char message[200];
	for (int i = 0; receive(fd, message, sizeof message); i++) {
		g_assert_true(g_str_has_suffix(message, "?\n"));
		if (connection > 0 || i > 0) {
			peer_send(fd, "\xCA\x05\x02\0B\n", 6);
			continue;
		}
		peer_send(fd, meter->reply, meter->cut);
		if (!meter->stops)
			peer_send(fd, meter->reply + meter->cut, meter->reply_len - meter->cut);
		if (meter->closes)
			return;
	}
}

static struct link *open_link(const struct peer *peer)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	GError *error = NULL;
	struct link *link = link_open(peer->resource, &settings, NULL, &bounds, &error);
	g_assert_no_error(error);
	return link;
}

static gboolean ask(struct link *link, double limit_s, GByteArray *reply, GError **error)
{
	struct bounds bounds = {deadline_in_s(limit_s), NULL};
	return link_query(link, "A?", reply, 5000, &bounds, error);
}

static void assert_next(struct link *link)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	ask(link, 10, reply, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, "B", 1);
}

/* Split at every byte an answer is whole; cut at every byte it is none. */
static void test_split_and_cut(void)
{
	static const char bytes[] = "x\xCA\0\x08\0#13a\nb\r\n";
	for (gsize i = 0; i < 2 * (sizeof bytes - 1); i++) {
		struct meter meter = {bytes, sizeof bytes - 1, i / 2, i % 2, FALSE};
		struct peer peer;
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_autoptr(GError) error = NULL;
		peer_start(&peer, serve, &meter);
		struct link *link = open_link(&peer);
		gboolean ok = ask(link, meter.stops ? 0.02 : 10, reply, &error);
		g_test_message("byte %u, %s", (guint)meter.cut, meter.stops ? "cut" : "split");
		g_assert_cmpint(ok, ==, !meter.stops);
		if (ok) {
			g_assert_cmpmem(reply->data, reply->len, "#13a\nb", 6);
		} else {
			g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
			g_assert_cmpuint(reply->len, ==, 0);
		}
		assert_next(link);
		link_close(link);
		peer_stop(&peer);
	}
}

static const struct {
	const char *bytes;
	gsize len;
	const char *message; /* null: STATION_ERROR_PROTOCOL */
} replies[] = {
	{BYTES("\xCA\0\x02\0A\n"), "A"},
	{BYTES("\xCA\0\x01\0A"), "A"}, /* the packet is an end mark as well */
	{BYTES("\xCA\0\x05\0#0a\nb"), "#0a\nb"},
	{BYTES("\xCA\0\x04\0#15a"), NULL},
	{BYTES("\xCA\0\x02\0\"a"), NULL},
	{BYTES("\xCA\0\xFF\xFF"
               "A\n"),
         NULL},
};

static void test_replies(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(replies); i++) {
		struct meter meter = {replies[i].bytes, replies[i].len, 0, FALSE, FALSE};
		struct peer peer;
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_autoptr(GError) error = NULL;
		peer_start(&peer, serve, &meter);
		struct link *link = open_link(&peer);
		gboolean ok = ask(link, 10, reply, &error);
		g_test_message("row %u", (guint)i);
		g_assert_cmpint(ok, ==, replies[i].message != NULL);
		if (ok)
			g_assert_cmpmem(reply->data, reply->len, replies[i].message,
			                strlen(replies[i].message));
		else
			g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
		assert_next(link);
		link_close(link);
		peer_stop(&peer);
	}
}

/* A second message that nobody asked for is noticed, also while it waits in its packets. */
static void test_surplus(void)
{
	static const char bytes[] = "\xCA\0\x02\0A\n\xCA\0\x02\0C\n";
	struct meter meter = {bytes, sizeof bytes - 1, 0, FALSE, FALSE};
	struct peer peer;
	struct bounds bounds = {deadline_in_s(10), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	peer_start(&peer, serve, &meter);
	struct link *link = open_link(&peer);
	g_assert_true(ask(link, 10, reply, NULL));
	g_assert_cmpuint(link_unread(link), ==, 6);
	g_assert_false(link_write(link, "B?", 2, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	assert_next(link);
	link_close(link);
	peer_stop(&peer);
}

/* A meter hangs up on who is silent; between messages that is no failure. */
static void test_hung_up(void)
{
	static const char bytes[] = "\xCA\0\x02\0A\n";
	struct meter meter = {bytes, sizeof bytes - 1, 0, FALSE, TRUE};
	struct peer peer;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	peer_start(&peer, serve, &meter);
	struct link *link = open_link(&peer);
	g_assert_true(ask(link, 10, reply, NULL));
	/* It is about to: as if it were long ago, whether its farewell has come yet or not. */
	link->last_traffic_us -= 26 * G_USEC_PER_SEC;
	assert_next(link);
	link_close(link);
	peer_stop(&peer);
	g_assert_cmpint(peer.connections, ==, 2);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/thorlabs/wrap", test_wrap);
	g_test_add_func("/link/thorlabs/round-trip", test_round_trip);
	g_test_add_func("/link/thorlabs/rows", test_rows);
	g_test_add_func("/link/thorlabs/continuation", test_continuation);
	g_test_add_func("/link/thorlabs/small-parts", test_small_parts);
	g_test_add_func("/link/thorlabs/split-and-cut", test_split_and_cut);
	g_test_add_func("/link/thorlabs/replies", test_replies);
	g_test_add_func("/link/thorlabs/surplus", test_surplus);
	g_test_add_func("/link/thorlabs/hung-up", test_hung_up);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/link.h"

#include "base/error.h"
#include "tests/unit/instruments_link_peer.h"

#include <string.h>

/* Answers that end with the line Done, whether an empty line follows or not, over a real stream. */

static const struct link_settings settings = {
	.framing = LINK_FRAMING_DONE,
	.write_end = LINK_END_CR,
	.read_end = LINK_END_CRLF,
	.stall_s = 5,
};

struct unit {
	const char *reply;
	gsize cut; /* where it is sent in two */
	gboolean stops;
	gboolean closes;
};

static void serve(int fd, int connection, gpointer data)
{
	const struct unit *unit = data;
	char c;
	while (recv(fd, &c, 1, 0) == 1) {
		if (c != '\r')
			continue;
		if (connection > 0) {
			peer_send(fd, "B\r\nDone\r\n\r\n", 11);
			continue;
		}
		peer_send(fd, unit->reply, unit->cut);
		if (!unit->stops)
			peer_send(fd, unit->reply + unit->cut, strlen(unit->reply) - unit->cut);
		if (unit->closes)
			return;
	}
}

static gboolean ask(struct link *link, GByteArray *reply, double limit_s, GError **error)
{
	struct bounds bounds = {deadline_in_s(limit_s), NULL};
	return link_query(link, "A", reply, 100, &bounds, error);
}

static struct link *start(struct peer *peer, struct unit *unit)
{
	struct bounds bounds = {deadline_in_s(10), NULL};
	GError *error = NULL;
	peer_start(peer, serve, unit);
	struct link *link = link_open(peer->resource, &settings, NULL, &bounds, &error);
	g_assert_no_error(error);
	return link;
}

static void assert_answers(struct unit unit, const char *expected)
{
	struct peer peer;
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	struct link *link = start(&peer, &unit);
	ask(link, reply, 10, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, expected, strlen(expected));
	g_assert_false(link_is_dirty(link));
	link_close(link);
	peer_stop(&peer);
}

static void test_split(void)
{
	static const char whole[] = "Pos:3\r\nDone\r\n\r\n";
	for (gsize cut = 0; cut < sizeof whole; cut++)
		assert_answers((struct unit){whole, cut, FALSE, FALSE}, "Pos:3\nDone");
}

/* Silence is enough, and so is going, when only the empty line is missing. */
static void test_without_empty_line(void)
{
	assert_answers((struct unit){"Pos:3\r\nDone\r\n", 0, FALSE, FALSE}, "Pos:3\nDone");
	assert_answers((struct unit){"Error-1\r\n", 0, FALSE, FALSE}, "Error-1");
	assert_answers((struct unit){"Done\r\n\r", 0, FALSE, TRUE}, "Done");
}

static void test_cut(void)
{
	static const char whole[] = "Pos:3\r\nDone\r\n";
	for (gsize cut = 0; cut < sizeof whole - 1; cut++) {
		struct unit unit = {whole, cut, TRUE, FALSE};
		struct peer peer;
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_autoptr(GError) error = NULL;
		struct link *link = start(&peer, &unit);
		g_assert_false(ask(link, reply, 0.02, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_assert_cmpuint(reply->len, ==, 0);
		g_assert_true(link_is_dirty(link));
		g_assert_true(ask(link, reply, 10, NULL));
		g_assert_cmpmem(reply->data, reply->len, "B\nDone", 6);
		link_close(link);
		peer_stop(&peer);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/done/split", test_split);
	g_test_add_func("/link/done/without-empty-line", test_without_empty_line);
	g_test_add_func("/link/done/cut", test_cut);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/link.h"

#include "base/error.h"
#include "tests/unit/instruments_link_peer.h"

enum { REPLY_MAX = 1000 };

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static struct link *open_link(const struct peer *peer)
{
	struct bounds bounds = within(10);
	GError *error = NULL;
	struct link *link = link_open(peer->resource, &link_settings_scpi, NULL, &bounds, &error);
	g_assert_no_error(error);
	g_assert_nonnull(link);
	return link;
}

static void assert_answer(struct link *link, const char *query, const char *expected)
{
	struct bounds bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	link_query(link, query, reply, REPLY_MAX, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(reply->data, reply->len, expected, strlen(expected));
	g_assert_false(link_is_dirty(link));
}

static void assert_failure(struct link *link, const char *query, double seconds,
                           enum station_error code, const char *says)
{
	struct bounds bounds = within(seconds);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_false(link_query(link, query, reply, REPLY_MAX, &bounds, &error));
	g_assert_error(error, STATION_ERROR, (int)code);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
	g_assert_cmpuint(reply->len, ==, 0);
	g_assert_true(link_is_dirty(link));
}

/* ---- answers in pieces, and cut off ---- */

static const char torn[] = "#214a\nb\r\n#19,;\"'\n\n,\"#1\n\",+1.5E-06";

/* "CUT n" gives n bytes of the answer, then the end; all else is answered byte by byte. */
static void serve_torn(int fd, int connection, gpointer data)
{
	char line[64];
	while (peer_line(fd, line, sizeof line)) {
		if (g_str_has_prefix(line, "CUT ")) {
			peer_send(fd, torn, (gsize)g_ascii_strtoull(line + 4, NULL, 10));
			return;
		}
		for (gsize i = 0; i < sizeof torn - 1; i++)
			peer_send(fd, &torn[i], 1);
		peer_send(fd, "\n", 1);
	}
}

static void test_pieces(void)
{
	struct peer peer;
	peer_start(&peer, serve_torn, NULL);
	struct link *link = open_link(&peer);
	for (int i = 0; i < 20; i++)
		assert_answer(link, "GO", torn);
	link_close(link);
	peer_stop(&peer);
}

static void test_cut_everywhere(void)
{
	struct peer peer;
	peer_start(&peer, serve_torn, NULL);
	struct link *link = open_link(&peer);
	for (gsize n = 0; n < sizeof torn; n++) {
		g_autofree char *query = g_strdup_printf("CUT %" G_GSIZE_FORMAT, n);
		assert_failure(link, query, 10, STATION_ERROR_IO, "closed");
	}
	assert_answer(link, "GO", torn);
	link_close(link);
	peer_stop(&peer);
	g_assert_cmpint(peer.connections, ==, (int)sizeof torn + 1);
}

/* ---- silence, late answers ---- */

/* The first connection is answered only when the client has given up; later ones echo. */
static void serve_silent_first(int fd, int connection, gpointer data)
{
	char line[64];
	if (connection == 0) {
		peer_hold(fd);
		peer_send(fd, "late\n", 5);
		return;
	}
	while (peer_line(fd, line, sizeof line)) {
		peer_send(fd, line, strlen(line));
		peer_send(fd, "\n", 1);
	}
}

static void test_silent(void)
{
	struct peer peer;
	peer_start(&peer, serve_silent_first, NULL);
	struct link *link = open_link(&peer);
	gint64 start_us = g_get_monotonic_time();
	assert_failure(link, "A?", 0.05, STATION_ERROR_TIMEOUT, "no answer in ");
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 5 * G_USEC_PER_SEC);
	assert_answer(link, "B?", "B?");
	assert_answer(link, "C?", "C?");
	link_close(link);
	peer_stop(&peer);
	g_assert_cmpint(peer.connections, ==, 2);
}

/* An answer that stops half-way ends by the settings' stall time, long before the deadline. */
static void serve_half(int fd, int connection, gpointer data)
{
	char line[64];
	if (!peer_line(fd, line, sizeof line))
		return;
	peer_send(fd, line, strlen(line));
	peer_hold(fd);
}

struct stall_row {
	const char *half;
	const char *says;
};

/* clang-format off */
static const struct stall_row stall_rows[] = {
	{"12",     "after 2 bytes, before its end mark"                     },
	{"#3",     "inside a block's header"                                },
	{"#15abc", "after 6 bytes, inside a block with 2 bytes to come"     },
	{"#12ab",  "after a block, before its end mark"                     },
	{"\"abc",  "inside a quoted string"                                 },
};
/* clang-format on */

static void test_stall(void)
{
	static const struct link_settings settings = {.stall_s = 0.02};
	struct peer peer;
	peer_start(&peer, serve_half, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(stall_rows); i++) {
		struct bounds bounds = within(60);
		struct link *link = link_open(peer.resource, &settings, NULL, &bounds, NULL);
		assert_failure(link, stall_rows[i].half, 60, STATION_ERROR_TIMEOUT,
		               stall_rows[i].says);
		link_close(link);
	}
	peer_stop(&peer);
}

/* A peer that never stops sending does not keep us past the deadline. */
static void serve_flood(int fd, int connection, gpointer data)
{
	char line[64];
	char zeros[4096] = {0};
	if (!peer_line(fd, line, sizeof line))
		return;
	while (send(fd, zeros, sizeof zeros, MSG_NOSIGNAL) > 0)
		;
}

static void test_flood(void)
{
	struct peer peer;
	peer_start(&peer, serve_flood, NULL);
	struct link *link = open_link(&peer);
	assert_failure(link, "A?", 10, STATION_ERROR_PROTOCOL, "longer than the 1000 bytes");
	struct bounds bounds = within(0.05);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_false(link_query(link, "A?", reply, G_MAXUINT / 4, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	link_close(link);
	peer_stop(&peer);
}

/* ---- more than asked for ---- */

static void serve_twice(int fd, int connection, gpointer data)
{
	char line[64];
	while (peer_line(fd, line, sizeof line)) {
		g_autofree char *both =
			g_strdup_printf("%s\n%s", line, connection == 0 ? "more\n" : "");
		peer_send(fd, both, strlen(both));
	}
}

static void test_unread(void)
{
	struct peer peer;
	peer_start(&peer, serve_twice, NULL);
	struct link *link = open_link(&peer);
	assert_answer(link, "A?", "A?");
	g_assert_cmpuint(link_unread(link), ==, 5);
	assert_failure(link, "B?", 10, STATION_ERROR_PROTOCOL, "5 bytes came");
	assert_answer(link, "C?", "C?");
	g_assert_cmpuint(link_unread(link), ==, 0);
	link_close(link);
	peer_stop(&peer);
}

/* Who expects it to speak first is not disturbed by what it has said. */
static void test_greet(void)
{
	struct peer peer;
	struct bounds bounds = {.deadline = deadline_in_s(10)};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	peer_start(&peer, serve_twice, NULL);
	struct link *link = open_link(&peer);
	assert_answer(link, "A?", "A?");
	g_assert_cmpuint(link_unread(link), ==, 5);
	g_assert_true(link_greet(link, "B?", 2, &bounds, &error));
	g_assert_true(link_read(link, reply, 100, &bounds, &error));
	g_assert_cmpmem(reply->data, reply->len, "more", 4);
	g_assert_true(link_read(link, reply, 100, &bounds, &error));
	g_assert_cmpmem(reply->data, reply->len, "B?", 2);
	link_close(link);
	peer_stop(&peer);
}

/* Several lines to one command are fine when all are read. */
static void test_several_lines(void)
{
	struct peer peer;
	peer_start(&peer, serve_twice, NULL);
	struct link *link = open_link(&peer);
	struct bounds bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	for (int i = 0; i < 3; i++) {
		assert_answer(link, "A?", "A?");
		g_assert_true(link_read(link, reply, REPLY_MAX, &bounds, NULL));
		g_assert_cmpmem(reply->data, reply->len, "more", 4);
	}
	link_close(link);
	peer_stop(&peer);
	g_assert_cmpint(peer.connections, ==, 1);
}

/* ---- bad answers ---- */

static void serve_echo(int fd, int connection, gpointer data)
{
	char line[4096];
	while (peer_line(fd, line, sizeof line)) {
		peer_send(fd, line, strlen(line));
		peer_send(fd, "\n", 1);
	}
}

static void test_bad_answers(void)
{
	static const char *const bad[] = {"#", "#z1", "#2x1", "#49999", "#14HELLO", "1,#*"};
	struct peer peer;
	peer_start(&peer, serve_echo, NULL);
	struct link *link = open_link(&peer);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		assert_failure(link, bad[i], 10, STATION_ERROR_PROTOCOL, "");
		assert_answer(link, "good", "good");
	}
	assert_failure(link, "#0abc", 10, STATION_ERROR_UNSUPPORTED, "indefinite");
	g_autofree char *exact = g_strnfill(REPLY_MAX, 'x');
	g_autofree char *too_long = g_strnfill(REPLY_MAX + 1, 'x');
	assert_answer(link, exact, exact);
	assert_failure(link, too_long, 10, STATION_ERROR_PROTOCOL, "longer");
	link_close(link);
	peer_stop(&peer);
}

static void test_indefinite(void)
{
	struct peer peer;
	peer_start(&peer, serve_echo, NULL);
	struct link *link = open_link(&peer);
	struct bounds bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_true(link_write(link, "#0abcd", 6, &bounds, NULL));
	g_assert_true(link_read_indefinite(link, reply, 4, &bounds, NULL));
	g_assert_cmpmem(reply->data, reply->len, "abcd", 4);
	g_assert_true(link_write(link, "#0abcde", 7, &bounds, NULL));
	g_assert_false(link_read_indefinite(link, reply, 4, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	assert_answer(link, "good", "good");
	link_close(link);
	peer_stop(&peer);
}

/* ---- bounds ---- */

/* Cancels when the query has arrived, so that the client is (or will be) waiting. */
static void serve_cancel(int fd, int connection, gpointer data)
{
	char line[64];
	if (peer_line(fd, line, sizeof line))
		g_cancellable_cancel(data);
	peer_hold(fd);
}

static void test_cancel(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct peer peer;
	peer_start(&peer, serve_cancel, cancellable);
	struct link *link = open_link(&peer);
	struct bounds bounds = {deadline_in_s(60), cancellable};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	gint64 start_us = g_get_monotonic_time();
	g_assert_false(link_query(link, "A?", reply, REPLY_MAX, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, 10 * G_USEC_PER_SEC);
	g_assert_true(link_is_dirty(link));
	link_close(link);
	peer_stop(&peer);
}

/* Bounds that are over already stop everything before a byte is sent, and harm nothing. */
static void test_over_before(void)
{
	struct peer peer;
	peer_start(&peer, serve_echo, NULL);
	struct link *link = open_link(&peer);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_cancellable_cancel(cancellable);
	struct bounds cancelled = {deadline_in_s(60), cancellable};
	struct bounds late = within(0);
	g_autoptr(GError) error = NULL;
	g_assert_false(link_write(link, "A?", 2, &cancelled, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	g_assert_false(link_write(link, "A?", 2, &late, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_clear_error(&error);
	g_assert_null(link_open(peer.resource, &link_settings_scpi, NULL, &cancelled, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	g_assert_null(link_open(peer.resource, &link_settings_scpi, NULL, &late, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_false(link_is_dirty(link));
	assert_answer(link, "B?", "B?");
	link_close(link);
	peer_stop(&peer);
	g_assert_cmpint(peer.connections, ==, 1);
}

/* A message that the peer does not take in time is an error that tells how much had gone. */
static void serve_never_reads(int fd, int connection, gpointer data)
{
	GMutex *gate = data;
	g_mutex_lock(gate);
	g_mutex_unlock(gate);
}

static void test_short_write(void)
{
	GMutex gate;
	struct peer peer;
	gsize len = 64 << 20;
	g_autofree char *big = g_strnfill(len, 'x');
	g_mutex_init(&gate);
	g_mutex_lock(&gate);
	peer_start(&peer, serve_never_reads, &gate);
	struct link *link = open_link(&peer);
	struct bounds bounds = within(0.05);
	g_autoptr(GError) error = NULL;
	g_assert_false(link_write(link, big, len, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_nonnull(strstr(error->message, "of 67108865 bytes sent"));
	g_assert_true(link_is_dirty(link));
	g_mutex_unlock(&gate);
	link_close(link);
	peer_stop(&peer);
	g_mutex_clear(&gate);
}

/* The gap between an answer and the next message is kept, and ends with the bounds. */
static void test_gap(void)
{
	static const struct link_settings settings = {.gap_s = 0.02};
	static const struct link_settings long_gap = {.gap_s = 60};
	struct peer peer;
	peer_start(&peer, serve_echo, NULL);
	struct bounds bounds = within(10);
	struct link *link = link_open(peer.resource, &settings, NULL, &bounds, NULL);
	assert_answer(link, "A?", "A?");
	gint64 start_us = g_get_monotonic_time();
	for (int i = 0; i < 3; i++)
		assert_answer(link, "B?", "B?");
	g_assert_cmpint(g_get_monotonic_time() - start_us, >=, 2 * 20000);
	link_close(link);
	link = link_open(peer.resource, &long_gap, NULL, &bounds, NULL);
	assert_answer(link, "A?", "A?");
	struct bounds brief = within(0.02);
	g_autoptr(GError) error = NULL;
	g_assert_false(link_write(link, "B?", 2, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_false(link_is_dirty(link));
	link_close(link);
	peer_stop(&peer);
}

/* A link that could not be recovered stays dirty, and is not lost by it. */
static void test_clear_fails(void)
{
	struct peer peer;
	peer_start(&peer, serve_torn, NULL);
	struct link *link = open_link(&peer);
	assert_failure(link, "CUT 0", 10, STATION_ERROR_IO, "closed");
	peer_stop(&peer);
	assert_failure(link, "GO", 10, STATION_ERROR_IO, "recover: connect");
	struct bounds bounds = within(10);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	g_assert_false(link_read(link, reply, 1, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	link_close(link);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/tcp/pieces", test_pieces);
	g_test_add_func("/link/tcp/cut-everywhere", test_cut_everywhere);
	g_test_add_func("/link/tcp/silent", test_silent);
	g_test_add_func("/link/tcp/stall", test_stall);
	g_test_add_func("/link/tcp/flood", test_flood);
	g_test_add_func("/link/tcp/unread", test_unread);
	g_test_add_func("/link/tcp/greet", test_greet);
	g_test_add_func("/link/tcp/several-lines", test_several_lines);
	g_test_add_func("/link/tcp/bad-answers", test_bad_answers);
	g_test_add_func("/link/tcp/indefinite", test_indefinite);
	g_test_add_func("/link/tcp/cancel", test_cancel);
	g_test_add_func("/link/tcp/over-before", test_over_before);
	g_test_add_func("/link/tcp/short-write", test_short_write);
	g_test_add_func("/link/tcp/gap", test_gap);
	g_test_add_func("/link/tcp/clear-fails", test_clear_fails);
	return g_test_run();
}

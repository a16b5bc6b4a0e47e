/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/hislip_session.h"
#include "instruments/link/hislip_transfer.h"
#include "instruments/link/link.h"

#include "base/error.h"
#include "tests/unit/instruments_link_hislip_peer.h"

/*
 * Whatever the server does and whenever it does it: no answer but the right one, no wait beyond
 * the deadline, and the next query after it gets its own answer.
 */

enum { REPLY_MAX = 1000, RETRIES = 100 };

static const char *const echo[] = {PEER_OPEN "E", NULL};
/* Messages that the server sends to a client that does everything below. */
enum { MESSAGES = 9 };

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

/* TRUE when the answer came; it is the right one then, and nothing is left of it otherwise. */
static gboolean ask(struct link *link, const char *query, double seconds, GError **error)
{
	struct bounds bounds = within(seconds);
	g_autoptr(GByteArray) reply = g_byte_array_new();
	if (link_query(link, query, reply, REPLY_MAX, &bounds, error)) {
		g_assert_cmpmem(reply->data, reply->len, query, strlen(query));
		return TRUE;
	}
	g_assert_cmpuint(reply->len, ==, 0);
	return FALSE;
}

static gboolean clear(struct link *link, double seconds, GError **error)
{
	struct bounds bounds = within(seconds);
	return link_clear(link, &bounds, error);
}

static gboolean status_lock(struct link *link, double seconds, GError **error)
{
	struct bounds bounds = within(seconds);
	guint8 status = 0;
	if (!link_status_byte(link, &status, &bounds, error))
		return FALSE;
	g_assert_cmpuint(status, ==, 0x40);
	return link_lock(link, &bounds, error);
}

/* Everything a client can do; FALSE at the first failure. */
static gboolean do_all(struct link *link, double seconds, GError **error)
{
	return ask(link, "A?", seconds, error) && status_lock(link, seconds, error) &&
	       clear(link, seconds, error) && ask(link, "B?", seconds, error);
}

/* The link finds its way back, however often it takes until the machine lets it. */
static void assert_recovers(struct link *link, double seconds)
{
	for (int i = 0; i < RETRIES; i++)
		if (ask(link, "C?", seconds, NULL))
			return;
	g_assert_not_reached();
}

struct outcome {
	gboolean done;
	GError *error; /* the first failure's */
	gsize messages, bytes;
	int sessions;
};

static struct outcome torture(enum peer_fault fault, gsize at, double seconds)
{
	struct outcome outcome = {0};
	struct hislip_peer peer;
	struct bounds bounds = within(seconds);
	gint64 start_us = g_get_monotonic_time();
	peer_start(&peer, echo, fault, at);
	struct link *link =
		link_open(peer.resource, &link_settings_scpi, NULL, &bounds, &outcome.error);
	outcome.done = link && do_all(link, seconds, &outcome.error);
	g_assert_true(outcome.done == !outcome.error);
	/* Opening and five operations, each up to the deadline; what is beyond is the machine's. */
	g_assert_cmpint(g_get_monotonic_time() - start_us, <,
	                (gint64)((6 * seconds + 10) * G_USEC_PER_SEC));
	if (link)
		assert_recovers(link, MAX(seconds, 0.1));
	link_close(link);
	peer_join(&peer);
	outcome.messages = peer.sent;
	outcome.bytes = peer.sent_bytes;
	outcome.sessions = peer.sessions;
	peer_free(&peer);
	return outcome;
}

static void test_healthy(void)
{
	struct outcome outcome = torture(PEER_FAULT_NONE, 0, 10);
	g_assert_no_error(outcome.error);
	/* one more is the answer that shows the recovery */
	g_assert_cmpuint(outcome.messages, ==, MESSAGES + 1);
	g_assert_cmpint(outcome.sessions, ==, 1);
}

static void test_drip(void)
{
	struct outcome outcome = torture(PEER_FAULT_DRIP, 0, 10);
	g_assert_no_error(outcome.error);
	g_assert_cmpint(outcome.sessions, ==, 1);
}

/* The device clear hides what it meets: it connects anew. */
static void test_close(void)
{
	for (gsize at = 0; at < MESSAGES; at++) {
		struct outcome outcome = torture(PEER_FAULT_CLOSE, at, 10);
		if (outcome.error)
			g_assert_error(outcome.error, STATION_ERROR, STATION_ERROR_IO);
		g_assert_true(outcome.error || at == 6 || at == 7);
		g_clear_error(&outcome.error);
	}
}

static void test_fatal(void)
{
	for (gsize at = 0; at < MESSAGES; at++) {
		struct outcome outcome = torture(PEER_FAULT_FATAL, at, 10);
		g_assert_true(outcome.error || at == 6 || at == 7);
		if (!outcome.error)
			continue;
		g_assert_error(outcome.error, STATION_ERROR, STATION_ERROR_IO);
		g_assert_nonnull(strstr(outcome.error->message,
		                        "fatal error 4 (too many clients): go away"));
		g_clear_error(&outcome.error);
	}
}

static void test_hang(void)
{
	for (gsize at = 0; at < MESSAGES; at++) {
		struct outcome outcome = torture(PEER_FAULT_HANG, at, 0.05);
		if (outcome.error)
			g_assert_error(outcome.error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_assert_true(outcome.error || at == 6 || at == 7);
		g_clear_error(&outcome.error);
	}
}

static void test_cut(void)
{
	for (gsize at = 0;; at++) {
		struct outcome outcome = torture(PEER_FAULT_CUT, at, 10);
		gboolean whole = outcome.sessions == 1 && outcome.done;
		if (outcome.error)
			g_assert_error(outcome.error, STATION_ERROR, STATION_ERROR_IO);
		g_clear_error(&outcome.error);
		if (whole) {
			g_assert_cmpuint(at, >, (MESSAGES * 16));
			return;
		}
		g_assert_cmpuint(outcome.bytes, ==, at);
	}
}

/* ---- one thread, both ends: what has arrived is known to the byte ---- */

struct ends {
	struct hislip_session session;
	int fds[2];
};

static int adopt_pair(struct hislip_channel *channel)
{
	int fds[2];
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
	g_autoptr(GSocket) socket = g_socket_new_from_fd(fds[0], NULL);
	g_assert_nonnull(socket);
	g_socket_set_blocking(socket, FALSE);
	hislip_channel_adopt(channel, g_socket_connection_factory_create_connection(socket));
	return fds[1];
}

static void ends_open(struct ends *ends)
{
	hislip_session_init(&ends->session, "nowhere", 0, "hislip0");
	ends->session.payload_max = 1000;
	ends->fds[0] = adopt_pair(&ends->session.sync);
	ends->fds[1] = adopt_pair(&ends->session.async);
}

static void ends_close(struct ends *ends)
{
	hislip_session_done(&ends->session);
	close(ends->fds[0]);
	close(ends->fds[1]);
}

static GString *long_answer(guint32 id)
{
	GString *bytes = peer_message(6, 0, 0xFFFFFFFF, "\"a\n\",#1", 7);
	GString *more = peer_message(6, 0, id, "4\nb\n", 4);
	GString *end = peer_message(7, 0, id, "c,+1.5E-06\n", 11);
	g_string_append_len(bytes, more->str, (gssize)more->len);
	g_string_append_len(bytes, end->str, (gssize)end->len);
	g_string_free(more, TRUE);
	g_string_free(end, TRUE);
	return bytes;
}

static const struct link_frame frame = {
	.framing = LINK_FRAMING_SCPI,
	.read_end = LINK_END_LF,
	.max_len = REPLY_MAX,
};
static const char long_text[] = "\"a\n\",#14\nb\nc,+1.5E-06";

/* Cut at every byte and silent then: nothing is had of it, now or later. */
static void test_cut_then_silent(void)
{
	g_autoptr(GString) bytes = long_answer(HISLIP_FIRST_ID);
	for (gsize at = 0; at <= bytes->len; at++) {
		struct ends ends;
		struct bounds bounds = within(10), soon = within(10);
		g_autoptr(GByteArray) reply = g_byte_array_new();
		g_autoptr(GError) error = NULL;
		ends_open(&ends);
		ends.session.next_id = HISLIP_FIRST_ID;
		g_assert_true(hislip_send(&ends.session, (const guint8 *)"A?\n", 3, &bounds, NULL));
		peer_put(ends.fds[0], bytes->str, at);
		if (at < bytes->len)
			soon = within(0.002);
		gboolean ok = hislip_receive(&ends.session, &frame, reply, &soon, &error);
		g_assert_true(ok == (at == bytes->len));
		if (ok)
			g_assert_cmpmem(reply->data, reply->len, long_text, strlen(long_text));
		else
			g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
		g_assert_cmpuint(ends.session.rest->len, ==, 0);
		ends_close(&ends);
	}
}

/* In two pieces, split at every byte: the channel goes on where it was. */
static void test_split(void)
{
	g_autoptr(GString) bytes = long_answer(1);
	for (gsize at = 0; at <= bytes->len; at++) {
		struct ends ends;
		struct bounds bounds = within(10);
		struct hislip_header header;
		guint types = 0;
		ends_open(&ends);
		struct hislip_channel *sync = &ends.session.sync;
		peer_put(ends.fds[0], bytes->str, at);
		while (hislip_channel_next(sync, HISLIP_LOOK, &header, &bounds, "", NULL) ==
		       HISLIP_MESSAGE)
			types = types * 10 + header.type;
		peer_put(ends.fds[0], bytes->str + at, bytes->len - at);
		while (hislip_channel_next(sync, HISLIP_LOOK, &header, &bounds, "", NULL) ==
		       HISLIP_MESSAGE)
			types = types * 10 + header.type;
		g_assert_cmpuint(types, ==, 667);
		g_assert_cmpuint(header.length, ==, 11);
		ends_close(&ends);
	}
}

/*
 * One bit wrong in each byte of a header in turn: an error or the very answer. Not so for type and
 * parameter, which make a message another one that is as good.
 */
static void test_bent(void)
{
	g_autoptr(GString) bytes = long_answer(HISLIP_FIRST_ID);
	for (gsize at = 0; at < bytes->len; at++) {
		struct ends ends;
		struct bounds bounds = within(10);
		g_autoptr(GByteArray) reply = g_byte_array_new();
		gsize in_header = at < 23 ? at : at < 43 ? at - 23 : at - 43;
		if (in_header >= 16 || (in_header >= 4 && in_header < 8) || in_header == 2)
			continue;
		ends_open(&ends);
		ends.session.next_id = HISLIP_FIRST_ID;
		g_assert_true(hislip_send(&ends.session, (const guint8 *)"A?\n", 3, &bounds, NULL));
		bytes->str[at] ^= 1;
		peer_put(ends.fds[0], bytes->str, bytes->len);
		bytes->str[at] ^= 1;
		shutdown(ends.fds[0], SHUT_WR);
		if (hislip_receive(&ends.session, &frame, reply, &bounds, NULL))
			g_assert_cmpmem(reply->data, reply->len, long_text, strlen(long_text));
		ends_close(&ends);
	}
}

/* A write that the server does not take ends with the bounds and tells how far it got. */
static void test_not_taken(void)
{
	struct ends ends;
	struct bounds soon = within(0.1);
	gsize len = 8 << 20;
	g_autofree guint8 *big = g_malloc0(len);
	g_autoptr(GError) error = NULL;
	ends_open(&ends);
	ends.session.payload_max = len / 2;
	g_assert_false(hislip_send(&ends.session, big, len, &soon, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_nonnull(strstr(error->message, "0 of 8388608 bytes were taken"));
	g_assert_false(hislip_session_usable(&ends.session));
	ends_close(&ends);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/link/hislip-torture/healthy", test_healthy);
	g_test_add_func("/link/hislip-torture/drip", test_drip);
	g_test_add_func("/link/hislip-torture/close", test_close);
	g_test_add_func("/link/hislip-torture/fatal", test_fatal);
	g_test_add_func("/link/hislip-torture/hang", test_hang);
	g_test_add_func("/link/hislip-torture/cut", test_cut);
	g_test_add_func("/link/hislip-torture/cut-then-silent", test_cut_then_silent);
	g_test_add_func("/link/hislip-torture/split", test_split);
	g_test_add_func("/link/hislip-torture/bent", test_bent);
	g_test_add_func("/link/hislip-torture/not-taken", test_not_taken);
	return g_test_run();
}

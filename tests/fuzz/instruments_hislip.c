/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/fuzz/fuzz.h"

#include "instruments/link/hislip_session.h"
#include "instruments/link/hislip_transfer.h"

#include <sys/socket.h>
#include <unistd.h>

/*
 * The input is what a server sends: its first two bytes are how many of the others come on the
 * asynchronous channel, the rest comes on the synchronous one; then both end.
 */

enum { REPLY_MAX = 4096, SEND_MAX = 16384 };

static int adopt_pair(struct hislip_channel *channel, const guint8 *data, gsize len)
{
	int fds[2];
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
	g_autoptr(GSocket) socket = g_socket_new_from_fd(fds[0], NULL);
	g_assert_nonnull(socket);
	g_socket_set_blocking(socket, FALSE);
	hislip_channel_adopt(channel, g_socket_connection_factory_create_connection(socket));
	len = MIN(len, SEND_MAX); /* so that it fits without somebody who reads */
	g_assert_cmpint(send(fds[1], data, len, MSG_NOSIGNAL), ==, (gssize)len);
	shutdown(fds[1], SHUT_WR);
	return fds[1];
}

static void receive(struct hislip_session *session, const struct link_frame *frame,
                    const struct bounds *bounds)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;

	if (hislip_receive(session, frame, reply, bounds, &error)) {
		g_assert_no_error(error);
		g_assert_cmpuint(reply->len, <=, frame->max_len);
	} else {
		g_assert_nonnull(error);
		g_assert_cmpuint(session->rest->len, ==, 0);
	}
}

/* All that a client does with what it gets, in an order in which all of it can be reached. */
static void use(struct hislip_session *session, gboolean clear_first)
{
	static const struct link_frame scpi = {.framing = LINK_FRAMING_SCPI,
	                                       .read_end = LINK_END_LF,
	                                       .max_len = REPLY_MAX};
	static const struct link_frame line = {.framing = LINK_FRAMING_LINE,
	                                       .read_end = LINK_END_LF,
	                                       .max_len = REPLY_MAX};
	const struct bounds bounds = {deadline_in_s(10), NULL};
	guint8 status = 0;

	if (clear_first && !hislip_session_clear(session, &bounds, NULL))
		return;
	hislip_send(session, (const guint8 *)"*IDN?\n", 6, &bounds, NULL);
	receive(session, &scpi, &bounds);
	receive(session, &line, &bounds);
	hislip_session_status(session, &status, &bounds, NULL);
	hislip_session_lock(session, &bounds, NULL);
	hislip_session_unlock(session, &bounds, NULL);
	g_assert_false(deadline_passed(bounds.deadline));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	gsize async_len = MIN((gsize)data[0] << 8 | data[1], size - 2);

	for (int clear_first = 0; clear_first < 2; clear_first++) {
		struct hislip_session session;
		hislip_session_init(&session, "nowhere", 0, "hislip0");
		session.next_id = HISLIP_FIRST_ID;
		session.payload_max = REPLY_MAX;
		int async = adopt_pair(&session.async, data + 2, async_len);
		int sync = adopt_pair(&session.sync, data + 2 + async_len, size - 2 - async_len);
		use(&session, clear_first);
		hislip_session_done(&session);
		close(async);
		close(sync);
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/tcp.h"

#include "base/error.h"
#include "instruments/link/connect.h"
#include "instruments/link/frame.h"
#include "instruments/link/stream.h"
#include "instruments/link/thorlabs_packets.h"

#include <string.h>

enum { LOGIN_REPLY_MAX = 200 };

/* Thorlabs meters hang up after 30 s without a message. */
#define PACKETS_IDLE_S 25

struct tcp_link {
	struct link link;
	struct stream stream;
	char *host;
	guint16 port;
	GSocketConnection *connection;
	GSocket *socket; /* the connection's */
	struct thorlabs_packets packets;
	GByteArray *wrapped; /* received, not yet taken out of its packets; null: there are none */
};

static struct tcp_link *tcp_of(struct link *link)
{
	return (struct tcp_link *)link;
}

static gboolean tcp_connect(struct tcp_link *tcp, const struct bounds *bounds, GError **error)
{
	tcp->connection = connect_bounded(tcp->host, tcp->port, bounds, error);
	if (!tcp->connection)
		return FALSE;
	tcp->socket = g_socket_connection_get_socket(tcp->connection);
	tcp->stream.fd = g_socket_get_fd(tcp->socket);
	return TRUE;
}

static void tcp_disconnect(struct tcp_link *tcp)
{
	if (tcp->socket)
		g_socket_close(tcp->socket, NULL);
	tcp->socket = NULL;
	tcp->stream.fd = -1;
	g_clear_object(&tcp->connection);
	g_byte_array_set_size(tcp->stream.pending, 0);
	tcp->packets = (struct thorlabs_packets){.header_len = 0};
	if (tcp->wrapped)
		g_byte_array_set_size(tcp->wrapped, 0);
}

static gboolean require_connection(const struct tcp_link *tcp, GError **error)
{
	if (tcp->socket)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "not connected");
	return FALSE;
}

static gssize tcp_send(struct link *link, const guint8 *data, gsize len, GError **error)
{
	return connect_send(tcp_of(link)->socket, data, len, error);
}

static gssize tcp_receive(struct link *link, guint8 *data, gsize len, const struct bounds *bounds,
                          GError **error)
{
	return connect_receive_soon(tcp_of(link)->socket, data, len, bounds, error);
}

/* ---- packets ---- */

/* Never beyond the end of a message. */
static gssize receive_wrapped(struct link *link, guint8 *data, gsize len,
                              const struct bounds *bounds, GError **error)
{
	struct tcp_link *tcp = tcp_of(link);
	for (;;) {
		gsize used = 0, given = 0;
		if (!thorlabs_packets_take(&tcp->packets, tcp->wrapped->data,
		                           MIN(tcp->wrapped->len, len), &used, data, &given,
		                           &tcp->stream.at_mark, error))
			return -1;
		g_byte_array_remove_range(tcp->wrapped, 0, (guint)used);
		if (given > 0)
			return (gssize)given;
		gssize n = tcp_receive(link, data, len, bounds, error);
		if (n <= 0)
			return n;
		g_byte_array_append(tcp->wrapped, data, (guint)n);
	}
}

/* Nothing is lost with a connection that was given up between two messages. */
static gboolean connect_again(struct tcp_link *tcp, const struct bounds *bounds, GError **error)
{
	gint64 idle_us = g_get_monotonic_time() - tcp->link.last_traffic_us;
	gboolean old = tcp->link.last_traffic_us > 0 && idle_us > PACKETS_IDLE_S * G_USEC_PER_SEC;
	gboolean readable = g_socket_condition_check(tcp->socket, G_IO_IN) != 0;
	if (!old && !(readable && g_socket_get_available_bytes(tcp->socket) <= 0))
		return TRUE;
	tcp_disconnect(tcp);
	return tcp_connect(tcp, bounds, error);
}

static gboolean write_wrapped(struct tcp_link *tcp, const guint8 *data, gsize len,
                              const struct bounds *bounds, GError **error)
{
	g_autoptr(GByteArray) packets = g_byte_array_new();
	return connect_again(tcp, bounds, error) &&
	       thorlabs_packets_wrap(packets, data, len, error) &&
	       stream_write(&tcp->stream, &tcp->link, tcp_send, packets->data, packets->len, bounds,
	                    error);
}

static gboolean read_wrapped(struct tcp_link *tcp, const struct link_frame *frame,
                             GByteArray *reply, const struct bounds *bounds, GError **error)
{
	struct link_frame marked = *frame;
	marked.marked = TRUE;
	return stream_read(&tcp->stream, &tcp->link, receive_wrapped, &marked, reply, bounds,
	                   error);
}

/* ---- operations ---- */

static gboolean tcp_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                          const struct bounds *bounds, GError **error)
{
	struct tcp_link *tcp = tcp_of(link);
	if (!require_connection(tcp, error))
		return FALSE;
	if (tcp->wrapped)
		return write_wrapped(tcp, data, len, bounds, error);
	return stream_write(&tcp->stream, link, tcp_send, data, len, bounds, error);
}

static gboolean tcp_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                         const struct bounds *bounds, GError **error)
{
	struct tcp_link *tcp = tcp_of(link);
	if (!require_connection(tcp, error))
		return FALSE;
	if (tcp->wrapped)
		return read_wrapped(tcp, frame, reply, bounds, error);
	return stream_read(&tcp->stream, link, tcp_receive, frame, reply, bounds, error);
}

/* ---- logging in ---- */

/* The words are not in the texts of errors: one of them is the password. */
static gboolean login_line(struct tcp_link *tcp, const char *line, const char *expected,
                           const struct bounds *bounds, GError **error)
{
	const struct link_settings *settings = tcp->link.settings;
	const struct link_frame frame = {
		.framing = LINK_FRAMING_LINE,
		.read_end = settings->read_end,
		.max_len = LOGIN_REPLY_MAX,
		.stall_s = settings->stall_s,
	};
	g_autoptr(GByteArray) message = g_byte_array_new();
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_byte_array_append(message, (const guint8 *)line, (guint)strlen(line));
	gsize end_len = frame_append_end(message, settings->write_end);
	if (!tcp_write(&tcp->link, message->data, message->len, end_len, bounds, error) ||
	    !tcp_read(&tcp->link, &frame, reply, bounds, error))
		return FALSE;
	if (reply->len == strlen(expected) &&
	    g_ascii_strncasecmp((const char *)reply->data, expected, reply->len) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "the instrument does not let us in");
	return FALSE;
}

static gboolean tcp_begin(struct tcp_link *tcp, const struct bounds *bounds, GError **error)
{
	const struct link_login *login = tcp->link.settings->login;
	if (!tcp_connect(tcp, bounds, error))
		return FALSE;
	if (!login || (login_line(tcp, login->user, login->challenge, bounds, error) &&
	               login_line(tcp, login->password, login->welcome, bounds, error)))
		return TRUE;
	g_prefix_error(error, "login: ");
	tcp_disconnect(tcp);
	return FALSE;
}

static gboolean tcp_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	struct tcp_link *tcp = tcp_of(link);
	tcp_disconnect(tcp);
	return tcp_begin(tcp, bounds, error);
}

static gsize tcp_unread(struct link *link)
{
	struct tcp_link *tcp = tcp_of(link);
	gssize waiting = tcp->socket ? g_socket_get_available_bytes(tcp->socket) : 0;
	gsize wrapped = tcp->wrapped ? tcp->wrapped->len : 0;
	return tcp->stream.pending->len + wrapped + (gsize)MAX(waiting, 0);
}

static void tcp_close(struct link *link)
{
	struct tcp_link *tcp = tcp_of(link);
	tcp_disconnect(tcp);
	stream_done(&tcp->stream);
	if (tcp->wrapped)
		g_byte_array_unref(tcp->wrapped);
	g_free(tcp->host);
	link_done(link);
	g_free(tcp);
}

static const struct link_ops tcp_ops = {
	.name = "tcp",
	.write = tcp_write,
	.read = tcp_read,
	.clear = tcp_clear,
	.unread = tcp_unread,
	.close = tcp_close,
};

struct link *tcp_open(const struct resource *resource, const struct link_settings *settings,
                      const struct bounds *bounds, GError **error)
{
	struct tcp_link *tcp = g_new0(struct tcp_link, 1);
	link_init(&tcp->link, &tcp_ops, resource->bottom, settings);
	stream_init(&tcp->stream);
	tcp->host = g_strdup(resource->host);
	tcp->port = resource->port;
	if (settings->packets == LINK_PACKETS_THORLABS)
		tcp->wrapped = g_byte_array_new();
	if (!tcp_begin(tcp, bounds, error)) {
		tcp_close(&tcp->link);
		return NULL;
	}
	return &tcp->link;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/tcp.h"

#include "base/error.h"
#include "instruments/link/frame.h"
#include "instruments/link/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

enum { LOGIN_REPLY_MAX = 200 };

struct tcp_link {
	struct link link;
	struct stream stream;
	char *host;
	guint16 port;
	GSocketConnection *connection;
	GSocket *socket; /* the connection's */
};

static struct tcp_link *tcp_of(struct link *link)
{
	return (struct tcp_link *)link;
}

/* ---- connecting: asynchronous, for only so does the look-up of a name end in time ---- */

struct connecting {
	GCancellable *cancellable;
	GSocketConnection *connection;
	GError *error;
	gboolean ended;
};

static void on_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
	struct connecting *connecting = user_data;
	connecting->connection =
		g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &connecting->error);
	connecting->ended = TRUE;
}

static gboolean on_deadline(gpointer user_data)
{
	struct connecting *connecting = user_data;
	g_cancellable_cancel(connecting->cancellable);
	return G_SOURCE_REMOVE;
}

static gboolean on_cancelled(GCancellable *cancellable, gpointer user_data)
{
	struct connecting *connecting = user_data;
	g_cancellable_cancel(connecting->cancellable);
	return G_SOURCE_REMOVE;
}

static void attach(GSource *source, GMainContext *context, GSourceFunc fn, gpointer user_data)
{
	g_source_set_callback(source, fn, user_data, NULL);
	g_source_attach(source, context);
}

static void connect_bounded(struct connecting *connecting, const char *host, guint16 port,
                            const struct bounds *bounds)
{
	g_autoptr(GMainContext) context = g_main_context_new();
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnectable) address = g_network_address_new(host, port);
	g_autoptr(GSource) deadline = g_timeout_source_new(0);
	g_autoptr(GSource) cancel = NULL;
	g_socket_client_set_enable_proxy(client, FALSE);
	g_main_context_push_thread_default(context);
	g_source_set_ready_time(deadline, bounds->deadline.end_us);
	attach(deadline, context, on_deadline, connecting);
	if (bounds->cancellable) {
		cancel = g_cancellable_source_new(bounds->cancellable);
		attach(cancel, context, G_SOURCE_FUNC(on_cancelled), connecting);
	}
	g_socket_client_connect_async(client, address, connecting->cancellable, on_connected,
	                              connecting);
	while (!connecting->ended)
		g_main_context_iteration(context, TRUE);
	g_source_destroy(deadline);
	if (cancel)
		g_source_destroy(cancel);
	g_main_context_pop_thread_default(context);
}

static gboolean tcp_connect(struct tcp_link *tcp, const struct bounds *bounds, GError **error)
{
	if (!bounds_check(bounds, "connect", error))
		return FALSE;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) cause = NULL;
	struct connecting connecting = {.cancellable = cancellable};
	connect_bounded(&connecting, tcp->host, tcp->port, bounds);
	cause = connecting.error;
	if (!connecting.connection) {
		/* Our own bounds end it as a cancellation, whichever of them it was. */
		if (g_cancellable_is_cancelled(cancellable) &&
		    !bounds_check(bounds, "connect", error))
			return FALSE;
		station_error_set(error, STATION_ERROR_IO, "connect: %s", cause->message);
		return FALSE;
	}
	tcp->connection = connecting.connection;
	tcp->socket = g_socket_connection_get_socket(tcp->connection);
	tcp->stream.fd = g_socket_get_fd(tcp->socket);
	g_socket_set_blocking(tcp->socket, FALSE);
	g_socket_set_keepalive(tcp->socket, TRUE);
	if (!g_socket_set_option(tcp->socket, IPPROTO_TCP, TCP_NODELAY, 1, &cause)) {
		station_error_set(error, STATION_ERROR_IO, "connect: %s", cause->message);
		return FALSE;
	}
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
}

static gboolean require_connection(const struct tcp_link *tcp, GError **error)
{
	if (tcp->socket)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "not connected");
	return FALSE;
}

/* 0 for "not now", -1 for all other failures. */
static gssize judge(gssize n, GError *cause, const char *what, GError **error)
{
	if (n >= 0)
		return n;
	if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
		return 0;
	station_error_set(error, STATION_ERROR_IO, "%s: %s", what, cause->message);
	return -1;
}

static gssize tcp_send(struct link *link, const guint8 *data, gsize len, GError **error)
{
	g_autoptr(GError) cause = NULL;
	gssize n = g_socket_send(tcp_of(link)->socket, (const char *)data, len, NULL, &cause);
	return judge(n, cause, "send", error);
}

static gssize tcp_receive(struct link *link, guint8 *data, gsize len, GError **error)
{
	g_autoptr(GError) cause = NULL;
	gssize n = g_socket_receive(tcp_of(link)->socket, (char *)data, len, NULL, &cause);
	if (n == 0) {
		station_error_set(error, STATION_ERROR_IO, "the instrument closed the connection");
		return -1;
	}
	return judge(n, cause, "receive", error);
}

/* ---- operations ---- */

static gboolean tcp_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                          const struct bounds *bounds, GError **error)
{
	struct tcp_link *tcp = tcp_of(link);
	return require_connection(tcp, error) &&
	       stream_write(&tcp->stream, link, tcp_send, data, len, bounds, error);
}

static gboolean tcp_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                         const struct bounds *bounds, GError **error)
{
	struct tcp_link *tcp = tcp_of(link);
	return require_connection(tcp, error) &&
	       stream_read(&tcp->stream, link, tcp_receive, frame, reply, bounds, error);
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
	return tcp->stream.pending->len + (gsize)MAX(waiting, 0);
}

static void tcp_close(struct link *link)
{
	struct tcp_link *tcp = tcp_of(link);
	tcp_disconnect(tcp);
	stream_done(&tcp->stream);
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
	if (!tcp_begin(tcp, bounds, error)) {
		tcp_close(&tcp->link);
		return NULL;
	}
	return &tcp->link;
}

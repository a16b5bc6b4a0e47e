/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/connect.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* ---- asynchronous, for only so does the look-up of a name end in time ---- */

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

static void connect_and_wait(struct connecting *connecting, const char *host, guint16 port,
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

/* GIO's descriptors never block: ours do, for as long as connect_receive_soon may wait. */
static gboolean block_briefly(int fd, GError **error)
{
	const struct timeval soon = {.tv_usec = (suseconds_t)(CONNECT_SOON_S * G_USEC_PER_SEC)};
	int flags = fcntl(fd, F_GETFL);
	if (flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "connect: %s", g_strerror(errno));
	return FALSE;
}

GSocketConnection *connect_bounded(const char *host, guint16 port, const struct bounds *bounds,
                                   GError **error)
{
	if (!bounds_check(bounds, "connect", error))
		return NULL;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) cause = NULL;
	struct connecting connecting = {.cancellable = cancellable};
	connect_and_wait(&connecting, host, port, bounds);
	cause = connecting.error;
	g_autoptr(GSocketConnection) connection = connecting.connection;
	if (!connection) {
		/* Our own bounds end it as a cancellation, whichever of them it was. */
		if (g_cancellable_is_cancelled(cancellable) &&
		    !bounds_check(bounds, "connect", error))
			return NULL;
		station_error_set(error, STATION_ERROR_IO, "connect: %s", cause->message);
		return NULL;
	}
	GSocket *socket = g_socket_connection_get_socket(connection);
	g_socket_set_keepalive(socket, TRUE);
	if (!g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, &cause)) {
		station_error_set(error, STATION_ERROR_IO, "connect: %s", cause->message);
		return NULL;
	}
	if (!block_briefly(g_socket_get_fd(socket), error))
		return NULL;
	return g_steal_pointer(&connection);
}

/* ---- moving bytes ---- */

/* 0 for "not now", -1 for all other failures. */
static gssize refused(const char *what, GError **error)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return 0;
	station_error_set(error, STATION_ERROR_IO, "%s: %s", what, g_strerror(errno));
	return -1;
}

/* The system's own calls: GIO's make an error, with its text, each time there is nothing yet. */
gssize connect_send(GSocket *socket, const guint8 *data, gsize len, GError **error)
{
	gssize n = send(g_socket_get_fd(socket), data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	return n >= 0 ? n : refused("send", error);
}

static gssize receive(GSocket *socket, guint8 *data, gsize len, int flags, GError **error)
{
	gssize n = recv(g_socket_get_fd(socket), data, len, flags);
	if (n == 0) {
		station_error_set(error, STATION_ERROR_IO, "the instrument closed the connection");
		return -1;
	}
	return n > 0 ? n : refused("receive", error);
}

gssize connect_receive(GSocket *socket, guint8 *data, gsize len, GError **error)
{
	return receive(socket, data, len, MSG_DONTWAIT, error);
}

gssize connect_receive_soon(GSocket *socket, guint8 *data, gsize len, const struct bounds *bounds,
                            GError **error)
{
	/* the system's ticks make it a little longer than was asked for */
	gboolean hurry = deadline_left_s(bounds->deadline) < 2 * CONNECT_SOON_S ||
	                 g_cancellable_is_cancelled(bounds->cancellable);
	return receive(socket, data, len, hurry ? MSG_DONTWAIT : 0, error);
}

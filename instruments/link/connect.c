/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/connect.h"

#include "base/error.h"
#include "instruments/link/async_wait.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* ---- asynchronous, for only so does the look-up of a name end in time ---- */

struct connecting {
	struct async_wait wait;
	GSocketConnection *connection;
	GError *error;
};

static void on_connected(GObject *source, GAsyncResult *result, gpointer user_data)
{
	struct connecting *connecting = user_data;
	connecting->connection =
		g_socket_client_connect_finish(G_SOCKET_CLIENT(source), result, &connecting->error);
	connecting->wait.ended = TRUE;
}

static void connect_and_wait(struct connecting *connecting, const char *host, guint16 port,
                             const struct bounds *bounds)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketConnectable) address = g_network_address_new(host, port);
	g_socket_client_set_enable_proxy(client, FALSE);
	async_wait_begin(&connecting->wait, bounds);
	g_socket_client_connect_async(client, address, connecting->wait.cancellable, on_connected,
	                              connecting);
	async_wait_run(&connecting->wait);
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

gboolean connect_never_block(GSocket *socket, GError **error)
{
	int fd = g_socket_get_fd(socket);
	int flags = fcntl(fd, F_GETFL);
	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "connect: %s", g_strerror(errno));
	return FALSE;
}

GSocketConnection *connect_bounded(const char *host, guint16 port, const struct bounds *bounds,
                                   GError **error)
{
	if (!bounds_check(bounds, "connect", error))
		return NULL;
	g_autoptr(GError) cause = NULL;
	struct connecting connecting = {0};
	connect_and_wait(&connecting, host, port, bounds);
	cause = connecting.error;
	g_autoptr(GSocketConnection) connection = connecting.connection;
	/* Our own bounds end it as a cancellation, whichever of them it was. */
	if (!connection && !async_wait_cut_off(&connecting.wait, bounds, "connect", error))
		station_error_set(error, STATION_ERROR_IO, "connect: %s", cause->message);
	async_wait_done(&connecting.wait);
	if (!connection)
		return NULL;
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

/* The system's ticks make it a little longer than was asked for. */
gboolean connect_may_linger(const struct bounds *bounds)
{
	return deadline_left_s(bounds->deadline) >= 2 * CONNECT_SOON_S &&
	       !g_cancellable_is_cancelled(bounds->cancellable);
}

gssize connect_receive_soon(GSocket *socket, guint8 *data, gsize len, const struct bounds *bounds,
                            GError **error)
{
	return receive(socket, data, len, connect_may_linger(bounds) ? 0 : MSG_DONTWAIT, error);
}

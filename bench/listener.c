/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/listener.h"

#include "base/error.h"

struct listener {
	char *name;
	listener_serve_fn serve;
	void *data;
	GSocket *socket;
	guint16 port;
	GCancellable *stop;
	GThread *accepting;
	GMutex lock;
	GCond idle;
	guint connections; /* threads that serve one */
};

struct connection {
	struct listener *listener;
	GSocket *socket;
};

gboolean socket_send_all(GSocket *socket, const void *data, gsize len, GCancellable *stop)
{
	const char *from = data;

	while (len > 0) {
		gssize sent = g_socket_send(socket, from, len, stop, NULL);
		if (sent <= 0)
			return FALSE;
		from += sent;
		len -= (gsize)sent;
	}
	return TRUE;
}

gboolean socket_receive_all(GSocket *socket, void *data, gsize len, GCancellable *stop)
{
	char *to = data;

	while (len > 0) {
		gssize got = g_socket_receive(socket, to, len, stop, NULL);
		if (got <= 0)
			return FALSE;
		to += got;
		len -= (gsize)got;
	}
	return TRUE;
}

static void connection_end(struct connection *connection)
{
	struct listener *listener = connection->listener;

	g_socket_close(connection->socket, NULL);
	g_object_unref(connection->socket);
	g_free(connection);
	g_mutex_lock(&listener->lock);
	listener->connections--;
	g_cond_signal(&listener->idle);
	g_mutex_unlock(&listener->lock);
}

static void *connection_thread(void *data)
{
	struct connection *connection = data;
	struct listener *listener = connection->listener;

	listener->serve(listener->data, connection->socket, listener->stop);
	connection_end(connection);
	return NULL;
}

static void start_connection(struct listener *listener, GSocket *socket)
{
	struct connection *connection = g_new0(struct connection, 1);

	connection->listener = listener;
	connection->socket = socket;
	g_mutex_lock(&listener->lock);
	listener->connections++;
	g_mutex_unlock(&listener->lock);
	GThread *thread = g_thread_try_new(listener->name, connection_thread, connection, NULL);
	if (thread)
		g_thread_unref(thread);
	else
		connection_end(connection);
}

static void *accept_thread(void *data)
{
	struct listener *listener = data;

	while (!g_cancellable_is_cancelled(listener->stop)) {
		GSocket *socket = g_socket_accept(listener->socket, listener->stop, NULL);
		if (!socket)
			continue;
		/* Replies are small and awaited: 6 is TCP, 1 is TCP_NODELAY on Linux. */
		g_socket_set_option(socket, 6, 1, 1, NULL);
		start_connection(listener, socket);
	}
	return NULL;
}

static GSocket *listen_on(guint16 port, guint16 *bound, GError **error)
{
	g_autoptr(GSocket) listener = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
	                                           G_SOCKET_PROTOCOL_TCP, error);
	if (!listener)
		return NULL;

	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new(loopback, port);
	if (!g_socket_bind(listener, wanted, TRUE, error) || !g_socket_listen(listener, error))
		return NULL;
	g_autoptr(GSocketAddress) address = g_socket_get_local_address(listener, error);
	if (!address)
		return NULL;
	*bound = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address));
	return g_steal_pointer(&listener);
}

struct listener *listener_new(const char *name, guint16 port, listener_serve_fn serve, void *data,
                              GError **error)
{
	g_autoptr(GError) cause = NULL;
	guint16 bound = 0;
	GSocket *socket = listen_on(port, &bound, &cause);

	if (!socket) {
		station_error_set(error, STATION_ERROR_IO, "%s: port %u of 127.0.0.1: %s", name,
		                  port, cause->message);
		return NULL;
	}
	struct listener *listener = g_new0(struct listener, 1);
	listener->name = g_strdup(name);
	listener->serve = serve;
	listener->data = data;
	listener->socket = socket;
	listener->port = bound;
	listener->stop = g_cancellable_new();
	g_mutex_init(&listener->lock);
	g_cond_init(&listener->idle);
	listener->accepting = g_thread_new(name, accept_thread, listener);
	return listener;
}

guint16 listener_port(const struct listener *listener)
{
	return listener->port;
}

void listener_free(struct listener *listener)
{
	if (!listener)
		return;
	g_cancellable_cancel(listener->stop);
	g_thread_join(listener->accepting);
	g_mutex_lock(&listener->lock);
	while (listener->connections > 0)
		g_cond_wait(&listener->idle, &listener->lock);
	g_mutex_unlock(&listener->lock);

	g_socket_close(listener->socket, NULL);
	g_object_unref(listener->socket);
	g_object_unref(listener->stop);
	g_mutex_clear(&listener->lock);
	g_cond_clear(&listener->idle);
	g_free(listener->name);
	g_free(listener);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/server.h"

#include "base/error.h"
#include "bench/faults.h"

#include <gio/gio.h>
#include <string.h>

#define RECEIVE_BYTES  16384
#define SPLIT_PAUSE_US 50000

struct server {
	char *name;
	const struct server_ops *ops;
	void *device;
	struct faults *faults;
	GSocket *listener;
	guint16 port;
	GCancellable *stop;
	GThread *accepting;
	GMutex lock;
	GCond idle;
	guint connections; /* threads that serve one */
};

struct connection {
	struct server *server;
	GSocket *socket;
	void *session;
	GByteArray *input;
	GByteArray *held; /* a reply kept back by the fault `late` */
};

static gboolean send_bytes(struct connection *connection, const guint8 *data, gsize len)
{
	while (len > 0) {
		gssize sent = g_socket_send(connection->socket, (const char *)data, len,
		                            connection->server->stop, NULL);
		if (sent <= 0)
			return FALSE;
		data += sent;
		len -= (gsize)sent;
	}
	return TRUE;
}

/* Sends a reply, spoilt in the way that is armed; false when the connection shall end. */
static gboolean send_reply(struct connection *connection, GByteArray *reply)
{
	static const guint8 garbage[] = {'~', 0x15, 0x80, '%', '!', 0xFE, '?', '{', 0x7F, '\n'};
	struct faults *faults = connection->server->faults;

	if (faults_take(faults, FAULT_SILENT))
		return TRUE;
	if (faults_take(faults, FAULT_GARBAGE))
		return send_bytes(connection, garbage, sizeof(garbage));
	if (faults_take(faults, FAULT_LATE)) {
		g_byte_array_append(connection->held, reply->data, reply->len);
		return TRUE;
	}
	if (faults_take(faults, FAULT_SPLIT)) {
		guint half = reply->len / 2;
		if (!send_bytes(connection, reply->data, half))
			return FALSE;
		g_usleep(SPLIT_PAUSE_US);
		return send_bytes(connection, reply->data + half, reply->len - half);
	}
	if (faults_take(faults, FAULT_TWICE) && !send_bytes(connection, reply->data, reply->len))
		return FALSE;
	return send_bytes(connection, reply->data, reply->len);
}

static gboolean send_held(struct connection *connection)
{
	gboolean sent = send_bytes(connection, connection->held->data, connection->held->len);
	g_byte_array_set_size(connection->held, 0);
	return sent;
}

static gboolean is_interrupted(struct connection *connection)
{
	const struct server_ops *ops = connection->server->ops;
	if (!ops->interrupted)
		return FALSE;
	if (connection->input->len == 0 && g_socket_get_available_bytes(connection->socket) <= 0)
		return FALSE;
	return ops->interrupted(connection->session);
}

static gboolean serve_message(struct connection *connection, gsize len)
{
	struct server *server = connection->server;
	g_autofree char *message = g_memdup2(connection->input->data, len);
	g_autoptr(GByteArray) reply = g_byte_array_new();

	g_byte_array_remove_range(connection->input, 0, (guint)len);
	if (!send_held(connection))
		return FALSE;
	if (faults_take(server->faults, FAULT_DISCONNECT))
		return FALSE;
	gboolean open = server->ops->message(connection->session, message, len, reply);
	if (reply->len > 0 && !is_interrupted(connection))
		open = send_reply(connection, reply) && open;
	return open;
}

static gsize message_length(struct connection *connection)
{
	const struct server_ops *ops = connection->server->ops;
	const char *data = (const char *)connection->input->data;
	gsize len = connection->input->len;

	if (len == 0)
		return 0;
	if (ops->frame)
		return ops->frame(connection->session, data, len);
	const char *end = memchr(data, '\n', len);
	return end ? (gsize)(end - data) + 1 : 0;
}

static void serve(struct connection *connection)
{
	for (;;) {
		gsize len = message_length(connection);
		if (len > 0) {
			if (!serve_message(connection, len))
				return;
			continue;
		}
		if (connection->input->len > SERVER_MESSAGE_MAX)
			return;
		char chunk[RECEIVE_BYTES];
		gssize got = g_socket_receive(connection->socket, chunk, sizeof(chunk),
		                              connection->server->stop, NULL);
		if (got <= 0)
			return;
		g_byte_array_append(connection->input, (const guint8 *)chunk, (guint)got);
	}
}

static void connection_free(struct connection *connection)
{
	g_socket_close(connection->socket, NULL);
	g_object_unref(connection->socket);
	g_byte_array_unref(connection->input);
	g_byte_array_unref(connection->held);
	g_free(connection);
}

static void *connection_thread(void *data)
{
	struct connection *connection = data;
	struct server *server = connection->server;

	connection->session = server->ops->session_new(server->device);
	serve(connection);
	server->ops->session_free(connection->session);
	connection_free(connection);

	g_mutex_lock(&server->lock);
	server->connections--;
	g_cond_signal(&server->idle);
	g_mutex_unlock(&server->lock);
	return NULL;
}

static void start_connection(struct server *server, GSocket *socket)
{
	struct connection *connection = g_new0(struct connection, 1);
	connection->server = server;
	connection->socket = socket;
	connection->input = g_byte_array_new();
	connection->held = g_byte_array_new();

	g_mutex_lock(&server->lock);
	server->connections++;
	g_mutex_unlock(&server->lock);
	GThread *thread = g_thread_try_new(server->name, connection_thread, connection, NULL);
	if (thread) {
		g_thread_unref(thread);
		return;
	}
	connection_free(connection);
	g_mutex_lock(&server->lock);
	server->connections--;
	g_mutex_unlock(&server->lock);
}

static void *accept_thread(void *data)
{
	struct server *server = data;

	while (!g_cancellable_is_cancelled(server->stop)) {
		GSocket *socket = g_socket_accept(server->listener, server->stop, NULL);
		if (!socket)
			continue;
		/* Replies are small and awaited: 6 is TCP, 1 is TCP_NODELAY on Linux. */
		g_socket_set_option(socket, 6, 1, 1, NULL);
		start_connection(server, socket);
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

struct server *server_new(const char *name, guint16 port, const struct server_ops *ops,
                          void *device, struct faults *faults, GError **error)
{
	g_autoptr(GError) cause = NULL;
	guint16 bound = 0;
	GSocket *listener = listen_on(port, &bound, &cause);
	if (!listener) {
		station_error_set(error, STATION_ERROR_IO, "%s: port %u of 127.0.0.1: %s", name,
		                  port, cause->message);
		return NULL;
	}

	struct server *server = g_new0(struct server, 1);
	server->name = g_strdup(name);
	server->ops = ops;
	server->device = device;
	server->faults = faults;
	server->listener = listener;
	server->port = bound;
	server->stop = g_cancellable_new();
	g_mutex_init(&server->lock);
	g_cond_init(&server->idle);
	server->accepting = g_thread_new(name, accept_thread, server);
	return server;
}

guint16 server_port(const struct server *server)
{
	return server->port;
}

void server_free(struct server *server)
{
	if (!server)
		return;
	g_cancellable_cancel(server->stop);
	g_thread_join(server->accepting);
	g_mutex_lock(&server->lock);
	while (server->connections > 0)
		g_cond_wait(&server->idle, &server->lock);
	g_mutex_unlock(&server->lock);

	g_socket_close(server->listener, NULL);
	g_object_unref(server->listener);
	g_object_unref(server->stop);
	g_mutex_clear(&server->lock);
	g_cond_clear(&server->idle);
	g_free(server->name);
	g_free(server);
}

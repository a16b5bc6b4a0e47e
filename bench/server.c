/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/server.h"

#include "bench/faults.h"
#include "bench/listener.h"

#include <string.h>

#define RECEIVE_BYTES  16384
#define SPLIT_PAUSE_US 50000

struct server {
	const struct server_ops *ops;
	void *device;
	struct faults *faults;
	struct listener *listener;
};

struct connection {
	struct server *server;
	GSocket *socket;
	GCancellable *stop;
	void *session;
	GByteArray *input;
	GByteArray *held; /* a reply kept back by the fault `late` */
};

void server_split_pause(void)
{
	g_usleep(SPLIT_PAUSE_US);
}

static gboolean send_bytes(struct connection *connection, const guint8 *data, gsize len)
{
	return socket_send_all(connection->socket, data, len, connection->stop);
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
		server_split_pause();
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

static void serve_messages(struct connection *connection)
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
		                              connection->stop, NULL);
		if (got <= 0)
			return;
		g_byte_array_append(connection->input, (const guint8 *)chunk, (guint)got);
	}
}

static void serve(void *data, GSocket *socket, GCancellable *stop)
{
	struct server *server = data;
	struct connection connection = {
		.server = server,
		.socket = socket,
		.stop = stop,
		.session = server->ops->session_new(server->device),
		.input = g_byte_array_new(),
		.held = g_byte_array_new(),
	};

	serve_messages(&connection);
	server->ops->session_free(connection.session);
	g_byte_array_unref(connection.input);
	g_byte_array_unref(connection.held);
}

struct server *server_new(const char *name, guint16 port, const struct server_ops *ops,
                          void *device, struct faults *faults, GError **error)
{
	struct server *server = g_new0(struct server, 1);

	server->ops = ops;
	server->device = device;
	server->faults = faults;
	server->listener = listener_new(name, port, serve, server, error);
	if (!server->listener)
		g_clear_pointer(&server, g_free);
	return server;
}

guint16 server_port(const struct server *server)
{
	return listener_port(server->listener);
}

void server_free(struct server *server)
{
	if (!server)
		return;
	listener_free(server->listener);
	g_free(server);
}

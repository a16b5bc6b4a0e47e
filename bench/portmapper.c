/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/portmapper.h"

#include "base/error.h"
#include "bench/listener.h"
#include "bench/rpc_server.h"

#define CALL_MAX     1024
#define PROTOCOL_TCP 6
#define TRIES        20 /* to find a number that is free on TCP and UDP */
#define PROGRAM      100000
#define VERSION      2

enum procedure { PROC_SET = 1, PROC_UNSET = 2, PROC_GETPORT = 3, PROC_DUMP = 4 };

struct portmapper {
	struct portmapper_row *rows;
	guint n_rows;
	struct listener *listener;
	GSocket *datagrams;
	GCancellable *stop;
	GThread *thread;
};

static enum rpc_status get_port(const struct portmapper *portmapper, struct rpc_call *call)
{
	guint32 program = rd_be32(&call->arguments);
	guint32 version = rd_be32(&call->arguments);
	guint32 protocol = rd_be32(&call->arguments);
	guint32 port = 0;

	rd_be32(&call->arguments); /* the port, which is not known yet */
	if (call->arguments.bad)
		return RPC_GARBAGE_ARGUMENTS;
	for (guint i = 0; i < portmapper->n_rows; i++) {
		const struct portmapper_row *row = &portmapper->rows[i];
		if (row->program == program && row->version == version && protocol == PROTOCOL_TCP)
			port = row->port;
	}
	rpc_put_u32(call->results, port);
	return RPC_SUCCESS;
}

static enum rpc_status dump(const struct portmapper *portmapper, struct rpc_call *call)
{
	for (guint i = 0; i < portmapper->n_rows; i++) {
		rpc_put_u32(call->results, TRUE);
		rpc_put_u32(call->results, portmapper->rows[i].program);
		rpc_put_u32(call->results, portmapper->rows[i].version);
		rpc_put_u32(call->results, PROTOCOL_TCP);
		rpc_put_u32(call->results, portmapper->rows[i].port);
	}
	rpc_put_u32(call->results, FALSE);
	return RPC_SUCCESS;
}

static enum rpc_status run(void *data, struct rpc_call *call)
{
	switch (call->procedure) {
	case PROC_SET:
	case PROC_UNSET:
		rpc_put_u32(call->results, FALSE);
		return RPC_SUCCESS;
	case PROC_GETPORT:
		return get_port(data, call);
	case PROC_DUMP:
		return dump(data, call);
	default:
		return RPC_PROCEDURE_UNAVAILABLE;
	}
}

static const struct rpc_program program = {PROGRAM, VERSION, run};

static void serve(void *data, GSocket *socket, GCancellable *stop)
{
	rpc_serve(&program, data, socket, CALL_MAX, stop);
}

static void *datagram_thread(void *data)
{
	struct portmapper *portmapper = data;
	char call[CALL_MAX];

	while (!g_cancellable_is_cancelled(portmapper->stop)) {
		g_autoptr(GSocketAddress) from = NULL;
		g_autoptr(GByteArray) reply = g_byte_array_new();
		gssize got = g_socket_receive_from(portmapper->datagrams, &from, call, sizeof(call),
		                                   portmapper->stop, NULL);
		if (got > 0 && rpc_answer(&program, portmapper, (const guint8 *)call, (gsize)got,
		                          reply, portmapper->stop))
			g_socket_send_to(portmapper->datagrams, from, (const char *)reply->data,
			                 reply->len, portmapper->stop, NULL);
	}
	return NULL;
}

static GSocket *bind_datagrams(guint16 port, GError **error)
{
	g_autoptr(GSocket) socket = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
	                                         G_SOCKET_PROTOCOL_UDP, error);
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) address = g_inet_socket_address_new(loopback, port);

	if (!socket || !g_socket_bind(socket, address, FALSE, error))
		return NULL;
	return g_steal_pointer(&socket);
}

/* Both with one number; false when there is none. */
static gboolean bind_both(struct portmapper *portmapper, guint16 port, GError **error)
{
	g_autoptr(GError) cause = NULL;

	for (guint i = 0; i < (port == 0 ? TRIES : 1) && !portmapper->datagrams; i++) {
		g_clear_error(&cause);
		g_clear_pointer(&portmapper->listener, listener_free);
		portmapper->listener = listener_new("portmapper", port, serve, portmapper, error);
		if (!portmapper->listener)
			return FALSE;
		portmapper->datagrams = bind_datagrams(listener_port(portmapper->listener), &cause);
	}
	if (!portmapper->datagrams)
		station_error_set(error, STATION_ERROR_IO, "portmapper: UDP port: %s",
		                  cause->message);
	return portmapper->datagrams != NULL;
}

struct portmapper *portmapper_new(guint16 port, const struct portmapper_row *rows, guint n_rows,
                                  GError **error)
{
	struct portmapper *portmapper = g_new0(struct portmapper, 1);

	portmapper->rows = g_memdup2(rows, n_rows * sizeof(*rows));
	portmapper->n_rows = n_rows;
	portmapper->stop = g_cancellable_new();
	if (!bind_both(portmapper, port, error)) {
		portmapper_free(portmapper);
		return NULL;
	}
	portmapper->thread = g_thread_new("portmapper", datagram_thread, portmapper);
	return portmapper;
}

guint16 portmapper_port(const struct portmapper *portmapper)
{
	return listener_port(portmapper->listener);
}

void portmapper_free(struct portmapper *portmapper)
{
	if (!portmapper)
		return;
	g_cancellable_cancel(portmapper->stop);
	if (portmapper->thread)
		g_thread_join(portmapper->thread);
	listener_free(portmapper->listener);
	g_clear_object(&portmapper->datagrams);
	g_object_unref(portmapper->stop);
	g_free(portmapper->rows);
	g_free(portmapper);
}

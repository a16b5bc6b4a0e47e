/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/vxi11_server_interrupt.h"

#include "bench/listener.h"
#include "bench/vxi11_server_link.h"

#define CONNECT_S       2
#define DEVICE_INTR_SRQ 30
#define RPC_VERSION     2
#define LAST_FRAGMENT   0x80000000u

enum { FAMILY_TCP = 0, FAMILY_UDP = 1 };

struct vxi11_interrupt {
	GCancellable *stop;
	GMutex lock;     /* of what follows, and while something is sent */
	GSocket *socket; /* null: no channel */
	guint32 program;
	guint32 version;
	guint32 xid;
};

struct vxi11_interrupt *vxi11_interrupt_new(GCancellable *stop)
{
	struct vxi11_interrupt *interrupt = g_new0(struct vxi11_interrupt, 1);

	interrupt->stop = stop;
	g_mutex_init(&interrupt->lock);
	return interrupt;
}

void vxi11_interrupt_free(struct vxi11_interrupt *interrupt)
{
	g_clear_object(&interrupt->socket);
	g_mutex_clear(&interrupt->lock);
	g_free(interrupt);
}

static GSocket *connect_to(guint32 host, guint16 port, GCancellable *stop)
{
	guint8 bytes[4];
	put_be32(bytes, host);
	g_autoptr(GInetAddress) address =
		g_inet_address_new_from_bytes(bytes, G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) place = g_inet_socket_address_new(address, port);
	g_autoptr(GSocket) socket = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
	                                         G_SOCKET_PROTOCOL_TCP, NULL);

	if (!socket)
		return NULL;
	g_socket_set_timeout(socket, CONNECT_S);
	return g_socket_connect(socket, place, stop, NULL) ? g_steal_pointer(&socket) : NULL;
}

static enum vxi11_error create(struct vxi11_interrupt *interrupt, guint32 host, guint16 port,
                               guint32 family)
{
	if (interrupt->socket)
		return VXI11_CHANNEL_ESTABLISHED;
	if (port == 0)
		return VXI11_PARAMETER;
	if (family != FAMILY_TCP)
		return family == FAMILY_UDP ? VXI11_NOT_SUPPORTED : VXI11_PARAMETER;
	interrupt->socket = connect_to(host, port, interrupt->stop);
	return interrupt->socket ? VXI11_OK : VXI11_NO_CHANNEL;
}

enum rpc_status vxi11_interrupt_create(struct vxi11_interrupt *interrupt, struct rpc_call *call)
{
	struct rd *from = &call->arguments;
	guint32 host = rd_be32(from), port = rd_be32(from);
	guint32 program = rd_be32(from), version = rd_be32(from), family = rd_be32(from);

	if (from->bad || port > G_MAXUINT16)
		return RPC_GARBAGE_ARGUMENTS;
	g_mutex_lock(&interrupt->lock);
	enum vxi11_error code = create(interrupt, host, (guint16)port, family);
	if (code == VXI11_OK) {
		interrupt->program = program;
		interrupt->version = version;
	}
	g_mutex_unlock(&interrupt->lock);
	rpc_put_u32(call->results, code);
	return RPC_SUCCESS;
}

enum rpc_status vxi11_interrupt_destroy(struct vxi11_interrupt *interrupt, struct rpc_call *call)
{
	g_mutex_lock(&interrupt->lock);
	rpc_put_u32(call->results, interrupt->socket ? VXI11_OK : VXI11_NO_CHANNEL);
	g_clear_object(&interrupt->socket);
	g_mutex_unlock(&interrupt->lock);
	return RPC_SUCCESS;
}

/* The call with its mark; no credentials. */
static GByteArray *make_call(struct vxi11_interrupt *interrupt, const guint8 *handle, gsize len)
{
	const guint32 words[] = {0,
	                         ++interrupt->xid,
	                         0,
	                         RPC_VERSION,
	                         interrupt->program,
	                         interrupt->version,
	                         DEVICE_INTR_SRQ,
	                         0,
	                         0,
	                         0,
	                         0};
	GByteArray *call = g_byte_array_new();

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		rpc_put_u32(call, words[i]);
	rpc_put_opaque(call, handle, len);
	put_be32(call->data, LAST_FRAGMENT | (call->len - 4));
	return call;
}

static void drop_replies(GSocket *socket)
{
	char sink[1024];

	while (g_socket_condition_check(socket, G_IO_IN) == G_IO_IN &&
	       g_socket_receive(socket, sink, sizeof(sink), NULL, NULL) > 0)
		;
}

void vxi11_interrupt_tell(struct vxi11_interrupt *interrupt, const guint8 *handle, gsize len)
{
	g_mutex_lock(&interrupt->lock);
	if (interrupt->socket) {
		g_autoptr(GByteArray) call = make_call(interrupt, handle, len);
		drop_replies(interrupt->socket);
		if (!socket_send_all(interrupt->socket, call->data, call->len, interrupt->stop))
			g_clear_object(&interrupt->socket);
	}
	g_mutex_unlock(&interrupt->lock);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/vxi11_server.h"

#include "bench/device_lock.h"
#include "bench/listener.h"
#include "bench/vxi11_server_interrupt.h"
#include "bench/vxi11_server_link.h"

#include <string.h>

#define MAX_RECEIVE    65536
#define CALL_MAX       (SERVER_MESSAGE_MAX + 1024) /* some clients write as much as they like */
#define ABORT_CALL_MAX 1024
#define LINKS_MAX      32
#define DEVICE_NAME    "inst0"

enum { ABORT_PROCEDURE = 1 };

struct vxi11_server {
	struct bus_device device;
	guint32 max_receive;
	gboolean no_interrupt;
	struct listener *core;
	struct listener *abort;
	GMutex lock;
	GHashTable *links; /* by id; each belongs to its connection */
	guint32 next_id;
};

struct connection {
	struct vxi11_server *server;
	GPtrArray *links; /* made on it */
	struct vxi11_interrupt *interrupt;
	GCancellable *stop;
};

/* --- core channel ------------------------------------------------------------------------------
 */

static struct vxi11_link *add_link(struct connection *connection)
{
	struct vxi11_server *server = connection->server;
	struct vxi11_link *link = NULL;

	g_mutex_lock(&server->lock);
	if (g_hash_table_size(server->links) < LINKS_MAX) {
		link = vxi11_link_new(&server->device, server->next_id++, connection->interrupt,
		                      connection->stop);
		g_hash_table_insert(server->links, GUINT_TO_POINTER(link->id), link);
		g_ptr_array_add(connection->links, link);
	}
	g_mutex_unlock(&server->lock);
	return link;
}

static void remove_link(struct connection *connection, struct vxi11_link *link)
{
	g_mutex_lock(&connection->server->lock);
	g_hash_table_remove(connection->server->links, GUINT_TO_POINTER(link->id));
	g_mutex_unlock(&connection->server->lock);
	g_ptr_array_remove(connection->links, link);
	vxi11_link_free(link);
}

static struct vxi11_link *find_link(const struct connection *connection, guint32 id)
{
	for (guint i = 0; i < connection->links->len; i++) {
		struct vxi11_link *link = connection->links->pdata[i];
		if (link->id == id)
			return link;
	}
	return NULL;
}

static enum rpc_status answer_create(struct connection *connection, struct rpc_call *call,
                                     enum vxi11_error code, guint32 id)
{
	rpc_put_u32(call->results, code);
	rpc_put_u32(call->results, id);
	rpc_put_u32(call->results, listener_port(connection->server->abort));
	rpc_put_u32(call->results, connection->server->max_receive);
	return RPC_SUCCESS;
}

static enum rpc_status create_link(struct connection *connection, struct rpc_call *call)
{
	struct rd *from = &call->arguments;
	gsize len = 0;

	rd_be32(from); /* clientId: for the client's own use */
	guint32 lock_device = rd_be32(from);
	guint32 lock_ms = rd_be32(from);
	const guint8 *name = rpc_take_opaque(from, &len);
	if (!name)
		return RPC_GARBAGE_ARGUMENTS;
	g_autofree char *device = g_strndup((const char *)name, len);
	if (g_ascii_strcasecmp(device, DEVICE_NAME) != 0)
		return answer_create(connection, call, VXI11_NO_DEVICE, 0);
	struct vxi11_link *link = add_link(connection);
	if (!link)
		return answer_create(connection, call, VXI11_NO_RESOURCES, 0);
	enum vxi11_error code = lock_device ? vxi11_link_lock(link, TRUE, lock_ms) : VXI11_OK;
	if (code == VXI11_OK)
		return answer_create(connection, call, VXI11_OK, link->id);
	remove_link(connection, link);
	return answer_create(connection, call, code, 0);
}

static enum rpc_status put_error(struct rpc_call *call, enum vxi11_error code)
{
	rpc_put_u32(call->results, code);
	return RPC_SUCCESS;
}

static enum rpc_status run_core(void *data, struct rpc_call *call)
{
	struct connection *connection = data;

	if (call->procedure == VXI11_CREATE_LINK)
		return create_link(connection, call);
	if (call->procedure == VXI11_CREATE_INTR_CHAN && connection->server->no_interrupt)
		return put_error(call, VXI11_NOT_SUPPORTED);
	if (call->procedure == VXI11_CREATE_INTR_CHAN)
		return vxi11_interrupt_create(connection->interrupt, call);
	if (call->procedure == VXI11_DESTROY_INTR_CHAN)
		return vxi11_interrupt_destroy(connection->interrupt, call);
	if (call->procedure != VXI11_DESTROY_LINK && !vxi11_is_link_call(call->procedure))
		return RPC_PROCEDURE_UNAVAILABLE;
	guint32 id = rd_be32(&call->arguments);
	if (call->arguments.bad)
		return RPC_GARBAGE_ARGUMENTS;
	struct vxi11_link *link = find_link(connection, id);
	if (!link)
		return vxi11_no_link(call);
	if (call->procedure != VXI11_DESTROY_LINK)
		return vxi11_link_call(link, call);
	remove_link(connection, link);
	return put_error(call, VXI11_OK);
}

static const struct rpc_program core_program = {VXI11_CORE_PROGRAM, VXI11_VERSION, run_core};

static void serve_core(void *data, GSocket *socket, GCancellable *stop)
{
	struct connection connection = {data, g_ptr_array_new(), vxi11_interrupt_new(stop), stop};

	rpc_serve(&core_program, &connection, socket, CALL_MAX, stop);
	while (connection.links->len > 0)
		remove_link(&connection, connection.links->pdata[0]);
	g_ptr_array_unref(connection.links);
	vxi11_interrupt_free(connection.interrupt);
}

/* --- abort channel -----------------------------------------------------------------------------
 */

static enum rpc_status run_abort(void *data, struct rpc_call *call)
{
	struct vxi11_server *server = data;

	if (call->procedure != ABORT_PROCEDURE)
		return RPC_PROCEDURE_UNAVAILABLE;
	guint32 id = rd_be32(&call->arguments);
	if (call->arguments.bad)
		return RPC_GARBAGE_ARGUMENTS;
	g_mutex_lock(&server->lock);
	struct vxi11_link *link = g_hash_table_lookup(server->links, GUINT_TO_POINTER(id));
	if (link)
		g_cancellable_cancel(link->abort);
	g_mutex_unlock(&server->lock);
	return put_error(call, link ? VXI11_OK : VXI11_INVALID_LINK);
}

static const struct rpc_program abort_program = {VXI11_ABORT_PROGRAM, VXI11_VERSION, run_abort};

static void serve_abort(void *data, GSocket *socket, GCancellable *stop)
{
	rpc_serve(&abort_program, data, socket, ABORT_CALL_MAX, stop);
}

/* --- server ------------------------------------------------------------------------------------
 */

struct vxi11_server *vxi11_server_new(const char *name, guint16 port,
                                      const struct bus_device *device,
                                      const struct vxi11_options *options, GError **error)
{
	struct vxi11_server *server = g_new0(struct vxi11_server, 1);

	server->device = *device;
	server->max_receive = options && options->max_receive ? options->max_receive : MAX_RECEIVE;
	server->no_interrupt = options && options->no_interrupt;
	server->links = g_hash_table_new(NULL, NULL);
	g_mutex_init(&server->lock);
	server->abort = listener_new(name, 0, serve_abort, server, error);
	if (server->abort)
		server->core = listener_new(name, port, serve_core, server, error);
	if (!server->core)
		g_clear_pointer(&server, vxi11_server_free);
	return server;
}

guint16 vxi11_server_port(const struct vxi11_server *server)
{
	return listener_port(server->core);
}

guint16 vxi11_server_abort_port(const struct vxi11_server *server)
{
	return listener_port(server->abort);
}

void vxi11_server_free(struct vxi11_server *server)
{
	if (!server)
		return;
	listener_free(server->core);
	listener_free(server->abort);
	g_hash_table_unref(server->links);
	g_mutex_clear(&server->lock);
	g_free(server);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/rpc.h"

#include "base/error.h"
#include "instruments/link/connect.h"
#include "instruments/link/stream.h"

#include <poll.h>

enum {
	STAGE = 4096,
	GETPORT_REPLY_MAX = 1024,
};

void rpc_init(struct rpc *rpc, const struct rpc_program *program, gsize reply_max)
{
	*rpc = (struct rpc){
		.program = program,
		.call = g_byte_array_new(),
		.stage = g_malloc(STAGE),
		/* a restarted server must not take our calls for those of a client before us */
		.xid = g_random_int(),
	};
	rpc_record_init(&rpc->record, reply_max);
}

void rpc_done(struct rpc *rpc)
{
	rpc_disconnect(rpc);
	rpc_record_done(&rpc->record);
	g_clear_pointer(&rpc->call, g_byte_array_unref);
	g_clear_pointer(&rpc->stage, g_free);
}

gboolean rpc_connect(struct rpc *rpc, const char *host, guint16 port, const struct bounds *bounds,
                     GError **error)
{
	rpc_disconnect(rpc);
	rpc->connection = connect_bounded(host, port, bounds, error);
	if (!rpc->connection)
		return FALSE;
	rpc->socket = g_socket_connection_get_socket(rpc->connection);
	return TRUE;
}

void rpc_disconnect(struct rpc *rpc)
{
	rpc->socket = NULL;
	g_clear_object(&rpc->connection);
	rpc->pending = FALSE;
	rpc->stage_at = 0;
	rpc->stage_len = 0;
	rpc_record_restart(&rpc->record);
}

gboolean rpc_connected(const struct rpc *rpc)
{
	return rpc->connection != NULL;
}

/* ---- calls ---- */

GByteArray *rpc_begin(struct rpc *rpc, guint32 procedure)
{
	static const guint8 mark[RPC_MARK_LEN];
	rpc->xid++;
	g_byte_array_set_size(rpc->call, 0);
	g_byte_array_append(rpc->call, mark, sizeof mark);
	rpc_put_call(rpc->call, rpc->xid, rpc->program, procedure);
	return rpc->call;
}

static gboolean wait_for(struct rpc *rpc, short events, const char *what,
                         const struct bounds *bounds, GError **error)
{
	return stream_wait(g_socket_get_fd(rpc->socket), events, bounds, what, error);
}

static gboolean send_call(struct rpc *rpc, const struct bounds *bounds, GError **error)
{
	const GByteArray *call = rpc->call;
	put_be32(call->data, 0x80000000u | (call->len - RPC_MARK_LEN));
	rpc->pending = TRUE;
	rpc->heard = FALSE;
	rpc->late = 0;
	for (gsize sent = 0; sent < call->len;) {
		gssize n = connect_send(rpc->socket, call->data + sent, call->len - sent, error);
		if (n < 0 || (n == 0 && !wait_for(rpc, POLLOUT, "send", bounds, error))) {
			/* A part of a call would be taken for the beginning of the next. */
			rpc_disconnect(rpc);
			return FALSE;
		}
		sent += (gsize)n;
	}
	return TRUE;
}

/* ---- replies ---- */

static gssize receive(struct rpc *rpc, guint8 *to, gsize len, const struct bounds *bounds,
                      GError **error)
{
	gssize n = connect_receive_soon(rpc->socket, to, len, bounds, error);
	if (n > 0)
		rpc->heard = TRUE;
	return n;
}

/* The number of bytes taken; the rest of a fragment is received where it belongs. */
static gssize receive_some(struct rpc *rpc, const struct bounds *bounds, GError **error)
{
	gsize room_len;
	guint8 *room = rpc_record_room(&rpc->record, &room_len);
	gssize n = room ? receive(rpc, room, room_len, bounds, error)
	                : receive(rpc, rpc->stage, STAGE, bounds, error);
	if (room) {
		rpc_record_added(&rpc->record, (gsize)MAX(n, 0));
	} else {
		rpc->stage_at = 0;
		rpc->stage_len = (gsize)MAX(n, 0);
	}
	return n;
}

static gboolean take_stage(struct rpc *rpc, GError **error)
{
	gsize used = 0;
	if (!rpc_record_take(&rpc->record, rpc->stage + rpc->stage_at,
	                     rpc->stage_len - rpc->stage_at, &used, error))
		return FALSE;
	rpc->stage_at += used;
	return TRUE;
}

static gboolean wait_more(struct rpc *rpc, const struct rpc_patience *patience,
                          const struct bounds *bounds, GError **error)
{
	struct bounds now = *bounds;
	if (patience && patience->silence_s > 0 && (rpc->heard || patience->silence_first))
		now = bounds_within(bounds, patience->silence_s);
	return wait_for(rpc, POLLIN, "reply", &now, error);
}

static gboolean receive_record(struct rpc *rpc, const struct rpc_patience *patience,
                               const struct bounds *bounds, GError **error)
{
	if (rpc->record.whole)
		rpc_record_restart(&rpc->record);
	for (;;) {
		if (!take_stage(rpc, error))
			return FALSE;
		if (rpc->record.whole)
			return TRUE;
		/* Without this a sender that never pauses would keep us past the deadline. */
		if (!bounds_check(bounds, "reply", error))
			return FALSE;
		gssize n = receive_some(rpc, bounds, error);
		if (n < 0 || (n == 0 && !wait_more(rpc, patience, bounds, error)))
			return FALSE;
	}
}

static gboolean receive_reply(struct rpc *rpc, struct rd *results,
                              const struct rpc_patience *patience, const struct bounds *bounds,
                              GError **error)
{
	const struct rpc_record *record = &rpc->record;
	for (;;) {
		if (!receive_record(rpc, patience, bounds, error))
			return FALSE;
		switch (rpc_take_reply(record->body->data, record->body->len, rpc->xid, results,
		                       error)) {
		case RPC_REPLY_RESULTS:
			rpc->pending = FALSE;
			return TRUE;
		case RPC_REPLY_FAILED:
			rpc->pending = FALSE;
			return FALSE;
		case RPC_REPLY_LATE:
			rpc->late++;
			rpc->heard = FALSE;
			break;
		case RPC_REPLY_GARBAGE:
			return FALSE;
		}
	}
}

gboolean rpc_call(struct rpc *rpc, struct rd *results, const struct rpc_patience *patience,
                  const struct bounds *bounds, GError **error)
{
	if (!rpc_connected(rpc)) {
		station_error_set(error, STATION_ERROR_IO, "not connected");
		return FALSE;
	}
	if (!bounds_check(bounds, "call", error) || !send_call(rpc, bounds, error))
		return FALSE;
	GError *cause = NULL;
	if (receive_reply(rpc, results, patience, bounds, &cause))
		return TRUE;
	if (rpc->late > 0)
		g_prefix_error(&cause, "%u late replies thrown away, then ", rpc->late);
	/* Of these it is not known where the next reply would begin. */
	if (rpc->pending && !g_error_matches(cause, STATION_ERROR, STATION_ERROR_TIMEOUT) &&
	    !g_error_matches(cause, STATION_ERROR, STATION_ERROR_CANCELLED))
		rpc_disconnect(rpc);
	g_propagate_error(error, cause);
	return FALSE;
}

/* ---- the portmapper ---- */

gboolean rpc_getport(const char *host, guint16 portmapper_port, const struct rpc_program *program,
                     guint16 *port, const struct bounds *bounds, GError **error)
{
	struct rpc rpc;
	struct rd results;
	rpc_init(&rpc, &rpc_portmapper, GETPORT_REPLY_MAX);
	rpc_put_getport(rpc_begin(&rpc, RPC_PORTMAPPER_GETPORT), program);
	gboolean ok = rpc_connect(&rpc, host, portmapper_port, bounds, error) &&
	              rpc_call(&rpc, &results, NULL, bounds, error) &&
	              rpc_take_port(&results, port, error);
	rpc_done(&rpc);
	if (!ok) {
		g_prefix_error(error, "portmapper: ");
		return FALSE;
	}
	if (*port > 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "portmapper: the host does not serve %s",
	                  program->name);
	return FALSE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/rpc_server.h"

#include "bench/listener.h"

#define RPC_VERSION   2
#define LAST_FRAGMENT 0x80000000u
#define AUTH_MAX      400 /* RFC 5531, opaque_auth */

enum { RPC_CALL = 0, RPC_REPLY = 1 };
enum { RPC_ACCEPTED = 0, RPC_DENIED = 1 };

void rpc_put_u32(GByteArray *to, guint32 value)
{
	guint8 bytes[4];

	put_be32(bytes, value);
	g_byte_array_append(to, bytes, sizeof(bytes));
}

void rpc_put_opaque(GByteArray *to, const void *data, gsize len)
{
	static const guint8 zeros[3] = {0};

	rpc_put_u32(to, (guint32)len);
	g_byte_array_append(to, data, (guint)len);
	g_byte_array_append(to, zeros, (guint)(-len & 3));
}

const guint8 *rpc_take_opaque(struct rd *from, gsize *len)
{
	*len = rd_be32(from);
	const guint8 *data = rd_bytes(from, *len);
	rd_bytes(from, -*len & 3);
	return from->bad ? NULL : data;
}

/* A credential or verifier: any kind will do. */
static gboolean skip_auth(struct rd *rd)
{
	gsize len = 0;

	rd_be32(rd);
	return rpc_take_opaque(rd, &len) && len <= AUTH_MAX;
}

static void begin_accepted(GByteArray *reply, guint32 xid, enum rpc_status status)
{
	const guint32 words[] = {xid, RPC_REPLY, RPC_ACCEPTED, 0, 0, (guint32)status};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		rpc_put_u32(reply, words[i]);
}

static void deny_version(GByteArray *reply, guint32 xid)
{
	const guint32 words[] = {xid, RPC_REPLY, RPC_DENIED, 0, RPC_VERSION, RPC_VERSION};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		rpc_put_u32(reply, words[i]);
}

static enum rpc_status run(const struct rpc_program *program, void *data, struct rpc_call *call,
                           guint32 wanted, guint32 version)
{
	if (wanted != program->program)
		return RPC_PROGRAM_UNAVAILABLE;
	if (version != program->version)
		return RPC_VERSION_MISMATCH;
	return call->procedure == 0 ? RPC_SUCCESS : program->run(data, call);
}

gboolean rpc_answer(const struct rpc_program *program, void *data, const guint8 *message, gsize len,
                    GByteArray *reply, GCancellable *stop)
{
	g_autoptr(GByteArray) results = g_byte_array_new();
	struct rd rd = rd_init(message, len);
	guint32 xid = rd_be32(&rd);

	if (rd_be32(&rd) != RPC_CALL || rd.bad)
		return FALSE;
	if (rd_be32(&rd) != RPC_VERSION) {
		deny_version(reply, xid);
		return TRUE;
	}
	guint32 wanted = rd_be32(&rd), version = rd_be32(&rd);
	struct rpc_call call = {.procedure = rd_be32(&rd), .results = results, .stop = stop};
	if (!skip_auth(&rd) || !skip_auth(&rd))
		return FALSE;
	call.arguments = rd;
	enum rpc_status status = run(program, data, &call, wanted, version);
	if (status == RPC_DISCONNECT)
		return FALSE;
	begin_accepted(reply, xid, status);
	if (status == RPC_VERSION_MISMATCH) {
		rpc_put_u32(reply, program->version);
		rpc_put_u32(reply, program->version);
	} else if (status == RPC_SUCCESS) {
		g_byte_array_append(reply, results->data, results->len);
	}
	return TRUE;
}

/* All fragments of one record. */
static gboolean receive_record(GSocket *socket, GByteArray *record, guint32 max_len,
                               GCancellable *stop)
{
	guint32 mark = 0;

	g_byte_array_set_size(record, 0);
	while (!(mark & LAST_FRAGMENT)) {
		guint8 bytes[4];
		if (!socket_receive_all(socket, bytes, sizeof(bytes), stop))
			return FALSE;
		struct rd rd = rd_init(bytes, sizeof(bytes));
		mark = rd_be32(&rd);
		guint32 len = mark & ~LAST_FRAGMENT;
		guint had = record->len;
		if (len > max_len - had)
			return FALSE;
		g_byte_array_set_size(record, had + len);
		if (!socket_receive_all(socket, record->data + had, len, stop))
			return FALSE;
	}
	return TRUE;
}

void rpc_serve(const struct rpc_program *program, void *data, GSocket *socket, guint32 max_len,
               GCancellable *stop)
{
	g_autoptr(GByteArray) record = g_byte_array_new();
	g_autoptr(GByteArray) reply = g_byte_array_new();

	while (receive_record(socket, record, max_len, stop)) {
		g_byte_array_set_size(reply, 0);
		rpc_put_u32(reply, 0);
		if (!rpc_answer(program, data, record->data, record->len, reply, stop))
			return;
		put_be32(reply->data, LAST_FRAGMENT | (reply->len - 4));
		if (!socket_send_all(socket, reply->data, reply->len, stop))
			return;
	}
}

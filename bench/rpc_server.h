/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_RPC_SERVER_H
#define BENCH_RPC_SERVER_H

#include "base/bytes.h"

#include <gio/gio.h>

/* The server's side of ONC RPC, version 2. Sources: RFC 5531 (calls), RFC 4506 (XDR). */

/* What becomes of a call (RFC 5531, accept_stat). */
enum rpc_status {
	RPC_SUCCESS = 0,
	RPC_PROGRAM_UNAVAILABLE = 1,
	RPC_VERSION_MISMATCH = 2,
	RPC_PROCEDURE_UNAVAILABLE = 3,
	RPC_GARBAGE_ARGUMENTS = 4,
	RPC_DISCONNECT = -1, /* no answer: the connection ends */
};

struct rpc_call {
	guint32 procedure;
	struct rd arguments;
	GByteArray *results; /* the function appends to it */
	GCancellable *stop;
};

/* One program in one version. */
struct rpc_program {
	guint32 program;
	guint32 version;
	/* Procedure 0, which does nothing, never comes here. `data` is that of the connection. */
	enum rpc_status (*run)(void *data, struct rpc_call *call);
};

/* Serves a connection until it ends. A call may be as long as max_len bytes. */
void rpc_serve(const struct rpc_program *program, void *data, GSocket *socket, guint32 max_len,
               GCancellable *stop);

/*
 * One call without its record mark; what is to be sent back is appended to reply. False: nothing,
 * for this was no call, or the connection ends.
 */
gboolean rpc_answer(const struct rpc_program *program, void *data, const guint8 *message, gsize len,
                    GByteArray *reply, GCancellable *stop);

void rpc_put_u32(GByteArray *to, guint32 value);
/* Length, bytes, padding. */
void rpc_put_opaque(GByteArray *to, const void *data, gsize len);
/* Borrowed; null and bad when it is not whole. */
const guint8 *rpc_take_opaque(struct rd *from, gsize *len);

#endif

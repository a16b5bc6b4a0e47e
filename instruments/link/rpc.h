/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_RPC_H
#define INSTRUMENTS_LINK_RPC_H

#include "base/deadline.h"
#include "instruments/link/rpc_message.h"

#include <gio/gio.h>

/*
 * Calls of one remote program over one TCP connection, without authentication, one at a time. Every
 * wait ends with the bounds and at once when cancelled. A reply to a call that was given up is
 * thrown away when it comes, also when half of it came before.
 */
struct rpc {
	GSocketConnection *connection; /* null: not connected */
	GSocket *socket;               /* the connection's */
	const struct rpc_program *program;
	guint32 xid;
	gboolean pending; /* a call was sent, and nothing has come back for it */
	gboolean heard;   /* bytes have come since the call */
	guint late;       /* replies thrown away since the call */
	GByteArray *call;
	struct rpc_record record;
	guint8 *stage; /* received, not yet part of the record */
	gsize stage_at;
	gsize stage_len;
};

/* What else bounds a call, past its bounds. */
struct rpc_patience {
	double silence_s;       /* longest silence within a reply; 0: none */
	gboolean silence_first; /* it counts before the reply's first byte too */
};

/* Longest reply, with what RPC puts around the results. */
void rpc_init(struct rpc *rpc, const struct rpc_program *program, gsize reply_max);
void rpc_done(struct rpc *rpc);

/* STATION_ERROR_IO, TIMEOUT, CANCELLED. */
gboolean rpc_connect(struct rpc *rpc, const char *host, guint16 port, const struct bounds *bounds,
                     GError **error);
/* Nothing is pending afterwards. */
void rpc_disconnect(struct rpc *rpc);
gboolean rpc_connected(const struct rpc *rpc);

/* Begins a call. The procedure's arguments are to be appended to what it gives (borrowed). */
GByteArray *rpc_begin(struct rpc *rpc, guint32 procedure);
/*
 * Sends what was begun and waits for its reply. results borrows its bytes until the next call.
 * patience may be null. Errors are those of rpc_take_reply, and STATION_ERROR_IO, TIMEOUT,
 * CANCELLED; after IO, PROTOCOL and a call that was not sent whole the connection is closed.
 */
gboolean rpc_call(struct rpc *rpc, struct rd *results, const struct rpc_patience *patience,
                  const struct bounds *bounds, GError **error);

/*
 * Asks the portmapper on host's TCP port portmapper_port for the program's port. STATION_ERROR_IO
 * when the host has no such program or no portmapper, else as rpc_call.
 */
gboolean rpc_getport(const char *host, guint16 portmapper_port, const struct rpc_program *program,
                     guint16 *port, const struct bounds *bounds, GError **error);

#endif

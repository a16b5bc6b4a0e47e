/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_RPC_MESSAGE_H
#define INSTRUMENTS_LINK_RPC_MESSAGE_H

#include "base/bytes.h"

#include <glib.h>

/*
 * The messages of ONC RPC version 2 and their records on a stream. Pure: sends and receives
 * nothing. Source: RFC 5531, §9 (messages), §11 (record marking).
 */

/* A remote program on a port, and the portmapper's (RFC 1833, §3). */
struct rpc_program {
	guint32 number;
	guint32 version;
	const char *name; /* for messages */
};

extern const struct rpc_program rpc_portmapper;

enum {
	RPC_MARK_LEN = 4,
	RPC_PORTMAPPER_PORT = 111,
	RPC_PORTMAPPER_GETPORT = 3,
	RPC_TRANSPORT_TCP = 6,
};

/* Appends the header of a call without credentials; its arguments follow. */
void rpc_put_call(GByteArray *to, guint32 xid, const struct rpc_program *program,
                  guint32 procedure);
/* Appends what GETPORT asks: on which TCP port is the program? */
void rpc_put_getport(GByteArray *to, const struct rpc_program *program);
/* The answer: 1 to 65535, 0 when the host has no such program. FALSE: STATION_ERROR_PROTOCOL. */
gboolean rpc_take_port(struct rd *results, guint16 *port, GError **error);

/* One record, put together from fragments that come in pieces of any size. */
struct rpc_record {
	GByteArray *body;
	gsize max_len; /* of body; longer ones are an error before their bytes are waited for */
	guint8 mark[RPC_MARK_LEN];
	guint mark_len; /* bytes of the mark received; all of them: within a fragment */
	gsize left;     /* of the fragment */
	gboolean last;  /* fragment of the record */
	gboolean whole;
};

void rpc_record_init(struct rpc_record *record, gsize max_len);
void rpc_record_done(struct rpc_record *record);
/* Forgets what came: the next byte begins a record. */
void rpc_record_restart(struct rpc_record *record);
/*
 * Takes bytes up to the record's end or all of them, and tells in *used how many. FALSE:
 * STATION_ERROR_PROTOCOL, longer than max_len.
 */
gboolean rpc_record_take(struct rpc_record *record, const guint8 *data, gsize len, gsize *used,
                         GError **error);

/*
 * Room for the rest of the fragment under way, to receive into without a detour: null outside of a
 * fragment. rpc_record_added tells how many bytes of it were filled, and must be called.
 */
guint8 *rpc_record_room(struct rpc_record *record, gsize *len);
void rpc_record_added(struct rpc_record *record, gsize len);

enum rpc_reply {
	RPC_REPLY_RESULTS, /* of the call: results stands at their first byte */
	RPC_REPLY_LATE,    /* to another call */
	RPC_REPLY_FAILED,  /* the call's own, which says why there are no results */
	RPC_REPLY_GARBAGE, /* no reply at all */
};

/*
 * Reads one record as the reply to call xid. FAILED sets STATION_ERROR_UNSUPPORTED (program,
 * version, procedure), REFUSED (authentication), INSTRUMENT or PROTOCOL, with the meaning in
 * words; GARBAGE sets STATION_ERROR_PROTOCOL. results borrows from data.
 */
enum rpc_reply rpc_take_reply(const guint8 *data, gsize len, guint32 xid, struct rd *results,
                              GError **error);

/*
 * The other way round: reads one record as a call of a program of ours. FALSE with
 * STATION_ERROR_PROTOCOL for all else. arguments borrows from data.
 */
gboolean rpc_take_call(const guint8 *data, gsize len, const struct rpc_program *program,
                       guint32 procedure, guint32 *xid, struct rd *arguments, GError **error);
/* Appends the reply, with its record mark, to a call that was done and has no results. */
void rpc_put_reply(GByteArray *to, guint32 xid);

#endif

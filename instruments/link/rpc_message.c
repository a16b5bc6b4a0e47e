/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/rpc_message.h"

#include "base/error.h"
#include "instruments/link/xdr.h"

#include <string.h>

enum {
	RPC_VERSION = 2,
	MESSAGE_CALL = 0,
	MESSAGE_REPLY = 1,
	REPLY_ACCEPTED = 0,
	REPLY_DENIED = 1,
	AUTH_NONE = 0,
	AUTH_BODY_MAX = 400,
};

enum accepted {
	ACCEPTED_SUCCESS,
	ACCEPTED_PROGRAM_UNAVAILABLE,
	ACCEPTED_PROGRAM_MISMATCH,
	ACCEPTED_PROCEDURE_UNAVAILABLE,
	ACCEPTED_GARBAGE_ARGUMENTS,
	ACCEPTED_SYSTEM_ERROR,
};

enum denied {
	DENIED_RPC_MISMATCH,
	DENIED_AUTHENTICATION,
};

static const guint32 mark_last = 0x80000000;

const struct rpc_program rpc_portmapper = {100000, 2, "portmapper"};

/* ---- calls ---- */

static void put_no_authentication(GByteArray *to)
{
	xdr_put_u32(to, AUTH_NONE);
	xdr_put_u32(to, 0);
}

void rpc_put_call(GByteArray *to, guint32 xid, const struct rpc_program *program, guint32 procedure)
{
	xdr_put_u32(to, xid);
	xdr_put_u32(to, MESSAGE_CALL);
	xdr_put_u32(to, RPC_VERSION);
	xdr_put_u32(to, program->number);
	xdr_put_u32(to, program->version);
	xdr_put_u32(to, procedure);
	put_no_authentication(to); /* credentials */
	put_no_authentication(to); /* verifier */
}

void rpc_put_getport(GByteArray *to, const struct rpc_program *program)
{
	xdr_put_u32(to, program->number);
	xdr_put_u32(to, program->version);
	xdr_put_u32(to, RPC_TRANSPORT_TCP);
	xdr_put_u32(to, 0);
}

gboolean rpc_take_port(struct rd *results, guint16 *port, GError **error)
{
	guint32 number = rd_be32(results);
	if (results->bad || number > G_MAXUINT16) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "the portmapper's answer is no port");
		return FALSE;
	}
	*port = (guint16)number;
	return TRUE;
}

/* ---- records ---- */

void rpc_record_init(struct rpc_record *record, gsize max_len)
{
	*record = (struct rpc_record){.body = g_byte_array_new(), .max_len = max_len};
}

void rpc_record_done(struct rpc_record *record)
{
	g_clear_pointer(&record->body, g_byte_array_unref);
}

void rpc_record_restart(struct rpc_record *record)
{
	g_byte_array_set_size(record->body, 0);
	record->mark_len = 0;
	record->left = 0;
	record->last = FALSE;
	record->whole = FALSE;
}

static void end_fragment(struct rpc_record *record)
{
	record->mark_len = 0;
	record->whole = record->last;
}

static gboolean begin_fragment(struct rpc_record *record, GError **error)
{
	struct rd rd = rd_init(record->mark, sizeof record->mark);
	guint32 mark = rd_be32(&rd);
	record->last = (mark & mark_last) != 0;
	record->left = mark & ~mark_last;
	if (record->left > record->max_len - record->body->len) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "a reply of %" G_GSIZE_FORMAT " bytes, where %" G_GSIZE_FORMAT
		                  " are possible",
		                  record->body->len + record->left, record->max_len);
		return FALSE;
	}
	if (record->left == 0)
		end_fragment(record);
	return TRUE;
}

gboolean rpc_record_take(struct rpc_record *record, const guint8 *data, gsize len, gsize *used,
                         GError **error)
{
	gsize at = 0;
	while (at < len && !record->whole) {
		if (record->mark_len < RPC_MARK_LEN) {
			record->mark[record->mark_len++] = data[at++];
			if (record->mark_len == RPC_MARK_LEN && !begin_fragment(record, error))
				return FALSE;
			continue;
		}
		gsize room_len;
		guint8 *room = rpc_record_room(record, &room_len);
		gsize piece = MIN(room_len, len - at);
		memcpy(room, data + at, piece);
		rpc_record_added(record, piece);
		at += piece;
	}
	*used = at;
	return TRUE;
}

guint8 *rpc_record_room(struct rpc_record *record, gsize *len)
{
	gsize had = record->body->len;
	*len = record->left;
	if (record->left == 0)
		return NULL;
	g_byte_array_set_size(record->body, (guint)(had + record->left));
	return record->body->data + had;
}

void rpc_record_added(struct rpc_record *record, gsize len)
{
	g_assert(len <= record->left);
	record->left -= len;
	g_byte_array_set_size(record->body, record->body->len - (guint)record->left);
	if (record->left == 0)
		end_fragment(record);
}

/* ---- replies ---- */

static enum rpc_reply garbage(const char *why, GError **error)
{
	station_error_set(error, STATION_ERROR_PROTOCOL, "not a reply of RPC: %s", why);
	return RPC_REPLY_GARBAGE;
}

/* The two versions that a mismatch tells. */
static enum rpc_reply mismatch(struct rd *rd, const char *of, enum station_error code,
                               GError **error)
{
	guint32 low = rd_be32(rd);
	guint32 high = rd_be32(rd);
	if (rd->bad)
		return garbage("too short", error);
	station_error_set(error, code, "%s: versions %u to %u are served", of, low, high);
	return RPC_REPLY_FAILED;
}

static enum rpc_reply take_denied(struct rd *rd, GError **error)
{
	static const char *const reasons[] = {
		"success",           "bad credential", "rejected credential", "bad verifier",
		"rejected verifier", "too weak",       "invalid response",    "unknown reason",
	};
	guint32 why = rd_be32(rd);
	if (!rd->bad && why == DENIED_RPC_MISMATCH)
		return mismatch(rd, "RPC is not spoken in version 2", STATION_ERROR_UNSUPPORTED,
		                error);
	guint32 reason = rd_be32(rd);
	if (rd->bad || why != DENIED_AUTHENTICATION)
		return garbage("denied for no known reason", error);
	station_error_set(error, STATION_ERROR_REFUSED, "authentication error %u, %s", reason,
	                  reason < G_N_ELEMENTS(reasons) ? reasons[reason] : "not in the standard");
	return RPC_REPLY_FAILED;
}

static enum rpc_reply take_accepted(struct rd *rd, GError **error)
{
	gsize verifier_len;
	rd_be32(rd); /* the verifier's flavour: nothing was asked to be verified */
	xdr_take_opaque(rd, AUTH_BODY_MAX, &verifier_len);
	guint32 state = rd_be32(rd);
	if (rd->bad)
		return garbage("too short", error);
	switch (state) {
	case ACCEPTED_SUCCESS:
		return RPC_REPLY_RESULTS;
	case ACCEPTED_PROGRAM_UNAVAILABLE:
		station_error_set(error, STATION_ERROR_UNSUPPORTED, "the program is not served");
		break;
	case ACCEPTED_PROGRAM_MISMATCH:
		return mismatch(rd, "the program is not served in this version",
		                STATION_ERROR_UNSUPPORTED, error);
	case ACCEPTED_PROCEDURE_UNAVAILABLE:
		station_error_set(error, STATION_ERROR_UNSUPPORTED, "the procedure is not served");
		break;
	case ACCEPTED_GARBAGE_ARGUMENTS:
		station_error_set(error, STATION_ERROR_PROTOCOL, "the arguments were not read");
		break;
	case ACCEPTED_SYSTEM_ERROR:
		station_error_set(error, STATION_ERROR_INSTRUMENT, "system error in the server");
		break;
	default:
		return garbage("accepted in no known way", error);
	}
	return RPC_REPLY_FAILED;
}

enum rpc_reply rpc_take_reply(const guint8 *data, gsize len, guint32 xid, struct rd *results,
                              GError **error)
{
	*results = rd_init(data, len);
	guint32 its_xid = rd_be32(results);
	guint32 kind = rd_be32(results);
	if (results->bad || kind != MESSAGE_REPLY)
		return garbage(results->bad ? "too short" : "wrong kind of message", error);
	if (its_xid != xid)
		return RPC_REPLY_LATE;
	switch (rd_be32(results)) {
	case REPLY_ACCEPTED:
		/* also what a reader past its end gives, and is found there */
		return take_accepted(results, error);
	case REPLY_DENIED:
		return take_denied(results, error);
	default:
		return garbage("neither accepted nor denied", error);
	}
}

/* ---- calls of others ---- */

gboolean rpc_take_call(const guint8 *data, gsize len, const struct rpc_program *program,
                       guint32 procedure, guint32 *xid, struct rd *arguments, GError **error)
{
	*arguments = rd_init(data, len);
	*xid = rd_be32(arguments);
	guint32 kind = rd_be32(arguments), rpc_version = rd_be32(arguments);
	guint32 number = rd_be32(arguments), version = rd_be32(arguments);
	guint32 its_procedure = rd_be32(arguments);
	/* credentials and verifier: whoever reaches us may call */
	for (int i = 0; i < 2; i++) {
		gsize auth_len;
		rd_be32(arguments);
		xdr_take_opaque(arguments, AUTH_BODY_MAX, &auth_len);
	}
	if (!arguments->bad && kind == MESSAGE_CALL && rpc_version == RPC_VERSION &&
	    number == program->number && version == program->version && its_procedure == procedure)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL, "not a call of %s", program->name);
	return FALSE;
}

void rpc_put_reply(GByteArray *to, guint32 xid)
{
	enum { REPLY_LEN = 24 };
	xdr_put_u32(to, mark_last | REPLY_LEN);
	xdr_put_u32(to, xid);
	xdr_put_u32(to, MESSAGE_REPLY);
	xdr_put_u32(to, REPLY_ACCEPTED);
	put_no_authentication(to);
	xdr_put_u32(to, ACCEPTED_SUCCESS);
}

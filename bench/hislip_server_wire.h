/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_HISLIP_SERVER_WIRE_H
#define BENCH_HISLIP_SERVER_WIRE_H

#include <gio/gio.h>

/* Message types (IVI-6.1, table 4). */
enum hislip_type {
	HISLIP_INITIALIZE = 0,
	HISLIP_INITIALIZE_RESPONSE = 1,
	HISLIP_FATAL_ERROR = 2,
	HISLIP_ERROR = 3,
	HISLIP_ASYNC_LOCK = 4,
	HISLIP_ASYNC_LOCK_RESPONSE = 5,
	HISLIP_DATA = 6,
	HISLIP_DATA_END = 7,
	HISLIP_DEVICE_CLEAR_COMPLETE = 8,
	HISLIP_DEVICE_CLEAR_ACKNOWLEDGE = 9,
	HISLIP_ASYNC_REMOTE_LOCAL = 10,
	HISLIP_ASYNC_REMOTE_LOCAL_RESPONSE = 11,
	HISLIP_TRIGGER = 12,
	HISLIP_INTERRUPTED = 13,
	HISLIP_ASYNC_INTERRUPTED = 14,
	HISLIP_ASYNC_MAX_SIZE = 15,
	HISLIP_ASYNC_MAX_SIZE_RESPONSE = 16,
	HISLIP_ASYNC_INITIALIZE = 17,
	HISLIP_ASYNC_INITIALIZE_RESPONSE = 18,
	HISLIP_ASYNC_DEVICE_CLEAR = 19,
	HISLIP_ASYNC_SERVICE_REQUEST = 20,
	HISLIP_ASYNC_STATUS_QUERY = 21,
	HISLIP_ASYNC_STATUS_RESPONSE = 22,
	HISLIP_ASYNC_DEVICE_CLEAR_ACKNOWLEDGE = 23,
	HISLIP_ASYNC_LOCK_INFO = 24,
	HISLIP_ASYNC_LOCK_INFO_RESPONSE = 25,
	HISLIP_START_TLS = 28,
	HISLIP_ASYNC_START_TLS = 29,
	HISLIP_ASYNC_START_TLS_RESPONSE = 30,
	HISLIP_ASYNC_END_TLS = 32,
	HISLIP_ASYNC_END_TLS_RESPONSE = 33,
	HISLIP_GET_SASL_LIST = 34,
	HISLIP_GET_SASL_LIST_RESPONSE = 35,
	HISLIP_AUTHENTICATION_START = 36,
	HISLIP_AUTHENTICATION_EXCHANGE = 37,
	HISLIP_AUTHENTICATION_RESULT = 38,
	HISLIP_VENDOR = 128, /* and above */
};

/* Codes of FatalError (table 14) and Error (table 16). */
enum hislip_fatal {
	HISLIP_FATAL_HEADER = 1,
	HISLIP_FATAL_CHANNELS = 2,
	HISLIP_FATAL_INITIALIZE = 3,
	HISLIP_FATAL_CLIENTS = 4,
	HISLIP_FATAL_NOT_SECURE = 5,
};

enum hislip_error {
	HISLIP_ERROR_TYPE = 1,
	HISLIP_ERROR_CONTROL = 2,
	HISLIP_ERROR_VENDOR = 3,
	HISLIP_ERROR_TOO_LARGE = 4,
	HISLIP_ERROR_AUTHENTICATION = 5,
};

#define HISLIP_FIRST_ID 0xFFFFFF00u
#define HISLIP_NO_ID    0xFFFFFEFEu

/* A connection: plain, or with TLS around it. */
struct hislip_wire {
	GSocket *socket;   /* borrowed */
	GIOStream *secure; /* null: plain */
};

struct hislip_header {
	guint8 type;
	guint8 control;
	guint32 parameter;
	guint64 len; /* of the payload */
};

enum hislip_receipt {
	HISLIP_RECEIVED,
	HISLIP_TOO_LARGE,  /* the payload was read and thrown away */
	HISLIP_BAD_HEADER, /* it does not begin with "HS" */
	HISLIP_GONE,
};

/* One message; payload (emptied first) takes up to max bytes of it. */
enum hislip_receipt hislip_wire_receive(struct hislip_wire *wire, struct hislip_header *header,
                                        GByteArray *payload, guint64 max, GCancellable *stop);

/* One message; header->len bytes of payload. Header and payload leave with one call. */
gboolean hislip_wire_send(struct hislip_wire *wire, const struct hislip_header *header,
                          const void *payload, GCancellable *stop);

/* Whether something has come that was not received. */
gboolean hislip_wire_pending(const struct hislip_wire *wire);

/* Shakes hands as a server, and secures all that follows; false when that fails. */
gboolean hislip_wire_secure(struct hislip_wire *wire, GTlsCertificate *certificate,
                            GCancellable *stop);
/* The end of it, which waits for nobody: closes the socket when it was secured. */
void hislip_wire_clear(struct hislip_wire *wire);

#endif

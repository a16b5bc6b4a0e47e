/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_HISLIP_MESSAGE_H
#define INSTRUMENTS_LINK_HISLIP_MESSAGE_H

#include <glib.h>

/*
 * The bytes of HiSLIP: a header of 16 bytes, big endian, then the payload. Pure. Source: IVI-6.1,
 * revision 2.0: message header, table of message type values, error codes.
 */

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
	HISLIP_DEVICE_CLEAR_ACKNOWLEDGE = 9, /* on the synchronous channel */
	HISLIP_TRIGGER = 12,
	HISLIP_INTERRUPTED = 13,
	HISLIP_ASYNC_INTERRUPTED = 14,
	HISLIP_ASYNC_MAXIMUM_MESSAGE_SIZE = 15,
	HISLIP_ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE = 16,
	HISLIP_ASYNC_INITIALIZE = 17,
	HISLIP_ASYNC_INITIALIZE_RESPONSE = 18,
	HISLIP_ASYNC_DEVICE_CLEAR = 19,
	HISLIP_ASYNC_SERVICE_REQUEST = 20,
	HISLIP_ASYNC_STATUS_QUERY = 21,
	HISLIP_ASYNC_STATUS_RESPONSE = 22,
	HISLIP_ASYNC_DEVICE_CLEAR_ACKNOWLEDGE = 23,
	HISLIP_START_TLS = 28,
	HISLIP_ASYNC_START_TLS = 29,
	HISLIP_ASYNC_START_TLS_RESPONSE = 30,
	HISLIP_GET_SASL_MECHANISM_LIST = 34,
	HISLIP_GET_SASL_MECHANISM_LIST_RESPONSE = 35,
	HISLIP_AUTHENTICATION_START = 36,
	HISLIP_AUTHENTICATION_EXCHANGE = 37,
	HISLIP_AUTHENTICATION_RESULT = 38,
};

enum {
	HISLIP_PORT = 4880,
	HISLIP_HEADER_LEN = 16,
	HISLIP_SIZE_LEN = 8, /* payload of AsyncMaximumMessageSize and its response */
	HISLIP_VERSION_1_0 = 0x0100,
	HISLIP_VERSION_2_0 = 0x0200,
	/* control code of InitializeResponse and of the device clear's messages */
	HISLIP_OVERLAPPED = 1 << 0,
	HISLIP_ENCRYPTION_MANDATORY = 1 << 1,
	HISLIP_ENCRYPTION_INITIAL = 1 << 2,
	HISLIP_ENCRYPTION = HISLIP_ENCRYPTION_MANDATORY | HISLIP_ENCRYPTION_INITIAL,
	/* control code of AsyncInitializeResponse */
	HISLIP_SECURE_CAPABLE = 1 << 0,
	/* control code of AsyncStartTLSResponse */
	HISLIP_TLS_BUSY = 0,
	HISLIP_TLS_SUCCESS = 1,
	/* control code of AuthenticationResult */
	HISLIP_AUTHENTICATED = 1 << 0,
	/* control code of FatalError */
	HISLIP_FATAL_NOT_SECURE = 5,
	HISLIP_ID_LEN = 4, /* payload of AsyncStartTLS */
	/* control code of Data, DataEND, Trigger, AsyncStatusQuery */
	HISLIP_RMT_DELIVERED = 1 << 0,
	/* control code of AsyncLock and of its response */
	HISLIP_LOCK_RELEASE = 0,
	HISLIP_LOCK_REQUEST = 1,
	HISLIP_LOCK_FAILED = 0,
	HISLIP_LOCK_SUCCESS = 1,        /* released: it was exclusive */
	HISLIP_LOCK_SUCCESS_SHARED = 2, /* released: it was shared */
};

/* Of the client's messages: the first after initialising and device clear, and the step. */
#define HISLIP_FIRST_ID ((guint32)0xFFFFFF00)
#define HISLIP_ID_STEP  ((guint32)2)
/* Asked about in a status query when nothing was sent yet. */
#define HISLIP_NO_ID ((guint32)0xFFFFFEFE)
/* Of a Data in synchronised mode, where the server does not know yet to what it belongs. */
#define HISLIP_ANY_ID ((guint32)0xFFFFFFFF)
/* Two letters that IVI gives to vendors; these stand for none. */
#define HISLIP_VENDOR ((guint16)0x5858)
/* More than any message has: a length beyond is taken for garbage. */
#define HISLIP_PAYLOAD_MAX ((guint64)G_MAXINT32)

struct hislip_header {
	guint8 type; /* an enum hislip_type, or what the other side made up */
	guint8 control;
	guint32 parameter;
	guint64 length; /* of the payload */
};

void hislip_pack(const struct hislip_header *header, guint8 bytes[HISLIP_HEADER_LEN]);
/* STATION_ERROR_PROTOCOL when it does not begin with "HS" or the length is beyond all reason. */
gboolean hislip_unpack(const guint8 bytes[HISLIP_HEADER_LEN], struct hislip_header *header,
                       GError **error);

void hislip_pack_size(guint64 size, guint8 bytes[HISLIP_SIZE_LEN]);
guint64 hislip_unpack_size(const guint8 bytes[HISLIP_SIZE_LEN]);

/*
 * What a FatalError or Error says: its code, the meaning, and the server's own text of len bytes,
 * of which what cannot be printed is replaced. Free with g_free.
 */
char *hislip_error_text(const struct hislip_header *header, const guint8 *text, gsize len);

/* The name in the standard, or "type 99". Free with g_free. */
char *hislip_type_name(guint8 type);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/hislip_message.h"

#include "base/bytes.h"
#include "base/error.h"

void hislip_pack_size(guint64 size, guint8 bytes[HISLIP_SIZE_LEN])
{
	put_be32(bytes, (guint32)(size >> 32));
	put_be32(bytes + 4, (guint32)size);
}

guint64 hislip_unpack_size(const guint8 bytes[HISLIP_SIZE_LEN])
{
	struct rd rd = rd_init(bytes, HISLIP_SIZE_LEN);
	return rd_be64(&rd);
}

void hislip_pack(const struct hislip_header *header, guint8 bytes[HISLIP_HEADER_LEN])
{
	bytes[0] = 'H';
	bytes[1] = 'S';
	bytes[2] = header->type;
	bytes[3] = header->control;
	put_be32(bytes + 4, header->parameter);
	hislip_pack_size(header->length, bytes + 8);
}

gboolean hislip_unpack(const guint8 bytes[HISLIP_HEADER_LEN], struct hislip_header *header,
                       GError **error)
{
	struct rd rd = rd_init(bytes + 2, HISLIP_HEADER_LEN - 2);
	if (bytes[0] != 'H' || bytes[1] != 'S') {
		g_autofree char *hex = bytes_to_hex(bytes, HISLIP_HEADER_LEN);
		station_error_set(error, STATION_ERROR_PROTOCOL, "%s is no header of HiSLIP", hex);
		return FALSE;
	}
	header->type = rd_u8(&rd);
	header->control = rd_u8(&rd);
	header->parameter = rd_be32(&rd);
	header->length = rd_be64(&rd);
	if (header->length <= HISLIP_PAYLOAD_MAX)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "a message of %" G_GUINT64_FORMAT " bytes is announced", header->length);
	return FALSE;
}

/* ---- words ---- */

static const char *const fatal_meanings[] = {
	"unidentified error",
	"poorly formed message header",
	"used before both channels were established",
	"invalid initialization sequence",
	"too many clients",
	"secure connection failed",
};

static const char *const error_meanings[] = {
	"unidentified error",        "unrecognized message type",
	"unrecognized control code", "unrecognized vendor defined message",
	"message too large",         "authentication failed",
};

static const char *meaning(const struct hislip_header *header)
{
	if (header->type == HISLIP_FATAL_ERROR)
		return header->control < G_N_ELEMENTS(fatal_meanings)
		               ? fatal_meanings[header->control]
		               : "of the device";
	return header->control < G_N_ELEMENTS(error_meanings) ? error_meanings[header->control]
	                                                      : "of the device";
}

char *hislip_error_text(const struct hislip_header *header, const guint8 *text, gsize len)
{
	const char *kind = header->type == HISLIP_FATAL_ERROR ? "fatal error" : "error";
	g_autofree char *clean = g_strndup((const char *)text, len);
	for (char *c = clean; *c; c++)
		if (!g_ascii_isprint(*c))
			*c = '?';
	return g_strdup_printf("the instrument reports HiSLIP %s %u (%s)%s%s", kind,
	                       header->control, meaning(header), *clean ? ": " : "", clean);
}

char *hislip_type_name(guint8 type)
{
	static const char *const names[] = {
		[HISLIP_INITIALIZE] = "Initialize",
		[HISLIP_INITIALIZE_RESPONSE] = "InitializeResponse",
		[HISLIP_FATAL_ERROR] = "FatalError",
		[HISLIP_ERROR] = "Error",
		[HISLIP_ASYNC_LOCK] = "AsyncLock",
		[HISLIP_ASYNC_LOCK_RESPONSE] = "AsyncLockResponse",
		[HISLIP_DATA] = "Data",
		[HISLIP_DATA_END] = "DataEND",
		[HISLIP_DEVICE_CLEAR_COMPLETE] = "DeviceClearComplete",
		[HISLIP_DEVICE_CLEAR_ACKNOWLEDGE] = "DeviceClearAcknowledge",
		[HISLIP_INTERRUPTED] = "Interrupted",
		[HISLIP_ASYNC_INTERRUPTED] = "AsyncInterrupted",
		[HISLIP_ASYNC_MAXIMUM_MESSAGE_SIZE] = "AsyncMaximumMessageSize",
		[HISLIP_ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE] = "AsyncMaximumMessageSizeResponse",
		[HISLIP_ASYNC_INITIALIZE] = "AsyncInitialize",
		[HISLIP_ASYNC_INITIALIZE_RESPONSE] = "AsyncInitializeResponse",
		[HISLIP_ASYNC_DEVICE_CLEAR] = "AsyncDeviceClear",
		[HISLIP_ASYNC_SERVICE_REQUEST] = "AsyncServiceRequest",
		[HISLIP_ASYNC_STATUS_QUERY] = "AsyncStatusQuery",
		[HISLIP_ASYNC_STATUS_RESPONSE] = "AsyncStatusResponse",
		[HISLIP_ASYNC_DEVICE_CLEAR_ACKNOWLEDGE] = "AsyncDeviceClearAcknowledge",
		[HISLIP_START_TLS] = "StartTLS",
		[HISLIP_ASYNC_START_TLS] = "AsyncStartTLS",
		[HISLIP_ASYNC_START_TLS_RESPONSE] = "AsyncStartTLSResponse",
		[HISLIP_GET_SASL_MECHANISM_LIST] = "GetSaslMechanismList",
		[HISLIP_GET_SASL_MECHANISM_LIST_RESPONSE] = "GetSaslMechanismListResponse",
		[HISLIP_AUTHENTICATION_START] = "AuthenticationStart",
		[HISLIP_AUTHENTICATION_EXCHANGE] = "AuthenticationExchange",
		[HISLIP_AUTHENTICATION_RESULT] = "AuthenticationResult",
	};
	if (type < G_N_ELEMENTS(names) && names[type])
		return g_strdup(names[type]);
	return g_strdup_printf("type %u", type);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/usbtmc_message.h"

#include "base/error.h"

#include <string.h>

enum {
	TAG_MAX = 255,
	STATUS_TAG_MIN = 2,
	STATUS_TAG_MAX = 127,
	ATTRIBUTE_END = 1,
	NOTIFY_STATUS = 0x80, /* first byte of an interrupt packet, with the tag in the others */
	NOTIFY_REQUEST = 0x81,
	STATUS_RQS = 0x40,
};

const char *usbtmc_status_name(guint8 status)
{
	switch (status) {
	case USBTMC_STATUS_SUCCESS:
		return "success";
	case USBTMC_STATUS_PENDING:
		return "pending";
	case USB488_STATUS_INTERRUPT_IN_BUSY:
		return "interrupt pipe busy";
	case USBTMC_STATUS_FAILED:
		return "failed";
	case USBTMC_STATUS_TRANSFER_NOT_IN_PROGRESS:
		return "transfer not in progress";
	case USBTMC_STATUS_SPLIT_NOT_IN_PROGRESS:
		return "split not in progress";
	case USBTMC_STATUS_SPLIT_IN_PROGRESS:
		return "split in progress";
	default:
		return "unknown status";
	}
}

guint8 usbtmc_next_tag(guint8 tag)
{
	return tag == TAG_MAX ? 1 : (guint8)(tag + 1);
}

guint8 usbtmc_next_status_tag(guint8 tag)
{
	return tag < STATUS_TAG_MIN || tag >= STATUS_TAG_MAX ? STATUS_TAG_MIN : (guint8)(tag + 1);
}

static void pack(guint8 *header, guint8 id, guint8 tag, guint32 len, guint8 attributes)
{
	guint32 le = GUINT32_TO_LE(len);
	memset(header, 0, USBTMC_HEADER_LEN);
	header[0] = id;
	header[1] = tag;
	header[2] = (guint8)~tag;
	memcpy(header + 4, &le, sizeof le);
	header[8] = attributes;
}

void usbtmc_pack_out(guint8 header[USBTMC_HEADER_LEN], guint8 tag, guint32 len, gboolean end)
{
	pack(header, USBTMC_DEV_DEP_MSG_OUT, tag, len, end ? ATTRIBUTE_END : 0);
}

void usbtmc_pack_trigger(guint8 header[USBTMC_HEADER_LEN], guint8 tag)
{
	pack(header, USB488_TRIGGER, tag, 0, 0);
}

guint usbtmc_padding(guint32 len)
{
	return (USBTMC_ALIGNMENT - len % USBTMC_ALIGNMENT) % USBTMC_ALIGNMENT;
}

void usbtmc_pack_request(guint8 header[USBTMC_HEADER_LEN], guint8 tag, guint32 len)
{
	pack(header, USBTMC_REQUEST_DEV_DEP_MSG_IN, tag, len, 0);
}

gboolean usbtmc_unpack_answer(const guint8 *data, gsize len, const struct usbtmc_asked *asked,
                              struct usbtmc_answer *answer, GError **error)
{
	guint32 le;

	*answer = (struct usbtmc_answer){0};
	if (len < USBTMC_HEADER_LEN) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "the answer ends inside its header, after %" G_GSIZE_FORMAT
		                  " bytes",
		                  len);
		return FALSE;
	}
	if (data[0] != USBTMC_DEV_DEP_MSG_IN && !asked->any_id) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "an answer with MsgID %u",
		                  data[0]);
		return FALSE;
	}
	if (data[1] != asked->tag || (data[1] ^ data[2]) != 0xff) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "an answer to request %u (%02x %02x), expected %u", data[1],
		                  data[1], data[2], asked->tag);
		return FALSE;
	}
	memcpy(&le, data + 4, sizeof le);
	answer->len = GUINT32_FROM_LE(le);
	answer->end = data[8] & ATTRIBUTE_END;
	if (answer->len > asked->len) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "an answer of %u bytes to a request for %u", answer->len,
		                  asked->len);
		return FALSE;
	}
	return TRUE;
}

gboolean usbtmc_unpack_capabilities(const guint8 *data, gsize len,
                                    struct usbtmc_capabilities *capabilities)
{
	*capabilities = (struct usbtmc_capabilities){0};
	if (len < USBTMC_CAPABILITIES_LEN || data[0] != USBTMC_STATUS_SUCCESS)
		return FALSE;
	capabilities->talk_only = data[4] & 2;
	capabilities->listen_only = data[4] & 1;
	capabilities->usb488 = data[14] != 0 || data[15] != 0;
	capabilities->trigger = data[14] & 1;
	capabilities->remote = data[15] & 2;
	capabilities->service_request = data[15] & 4;
	capabilities->scpi = data[15] & 8;
	return TRUE;
}

gboolean usbtmc_unpack_status_packet(const guint8 *data, gsize len, guint8 tag, guint8 *status)
{
	if (len < 2 || data[0] != (NOTIFY_STATUS | tag))
		return FALSE;
	*status = data[1];
	return TRUE;
}

gboolean usbtmc_is_service_request(const guint8 *data, gsize len)
{
	return len >= 2 && data[0] == NOTIFY_REQUEST && (data[1] & STATUS_RQS);
}

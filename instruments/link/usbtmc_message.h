/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_USBTMC_MESSAGE_H
#define INSTRUMENTS_LINK_USBTMC_MESSAGE_H

#include <glib.h>

/*
 * The bytes of USBTMC and USB488: headers of the bulk pipes, answers to class requests, packets of
 * the interrupt pipe. Pure. Source: USBTMC 1.0, tables 1 to 9 (bulk) and 15 to 37 (control);
 * USB488 1.0 (the numbers of the tables are from memory).
 */

enum {
	USBTMC_HEADER_LEN = 12,
	USBTMC_CAPABILITIES_LEN = 24,
	USBTMC_ALIGNMENT = 4, /* of a bulk-out transfer, and of a bulk-in where the device cares */
};

enum usbtmc_id {
	USBTMC_DEV_DEP_MSG_OUT = 1,
	USBTMC_REQUEST_DEV_DEP_MSG_IN = 2,
	USBTMC_DEV_DEP_MSG_IN = 2,
	USB488_TRIGGER = 128,
};

/* bRequest of the class requests; all of them read. */
enum usbtmc_request {
	USBTMC_INITIATE_ABORT_BULK_OUT = 1,
	USBTMC_CHECK_ABORT_BULK_OUT_STATUS = 2,
	USBTMC_INITIATE_ABORT_BULK_IN = 3,
	USBTMC_CHECK_ABORT_BULK_IN_STATUS = 4,
	USBTMC_INITIATE_CLEAR = 5,
	USBTMC_CHECK_CLEAR_STATUS = 6,
	USBTMC_GET_CAPABILITIES = 7,
	USB488_READ_STATUS_BYTE = 128,
	USB488_REN_CONTROL = 160,
};

/* First byte of the answer to each. */
enum usbtmc_status {
	USBTMC_STATUS_SUCCESS = 0x01,
	USBTMC_STATUS_PENDING = 0x02,
	USB488_STATUS_INTERRUPT_IN_BUSY = 0x20,
	USBTMC_STATUS_FAILED = 0x80,
	USBTMC_STATUS_TRANSFER_NOT_IN_PROGRESS = 0x81,
	USBTMC_STATUS_SPLIT_NOT_IN_PROGRESS = 0x82,
	USBTMC_STATUS_SPLIT_IN_PROGRESS = 0x83,
};

/* The word for a status in messages: "pending". Static storage. */
const char *usbtmc_status_name(guint8 status);

/* The tag after this one: 1 to 255, never 0; of READ_STATUS_BYTE: 2 to 127. 0 begins. */
guint8 usbtmc_next_tag(guint8 tag);
guint8 usbtmc_next_status_tag(guint8 tag);

/* Header of DEV_DEP_MSG_OUT; len bytes and usbtmc_padding(len) zeros follow it. */
void usbtmc_pack_out(guint8 header[USBTMC_HEADER_LEN], guint8 tag, guint32 len, gboolean end);
guint usbtmc_padding(guint32 len);

/* TRIGGER, which is nothing but a header. */
void usbtmc_pack_trigger(guint8 header[USBTMC_HEADER_LEN], guint8 tag);

/* REQUEST_DEV_DEP_MSG_IN for up to len bytes, which no character ends early. */
void usbtmc_pack_request(guint8 header[USBTMC_HEADER_LEN], guint8 tag, guint32 len);

/* What a DEV_DEP_MSG_IN says of what follows it. */
struct usbtmc_answer {
	guint32 len;  /* bytes of the message in this transfer; what is beyond is padding */
	gboolean end; /* the last of them ends the message */
};

/* What the answer must fit. */
struct usbtmc_asked {
	guint8 tag;
	guint32 len;     /* of the request */
	gboolean any_id; /* some firmware sends a wrong MsgID before a right answer */
};

/*
 * Reads the header at the beginning of a bulk-in transfer, of which len bytes are there.
 * STATION_ERROR_PROTOCOL: cut, another MsgID, a tag that is not the request's, more than asked.
 */
gboolean usbtmc_unpack_answer(const guint8 *data, gsize len, const struct usbtmc_asked *asked,
                              struct usbtmc_answer *answer, GError **error);

struct usbtmc_capabilities {
	gboolean listen_only;
	gboolean talk_only;
	gboolean usb488;          /* an USB488 interface: it has a status byte */
	gboolean remote;          /* RL1: takes REN_CONTROL */
	gboolean service_request; /* SR1: tells of it on the interrupt pipe */
	gboolean trigger;         /* takes TRIGGER */
	gboolean scpi;
};

/*
 * The answer to GET_CAPABILITIES. FALSE, and nothing is known of the device: cut, or its status is
 * not success.
 */
gboolean usbtmc_unpack_capabilities(const guint8 *data, gsize len,
                                    struct usbtmc_capabilities *capabilities);

/*
 * A packet of the interrupt pipe. TRUE: it answers READ_STATUS_BYTE with this tag; FALSE: it is
 * something else (a service request, a late answer) or cut.
 */
gboolean usbtmc_unpack_status_packet(const guint8 *data, gsize len, guint8 tag, guint8 *status);
/* TRUE: the device requests service; its status byte has bit 6. */
gboolean usbtmc_is_service_request(const guint8 *data, gsize len);

#endif

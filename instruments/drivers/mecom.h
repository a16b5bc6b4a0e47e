/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_DRIVERS_MECOM_H
#define INSTRUMENTS_DRIVERS_MECOM_H

#include <glib.h>

/*
 * MeCom frames, without the CR that ends them; pure functions. Source: the maker's pyMeCom
 * (mecom/mecom.py, mecom/commands.py).
 *
 *   request  #AASSSSpayloadCCCC    address, sequence number, CRC of all before it; upper-case hex
 *   value    !AASSSSpayloadCCCC    eight digits of a number, or the twenty letters of ?IF
 *   error    !AASSSS+NNCCCC
 *   done     !AASSSSCCCC           CCCC is the CRC of the request, not of the reply
 */

enum { MECOM_TEXT_LEN = 20 };

/* CRC-16, polynomial 0x1021, start 0: "123456789" gives 0x31C3. */
guint16 mecom_crc16(const void *data, gsize len);

/* A whole request with its CRC. Free with g_free. */
char *mecom_request(guint8 address, guint16 sequence, const char *payload);
/* Payloads: ask for a parameter, and set it to 32 bits. Free with g_free. */
char *mecom_payload_get(guint16 id, guint8 instance);
char *mecom_payload_set(guint16 id, guint8 instance, guint32 bits);

enum mecom_kind {
	MECOM_DONE,
	MECOM_VALUE,
	MECOM_TEXT,
};

struct mecom_reply {
	enum mecom_kind kind;
	guint32 bits;                  /* of a VALUE */
	char text[MECOM_TEXT_LEN + 1]; /* of a TEXT; blanks at its end removed */
};

/*
 * What a reply to that request says. STATION_ERROR_INSTRUMENT with the error's name when it is one;
 * PROTOCOL when it is no frame, has a wrong CRC, or belongs to another request. Address 0 is asked
 * of any unit, which may answer with its own.
 */
gboolean mecom_parse(const char *reply, const char *request, struct mecom_reply *parsed,
                     GError **error);

/* Numbers are IEEE 754 single precision, or two's complement, high byte first. */
guint32 mecom_from_float(float value);
float mecom_to_float(guint32 bits);
gint32 mecom_to_int(guint32 bits);

#endif

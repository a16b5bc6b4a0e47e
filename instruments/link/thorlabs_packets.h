/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_THORLABS_PACKETS_H
#define INSTRUMENTS_LINK_THORLABS_PACKETS_H

#include <glib.h>

/*
 * The packets in which Thorlabs power meters wrap messages on Ethernet: a header of four bytes,
 * then at most THORLABS_PACKET_MAX of the message. Byte 0 is 0xCA in a message's first packet, 0xCB
 * in those that continue it; byte 1 counts the packets of a message from 0; bytes 2 and 3 are a
 * 16-bit signed length, low byte first: of the whole message in the first packet, of its own part
 * in the others. Source: Thorlabs TLPM. From memory: that the count begins anew with each message,
 * so in a first packet it is not looked at. Pure: reads nothing itself.
 */
enum {
	THORLABS_PACKET_MAX = 1436,
	THORLABS_HEADER = 4,
	THORLABS_MESSAGE_MAX = G_MAXINT16,
};

/* Appends message in packets to out. STATION_ERROR_RANGE when it is empty or too long. */
gboolean thorlabs_packets_wrap(GByteArray *out, const guint8 *message, gsize len, GError **error);

/* The receiving side; zeroed at each connection. */
struct thorlabs_packets {
	guint8 header[THORLABS_HEADER];
	guint header_len;
	guint8 sequence;    /* of the last packet */
	gsize packet_left;  /* bytes of its part of the message */
	gsize message_left; /* bytes of the message, those included */
};

/*
 * Takes bytes as they came up to the end of a message or all of them, tells in *used how many, and
 * writes what is of the message to out (room for len), *given bytes. *ended: the message ends after
 * them. Between messages bytes are skipped up to 0xCA. FALSE: STATION_ERROR_PROTOCOL, a header that
 * makes no sense.
 */
gboolean thorlabs_packets_take(struct thorlabs_packets *packets, const guint8 *data, gsize len,
                               gsize *used, guint8 *out, gsize *given, gboolean *ended,
                               GError **error);

#endif

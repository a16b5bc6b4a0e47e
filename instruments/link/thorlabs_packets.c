/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/thorlabs_packets.h"

#include "base/error.h"

#include <string.h>

enum { FIRST = 0xCA, CONTINUED = 0xCB };

gboolean thorlabs_packets_wrap(GByteArray *out, const guint8 *message, gsize len, GError **error)
{
	if (len == 0 || len > THORLABS_MESSAGE_MAX) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "a message of %" G_GSIZE_FORMAT " bytes; 1 to %d can be sent",
		                  len, THORLABS_MESSAGE_MAX);
		return FALSE;
	}
	guint8 sequence = 0;
	for (gsize at = 0; at < len; sequence++) {
		gsize part = MIN(len - at, THORLABS_PACKET_MAX);
		gsize told = at == 0 ? len : part;
		const guint8 header[THORLABS_HEADER] = {at == 0 ? FIRST : CONTINUED, sequence,
		                                        (guint8)(told & 0xFF), (guint8)(told >> 8)};
		g_byte_array_append(out, header, sizeof header);
		g_byte_array_append(out, message + at, (guint)part);
		at += part;
	}
	return TRUE;
}

static gboolean begin_packet(struct thorlabs_packets *packets, GError **error)
{
	const guint8 *header = packets->header;
	gsize told = (gsize)header[2] | (gsize)header[3] << 8;
	gboolean first = header[0] == FIRST;
	gboolean sound = told > 0 && told <= THORLABS_MESSAGE_MAX;
	if (first)
		packets->message_left = told;
	else
		sound = sound && told <= MIN(packets->message_left, THORLABS_PACKET_MAX) &&
		        header[1] == (guint8)(packets->sequence + 1);
	if (!sound) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "a packet's header %02x %02x %02x %02x that does not fit",
		                  header[0], header[1], header[2], header[3]);
		return FALSE;
	}
	packets->sequence = header[1];
	packets->packet_left = MIN(told, THORLABS_PACKET_MAX);
	packets->header_len = 0;
	return TRUE;
}

/* One byte of a header, or of what may stand before it. */
static gboolean take_header(struct thorlabs_packets *packets, guint8 c, GError **error)
{
	gboolean inside = packets->message_left > 0;
	if (packets->header_len == 0 && !inside && c != FIRST)
		return TRUE;
	if (packets->header_len == 0 && inside && c != CONTINUED) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "byte 0x%02x where a packet should go on, %" G_GSIZE_FORMAT
		                  " bytes before the message's end",
		                  c, packets->message_left);
		return FALSE;
	}
	packets->header[packets->header_len++] = c;
	return packets->header_len < THORLABS_HEADER || begin_packet(packets, error);
}

gboolean thorlabs_packets_take(struct thorlabs_packets *packets, const guint8 *data, gsize len,
                               gsize *used, guint8 *out, gsize *given, gboolean *ended,
                               GError **error)
{
	gsize at = 0;
	*used = *given = 0;
	*ended = FALSE;
	while (at < len && !*ended) {
		if (packets->packet_left == 0) {
			if (!take_header(packets, data[at++], error))
				return FALSE;
			continue;
		}
		gsize part = MIN(packets->packet_left, len - at);
		memcpy(out + *given, data + at, part);
		*given += part;
		at += part;
		packets->packet_left -= part;
		packets->message_left -= part;
		*ended = packets->message_left == 0;
	}
	*used = at;
	return TRUE;
}

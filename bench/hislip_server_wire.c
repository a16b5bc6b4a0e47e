/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/hislip_server_wire.h"

#include "base/bytes.h"
#include "bench/listener.h"

#define HEADER_BYTES  16
#define DISCARD_BYTES 65536

static gboolean discard(GSocket *socket, guint64 len, GCancellable *stop)
{
	g_autofree guint8 *sink = g_malloc(DISCARD_BYTES);

	while (len > 0) {
		gsize part = (gsize)MIN(len, DISCARD_BYTES);
		if (!socket_receive_all(socket, sink, part, stop))
			return FALSE;
		len -= part;
	}
	return TRUE;
}

enum hislip_receipt hislip_wire_receive(GSocket *socket, struct hislip_header *header,
                                        GByteArray *payload, guint64 max, GCancellable *stop)
{
	guint8 bytes[HEADER_BYTES];

	g_byte_array_set_size(payload, 0);
	if (!socket_receive_all(socket, bytes, sizeof(bytes), stop))
		return HISLIP_GONE;
	struct rd rd = rd_init(bytes, sizeof(bytes));
	if (rd_be16(&rd) != ('H' << 8 | 'S'))
		return HISLIP_BAD_HEADER;
	header->type = rd_u8(&rd);
	header->control = rd_u8(&rd);
	header->parameter = rd_be32(&rd);
	header->len = rd_be64(&rd);
	if (header->len > max)
		return discard(socket, header->len, stop) ? HISLIP_TOO_LARGE : HISLIP_GONE;
	g_byte_array_set_size(payload, (guint)header->len);
	return socket_receive_all(socket, payload->data, payload->len, stop) ? HISLIP_RECEIVED
	                                                                     : HISLIP_GONE;
}

gboolean hislip_wire_send(GSocket *socket, const struct hislip_header *header, const void *payload,
                          GCancellable *stop)
{
	guint8 bytes[HEADER_BYTES] = {'H', 'S', header->type, header->control};
	GOutputVector parts[] = {{bytes, sizeof(bytes)}, {payload, (gsize)header->len}};

	put_be32(bytes + 4, header->parameter);
	put_be32(bytes + 8, (guint32)(header->len >> 32));
	put_be32(bytes + 12, (guint32)header->len);
	gssize sent = g_socket_send_message(socket, NULL, parts, header->len > 0 ? 2 : 1, NULL, 0,
	                                    0, stop, NULL);
	if (sent < 0)
		return FALSE;
	gsize done = (gsize)sent;
	if (done < sizeof(bytes)) {
		if (!socket_send_all(socket, bytes + done, sizeof(bytes) - done, stop))
			return FALSE;
		done = sizeof(bytes);
	}
	done -= sizeof(bytes);
	return socket_send_all(socket, (const guint8 *)payload + done, (gsize)header->len - done,
	                       stop);
}

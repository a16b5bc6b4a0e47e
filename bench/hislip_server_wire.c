/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/hislip_server_wire.h"

#include "base/bytes.h"
#include "bench/listener.h"

#include <string.h>

#define HEADER_BYTES   16
#define DISCARD_BYTES  65536
#define TOGETHER_BYTES 4096 /* of a payload, with its header in one record */

static gboolean receive_all(struct hislip_wire *wire, void *data, gsize len, GCancellable *stop)
{
	gsize got = 0;

	if (len == 0)
		return TRUE;
	if (!wire->secure)
		return socket_receive_all(wire->socket, data, len, stop);
	return g_input_stream_read_all(g_io_stream_get_input_stream(wire->secure), data, len, &got,
	                               stop, NULL) &&
	       got == len;
}

static gboolean discard(struct hislip_wire *wire, guint64 len, GCancellable *stop)
{
	g_autofree guint8 *sink = g_malloc(DISCARD_BYTES);

	while (len > 0) {
		gsize part = (gsize)MIN(len, DISCARD_BYTES);
		if (!receive_all(wire, sink, part, stop))
			return FALSE;
		len -= part;
	}
	return TRUE;
}

enum hislip_receipt hislip_wire_receive(struct hislip_wire *wire, struct hislip_header *header,
                                        GByteArray *payload, guint64 max, GCancellable *stop)
{
	guint8 bytes[HEADER_BYTES];

	g_byte_array_set_size(payload, 0);
	if (!receive_all(wire, bytes, sizeof(bytes), stop))
		return HISLIP_GONE;
	struct rd rd = rd_init(bytes, sizeof(bytes));
	if (rd_be16(&rd) != ('H' << 8 | 'S'))
		return HISLIP_BAD_HEADER;
	header->type = rd_u8(&rd);
	header->control = rd_u8(&rd);
	header->parameter = rd_be32(&rd);
	header->len = rd_be64(&rd);
	if (header->len > max)
		return discard(wire, header->len, stop) ? HISLIP_TOO_LARGE : HISLIP_GONE;
	g_byte_array_set_size(payload, (guint)header->len);
	return receive_all(wire, payload->data, payload->len, stop) ? HISLIP_RECEIVED : HISLIP_GONE;
}

static gboolean send_plain(GSocket *socket, const guint8 *bytes, const void *payload, gsize len,
                           GCancellable *stop)
{
	GOutputVector parts[] = {{bytes, HEADER_BYTES}, {payload, len}};
	gssize sent =
		g_socket_send_message(socket, NULL, parts, len > 0 ? 2 : 1, NULL, 0, 0, stop, NULL);

	if (sent < 0)
		return FALSE;
	gsize done = (gsize)sent;
	if (done < HEADER_BYTES) {
		if (!socket_send_all(socket, bytes + done, HEADER_BYTES - done, stop))
			return FALSE;
		done = HEADER_BYTES;
	}
	done -= HEADER_BYTES;
	return socket_send_all(socket, (const guint8 *)payload + done, len - done, stop);
}

static gboolean send_secure(GIOStream *secure, const guint8 *bytes, const void *payload, gsize len,
                            GCancellable *stop)
{
	guint8 first[HEADER_BYTES + TOGETHER_BYTES];
	gsize n = MIN(len, TOGETHER_BYTES);
	GOutputStream *out = g_io_stream_get_output_stream(secure);

	memcpy(first, bytes, HEADER_BYTES);
	if (n > 0)
		memcpy(first + HEADER_BYTES, payload, n);
	if (!g_output_stream_write_all(out, first, HEADER_BYTES + n, NULL, stop, NULL))
		return FALSE;
	return len == n || g_output_stream_write_all(out, (const guint8 *)payload + n, len - n,
	                                             NULL, stop, NULL);
}

gboolean hislip_wire_send(struct hislip_wire *wire, const struct hislip_header *header,
                          const void *payload, GCancellable *stop)
{
	guint8 bytes[HEADER_BYTES] = {'H', 'S', header->type, header->control};

	put_be32(bytes + 4, header->parameter);
	put_be32(bytes + 8, (guint32)(header->len >> 32));
	put_be32(bytes + 12, (guint32)header->len);
	return wire->secure ? send_secure(wire->secure, bytes, payload, (gsize)header->len, stop)
	                    : send_plain(wire->socket, bytes, payload, (gsize)header->len, stop);
}

gboolean hislip_wire_pending(const struct hislip_wire *wire)
{
	if (!wire->secure)
		return g_socket_get_available_bytes(wire->socket) > 0;
	return g_pollable_input_stream_is_readable(
		G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(wire->secure)));
}

/* --- TLS ------------------------------------------------------------------------------------- */

gboolean hislip_wire_secure(struct hislip_wire *wire, GTlsCertificate *certificate,
                            GCancellable *stop)
{
	g_autoptr(GSocketConnection) connection =
		g_socket_connection_factory_create_connection(wire->socket);
	GIOStream *secure = g_tls_server_connection_new(G_IO_STREAM(connection), certificate, NULL);

	if (!secure)
		return FALSE;
	wire->secure = secure;
	if (g_tls_connection_handshake(G_TLS_CONNECTION(secure), stop, NULL))
		return TRUE;
	hislip_wire_clear(wire);
	return FALSE;
}

void hislip_wire_clear(struct hislip_wire *wire)
{
	if (!wire->secure)
		return;
	g_socket_close(wire->socket, NULL);
	g_clear_object(&wire->secure);
}

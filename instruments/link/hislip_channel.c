/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/hislip_channel.h"

#include "base/error.h"
#include "instruments/link/connect.h"
#include "instruments/link/stream.h"

#include <poll.h>
#include <string.h>

void hislip_channel_init(struct hislip_channel *channel, gsize capacity)
{
	*channel = (struct hislip_channel){.buffer = g_malloc(capacity), .capacity = capacity};
}

void hislip_channel_done(struct hislip_channel *channel)
{
	hislip_channel_close(channel);
	g_clear_pointer(&channel->buffer, g_free);
}

void hislip_channel_adopt(struct hislip_channel *channel, GSocketConnection *connection)
{
	hislip_channel_close(channel);
	channel->connection = connection;
	channel->socket = g_socket_connection_get_socket(connection);
	channel->broken = FALSE;
}

gboolean hislip_channel_connect(struct hislip_channel *channel, const char *host, guint16 port,
                                const struct bounds *bounds, GError **error)
{
	GSocketConnection *connection = connect_bounded(host, port, bounds, error);
	if (!connection)
		return FALSE;
	hislip_channel_adopt(channel, connection);
	return TRUE;
}

void hislip_channel_close(struct hislip_channel *channel)
{
	if (channel->socket)
		g_socket_close(channel->socket, NULL);
	channel->socket = NULL;
	g_clear_pointer(&channel->secure, secure_free);
	g_clear_object(&channel->connection);
	channel->at = channel->end = 0;
	channel->payload_left = 0;
}

gboolean hislip_channel_secure(struct hislip_channel *channel, const char *host, guint16 port,
                               const struct link_security *security, const struct bounds *bounds,
                               GError **error)
{
	channel->broken = TRUE;
	if (channel->at < channel->end || channel->payload_left > 0) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "the instrument sent something between asking for encryption and "
		                  "shaking hands");
		return FALSE;
	}
	channel->secure = secure_start(channel->connection, host, port, security, bounds, error);
	channel->broken = !channel->secure;
	return channel->secure != NULL;
}

static gboolean require_connection(const struct hislip_channel *channel, GError **error)
{
	if (channel->socket && !channel->broken)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "not connected");
	return FALSE;
}

/* ---- sending ---- */

static gssize send_some(struct hislip_channel *channel, const guint8 *data, gsize len,
                        GError **error)
{
	return channel->secure ? secure_send(channel->secure, data, len, error)
	                       : connect_send(channel->socket, data, len, error);
}

/* FALSE: *sent tells how much of it has gone. */
static gboolean send_all(struct hislip_channel *channel, const guint8 *data, gsize len, gsize *sent,
                         const struct bounds *bounds, GError **error)
{
	*sent = 0;
	while (*sent < len) {
		gssize n = send_some(channel, data + *sent, len - *sent, error);
		if (n < 0)
			return FALSE;
		*sent += (gsize)n;
		if (n == 0 &&
		    !stream_wait(g_socket_get_fd(channel->socket), POLLOUT, bounds, "send", error))
			return FALSE;
	}
	return TRUE;
}

gboolean hislip_channel_send(struct hislip_channel *channel, const struct hislip_header *header,
                             const void *payload, const struct bounds *bounds, GError **error)
{
	enum { TOGETHER = 1024 }; /* small messages go with their header as one segment */
	guint8 first[HISLIP_HEADER_LEN + TOGETHER];
	gsize n_first = MIN(header->length, TOGETHER);
	gsize sent = 0;
	if (!require_connection(channel, error) || !bounds_check(bounds, "send", error))
		return FALSE;
	hislip_pack(header, first);
	if (n_first > 0)
		memcpy(first + HISLIP_HEADER_LEN, payload, n_first);
	if (!send_all(channel, first, HISLIP_HEADER_LEN + n_first, &sent, bounds, error)) {
		/* what TLS has taken of it cannot be told */
		channel->broken = sent > 0 || channel->secure;
		return FALSE;
	}
	if (header->length > n_first && !send_all(channel, (const guint8 *)payload + n_first,
	                                          header->length - n_first, &sent, bounds, error)) {
		channel->broken = TRUE;
		return FALSE;
	}
	return TRUE;
}

/* ---- receiving ---- */

static gssize receive_some(struct hislip_channel *channel, guint8 *room, gsize len,
                           enum hislip_wait wait, const struct bounds *bounds, GError **error)
{
	if (channel->secure)
		return wait == HISLIP_LOOK
		               ? secure_receive(channel->secure, room, len, error)
		               : secure_receive_soon(channel->secure, room, len, bounds, error);
	return wait == HISLIP_LOOK
	               ? connect_receive(channel->socket, room, len, error)
	               : connect_receive_soon(channel->socket, room, len, bounds, error);
}

/* At least one byte more in the buffer, which has room. */
static enum hislip_arrival receive(struct hislip_channel *channel, enum hislip_wait wait,
                                   const struct bounds *bounds, const char *what, GError **error)
{
	/* The check comes first: a sender that never pauses must not keep us. */
	while (bounds_check(bounds, what, error)) {
		guint8 *room = channel->buffer + channel->end;
		gsize len = channel->capacity - channel->end;
		gssize n = receive_some(channel, room, len, wait, bounds, error);
		if (n < 0) {
			channel->broken = TRUE;
			return HISLIP_FAILED;
		}
		channel->end += (gsize)n;
		if (n > 0)
			return HISLIP_MESSAGE;
		if (wait != HISLIP_WAIT)
			return HISLIP_NOTHING;
		if (!stream_wait(g_socket_get_fd(channel->socket), POLLIN, bounds, what, error))
			break;
	}
	return HISLIP_FAILED;
}

gboolean hislip_channels_quiet(const struct hislip_channel *a, const struct hislip_channel *b)
{
	if (!a->socket || !b->socket || a->at < a->end || b->at < b->end)
		return FALSE;
	/* what TLS holds back does not show on the descriptor */
	if (a->secure || b->secure)
		return FALSE;
	struct pollfd fds[2] = {
		{.fd = g_socket_get_fd(a->socket), .events = POLLIN},
		{.fd = g_socket_get_fd(b->socket), .events = POLLIN},
	};
	return poll(fds, 2, 0) == 0;
}

static gsize take_payload(struct hislip_channel *channel)
{
	gsize n = (gsize)MIN(channel->payload_left, channel->end - channel->at);
	channel->payload_left -= n;
	channel->at += n;
	return n;
}

enum hislip_arrival hislip_channel_next(struct hislip_channel *channel, enum hislip_wait wait,
                                        struct hislip_header *header, const struct bounds *bounds,
                                        const char *what, GError **error)
{
	if (!require_connection(channel, error))
		return HISLIP_FAILED;
	for (;;) {
		take_payload(channel);
		gsize have = channel->end - channel->at;
		if (have >= HISLIP_HEADER_LEN)
			break;
		memmove(channel->buffer, channel->buffer + channel->at, have);
		channel->at = 0;
		channel->end = have;
		enum hislip_arrival arrival = receive(channel, wait, bounds, what, error);
		if (arrival != HISLIP_MESSAGE)
			return arrival;
	}
	if (!hislip_unpack(channel->buffer + channel->at, header, error)) {
		channel->broken = TRUE;
		return HISLIP_FAILED;
	}
	channel->at += HISLIP_HEADER_LEN;
	channel->payload_left = header->length;
	return HISLIP_MESSAGE;
}

gboolean hislip_channel_piece(struct hislip_channel *channel, const guint8 **data, gsize *len,
                              const struct bounds *bounds, const char *what, GError **error)
{
	if (!require_connection(channel, error))
		return FALSE;
	if (channel->at == channel->end) {
		channel->at = channel->end = 0;
		if (receive(channel, HISLIP_WAIT, bounds, what, error) != HISLIP_MESSAGE)
			return FALSE;
	}
	*data = channel->buffer + channel->at;
	*len = take_payload(channel);
	return TRUE;
}

gboolean hislip_channel_payload(struct hislip_channel *channel, guint8 *bytes, gsize max,
                                gsize *len, const struct bounds *bounds, const char *what,
                                GError **error)
{
	*len = 0;
	if (channel->payload_left > max) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "%s: %" G_GUINT64_FORMAT " bytes, expected %" G_GSIZE_FORMAT
		                  " at most",
		                  what, channel->payload_left, max);
		return FALSE;
	}
	while (channel->payload_left > 0) {
		const guint8 *data = NULL;
		gsize n = 0;
		if (!hislip_channel_piece(channel, &data, &n, bounds, what, error))
			return FALSE;
		memcpy(bytes + *len, data, n);
		*len += n;
	}
	return TRUE;
}

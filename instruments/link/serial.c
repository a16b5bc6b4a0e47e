/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/serial.h"

#include "base/error.h"
#include "instruments/link/serial_port.h"
#include "instruments/link/stream.h"

struct serial_link {
	struct link link;
	struct stream stream;
	char *device;
	struct link_line line;
	struct sp_port *port; /* null when closed */
};

static struct serial_link *serial_of(struct link *link)
{
	return (struct serial_link *)link;
}

static void serial_disconnect(struct serial_link *serial)
{
	g_clear_pointer(&serial->port, serial_port_close);
	serial->stream.fd = -1;
	g_byte_array_set_size(serial->stream.pending, 0);
}

static gboolean serial_connect(struct serial_link *serial, const struct bounds *bounds,
                               GError **error)
{
	if (!bounds_check(bounds, "open", error))
		return FALSE;
	serial->port = serial_port_open(serial->device, &serial->line, &serial->stream.fd, error);
	return serial->port != NULL;
}

static gboolean require_port(const struct serial_link *serial, GError **error)
{
	if (serial->port)
		return TRUE;
	station_error_set(error, STATION_ERROR_IO, "not open");
	return FALSE;
}

static gssize serial_send(struct link *link, const guint8 *data, gsize len, GError **error)
{
	return serial_port_send(serial_of(link)->port, data, len, error);
}

static gssize serial_receive(struct link *link, guint8 *data, gsize len,
                             const struct bounds *bounds, GError **error)
{
	return serial_port_receive(serial_of(link)->port, data, len, error);
}

/*
 * A port that failed is let go at once, not when it is opened again: while somebody has it, an
 * adapter that was pulled out comes back under another name.
 */
static gboolean ended(struct serial_link *serial, gboolean ok, GError *cause, GError **error)
{
	if (ok)
		return TRUE;
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_IO))
		serial_disconnect(serial);
	g_propagate_error(error, cause);
	return FALSE;
}

/* ---- operations ---- */

static gboolean serial_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                             const struct bounds *bounds, GError **error)
{
	struct serial_link *serial = serial_of(link);
	struct stream *stream = &serial->stream;
	GError *cause = NULL;
	gboolean ok = require_port(serial, &cause) &&
	              stream_write(stream, link, serial_send, data, len, bounds, &cause);
	return ended(serial, ok, cause, error);
}

static gboolean serial_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                            const struct bounds *bounds, GError **error)
{
	struct serial_link *serial = serial_of(link);
	struct stream *stream = &serial->stream;
	GError *cause = NULL;
	gboolean ok = require_port(serial, &cause) &&
	              stream_read(stream, link, serial_receive, frame, reply, bounds, &cause);
	return ended(serial, ok, cause, error);
}

static gboolean serial_clear(struct link *link, const struct bounds *bounds, GError **error)
{
	struct serial_link *serial = serial_of(link);
	serial_disconnect(serial);
	return serial_connect(serial, bounds, error);
}

static gsize serial_unread(struct link *link)
{
	struct serial_link *serial = serial_of(link);
	gsize waiting = serial->port ? serial_port_waiting(serial->port) : 0;
	return serial->stream.pending->len + waiting;
}

static void serial_close(struct link *link)
{
	struct serial_link *serial = serial_of(link);
	serial_disconnect(serial);
	stream_done(&serial->stream);
	g_free(serial->device);
	link_done(link);
	g_free(serial);
}

static const struct link_ops serial_ops = {
	.name = "serial",
	.write = serial_write,
	.read = serial_read,
	.clear = serial_clear,
	.unread = serial_unread,
	.close = serial_close,
};

struct link *serial_open(const struct resource *resource, const struct link_settings *settings,
                         const struct bounds *bounds, GError **error)
{
	struct serial_link *serial = g_new0(struct serial_link, 1);
	link_init(&serial->link, &serial_ops, resource->bottom, settings);
	stream_init(&serial->stream);
	serial->device = g_strdup(resource->device);
	serial->line = resource->line;
	if (!serial_connect(serial, bounds, error)) {
		serial_close(&serial->link);
		return NULL;
	}
	return &serial->link;
}

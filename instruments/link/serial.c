/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/serial.h"

#include "base/error.h"
#include "instruments/link/stream.h"

#include <libserialport.h>
#include <limits.h>
#include <stdlib.h>

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

static gboolean check(enum sp_return result, const char *what, GError **error)
{
	if (result >= 0)
		return TRUE;
	if (result == SP_ERR_FAIL) {
		char *cause = sp_last_error_message();
		station_error_set(error, STATION_ERROR_IO, "%s: %s", what, cause);
		sp_free_error_message(cause);
		return FALSE;
	}
	const char *cause = result == SP_ERR_ARG    ? "no such serial port, or setting unknown"
	                    : result == SP_ERR_SUPP ? "the serial port cannot do it"
	                                            : "out of memory";
	station_error_set(error, STATION_ERROR_IO, "%s: %s", what, cause);
	return FALSE;
}

static gboolean serial_configure(struct sp_port *port, const struct link_line *line, GError **error)
{
	static const enum sp_parity parities[] = {
		[LINK_PARITY_NONE] = SP_PARITY_NONE,
		[LINK_PARITY_ODD] = SP_PARITY_ODD,
		[LINK_PARITY_EVEN] = SP_PARITY_EVEN,
	};
	static const enum sp_flowcontrol flows[] = {
		[LINK_FLOW_NONE] = SP_FLOWCONTROL_NONE,
		[LINK_FLOW_RTSCTS] = SP_FLOWCONTROL_RTSCTS,
		[LINK_FLOW_XONXOFF] = SP_FLOWCONTROL_XONXOFF,
	};
	return check(sp_set_baudrate(port, line->baud), "set baud rate", error) &&
	       check(sp_set_bits(port, line->bits), "set data bits", error) &&
	       check(sp_set_parity(port, parities[line->parity]), "set parity", error) &&
	       check(sp_set_stopbits(port, line->stop_bits), "set stop bits", error) &&
	       check(sp_set_flowcontrol(port, flows[line->flow]), "set flow control", error) &&
	       check(sp_flush(port, SP_BUF_BOTH), "empty the buffers", error);
}

static void serial_disconnect(struct serial_link *serial)
{
	if (serial->port) {
		/* Closing waits for what cannot be sent any more, so nothing may be left. */
		sp_flush(serial->port, SP_BUF_OUTPUT);
		sp_close(serial->port);
		sp_free_port(serial->port);
	}
	serial->port = NULL;
	serial->stream.fd = -1;
	g_byte_array_set_size(serial->stream.pending, 0);
}

/* libserialport knows ports by the names of the kernel only, not the links below /dev/serial. */
static char *kernel_name(const char *device)
{
	char resolved[PATH_MAX];
	if (g_str_has_prefix(device, "/dev/serial/") && realpath(device, resolved))
		return g_strdup(resolved);
	return g_strdup(device);
}

static gboolean serial_connect(struct serial_link *serial, const struct bounds *bounds,
                               GError **error)
{
	if (!bounds_check(bounds, "open", error))
		return FALSE;
	g_autofree char *name = kernel_name(serial->device);
	struct sp_port *port = NULL;
	if (!check(sp_get_port_by_name(name, &port), "open", error))
		return FALSE;
	if (!check(sp_open(port, SP_MODE_READ_WRITE), "open", error)) {
		sp_free_port(port);
		return FALSE;
	}
	serial->port = port;
	if (!serial_configure(port, &serial->line, error) ||
	    !check(sp_get_port_handle(port, &serial->stream.fd), "open", error)) {
		serial_disconnect(serial);
		return FALSE;
	}
	return TRUE;
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
	enum sp_return n = sp_nonblocking_write(serial_of(link)->port, data, len);
	return check(n, "send", error) ? (gssize)n : -1;
}

static gssize serial_receive(struct link *link, guint8 *data, gsize len, GError **error)
{
	enum sp_return n = sp_nonblocking_read(serial_of(link)->port, data, len);
	return check(n, "receive", error) ? (gssize)n : -1;
}

/* ---- operations ---- */

static gboolean serial_write(struct link *link, const guint8 *data, gsize len, gsize end_len,
                             const struct bounds *bounds, GError **error)
{
	struct serial_link *serial = serial_of(link);
	return require_port(serial, error) &&
	       stream_write(&serial->stream, link, serial_send, data, len, bounds, error);
}

static gboolean serial_read(struct link *link, const struct link_frame *frame, GByteArray *reply,
                            const struct bounds *bounds, GError **error)
{
	struct serial_link *serial = serial_of(link);
	return require_port(serial, error) &&
	       stream_read(&serial->stream, link, serial_receive, frame, reply, bounds, error);
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
	int waiting = serial->port ? (int)sp_input_waiting(serial->port) : 0;
	return serial->stream.pending->len + (gsize)MAX(waiting, 0);
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

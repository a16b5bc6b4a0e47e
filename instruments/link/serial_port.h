/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_SERIAL_PORT_H
#define INSTRUMENTS_LINK_SERIAL_PORT_H

#include "instruments/link/resource.h"

#include <glib.h>

/* A serial line as bytes, for the links that run on one. Errors are STATION_ERROR_IO. */
struct sp_port;

/*
 * Opens the device and sets the line; what waits in its buffers is thrown away. *fd is to wait
 * with. Null on failure.
 */
struct sp_port *serial_port_open(const char *device, const struct link_line *line, int *fd,
                                 GError **error);
void serial_port_close(struct sp_port *port); /* null is allowed */

/* As stream_send_fn and stream_receive_fn (instruments/link/stream.h). */
gssize serial_port_send(struct sp_port *port, const guint8 *data, gsize len, GError **error);
gssize serial_port_receive(struct sp_port *port, guint8 *data, gsize len, GError **error);

/* Bytes received and not taken yet. */
gsize serial_port_waiting(struct sp_port *port);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_CONNECT_H
#define INSTRUMENTS_LINK_CONNECT_H

#include "base/deadline.h"

#include <gio/gio.h>

/*
 * A TCP connection to host and port, non-blocking, with TCP_NODELAY and keepalive. Looking up the
 * name and connecting end with the bounds, and at once when cancelled. Null: STATION_ERROR_IO,
 * TIMEOUT, CANCELLED. Free with g_object_unref, which closes it.
 */
GSocketConnection *connect_bounded(const char *host, guint16 port, const struct bounds *bounds,
                                   GError **error);

/*
 * Moves up to len bytes without waiting: the number moved, 0 when nothing can move now, -1 with
 * STATION_ERROR_IO when the other side has gone.
 */
gssize connect_send(GSocket *socket, const guint8 *data, gsize len, GError **error);
gssize connect_receive(GSocket *socket, guint8 *data, gsize len, GError **error);

#endif

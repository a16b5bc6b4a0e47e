/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_CONNECT_H
#define INSTRUMENTS_LINK_CONNECT_H

#include "base/deadline.h"

#include <gio/gio.h>

/*
 * A TCP connection to host and port with TCP_NODELAY and keepalive. Looking up the
 * name and connecting end with the bounds, and at once when cancelled. Null: STATION_ERROR_IO,
 * TIMEOUT, CANCELLED. Free with g_object_unref, which closes it.
 */
GSocketConnection *connect_bounded(const char *host, guint16 port, const struct bounds *bounds,
                                   GError **error);

/* For who reads it through GIO from now on, which relies on it. STATION_ERROR_IO. */
gboolean connect_never_block(GSocket *socket, GError **error);

/*
 * Move up to len bytes without waiting: the number moved, 0 when nothing can move now, -1 with
 * STATION_ERROR_IO when the other side has gone.
 */
gssize connect_send(GSocket *socket, const guint8 *data, gsize len, GError **error);
gssize connect_receive(GSocket *socket, guint8 *data, gsize len, GError **error);

/*
 * connect_receive for an answer that is to come at once: waits for its first byte, deaf to a
 * cancellation for CONNECT_SOON_S, and does not wait at all when the bounds leave hardly more.
 * Most answers need no look at whether there is one then, which would cost as much as all the rest.
 */
#define CONNECT_SOON_S 0.02
gssize connect_receive_soon(GSocket *socket, guint8 *data, gsize len, const struct bounds *bounds,
                            GError **error);
/* Whether the bounds let it wait. */
gboolean connect_may_linger(const struct bounds *bounds);

#endif

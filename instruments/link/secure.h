/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_SECURE_H
#define INSTRUMENTS_LINK_SECURE_H

#include "base/deadline.h"
#include "instruments/link/resource.h"

#include <gio/gio.h>

/*
 * TLS on a connection: GIO's, whose back end is the package glib-networking. What connect.h does
 * with a plain connection is done here with a secured one.
 */
struct secure;

/*
 * Shakes hands as a client, over a connection of connect_bounded, and judges the other side's
 * certificate before anything is sent to it: it must have the fingerprint of security, or be
 * signed by its ca (or one the system trusts), valid now and made for host. Null:
 * STATION_ERROR_UNSUPPORTED without a back end, CONFIG when the ca cannot be read, REFUSED with
 * subject and fingerprint when the certificate is not trusted, and IO (whatever the other side did
 * wrong), TIMEOUT, CANCELLED. The connection is closed then.
 */
struct secure *secure_start(GSocketConnection *connection, const char *host, guint16 port,
                            const struct link_security *security, const struct bounds *bounds,
                            GError **error);
/* The connection must be closed: else this would wait for the other side. Null is allowed. */
void secure_free(struct secure *secure);

/*
 * As connect_send, connect_receive and connect_receive_soon. When one of the latter gave 0, bytes
 * on the connection's descriptor tell that there may be more. A send that gave 0 has to be tried
 * again with the same data, or the connection given up.
 */
gssize secure_send(struct secure *secure, const guint8 *data, gsize len, GError **error);
gssize secure_receive(struct secure *secure, guint8 *data, gsize len, GError **error);
gssize secure_receive_soon(struct secure *secure, guint8 *data, gsize len,
                           const struct bounds *bounds, GError **error);

/* Whether there is a back end. STATION_ERROR_UNSUPPORTED names the package. */
gboolean secure_available(GError **error);

#endif

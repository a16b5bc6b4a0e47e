/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_STREAM_H
#define INSTRUMENTS_LINK_STREAM_H

#include "instruments/link/link.h"

#include <glib.h>

/*
 * What transports without message boundaries (socket, serial line) have in common: whole messages
 * in and out of a descriptor.
 */

/*
 * Move up to len bytes: the number moved, 0 when nothing can move now, -1 with an error when the
 * other side has gone. Sending never waits; receiving may, for CONNECT_SOON_S, within the bounds.
 */
typedef gssize (*stream_receive_fn)(struct link *link, guint8 *data, gsize len,
                                    const struct bounds *bounds, GError **error);
typedef gssize (*stream_send_fn)(struct link *link, const guint8 *data, gsize len, GError **error);

struct stream {
	int fd;              /* for waiting only; -1 when closed */
	GByteArray *pending; /* received after the end of the last message read */
	guint8 *chunk;       /* owned; received at once: a block comes in few large pieces */
	gboolean at_mark;    /* set by receive: what it just gave ends a message */
};

void stream_init(struct stream *stream);
void stream_done(struct stream *stream);

/*
 * Waits until fd is ready for `events` (POLLIN, POLLOUT), wakes at once when cancelled. FALSE: a
 * STATION_ERROR_TIMEOUT that says `what`, CANCELLED, or IO when only a hang-up is left.
 */
gboolean stream_wait(int fd, short events, const struct bounds *bounds, const char *what,
                     GError **error);

gboolean stream_write(struct stream *stream, struct link *link, stream_send_fn send,
                      const guint8 *data, gsize len, const struct bounds *bounds, GError **error);

gboolean stream_read(struct stream *stream, struct link *link, stream_receive_fn receive,
                     const struct link_frame *frame, GByteArray *reply, const struct bounds *bounds,
                     GError **error);

#endif

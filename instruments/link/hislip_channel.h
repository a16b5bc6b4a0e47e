/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_HISLIP_CHANNEL_H
#define INSTRUMENTS_LINK_HISLIP_CHANNEL_H

#include "base/deadline.h"
#include "instruments/link/hislip_message.h"
#include "instruments/link/secure.h"

#include <gio/gio.h>

/*
 * One of the two connections of a HiSLIP session: messages out, headers and pieces of payloads in.
 * What came of a message when a wait ended is kept, so that the next call goes on from there.
 */
struct hislip_channel {
	GSocketConnection *connection;
	GSocket *socket;       /* the connection's; null: closed */
	struct secure *secure; /* what goes over it is encrypted; null: it is not */
	guint8 *buffer;
	gsize capacity;
	gsize at, end;        /* received and not yet looked at */
	guint64 payload_left; /* of the message whose header came last */
	gboolean broken;      /* gone, or not at a message's border any more */
};

/* capacity: of the buffer for what is received. */
void hislip_channel_init(struct hislip_channel *channel, gsize capacity);
void hislip_channel_done(struct hislip_channel *channel);

gboolean hislip_channel_connect(struct hislip_channel *channel, const char *host, guint16 port,
                                const struct bounds *bounds, GError **error);
/* Takes a connection of connect_bounded. */
void hislip_channel_adopt(struct hislip_channel *channel, GSocketConnection *connection);
void hislip_channel_close(struct hislip_channel *channel);

/*
 * Encrypts all that follows, as secure_start does. PROTOCOL when something has come already:
 * whoever sent it may not be who shakes hands. On failure the channel is broken.
 */
gboolean hislip_channel_secure(struct hislip_channel *channel, const char *host, guint16 port,
                               const struct link_security *security, const struct bounds *bounds,
                               GError **error);

/* Sends header and its length bytes of payload. When only a part could go it is broken. */
gboolean hislip_channel_send(struct hislip_channel *channel, const struct hislip_header *header,
                             const void *payload, const struct bounds *bounds, GError **error);

enum hislip_arrival {
	HISLIP_MESSAGE,
	HISLIP_NOTHING, /* not when told to wait */
	HISLIP_FAILED,
};

enum hislip_wait {
	HISLIP_LOOK,
	HISLIP_SOON, /* as long as connect_receive_soon does */
	HISLIP_WAIT,
};

/* Whether nothing has come on either of them that was not taken; FALSE also when one has gone. */
gboolean hislip_channels_quiet(const struct hislip_channel *a, const struct hislip_channel *b);

/*
 * The next message's header; what is left of the payload before it is thrown away. `what` begins
 * the text of a TIMEOUT. Also IO, CANCELLED, PROTOCOL.
 */
enum hislip_arrival hislip_channel_next(struct hislip_channel *channel, enum hislip_wait wait,
                                        struct hislip_header *header, const struct bounds *bounds,
                                        const char *what, GError **error);

/* The next bytes of the payload, of which some are left; valid until the next call. */
gboolean hislip_channel_piece(struct hislip_channel *channel, const guint8 **data, gsize *len,
                              const struct bounds *bounds, const char *what, GError **error);

/* The whole payload into bytes; more than max is STATION_ERROR_PROTOCOL. */
gboolean hislip_channel_payload(struct hislip_channel *channel, guint8 *bytes, gsize max,
                                gsize *len, const struct bounds *bounds, const char *what,
                                GError **error);

#endif

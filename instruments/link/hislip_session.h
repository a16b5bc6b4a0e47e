/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_HISLIP_SESSION_H
#define INSTRUMENTS_LINK_HISLIP_SESSION_H

#include "instruments/link/hislip_channel.h"

/*
 * A HiSLIP session: two channels to one server, what was agreed on when they were opened, the
 * counter of messages, and all that goes over the asynchronous channel. What travels as messages
 * is in hislip_transfer.h.
 */
struct hislip_session {
	struct hislip_channel sync;
	struct hislip_channel async;
	char *host;
	guint16 port;
	char *name; /* the sub-address */
	struct link_security security;

	guint16 version; /* agreed on */
	gboolean overlapped;
	gsize payload_max; /* of what we send on the synchronous channel */

	guint32 next_id;
	guint32 last_id;        /* of the message sent last, or HISLIP_NO_ID */
	guint32 delivered_id;   /* of the message received whole last, or HISLIP_NO_ID */
	gboolean rmt_delivered; /* the user has got a whole answer, and the server not told yet */
	gboolean interrupted;   /* AsyncInterrupted came, its Interrupted not yet */
	gboolean torn;          /* an answer was given up half-way */
	guint status_owed;      /* answers to status queries that were given up */
	gboolean requested;     /* AsyncServiceRequest came since the status was asked for */
	GByteArray *rest;       /* of an answer that came whole, after the message read from it */
};

void hislip_session_init(struct hislip_session *session, const char *host, guint16 port,
                         const char *name);
void hislip_session_done(struct hislip_session *session);

/*
 * Connects both channels, anew when they were, and agrees on version, mode and sizes; encrypted
 * when `security` wants it or the server demands it.
 */
gboolean hislip_session_connect(struct hislip_session *session, const struct bounds *bounds,
                                GError **error);
gboolean hislip_session_usable(const struct hislip_session *session);

/*
 * Waits for the message of a type on one of the channels; notes are taken, all else is an error.
 */
gboolean hislip_session_await(struct hislip_session *session, struct hislip_channel *channel,
                              enum hislip_type type, struct hislip_header *header,
                              const struct bounds *bounds, GError **error);

/* An error for a message that has no place where it came; tells what Error and FatalError say. */
void hislip_session_unexpected(struct hislip_channel *channel, const struct hislip_header *header,
                               const struct bounds *bounds, GError **error);

/* Takes note of what has come on the asynchronous channel, without waiting. */
gboolean hislip_session_poll(struct hislip_session *session, const struct bounds *bounds,
                             GError **error);
/* Interrupted has come: the other half of it is waited for. */
gboolean hislip_session_interrupted(struct hislip_session *session, const struct bounds *bounds,
                                    GError **error);

/* The device clear of a usable session; afterwards nothing sent or received before matters. */
gboolean hislip_session_clear(struct hislip_session *session, const struct bounds *bounds,
                              GError **error);

gboolean hislip_session_status(struct hislip_session *session, guint8 *status,
                               const struct bounds *bounds, GError **error);
/* Waits until AsyncServiceRequest has come, if it has not since the status was asked for. */
gboolean hislip_session_await_request(struct hislip_session *session, const struct bounds *bounds,
                                      GError **error);
gboolean hislip_session_lock(struct hislip_session *session, const struct bounds *bounds,
                             GError **error);
gboolean hislip_session_unlock(struct hislip_session *session, const struct bounds *bounds,
                               GError **error);

#endif

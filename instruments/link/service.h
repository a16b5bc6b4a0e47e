/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef INSTRUMENTS_LINK_SERVICE_H
#define INSTRUMENTS_LINK_SERVICE_H

#include "instruments/link/link.h"

/*
 * Waiting until an instrument requests service is the same on every bus: the status byte decides,
 * and what a bus brings by itself only tells when to ask for it. So nothing that came too early,
 * too late, or from somebody else can end a wait or prolong it without end.
 */

/* Even a bus that tells of requests is asked so often: what it told may have been lost. */
#define SERVICE_LOOK_S 1.0

/* How long to wait before the next look; zeroed when a wait begins. Real time, not the process's.
 */
struct service_pace {
	double pause_s;
};

/* Waits a little, each time longer, up to 50 ms. FALSE: TIMEOUT, CANCELLED. */
gboolean service_pause(struct service_pace *pace, const struct bounds *bounds, GError **error);

/*
 * Waits until a request may have come, SERVICE_LOOK_S at most, and says TRUE then. FALSE ends the
 * wait: the connection is gone, CANCELLED, TIMEOUT of bounds.
 */
typedef gboolean (*service_news_fn)(struct link *link, struct service_pace *pace,
                                    const struct bounds *bounds, GError **error);

/* link_await_service with the link's own status_byte. */
gboolean service_await(struct link *link, service_news_fn news, guint8 *status,
                       const struct bounds *bounds, GError **error);

/* TRUE, and *error cleared, when a wait of SERVICE_LOOK_S ended by itself. */
gboolean service_only_late(const struct bounds *bounds, GError **error);

#endif

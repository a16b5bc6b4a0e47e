/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_BUS_SESSION_H
#define BENCH_BUS_SESSION_H

#include "bench/server.h"

struct device_lock;
struct faults;

/* A device and what all buses that serve it share; all borrowed. */
struct bus_device {
	const struct server_ops *ops;
	void *device;          /* for ops->session_new */
	struct faults *faults; /* null: none */
	struct device_lock *lock;
};

/* Bits of the status byte that a bus knows of (IEEE 488.2, 11.2). */
enum { BUS_STATUS_MAV = 0x10, BUS_STATUS_RQS = 0x40 };

/* What becomes of a reply. */
enum bus_reply {
	BUS_REPLY_WHOLE,
	BUS_REPLY_SPLIT, /* in two parts, server_split_pause between them */
	BUS_REPLY_TWICE,
	BUS_REPLY_DISCONNECT, /* none: the connection ends */
};

/*
 * A device's session on a bus that marks the end of a message. Executes messages, applies the
 * armed faults, keeps the request for service. Execute by one thread at a time; the rest by any.
 */
struct bus_session;

struct bus_session *bus_session_new(const struct bus_device *device);
void bus_session_free(struct bus_session *session); /* null is allowed */

/*
 * Executes what came up to an end mark: one message or several lines; an LF that the last one lacks
 * is added. What is answered is appended to reply.
 */
enum bus_reply bus_session_execute(struct bus_session *session, const guint8 *data, gsize len,
                                   GByteArray *reply);

/* A query error that the bus found, -410 or -420. */
void bus_session_query_error(struct bus_session *session, int number);

/* A device clear: what the session kept back is gone. */
void bus_session_clear(struct bus_session *session);

/* A serial poll: bit 6 is the request for service and is cleared by being read. */
guint8 bus_session_poll(struct bus_session *session, gboolean message_available);
/* Looks at the status anew; true when a request for service has just begun, *byte with bit 6. */
gboolean bus_session_requests(struct bus_session *session, gboolean message_available,
                              guint8 *byte);
/* True while a request for service has not been polled: the bus's SRQ line. */
gboolean bus_session_requesting(struct bus_session *session, gboolean message_available);

#endif

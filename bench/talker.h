/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_TALKER_H
#define BENCH_TALKER_H

#include "bench/bus_session.h"

#include <gio/gio.h>

/*
 * A device on a bus where the controller asks for a reply (VXI-11, GPIB): it listens, executes in a
 * thread of its own, and keeps the reply until it is made to talk. Safe to use from several
 * threads.
 */
struct talker;

enum talk {
	TALK_PART, /* bytes were given; the reply goes on */
	TALK_END,  /* bytes were given, the last of the reply */
	TALK_TERM, /* bytes were given up to and with the termination character */
	TALK_LATE, /* nothing came in time */
	TALK_STOPPED,
	TALK_DISCONNECT, /* the armed fault: the connection shall end */
};

/* A request for service has begun; in the talker's thread, which holds no lock. */
typedef void (*talker_request_fn)(void *data);

/* request may be null. */
struct talker *talker_new(const struct bus_device *device, talker_request_fn request, void *data);
/* Waits for the message under way; null is allowed. */
void talker_free(struct talker *talker);

/*
 * Takes bytes. A message ends with `end`; before that an LF ends it as well when `lines`. A reply
 * not fetched yet is dropped, which is -410. False: longer than any message, nothing is kept.
 */
gboolean talker_listen(struct talker *talker, const void *data, gsize len, gboolean end,
                       gboolean lines);

/*
 * Appends up to max bytes of the reply to `to`, not beyond termination (-1: none). Waits for it
 * until end_us (monotonic) or until stop is cancelled. Without a reply to come it is -420.
 */
enum talk talker_talk(struct talker *talker, gsize max, int termination, gint64 end_us,
                      GCancellable *stop, GByteArray *to);

/* A device clear: all input, all output, the reply to what is under way. */
void talker_clear(struct talker *talker);
/* The status byte; bit 4 is whether a reply waits. */
guint8 talker_poll(struct talker *talker);
/* It asks for service and was not polled since. */
gboolean talker_requests(struct talker *talker);

#endif

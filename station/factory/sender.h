/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_SENDER_H
#define STATION_FACTORY_SENDER_H

#include "station/factory/sink.h"
#include "station/store/outbox.h"

#include <glib.h>

/*
 * Tells sinks what the store's outbox has for them (station/store/outbox.h). Each sink has a thread
 * and a pace of its own: in order, again and again until it answers, later each time. What is not
 * told when the station ends is told when it starts again, days or weeks later. Times are the wall
 * clock's, for they outlive the process.
 */

/* How long to wait after so many attempts in vain, seconds: doubled each time from 1 s to
 * SENDER_PAUSE_MAX_S, more or less a quarter, by `random` from 0 to 1, so that a line's stations do
 * not all ask at once. */
#define SENDER_PAUSE_MAX_S 300.0
double sender_pause_s(guint attempts, double random);

enum sender_step {
	SENDER_NOTHING, /* nothing is due */
	SENDER_TAKEN,
	SENDER_PUT_OFF, /* the sink did not take it now */
	SENDER_REFUSED, /* nor ever */
	SENDER_STOPPED, /* bounds were cancelled; whether it was taken is not known */
};

struct sender_result {
	enum sender_step step;
	gint64 next_us; /* NOTHING, PUT_OFF: when something will be due; G_MAXINT64: never */
	char *words;    /* PUT_OFF, REFUSED: why; free with g_free */
};

/* Tells a sink the first run or touch that is due to it at a time. Each sending has its own bounds,
 * SENDER_LIMIT_S within these. FALSE with STATION_ERROR_STORAGE. */
#define SENDER_LIMIT_S 60.0
gboolean sender_step(struct store *store, struct sink *sink, gint64 now_us,
                     const struct bounds *bounds, struct sender_result *result, GError **error);

/* --- with threads -------------------------------------------------------------------------------
 */

struct sender;
typedef struct sender sender; /* for g_autoptr(sender) only */

/* Starts. Store and sinks (struct sink; not before others have stopped using them) are borrowed. */
struct sender *sender_new(struct store *store, const GPtrArray *sinks);
/* A sending that is under way is cut off, and will be repeated. Null is allowed. */
void sender_free(struct sender *sender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sender, sender_free)

/* Something was saved. From any thread. */
void sender_wake(struct sender *sender);

/* Waits until every sink has what is due to it, or will not be asked again in time, for `seconds`
 * (real time) at most; ends early when cancelled. TRUE: nothing waits. */
gboolean sender_drain(struct sender *sender, double seconds, GCancellable *cancellable);

struct sender_news {
	char *sink;
	guint waiting, refused;
	gint64 oldest_us; /* of those that wait; 0: none does */
	char *words;      /* the last trouble; null: all is well again */
};
void sender_news_free(struct sender_news *news); /* null is allowed */
typedef struct sender_news sender_news;          /* for g_autoptr(sender_news) only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sender_news, sender_news_free)

/* What changed since it was last asked: a sink is in trouble, in another, refused something, has
 * all again. Null: nothing. Never waits. */
struct sender_news *sender_next_news(struct sender *sender);

/* "line: 12 results wait, the oldest for 3 h: no connection" as of a time. Free with g_free. */
char *sender_news_text(const struct sender_news *news, gint64 now_us);

#endif

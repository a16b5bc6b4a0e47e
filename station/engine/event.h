/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_EVENT_H
#define STATION_ENGINE_EVENT_H

#include "limits/verdict.h"

#include <glib.h>

/*
 * What the engine tells its faces: small structs by value. A face makes a queue, reads it at its
 * own pace and folds the events into what it shows. Step starts and ends, progress, measurements,
 * points, eyes and what instruments do may be dropped when a queue is full (an EVENT_LOST tells how
 * many); run starts and ends, refusals, presence, waits, prompts, questions, notes, what an undo
 * came to and what was left by an earlier start never.
 */
enum event_kind {
	EVENT_UNIT_WAIT,   /* text: what a person or loader should do with which unit */
	EVENT_RUN_START,   /* serial, run_id, total steps */
	EVENT_STEP_START,  /* name, group, lane, corner, attempt, done of total */
	EVENT_PROGRESS,    /* fraction, text */
	EVENT_MEASUREMENT, /* name, lane, corner, value, unit, low, high, verdict, marginal */
	EVENT_STEP_END,    /* name, lane, verdict, seconds, text = reason */
	EVENT_PROMPT,      /* text: what an operator should do */
	EVENT_UNDO,        /* name, text = failure or empty */
	EVENT_NOTE,        /* text */
	EVENT_SITE_DOWN, /* before the end of a run that could not begin: no unit can there; text =
	                    why */
	EVENT_RECOVERED, /* an earlier start's run, closed and stored now: serial, run_id, name =
	                    first failing step, verdict, marginal, seconds, text */
	EVENT_RUN_END,   /* after the record is stored: verdict, marginal, seconds, text = reason */
	EVENT_RUN_LOST,  /* the record could not be stored: no verdict; text = why */
	EVENT_UNIT_PRESENT, /* done: 1 a module is in the socket, 0 none (engine_watch_presence) */
	EVENT_QUESTION,     /* text = question, name = answers with | between, "": any words */
	EVENT_ANSWER, /* the question is over: text = answer, name = who gave it, seconds; text
	               * "": nobody answered it */
	EVENT_EYE,    /* name = id, lane, corner, text = words below it: engine_eye has it */
	EVENT_POINT,  /* an error ratio: name = series, lane, corner, x, text = what x is, value
	               * (0: none was seen, then high is the bound), low, high, line */
	EVENT_UNIT_REFUSED, /* the pre-check does not want it: there is no run. name = "denied",
	                     * "other" or "unanswered", text = why */
	EVENT_INSTRUMENT,   /* name as configured, text = "idle", "site N" or "lost: why"; site 0 */
	EVENT_CONDITION,    /* value = case temperature as the module tells it, text = in words */
	EVENT_LOST,         /* done = number of events dropped before this one */
	EVENT_N_KINDS,
};

struct event {
	guint64 seq;    /* one more for each event of the engine */
	gint64 mono_us; /* g_get_monotonic_time() */
	enum event_kind kind;
	int site;
	char serial[48];
	char run_id[40];
	char name[64];
	char group[12];
	char corner[32];
	int lane;
	int attempt;
	guint done, total;
	double fraction;
	double value, low, high; /* NAN: none */
	double x, line;          /* of an EVENT_POINT: where, and the limit; NAN: none */
	char unit[12];
	enum verdict verdict;
	gboolean marginal;
	double seconds;
	char text[240];
};

/* "step-start", ... as in the JSON stream. Static storage. */
const char *event_kind_name(enum event_kind kind);

/* An event of that kind with everything else empty, NAN where the struct says so. */
struct event event_make(enum event_kind kind, int site, const char *serial);

/* Sets the text: cut to what fits without cutting a character, control characters (what an
 * instrument said may hold any) replaced by blanks. Null is "". */
void event_set_text(struct event *event, const char *text);

struct event_bus;
struct event_queue;

struct event_bus *event_bus_new(void);
void event_bus_free(struct event_bus *bus); /* after all its queues are gone; null is allowed */

/* Numbers the event and puts a copy into every queue. From any thread. */
void event_publish(struct event_bus *bus, struct event *event);

/* capacity: how many droppable events may wait. Free with event_queue_free before the bus. */
struct event_queue *event_queue_new(struct event_bus *bus, guint capacity);
void event_queue_free(struct event_queue *queue);

/* Waits up to timeout_s (real) for the next event; FALSE when none came. */
gboolean event_queue_pop(struct event_queue *queue, double timeout_s, struct event *event);

/*
 * A descriptor that is readable while events wait, to be polled beside others and for nothing else;
 * the queue owns it, and it stays the same. -1 when there is none to be had.
 */
int event_queue_fd(struct event_queue *queue);

/* Whether anybody listens at all: what is costly to tell need not be made else. */
gboolean event_bus_is_heard(struct event_bus *bus);

#endif

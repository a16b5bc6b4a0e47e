/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_SITE_VIEW_H
#define STATION_OPERATOR_SITE_VIEW_H

#include "station/engine/event.h"

#include <glib.h>

/*
 * What is to be seen of one site, folded from the engine's events. Pure: no clock, no screen, no
 * engine; times are those of the events.
 */

/* What an operator has to be able to tell apart from across the room. */
enum site_state {
	SITE_IDLE,     /* scan a unit */
	SITE_CHECKING, /* a unit was scanned: is it there, may it be tested */
	SITE_RUNNING,
	SITE_PASS,
	SITE_FAIL,    /* the unit is bad; to be acknowledged */
	SITE_ERROR,   /* the station could not judge; to be acknowledged */
	SITE_ABORTED, /* somebody stopped it */
	SITE_LOCKED,  /* nothing can be begun here: down, or nobody is logged in */
	SITE_STATES,
};

enum { SITE_VIEW_LANES = 8 };

struct site_value {
	double value, low, high; /* NAN: none */
	enum verdict verdict;
	gboolean marginal;
	gboolean known; /* something was measured here */
};

/* One parameter: a value for each lane, or one for the unit in lanes[0]. */
struct site_row {
	char name[64], unit[12], corner[32];
	gboolean per_lane;
	struct site_value lanes[SITE_VIEW_LANES + 1];
};

struct site_step {
	char name[64], group[12], corner[32];
	int lane;
	int attempt;
	enum verdict verdict; /* NONE while it runs */
	double seconds;       /* 0 while it runs */
	gint64 start_us;
	char reason[240];
};

struct site_view {
	int site;
	enum site_state state;
	char serial[48], run_id[40];
	guint number, of;      /* in the lot; 0: unknown */
	guint done, total;     /* actions of the plan */
	gint64 start_us;       /* of the run, process time; 0: none */
	double seconds;        /* how long the run took; 0 while it goes on */
	GArray *steps;         /* struct site_step, in order of their starts, of this run */
	GArray *rows;          /* struct site_row, in order of their first value, of this run */
	double fraction;       /* of the present step; NAN unknown */
	char progress[240];    /* what it says of itself */
	char prompt[240];      /* what an operator should do; "" nothing */
	char reason[240];      /* why not PASS */
	char failing_step[64]; /* likewise */
	gboolean marginal;
	gboolean acknowledged; /* of FAIL and ERROR */
	gboolean stored;       /* FALSE in SITE_ERROR: the record could not be written */
	char undone[240];      /* what was made safe in this run: "light off, supply off" */
	gboolean undo_failed;  /* something may not be in its safe state */
	guint lost;            /* events that were dropped: rows and steps may lack something */
};

/* Free with site_view_free. */
struct site_view *site_view_new(int site);
void site_view_free(struct site_view *view); /* null is allowed */

/* Events of other sites are passed over; of site 0 notes and losses count for every site. */
void site_view_event(struct site_view *view, const struct event *event);

/* A unit was scanned for this site; what the run before left is gone. */
void site_view_begin(struct site_view *view, const char *serial);
/* What site_view_begin began is not done: back to SITE_IDLE. FALSE when a run goes on. */
gboolean site_view_refuse(struct site_view *view);
/* FAIL or ERROR has been seen by the operator. FALSE when there is nothing to acknowledge. */
gboolean site_view_acknowledge(struct site_view *view);
/* Back to SITE_IDLE, unless something runs or waits to be acknowledged (FALSE). */
gboolean site_view_clear(struct site_view *view);

/* The step that runs; null: none. Borrowed until the next event. */
const struct site_step *site_view_step(const struct site_view *view);

/*
 * How far a value is from its nearest limit, as a fraction of the distance between the limits (with
 * one limit: of its magnitude, at least 1); negative outside; NAN without a limit or a value.
 */
double site_value_margin(const struct site_value *value);

/* "RUNNING" ...: the words on the screen, untranslated. Static storage. */
const char *site_state_name(enum site_state state);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_ATTEND_H
#define STATION_ENGINE_ATTEND_H

#include "station/engine/run.h"

/* What a person does at a site before a unit is tested, and what the tower light tells of it. */

/* Reads one state of a fixture: present, lid closed, start pressed. */
typedef gboolean (*attend_read)(struct fixture *fixture, gboolean *state,
                                const struct bounds *bounds, GError **error);

/* Waits until the run's fixture has that state. The error begins "waiting: WHAT: ". */
gboolean attend_wait(struct run *run, attend_read read, gboolean wanted, const char *what,
                     double poll_s, const struct bounds *bounds, GError **error);

/*
 * Where there is a lid, until it is closed; where there is a start button that counts here
 * (start_button of the site; unless that says otherwise: where no loader loads), until it is
 * pressed anew; and until the lid is closed again. An EVENT_PROMPT tells what is missing.
 */
gboolean attend_ready(struct run *run, const struct bounds *bounds, GError **error);

struct attend_question {
	guint step; /* of the record */
	const char *text;
	const char *const *answers; /* null-terminated; none: any words */
	const char *unattended; /* taken where nobody is there to answer; null: that is an error */
};

/*
 * Asks whoever attends the station (EVENT_QUESTION), waits for the answer within the bounds and
 * puts it into the record, with a note. The answer is to be cleared (answer_clear) in any case.
 * STATION_ERROR_REFUSED when nobody is there, STATION_ERROR_CONFIG when the question or its answers
 * are longer than an event can tell.
 */
gboolean attend_ask(struct run *run, const struct attend_question *question,
                    const struct bounds *bounds, struct answer *answer, GError **error);

enum attend_state {
	ATTEND_IDLE,    /* dark: no station runs here, or nothing was tested yet */
	ATTEND_WAITING, /* blue: somebody has to do something */
	ATTEND_RUNNING, /* amber: light may be on, hands off */
	ATTEND_PASSED,  /* green */
	ATTEND_FAILED,  /* red */
	ATTEND_UNKNOWN, /* red and blue: the unit was not judged, or the station needs help */
};
/* Does nothing where there is no tower light or no fixture; that it cannot be set is no fault. */
void attend_show(struct fixture *fixture, enum attend_state state);
enum attend_state attend_state_of(enum verdict verdict);

#endif

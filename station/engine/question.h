/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_QUESTION_H
#define STATION_ENGINE_QUESTION_H

#include "base/deadline.h"

/*
 * Where a site's thread asks something and waits, and a face answers: at most one question at a
 * time. Nobody attends it at first.
 */
struct question;

/* What came of one. */
struct answer {
	char *text;    /* owned */
	char *who;     /* owned; "" where `unattended` was taken */
	double wait_s; /* real time */
	gboolean unattended;
};
void answer_clear(struct answer *answer);

struct question *question_new(void);
void question_free(struct question *question); /* nobody may wait; null is allowed */

/* Whether somebody is there to answer. FALSE ends a wait too. From any thread. */
void question_attend(struct question *question, gboolean attended);
gboolean question_is_attended(struct question *question);

/*
 * From now on answers are taken, of the list only (null-terminated, copied; empty: any words but
 * none), until question_wait has ended. So that whoever is told afterwards may answer at once.
 */
void question_open(struct question *question, const char *const *answers);

/*
 * Waits for the answer. STATION_ERROR_REFUSED "nobody is there to answer", STATION_ERROR_TIMEOUT
 * "nobody answered", STATION_ERROR_CANCELLED.
 */
gboolean question_wait(struct question *question, const struct bounds *bounds,
                       struct answer *answer, GError **error);

/* STATION_ERROR_REFUSED when nothing is asked, or something else was offered. From any thread. */
gboolean question_answer(struct question *question, const char *answer, const char *who,
                         GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_LINKS_H
#define STATION_ENGINE_LINKS_H

#include "station/engine/run.h"

/*
 * Before a unit is touched, what was lost in a run before it has to be there again: an instrument
 * that the plan needs and whose session was given up, the fixture, and what could not be made safe.
 * It is tried again and again, at first after LINKS_FIRST_S, then more and more seldom, up to every
 * LINKS_LAST_S (process time, base/clock.h), for at most reconnect_limit of the configuration.
 * What is waited for is told once, in an EVENT_PROMPT.
 */
#define LINKS_FIRST_S 0.25
#define LINKS_LAST_S  5.0

/* FALSE with its reason when it is not back; what does not pass by waiting ends it at once. */
typedef gboolean (*links_attempt)(gpointer data, const struct bounds *bounds, GError **error);

/*
 * Tries until `attempt` succeeds, within bounds. The error is the last attempt's, with
 * "waited N s for WHAT: " in front when it was waited for.
 */
gboolean links_retry(struct run *run, const char *what, links_attempt attempt, gpointer data,
                     const struct bounds *bounds, GError **error);

/* The lost instruments that the run's plan or an undo of run->left needs. The error names the first
 * that is not back. */
gboolean links_restore(struct run *run, const struct bounds *bounds, GError **error);

/* With links and fixture there: what the run before could not undo. The error names what is left,
 * which stays on the list. */
gboolean links_make_safe(struct run *run, GError **error);

#endif

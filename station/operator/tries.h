/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_TRIES_H
#define STATION_OPERATOR_TRIES_H

#include <glib.h>

/* How often in a row the wrong PIN was given for a badge, and whether another may be tried. Locks
 * inside. */
enum { TRIES_MAX = 3, TRIES_PAUSE_S = 30 };

struct tries;

struct tries *tries_new(void);
void tries_free(struct tries *tries); /* null is allowed */

/*
 * Begins a try: it counts as wrong until tries_forget, so that many at once are no way around. 0
 * when it may be looked at, else the seconds that are left of the pause, which begins with the
 * TRIES_MAXth in a row and with each one after it. now_us: a clock that is never set back. Badges
 * that nobody has (is_known FALSE) are counted too, but forgotten when there are too many of them.
 */
int tries_begin(struct tries *tries, const char *badge, gboolean is_known, gint64 now_us);

/* It was the right PIN. */
void tries_forget(struct tries *tries, const char *badge);

#endif

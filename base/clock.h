/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/deadline.h"

#include <gio/gio.h>

/*
 * Time that the process under test needs (soak, settle, poll interval), as opposed to deadlines,
 * which are always real. With the virtual bench, a scale above 1 makes such waits shorter by that
 * factor: a settle of 1 s at scale 50 lasts 20 ms. The scale is process-wide, set once at start;
 * it is finite and above 0.
 */
void clock_set_scale(double scale);
double clock_scale(void);

/* Seconds of process time since an arbitrary start: real monotonic time times the scale. */
double clock_now_s(void);

/*
 * Waits for `seconds` of process time. Ends early with STATION_ERROR_CANCELLED when the
 * cancellable is triggered (wakes at once), or STATION_ERROR_TIMEOUT when the deadline passes
 * before the wait is over. Zero and less do not wait, but both are looked at;
 * STATION_ERROR_RANGE when seconds is not a number or more than 1e9.
 */
gboolean clock_sleep_s(double seconds, const struct bounds *bounds, GError **error);

/*
 * Wall clock as "2026-01-31T12:34:56.789Z", microseconds cut off. Null outside the years 1 to 9999.
 * Free with g_free.
 */
char *clock_utc_text(gint64 unix_us);
/* Microseconds since 1970-01-01 00:00 UTC. */
gint64 clock_unix_us(void);

/*
 * Where the time comes from, for those who write it down or give it back (recording_clock.h). Set
 * while no other thread asks for the time; borrowed until another is set. Null is the system's.
 */
struct clock_source {
	gint64 (*monotonic_us)(void); /* what clock_now_s scales */
	gint64 (*unix_us)(void);
	/* of clock_sleep_s, for seconds above 0 that are possible */
	gboolean (*sleep_s)(double seconds, const struct bounds *bounds, GError **error);
	/* what deadlines count in, and whether one is over; null: the system's */
	gint64 (*deadline_us)(void);
	gboolean (*passed)(gint64 end_us);
};
void clock_set_source(const struct clock_source *source);

/* The system's own, whatever the source: for a source that only looks on. */
gboolean clock_system_sleep_s(double seconds, const struct bounds *bounds, GError **error);

/* For base/deadline.c: the microseconds that deadlines count in, and whether end_us is over. */
gint64 clock_deadline_us(void);
gboolean clock_deadline_passed(gint64 end_us);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <gio/gio.h>

/*
 * An absolute moment on the monotonic clock by which a call must have ended. Passed by value down
 * every call that can wait, together with a GCancellable; each wait takes the smaller of its own
 * limit and the caller's. While a recording is played back the time of the recording counts, in
 * which a deadline is over only where it was when it was recorded (recording_clock.h).
 */
struct deadline {
	gint64 end_us; /* g_get_monotonic_time() at the end; never G_MAXINT64 in product code */
};

/* `seconds` from now: a number up to 1e9; zero and less is a deadline that has passed. */
struct deadline deadline_in_s(double seconds);
struct deadline deadline_earlier(struct deadline a, struct deadline b);
double deadline_left_s(struct deadline deadline); /* 0 when passed */
gboolean deadline_passed(struct deadline deadline);

/* STATION_ERROR_TIMEOUT or STATION_ERROR_CANCELLED when either is so; "what" begins the message. */
gboolean deadline_check(struct deadline deadline, GCancellable *cancellable, const char *what,
                        GError **error);

/*
 * How long a call may wait and who may stop it: passed by pointer as the parameter before `error`
 * of every call that can wait. cancellable may be null.
 */
struct bounds {
	struct deadline deadline;
	GCancellable *cancellable; /* borrowed */
};

/* The same cancellable with a deadline not later than `seconds` from now nor than outer's. */
struct bounds bounds_within(const struct bounds *outer, double seconds);

/* deadline_check for both members. */
gboolean bounds_check(const struct bounds *bounds, const char *what, GError **error);

#endif

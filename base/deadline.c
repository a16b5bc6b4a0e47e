/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/deadline.h"

#include "base/clock.h"
#include "base/error.h"

static const double longest_s = 1e9;

struct deadline deadline_in_s(double seconds)
{
	struct deadline deadline = {clock_deadline_us()};
	/* Written so that NaN is caught as well: a wait without end is never what was meant. */
	g_return_val_if_fail(seconds <= longest_s, deadline);
	if (seconds > 0)
		deadline.end_us += (gint64)(seconds * 1e6);
	return deadline;
}

struct deadline deadline_earlier(struct deadline a, struct deadline b)
{
	return a.end_us < b.end_us ? a : b;
}

double deadline_left_s(struct deadline deadline)
{
	gint64 left_us = deadline.end_us - clock_deadline_us();

	/* Played back, time may run past a deadline that was kept. */
	return deadline_passed(deadline) ? 0 : (double)MAX(left_us, 1) * 1e-6;
}

gboolean deadline_passed(struct deadline deadline)
{
	return clock_deadline_passed(deadline.end_us);
}

gboolean deadline_check(struct deadline deadline, GCancellable *cancellable, const char *what,
                        GError **error)
{
	if (g_cancellable_is_cancelled(cancellable)) {
		station_error_set(error, STATION_ERROR_CANCELLED, "%s: cancelled", what);
		return FALSE;
	}
	if (deadline_passed(deadline)) {
		station_error_set(error, STATION_ERROR_TIMEOUT, "%s: out of time", what);
		return FALSE;
	}
	return TRUE;
}

struct bounds bounds_within(const struct bounds *outer, double seconds)
{
	struct deadline own = deadline_in_s(seconds);
	return (struct bounds){deadline_earlier(own, outer->deadline), outer->cancellable};
}

gboolean bounds_check(const struct bounds *bounds, const char *what, GError **error)
{
	return deadline_check(bounds->deadline, bounds->cancellable, what, error);
}

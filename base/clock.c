/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"

#include "base/error.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdatomic.h>

static const double longest_s = 1e9;

/*
 * The one process-wide setting: every wait of every layer has to agree on it, and it is written
 * before the first thread starts.
 */
static _Atomic double process_scale = 1.0;

/* The other one: where time comes from is the same question for all. */
static const struct clock_source *_Atomic process_source;

void clock_set_source(const struct clock_source *source)
{
	atomic_store(&process_source, source);
}

void clock_set_scale(double scale)
{
	g_return_if_fail(isfinite(scale) && scale > 0);
	atomic_store(&process_scale, scale);
}

double clock_scale(void)
{
	return atomic_load(&process_scale);
}

double clock_now_s(void)
{
	const struct clock_source *source = atomic_load(&process_source);
	gint64 now_us = source ? source->monotonic_us() : g_get_monotonic_time();

	return (double)now_us * 1e-6 * clock_scale();
}

/* Waits on fd (-1 for none) until the monotonic moment has come, or one of the bounds. */
static gboolean wait_until(gint64 end_us, int fd, const struct bounds *bounds, GError **error)
{
	for (;;) {
		if (!bounds_check(bounds, "wait", error))
			return FALSE;
		gint64 now_us = g_get_monotonic_time();
		if (now_us >= end_us)
			return TRUE;
		gint64 left_us = MAX(MIN(end_us, bounds->deadline.end_us) - now_us, 0);
		struct pollfd pollfd = {.fd = fd, .events = POLLIN};
		struct timespec limit = {left_us / G_USEC_PER_SEC, left_us % G_USEC_PER_SEC * 1000};
		if (ppoll(&pollfd, 1, &limit, NULL) < 0 && errno != EINTR) {
			station_error_set(error, STATION_ERROR_INTERNAL, "wait: %s",
			                  g_strerror(errno));
			return FALSE;
		}
	}
}

gboolean clock_sleep_s(double seconds, const struct bounds *bounds, GError **error)
{
	if (!bounds_check(bounds, "wait", error))
		return FALSE;
	if (seconds <= 0)
		return TRUE;
	double real_s = seconds / clock_scale();
	/* Negated so that NaN is refused. */
	if (!(seconds <= longest_s && real_s <= longest_s)) {
		station_error_set(error, STATION_ERROR_RANGE, "wait: %g s is not possible",
		                  seconds);
		return FALSE;
	}
	const struct clock_source *source = atomic_load(&process_source);
	return source ? source->sleep_s(seconds, bounds, error)
	              : clock_system_sleep_s(seconds, bounds, error);
}

gboolean clock_system_sleep_s(double seconds, const struct bounds *bounds, GError **error)
{
	gint64 end_us = g_get_monotonic_time() + (gint64)ceil(seconds / clock_scale() * 1e6);
	if (!bounds->cancellable)
		return wait_until(end_us, -1, bounds, error);
	GPollFD pollfd;
	if (!g_cancellable_make_pollfd(bounds->cancellable, &pollfd)) {
		station_error_set(error, STATION_ERROR_INTERNAL, "wait: nothing to poll");
		return FALSE;
	}
	gboolean ok = wait_until(end_us, pollfd.fd, bounds, error);
	g_cancellable_release_fd(bounds->cancellable);
	return ok;
}

char *clock_utc_text(gint64 unix_us)
{
	gint64 seconds = unix_us / G_USEC_PER_SEC;
	gint64 rest_us = unix_us % G_USEC_PER_SEC;
	if (rest_us < 0) {
		rest_us += G_USEC_PER_SEC;
		seconds--;
	}
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(seconds);
	if (!at)
		return NULL;
	return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", g_date_time_get_year(at),
	                       g_date_time_get_month(at), g_date_time_get_day_of_month(at),
	                       g_date_time_get_hour(at), g_date_time_get_minute(at),
	                       g_date_time_get_second(at), (int)(rest_us / 1000));
}

gint64 clock_unix_us(void)
{
	const struct clock_source *source = atomic_load(&process_source);

	return source ? source->unix_us() : g_get_real_time();
}

gint64 clock_deadline_us(void)
{
	const struct clock_source *source = atomic_load(&process_source);

	return source && source->deadline_us ? source->deadline_us() : g_get_monotonic_time();
}

gboolean clock_deadline_passed(gint64 end_us)
{
	const struct clock_source *source = atomic_load(&process_source);

	return source && source->passed ? source->passed(end_us) : g_get_monotonic_time() >= end_us;
}

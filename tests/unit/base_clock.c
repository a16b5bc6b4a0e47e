/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"

#include "base/error.h"

#include <math.h>

static const double plenty_s = 20;

static struct bounds bounds_of(GCancellable *cancellable)
{
	return (struct bounds){deadline_in_s(plenty_s), cancellable};
}

static void test_scale(void)
{
	static const double wrong[] = {0, -1, NAN, INFINITY};
	g_assert_cmpfloat(clock_scale(), ==, 1);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_test_expect_message(G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "*clock_set_scale*");
		clock_set_scale(wrong[i]);
		g_test_assert_expected_messages();
		g_assert_cmpfloat(clock_scale(), ==, 1);
	}
	clock_set_scale(1000);
	g_assert_cmpfloat(clock_scale(), ==, 1000);
	clock_set_scale(1);
}

static void test_sleep(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	GCancellable *const cases[] = {NULL, cancellable};
	clock_set_scale(1000);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds bounds = bounds_of(cases[i]);
		gint64 real_us = g_get_monotonic_time();
		double start_s = clock_now_s();
		g_assert_true(clock_sleep_s(5, &bounds, &error));
		g_assert_no_error(error);
		g_assert_cmpint(g_get_monotonic_time() - real_us, >=, 5000);
		g_assert_cmpfloat(clock_now_s() - start_s, >=, 4.999);
	}
	clock_set_scale(1);
}

static void test_no_wait(void)
{
	g_autoptr(GError) error = NULL;
	struct bounds bounds = bounds_of(NULL);
	g_assert_true(clock_sleep_s(0, &bounds, &error));
	g_assert_true(clock_sleep_s(-5, &bounds, &error));
	g_assert_no_error(error);
}

static void test_refuse(void)
{
	static const double wrong[] = {NAN, INFINITY, 1e300};
	struct bounds bounds = bounds_of(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(clock_sleep_s(wrong[i], &bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	}
}

static void test_deadline(void)
{
	g_autoptr(GError) error = NULL;
	struct bounds outer = bounds_of(NULL);
	struct bounds bounds = bounds_within(&outer, 0.005);
	g_assert_false(clock_sleep_s(50, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_true(deadline_passed(bounds.deadline));
	g_assert_false(deadline_passed(outer.deadline));
}

static gpointer cancel_it(gpointer cancellable)
{
	g_cancellable_cancel(cancellable);
	return NULL;
}

static void test_cancel(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	struct bounds bounds = bounds_of(cancellable);
	GThread *thread = g_thread_new("cancel", cancel_it, cancellable);
	g_assert_false(clock_sleep_s(50, &bounds, &error));
	g_thread_join(thread);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_false(deadline_passed(bounds.deadline));
	g_clear_error(&error);
	g_assert_false(clock_sleep_s(0, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
}

static void test_utc_text(void)
{
	static const struct {
		gint64 unix_us;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{1769862896789999, "2026-01-31T12:34:56.789Z"},
		{-1, "1969-12-31T23:59:59.999Z"},
		{951782400000000, "2000-02-29T00:00:00.000Z"},
		{G_GINT64_CONSTANT(253402300799999999), "9999-12-31T23:59:59.999Z"},
		{G_GINT64_CONSTANT(253402300800000000), NULL},
		{G_MAXINT64, NULL},
		{G_MININT64, NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = clock_utc_text(rows[i].unix_us);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
	gint64 now_us = clock_unix_us();
	g_assert_cmpint(ABS(now_us - g_get_real_time()), <, 60 * G_USEC_PER_SEC);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/clock/scale", test_scale);
	g_test_add_func("/base/clock/sleep", test_sleep);
	g_test_add_func("/base/clock/no_wait", test_no_wait);
	g_test_add_func("/base/clock/refuse", test_refuse);
	g_test_add_func("/base/clock/deadline", test_deadline);
	g_test_add_func("/base/clock/cancel", test_cancel);
	g_test_add_func("/base/clock/utc_text", test_utc_text);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/deadline.h"

#include "base/error.h"

#include <math.h>

static void test_left(void)
{
	struct deadline later = deadline_in_s(100);
	g_assert_false(deadline_passed(later));
	g_assert_cmpfloat(deadline_left_s(later), >, 50);
	g_assert_cmpfloat(deadline_left_s(later), <=, 100);
	static const double past[] = {0, -1, -1e300, -INFINITY};
	for (gsize i = 0; i < G_N_ELEMENTS(past); i++) {
		struct deadline passed = deadline_in_s(past[i]);
		g_assert_true(deadline_passed(passed));
		g_assert_cmpfloat(deadline_left_s(passed), ==, 0);
	}
}

/* A limit that is none is a fault of the caller and must not become an endless wait. */
static void test_no_limit(void)
{
	static const double wrong[] = {NAN, INFINITY, 1e300};
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_test_expect_message(G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "*deadline_in_s*");
		struct deadline passed = deadline_in_s(wrong[i]);
		g_test_assert_expected_messages();
		g_assert_true(deadline_passed(passed));
	}
}

static void test_earlier(void)
{
	struct deadline a = {100};
	struct deadline b = {200};
	g_assert_cmpint(deadline_earlier(a, b).end_us, ==, 100);
	g_assert_cmpint(deadline_earlier(b, a).end_us, ==, 100);
	g_assert_cmpint(deadline_earlier(a, a).end_us, ==, 100);
}

static void test_check(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	g_assert_true(deadline_check(deadline_in_s(100), cancellable, "settle", &error));
	g_assert_true(deadline_check(deadline_in_s(100), NULL, "settle", &error));
	g_assert_no_error(error);
	g_assert_false(deadline_check(deadline_in_s(0), NULL, "settle", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_true(g_str_has_prefix(error->message, "settle: "));
	g_clear_error(&error);
	g_cancellable_cancel(cancellable);
	g_assert_false(deadline_check(deadline_in_s(0), cancellable, "settle", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
}

static void test_bounds(void)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds outer = {deadline_in_s(100), cancellable};
	struct bounds inner = bounds_within(&outer, 10);
	g_assert_true(inner.cancellable == cancellable);
	g_assert_cmpint(inner.deadline.end_us, <, outer.deadline.end_us);
	struct bounds wider = bounds_within(&outer, 1000);
	g_assert_cmpint(wider.deadline.end_us, ==, outer.deadline.end_us);

	g_autoptr(GError) error = NULL;
	g_assert_true(bounds_check(&inner, "poll", &error));
	g_assert_no_error(error);
	struct bounds over = bounds_within(&outer, 0);
	g_assert_false(bounds_check(&over, "poll", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_clear_error(&error);
	g_cancellable_cancel(cancellable);
	g_assert_false(bounds_check(&inner, "poll", &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/deadline/left", test_left);
	g_test_add_func("/base/deadline/no_limit", test_no_limit);
	g_test_add_func("/base/deadline/earlier", test_earlier);
	g_test_add_func("/base/deadline/check", test_check);
	g_test_add_func("/base/deadline/bounds", test_bounds);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/pace.h"

#include <math.h>

static void assert_left(const struct pace *pace, const char *name, int lane, const char *corner,
                        double expected_s)
{
	double left_s;
	gboolean known = pace_left_s(pace, name, lane, corner, &left_s);

	if (isnan(expected_s)) {
		g_assert_false(known);
		g_assert_true(isnan(left_s));
	} else {
		g_assert_true(known);
		g_assert_cmpfloat_with_epsilon(left_s, expected_s, 1e-12);
	}
}

static void test_nothing(void)
{
	g_autoptr(pace) pace = pace_new();
	double total_s = 1;

	g_assert_false(pace_total_s(pace, &total_s));
	g_assert_true(isnan(total_s));
	g_assert_cmpuint(pace_n_runs(pace), ==, 0);
	assert_left(pace, "x", 0, "", NAN);
}

/* The middle of an odd number, the mean of the two in the middle of an even one. */
static void test_medians(void)
{
	static const double totals_s[] = {50, 10, 400, 20, 30};
	static const double medians_s[] = {50, 30, 50, 35, 30};
	g_autoptr(pace) pace = pace_new();

	for (guint i = 0; i < G_N_ELEMENTS(totals_s); i++) {
		double total_s;

		pace_add_run(pace, totals_s[i]);
		pace_add_step(pace, "x", 1, "hot", totals_s[i] / 2);
		g_assert_true(pace_total_s(pace, &total_s));
		g_assert_cmpfloat(total_s, ==, medians_s[i]);
		assert_left(pace, "x", 1, "hot", medians_s[i] / 2);
	}
	g_assert_cmpuint(pace_n_runs(pace), ==, 5);
}

/* Steps are told apart by all of name, lane and corner; a run that lacks one does not count. */
static void test_steps(void)
{
	g_autoptr(pace) pace = pace_new();

	pace_add_run(pace, 10);
	pace_add_step(pace, "x", 1, "", 9);
	pace_add_step(pace, "x", 1, "", 5); /* again: the first counts */
	pace_add_step(pace, "x", 2, "", 4);
	pace_add_step(pace, "x", 1, "hot", 3);
	pace_add_step(pace, "y", 1, "", 2);
	pace_add_run(pace, 20);
	pace_add_step(pace, "x", 1, "", 19);
	assert_left(pace, "x", 1, "", 14);
	assert_left(pace, "x", 2, "", 4);
	assert_left(pace, "x", 1, "hot", 3);
	assert_left(pace, "y", 1, "", 2);
	assert_left(pace, "y", 2, "", NAN);
	assert_left(pace, "y", 1, "hot", NAN);
	assert_left(pace, "", 1, "", NAN);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pace/nothing", test_nothing);
	g_test_add_func("/pace/medians", test_medians);
	g_test_add_func("/pace/steps", test_steps);
	return g_test_run();
}

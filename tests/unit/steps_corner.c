/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/corner.h"

#include <math.h>

static const double drift_degc = 0.3, drift_time_s = 10.0;

/* Seconds until a temperature that follows degc(t), read once a second, is at rest; 999: never. */
static double rest_after_s(double (*degc)(double t_s))
{
	struct corner_rest rest = {0};

	for (double t_s = 0; t_s < 999; t_s += 1)
		if (corner_is_at_rest(&rest, 1000 + t_s, degc(t_s), drift_degc, drift_time_s))
			return t_s;
	return 999;
}

static double constant(double t_s)
{
	return 70;
}

/* 45 K away, with the time constant of a module under a head. */
static double approach(double t_s)
{
	return 70 - 45 * exp(-t_s / 30);
}

static double creep(double t_s)
{
	return 25 + 0.031 * t_s;
}

static double slow_creep(double t_s)
{
	return 25 + 0.029 * t_s;
}

static double noise(double t_s)
{
	return 25 + (((int)t_s & 1) ? 0.1 : -0.1);
}

static double hunting(double t_s)
{
	return 25 + 0.2 * sin(2 * G_PI * t_s / 12);
}

static double below_zero(double t_s)
{
	return -40;
}

static void test_rest(void)
{
	g_assert_cmpfloat(rest_after_s(constant), ==, 10);
	g_assert_cmpfloat(rest_after_s(below_zero), ==, 10);
	g_assert_cmpfloat(rest_after_s(noise), ==, 10);
	g_assert_cmpfloat(rest_after_s(slow_creep), ==, 10);
	g_assert_cmpfloat(rest_after_s(creep), ==, 999);
	g_assert_cmpfloat(rest_after_s(hunting), ==, 999);
}

/* It moves by the drift within the drift time when 45 K exp(-t/30 s) (1 - exp(-1/3)) = 0.3 K. */
static void test_approach(void)
{
	double steady_s = 30 * log(45 * (1 - exp(-1.0 / 3)) / drift_degc);
	double seen_s = rest_after_s(approach);

	g_assert_cmpfloat(seen_s, >=, steady_s + drift_time_s);
	g_assert_cmpfloat(seen_s, <=, steady_s + 2 * drift_time_s + 1);
}

/* A jump starts the time anew. */
static void test_jump(void)
{
	struct corner_rest rest = {0};

	for (int t_s = 0; t_s < 10; t_s++)
		g_assert_false(corner_is_at_rest(&rest, t_s, 25, drift_degc, drift_time_s));
	g_assert_false(corner_is_at_rest(&rest, 10, 25.5, drift_degc, drift_time_s));
	for (int t_s = 11; t_s < 20; t_s++)
		g_assert_false(corner_is_at_rest(&rest, t_s, 25.5, drift_degc, drift_time_s));
	g_assert_true(corner_is_at_rest(&rest, 20, 25.5, drift_degc, drift_time_s));
}

/* What is no number is no rest. */
static void test_not_a_number(void)
{
	struct corner_rest rest = {0};

	for (int t_s = 0; t_s < 50; t_s++)
		g_assert_false(corner_is_at_rest(&rest, t_s, NAN, drift_degc, drift_time_s));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/corner/rest", test_rest);
	g_test_add_func("/corner/approach", test_approach);
	g_test_add_func("/corner/jump", test_jump);
	g_test_add_func("/corner/not-a-number", test_not_a_number);
	return g_test_run();
}

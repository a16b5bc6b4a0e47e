/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/normal.h"

#include <glib.h>

#include <math.h>

/* Quantiles from tables of the normal distribution. */
static void test_known(void)
{
	static const struct {
		double p, x;
	} rows[] = {
		{0.5, 0},
		{0.05, 1.6448536269514722},
		{0.025, 1.959963984540054},
		{0.022750131948179195, 2},
		{0.0013498980316300933, 3},
		{2.866515718791933e-7, 5},
		{0.95, -1.6448536269514722},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpfloat_with_epsilon(normal_tail_inverse(rows[i].p), rows[i].x, 1e-12);
}

static void test_inverse(void)
{
	for (double x = -8; x <= 35; x += 0.37) {
		double p = normal_tail(x);
		double again = normal_tail(normal_tail_inverse(p));
		g_assert_cmpfloat(fabs(again - p), <=, 1e-11 * p);
	}
}

static void test_outside(void)
{
	static const double odd[] = {0, 1, -0.1, 1.1, NAN, INFINITY, -INFINITY};
	for (gsize i = 0; i < G_N_ELEMENTS(odd); i++)
		g_assert_true(isnan(normal_tail_inverse(odd[i])));
	g_assert_true(isfinite(normal_tail_inverse(5e-324)));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/normal/known", test_known);
	g_test_add_func("/base/normal/inverse", test_inverse);
	g_test_add_func("/base/normal/outside", test_outside);
	return g_test_run();
}

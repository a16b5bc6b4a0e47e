/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/gates_trial.h"

#include <string.h>

/* What make check-gates does with thousands. */
static void test_units(void)
{
	struct gates_totals totals;

	gates_run(400, 2, TRUE, &totals);
	g_test_message("%s", totals.lines->str);
	g_assert_cmpstr(totals.faults->str, ==, "");
	g_assert_cmpuint(totals.units, ==, 400);
	g_assert_cmpuint(totals.good, >, 200);
	g_assert_cmpuint(totals.bad, >, 200);
	/* most are told at once */
	g_assert_cmpfloat(totals.time, <, 0.3 * totals.units);
	gates_totals_clear(&totals);
}

/* Bursts that nobody told the gates of are seen here, or the test above would see nothing. */
static void test_untold(void)
{
	struct gates_totals totals;

	gates_run(400, 3, FALSE, &totals);
	g_test_message("%s", totals.lines->str);
	g_assert_nonnull(strstr(totals.faults->str, "at the edges, tens: "));
	g_assert_null(strstr(totals.faults->str, "at the edges, errors alone: "));
	gates_totals_clear(&totals);
}

/* The judge itself: 1 - 0.9^5, and 2 of 3 coins. */
static void test_tail(void)
{
	g_assert_cmpfloat_with_epsilon(gates_binomial_tail(1, 5, 0.1), 0.40951, 1e-9);
	g_assert_cmpfloat_with_epsilon(gates_binomial_tail(2, 3, 0.5), 0.5, 1e-9);
	g_assert_cmpfloat(gates_binomial_tail(30, 1000, 0.01), <, 1e-4);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/gates/units", test_units);
	g_test_add_func("/signal/gates/untold", test_untold);
	g_test_add_func("/signal/gates/tail", test_tail);
	return g_test_run();
}

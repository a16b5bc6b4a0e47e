/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/stimulus.h"

static void count_levels(const guint8 *symbols, gsize n, guint counts[4])
{
	for (gsize i = 0; i < n; i++) {
		g_assert_cmpuint(symbols[i], <=, 3);
		counts[symbols[i]]++;
	}
}

/* Longest run of a level, the pattern taken as a ring. */
static guint longest_run(const guint8 *symbols, gsize n, guint8 level)
{
	guint longest = 0, run = 0;

	for (gsize i = 0; i < 2 * n; i++) {
		run = symbols[i % n] == level ? run + 1 : 0;
		longest = MAX(longest, run);
	}
	return longest;
}

static void test_ssprq(void)
{
	gsize n;
	guint counts[4] = {0}, edges = 0;
	g_autofree guint8 *symbols = stimulus_new(WORLD_PATTERN_SSPRQ, &n);

	g_assert_cmpuint(n, ==, STIMULUS_SSPRQ_SYMBOLS);
	g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, symbols, n);
	g_assert_cmpstr(sum, ==,
	                "f17f5effb8e68863e5355258186456e1c3b3c48b5519c1a0c46dac855fae3582");
	count_levels(symbols, n, counts);
	g_assert_cmpuint(counts[0], ==, 15215);
	g_assert_cmpuint(counts[1], ==, 17553);
	g_assert_cmpuint(counts[2], ==, 17552);
	g_assert_cmpuint(counts[3], ==, 15215);
	for (gsize i = 0; i + 1 < n; i++)
		edges += symbols[i] != symbols[i + 1];
	g_assert_cmpfloat_with_epsilon(edges / (double)(n - 1), 0.699011, 1e-6);
	g_assert_cmpuint(longest_run(symbols, n, 0), ==, 14);
	g_assert_cmpuint(longest_run(symbols, n, 3), ==, 14);
}

static void test_prbs13q(void)
{
	static const char begins[] = "1031320220111130103121231210012102121023131112";
	gsize n;
	guint counts[4] = {0};
	g_autofree guint8 *symbols = stimulus_new(WORLD_PATTERN_PRBS13Q, &n);

	g_assert_cmpuint(n, ==, STIMULUS_PRBS13Q_SYMBOLS);
	for (gsize i = 0; begins[i]; i++)
		g_assert_cmpint('0' + symbols[i], ==, begins[i]);
	count_levels(symbols, n, counts);
	g_assert_cmpuint(counts[0], ==, 2047);
	g_assert_cmpuint(counts[1], ==, 2048);
	g_assert_cmpuint(counts[2], ==, 2048);
	g_assert_cmpuint(counts[3], ==, 2048);
	g_assert_cmpuint(longest_run(symbols, n, 3), ==, 7);
	g_assert_cmpuint(longest_run(symbols, n, 0), ==, 6);
}

static void test_without_period(void)
{
	gsize n = 1;

	g_assert_null(stimulus_new(WORLD_PATTERN_PRBS31Q, &n));
	g_assert_cmpuint(n, ==, 0);
	g_assert_null(stimulus_new(WORLD_PATTERN_NONE, &n));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/stimulus/ssprq", test_ssprq);
	g_test_add_func("/bench/stimulus/prbs13q", test_prbs13q);
	g_test_add_func("/bench/stimulus/without-period", test_without_period);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pattern.h"

#include "base/error.h"

#include <glib.h>
#include <string.h>

static void check_prefix(const guint8 *symbols, const char *digits)
{
	for (gsize i = 0; digits[i]; i++)
		g_assert_cmpuint(symbols[i], ==, (guint)(digits[i] - '0'));
}

static void count_levels(const guint8 *symbols, gsize n, guint count[4])
{
	memset(count, 0, 4 * sizeof(*count));
	for (gsize i = 0; i < n; i++) {
		g_assert_cmpuint(symbols[i], <=, 3);
		count[symbols[i]]++;
	}
}

/* Cyclic runs of a level with at least `least` symbols; *longest is the longest of all. */
static guint count_runs(const guint8 *symbols, gsize n, guint8 level, guint least, guint *longest)
{
	guint runs = 0;

	*longest = 0;
	for (gsize i = 0; i < n; i++) {
		guint length = 0;

		if (symbols[i] != level || symbols[(i + n - 1) % n] == level)
			continue;
		while (length < n && symbols[(i + length) % n] == level)
			length++;
		*longest = MAX(*longest, length);
		runs += length >= least;
	}
	return runs;
}

static void test_prbs13q(void)
{
	gsize n = 0;
	g_autofree guint8 *symbols = pattern_symbols(PATTERN_PRBS13Q, &n, NULL);
	guint count[4], longest;

	g_assert_cmpuint(n, ==, 8191);
	check_prefix(symbols, "1031320220111130103121231210012102121023131112");
	count_levels(symbols, n, count);
	g_assert_cmpuint(count[0], ==, 2047);
	for (guint level = 1; level < 4; level++)
		g_assert_cmpuint(count[level], ==, 2048);
	g_assert_cmpuint(count_runs(symbols, n, 3, 7, &longest), ==, 1);
	g_assert_cmpuint(longest, ==, 7);
	g_assert_cmpuint(count_runs(symbols, n, 0, 6, &longest), ==, 1);
	g_assert_cmpuint(longest, ==, 6);
}

static void test_prbs31q(void)
{
	g_autofree guint8 *symbols = pattern_first(PATTERN_PRBS31Q, 50);
	g_autoptr(GError) error = NULL;
	gsize n = 0;

	check_prefix(symbols, "22222222222222012222222222220002222222222201201222");
	g_assert_null(pattern_symbols(PATTERN_PRBS31Q, &n, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_assert_cmpuint(pattern_period(PATTERN_PRBS31Q), ==, 2147483647u);
}

static void test_ssprq(void)
{
	gsize n = 0, changes = 0;
	g_autofree guint8 *symbols = pattern_symbols(PATTERN_SSPRQ, &n, NULL);
	g_autofree char *sum = NULL;
	guint count[4], longest;

	g_assert_cmpuint(n, ==, 65535);
	check_prefix(symbols, "2222222222222132222222222221221222222222213213222222222122222122");
	/* sha256 of the standard's SSPRQ_sequence.csv as one byte per symbol */
	sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, symbols, n);
	g_assert_cmpstr(sum, ==,
	                "f17f5effb8e68863e5355258186456e1c3b3c48b5519c1a0c46dac855fae3582");
	count_levels(symbols, n, count);
	g_assert_cmpuint(count[0], ==, 15215);
	g_assert_cmpuint(count[1], ==, 17553);
	g_assert_cmpuint(count[2], ==, 17552);
	g_assert_cmpuint(count[3], ==, 15215);
	for (gsize i = 0; i + 1 < n; i++)
		changes += symbols[i] != symbols[i + 1];
	g_assert_cmpfloat_with_epsilon((double)changes / (double)(n - 1), 0.699011, 5e-7);
	g_assert_cmpuint(count_runs(symbols, n, 0, 6, &longest), ==, 59);
	g_assert_cmpuint(longest, ==, 14);
	g_assert_cmpuint(count_runs(symbols, n, 3, 7, &longest), ==, 39);
	g_assert_cmpuint(longest, ==, 14);
}

static void test_names(void)
{
	for (guint i = 0; i < PATTERN_N; i++) {
		const char *name = pattern_name((enum pattern_id)i);
		g_autofree char *lower = g_ascii_strdown(name, -1);
		enum pattern_id id = PATTERN_N;

		g_assert_true(pattern_from_name(name, &id));
		g_assert_cmpuint(id, ==, i);
		g_assert_true(pattern_from_name(lower, &id));
	}
	enum pattern_id untouched = PATTERN_SSPRQ;

	g_assert_cmpstr(pattern_name(PATTERN_PRBS31Q), ==, "PRBS31Q");
	g_assert_cmpstr(pattern_name(PATTERN_SSPRQ), ==, "SSPRQ");
	g_assert_cmpstr(pattern_name(PATTERN_SQUARE), ==, "square");

	g_assert_false(pattern_from_name("PRBS12Q", &untouched));
	g_assert_false(pattern_from_name("", &untouched));
	g_assert_cmpuint(untouched, ==, PATTERN_SSPRQ);
}

/* Every period is one: the pattern repeats there, every symbol occurs, and no half of it repeats.
 */
static void test_periods(void)
{
	for (guint i = 0; i < PATTERN_N; i++) {
		enum pattern_id id = (enum pattern_id)i;
		gsize n = (gsize)pattern_period(id);
		g_autofree guint8 *symbols = NULL;

		if (id == PATTERN_PRBS31Q)
			continue;
		symbols = pattern_first(id, 2 * n + 5);
		g_assert_cmpmem(symbols, n, symbols + n, n);
		g_assert_cmpmem(symbols, 5, symbols + 2 * n, 5);
		g_assert_cmpint(memcmp(symbols, symbols + n / 2, n / 2), !=, 0);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/pattern/prbs13q", test_prbs13q);
	g_test_add_func("/signal/pattern/prbs31q", test_prbs31q);
	g_test_add_func("/signal/pattern/ssprq", test_ssprq);
	g_test_add_func("/signal/pattern/names", test_names);
	g_test_add_func("/signal/pattern/periods", test_periods);
	return g_test_run();
}

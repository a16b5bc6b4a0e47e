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

		if (id == PATTERN_PRBS31Q || id == PATTERN_PRBS31)
			continue;
		symbols = pattern_first(id, 2 * n + 5);
		g_assert_cmpmem(symbols, n, symbols + n, n);
		g_assert_cmpmem(symbols, 5, symbols + 2 * n, 5);
		g_assert_cmpint(memcmp(symbols, symbols + n / 2, n / 2), !=, 0);
	}
}

/* A piece from anywhere is that part of the whole, also where it goes over the end. */
static void test_pieces(void)
{
	for (guint i = 0; i < PATTERN_N; i++) {
		enum pattern_id id = (enum pattern_id)i;
		guint64 period = pattern_period(id);
		const guint64 begins[] = {0, 1, 3, period / 2, period - 1, 7 * period + 5};
		g_autofree guint8 *whole = NULL;
		guint8 piece[70000];

		if (period > 1u << 20)
			continue;
		whole = pattern_first(id, (gsize)period);
		for (guint b = 0; b < G_N_ELEMENTS(begins); b++) {
			gsize n = sizeof(piece) - 13 * b;

			pattern_fill(id, begins[b], piece, n);
			for (gsize k = 0; k < n; k++)
				g_assert_cmpuint(piece[k], ==, whole[(begins[b] + k) % period]);
		}
	}
}

/* The end of a pattern that is never held whole runs into its beginning. */
static void test_long_ends(void)
{
	static const enum pattern_id ids[] = {PATTERN_PRBS23Q, PATTERN_PRBS31Q, PATTERN_PRBS31};

	for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autofree guint8 *first = pattern_first(ids[i], 5000);
		guint8 piece[6000];

		pattern_fill(ids[i], pattern_period(ids[i]) - 1000, piece, sizeof(piece));
		g_assert_cmpmem(piece + 1000, 5000, first, 5000);
	}
}

/* Bits and pairs of bits are the same sequence. */
static void test_bits(void)
{
	for (guint i = 0; i < PATTERN_N; i++) {
		enum pattern_id q = (enum pattern_id)i, id;
		g_autofree char *name = g_strdup(pattern_name(q));
		g_autofree guint8 *bits = NULL, *symbols = NULL;
		enum prbs_id prbs, same;

		if (pattern_bits_per_symbol(q) == 1 || !pattern_prbs(q, &prbs))
			continue;
		name[strlen(name) - 1] = '\0';
		g_assert_true(pattern_from_name(name, &id));
		g_assert_cmpstr(name, ==, prbs_name(prbs));
		g_assert_cmpuint(pattern_bits_per_symbol(id), ==, 1);
		g_assert_true(pattern_prbs(id, &same));
		g_assert_cmpuint(same, ==, prbs);
		bits = pattern_first(id, 2000);
		symbols = pattern_first(q, 1000);
		for (guint k = 0; k < 1000; k++) {
			g_assert_cmpuint(symbols[k] >> 1, ==, bits[2 * k]);
			g_assert_cmpuint((symbols[k] ^ symbols[k] >> 1) & 1, ==, bits[2 * k + 1]);
		}
	}
}

static void test_square(void)
{
	enum prbs_id untouched = PRBS_N;
	guint8 symbols[64];

	pattern_fill(PATTERN_SQUARE, 0, symbols, 20);
	check_prefix(symbols, "33333333000000003333");
	pattern_fill_square(3, 2, symbols, 10);
	check_prefix(symbols, "3000333000");
	g_assert_false(pattern_prbs(PATTERN_SQUARE, &untouched));
	g_assert_cmpuint(untouched, ==, PRBS_N);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/pattern/prbs13q", test_prbs13q);
	g_test_add_func("/signal/pattern/prbs31q", test_prbs31q);
	g_test_add_func("/signal/pattern/ssprq", test_ssprq);
	g_test_add_func("/signal/pattern/names", test_names);
	g_test_add_func("/signal/pattern/periods", test_periods);
	g_test_add_func("/signal/pattern/pieces", test_pieces);
	g_test_add_func("/signal/pattern/long_ends", test_long_ends);
	g_test_add_func("/signal/pattern/bits", test_bits);
	g_test_add_func("/signal/pattern/square", test_square);
	return g_test_run();
}

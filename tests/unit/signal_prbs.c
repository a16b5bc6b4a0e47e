/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/prbs.h"

#include <glib.h>
#include <string.h>

/* The recursions of the polynomials, typed again: s[t] is the sum of s[t - lag]. */
static const struct {
	guint n;
	guint lags[4];
	guint inverted;
} recursions[PRBS_N] = {
	[PRBS7] = {7, {6, 7}, 0},           [PRBS9] = {9, {5, 9}, 0},
	[PRBS13] = {13, {1, 2, 12, 13}, 0}, [PRBS15] = {15, {14, 15}, 0},
	[PRBS23] = {23, {18, 23}, 0},       [PRBS31] = {31, {28, 31}, 1},
};

/* n bits, one to a byte, from the defined beginning. Free with g_free. */
static guint8 *definition(enum prbs_id id, guint32 seed, gsize n)
{
	gsize before = recursions[id].n;
	guint8 *bits = g_new(guint8, before + n);

	/* stage S0 holds the newest bit */
	for (gsize i = 0; i < before; i++)
		bits[before - 1 - i] = seed >> i & 1;
	for (gsize i = before; i < before + n; i++) {
		bits[i] = 0;
		for (guint k = 0; k < 4 && recursions[id].lags[k]; k++)
			bits[i] ^= bits[i - recursions[id].lags[k]];
	}
	memmove(bits, bits + before, n);
	for (gsize i = 0; i < n; i++)
		bits[i] ^= recursions[id].inverted;
	return bits;
}

static void check_bits(const guint8 *packed, const guint8 *bits, gsize n)
{
	for (gsize i = 0; i < n; i++)
		g_assert_cmpuint(packed[i / 8] >> (7 - i % 8) & 1, ==, bits[i]);
}

static void begin(struct prbs *prbs, guint id)
{
	prbs_start(prbs, (enum prbs_id)id, prbs_seed((enum prbs_id)id, 0));
}

static void test_definition(void)
{
	const gsize n = 9000;

	for (guint id = 0; id < PRBS_N; id++) {
		for (guint lane = 0; lane < PRBS_LANES; lane++) {
			guint32 seed = prbs_seed((enum prbs_id)id, lane);
			g_autofree guint8 *bits = definition((enum prbs_id)id, seed, 8 * n);
			g_autofree guint8 *packed = g_new(guint8, n);
			struct prbs prbs;

			prbs_start(&prbs, (enum prbs_id)id, seed);
			prbs_bits(&prbs, packed, n);
			check_bits(packed, bits, 8 * n);
			prbs_start(&prbs, (enum prbs_id)id, seed);
			for (gsize i = 0; i < 200; i++)
				g_assert_cmpuint(prbs_bit(&prbs), ==, bits[i]);
		}
	}
}

/* The published beginning of lane 0 of PRBS13Q; level counts and runs are those of every lane. */
static void test_lanes(void)
{
	static const char *const written[PRBS_LANES] = {"0000010101011", "0011101000001",
	                                                "1001000101100", "0100010000010"};
	guint8 lanes[PRBS_LANES][8191];

	for (guint lane = 0; lane < PRBS_LANES; lane++) {
		guint count[4] = {0};
		struct prbs prbs;

		for (guint i = 0; i < 13; i++)
			g_assert_cmpuint(prbs_seed(PRBS13, lane) >> i & 1, ==,
			                 (guint)(written[lane][i] - '0'));
		prbs_start(&prbs, PRBS13, prbs_seed(PRBS13, lane));
		prbs_symbols(&prbs, lanes[lane], 8191);
		for (gsize i = 0; i < 8191; i++)
			count[lanes[lane][i]]++;
		g_assert_cmpuint(count[0], ==, 2047);
		for (guint level = 1; level < 4; level++)
			g_assert_cmpuint(count[level], ==, 2048);
		for (guint other = 0; other < lane; other++)
			g_assert_cmpint(memcmp(lanes[lane], lanes[other], 64), !=, 0);
	}
	for (guint i = 0; i < 46; i++)
		g_assert_cmpuint(lanes[0][i], ==,
		                 (guint)("1031320220111130103121231210012102121023131112"[i] -
		                         '0'));
}

/* The register is back after a period, and after no part of it that could be one. */
static void test_periods(void)
{
	static const gint64 factors[PRBS_N][3] = {
		[PRBS7] = {127},         [PRBS9] = {7, 73},       [PRBS13] = {8191},
		[PRBS15] = {7, 31, 151}, [PRBS23] = {47, 178481}, [PRBS31] = {2147483647},
	};

	for (guint id = 0; id < PRBS_N; id++) {
		gint64 period = (gint64)prbs_period((enum prbs_id)id);
		struct prbs prbs;

		begin(&prbs, id);
		prbs_jump(&prbs, period - 1);
		prbs_bit(&prbs);
		g_assert_cmpuint(prbs.state, ==, prbs_seed((enum prbs_id)id, 0));
		for (guint i = 0; i < 3 && factors[id][i]; i++) {
			g_assert_cmpint(period % factors[id][i], ==, 0);
			begin(&prbs, id);
			prbs_jump(&prbs, period / factors[id][i]);
			g_assert_cmpuint(prbs.state, !=, prbs_seed((enum prbs_id)id, 0));
		}
	}
	/* all ones and zeros of the short ones, walked */
	for (guint id = 0; id < PRBS23; id++) {
		guint64 period = prbs_period((enum prbs_id)id), ones = 0;
		struct prbs prbs;

		begin(&prbs, id);
		for (guint64 i = 0; i < period; i++)
			ones += prbs_bit(&prbs);
		g_assert_cmpuint(ones, ==, (period + 1) / 2);
		g_assert_cmpuint(prbs.state, ==, prbs_seed((enum prbs_id)id, 0));
	}
}

static void test_jumps(void)
{
	static const gint64 far[] = {1, 2, 7, 31, 32, 1000, 4095, 40000};

	for (guint id = 0; id < PRBS_N; id++) {
		for (guint i = 0; i < G_N_ELEMENTS(far); i++) {
			struct prbs stepped, jumped;

			begin(&stepped, id);
			jumped = stepped;
			for (gint64 k = 0; k < far[i]; k++)
				prbs_bit(&stepped);
			prbs_jump(&jumped, far[i]);
			g_assert_cmpuint(jumped.state, ==, stepped.state);
			prbs_jump(&jumped, -far[i]);
			g_assert_cmpuint(jumped.state, ==, prbs_seed((enum prbs_id)id, 0));
		}
	}
}

/* Jumps add up, far beyond what can be stepped, and the position tells them. */
static void test_positions(void)
{
	for (guint id = 0; id < PRBS_N; id++) {
		gint64 period = (gint64)prbs_period((enum prbs_id)id);
		const gint64 far[] = {0,  1,          period - 1, period / 3, 1234567890123,
		                      -5, G_MININT64, G_MAXINT64};

		for (guint i = 0; i < G_N_ELEMENTS(far); i++) {
			struct prbs prbs, halves;

			begin(&prbs, id);
			halves = prbs;
			prbs_jump(&prbs, far[i]);
			prbs_jump(&halves, far[i] / 2);
			prbs_jump(&halves, far[i] - far[i] / 2);
			g_assert_cmpuint(prbs.state, ==, halves.state);
			g_assert_cmpuint(prbs_position(&prbs), ==,
			                 (guint64)((far[i] % period + period) % period));
		}
	}
}

/* Pieces of every size, with jumps and single bits between them, make the same sequence. */
static void test_pieces(void)
{
	const gsize n = 70000;

	for (guint id = 0; id < PRBS_N; id++) {
		g_autofree guint8 *bits =
			definition((enum prbs_id)id, prbs_seed((enum prbs_id)id, 0), n);
		guint8 packed[3000];
		gsize at = 0, piece = 0;
		struct prbs prbs;

		begin(&prbs, id);
		while (at + 8 * sizeof(packed) + 20 < n) {
			piece = (piece * 5 + 1) % sizeof(packed);
			prbs_bits(&prbs, packed, piece);
			check_bits(packed, bits + at, 8 * piece);
			at += 8 * piece;
			if (piece % 3 == 0)
				g_assert_cmpuint(prbs_bit(&prbs), ==, bits[at++]);
			if (piece % 5 == 0) {
				prbs_jump(&prbs, 13);
				at += 13;
			}
		}
	}
}

static void test_symbols(void)
{
	static const guint8 gray[4] = {0, 1, 3, 2};
	const gsize n = 60000;

	for (guint id = 0; id < PRBS_N; id++) {
		g_autofree guint8 *bits =
			definition((enum prbs_id)id, prbs_seed((enum prbs_id)id, 0), 2 * n);
		g_autofree guint8 *symbols = g_new(guint8, n);
		struct prbs prbs;

		begin(&prbs, id);
		for (gsize at = 0, piece = 1; at < n; at += piece, piece = 3 * piece + 1)
			prbs_symbols(&prbs, symbols + at, MIN(piece, n - at));
		for (gsize i = 0; i < n; i++)
			g_assert_cmpuint(symbols[i], ==, gray[bits[2 * i] << 1 | bits[2 * i + 1]]);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/prbs/definition", test_definition);
	g_test_add_func("/signal/prbs/lanes", test_lanes);
	g_test_add_func("/signal/prbs/periods", test_periods);
	g_test_add_func("/signal/prbs/jumps", test_jumps);
	g_test_add_func("/signal/prbs/positions", test_positions);
	g_test_add_func("/signal/prbs/pieces", test_pieces);
	g_test_add_func("/signal/prbs/symbols", test_symbols);
	return g_test_run();
}

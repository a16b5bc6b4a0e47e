/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* The kernels for packed bits against definitions bit by bit, on every step of the ladder. */
#include "signal/kernels.h"

#include <glib.h>
#include <string.h>

#define MOST  2600
#define GUARD 0xe7

/* Lengths around what vectors of every width hold, and all the short ones. */
static gsize next_length(gsize n)
{
	return n < 300 ? n + 1 : n + 97;
}

static const struct kernels *step(guint i)
{
	return kernels_for(1u << i | 1u << KERNELS_PLAIN);
}

static guint get_bit(const guint8 *bits, gsize i)
{
	return bits[i / 8] >> (7 - i % 8) & 1;
}

static void fill_random(GRand *random, guint8 *bytes, gsize n, guint mask)
{
	for (gsize i = 0; i < n; i++)
		bytes[i] = (guint8)(g_rand_int(random) & mask);
}

static void check_gray(const struct kernels *k, GRand *random, gsize n, gsize offset)
{
	static const guint8 first_bit[4] = {0, 0, 1, 1}, second_bit[4] = {0, 1, 1, 0};
	guint8 symbols[MOST + 16], bits[MOST / 4 + 20], back[MOST + 16];

	fill_random(random, symbols, sizeof(symbols), 3);
	memset(bits, GUARD, sizeof(bits));
	memset(back, GUARD, sizeof(back));
	g_assert_cmpuint(k->gray_pack(symbols + offset, n, bits + offset), <=, 3);
	for (gsize i = 0; i < n; i++) {
		g_assert_cmpuint(get_bit(bits + offset, 2 * i), ==, first_bit[symbols[offset + i]]);
		g_assert_cmpuint(get_bit(bits + offset, 2 * i + 1), ==,
		                 second_bit[symbols[offset + i]]);
	}
	for (gsize i = n; i % 4; i++)
		g_assert_cmpuint(get_bit(bits + offset, 2 * i) | get_bit(bits + offset, 2 * i + 1),
		                 ==, 0);
	g_assert_cmpuint(bits[offset + (n + 3) / 4], ==, GUARD);
	k->gray_unpack(bits + offset, n, back + offset + 1);
	g_assert_cmpmem(back + offset + 1, n, symbols + offset, n);
	g_assert_cmpuint(back[offset], ==, GUARD);
	g_assert_cmpuint(back[offset + 1 + n], ==, GUARD);
}

static void test_gray(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(41);

	for (guint i = 0; i < KERNELS_N; i++) {
		for (gsize n = 0; n < MOST - 8; n = next_length(n))
			check_gray(step(i), random, n, n % 7);
	}
}

/* The only bytes that are no symbols, wherever they stand, are seen; their low bits are taken. */
static void test_no_symbols(void)
{
	for (guint i = 0; i < KERNELS_N; i++) {
		for (gsize at = 0; at < 700; at += 13) {
			guint8 symbols[700] = {0}, bits[175];

			symbols[at] = 0x40 | 3;
			g_assert_cmpuint(step(i)->gray_pack(symbols, 700, bits), ==, 0x43);
			g_assert_cmpuint(get_bit(bits, 2 * at), ==, 1);
			g_assert_cmpuint(get_bit(bits, 2 * at + 1), ==, 0);
		}
	}
}

static void test_prbs_fill(void)
{
	static const guint back[][4] = {
		{28 * 64, 31 * 64},
		{64, 128, 12 * 64, 13 * 64},
		{6 * 64, 7 * 64},
		{64, 128},
	};
	const gsize reach = 31 * 64;
	g_autoptr(GRand) random = g_rand_new_with_seed(42);

	for (guint c = 0; c < 2 * G_N_ELEMENTS(back) * KERNELS_N; c++) {
		const guint *d = back[c / 2 % G_N_ELEMENTS(back)];
		const struct kernels *k = step(c / 2 / G_N_ELEMENTS(back));

		for (gsize n = 0; n < MOST; n = next_length(n + n / 5)) {
			guint8 room[31 * 64 + MOST + 8], *bits = room + reach + n % 5;

			fill_random(random, room, sizeof(room), 0xff);
			bits[n] = GUARD;
			k->prbs_fill(bits, n, d, c % 2);
			for (gsize i = 0; i < n; i++) {
				guint8 want = (guint8)(c % 2 ? 0xff : 0);

				for (guint t = 0; t < 4 && d[t]; t++)
					want ^= bits[(gssize)i - (gssize)d[t]];
				g_assert_cmpuint(bits[i], ==, want);
			}
			g_assert_cmpuint(bits[n], ==, GUARD);
		}
	}
}

static void check_count(const struct kernels *k, const guint8 *a, const guint8 *b, gsize n)
{
	struct kernels_errors want = {5, 6, 7}, got = want;

	for (gsize i = 0; i < 4 * n; i++) {
		guint first = get_bit(a, 2 * i) ^ get_bit(b, 2 * i);
		guint second = get_bit(a, 2 * i + 1) ^ get_bit(b, 2 * i + 1);

		want.first += first;
		want.second += second;
		want.pairs += first | second;
	}
	k->count_errors(a, b, n, &got);
	g_assert_cmpuint(got.first, ==, want.first);
	g_assert_cmpuint(got.second, ==, want.second);
	g_assert_cmpuint(got.pairs, ==, want.pairs);
}

static void test_count_errors(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(43);
	guint8 a[MOST], b[MOST];

	for (guint i = 0; i < KERNELS_N; i++) {
		for (gsize n = 0; n < MOST - 8; n = next_length(n + n / 7)) {
			fill_random(random, a, sizeof(a), 0xff);
			memcpy(b, a, sizeof(b));
			check_count(step(i), a + n % 8, b + n % 8, n);
			for (guint e = 0; e < 5; e++)
				b[g_rand_int_range(random, 0, (gint)n + 8)] ^=
					(guint8)(1 << g_rand_int_range(random, 0, 8));
			check_count(step(i), a + n % 8, b + n % 8, n);
			fill_random(random, b, sizeof(b), 0xff);
			check_count(step(i), a + n % 3, b + n % 5, n);
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/kernels_bits/gray", test_gray);
	g_test_add_func("/signal/kernels_bits/no_symbols", test_no_symbols);
	g_test_add_func("/signal/kernels_bits/prbs_fill", test_prbs_fill);
	g_test_add_func("/signal/kernels_bits/count_errors", test_count_errors);
	return g_test_run();
}

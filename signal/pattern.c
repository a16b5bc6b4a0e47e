/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pattern.h"

#include "base/error.h"
#include "signal/kernels.h"

#include <string.h>

#define NO_PRBS       PRBS_N
#define SSPRQ_BYTES   4096 /* of A */
#define SSPRQ_SYMBOLS 65535
#define HELD_MOST     (1u << 24)

static const struct {
	const char *name;
	enum prbs_id prbs;
	guint bits_per_symbol;
} patterns[PATTERN_N] = {
	[PATTERN_PRBS7Q] = {"PRBS7Q", PRBS7, 2},    [PATTERN_PRBS9Q] = {"PRBS9Q", PRBS9, 2},
	[PATTERN_PRBS13Q] = {"PRBS13Q", PRBS13, 2}, [PATTERN_PRBS15Q] = {"PRBS15Q", PRBS15, 2},
	[PATTERN_PRBS23Q] = {"PRBS23Q", PRBS23, 2}, [PATTERN_PRBS31Q] = {"PRBS31Q", PRBS31, 2},
	[PATTERN_SSPRQ] = {"SSPRQ", NO_PRBS, 2},    [PATTERN_SQUARE] = {"square", NO_PRBS, 2},
	[PATTERN_PRBS7] = {"PRBS7", PRBS7, 1},      [PATTERN_PRBS9] = {"PRBS9", PRBS9, 1},
	[PATTERN_PRBS13] = {"PRBS13", PRBS13, 1},   [PATTERN_PRBS15] = {"PRBS15", PRBS15, 1},
	[PATTERN_PRBS23] = {"PRBS23", PRBS23, 1},   [PATTERN_PRBS31] = {"PRBS31", PRBS31, 1},
};

/* The register is preset with the seed; the seed itself is not sent. */
static const struct {
	guint32 seed;
	guint bits;
} ssprq_pieces[] = {
	{0x00000002, 10924},
	{0x34013ff7, 10922},
	{0x0ccccccc, 10922},
};

const char *pattern_name(enum pattern_id id)
{
	g_return_val_if_fail(id < PATTERN_N, NULL);
	return patterns[id].name;
}

gboolean pattern_from_name(const char *name, enum pattern_id *id)
{
	for (guint i = 0; i < PATTERN_N; i++) {
		if (g_ascii_strcasecmp(name, patterns[i].name) == 0) {
			*id = (enum pattern_id)i;
			return TRUE;
		}
	}
	return FALSE;
}

guint pattern_bits_per_symbol(enum pattern_id id)
{
	g_return_val_if_fail(id < PATTERN_N, 0);
	return patterns[id].bits_per_symbol;
}

gboolean pattern_prbs(enum pattern_id id, enum prbs_id *prbs)
{
	g_return_val_if_fail(id < PATTERN_N, FALSE);
	if (patterns[id].prbs == NO_PRBS)
		return FALSE;
	*prbs = patterns[id].prbs;
	return TRUE;
}

guint64 pattern_period(enum pattern_id id)
{
	g_return_val_if_fail(id < PATTERN_N, 0);
	if (id == PATTERN_SSPRQ)
		return SSPRQ_SYMBOLS;
	if (id == PATTERN_SQUARE)
		return 2ull * PATTERN_SQUARE_RUN;
	return prbs_period(patterns[id].prbs);
}

/* 802.3 clause 120.5.11.2.3: A, A, and A, A without first and last bit; blocks 2 and 4 inverted. */
static void fill_ssprq(guint8 symbols[SSPRQ_SYMBOLS])
{
	const gsize block = 4 * SSPRQ_BYTES;
	guint8 bits[SSPRQ_BYTES + 1] = {0};
	struct prbs prbs;
	gsize n = 0;

	for (guint p = 0; p < G_N_ELEMENTS(ssprq_pieces); p++) {
		prbs_start(&prbs, PRBS31, ssprq_pieces[p].seed);
		for (guint i = 0; i < ssprq_pieces[p].bits; i++, n++)
			bits[n / 8] |= (guint8)(prbs_bit(&prbs) << (7 - n % 8));
	}
	kernels_best()->gray_unpack(bits, block, symbols);
	for (gsize i = 0; i < block; i++)
		symbols[block + i] = 3 - symbols[i];
	/* one bit later, and the last pair goes over into A's repetition */
	bits[SSPRQ_BYTES] = bits[0];
	for (gsize i = 0; i < SSPRQ_BYTES; i++)
		bits[i] = (guint8)(bits[i] << 1 | bits[i + 1] >> 7);
	kernels_best()->gray_unpack(bits, block, symbols + 2 * block);
	symbols[3 * block - 1] = 3 - symbols[3 * block - 1];
	for (gsize i = 0; i + 1 < block; i++)
		symbols[3 * block + i] = 3 - symbols[2 * block + i];
}

/* Repeats the first n of length symbols behind themselves. */
static void repeat(guint8 *symbols, gsize n, gsize length)
{
	for (gsize have = n; have < length; have = MIN(2 * have, length))
		memcpy(symbols + have, symbols, MIN(have, length - have));
}

static void fill_from_ssprq(gsize from, guint8 *symbols, gsize n)
{
	g_autofree guint8 *whole = g_new(guint8, SSPRQ_SYMBOLS);
	gsize begin = MIN(n, SSPRQ_SYMBOLS), tail = MIN(begin, SSPRQ_SYMBOLS - from);

	fill_ssprq(whole);
	memcpy(symbols, whole + from, tail);
	memcpy(symbols + tail, whole, begin - tail);
	repeat(symbols, begin, n);
}

void pattern_fill_square(guint run, guint64 from, guint8 *symbols, gsize n)
{
	g_return_if_fail(run > 0);
	for (gsize i = 0; i < n; i++)
		symbols[i] = (from + i) / run % 2 == 0 ? 3 : 0;
}

static void fill_bits(struct prbs *prbs, guint8 *symbols, gsize n)
{
	guint8 bits[512];

	for (gsize i = 0; i < n; i++) {
		gsize at = i % (8 * sizeof(bits));

		if (at == 0)
			prbs_bits(prbs, bits, sizeof(bits));
		symbols[i] = bits[at / 8] >> (7 - at % 8) & 1;
	}
}

void pattern_fill(enum pattern_id id, guint64 from, guint8 *symbols, gsize n)
{
	struct prbs prbs;

	g_return_if_fail(id < PATTERN_N);
	from %= pattern_period(id);
	if (id == PATTERN_SSPRQ) {
		fill_from_ssprq((gsize)from, symbols, n);
		return;
	}
	if (id == PATTERN_SQUARE) {
		pattern_fill_square(PATTERN_SQUARE_RUN, from, symbols, n);
		return;
	}
	prbs_start(&prbs, patterns[id].prbs, prbs_seed(patterns[id].prbs, 0));
	prbs_jump(&prbs, (gint64)from * patterns[id].bits_per_symbol);
	if (patterns[id].bits_per_symbol == 1)
		fill_bits(&prbs, symbols, n);
	else
		prbs_symbols(&prbs, symbols, n);
}

guint8 *pattern_first(enum pattern_id id, gsize n)
{
	guint8 *symbols;

	g_return_val_if_fail(id < PATTERN_N && n > 0, NULL);
	symbols = g_new(guint8, n);
	pattern_fill(id, 0, symbols, n);
	return symbols;
}

guint8 *pattern_symbols(enum pattern_id id, gsize *n, GError **error)
{
	if (id >= PATTERN_N || pattern_period(id) > HELD_MOST) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "pattern %s: too long to be held whole",
		                  id < PATTERN_N ? patterns[id].name : "?");
		return NULL;
	}
	*n = (gsize)pattern_period(id);
	return pattern_first(id, *n);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pattern.h"

#include "base/error.h"

#include <string.h>

/* A shift register that puts out what it feeds back. Stage S_i is bit i; two or four taps. */
struct prbs {
	const char *name;
	guint stages;
	guint32 taps;
	guint32 seed;
	gboolean inverted;
};

#define STAGE(i)      (1u << (i))
#define TAPS_PRBS13   (STAGE(0) | STAGE(1) | STAGE(11) | STAGE(12))
#define SEED_PRBS13_0 0x1aa0u /* lane 0, S0 first: 0000010101011 */
#define SQUARE_RUN    8
#define SSPRQ_BITS    32768
#define SSPRQ_SYMBOLS 65535

/* In the order of enum pattern_id. */
static const struct prbs registers[PATTERN_N] = {
	{"PRBS7Q", 7, STAGE(5) | STAGE(6), 0x7f, FALSE},
	{"PRBS9Q", 9, STAGE(4) | STAGE(8), 0x1ff, FALSE},
	{"PRBS13Q", 13, TAPS_PRBS13, SEED_PRBS13_0, FALSE},
	{"PRBS15Q", 15, STAGE(13) | STAGE(14), 0x7fff, FALSE},
	{"PRBS31Q", 31, STAGE(27) | STAGE(30), 0x7fffffff, TRUE},
	{"SSPRQ", 0, 0, 0, FALSE},
	{"square", 0, 0, 0, FALSE},
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

static guint next_bit(const struct prbs *prbs, guint32 *state)
{
	guint bit = (guint)__builtin_parity(*state & prbs->taps);

	*state = (*state << 1 | bit) & ((1u << prbs->stages) - 1);
	return bit ^ (prbs->inverted ? 1u : 0u);
}

static guint8 gray_symbol(guint first, guint second)
{
	return (guint8)(first << 1 | (first ^ second));
}

const char *pattern_name(enum pattern_id id)
{
	g_return_val_if_fail(id < PATTERN_N, NULL);
	return registers[id].name;
}

gboolean pattern_from_name(const char *name, enum pattern_id *id)
{
	for (guint i = 0; i < PATTERN_N; i++) {
		if (g_ascii_strcasecmp(name, registers[i].name) == 0) {
			*id = (enum pattern_id)i;
			return TRUE;
		}
	}
	return FALSE;
}

guint64 pattern_period(enum pattern_id id)
{
	g_return_val_if_fail(id < PATTERN_N, 0);
	if (id == PATTERN_SSPRQ)
		return SSPRQ_SYMBOLS;
	if (id == PATTERN_SQUARE)
		return 2 * SQUARE_RUN;
	return (1ull << registers[id].stages) - 1;
}

/* 802.3 clause 120.5.11.2.3: A, A, and A, A without first and last bit; blocks 2 and 4 inverted. */
static void fill_ssprq(guint8 *symbols)
{
	g_autofree guint8 *bits = g_new(guint8, SSPRQ_BITS);
	gsize n = 0;

	for (guint p = 0; p < G_N_ELEMENTS(ssprq_pieces); p++) {
		guint32 state = ssprq_pieces[p].seed;

		for (guint i = 0; i < ssprq_pieces[p].bits; i++)
			bits[n++] = (guint8)next_bit(&registers[PATTERN_PRBS31Q], &state);
	}
	for (gsize i = 0; i < SSPRQ_SYMBOLS; i++) {
		gsize at = 2 * i + (i >= SSPRQ_BITS ? 1 : 0);
		guint8 symbol = gray_symbol(bits[at % SSPRQ_BITS], bits[(at + 1) % SSPRQ_BITS]);
		gboolean inverted = (i >= 16384 && i < 32768) || i >= 49151;

		symbols[i] = inverted ? 3 - symbol : symbol;
	}
}

guint8 *pattern_first(enum pattern_id id, gsize n)
{
	guint8 *symbols;
	guint32 state;

	g_return_val_if_fail(id < PATTERN_N && n > 0, NULL);
	if (id == PATTERN_SSPRQ) {
		gsize length = MAX(n, SSPRQ_SYMBOLS);

		symbols = g_new(guint8, length);
		fill_ssprq(symbols);
		for (gsize i = SSPRQ_SYMBOLS; i < length; i++)
			symbols[i] = symbols[i - SSPRQ_SYMBOLS];
		return symbols;
	}
	symbols = g_new(guint8, n);
	state = registers[id].seed;
	for (gsize i = 0; i < n; i++) {
		if (id == PATTERN_SQUARE) {
			symbols[i] = i / SQUARE_RUN % 2 == 0 ? 3 : 0;
		} else {
			guint first = next_bit(&registers[id], &state);

			symbols[i] = gray_symbol(first, next_bit(&registers[id], &state));
		}
	}
	return symbols;
}

guint8 *pattern_symbols(enum pattern_id id, gsize *n, GError **error)
{
	if (id >= PATTERN_N || pattern_period(id) > (1u << 24)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "pattern %s: too long to be held whole",
		                  id < PATTERN_N ? registers[id].name : "?");
		return NULL;
	}
	*n = (gsize)pattern_period(id);
	return pattern_first(id, *n);
}

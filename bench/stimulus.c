/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/stimulus.h"

#define SSPRQ_BASE_BITS 32768

/* A bit generator: stages S0..S30, the taps' exclusive or is fed back and put out. */
struct shift_register {
	guint32 state;
	guint32 taps;
	gboolean inverted; /* what is put out, not what is fed back */
	guint length;
};

static guint step(struct shift_register *r)
{
	guint bit = (guint)__builtin_popcount(r->state & r->taps) & 1;

	r->state = ((r->state << 1) | bit) & ((1u << r->length) - 1);
	return bit ^ (r->inverted ? 1 : 0);
}

static guint8 gray(guint first, guint second)
{
	return (guint8)(first ? 3 - second : second);
}

static guint8 *prbs13q(gsize *n_symbols)
{
	static const char seed[] = "0000010101011"; /* S0 first */
	struct shift_register r = {.taps = 1u << 0 | 1u << 1 | 1u << 11 | 1u << 12, .length = 13};
	guint8 *symbols = g_new(guint8, STIMULUS_PRBS13Q_SYMBOLS);

	for (guint i = 0; i < r.length; i++)
		if (seed[i] == '1')
			r.state |= 1u << i;
	for (gsize i = 0; i < STIMULUS_PRBS13Q_SYMBOLS; i++) {
		guint first = step(&r);
		symbols[i] = gray(first, step(&r));
	}
	*n_symbols = STIMULUS_PRBS13Q_SYMBOLS;
	return symbols;
}

/* Three stretches of PRBS31, each from its own preset of the register. */
static void ssprq_base(guint8 *bits)
{
	static const struct {
		guint32 preset;
		guint count;
	} stretches[] = {{0x00000002, 10924}, {0x34013FF7, 10922}, {0x0CCCCCCC, 10922}};
	gsize at = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(stretches); i++) {
		struct shift_register r = {
			.state = stretches[i].preset,
			.taps = 1u << 27 | 1u << 30,
			.inverted = TRUE,
			.length = 31,
		};
		for (guint k = 0; k < stretches[i].count; k++)
			bits[at++] = (guint8)step(&r);
	}
}

static guint8 *ssprq(gsize *n_symbols)
{
	g_autofree guint8 *base = g_new(guint8, SSPRQ_BASE_BITS);
	guint8 *symbols = g_new(guint8, STIMULUS_SSPRQ_SYMBOLS);

	ssprq_base(base);
	for (gsize i = 0; i < STIMULUS_SSPRQ_SYMBOLS; i++) {
		/* The second pair of copies lacks its first bit and its last. */
		gsize bit = 2 * i + (i >= SSPRQ_BASE_BITS ? 1 : 0);
		guint8 symbol =
			gray(base[bit % SSPRQ_BASE_BITS], base[(bit + 1) % SSPRQ_BASE_BITS]);
		gboolean inverted = (i >= 16384 && i < 32768) || i >= 49151;
		symbols[i] = inverted ? (guint8)(3 - symbol) : symbol;
	}
	*n_symbols = STIMULUS_SSPRQ_SYMBOLS;
	return symbols;
}

guint8 *stimulus_new(enum world_pattern pattern, gsize *n_symbols)
{
	*n_symbols = 0;
	switch (pattern) {
	case WORLD_PATTERN_PRBS13Q:
		return prbs13q(n_symbols);
	case WORLD_PATTERN_SSPRQ:
		return ssprq(n_symbols);
	case WORLD_PATTERN_NONE:
	case WORLD_PATTERN_PRBS31Q:
		break;
	}
	return NULL;
}

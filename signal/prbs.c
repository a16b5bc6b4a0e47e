/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/prbs.h"

#include "signal/kernels.h"

#include <string.h>

#define STAGE(i) (1u << (i))

/*
 * IEEE 802.3 clauses 49 (PRBS31) and 94.3.10.8 (PRBS13), the others as they are in common use.
 * PRBS23's stages are from memory, not confirmed by a source at hand.
 */
static const struct {
	const char *name;
	guint stages;
	guint32 taps;
	gboolean inverted;
} kinds[PRBS_N] = {
	[PRBS7] = {"PRBS7", 7, STAGE(5) | STAGE(6), FALSE},
	[PRBS9] = {"PRBS9", 9, STAGE(4) | STAGE(8), FALSE},
	[PRBS13] = {"PRBS13", 13, STAGE(0) | STAGE(1) | STAGE(11) | STAGE(12), FALSE},
	[PRBS15] = {"PRBS15", 15, STAGE(13) | STAGE(14), FALSE},
	[PRBS23] = {"PRBS23", 23, STAGE(17) | STAGE(22), FALSE},
	[PRBS31] = {"PRBS31", 31, STAGE(27) | STAGE(30), TRUE},
};

/* Written S0 first: 0000010101011, 0011101000001, 1001000101100, 0100010000010. */
static const guint32 prbs13_seeds[PRBS_LANES] = {0x1aa0, 0x105c, 0x0689, 0x0822};

const char *prbs_name(enum prbs_id id)
{
	g_return_val_if_fail(id < PRBS_N, NULL);
	return kinds[id].name;
}

guint prbs_stages(enum prbs_id id)
{
	g_return_val_if_fail(id < PRBS_N, 0);
	return kinds[id].stages;
}

gboolean prbs_is_inverted(enum prbs_id id)
{
	g_return_val_if_fail(id < PRBS_N, FALSE);
	return kinds[id].inverted;
}

static guint32 register_mask(enum prbs_id id)
{
	return (1u << kinds[id].stages) - 1;
}

guint64 prbs_period(enum prbs_id id)
{
	g_return_val_if_fail(id < PRBS_N, 0);
	return register_mask(id);
}

guint32 prbs_seed(enum prbs_id id, guint lane)
{
	g_return_val_if_fail(id < PRBS_N && lane < PRBS_LANES, 1);
	return id == PRBS13 ? prbs13_seeds[lane] : register_mask(id);
}

void prbs_start(struct prbs *prbs, enum prbs_id id, guint32 state)
{
	g_return_if_fail(id < PRBS_N && (state & register_mask(id)) != 0);
	prbs->id = id;
	prbs->state = state & register_mask(id);
	prbs->have_past = FALSE;
}

static guint step_register(enum prbs_id id, guint32 *state)
{
	guint bit = (guint)__builtin_parity(*state & kinds[id].taps);

	*state = (*state << 1 | bit) & register_mask(id);
	return bit;
}

guint prbs_bit(struct prbs *prbs)
{
	prbs->have_past = FALSE;
	return step_register(prbs->id, &prbs->state) ^ (kinds[prbs->id].inverted ? 1u : 0u);
}

/*
 * With x for one bit forward a sequence obeys its characteristic polynomial P: x to the power of
 * the distance, modulo P, tells which bits of the register make up a bit that far ahead. A tap of
 * stage k is the term x^(stages - 1 - k); the leading term is left out.
 */
static guint32 characteristic(enum prbs_id id)
{
	guint32 p = 0;

	for (guint k = 0; k < kinds[id].stages; k++) {
		if (kinds[id].taps & STAGE(k))
			p |= STAGE(kinds[id].stages - 1 - k);
	}
	return p;
}

static guint32 multiply(enum prbs_id id, guint32 a, guint32 b)
{
	guint32 product = 0, p = characteristic(id), top = STAGE(kinds[id].stages - 1);

	for (guint32 bit = top; bit; bit >>= 1) {
		product = ((product << 1) & register_mask(id)) ^ (product & top ? p : 0);
		product ^= b & bit ? a : 0;
	}
	return product;
}

static guint32 power_of_x(enum prbs_id id, guint64 exponent)
{
	guint32 power = 1;

	for (gint bit = (gint)kinds[id].stages - 1; bit >= 0; bit--) {
		power = multiply(id, power, power);
		if (exponent >> bit & 1)
			power = multiply(id, power, 2);
	}
	return power;
}

/* The register's oldest bit, the last stage, belongs to x^0. */
static guint32 apply_power(enum prbs_id id, guint32 power, guint32 state)
{
	guint stages = kinds[id].stages;
	guint32 moved = 0, terms = 0;

	for (guint i = 0; i < stages; i++)
		terms |= power & STAGE(i) ? STAGE(stages - 1 - i) : 0;
	for (guint i = 0; i < stages; i++) {
		moved = moved << 1 | (guint32)__builtin_parity(state & terms);
		step_register(id, &state);
	}
	return moved;
}

void prbs_jump(struct prbs *prbs, gint64 bits)
{
	gint64 period = (gint64)prbs_period(prbs->id), distance = bits % period;

	if (distance == 0)
		return;
	if (distance < 0)
		distance += period;
	prbs->state = apply_power(prbs->id, power_of_x(prbs->id, (guint64)distance), prbs->state);
	prbs->have_past = FALSE;
}

/* Bytes one at a time, for the few from which the recursion starts. */
static void slow_bits(enum prbs_id id, guint32 *state, guint8 *bits, gsize n)
{
	guint8 flip = kinds[id].inverted ? 0xff : 0;

	for (gsize i = 0; i < n; i++) {
		guint byte = 0;

		for (guint k = 0; k < 8; k++)
			byte = byte << 1 | step_register(id, state);
		bits[i] = (guint8)byte ^ flip;
	}
}

/*
 * A sequence also obeys its recursion in steps of 2^k bits. Steps of one block are the smallest
 * for which every sequence gives a whole block at once.
 */
static gsize set_recursion(enum prbs_id id, guint back[4])
{
	guint n = 0;

	memset(back, 0, 4 * sizeof(*back));
	for (guint k = 0; k < kinds[id].stages; k++) {
		if (kinds[id].taps & STAGE(k))
			back[n++] = (k + 1) * KERNELS_PRBS_BLOCK;
	}
	return (gsize)kinds[id].stages * KERNELS_PRBS_BLOCK;
}

/* Steps of a byte give the first blocks; it takes a byte for each stage to begin. */
static void make_past(struct prbs *prbs, gsize reach)
{
	enum prbs_id id = prbs->id;
	guint stages = kinds[id].stages;
	struct prbs from = *prbs;
	guint8 flip = kinds[id].inverted ? 0xff : 0;

	prbs_jump(&from, -8 * (gint64)reach);
	slow_bits(id, &from.state, prbs->past, stages);
	for (gsize i = stages; i < reach; i++) {
		guint8 byte = flip;

		for (guint k = 0; k < stages; k++)
			byte ^= kinds[id].taps & STAGE(k) ? prbs->past[i - k - 1] : 0;
		prbs->past[i] = byte;
	}
	prbs->have_past = TRUE;
}

static guint32 state_after(enum prbs_id id, const guint8 *end)
{
	guint32 state =
		(guint32)end[-4] << 24 | (guint32)end[-3] << 16 | (guint32)end[-2] << 8 | end[-1];

	return (kinds[id].inverted ? ~state : state) & register_mask(id);
}

void prbs_bits(struct prbs *prbs, guint8 *bits, gsize n)
{
	guint8 work[2 * PRBS_STAGES_MAX * KERNELS_PRBS_BLOCK];
	const struct kernels *kernels = kernels_best();
	gboolean inverted = kinds[prbs->id].inverted;
	guint back[4];
	gsize reach = set_recursion(prbs->id, back), begin = MIN(n, reach);

	if (!prbs->have_past && n < PRBS_STAGES_MAX) {
		slow_bits(prbs->id, &prbs->state, bits, n);
		return;
	}
	if (!prbs->have_past)
		make_past(prbs, reach);
	memcpy(work, prbs->past, reach);
	kernels->prbs_fill(work + reach, begin, back, inverted);
	memcpy(bits, work + reach, begin);
	if (n > reach) {
		kernels->prbs_fill(bits + reach, n - reach, back, inverted);
		memcpy(prbs->past, bits + n - reach, reach);
	} else {
		memcpy(prbs->past, work + n, reach);
	}
	prbs->state = state_after(prbs->id, prbs->past + reach);
}

void prbs_symbols(struct prbs *prbs, guint8 *symbols, gsize n)
{
	const struct kernels *kernels = kernels_best();
	guint8 bits[4096];

	while (n) {
		gsize now = MIN(n, 4 * sizeof(bits)), unused = -now % 4;

		prbs_bits(prbs, bits, (now + 3) / 4);
		kernels->gray_unpack(bits, now, symbols);
		prbs_jump(prbs, -2 * (gint64)unused);
		symbols += now;
		n -= now;
	}
}

/* --- where in the sequence -------------------------------------------------------------------- */

/* The same jump again and again: what becomes of each byte of the register. */
struct leap {
	guint32 images[4][256];
};

static void make_leap(enum prbs_id id, guint64 distance, struct leap *leap)
{
	guint32 power = power_of_x(id, distance);

	for (guint byte = 0; byte < 4; byte++) {
		leap->images[byte][0] = 0;
		for (guint v = 1; v < 256; v++) {
			guint32 lowest = v & -v, *image = &leap->images[byte][v];

			if (v == lowest)
				*image =
					apply_power(id, power, (v << 8 * byte) & register_mask(id));
			else
				*image =
					leap->images[byte][v - lowest] ^ leap->images[byte][lowest];
		}
	}
}

static guint32 do_leap(const struct leap *leap, guint32 state)
{
	return leap->images[0][state & 0xff] ^ leap->images[1][state >> 8 & 0xff] ^
	       leap->images[2][state >> 16 & 0xff] ^ leap->images[3][state >> 24];
}

/* A register and where it is met; no register is 0. */
struct mark {
	guint32 state, position;
};

/* The mark of a state, or the free one where it belongs. */
static struct mark *find_mark(struct mark *marks, guint bits, guint32 state)
{
	guint32 at = state * 2654435761u >> (32 - bits);

	while (marks[at].state && marks[at].state != state)
		at = (at + 1) & ((1u << bits) - 1);
	return &marks[at];
}

/* Marks at equal distances around the whole sequence; from here it is one distance to one at most.
 */
guint64 prbs_position(const struct prbs *prbs)
{
	enum prbs_id id = prbs->id;
	guint bits = kinds[id].stages / 2 + 1;
	guint32 distance = 1u << (kinds[id].stages + 1) / 2, period = register_mask(id);
	g_autofree struct mark *marks = g_new0(struct mark, 1u << bits);
	guint32 state = prbs_seed(id, 0);
	struct leap leap;

	make_leap(id, distance, &leap);
	for (guint64 at = 0; at < period; at += distance, state = do_leap(&leap, state))
		*find_mark(marks, bits, state) = (struct mark){state, (guint32)at};
	state = prbs->state;
	for (guint32 steps = 0; steps <= distance; steps++) {
		const struct mark *met = find_mark(marks, bits, state);

		if (met->state)
			return met->position + (met->position < steps ? period : 0) - steps;
		step_register(id, &state);
	}
	g_return_val_if_reached(0);
}

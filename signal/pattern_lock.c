/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pattern_lock.h"

#include "signal/kernels.h"

#include <string.h>

#define TRIES          32  /* places of a stretch from which the phase is taken */
#define TABLE_TRIES    8   /* when all of a table has to be looked through for each */
#define GLANCE_BITS    64  /* foretold before anything dear is done */
#define GLANCE_WRONG   20  /* of them: 1 in 400 for noise, hardly ever below 1/8 */
#define VERIFY_BYTES   128 /* foretold to be believed */
#define ERROR_RATIO    0.125
#define NEIGHBOUR      0.0625
#define KEY_WRONG      12   /* bits in which a key of 64 may differ from its place */
#define DISTANCE_MOST  4096 /* bits of a slip that is measured */
#define WINDOW_SYMBOLS (4 * PATTERN_WINDOW)

static const char *const coding_names[PATTERN_CODING_N] = {
	[PATTERN_GRAY] = "Gray",
	[PATTERN_GRAY_SWAPPED] = "Gray swapped",
	[PATTERN_BINARY] = "binary",
	[PATTERN_BINARY_SWAPPED] = "binary swapped",
	[PATTERN_GRAY_CROSSED] = "Gray crossed",
	[PATTERN_GRAY_SWAPPED_CROSSED] = "Gray swapped crossed",
};

const char *pattern_coding_name(enum pattern_coding coding)
{
	g_return_val_if_fail(coding < PATTERN_CODING_N, "any");
	return coding_names[coding];
}

/* --- places ----------------------------------------------------------------------------------- */

void pattern_place_init(struct pattern_place *place, enum pattern_id id)
{
	enum prbs_id prbs;

	memset(place, 0, sizeof(*place));
	place->id = id;
	if (pattern_prbs(id, &prbs))
		prbs_start(&place->prbs, prbs, prbs_seed(prbs, 0));
	else
		place->table = pattern_first(id, (gsize)pattern_period(id) + WINDOW_SYMBOLS);
}

void pattern_place_clear(struct pattern_place *place)
{
	g_clear_pointer(&place->table, g_free);
}

void pattern_place_bits(struct pattern_place *place, guint8 *bits, gsize n)
{
	if (!place->table) {
		prbs_bits(&place->prbs, bits, n);
		return;
	}
	kernels_best()->gray_pack(place->table + place->symbol, 4 * n, bits);
	place->symbol = (place->symbol + 4 * n) % pattern_period(place->id);
}

void pattern_place_back(struct pattern_place *place, gsize n)
{
	guint64 period = pattern_period(place->id);

	if (place->table)
		place->symbol = (place->symbol + period - 4 * n % period) % period;
	else
		prbs_jump(&place->prbs, -8 * (gint64)n);
}

gboolean pattern_place_equal(const struct pattern_place *a, const struct pattern_place *b)
{
	return a->table ? a->symbol == b->symbol : a->prbs.state == b->prbs.state;
}

gint64 pattern_place_distance(const struct pattern_place *a, const struct pattern_place *b)
{
	struct prbs from = a->prbs, to = b->prbs;
	gint64 period = (gint64)pattern_period(a->id), symbols;

	if (a->table) {
		symbols = ((gint64)b->symbol - (gint64)a->symbol + period) % period;
		return 2 * (symbols > period / 2 ? symbols - period : symbols);
	}
	if (from.state == to.state)
		return 0;
	for (gint64 bits = 1; bits <= DISTANCE_MOST; bits++) {
		prbs_bit(&from);
		if (from.state == b->prbs.state)
			return bits;
		prbs_bit(&to);
		if (to.state == a->prbs.state)
			return -bits;
	}
	return 0;
}

guint64 pattern_place_position(const struct pattern_place *place)
{
	guint64 bits;

	if (place->table)
		return place->symbol;
	bits = prbs_position(&place->prbs);
	if (pattern_bits_per_symbol(place->id) == 1)
		return bits;
	return (bits % 2 ? bits + pattern_period(place->id) : bits) / 2;
}

/* --- views ------------------------------------------------------------------------------------ */

void pattern_view_apply(const struct pattern_view *view, guint8 *bits, gsize n)
{
	const guint8 flip_light = view->light_inverted ? 0xaa : 0;
	const guint8 flip_bits = view->bits_inverted ? 0xff : 0;
	enum pattern_coding coding = view->coding;

	if (coding == PATTERN_GRAY && !flip_light && !flip_bits)
		return;
	for (gsize i = 0; i < n; i++) {
		guint8 v = bits[i] ^ flip_light, p = v >> 1 & 0x55, q = v & 0x55;
		guint8 first = p, second = q;

		if (coding == PATTERN_GRAY_SWAPPED || coding == PATTERN_GRAY_SWAPPED_CROSSED)
			first = q;
		else if (coding == PATTERN_BINARY_SWAPPED || coding == PATTERN_GRAY_CROSSED)
			first = p ^ q;
		if (coding == PATTERN_GRAY_SWAPPED || coding == PATTERN_BINARY_SWAPPED)
			second = p;
		else if (coding == PATTERN_BINARY || coding == PATTERN_GRAY_SWAPPED_CROSSED)
			second = p ^ q;
		bits[i] = (guint8)(first << 1 | second) ^ flip_bits;
	}
}

/* The way from one view to the next, plain ones first; FALSE behind the last. */
static gboolean next_view(struct pattern_view *view, guint bits_per_symbol)
{
	if (bits_per_symbol == 1) {
		view->bits_inverted = !view->bits_inverted;
		return view->bits_inverted;
	}
	view->light_inverted = !view->light_inverted;
	if (view->light_inverted)
		return TRUE;
	view->bits_inverted = !view->bits_inverted;
	if (view->bits_inverted)
		return TRUE;
	view->coding++;
	return view->coding < PATTERN_CODING_N;
}

/* --- search ----------------------------------------------------------------------------------- */

/* A stretch in the view that is being tried; it is searched from byte begin on. */
struct stretch {
	struct pattern_view view;
	const guint8 *bits;
	gsize n, begin;
};

static guint64 read_bits(const guint8 *bits, gsize byte, guint n)
{
	guint64 v = 0;

	for (guint i = 0; i < 8; i++)
		v = v << 8 | bits[byte + i];
	return v >> (64 - n);
}

/* Share of wrong bits from byte `from` on, at most n bytes. */
static double wrong_share(const struct pattern_place *place, const struct stretch *s, gsize from,
                          gsize n)
{
	struct pattern_place walk = *place;
	struct kernels_errors errors = {0};
	guint8 expected[PATTERN_WINDOW];

	n = MIN(n, s->n - from);
	pattern_place_bits(&walk, expected, from + n);
	kernels_best()->count_errors(s->bits + from, expected + from, n, &errors);
	return (double)(errors.first + errors.second) / (8.0 * (double)n);
}

/* Keeps the place, that of the stretch's first bit, when it fits better than what there is. */
static void consider(struct pattern_lock *lock, const struct pattern_place *place,
                     const struct stretch *s, gsize from)
{
	struct pattern_lock found = {
		.place = *place,
		.view = s->view,
		.fits = wrong_share(place, s, from, VERIFY_BYTES) <= ERROR_RATIO,
		.from = from,
	};

	if (!found.fits && lock->fits)
		return;
	found.error_ratio = wrong_share(place, s, s->begin, s->n);
	if (found.fits > lock->fits || found.error_ratio < lock->error_ratio)
		*lock = found;
}

/* The register filled from received bits says what comes next. */
static gboolean try_register(struct pattern_place *place, const struct stretch *s, gsize from)
{
	guint stages = prbs_stages(place->prbs.id), wrong = 0;
	guint32 state = (guint32)read_bits(s->bits, from, stages);

	if (prbs_is_inverted(place->prbs.id))
		state ^= (1u << stages) - 1;
	if (state == 0)
		return FALSE;
	prbs_start(&place->prbs, place->prbs.id, state);
	for (guint i = stages; i < stages + GLANCE_BITS; i++) {
		gsize at = 8 * from + i;

		wrong += prbs_bit(&place->prbs) ^ (s->bits[at / 8] >> (7 - at % 8) & 1);
	}
	if (wrong > GLANCE_WRONG)
		return FALSE;
	prbs_jump(&place->prbs, -(gint64)(8 * from + stages + GLANCE_BITS));
	return TRUE;
}

/* The compiler's own is a call where not every processor has an instruction for it. */
static inline guint count_ones(guint64 v)
{
	v -= v >> 1 & 0x5555555555555555u;
	v = (v & 0x3333333333333333u) + (v >> 2 & 0x3333333333333333u);
	return (guint)(((v + (v >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u >> 56);
}

/* Looks for 32 received symbols in the whole table, and closer where they nearly stand. */
static void try_table(struct pattern_place *place, const struct stretch *s, gsize from,
                      struct pattern_lock *lock)
{
	const guint64 period = pattern_period(place->id), wanted = read_bits(s->bits, from, 64);
	guint64 key = 0;

	for (guint64 i = 0; i < period + 31; i++) {
		guint8 symbol = place->table[i];

		key = key << 2 | (symbol ^ symbol >> 1);
		if (i < 31 || count_ones(key ^ wanted) > KEY_WRONG)
			continue;
		place->symbol = (i - 31) % period;
		pattern_place_back(place, from);
		consider(lock, place, s, from);
	}
}

/*
 * Tries one view, from the first place on that fits. The square wave fits its own neighbours, too,
 * with an error ratio of 1/16, and blocks of SSPRQ each other: there one goes on for the best.
 */
static void try_view(const struct pattern_place *start, const struct stretch *s,
                     struct pattern_lock *lock)
{
	gsize last = s->n - PATTERN_CHECK_BITS_MIN / 8;
	guint tries = start->table ? TABLE_TRIES : TRIES;
	gsize stride = MAX(1, (last - MIN(s->begin, last)) / tries);
	struct pattern_lock best = {.error_ratio = 1.0};

	for (gsize from = s->begin; from <= last; from += stride) {
		struct pattern_place place = *start;

		if (best.fits && (!place.table || best.error_ratio < NEIGHBOUR))
			break;
		if (place.table)
			try_table(&place, s, from, &best);
		else if (try_register(&place, s, from))
			consider(&best, &place, s, from);
	}
	if (best.fits > lock->fits ||
	    (best.fits == lock->fits && best.error_ratio < lock->error_ratio))
		*lock = best;
}

gboolean pattern_lock_find(const struct pattern_place *place, const struct pattern_view *view,
                           const guint8 *bits, gsize n, gsize from, struct pattern_lock *lock)
{
	guint bits_per_symbol = pattern_bits_per_symbol(place->id);
	guint8 seen[PATTERN_WINDOW];
	struct stretch s = {.bits = seen, .n = n, .begin = from};

	memset(lock, 0, sizeof(*lock));
	lock->error_ratio = 1.0;
	g_return_val_if_fail(n <= PATTERN_WINDOW && 8 * n >= PATTERN_CHECK_BITS_MIN, FALSE);
	if (view)
		s.view = *view;
	do {
		memcpy(seen, bits, n);
		pattern_view_apply(&s.view, seen, n);
		try_view(place, &s, lock);
		if (lock->fits &&
		    (!place->table || (lock->error_ratio < NEIGHBOUR && s.view.light_inverted &&
		                       s.view.bits_inverted)))
			break;
	} while (!view && next_view(&s.view, bits_per_symbol));
	return lock->fits;
}

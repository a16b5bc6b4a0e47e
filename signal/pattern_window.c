/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pattern_window.h"

#include <string.h>

#define PIECE_WRONG 64 /* bits wrong in a piece, a quarter: half of them are when it slipped */

gsize pattern_window_bytes(const struct pattern_window *window)
{
	return window->n_bits / 8;
}

guint64 pattern_window_drop(struct pattern_window *window, gsize n)
{
	gsize n_bytes = (window->n_bits + 7) / 8, bits;

	n = MIN(n, n_bytes);
	bits = MIN(8 * n, window->n_bits);
	memmove(window->received, window->received + n, n_bytes - n);
	memmove(window->expected, window->expected + n, n_bytes - n);
	window->n_before += bits;
	window->n_bits -= bits;
	window->known -= MIN(n, window->known);
	return bits;
}

static void differences(const struct pattern_window *window, gsize from, gsize n,
                        struct kernels_errors *errors)
{
	kernels_best()->count_errors(window->received + from, window->expected + from, n, errors);
}

guint64 pattern_window_count(struct pattern_window *window, gsize n, struct kernels_errors *errors)
{
	differences(window, 0, MIN(n, window->known), errors);
	return pattern_window_drop(window, n);
}

void pattern_window_expect(struct pattern_window *window, const struct pattern_view *view,
                           gboolean last)
{
	gsize n = last ? (window->n_bits + 7) / 8 : window->n_bits / 8, more = n - window->known;
	guint8 used = (guint8) ~(0xff >> window->n_bits % 8);

	pattern_view_apply(view, window->received + window->known, more);
	pattern_place_bits(&window->place, window->expected + window->known, more);
	window->known = n;
	if (8 * n > window->n_bits) {
		window->received[n - 1] &= used;
		window->expected[n - 1] &= used;
	}
}

gboolean pattern_window_fits(const struct pattern_window *window, gsize piece)
{
	struct kernels_errors errors = {0};

	differences(window, piece * PATTERN_PIECE, PATTERN_PIECE, &errors);
	return errors.first + errors.second <= PIECE_WRONG;
}

gsize pattern_window_misfit(const struct pattern_window *window, gsize n_pieces)
{
	struct kernels_errors errors = {0};
	gsize piece = 0;

	differences(window, 0, n_pieces * PATTERN_PIECE, &errors);
	if (errors.first + errors.second <= PIECE_WRONG)
		return n_pieces;
	while (piece < n_pieces && pattern_window_fits(window, piece))
		piece++;
	return piece;
}

struct pattern_place pattern_window_start(const struct pattern_window *window)
{
	struct pattern_place place = window->place;

	pattern_place_back(&place, window->known);
	return place;
}

static gint differs(const guint8 *a, const guint8 *b, gsize bit)
{
	return (a[bit / 8] ^ b[bit / 8]) >> (7 - bit % 8) & 1;
}

/* Where the sum of the old phase's errors before and the new phase's errors behind is smallest. */
static gsize best_split(const struct pattern_window *window, const guint8 *fresh, gsize n_bits)
{
	guint bits_per_symbol = pattern_bits_per_symbol(window->place.id);
	gsize best = 0;
	gint gain = 0, most = 0;

	for (gsize bit = 0; bit < n_bits; bit++) {
		gain += differs(window->received, fresh, bit);
		gain -= differs(window->received, window->expected, bit);
		if ((bit + 1) % bits_per_symbol == 0 && gain > most) {
			most = gain;
			best = bit + 1;
		}
	}
	return best;
}

gsize pattern_window_take_over(struct pattern_window *window, const struct pattern_place *place,
                               gsize n_bits)
{
	guint8 fresh[PATTERN_WINDOW];
	gsize split, byte;

	window->place = *place;
	pattern_place_bits(&window->place, fresh, window->known);
	split = best_split(window, fresh, MIN(n_bits, 8 * window->known));
	byte = split / 8;
	if (byte < window->known) {
		guint8 behind = (guint8)(0xff >> split % 8);

		fresh[byte] = (fresh[byte] & behind) | (window->expected[byte] & ~behind);
		memcpy(window->expected + byte, fresh + byte, window->known - byte);
	}
	return split;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PATTERN_WINDOW_H
#define SIGNAL_PATTERN_WINDOW_H

#include "signal/kernels.h"
#include "signal/pattern_lock.h"

#include <glib.h>

/*
 * The part of a stream that an error detector has not counted yet, packed, beside what is expected.
 * It is looked at in pieces when the pattern may have slipped.
 */
#define PATTERN_PIECE 32 /* bytes */

struct pattern_window {
	gsize n_bits;     /* received; at most PATTERN_WINDOW bytes */
	gsize known;      /* bytes in the pattern's own bits, with the expected ones beside them */
	guint64 n_before; /* bits of the stream before these */
	struct pattern_place place; /* behind the expected bytes */
	guint8 received[PATTERN_WINDOW];
	guint8 expected[PATTERN_WINDOW];
};

/* Whole bytes received. */
gsize pattern_window_bytes(const struct pattern_window *window);

/* Takes up to n bytes out at the front, unfinished ones included. Returns their bits. */
guint64 pattern_window_drop(struct pattern_window *window, gsize n);

/* The same, and adds to errors what differs in them. */
guint64 pattern_window_count(struct pattern_window *window, gsize n, struct kernels_errors *errors);

/* Brings all whole bytes into the pattern's bits; the last, unfinished one too when last. */
void pattern_window_expect(struct pattern_window *window, const struct pattern_view *view,
                           gboolean last);

/* Whether a piece has no more errors than ordinary noise makes. */
gboolean pattern_window_fits(const struct pattern_window *window, gsize piece);

/* The first piece that does not fit; n_pieces when all do. */
gsize pattern_window_misfit(const struct pattern_window *window, gsize n_pieces);

/* The place of the first bit in the window, in the phase expected now. */
struct pattern_place pattern_window_start(const struct pattern_window *window);

/*
 * Expects another phase, that of place for the first bit, from the symbol on from which that leaves
 * the fewest errors within n_bits. Returns that symbol's bit.
 */
gsize pattern_window_take_over(struct pattern_window *window, const struct pattern_place *place,
                               gsize n_bits);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PATTERN_LOCK_H
#define SIGNAL_PATTERN_LOCK_H

#include "signal/pattern_check.h"
#include "signal/prbs.h"

#include <glib.h>

/* Finding a pattern in a stretch of a stream: the part of pattern_check.c that searches. */

/* The most that is searched at once. Longer than one block of SSPRQ, so that the blocks, which are
 * inverted repetitions of each other, can be told apart. */
#define PATTERN_WINDOW 4160

/* A place in a pattern. Copies share the table and must not outlive the one it was made for. */
struct pattern_place {
	enum pattern_id id;
	struct prbs prbs; /* of a PRBSn or PRBSnQ */
	guint8 *table;  /* symbols of another pattern, one period and PATTERN_WINDOW bytes' worth */
	guint64 symbol; /* in the table */
};

/* Begins at the pattern's beginning. */
void pattern_place_init(struct pattern_place *place, enum pattern_id id);
void pattern_place_clear(struct pattern_place *place);

/* The next n <= PATTERN_WINDOW bytes of packed bits; pairs of bits for PAM4, not coded. */
void pattern_place_bits(struct pattern_place *place, guint8 *bits, gsize n);

/* Back by n bytes. */
void pattern_place_back(struct pattern_place *place, gsize n);

/* Whether two places of one pattern are the same. */
gboolean pattern_place_equal(const struct pattern_place *a, const struct pattern_place *b);

/* Bits from a to b, the shorter way round; 0 when more than some thousand either way. */
gint64 pattern_place_distance(const struct pattern_place *a, const struct pattern_place *b);

/* In symbols, from the beginning of the pattern. */
guint64 pattern_place_position(const struct pattern_place *place);

/* Turns bits as received (pairs: as if Gray coded) into those of the pattern. In place. */
void pattern_view_apply(const struct pattern_view *view, guint8 *bits, gsize n);

/* Where a pattern was found, and how well it fits. */
struct pattern_lock {
	struct pattern_place place; /* of the stretch's first bit */
	struct pattern_view view;
	gboolean fits;
	gsize from;         /* byte from which on it fits for a while */
	double error_ratio; /* of all that was searched; 1 when nothing was found at all */
};

/*
 * Searches n bytes (at most PATTERN_WINDOW, at least PATTERN_CHECK_BITS_MIN bits) from byte `from`
 * on for the pattern of place, in the view given or, when that is null, in all of them, the plain
 * ones first. Each try takes the pattern's phase from a few bits and has to foretell many more.
 * FALSE when nothing fits; lock then tells what came nearest. The lock shares place's table.
 */
gboolean pattern_lock_find(const struct pattern_place *place, const struct pattern_view *view,
                           const guint8 *bits, gsize n, gsize from, struct pattern_lock *lock);

#endif

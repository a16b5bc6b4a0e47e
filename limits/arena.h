/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_ARENA_H
#define LIMITS_ARENA_H

#include <glib.h>

/*
 * Blocks of memory that may together hold no more than so many bytes, and can be freed together
 * without asking who holds them: what an interpreter lives in.
 */
struct arena_block;
struct arena {
	gsize bytes_max; /* set once, before the first block */
	gsize bytes;     /* held, with what the arena itself needs */
	struct arena_block *first;
};

/*
 * A block of new_bytes with the contents of the old one, which may be null (then old_bytes is not
 * looked at); 0 frees and gives null. Null when there would be too much: the old block stays.
 */
void *arena_resize(struct arena *arena, void *block, gsize old_bytes, gsize new_bytes);

/* Frees every block. */
void arena_clear(struct arena *arena);

#endif

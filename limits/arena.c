/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/arena.h"

#include <stddef.h>

struct arena_block {
	_Alignas(max_align_t) struct arena_block *next;
	struct arena_block *previous;
};

static void link_block(struct arena *arena, struct arena_block *block)
{
	block->next = arena->first;
	block->previous = NULL;
	if (arena->first)
		arena->first->previous = block;
	arena->first = block;
}

static void unlink_block(struct arena *arena, struct arena_block *block)
{
	if (block->previous)
		block->previous->next = block->next;
	else
		arena->first = block->next;
	if (block->next)
		block->next->previous = block->previous;
}

static void free_block(struct arena *arena, struct arena_block *block, gsize bytes)
{
	if (!block)
		return;
	unlink_block(arena, block);
	arena->bytes -= bytes + sizeof *block;
	g_free(block);
}

void *arena_resize(struct arena *arena, void *block, gsize old_bytes, gsize new_bytes)
{
	struct arena_block *old = block ? (struct arena_block *)block - 1 : NULL;
	if (new_bytes == 0) {
		free_block(arena, old, old_bytes);
		return NULL;
	}
	gsize held = old ? old_bytes + sizeof *old : 0;
	gsize others = arena->bytes - held;
	if (new_bytes > arena->bytes_max || others + new_bytes + sizeof *old > arena->bytes_max) {
		/* An interpreter relies on it that a block can always be made smaller. */
		if (!old || new_bytes > old_bytes)
			return NULL;
	}
	if (old)
		unlink_block(arena, old);
	struct arena_block *moved = g_try_realloc(old, new_bytes + sizeof *moved);
	if (moved)
		arena->bytes = others + new_bytes + sizeof *moved;
	if (moved || old)
		link_block(arena, moved ? moved : old);
	return moved ? moved + 1 : NULL;
}

void arena_clear(struct arena *arena)
{
	while (arena->first) {
		struct arena_block *block = arena->first;
		arena->first = block->next;
		g_free(block);
	}
	arena->bytes = 0;
}

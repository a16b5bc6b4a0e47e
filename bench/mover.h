/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_MOVER_H
#define BENCH_MOVER_H

#include <glib.h>

struct world;

/* Where something shall go: the meaning is its owner's. */
struct move {
	double value;
	int number;
};

/* A thing with one moving part, which arrives some simulated time after it was told. */
struct mover;

/*
 * `arrive` is called from the mover's own thread, or from the caller of mover_go with 0 seconds;
 * never twice at once. It may call world_*.
 */
struct mover *mover_new(struct world *world, void (*arrive)(void *owner, struct move move),
                        void *owner);
/* Waits for the thread; call world_stop first, or it lasts until the move is over. */
void mover_free(struct mover *mover); /* null is allowed */

/* A new order takes the place of one that has not arrived. 0 seconds: it arrives at once. */
void mover_go(struct mover *mover, double seconds, struct move move);
gboolean mover_moving(struct mover *mover);
/* Until it no longer moves, or the world is stopped. */
void mover_wait(struct mover *mover);

#endif

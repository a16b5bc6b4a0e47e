/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/mover.h"

#include "bench/world.h"

struct mover {
	struct world *world;
	void (*arrive)(void *owner, struct move move);
	void *owner;
	GMutex lock;
	GCond changed; /* an order, an arrival, the end */
	gboolean quit;
	gboolean moving;
	double until_s;
	struct move move;
	GThread *thread;
};

/* With the lock held. */
static void arrive(struct mover *mover)
{
	mover->moving = FALSE;
	mover->arrive(mover->owner, mover->move);
	g_cond_broadcast(&mover->changed);
}

static void *mover_thread(void *data)
{
	struct mover *mover = data;

	g_mutex_lock(&mover->lock);
	while (!mover->quit) {
		if (!mover->moving) {
			g_cond_wait(&mover->changed, &mover->lock);
			continue;
		}
		double left_s = mover->until_s - world_now_s(mover->world);
		if (left_s <= 0) {
			arrive(mover);
			continue;
		}
		g_mutex_unlock(&mover->lock);
		gboolean slept = world_sleep_s(mover->world, left_s);
		g_mutex_lock(&mover->lock);
		if (!slept)
			arrive(mover);
	}
	g_mutex_unlock(&mover->lock);
	return NULL;
}

struct mover *mover_new(struct world *world, void (*arrive_at)(void *owner, struct move move),
                        void *owner)
{
	struct mover *mover = g_new0(struct mover, 1);
	mover->world = world;
	mover->arrive = arrive_at;
	mover->owner = owner;
	g_mutex_init(&mover->lock);
	g_cond_init(&mover->changed);
	mover->thread = g_thread_new("mover", mover_thread, mover);
	return mover;
}

void mover_free(struct mover *mover)
{
	if (!mover)
		return;
	g_mutex_lock(&mover->lock);
	mover->quit = TRUE;
	g_cond_broadcast(&mover->changed);
	g_mutex_unlock(&mover->lock);
	g_thread_join(mover->thread);
	g_mutex_clear(&mover->lock);
	g_cond_clear(&mover->changed);
	g_free(mover);
}

void mover_go(struct mover *mover, double seconds, struct move move)
{
	g_mutex_lock(&mover->lock);
	mover->move = move;
	if (seconds <= 0) {
		arrive(mover);
	} else {
		mover->until_s = world_now_s(mover->world) + seconds;
		mover->moving = TRUE;
		g_cond_broadcast(&mover->changed);
	}
	g_mutex_unlock(&mover->lock);
}

gboolean mover_moving(struct mover *mover)
{
	g_mutex_lock(&mover->lock);
	gboolean moving = mover->moving;
	g_mutex_unlock(&mover->lock);
	return moving;
}

void mover_wait(struct mover *mover)
{
	g_mutex_lock(&mover->lock);
	while (mover->moving && !mover->quit)
		g_cond_wait(&mover->changed, &mover->lock);
	g_mutex_unlock(&mover->lock);
}

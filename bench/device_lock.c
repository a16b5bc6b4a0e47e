/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/device_lock.h"

#include <string.h>

#define LOOK_US 20000 /* a wait looks so often whether it was cancelled */

struct device_lock {
	GMutex mutex;
	GCond changed;
	const void *exclusive; /* owner, or null */
	GHashTable *sharing;   /* of owners */
	char *key;             /* of the shared lock; null when nobody has it */
};

struct device_lock *device_lock_new(void)
{
	struct device_lock *lock = g_new0(struct device_lock, 1);

	lock->sharing = g_hash_table_new(NULL, NULL);
	g_mutex_init(&lock->mutex);
	g_cond_init(&lock->changed);
	return lock;
}

void device_lock_free(struct device_lock *lock)
{
	if (!lock)
		return;
	g_hash_table_unref(lock->sharing);
	g_free(lock->key);
	g_mutex_clear(&lock->mutex);
	g_cond_clear(&lock->changed);
	g_free(lock);
}

static gboolean shares(const struct device_lock *lock, const void *owner)
{
	return g_hash_table_contains(lock->sharing, owner);
}

/* The exclusive lock goes past a shared one only in the hand of somebody who shares it. */
static gboolean is_free(const struct device_lock *lock, const void *owner, const char *key)
{
	if (lock->exclusive && lock->exclusive != owner)
		return FALSE;
	if (!key)
		return !lock->key || shares(lock, owner);
	return !lock->key || strcmp(lock->key, key) == 0;
}

static gboolean may_talk(const struct device_lock *lock, const void *owner)
{
	if (lock->exclusive)
		return lock->exclusive == owner;
	return !lock->key || shares(lock, owner);
}

/* Once more round a wait; false when it is over. */
static gboolean wait_on(struct device_lock *lock, gint64 end_us, GCancellable *stop)
{
	gint64 now_us = g_get_monotonic_time();

	if (now_us >= end_us || g_cancellable_is_cancelled(stop))
		return FALSE;
	g_cond_wait_until(&lock->changed, &lock->mutex, MIN(end_us, now_us + LOOK_US));
	return TRUE;
}

static gint64 end_of(guint wait_ms)
{
	return wait_ms == LOCK_FOR_EVER ? G_MAXINT64
	                                : g_get_monotonic_time() + (gint64)wait_ms * 1000;
}

enum lock_answer device_lock_take(struct device_lock *lock, const void *owner, const char *key,
                                  guint wait_ms, GCancellable *stop)
{
	gint64 end_us = end_of(wait_ms);
	enum lock_answer answer = LOCK_DONE;

	key = key && *key ? key : NULL;
	g_mutex_lock(&lock->mutex);
	if (key ? shares(lock, owner) : lock->exclusive == owner)
		answer = LOCK_WRONG;
	while (answer == LOCK_DONE && !is_free(lock, owner, key)) {
		if (!wait_on(lock, end_us, stop))
			answer = LOCK_FAILED;
	}
	if (answer == LOCK_DONE && key) {
		if (!lock->key)
			lock->key = g_strdup(key);
		g_hash_table_add(lock->sharing, (gpointer)owner);
	} else if (answer == LOCK_DONE) {
		lock->exclusive = owner;
	}
	g_mutex_unlock(&lock->mutex);
	return answer;
}

static void stop_sharing(struct device_lock *lock, const void *owner)
{
	g_hash_table_remove(lock->sharing, owner);
	if (g_hash_table_size(lock->sharing) == 0)
		g_clear_pointer(&lock->key, g_free);
}

enum lock_answer device_lock_release(struct device_lock *lock, const void *owner)
{
	enum lock_answer answer = LOCK_WRONG;

	g_mutex_lock(&lock->mutex);
	if (lock->exclusive == owner) {
		lock->exclusive = NULL;
		answer = LOCK_DONE;
	} else if (shares(lock, owner)) {
		stop_sharing(lock, owner);
		answer = LOCK_SHARED;
	}
	g_cond_broadcast(&lock->changed);
	g_mutex_unlock(&lock->mutex);
	return answer;
}

void device_lock_drop(struct device_lock *lock, const void *owner)
{
	g_mutex_lock(&lock->mutex);
	if (lock->exclusive == owner)
		lock->exclusive = NULL;
	stop_sharing(lock, owner);
	g_cond_broadcast(&lock->changed);
	g_mutex_unlock(&lock->mutex);
}

gboolean device_lock_admit(struct device_lock *lock, const void *owner, guint wait_ms,
                           GCancellable *stop)
{
	gint64 end_us = end_of(wait_ms);
	gboolean admitted = TRUE;

	g_mutex_lock(&lock->mutex);
	while (admitted && !may_talk(lock, owner))
		admitted = wait_on(lock, end_us, stop);
	g_mutex_unlock(&lock->mutex);
	return admitted;
}

guint device_lock_holders(struct device_lock *lock, gboolean *exclusive)
{
	g_mutex_lock(&lock->mutex);
	guint holders = g_hash_table_size(lock->sharing);
	*exclusive = lock->exclusive != NULL;
	if (lock->exclusive && !shares(lock, lock->exclusive))
		holders++;
	g_mutex_unlock(&lock->mutex);
	return holders;
}

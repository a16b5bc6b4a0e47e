/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_DEVICE_LOCK_H
#define BENCH_DEVICE_LOCK_H

#include <gio/gio.h>

/*
 * Who may talk to a device, whatever the bus: one holder of the exclusive lock, or any number who
 * share one by knowing its key, or both in one hand (IVI-6.1, section 6.5; VXI-11 has the exclusive
 * one only). An owner is a pointer that tells sessions apart. Safe to use from several threads.
 */
struct device_lock;

enum lock_answer {
	LOCK_FAILED, /* somebody else has it, and the time is over */
	LOCK_DONE,   /* taken; or released: the exclusive one */
	LOCK_SHARED, /* released: the shared one */
	LOCK_WRONG,  /* taken twice, or released without being held */
};

struct device_lock *device_lock_new(void);
void device_lock_free(struct device_lock *lock); /* null is allowed */

/* key empty or null: the exclusive lock. Waits up to wait_ms, or until stop is cancelled. */
enum lock_answer device_lock_take(struct device_lock *lock, const void *owner, const char *key,
                                  guint wait_ms, GCancellable *stop);
/* The exclusive lock when the owner has it, else the shared one. */
enum lock_answer device_lock_release(struct device_lock *lock, const void *owner);
/* The owner is gone: releases whatever it has. */
void device_lock_drop(struct device_lock *lock, const void *owner);
/* Waits until the owner may talk; false when wait_ms are over or stop is cancelled. */
gboolean device_lock_admit(struct device_lock *lock, const void *owner, guint wait_ms,
                           GCancellable *stop);
/* *exclusive: somebody has the exclusive lock. Returns how many owners hold any lock. */
guint device_lock_holders(struct device_lock *lock, gboolean *exclusive);

#define LOCK_FOR_EVER G_MAXUINT

#endif

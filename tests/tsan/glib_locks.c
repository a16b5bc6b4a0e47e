/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include <glib.h>

/*
 * GLib's mutexes are futexes of its own, which the thread sanitizer does not know; it would report
 * every access they guard. The linker sends our calls here (-Wl,--wrap), and each lock is told as
 * what it means: taking it comes after all that was done before it was last given back.
 */
void __tsan_acquire(void *address);
void __tsan_release(void *address);

void __real_g_mutex_lock(GMutex *mutex);
gboolean __real_g_mutex_trylock(GMutex *mutex);
void __real_g_mutex_unlock(GMutex *mutex);
void __real_g_cond_wait(GCond *cond, GMutex *mutex);
gboolean __real_g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time_us);

void __wrap_g_mutex_lock(GMutex *mutex);
gboolean __wrap_g_mutex_trylock(GMutex *mutex);
void __wrap_g_mutex_unlock(GMutex *mutex);
void __wrap_g_cond_wait(GCond *cond, GMutex *mutex);
gboolean __wrap_g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time_us);

void __wrap_g_mutex_lock(GMutex *mutex)
{
	__real_g_mutex_lock(mutex);
	__tsan_acquire(mutex);
}

gboolean __wrap_g_mutex_trylock(GMutex *mutex)
{
	gboolean taken = __real_g_mutex_trylock(mutex);

	if (taken)
		__tsan_acquire(mutex);
	return taken;
}

void __wrap_g_mutex_unlock(GMutex *mutex)
{
	__tsan_release(mutex);
	__real_g_mutex_unlock(mutex);
}

void __wrap_g_cond_wait(GCond *cond, GMutex *mutex)
{
	__tsan_release(mutex);
	__real_g_cond_wait(cond, mutex);
	__tsan_acquire(mutex);
}

gboolean __wrap_g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 end_time_us)
{
	gboolean signalled;

	__tsan_release(mutex);
	signalled = __real_g_cond_wait_until(cond, mutex, end_time_us);
	__tsan_acquire(mutex);
	return signalled;
}

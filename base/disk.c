/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Whoever waits and the thread that has to do with the disk; the last of them frees it. */
struct syncing {
	GMutex lock;
	GCond changed;
	int fd; /* the thread's own */
	gboolean done;
	int why; /* errno, once done; 0: it is on the disk */
	gint users;
};

static void leave(struct syncing *syncing)
{
	if (!g_atomic_int_dec_and_test(&syncing->users))
		return;
	close(syncing->fd);
	g_cond_clear(&syncing->changed);
	g_mutex_clear(&syncing->lock);
	g_free(syncing);
}

static gpointer sync_main(gpointer data)
{
	struct syncing *syncing = data;
	int why = fdatasync(syncing->fd) == 0 ? 0 : errno;

	g_mutex_lock(&syncing->lock);
	syncing->why = why;
	syncing->done = TRUE;
	g_cond_broadcast(&syncing->changed);
	g_mutex_unlock(&syncing->lock);
	leave(syncing);
	return NULL;
}

static void wake(GCancellable *stop, gpointer data)
{
	struct syncing *syncing = data;

	g_mutex_lock(&syncing->lock);
	g_cond_broadcast(&syncing->changed);
	g_mutex_unlock(&syncing->lock);
}

/* 0, or why it is not on the disk. */
static int wait_for(struct syncing *syncing, GCancellable *stop)
{
	gulong id = g_cancellable_connect(stop, G_CALLBACK(wake), syncing, NULL);
	int why;

	g_mutex_lock(&syncing->lock);
	while (!syncing->done && !g_cancellable_is_cancelled(stop))
		g_cond_wait(&syncing->changed, &syncing->lock);
	why = syncing->done ? syncing->why : ECANCELED;
	g_mutex_unlock(&syncing->lock);
	g_cancellable_disconnect(stop, id);
	return why;
}

gboolean disk_sync(int fd, GCancellable *stop)
{
	struct syncing *syncing;
	GThread *thread;
	int why;

	if (!stop)
		return fdatasync(fd) == 0;
	if (g_cancellable_is_cancelled(stop)) {
		errno = ECANCELED;
		return FALSE;
	}
	syncing = g_new0(struct syncing, 1);
	g_mutex_init(&syncing->lock);
	g_cond_init(&syncing->changed);
	syncing->users = 2;
	syncing->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	thread = syncing->fd >= 0 ? g_thread_try_new("disk", sync_main, syncing, NULL) : NULL;
	if (!thread) {
		/* it cannot be waited for in any other way, then */
		syncing->users = 1;
		leave(syncing);
		return fdatasync(fd) == 0;
	}
	g_thread_unref(thread);
	why = wait_for(syncing, stop);
	leave(syncing);
	errno = why;
	return why == 0;
}

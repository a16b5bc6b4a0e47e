/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/*
 * fdatasync is this file's: of the descriptor that a test names it returns only when the test says
 * so, as that of a busy disk.
 */
struct disk {
	GMutex lock;
	GCond changed;
	gboolean busy;
	gboolean asked; /* somebody waits for the disk */
	gboolean ended; /* and does not any more */
	int why;
};

static struct disk *const disk = &(struct disk){.busy = FALSE};

int fdatasync(int fd)
{
	int why;

	g_mutex_lock(&disk->lock);
	disk->asked = TRUE;
	g_cond_broadcast(&disk->changed);
	while (disk->busy)
		g_cond_wait(&disk->changed, &disk->lock);
	why = fcntl(fd, F_GETFD) < 0 ? EBADF : disk->why;
	disk->ended = TRUE;
	g_cond_broadcast(&disk->changed);
	g_mutex_unlock(&disk->lock);
	errno = why;
	return why ? -1 : 0;
}

static void disk_is(gboolean busy, int why)
{
	g_mutex_lock(&disk->lock);
	disk->busy = busy;
	disk->asked = disk->ended = FALSE;
	disk->why = why;
	g_cond_broadcast(&disk->changed);
	g_mutex_unlock(&disk->lock);
}

static void wait_until(const gboolean *what)
{
	g_mutex_lock(&disk->lock);
	while (!*what)
		g_cond_wait(&disk->changed, &disk->lock);
	g_mutex_unlock(&disk->lock);
}

static void test_done(void)
{
	g_autoptr(GCancellable) stop = g_cancellable_new();
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (guint i = 0; i < 2; i++) {
		disk_is(FALSE, 0);
		g_assert_true(disk_sync(fd, i ? stop : NULL));
		disk_is(FALSE, EIO);
		g_assert_false(disk_sync(fd, i ? stop : NULL));
		g_assert_cmpint(errno, ==, EIO);
	}
	close(fd);
}

static gpointer cancel_when_asked(gpointer stop)
{
	wait_until(&disk->asked);
	g_cancellable_cancel(stop);
	return NULL;
}

/* The disk is busy all the while; what is written to gets there all the same, closed or not. */
static void test_given_up(void)
{
	g_autoptr(GCancellable) stop = g_cancellable_new();
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	GThread *thread;

	disk_is(TRUE, 0);
	thread = g_thread_new("cancel", cancel_when_asked, stop);
	g_assert_false(disk_sync(fd, stop));
	g_assert_cmpint(errno, ==, ECANCELED);
	g_thread_join(thread);
	close(fd);
	g_mutex_lock(&disk->lock);
	g_assert_false(disk->ended);
	disk->busy = FALSE;
	g_cond_broadcast(&disk->changed);
	g_mutex_unlock(&disk->lock);
	wait_until(&disk->ended);
}

/* Nothing is begun any more. */
static void test_too_late(void)
{
	g_autoptr(GCancellable) stop = g_cancellable_new();

	disk_is(TRUE, 0);
	g_cancellable_cancel(stop);
	g_assert_false(disk_sync(0, stop));
	g_assert_cmpint(errno, ==, ECANCELED);
	g_assert_false(disk->asked);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/disk/done", test_done);
	g_test_add_func("/disk/given-up", test_given_up);
	g_test_add_func("/disk/too-late", test_too_late);
	return g_test_run();
}

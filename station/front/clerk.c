/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/clerk.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct job {
	void (*work)(gpointer data);
	void (*done)(gpointer data);
	gpointer data;
	GDestroyNotify free_data;
};

struct clerk {
	GThread *thread;
	GAsyncQueue *jobs, *finished; /* struct job, owned */
	int fd;
};

static void job_free(struct job *job)
{
	if (job->free_data)
		job->free_data(job->data);
	g_free(job);
}

static gpointer clerk_main(gpointer data)
{
	struct clerk *clerk = data;

	for (;;) {
		struct job *job = g_async_queue_pop(clerk->jobs);
		gboolean last = !job->work;

		if (!last)
			job->work(job->data);
		g_async_queue_push(clerk->finished, job);
		/* a counter of 2^64 jobs does not fill up */
		(void)!eventfd_write(clerk->fd, 1);
		if (last)
			return NULL;
	}
}

struct clerk *clerk_new(const char *name, GError **error)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct clerk *clerk;

	if (fd < 0) {
		station_error_set(error, STATION_ERROR_IO, "eventfd: %s", g_strerror(errno));
		return NULL;
	}
	clerk = g_new0(struct clerk, 1);
	clerk->fd = fd;
	clerk->jobs = g_async_queue_new();
	clerk->finished = g_async_queue_new();
	clerk->thread = g_thread_new(name, clerk_main, clerk);
	return clerk;
}

void clerk_free(struct clerk *clerk)
{
	struct job *job;

	if (!clerk)
		return;
	clerk_give(clerk, NULL, NULL, NULL, NULL);
	g_thread_join(clerk->thread);
	while ((job = g_async_queue_try_pop(clerk->finished)))
		job_free(job);
	g_async_queue_unref(clerk->jobs);
	g_async_queue_unref(clerk->finished);
	close(clerk->fd);
	g_free(clerk);
}

void clerk_give(struct clerk *clerk, void (*work)(gpointer data), void (*done)(gpointer data),
                gpointer data, GDestroyNotify free_data)
{
	struct job *job = g_new0(struct job, 1);

	*job = (struct job){work, done, data, free_data};
	g_async_queue_push(clerk->jobs, job);
}

int clerk_fd(const struct clerk *clerk)
{
	return clerk->fd;
}

void clerk_deliver(struct clerk *clerk)
{
	eventfd_t counted;
	struct job *job;

	(void)!eventfd_read(clerk->fd, &counted);
	while ((job = g_async_queue_try_pop(clerk->finished))) {
		if (job->done)
			job->done(job->data);
		job_free(job);
	}
}

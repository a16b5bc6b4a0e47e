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
	GMutex lock;
	GCond given;
	GQueue jobs, finished; /* struct job, owned; under the lock */
	int fd;
};

static void job_free(struct job *job)
{
	if (job->free_data)
		job->free_data(job->data);
	g_free(job);
}

static struct job *await_job(struct clerk *clerk)
{
	struct job *job;

	g_mutex_lock(&clerk->lock);
	while (!(job = g_queue_pop_head(&clerk->jobs)))
		g_cond_wait(&clerk->given, &clerk->lock);
	g_mutex_unlock(&clerk->lock);
	return job;
}

static struct job *take_finished(struct clerk *clerk)
{
	g_mutex_lock(&clerk->lock);
	struct job *job = g_queue_pop_head(&clerk->finished);
	g_mutex_unlock(&clerk->lock);
	return job;
}

static gpointer clerk_main(gpointer data)
{
	struct clerk *clerk = data;

	for (;;) {
		struct job *job = await_job(clerk);
		gboolean last = !job->work;

		if (!last)
			job->work(job->data);
		g_mutex_lock(&clerk->lock);
		g_queue_push_tail(&clerk->finished, job);
		g_mutex_unlock(&clerk->lock);
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
	g_mutex_init(&clerk->lock);
	g_cond_init(&clerk->given);
	g_queue_init(&clerk->jobs);
	g_queue_init(&clerk->finished);
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
	while ((job = take_finished(clerk)))
		job_free(job);
	g_cond_clear(&clerk->given);
	g_mutex_clear(&clerk->lock);
	close(clerk->fd);
	g_free(clerk);
}

void clerk_give(struct clerk *clerk, void (*work)(gpointer data), void (*done)(gpointer data),
                gpointer data, GDestroyNotify free_data)
{
	struct job *job = g_new0(struct job, 1);

	*job = (struct job){work, done, data, free_data};
	g_mutex_lock(&clerk->lock);
	g_queue_push_tail(&clerk->jobs, job);
	g_cond_signal(&clerk->given);
	g_mutex_unlock(&clerk->lock);
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
	while ((job = take_finished(clerk))) {
		if (job->done)
			job->done(job->data);
		job_free(job);
	}
}

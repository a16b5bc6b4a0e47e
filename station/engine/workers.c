/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/workers.h"

struct workers_job {
	struct workers *workers;
	int site;
	void (*work)(gpointer data);
	gpointer data;
	gboolean done; /* under the lock */
};

struct workers {
	GMutex lock;
	GCond changed;
	GQueue queue; /* struct workers_job, oldest first */
	int served;   /* site whose job was begun last */
	gboolean stopping;
	GPtrArray *threads;
};

/* Sites in turn: the oldest job of the next number after the one served last, around. */
static struct workers_job *next_job(struct workers *workers)
{
	GList *after = NULL, *first = NULL;

	for (GList *l = workers->queue.head; l; l = l->next) {
		int site = ((const struct workers_job *)l->data)->site;

		if (!first || site < ((const struct workers_job *)first->data)->site)
			first = l;
		if (site > workers->served &&
		    (!after || site < ((const struct workers_job *)after->data)->site))
			after = l;
	}
	GList *next = after ? after : first;
	if (!next)
		return NULL;
	struct workers_job *job = next->data;
	g_queue_delete_link(&workers->queue, next);
	workers->served = job->site;
	return job;
}

static gpointer worker_main(gpointer data)
{
	struct workers *workers = data;

	g_mutex_lock(&workers->lock);
	for (;;) {
		struct workers_job *job = next_job(workers);

		if (!job && workers->stopping)
			break;
		if (!job) {
			g_cond_wait(&workers->changed, &workers->lock);
			continue;
		}
		g_mutex_unlock(&workers->lock);
		job->work(job->data);
		g_mutex_lock(&workers->lock);
		job->done = TRUE;
		g_cond_broadcast(&workers->changed);
	}
	g_mutex_unlock(&workers->lock);
	return NULL;
}

struct workers *workers_new(guint n)
{
	struct workers *workers = g_new0(struct workers, 1);

	g_mutex_init(&workers->lock);
	g_cond_init(&workers->changed);
	g_queue_init(&workers->queue);
	workers->threads = g_ptr_array_new();
	for (guint i = 0; i < n; i++) {
		g_autofree char *name = g_strdup_printf("worker-%u", i + 1);
		g_ptr_array_add(workers->threads, g_thread_new(name, worker_main, workers));
	}
	return workers;
}

void workers_free(struct workers *workers)
{
	if (!workers)
		return;
	g_mutex_lock(&workers->lock);
	workers->stopping = TRUE;
	g_cond_broadcast(&workers->changed);
	g_mutex_unlock(&workers->lock);
	for (guint i = 0; i < workers->threads->len; i++)
		g_thread_join(g_ptr_array_index(workers->threads, i));
	g_ptr_array_unref(workers->threads);
	g_cond_clear(&workers->changed);
	g_mutex_clear(&workers->lock);
	g_free(workers);
}

struct workers_job *workers_submit(struct workers *workers, int site, void (*work)(gpointer data),
                                   gpointer data)
{
	struct workers_job *job = g_new0(struct workers_job, 1);

	*job = (struct workers_job){workers, site, work, data, FALSE};
	g_mutex_lock(&workers->lock);
	g_queue_push_tail(&workers->queue, job);
	g_cond_broadcast(&workers->changed);
	g_mutex_unlock(&workers->lock);
	return job;
}

void workers_wait(struct workers_job *job)
{
	struct workers *workers = job->workers;

	g_mutex_lock(&workers->lock);
	while (!job->done)
		g_cond_wait(&workers->changed, &workers->lock);
	g_mutex_unlock(&workers->lock);
	g_free(job);
}

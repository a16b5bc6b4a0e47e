/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/stoppable.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

struct stoppable {
	void (*work)(gpointer data);
	gpointer data;
	GCancellable *stop;
	const char *words;
	GMainLoop *loop;
	int signal;
};

static gboolean all_done(gpointer data)
{
	g_main_loop_quit(((struct stoppable *)data)->loop);
	return G_SOURCE_REMOVE;
}

static gpointer thread_main(gpointer data)
{
	struct stoppable *job = data;

	job->work(job->data);
	g_idle_add(all_done, job);
	return NULL;
}

static gboolean end_it(struct stoppable *job, int number)
{
	job->signal = number;
	g_cancellable_cancel(job->stop);
	if (job->words)
		fputs(job->words, stderr);
	return G_SOURCE_CONTINUE;
}

static gboolean on_interrupt(gpointer job)
{
	return end_it(job, SIGINT);
}

static gboolean on_terminate(gpointer job)
{
	return end_it(job, SIGTERM);
}

static gboolean on_hangup(gpointer job)
{
	return end_it(job, SIGHUP);
}

int stoppable_run(const char *name, void (*work)(gpointer data), gpointer data, GCancellable *stop,
                  const char *words)
{
	struct stoppable job = {work, data, stop, words, g_main_loop_new(NULL, FALSE), 0};
	guint signals[] = {
		g_unix_signal_add(SIGINT, on_interrupt, &job),
		g_unix_signal_add(SIGTERM, on_terminate, &job),
		g_unix_signal_add(SIGHUP, on_hangup, &job),
	};
	GThread *thread = g_thread_new(name, thread_main, &job);

	g_main_loop_run(job.loop);
	g_thread_join(thread);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		g_source_remove(signals[i]);
	g_main_loop_unref(job.loop);
	return job.signal;
}

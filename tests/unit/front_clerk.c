/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/clerk.h"

#include <poll.h>

enum { JOBS = 50 };

struct job {
	GArray *worked, *delivered; /* of the thread that works, and of ours */
	GThread *where;
	int number;
	gint *freed;
};

static void work(gpointer data)
{
	struct job *job = data;

	job->where = g_thread_self();
	g_array_append_val(job->worked, job->number);
}

static void deliver(gpointer data)
{
	struct job *job = data;

	g_assert_true(job->where && job->where != g_thread_self());
	g_array_append_val(job->delivered, job->number);
}

static void count_freed(gpointer data)
{
	struct job *job = data;

	(*job->freed)++;
	g_free(job);
}

static gboolean is_ready(const struct clerk *clerk, int timeout_ms)
{
	struct pollfd fd = {clerk_fd(clerk), POLLIN, 0};

	return poll(&fd, 1, timeout_ms) == 1;
}

/* In their order, off our thread; back on it only when it asks. */
static void test_order(void)
{
	g_autoptr(GArray) worked = g_array_new(FALSE, FALSE, sizeof(int));
	g_autoptr(GArray) delivered = g_array_new(FALSE, FALSE, sizeof(int));
	struct clerk *clerk = clerk_new("clerk", NULL);
	gint freed = 0;

	g_assert_false(is_ready(clerk, 0));
	for (int i = 0; i < JOBS; i++) {
		struct job *job = g_new0(struct job, 1);
		*job = (struct job){worked, delivered, NULL, i, &freed};
		clerk_give(clerk, work, deliver, job, count_freed);
	}
	while (delivered->len < JOBS) {
		g_assert_true(is_ready(clerk, 10000));
		clerk_deliver(clerk);
	}
	for (int i = 0; i < JOBS; i++) {
		g_assert_cmpint(g_array_index(worked, int, i), ==, i);
		g_assert_cmpint(g_array_index(delivered, int, i), ==, i);
	}
	g_assert_cmpint(freed, ==, JOBS);
	clerk_free(clerk);
}

/* What was given is done, and nobody is told who is not there any more. */
static void test_end(void)
{
	g_autoptr(GArray) worked = g_array_new(FALSE, FALSE, sizeof(int));
	g_autoptr(GArray) delivered = g_array_new(FALSE, FALSE, sizeof(int));
	struct clerk *clerk = clerk_new("clerk", NULL);
	gint freed = 0;

	for (int i = 0; i < JOBS; i++) {
		struct job *job = g_new0(struct job, 1);
		*job = (struct job){worked, delivered, NULL, i, &freed};
		clerk_give(clerk, work, deliver, job, count_freed);
	}
	clerk_free(clerk);
	g_assert_cmpuint(worked->len, ==, JOBS);
	g_assert_cmpuint(delivered->len, ==, 0);
	g_assert_cmpint(freed, ==, JOBS);
	clerk_free(NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/front/clerk/order", test_order);
	g_test_add_func("/front/clerk/end", test_end);
	return g_test_run();
}

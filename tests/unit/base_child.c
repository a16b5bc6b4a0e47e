/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/child.h"

#include "base/error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* says null: the number of a process that was left. */
static void expect(const char *script, const char *input, enum child_end end, const char *says)
{
	const char *argv[] = {"sh", "-c", script, NULL};
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autofree char *words = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(child_run((char **)argv, input, "it", &bounds, &words, &error), ==, end);
	g_assert_no_error(error);
	if (says)
		g_assert_cmpstr(words, ==, says);
	else
		kill((pid_t)g_ascii_strtoll(words, NULL, 10), SIGKILL);
}

static void test_ends(void)
{
	g_autofree char *cut = g_strnfill(CHILD_WORDS_MAX, 'y');

	expect("exit 0", NULL, CHILD_DONE, "");
	expect("echo done", NULL, CHILD_DONE, "done");
	expect("echo out; echo 'no paper ' >&2; exit 1", NULL, CHILD_FAILED, "no paper");
	expect("kill -9 $$", NULL, CHILD_FAILED, "");
	expect("yes | tr -d '\\n' | head -c 300000 >&2; exit 2", NULL, CHILD_FAILED, cut);
}

static void test_input(void)
{
	g_autofree char *lots = g_strnfill(300000, 'x');

	expect("cat", "^XA\n^XZ", CHILD_DONE, "^XA\n^XZ");
	expect("wc -c", "", CHILD_DONE, "0");
	expect("wc -c", lots, CHILD_DONE, "300000");
	/* not read, and a child that ends before it could be */
	expect("exec 0<&-; echo well", lots, CHILD_DONE, "well");
	expect("exit 3", lots, CHILD_FAILED, "");
}

static void test_lost(void)
{
	const char *argv[] = {"/nonexistent/program", NULL};
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autofree char *words = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(child_run((char **)argv, "x", "it", &bounds, &words, &error), ==,
	                CHILD_LOST);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(words, "/nonexistent/program"));
}

/* It is ended, whatever it does with its input. */
static void test_stopped(void)
{
	const char *argv[] = {"sleep", "600", NULL};
	struct bounds bounds = {deadline_in_s(0.05), NULL};
	g_autofree char *words = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(child_run((char **)argv, "x", "label", &bounds, &words, &error), ==,
	                CHILD_STOPPED);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_true(g_str_has_prefix(error->message, "label"));
	g_assert_nonnull(words);
}

struct waker {
	int fifo;
	GCancellable *cancellable;
};

/* As soon as the child has begun. */
static gpointer cancel_when_there(gpointer data)
{
	struct waker *waker = data;
	struct pollfd there = {.fd = waker->fifo, .events = POLLIN};
	char word[8];

	g_assert_cmpint(poll(&there, 1, 20000), ==, 1);
	g_assert_cmpint(read(waker->fifo, word, sizeof word), ==, 3);
	g_cancellable_cancel(waker->cancellable);
	return NULL;
}

/* An abort ends what the child began as well: nobody holds the pipe any more. */
static void test_group(void)
{
	g_autofree char *folder = g_dir_make_tmp("child-XXXXXX", NULL);
	g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
	g_autofree char *script = g_strdup_printf("exec 8>%s; sleep 600 & echo in >&8; wait", fifo);
	const char *argv[] = {"sh", "-c", script, NULL};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = {deadline_in_s(20), cancellable};
	struct waker waker = {.cancellable = cancellable};
	struct pollfd left;
	struct child_said said;
	g_autoptr(GError) error = NULL;
	GThread *thread;

	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	waker.fifo = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	thread = g_thread_new("waker", cancel_when_there, &waker);
	g_assert_cmpint(child_talk((char **)argv, NULL, "it", &bounds, &said, &error), ==,
	                CHILD_STOPPED);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_assert_cmpint(said.status, ==, -1);
	g_thread_join(thread);
	left = (struct pollfd){.fd = waker.fifo, .events = POLLIN};
	g_assert_cmpint(poll(&left, 1, 20000), ==, 1);
	g_assert_cmpint(left.revents, ==, POLLHUP);
	child_said_clear(&said);
	close(waker.fifo);
	g_remove(fifo);
	g_rmdir(folder);
}

/* What it leaves in the background holds its output and is not waited for. */
static void test_background(void)
{
	expect("sleep 600 & echo $!; exit 0", NULL, CHILD_DONE, NULL);
}

static void test_streams(void)
{
	const char *argv[] = {"sh", "-c", "cat; cat >&2; exit 75", NULL};
	struct bounds bounds = {deadline_in_s(20), NULL};
	g_autofree char *much = g_strnfill(CHILD_OUT_MAX + 5000, 'x');
	g_autoptr(GBytes) input = g_bytes_new(much, CHILD_OUT_MAX + 5000);
	struct child_said said;

	g_assert_cmpint(child_talk((char **)argv, input, "it", &bounds, &said, NULL), ==,
	                CHILD_FAILED);
	g_assert_cmpint(said.status, ==, 75);
	g_assert_cmpuint(said.out->len, ==, CHILD_OUT_MAX);
	g_assert_cmpuint(said.err->len, ==, 0);
	child_said_clear(&said);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/child/ends", test_ends);
	g_test_add_func("/child/input", test_input);
	g_test_add_func("/child/lost", test_lost);
	g_test_add_func("/child/stopped", test_stopped);
	g_test_add_func("/child/group", test_group);
	g_test_add_func("/child/background", test_background);
	g_test_add_func("/child/streams", test_streams);
	return g_test_run();
}

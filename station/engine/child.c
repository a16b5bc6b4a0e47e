/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/child.h"

#include <errno.h>
#include <gio/gio.h>
#include <gio/gunixoutputstream.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A child that outlives the deadline is ended. */
static gboolean expire(gpointer data)
{
	g_cancellable_cancel(data);
	return G_SOURCE_REMOVE;
}

struct wait {
	GMainLoop *loop;
	GBytes *out, *err; /* what the child printed */
	GError *error;
	gboolean ok;
};

static void finished(GObject *source, GAsyncResult *result, gpointer data)
{
	struct wait *wait = data;

	wait->ok = g_subprocess_communicate_finish(G_SUBPROCESS(source), result, &wait->out,
	                                           &wait->err, &wait->error);
	g_main_loop_quit(wait->loop);
}

static void forward(GCancellable *outer, gpointer inner)
{
	g_cancellable_cancel(inner);
}

/* Waits for the child on a main context of our own, ended by the deadline or an abort. */
static void wait_for(GSubprocess *child, const struct bounds *bounds, struct wait *wait)
{
	g_autoptr(GMainContext) context = g_main_context_new();
	g_autoptr(GCancellable) stop = g_cancellable_new();
	g_autoptr(GSource) timer =
		g_timeout_source_new((guint)(deadline_left_s(bounds->deadline) * 1000) + 1);
	gulong handler = 0;

	g_main_context_push_thread_default(context);
	wait->loop = g_main_loop_new(context, FALSE);
	g_source_set_callback(timer, expire, stop, NULL);
	g_source_attach(timer, context);
	if (bounds->cancellable)
		handler =
			g_cancellable_connect(bounds->cancellable, G_CALLBACK(forward), stop, NULL);
	g_subprocess_communicate_async(child, NULL, stop, finished, wait);
	g_main_loop_run(wait->loop);
	if (handler)
		g_cancellable_disconnect(bounds->cancellable, handler);
	g_source_destroy(timer);
	g_main_loop_unref(wait->loop);
	g_main_context_pop_thread_default(context);
}

static char *said(const struct wait *wait)
{
	GBytes *told = wait->err && g_bytes_get_size(wait->err) ? wait->err : wait->out;
	gsize n = told ? g_bytes_get_size(told) : 0;
	const char *text = n ? g_bytes_get_data(told, NULL) : "";

	while (n > 0 && g_ascii_isspace(text[n - 1]))
		n--;
	return g_strndup(text, MIN(n, CHILD_WORDS_MAX));
}

static enum child_end end_of(GSubprocess *child, const struct wait *wait, const char *what,
                             const struct bounds *bounds, char **words, GError **error)
{
	if (!child) {
		*words = g_strdup(wait->error->message);
		return CHILD_LOST;
	}
	if (!wait->ok) {
		g_subprocess_force_exit(child);
		*words = g_strdup(wait->error->message);
		return bounds_check(bounds, what, error) ? CHILD_LOST : CHILD_STOPPED;
	}
	*words = said(wait);
	return g_subprocess_get_successful(child) ? CHILD_DONE : CHILD_FAILED;
}

/* A file without a name that begins with the text; -1 with error. A child that does not read it
 * breaks no pipe. */
static int file_of(const char *text, GError **error)
{
	g_autoptr(GOutputStream) stream = NULL;
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0) {
		g_set_error_literal(error, G_IO_ERROR, g_io_error_from_errno(errno),
		                    g_strerror(errno));
		return -1;
	}
	stream = g_unix_output_stream_new(fd, FALSE);
	if (!g_output_stream_write_all(stream, text, strlen(text), NULL, NULL, error)) {
		close(fd);
		return -1;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static GSubprocess *start(char **argv, const char *input, GError **error)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);

	if (input) {
		int fd = file_of(input, error);

		if (fd < 0)
			return NULL;
		g_subprocess_launcher_take_stdin_fd(launcher, fd);
	}
	return g_subprocess_launcher_spawnv(launcher, (const char *const *)argv, error);
}

enum child_end child_run(char **argv, const char *input, const char *what,
                         const struct bounds *bounds, char **words, GError **error)
{
	struct wait wait = {0};
	g_autoptr(GSubprocess) child = start(argv, input, &wait.error);
	enum child_end end;

	if (child)
		wait_for(child, bounds, &wait);
	end = end_of(child, &wait, what, bounds, words, error);
	g_clear_pointer(&wait.out, g_bytes_unref);
	g_clear_pointer(&wait.err, g_bytes_unref);
	g_clear_error(&wait.error);
	return end;
}

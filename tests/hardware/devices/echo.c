/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/echo.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct echo {
	GMutex lock;
	GCond changed;
	guint heard;
	int fd;
	int stop[2]; /* closing [1] ends the thread */
	GThread *thread;
};

static void hear(struct echo *echo, const char *line)
{
	g_autofree char *answer = g_strdup_printf("<%s>\n", line);

	if (!g_str_equal(line, "SILENT?") &&
	    write(echo->fd, answer, strlen(answer)) != (gssize)strlen(answer))
		g_error("the line does not take an answer");
	g_mutex_lock(&echo->lock);
	echo->heard++;
	g_cond_broadcast(&echo->changed);
	g_mutex_unlock(&echo->lock);
}

static gpointer echo_main(gpointer user_data)
{
	struct echo *echo = user_data;
	g_autoptr(GString) line = g_string_new(NULL);

	for (;;) {
		GPollFD fds[] = {{echo->fd, G_IO_IN, 0}, {echo->stop[0], G_IO_HUP, 0}};
		char c;
		g_poll(fds, G_N_ELEMENTS(fds), -1);
		if (fds[1].revents || read(echo->fd, &c, 1) != 1)
			return NULL;
		if (c != '\n') {
			g_string_append_c(line, c);
			continue;
		}
		hear(echo, line->str);
		g_string_truncate(line, 0);
	}
}

struct echo *echo_new(int fd)
{
	struct echo *echo = g_new0(struct echo, 1);

	g_mutex_init(&echo->lock);
	g_cond_init(&echo->changed);
	echo->fd = fd;
	if (pipe2(echo->stop, O_CLOEXEC) != 0)
		g_error("no pipe");
	echo->thread = g_thread_new("echo", echo_main, echo);
	return echo;
}

void echo_free(struct echo *echo)
{
	close(echo->stop[1]);
	g_thread_join(echo->thread);
	close(echo->stop[0]);
	g_cond_clear(&echo->changed);
	g_mutex_clear(&echo->lock);
	g_free(echo);
}

void echo_wait_heard(struct echo *echo, guint n)
{
	g_mutex_lock(&echo->lock);
	while (echo->heard < n)
		g_cond_wait(&echo->changed, &echo->lock);
	g_mutex_unlock(&echo->lock);
}

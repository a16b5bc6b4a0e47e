/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/pin_ask.h"

#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

enum { CTRL_C = 3, CTRL_D = 4 };

gboolean pin_read(char *pin, gsize size)
{
	gsize len = 0;
	gssize n;
	char c = 0;

	while ((n = read(STDIN_FILENO, &c, 1)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || c == '\n' || c == '\r' || c == CTRL_C || c == CTRL_D)
			break;
		if (len + 1 < size)
			pin[len++] = c;
	}
	pin[len] = '\0';
	return n != 1 || c != CTRL_C;
}

/* Until there is a line, or somebody stops it. */
static gboolean wait_for_line(GCancellable *stop)
{
	GPollFD in[2] = {{STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, 0}};
	guint n = g_cancellable_make_pollfd(stop, &in[1]) ? 2 : 1;

	while (!g_cancellable_is_cancelled(stop) && (g_poll(in, n, -1) < 0 || !in[0].revents))
		;
	if (n == 2)
		g_cancellable_release_fd(stop);
	return !g_cancellable_is_cancelled(stop);
}

gboolean pin_ask(const char *words, char *pin, gsize size, GCancellable *stop, GError **error)
{
	struct termios before, quiet;
	gboolean done;

	if (tcgetattr(STDIN_FILENO, &before) != 0) {
		station_error_set(error, STATION_ERROR_IO, "standard input is no terminal: %s",
		                  g_strerror(errno));
		return FALSE;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ISIG);
	quiet.c_cc[VEOL] = CTRL_C;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	fputs(words, stderr);
	fflush(stderr);
	done = wait_for_line(stop) && pin_read(pin, size);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	if (!done)
		station_error_set(error, STATION_ERROR_CANCELLED, "stopped");
	return done;
}

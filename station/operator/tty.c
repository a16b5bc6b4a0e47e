/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/tty.h"

#include "base/error.h"
#include "station/operator/tty_rescue.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <math.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

enum { CLOSE_US = 300000 }; /* for what is still to be sent at the end */

struct tty {
	int in, out; /* a way of our own, not waiting, where the system allows it */
	int signals;
	GByteArray *queue;
	guint64 sent;
	gboolean gone;
};

/* A description of our own: O_NONBLOCK on the one that was inherited would be the shell's too. */
static int reopen(int fd, int flags)
{
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	int own = open(path, flags | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	return own >= 0 ? own : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

/* Pseudo terminals and the console of the computer need no XON and XOFF, and are not to be stopped
 * by a Ctrl-S; a terminal on a serial line may need them. Numbers: Linux, devices.txt. */
static gboolean may_need_xon(int fd)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return TRUE;
	return !(major(status.st_rdev) >= 136 && major(status.st_rdev) <= 143) &&
	       !(major(status.st_rdev) == 4 && minor(status.st_rdev) < 64);
}

static void make_raw(struct tty *tty)
{
	struct termios mode = *tty_rescue_mode();

	mode.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | IGNCR | INLCR | INPCK | ISTRIP | IXOFF);
	mode.c_iflag |= IGNBRK;
	if (!may_need_xon(tty->in))
		mode.c_iflag &= ~(tcflag_t)IXON;
	mode.c_oflag &= ~(tcflag_t)OPOST;
	mode.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	mode.c_cc[VMIN] = 1;
	mode.c_cc[VTIME] = 0;
	tcsetattr(tty->in, TCSANOW, &mode);
}

gboolean tty_check(GError **error)
{
	static const char advice[] = "the operator terminal needs one; without it: "
				     "station --lot LOT.csv";

	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		if (!isatty(fd)) {
			station_error_set(error, STATION_ERROR_UNSUPPORTED,
			                  "standard %s is no terminal: %s",
			                  fd == STDIN_FILENO ? "input" : "output", advice);
			return FALSE;
		}
	return TRUE;
}

struct tty *tty_open(GError **error)
{
	struct tty *tty;
	int signals;

	signals = tty_rescue_begin(error);
	if (signals < 0)
		return NULL;
	tty = g_new0(struct tty, 1);
	tty->signals = signals;
	tty->in = reopen(STDIN_FILENO, O_RDONLY);
	tty->out = reopen(STDOUT_FILENO, O_WRONLY);
	tty->queue = g_byte_array_new();
	make_raw(tty);
	return tty;
}

void tty_close(struct tty *tty)
{
	gint64 until = g_get_monotonic_time() + CLOSE_US;
	gboolean other;

	if (!tty)
		return;
	while (tty_is_behind(tty) && g_get_monotonic_time() < until) {
		guint8 unread[64];
		tty_wait(tty, -1, until, &other);
		tty_read(tty, unread, sizeof(unread));
		for (enum tty_event event; tty_event(tty, &event);)
			;
	}
	tty_rescue_end();
	close(tty->in);
	close(tty->out);
	g_byte_array_unref(tty->queue);
	g_free(tty);
}

void tty_set_farewell(struct tty *tty, const char *bytes)
{
	tty_rescue_set_farewell(bytes);
}

gboolean tty_size(const struct tty *tty, int *columns, int *rows)
{
	struct winsize size;

	if (ioctl(tty->out, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
		return FALSE;
	*columns = size.ws_col;
	*rows = size.ws_row;
	return TRUE;
}

static void lose(struct tty *tty)
{
	tty->gone = TRUE;
	g_byte_array_set_size(tty->queue, 0);
}

static void send(struct tty *tty)
{
	while (tty->queue->len) {
		gssize n = write(tty->out, tty->queue->data, tty->queue->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			if (errno != EAGAIN)
				lose(tty);
			return;
		}
		tty->sent += (guint64)n;
		g_byte_array_remove_range(tty->queue, 0, (guint)n);
	}
}

void tty_write(struct tty *tty, const void *bytes, gsize n)
{
	if (tty->gone)
		return;
	g_byte_array_append(tty->queue, bytes, (guint)n);
	send(tty);
}

gboolean tty_is_behind(const struct tty *tty)
{
	return tty->queue->len > 0;
}

guint64 tty_bytes_sent(const struct tty *tty)
{
	return tty->sent;
}

void tty_wait(struct tty *tty, int other_fd, gint64 until_us, gboolean *other)
{
	struct pollfd fds[] = {
		{tty->gone ? -1 : tty->in, POLLIN},
		{tty->signals, POLLIN},
		{other_fd, POLLIN},
		{tty_is_behind(tty) ? tty->out : -1, POLLOUT},
	};
	gint64 left_us = until_us == G_MAXINT64 ? -1 : until_us - g_get_monotonic_time();
	struct timespec left;

	left_us = until_us == G_MAXINT64 ? -1 : MAX(left_us, 0);
	left = (struct timespec){left_us / G_USEC_PER_SEC, left_us % G_USEC_PER_SEC * 1000};
	*other = FALSE;
	if (ppoll(fds, G_N_ELEMENTS(fds), left_us < 0 ? NULL : &left, NULL) <= 0)
		return;
	*other = fds[2].revents != 0;
	if (fds[3].revents)
		send(tty);
	if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) && !(fds[0].revents & POLLIN))
		lose(tty);
}

gsize tty_read(struct tty *tty, void *bytes, gsize n)
{
	struct pollfd fd = {tty->in, POLLIN};
	gssize got;

	/* where the way is not our own, read would wait */
	if (tty->gone || poll(&fd, 1, 0) <= 0)
		return 0;
	got = read(tty->in, bytes, n);
	if (got > 0)
		return (gsize)got;
	if (got == 0 || (errno != EAGAIN && errno != EINTR))
		lose(tty);
	return 0;
}

gboolean tty_event(struct tty *tty, enum tty_event *event)
{
	char c;

	while (read(tty->signals, &c, 1) == 1)
		switch (c) {
		case TTY_RESCUE_HANGUP:
			lose(tty);
			break;
		case TTY_RESCUE_INTERRUPT:
			*event = TTY_INTERRUPT;
			return TRUE;
		case TTY_RESCUE_TERMINATE:
			*event = TTY_TERMINATE;
			return TRUE;
		case TTY_RESCUE_RESIZE:
			*event = TTY_RESIZE;
			return TRUE;
		case TTY_RESCUE_CONTINUED:
			make_raw(tty);
			*event = TTY_CONTINUED;
			return TRUE;
		}
	return FALSE;
}

gboolean tty_is_gone(const struct tty *tty)
{
	return tty->gone;
}

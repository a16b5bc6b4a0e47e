/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_TTY_H
#define STATION_OPERATOR_TTY_H

#include <glib.h>
#include <signal.h>

/*
 * The terminal as a device: raw, never waited for, and given back whatever ends the process. Knows
 * nothing of what is sent. There is one at a time.
 */

enum tty_event {
	TTY_INTERRUPT = SIGINT,
	TTY_TERMINATE = SIGTERM,
	TTY_RESIZE = SIGWINCH,
	TTY_CONTINUED = SIGCONT, /* after a stop: somebody else had the terminal */
};

struct tty;

/* UNSUPPORTED when standard input or output is no terminal. */
gboolean tty_check(GError **error);

/* On standard input and output, which tty_check found to be one. Catches signals and standard error
 * until tty_close. IO. Free with tty_close. */
struct tty *tty_open(GError **error);
/* Sends what is left for a short while, then what tty_set_farewell said. Null is allowed. */
void tty_close(struct tty *tty);

/* What puts the terminal into the state in which it was found, sent at the end whatever it is. */
void tty_set_farewell(struct tty *tty, const char *bytes);

/* FALSE: it does not know. */
gboolean tty_size(const struct tty *tty, int *columns, int *rows);

/* Queues bytes and sends what the line takes now. */
void tty_write(struct tty *tty, const void *bytes, gsize n);
/* Bytes wait for the line. */
gboolean tty_is_behind(const struct tty *tty);
guint64 tty_bytes_sent(const struct tty *tty);

/* Waits until there is something to read, what was queued is sent, a signal came or other_fd (-1:
 * none) can be read, or until that time (G_MAXINT64: for ever). *other tells of other_fd. */
void tty_wait(struct tty *tty, int other_fd, gint64 until_us, gboolean *other);

/* What was typed, at most n bytes; 0 nothing. */
gsize tty_read(struct tty *tty, void *bytes, gsize n);

/* The next signal that came; FALSE: none. After TTY_CONTINUED the device is raw again. */
gboolean tty_event(struct tty *tty, enum tty_event *event);

/* The other end is gone: nothing comes, and what is sent is lost. */
gboolean tty_is_gone(const struct tty *tty);

#endif

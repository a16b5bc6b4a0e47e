/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_TTY_RESCUE_H
#define STATION_OPERATOR_TTY_RESCUE_H

#include <glib.h>
#include <termios.h>

/*
 * Gives the terminal back at the end of the process, whatever ends it: exit, a signal, a crash.
 * What it needs for that outlives every function, because a signal handler has nothing else.
 */

/* What signals become. */
enum {
	TTY_RESCUE_INTERRUPT = 'I',
	TTY_RESCUE_TERMINATE = 'T',
	TTY_RESCUE_HANGUP = 'H',
	TTY_RESCUE_RESIZE = 'W',
	TTY_RESCUE_CONTINUED = 'C',
};

/*
 * Remembers the mode of the terminal on standard input and output, catches the signals, and keeps
 * what is written to standard error when that is the same terminal. Gives a descriptor on which
 * signals arrive as bytes, not waiting; -1: IO. Between begin and end there is no other begin.
 */
int tty_rescue_begin(GError **error);
/* Gives the terminal back, and the signals. */
void tty_rescue_end(void);

/* Sent before the mode is set back; at most 255 bytes, or it is left out. */
void tty_rescue_set_farewell(const char *bytes);

/* The mode that was found. */
const struct termios *tty_rescue_mode(void);

#endif

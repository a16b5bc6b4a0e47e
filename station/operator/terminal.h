/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_TERMINAL_H
#define STATION_OPERATOR_TERMINAL_H

#include "station/operator/canvas.h"
#include "station/operator/keys.h"
#include "station/operator/theme.h"

/*
 * The terminal on standard input and output: shows a canvas, gives what is typed. The only place
 * that knows curses. One at a time; all calls from one thread. Whatever ends the process (exit, a
 * signal, a crash), the terminal is given back as it was found; only SIGKILL cannot be helped.
 */

struct terminal;

/*
 * Takes the terminal: alternate screen, raw keys, bracketed paste; SIGINT, SIGTERM, SIGHUP,
 * SIGWINCH and SIGTSTP are caught until terminal_close. What is written to standard error meanwhile
 * is kept and appears when the terminal is given back. UNSUPPORTED, with what to do next, when
 * standard input or output is no terminal, TERM is unknown or it cannot place its cursor. The
 * locale must be set (setlocale). Free with terminal_close.
 */
struct terminal *terminal_open(const struct theme *theme, GError **error);
void terminal_close(struct terminal *terminal); /* null is allowed */

/* At least 1 each. */
void terminal_size(const struct terminal *terminal, int *columns, int *rows);

/*
 * What the terminal can show: braille in a UTF-8 locale, but blocks on consoles (TERM linux, and
 * such) and ASCII on old ones (vt100, vt220, ansi) and in other locales. STATION_SIGNS=ascii,
 * blocks or braille says otherwise.
 */
enum signs terminal_signs(const struct terminal *terminal);

/* FALSE: the terminal has no colours, and the theme without them is used whatever was asked for. */
gboolean terminal_has_colours(const struct terminal *terminal);

/* Where the cursor is to be from the next terminal_show on; x < 0: nowhere, as at first. */
void terminal_cursor(struct terminal *terminal, int x, int y);

/*
 * Shows the canvas; only what differs from what is shown is sent. A line that is too slow for all
 * of it gets the newest canvas as soon as it has taken what was before: this never waits. What lies
 * outside of the terminal is not shown; where the canvas ends, blanks.
 */
void terminal_show(struct terminal *terminal, const struct canvas *canvas);

/* Sends everything anew with the next terminal_show; Ctrl-L does it without anybody's doing. */
void terminal_redraw(struct terminal *terminal);

void terminal_beep(struct terminal *terminal);

/*
 * Waits for a key, at most timeout_s (INFINITY: for ever), or until other_fd can be read (-1:
 * none), and says which; keys come before the other descriptor.
 */
void terminal_read(struct terminal *terminal, int other_fd, double timeout_s,
                   struct terminal_key *key);

/* How many bytes were sent to the terminal since it was opened. */
guint64 terminal_bytes_sent(const struct terminal *terminal);

#endif

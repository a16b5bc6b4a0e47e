/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_LINE_EDIT_H
#define STATION_FRONT_LINE_EDIT_H

#include "station/shell/shell.h"

/* Lines from the terminal, edited by libedit: Tab completes, arrows go through the history. */
struct line_edit;
typedef struct line_edit line_edit;

/* `history` is the file that keeps the lines (0600, SHELL_HISTORY_MAX of them; null: none does);
 * what it has is remembered by the shell, which is borrowed. Null when there is no terminal. */
struct line_edit *line_edit_open(struct shell *shell, const char *history);
/* Also writes the history. Null is allowed. */
void line_edit_close(struct line_edit *edit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(line_edit, line_edit_close)

/* The next command, of several lines while a quote is open; "" after Ctrl-C. Null at the end,
 * Ctrl-D, and after a signal that would end the program. Free with g_free. */
char *line_edit_read(struct line_edit *edit);
/* That signal: SIGINT, SIGTERM or SIGHUP; 0: none came. */
int line_edit_signal(const struct line_edit *edit);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_TELL_H
#define STATION_SHELL_TELL_H

#include "station/engine/hand.h"
#include "station/shell/shell.h"

/*
 * What steps and undos tell, as lines: with the results, or with the messages when results are
 * objects. In a terminal the last line shows how far it is.
 */

/*
 * From now on, from a thread of its own: the caller writes nothing until shell_tell_end, before
 * which nothing of it may be lost.
 */
struct shell_tell *shell_tell_begin(struct shell *shell, struct hand *hand);
/* As messages, whatever results are. */
struct shell_tell *shell_tell_begin_errors(struct shell *shell, struct hand *hand);
void shell_tell_end(struct shell_tell *tell);

/* A line of the caller's own. */
void shell_tell_line(struct shell *shell, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The line that an event is told by; null: it is not told. Free with g_free. */
char *shell_tell_text(const struct event *event);

#endif

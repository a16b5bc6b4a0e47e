/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_TRACE_H
#define STATION_SHELL_TRACE_H

#include "instruments/link/link.h"
#include "station/shell/shell.h"

/* Messages of instruments on the error output, of those that are asked for. */

/* For hand_world; data is the shell. */
void shell_trace_hear(const char *name, const struct link_event *event, gpointer data);
/* From now on, or no more. */
void shell_trace_set(struct shell *shell, const char *name, gboolean on);
/* Of none any more. */
void shell_trace_clear(struct shell *shell);

/*
 * A message as people read it: control characters escaped; what is long or no text is cut, with how
 * many bytes there are. Free with g_free.
 */
char *shell_trace_text(const guint8 *data, gsize len);

#endif

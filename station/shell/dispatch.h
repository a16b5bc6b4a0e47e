/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_DISPATCH_H
#define STATION_SHELL_DISPATCH_H

#include "station/shell/command.h"
#include "station/shell/shell.h"

/* Finds a command and reads its arguments: the only place that does. */

/* The command that the tokens first..first+n-1 of the line begin with; *used of them are its name.
 * Null with STATION_ERROR_CONFIG, which suggests the nearest name. */
const struct shell_command *dispatch_find(struct shell *shell, const char *line,
                                          const struct token *tokens, guint n, guint *used,
                                          GError **error);

/* Reads the arguments from the tokens behind the name. Clear with dispatch_clear. */
gboolean dispatch_read(struct shell *shell, const struct shell_command *command, const char *line,
                       const struct token *tokens, guint n, struct call *call, GError **error);
void dispatch_clear(struct call *call);

#endif

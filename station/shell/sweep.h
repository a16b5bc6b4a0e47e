/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_SWEEP_H
#define STATION_SHELL_SWEEP_H

#include "station/shell/shell.h"

/* The variable that keeps the table of the last sweep. */
#define SWEEP_VARIABLE "sweep"

/*
 * "THING RANGE : COMMAND [> FILE]": sets the thing to each point, runs the command and keeps what
 * it gives, each row with its point in front; draws it meanwhile where there is a terminal. The
 * thing is put back whatever happens, and the table so far is $sweep and $_ even when an error ends
 * it, then told with how far it came.
 */
gboolean shell_sweep_run(struct shell *shell, const char *text, struct value *result,
                         GError **error);

/* The table as a file (table_csv). STATION_ERROR_STORAGE. */
gboolean sweep_save(const struct table *table, const char *path, GError **error);

#endif

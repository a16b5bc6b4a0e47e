/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FACTORY_PROGRAM_H
#define STATION_FACTORY_PROGRAM_H

#include "base/child.h"

/* What a program that was not done (CHILD_FAILED, CHILD_LOST) said, in one line: the first of its
 * standard error, else its exit code. Free with g_free. */
char *program_words(enum child_end end, const struct child_said *said);

/* Whether the command's program can be run; *words gets why not. */
gboolean program_is_there(char **command, char **words);

#endif

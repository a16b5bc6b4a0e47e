/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_MEMORY_COMMAND_H
#define STATION_FRONT_MEMORY_COMMAND_H

#include "station/front/front.h"

/* "station module compare", "dump" and "writes": what module_command.c leaves to memory_command.c.
 */
gboolean memory_command_is(const char *action);
/* argv[1] is one of them; gives the exit code. */
int memory_command(struct front *front, int argc, char **argv);

#endif

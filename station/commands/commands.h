/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_COMMANDS_COMMANDS_H
#define STATION_COMMANDS_COMMANDS_H

#include "station/shell/command.h"

/*
 * All commands of the engineering shell, nouns together; null-terminated. The language of
 * station/shell goes by what struct shell_world has of them.
 */
extern const struct shell_command *const shell_commands[];

#endif

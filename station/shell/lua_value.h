/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_LUA_VALUE_H
#define STATION_SHELL_LUA_VALUE_H

#include "limits/sandbox_value.h"
#include "station/shell/value.h"

/*
 * What a script returns as the shell shows it. One number, text or flag is itself; a list of tables
 * is a table with a column for each field; a table of fields has a row for each; a list, or several
 * results, one for each item. Nothing, and nil, is VALUE_NONE.
 */
struct value lua_results(const GArray *results);

#endif

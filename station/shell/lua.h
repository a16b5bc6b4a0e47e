/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_LUA_H
#define STATION_SHELL_LUA_H

#include "station/shell/shell.h"

/*
 * Scripts in Lua at the shell: the same functions as in a plan's step (station/script/script.h), on
 * the site that is worked at. Instruments are taken when a function first needs them, and given
 * back when the script ends; what does more than look asks for the right and marks the unit then.
 * Globals stay from one script to the next.
 */
struct script;
struct sandbox;
struct shell_lua {
	struct script *script; /* null: nothing was run yet */
	struct sandbox *sandbox;
};
void lua_clear(struct shell_lua *lua);

/* A script may take so long (process time). */
#define LUA_LIMIT_S 3600.0

/*
 * Runs a text, `name` is what messages call it; *result is what it returns: a number, a text, a
 * flag, or of a table a table. Errors as those of sandbox_run and of the functions.
 */
gboolean lua_run(struct shell *shell, const char *name, const char *text, gsize length,
                 struct value *result, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_SANDBOX_STATE_H
#define LIMITS_SANDBOX_STATE_H

#include "limits/arena.h"
#include "limits/sandbox.h"

#include <lua.h>

#include <setjmp.h>

/*
 * Parts of the sandbox. How a run ends before its time: an error of Lua's could be caught by the
 * script, is not seen while the script's own error handler runs, and runs handlers on its way. So
 * the run is left by longjmp, past all of Lua, and the whole state freed with its arena. Functions
 * called by Lua therefore own nothing while they call it, but under `held`.
 */
enum {
	SANDBOX_TEXT_MAX = 1 << 20,   /* bytes of one text: what C code may have to walk at once */
	SANDBOX_LIST_MAX = 1 << 20,   /* items that one call of table.* may touch */
	SANDBOX_SOURCE_MAX = 1 << 18, /* bytes of a script */
};

struct sandbox {
	struct sandbox_host host;
	struct arena arena;
	lua_State *lua; /* null after a run that was stopped */
	/* during a run: */
	const struct bounds *bounds; /* null: nothing can be stopped now */
	gint64 end_us;               /* real time: when a recording is played back too */
	gsize unchecked;             /* bytes and blocks asked for since the last check */
	guint held;                  /* in host code: it must not be left by longjmp */
	jmp_buf stopped;
	GError *failure; /* what the script's uncaught error became */
};

struct sandbox *sandbox_of(lua_State *lua);

/* Does not come back when the run is over. Costs some 30 ns. */
void sandbox_check(lua_State *lua);

/* From when on a run ends; null after it. Again after time has passed in host code. */
void sandbox_take_bounds(struct sandbox *sandbox, const struct bounds *bounds);

/* A C function of Lua's on the top of the stack becomes one that checks first. */
void sandbox_meter(lua_State *lua);

/* Makes the globals that scripts find. Raises errors. */
void sandbox_open_libraries(lua_State *lua);

/* find, match, gmatch, gsub set in the table on the top of the stack. Raises errors. */
void sandbox_open_patterns(lua_State *lua);

/* The host's functions set in the globals. Raises errors. */
void sandbox_open_host(lua_State *lua);

/*
 * Appends copies of the `count` values from `first` on. Raises nothing; FALSE with a static reason
 * when one of them cannot pass.
 */
gboolean sandbox_copy_values(lua_State *lua, int first, int count, GArray *values,
                             const char **reason);
/* The same, where functions pass as SANDBOX_FUNCTION. */
gboolean sandbox_copy_results(lua_State *lua, int first, int count, GArray *values,
                              const char **reason);

/* Pushes a copy. Raises errors of memory. */
void sandbox_push_value(lua_State *lua, const struct sandbox_value *value);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/sandbox.h"

#include "base/error.h"
#include "limits/sandbox_state.h"

#include <lauxlib.h>

#include <string.h>

enum {
	BYTES_MAX = 32 << 20,
	BYTES_PER_CHECK = 1 << 20,
	BYTES_PER_BLOCK = 4096, /* what a block counts beside its bytes */
	INSTRUCTIONS_PER_CHECK = 200,
	CALLERS_MAX = 10, /* shown with an error */
};

/* --- bounds ------------------------------------------------------------------------------------
 */

static gboolean is_over(const struct sandbox *sandbox)
{
	return g_cancellable_is_cancelled(sandbox->bounds->cancellable) ||
	       g_get_monotonic_time() >= sandbox->end_us;
}

static void leave_when_over(struct sandbox *sandbox)
{
	if (sandbox->bounds && sandbox->held == 0 && is_over(sandbox))
		longjmp(sandbox->stopped, 1);
}

struct sandbox *sandbox_of(lua_State *lua)
{
	void *data;
	lua_getallocf(lua, &data);
	return data;
}

void sandbox_check(lua_State *lua)
{
	leave_when_over(sandbox_of(lua));
}

static void check_instructions(lua_State *lua, lua_Debug *debug)
{
	sandbox_check(lua);
}

/* Work in C that no instruction counts asks for memory: it is checked here. */
static void *allocate(void *data, void *block, size_t old_size, size_t new_size)
{
	struct sandbox *sandbox = data;
	gsize held = block ? old_size : 0; /* for a new block Lua passes a kind instead */
	sandbox->unchecked += new_size + BYTES_PER_BLOCK;
	if (sandbox->unchecked > BYTES_PER_CHECK) {
		sandbox->unchecked = 0;
		leave_when_over(sandbox);
	}
	gboolean is_text = !block && old_size == LUA_TSTRING;
	if (is_text && new_size > SANDBOX_TEXT_MAX)
		return NULL;
	return arena_resize(&sandbox->arena, block, held, new_size);
}

/* --- errors of scripts --------------------------------------------------------------------------
 */

static enum station_error kind_of_name(const char *name)
{
	for (int kind = 0; kind <= STATION_ERROR_AUTHORITY; kind++) {
		if (g_strcmp0(station_error_name(kind), name) == 0)
			return kind;
	}
	return STATION_ERROR_CONFIG;
}

static gboolean is_users(const lua_Debug *level)
{
	return level->source[0] == '@' && level->currentline > 0;
}

/* "\ncalled from fir.lua:9", for each of the user's functions but the innermost. */
static void append_callers(lua_State *lua, GString *text)
{
	lua_Debug level;
	int shown = -1;
	for (int i = 0; shown < CALLERS_MAX && lua_getstack(lua, i, &level); i++) {
		if (!lua_getinfo(lua, "Sl", &level) || !is_users(&level))
			continue;
		if (shown >= 0)
			g_string_append_printf(text, "\ncalled from %s:%d", level.short_src,
			                       level.currentline);
		shown++;
	}
	if (shown == CALLERS_MAX)
		g_string_append(text, "\n...");
}

static void prepend_place(lua_State *lua, GString *text)
{
	lua_Debug level;
	for (int i = 0; lua_getstack(lua, i, &level); i++) {
		if (!lua_getinfo(lua, "Sl", &level) || !is_users(&level))
			continue;
		g_autofree char *place =
			g_strdup_printf("%s:%d: ", level.short_src, level.currentline);
		g_string_prepend(text, place);
		return;
	}
}

/* Pushes a field of the error at 1 when that is a table with such a text, or else null. */
static const char *text_field(lua_State *lua, const char *name)
{
	if (lua_type(lua, 1) != LUA_TTABLE)
		return NULL;
	lua_pushstring(lua, name);
	lua_rawget(lua, 1);
	return lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : NULL;
}

/* Lua's handler of errors that nobody caught: (error). */
static int keep_failure(lua_State *lua)
{
	struct sandbox *sandbox = sandbox_of(lua);
	lua_settop(lua, 1);
	const char *kind = text_field(lua, "kind");
	const char *message = text_field(lua, "message");
	const char *words = message ? message : luaL_tolstring(lua, 1, NULL);
	/* From here on Lua raises nothing. */
	g_autoptr(GString) text = g_string_new(words);
	if (message)
		prepend_place(lua, text);
	append_callers(lua, text);
	station_error_set(&sandbox->failure, message ? kind_of_name(kind) : STATION_ERROR_CONFIG,
	                  "%s", text->str);
	return 0;
}

/* --- running ------------------------------------------------------------------------------------
 */

struct chunk {
	const char *name;
	const char *text;
	gsize length;
	const char *entry;                    /* null: the script itself is all that is called */
	const struct sandbox_value *argument; /* of the function that it returns; null: none is */
};

/* In place of the table on the top of the stack, its function of that name. */
static void take_entry(lua_State *lua, const struct chunk *chunk)
{
	gboolean there = lua_istable(lua, -1);
	if (there) {
		lua_pushstring(lua, chunk->entry);
		lua_rawget(lua, -2);
		lua_remove(lua, -2);
		there = lua_isfunction(lua, -1);
	}
	if (!there)
		luaL_error(lua, "%s: has to return a table with a function \"%s\"", chunk->name,
		           chunk->entry);
}

static void check_function(lua_State *lua, const struct chunk *chunk)
{
	if (!lua_isfunction(lua, -1))
		luaL_error(lua, "%s: has to return a function", chunk->name);
}

/* (struct chunk *): what it returns */
static int run_chunk(lua_State *lua)
{
	const struct chunk *chunk = lua_touserdata(lua, 1);
	const char *name = lua_pushfstring(lua, "@%s", chunk->name);
	if (luaL_loadbufferx(lua, chunk->text, chunk->length, name, "t") != LUA_OK)
		return lua_error(lua);
	int below = lua_gettop(lua) - 1;
	if (chunk->entry) {
		lua_call(lua, 0, 1);
		take_entry(lua, chunk);
	}
	if (chunk->argument) {
		lua_call(lua, 0, 1);
		check_function(lua, chunk);
		sandbox_push_value(lua, chunk->argument);
	}
	lua_call(lua, chunk->argument ? 1 : 0, LUA_MULTRET);
	return lua_gettop(lua) - below;
}

static int open_all(lua_State *lua)
{
	sandbox_open_libraries(lua);
	sandbox_open_host(lua);
	return 0;
}

static void drop_state(struct sandbox *sandbox)
{
	sandbox->lua = NULL;
	arena_clear(&sandbox->arena);
}

/* Nothing that a script can make has a finalizer: freeing its memory is all. */
static gboolean make_state(struct sandbox *sandbox, GError **error)
{
	sandbox->lua = lua_newstate(allocate, sandbox);
	gboolean good = sandbox->lua != NULL;
	if (good) {
		lua_pushcfunction(sandbox->lua, open_all);
		good = lua_pcall(sandbox->lua, 0, 0, 0) == LUA_OK;
	}
	if (good) {
		lua_sethook(sandbox->lua, check_instructions, LUA_MASKCOUNT,
		            INSTRUCTIONS_PER_CHECK);
		return TRUE;
	}
	drop_state(sandbox);
	station_error_set(error, STATION_ERROR_INTERNAL, "no memory for scripts");
	return FALSE;
}

struct sandbox *sandbox_new(const struct sandbox_host *host, GError **error)
{
	struct sandbox *sandbox = g_new0(struct sandbox, 1);
	sandbox->host = *host;
	sandbox->arena.bytes_max = host->bytes_max > 0 ? host->bytes_max : BYTES_MAX;
	if (make_state(sandbox, error))
		return sandbox;
	sandbox_free(sandbox);
	return NULL;
}

void sandbox_free(struct sandbox *sandbox)
{
	if (!sandbox)
		return;
	arena_clear(&sandbox->arena);
	g_free(sandbox);
}

void sandbox_take_bounds(struct sandbox *sandbox, const struct bounds *bounds)
{
	sandbox->bounds = bounds;
	if (bounds)
		sandbox->end_us =
			g_get_monotonic_time() + (gint64)(deadline_left_s(bounds->deadline) * 1e6);
}

enum { RUN_STOPPED = -1 };

/* Lua's status with the results above the handler, or RUN_STOPPED. */
static int run_guarded(struct sandbox *sandbox, const struct chunk *chunk)
{
	if (setjmp(sandbox->stopped) != 0)
		return RUN_STOPPED;
	lua_pushcfunction(sandbox->lua, keep_failure);
	lua_pushcfunction(sandbox->lua, run_chunk);
	lua_pushlightuserdata(sandbox->lua, (void *)chunk);
	return lua_pcall(sandbox->lua, 1, LUA_MULTRET, 1);
}

/* The handler is not asked when there is no memory for it, or when it failed itself. */
static void tell_failure(struct sandbox *sandbox, const char *name, int status, GError **error)
{
	if (sandbox->failure && status == LUA_ERRRUN)
		g_propagate_error(error, g_steal_pointer(&sandbox->failure));
	else
		station_error_set(error, STATION_ERROR_CONFIG, "%s: %s", name,
		                  status == LUA_ERRMEM ? "not enough memory"
		                                       : "an error without words");
	g_clear_error(&sandbox->failure);
}

static void tell_stop(struct sandbox *sandbox, const char *name, const struct bounds *bounds,
                      GError **error)
{
	drop_state(sandbox);
	g_clear_error(&sandbox->failure);
	if (bounds_check(bounds, name, error))
		station_error_set(error, STATION_ERROR_TIMEOUT, "%s: out of time", name);
}

static gboolean take_results(struct sandbox *sandbox, const char *name, GArray *results,
                             GError **error)
{
	const char *reason;
	if (!results ||
	    sandbox_copy_results(sandbox->lua, 2, lua_gettop(sandbox->lua) - 1, results, &reason))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s: returns %s", name, reason);
	return FALSE;
}

static gboolean run(struct sandbox *sandbox, const struct chunk *chunk, const struct bounds *bounds,
                    GArray *results, GError **error)
{
	const char *name = chunk->name;
	g_return_val_if_fail(!sandbox->bounds, FALSE); /* a host function may not run scripts */
	if (!bounds_check(bounds, name, error))
		return FALSE;
	if (chunk->length > SANDBOX_SOURCE_MAX) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: longer than %d bytes", name,
		                  SANDBOX_SOURCE_MAX);
		return FALSE;
	}
	if (!sandbox->lua && !make_state(sandbox, error))
		return FALSE;
	sandbox_take_bounds(sandbox, bounds);
	int status = run_guarded(sandbox, chunk);
	sandbox_take_bounds(sandbox, NULL);
	if (status == RUN_STOPPED) {
		tell_stop(sandbox, name, bounds, error);
		return FALSE;
	}
	gboolean good = status == LUA_OK && take_results(sandbox, name, results, error);
	if (status != LUA_OK)
		tell_failure(sandbox, name, status, error);
	lua_settop(sandbox->lua, 0);
	return good;
}

gboolean sandbox_run(struct sandbox *sandbox, const char *name, const char *text, gsize length,
                     const struct bounds *bounds, GArray *results, GError **error)
{
	const struct chunk chunk = {name, text, length, NULL, NULL};
	return run(sandbox, &chunk, bounds, results, error);
}

gboolean sandbox_run_entry(struct sandbox *sandbox, const char *name, const char *text,
                           gsize length, const char *entry, const struct bounds *bounds,
                           GArray *results, GError **error)
{
	const struct chunk chunk = {name, text, length, entry, NULL};
	return run(sandbox, &chunk, bounds, results, error);
}

gboolean sandbox_run_function(struct sandbox *sandbox, const char *name, const char *text,
                              gsize length, const struct sandbox_value *argument,
                              const struct bounds *bounds, GArray *results, GError **error)
{
	const struct chunk chunk = {name, text, length, NULL, argument};
	return run(sandbox, &chunk, bounds, results, error);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/sandbox_state.h"

#include <lauxlib.h>
#include <lualib.h>

#include <string.h>

/*
 * What scripts find. Left out on purpose: load, dofile, require, collectgarbage, warn, string.dump
 * (code from elsewhere, the host's memory); finalizers, for Lua runs them with its hooks off.
 */

static int call_metered(lua_State *lua)
{
	lua_CFunction call = lua_tocfunction(lua, lua_upvalueindex(1));
	sandbox_check(lua);
	return call(lua);
}

/* The same for one with values of its own, which only Lua's call gives it. */
static int call_closure(lua_State *lua)
{
	sandbox_check(lua);
	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
	return lua_gettop(lua);
}

void sandbox_meter(lua_State *lua)
{
	gboolean has_own = lua_getupvalue(lua, -1, 1) != NULL;
	if (has_own)
		lua_pop(lua, 1);
	lua_pushcclosure(lua, has_own ? call_closure : call_metered, 1);
}

/* --- instead of Lua's own ------------------------------------------------------------------------
 */

static int set_metatable(lua_State *lua)
{
	luaL_checktype(lua, 1, LUA_TTABLE);
	luaL_argexpected(lua, lua_istable(lua, 2) || lua_isnil(lua, 2), 2, "nil or table");
	if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
		return luaL_error(lua, "cannot change a protected metatable");
	if (lua_istable(lua, 2)) {
		lua_pushliteral(lua, "__gc");
		if (lua_rawget(lua, 2) != LUA_TNIL)
			return luaL_error(lua, "scripts cannot have __gc");
	}
	lua_settop(lua, 2);
	lua_setmetatable(lua, 1);
	return 1;
}

static int print(lua_State *lua)
{
	const struct sandbox_host *host = &sandbox_of(lua)->host;
	int n = lua_gettop(lua);
	luaL_Buffer line;
	luaL_buffinit(lua, &line);
	for (int i = 1; i <= n; i++) {
		if (i > 1)
			luaL_addchar(&line, '\t');
		luaL_tolstring(lua, i, NULL);
		luaL_addvalue(&line);
	}
	luaL_pushresult(&line);
	gsize length;
	const char *text = lua_tolstring(lua, -1, &length);
	if (host->print)
		host->print(text, length, host->data);
	return 0;
}

/* Lua's own repeats an empty text as often as it is told. */
static int repeat_text(lua_State *lua)
{
	size_t length, between_length;
	const char *text = luaL_checklstring(lua, 1, &length);
	lua_Integer times = luaL_checkinteger(lua, 2);
	const char *between = luaL_optlstring(lua, 3, "", &between_length);
	size_t each = length + between_length;
	if (times <= 0 || each == 0) {
		lua_pushliteral(lua, "");
		return 1;
	}
	if (times > (lua_Integer)(SANDBOX_TEXT_MAX / each))
		return luaL_error(lua, "resulting string too large");
	luaL_Buffer result;
	luaL_buffinit(lua, &result);
	while (times-- > 0) {
		luaL_addlstring(&result, text, length);
		if (times > 0)
			luaL_addlstring(&result, between, between_length);
	}
	luaL_pushresult(&result);
	return 1;
}

/* Lists whose length a script makes up would be walked in C for ever. */
static void check_list(lua_State *lua)
{
	luaL_checktype(lua, 1, LUA_TTABLE);
	if (luaL_getmetafield(lua, 1, "__len") != LUA_TNIL)
		luaL_error(lua, "table functions take no table with __len");
	luaL_argcheck(lua, lua_rawlen(lua, 1) <= SANDBOX_LIST_MAX, 1, "too long");
}

static void check_range(lua_State *lua, int first, int last)
{
	lua_Integer from = luaL_optinteger(lua, first, 1);
	lua_Integer to = luaL_optinteger(lua, last, 0);
	/* Written so that nothing overflows. */
	if (to >= from && (lua_Unsigned)to - (lua_Unsigned)from >= SANDBOX_LIST_MAX)
		luaL_error(lua, "too many items");
}

static int call_list(lua_State *lua)
{
	check_list(lua);
	return call_metered(lua);
}

/* concat and unpack: (list, _, from, to) and (list, from, to) */
static int call_list_range(lua_State *lua)
{
	int first = (int)lua_tointeger(lua, lua_upvalueindex(2));
	check_list(lua);
	check_range(lua, first, first + 1);
	return call_metered(lua);
}

/* move: (list, from, to, at, other list) */
static int call_range(lua_State *lua)
{
	check_range(lua, 2, 3);
	return call_metered(lua);
}

/* With Lua's own order C code would compare without end in sight: in Lua it is counted. */
static int sort(lua_State *lua)
{
	check_list(lua);
	if (lua_isnoneornil(lua, 2)) {
		lua_settop(lua, 1);
		lua_pushvalue(lua, lua_upvalueindex(2));
	}
	return call_metered(lua);
}

/* --- the tables
 * ----------------------------------------------------------------------------------- */

static const char *const base_names[] = {
	"assert",   "error",    "getmetatable", "ipairs", "next",     "pairs",
	"pcall",    "rawequal", "rawget",       "rawlen", "rawset",   "select",
	"tonumber", "tostring", "type",         "xpcall", "_VERSION", NULL,
};
static const char *const string_names[] = {
	"byte",     "char",    "format", "len",    "lower", "pack",
	"packsize", "reverse", "sub",    "unpack", "upper", NULL,
};
static const char *const table_names[] = {"pack", NULL};

/* Copies what is named, all when `names` is null, from the table at -1 to the one below it. */
static void copy_metered(lua_State *lua, const char *const *names)
{
	lua_pushnil(lua);
	while (lua_next(lua, -2)) {
		if (!names || g_strv_contains(names, lua_tostring(lua, -2))) {
			if (lua_iscfunction(lua, -1))
				sandbox_meter(lua);
			lua_pushvalue(lua, -2);
			lua_insert(lua, -2);
			lua_rawset(lua, -5);
		} else {
			lua_pop(lua, 1);
		}
	}
	lua_pop(lua, 1);
}

static void set_function(lua_State *lua, const char *name, lua_CFunction call)
{
	lua_pushcfunction(lua, call);
	sandbox_meter(lua);
	lua_setfield(lua, -2, name);
}

/* The library's own table is left below a new one with the names that scripts may use. */
static void push_library(lua_State *lua, const char *name, lua_CFunction open,
                         const char *const *names)
{
	luaL_requiref(lua, name, open, 0);
	lua_newtable(lua);
	lua_pushvalue(lua, -2);
	copy_metered(lua, names);
}

/* globals, library, new table -> globals */
static void set_library(lua_State *lua, const char *name)
{
	lua_setfield(lua, -3, name);
	lua_pop(lua, 1);
}

static void open_string(lua_State *lua)
{
	push_library(lua, LUA_STRLIBNAME, luaopen_string, string_names);
	set_function(lua, "rep", repeat_text);
	sandbox_open_patterns(lua);
	/* ("x"):upper() finds its function by the metatable of texts. */
	lua_pushliteral(lua, "");
	lua_getmetatable(lua, -1);
	lua_pushvalue(lua, -3);
	lua_setfield(lua, -2, "__index");
	lua_pushboolean(lua, FALSE);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 2);
	set_library(lua, LUA_STRLIBNAME);
}

/* Lua's function is the closure's first value, `extra` on the top of the stack the second. */
static void wrap_list_function(lua_State *lua, const char *name, lua_CFunction wrap)
{
	lua_getfield(lua, -3, name);
	lua_insert(lua, -2);
	lua_pushcclosure(lua, wrap, 2);
	lua_setfield(lua, -2, name);
}

static void open_table(lua_State *lua)
{
	static const char order[] = "local a, b = ... return a < b";
	static const struct {
		const char *name;
		lua_CFunction wrap;
		int extra;
	} wrapped[] = {
		{"insert", call_list, 0},       {"remove", call_list, 0},
		{"concat", call_list_range, 3}, {"unpack", call_list_range, 2},
		{"move", call_range, 0},
	};
	push_library(lua, LUA_TABLIBNAME, luaopen_table, table_names);
	for (gsize i = 0; i < G_N_ELEMENTS(wrapped); i++) {
		lua_pushinteger(lua, wrapped[i].extra);
		wrap_list_function(lua, wrapped[i].name, wrapped[i].wrap);
	}
	if (luaL_loadbufferx(lua, order, sizeof order - 1, "=table.sort", "t") != LUA_OK)
		lua_error(lua);
	wrap_list_function(lua, "sort", sort);
	set_library(lua, LUA_TABLIBNAME);
}

/* Numbers by chance are the same in each run: what is played back takes the same turns. */
static void seed(lua_State *lua)
{
	lua_getfield(lua, -1, LUA_MATHLIBNAME);
	lua_getfield(lua, -1, "randomseed");
	lua_pushinteger(lua, 1);
	lua_call(lua, 1, 0);
	lua_pop(lua, 1);
}

void sandbox_open_libraries(lua_State *lua)
{
	static const struct {
		const char *name;
		lua_CFunction open;
	} whole[] = {
		{LUA_MATHLIBNAME, luaopen_math},
		{LUA_UTF8LIBNAME, luaopen_utf8},
		{LUA_COLIBNAME, luaopen_coroutine},
	};
	push_library(lua, LUA_GNAME, luaopen_base, base_names);
	lua_remove(lua, -2);
	set_function(lua, "setmetatable", set_metatable);
	set_function(lua, "print", print);
	for (gsize i = 0; i < G_N_ELEMENTS(whole); i++) {
		push_library(lua, whole[i].name, whole[i].open, NULL);
		set_library(lua, whole[i].name);
	}
	open_string(lua);
	open_table(lua);
	seed(lua);
	lua_pushvalue(lua, -1);
	lua_setfield(lua, -2, LUA_GNAME);
	lua_rawseti(lua, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

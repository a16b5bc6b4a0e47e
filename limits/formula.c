/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/formula.h"

#include "base/error.h"
#include "base/number.h"
#include "limits/arena.h"

#include <lauxlib.h>
#include <lua.h>

#include <math.h>
#include <string.h>

enum {
	LENGTH_MAX = 500,
	MEMORY_MAX = 4 << 20,
	INSTRUCTIONS_MAX = 10000,
};

struct formula_set {
	lua_State *lua;
	struct arena arena;                  /* where Lua lives */
	const struct formula_values *values; /* during an evaluation */
};

/* --- what a formula may say ----------------------------------------------------------------- */

static const char *const words[] = {"and", "or", "not", "true", "false"};

/* Longer ones first. */
static const char *const operators[] = {"<=", ">=", "==", "~=", "+", "-", "*", "/", "^", "<", ">"};

static int call_max(lua_State *lua);
static int call_min(lua_State *lua);
static int call_abs(lua_State *lua);
static int call_floor(lua_State *lua);
static int call_log10(lua_State *lua);

static const struct {
	const char *name;
	lua_CFunction call;
} functions[] = {
	{"max", call_max},     {"min", call_min},     {"abs", call_abs},
	{"floor", call_floor}, {"log10", call_log10},
};

static gboolean is_word(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(words[i], name) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_function(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(functions); i++) {
		if (strcmp(functions[i].name, name) == 0)
			return TRUE;
	}
	return FALSE;
}

gboolean formula_is_reserved(const char *name)
{
	return is_word(name) || is_function(name);
}

static gboolean is_name_letter(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

struct scan {
	const char *p;
	int depth;
	GPtrArray *names;
};

static const char *skip_blanks(const char *p)
{
	while (g_ascii_isspace(*p))
		p++;
	return p;
}

/* A call of anything but a function, or a function without a call, would fail only when judged. */
static gboolean scan_name(struct scan *scan, GError **error)
{
	const char *end = scan->p;
	while (is_name_letter(*end))
		end++;
	g_autofree char *name = g_strndup(scan->p, (gsize)(end - scan->p));
	gboolean called = *skip_blanks(end) == '(';
	scan->p = end;
	if (is_word(name))
		return TRUE;
	if (is_function(name) != called) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  called ? "\"%s\" is not a function; there are max, min, abs, "
		                           "floor and log10"
		                         : "function \"%s\" without parentheses",
		                  name);
		return FALSE;
	}
	if (!called && scan->names)
		g_ptr_array_add(scan->names, g_steal_pointer(&name));
	return TRUE;
}

static gboolean scan_number(struct scan *scan, GError **error)
{
	gsize len = number_length(scan->p);
	if (len > 0 && !is_name_letter(scan->p[len]) && scan->p[len] != '.') {
		scan->p += len;
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG, "bad number at \"%.20s\"", scan->p);
	return FALSE;
}

/* "--" begins a comment and "//" divides whole numbers: neither is meant by who writes it here. */
static gboolean scan_operator(struct scan *scan)
{
	if (g_str_has_prefix(scan->p, "--") || g_str_has_prefix(scan->p, "//"))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(operators); i++) {
		if (g_str_has_prefix(scan->p, operators[i])) {
			scan->p += strlen(operators[i]);
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean scan_bracket(struct scan *scan)
{
	scan->depth += *scan->p == '(';
	scan->depth -= *scan->p == ')';
	gboolean good = scan->depth >= (*scan->p == ',');
	scan->p++;
	return good;
}

static gboolean scan_token(struct scan *scan, GError **error)
{
	if (g_ascii_isdigit(*scan->p) || *scan->p == '.')
		return scan_number(scan, error);
	if (is_name_letter(*scan->p))
		return scan_name(scan, error);
	const char *at = scan->p;
	if (strchr("(),", *at) ? scan_bracket(scan) : scan_operator(scan))
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "\"%.20s\" has no place in a formula", at);
	return FALSE;
}

static gboolean scan_text(const char *text, GPtrArray *names, GError **error)
{
	if (strlen(text) > LENGTH_MAX) {
		station_error_set(error, STATION_ERROR_CONFIG, "longer than %d letters",
		                  LENGTH_MAX);
		return FALSE;
	}
	struct scan scan = {.p = skip_blanks(text), .names = names};
	if (*scan.p == '\0') {
		station_error_set(error, STATION_ERROR_CONFIG, "empty");
		return FALSE;
	}
	while (*scan.p != '\0') {
		if (!scan_token(&scan, error))
			return FALSE;
		scan.p = skip_blanks(scan.p);
	}
	return TRUE;
}

/* --- the sandbox ------------------------------------------------------------------------------
 * Functions that Lua calls leave by lua_error, which does not come back: they own nothing. */

static int raise_text(lua_State *lua, const char *text, const char *name)
{
	lua_pushfstring(lua, text, name);
	return lua_error(lua);
}

static double argument(lua_State *lua, int i)
{
	if (lua_type(lua, i) != LUA_TNUMBER)
		raise_text(lua, "a function was given no number%s", "");
	return lua_tonumber(lua, i);
}

static int extreme(lua_State *lua, double sign)
{
	double best = argument(lua, 1);
	for (int i = 2; i <= lua_gettop(lua); i++) {
		double value = argument(lua, i);
		if (isnan(value) || sign * value > sign * best)
			best = value;
	}
	lua_pushnumber(lua, best);
	return 1;
}

static int call_max(lua_State *lua)
{
	return extreme(lua, 1);
}

static int call_min(lua_State *lua)
{
	return extreme(lua, -1);
}

static double only_argument(lua_State *lua)
{
	if (lua_gettop(lua) != 1)
		raise_text(lua, "a function of one number was given %s", "more or none");
	return argument(lua, 1);
}

static int call_abs(lua_State *lua)
{
	lua_pushnumber(lua, fabs(only_argument(lua)));
	return 1;
}

static int call_floor(lua_State *lua)
{
	lua_pushnumber(lua, floor(only_argument(lua)));
	return 1;
}

static int call_log10(lua_State *lua)
{
	double value = only_argument(lua);
	if (!(value > 0))
		raise_text(lua, "log10 of a number that is not above %s", "0");
	lua_pushnumber(lua, log10(value));
	return 1;
}

/* Reading a name that the environment does not hold: (environment, name). */
static int read_name(lua_State *lua)
{
	struct formula_set *set = lua_touserdata(lua, lua_upvalueindex(1));
	const char *name = lua_tostring(lua, 2);
	double value;
	if (!name || !set->values->lookup(name, &value, set->values->data))
		return raise_text(lua, "%s was not measured", name ? name : "?");
	if (!isfinite(value))
		return raise_text(lua, "%s has no value", name);
	lua_pushnumber(lua, value);
	return 1;
}

static void stop_long_run(lua_State *lua, lua_Debug *debug)
{
	raise_text(lua, "takes too long%s", "");
}

static void *allocate(void *data, void *block, size_t old_size, size_t new_size)
{
	struct formula_set *set = data;
	return arena_resize(&set->arena, block, old_size, new_size);
}

/* Leaves in the registry, under the set's address, the one environment that formulas see. */
static int make_environment(lua_State *lua)
{
	lua_newtable(lua);
	for (gsize i = 0; i < G_N_ELEMENTS(functions); i++) {
		lua_pushcfunction(lua, functions[i].call);
		lua_setfield(lua, -2, functions[i].name);
	}
	lua_newtable(lua);
	lua_pushvalue(lua, 1);
	lua_pushcclosure(lua, read_name, 1);
	lua_setfield(lua, -2, "__index");
	lua_setmetatable(lua, -2);
	lua_rawsetp(lua, LUA_REGISTRYINDEX, lua_touserdata(lua, 1));
	return 0;
}

/* (set, text): the formula's number, or an error. */
static int compile(lua_State *lua)
{
	void *set = lua_touserdata(lua, 1);
	const char *text = lua_touserdata(lua, 2);
	lua_pushfstring(lua, "return %s", text);
	gsize len;
	const char *chunk = lua_tolstring(lua, -1, &len);
	if (luaL_loadbufferx(lua, chunk, len, "=formula", "t") != LUA_OK)
		return lua_error(lua);
	lua_rawgetp(lua, LUA_REGISTRYINDEX, set);
	lua_setupvalue(lua, -2, 1);
	lua_pushinteger(lua, luaL_ref(lua, LUA_REGISTRYINDEX));
	return 1;
}

static const char *last_error(lua_State *lua)
{
	const char *text = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "failed";
	return g_str_has_prefix(text, "formula:1: ") ? text + strlen("formula:1: ") : text;
}

struct formula_set *formula_set_new(GError **error)
{
	struct formula_set *set = g_new0(struct formula_set, 1);
	set->arena.bytes_max = MEMORY_MAX;
	set->lua = lua_newstate(allocate, set);
	gboolean good = set->lua != NULL;
	if (good) {
		lua_pushcfunction(set->lua, make_environment);
		lua_pushlightuserdata(set->lua, set);
		good = lua_pcall(set->lua, 1, 0, 0) == LUA_OK;
	}
	if (good)
		return set;
	station_error_set(error, STATION_ERROR_INTERNAL, "no memory for formulas");
	formula_set_free(set);
	return NULL;
}

void formula_set_free(struct formula_set *set)
{
	if (!set)
		return;
	arena_clear(&set->arena);
	g_free(set);
}

gboolean formula_set_add(struct formula_set *set, const char *text, GPtrArray *names, int *number,
                         GError **error)
{
	if (!scan_text(text, names, error))
		return FALSE;
	lua_State *lua = set->lua;
	lua_pushcfunction(lua, compile);
	lua_pushlightuserdata(lua, set);
	lua_pushlightuserdata(lua, (void *)text);
	gboolean good = lua_pcall(lua, 2, 1, 0) == LUA_OK;
	if (good)
		*number = (int)lua_tointeger(lua, -1);
	else
		station_error_set(error, STATION_ERROR_CONFIG, "%s", last_error(lua));
	lua_settop(lua, 0);
	return good;
}

/* Leaves the result on the stack, or sets error and leaves nothing. */
static gboolean evaluate(struct formula_set *set, int number, const struct formula_values *values,
                         GError **error)
{
	lua_State *lua = set->lua;
	set->values = values;
	lua_sethook(lua, stop_long_run, LUA_MASKCOUNT, INSTRUCTIONS_MAX);
	lua_rawgeti(lua, LUA_REGISTRYINDEX, number);
	gboolean good = lua_pcall(lua, 0, 1, 0) == LUA_OK;
	set->values = NULL;
	if (!good) {
		station_error_set(error, STATION_ERROR_DATA, "%s", last_error(lua));
		lua_settop(lua, 0);
	}
	return good;
}

gboolean formula_set_number(struct formula_set *set, int number,
                            const struct formula_values *values, double *value, GError **error)
{
	if (!evaluate(set, number, values, error))
		return FALSE;
	gboolean good = lua_type(set->lua, -1) == LUA_TNUMBER;
	double result = good ? lua_tonumber(set->lua, -1) : NAN;
	lua_settop(set->lua, 0);
	if (!isfinite(result)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  good ? "the result is not finite" : "the result is no number");
		return FALSE;
	}
	*value = result;
	return TRUE;
}

gboolean formula_set_truth(struct formula_set *set, int number, const struct formula_values *values,
                           gboolean *value, GError **error)
{
	if (!evaluate(set, number, values, error))
		return FALSE;
	gboolean good = lua_type(set->lua, -1) == LUA_TBOOLEAN;
	gboolean result = good && lua_toboolean(set->lua, -1);
	lua_settop(set->lua, 0);
	if (!good) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "the result is neither true nor false");
		return FALSE;
	}
	*value = result;
	return TRUE;
}

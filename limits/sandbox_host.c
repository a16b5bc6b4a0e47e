/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/sandbox_state.h"

#include "base/error.h"

#include <lauxlib.h>

#include <math.h>
#include <string.h>

enum {
	COPY_DEPTH_MAX = 16,
	COPY_BYTES_MAX = 16 << 20,
	STACK_FOR_COPY = 4 * COPY_DEPTH_MAX,
};

/* --- values out of Lua: nothing here may raise an error ------------------------------------------
 */

struct copy {
	lua_State *lua;
	gsize bytes; /* so far */
	int depth;
	gboolean with_functions;
	const char *reason;
};

static gboolean refuse(struct copy *copy, const char *reason)
{
	copy->reason = reason;
	return FALSE;
}

static gboolean count(struct copy *copy, gsize bytes)
{
	copy->bytes += bytes;
	return copy->bytes <= COPY_BYTES_MAX || refuse(copy, "more than 16 MiB");
}

static gboolean copy_table(struct copy *copy, int at, struct sandbox_value *value);

static gboolean copy_text(struct copy *copy, int at, struct sandbox_value *value)
{
	gsize length;
	const char *text = lua_tolstring(copy->lua, at, &length);
	if (!count(copy, length))
		return FALSE;
	*value = sandbox_bytes(text, length);
	return TRUE;
}

static gboolean copy_value(struct copy *copy, int at, struct sandbox_value *value)
{
	lua_State *lua = copy->lua;
	*value = (struct sandbox_value){SANDBOX_NIL};
	if (!count(copy, sizeof(struct sandbox_entry)))
		return FALSE;
	switch (lua_type(lua, at)) {
	case LUA_TNIL:
		return TRUE;
	case LUA_TBOOLEAN:
		*value = sandbox_boolean(lua_toboolean(lua, at));
		return TRUE;
	case LUA_TNUMBER:
		*value = lua_isinteger(lua, at) ? sandbox_integer(lua_tointeger(lua, at))
		                                : sandbox_number(lua_tonumber(lua, at));
		return TRUE;
	case LUA_TSTRING:
		return copy_text(copy, at, value);
	case LUA_TTABLE:
		return copy_table(copy, at, value);
	case LUA_TFUNCTION:
		if (!copy->with_functions)
			return refuse(copy, "a function or a coroutine");
		value->kind = SANDBOX_FUNCTION;
		return TRUE;
	default:
		return refuse(copy, "a function or a coroutine");
	}
}

static gboolean copy_items(struct copy *copy, int at, gint64 items, struct sandbox_value *table)
{
	for (gint64 i = 1; i <= items; i++) {
		struct sandbox_value item;
		lua_rawgeti(copy->lua, at, i);
		gboolean good = copy_value(copy, lua_gettop(copy->lua), &item);
		lua_pop(copy->lua, 1);
		sandbox_table_append(table, item);
		if (!good)
			return FALSE;
	}
	return TRUE;
}

static gboolean is_item(lua_State *lua, int at, gint64 items)
{
	return lua_isinteger(lua, at) && lua_tointeger(lua, at) >= 1 &&
	       lua_tointeger(lua, at) <= items;
}

/* The name and its value are the two topmost. */
static gboolean copy_field(struct copy *copy, struct sandbox_value *table)
{
	gsize length;
	int top = lua_gettop(copy->lua);
	if (lua_type(copy->lua, top - 1) != LUA_TSTRING)
		return refuse(copy, "a table with keys that are neither 1, 2, 3... nor names");
	const char *name = lua_tolstring(copy->lua, top - 1, &length);
	if (strlen(name) != length)
		return refuse(copy, "a table with a zero byte in a name");
	struct sandbox_value field;
	gboolean good = count(copy, length) && copy_value(copy, top, &field);
	if (good)
		sandbox_table_set(table, name, field);
	return good;
}

static int by_name(gconstpointer a, gconstpointer b)
{
	const struct sandbox_entry *one = a, *other = b;
	if (!one->name || !other->name)
		return (one->name != NULL) - (other->name != NULL);
	return strcmp(one->name, other->name);
}

static gboolean copy_fields(struct copy *copy, int at, gint64 items, struct sandbox_value *table)
{
	lua_State *lua = copy->lua;
	lua_pushnil(lua);
	while (lua_next(lua, at)) {
		gboolean good = is_item(lua, lua_gettop(lua) - 1, items) || copy_field(copy, table);
		lua_pop(lua, 1);
		if (!good) {
			lua_pop(lua, 1);
			return FALSE;
		}
	}
	/* Lua's own order differs from run to run; the sort is a stable one. */
	g_array_sort(table->entries, by_name);
	return TRUE;
}

static gboolean copy_table(struct copy *copy, int at, struct sandbox_value *value)
{
	if (copy->depth == COPY_DEPTH_MAX)
		return refuse(copy, "a table that is nested too deeply");
	gint64 items = (gint64)MIN(lua_rawlen(copy->lua, at), (lua_Unsigned)G_MAXINT64);
	*value = sandbox_table();
	copy->depth++;
	gboolean good = copy_items(copy, at, items, value) && copy_fields(copy, at, items, value);
	copy->depth--;
	if (!good)
		sandbox_value_clear(value);
	return good;
}

static gboolean copy_values(struct copy *copy, int first, int n, GArray *values,
                            const char **reason)
{
	gboolean good =
		lua_checkstack(copy->lua, STACK_FOR_COPY) || refuse(copy, "too many values");
	for (int i = 0; good && i < n; i++) {
		struct sandbox_value value;
		good = copy_value(copy, first + i, &value);
		if (good)
			g_array_append_val(values, value);
	}
	*reason = copy->reason;
	return good;
}

gboolean sandbox_copy_values(lua_State *lua, int first, int n, GArray *values, const char **reason)
{
	struct copy copy = {.lua = lua};
	return copy_values(&copy, first, n, values, reason);
}

gboolean sandbox_copy_results(lua_State *lua, int first, int n, GArray *values, const char **reason)
{
	struct copy copy = {.lua = lua, .with_functions = TRUE};
	return copy_values(&copy, first, n, values, reason);
}

/* --- values into Lua -----------------------------------------------------------------------------
 */

static void push_table(lua_State *lua, const GArray *entries)
{
	int items = 0;
	lua_createtable(lua, 0, 0);
	for (guint i = 0; i < entries->len; i++) {
		const struct sandbox_entry *entry =
			&g_array_index(entries, struct sandbox_entry, i);
		sandbox_push_value(lua, &entry->value);
		if (entry->name)
			lua_setfield(lua, -2, entry->name);
		else
			lua_rawseti(lua, -2, ++items);
	}
}

void sandbox_push_value(lua_State *lua, const struct sandbox_value *value)
{
	luaL_checkstack(lua, 4, NULL);
	switch (value->kind) {
	case SANDBOX_NIL:
	case SANDBOX_FUNCTION:
		lua_pushnil(lua);
		return;
	case SANDBOX_BOOLEAN:
		lua_pushboolean(lua, value->boolean);
		return;
	case SANDBOX_INTEGER:
		lua_pushinteger(lua, value->integer);
		return;
	case SANDBOX_NUMBER:
		lua_pushnumber(lua, value->number);
		return;
	case SANDBOX_TEXT:
		lua_pushlstring(lua, value->text->str, value->text->len);
		return;
	case SANDBOX_TABLE:
		push_table(lua, value->entries);
		return;
	}
}

/* --- calls of the host ---------------------------------------------------------------------------
 */

static gboolean fits(lua_State *lua, int at, char letter)
{
	int type = lua_type(lua, at);
	double whole;
	switch (letter) {
	case 'b':
		return type == LUA_TBOOLEAN;
	case 'i':
		return type == LUA_TNUMBER &&
		       (lua_isinteger(lua, at) || (isfinite(lua_tonumber(lua, at)) &&
		                                   modf(lua_tonumber(lua, at), &whole) == 0));
	case 'n':
		return type == LUA_TNUMBER;
	case 't':
		return type == LUA_TSTRING;
	case 'T':
		return type == LUA_TTABLE;
	default:
		return TRUE;
	}
}

static const char *name_of_letter(char letter)
{
	return letter == 'b'   ? "a boolean"
	       : letter == 'i' ? "an integer"
	       : letter == 'n' ? "a number"
	       : letter == 't' ? "a text"
	                       : "a table";
}

static void check_arguments(lua_State *lua, const struct sandbox_function *function)
{
	gboolean optional = FALSE;
	int at = 1;
	for (const char *p = function->takes; *p; p++) {
		if (*p == '*')
			return;
		if (*p == '|') {
			optional = TRUE;
			continue;
		}
		if (!(optional && lua_isnoneornil(lua, at)) &&
		    (lua_isnone(lua, at) || !fits(lua, at, *p)))
			luaL_error(lua, "%s: argument %d has to be %s", function->name, at,
			           *p == 'v' ? "there" : name_of_letter(*p));
		at++;
	}
	if (lua_gettop(lua) >= at)
		luaL_error(lua, "%s takes no argument %d", function->name, at);
}

struct outcome {
	GArray *results;
	GError *error;
};

static int error_text(lua_State *lua)
{
	luaL_checktype(lua, 1, LUA_TTABLE);
	lua_getfield(lua, 1, "message");
	return 1;
}

static void push_error(lua_State *lua, const GError *error)
{
	gboolean ours = error->domain == STATION_ERROR;
	lua_createtable(lua, 0, 2);
	lua_pushstring(lua, error->message);
	lua_setfield(lua, -2, "message");
	lua_pushstring(lua, station_error_name(ours ? (enum station_error)error->code
	                                            : STATION_ERROR_INTERNAL));
	lua_setfield(lua, -2, "kind");
	lua_createtable(lua, 0, 1);
	lua_pushcfunction(lua, error_text);
	lua_setfield(lua, -2, "__tostring");
	lua_setmetatable(lua, -2);
}

/* (struct outcome *): the results, or the error */
static int push_outcome(lua_State *lua)
{
	const struct outcome *outcome = lua_touserdata(lua, 1);
	if (outcome->error) {
		push_error(lua, outcome->error);
		return 1;
	}
	for (guint i = 0; i < outcome->results->len; i++)
		sandbox_push_value(lua, &g_array_index(outcome->results, struct sandbox_value, i));
	return (int)outcome->results->len;
}

static void call_function(struct sandbox *sandbox, const struct sandbox_function *function,
                          const GArray *arguments, struct outcome *outcome)
{
	const struct sandbox_value *first = (const struct sandbox_value *)(void *)arguments->data;
	const struct sandbox_host *host = &sandbox->host;
	outcome->results = sandbox_values_new();
	if (host->may_call && !host->may_call(function, host->data, &outcome->error))
		return;
	if (!function->call(first, arguments->len, outcome->results, sandbox->bounds, host->data,
	                    &outcome->error) &&
	    !outcome->error)
		station_error_set(&outcome->error, STATION_ERROR_INTERNAL, "%s failed",
		                  function->name);
}

/* Between held++ and held-- nothing leaves this function but its end. */
static int call_host(lua_State *lua)
{
	const struct sandbox_function *function = lua_touserdata(lua, lua_upvalueindex(1));
	struct sandbox *sandbox = sandbox_of(lua);
	const char *reason;
	sandbox_check(lua);
	check_arguments(lua, function);
	sandbox->held++;
	GArray *arguments = sandbox_values_new();
	struct outcome outcome = {NULL, NULL};
	gboolean copied = sandbox_copy_values(lua, 1, lua_gettop(lua), arguments, &reason);
	gboolean good = FALSE;
	if (copied) {
		call_function(sandbox, function, arguments, &outcome);
		lua_settop(lua, 0);
		lua_pushcfunction(lua, push_outcome);
		lua_pushlightuserdata(lua, &outcome);
		good = lua_pcall(lua, 1, LUA_MULTRET, 0) == LUA_OK && !outcome.error;
		g_array_unref(outcome.results);
		g_clear_error(&outcome.error);
	}
	g_array_unref(arguments);
	sandbox->held--;
	sandbox_take_bounds(sandbox, sandbox->bounds);
	sandbox_check(lua);
	if (!copied)
		return luaL_error(lua, "%s: given %s", function->name, reason);
	return good ? lua_gettop(lua) : lua_error(lua);
}

/* The table of the name's part before the dot, which may have to be made. */
static void push_namespace(lua_State *lua, const char *name, gsize length)
{
	lua_pushglobaltable(lua);
	lua_pushlstring(lua, name, length);
	lua_pushvalue(lua, -1);
	if (lua_rawget(lua, -3) != LUA_TTABLE) {
		lua_pop(lua, 1);
		lua_newtable(lua);
		lua_pushvalue(lua, -2);
		lua_pushvalue(lua, -2);
		lua_rawset(lua, -5);
	}
	lua_replace(lua, -3);
	lua_pop(lua, 1);
}

void sandbox_open_host(lua_State *lua)
{
	const struct sandbox_host *host = &sandbox_of(lua)->host;
	for (gsize i = 0; i < host->n_functions; i++) {
		const struct sandbox_function *function = &host->functions[i];
		const char *dot = strchr(function->name, '.');
		if (dot)
			push_namespace(lua, function->name, (gsize)(dot - function->name));
		else
			lua_pushglobaltable(lua);
		lua_pushlightuserdata(lua, (void *)function);
		lua_pushcclosure(lua, call_host, 1);
		lua_setfield(lua, -2, dot ? dot + 1 : function->name);
		lua_pop(lua, 1);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/sandbox_pattern.h"
#include "limits/sandbox_state.h"

#include <lauxlib.h>

#include <string.h>

/* string.find, match, gmatch and gsub as the manual has them, on a matcher that can be stopped. */

static void tick(gpointer data)
{
	sandbox_check(data);
}

static void set_pattern(lua_State *lua, struct pattern *m, int text, int pattern)
{
	size_t length, pattern_length;
	memset(m, 0, sizeof *m);
	m->text = luaL_checklstring(lua, text, &length);
	m->text_end = m->text + length;
	m->pattern = luaL_checklstring(lua, pattern, &pattern_length);
	m->pattern_end = m->pattern + pattern_length;
	m->tick = tick;
	m->data = lua;
}

/* A "^" at the beginning is taken off. */
static gboolean take_anchor(struct pattern *m)
{
	gboolean anchored = m->pattern < m->pattern_end && *m->pattern == '^';
	m->pattern += anchored;
	return anchored;
}

static const char *match_or_raise(lua_State *lua, struct pattern *m, const char *at)
{
	const char *end = pattern_match_at(m, at);
	if (m->fault)
		luaL_error(lua, "%s", m->fault);
	return end;
}

/* The first match from *at on, which is moved to where it begins. */
static const char *search(lua_State *lua, struct pattern *m, const char **at, gboolean anchored)
{
	do {
		const char *end = match_or_raise(lua, m, *at);
		if (end)
			return end;
	} while (!anchored && (*at)++ < m->text_end);
	return NULL;
}

/* Capture i from 0 on; the whole match when there are none. */
static void push_capture(lua_State *lua, const struct pattern *m, int i, const char *start,
                         const char *end)
{
	if (i >= m->captures && i > 0)
		luaL_error(lua, "invalid capture index %%%d", i + 1);
	if (i >= m->captures)
		lua_pushlstring(lua, start, (size_t)(end - start));
	else if (m->capture[i].length == PATTERN_POSITION)
		lua_pushinteger(lua, m->capture[i].start - m->text + 1);
	else
		lua_pushlstring(lua, m->capture[i].start, (size_t)m->capture[i].length);
}

static int push_captures(lua_State *lua, const struct pattern *m, const char *start,
                         const char *end)
{
	int n = MAX(m->captures, 1);
	luaL_checkstack(lua, n, "too many captures");
	for (int i = 0; i < n; i++)
		push_capture(lua, m, i, start, end);
	return n;
}

/* Where to begin by an argument that counts from 1, or from the end below 0; null behind the end.
 */
static const char *start_of(lua_State *lua, const struct pattern *m, int argument)
{
	lua_Integer length = m->text_end - m->text;
	lua_Integer init = luaL_optinteger(lua, argument, 1);
	if (init < 0)
		init = init < -length ? 1 : length + init + 1;
	init = MAX(init, 1);
	return init > length + 1 ? NULL : m->text + init - 1;
}

static int push_found(lua_State *lua, const struct pattern *m, const char *start, const char *end)
{
	lua_pushinteger(lua, start - m->text + 1);
	lua_pushinteger(lua, end - m->text);
	return 2;
}

static int push_nothing(lua_State *lua)
{
	lua_pushnil(lua);
	return 1;
}

static int find_plain(lua_State *lua, const struct pattern *m, const char *at)
{
	size_t length = (size_t)(m->pattern_end - m->pattern);
	const char *found = memmem(at, (size_t)(m->text_end - at), m->pattern, length);
	return found ? push_found(lua, m, found, found + length) : push_nothing(lua);
}

static int find(lua_State *lua)
{
	struct pattern m;
	set_pattern(lua, &m, 1, 2);
	const char *at = start_of(lua, &m, 3);
	if (!at)
		return push_nothing(lua);
	if (lua_toboolean(lua, 4))
		return find_plain(lua, &m, at);
	gboolean anchored = take_anchor(&m);
	const char *end = search(lua, &m, &at, anchored);
	if (!end)
		return push_nothing(lua);
	int n = push_found(lua, &m, at, end);
	return m.captures > 0 ? n + push_captures(lua, &m, at, end) : n;
}

static int match(lua_State *lua)
{
	struct pattern m;
	set_pattern(lua, &m, 1, 2);
	const char *at = start_of(lua, &m, 3);
	gboolean anchored = take_anchor(&m);
	const char *end = at ? search(lua, &m, &at, anchored) : NULL;
	return end ? push_captures(lua, &m, at, end) : push_nothing(lua);
}

/* --- gmatch
 * --------------------------------------------------------------------------------------- */

/* Of the closure: text, pattern, where to go on, where the last match ended (-1: none). */
static int next_match(lua_State *lua)
{
	struct pattern m;
	sandbox_check(lua);
	set_pattern(lua, &m, lua_upvalueindex(1), lua_upvalueindex(2));
	lua_Integer next = lua_tointeger(lua, lua_upvalueindex(3));
	lua_Integer last = lua_tointeger(lua, lua_upvalueindex(4));
	for (; next <= m.text_end - m.text; next++) {
		const char *at = m.text + next;
		const char *end = match_or_raise(lua, &m, at);
		if (!end || end - m.text == last)
			continue;
		lua_pushinteger(lua, end - m.text);
		lua_pushvalue(lua, -1);
		lua_replace(lua, lua_upvalueindex(3));
		lua_replace(lua, lua_upvalueindex(4));
		return push_captures(lua, &m, at, end);
	}
	return 0;
}

static int gmatch(lua_State *lua)
{
	struct pattern m;
	set_pattern(lua, &m, 1, 2);
	const char *at = start_of(lua, &m, 3);
	lua_settop(lua, 2);
	lua_pushinteger(lua, (at ? at - m.text : m.text_end - m.text + 1));
	lua_pushinteger(lua, -1);
	lua_pushcclosure(lua, next_match, 4);
	return 1;
}

/* --- gsub
 * ----------------------------------------------------------------------------------------- */

/* The replacement, argument 3, as text with %0 to %9. */
static void add_text(lua_State *lua, luaL_Buffer *result, const struct pattern *m,
                     const char *start, const char *end)
{
	size_t length;
	const char *text = lua_tolstring(lua, 3, &length);
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '%') {
			luaL_addchar(result, text[i]);
			continue;
		}
		char letter = ++i < length ? text[i] : '\0';
		if (letter == '%') {
			luaL_addchar(result, '%');
		} else if (letter == '0') {
			luaL_addlstring(result, start, (size_t)(end - start));
		} else if (g_ascii_isdigit(letter)) {
			push_capture(lua, m, letter - '1', start, end);
			luaL_tolstring(lua, -1, NULL);
			lua_remove(lua, -2);
			luaL_addvalue(result);
		} else {
			luaL_error(lua, "invalid use of '%%' in replacement string");
		}
	}
}

/* A function or a table gives the replacement: nil and false leave the match as it is. */
static void add_value(lua_State *lua, luaL_Buffer *result, const struct pattern *m,
                      const char *start, const char *end)
{
	if (lua_type(lua, 3) == LUA_TTABLE) {
		push_capture(lua, m, 0, start, end);
		lua_gettable(lua, 3);
	} else {
		lua_pushvalue(lua, 3);
		lua_call(lua, push_captures(lua, m, start, end), 1);
	}
	if (!lua_toboolean(lua, -1)) {
		lua_pop(lua, 1);
		luaL_addlstring(result, start, (size_t)(end - start));
	} else if (lua_isstring(lua, -1)) {
		luaL_addvalue(result);
	} else {
		luaL_error(lua, "invalid replacement value (a %s)", luaL_typename(lua, -1));
	}
}

static int gsub(lua_State *lua)
{
	struct pattern m;
	luaL_Buffer result;
	set_pattern(lua, &m, 1, 2);
	int type = lua_type(lua, 3);
	gboolean is_text = type == LUA_TSTRING || type == LUA_TNUMBER;
	luaL_argexpected(lua, is_text || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
	                 "string/function/table");
	lua_Integer most = luaL_optinteger(lua, 4, m.text_end - m.text + 1);
	gboolean anchored = take_anchor(&m);
	const char *at = m.text, *last = NULL;
	lua_Integer n = 0;
	luaL_buffinit(lua, &result);
	while (n < most) {
		const char *end = match_or_raise(lua, &m, at);
		if (end && end != last) {
			n++;
			(is_text ? add_text : add_value)(lua, &result, &m, at, end);
			at = last = end;
		} else if (at < m.text_end) {
			luaL_addchar(&result, *at++);
		} else {
			break;
		}
		if (anchored)
			break;
	}
	luaL_addlstring(&result, at, (size_t)(m.text_end - at));
	luaL_pushresult(&result);
	lua_pushinteger(lua, n);
	return 2;
}

void sandbox_open_patterns(lua_State *lua)
{
	static const struct luaL_Reg functions[] = {
		{"find", find},
		{"match", match},
		{"gmatch", gmatch},
		{"gsub", gsub},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(functions); i++) {
		lua_pushcfunction(lua, functions[i].func);
		sandbox_meter(lua);
		lua_setfield(lua, -2, functions[i].name);
	}
}

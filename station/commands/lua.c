/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/engine/config.h"
#include "station/script/script.h"
#include "station/commands/rows.h"
#include "station/shell/lua.h"

#include <glib/gstdio.h>
#include <string.h>

/* As of a step in Lua. */
#define SOURCE_BYTES (256 << 10)

static gboolean lua_do(struct shell *shell, const struct call *call, struct value *result,
                       GError **error)
{
	const char *text = call->values[0].text;

	return lua_run(shell, "lua", text, strlen(text), result, error);
}

static void add_functions(struct shell *shell, GPtrArray *names)
{
	const struct script_function *row;

	for (guint i = 0; (row = script_function_at(i)); i++)
		g_ptr_array_add(names, g_strdup(row->function.name));
}

const struct shell_command command_lua_do = {
	.noun = "lua",
	.verb = "do",
	.help = "runs Lua text; its functions ask for what they do (docs/scripting.md)",
	.examples = {"lua do return 10 * math.log(2, 10)",
                     "lua do 'm = module.monitors(); return m'"},
	.arguments = {{"TEXT", ARGUMENT_REST, .complete = add_functions}},
	.run = lua_do,
};

/* A script stands where it is named, or among those of the installation. */
static char *find(struct shell *shell, const char *name)
{
	const char *config_path = shell_world(shell)->config_path;

	if (g_file_test(name, G_FILE_TEST_IS_REGULAR))
		return g_strdup(name);
	return config_find_file(config_path ? config_path : "./", "scripts", name);
}

static gboolean lua_run_file(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	const char *name = call->values[0].text;
	g_autofree char *path = find(shell, name);
	g_autofree char *base = g_path_get_basename(name);
	g_autofree char *text = NULL;
	g_autoptr(GError) why = NULL;
	gsize length;
	GStatBuf facts;

	if (g_stat(path ? path : name, &facts) == 0 && facts.st_size > SOURCE_BYTES) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s is longer than %d bytes", name,
		                  SOURCE_BYTES);
		return FALSE;
	}
	if (!g_file_get_contents(path ? path : name, &text, &length, &why)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s", why->message);
		return FALSE;
	}
	return lua_run(shell, base, text, length, result, error);
}

static void add_scripts(struct shell *shell, GPtrArray *names)
{
	complete_installed(shell, "scripts", ".lua", names);
}

const struct shell_command command_lua_run = {
	.noun = "lua",
	.verb = "run",
	.help = "runs a file of Lua; its functions ask for what they do (docs/scripting.md)",
	.examples = {"lua run look.lua"},
	.arguments = {{"FILE", ARGUMENT_FILE, .complete = add_scripts}},
	.run = lua_run_file,
};

static gboolean lua_reset(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	lua_clear(shell_lua(shell));
	return TRUE;
}

const struct shell_command command_lua_reset = {
	.noun = "lua",
	.verb = "reset",
	.help = "forgets what scripts kept in globals, and the memory that it took",
	.examples = {"lua reset"},
	.run = lua_reset,
};

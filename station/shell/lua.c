/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/lua.h"

#include "base/error.h"
#include "station/script/script.h"
#include "station/shell/login.h"
#include "station/shell/lua_value.h"
#include "station/shell/site.h"

#include <string.h>

/* --- the host --------------------------------------------------------------------------------- */

static void print(const char *line, gsize length, gpointer data)
{
	const struct shell_world *world = shell_world(data);
	g_autofree char *text = g_utf8_make_valid(line, (gssize)length);
	g_autofree char *whole = g_strconcat(text, "\n", NULL);

	world->write(whole, world->data);
}

static gboolean allow(const struct script_function *function, struct step_context *ctx,
                      gpointer data, GError **error)
{
	struct shell *shell = data;
	const char *name = function->function.name;

	if (function->touches &&
	    (!login_permits(shell, COMMAND_WRITES_MODULE, name, error) ||
	     !hand_touch(shell_site(shell)->hand, name, shell_stop(shell), error)))
		return FALSE;
	return hand_take(ctx, function->needs, error);
}

static gboolean begin(struct shell *shell, GError **error)
{
	struct shell_lua *lua = shell_lua(shell);
	const struct script_site site = {
		.steps = shell_world(shell)->steps,
		.allow = allow,
		.print = print,
		.data = shell,
	};

	if (lua->sandbox)
		return TRUE;
	if (!lua->script)
		lua->script = script_new(&site);
	lua->sandbox = sandbox_new(script_host(lua->script), error);
	return lua->sandbox != NULL;
}

void lua_clear(struct shell_lua *lua)
{
	g_clear_pointer(&lua->sandbox, sandbox_free);
	g_clear_pointer(&lua->script, script_free);
}

/* --- running ---------------------------------------------------------------------------------- */

struct job {
	const struct shell_lua *lua;
	const char *name, *text;
	gsize length;
	GArray *results;
};

static gboolean run_with(const struct job *job, const struct bounds *bounds, GError **error)
{
	return sandbox_run(job->lua->sandbox, job->name, job->text, job->length, bounds,
	                   job->results, error);
}

static gboolean run_on_unit(struct step_context *ctx, gpointer data, GError **error)
{
	const struct job *job = data;
	GError *late = NULL;
	gboolean ok;

	script_set_context(job->lua->script, ctx, NULL);
	ok = run_with(job, step_bounds(ctx), error);
	if (!script_end(job->lua->script, !ok, &late)) {
		g_prefix_error(&late, "put back: ");
		if (ok)
			g_propagate_error(error, g_steal_pointer(&late));
		g_clear_error(&late);
		ok = FALSE;
	}
	script_set_context(job->lua->script, NULL, NULL);
	return ok;
}

/* Without a unit a script can reckon, and nothing else. */
static gboolean run_alone(struct shell *shell, const struct job *job, GError **error)
{
	const struct bounds bounds = {deadline_in_s(LUA_LIMIT_S), shell_stop(shell)};

	script_set_context(job->lua->script, NULL,
	                   "no module of a known product is up: \"module up\" brings it up");
	return run_with(job, &bounds, error);
}

gboolean lua_run(struct shell *shell, const char *name, const char *text, gsize length,
                 struct value *result, GError **error)
{
	const struct hand_work work = {.wants = HAND_UNIT | HAND_PRODUCT, .limit_s = LUA_LIMIT_S};
	struct hand *hand = shell_site(shell)->hand;
	g_autoptr(GArray) results = sandbox_values_new();
	struct job job = {shell_lua(shell), name, text, length, results};
	gboolean ok;

	if (!begin(shell, error))
		return FALSE;
	if (hand && hand_is_up(hand) && hand_product(hand))
		ok = shell_do(shell, &work, run_on_unit, &job, error);
	else
		ok = run_alone(shell, &job, error);
	if (ok)
		*result = lua_results(results);
	return ok;
}

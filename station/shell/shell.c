/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/shell.h"

#include "base/deadline.h"
#include "base/error.h"
#include "base/unit.h"
#include "station/shell/dispatch.h"
#include "station/shell/lua.h"
#include "station/shell/login.h"
#include "station/shell/site.h"
#include "station/shell/steps.h"
#include "station/shell/table.h"

#include <math.h>
#include <string.h>

enum { SOURCES_MAX = 16, COMMANDS_MAX = 32 }; /* within each other */
enum { SHOWN_DIGITS = 6 };

struct shell {
	struct shell_world world;
	GHashTable *variables; /* char * to struct value */
	GPtrArray *history;
	struct store *store;
	struct shell_site site;
	struct shell_lua lua;
	struct shell_login login;
	struct shell_steps steps;
	GPtrArray *broken;
	struct value *wanted; /* where results go instead of being shown; null: they are shown */
	const struct shell_command *command; /* that runs */
	GCancellable *stop;
	guint sources, commands; /* how deep */
	gboolean has_quit;
};

static void free_value(gpointer data)
{
	shell_value_clear(data);
	g_free(data);
}

struct shell *shell_new(const struct shell_world *world)
{
	struct shell *shell = g_new0(struct shell, 1);

	shell->world = *world;
	shell_steps_clear(&shell->steps);
	shell->broken = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	shell->variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_value);
	shell->history = g_ptr_array_new_with_free_func(g_free);
	return shell;
}

gboolean shell_leave(struct shell *shell)
{
	return shell_site_clear(shell);
}

void shell_free(struct shell *shell)
{
	if (!shell)
		return;
	shell_leave(shell);
	lua_clear(&shell->lua);
	login_clear(shell);
	g_hash_table_unref(shell->variables);
	g_ptr_array_unref(shell->history);
	g_ptr_array_unref(shell->broken);
	store_close(shell->store);
	g_free(shell);
}

const struct shell_world *shell_world(const struct shell *shell)
{
	return &shell->world;
}

struct shell_lua *shell_lua(struct shell *shell)
{
	return &shell->lua;
}

struct shell_site *shell_site(struct shell *shell)
{
	return &shell->site;
}

struct shell_login *shell_login(struct shell *shell)
{
	return &shell->login;
}

const char *shell_who(const struct shell *shell)
{
	return shell->login.name;
}

GPtrArray *shell_broken(struct shell *shell)
{
	return shell->broken;
}

struct shell_steps *shell_steps(struct shell *shell)
{
	return &shell->steps;
}

const struct shell_command *shell_command_running(const struct shell *shell)
{
	return shell->command;
}

GCancellable *shell_stop(const struct shell *shell)
{
	return shell->stop;
}

const GPtrArray *shell_history(const struct shell *shell)
{
	return shell->history;
}

gboolean shell_is_secret(const struct shell *shell, const char *line)
{
	const struct shell_command *const *commands = shell->world.commands;
	g_autofree char *words = g_strdelimit(g_strdup(line), "\"'\\;\t\r\n", ' ');
	g_auto(GStrv) all = g_strsplit(words, " ", -1);
	const char *before = "";

	for (guint i = 0; all[i]; i++) {
		for (guint k = 0; *all[i] && commands[k]; k++)
			if (commands[k]->is_secret && strcmp(commands[k]->noun, before) == 0 &&
			    g_strcmp0(commands[k]->verb, all[i]) == 0)
				return TRUE;
		before = *all[i] ? all[i] : before;
	}
	return FALSE;
}

void shell_remember(struct shell *shell, const char *line)
{
	if (shell_is_secret(shell, line))
		return;
	if (shell->history->len >= SHELL_HISTORY_MAX)
		g_ptr_array_remove_index(shell->history, 0);
	g_ptr_array_add(shell->history, g_strdup(line));
}

void shell_quit(struct shell *shell)
{
	shell->has_quit = TRUE;
}

gboolean shell_has_quit(const struct shell *shell)
{
	return shell->has_quit;
}

void shell_set(struct shell *shell, const char *name, const struct value *value)
{
	struct value *kept = g_new(struct value, 1);

	*kept = shell_value_copy(value);
	g_hash_table_replace(shell->variables, g_strdup(name), kept);
}

const struct value *shell_lookup(const char *name, gpointer data)
{
	struct shell *shell = data;

	return g_hash_table_lookup(shell->variables, name);
}

char *shell_lookup_text(const char *name, gpointer data)
{
	const struct value *value = shell_lookup(name, data);

	return value ? shell_value_show(value) : NULL;
}

GList *shell_variables(const struct shell *shell)
{
	return g_list_sort(g_hash_table_get_keys(shell->variables), (GCompareFunc)strcmp);
}

struct store *shell_store(struct shell *shell, GError **error)
{
	if (!shell->store && !shell->world.store_path)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "no configuration names a store: start with --config FILE");
	else if (!shell->store)
		shell->store = store_open(shell->world.store_path, error);
	return shell->store;
}

/* As in a table, but whole numbers, which count something, in full. */
static char *show_number(const struct value *value)
{
	if (value->number == nearbyint(value->number) && fabs(value->number) < 1e12)
		return shell_value_show(value);
	return unit_format(value->number, value->unit, SHOWN_DIGITS);
}

void shell_show(struct shell *shell, const struct value *value)
{
	g_autofree char *text = NULL;

	if (value->kind == VALUE_NONE)
		return;
	if (shell->world.json)
		text = table_value_json(value);
	else if (value->kind == VALUE_TABLE)
		text = table_text(value->table, shell->world.width);
	else if (value->kind == VALUE_NUMBER)
		text = show_number(value);
	else
		text = shell_value_show(value);
	shell->world.write(text, shell->world.data);
	if (!g_str_has_suffix(text, "\n"))
		shell->world.write("\n", shell->world.data);
}

static gboolean may_run(struct shell *shell, const struct shell_command *command, GError **error)
{
	g_autofree char *name = command_name(command);

	return login_permits(shell, command->right, name, error);
}

static gboolean run_command(struct shell *shell, const char *line, const struct token *tokens,
                            guint n, GError **error)
{
	guint used;
	const struct shell_command *command = dispatch_find(shell, line, tokens, n, &used, error);
	struct call call;
	g_auto(shell_value) result = {0};

	if (!command || !may_run(shell, command, error) ||
	    !dispatch_read(shell, command, line, tokens, n, &call, error))
		return FALSE;
	const struct shell_command *outer = shell->command;
	shell->command = command;
	gboolean done = command->run(shell, &call, &result, error);
	shell->command = outer;
	dispatch_clear(&call);
	if (!done)
		return FALSE;
	if (shell->wanted && result.kind != VALUE_NONE) {
		shell_value_clear(shell->wanted);
		*shell->wanted = shell_value_copy(&result);
	} else {
		shell_show(shell, &result);
	}
	if (result.kind != VALUE_NONE)
		shell_set(shell, "_", &result);
	return TRUE;
}

static gboolean run_commands(struct shell *shell, const char *line, GError **error)
{
	g_autoptr(GArray) tokens = token_split(line, error);

	if (!tokens)
		return FALSE;
	const struct token *all = (const struct token *)(gpointer)tokens->data;
	for (guint i = 0, n; i < tokens->len && !shell->has_quit; i += n + 1) {
		for (n = 0; i + n < tokens->len && !all[i + n].separator;)
			n++;
		if (g_cancellable_is_cancelled(shell->stop)) {
			station_error_set(error, STATION_ERROR_CANCELLED, "stopped");
			return FALSE;
		}
		if (n > 0 && !run_command(shell, line, all + i, n, error))
			return FALSE;
	}
	return TRUE;
}

gboolean shell_run(struct shell *shell, const char *line, GCancellable *stop, GError **error)
{
	GCancellable *outer = shell->stop;
	gboolean done = FALSE;

	if (shell->commands >= COMMANDS_MAX) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "more than %d commands within each other", COMMANDS_MAX);
		return FALSE;
	}
	shell->stop = stop;
	shell->commands++;
	done = run_commands(shell, line, error);
	shell->commands--;
	shell->stop = outer;
	return done;
}

gboolean shell_run_for(struct shell *shell, const char *line, GCancellable *stop,
                       struct value *result, GError **error)
{
	struct value *outer = shell->wanted;
	gboolean done;

	*result = (struct value){0};
	shell->wanted = result;
	done = shell_run(shell, line, stop, error);
	shell->wanted = outer;
	if (!done)
		shell_value_clear(result);
	return done;
}

gboolean shell_is_quiet(const struct shell *shell)
{
	return shell->wanted != NULL;
}

/* One line, or several while a quote is open; *n counts them. Null at the end. */
static char *next_command(shell_next_line next, gpointer data, guint *n)
{
	char *line = next(data);

	for (; line; (*n)++) {
		g_autofree char *more = NULL;
		if (!token_is_open(line) || !(more = next(data)))
			break;
		char *whole = g_strconcat(line, "\n", more, NULL);
		g_free(line);
		line = whole;
	}
	*n += line ? 1 : 0;
	return line;
}

/* Whether the lines after an error are run: then it is told here, and the first is kept. */
static gboolean goes_on(struct shell *shell, GError *why, GError **first)
{
	gboolean on = shell->world.keep_going &&
	              !g_error_matches(why, STATION_ERROR, STATION_ERROR_CANCELLED);

	if (on)
		shell->world.write_error(why->message, shell->world.data);
	if (*first && on) {
		g_error_free(why);
		return on;
	}
	g_clear_error(first);
	*first = why;
	return on;
}

gboolean shell_run_lines(struct shell *shell, const char *name, shell_next_line next, gpointer data,
                         GCancellable *stop, GError **error)
{
	GError *first = NULL;
	guint failed = 0, last = 0;
	char *line;

	for (guint number = 1; !shell->has_quit && (line = next_command(next, data, &last));
	     number = last + 1) {
		GError *why = NULL;
		gboolean done = shell_run(shell, line, stop, &why);
		g_free(line);
		if (done)
			continue;
		failed++;
		g_prefix_error(&why, "%s: line %u: ", name, number);
		if (!goes_on(shell, why, &first)) {
			g_propagate_error(error, first);
			return FALSE;
		}
	}
	if (!first)
		return TRUE;
	g_set_error(error, first->domain, first->code, "%s: %u %s failed", name, failed,
	            failed == 1 ? "line" : "lines");
	g_error_free(first);
	return FALSE;
}

struct lines {
	char **at;
};

static char *next_of_text(gpointer data)
{
	struct lines *lines = data;

	return *lines->at ? g_strdup(*lines->at++) : NULL;
}

gboolean shell_run_text(struct shell *shell, const char *name, const char *text, GCancellable *stop,
                        GError **error)
{
	g_auto(GStrv) all = g_strsplit(text, "\n", -1);
	struct lines lines = {all};

	return shell_run_lines(shell, name, next_of_text, &lines, stop, error);
}

void shell_set_width(struct shell *shell, guint width)
{
	shell->world.width = width;
}

gboolean shell_source(struct shell *shell, const char *path, GCancellable *stop, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) why = NULL;

	if (shell->sources >= SOURCES_MAX) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: more than %d files call each other", path, SOURCES_MAX);
		return FALSE;
	}
	if (!g_file_get_contents(path, &text, NULL, &why)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s", why->message);
		return FALSE;
	}
	shell->sources++;
	gboolean done = shell_run_text(shell, path, text, stop, error);
	shell->sources--;
	return done;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "station/commands/rows.h"
#include "station/shell/login.h"
#include "station/shell/shell.h"
#include "station/shell/table.h"

#include <string.h>

/* The words of the language itself. */

static void add_variables(struct shell *shell, GPtrArray *names)
{
	GList *variables = shell_variables(shell);

	for (GList *at = variables; at; at = at->next)
		g_ptr_array_add(names, g_strdup(at->data));
	g_list_free(variables);
}

static void add_nouns(struct shell *shell, GPtrArray *names)
{
	const struct shell_command *const *all = shell_world(shell)->commands;

	for (guint i = 0; all[i]; i++)
		if (i == 0 || strcmp(all[i]->noun, all[i - 1]->noun) != 0)
			g_ptr_array_add(names, g_strdup(all[i]->noun));
}

static gboolean check_name(const char *name, GError **error)
{
	gsize n = token_name_length(name);

	if (n > 0 && name[n] == '\0')
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "\"%s\" is no name: letters, digits and _, not beginning with a digit",
	                  name);
	return FALSE;
}

static gboolean run_set(struct shell *shell, const struct call *call, struct value *result,
                        GError **error)
{
	if (!check_name(call->values[0].text, error))
		return FALSE;
	shell_set(shell, call->values[0].text, &call->values[1]);
	return TRUE;
}

const struct shell_command command_set = {
	.noun = "set",
	.help = "gives a variable a value; $NAME is the value from then on",
	.examples = {"set loss 3 dB + 0.5 dB", "set levels 0..12 dB step 0.5 dB",
                     "set serial SN0815"},
	.arguments = {{"NAME", ARGUMENT_NAME, .complete = add_variables},
                      {"VALUE", ARGUMENT_VALUE}},
	.run = run_set,
};

static gboolean run_print(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	*result = shell_value_copy(&call->values[0]);
	return TRUE;
}

const struct shell_command command_print = {
	.noun = "print",
	.help = "shows a value; $_ is the last result",
	.examples = {"print -2 dBm + 3.5 dB", "print $_", "print 'a text'"},
	.arguments = {{"VALUE", ARGUMENT_VALUE}},
	.run = run_print,
};

static gboolean run_quit(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	shell_quit(shell);
	return TRUE;
}

const struct shell_command command_quit = {
	.noun = "quit",
	.help = "leaves the shell, as Ctrl-D does",
	.examples = {"quit"},
	.run = run_quit,
};

static const struct table_column history_columns[] = {{"n", TRUE}, {"line"}};

static gboolean run_history(struct shell *shell, const struct call *call, struct value *result,
                            GError **error)
{
	const GPtrArray *lines = shell_history(shell);
	guint n = call->values[0].kind ? (guint)call->values[0].number : lines->len;
	struct table *table = table_new(history_columns, G_N_ELEMENTS(history_columns));

	for (guint i = lines->len - MIN(n, lines->len); i < lines->len; i++) {
		table_add(table, shell_value_number(i + 1, "1"));
		table_add(table, shell_value_text(g_ptr_array_index(lines, i)));
	}
	*result = shell_value_take_table(table);
	return TRUE;
}

const struct shell_command command_history = {
	.noun = "history",
	.help = "the lines that were typed, oldest first",
	.examples = {"history", "history 20"},
	.arguments = {{"N", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = SHELL_HISTORY_MAX}},
	.run = run_history,
};

static gboolean run_source(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	return shell_source(shell, call->values[0].text, shell_stop(shell), error);
}

const struct shell_command command_source = {
	.noun = "source",
	.help = "runs the commands of a file",
	.examples = {"source bring-up.txt"},
	.arguments = {{"FILE", ARGUMENT_FILE}},
	.run = run_source,
};

static gboolean run_repeat(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	for (guint i = 0; i < (guint)call->values[0].number && !shell_has_quit(shell); i++)
		if (!shell_run(shell, call->values[1].text, shell_stop(shell), error))
			return FALSE;
	return TRUE;
}

const struct shell_command command_repeat = {
	.noun = "repeat",
	.help = "runs a command so many times; several commands between quotes",
	.examples = {"repeat 3 print $_", "repeat 3 'print 1; print 2'"},
	.arguments = {{"N", ARGUMENT_COUNT, .min = 1, .max = 1e6}, {"COMMAND", ARGUMENT_REST}},
	.run = run_repeat,
};

static gboolean run_each(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const struct value *range = &call->values[1];

	if (!check_name(call->values[0].text, error))
		return FALSE;
	for (guint i = 0; i < range->range.n && !shell_has_quit(shell); i++) {
		struct value point =
			shell_value_number(shell_value_range_at(range, i), range->unit);
		shell_set(shell, call->values[0].text, &point);
		if (!shell_run(shell, call->values[2].text, shell_stop(shell), error))
			return FALSE;
	}
	return TRUE;
}

const struct shell_command command_each = {
	.noun = "each",
	.help = "runs a command for each point of a range, which is in the variable",
	.examples = {"each a 0..12 dB step 0.5 dB print $a"},
	.arguments = {{"NAME", ARGUMENT_NAME, .complete = add_variables},
                      {"RANGE", ARGUMENT_RANGE},
                      {"COMMAND", ARGUMENT_REST}},
	.run = run_each,
};

/* Waits, by a person's clock, in pieces so short that a key is noticed; *ended when there was one.
 */
static gboolean wait_for_next(struct shell *shell, double seconds, gboolean *ended, GError **error)
{
	const struct shell_world *world = shell_world(shell);
	gint64 end_us = g_get_monotonic_time() + (gint64)(seconds * 1e6);

	for (;;) {
		double left_s = (double)(end_us - g_get_monotonic_time()) * 1e-6;
		struct bounds bounds = {deadline_in_s(60), shell_stop(shell)};
		*ended = world->key_pressed && world->key_pressed(world->data);
		if (*ended || left_s <= 0)
			return TRUE;
		if (!clock_sleep_s(MIN(left_s, 0.05) * clock_scale(), &bounds, error))
			return FALSE;
	}
}

static gboolean run_watch(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	const struct shell_world *world = shell_world(shell);

	for (gboolean ended = FALSE; !ended && !shell_has_quit(shell);) {
		if (world->clear && !world->json)
			world->clear(world->data);
		if (!shell_run(shell, call->values[1].text, shell_stop(shell), error) ||
		    !wait_for_next(shell, call->values[0].number, &ended, error))
			return FALSE;
	}
	return TRUE;
}

const struct shell_command command_watch = {
	.noun = "watch",
	.help = "runs a command again and again on a cleared screen, until Enter or Ctrl-C",
	.examples = {"watch 2 s run last 5"},
	.arguments = {{"SECONDS", ARGUMENT_NUMBER, .unit = "s", .min = 0.05, .max = 86400},
                      {"COMMAND", ARGUMENT_REST}},
	.run = run_watch,
};

static gboolean run_time(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	gint64 start_us =
		g_get_monotonic_time(); /* a person's time, however fast the bench's runs */

	if (!shell_run(shell, call->values[0].text, shell_stop(shell), error))
		return FALSE;
	*result = shell_value_number((double)(g_get_monotonic_time() - start_us) * 1e-6, "s");
	return TRUE;
}

const struct shell_command command_time = {
	.noun = "time",
	.help = "runs a command and tells how long it took",
	.examples = {"time run last 5"},
	.arguments = {{"COMMAND", ARGUMENT_REST}},
	.run = run_time,
};

static const struct table_column help_columns[] = {{"command"}, {"does"}, {"may"}, {"allowed"}};

static struct value help_list(struct shell *shell, const char *noun)
{
	const struct shell_command *const *all = shell_world(shell)->commands;
	struct table *table = table_new(help_columns, G_N_ELEMENTS(help_columns));

	for (guint i = 0; all[i]; i++) {
		g_autofree char *usage = command_usage(all[i]);
		if (noun && strcmp(noun, all[i]->noun) != 0)
			continue;
		table_add(table, shell_value_text(usage));
		table_add(table, shell_value_text(all[i]->help));
		table_add(table, shell_value_text(command_right_name(all[i]->right)));
		table_add(table, shell_value_flag(login_may(shell, all[i]->right)));
	}
	return shell_value_take_table(table);
}

static struct value help_command(struct shell *shell, const struct shell_command *command)
{
	g_autofree char *usage = command_usage(command);
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "%s\n  %s; it %s%s.\nexamples:", usage, command->help,
	                       command_right_name(command->right),
	                       login_may(shell, command->right) ? "" : ", which needs an engineer");
	for (guint i = 0; i < G_N_ELEMENTS(command->examples) && command->examples[i]; i++)
		g_string_append_printf(text, "\n  %s", command->examples[i]);
	return shell_value_text(text->str);
}

static gboolean run_help(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const char *noun = call->values[0].kind ? call->values[0].text : NULL;
	const char *verb = call->values[1].kind ? call->values[1].text : NULL;
	const struct shell_command *const *all = shell_world(shell)->commands;
	const struct shell_command *found = NULL;
	guint n = 0;

	for (guint i = 0; noun && all[i]; i++) {
		const struct shell_command *command = all[i];
		if (strcmp(command->noun, noun) == 0 &&
		    (!verb || g_strcmp0(command->verb, verb) == 0)) {
			found = command;
			n++;
		}
	}
	if (noun && !found) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "there is no command \"%s%s%s\"; \"help\" lists all", noun,
		                  verb ? " " : "", verb ? verb : "");
		return FALSE;
	}
	*result = n == 1 ? help_command(shell, found) : help_list(shell, noun);
	return TRUE;
}

const struct shell_command command_help = {
	.noun = "help",
	.help = "the commands, or one of them with examples",
	.examples = {"help", "help run", "help run show"},
	.arguments = {{"NOUN", ARGUMENT_NAME, .optional = TRUE, .complete = add_nouns},
                      {"VERB", ARGUMENT_NAME, .optional = TRUE}},
	.run = run_help,
};

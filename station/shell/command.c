/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/command.h"

#include "station/shell/shell.h"

#include <string.h>

const char *command_right_name(enum command_right right)
{
	static const char *const names[] = {"looks", "sets", "energises", "writes the module"};

	return names[right];
}

const struct shell_command *command_find(const struct shell *shell, const char *noun,
                                         const char *verb)
{
	const struct shell_command *const *row = shell_world(shell)->commands;

	while (*row && (strcmp((*row)->noun, noun) != 0 || g_strcmp0((*row)->verb, verb) != 0))
		row++;
	return *row;
}

char *command_name(const struct shell_command *command)
{
	return command->verb ? g_strdup_printf("%s %s", command->noun, command->verb)
	                     : g_strdup(command->noun);
}

static void put_argument(GString *usage, const struct argument *argument)
{
	g_string_append(usage, argument->optional ? " [" : " ");
	if (argument->kind == ARGUMENT_CHOICE) {
		g_autofree char *choices = g_strjoinv("|", (char **)argument->choices);
		g_string_append(usage, choices);
	} else {
		g_string_append(usage, argument->name);
	}
	g_string_append(usage, argument->optional ? "]" : "");
}

char *command_usage(const struct shell_command *command)
{
	g_autofree char *name = command_name(command);
	GString *usage = g_string_new(name);

	for (const struct argument *a = command->arguments; a->name; a++)
		put_argument(usage, a);
	return g_string_free(usage, FALSE);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/commands/rows.h"
#include "station/shell/shell.h"
#include "station/shell/sweep.h"

/* Anything over anything, and tables as files. */

static gboolean run_sweep(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	return shell_sweep_run(shell, call->values[0].text, result, error);
}

const struct shell_command command_sweep = {
	.noun = "sweep",
	.help = "sets THING to each point of a range and runs a command there; the table is $sweep",
	.examples = {"sweep attenuator 0..12 dB step 0.5 dB : bert ber",
                     "sweep 'attenuator set $x 2' 3..6 dB step 1 dB : bert ber 1 s 2 > ber.csv",
                     "sweep gate 1..4 s step 1 s : bert ber $gate"},
	.arguments = {{"THING RANGE : COMMAND [> FILE]", ARGUMENT_REST}},
	.run = run_sweep,
};

static void add_tables(struct shell *shell, GPtrArray *names)
{
	GList *variables = shell_variables(shell);

	for (GList *at = variables; at; at = at->next)
		if (shell_lookup(at->data, shell)->kind == VALUE_TABLE)
			g_ptr_array_add(names, g_strdup(at->data));
	g_list_free(variables);
}

static gboolean run_save(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const char *name = call->values[1].kind ? call->values[1].text : "_";
	const struct value *value = shell_lookup(name, shell);

	if (value && value->kind == VALUE_TABLE)
		return sweep_save(value->table, call->values[0].text, error);
	station_error_set(error, STATION_ERROR_CONFIG, "%s%s is no table",
	                  call->values[1].kind ? "$" : "the last result, $", name);
	return FALSE;
}

const struct shell_command command_save = {
	.noun = "save",
	.help = "writes a table, the last result or that of a variable, as CSV",
	.examples = {"save values.csv", "save ber.csv sweep"},
	.arguments = {{"FILE", ARGUMENT_FILE},
                      {"VARIABLE", ARGUMENT_NAME, .optional = TRUE, .complete = add_tables}},
	.run = run_save,
};

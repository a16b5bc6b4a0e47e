/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/config.h"
#include "station/engine/plan.h"
#include "station/commands/rows.h"
#include "station/shell/shell.h"
#include "station/shell/steps.h"

#include <string.h>

#define LANES_WITHOUT_PRODUCT 4

void complete_installed(struct shell *shell, const char *folder, const char *suffix,
                        GPtrArray *names)
{
	g_autofree char *path = g_build_filename(config_data_folder(), folder, NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, suffix))
			g_ptr_array_add(names, g_strdup(name));
}

void complete_plans(struct shell *shell, GPtrArray *names)
{
	complete_installed(shell, "plans", ".yaml", names);
}

static gboolean run_show(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	g_autoptr(plan) plan = shell_load_plan(shell, call->values[0].text, NULL, error);

	if (!plan)
		return FALSE;
	*result =
		(struct value){.kind = VALUE_TEXT, .text = plan_show(plan, LANES_WITHOUT_PRODUCT)};
	return TRUE;
}

const struct shell_command command_plan_show = {
	.noun = "plan",
	.verb = "show",
	.help = "a plan as it would run, loops unrolled over four lanes",
	.examples = {"plan show 400g.yaml"},
	.arguments = {{"FILE", ARGUMENT_FILE, .complete = complete_plans}},
	.run = run_show,
};

/* What is wrong for one type only is found too. */
static gboolean run_check(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	g_autoptr(plan) plan = shell_load_plan(shell, call->values[0].text, NULL, error);

	if (!plan)
		return FALSE;
	for (guint i = 1; plan->types[i]; i++) {
		g_autoptr(plan) other =
			plan_load_with(plan->path, shell_world(shell)->steps, plan->types[i],
		                       shell_world(shell)->config_path, error);
		if (!other)
			return FALSE;
	}
	g_autofree char *text = plan_show(plan, LANES_WITHOUT_PRODUCT);
	g_autofree char *words =
		g_strdup_printf("%s: good: %.*s", plan->path, (int)strcspn(text, "\n"), text);
	*result = shell_value_text(words);
	return TRUE;
}

const struct shell_command command_plan_check = {
	.noun = "plan",
	.verb = "check",
	.help = "reads a plan and tells the first thing wrong with it",
	.examples = {"plan check my-dr4.yaml"},
	.arguments = {{"FILE", ARGUMENT_FILE, .complete = complete_plans}},
	.run = run_check,
};

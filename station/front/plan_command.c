/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/plan.h"
#include "station/front/front.h"

#include <stdio.h>
#include <string.h>

#define LANES_WITHOUT_PRODUCT 4

/* A plan is named by its file, or like in a configuration by its name among the installed ones. */
static char *find_plan(const struct front *front, const char *name)
{
	if (g_file_test(name, G_FILE_TEST_IS_REGULAR))
		return g_strdup(name);
	return config_find_file(front->config_path ? front->config_path : "./", "plans", name);
}

static int run_plan_command(struct front *front, int argc, char **argv)
{
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;
	g_autoptr(plan) plan = NULL;
	GError *error = NULL;

	if (argc != 3 || (strcmp(argv[1], "check") != 0 && strcmp(argv[1], "show") != 0))
		return front_usage(&cli_plan, "plan wants \"check FILE\" or \"show FILE\"");
	path = find_plan(front, argv[2]);
	plan = plan_load_with(path ? path : argv[2], front->steps, NULL, front->config_path,
	                      &error);
	if (!plan)
		return front_fail(error);
	/* what is wrong for one type only is found too */
	for (guint i = 1; plan->types[i]; i++) {
		struct plan *other = plan_load_with(plan->path, front->steps, plan->types[i],
		                                    front->config_path, &error);
		if (!other)
			return front_fail(error);
		plan_free(other);
	}
	text = plan_show(plan, LANES_WITHOUT_PRODUCT);
	if (strcmp(argv[1], "show") == 0)
		fputs(text, stdout);
	else
		printf("%s: good: %.*s\n", plan->path, (int)strcspn(text, "\n"), text);
	return EXIT_CODE_OK;
}

const struct command cli_plan = {
	.name = "plan",
	.summary = "a plan validated, or printed as it would run",
	.usage = "plan check|show FILE",
	.details = "check  reads the plan and tells the first thing wrong with it, with file and "
		   "line\n"
		   "show   prints every action in order, loops unrolled over four lanes, with "
		   "parameters\n",
	.examples = "  station plan check my-dr4.yaml\n"
		    "  station plan show 400g.yaml   # one of the installed plans\n",
	.run = run_plan_command,
};

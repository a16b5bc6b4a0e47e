/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/db_command.h"

#include <string.h>

static const struct db_action actions[] = {
	{"status", DB_JSON, db_status},
};

/* --- the call --------------------------------------------------------------------------------- */

static gboolean *flag_of(struct db_call *call, const char *word, guint *option)
{
	const struct {
		const char *word;
		guint option;
		gboolean *flag;
	} flags[] = {
		{"--json", DB_JSON, &call->json},
		{"--force", DB_FORCE, &call->force},
		{"--dry-run", DB_DRY_RUN, &call->dry_run},
		{"--sign", DB_SIGN, &call->sign},
	};

	for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
		if (strcmp(word, flags[i].word) == 0) {
			*option = flags[i].option;
			return flags[i].flag;
		}
	return NULL;
}

/* Null, or what is wrong; free with g_free. */
static char *parse(int argc, char **argv, const struct db_action *action, struct db_call *call)
{
	for (int i = 2; i < argc; i++) {
		guint option = 0;
		gboolean *flag = flag_of(call, argv[i], &option);

		if (flag && action->options & option)
			*flag = TRUE;
		else if (action->options & DB_KEY && strcmp(argv[i], "--key") == 0 && i + 1 < argc)
			call->key = argv[++i];
		else if (action->options & DB_FILE && argv[i][0] != '-' && !call->file)
			call->file = argv[i];
		else
			return g_strdup_printf("db %s takes no \"%s\"", action->name, argv[i]);
	}
	if (action->options & DB_FILE && !call->file)
		return g_strdup_printf("db %s wants a FILE", action->name);
	return NULL;
}

static int usage_of_action(void)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(actions); i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "", actions[i].name);
	return front_usage(&cli_db, "db wants one of: %s", names->str);
}

static int run_db(struct front *front, int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	struct db_call call = {0};
	g_autofree char *wrong = NULL;
	g_autoptr(config) config = NULL;
	guint i = 0;
	int code = EXIT_CODE_OK;

	while (i < G_N_ELEMENTS(actions) && strcmp(actions[i].name, name) != 0)
		i++;
	if (i == G_N_ELEMENTS(actions))
		return usage_of_action();
	wrong = parse(argc, argv, &actions[i], &call);
	if (wrong)
		return front_usage(&cli_db, "%s", wrong);
	config = front_config(front, &code);
	if (!config)
		return code;
	call.config = config;
	return actions[i].run(&call);
}

const struct command cli_db = {
	.name = "db",
	.summary = "the store of runs: what is in it",
	.usage = "db status [--json]",
	.details = "Looks after the file that the configuration names (store:).\n\n"
		   "status   file, schema, runs, lots, first and last run, free disk; changes "
		   "nothing\n\n"
		   "Exit code 0 done, 2 usage, 3 configuration invalid, 7 the store cannot be "
		   "read.\n",
	.examples = "  station db status\n"
		    "  station db status --json\n",
	.run = run_db,
};

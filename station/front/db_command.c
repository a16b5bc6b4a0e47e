/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/db_command.h"

#include <string.h>

static const struct db_action actions[] = {
	{"status", DB_JSON, db_status},
	{"verify", DB_JSON | DB_KEY | DB_SIGN, db_verify},
	{"backup", DB_FORCE | DB_FILE, db_backup},
	{"migrate", DB_DRY_RUN | DB_SINK, db_migrate},
	{"sync", DB_JSON | DB_ALL | DB_RETRY | DB_WORD, db_sync},
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
		{"--all", DB_ALL, &call->all},
		{"--retry", DB_RETRY, &call->retry},
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
		else if (action->options & DB_SINK && strcmp(argv[i], "--sink") == 0 &&
		         i + 1 < argc)
			call->sink = argv[++i];
		else if (action->options & DB_SINK && strcmp(argv[i], "--connect") == 0 &&
		         i + 1 < argc)
			call->connect = argv[++i];
		else if (action->options & (DB_FILE | DB_WORD) && argv[i][0] != '-' && !call->file)
			call->file = argv[i];
		else
			return g_strdup_printf("db %s takes no \"%s\"", action->name, argv[i]);
	}
	if (call->connect && !call->sink)
		return g_strdup("--connect goes with --sink");
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
	.summary = "the store of runs: what is in it, that nothing was altered, copies",
	.usage = "db status [--json] | verify [--json] [--key FILE] [--sign] | backup FILE "
		 "[--force] | migrate [--dry-run | --sink SINK [--connect TARGET]] |\n"
		 "       station db sync [SINK] [--all] [--retry] [--json]",
	.details =
		"Looks after the file that the configuration names (store:). station-db(1) and\n"
		"docs/store.md tell what is in it and what a verification proves.\n\n"
		"status   file, schema, runs, lots, first and last run, free disk, the last row "
		"of\n"
		"         the chain, the public key, what others have not been told yet\n"
		"verify   computes everything again and names the first row that is not as it "
		"was\n"
		"         stored: SQLite's own check, the hash chain, signatures, and whether "
		"each\n"
		"         row says what its run's document says\n"
		"  --key FILE  public keys that may have signed, a line each; else FILE is "
		"STORE.pub\n"
		"  --sign      signs the last row when nothing else is wrong\n"
		"backup   copies the store, in use or not, into FILE, and verifies the copy\n"
		"  --force     FILE may be there\n"
		"migrate  brings the store to this program's schema, as every start of a lot "
		"does\n"
		"         (it is copied to STORE.schema-N before)\n"
		"  --dry-run   prints the SQL and does nothing\n"
		"  --sink SINK brings the line's database of that sink (kind postgresql) to "
		"it\n"
		"              and makes its months' partitions; --connect says as whom: "
		"only its\n"
		"              owner may\n"
		"sync     tells the sinks (or one) what is due to them, now, until nothing is\n"
		"  --all       also what was in the store before there was the sink\n"
		"  --retry     also what it refused\n"
		"--json   for programs\n\n"
		"Exit code 0 done and nothing wrong, 2 usage, 3 configuration invalid, 7 the "
		"store\n"
		"cannot be read or written, is not as it was stored, or a sink refused something, "
		"75 a\n"
		"sink does not take it now.\n",
	.examples = "  station db status\n"
		    "  station db verify --key /media/audit/station.pub\n"
		    "  station db backup /srv/backup/station-2026-01-31.db\n"
		    "  station db migrate --dry-run\n"
		    "  station db migrate --sink line --connect 'service=line user=owner'\n"
		    "  station db sync line --all\n",
	.run = run_db,
};

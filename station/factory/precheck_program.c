/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/precheck_parts.h"

#include "station/factory/program.h"
#include "station/factory/setting.h"

#include <string.h>

/*
 * A program that is asked: the request on its standard input, the reply on its standard output,
 * exit code 0. Any other exit code is no answer.
 */
struct precheck_program {
	struct precheck precheck;
	char **command;
};

static const struct precheck_program *program_of(const struct precheck *precheck)
{
	return (const struct precheck_program *)precheck;
}

static GBytes *ask(const struct precheck *precheck, const char *request,
                   const struct bounds *bounds, char **words, GError **error)
{
	g_autoptr(GBytes) input = g_bytes_new(request, strlen(request));
	struct child_said said;
	enum child_end end =
		child_talk(program_of(precheck)->command, input, "pre-check", bounds, &said, error);
	GBytes *reply = NULL;

	if (end == CHILD_DONE && said.out->len <= PRECHECK_REPLY_MAX)
		reply = g_bytes_new(said.out->str, said.out->len);
	else if (end == CHILD_DONE)
		*words = g_strdup("the reply is too long");
	else if (end != CHILD_STOPPED)
		*words = program_words(end, &said);
	child_said_clear(&said);
	return reply;
}

static char *text(const struct precheck *precheck)
{
	return g_strdup(program_of(precheck)->command[0]);
}

static gboolean is_reachable(const struct precheck *precheck, const struct bounds *bounds,
                             char **words)
{
	return program_is_there(program_of(precheck)->command, words);
}

static void program_free(struct precheck *precheck)
{
	struct precheck_program *program = (struct precheck_program *)precheck;

	g_strfreev(program->command);
	g_free(program);
}

static const struct precheck_ops ops = {
	.kind = "program",
	.ask = ask,
	.text = text,
	.is_reachable = is_reachable,
	.free = program_free,
};

struct precheck *precheck_program_load(const struct yaml_node *map, const char *config_path,
                                       GError **error)
{
	struct precheck_program *program = g_new0(struct precheck_program, 1);

	program->precheck.ops = &ops;
	if (setting_command(map, "command", config_path, &program->command, error))
		return &program->precheck;
	program_free(&program->precheck);
	return NULL;
}

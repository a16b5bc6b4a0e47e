/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sink_kinds.h"

#include "station/factory/form.h"
#include "station/factory/program.h"
#include "station/factory/setting.h"

/*
 * A program that takes runs, one a call: the document on its standard input. Exit code 0: it has
 * it, for good; 75 (EX_TEMPFAIL of sysexits.h): not now; any other: never this run.
 */
#define TIMEOUT_S 30.0

enum { EXIT_LATER = 75 };

struct sink_program {
	struct sink sink;
	char **command;
	double timeout_s;
	struct form form;
};

static char **argv_of(const struct sink_program *program, const struct run_record *record)
{
	GPtrArray *argv = g_ptr_array_new();

	for (char **word = program->command; *word; word++)
		g_ptr_array_add(argv, form_fill(*word, record, NULL));
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(argv, FALSE);
}

/* A program that a signal ended, or that could not be started, did not understand the run. */
static enum sink_answer answer_of(enum child_end end, int status)
{
	if (end == CHILD_DONE)
		return SINK_TAKEN;
	return end == CHILD_FAILED && status >= 0 && status != EXIT_LATER ? SINK_REFUSED
	                                                                  : SINK_LATER;
}

static enum sink_answer program_send(struct sink *sink, const struct sink_run *run,
                                     const struct bounds *bounds, char **words)
{
	struct sink_program *program = (struct sink_program *)sink;
	struct bounds within = bounds_within(bounds, program->timeout_s);
	g_auto(GStrv) argv = argv_of(program, run->record);
	g_autoptr(GBytes) input = form_write(&program->form, run);
	g_autoptr(GError) error = NULL;
	struct child_said said;
	enum child_end end = child_talk(argv, input, program->command[0], &within, &said, &error);
	enum sink_answer answer = answer_of(end, said.status);

	if (answer != SINK_TAKEN)
		*words = error ? g_strdup(error->message) : program_words(end, &said);
	child_said_clear(&said);
	return answer;
}

static gboolean program_is_reachable(struct sink *sink, const struct bounds *bounds, char **words)
{
	return program_is_there(((struct sink_program *)sink)->command, words);
}

static void program_free(struct sink *sink)
{
	struct sink_program *program = (struct sink_program *)sink;

	g_free(sink->name);
	g_strfreev(program->command);
	g_free(program);
}

static const struct sink_ops ops = {
	.kind = "program",
	.send = program_send,
	.is_reachable = program_is_reachable,
	.free = program_free,
};

static gboolean check_words(const struct yaml_node *map, char **command, GError **error)
{
	const struct yaml_node *list = yaml_find(map, "command");

	for (guint i = 0; command[i]; i++)
		if (!form_check(yaml_item(list, i), command[i], error))
			return FALSE;
	return TRUE;
}

struct sink *sink_program_load(const struct yaml_node *map, const struct sink_place *place,
                               GError **error)
{
	struct sink_program *program = g_new0(struct sink_program, 1);

	program->sink.ops = &ops;
	if (setting_command(map, "command", place->config_path, &program->command, error) &&
	    check_words(map, program->command, error) &&
	    setting_time(map, "timeout", TIMEOUT_S, &program->timeout_s, error) &&
	    form_load(map, place, &program->form, error))
		return &program->sink;
	program_free(&program->sink);
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/registry.h"
#include "station/commands/commands.h"
#include "station/front/front.h"
#include "station/operator/action.h"
#include "station/script/script.h"
#include "station/steps/steps.h"

#include <stdio.h>
#include <string.h>

/*
 * Prints a manual page with the parts that the program's own tables know: in place of a line
 * @commands@, @actions@, @shell@, @steps@, @scripts@ or @drivers@ comes the table in man(7), in
 * place of @version@ the version.
 *
 *   doc_gen docs/man/station.1.in > station.1
 */

/* Words as man(7) wants them: no line begins with a request, no sign is taken for an escape. */
static void put_text(const char *text)
{
	gboolean line_start = TRUE;

	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
		line_start = *text == '\n';
	}
}

static void put_lines(const char *text)
{
	fputs(".nf\n", stdout);
	put_text(text);
	if (!g_str_has_suffix(text, "\n"))
		putchar('\n');
	fputs(".fi\n", stdout);
}

static void put_commands(void)
{
	static const struct command *const commands[] = {
		&cli_operator, &cli_lot,    &cli_analyze, &cli_check, &cli_discover, &cli_module,
		&cli_plan,     &cli_report, &cli_shell,   &cli_users, &cli_waveform,
	};

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		fputs(".SS \"station ", stdout);
		put_text(commands[i]->usage);
		fputs("\"\n", stdout);
		put_text(commands[i]->summary);
		fputs("\n.PP\n", stdout);
		put_lines(commands[i]->details);
		fputs(".PP\nExamples:\n.PP\n", stdout);
		put_lines(commands[i]->examples);
	}
}

/* Keys of the operator's terminal and bar codes that do the same. */
static void put_actions(void)
{
	for (guint i = 0; i < n_actions; i++) {
		printf(".TP\n.B ");
		if (actions[i].key_name)
			put_text(actions[i].key_name);
		if (actions[i].command) {
			printf("%s\\fRCMD:\\fP", actions[i].key_name ? " \\fRor\\fP " : "");
			put_text(actions[i].command);
		}
		printf("\n");
		put_text(actions[i].help);
		printf(".\n");
	}
}

/* Commands of the engineering shell. */
static void put_shell(void)
{
	for (guint i = 0; shell_commands[i]; i++) {
		const struct shell_command *command = shell_commands[i];
		g_autofree char *usage = command_usage(command);
		fputs(".TP\n.B ", stdout);
		put_text(usage);
		putchar('\n');
		put_text(command->help);
		printf("; it %s.\n", command_right_name(command->right));
		for (guint e = 0; e < G_N_ELEMENTS(command->examples) && command->examples[e];
		     e++) {
			fputs(".br\n", stdout);
			put_text(command->examples[e]);
			putchar('\n');
		}
	}
}

static void put_param(const struct step_param *param)
{
	fputs(".TP\n.B ", stdout);
	put_text(param->name);
	putchar('\n');
	put_text(param->help);
	if (param->absent) {
		fputs("; default ", stdout);
		put_text(param->absent);
	} else {
		fputs("; required", stdout);
		if (param->unit) {
			fputs(", in ", stdout);
			put_text(param->unit);
		}
	}
	putchar('\n');
}

static void put_step(const struct step_def *step)
{
	const char *separator = "";

	fputs(".SS ", stdout);
	put_text(step->name);
	putchar('\n');
	put_text(step->help);
	printf(".\n%s, at most %.0f s.\n",
	       step->scope == STEP_LANE ? "For one lane" : "For the whole unit", step->limit_s);
	if (step->needs)
		fputs("Uses: ", stdout);
	for (int class = 0; class < INSTRUMENT_N_CLASSES; class ++) {
		if (!(step->needs & 1u << class))
			continue;
		fputs(separator, stdout);
		put_text(instrument_class_name(class));
		separator = ", ";
	}
	fputs(step->needs ? ".\n" : "", stdout);
	for (const struct step_param *param = step->params; param && param->name; param++)
		put_param(param);
}

static void put_steps(void)
{
	for (guint i = 0; i < steps_table.n; i++)
		put_step(steps_table.steps[i]);
}

/* Functions of scripts: the arguments stand in front of their help, up to the colon. */
static void put_scripts(void)
{
	const struct script_function *row;

	for (guint i = 0; (row = script_function_at(i)); i++) {
		const char *help = strchr(row->function.help, ':');
		g_autofree char *arguments =
			g_strndup(row->function.help, (gsize)(help - row->function.help));

		fputs(".TP\n.B ", stdout);
		put_text(row->function.name);
		fputs("\\fR", stdout);
		put_text(arguments);
		putchar('\n');
		put_text(help + 2);
		putchar('\n');
	}
}

static void put_driver(const struct instrument_driver *driver)
{
	fputs(".TP\n.B ", stdout);
	put_text(driver->name);
	fputs("\nclass ", stdout);
	put_text(instrument_class_name(driver->class));
	fputs(driver->n_models > 0 ? "; models" : "; models of a dialect file", stdout);
	for (gsize i = 0; i < driver->n_models; i++) {
		fputs(i ? ", " : " ", stdout);
		put_text(driver->models[i].model);
		fputs(" (", stdout);
		put_text(evidence_name(driver->models[i].evidence));
		putchar(')');
	}
	if (driver->parameters && driver->parameters[0]) {
		fputs("; parameters", stdout);
		for (gsize i = 0; driver->parameters[i]; i++) {
			fputs(i ? ", " : " ", stdout);
			put_text(driver->parameters[i]);
		}
	}
	putchar('\n');
}

static void put_drivers(void)
{
	const struct instrument_driver *const *drivers = registry_drivers();

	for (gsize i = 0; drivers[i]; i++)
		put_driver(drivers[i]);
}

static void put_line(const char *line)
{
	g_auto(GStrv) parts = g_strsplit(line, "@version@", -1);

	for (guint i = 0; parts[i]; i++) {
		fputs(i ? STATION_VERSION : "", stdout);
		fputs(parts[i], stdout);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (argc != 2 || !g_file_get_contents(argv[1], &text, NULL, &error)) {
		fprintf(stderr, "doc_gen: %s\n", error ? error->message : "usage: doc_gen PAGE.in");
		return 1;
	}
	lines = g_strsplit(g_strchomp(text), "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		if (strcmp(lines[i], "@commands@") == 0)
			put_commands();
		else if (strcmp(lines[i], "@actions@") == 0)
			put_actions();
		else if (strcmp(lines[i], "@shell@") == 0)
			put_shell();
		else if (strcmp(lines[i], "@steps@") == 0)
			put_steps();
		else if (strcmp(lines[i], "@scripts@") == 0)
			put_scripts();
		else if (strcmp(lines[i], "@drivers@") == 0)
			put_drivers();
		else
			put_line(lines[i]);
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/commands/commands.h"
#include "station/front/front.h"
#include "station/front/line_edit.h"
#include "station/front/pin_ask.h"
#include "station/front/stoppable.h"
#include "station/shell/login.h"
#include "station/shell/shell.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct options {
	const char *command, *file;
	const char *badge, *pin_file; /* who logs in first; null: nobody, asked for */
	gboolean json, keep_going;
};

/* What is run, on a thread of its own, so that Ctrl-C ends it and not the shell. */
struct job {
	struct shell *shell;
	const struct options *options;
	const char *line; /* of the terminal; null: what the options say */
	gboolean login;   /* instead */
	GCancellable *stop;
	GError *error;
};

/*
 * From begin to end, the making safe at the end too, a signal stops what runs and the shell, but
 * never the program where it stands.
 */
struct kept_signal {
	int number;
	int *last; /* signal that came; 0: none */
};

static gboolean on_kept_signal(gpointer data)
{
	const struct kept_signal *signal = data;

	*signal->last = signal->number;
	return G_SOURCE_CONTINUE;
}

static gboolean parse(int argc, char **argv, struct options *options)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc && !options->command)
			options->command = argv[++i];
		else if (strcmp(argv[i], "--login") == 0 && i + 1 < argc)
			options->badge = argv[++i];
		else if (strcmp(argv[i], "--pin-file") == 0 && i + 1 < argc)
			options->pin_file = argv[++i];
		else if (strcmp(argv[i], "--json") == 0)
			options->json = TRUE;
		else if (strcmp(argv[i], "--keep-going") == 0)
			options->keep_going = TRUE;
		else if (argv[i][0] != '-' && !options->file)
			options->file = argv[i];
		else
			return FALSE;
	}
	return (!options->command || !options->file) && (options->badge || !options->pin_file);
}

/* Who reads the results, as long as somebody does: else what runs is stopped. */
struct output {
	GCancellable *stop; /* of what runs; null between lines */
};

static void write_out(const char *text, gpointer data)
{
	struct output *output = data;

	if ((fputs(text, stdout) == EOF || fflush(stdout) != 0) && output->stop)
		g_cancellable_cancel(output->stop);
}

static void write_error(const char *text, gpointer data)
{
	fprintf(stderr, "station: %s\n", text);
}

/* A line that was typed: it is taken away. */
static gboolean key_pressed(gpointer data)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	char line[256];

	return isatty(STDIN_FILENO) && poll(&in, 1, 0) > 0 && (in.revents & POLLIN) &&
	       read(STDIN_FILENO, line, sizeof line) >= 0;
}

static void clear(gpointer data)
{
	fputs("\033[H\033[2J", stdout);
}

/* Every terminal of today knows ECMA-48 but the one that says it is dumb. */
static gboolean can_clear(void)
{
	const char *term = g_getenv("TERM");

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0;
}

static gboolean ask_pin(char *pin, gsize size, GCancellable *stop, gpointer data, GError **error)
{
	return pin_ask("PIN: ", pin, size, stop, error);
}

struct input {
	GDataInputStream *stream;
	struct job *job;
};

static char *next_line(gpointer data)
{
	struct input *input = data;
	GError *error = NULL;
	char *line = g_data_input_stream_read_line(input->stream, NULL, input->job->stop, &error);

	/* a stop is told by whoever asked for it */
	g_clear_error(&error);
	return line;
}

static void run_input(struct job *job)
{
	g_autoptr(GInputStream) in = g_unix_input_stream_new(STDIN_FILENO, FALSE);
	g_autoptr(GDataInputStream) stream = g_data_input_stream_new(in);
	struct input input = {stream, job};

	g_data_input_stream_set_newline_type(stream, G_DATA_STREAM_NEWLINE_TYPE_ANY);
	shell_run_lines(job->shell, "standard input", next_line, &input, job->stop, &job->error);
}

static void work(gpointer data)
{
	struct job *job = data;

	if (job->login)
		login_begin(job->shell, job->options->badge, job->options->pin_file, &job->error);
	else if (job->line)
		shell_run(job->shell, job->line, job->stop, &job->error);
	else if (job->options->command)
		shell_run(job->shell, job->options->command, job->stop, &job->error);
	else if (job->options->file)
		shell_source(job->shell, job->options->file, job->stop, &job->error);
	else
		run_input(job);
}

/* Gives the signal that ended it, 0 for none; *error is what the command said. */
static int run_job(struct shell *shell, const struct options *options, const char *line,
                   gboolean login, GError **error)
{
	g_autoptr(GCancellable) stop = g_cancellable_new();
	struct job job = {shell, options, line, login, stop, NULL};
	struct output *output = shell_world(shell)->data;

	output->stop = stop;
	int signal = stoppable_run("shell", work, &job, stop, NULL);
	output->stop = NULL;
	*error = job.error;
	return signal;
}

static guint terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int run_batch(struct shell *shell, const struct options *options, gboolean login)
{
	GError *error = NULL;
	int signal = run_job(shell, options, NULL, login, &error);

	if (signal) {
		g_clear_error(&error);
		return EXIT_CODE_SIGNAL + signal;
	}
	return error ? front_fail(error) : EXIT_CODE_OK;
}

/* A terminal that is gone, or a SIGTERM, ends the shell; Ctrl-C what it does. */
static int run_terminal(struct shell *shell, const struct options *options, const int *ended)
{
	g_autofree char *path =
		g_build_filename(g_get_user_state_dir(), "station", "shell-history", NULL);
	g_autoptr(line_edit) edit = line_edit_open(shell, path);

	if (!edit)
		return run_batch(shell, options, FALSE);
	while (!shell_has_quit(shell)) {
		GError *error = NULL;
		g_autofree char *line = line_edit_read(edit);
		if (!line)
			break;
		shell_set_width(shell, terminal_width());
		int signal = run_job(shell, options, line, FALSE, &error);
		if (signal == SIGINT)
			fputs("\n", stderr);
		else if (error)
			write_error(error->message, NULL);
		g_clear_error(&error);
		/* between the lines too */
		if (*ended && *ended != SIGINT)
			return EXIT_CODE_SIGNAL + *ended;
	}
	if (!shell_has_quit(shell))
		fputs("\n", stdout);
	return line_edit_signal(edit) ? EXIT_CODE_SIGNAL + line_edit_signal(edit) : EXIT_CODE_OK;
}

/* Logs in, works, and leaves the site safe, whatever comes. */
static int run_and_leave(const struct shell_world *world, const struct options *options)
{
	gboolean batch = options->command || options->file || !isatty(STDIN_FILENO);
	int code = EXIT_CODE_OK, late = 0;
	struct kept_signal kept[] = {{SIGINT, &late}, {SIGTERM, &late}, {SIGHUP, &late}};
	guint sources[G_N_ELEMENTS(kept)];
	struct shell *shell = shell_new(world);

	for (guint i = 0; i < G_N_ELEMENTS(kept); i++)
		sources[i] = g_unix_signal_add(kept[i].number, on_kept_signal, &kept[i]);
	if (options->badge)
		code = run_batch(shell, options, TRUE);
	if (code == EXIT_CODE_OK)
		code = batch ? run_batch(shell, options, FALSE)
		             : run_terminal(shell, options, &late);
	if (!shell_leave(shell) && code == EXIT_CODE_OK)
		code = EXIT_CODE_ERROR;
	for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
		g_source_remove(sources[i]);
	shell_free(shell);
	return code;
}

static int run_shell(struct front *front, int argc, char **argv)
{
	struct options options = {0};
	int code = EXIT_CODE_OK;
	g_autoptr(config) config = NULL;
	struct output output = {NULL};

	if (!parse(argc, argv, &options))
		return front_usage(&cli_shell, "--shell wants nothing, a FILE, or -c COMMAND");
	setlocale(LC_CTYPE, "");
	if (front->config_path && !(config = front_config_uncalibrated(front, &code)))
		return code;
	struct shell_world world = {
		.commands = shell_commands,
		.steps = front->steps,
		.config = config,
		.config_path = front->config_path,
		.store_path = config ? config->store_path : NULL,
		.station_id = config ? config->station_id : NULL,
		.write = write_out,
		.write_error = write_error,
		.key_pressed = key_pressed,
		.clear = can_clear() ? clear : NULL,
		.data = &output,
		.ask_pin = isatty(STDIN_FILENO) ? ask_pin : NULL,
		.width = terminal_width(),
		.json = options.json,
		.keep_going = options.keep_going,
	};
	return run_and_leave(&world, &options);
}

const struct command cli_shell = {
	.name = "--shell",
	.summary = "the engineering shell: one command at a time",
	.usage = "--shell [FILE | -c COMMAND] [--login BADGE [--pin-file FILE]] [--json] "
		 "[--keep-going]",
	.details =
		"FILE             runs its lines; without one, and without a terminal, those of "
		"standard input\n"
		"-c COMMAND       runs it\n"
		"--login BADGE    logs in first, as the command login does, and asks for the PIN\n"
		"--pin-file FILE  the PIN is its first line; mode 0600\n"
		"--json           results as one JSON object a line\n"
		"--keep-going     a line that fails does not end the rest; the exit code is that "
		"of the first\n"
		"\nstation-shell(1) has the language and its commands, and so has \"help\" in "
		"it.\n",
	.examples = "  station --shell\n"
		    "  station --shell -c 'run show SN0815' --json\n",
	.run = run_shell,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"

#include "base/error.h"
#include "base/suggest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = {
	&cli_operator, &cli_lot,  &cli_analyze, &cli_check, &cli_db,    &cli_discover,
	&cli_module,   &cli_plan, &cli_report,  &cli_shell, &cli_users, &cli_waveform,
};

static void overall_help(void)
{
	printf("station %s - test and calibration of 400G optical transceivers\n\n"
	       "usage: station [--config FILE] [COMMAND ...]\n\n",
	       STATION_VERSION);
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n  --config FILE  station configuration; else $STATION_CONFIG, ./station.yaml,\n"
	       "                 ~/.config/station/station.yaml, /etc/station/station.yaml\n"
	       "  --help         this text; behind a command: that command's\n"
	       "  --version      the version\n\n"
	       "examples:\n"
	       "  station                          # the operator's terminal: scan, test, next\n"
	       "  station check                    # is everything there and in calibration?\n"
	       "  station --lot LOT-0815.csv       # run a lot\n"
	       "  station report LOT-0815          # the lot's report\n\n"
	       "No hardware at hand? \"make demo\" in the source runs a lot on the virtual "
	       "bench.\n");
}

void front_help(const struct command *command)
{
	printf("%s\n\nusage: station [--config FILE] %s\n", command->summary, command->usage);
	if (*command->details)
		printf("\n%s", command->details);
	printf("\nexamples:\n%s", command->examples);
}

int front_usage(const struct command *command, const char *format, ...)
{
	va_list args;

	fputs("station: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nsee: station %s --help\n", command ? command->name : "");
	return EXIT_CODE_USAGE;
}

static int code_of(const GError *error)
{
	if (error->domain != STATION_ERROR)
		return EXIT_CODE_ERROR;
	switch (error->code) {
	case STATION_ERROR_CONFIG:
		return EXIT_CODE_CONFIG;
	case STATION_ERROR_STORAGE:
		return EXIT_CODE_STORAGE;
	case STATION_ERROR_REFUSED:
		return EXIT_CODE_REFUSED;
	case STATION_ERROR_AUTHORITY:
		return EXIT_CODE_AUTHORITY;
	default:
		return EXIT_CODE_ERROR;
	}
}

int front_fail(GError *error)
{
	int code = code_of(error);

	fprintf(stderr, "station: %s\n", error->message);
	g_error_free(error);
	return code;
}

static char *find_config(void)
{
	g_autofree char *own =
		g_build_filename(g_get_user_config_dir(), "station", "station.yaml", NULL);
	const char *places[] = {g_getenv("STATION_CONFIG"), "station.yaml", own,
	                        "/etc/station/station.yaml"};

	if (places[0])
		return g_strdup(places[0]);
	for (guint i = 1; i < G_N_ELEMENTS(places); i++)
		if (g_file_test(places[i], G_FILE_TEST_IS_REGULAR))
			return g_strdup(places[i]);
	return NULL;
}

static struct config *load(const struct front *front,
                           struct config *(*load_file)(const char *path, GError **error), int *code)
{
	GError *error = NULL;
	struct config *config;

	if (!front->config_path) {
		fputs("station: no configuration: give --config FILE, set STATION_CONFIG, or put "
		      "station.yaml "
		      "here\n",
		      stderr);
		*code = EXIT_CODE_CONFIG;
		return NULL;
	}
	config = load_file(front->config_path, &error);
	if (config)
		config->guard = FRONT_SELF;
	else
		*code = front_fail(error);
	return config;
}

struct config *front_config(const struct front *front, int *code)
{
	return load(front, config_load, code);
}

struct config *front_config_uncalibrated(const struct front *front, int *code)
{
	return load(front, config_load_uncalibrated, code);
}

static int unknown_command(const char *name)
{
	const char *names[G_N_ELEMENTS(commands) + 1] = {0};
	const char *near;

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
		names[i] = commands[i]->name;
	near = suggest_nearest(name, names);
	fprintf(stderr, "station: there is no command \"%s\"%s%s%s\nsee: station --help\n", name,
	        near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return EXIT_CODE_USAGE;
}

static gboolean asks_help(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return TRUE;
	return FALSE;
}

/* --lot=FILE is --lot FILE. Null when there is none of that name. */
static const struct command *find_command(const char *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		gsize n = strlen(commands[i]->name);
		if (strcmp(word, commands[i]->name) == 0 ||
		    (commands[i]->name[0] == '-' && strncmp(word, commands[i]->name, n) == 0 &&
		     word[n] == '='))
			return commands[i];
	}
	return NULL;
}

/* Without a command, or with nothing but its options, it is the operator's terminal. */
static int dispatch(struct front *front, int argc, char **argv)
{
	const struct command *command = argc > 0 ? find_command(argv[0]) : NULL;

	if (argc == 1 && strcmp(argv[0], GUARD_OPTION) == 0)
		return guard_command_run(front);
	if (!command && argc > 0 && !g_strv_contains(operator_options, argv[0]))
		return unknown_command(argv[0]);
	if (!command)
		return cli_operator.run(front, argc, argv);
	if (asks_help(argc, argv)) {
		front_help(command);
		return EXIT_CODE_OK;
	}
	return command->run(front, argc, argv);
}

int front_main(const struct step_table *steps, int argc, char **argv)
{
	struct front front = {.steps = steps};
	int i = 1, code;

	if (i + 1 < argc && strcmp(argv[i], "--config") == 0) {
		front.config_path = g_strdup(argv[i + 1]);
		i += 2;
	} else if (i < argc && g_str_has_prefix(argv[i], "--config=")) {
		front.config_path = g_strdup(argv[i++] + strlen("--config="));
	}
	if (i < argc && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0 ||
	                 strcmp(argv[i], "--version") == 0)) {
		if (strcmp(argv[i], "--version") == 0)
			printf("station %s\n", STATION_VERSION);
		else
			overall_help();
		g_free(front.config_path);
		return EXIT_CODE_OK;
	}
	if (!front.config_path)
		front.config_path = find_config();
	code = dispatch(&front, argc - i, argv + i);
	g_free(front.config_path);
	return code;
}

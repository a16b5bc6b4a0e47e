/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"

#include <stdio.h>

static void print_line(gboolean ok, const char *text, gpointer data)
{
	guint *problems = data;

	*problems += !ok;
	printf("%-7s %s\n", ok ? "ok" : "PROBLEM", text);
	fflush(stdout);
}

static int run_check(struct front *front, int argc, char **argv)
{
	int code = EXIT_CODE_OK;
	g_autoptr(config) config = NULL;
	g_autoptr(store) store = NULL;
	struct engine *engine;
	GError *error = NULL;
	gboolean expired;
	guint problems = 0;

	if (argc > 1)
		return front_usage(&cli_check, "check takes no \"%s\"", argv[1]);
	config = front_config(front, &code);
	if (!config)
		return code;
	store = store_open(config->store_path, &error);
	if (!store)
		return front_fail(error);
	engine = engine_new(config, front->steps, store, &error);
	if (!engine)
		return front_fail(error);
	if (!engine_check(engine, print_line, &problems, &expired))
		code = expired ? EXIT_CODE_EXPIRED : EXIT_CODE_ERROR;
	engine_free(engine);
	if (code == EXIT_CODE_OK)
		printf("the station is ready\n");
	else
		printf("%u problem%s; production runs would not be judged right\n", problems,
		       problems == 1 ? "" : "s");
	return code;
}

const struct command cli_check = {
	.name = "check",
	.summary = "configuration, instruments, calibration dates, fixtures and store",
	.usage = "check",
	.details =
		"Connects to every instrument and fixture once, energises nothing, and prints a "
		"line "
		"each.\nExit code 0 all is well, 3 configuration, 4 something is missing, 7 store, "
		"8 calibration\nexpired.\n",
	.examples = "  station check\n"
		    "  station --config line3.yaml check\n",
	.run = run_check,
};

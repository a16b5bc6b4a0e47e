/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/check_paths.h"

#include "base/number.h"
#include "station/engine/path_calibration.h"
#include "station/operator/ticket.h"
#include "station/operator/users.h"

#include <stdio.h>
#include <string.h>

#define RECONNECTIONS   5
#define FACTORY_LIMIT_S 10.0

struct options {
	gboolean path_loss;
	struct check_paths paths;
};

static void print_line(gboolean ok, const char *text, gpointer data)
{
	guint *problems = data;

	*problems += !ok;
	printf("%-7s %s\n", ok ? "ok" : "PROBLEM", text);
	fflush(stdout);
}

/* --- path losses ------------------------------------------------------------------------------ */

/* TRUE when the losses of a site have expired. */
static gboolean print_losses(const struct config_site *site, guint *problems)
{
	const struct path_loss *loss = site->path_loss;
	g_autofree char *today = path_loss_today();
	g_autofree char *text = NULL;
	enum path_loss_age age;

	if (!loss)
		return FALSE;
	age = path_loss_age(loss, today);
	if (age == PATH_LOSS_EXPIRED)
		text = g_strdup_printf("site %d: path losses were due %s; \"station check "
		                       "--path-loss %d\" calibrates them",
		                       site->site, loss->due, site->site);
	else
		text = g_strdup_printf("site %d: path losses of %s, calibration due %s%s",
		                       site->site, loss->date, loss->due,
		                       age == PATH_LOSS_ENDING ? ": soon" : "");
	print_line(age != PATH_LOSS_EXPIRED, text, problems);
	return age == PATH_LOSS_EXPIRED;
}

/* --- options ---------------------------------------------------------------------------------- */

/* --- the operator's files --------------------------------------------------------------------- */

static gboolean print_file(gboolean ok, const char *what, GError *error, guint *problems)
{
	g_autofree char *text =
		g_strdup_printf("%s%s%s", what, ok ? "" : ": ", ok ? "" : error->message);

	print_line(ok, text, problems);
	return ok;
}

/* What a terminal would stumble over at its start; FALSE when there is something. */
static gboolean print_operator(const struct operator_policy *policy, guint *problems)
{
	gboolean ok = TRUE;

	if (policy->users_path) {
		g_autoptr(GError) error = NULL;
		g_autoptr(users) users = users_load(policy->users_path, &error);

		ok = print_file(users != NULL, "users", error, problems);
	}
	if (ticket_wanted(policy)) {
		g_autoptr(GError) error = NULL;
		g_autofree char *template = ticket_template(policy, &error);

		ok = print_file(template != NULL, "label", error, problems) && ok;
	}
	return ok;
}

/* --- the factory ------------------------------------------------------------------------------ */

/* Whether who is asked before a unit is there; no unit is asked about. */
static gboolean print_precheck(const struct precheck *precheck, guint *problems)
{
	struct bounds bounds = {deadline_in_s(FACTORY_LIMIT_S), NULL};
	g_autofree char *named = precheck ? precheck_text(precheck) : NULL;
	g_autofree char *words = NULL;
	g_autofree char *text = NULL;
	gboolean ok;

	if (!precheck)
		return TRUE;
	ok = precheck_is_reachable(precheck, &bounds, &words);
	text = g_strdup_printf("pre-check: %s%s%s", named, ok ? "" : ": ", ok ? "" : words);
	print_line(ok, text, problems);
	return ok;
}

/* Who is told of runs. One that is not there is no problem of the next unit: results wait for it.
 */
static void print_sinks(const GPtrArray *sinks, guint *problems)
{
	for (guint i = 0; i < sinks->len; i++) {
		struct bounds bounds = {deadline_in_s(FACTORY_LIMIT_S), NULL};
		struct sink *sink = g_ptr_array_index(sinks, i);
		g_autofree char *words = NULL;
		g_autofree char *text = NULL;
		gboolean ok =
			!sink->ops->is_reachable || sink->ops->is_reachable(sink, &bounds, &words);

		text = g_strdup_printf("sink %s: %s%s%s%s", sink->name, sink->ops->kind,
		                       ok ? "" : ", not there now: ", ok ? "" : words,
		                       ok ? "" : "; results wait for it");
		print_line(TRUE, text, problems);
	}
}

/* --- the call --------------------------------------------------------------------------------- */

static gboolean take_number(const char *text, gint64 min, gint64 max, gint64 *value)
{
	return text && number_parse_int(text, min, max, value, NULL);
}

static gboolean parse_options(int argc, char **argv, struct options *o, const char **wrong)
{
	gint64 n = 0;

	o->paths.reconnections = RECONNECTIONS;
	for (int i = 1; i < argc; i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;

		*wrong = argv[i];
		if (strcmp(argv[i], "--path-loss") == 0) {
			o->path_loss = TRUE;
		} else if (strcmp(argv[i], "--accept") == 0) {
			o->paths.accept = TRUE;
		} else if (strcmp(argv[i], "--no-input") == 0) {
			o->paths.no_input = TRUE;
		} else if (strcmp(argv[i], "--reconnect") == 0 &&
		           take_number(next, PATH_CALIBRATION_MIN, PATH_CALIBRATION_MAX, &n)) {
			o->paths.reconnections = (guint)n;
			i++;
		} else if (o->path_loss && o->paths.n_sites < CHECK_PATHS_SITES_MAX &&
		           take_number(argv[i], 1, 64, &n)) {
			o->paths.sites[o->paths.n_sites++] = (int)n;
		} else {
			return FALSE;
		}
	}
	*wrong = "--accept or --reconnect without --path-loss";
	return o->path_loss || (!o->paths.accept && o->paths.reconnections == RECONNECTIONS);
}

static int check_all(struct front *front)
{
	int code = EXIT_CODE_OK;
	g_autoptr(config) config = NULL;
	g_autoptr(store) store = NULL;
	struct engine *engine;
	GError *error = NULL;
	gboolean expired, ok;
	guint problems = 0;

	config = front_config(front, &code);
	if (!config)
		return code;
	store = store_open(config->store_path, &error);
	if (!store)
		return front_fail(error);
	engine = engine_new_to_check(config, front->steps, store, &error);
	if (!engine)
		return front_fail(error);
	ok = engine_check(engine, print_line, &problems, &expired);
	engine_free(engine);
	for (guint i = 0; i < config->sites->len; i++)
		expired = print_losses(g_ptr_array_index(config->sites, i), &problems) || expired;
	ok = print_operator(config->operator_policy, &problems) && ok;
	ok = print_precheck(config->precheck, &problems) && ok;
	print_sinks(config->sinks, &problems);
	if (expired)
		code = EXIT_CODE_EXPIRED;
	else if (!ok)
		code = EXIT_CODE_ERROR;
	if (code == EXIT_CODE_OK)
		printf("the station is ready\n");
	else
		printf("%u problem%s; production runs would not be judged right\n", problems,
		       problems == 1 ? "" : "s");
	return code;
}

static int run_check(struct front *front, int argc, char **argv)
{
	struct options options = {0};
	const char *wrong;

	if (!parse_options(argc, argv, &options, &wrong))
		return front_usage(&cli_check, "check takes no \"%s\"", wrong);
	return options.path_loss ? check_paths_run(front, &options.paths) : check_all(front);
}

const struct command cli_check = {
	.name = "check",
	.summary =
		"configuration, instruments, calibration dates, fixtures, store, users and factory",
	.usage = "check [--path-loss [SITE...] [--reconnect N] [--accept] [--no-input]]",
	.details =
		"Connects to every instrument and fixture once, energises nothing, and prints a "
		"line "
		"each.\n\n"
		"--path-loss      calibrate the light paths of the sites with the reference "
		"source\n"
		"                 instead: those named, or all that have a path_loss file. The "
		"file\n"
		"                 is written when all of a site is measured; what it was is kept\n"
		"                 beside it\n"
		"--reconnect N    connections of each fibre that a loss is the mean of (2 to 50; "
		"5)\n"
		"--accept         write losses that scatter by more than 0.3 dB or are more than\n"
		"                 1 dB from those before\n"
		"--no-input       ask nobody: only sites with a reference command\n\n"
		"Exit code 0 all is well, 2 usage, 3 configuration, 4 something is missing, 5 the\n"
		"losses were refused, 7 store, 8 calibration expired, 128+N ended by signal N.\n",
	.examples = "  station check\n"
		    "  station --config line3.yaml check\n"
		    "  station check --path-loss              # every site with a path_loss file\n"
		    "  station check --path-loss 2 --reconnect 10\n",
	.run = run_check,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/gio_types.h"
#include "base/csv.h"
#include "base/error.h"
#include "base/number.h"
#include "bench/control.h"
#include "bench/control_client.h"
#include "bench/faults.h"
#include "bench/model_set.h"
#include "bench/serve_options.h"
#include "bench/stand.h"
#include "bench/template.h"
#include "bench/world.h"

#include <glib-unix.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A row of GOptionEntry. */
#define OPTION(name, letter, kind, where, help, value)                                             \
	{                                                                                          \
		name, letter, 0, G_OPTION_ARG_##kind, where, help, value                           \
	}

#define MAX_SITES 64

enum exit_code { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

struct bench {
	struct model_set *models;
	const struct world_model *sites[MAX_SITES];
	guint n_sites;
	struct world *world;
	struct stand *stand;
	struct control *control;
	struct server *control_server;
	GMainLoop *loop;
};

/* --- serving ---------------------------------------------------------------------------------- */

/* "4", or the names of models joined by commas. */
static gboolean find_sites(struct bench *bench, const char *text, GError **error)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);
	guint n = g_strv_length(words);

	if (n == 1 && *text && strspn(text, "0123456789") == strlen(text)) {
		guint64 number = g_ascii_strtoull(text, NULL, 10);
		n = (guint)MIN(number, MAX_SITES + 1);
		g_strfreev(words);
		words = NULL;
	}
	if (n < 1 || n > MAX_SITES) {
		station_error_set(error, STATION_ERROR_CONFIG, "--sites is 1 to %d, or models",
		                  MAX_SITES);
		return FALSE;
	}
	for (guint i = 0; i < n; i++) {
		bench->sites[i] = words ? model_set_find(bench->models, g_strstrip(words[i]), error)
		                        : model_set_at(bench->models, 0);
		if (!bench->sites[i]) {
			g_prefix_error(error, "--sites: ");
			return FALSE;
		}
	}
	bench->n_sites = n;
	return TRUE;
}

static gboolean declare_unit(const struct bench *bench, const struct csv *csv, guint row,
                             GError **error)
{
	const char *serial = csv_field(csv, row, "serial");
	const char *defects = csv_field(csv, row, "defects");
	const char *name = csv_field(csv, row, "model");

	if (!name || !*name)
		return world_declare_unit(bench->world, serial, defects ? defects : "", error);
	const struct world_model *model = model_set_find(bench->models, name, error);
	return model &&
	       world_declare_model(bench->world, serial, model, defects ? defects : "", error);
}

static gboolean declare_units(const struct bench *bench, const char *path, GError **error)
{
	static const char *const required[] = {"serial", NULL};
	static const char *const optional[] = {"defects", "model", NULL};
	struct csv *csv = csv_load_file(path, error);
	gboolean declared = csv && csv_check_columns(csv, required, optional, error);

	for (guint row = 0; declared && row < csv_rows(csv); row++) {
		g_autoptr(GError) cause = NULL;
		declared = declare_unit(bench, csv, row, &cause);
		if (!declared)
			csv_error(csv, row, error, "%s", cause->message);
	}
	csv_free(csv);
	return declared;
}

static gboolean quit_loop(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_CONTINUE;
}

static gboolean quit_loop_once(gpointer data)
{
	g_main_loop_quit(data);
	return G_SOURCE_REMOVE;
}

/* From the control port's thread: its reply shall still go out. */
static void quit_soon(void *data)
{
	g_timeout_add(50, quit_loop_once, data);
}

static gboolean start(struct bench *bench, const struct serve_options *options, GError **error)
{
	guint16 base = (guint16)options->port_base;

	if (options->units && !declare_units(bench, options->units, error))
		return FALSE;
	struct stand_options stand = serve_options_stand(options);
	bench->stand = stand_new(bench->world, &stand, error);
	if (!bench->stand)
		return FALSE;
	bench->control = control_new(bench->world, bench->stand, quit_soon, bench->loop);
	bench->control_server =
		server_new("control", base, &control_server_ops, bench->control, NULL, error);
	return bench->control_server != NULL;
}

static void stop(struct bench *bench)
{
	if (bench->world)
		world_stop(bench->world);
	server_free(bench->control_server);
	control_free(bench->control);
	stand_free(bench->stand);
	world_free(bench->world);
	model_set_free(bench->models);
	g_main_loop_unref(bench->loop);
}

static GHashTable *template_values(const struct bench *bench, const struct serve_options *options)
{
	GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	char scale[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(scale, sizeof(scale), "%.10g", options->time_scale);
	for (guint i = 0; stand_name(bench->stand, i); i++)
		g_hash_table_insert(values, g_strdup(stand_name(bench->stand, i)),
		                    g_strdup_printf("%u", stand_port(bench->stand, i)));
	g_hash_table_insert(values, g_strdup("control"),
	                    g_strdup_printf("%u", server_port(bench->control_server)));
	g_hash_table_insert(values, g_strdup("time_scale"), g_strdup(scale));
	g_hash_table_insert(values, g_strdup("seed"),
	                    g_strdup_printf("%" G_GINT64_FORMAT, options->seed));
	return values;
}

static gboolean fill_templates(const struct bench *bench, const struct serve_options *options,
                               GError **error)
{
	g_autoptr(GHashTable) values = template_values(bench, options);
	for (guint i = 0; options->templates && options->templates[i]; i++) {
		if (!template_fill_file(options->templates[i], options->outs[i], values, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean announce(const struct bench *bench, const struct serve_options *options,
                         GError **error)
{
	g_autoptr(GString) line = g_string_new("virtual-bench: ready");

	g_string_append_printf(line, " control=%u", server_port(bench->control_server));
	for (guint i = 0; stand_name(bench->stand, i); i++)
		g_string_append_printf(line, " %s=%u", stand_name(bench->stand, i),
		                       stand_port(bench->stand, i));
	g_string_append_c(line, '\n');
	fputs(line->str, stdout);
	fflush(stdout);
	if (options->ready_fd < 0)
		return TRUE;
	gboolean told = write(options->ready_fd, line->str, line->len) == (gssize)line->len;
	if (!told)
		station_error_set(error, STATION_ERROR_IO, "--ready-fd: %s", g_strerror(errno));
	close(options->ready_fd);
	return told;
}

static void make_world(struct bench *bench, const struct serve_options *options)
{
	bench->world = world_new(bench->n_sites, (guint64)options->seed, options->time_scale);
	world_set_population(bench->world, options->population, options->defect_rate);
	for (guint i = 0; i < bench->n_sites; i++)
		world_set_site_model(bench->world, i, bench->sites[i]);
	double fibre_m = 0;
	if (options->fibre && number_parse_double(options->fibre, &fibre_m, NULL))
		world_set_fibre_length(bench->world, fibre_m);
}

/* Until told to end. */
static enum exit_code run_bench(struct bench *bench, struct serve_options *options, GError **error)
{
	if (options->models && !model_set_load(bench->models, options->models, error))
		return EXIT_FAILED;
	if (!find_sites(bench, options->sites ? options->sites : "1", error) ||
	    !serve_options_check(options, bench->n_sites, error))
		return EXIT_USAGE;
	make_world(bench, options);
	guint term = g_unix_signal_add(SIGTERM, quit_loop, bench->loop);
	guint interrupt = g_unix_signal_add(SIGINT, quit_loop, bench->loop);
	gboolean ready = start(bench, options, error) && fill_templates(bench, options, error) &&
	                 announce(bench, options, error);
	if (ready)
		g_main_loop_run(bench->loop);
	g_source_remove(term);
	g_source_remove(interrupt);
	return ready ? EXIT_DONE : EXIT_FAILED;
}

static int serve(struct serve_options *options)
{
	struct bench bench = {.models = model_set_new(), .loop = g_main_loop_new(NULL, FALSE)};
	g_autoptr(GError) error = NULL;
	enum exit_code code = run_bench(&bench, options, &error);

	if (error)
		fprintf(stderr, "virtual-bench: %s\n", error->message);
	stop(&bench);
	return code;
}

static int main_serve(int argc, char **argv)
{
	struct serve_options options;
	g_autoptr(GError) error = NULL;
	int code = EXIT_USAGE;

	if (!serve_options_parse(&options, &argc, &argv, &error)) {
		fprintf(stderr, "virtual-bench: %s\n", error->message);
	} else if (argc > 1) {
		fprintf(stderr, "virtual-bench: what is %s? Try virtual-bench --help\n", argv[1]);
	} else if (options.version) {
		printf("virtual-bench %s\n", STATION_VERSION);
		code = EXIT_DONE;
	} else {
		code = serve(&options);
	}
	serve_options_clear(&options);
	return code;
}

/* --- virtual-bench ctl ------------------------------------------------------------------------ */

static char *command_help(void)
{
	GString *text =
		g_string_new("Commands (SITE is counted from 1; arguments after ? may be left "
	                     "out):\n");
	g_autofree char *kinds = faults_names();

	for (guint i = 0; i < control_n_commands; i++) {
		const struct control_command *command = &control_commands[i];
		g_autofree char *upper = g_ascii_strup(command->parameters, -1);
		g_string_append_printf(text, "  %-14s %-22s %s\n", command->name, upper,
		                       command->help);
	}
	g_string_append_printf(
		text,
		"\nOptions come before the command. INSTRUMENT is a name of the ready line\n"
		"(\"scope1\", \"fixture1\"); without a number it means site 1. KIND is one of:\n"
		"%s clear.\n"
		"It lasts for COUNT occasions, or until cleared. The reply, one line of JSON, is "
		"printed.\n"
		"\nExamples:\n"
		"  virtual-bench ctl --port 15000 insert 1 VB0001 weak-lane:3+bad-rssi\n"
		"  virtual-bench ctl --port 15000 truth VB0001\n"
		"  virtual-bench ctl --port 15000 fault scope1 silent 1\n"
		"  virtual-bench ctl --port 15000 source 1 2 -3.5\n"
		"\nExit status: 0 done, 1 refused or no answer, 2 wrong arguments.\n",
		kinds);
	return g_string_free(text, FALSE);
}

static int ask(guint16 port, double timeout_s, const char *const *words)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *request = control_client_request(words, &error);
	gboolean ok = FALSE;

	if (!request) {
		fprintf(stderr, "virtual-bench ctl: %s\n", error->message);
		return EXIT_USAGE;
	}
	g_autofree char *reply = control_client_ask(port, request, timeout_s, &ok, &error);
	if (!reply) {
		fprintf(stderr, "virtual-bench ctl: %s\n", error->message);
		return EXIT_FAILED;
	}
	puts(reply);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static int main_ctl(int argc, char **argv)
{
	int port = 0;
	double timeout_s = 60;
	g_auto(GStrv) words = NULL;
	const GOptionEntry entries[] = {
		OPTION("port", 'p', INT, &port, "Control port of the bench", "PORT"),
		OPTION("timeout", 0, DOUBLE, &timeout_s, "Seconds to wait (60)", "S"),
		OPTION(G_OPTION_REMAINING, 0, STRING_ARRAY, &words, NULL, "COMMAND [ARGUMENT...]"),
		OPTION(NULL, 0, NONE, NULL, NULL, NULL),
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autofree char *help = command_help();
	g_autoptr(GError) error = NULL;

	g_set_prgname("virtual-bench ctl");
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, "Works a running virtual bench.");
	g_option_context_set_description(context, help);
	g_option_context_set_strict_posix(context, TRUE); /* -3.5 is an argument of a command */
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, "virtual-bench ctl: %s\n", error->message);
		return EXIT_USAGE;
	}
	if (port < 1 || port > 65535 || !(timeout_s > 0 && timeout_s <= 3600) || !words) {
		fputs("virtual-bench ctl: it takes --port PORT and a command; try --help\n",
		      stderr);
		return EXIT_USAGE;
	}
	return ask((guint16)port, timeout_s, (const char *const *)words);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	gio_types_make();
	if (argc > 1 && strcmp(argv[1], "ctl") == 0)
		return main_ctl(argc - 1, argv + 1);
	return main_serve(argc, argv);
}

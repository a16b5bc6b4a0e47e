/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/csv.h"
#include "base/error.h"
#include "bench/control.h"
#include "bench/control_client.h"
#include "bench/faults.h"
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

enum exit_code { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

struct options {
	int sites;
	gint64 seed;
	double time_scale;
	double fibre_m;
	int port_base;
	int ready_fd;
	char *units;
	char **templates;
	char **outs;
	gboolean version;
};

struct bench {
	struct world *world;
	struct stand *stand;
	struct control *control;
	struct server *control_server;
	GMainLoop *loop;
};

static const char summary[] =
	"Serves simulated instruments, fixture controllers and 400GBASE-DR4 modules on ports of\n"
	"127.0.0.1, with one physical model of light, heat and current behind them.";

static const char description[] =
	"Every site has one of each: scope (Keysight FlexDCA), power_meter (N7744A), attenuator\n"
	"(N7764A), bert (M8040A under M8070B), supply (E36312A), switch (Santec OSX-100), thermal\n"
	"(ATS-545) and fixture. When all listen, one line is printed:\n"
	"\n"
	"  virtual-bench: ready control=PORT scope1=PORT power_meter1=PORT ...\n"
	"\n"
	"A template is any text file. In it @scope1@ is replaced by that port, @fixture2@ by that "
	"of\n"
	"site 2, and so on; further there are @control@, @time_scale@ and @seed@. An unknown "
	"@name@ is\n"
	"an error. Templates are filled before the line is printed.\n"
	"\n"
	"A units file is CSV with the columns serial and defects. Defects, joined with '+', each "
	"with a\n"
	"lane if wanted (\"weak-lane:3\"): weak-lane, dead-lane, noisy-laser, slow-driver,\n"
	"compressed-levels, bad-rssi, corrupt-checksum, wrong-part-number, i2c-nack, "
	"dirty-connector.\n"
	"A unit that is not declared is a good one. What a unit is like follows from its serial "
	"number\n"
	"and the seed alone.\n"
	"\n"
	"The bench is worked through its control port: virtual-bench ctl --help.\n"
	"\n"
	"Examples:\n"
	"  virtual-bench\n"
	"  virtual-bench --seed 7 --time-scale 100 --units lot-units.csv \\\n"
	"      --template station.yaml.in --out station.yaml\n"
	"  virtual-bench --sites 2 --port-base 15000\n"
	"  virtual-bench ctl --port 15000 insert 1 VB0001 slow-driver\n"
	"\n"
	"It ends on SIGTERM, SIGINT or the command quit. Exit status: 0 ended as asked, 1 a port, "
	"file\n"
	"or unit was refused, 2 wrong options.\n";

/* --- serving
 * -------------------------------------------------------------------------------------- */

static gboolean check_options(const struct options *options, GError **error)
{
	guint templates = options->templates ? g_strv_length(options->templates) : 0;
	guint outs = options->outs ? g_strv_length(options->outs) : 0;
	guint ports = 1 + (guint)MAX(options->sites, 0) * stand_ports_per_site();
	const char *wrong = NULL;

	if (options->sites < 1 || options->sites > 64)
		wrong = "--sites is 1 to 64";
	else if (options->seed < 0)
		wrong = "--seed is 0 or more";
	else if (!(options->time_scale >= 1e-3 && options->time_scale <= 1e6))
		wrong = "--time-scale is 0.001 to 1000000";
	else if (!(options->fibre_m >= 0 && options->fibre_m <= 10e3))
		wrong = "--fibre-length is 0 to 10000";
	else if (options->port_base < 0 || (guint)options->port_base + ports > 65536)
		wrong = "--port-base leaves no room for all ports";
	else if (templates != outs)
		wrong = "each --template needs its --out";
	if (wrong)
		station_error_set(error, STATION_ERROR_CONFIG, "%s", wrong);
	return !wrong;
}

static gboolean declare_units(struct world *world, const char *path, GError **error)
{
	static const char *const required[] = {"serial", NULL};
	static const char *const optional[] = {"defects", NULL};
	struct csv *csv = csv_load_file(path, error);
	gboolean declared = csv && csv_check_columns(csv, required, optional, error);

	for (guint row = 0; declared && row < csv_rows(csv); row++) {
		g_autoptr(GError) cause = NULL;
		const char *defects = csv_field(csv, row, "defects");
		declared = world_declare_unit(world, csv_field(csv, row, "serial"),
		                              defects ? defects : "", &cause);
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

static gboolean start(struct bench *bench, const struct options *options, GError **error)
{
	guint16 base = (guint16)options->port_base;

	if (options->units && !declare_units(bench->world, options->units, error))
		return FALSE;
	bench->stand = stand_new(bench->world, base == 0 ? 0 : base + 1, error);
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
	g_main_loop_unref(bench->loop);
}

static GHashTable *template_values(const struct bench *bench, const struct options *options)
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

static gboolean fill_templates(const struct bench *bench, const struct options *options,
                               GError **error)
{
	g_autoptr(GHashTable) values = template_values(bench, options);
	for (guint i = 0; options->templates && options->templates[i]; i++) {
		if (!template_fill_file(options->templates[i], options->outs[i], values, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean announce(const struct bench *bench, const struct options *options, GError **error)
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

static int serve(const struct options *options)
{
	struct bench bench = {0};
	g_autoptr(GError) error = NULL;

	if (!check_options(options, &error)) {
		fprintf(stderr, "virtual-bench: %s\n", error->message);
		return EXIT_USAGE;
	}
	bench.loop = g_main_loop_new(NULL, FALSE);
	bench.world = world_new((guint)options->sites, (guint64)options->seed, options->time_scale);
	world_set_fibre_length(bench.world, options->fibre_m);
	guint term = g_unix_signal_add(SIGTERM, quit_loop, bench.loop);
	guint interrupt = g_unix_signal_add(SIGINT, quit_loop, bench.loop);

	gboolean ready = start(&bench, options, &error) &&
	                 fill_templates(&bench, options, &error) &&
	                 announce(&bench, options, &error);
	if (ready)
		g_main_loop_run(bench.loop);
	else
		fprintf(stderr, "virtual-bench: %s\n", error->message);
	g_source_remove(term);
	g_source_remove(interrupt);
	stop(&bench);
	return ready ? EXIT_DONE : EXIT_FAILED;
}

static void options_clear(struct options *options)
{
	g_free(options->units);
	g_strfreev(options->templates);
	g_strfreev(options->outs);
}

static int main_serve(int argc, char **argv)
{
	struct options options = {.sites = 1,
	                          .seed = 1,
	                          .time_scale = 1,
	                          .fibre_m = 500,
	                          .ready_fd = -1};
	const GOptionEntry entries[] = {
		OPTION("sites", 0, INT, &options.sites, "How many sites (1)", "N"),
		OPTION("seed", 0, INT64, &options.seed, "Seed of everything random (1)", "S"),
		OPTION("time-scale", 0, DOUBLE, &options.time_scale,
	               "Simulated seconds in a real one (1)", "X"),
		OPTION("fibre-length", 0, DOUBLE, &options.fibre_m,
	               "Metres of fibre in the path of TDECQ (500)", "M"),
		OPTION("units", 0, FILENAME, &options.units, "Declare the units of a file", "FILE"),
		OPTION("template", 0, FILENAME_ARRAY, &options.templates,
	               "Fill in a template; may be given more than once", "IN"),
		OPTION("out", 0, FILENAME_ARRAY, &options.outs, "Where the template before it goes",
	               "OUT"),
		OPTION("port-base", 0, INT, &options.port_base,
	               "Consecutive ports, the control port first (0: any)", "PORT"),
		OPTION("ready-fd", 0, INT, &options.ready_fd,
	               "Write the ready line to this descriptor too, then close it", "FD"),
		OPTION("version", 0, NONE, &options.version, "Print the version and end", NULL),
		OPTION(NULL, 0, NONE, NULL, NULL, NULL),
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- bench without hardware");
	g_autoptr(GError) error = NULL;
	int code = EXIT_USAGE;

	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, summary);
	g_option_context_set_description(context, description);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, "virtual-bench: %s\n", error->message);
	} else if (argc > 1) {
		fprintf(stderr, "virtual-bench: what is %s? Try virtual-bench --help\n", argv[1]);
	} else if (options.version) {
		printf("virtual-bench %s\n", STATION_VERSION);
		code = EXIT_DONE;
	} else {
		code = serve(&options);
	}
	options_clear(&options);
	return code;
}

/* --- virtual-bench ctl
 * ---------------------------------------------------------------------------- */

static char *command_help(void)
{
	GString *text =
		g_string_new("Commands (SITE is counted from 1; arguments after ? may be left "
	                     "out):\n");
	g_autofree char *kinds = faults_names();

	for (guint i = 0; i < control_n_commands; i++) {
		const struct control_command *command = &control_commands[i];
		g_autofree char *upper = g_ascii_strup(command->parameters, -1);
		g_string_append_printf(text, "  %-10s %-24s %s\n", command->name, upper,
		                       command->help);
	}
	g_string_append_printf(
		text,
		"\nINSTRUMENT is a name of the ready line (\"scope1\", \"fixture1\"); without a "
		"number it\n"
		"means site 1. KIND is one of: %s clear. It lasts for COUNT occasions, or until\n"
		"cleared. The reply, one line of JSON, is printed.\n"
		"\nExamples:\n"
		"  virtual-bench ctl --port 15000 insert 1 VB0001 weak-lane:3+bad-rssi\n"
		"  virtual-bench ctl --port 15000 truth VB0001\n"
		"  virtual-bench ctl --port 15000 fault scope1 silent 1\n"
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
	if (argc > 1 && strcmp(argv[1], "ctl") == 0)
		return main_ctl(argc - 1, argv + 1);
	return main_serve(argc, argv);
}

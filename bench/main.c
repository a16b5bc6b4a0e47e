/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/csv.h"
#include "base/error.h"
#include "base/number.h"
#include "bench/control.h"
#include "bench/control_client.h"
#include "bench/faults.h"
#include "bench/model_set.h"
#include "bench/sim.h"
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

#define MAX_SITES    64
#define HELP_COLUMNS 88

enum exit_code { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

struct options {
	char *sites; /* how many, or their models */
	char *models;
	gint64 seed;
	double time_scale;
	char *fibre; /* metres, or null */
	double population, defect_rate;
	int port_base;
	int ready_fd;
	char *units;
	char **templates;
	char **outs;
	gboolean version;
};

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

static const char summary[] = "Serves simulated instruments, fixture controllers and 400G modules "
			      "on ports of 127.0.0.1,\n"
			      "with one physical model of light, heat and current behind them.";

static const char description[] = "Every site has one of each:\n";

static const char description_middle[] =
	"When all listen, one line is printed:\n"
	"\n"
	"  virtual-bench: ready control=PORT scope1=PORT power_meter1=PORT ...\n"
	"\n"
	"A template is any text file. In it @scope1@ is replaced by that port, @fixture2@ by that\n"
	"of site 2, and so on; further there are @control@, @time_scale@ and @seed@. An unknown\n"
	"@name@ is an error. Templates are filled before the line is printed.\n"
	"\n"
	"Models: dr4, fr4, lr4-6, lr4-10, sr4, osfp-dr4; --models adds more.\n"
	"\n"
	"A units file is CSV with the columns serial, defects and model (dr4 when there is none).\n"
	"Defects are joined with '+', some with a lane if wanted (\"weak-lane:3\"). There are:\n";

static const char description_end[] =
	"A unit that is not declared is a good one. What a unit is like follows from its serial "
	"number\n"
	"and the seed alone.\n"
	"\n"
	"The bench is worked through its control port: virtual-bench ctl --help.\n"
	"\n"
	"Examples:\n"
	"  virtual-bench --seed 7 --time-scale 100 --units lot-units.csv \\\n"
	"      --template station.yaml.in --out station.yaml\n"
	"  virtual-bench --sites dr4,fr4,sr4 --port-base 15000\n"
	"  virtual-bench ctl --port 15000 insert 1 VB0001 slow-driver\n"
	"\n"
	"It ends on SIGTERM, SIGINT or the command quit. Exit status: 0 ended as asked, 1 a port, "
	"file\n"
	"or unit was refused, 2 wrong options.\n";

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

static gboolean check_options(const struct options *options, guint n_sites, GError **error)
{
	guint templates = options->templates ? g_strv_length(options->templates) : 0;
	guint outs = options->outs ? g_strv_length(options->outs) : 0;
	guint ports = 1 + n_sites * stand_ports_per_site();
	const char *wrong = NULL;
	double fibre_m = 0;

	if (options->fibre && !number_parse_double(options->fibre, &fibre_m, error)) {
		g_prefix_error(error, "--fibre-length: ");
		return FALSE;
	}
	if (options->seed < 0)
		wrong = "--seed is 0 or more";
	else if (!(options->time_scale >= 1e-3 && options->time_scale <= 1e6))
		wrong = "--time-scale is 0.001 to 1000000";
	else if (!(options->population >= 0.01 && options->population <= 10))
		wrong = "--population is 0.01 to 10";
	else if (!(options->defect_rate >= 0 && options->defect_rate <= 1))
		wrong = "--defect-rate is 0 to 1";
	else if (!(fibre_m >= 0 && fibre_m <= 10e3))
		wrong = "--fibre-length is 0 to 10000";
	else if (options->port_base < 0 || (guint)options->port_base + ports > 65536)
		wrong = "--port-base leaves no room for all ports";
	else if (templates != outs)
		wrong = "each --template needs its --out";
	if (wrong)
		station_error_set(error, STATION_ERROR_CONFIG, "%s", wrong);
	return !wrong;
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

static gboolean start(struct bench *bench, const struct options *options, GError **error)
{
	guint16 base = (guint16)options->port_base;

	if (options->units && !declare_units(bench, options->units, error))
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
	model_set_free(bench->models);
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

static void make_world(struct bench *bench, const struct options *options)
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
static enum exit_code run_bench(struct bench *bench, const struct options *options, GError **error)
{
	if (options->models && !model_set_load(bench->models, options->models, error))
		return EXIT_FAILED;
	if (!find_sites(bench, options->sites ? options->sites : "1", error) ||
	    !check_options(options, bench->n_sites, error))
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

static int serve(const struct options *options)
{
	struct bench bench = {.models = model_set_new(), .loop = g_main_loop_new(NULL, FALSE)};
	g_autoptr(GError) error = NULL;
	enum exit_code code = run_bench(&bench, options, &error);

	if (error)
		fprintf(stderr, "virtual-bench: %s\n", error->message);
	stop(&bench);
	return code;
}

static void options_clear(struct options *options)
{
	g_free(options->sites);
	g_free(options->models);
	g_free(options->fibre);
	g_free(options->units);
	g_strfreev(options->templates);
	g_strfreev(options->outs);
}

static char *serve_help(void)
{
	GString *text = g_string_new(description);

	for (guint i = 0; sim_instruments[i]; i++)
		g_string_append_printf(text, "  %-16s %s\n", sim_instruments[i]->name,
		                       sim_instruments[i]->what);
	g_string_append(text, "  fixture          fixture controller\n\n");
	g_string_append(text, description_middle);
	gsize line = text->len;
	for (int i = 0; i < WORLD_DEFECTS; i++) {
		const char *name = world_defect_name(i);
		gboolean fits = text->len - line + strlen(name) < HELP_COLUMNS;
		if (!fits)
			line = text->len + 1;
		g_string_append_printf(text, "%s%s%s",
		                       i == 0 ? ""
		                       : fits ? " "
		                              : "\n",
		                       name, i + 1 < WORLD_DEFECTS ? "," : ".\n");
	}
	g_string_append(text, description_end);
	return g_string_free(text, FALSE);
}

static int main_serve(int argc, char **argv)
{
	struct options options = {.seed = 1, .time_scale = 1, .population = 1, .ready_fd = -1};
	const GOptionEntry entries[] = {
		OPTION("sites", 0, STRING, &options.sites,
	               "How many sites of dr4 (1), or a model for each: dr4,fr4,sr4", "N"),
		OPTION("models", 0, FILENAME, &options.models, "More models, from a file", "FILE"),
		OPTION("seed", 0, INT64, &options.seed, "Seed of everything random (1)", "S"),
		OPTION("time-scale", 0, DOUBLE, &options.time_scale,
	               "Simulated seconds in a real one (1)", "X"),
		OPTION("fibre-length", 0, STRING, &options.fibre,
	               "Metres of fibre in the path of TDECQ (the reach of the site's model)", "M"),
		OPTION("population", 0, DOUBLE, &options.population,
	               "Units' normal distributions so many times as wide as usual (1)", "X"),
		OPTION("defect-rate", 0, DOUBLE, &options.defect_rate,
	               "Share of units with something random worse, slightly or grossly (0)", "P"),
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
	g_autofree char *help = serve_help();
	g_autoptr(GError) error = NULL;
	int code = EXIT_USAGE;

	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, summary);
	g_option_context_set_description(context, help);
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
	if (argc > 1 && strcmp(argv[1], "ctl") == 0)
		return main_ctl(argc - 1, argv + 1);
	return main_serve(argc, argv);
}

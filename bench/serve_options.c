/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/serve_options.h"

#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "bench/serve_security.h"
#include "bench/sim.h"
#include "bench/world.h"

#include <string.h>

/* A row of GOptionEntry. */
#define OPTION(name, letter, kind, where, help, value)                                             \
	{                                                                                          \
		name, letter, 0, G_OPTION_ARG_##kind, where, help, value                           \
	}

#define HELP_COLUMNS 88

static const char summary[] = "Serves simulated instruments, fixture controllers and 400G modules "
			      "on ports of 127.0.0.1,\n"
			      "with one physical model of light, heat and current behind them.";

static const char description[] = "Every site has one of each; --instruments chooses others:\n";

static const char description_middle[] =
	"When all listen, one line is printed:\n"
	"\n"
	"  virtual-bench: ready control=PORT scope1=PORT power_meter1=PORT ...\n"
	"\n"
	"A template is any text file. In it @scope1@ is replaced by that port, @fixture2@ by that\n"
	"of site 2, and so on; further there are @control@, @time_scale@ and @seed@, and with\n"
	"--buses @scope1_hislip@, @scope1_vxi11@, @prologix1@, @portmapper@. An unknown\n"
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
	"  virtual-bench --sites dr4,dr4,fr4,fr4 --one-scope --template four-sites.yaml.in \\\n"
	"      --out station.yaml\n"
	"  virtual-bench --seed 7 --time-scale 100 --units lot-units.csv \\\n"
	"      --template station.yaml.in --out station.yaml\n"
	"  virtual-bench --sites dr4,fr4,sr4 --port-base 15000\n"
	"  virtual-bench ctl --port 15000 insert 1 VB0001 slow-driver\n"
	"\n"
	"It ends on SIGTERM, SIGINT or the command quit. Exit status: 0 ended as asked, 1 a port, "
	"file\n"
	"or unit was refused, 2 wrong options.\n";

/* --- instruments and buses ---------------------------------------------------------------------
 */

/* There is no such word; the one that is near, or all that are known (null-terminated). */
static void set_unknown(GError **error, const char *option, const char *word,
                        const GPtrArray *known)
{
	char **words = (char **)known->pdata;
	const char *near = suggest_nearest(word, (const char *const *)words);
	g_autofree char *all = g_strjoinv(", ", words);

	if (near)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: there is no \"%s\"; did you mean \"%s\"?", option, word,
		                  near);
	else
		station_error_set(error, STATION_ERROR_CONFIG, "%s: there is no \"%s\"; known: %s",
		                  option, word, all);
}

static const struct sim_kind *next_kind(guint *i)
{
	guint n = 0;

	while (sim_instruments[n])
		n++;
	guint at = (*i)++;
	return at < n ? sim_instruments[at] : sim_others[at - n];
}

/* The kind of a class, or null with all models of the class told. */
static const struct sim_kind *find_model(const char *name, const char *model, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const struct sim_kind *kind = NULL;

	for (guint i = 0; (kind = next_kind(&i));) {
		if (strcmp(kind->name, name) != 0)
			continue;
		if (g_ascii_strcasecmp(kind->model, model) == 0)
			return kind;
		g_ptr_array_add(known, (gpointer)kind->model);
	}
	g_ptr_array_add(known, NULL);
	set_unknown(error, "--instruments", model, known);
	return NULL;
}

/* Where in kinds the class is; -1: nowhere. */
static int find_class(const GPtrArray *kinds, const char *name, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	for (guint i = 0; kinds->pdata[i]; i++) {
		const struct sim_kind *kind = kinds->pdata[i];
		if (strcmp(kind->name, name) == 0)
			return (int)i;
		g_ptr_array_add(known, (gpointer)kind->name);
	}
	g_ptr_array_add(known, NULL);
	set_unknown(error, "--instruments", name, known);
	return -1;
}

static gboolean choose(GPtrArray *kinds, const char *choice, GError **error)
{
	g_auto(GStrv) sides = g_strsplit(choice, "=", 2);

	if (g_strv_length(sides) != 2) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "--instruments is CLASS=MODEL,..., and \"%s\" has no \"=\"",
		                  choice);
		return FALSE;
	}
	int at = find_class(kinds, g_strstrip(sides[0]), error);
	const struct sim_kind *kind =
		at < 0 ? NULL : find_model(sides[0], g_strstrip(sides[1]), error);
	if (!kind)
		return FALSE;
	kinds->pdata[at] = (gpointer)kind;
	return TRUE;
}

GPtrArray *serve_options_kinds(const char *text, GError **error)
{
	g_autoptr(GPtrArray) kinds = g_ptr_array_new();
	g_auto(GStrv) choices = g_strsplit(text ? text : "", ",", -1);

	for (guint i = 0; sim_instruments[i]; i++)
		g_ptr_array_add(kinds, (gpointer)sim_instruments[i]);
	g_ptr_array_add(kinds, NULL);
	for (guint i = 0; choices[i]; i++) {
		if (!choose(kinds, choices[i], error))
			return NULL;
	}
	return g_steal_pointer(&kinds);
}

gboolean serve_options_buses(const char *text, guint *bits, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_auto(GStrv) words = g_strsplit(text ? text : "", ",", -1);
	const char *name = NULL;
	enum stand_bus bus;

	*bits = 0;
	for (guint i = 0; (name = stand_bus_name(i, &bus)); i++)
		g_ptr_array_add(known, (gpointer)name);
	g_ptr_array_add(known, NULL);
	for (guint i = 0; words[i]; i++) {
		const char *word = g_strstrip(words[i]);
		gboolean found = FALSE;
		for (guint k = 0; (name = stand_bus_name(k, &bus)) && !found; k++) {
			found = strcmp(name, word) == 0;
			*bits |= found ? bus : 0;
		}
		if (!found) {
			set_unknown(error, "--buses", word, known);
			return FALSE;
		}
	}
	return TRUE;
}

/* --- ranges ------------------------------------------------------------------------------------
 */

/* The first site's switch must have channels for all of them. */
static gboolean check_shared(const struct serve_options *options, GError **error)
{
	for (guint i = 0; options->kinds->pdata[i]; i++) {
		const struct sim_kind *kind = options->kinds->pdata[i];

		if (strcmp(kind->name, "switch") != 0 || kind->behind_switch)
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "--one-scope needs a switch that grows with the sites: osx-100, "
		                  "not %s",
		                  kind->model);
		return FALSE;
	}
	return TRUE;
}

static gboolean choose_served(struct serve_options *options, GError **error)
{
	options->kinds = serve_options_kinds(options->instruments, error);
	return options->kinds && (!options->one_scope || check_shared(options, error)) &&
	       serve_options_buses(options->buses, &options->bus_bits, error) &&
	       serve_security_check(options, error);
}

gboolean serve_options_check(struct serve_options *options, guint n_sites, GError **error)
{
	if (!choose_served(options, error))
		return FALSE;

	struct stand_options stand = serve_options_stand(options);
	guint templates = options->templates ? g_strv_length(options->templates) : 0;
	guint outs = options->outs ? g_strv_length(options->outs) : 0;
	guint ports = 1 + n_sites * stand_ports_per_site(&stand);
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
	else if (options->portmapper_port < 0 || options->portmapper_port > 65535)
		wrong = "--portmapper-port is 0 to 65535";
	else if (options->portmapper_port > 0 && !(options->bus_bits & STAND_VXI11))
		wrong = "--portmapper-port needs --buses=vxi11";
	else if (templates != outs)
		wrong = "each --template needs its --out";
	if (wrong)
		station_error_set(error, STATION_ERROR_CONFIG, "%s", wrong);
	return !wrong;
}

struct stand_options serve_options_stand(const struct serve_options *options)
{
	int base = options->port_base;

	return (struct stand_options){
		.port_base = (guint16)(base == 0 ? 0 : base + 1),
		.kinds = (const struct sim_kind *const *)(gpointer)options->kinds->pdata,
		.shares_switch = options->one_scope,
		.buses = {.buses = options->bus_bits,
	                  .hislip = options->hislip,
	                  .portmapper_port = (guint16)options->portmapper_port},
	};
}

/* --- command line ------------------------------------------------------------------------------
 */

/* The model that a site has and, below it, those that can be chosen. */
static void append_class(GString *text, const struct sim_kind *own)
{
	const struct sim_kind *kind = NULL;

	g_string_append_printf(text, "  %-16s %-16s %s\n", own->name, own->model, own->what);
	for (guint i = 0; (kind = next_kind(&i));) {
		if (kind != own && strcmp(kind->name, own->name) == 0)
			g_string_append_printf(text, "  %-16s %-16s %s\n", "  or", kind->model,
			                       kind->what);
	}
}

static char *serve_help(void)
{
	GString *text = g_string_new(description);

	for (guint i = 0; sim_instruments[i]; i++)
		append_class(text, sim_instruments[i]);
	g_string_append(text, "  fixture                           fixture controller\n\n");
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

void serve_options_clear(struct serve_options *options)
{
	g_free(options->sites);
	g_free(options->models);
	g_free(options->fibre);
	g_free(options->instruments);
	g_free(options->buses);
	g_free(options->hislip_tls);
	g_free(options->hislip_certificate);
	g_free(options->hislip_login);
	g_clear_object(&options->hislip.certificate);
	g_free(options->units);
	g_strfreev(options->templates);
	g_strfreev(options->outs);
	g_clear_pointer(&options->kinds, g_ptr_array_unref);
}

gboolean serve_options_parse(struct serve_options *options, int *argc, char ***argv, GError **error)
{
	const GOptionEntry entries[] = {
		OPTION("sites", 0, STRING, &options->sites,
	               "How many sites of dr4 (1), or a model for each: dr4,fr4,sr4", "N"),
		OPTION("models", 0, FILENAME, &options->models, "More models, from a file", "FILE"),
		OPTION("seed", 0, INT64, &options->seed, "Seed of everything random (1)", "S"),
		OPTION("time-scale", 0, DOUBLE, &options->time_scale,
	               "Simulated seconds in a real one (1)", "X"),
		OPTION("fibre-length", 0, STRING, &options->fibre,
	               "Metres of fibre in the path of TDECQ (the reach of the site's model)", "M"),
		OPTION("population", 0, DOUBLE, &options->population,
	               "Units' normal distributions so many times as wide as usual (1)", "X"),
		OPTION("defect-rate", 0, DOUBLE, &options->defect_rate,
	               "Share of units with something random worse, slightly or grossly (0)", "P"),
		OPTION("instruments", 0, STRING, &options->instruments,
	               "Other models than the usual ones, as listed below", "CLASS=MODEL,..."),
		OPTION("one-scope", 0, NONE, &options->one_scope,
	               "All sites share the first one's switch, scope and wavelength meter", NULL),
		OPTION("buses", 0, STRING, &options->buses,
	               "Serve instruments on hislip, vxi11, prologix too", "BUS,..."),
		OPTION("hislip-overlapped", 0, NONE, &options->hislip_overlapped,
	               "HiSLIP servers prefer overlapped mode", NULL),
		OPTION("hislip-tls", 0, STRING, &options->hislip_tls,
	               "HiSLIP servers encrypt: optional, initial, mandatory", "WHEN"),
		OPTION("hislip-certificate", 0, FILENAME, &options->hislip_certificate,
	               "Their certificate and its key, in one PEM file", "FILE"),
		OPTION("hislip-login", 0, STRING, &options->hislip_login,
	               "Whom they let in (everybody)", "USER:PASSWORD"),
		OPTION("portmapper-port", 0, INT, &options->portmapper_port,
	               "Port of the portmapper of the first instrument on vxi11 (0: any)", "PORT"),
		OPTION("units", 0, FILENAME, &options->units, "Declare the units of a file",
	               "FILE"),
		OPTION("template", 0, FILENAME_ARRAY, &options->templates,
	               "Fill in a template; may be given more than once", "IN"),
		OPTION("out", 0, FILENAME_ARRAY, &options->outs,
	               "Where the template before it goes", "OUT"),
		OPTION("port-base", 0, INT, &options->port_base,
	               "Consecutive ports, the control port first (0: any)", "PORT"),
		OPTION("ready-fd", 0, INT, &options->ready_fd,
	               "Write the ready line to this descriptor too, then close it", "FD"),
		OPTION("version", 0, NONE, &options->version, "Print the version and end", NULL),
		OPTION(NULL, 0, NONE, NULL, NULL, NULL),
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- bench without hardware");
	g_autofree char *help = serve_help();

	*options =
		(struct serve_options){.seed = 1, .time_scale = 1, .population = 1, .ready_fd = -1};
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, summary);
	g_option_context_set_description(context, help);
	return g_option_context_parse(context, argc, argv, error);
}

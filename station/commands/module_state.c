/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/commands/rows.h"
#include "station/commands/module_view.h"

#include <math.h>
#include <string.h>

/* Who the module is, where it is on its way up, and what it is told to do there. */

#define BRING_UP_S 180.0 /* as the step "bring-up" */

/* --- pairs of a name and a value -------------------------------------------------------------- */

static const struct table_column pair_columns[] = {{"what"}, {"value"}};

static void pair_text(struct table *table, const char *what, const char *text)
{
	unit_add_text(table, what);
	unit_add_text(table, text);
}

static void pair_number(struct table *table, const char *what, double number, const char *unit)
{
	unit_add_text(table, what);
	table_add(table, isfinite(number) ? shell_value_number(number, unit) : (struct value){0});
}

/* Zero is how a module says that it does not tell. */
static void pair_told(struct table *table, const char *what, double number, const char *unit)
{
	if (number > 0)
		pair_number(table, what, number, unit);
}

/* --- identity --------------------------------------------------------------------------------- */

static gboolean identity(struct unit_call *unit, GError **error)
{
	const struct cmis_identity *id = module_identity(unit->module);
	struct table *table = table_new(pair_columns, G_N_ELEMENTS(pair_columns));
	const struct config_product *product = hand_product(shell_hand(unit->shell, NULL));
	g_autofree char *cmis = g_strdup_printf("%u.%u", id->cmis_major, id->cmis_minor);
	g_autofree char *firmware =
		g_strdup_printf("%u.%u", id->firmware_major, id->firmware_minor);
	g_autofree char *class = g_strdup_printf("class %u", id->power_class);

	pair_text(table, "vendor", id->vendor_name);
	pair_text(table, "part number", id->part_number);
	pair_text(table, "serial number", id->serial_number);
	pair_text(table, "revision", id->revision);
	pair_text(table, "date code", id->date_code);
	pair_text(table, "OUI", id->oui);
	pair_text(table, "form", id->identifier_name);
	pair_text(table, "CMIS", cmis);
	pair_text(table, "firmware", firmware);
	pair_text(table, "power class", class);
	pair_number(table, "maximum power", id->max_power_w, "W");
	pair_text(table, "media", id->media_type_name);
	pair_text(table, "connector", id->connector_name);
	pair_told(table, "wavelength", id->wavelength_m, "m");
	pair_told(table, "reach", id->smf_reach_m, "m");
	pair_told(table, "cable length", id->cable_length_m, "m");
	pair_text(table, "RX power monitor", id->rx_power_is_average ? "average" : "OMA");
	pair_text(table, "product", product ? product->type : "none of the configuration");
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_identity(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	const struct unit_work work = {identity, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_identity = {
	.noun = "module",
	.verb = "identity",
	.help = "who the module says it is",
	.examples = {"module identity"},
	.run = run_identity,
};

/* --- applications ----------------------------------------------------------------------------- */

static const struct table_column application_columns[] = {
	{"application", TRUE}, {"host"},       {"host_lanes", TRUE}, {"media"},
	{"media_lanes", TRUE}, {"data_paths"},
};

static void add_interface(struct table *table, const char *name, guint id)
{
	g_autofree char *text = name ? NULL : g_strdup_printf("%02Xh", id);

	unit_add_text(table, name ? name : text);
}

/* "1-4 to 1, 5-8 to 2": host lanes and media lanes of each. */
static char *places_text(const struct cmis_application *application)
{
	struct cmis_path paths[CMIS_MAX_LANES];
	guint n = cmis_place_paths(application, paths);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < n; i++) {
		g_autofree char *host = unit_lanes_text(paths[i].host_lanes);
		g_autofree char *media = unit_lanes_text(paths[i].media_lanes);

		g_string_append_printf(text, "%s%s to %s", i ? ", " : "", host, media);
	}
	return g_string_free(text, FALSE);
}

static gboolean applications(struct unit_call *unit, GError **error)
{
	const struct cmis_identity *id = module_identity(unit->module);
	struct table *table = table_new(application_columns, G_N_ELEMENTS(application_columns));

	for (guint i = 0; i < id->n_applications; i++) {
		const struct cmis_application *app = &id->applications[i];
		g_autofree char *places = places_text(app);

		unit_add_count(table, app->number);
		add_interface(table, app->host_name, app->host_id);
		unit_add_count(table, app->host_lanes);
		add_interface(table, app->media_name, app->media_id);
		unit_add_count(table, app->media_lanes);
		unit_add_text(table, places);
	}
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_applications(struct shell *shell, const struct call *call, struct value *result,
                                 GError **error)
{
	const struct unit_work work = {applications, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_applications = {
	.noun = "module",
	.verb = "applications",
	.help = "what it can be: interfaces, and host lanes to media lanes of each data path",
	.examples = {"module applications"},
	.run = run_applications,
};

/* --- up and down ------------------------------------------------------------------------------ */

static const struct table_column up_columns[] = {
	{"application", TRUE}, {"host"}, {"media"}, {"power_up", TRUE}, {"path_init", TRUE},
};

static const struct cmis_application *find_application(const struct module *module, guint number)
{
	const struct cmis_identity *id = module_identity(module);

	for (guint i = 0; i < id->n_applications; i++)
		if (id->applications[i].number == number)
			return &id->applications[i];
	return NULL;
}

static gboolean bring_up(struct unit_call *unit, GError **error)
{
	guint number = unit_count(unit, 0, 1);
	const struct cmis_application *app = find_application(unit->module, number);
	struct module_times times;
	struct table *table;

	if (!app) {
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "the module has no application %u: \"module applications\" lists "
		                  "those that it has",
		                  number);
		return FALSE;
	}
	/* without host signal a transmitter squelches: its own generator keeps it lit */
	if (!module_bring_up(unit->module, number, &times, unit->bounds, error) ||
	    !module_set_pattern(unit->module, CMIS_PATTERN_PRBS13Q, unit->bounds, error))
		return FALSE;
	table = table_new(up_columns, G_N_ELEMENTS(up_columns));
	unit_add_count(table, number);
	add_interface(table, app->host_name, app->host_id);
	add_interface(table, app->media_name, app->media_id);
	table_add(table, shell_value_number(times.power_up_s, "s"));
	table_add(table, shell_value_number(times.path_init_s, "s"));
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_bring_up(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	const struct unit_work work = {bring_up, UNIT_TOUCHES, 0, BRING_UP_S};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_bring_up = {
	.noun = "module",
	.verb = "bring-up",
	.help = "high power, application (1), DataPathActivated, lasers on, own PRBS13Q on",
	.examples = {"module bring-up", "module bring-up 2"},
	.arguments = {{"APPLICATION", ARGUMENT_COUNT, .optional = TRUE, .min = 1,
                       .max = CMIS_MAX_APPLICATIONS}},
	.right = COMMAND_ENERGISES,
	.run = run_bring_up,
};

static gboolean low_power(struct unit_call *unit, GError **error)
{
	return module_deactivate(unit->module, unit->bounds, error);
}

static gboolean run_low_power(struct shell *shell, const struct call *call, struct value *result,
                              GError **error)
{
	const struct unit_work work = {low_power, UNIT_TOUCHES, 0, BRING_UP_S};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_low_power = {
	.noun = "module",
	.verb = "low-power",
	.help = "lasers off, data paths down, ModuleLowPwr; it stays supplied",
	.examples = {"module low-power"},
	.right = COMMAND_SETS,
	.run = run_low_power,
};

static gboolean reset(struct unit_call *unit, GError **error)
{
	return module_reset(unit->module, unit->bounds, error) &&
	       module_identify(unit->module, unit->bounds, error);
}

static gboolean run_reset(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	const struct unit_work work = {reset, UNIT_TOUCHES};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_reset = {
	.noun = "module",
	.verb = "reset",
	.help = "resets it by its pin, to low power: what was not stored is gone",
	.examples = {"module reset"},
	.right = COMMAND_SETS,
	.run = run_reset,
};

/* --- wake and quirks -------------------------------------------------------------------------- */

static gboolean wake(struct unit_call *unit, GError **error)
{
	struct module_wake_times times = module_wake_times(unit->module);
	struct table *table = table_new(pair_columns, G_N_ELEMENTS(pair_columns));

	pair_number(table, "reset held", times.reset_pulse_s, "s");
	pair_number(table, "reset to first answer", times.mgmt_init_s, "s");
	pair_number(table, "reset to ModuleLowPwr", times.low_power_s, "s");
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_wake(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const struct unit_work work = {wake, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_wake = {
	.noun = "module",
	.verb = "wake",
	.help = "how long the last power-up or reset took until it answered",
	.examples = {"module wake"},
	.run = run_wake,
};

static const struct table_column quirk_columns[] = {
	{"quirk"}, {"value", TRUE}, {"reason"}, {"source"}, {"taken"},
};

static gboolean quirks(struct unit_call *unit, GError **error)
{
	const GPtrArray *rows = module_quirks(unit->module);
	struct table *table = table_new(quirk_columns, G_N_ELEMENTS(quirk_columns));

	for (guint i = 0; i < rows->len; i++) {
		const struct quirk *quirk = g_ptr_array_index(rows, i);

		unit_add_text(table, quirk_kind_name(quirk->kind));
		table_add(table, quirk->script ? shell_value_text(quirk->script)
		                               : shell_value_number(quirk->value, "1"));
		unit_add_text(table, quirk->reason);
		unit_add_text(table, quirk->source);
		unit_add_text(table, module_quirk_taken(unit->module, quirk));
	}
	*unit->result = rows->len ? shell_value_take_table(table)
	                          : shell_value_text("none: it is driven as the standard says");
	if (!rows->len)
		table_unref(table);
	return TRUE;
}

static gboolean run_quirks(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	const struct unit_work work = {quirks, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_quirks = {
	.noun = "module",
	.verb = "quirks",
	.help = "what this module does otherwise than the standard, and is put up with",
	.examples = {"module quirks"},
	.run = run_quirks,
};

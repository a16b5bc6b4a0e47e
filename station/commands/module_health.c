/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/supply.h"
#include "station/commands/rows.h"
#include "station/commands/flag_meaning.h"
#include "station/commands/module_view.h"

#include <math.h>
#include <string.h>

/* How the module fares: flags, monitors, power. */

/* --- flags ------------------------------------------------------------------------------------ */

static const struct table_column flag_columns[] = {
	{"flag"},
	{"lanes"},
	{"means"},
	{"look_at"},
};

/* Those of observables are told, and cleared, by "module vdm". */
static gboolean is_flag(const struct cmis_field *field, gpointer data)
{
	return g_str_has_prefix(field->name, "flag.") && !g_str_has_prefix(field->name, "flag.vdm");
}

/* "temperature: high alarm": a flag of four levels says in words which. */
static char *flag_name(const struct image_field *field)
{
	const char *name = field->row->name + strlen("flag.");

	return field->values[0].lane || strspn(field->values[0].text, "0123456789") > 0
	               ? g_strdup(name)
	               : g_strdup_printf("%s: %s", name, field->values[0].text);
}

static void add_flag(struct table *table, const struct image_field *field)
{
	const struct flag_meaning *meaning = flag_meaning(field->row->name);
	g_autofree char *name = flag_name(field);
	g_autofree char *lanes = NULL;
	guint32 bits = 0;

	for (guint i = 0; i < field->n; i++)
		if (field->values[i].lane && field->values[i].raw)
			bits |= 1u << (field->values[i].lane - 1);
	lanes = unit_lanes_text(bits);
	unit_add_text(table, name);
	unit_add_text(table, lanes);
	unit_add_text(table, meaning ? meaning->means : NULL);
	unit_add_text(table, meaning ? meaning->look_at : NULL);
}

static gboolean flags(struct unit_call *unit, GError **error)
{
	g_autoptr(table) table = table_new(flag_columns, G_N_ELEMENTS(flag_columns));
	g_autoptr(image_decoded) decoded = unit_decode(unit, is_flag, NULL, error);

	if (!decoded)
		return FALSE;
	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);

		if (field->raised && field->advertised)
			add_flag(table, field);
	}
	*unit->result = table_rows(table) ? shell_value_take_table(g_steal_pointer(&table))
	                                  : shell_value_text("no flag is raised");
	return TRUE;
}

static gboolean run_flags(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	const struct unit_work work = {flags, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_flags = {
	.noun = "module",
	.verb = "flags",
	.help = "what happened since the last look, and what it means; what comes again still is "
		"so",
	.examples = {"module flags"},
	.run = run_flags,
};

/* --- monitors --------------------------------------------------------------------------------- */

static const struct table_column monitor_columns[] = {
	{"monitor"},         {"lane", TRUE},        {"value", TRUE},        {"judged"},
	{"low_alarm", TRUE}, {"low_warning", TRUE}, {"high_warning", TRUE}, {"high_alarm", TRUE},
};

static gboolean is_monitor(const struct cmis_field *field, gpointer data)
{
	static const char *const names[] = {
		"module.temperature",    "module.vcc",
		"module.aux1",           "module.aux2",
		"module.aux3",           "lane.tx_power",
		"lane.tx_bias",          "lane.rx_power",
		"module.custom_monitor", NULL,
	};

	return g_strv_contains(names, field->name);
}

static void add_monitor(struct table *table, const struct image_field *field, guint i)
{
	static const guint order[] = {1, 3, 2, 0};

	unit_add_text(table, strchr(field->row->name, '.') + 1);
	unit_add_lane(table, field->values[i].lane);
	table_add(table, unit_value(field, &field->values[i]));
	unit_add_text(table, field->values[i].judged);
	for (guint k = 0; k < G_N_ELEMENTS(order); k++)
		table_add(table, field->monitored ? unit_number(field->thresholds[order[k]],
		                                                field->row->unit)
		                                  : (struct value){0});
}

static gboolean monitors(struct unit_call *unit, GError **error)
{
	guint32 lanes = unit_media_lanes(unit->module);
	struct table *table;
	g_autoptr(image_decoded) decoded = unit_decode(unit, is_monitor, NULL, error);

	if (!decoded)
		return FALSE;
	table = table_new(monitor_columns, G_N_ELEMENTS(monitor_columns));
	for (guint i = 0; i < decoded->fields->len; i++) {
		const struct image_field *field =
			&g_array_index(decoded->fields, struct image_field, i);
		gboolean wanted = field->advertised && is_monitor(field->row, NULL);

		for (guint k = 0; wanted && k < field->n; k++)
			if (!field->values[k].lane || lanes >> (field->values[k].lane - 1) & 1)
				add_monitor(table, field, k);
	}
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_monitors(struct shell *shell, const struct call *call, struct value *result,
                             GError **error)
{
	const struct unit_work work = {monitors, UNIT_LOOKS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_monitors = {
	.noun = "module",
	.verb = "monitors",
	.help = "what the module measures itself, with its thresholds and which one is passed",
	.examples = {"module monitors"},
	.run = run_monitors,
};

/* --- power ------------------------------------------------------------------------------------ */

static const struct table_column power_columns[] = {
	{"voltage", TRUE}, {"current", TRUE}, {"power", TRUE},
	{"maximum", TRUE}, {"class"},         {"note"},
};

/* From memory of the QSFP-DD and OSFP specifications: what any module may draw in low power. */
#define LOW_POWER_W 1.5

static gboolean power(struct unit_call *unit, GError **error)
{
	const struct cmis_identity *id = module_identity(unit->module);
	g_autofree char *class = g_strdup_printf("class %u", id->power_class);
	enum cmis_module_state state = CMIS_MODULE_READY;
	double volt = 0, ampere = 0, limit_w = id->max_power_w;
	struct table *table;

	if (!supply_measure(step_instrument(unit->ctx, INSTRUMENT_SUPPLY),
	                    step_site(unit->ctx)->supply_channel, &volt, &ampere, unit->bounds,
	                    error) ||
	    (!id->flat &&
	     !cmis_module_state_read(module_memory(unit->module), &state, unit->bounds, error)))
		return FALSE;
	if (state == CMIS_MODULE_LOW_POWER)
		limit_w = LOW_POWER_W;
	table = table_new(power_columns, G_N_ELEMENTS(power_columns));
	table_add(table, shell_value_number(volt, "V"));
	table_add(table, shell_value_number(ampere, "A"));
	table_add(table, shell_value_number(volt * ampere, "W"));
	table_add(table, shell_value_number(limit_w, "W"));
	unit_add_text(table, class);
	unit_add_text(table, volt * ampere > limit_w          ? "more than it may draw"
	                     : state == CMIS_MODULE_LOW_POWER ? "in low power"
	                                                      : NULL);
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_power(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	const struct unit_work work = {power, UNIT_LOOKS, 1u << INSTRUMENT_SUPPLY};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_module_power = {
	.noun = "module",
	.verb = "power",
	.help = "what it draws from the supply, against the most that it says or low power allows",
	.examples = {"module power"},
	.run = run_power,
};

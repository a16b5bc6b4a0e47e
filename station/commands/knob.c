/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/commands/module_view.h"

#include <math.h>
#include <string.h>

/* The maker's own settings and constants, by the product's knob map: as they are. */

/* --- limits ----------------------------------------------------------------------------------- */

static const struct table_column limit_columns[] = {
	{"knob"},       {"lanes"},      {"entries", TRUE}, {"least", TRUE},
	{"most", TRUE}, {"step", TRUE}, {"note"},
};

static char *lanes_of(const struct knob *knob)
{
	return unit_lanes_text(knob->lanes ? (1u << knob->lanes) - 1 : 0);
}

static void add_limits(struct table *table, const struct knob *knob)
{
	g_autofree char *lanes = lanes_of(knob);
	double least = 0, most = 0;

	knob_limits(knob, &least, &most);
	unit_add_text(table, knob->name);
	unit_add_text(table, lanes);
	table_add(table,
	          knob->entries ? shell_value_number(knob->entries, "1") : (struct value){0});
	table_add(table, shell_value_number(least, g_intern_string(knob->unit)));
	table_add(table, shell_value_number(most, g_intern_string(knob->unit)));
	table_add(table, shell_value_number(fabs(knob->scale), g_intern_string(knob->unit)));
	unit_add_text(table, knob->read_only ? "read only" : NULL);
}

/* Those whose names a pattern wants; STATION_ERROR_CONFIG when there is none. */
static GPtrArray *wanted(const struct unit_call *unit, GError **error)
{
	const char *pattern = unit_text(unit, 0, "*");
	g_autoptr(GPtrArray) found = g_ptr_array_new();
	guint n = 0;
	const struct knob *knobs = knob_map_knobs(unit->knobs, &n);

	for (guint i = 0; i < n; i++)
		if (g_pattern_match_simple(pattern, knobs[i].name))
			g_ptr_array_add(found, (gpointer)&knobs[i]);
	if (found->len > 0)
		return g_steal_pointer(&found);
	if (strpbrk(pattern, "*?") || knob_map_find(unit->knobs, pattern, error))
		station_error_set(error, STATION_ERROR_CONFIG, "no knob of %s is like \"%s\"",
		                  knob_map_name(unit->knobs), pattern);
	return NULL;
}

static gboolean limits(struct unit_call *unit, GError **error)
{
	g_autoptr(GPtrArray) knobs = wanted(unit, error);
	struct table *table;

	if (!knobs)
		return FALSE;
	table = table_new(limit_columns, G_N_ELEMENTS(limit_columns));
	for (guint i = 0; i < knobs->len; i++)
		add_limits(table, g_ptr_array_index(knobs, i));
	*unit->result = shell_value_take_table(table);
	return TRUE;
}

static gboolean run_limits(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	const struct unit_work work = {limits, HAND_PRODUCT};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_knob_limits = {
	.noun = "knob",
	.verb = "limits",
	.help = "the product's knobs: lanes, entries of tables, range and step",
	.examples = {"knob limits", "knob limits 'fir_*'"},
	.arguments = {{"PATTERN", ARGUMENT_NAME, .optional = TRUE, .complete = complete_knobs}},
	.run = run_limits,
};

/* --- values ----------------------------------------------------------------------------------- */

/* Values of a knob: by lane, in each by entry; one of each where it has none. */
struct readings {
	const struct knob *knob;
	guint lanes, entries; /* 1 at least */
	double *values;
};

static void readings_clear(struct readings *readings)
{
	g_clear_pointer(&readings->values, g_free);
}

static double reading(const struct readings *readings, guint lane, guint entry)
{
	return readings->values[lane * readings->entries + entry];
}

static gboolean take(struct unit_call *unit, const struct knob *knob, struct readings *readings,
                     GError **error)
{
	*readings = (struct readings){knob, MAX(knob->lanes, 1), MAX(knob->entries, 1), NULL};
	readings->values = g_new0(double, readings->lanes * readings->entries);
	for (guint i = 0; i < readings->lanes; i++) {
		double *values = &readings->values[i * readings->entries];
		guint lane = knob->lanes ? i + 1 : 0;

		if (!(knob->entries ? knobs_read_block(unit->module, unit->knobs, knob->name, lane,
		                                       values, knob->entries, unit->bounds, error)
		                    : knob_read(unit->module, unit->knobs, knob->name, lane, values,
		                                unit->bounds, error)))
			return FALSE;
	}
	return TRUE;
}

/* --- list ------------------------------------------------------------------------------------- */

static const struct table_column list_columns[] = {
	{"knob"},       {"lanes"},      {"value", TRUE}, {"least", TRUE},
	{"most", TRUE}, {"step", TRUE}, {"note"},
};

static void add_note(struct table *table, const struct unit_call *unit, const struct knob *knob)
{
	const struct knob_table *acts = knob_map_table(unit->knobs, knob->name);
	g_autofree char *text =
		acts ? g_strdup_printf("or %s, by %s", acts->table->name,
	                               acts->mode ? acts->mode->name : "temperature")
		     : NULL;

	unit_add_text(table, knob->read_only ? "read only" : text);
}

/* Lanes side by side with the same value are one row. */
static void add_readings(struct table *table, const struct unit_call *unit,
                         const struct readings *readings)
{
	const struct knob *knob = readings->knob;
	double least = 0, most = 0;

	knob_limits(knob, &least, &most);
	for (guint i = 0, n; i < readings->lanes; i += n) {
		g_autofree char *lanes = NULL;
		g_autofree char *entries = g_strdup_printf("%u entries", knob->entries);
		guint32 bits = 0;

		for (n = 0;
		     i + n < readings->lanes &&
		     (knob->entries || reading(readings, i + n, 0) == reading(readings, i, 0));
		     n++)
			bits |= knob->lanes ? 1u << (i + n) : 0;
		lanes = unit_lanes_text(bits);
		unit_add_text(table, knob->name);
		unit_add_text(table, lanes);
		table_add(table, knob->entries ? shell_value_text(entries)
		                               : unit_knob_value(knob, reading(readings, i, 0)));
		table_add(table, unit_knob_value(knob, least));
		table_add(table, unit_knob_value(knob, most));
		table_add(table, unit_knob_value(knob, fabs(knob->scale)));
		add_note(table, unit, knob);
	}
}

static gboolean list(struct unit_call *unit, GError **error)
{
	g_autoptr(GPtrArray) knobs = wanted(unit, error);
	g_autoptr(table) table = table_new(list_columns, G_N_ELEMENTS(list_columns));

	if (!knobs || !unit_unlock(unit, error))
		return FALSE;
	for (guint i = 0; i < knobs->len; i++) {
		struct readings readings;
		gboolean ok = take(unit, g_ptr_array_index(knobs, i), &readings, error);

		if (ok)
			add_readings(table, unit, &readings);
		readings_clear(&readings);
		if (!ok)
			return FALSE;
	}
	*unit->result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

static gboolean run_list(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const struct unit_work work = {list, UNIT_LOOKS_AT_KNOBS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_knob_list = {
	.noun = "knob",
	.verb = "list",
	.help = "the maker's settings and constants as they are now, with range and step",
	.examples = {"knob list", "knob list 'laser*'", "knob list tx_mon_slope"},
	.arguments = {{"PATTERN", ARGUMENT_NAME, .optional = TRUE, .complete = complete_knobs}},
	.run = run_list,
};

/* --- read ------------------------------------------------------------------------------------- */

static const struct table_column read_columns[] = {{"lane", TRUE}, {"value", TRUE}};
static const struct table_column entry_columns[] = {
	{"lane", TRUE},
	{"entry", TRUE},
	{"temperature", TRUE},
	{"value", TRUE},
};

/* At which temperature an entry acts; nothing where it is no table over temperature. */
static struct value temperature_of(const struct unit_call *unit, const struct knob *knob,
                                   guint entry)
{
	guint n = 0;
	const struct knob *knobs = knob_map_knobs(unit->knobs, &n);

	for (guint i = 0; i < n; i++) {
		const struct knob_table *acts = knob_map_table(unit->knobs, knobs[i].name);

		if (acts && acts->table == knob)
			return shell_value_number(acts->first_degc + entry * acts->step_degc,
			                          "degC");
	}
	return (struct value){0};
}

static struct value read_table(const struct unit_call *unit, const struct readings *readings,
                               guint lane)
{
	const struct knob *knob = readings->knob;
	struct table *table = knob->entries ? table_new(entry_columns, G_N_ELEMENTS(entry_columns))
	                                    : table_new(read_columns, G_N_ELEMENTS(read_columns));

	for (guint i = 0; i < readings->lanes; i++)
		for (guint k = 0; k < readings->entries && (!lane || lane == i + 1); k++) {
			unit_add_lane(table, knob->lanes ? i + 1 : 0);
			if (knob->entries) {
				table_add(table, shell_value_number(k, "1"));
				table_add(table, temperature_of(unit, knob, k));
			}
			table_add(table, unit_knob_value(knob, reading(readings, i, k)));
		}
	return shell_value_take_table(table);
}

/* One entry of a table, of each lane. */
static gboolean read_entry(struct unit_call *unit, const struct knob *knob, const char *name,
                           GError **error)
{
	struct readings readings = {knob, MAX(knob->lanes, 1), 1, NULL};
	struct knob plain = *knob;
	gboolean ok = TRUE;

	plain.entries = 0;
	readings.knob = &plain;
	readings.values = g_new0(double, readings.lanes);
	for (guint i = 0; ok && i < readings.lanes; i++)
		ok = knob_read(unit->module, unit->knobs, name, knob->lanes ? i + 1 : 0,
		               &readings.values[i], unit->bounds, error);
	if (ok)
		*unit->result = read_table(unit, &readings, 0);
	readings_clear(&readings);
	return ok;
}

static gboolean read_whole(struct unit_call *unit, const struct knob *knob, guint lane,
                           GError **error)
{
	struct readings readings;
	gboolean ok = take(unit, knob, &readings, error);

	if (ok)
		*unit->result = read_table(unit, &readings, lane);
	readings_clear(&readings);
	return ok;
}

static gboolean read_knob(struct unit_call *unit, GError **error)
{
	const char *name = unit_text(unit, 0, "");
	guint lane = unit_count(unit, 1, 0);
	const struct knob *knob = knob_map_find(unit->knobs, name, error);
	gboolean is_whole;
	double number = 0;

	if (!knob || !unit_check_lane(knob, lane, error) || !unit_unlock(unit, error))
		return FALSE;
	is_whole = strcmp(knob->name, name) == 0;
	if (knob->entries && is_whole)
		return read_whole(unit, knob, lane, error);
	if (knob->lanes && !lane)
		return is_whole ? read_whole(unit, knob, 0, error)
		                : read_entry(unit, knob, name, error);
	if (!knob_read(unit->module, unit->knobs, name, lane, &number, unit->bounds, error))
		return FALSE;
	*unit->result = unit_knob_value(knob, number);
	return TRUE;
}

static gboolean run_read(struct shell *shell, const struct call *call, struct value *result,
                         GError **error)
{
	const struct unit_work work = {read_knob, UNIT_LOOKS_AT_KNOBS};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_knob_read = {
	.noun = "knob",
	.verb = "read",
	.help = "a knob's value of a lane, or of all; a table by its entries",
	.examples = {"knob read laser_bias 1", "knob read laser_bias", "knob read bias_table 2",
                     "knob read bias_table[3] 2"},
	.arguments = {{"NAME", ARGUMENT_NAME, .complete = complete_knobs},
                      {"LANE", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = 32,
                       .complete = complete_lanes}},
	.run = run_read,
};

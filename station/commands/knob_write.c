/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/unit.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/commands/module_view.h"

#include <math.h>
#include <string.h>

/* The maker's own settings and constants are written, and stored. */

/* --- write ------------------------------------------------------------------------------------ */

static const struct table_column write_columns[] = {
	{"lane", TRUE},
	{"before", TRUE},
	{"after", TRUE},
	{"rounded_by", TRUE},
};

/* A plain number is taken to be in the knob's unit, and a level in dBm is a power. */
static gboolean number_in(const struct knob *knob, const struct value *value, double *number,
                          GError **error)
{
	g_autofree char *got = shell_value_show(value);

	*number = value->kind == VALUE_NUMBER ? value->number : NAN;
	if (value->kind == VALUE_NUMBER && strcmp(value->unit, "dBm") == 0 &&
	    strcmp(knob->unit, "W") == 0)
		*number = unit_watt_from_dbm(*number);
	else if (value->kind != VALUE_NUMBER ||
	         (strcmp(value->unit, "1") != 0 && strcmp(value->unit, knob->unit) != 0)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s wants a number%s%s, not %s",
		                  knob->name, strcmp(knob->unit, "1") ? " in " : "",
		                  strcmp(knob->unit, "1") ? knob->unit : "", got);
		return FALSE;
	}
	return TRUE;
}

static const struct knob *check_write(struct unit_call *unit, double *number, GError **error)
{
	const char *name = unit_text(unit, 0, "");
	const struct knob *knob = knob_map_find(unit->knobs, name, error);

	if (!knob || !unit_check_lane(knob, unit_count(unit, 2, 0), error))
		return NULL;
	if (knob->read_only)
		station_error_set(error, STATION_ERROR_UNSUPPORTED, "%s is read only", name);
	else if (knob->entries && strcmp(knob->name, name) == 0)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s is a table: write its entries, %s[0] to %s[%u]", name, name,
		                  name, knob->entries - 1u);
	else if (number_in(knob, &unit->call->values[1], number, error))
		return knob;
	return NULL;
}

static gboolean write_lane(struct unit_call *unit, const struct knob *knob, guint lane,
                           double number, struct table *table, GError **error)
{
	const char *name = unit_text(unit, 0, "");
	struct knob_written written;
	double before = 0;

	if (!knob_read(unit->module, unit->knobs, name, lane, &before, unit->bounds, error) ||
	    !knob_write(unit->module, unit->knobs, name, lane, number, &written, unit->bounds,
	                error))
		return FALSE;
	unit_add_lane(table, lane);
	table_add(table, unit_knob_value(knob, before));
	table_add(table, unit_knob_value(knob, written.value));
	/* the last digits of a double are nobody's rounding */
	table_add(table, unit_knob_value(knob, fabs(written.quantisation) < 1e-6 * fabs(knob->scale)
	                                               ? 0
	                                               : written.quantisation));
	return TRUE;
}

static gboolean write_knob(struct unit_call *unit, GError **error)
{
	guint lane = unit_count(unit, 2, 0);
	double number = 0;
	const struct knob *knob = check_write(unit, &number, error);
	g_autoptr(table) table = table_new(write_columns, G_N_ELEMENTS(write_columns));
	guint first, last;

	if (!knob || !unit_unlock(unit, error))
		return FALSE;
	first = lane ? lane : knob->lanes ? 1 : 0;
	last = lane ? lane : knob->lanes;
	for (guint at = first; at <= last; at++)
		if (!write_lane(unit, knob, at, number, table, error))
			return FALSE;
	*unit->result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

static gboolean run_write(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	const struct unit_work work = {write_knob, UNIT_LOOKS_AT_KNOBS | HAND_TOUCH};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_knob_write = {
	.noun = "knob",
	.verb = "write",
	.help = "writes a knob of a lane, or of all; it acts at once and is gone without \"store\"",
	.examples = {"knob write laser_bias 42 mA 1", "knob write fir_pre -0.05",
                     "knob write los_assert -13 dBm", "knob write bias_table[3] 41 mA 2"},
	.arguments = {{"NAME", ARGUMENT_NAME, .complete = complete_knobs},
                      {"VALUE", ARGUMENT_VALUE},
                      {"LANE", ARGUMENT_COUNT, .optional = TRUE, .min = 1, .max = 32,
                       .complete = complete_lanes}},
	.right = COMMAND_WRITES_MODULE,
	.run = run_write,
};

/* --- store ------------------------------------------------------------------------------------ */

static gboolean store_knobs(struct unit_call *unit, GError **error)
{
	return unit_unlock(unit, error) &&
	       knobs_commit(unit->module, unit->knobs, unit->bounds, error);
}

static gboolean run_store(struct shell *shell, const struct call *call, struct value *result,
                          GError **error)
{
	const struct unit_work work = {store_knobs, UNIT_LOOKS_AT_KNOBS | HAND_TOUCH};

	return unit_do(shell, call, result, &work, error);
}

const struct shell_command command_knob_store = {
	.noun = "knob",
	.verb = "store",
	.help = "the module stores all knobs as they are, for the next power-on",
	.examples = {"knob store"},
	.right = COMMAND_WRITES_MODULE,
	.run = run_store,
};

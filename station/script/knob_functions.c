/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "fixtures/knobs.h"
#include "station/script/script_struct.h"
#include "station/steps/constants.h"

#include <math.h>
#include <string.h>

/* The maker's own settings of a module, by the names of the product's knob map. They are lost with
 * the supply unless a step stores them. */

/* The knob, and the lane that is meant. Null with error set. */
static const struct knob *knob_of(const struct script_call *call, guint lane_at, int *lane,
                                  GError **error)
{
	const struct knob_map *map = step_knobs(call->ctx);
	const struct knob *knob = map ? knob_map_find(map, script_text(call, 0, ""), error) : NULL;

	if (!map)
		station_error_set(error, STATION_ERROR_REFUSED, "the product has no knob map");
	if (!knob)
		return NULL;
	*lane = 0;
	if (knob->lanes && !script_lane(call, lane_at, lane, error))
		return NULL;
	if (!knob->lanes && script_given(call, lane_at)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s has no lanes", knob->name);
		return NULL;
	}
	return knob;
}

/* Once is enough, until something within the script may have reset the module. */
static gboolean unlock(const struct script_call *call, GError **error)
{
	if (!call->script->knobs_open)
		call->script->knobs_open = constants_unlock(call->ctx, error);
	return call->script->knobs_open;
}

static gboolean read_value(const struct script_call *call, int lane, double *value, GError **error)
{
	return unlock(call, error) &&
	       constants_read(call->ctx, script_text(call, 0, ""), lane, value, error);
}

SCRIPT_CALL(read_knob)
{
	double value;
	int lane;

	return knob_of(call, 1, &lane, error) && read_value(call, lane, &value, error) &&
	       script_give_number(call, value);
}

SCRIPT_CALL(set_knob)
{
	int lane;

	return knob_of(call, 1, &lane, error) && unlock(call, error) &&
	       constants_try(call->ctx, script_text(call, 0, ""), lane, script_number(call, 2, NAN),
	                     error);
}

/* The value from before the script is the one to go back to, however often it is asked for. */
static void keep(struct script *script, const char *name, int lane, double value)
{
	struct script_kept kept = {NULL, lane, value};

	for (guint i = 0; i < script->kept->len; i++) {
		const struct script_kept *old = &g_array_index(script->kept, struct script_kept, i);
		if (old->lane == lane && strcmp(old->knob, name) == 0)
			return;
	}
	kept.knob = g_strdup(name);
	g_array_append_val(script->kept, kept);
}

SCRIPT_CALL(keep_knob)
{
	double value;
	int lane;

	if (!knob_of(call, 1, &lane, error) || !read_value(call, lane, &value, error))
		return FALSE;
	keep(call->script, script_text(call, 0, ""), lane, value);
	return script_give_number(call, value);
}

SCRIPT_CALL(settle_knob)
{
	const struct constant_source source = {script_text(call, 3, ""), NULL, NAN, NULL};
	gboolean taken;
	int lane;

	return knob_of(call, 1, &lane, error) && unlock(call, error) &&
	       script_tell(call->script, strlen(source.text), error) &&
	       constants_settle(call->ctx, script_text(call, 0, ""), lane,
	                        script_number(call, 2, NAN), &source, &taken, error) &&
	       script_give(call, sandbox_boolean(taken));
}

SCRIPT_CALL(knobs)
{
	const struct knob_map *map = step_knobs(call->ctx);
	struct sandbox_value list = sandbox_table();
	const struct knob *all;
	guint n = 0;

	all = map ? knob_map_knobs(map, &n) : NULL;
	for (guint i = 0; i < n; i++) {
		struct sandbox_value item = sandbox_table();
		double min, max;

		knob_limits(&all[i], &min, &max);
		sandbox_table_set(&item, "name", sandbox_text(all[i].name));
		sandbox_table_set(&item, "unit", sandbox_text(all[i].unit));
		sandbox_table_set(&item, "lanes", sandbox_integer(all[i].lanes));
		sandbox_table_set(&item, "entries", sandbox_integer(all[i].entries));
		sandbox_table_set(&item, "read_only", sandbox_boolean(all[i].read_only));
		script_set_number(&item, "min", min);
		script_set_number(&item, "max", max);
		script_set_number(&item, "step", fabs(all[i].scale));
		sandbox_table_append(&list, item);
	}
	return script_give(call, list);
}

/* clang-format off */
const struct script_function script_knob_functions[] = {
	{{"module.knobs", "",
	  "(): a list of the product's knobs: {name, unit, min, max, step, lanes, entries, "
	  "read_only}",
	  knobs}},
	{{"module.knob", "t|i",
	  "(name[, lane]): a knob's value in its unit",
	  read_knob}},
	{{"module.keep_knob", "t|i",
	  "(name[, lane]): its value; when the script ends with an error, an abort or its time, "
	  "it is written back",
	  keep_knob}},
	{{"module.set_knob", "tvn",
	  "(name, lane, value): writes it and reads it back; lane nil: the step's own, or none. "
	  "Rounded to the knob's step",
	  set_knob}, 0, TRUE},
	{{"module.settle_knob", "tvnt",
	  "(name, lane, value, why): the same for a value that stays: recorded as a constant, "
	  "with what it comes from. False, and the step FAILs, when the knob cannot take it",
	  settle_knob}, 0, TRUE},
	{{NULL}},
};
/* clang-format on */

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "station/engine/plan.h"
#include "station/script/script_struct.h"

#include <math.h>
#include <string.h>

/* What the step is about, what it waits for, and further steps within it. */

/* A step may leave pictures behind. */
#define STEP_TELLS_BYTES (64u << 10)
#define ANSWERS_MAX      9

SCRIPT_CALL(lane)
{
	return script_give(call, sandbox_integer(step_lane(call->ctx)));
}

SCRIPT_CALL(lanes)
{
	return script_give(call, sandbox_integer(step_n_lanes(call->ctx)));
}

SCRIPT_CALL(serial)
{
	return script_give_text(call, step_serial(call->ctx));
}

SCRIPT_CALL(part_number)
{
	return script_give_text(call, step_part_number(call->ctx));
}

SCRIPT_CALL(type)
{
	const struct optical_type *type = step_type(call->ctx);
	struct sandbox_value facts = sandbox_table();
	struct sandbox_value wavelengths = sandbox_table();

	for (guint i = 0; i < type->n_lanes; i++)
		sandbox_table_append(&wavelengths, sandbox_number(type->wavelength_m[i]));
	sandbox_table_set(&facts, "wavelength_m", wavelengths);
	script_set_number(&facts, "symbol_rate_bd", type->symbol_rate_bd);
	script_set_number(&facts, "ber_limit", type->ber_limit);
	script_give_text(call, type->name);
	return script_give(call, facts);
}

SCRIPT_CALL(case_degc)
{
	double degc = step_case_degc(call->ctx);

	return isfinite(degc) ? script_give_number(call, degc)
	                      : script_give_none(call, "at no corner");
}

SCRIPT_CALL(supply_v)
{
	double volt = step_supply_v(call->ctx);

	return isfinite(volt) ? script_give_number(call, volt)
	                      : script_give_none(call, "at no corner");
}

SCRIPT_CALL(param)
{
	const char *name = script_text(call, 0, "");
	const struct step_param *param = step_param_of(call->ctx, name);

	if (!param) {
		station_error_set(error, STATION_ERROR_CONFIG, "the step has no parameter \"%s\"",
		                  name);
		return FALSE;
	}
	if (!param->unit)
		return script_give_text(call, step_text(call->ctx, name));
	if (strcmp(param->unit, STEP_COUNT) == 0)
		return script_give(call, sandbox_integer(step_count(call->ctx, name)));
	return script_give_number(call, step_number(call->ctx, name));
}

SCRIPT_CALL(wait)
{
	return clock_sleep_s(script_number(call, 0, 0), step_bounds(call->ctx), error);
}

SCRIPT_CALL(ask)
{
	const char *answers[ANSWERS_MAX + 1] = {NULL};
	const struct step_question question = {script_text(call, 0, ""), answers, NULL};
	g_autofree char *answer = NULL;

	if (call->count > 1 + ANSWERS_MAX) {
		station_error_set(error, STATION_ERROR_CONFIG, "at most %d answers", ANSWERS_MAX);
		return FALSE;
	}
	for (guint i = 1; i < call->count; i++) {
		answers[i - 1] = script_text(call, i, NULL);
		if (answers[i - 1])
			continue;
		station_error_set(error, STATION_ERROR_CONFIG, "an answer is a text");
		return FALSE;
	}
	if (!script_tell(call->script, strlen(question.text), error))
		return FALSE;
	answer = step_ask(call->ctx, &question, error);
	return answer && script_give_text(call, answer);
}

/* --- further steps ---------------------------------------------------------------------------- */

/* What a parameter gets: a text as in a plan, or a number in the parameter's own unit. */
static gboolean read_value(const struct step_param *param, const struct sandbox_value *given,
                           struct step_value *value, GError **error)
{
	if (!given || given->kind == SANDBOX_NIL)
		return step_value_parse(param, NULL, value, error);
	if (given->kind == SANDBOX_TEXT)
		return step_value_parse(param, given->text->str, value, error);
	value->number = sandbox_to_number(given);
	if (param->unit && (given->kind == SANDBOX_NUMBER || given->kind == SANDBOX_INTEGER))
		return step_value_check(param, value->number, error);
	station_error_set(error, STATION_ERROR_CONFIG, "%s is no %s", param->name,
	                  param->unit ? "number" : "text");
	return FALSE;
}

static void values_free(struct step_value *values, guint n)
{
	for (guint i = 0; i < n; i++)
		g_free(values[i].text);
	g_free(values);
}

/* Null with error set. */
static struct step_value *read_values(const struct step_def *def, const struct sandbox_value *table,
                                      GError **error)
{
	guint n = step_param_count(def);
	struct step_value *values = g_new0(struct step_value, n + 1);
	g_autofree const char **names = g_new0(const char *, n + 1);
	gboolean ok;

	for (guint i = 0; i < n; i++)
		names[i] = def->params[i].name;
	ok = !table || script_check_fields(table, names, error);
	for (guint i = 0; ok && i < n; i++)
		ok = read_value(&def->params[i], table ? sandbox_table_get(table, names[i]) : NULL,
		                &values[i], error);
	if (ok)
		return values;
	g_prefix_error(error, "step %s: ", def->name);
	values_free(values, n);
	return NULL;
}

/* A list of what was measured, in order. */
static struct sandbox_value measured_since(struct step_context *ctx, guint first)
{
	const GPtrArray *all = step_record(ctx)->measurements;
	struct sandbox_value table = sandbox_table();

	for (guint i = first; i < all->len; i++) {
		const struct record_measurement *m = g_ptr_array_index(all, i);
		struct sandbox_value item = sandbox_table();

		sandbox_table_set(&item, "id", sandbox_text(m->id));
		sandbox_table_set(&item, "lane", sandbox_integer(m->lane));
		sandbox_table_set(&item, "unit", sandbox_text(m->unit));
		script_set_number(&item, "value", m->value);
		if (m->reason)
			sandbox_table_set(&item, "reason", sandbox_text(m->reason));
		sandbox_table_append(&table, item);
	}
	return table;
}

/* Where instruments are taken as they are needed, those of the step are; else it has to have them.
 */
static gboolean ask_for(const struct script_call *call, const struct step_def *def, GError **error)
{
	const struct script_site *site = &call->script->site;
	const struct script_function wanted = {
		.function = {.name = def->name, .takes = "", .help = def->help},
		.needs = def->needs,
		.touches = TRUE,
	};

	return !site->allow || site->allow(&wanted, call->ctx, site->data, error);
}

SCRIPT_CALL(run_step)
{
	const char *name = script_text(call, 0, ""), *near = NULL;
	const struct step_table none = {0};
	const struct step_table *steps = call->script->site.steps;
	const struct step_def *def = step_table_find(steps ? steps : &none, name, &near);
	guint first = step_record(call->ctx)->measurements->len;
	struct step_value *values;
	gboolean ok;
	int lane;

	if (!def) {
		station_error_set(error, STATION_ERROR_CONFIG, "there is no step \"%s\"%s%s%s",
		                  name, near ? "; did you mean \"" : "", near ? near : "",
		                  near ? "\"?" : "");
		return FALSE;
	}
	if (!script_lane_or_unit(call, 2, &lane, error) || !ask_for(call, def, error) ||
	    !script_tell(call->script, STEP_TELLS_BYTES, error))
		return FALSE;
	values = read_values(def, script_given(call, 1), error);
	if (!values)
		return FALSE;
	call->script->knobs_open = FALSE; /* it may have reset the module */
	ok = step_run_within(call->ctx, def, values,
	                     def->scope == STEP_UNIT && !script_given(call, 2) ? 0 : lane, error);
	values_free(values, step_param_count(def));
	return ok && script_give(call, measured_since(call->ctx, first));
}

/* clang-format off */
const struct script_function script_step_functions[] = {
	{{"step.lane", "",
	  "(): the lane that the step runs for; 0: the whole unit",
	  lane}},
	{{"step.lanes", "",
	  "(): how many lanes the unit has",
	  lanes}},
	{{"step.serial", "",
	  "(): the unit's serial number",
	  serial}},
	{{"step.part_number", "",
	  "(): the unit's part number",
	  part_number}},
	{{"step.type", "",
	  "(): its type's name; and a table: wavelength_m (a list by lane), symbol_rate_bd, "
	  "ber_limit",
	  type}},
	{{"step.case_degc", "",
	  "(): case temperature of the corner, degC; nil at none",
	  case_degc}},
	{{"step.supply_v", "",
	  "(): supply voltage of the corner, V; nil at none",
	  supply_v}},
	{{"step.param", "t",
	  "(name): a parameter's value, in its unit; only in steps of plans",
	  param}},
	{{"step.wait", "n",
	  "(seconds): waits so long, process time",
	  wait}},
	{{"step.ask", "t*",
	  "(question, answer...): asks the operator; the answer that was given",
	  ask}},
	{{"step.run", "t|Ti",
	  "(name[, params[, lane]]): runs one of the station's own steps within this one, params "
	  "as in a plan; a list of what it measured: {id, lane, unit, value, reason}",
	  run_step}, 0, TRUE},
	{{NULL}},
};
/* clang-format on */

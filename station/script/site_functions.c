/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/unit.h"
#include "instruments/optical_switch.h"
#include "instruments/supply.h"
#include "instruments/thermal.h"
#include "station/script/script_struct.h"
#include "station/steps/corner.h"
#include "station/steps/tx_eye.h"
#include "station/steps/tx_path.h"
#include "station/steps/tx_spectrum.h"

#include <math.h>
#include <string.h>

/* What comes out of the transmitters, and supply and head. */

#define SAMPLES_PER_SYMBOL 16
#define PASSES_MAX         256
#define SPAN_M             30e-9
#define RESOLUTION_M       50e-12
#define CURRENT_LIMIT      "current_limit"
#define CURRENT_LIMIT_A    4.5
#define EYE_BYTES          (128u << 10) /* of two pictures in a record */

/* --- power ------------------------------------------------------------------------------------ */

SCRIPT_CALL(read_power)
{
	double power_dbm;
	int lane;

	if (!script_lane(call, 0, &lane, error) ||
	    !tx_path_power_dbm(call->ctx, lane, &power_dbm, error))
		return FALSE;
	return isfinite(power_dbm) ? script_give_number(call, power_dbm)
	                           : script_give_none(call, "the power meter reads no light");
}

/* --- scope ------------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	enum pattern_id id;
} patterns[] = {{"SSPRQ", PATTERN_SSPRQ}, {"PRBS13Q", PATTERN_PRBS13Q}};

static gboolean read_pattern(const char *name, enum pattern_id *id, GError **error)
{
	for (guint i = 0; i < G_N_ELEMENTS(patterns); i++) {
		if (strcmp(patterns[i].name, name) != 0)
			continue;
		*id = patterns[i].id;
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG, "\"%s\" is no pattern: SSPRQ or PRBS13Q",
	                  name);
	return FALSE;
}

static gboolean read_route(const struct script_call *call, const char *name, int lane,
                           enum tx_route *route, GError **error)
{
	gboolean dispersed = strcmp(name, "dispersed") == 0;

	*route = dispersed ? TX_DISPERSED : TX_DIRECT;
	if (!dispersed && strcmp(name, "direct") != 0)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "\"%s\" is no route: direct or dispersed", name);
	else if (dispersed && step_type(call->ctx)->tdecq_by_fibre &&
	         !step_path(call->ctx, lane)->fibre_channel)
		station_error_set(error, STATION_ERROR_CONFIG, "the site has no fibre for lane %d",
		                  lane);
	else
		return TRUE;
	return FALSE;
}

/* A field of the options as a text; null when its kind is another. */
static const char *option_text(const struct sandbox_value *options, const char *name,
                               const char *absent)
{
	const struct sandbox_value *field = options ? sandbox_table_get(options, name) : NULL;

	return !field ? absent : field->kind == SANDBOX_TEXT ? field->text->str : "";
}

static gboolean option_flag(const struct sandbox_value *options, const char *name, gboolean absent)
{
	const struct sandbox_value *field = options ? sandbox_table_get(options, name) : NULL;

	return field && field->kind == SANDBOX_BOOLEAN ? field->boolean : absent;
}

static gboolean option_count(const struct sandbox_value *options, const char *name, guint min,
                             guint max, guint *value, GError **error)
{
	const struct sandbox_value *field = options ? sandbox_table_get(options, name) : NULL;
	const struct step_param range = {name, STEP_COUNT, NULL, "", min, max};
	double number = field ? sandbox_to_number(field) : *value;

	if (!step_value_check(&range, number, error))
		return FALSE;
	*value = (guint)number;
	return TRUE;
}

static gboolean read_capture(const struct script_call *call, int lane, struct tx_capture *how,
                             GError **error)
{
	static const char *const names[] = {"pattern", "route", "passes",
	                                    "tdecq",   "eye",   "samples_per_symbol",
	                                    NULL};
	const struct sandbox_value *options = script_given(call, 1);

	*how = (struct tx_capture){
		.passes = 1,
		.samples_per_symbol = SAMPLES_PER_SYMBOL,
		.with_tdecq = option_flag(options, "tdecq", TRUE),
	};
	return (!options || script_check_fields(options, names, error)) &&
	       read_pattern(option_text(options, "pattern", "PRBS13Q"), &how->pattern, error) &&
	       read_route(call, option_text(options, "route", "direct"), lane, &how->route,
	                  error) &&
	       option_count(options, "passes", 1, PASSES_MAX, &how->passes, error) &&
	       option_count(options, "samples_per_symbol", 8, 64, &how->samples_per_symbol, error);
}

/* A value, or in `none` by the same name why there is none. */
static void set_value(struct sandbox_value *table, struct sandbox_value *none, const char *name,
                      const struct signal_value *value)
{
	if (value->status == SIGNAL_OK)
		script_set_number(table, name, value->value);
	else if (value->status != SIGNAL_NOT_ASKED)
		sandbox_table_set(none, name, sandbox_text(value->reason));
}

static struct sandbox_value measured(const struct pam4_result *result)
{
	struct sandbox_value table = sandbox_table(), none = sandbox_table();
	const struct signal_value *oma_w = &result->oma_outer_w;
	const struct signal_value *power_w = &result->average_power_w;

	if (oma_w->status == SIGNAL_OK)
		script_set_number(&table, "oma_dbm", unit_dbm_from_watt(oma_w->value));
	else
		sandbox_table_set(&none, "oma_dbm", sandbox_text(oma_w->reason));
	if (power_w->status == SIGNAL_OK)
		script_set_number(&table, "power_dbm", unit_dbm_from_watt(power_w->value));
	else
		sandbox_table_set(&none, "power_dbm", sandbox_text(power_w->reason));
	set_value(&table, &none, "er_db", &result->outer_er_db);
	set_value(&table, &none, "rlm", &result->rlm);
	set_value(&table, &none, "transition_time_s", &result->transition_time_s);
	set_value(&table, &none, "overshoot", &result->overshoot);
	set_value(&table, &none, "undershoot", &result->undershoot);
	set_value(&table, &none, "rin_oma_db_hz", &result->rin_oma_db_hz);
	set_value(&table, &none, "tdecq_db", &result->tdecq_db);
	set_value(&table, &none, "ceq_db", &result->ceq_db);
	sandbox_table_set(&table, "none", none);
	return table;
}

/* Pictures belong to the lane of their step. */
static gboolean may_record_eye(const struct script_call *call, int lane, GError **error)
{
	if (lane == step_lane(call->ctx))
		return script_tell(call->script, EYE_BYTES, error);
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "an eye is recorded by a step for one lane, of that lane");
	return FALSE;
}

/* A waveform that nothing can be made of is no value, not an error: a tuning loop goes on. */
SCRIPT_CALL(measure)
{
	gboolean with_eye = option_flag(script_given(call, 1), "eye", FALSE);
	g_autoptr(waveform) wave = NULL;
	g_autoptr(GError) local = NULL;
	struct pam4_result result;
	struct tx_capture how;
	int lane;

	if (!script_lane(call, 0, &lane, error) || !read_capture(call, lane, &how, error) ||
	    (with_eye && !may_record_eye(call, lane, error)))
		return FALSE;
	if (tx_path_measure(call->ctx, lane, &how, &result, &wave, &local))
		return (!with_eye || tx_eye_record(call->ctx, wave, &how, &result, error)) &&
		       script_give(call, measured(&result));
	if (g_error_matches(local, STATION_ERROR, STATION_ERROR_DATA))
		return script_give_none(call, local->message);
	g_propagate_error(error, g_steal_pointer(&local));
	return FALSE;
}

SCRIPT_CALL(route)
{
	const struct config_lane *path;
	enum tx_route where;
	int lane;

	if (!script_lane(call, 0, &lane, error) ||
	    !read_route(call, script_text(call, 1, "direct"), lane, &where, error))
		return FALSE;
	path = step_path(call->ctx, lane);
	return optical_switch_route(step_instrument(call->ctx, INSTRUMENT_OPTICAL_SWITCH),
	                            step_site(call->ctx)->switch_module,
	                            where == TX_DISPERSED && step_type(call->ctx)->tdecq_by_fibre
	                                    ? path->fibre_channel
	                                    : path->switch_channel,
	                            step_bounds(call->ctx), error);
}

SCRIPT_CALL(spectrum)
{
	struct spectrum_result result;
	struct sandbox_value table;
	double strongest_dbm = -INFINITY;
	int lane;

	if (!script_lane(call, 0, &lane, error) ||
	    !tx_spectrum_take_over(call->ctx, lane, script_number(call, 1, SPAN_M), RESOLUTION_M,
	                           &result, error))
		return FALSE;
	if (!result.n_peaks)
		return script_give_none(call, "no light around the lane's wavelength");
	for (guint i = 0; i < result.n_peaks; i++)
		strongest_dbm = fmax(strongest_dbm, result.peaks[i].power_dbm);
	table = sandbox_table();
	script_set_number(&table, "centre_m", result.centre_m);
	script_set_number(&table, "rms_width_m", result.rms_width_m);
	script_set_number(&table, "smsr_db", result.smsr_db);
	script_set_number(&table, "peak_dbm", strongest_dbm);
	return script_give(call, table);
}

/* --- supply and head -------------------------------------------------------------------------- */

SCRIPT_CALL(supply_read)
{
	double volt, ampere;

	return supply_measure(step_instrument(call->ctx, INSTRUMENT_SUPPLY),
	                      step_site(call->ctx)->supply_channel, &volt, &ampere,
	                      step_bounds(call->ctx), error) &&
	       script_give_number(call, volt) && script_give_number(call, ampere);
}

/* As of the station's own steps that move it: a parameter with this default. */
static double current_limit_a(const struct step_context *ctx)
{
	const struct step_param *param = step_param_of(ctx, CURRENT_LIMIT);

	return param && g_strcmp0(param->unit, "A") == 0 ? step_number(ctx, CURRENT_LIMIT)
	                                                 : CURRENT_LIMIT_A;
}

/* The output's switch stays as it is; script_end goes back to the corner's voltage. */
SCRIPT_CALL(supply_move)
{
	double volt = script_number(call, 0, NAN);

	if (!(volt >= CORNER_SUPPLY_MIN_V && volt <= CORNER_SUPPLY_MAX_V)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "a module's supply is from %.1f V to %.1f V", CORNER_SUPPLY_MIN_V,
		                  CORNER_SUPPLY_MAX_V);
		return FALSE;
	}
	if (!isfinite(step_supply_v(call->ctx))) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "the step is at no corner: there is no voltage to go back to");
		return FALSE;
	}
	call->script->supply_moved = TRUE;
	call->script->current_limit_a = current_limit_a(call->ctx);
	return supply_set(step_instrument(call->ctx, INSTRUMENT_SUPPLY),
	                  step_site(call->ctx)->supply_channel, volt, call->script->current_limit_a,
	                  step_bounds(call->ctx), error);
}

SCRIPT_CALL(read_head)
{
	double degc;

	return thermal_read_degc(step_instrument(call->ctx, INSTRUMENT_THERMAL), &degc,
	                         step_bounds(call->ctx), error) &&
	       script_give_number(call, degc);
}

/* clang-format off */
const struct script_function script_site_functions[] = {
	{{"power_meter.read", "|i",
	  "([lane]): average power at the module, dBm, the path's loss taken off; nil when dark",
	  read_power}, SCRIPT_NEEDS(POWER_METER)},
	{{"scope.measure", "|iT",
	  "([lane[, options]]): captures the lane and measures, referred to the module: a table "
	  "of oma_dbm, power_dbm, er_db, rlm, transition_time_s, overshoot, undershoot, "
	  "rin_oma_db_hz, tdecq_db, ceq_db; what has no value is in its table `none` with the "
	  "reason. Nil and the reason when the waveform says nothing. Options: pattern (PRBS13Q "
	  "or SSPRQ), route (direct or dispersed), passes (1), tdecq (true), eye (false: none is "
	  "recorded), samples_per_symbol (16)",
	  measure}, SCRIPT_NEEDS(SCOPE) | SCRIPT_NEEDS(OPTICAL_SWITCH), TRUE},
	{{"switch.route", "|it",
	  "([lane[, route]]): brings the lane to the scope, direct or dispersed",
	  route}, SCRIPT_NEEDS(OPTICAL_SWITCH)},
	{{"wavelength.read", "|in",
	  "([lane[, span_m]]): one sweep around the lane's wavelength: a table of centre_m, "
	  "rms_width_m, smsr_db, peak_dbm; nil when dark",
	  spectrum}, SCRIPT_NEEDS(WAVELENGTH_METER) | SCRIPT_NEEDS(OPTICAL_SWITCH)},
	{{"supply.measure", "",
	  "(): voltage and current at the supply, V and A",
	  supply_read}, SCRIPT_NEEDS(SUPPLY)},
	{{"supply.set", "n",
	  "(volt): from 3.0 V to 3.6 V; the corner's again when the script ends. The current "
	  "limit is the step's parameter current_limit where it has one, else 4.5 A. The output's "
	  "switch stays as it is",
	  supply_move}, SCRIPT_NEEDS(SUPPLY), TRUE},
	{{"thermal.read", "",
	  "(): temperature of the thermal head, degC",
	  read_head}, SCRIPT_NEEDS(THERMAL)},
	{{NULL}},
};
/* clang-format on */

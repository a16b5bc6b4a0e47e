/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/attenuator.h"
#include "station/script/script_struct.h"
#include "station/steps/rx_path.h"
#include "station/steps/rx_points.h"

#include <math.h>

/*
 * Light to the receivers. Nothing opens a shutter before it is registered that all close, and no
 * receiver is given more than its type bears, whichever function a script uses.
 */

#define GATE_MAX_S 3600.0

/* --- attenuators ------------------------------------------------------------------------------ */

SCRIPT_CALL(attenuator_set)
{
	double db = script_number(call, 1, NAN);
	int lane;

	if (!script_lane(call, 0, &lane, error))
		return FALSE;
	if (!isfinite(db)) {
		station_error_set(error, STATION_ERROR_RANGE, "the attenuation is not a number");
		return FALSE;
	}
	rx_path_close_after(call->ctx); /* it may be open */
	return rx_path_set_attenuation(call->ctx, lane, db, error);
}

SCRIPT_CALL(attenuator_get)
{
	double db;
	int lane;

	return script_lane(call, 0, &lane, error) &&
	       attenuator_get_db(step_instrument(call->ctx, INSTRUMENT_ATTENUATOR),
	                         step_path(call->ctx, lane)->attenuator_channel, &db,
	                         step_bounds(call->ctx), error) &&
	       script_give_number(call, db);
}

SCRIPT_CALL(attenuator_open)
{
	int lane;

	return script_lane(call, 0, &lane, error) && rx_path_open(call->ctx, lane, TRUE, error);
}

SCRIPT_CALL(attenuator_close)
{
	int lane;

	return script_lane(call, 0, &lane, error) && rx_path_open(call->ctx, lane, FALSE, error);
}

/* --- the reference transmitters --------------------------------------------------------------- */

SCRIPT_CALL(light_on)
{
	const char *name = script_text(call, 0, bert_pattern_name(BERT_PATTERN_PRBS31Q));

	for (enum bert_pattern pattern = 0; pattern < BERT_N_PATTERNS; pattern++)
		if (g_strcmp0(bert_pattern_name(pattern), name) == 0)
			return rx_path_pattern_on(call->ctx, pattern, error);
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "\"%s\" is no pattern: PRBS31Q, PRBS13Q or SSPRQ", name);
	return FALSE;
}

SCRIPT_CALL(light_off)
{
	return rx_path_light_off(call->ctx, error);
}

SCRIPT_CALL(light_set)
{
	double oma_dbm = script_number(call, 1, NAN);
	int lane;

	if (!script_lane(call, 0, &lane, error))
		return FALSE;
	if (!isfinite(oma_dbm)) {
		station_error_set(error, STATION_ERROR_RANGE, "the OMA is not a number");
		return FALSE;
	}
	rx_path_close_after(call->ctx);
	return rx_path_set_oma(call->ctx, lane, oma_dbm, error);
}

SCRIPT_CALL(light_most)
{
	int lane;

	return script_lane(call, 0, &lane, error) &&
	       script_give_number(call, rx_path_most_oma_dbm(call->ctx, lane));
}

/* --- errors ----------------------------------------------------------------------------------- */

SCRIPT_CALL(align)
{
	gboolean aligned;
	int lane;

	return script_lane(call, 0, &lane, error) &&
	       rx_points_align_lane(call->ctx, lane, &aligned, error) &&
	       script_give(call, sandbox_boolean(aligned));
}

SCRIPT_CALL(count)
{
	double gate_s = script_number(call, 1, NAN);
	struct rx_count counts[CONFIG_LANES_MAX];
	int lane;

	if (!script_lane(call, 0, &lane, error))
		return FALSE;
	if (!(gate_s > 0 && gate_s <= GATE_MAX_S)) {
		station_error_set(error, STATION_ERROR_RANGE, "a gate lasts up to %g s",
		                  GATE_MAX_S);
		return FALSE;
	}
	return rx_points_count(call->ctx, gate_s, counts, error) &&
	       script_give(call, sandbox_integer((gint64)counts[lane - 1].bits)) &&
	       script_give(call, sandbox_integer((gint64)counts[lane - 1].errors)) &&
	       script_give(call, sandbox_boolean(counts[lane - 1].lock));
}

#define LIGHT (SCRIPT_NEEDS(BERT) | SCRIPT_NEEDS(ATTENUATOR))

/* clang-format off */
const struct script_function script_light_functions[] = {
	{{"attenuator.set", "in",
	  "(lane, attenuation_db): what it lets through when it is open; refused where the "
	  "receiver might be damaged",
	  attenuator_set}, SCRIPT_NEEDS(ATTENUATOR), TRUE},
	{{"attenuator.get", "|i",
	  "([lane]): its attenuation, dB",
	  attenuator_get}, SCRIPT_NEEDS(ATTENUATOR)},
	{{"attenuator.open", "|i",
	  "([lane]): lets light through",
	  attenuator_open}, SCRIPT_NEEDS(ATTENUATOR), TRUE},
	{{"attenuator.close", "|i",
	  "([lane]): lets none through",
	  attenuator_close}, SCRIPT_NEEDS(ATTENUATOR), TRUE},
	{{"light.on", "|t",
	  "([pattern]): the reference transmitters of all lanes on, with PRBS31Q or another "
	  "pattern, behind closed shutters",
	  light_on}, LIGHT, TRUE},
	{{"light.off", "",
	  "(): shutters closed, reference transmitters off",
	  light_off}, LIGHT, TRUE},
	{{"light.set", "in",
	  "(lane, oma_dbm): so much OMAouter at the lane's receiver, shutter open; refused where "
	  "the receiver might be damaged",
	  light_set}, LIGHT, TRUE},
	{{"light.most", "|i",
	  "([lane]): the most OMAouter that path and receiver allow, dBm",
	  light_most}, LIGHT},
	{{"bert.align", "|i",
	  "([lane]): the error detector to what it gets of the lane now; false: no pattern",
	  align}, SCRIPT_NEEDS(BERT)},
	{{"bert.count", "in",
	  "(lane, gate_s): bits, errors, and whether it was locked; without lock the counts mean "
	  "nothing",
	  count}, SCRIPT_NEEDS(BERT)},
	{{NULL}},
};
/* clang-format on */

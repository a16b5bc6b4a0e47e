/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/control_report.h"

#include "base/unit.h"
#include "bench/control.h"
#include "bench/control_beside.h"
#include "bench/sim_fixture.h"
#include "bench/sim_module.h"
#include "bench/world.h"

#include <math.h>

static void add_number(JsonBuilder *reply, const char *name, double value)
{
	json_builder_set_member_name(reply, name);
	if (isfinite(value))
		json_builder_add_double_value(reply, value);
	else
		json_builder_add_null_value(reply);
}

static void add_text(JsonBuilder *reply, const char *name, const char *value)
{
	json_builder_set_member_name(reply, name);
	if (value)
		json_builder_add_string_value(reply, value);
	else
		json_builder_add_null_value(reply);
}

static void add_boolean(JsonBuilder *reply, const char *name, gboolean value)
{
	json_builder_set_member_name(reply, name);
	json_builder_add_boolean_value(reply, value);
}

static void add_strings(JsonBuilder *reply, const char *name, char *const *values)
{
	json_builder_set_member_name(reply, name);
	json_builder_begin_array(reply);
	for (guint i = 0; values && values[i]; i++)
		json_builder_add_string_value(reply, values[i]);
	json_builder_end_array(reply);
}

static void add_truth_lane(JsonBuilder *reply, const struct world_truth_lane *lane, int number)
{
	json_builder_begin_object(reply);
	json_builder_set_member_name(reply, "lane");
	json_builder_add_int_value(reply, number);
	add_number(reply, "avg_dbm", lane->avg_dbm);
	add_number(reply, "oma_dbm", lane->oma_dbm);
	add_number(reply, "er_db", lane->er_db);
	add_number(reply, "tecq_db", lane->tecq_db);
	add_number(reply, "tdecq_db", lane->tdecq_db);
	add_number(reply, "rlm", lane->rlm);
	add_number(reply, "transition_s", lane->transition_s);
	add_number(reply, "wavelength_nm", lane->wavelength_m * 1e9);
	add_number(reply, "smsr_db", lane->smsr_db);
	add_number(reply, "rms_width_nm", lane->rms_width_m * 1e9);
	add_number(reply, "sensitivity_dbm", lane->sensitivity_dbm);
	add_number(reply, "tx_monitor_error_db", lane->tx_monitor_error_db);
	add_number(reply, "rx_monitor_error_db", lane->rx_monitor_error_db);
	add_number(reply, "los_assert_dbm", lane->los_assert_dbm);
	add_number(reply, "los_deassert_dbm", lane->los_deassert_dbm);
	json_builder_end_object(reply);
}

static void add_truth_lanes(JsonBuilder *reply, const struct world_truth_lane *lanes)
{
	json_builder_set_member_name(reply, "lanes");
	json_builder_begin_array(reply);
	for (int i = 0; i < WORLD_LANES; i++)
		add_truth_lane(reply, &lanes[i], i + 1);
	json_builder_end_array(reply);
}

static void add_truth_corner(JsonBuilder *reply, const struct world_truth_corner *corner)
{
	json_builder_begin_object(reply);
	add_number(reply, "case_degc", corner->case_degc);
	add_number(reply, "total_dbm", corner->total_dbm);
	add_number(reply, "lane_difference_db", corner->lane_difference_db);
	add_number(reply, "temp_error_degc", corner->temp_error_degc);
	add_number(reply, "vcc_error_v", corner->vcc_error_v);
	add_number(reply, "power_w", corner->power_w);
	add_truth_lanes(reply, corner->lanes);
	json_builder_end_object(reply);
}

void control_report_corner(JsonBuilder *reply, const struct world_truth_corner *corner)
{
	json_builder_set_member_name(reply, "corner");
	add_truth_corner(reply, corner);
}

void control_report_truth(JsonBuilder *reply, const struct world_truth *truth)
{
	gboolean any = truth->defects && *truth->defects;
	g_auto(GStrv) defects = any ? g_strsplit(truth->defects, "+", -1) : NULL;

	add_text(reply, "serial", truth->serial);
	add_strings(reply, "defects", defects);
	add_text(reply, "degraded", truth->degraded);
	add_boolean(reply, "dirty", truth->dirty);
	add_boolean(reply, "calibrated", truth->calibrated);
	add_boolean(reply, "good", truth->good);
	add_strings(reply, "why", truth->why);
	const struct world_truth_corner *room = &truth->corners[WORLD_CORNER_ROOM];
	add_number(reply, "temp_error_degc", room->temp_error_degc);
	add_number(reply, "vcc_error_v", room->vcc_error_v);
	add_number(reply, "power_w", room->power_w);
	add_truth_lanes(reply, truth->lanes);
	json_builder_set_member_name(reply, "corners");
	json_builder_begin_array(reply);
	for (int i = 0; i < WORLD_CORNERS; i++)
		add_truth_corner(reply, &truth->corners[i]);
	json_builder_end_array(reply);
}

enum lane_value { TX_LIGHT, RX_LIGHT, ATTENUATOR_OPEN, ATTENUATOR_DB, PPG_ON, BIAS_PART };

static void add_lane(JsonBuilder *reply, const struct world_site_state *state,
                     enum lane_value value, guint lane)
{
	double dbm = value == TX_LIGHT ? unit_dbm_from_watt(state->tx_power_w[lane])
	                               : unit_dbm_from_watt(state->rx_power_w[lane]);
	switch (value) {
	case TX_LIGHT:
	case RX_LIGHT:
		if (isfinite(dbm))
			json_builder_add_double_value(reply, dbm);
		else
			json_builder_add_null_value(reply);
		break;
	case ATTENUATOR_OPEN:
		json_builder_add_boolean_value(reply, state->attenuator_open[lane]);
		break;
	case ATTENUATOR_DB:
		json_builder_add_double_value(reply, state->attenuator_db[lane]);
		break;
	case PPG_ON:
		json_builder_add_boolean_value(reply, state->ppg_on[lane]);
		break;
	case BIAS_PART:
		json_builder_add_double_value(reply, state->bias_part[lane]);
		break;
	}
}

static void add_lanes(JsonBuilder *reply, const char *name, const struct world_site_state *state,
                      enum lane_value value)
{
	json_builder_set_member_name(reply, name);
	json_builder_begin_array(reply);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		add_lane(reply, state, value, lane);
	json_builder_end_array(reply);
}

static void add_pins(JsonBuilder *reply, struct sim_fixture *fixture)
{
	static const char *const pins[] = {"ResetL", "LPMode", "ModSelL", "ModPrsL", "IntL"};

	json_builder_set_member_name(reply, "pins");
	json_builder_begin_object(reply);
	for (guint i = 0; i < G_N_ELEMENTS(pins); i++) {
		gboolean level = FALSE;
		if (!sim_fixture_level(fixture, pins[i], &level))
			continue;
		json_builder_set_member_name(reply, pins[i]);
		json_builder_add_int_value(reply, level ? 1 : 0);
	}
	json_builder_end_object(reply);
}

static void add_module(JsonBuilder *reply, struct sim_fixture *fixture)
{
	struct sim_module_status status = {0};
	sim_module_status(sim_fixture_module(fixture), &status);

	add_text(reply, "module_state", status.state);
	add_boolean(reply, "committing", status.committing);
	json_builder_set_member_name(reply, "data_path");
	json_builder_begin_array(reply);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		json_builder_add_string_value(reply, status.data_path[lane]);
	json_builder_end_array(reply);
}

void control_report_state(JsonBuilder *reply, struct world *world, struct sim_fixture *fixture,
                          guint site)
{
	struct world_site_state state;
	world_site_state(world, site, &state);

	json_builder_set_member_name(reply, "site");
	json_builder_add_int_value(reply, site + 1);
	add_text(reply, "module", state.serial);
	add_boolean(reply, "supply_on", state.supply_on);
	add_number(reply, "supply_v", state.supply_v);
	add_boolean(reply, "powered", state.powered);
	add_lanes(reply, "tx_light", &state, TX_LIGHT);
	add_lanes(reply, "rx_light", &state, RX_LIGHT);
	add_lanes(reply, "attenuator_open", &state, ATTENUATOR_OPEN);
	add_lanes(reply, "attenuator_db", &state, ATTENUATOR_DB);
	add_lanes(reply, "ppg_on", &state, PPG_ON);
	add_lanes(reply, "bias_part", &state, BIAS_PART);
	json_builder_set_member_name(reply, "switch_channel");
	json_builder_add_int_value(reply, state.switch_channel < 0 ? 0 : state.switch_channel + 1);
	add_number(reply, "case_degc", state.case_degc);
	add_number(reply, "internal_degc", state.internal_degc);
	add_boolean(reply, "thermal_flow", state.thermal_flow);
	json_builder_set_member_name(reply, "insertions");
	json_builder_add_int_value(reply, sim_fixture_insertions(fixture));
	add_module(reply, fixture);
	add_pins(reply, fixture);
	control_report_beside(reply, fixture);
	add_number(reply, "time_s", world_now_s(world));
	add_number(reply, "time_scale", world_time_scale(world));
}

void control_report_command(JsonBuilder *reply, const struct control_command *command)
{
	json_builder_begin_object(reply);
	add_text(reply, "name", command->name);
	add_text(reply, "parameters", command->parameters);
	add_text(reply, "help", command->help);
	if (command->repair)
		add_text(reply, "repair", command->repair);
	json_builder_end_object(reply);
}

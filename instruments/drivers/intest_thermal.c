/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * inTEST (Temptronic) ATS-545 ThermoStream.
 * Source: ATS-545/645 manual rev B (2015), as in pymeasure's driver. It speaks no SCPI: short
 * words, no error queue, but a register of faults.
 */
#include "instruments/drivers/drivers.h"

#include "base/error.h"
#include "instruments/command.h"
#include "instruments/thermal.h"

#include <string.h>

/* It wants 50 ms of quiet between messages. */
static const struct link_settings settings = {
	.framing = LINK_FRAMING_LINE,
	.write_end = LINK_END_LF,
	.read_end = LINK_END_LF,
	.stall_s = 5,
	.gap_s = 0.05,
};

static const struct scpi_dialect dialect = {
	.name = "inTEST ThermoStream",
	.link = &settings,
	.identify = "*IDN?",
	.clear_status = "CLER",
	.error_query = NULL,
	.opc = SCPI_OPC_ABSENT,
};

static const struct thermal_facts facts = {
	.means = THERMAL_AIR,
	.keeps_soak = TRUE,
	.degc_min = -80,
	.degc_max = 225,
	.degc_resolution = 0.1,
	.window_min_degc = 0.1,
	.window_max_degc = 9.9,
	.soak_max_s = 9999,
};

static const struct instrument_model models[] = {
	{"ATS-545", 0, 5, EVIDENCE_TESTED_SIM, {.thermal = &facts}},
};

/* Above it TEMP? means: none. */
static const double invalid_degc = 400;

enum row {
	REMOTE,
	DUT_MODE,
	DUT_SENSOR,
	WINDOW,
	WINDOW_ASK,
	SOAK,
	SOAK_ASK,
	SET_POINT,
	TEMPERATURE,
	TEMPERATURE_ASK,
	HEAD,
	HEAD_ASK,
	FLOW,
	PRESENT_ASK,
	STATUS_ASK,
	FAULTS_ASK,
};

static const struct command commands[] = {
	[REMOTE] = COMMAND_SET("%RM", NONE),
	[DUT_MODE] = COMMAND_SET_BOOLEAN("DUTM", NONE),
	[DUT_SENSOR] = COMMAND_SET_INTEGER("DSNS", NONE), /* 0 none, 1 type T, 2 type K */
	[WINDOW] = COMMAND_SET_NUMBER("WNDW", NONE, 4),
	[WINDOW_ASK] = COMMAND_ASK("WNDW?", NONE),
	[SOAK] = COMMAND_SET_INTEGER("SOAK", NONE),
	[SOAK_ASK] = COMMAND_ASK("SOAK?", NONE),
	[SET_POINT] = COMMAND_SET_INTEGER("SETN", NONE), /* 0 hot, 1 ambient, 2 cold */
	[TEMPERATURE] = COMMAND_SET_NUMBER("SETP", NONE, 5),
	[TEMPERATURE_ASK] = COMMAND_ASK("SETP?", NONE),
	[HEAD] = COMMAND_SET_BOOLEAN("HEAD", NONE), /* 1 is down */
	[HEAD_ASK] = COMMAND_ASK("HEAD?", NONE),
	[FLOW] = COMMAND_SET_BOOLEAN("FLOW", NONE),
	[PRESENT_ASK] = COMMAND_ASK("TEMP?", NONE),
	[STATUS_ASK] = COMMAND_ASK("TECR?", NONE),
	[FAULTS_ASK] = COMMAND_ASK("EROR?", NONE),
};

/* Bits of EROR?. */
static const char *const fault_names[16] = {
	[0] = "overheat",        [1] = "air open loop",
	[3] = "low flow",        [4] = "low input pressure",
	[5] = "air sensor open", [7] = "internal",
	[9] = "flow sensor",     [10] = "line sense",
	[11] = "NVRAM",          [12] = "BVRAM",
	[14] = "no DUT sensor",
};

enum { STATUS_AT_TEMPERATURE = 1 << 0 };

struct state {
	int sensor; /* as DSNS takes it */
};

static gboolean prepare(struct instrument *thermal, GError **error)
{
	static const char *const sensors[] = {"none", "T", "K"};
	const char *wanted = instrument_parameter(thermal, "sensor");
	struct state *state = g_new0(struct state, 1);
	thermal->state = state;
	for (guint i = 0; wanted && i < G_N_ELEMENTS(sensors); i++) {
		if (strcmp(wanted, sensors[i]) == 0) {
			state->sensor = (int)i;
			return TRUE;
		}
	}
	if (!wanted)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "sensor: \"%s\" is neither none nor T nor K",
	                  wanted);
	return FALSE;
}

static gboolean check_faults(struct instrument *thermal, const struct bounds *bounds,
                             GError **error)
{
	gint64 faults = 0;
	if (!command_ask_integer(thermal, &commands[FAULTS_ASK], NULL, &faults, bounds, error))
		return FALSE;
	if (faults == 0)
		return TRUE;
	g_autoptr(GString) names = g_string_new(NULL);
	for (guint bit = 0; bit < G_N_ELEMENTS(fault_names); bit++) {
		if (((faults >> bit) & 1) && fault_names[bit])
			g_string_append_printf(names, ", %s", fault_names[bit]);
	}
	station_error_set(error, STATION_ERROR_INSTRUMENT, "EROR? %" G_GINT64_FORMAT "%s", faults,
	                  names->str);
	return FALSE;
}

static gboolean start(struct instrument *thermal, const struct bounds *bounds, GError **error)
{
	const struct state *state = thermal->state;
	return command_send(thermal, &commands[REMOTE], NULL, bounds, error) &&
	       command_send_number(thermal, &commands[DUT_SENSOR], NULL, state->sensor, bounds,
	                           error) &&
	       command_send_number(thermal, &commands[DUT_MODE], NULL, state->sensor != 0, bounds,
	                           error) &&
	       check_faults(thermal, bounds, error);
}

static gboolean set_window(struct instrument *thermal, double window_degc, double soak_s,
                           const struct bounds *bounds, GError **error)
{
	return command_set_verified(thermal, &commands[WINDOW], &commands[WINDOW_ASK], NULL,
	                            window_degc, facts.degc_resolution / 2, "window", bounds,
	                            error) &&
	       command_set_verified(thermal, &commands[SOAK], &commands[SOAK_ASK], NULL, soak_s,
	                            0.5, "soak time", bounds, error) &&
	       check_faults(thermal, bounds, error);
}

/* On the manual screen each of the three set points has its own range. */
static int set_point_for(double degc)
{
	if (degc <= 20)
		return 2;
	return degc >= 30 ? 0 : 1;
}

static gboolean set_degc(struct instrument *thermal, double degc, const struct bounds *bounds,
                         GError **error)
{
	return command_send_number(thermal, &commands[SET_POINT], NULL, set_point_for(degc), bounds,
	                           error) &&
	       command_set_verified(thermal, &commands[TEMPERATURE], &commands[TEMPERATURE_ASK],
	                            NULL, degc, facts.degc_resolution / 2 + 1e-9, "temperature",
	                            bounds, error) &&
	       check_faults(thermal, bounds, error);
}

static gboolean start_flow(struct instrument *thermal, const struct bounds *bounds, GError **error)
{
	return command_switch_verified(thermal, &commands[HEAD], &commands[HEAD_ASK], NULL, TRUE,
	                               "head", bounds, error) &&
	       command_send_number(thermal, &commands[FLOW], NULL, 1, bounds, error) &&
	       check_faults(thermal, bounds, error);
}

static gboolean stop_flow(struct instrument *thermal, const struct bounds *bounds, GError **error)
{
	GError *first = NULL;
	GError *next = NULL;
	command_send_number(thermal, &commands[FLOW], NULL, 0, bounds, &first);
	command_switch_verified(thermal, &commands[HEAD], &commands[HEAD_ASK], NULL, FALSE, "head",
	                        bounds, &next);
	command_keep_first(&first, next);
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

static gboolean read_degc(struct instrument *thermal, double *degc, const struct bounds *bounds,
                          GError **error)
{
	double present = 0;
	if (!command_ask_number(thermal, &commands[PRESENT_ASK], NULL, &present, bounds, error))
		return FALSE;
	if (present > invalid_degc) {
		station_error_set(error, STATION_ERROR_DATA, "TEMP?: no valid temperature");
		return FALSE;
	}
	*degc = present;
	return TRUE;
}

static gboolean at_temperature(struct instrument *thermal, gboolean *settled,
                               const struct bounds *bounds, GError **error)
{
	gint64 status = 0;
	if (!check_faults(thermal, bounds, error) ||
	    !command_ask_integer(thermal, &commands[STATUS_ASK], NULL, &status, bounds, error))
		return FALSE;
	*settled = (status & STATUS_AT_TEMPERATURE) != 0;
	return TRUE;
}

static const struct thermal_ops ops = {
	.set_window = set_window,
	.set_degc = set_degc,
	.start = start_flow,
	.stop = stop_flow,
	.read_degc = read_degc,
	.at_temperature = at_temperature,
};

/* from memory: the identity's first field */
static const char *const makers[] = {"inTEST", "Temptronic", NULL};
static const char *const parameters[] = {"sensor", NULL};

const struct instrument_driver intest_thermal_driver = {
	.name = "intest-thermal",
	.class = INSTRUMENT_THERMAL,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 10,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.thermal = &ops,
	.prepare = prepare,
	.start = start,
	.safe_state = stop_flow,
};

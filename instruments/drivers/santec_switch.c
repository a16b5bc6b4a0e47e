/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Santec (JGR) OSX-100 optical switch.
 * Source: OSX User Manual, M-OSX_SX1-001.04.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "instruments/command.h"
#include "instruments/optical_switch.h"

#include <string.h>

enum { MAX_MODULES = 8, MAX_SWITCH_CHANNELS = 1000 };

static const struct scpi_dialect dialect = {
	.name = "Santec OSX",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 30, /* from memory */
	.opc = SCPI_OPC_BLOCKS,
};

static const struct optical_switch_facts facts = {
	.max_modules = MAX_MODULES,
	.poll_s = 0.01, /* the manual's example: 10 ms, 300 times */
	.move_s = 3,
};

static const struct instrument_model models[] = {
	{"OSX-100", 0, 3, EVIDENCE_TESTED_SIM, {.optical_switch = &facts}},
};

enum row {
	CATALOG_ASK,
	ROUTE,
	ROUTE_ASK,
	MOVING_ASK,
};

static const struct command commands[] = {
	[CATALOG_ASK] = COMMAND_ASK("MODule:CATalog?", NONE),
	[ROUTE] = COMMAND_SET_INTEGER("ROUTe#:CHANnel", HASH),
	[ROUTE_ASK] = COMMAND_ASK("ROUTe#:CHANnel?", HASH),
	[MOVING_ASK] = COMMAND_ASK(":STAT:OPER:COND?", NONE),
};

struct state {
	guint n_modules;
	guint n_channels[MAX_MODULES];
};

/* "SX 1Ax24": what stands after the last x is the number of channels. */
static gboolean parse_module(const char *entry, guint *n_channels, GError **error)
{
	g_autofree char *type = g_strdup(entry);
	g_strdelimit(type, "\"'", ' ');
	const char *x = strrchr(type, 'x');
	gint64 n = 0;
	g_autoptr(GError) reason = NULL;
	if (!x || !number_parse_int(x + 1, 1, MAX_SWITCH_CHANNELS, &n, &reason)) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "MODule:CATalog?: \"%s\" has no number of channels", entry);
		return FALSE;
	}
	*n_channels = (guint)n;
	return TRUE;
}

static gboolean start(struct instrument *optical_switch, const struct bounds *bounds,
                      GError **error)
{
	struct state *state = g_new0(struct state, 1);
	optical_switch->state = state;
	g_autofree char *catalog = NULL;
	if (!command_ask_text(optical_switch, &commands[CATALOG_ASK], NULL, &catalog, bounds,
	                      error))
		return FALSE;
	g_auto(GStrv) entries = scpi_split(catalog, ',');
	guint n = g_strv_length(entries);
	if (n == 0 || n > MAX_MODULES) {
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "MODule:CATalog?: %u modules, expected 1 to %d", n, MAX_MODULES);
		return FALSE;
	}
	for (guint i = 0; i < n; i++) {
		if (!parse_module(entries[i], &state->n_channels[i], error))
			return FALSE;
	}
	state->n_modules = n;
	return command_check(optical_switch, bounds, error);
}

static gboolean check_place(const struct state *state, guint module, guint channel, GError **error)
{
	if (module > state->n_modules) {
		station_error_set(error, STATION_ERROR_RANGE, "no module %u; there are %u", module,
		                  state->n_modules);
		return FALSE;
	}
	if (channel < 1 || channel > state->n_channels[module - 1]) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "no channel %u; module %u has 1 to %u", channel, module,
		                  state->n_channels[module - 1]);
		return FALSE;
	}
	return TRUE;
}

/* It answers while the mirrors still move. */
static gboolean wait_arrived(struct instrument *optical_switch, const struct bounds *bounds,
                             GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.move_s + optical_switch->model->answer_s);
	for (;;) {
		gint64 moving = 0;
		if (!command_ask_integer(optical_switch, &commands[MOVING_ASK], NULL, &moving,
		                         &inner, error))
			return FALSE;
		if (moving == 0)
			return TRUE;
		if (!clock_sleep_s(facts.poll_s, &inner, error)) {
			g_prefix_error(error, "still moving: ");
			return FALSE;
		}
	}
}

static gboolean route(struct instrument *optical_switch, guint module, guint channel,
                      const struct bounds *bounds, GError **error)
{
	if (!check_place(optical_switch->state, module, channel, error))
		return FALSE;
	char place[12];
	gint64 arrived = 0;
	g_snprintf(place, sizeof place, "%u", module);
	if (!command_send_number(optical_switch, &commands[ROUTE], place, channel, bounds, error) ||
	    !command_check(optical_switch, bounds, error) ||
	    !wait_arrived(optical_switch, bounds, error) ||
	    !command_ask_integer(optical_switch, &commands[ROUTE_ASK], place, &arrived, bounds,
	                         error))
		return FALSE;
	if (arrived == channel)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "module %u told to go to channel %u is at %" G_GINT64_FORMAT, module,
	                  channel, arrived);
	return FALSE;
}

static const struct optical_switch_ops ops = {
	.route = route,
};

static const char *const makers[] = {"Santec", "JGR", NULL};
static const char *const parameters[] = {NULL};

const struct instrument_driver santec_switch_driver = {
	.name = "santec-switch",
	.class = INSTRUMENT_OPTICAL_SWITCH,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 10,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.optical_switch = &ops,
	.start = start,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Keysight N7731A and N7734A optical switches.
 * Source: Keysight N77xx Series Programming Guide, 9018-02434, 7th edition, 2015. From memory: that
 * the second switch of the N7731A is ROUTe2, times of movement. Which ports a switch has it tells
 * itself.
 */
#include "instruments/drivers/drivers.h"

#include "base/error.h"
#include "instruments/command.h"
#include "instruments/optical_switch.h"

#include <string.h>

enum { MAX_MODULES = 2 };

static const struct scpi_dialect dialect = {
	.name = "Keysight N77xx",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 30,
	.opc = SCPI_OPC_POLLED,
};

static const struct optical_switch_facts one_switch = {.max_modules = 1,
                                                       .poll_s = 0.005,
                                                       .move_s = 1};
static const struct optical_switch_facts two_switches = {.max_modules = MAX_MODULES,
                                                         .poll_s = 0.005,
                                                         .move_s = 1};

static const struct instrument_model models[] = {
	{"N7734A", 0, 5, EVIDENCE_TESTED_SIM, {.optical_switch = &one_switch}},
	{"N7731A", 0, 5, EVIDENCE_UNTESTED, {.optical_switch = &two_switches}},
};

enum row {
	PORTS_ASK,
	ROUTE,
	ROUTE_ASK,
};

static const struct command commands[] = {
	[PORTS_ASK] = COMMAND_ASK(":ROUT#:CONF?", HASH),
	[ROUTE] = {":ROUT#:CHAN1", COMMAND_PLACE_HASH, COMMAND_WORD},
	[ROUTE_ASK] = COMMAND_ASK(":ROUT#:CHAN1?", HASH),
};

struct state {
	guint n_channels[MAX_MODULES];
};

static void place_of(guint module, char place[12])
{
	g_snprintf(place, 12, "%u", module);
}

/* "A;1,2,3,4": common ports, then the others, which are counted. */
static gboolean parse_ports(const char *text, guint *n_channels, GError **error)
{
	g_auto(GStrv) sides = g_strsplit(text, ";", -1);
	if (g_strv_length(sides) == 2) {
		g_auto(GStrv) commons = scpi_split(sides[0], ',');
		g_auto(GStrv) ports = scpi_split(sides[1], ',');
		guint n = g_strv_length(ports);
		gboolean counted = n > 0;
		for (guint i = 0; counted && i < n; i++) {
			g_autofree char *number = g_strdup_printf("%u", i + 1);
			counted = strcmp(ports[i], number) == 0;
		}
		if (counted && g_strv_length(commons) == 1 && strcmp(commons[0], "A") == 0) {
			*n_channels = n;
			return TRUE;
		}
	}
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "the ports \"%s\" are not those of a 1xN switch: A;1,2,...", text);
	return FALSE;
}

static gboolean start(struct instrument *optical_switch, const struct bounds *bounds,
                      GError **error)
{
	struct state *state = g_new0(struct state, 1);
	optical_switch->state = state;
	for (guint module = 1; module <= optical_switch->model->optical_switch->max_modules;
	     module++) {
		g_autofree char *ports = NULL;
		char place[12];
		place_of(module, place);
		if (!command_ask_text(optical_switch, &commands[PORTS_ASK], place, &ports, bounds,
		                      error) ||
		    !command_check(optical_switch, bounds, error) ||
		    !parse_ports(ports, &state->n_channels[module - 1], error)) {
			g_prefix_error(error, "switch %u: ", module);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean wait_arrived(struct instrument *optical_switch, const struct bounds *bounds,
                             GError **error)
{
	const struct optical_switch_facts *facts = optical_switch->model->optical_switch;
	struct bounds inner =
		bounds_within(bounds, facts->move_s + optical_switch->model->answer_s);
	return scpi_wait_opc(optical_switch->scpi, facts->poll_s, &inner, error);
}

static gboolean route(struct instrument *optical_switch, guint module, guint channel,
                      const struct bounds *bounds, GError **error)
{
	const struct state *state = optical_switch->state;
	guint n_channels = state->n_channels[module - 1];
	if (channel < 1 || channel > n_channels) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "no channel %u; module %u has 1 to %u", channel, module,
		                  n_channels);
		return FALSE;
	}
	char place[12];
	place_of(module, place);
	g_autofree char *wanted = g_strdup_printf("A,%u", channel);
	g_autofree char *arrived = NULL;
	if (!command_send_word(optical_switch, &commands[ROUTE], place, wanted, bounds, error) ||
	    !command_check(optical_switch, bounds, error) ||
	    !wait_arrived(optical_switch, bounds, error) ||
	    !command_ask_text(optical_switch, &commands[ROUTE_ASK], place, &arrived, bounds, error))
		return FALSE;
	if (strcmp(arrived, wanted) == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT, "module %u told to go to %s is at %s",
	                  module, wanted, arrived);
	return FALSE;
}

static const struct optical_switch_ops ops = {
	.route = route,
};

static const char *const makers[] = {"Keysight", "Agilent", NULL};
static const char *const parameters[] = {NULL};

const struct instrument_driver keysight_switch_driver = {
	.name = "keysight-switch",
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

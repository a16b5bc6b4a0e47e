/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Keysight E36312A triple output supply.
 * Source: libsigrok src/hardware/scpi-pps/profiles.c (ranges read from a unit), pymeasure and
 * Qcodes drivers for the channel list form.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "instruments/command.h"
#include "instruments/supply.h"

static const struct scpi_dialect dialect = {
	.name = "Keysight E36300",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 20,      /* from memory */
	.opc = SCPI_OPC_BLOCKS, /* from memory */
};

/* resolutions from memory */
static const struct supply_channel_facts e36312a_channels[] = {
	{0, 6.18, 0.002, 5.15, 0.002, 0.002},
	{0, 25.75, 0.001, 1.03, 0.005, 0.002},
	{0, 25.75, 0.001, 1.03, 0.005, 0.002},
};

static const struct supply_facts e36312a = {
	.channels = e36312a_channels, .settle_s = 0.1, /* from memory */
};

static const struct instrument_model models[] = {
	{"E36312A", 3, 3, EVIDENCE_TESTED_SIM, {.supply = &e36312a}},
};

enum row {
	VOLT,
	VOLT_ASK,
	CURRENT,
	CURRENT_ASK,
	OUTPUT,
	OUTPUT_ASK,
	MEASURE_VOLT,
	MEASURE_CURRENT,
	SELECT,
	OVER_VOLT_TRIPPED,
	OVER_CURRENT_TRIPPED,
};

static const struct command commands[] = {
	[VOLT] = COMMAND_SET_NUMBER("VOLT", LIST, 7),
	[VOLT_ASK] = COMMAND_ASK("VOLT?", LIST),
	[CURRENT] = COMMAND_SET_NUMBER("CURR", LIST, 7),
	[CURRENT_ASK] = COMMAND_ASK("CURR?", LIST),
	[OUTPUT] = COMMAND_SET_BOOLEAN("OUTP", LIST),
	[OUTPUT_ASK] = COMMAND_ASK("OUTP?", LIST),
	[MEASURE_VOLT] = COMMAND_ASK("MEAS:VOLT?", LIST),
	[MEASURE_CURRENT] = COMMAND_ASK("MEAS:CURR?", LIST),
	[SELECT] = COMMAND_SET_INTEGER(":INST:NSEL", NONE),
	[OVER_VOLT_TRIPPED] = COMMAND_ASK(":VOLT:PROT:TRIP?", NONE),
	[OVER_CURRENT_TRIPPED] = COMMAND_ASK(":CURR:PROT:TRIP?", NONE),
};

static void list_of(guint channel, char list[12])
{
	g_snprintf(list, 12, "%u", channel);
}

static gboolean set(struct instrument *supply, guint channel, double volt, double current_limit_a,
                    const struct bounds *bounds, GError **error)
{
	const struct supply_channel_facts *facts = &supply->model->supply->channels[channel - 1];
	char list[12];
	list_of(channel, list);
	/* The limit first: the new voltage must not meet the old limit. */
	return command_set_verified(supply, &commands[CURRENT], &commands[CURRENT_ASK], list,
	                            current_limit_a, facts->ampere_resolution, "current limit",
	                            bounds, error) &&
	       command_set_verified(supply, &commands[VOLT], &commands[VOLT_ASK], list, volt,
	                            facts->volt_resolution, "voltage", bounds, error);
}

static gboolean switch_output(struct instrument *supply, guint channel, gboolean on,
                              const struct bounds *bounds, GError **error)
{
	char list[12];
	list_of(channel, list);
	return command_switch_verified(supply, &commands[OUTPUT], &commands[OUTPUT_ASK], list, on,
	                               "output", bounds, error);
}

static gboolean set_output(struct instrument *supply, guint channel, gboolean on,
                           const struct bounds *bounds, GError **error)
{
	return switch_output(supply, channel, on, bounds, error) &&
	       clock_sleep_s(supply->model->supply->settle_s, bounds, error);
}

static gboolean is_on(struct instrument *supply, guint channel, gboolean *on,
                      const struct bounds *bounds, GError **error)
{
	char list[12];
	list_of(channel, list);
	return command_ask_boolean(supply, &commands[OUTPUT_ASK], list, on, bounds, error) &&
	       command_check(supply, bounds, error);
}

static gboolean measure(struct instrument *supply, guint channel, double *volt, double *ampere,
                        const struct bounds *bounds, GError **error)
{
	char list[12];
	double volt_now = 0;
	double ampere_now = 0;
	list_of(channel, list);
	if (!command_ask_number(supply, &commands[MEASURE_VOLT], list, &volt_now, bounds, error) ||
	    !command_ask_number(supply, &commands[MEASURE_CURRENT], list, &ampere_now, bounds,
	                        error) ||
	    !command_check(supply, bounds, error))
		return FALSE;
	*volt = volt_now;
	*ampere = ampere_now;
	return TRUE;
}

static gboolean protection_tripped(struct instrument *supply, guint channel, gboolean *tripped,
                                   const struct bounds *bounds, GError **error)
{
	gboolean over_volt = FALSE;
	gboolean over_current = FALSE;
	if (!command_send_number(supply, &commands[SELECT], NULL, channel, bounds, error) ||
	    !command_check(supply, bounds, error) ||
	    !command_ask_boolean(supply, &commands[OVER_VOLT_TRIPPED], NULL, &over_volt, bounds,
	                         error) ||
	    !command_ask_boolean(supply, &commands[OVER_CURRENT_TRIPPED], NULL, &over_current,
	                         bounds, error))
		return FALSE;
	*tripped = over_volt || over_current;
	return TRUE;
}

static gboolean switch_off(struct instrument *supply, guint channel, const struct bounds *bounds,
                           GError **error)
{
	return switch_output(supply, channel, FALSE, bounds, error);
}

static gboolean safe_state(struct instrument *supply, const struct bounds *bounds, GError **error)
{
	return command_each_channel(supply, switch_off, bounds, error);
}

static const struct supply_ops ops = {
	.set = set,
	.set_output = set_output,
	.is_on = is_on,
	.measure = measure,
	.protection_tripped = protection_tripped,
};

static const char *const makers[] = {"Keysight", NULL};
static const char *const parameters[] = {NULL};

const struct instrument_driver keysight_supply_driver = {
	.name = "keysight-supply",
	.class = INSTRUMENT_SUPPLY,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 10,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.supply = &ops,
	.safe_state = safe_state,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Rigol DP800 series supplies.
 * Source: libsigrok src/hardware/scpi-pps/profiles.c and the Qcodes driver for the commands and for
 * the ranges of DP832. From memory: ":INST:NSEL?", the words of the protection queries, the error
 * queue, the ranges of the others.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/command.h"
#include "instruments/supply.h"

static const struct scpi_dialect dialect = {
	.name = "Rigol DP800",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 20,      /* from memory */
	.opc = SCPI_OPC_BLOCKS, /* from memory */
};

/* resolutions from memory */
static const struct supply_channel_facts dp832_channels[] = {
	{0, 30, 0, 3, 0.002, 0.002},
	{0, 30, 0, 3, 0.002, 0.002},
	{0, 5, 0, 3, 0.002, 0.002},
};

/* The third one is negative. */
static const struct supply_channel_facts dp831_channels[] = {
	{0, 8, 0, 5, 0.002, 0.002},
	{0, 30, 0, 2, 0.002, 0.002},
	{-30, 0, 0, 2, 0.002, 0.002},
};

static const struct supply_channel_facts dp821_channels[] = {
	{0, 60, 0, 1, 0.01, 0.002},
	{0, 8, 0, 10, 0.002, 0.002},
};

/* It has two ranges, 20 V 10 A and 40 V 5 A: what is in both. */
static const struct supply_channel_facts dp811_channels[] = {
	{0, 20, 0, 5, 0.01, 0.002},
};

/* settling times from memory */
static const struct supply_facts dp832 = {.channels = dp832_channels, .settle_s = 0.2};
static const struct supply_facts dp831 = {.channels = dp831_channels, .settle_s = 0.2};
static const struct supply_facts dp821 = {.channels = dp821_channels, .settle_s = 0.2};
static const struct supply_facts dp811 = {.channels = dp811_channels, .settle_s = 0.2};

static const struct instrument_model models[] = {
	{"DP832", 3, 3, EVIDENCE_TESTED_SIM, {.supply = &dp832}},
	{"DP832A", 3, 3, EVIDENCE_UNTESTED, {.supply = &dp832}},
	{"DP831", 3, 3, EVIDENCE_UNTESTED, {.supply = &dp831}},
	{"DP831A", 3, 3, EVIDENCE_UNTESTED, {.supply = &dp831}},
	{"DP821", 2, 3, EVIDENCE_UNTESTED, {.supply = &dp821}},
	{"DP821A", 2, 3, EVIDENCE_UNTESTED, {.supply = &dp821}},
	{"DP811", 1, 3, EVIDENCE_UNTESTED, {.supply = &dp811}},
	{"DP811A", 1, 3, EVIDENCE_UNTESTED, {.supply = &dp811}},
};

enum row {
	SELECT,
	SELECT_ASK,
	VOLT,
	VOLT_ASK,
	CURRENT,
	CURRENT_ASK,
	OUTPUT,
	OUTPUT_ASK,
	MEASURE_VOLT,
	MEASURE_CURRENT,
	OVER_VOLT_TRIPPED,
	OVER_CURRENT_TRIPPED,
};

static const struct command commands[] = {
	[SELECT] = COMMAND_SET_INTEGER(":INST:NSEL", NONE),
	[SELECT_ASK] = COMMAND_ASK(":INST:NSEL?", NONE),
	[VOLT] = COMMAND_SET_NUMBER(":SOUR:VOLT", NONE, 7),
	[VOLT_ASK] = COMMAND_ASK(":SOUR:VOLT?", NONE),
	[CURRENT] = COMMAND_SET_NUMBER(":SOUR:CURR", NONE, 7),
	[CURRENT_ASK] = COMMAND_ASK(":SOUR:CURR?", NONE),
	[OUTPUT] = COMMAND_SET_WORD(":OUTP", NONE),
	[OUTPUT_ASK] = COMMAND_ASK(":OUTP?", NONE),
	[MEASURE_VOLT] = COMMAND_ASK(":MEAS:VOLT?", NONE),
	[MEASURE_CURRENT] = COMMAND_ASK(":MEAS:CURR?", NONE),
	[OVER_VOLT_TRIPPED] = COMMAND_ASK(":OUTP:OVP:QUES?", NONE),
	[OVER_CURRENT_TRIPPED] = COMMAND_ASK(":OUTP:OCP:QUES?", NONE),
};

/*
 * There are no channel lists: what follows goes to the channel selected, also by somebody at the
 * front panel. Each operation selects anew and looks whether that is so.
 */
static gboolean select_channel(struct instrument *supply, guint channel,
                               const struct bounds *bounds, GError **error)
{
	return command_set_verified(supply, &commands[SELECT], &commands[SELECT_ASK], NULL, channel,
	                            0, "channel", bounds, error);
}

static gboolean set(struct instrument *supply, guint channel, double volt, double current_limit_a,
                    const struct bounds *bounds, GError **error)
{
	const struct supply_channel_facts *facts = &supply->model->supply->channels[channel - 1];
	/* The limit first: the new voltage must not meet the old limit. */
	return select_channel(supply, channel, bounds, error) &&
	       command_set_verified(supply, &commands[CURRENT], &commands[CURRENT_ASK], NULL,
	                            current_limit_a, facts->ampere_resolution, "current limit",
	                            bounds, error) &&
	       command_set_verified(supply, &commands[VOLT], &commands[VOLT_ASK], NULL, volt,
	                            facts->volt_resolution, "voltage", bounds, error);
}

static gboolean switch_output(struct instrument *supply, guint channel, gboolean on,
                              const struct bounds *bounds, GError **error)
{
	gboolean is_on = !on;
	if (!select_channel(supply, channel, bounds, error) ||
	    !command_send_word(supply, &commands[OUTPUT], NULL, on ? "ON" : "OFF", bounds, error) ||
	    !command_check(supply, bounds, error) ||
	    !command_ask_boolean(supply, &commands[OUTPUT_ASK], NULL, &is_on, bounds, error))
		return FALSE;
	if (!is_on == !on)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "output %u switched %s, but the instrument says it is %s", channel,
	                  on ? "on" : "off", is_on ? "on" : "off");
	return FALSE;
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
	return select_channel(supply, channel, bounds, error) &&
	       command_ask_boolean(supply, &commands[OUTPUT_ASK], NULL, on, bounds, error) &&
	       command_check(supply, bounds, error);
}

static gboolean measure(struct instrument *supply, guint channel, double *volt, double *ampere,
                        const struct bounds *bounds, GError **error)
{
	double volt_now = 0;
	double ampere_now = 0;
	if (!select_channel(supply, channel, bounds, error) ||
	    !command_ask_number(supply, &commands[MEASURE_VOLT], NULL, &volt_now, bounds, error) ||
	    !command_ask_number(supply, &commands[MEASURE_CURRENT], NULL, &ampere_now, bounds,
	                        error) ||
	    !command_check(supply, bounds, error))
		return FALSE;
	*volt = volt_now;
	*ampere = ampere_now;
	return TRUE;
}

/* YES or NO; other firmware may answer as the rest of the world. */
static gboolean ask_tripped(struct instrument *supply, const struct command *ask, gboolean *tripped,
                            const struct bounds *bounds, GError **error)
{
	g_autofree char *answer = NULL;
	if (!command_ask_text(supply, ask, NULL, &answer, bounds, error))
		return FALSE;
	gboolean yes = g_ascii_strcasecmp(answer, "YES") == 0;
	if (yes || g_ascii_strcasecmp(answer, "NO") == 0) {
		*tripped = yes;
		return TRUE;
	}
	if (scpi_parse_bool(answer, tripped, error))
		return TRUE;
	g_prefix_error(error, "%s: ", ask->header);
	return FALSE;
}

static gboolean protection_tripped(struct instrument *supply, guint channel, gboolean *tripped,
                                   const struct bounds *bounds, GError **error)
{
	gboolean over_volt = FALSE;
	gboolean over_current = FALSE;
	if (!select_channel(supply, channel, bounds, error) ||
	    !ask_tripped(supply, &commands[OVER_VOLT_TRIPPED], &over_volt, bounds, error) ||
	    !ask_tripped(supply, &commands[OVER_CURRENT_TRIPPED], &over_current, bounds, error))
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

static const char *const makers[] = {"Rigol", NULL};
static const char *const parameters[] = {NULL};

const struct instrument_driver rigol_supply_driver = {
	.name = "rigol-supply",
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

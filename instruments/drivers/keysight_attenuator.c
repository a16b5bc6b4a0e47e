/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Keysight N7764A four-channel optical attenuator, and N7768A, the same for multimode fibre.
 * Source: Keysight N77xx Series Programming Guide, 9018-02434, 7th edition, 2015.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/attenuator.h"
#include "instruments/command.h"

static const struct scpi_dialect dialect = {
	.name = "Keysight N77xx",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 30,
	.opc = SCPI_OPC_POLLED,
	.over_range = 1e20,
};

/* All from memory, but the odd slots: the programming guide has commands, not specifications. */
static const struct attenuator_facts facts = {
	.attenuation_min_db = 0,
	.attenuation_max_db = 45,
	.resolution_db = 0.05,
	.wavelength_min_m = 1260e-9,
	.wavelength_max_m = 1640e-9,
	.wavelength_step_m = 100e-12,
	.settle_s = 0.1,
	.move_s = 5,
};

/* For multimode fibre. */
static const struct attenuator_facts multimode_facts = {
	.attenuation_min_db = 0,
	.attenuation_max_db = 45,
	.resolution_db = 0.05,
	.wavelength_min_m = 800e-9,
	.wavelength_max_m = 1370e-9,
	.wavelength_step_m = 100e-12,
	.settle_s = 0.1,
	.move_s = 5,
};

static const struct instrument_model models[] = {
	{"N7764A", 4, 5, EVIDENCE_TESTED_SIM, {.attenuator = &facts}},
	{"N7768A", 4, 5, EVIDENCE_TESTED_SIM, {.attenuator = &multimode_facts}},
	{"N7766A", 2, 5, EVIDENCE_UNTESTED, {.attenuator = &multimode_facts}},
	{"N7762A", 2, 5, EVIDENCE_UNTESTED, {.attenuator = &facts}},
	{"N7761A", 1, 5, EVIDENCE_UNTESTED, {.attenuator = &facts}},
};

enum row {
	ATTENUATION,
	ATTENUATION_ASK,
	OFFSET,
	WAVELENGTH,
	WAVELENGTH_ASK,
	SHUTTER,
	SHUTTER_ASK,
};

static const struct command commands[] = {
	[ATTENUATION] = COMMAND_SET_NUMBER(":INP#:ATT", HASH, 6),
	[ATTENUATION_ASK] = COMMAND_ASK(":INP#:ATT?", HASH),
	[OFFSET] = COMMAND_SET_NUMBER(":INP#:OFFS", HASH, 6),
	[WAVELENGTH] = COMMAND_SET_NUMBER(":INP#:WAV", HASH, 9),
	[WAVELENGTH_ASK] = COMMAND_ASK(":INP#:WAV?", HASH),
	[SHUTTER] = COMMAND_SET_BOOLEAN(":OUTP#:STAT", HASH), /* 1 is open */
	[SHUTTER_ASK] = COMMAND_ASK(":OUTP#:STAT?", HASH),
};

/* An attenuator fills two slots and answers to the odd one. */
static void slot_of(guint channel, char slot[12])
{
	g_snprintf(slot, 12, "%u", 2 * channel - 1);
}

static gboolean start(struct instrument *attenuator, const struct bounds *bounds, GError **error)
{
	for (guint channel = 1; channel <= attenuator->model->n_channels; channel++) {
		char slot[12];
		slot_of(channel, slot);
		/* An offset left by somebody would be in every value we set. */
		if (!command_send_number(attenuator, &commands[SHUTTER], slot, 0, bounds, error) ||
		    !command_send_number(attenuator, &commands[OFFSET], slot, 0, bounds, error))
			return FALSE;
	}
	return command_check(attenuator, bounds, error);
}

/* The end of the movement is all it tells; the light needs a little longer. */
static gboolean wait_settled(struct instrument *attenuator, const struct bounds *bounds,
                             GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.move_s + attenuator->model->answer_s);
	return scpi_wait_opc(attenuator->scpi, 0.02, &inner, error) &&
	       clock_sleep_s(facts.settle_s, bounds, error);
}

static gboolean set_attenuation(struct instrument *attenuator, guint channel, double attenuation_db,
                                const struct bounds *bounds, GError **error)
{
	char slot[12];
	slot_of(channel, slot);
	return command_set_verified(attenuator, &commands[ATTENUATION], &commands[ATTENUATION_ASK],
	                            slot, attenuation_db, facts.resolution_db, "attenuation",
	                            bounds, error) &&
	       wait_settled(attenuator, bounds, error);
}

static gboolean get_attenuation(struct instrument *attenuator, guint channel,
                                double *attenuation_db, const struct bounds *bounds, GError **error)
{
	char slot[12];
	slot_of(channel, slot);
	return command_ask_number(attenuator, &commands[ATTENUATION_ASK], slot, attenuation_db,
	                          bounds, error) &&
	       command_check(attenuator, bounds, error);
}

static gboolean set_wavelength(struct instrument *attenuator, guint channel, double wavelength_m,
                               const struct bounds *bounds, GError **error)
{
	char slot[12];
	slot_of(channel, slot);
	return command_set_verified(attenuator, &commands[WAVELENGTH], &commands[WAVELENGTH_ASK],
	                            slot, wavelength_m, facts.wavelength_step_m / 2, "wavelength",
	                            bounds, error) &&
	       wait_settled(attenuator, bounds, error);
}

static gboolean open_shutter(struct instrument *attenuator, guint channel, gboolean open,
                             const struct bounds *bounds, GError **error)
{
	char slot[12];
	slot_of(channel, slot);
	return command_switch_verified(attenuator, &commands[SHUTTER], &commands[SHUTTER_ASK], slot,
	                               open, "shutter", bounds, error) &&
	       wait_settled(attenuator, bounds, error);
}

static gboolean safe_state(struct instrument *attenuator, const struct bounds *bounds,
                           GError **error)
{
	GError *first = NULL;
	for (guint channel = 1; channel <= attenuator->model->n_channels; channel++) {
		char slot[12];
		GError *next = NULL;
		slot_of(channel, slot);
		command_send_number(attenuator, &commands[SHUTTER], slot, 0, bounds, &next);
		command_keep_first(&first, g_steal_pointer(&next));
		command_send_number(attenuator, &commands[ATTENUATION], slot,
		                    facts.attenuation_max_db, bounds, &next);
		command_keep_first(&first, next);
	}
	for (guint channel = 1; channel <= attenuator->model->n_channels; channel++) {
		GError *next = NULL;
		open_shutter(attenuator, channel, FALSE, bounds, &next);
		command_keep_first(&first, next);
	}
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

static const struct attenuator_ops ops = {
	.set_attenuation = set_attenuation,
	.get_attenuation = get_attenuation,
	.set_wavelength = set_wavelength,
	.open_shutter = open_shutter,
};

static const char *const makers[] = {"Keysight", "Agilent", NULL};
static const char *const parameters[] = {NULL};

const struct instrument_driver keysight_attenuator_driver = {
	.name = "keysight-attenuator",
	.class = INSTRUMENT_ATTENUATOR,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 10,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.attenuator = &ops,
	.start = start,
	.safe_state = safe_state,
};

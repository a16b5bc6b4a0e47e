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

#include <math.h>

static const struct scpi_dialect dialect = {
	.name = "Keysight N77xx",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 30,
	.opc = SCPI_OPC_POLLED,
	.over_range = 1e20,
	.options = "*OPT?",
	.self_test = "*TST?", /* that it lets no light through: from memory */
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

#define CHANNELS_MAX 4 /* of the models below */

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

/*
 * The end of all movements is all it tells; the light needs a little longer. Time is given as if
 * the channels moved one after the other.
 */
static gboolean wait_settled(struct instrument *attenuator, guint n, const struct bounds *bounds,
                             GError **error)
{
	struct bounds inner = bounds_within(bounds, n * facts.move_s + attenuator->model->answer_s);
	return scpi_wait_opc(attenuator->scpi, 0.02, &inner, error) &&
	       clock_sleep_s(facts.settle_s, bounds, error);
}

/* Which of several it was. */
static gboolean of_channel(gboolean ok, guint channel, GError **error)
{
	if (!ok)
		g_prefix_error(error, "channel %u: ", channel);
	return ok;
}

static gboolean set_attenuation(struct instrument *attenuator,
                                const struct attenuator_setting *setting,
                                const struct bounds *bounds, GError **error)
{
	char slot[12];
	slot_of(setting->channel, slot);
	gboolean ok =
		command_set_verified(attenuator, &commands[ATTENUATION], &commands[ATTENUATION_ASK],
	                             slot, setting->attenuation_db, facts.resolution_db,
	                             "attenuation", bounds, error);
	return of_channel(ok, setting->channel, error);
}

static gboolean set_attenuations(struct instrument *attenuator,
                                 const struct attenuator_setting *settings, guint n,
                                 const struct bounds *bounds, GError **error)
{
	for (guint i = 0; i < n; i++)
		if (!set_attenuation(attenuator, &settings[i], bounds, error))
			return FALSE;
	return n == 0 || wait_settled(attenuator, n, bounds, error);
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
	double now_m = NAN;
	slot_of(channel, slot);
	if (!command_ask_number(attenuator, &commands[WAVELENGTH_ASK], slot, &now_m, bounds, error))
		return FALSE;
	if (fabs(now_m - wavelength_m) <= facts.wavelength_step_m / 2)
		return TRUE;
	return command_set_verified(attenuator, &commands[WAVELENGTH], &commands[WAVELENGTH_ASK],
	                            slot, wavelength_m, facts.wavelength_step_m / 2, "wavelength",
	                            bounds, error) &&
	       wait_settled(attenuator, 1, bounds, error);
}

static gboolean switch_shutter(struct instrument *attenuator, guint channel, gboolean open,
                               const struct bounds *bounds, GError **error)
{
	char slot[12];
	slot_of(channel, slot);
	gboolean ok =
		command_switch_verified(attenuator, &commands[SHUTTER], &commands[SHUTTER_ASK],
	                                slot, open, "shutter", bounds, error);
	return of_channel(ok, channel, error);
}

static gboolean is_open(struct instrument *attenuator, guint channel, gboolean *open,
                        const struct bounds *bounds, GError **error)
{
	char slot[12];
	slot_of(channel, slot);
	gboolean ok =
		command_ask_boolean(attenuator, &commands[SHUTTER_ASK], slot, open, bounds, error);
	return of_channel(ok, channel, error);
}

static gboolean open_shutters(struct instrument *attenuator, const guint *channels, guint n,
                              const struct bounds *bounds, GError **error)
{
	guint n_moved = 0;
	for (guint i = 0; i < n; i++) {
		gboolean open = FALSE;
		if (!is_open(attenuator, channels[i], &open, bounds, error))
			return FALSE;
		if (open)
			continue;
		if (!switch_shutter(attenuator, channels[i], TRUE, bounds, error))
			return FALSE;
		n_moved++;
	}
	return n_moved == 0 || wait_settled(attenuator, n_moved, bounds, error);
}

static gboolean close_shutters(struct instrument *attenuator, const guint *channels, guint n,
                               const struct bounds *bounds, GError **error)
{
	GError *first = NULL;
	guint n_moved = 0;
	for (guint i = 0; i < n; i++) {
		GError *next = NULL;
		if (switch_shutter(attenuator, channels[i], FALSE, bounds, &next))
			n_moved++;
		command_keep_first(&first, next);
	}
	if (n_moved > 0) {
		GError *next = NULL;
		wait_settled(attenuator, n_moved, bounds, &next);
		command_keep_first(&first, next);
	}
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

static gboolean safe_state(struct instrument *attenuator, const struct bounds *bounds,
                           GError **error)
{
	GError *first = NULL;
	guint channels[CHANNELS_MAX];
	for (guint channel = 1; channel <= attenuator->model->n_channels; channel++) {
		char slot[12];
		GError *next = NULL;
		channels[channel - 1] = channel;
		slot_of(channel, slot);
		command_send_number(attenuator, &commands[SHUTTER], slot, 0, bounds, &next);
		command_keep_first(&first, g_steal_pointer(&next));
		command_send_number(attenuator, &commands[ATTENUATION], slot,
		                    facts.attenuation_max_db, bounds, &next);
		command_keep_first(&first, next);
	}
	GError *next = NULL;
	close_shutters(attenuator, channels, attenuator->model->n_channels, bounds, &next);
	command_keep_first(&first, next);
	if (!first)
		return TRUE;
	g_propagate_error(error, first);
	return FALSE;
}

static const struct attenuator_ops ops = {
	.set_attenuations = set_attenuations,
	.get_attenuation = get_attenuation,
	.set_wavelength = set_wavelength,
	.open_shutters = open_shutters,
	.close_shutters = close_shutters,
	.is_open = is_open,
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

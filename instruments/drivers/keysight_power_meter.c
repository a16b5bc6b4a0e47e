/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Keysight N7744A, N7745A multiport optical power meters.
 * Source: Keysight N77xx Series Programming Guide, 9018-02434, 7th edition, 2015.
 */
#include "instruments/drivers/drivers.h"

#include "base/error.h"
#include "base/number.h"
#include "instruments/command.h"
#include "instruments/power_meter.h"

#include <math.h>
#include <string.h>

enum { MAX_CHANNELS = 8 };

/* LabExT takes anything beyond this for a reading out of range. */
static const double out_of_range_w = 1e20;

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
	.self_test = "*TST?",
};

static const struct power_meter_facts facts = {
	.wavelength_min_m = 800e-9, /* range from memory; the unit refuses what it has not */
	.wavelength_max_m = 1700e-9,
	.wavelength_step_m = 10e-12, /* from memory */
	.averaging_min_s = 1e-6,     /* from memory */
	.averaging_max_s = 10,       /* from memory */
	.settle_s = 1,
	.zeroing_s = 30, /* from memory */
};

static const struct instrument_model models[] = {
	/* warm-up from memory */
	{"N7745A", 8, 5, EVIDENCE_TESTED_SIM, {.power_meter = &facts}, .warm_up_s = 1200},
	{"N7744A", 4, 5, EVIDENCE_UNTESTED, {.power_meter = &facts}, .warm_up_s = 1200},
};

enum row {
	PRESET,
	CONTINUOUS,
	UNIT,
	AUTO_RANGE,
	WAVELENGTH,
	WAVELENGTH_ASK,
	AVERAGING,
	AVERAGING_ASK,
	READ,
	READ_ALL,
	ZERO_ALL,
	ZERO_ALL_ASK,
};

static const struct command commands[] = {
	[PRESET] = COMMAND_SET(":CONF:MEAS:SETT:PRES", NONE),
	[CONTINUOUS] = COMMAND_SET_BOOLEAN(":INIT#:CONT", HASH),
	[UNIT] = COMMAND_SET_INTEGER(":SENS#:POW:UNIT", HASH), /* 0 dBm, 1 W */
	[AUTO_RANGE] = COMMAND_SET_BOOLEAN(":SENS#:POW:RANG:AUTO", HASH),
	[WAVELENGTH] = COMMAND_SET_NUMBER(":SENS#:POW:WAV", HASH, 9),
	[WAVELENGTH_ASK] = COMMAND_ASK(":SENS#:POW:WAV?", HASH),
	[AVERAGING] = COMMAND_SET_NUMBER(":SENS#:POW:ATIM", HASH, 9),
	[AVERAGING_ASK] = COMMAND_ASK(":SENS#:POW:ATIM?", HASH),
	[READ] = COMMAND_ASK_LONG(":READ#:POW?", HASH),
	[READ_ALL] = COMMAND_ASK_LONG(":READ:POW:ALL?", NONE),
	[ZERO_ALL] = COMMAND_SET(":SENS1:CORR:COLL:ZERO:ALL", NONE),
	[ZERO_ALL_ASK] = COMMAND_ASK(":SENS1:CORR:COLL:ZERO:ALL?", NONE),
};

struct state {
	double averaging_s[MAX_CHANNELS]; /* as read back: a reading takes that long */
};

static void slot_of(guint channel, char slot[12])
{
	g_snprintf(slot, 12, "%u", channel);
}

static gboolean start_channel(struct instrument *meter, guint channel, const struct bounds *bounds,
                              GError **error)
{
	struct state *state = meter->state;
	char slot[12];
	slot_of(channel, slot);
	return command_send_number(meter, &commands[CONTINUOUS], slot, 0, bounds, error) &&
	       command_send_number(meter, &commands[UNIT], slot, 1, bounds, error) &&
	       command_send_number(meter, &commands[AUTO_RANGE], slot, 1, bounds, error) &&
	       command_check(meter, bounds, error) &&
	       command_ask_number(meter, &commands[AVERAGING_ASK], slot,
	                          &state->averaging_s[channel - 1], bounds, error);
}

static gboolean start(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	g_assert(meter->model->n_channels <= MAX_CHANNELS);
	meter->state = g_new0(struct state, 1);
	/* *RST would erase settings that the owner stored in the unit; the preset does not. */
	if (!command_send(meter, &commands[PRESET], NULL, bounds, error))
		return FALSE;
	for (guint channel = 1; channel <= meter->model->n_channels; channel++) {
		if (!start_channel(meter, channel, bounds, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean set_wavelength(struct instrument *meter, guint channel, double wavelength_m,
                               const struct bounds *bounds, GError **error)
{
	char slot[12];
	slot_of(channel, slot);
	return command_set_verified(meter, &commands[WAVELENGTH], &commands[WAVELENGTH_ASK], slot,
	                            wavelength_m, facts.wavelength_step_m / 2, "wavelength", bounds,
	                            error);
}

static gboolean set_averaging(struct instrument *meter, guint channel, double averaging_s,
                              const struct bounds *bounds, GError **error)
{
	struct state *state = meter->state;
	char slot[12];
	slot_of(channel, slot);
	double taken_s = 0;
	if (!command_send_number(meter, &commands[AVERAGING], slot, averaging_s, bounds, error) ||
	    !command_check(meter, bounds, error) ||
	    !command_ask_number(meter, &commands[AVERAGING_ASK], slot, &taken_s, bounds, error))
		return FALSE;
	/* It takes the nearest time of its list without a word. */
	if (!(taken_s >= averaging_s / 2 && taken_s <= averaging_s * 2)) {
		g_autofree char *wanted = number_format_digits(averaging_s, 4);
		g_autofree char *taken = number_format_digits(taken_s, 4);
		station_error_set(error, STATION_ERROR_INSTRUMENT,
		                  "averaging time set to %s s, but the instrument took %s s",
		                  wanted, taken);
		return FALSE;
	}
	state->averaging_s[channel - 1] = taken_s;
	return TRUE;
}

static struct bounds reading_bounds(const struct instrument *meter, double averaging_s,
                                    const struct bounds *bounds)
{
	/* Auto range may repeat a measurement once: twice the averaging time. */
	return bounds_within(bounds, 2 * averaging_s + facts.settle_s + meter->model->answer_s);
}

/*
 * A value out of range leaves -231 in the queue (StatRangeTooLow, StatValNYetAcc); the value itself
 * has told that already. Anything else in the queue is a fault.
 */
static gboolean check_after_reading(struct instrument *meter, gboolean out_of_range,
                                    const struct bounds *bounds, GError **error)
{
	g_autoptr(GError) queue = NULL;
	if (command_check(meter, bounds, &queue))
		return TRUE;
	if (out_of_range && g_error_matches(queue, STATION_ERROR, STATION_ERROR_INSTRUMENT) &&
	    strstr(queue->message, "-231,"))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&queue));
	return FALSE;
}

static gboolean read_one(struct instrument *meter, guint channel, double *power_w,
                         const struct bounds *bounds, GError **error)
{
	const struct state *state = meter->state;
	struct bounds inner = reading_bounds(meter, state->averaging_s[channel - 1], bounds);
	struct scpi_value value = {SCPI_VALUE_NONE, NAN};
	char slot[12];
	slot_of(channel, slot);
	if (!command_ask_value(meter, &commands[READ], slot, &value, &inner, error) ||
	    !check_after_reading(meter, value.kind != SCPI_VALUE_OK, bounds, error))
		return FALSE;
	if (value.kind != SCPI_VALUE_OK) {
		station_error_set(error, STATION_ERROR_DATA, "channel %u: %s", channel,
		                  scpi_value_kind_name(value.kind));
		return FALSE;
	}
	*power_w = value.value;
	return TRUE;
}

static gboolean read_all(struct instrument *meter, double *power_w, const struct bounds *bounds,
                         GError **error)
{
	const struct state *state = meter->state;
	guint n = meter->model->n_channels;
	double longest_s = 0;
	for (guint i = 0; i < n; i++)
		longest_s = MAX(longest_s, state->averaging_s[i]);
	struct bounds inner = reading_bounds(meter, longest_s, bounds);
	/* Watt in slot order, whatever the unit set. */
	float values[MAX_CHANNELS] = {0};
	gsize absent = 0;
	if (!scpi_query_float32(meter->scpi, SCPI_LITTLE_ENDIAN, values, n, NULL, &absent, &inner,
	                        error, "%s", commands[READ_ALL].header))
		return FALSE;
	for (guint i = 0; i < n; i++) {
		if (fabs(values[i]) > out_of_range_w) {
			values[i] = NAN;
			absent++;
		}
	}
	if (!check_after_reading(meter, absent > 0, bounds, error))
		return FALSE;
	for (guint i = 0; i < n; i++)
		power_w[i] = values[i];
	return TRUE;
}

/* The result has one hexadecimal digit a channel, channel 1 lowest; not 0: failed. */
static gboolean check_zeroed(struct instrument *meter, gint64 result, GError **error)
{
	if (result == 0)
		return TRUE;
	g_autoptr(GString) failed = g_string_new(NULL);
	for (guint i = 0; i < meter->model->n_channels; i++) {
		if ((result >> (4 * i)) & 0xF)
			g_string_append_printf(failed, " %u", i + 1);
	}
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "result %" G_GINT64_FORMAT "; failed on channels%s", result,
	                  failed->len ? failed->str : " unknown");
	return FALSE;
}

static gboolean zero(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.zeroing_s + meter->model->answer_s);
	gint64 result = 0;
	return command_send(meter, &commands[ZERO_ALL], NULL, &inner, error) &&
	       scpi_wait_opc(meter->scpi, 0.1, &inner, error) &&
	       command_check(meter, &inner, error) &&
	       command_ask_integer(meter, &commands[ZERO_ALL_ASK], NULL, &result, &inner, error) &&
	       check_zeroed(meter, result, error);
}

static const struct power_meter_ops ops = {
	.set_wavelength = set_wavelength,
	.set_averaging = set_averaging,
	.read = read_one,
	.read_all = read_all,
	.zero = zero,
};

static const char *const makers[] = {"Keysight", "Agilent", NULL};
static const char *const parameters[] = {NULL};

const struct instrument_driver keysight_power_meter_driver = {
	.name = "keysight-power-meter",
	.class = INSTRUMENT_POWER_METER,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 10,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.power_meter = &ops,
	.start = start,
};

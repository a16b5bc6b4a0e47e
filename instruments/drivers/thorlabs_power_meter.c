/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Thorlabs PM103, PM103E, PM100D, PM5020 optical power meters with one sensor, of which channel 1
 * is meant.
 * Source: Thorlabs TLPM, its command reference, as public drivers give it. On Ethernet (TCP port
 * 2000) the messages go in packets; on USB and serial lines as they are.
 *
 * A query that the meter does not take gets no answer at all. FETC? and MEAS? block the meter until
 * the reading is there, so nothing is fetched before it says that it is ready.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "instruments/command.h"
#include "instruments/power_meter.h"

#include <math.h>

#define NM 1e-9
/* One sample. */
#define SAMPLE_S 1e-3
/* Between two questions whether it is ready. */
#define POLL_S 0.01

static const struct link_settings link_settings = {
	.framing = LINK_FRAMING_SCPI,
	.write_end = LINK_END_LF,
	.read_end = LINK_END_LF,
	.stall_s = 5,
	.packets = LINK_PACKETS_THORLABS,
};

static const struct scpi_dialect dialect = {
	.name = "Thorlabs PM",
	.link = &link_settings,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = "SYST:ERR?",
	.error_depth = 30,      /* from memory */
	.opc = SCPI_OPC_ABSENT, /* always 1, whatever runs */
	.over_range = 1e20,     /* as of other meters: no reading in watt is near it */
	.errors_tell = TRUE,
};

static const struct power_meter_facts facts = {
	.wavelength_min_m = 400e-9, /* range from memory; the sensor refuses what it has not */
	.wavelength_max_m = 2000e-9,
	.wavelength_step_m = NM,
	.averaging_min_s = SAMPLE_S,
	.averaging_max_s = 10, /* from memory */
	.settle_s = 1,         /* from memory */
	.zeroing_s = 30,       /* from memory */
	.dark_max_w = 1e-6,    /* from memory: far above the offset of any photodiode sensor */
};

static const struct instrument_model models[] = {
	{"PM103E", 1, 5, EVIDENCE_TESTED_SIM, {.power_meter = &facts}},
	{"PM103", 1, 5, EVIDENCE_UNTESTED, {.power_meter = &facts}},
	{"PM100D", 1, 5, EVIDENCE_UNTESTED, {.power_meter = &facts}},
	{"PM5020", 1, 5, EVIDENCE_UNTESTED, {.power_meter = &facts}},
};

enum row {
	ABORT,
	CONFIGURE,
	INITIATE,
	READY,
	FETCH,
	UNIT,
	UNIT_ASK,
	AUTO_RANGE,
	LOSS,
	LOSS_ASK,
	WAVELENGTH,
	WAVELENGTH_ASK,
	SAMPLES,
	SAMPLES_ASK,
	ZERO,
	ZERO_ABORT,
	ZEROING,
};

static const struct command commands[] = {
	[ABORT] = COMMAND_SET("ABOR", NONE),
	[CONFIGURE] = COMMAND_SET("CONF:POW", NONE),
	[INITIATE] = COMMAND_SET("INIT", NONE),
	[READY] = COMMAND_ASK("FETC:STAT?", NONE),
	[FETCH] = COMMAND_ASK("FETC?", NONE),
	[UNIT] = COMMAND_SET_WORD("SENS:POW:UNIT", NONE),
	[UNIT_ASK] = COMMAND_ASK("SENS:POW:UNIT?", NONE),
	[AUTO_RANGE] = COMMAND_SET_BOOLEAN("SENS:POW:RANG:AUTO", NONE),
	[LOSS] = COMMAND_SET_NUMBER("SENS:CORR", NONE, 6), /* dB */
	[LOSS_ASK] = COMMAND_ASK("SENS:CORR?", NONE),
	[WAVELENGTH] = COMMAND_SET_INTEGER("SENS:CORR:WAV", NONE), /* nm */
	[WAVELENGTH_ASK] = COMMAND_ASK("SENS:CORR:WAV?", NONE),
	[SAMPLES] = COMMAND_SET_INTEGER("SENS:AVER", NONE),
	[SAMPLES_ASK] = COMMAND_ASK("SENS:AVER?", NONE),
	[ZERO] = COMMAND_SET("SENS:CORR:COLL:ZERO", NONE),
	[ZERO_ABORT] = COMMAND_SET("SENS:CORR:COLL:ZERO:ABOR", NONE),
	[ZEROING] = COMMAND_ASK("SENS:CORR:COLL:ZERO:STAT?", NONE),
};

struct state {
	double averaging_s; /* as read back: a reading takes that long */
};

static gboolean read_averaging(struct instrument *meter, const struct bounds *bounds,
                               GError **error)
{
	struct state *state = meter->state;
	double samples = NAN;
	if (!command_ask_number(meter, &commands[SAMPLES_ASK], NULL, &samples, bounds, error))
		return FALSE;
	if (!(samples >= 1)) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "SENS:AVER?: less than 1 sample");
		return FALSE;
	}
	state->averaging_s = samples * SAMPLE_S;
	return TRUE;
}

/* It may have been told by hand to answer in dBm. */
static gboolean set_watt(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	g_autofree char *unit = NULL;
	if (!command_send_word(meter, &commands[UNIT], NULL, "W", bounds, error) ||
	    !command_check(meter, bounds, error) ||
	    !command_ask_text(meter, &commands[UNIT_ASK], NULL, &unit, bounds, error))
		return FALSE;
	if (g_ascii_strcasecmp(unit, "W") == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "unit set to W, but the instrument says %s", unit);
	return FALSE;
}

static gboolean start(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	meter->state = g_new0(struct state, 1);
	/* *RST would change the baud rate of a serial line under us. The loss outlives power-off.
	 */
	return command_send(meter, &commands[ABORT], NULL, bounds, error) &&
	       set_watt(meter, bounds, error) &&
	       command_set_verified(meter, &commands[LOSS], &commands[LOSS_ASK], NULL, 0, 1e-6,
	                            "loss", bounds, error) &&
	       command_send_number(meter, &commands[AUTO_RANGE], NULL, 1, bounds, error) &&
	       command_check(meter, bounds, error) && read_averaging(meter, bounds, error);
}

static gboolean set_wavelength(struct instrument *meter, guint channel, double wavelength_m,
                               const struct bounds *bounds, GError **error)
{
	return command_set_verified(meter, &commands[WAVELENGTH], &commands[WAVELENGTH_ASK], NULL,
	                            wavelength_m / NM, 0.5 + 1e-6, "wavelength in nm", bounds,
	                            error);
}

static gboolean set_averaging(struct instrument *meter, guint channel, double averaging_s,
                              const struct bounds *bounds, GError **error)
{
	const struct state *state = meter->state;
	double samples = MAX(round(averaging_s / SAMPLE_S), 1);
	if (!command_send_number(meter, &commands[SAMPLES], NULL, samples, bounds, error) ||
	    !command_check(meter, bounds, error) || !read_averaging(meter, bounds, error))
		return FALSE;
	double taken_s = state->averaging_s;
	if (taken_s >= averaging_s / 2 && taken_s <= averaging_s * 2)
		return TRUE;
	g_autofree char *wanted = number_format_digits(averaging_s, 4);
	g_autofree char *taken = number_format_digits(taken_s, 4);
	station_error_set(error, STATION_ERROR_INSTRUMENT,
	                  "averaging time set to %s s, but the instrument took %s s", wanted,
	                  taken);
	return FALSE;
}

/* Asks until the answer is `done`; the meter does nothing else meanwhile. */
static gboolean poll(struct instrument *meter, enum row row, gint64 done, double poll_s,
                     const struct bounds *bounds, GError **error)
{
	gint64 answer = !done;
	for (;;) {
		if (!command_ask_integer(meter, &commands[row], NULL, &answer, bounds, error))
			return FALSE;
		if (answer == done)
			return TRUE;
		if (!clock_sleep_s(poll_s, bounds, error)) {
			g_prefix_error(error, "%s: not done: ", commands[row].header);
			return FALSE;
		}
	}
}

/* Where a command was refused there is never a reading: the queue tells why. */
static gboolean measure(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	const struct state *state = meter->state;
	double averaging_s = state->averaging_s;
	/* Auto range may repeat a measurement once: twice the averaging time. */
	struct bounds inner =
		bounds_within(bounds, 2 * averaging_s + facts.settle_s + meter->model->answer_s);
	GError *cause = NULL, *queue = NULL;
	if (command_send(meter, &commands[ABORT], NULL, &inner, &cause) &&
	    command_send(meter, &commands[CONFIGURE], NULL, &inner, &cause) &&
	    command_send(meter, &commands[INITIATE], NULL, &inner, &cause) &&
	    poll(meter, READY, 1, MAX(averaging_s / 10, POLL_S), &inner, &cause))
		return TRUE;
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_TIMEOUT) &&
	    !link_is_dirty(scpi_link(meter->scpi)) && !command_check(meter, bounds, &queue) &&
	    g_error_matches(queue, STATION_ERROR, STATION_ERROR_INSTRUMENT)) {
		g_error_free(cause);
		cause = g_steal_pointer(&queue);
	}
	g_clear_error(&queue);
	g_propagate_error(error, cause);
	return FALSE;
}

static gboolean read_one(struct instrument *meter, guint channel, double *power_w,
                         const struct bounds *bounds, GError **error)
{
	struct scpi_value value = {SCPI_VALUE_NONE, NAN};
	if (!measure(meter, bounds, error) ||
	    !command_ask_value(meter, &commands[FETCH], NULL, &value, bounds, error) ||
	    !command_check(meter, bounds, error))
		return FALSE;
	if (value.kind != SCPI_VALUE_OK) {
		station_error_set(error, STATION_ERROR_DATA, "channel %u: %s", channel,
		                  scpi_value_kind_name(value.kind));
		return FALSE;
	}
	*power_w = value.value;
	return TRUE;
}

static gboolean zero(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.zeroing_s + meter->model->answer_s);
	GError *cause = NULL;
	if (command_send(meter, &commands[ZERO], NULL, &inner, &cause) &&
	    command_check(meter, &inner, &cause) &&
	    poll(meter, ZEROING, 0, 10 * POLL_S, &inner, &cause) &&
	    command_check(meter, &inner, &cause))
		return TRUE;
	/* What has not ended must not end later, when there may be light. */
	command_send(meter, &commands[ZERO_ABORT], NULL, bounds, NULL);
	g_propagate_error(error, cause);
	return FALSE;
}

static const struct power_meter_ops ops = {
	.set_wavelength = set_wavelength,
	.set_averaging = set_averaging,
	.read = read_one,
	.zero = zero,
};

static const char *const makers[] = {"Thorlabs", NULL};
static const char *const parameters[] = {NULL};

const struct instrument_driver thorlabs_power_meter_driver = {
	.name = "thorlabs-power-meter",
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

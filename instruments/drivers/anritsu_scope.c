/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Anritsu MP2110A sampling oscilloscope, by its own analysis.
 * Source: public drivers in use in production, for every command here but *IDN? and *CLS. From
 * memory: those two, all ranges and times, what the items of a result are besides the first, where
 * CURRent stands in the header of a reason.
 *
 * No command is known for symbol rate, pattern, reference receiver and wavelength: somebody sets
 * them at the unit, and the parameters say how. A measurement that asks for another set-up is
 * refused.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"
#include "instruments/command.h"
#include "instruments/scope.h"

#include <math.h>
#include <string.h>

static const struct scpi_dialect dialect = {
	.name = "Anritsu MP2110A",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYSTem:ERRor?",
	.error_depth = 30, /* from memory */
	.opc = SCPI_OPC_ABSENT,
};

static const double wavelengths_m[] = {850e-9, 1310e-9, 1550e-9};

static const struct scope_facts facts = {
	.gives_waveforms = FALSE,
	.symbol_rate_min_bd = 1e9,
	.symbol_rate_max_bd = 60e9,
	.bandwidth_min_hz = 1e9,
	.bandwidth_max_hz = 45e9,
	.wavelengths_m = wavelengths_m,
	.n_wavelengths = G_N_ELEMENTS(wavelengths_m),
	.wavelength_tolerance_m = 50e-9,
	.pattern_max_symbols = 65536,
	.external_loss_max_db = 30,
	.lock_s = 60,
	.pass_s = 60,
	.equalise_s = 120,
};

static const struct instrument_model models[] = {
	{"MP2110A", 0, 10, EVIDENCE_TESTED_SIM, {.scope = &facts}},
};

enum row {
	INPUT,
	LOSS,
	ITEMS_CLEAR,
	ITEM_ADD,
	NOISE_COEFFICIENT,
	EQUALISER,
	SAMPLING,
	SAMPLING_ASK,
	TDECQ_ASK,
	TDECQ_REASON_ASK,
	OMA_ASK,
	OMA_REASON_ASK,
	ER_ASK,
	ER_REASON_ASK,
	POWER_ASK,
	POWER_REASON_ASK,
};

#define CONFIGURE ":SCOPe:CONFigure:MEASure:"
#define FETCH     ":SCOPe:FETCh:AMPLitude:"
static const struct command commands[] = {
	[INPUT] = COMMAND_SET_WORD(":SCOPe:INPut:CH#", HASH),
	[LOSS] = COMMAND_SET_NUMBER(":SCOPe:INPut:ATTenuation:CH#", HASH, 5), /* dB */
	[ITEMS_CLEAR] = COMMAND_SET(CONFIGURE "DISPlay:ADELete:ALL", NONE),
	[ITEM_ADD] = COMMAND_SET_WORD(CONFIGURE "DISPlay:ADD", NONE), /* CHA,TDECQ */
	[NOISE_COEFFICIENT] = COMMAND_SET_WORD(CONFIGURE "PAM:TDECQ:NCOefficient", NONE),
	[EQUALISER] = COMMAND_SET_WORD(CONFIGURE "PAM:TEQualizer:DISPlay:CH#", HASH),
	[SAMPLING] = COMMAND_SET_WORD(":SCOPe:SAMPling:STATus:ALL", NONE),
	[SAMPLING_ASK] = COMMAND_ASK(":SCOPe:SAMPling:STATus:ALL?", NONE),
	[TDECQ_ASK] = COMMAND_ASK(FETCH "TEQualizer:TDECQ:CH#?", HASH),
	[TDECQ_REASON_ASK] = COMMAND_ASK(FETCH "TEQualizer:TDECQ:CURRent:REASon:CH#?", HASH),
	[OMA_ASK] = COMMAND_ASK(FETCH "OOMA:DBM:CH#?", HASH),
	[OMA_REASON_ASK] = COMMAND_ASK(FETCH "OOMA:DBM:CURRent:REASon:CH#?", HASH),
	[ER_ASK] = COMMAND_ASK(FETCH "OER:CH#?", HASH),
	[ER_REASON_ASK] = COMMAND_ASK(FETCH "OER:CURRent:REASon:CH#?", HASH),
	[POWER_ASK] = COMMAND_ASK(FETCH "AVEPower:DBM:CH#?", HASH),
	[POWER_REASON_ASK] = COMMAND_ASK(FETCH "AVEPower:DBM:CURRent:REASon:CH#?", HASH),
};

#define POLL_S 0.5
/* How far a set-up may be from what the parameters say. */
#define RATE_TOLERANCE 1e-4

enum { CHANNELS_MAX = 4 };

struct state {
	char **channels; /* "A", "B": owned, null-terminated */
	struct scope_setup at_unit;
	guint configured; /* channel; 0: none */
};

static void free_state(gpointer data)
{
	struct state *state = data;
	g_strfreev(state->channels);
	g_free(state);
}

static gboolean take_quantity(const struct instrument *scope, const char *key, const char *unit,
                              double *value, GError **error)
{
	const char *text = instrument_parameter(scope, key);
	if (!text) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: the parameter is missing: it says how the unit is set up",
		                  key);
		return FALSE;
	}
	if (unit_parse(text, unit, value, NULL) && *value > 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s: \"%s\" is no number of %s", key, text,
	                  unit);
	return FALSE;
}

static gboolean take_pattern(const struct instrument *scope, gsize *symbols, GError **error)
{
	const char *text = instrument_parameter(scope, "pattern_length");
	gint64 number = 0;
	if (text && number_parse_int(text, 1, (gint64)facts.pattern_max_symbols, &number, NULL)) {
		*symbols = (gsize)number;
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "pattern_length: must say for how many symbols the unit is set up");
	return FALSE;
}

static gboolean prepare(struct instrument *scope, GError **error)
{
	const char *list = instrument_parameter(scope, "channels");
	struct state *state = g_new0(struct state, 1);
	struct scope_setup *at_unit = &state->at_unit;
	scope->state = state;
	state->channels = scpi_split(list ? list : "A", ',');
	guint n = g_strv_length(state->channels);
	gboolean ok = n >= 1 && n <= CHANNELS_MAX;
	for (guint i = 0; ok && i < n; i++)
		ok = strlen(state->channels[i]) == 1 && strchr("ABCD", state->channels[i][0]);
	if (!ok) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "channels: \"%s\" is no list such as A,B", list);
		return FALSE;
	}
	return take_quantity(scope, "symbol_rate", "Bd", &at_unit->symbol_rate_bd, error) &&
	       take_quantity(scope, "bandwidth", "Hz", &at_unit->filter_bandwidth_hz, error) &&
	       take_quantity(scope, "wavelength", "m", &at_unit->wavelength_m, error) &&
	       take_pattern(scope, &at_unit->pattern_symbols, error);
}

static guint n_channels(const struct instrument *scope)
{
	const struct state *state = scope->state;
	return g_strv_length(state->channels);
}

/* ---- set-up ---- */

static gboolean is_at_unit(const struct state *state, const struct scope_setup *setup,
                           GError **error)
{
	const struct scope_setup *unit = &state->at_unit;
	const char *other = NULL;
	if (!(fabs(setup->symbol_rate_bd / unit->symbol_rate_bd - 1) <= RATE_TOLERANCE))
		other = "symbol rate";
	else if (!(fabs(setup->filter_bandwidth_hz / unit->filter_bandwidth_hz - 1) <=
	           RATE_TOLERANCE))
		other = "bandwidth";
	else if (setup->pattern_symbols != unit->pattern_symbols)
		other = "pattern length";
	else if (!(fabs(setup->wavelength_m - unit->wavelength_m) <= facts.wavelength_tolerance_m))
		other = "wavelength";
	if (other)
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "the unit is set up by hand, for another %s", other);
	return !other;
}

static gboolean set_input(struct instrument *scope, guint channel, double loss_db,
                          const struct bounds *bounds, GError **error)
{
	const struct state *state = scope->state;
	const char *place = state->channels[channel - 1];
	return command_send_word(scope, &commands[INPUT], place, "ON", bounds, error) &&
	       command_send_number(scope, &commands[LOSS], place, loss_db, bounds, error) &&
	       command_check(scope, bounds, error);
}

static gboolean configure(struct instrument *scope, guint channel, const struct scope_setup *setup,
                          const struct bounds *bounds, GError **error)
{
	struct state *state = scope->state;
	state->configured = 0;
	if (!is_at_unit(state, setup, error) ||
	    !set_input(scope, channel, setup->external_loss_db, bounds, error))
		return FALSE;
	state->configured = channel;
	return TRUE;
}

/* ---- results ---- */

static gboolean acquire(struct instrument *scope, double longest_s, const struct bounds *bounds,
                        GError **error)
{
	struct bounds inner = bounds_within(bounds, longest_s + scope->model->answer_s);
	if (!command_send_word(scope, &commands[SAMPLING], NULL, "RUN,AUTOscale,CALCulate", &inner,
	                       error) ||
	    !command_check(scope, &inner, error))
		return FALSE;
	for (;;) {
		g_autofree char *status = NULL;
		if (!clock_sleep_s(POLL_S, &inner, error) ||
		    !command_ask_text(scope, &commands[SAMPLING_ASK], NULL, &status, &inner, error))
			return FALSE;
		if (g_ascii_strcasecmp(status, "HOLD") == 0)
			return command_check(scope, &inner, error);
	}
}

static gboolean no_result(struct instrument *scope, enum row ask, const char *place,
                          const char *shown, const struct bounds *bounds, GError **error)
{
	g_autofree char *reason = NULL;
	if (!command_ask_text(scope, &commands[ask + 1], place, &reason, bounds, error))
		return FALSE;
	station_error_set(error, STATION_ERROR_DATA, "%s: %s: %s", commands[ask].header, shown,
	                  *reason ? reason : "no reason told");
	return FALSE;
}

/* The first item of the answer is the present value; one with a reason against it is none. */
static gboolean fetch(struct instrument *scope, enum row ask, const char *place, double *value,
                      const struct bounds *bounds, GError **error)
{
	g_autofree char *answer = NULL;
	g_autofree char *reason = NULL;
	struct scpi_value parsed = {SCPI_VALUE_NONE, NAN};
	if (!command_ask_text(scope, &commands[ask], place, &answer, bounds, error))
		return FALSE;
	g_auto(GStrv) items = scpi_split(answer, ',');
	const char *present = items[0] ? items[0] : "";
	if (g_ascii_strcasecmp(present, "N/A") == 0)
		return no_result(scope, ask, place, "no value", bounds, error);
	if (!scpi_parse_value(present, &dialect, &parsed, error)) {
		link_mark_dirty(scpi_link(scope->scpi));
		g_prefix_error(error, "%s: ", commands[ask].header);
		return FALSE;
	}
	if (parsed.kind != SCPI_VALUE_OK)
		return no_result(scope, ask, place, scpi_value_kind_name(parsed.kind), bounds,
		                 error);
	if (!command_ask_text(scope, &commands[ask + 1], place, &reason, bounds, error))
		return FALSE;
	if (*reason) {
		station_error_set(error, STATION_ERROR_DATA, "%s is doubtful: %s",
		                  commands[ask].header, reason);
		return FALSE;
	}
	*value = parsed.value;
	return command_check(scope, bounds, error);
}

/* Shows that item alone, acquires and fetches it. */
static gboolean measure_item(struct instrument *scope, guint channel, const char *item,
                             enum row ask, double longest_s, double *value,
                             const struct bounds *bounds, GError **error)
{
	const struct state *state = scope->state;
	const char *place = state->channels[channel - 1];
	g_autofree char *added = g_strdup_printf("CH%s,%s", place, item);
	const char *equaliser = ask == TDECQ_ASK ? "ON" : "OFF";
	return command_send(scope, &commands[ITEMS_CLEAR], NULL, bounds, error) &&
	       command_send_word(scope, &commands[ITEM_ADD], NULL, added, bounds, error) &&
	       command_send_word(scope, &commands[EQUALISER], place, equaliser, bounds, error) &&
	       command_check(scope, bounds, error) && acquire(scope, longest_s, bounds, error) &&
	       fetch(scope, ask, place, value, bounds, error);
}

static gboolean require_configured(const struct instrument *scope, guint channel, GError **error)
{
	const struct state *state = scope->state;
	if (state->configured == channel)
		return TRUE;
	station_error_set(error, STATION_ERROR_INTERNAL, "channel %u is not configured", channel);
	return FALSE;
}

static gboolean measure_tdecq(struct instrument *scope, guint channel, double *tdecq_db,
                              const struct bounds *bounds, GError **error)
{
	return require_configured(scope, channel, error) &&
	       command_send_word(scope, &commands[NOISE_COEFFICIENT], NULL, "0.00", bounds,
	                         error) &&
	       measure_item(scope, channel, "TDECQ", TDECQ_ASK, facts.pass_s + facts.equalise_s,
	                    tdecq_db, bounds, error);
}

static gboolean measure_dbm(struct instrument *scope, guint channel, const char *item, enum row ask,
                            double *watt, const struct bounds *bounds, GError **error)
{
	double dbm = NAN;
	if (!measure_item(scope, channel, item, ask, facts.pass_s, &dbm, bounds, error))
		return FALSE;
	*watt = unit_watt_from_dbm(dbm);
	return TRUE;
}

static gboolean measure_oma(struct instrument *scope, guint channel, double *oma_w,
                            const struct bounds *bounds, GError **error)
{
	return require_configured(scope, channel, error) &&
	       measure_dbm(scope, channel, "OOMA:DBM", OMA_ASK, oma_w, bounds, error);
}

static gboolean measure_er(struct instrument *scope, guint channel, double *er_db,
                           const struct bounds *bounds, GError **error)
{
	return require_configured(scope, channel, error) &&
	       measure_item(scope, channel, "OER", ER_ASK, facts.pass_s, er_db, bounds, error);
}

static gboolean measure_power(struct instrument *scope, guint channel, double *power_w,
                              const struct bounds *bounds, GError **error)
{
	return require_configured(scope, channel, error) &&
	       measure_dbm(scope, channel, "AVEPower:DBM", POWER_ASK, power_w, bounds, error);
}

static gboolean measure_light(struct instrument *scope, guint channel, double wavelength_m,
                              double *power_w, const struct bounds *bounds, GError **error)
{
	struct state *state = scope->state;
	struct scope_setup setup = state->at_unit;
	setup.wavelength_m = wavelength_m;
	state->configured = 0; /* the loss correction is gone */
	return is_at_unit(state, &setup, error) && set_input(scope, channel, 0, bounds, error) &&
	       measure_dbm(scope, channel, "AVEPower:DBM", POWER_ASK, power_w, bounds, error);
}

static const struct scope_ops ops = {
	.n_channels = n_channels,
	.configure = configure,
	.measure_tdecq = measure_tdecq,
	.measure_oma = measure_oma,
	.measure_er = measure_er,
	.measure_power = measure_power,
	.measure_light = measure_light,
};

static const char *const makers[] = {"Anritsu", NULL};
static const char *const parameters[] = {"channels",   "symbol_rate",    "bandwidth",
                                         "wavelength", "pattern_length", NULL};

const struct instrument_driver anritsu_scope_driver = {
	.name = "anritsu-scope",
	.class = INSTRUMENT_SCOPE,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 30,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.scope = &ops,
	.prepare = prepare,
	.free_state = free_state,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Keysight FlexDCA: N1092 modules, N1000A mainframe, 86100D. The server is the FlexDCA program.
 * Source: FlexDCA programmer's guide (helpfiles.keysight.com/scopes/FlexDCA-PG), and public code in
 * use where it says so.
 */
#include "instruments/drivers/drivers.h"

#include "base/error.h"
#include "base/number.h"
#include "instruments/command.h"
#include "instruments/drivers/keysight_scope_commands.h"
#include "instruments/scope.h"

#include <math.h>
#include <string.h>

enum { MAX_SCOPE_CHANNELS = 20, LIGHT_WAVEFORMS = 16 };

static const struct scpi_dialect dialect = {
	.name = "Keysight FlexDCA",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 30, /* from memory */
	.opc = SCPI_OPC_BLOCKS,
};

/* In the order of WAVelength1, WAVelength2; values from memory. */
/* That of heads for multimode fibre, and its number, from memory. */
static const double wavelengths_m[] = {1310e-9, 1550e-9, 850e-9};

/* Ranges from memory; times are worst cases of a slow computer. */
static const struct scope_facts facts = {
	.symbol_rate_min_bd = 1e9,
	.symbol_rate_max_bd = 64e9,
	.bandwidth_min_hz = 1e9,
	.bandwidth_max_hz = 65e9,
	.wavelengths_m = wavelengths_m,
	.n_wavelengths = G_N_ELEMENTS(wavelengths_m),
	.wavelength_tolerance_m = 50e-9,
	.pattern_max_symbols = 65536,
	.samples_min = 4,
	.samples_max = 64,
	.external_loss_max_db = 40,
	.max_passes = 256,
	.lock_s = 60,
	.pass_s = 15,
	.equalise_s = 180,
};

static const struct instrument_model models[] = {
	{"N1092A", 0, 10, EVIDENCE_UNTESTED, {.scope = &facts}},
	{"N1092B", 0, 10, EVIDENCE_UNTESTED, {.scope = &facts}},
	{"N1092C", 0, 10, EVIDENCE_UNTESTED, {.scope = &facts}},
	{"N1092D", 0, 10, EVIDENCE_UNTESTED, {.scope = &facts}},
	{"N1092E", 0, 10, EVIDENCE_UNTESTED, {.scope = &facts}},
	{"N1000A", 0, 10, EVIDENCE_TESTED_SIM, {.scope = &facts}},
	{"86100D", 0, 10, EVIDENCE_UNTESTED, {.scope = &facts}},
};

struct state {
	char **channels; /* "1A" ... */
	guint n_channels;
	const char *mode;   /* last set; null: unknown */
	gboolean equalises; /* the equaliser function is displayed, so computed */
	guint configured;   /* channel the scope is set up for; 0: none */
	struct scope_setup setup;
};

static void free_state(gpointer data)
{
	struct state *state = data;
	g_strfreev(state->channels);
	g_free(state);
}

/* A digit for the slot, a letter for the channel in it. */
static gboolean is_channel(const char *text)
{
	return strlen(text) == 2 && text[0] >= '1' && text[0] <= '5' && text[1] >= 'A' &&
	       text[1] <= 'D';
}

static gboolean prepare(struct instrument *scope, GError **error)
{
	const char *list = instrument_parameter(scope, "channels");
	struct state *state = g_new0(struct state, 1);
	scope->state = state;
	state->channels = scpi_split(list ? list : "1A", ',');
	state->n_channels = g_strv_length(state->channels);
	gboolean ok = state->n_channels >= 1 && state->n_channels <= MAX_SCOPE_CHANNELS;
	for (guint i = 0; ok && i < state->n_channels; i++)
		ok = is_channel(state->channels[i]);
	if (!ok) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "channels: \"%s\" is no list such as 1A,2A", list);
		return FALSE;
	}
	double noise_w = 0;
	/* waveforms cannot do without it, everything else can */
	return !instrument_parameter(scope, "noise") || scope_noise_w(scope, &noise_w, error);
}

static guint n_channels(const struct instrument *scope)
{
	const struct state *state = scope->state;
	return state->n_channels;
}

static gboolean set_word(struct instrument *scope, guint row, const char *place, const char *word,
                         const struct bounds *bounds, GError **error)
{
	return command_send_word(scope, &keysight_scope_commands[row], place, word, bounds, error);
}

static gboolean set_number(struct instrument *scope, guint row, const char *place, double number,
                           const struct bounds *bounds, GError **error)
{
	return command_send_number(scope, &keysight_scope_commands[row], place, number, bounds,
	                           error);
}

static gboolean set_mode(struct instrument *scope, const char *mode, const struct bounds *bounds,
                         GError **error)
{
	struct state *state = scope->state;
	if (state->mode && strcmp(state->mode, mode) == 0)
		return TRUE;
	state->mode = NULL;
	if (!set_word(scope, DCA_MODE, NULL, mode, bounds, error) ||
	    !command_check(scope, bounds, error))
		return FALSE;
	state->mode = mode;
	return TRUE;
}

static gboolean start(struct instrument *scope, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.lock_s + scope->model->answer_s);
	return command_wait(scope, &keysight_scope_commands[DCA_DEFAULTS], NULL, NULL, &inner,
	                    error) &&
	       set_word(scope, DCA_SAMPLE_ORDER, NULL, "LENDian", bounds, error) &&
	       command_check(scope, bounds, error);
}

/* ---- set-up ---- */

/* The name of the calibrated wavelength nearest to that. */
static void wavelength_name(double wavelength_m, char name[16])
{
	gsize nearest = 0;
	for (gsize i = 1; i < facts.n_wavelengths; i++) {
		if (fabs(wavelength_m - facts.wavelengths_m[i]) <
		    fabs(wavelength_m - facts.wavelengths_m[nearest]))
			nearest = i;
	}
	g_snprintf(name, 16, "WAVelength%u", (guint)nearest + 1);
}

static gboolean configure_input(struct instrument *scope, const char *channel,
                                const struct scope_setup *setup, const struct bounds *bounds,
                                GError **error)
{
	char wavelength[16];
	wavelength_name(setup->wavelength_m, wavelength);
	/* Response correction, not the hardware filter: it takes any bandwidth; never both. */
	if (!set_word(scope, DCA_DISPLAY, channel, "ON", bounds, error) ||
	    !set_word(scope, DCA_WAVELENGTH, channel, wavelength, bounds, error) ||
	    !set_word(scope, DCA_RESPONSE, channel, "ON", bounds, error) ||
	    !set_number(scope, DCA_RESPONSE_RATE, channel, setup->symbol_rate_bd, bounds, error) ||
	    !set_number(scope, DCA_RESPONSE_BANDWIDTH, channel, setup->filter_bandwidth_hz, bounds,
	                error) ||
	    !set_word(scope, DCA_LOSS_STATE, channel, "ON", bounds, error) ||
	    !set_number(scope, DCA_LOSS, channel, setup->external_loss_db, bounds, error))
		return FALSE;
	return command_check(scope, bounds, error);
}

static gboolean configure_pattern(struct instrument *scope, const struct scope_setup *setup,
                                  const struct bounds *bounds, GError **error)
{
	if (!set_number(scope, DCA_BASE_RATE, NULL, setup->symbol_rate_bd, bounds, error) ||
	    !set_word(scope, DCA_BASE_UNITS, NULL, "UINTerval", bounds, error) ||
	    !set_word(scope, DCA_TRIGGER_SOURCE, NULL, "FPANel", bounds, error) ||
	    !set_number(scope, DCA_PATTERN_LENGTH, NULL, (double)setup->pattern_symbols, bounds,
	                error) ||
	    !set_word(scope, DCA_SAMPLES_MODE, NULL, "MANual", bounds, error) ||
	    !set_number(scope, DCA_SAMPLES, NULL, setup->samples_per_symbol, bounds, error) ||
	    !set_word(scope, DCA_WRAPPING, NULL, "ON", bounds, error))
		return FALSE;
	return command_check(scope, bounds, error);
}

/* Losing the pattern is what the light does, not a fault of the scope. */
static gboolean require_lock(struct instrument *scope, const struct bounds *bounds, GError **error)
{
	gboolean locked = FALSE;
	if (!command_ask_boolean(scope, &keysight_scope_commands[DCA_LOCK_ASK], NULL, &locked,
	                         bounds, error))
		return FALSE;
	if (locked)
		return command_check(scope, bounds, error);
	g_autoptr(GError) reason = NULL;
	if (!command_check(scope, bounds, &reason) &&
	    !g_error_matches(reason, STATION_ERROR, STATION_ERROR_INSTRUMENT)) {
		g_propagate_error(error, g_steal_pointer(&reason));
		return FALSE;
	}
	station_error_set(error, STATION_ERROR_DATA, "no lock on the pattern%s%s",
	                  reason ? ": " : "", reason ? reason->message : "");
	return FALSE;
}

static gboolean configure(struct instrument *scope, guint channel, const struct scope_setup *setup,
                          const struct bounds *bounds, GError **error)
{
	struct state *state = scope->state;
	struct bounds inner = bounds_within(bounds, facts.lock_s + scope->model->answer_s);
	state->configured = 0;
	if (!set_mode(scope, "OSCilloscope", bounds, error) ||
	    !configure_input(scope, state->channels[channel - 1], setup, bounds, error) ||
	    !configure_pattern(scope, setup, bounds, error) ||
	    !command_wait(scope, &keysight_scope_commands[DCA_LOCK], NULL, "ON", &inner, error) ||
	    !require_lock(scope, bounds, error))
		return FALSE;
	state->setup = *setup;
	state->configured = channel;
	return TRUE;
}

static gboolean require_configured(struct instrument *scope, guint channel, GError **error)
{
	const struct state *state = scope->state;
	if (state->configured == channel)
		return TRUE;
	station_error_set(error, STATION_ERROR_INTERNAL, "channel %u is not configured", channel);
	return FALSE;
}

static void source_name(const struct state *state, guint channel, char name[16])
{
	g_snprintf(name, 16, "CHAN%s", state->channels[channel - 1]);
}

/* ---- waveform ---- */

static gboolean acquire(struct instrument *scope, guint passes, double extra_s,
                        const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.pass_s * (passes + 1) + extra_s +
	                                                    scope->model->answer_s);
	return command_send(scope, &keysight_scope_commands[DCA_CLEAR], NULL, bounds, error) &&
	       set_word(scope, DCA_LIMIT_STATE, NULL, "ON", bounds, error) &&
	       set_word(scope, DCA_LIMIT_TYPE, NULL, "PATTerns", bounds, error) &&
	       set_number(scope, DCA_LIMIT_PATTERNS, NULL, passes, bounds, error) &&
	       command_check(scope, bounds, error) &&
	       command_wait(scope, &keysight_scope_commands[DCA_RUN], NULL, NULL, &inner, error) &&
	       require_lock(scope, bounds, error);
}

/* The equaliser makes every acquisition slow as long as it is displayed. */
static gboolean stop_equaliser(struct instrument *scope, const struct bounds *bounds,
                               GError **error)
{
	struct state *state = scope->state;
	if (!state->equalises)
		return TRUE;
	if (!set_word(scope, DCA_FUNCTION1_DISPLAY, NULL, "OFF", bounds, error))
		return FALSE;
	state->equalises = FALSE;
	return TRUE;
}

/* One pass is the channel itself; more go through the averaging function. */
static gboolean choose_source(struct instrument *scope, const char *channel, guint passes,
                              const struct bounds *bounds, GError **error)
{
	if (passes > 1 &&
	    (!set_word(scope, DCA_FUNCTION2_OPERATOR, NULL, "AVErage", bounds, error) ||
	     !set_word(scope, DCA_FUNCTION2_OPERAND, NULL, channel, bounds, error) ||
	     !set_word(scope, DCA_FUNCTION2_DISPLAY, NULL, "ON", bounds, error) ||
	     !set_number(scope, DCA_AVERAGE_COUNT, NULL, passes, bounds, error)))
		return FALSE;
	return set_word(scope, DCA_WAVEFORM_SOURCE, NULL, passes > 1 ? "FUNCtion2" : channel,
	                bounds, error) &&
	       command_check(scope, bounds, error);
}

static gboolean fetch(struct instrument *scope, struct waveform *taken, const struct bounds *bounds,
                      GError **error)
{
	struct scpi_value points = {SCPI_VALUE_NONE, NAN};
	gsize expected = waveform_length(taken);
	if (!command_ask_value(scope, &keysight_scope_commands[DCA_POINTS_ASK], NULL, &points,
	                       bounds, error))
		return FALSE;
	if (points.kind != SCPI_VALUE_OK || points.value == 0) {
		station_error_set(error, STATION_ERROR_DATA, "there is no waveform");
		return FALSE;
	}
	if (points.value != (double)expected) {
		g_autofree char *got = number_format(points.value);
		station_error_set(error, STATION_ERROR_PROTOCOL,
		                  "the waveform has %s points, expected %" G_GSIZE_FORMAT, got,
		                  expected);
		return FALSE;
	}
	struct bounds inner = bounds_within(bounds, facts.pass_s + scope->model->answer_s);
	return scpi_query_float32(scope->scpi, SCPI_LITTLE_ENDIAN, taken->power_w, expected, NULL,
	                          NULL, &inner, error, "%s",
	                          keysight_scope_commands[DCA_SAMPLES_ASK].header) &&
	       command_check(scope, bounds, error);
}

static struct waveform *acquire_waveform(struct instrument *scope, guint channel, guint passes,
                                         const struct bounds *bounds, GError **error)
{
	const struct state *state = scope->state;
	const struct scope_setup *setup = &state->setup;
	double noise_w = 0;
	char source[16];
	source_name(state, channel, source);
	if (!require_configured(scope, channel, error) || !scope_noise_w(scope, &noise_w, error))
		return NULL;
	g_autoptr(waveform) taken = waveform_new(setup->pattern_symbols, setup->samples_per_symbol,
	                                         setup->symbol_rate_bd, error);
	if (!taken || !set_mode(scope, "OSCilloscope", bounds, error) ||
	    !stop_equaliser(scope, bounds, error) ||
	    !choose_source(scope, source, passes, bounds, error) ||
	    !acquire(scope, passes, 0, bounds, error) || !fetch(scope, taken, bounds, error))
		return NULL;
	/* The loss correction multiplies signal and noise alike. */
	taken->scope_noise_w = noise_w * pow(10, setup->external_loss_db / 10);
	taken->filter_bandwidth_hz = setup->filter_bandwidth_hz;
	taken->passes = passes;
	return g_steal_pointer(&taken);
}

/* ---- the instrument's own results ---- */

static gboolean set_doubtful(struct instrument *scope, guint first, const char *status,
                             const struct bounds *bounds, GError **error)
{
	g_autofree char *reason = NULL;
	if (!command_ask_text(scope, &keysight_scope_commands[first + DCA_PART_REASON], NULL,
	                      &reason, bounds, error))
		return FALSE;
	station_error_set(error, STATION_ERROR_DATA, "%s is %s: %s",
	                  keysight_scope_commands[first + DCA_PART_VALUE].header, status, reason);
	return FALSE;
}

static gboolean read_result(struct instrument *scope, guint first, const char *source,
                            double *value, const struct bounds *bounds, GError **error)
{
	g_autofree char *status = NULL;
	struct scpi_value result = {SCPI_VALUE_NONE, NAN};
	/* The source is sticky between sessions: said again before each question. */
	if (!set_word(scope, first + DCA_PART_SOURCE, NULL, source, bounds, error) ||
	    !command_ask_text(scope, &keysight_scope_commands[first + DCA_PART_STATUS], NULL,
	                      &status, bounds, error))
		return FALSE;
	if (g_ascii_strncasecmp(status, "CORR", 4) != 0)
		return set_doubtful(scope, first, status, bounds, error);
	if (!command_ask_value(scope, &keysight_scope_commands[first + DCA_PART_VALUE], NULL,
	                       &result, bounds, error) ||
	    !command_check(scope, bounds, error))
		return FALSE;
	if (result.kind != SCPI_VALUE_OK) {
		station_error_set(error, STATION_ERROR_DATA, "%s: %s",
		                  keysight_scope_commands[first + DCA_PART_VALUE].header,
		                  scpi_value_kind_name(result.kind));
		return FALSE;
	}
	*value = result.value;
	return TRUE;
}

static gboolean measure(struct instrument *scope, guint first, const char *source, double extra_s,
                        double *value, const struct bounds *bounds, GError **error)
{
	return set_word(scope, first + DCA_PART_SOURCE, NULL, source, bounds, error) &&
	       command_send(scope, &keysight_scope_commands[first + DCA_PART_ADD], NULL, bounds,
	                    error) &&
	       command_check(scope, bounds, error) && acquire(scope, 1, extra_s, bounds, error) &&
	       read_result(scope, first, source, value, bounds, error);
}

static gboolean begin_results(struct instrument *scope, guint channel, const struct bounds *bounds,
                              GError **error)
{
	return require_configured(scope, channel, error) && set_mode(scope, "EYE", bounds, error) &&
	       set_word(scope, DCA_WRAPPING, NULL, "ON", bounds, error) &&
	       command_send(scope, &keysight_scope_commands[DCA_RESULTS_CLEAR], NULL, bounds,
	                    error);
}

/* The reference equaliser of IEEE 802.3 clause 121.8.5.4: five taps, one a symbol. */
static gboolean configure_equaliser(struct instrument *scope, const char *source,
                                    const struct bounds *bounds, GError **error)
{
	struct state *state = scope->state;
	state->equalises = TRUE;
	return set_word(scope, DCA_FUNCTION1_OPERATOR, NULL, "TEQualizer", bounds, error) &&
	       set_word(scope, DCA_FUNCTION1_OPERAND, NULL, source, bounds, error) &&
	       set_word(scope, DCA_FUNCTION1_DISPLAY, NULL, "ON", bounds, error) &&
	       set_number(scope, DCA_TAP_SPACING, NULL, 1, bounds, error) &&
	       set_number(scope, DCA_TAP_COUNT, NULL, 5, bounds, error) &&
	       set_number(scope, DCA_TAP_PRECURSORS, NULL, 2, bounds, error) &&
	       set_word(scope, DCA_TAP_AUTO, NULL, "ON", bounds, error) &&
	       command_check(scope, bounds, error);
}

static gboolean measure_tdecq(struct instrument *scope, guint channel, double *tdecq_db,
                              const struct bounds *bounds, GError **error)
{
	char source[16];
	source_name(scope->state, channel, source);
	return begin_results(scope, channel, bounds, error) &&
	       configure_equaliser(scope, source, bounds, error) &&
	       measure(scope, DCA_TDECQ, "FUNCtion1", facts.equalise_s, tdecq_db, bounds, error);
}

static gboolean measure_oma(struct instrument *scope, guint channel, double *oma_w,
                            const struct bounds *bounds, GError **error)
{
	char source[16];
	source_name(scope->state, channel, source);
	return begin_results(scope, channel, bounds, error) &&
	       stop_equaliser(scope, bounds, error) &&
	       measure(scope, DCA_OMA, source, 0, oma_w, bounds, error);
}

static gboolean measure_er(struct instrument *scope, guint channel, double *er_db,
                           const struct bounds *bounds, GError **error)
{
	char source[16];
	source_name(scope->state, channel, source);
	return begin_results(scope, channel, bounds, error) &&
	       stop_equaliser(scope, bounds, error) &&
	       set_word(scope, DCA_OUTER_ER_UNITS, NULL, "DECibel", bounds, error) &&
	       measure(scope, DCA_OUTER_ER, source, 0, er_db, bounds, error);
}

static gboolean measure_power(struct instrument *scope, guint channel, double *power_w,
                              const struct bounds *bounds, GError **error)
{
	char source[16];
	source_name(scope->state, channel, source);
	return begin_results(scope, channel, bounds, error) &&
	       stop_equaliser(scope, bounds, error) &&
	       set_word(scope, DCA_POWER_UNITS, NULL, "WATT", bounds, error) &&
	       measure(scope, DCA_POWER, source, 0, power_w, bounds, error);
}

/* Waveforms are counted, not patterns: without a lock there are none. */
static gboolean acquire_light(struct instrument *scope, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.pass_s + scope->model->answer_s);
	return command_send(scope, &keysight_scope_commands[DCA_CLEAR], NULL, bounds, error) &&
	       set_word(scope, DCA_LIMIT_STATE, NULL, "ON", bounds, error) &&
	       set_word(scope, DCA_LIMIT_TYPE, NULL, "WAVeforms", bounds, error) &&
	       set_number(scope, DCA_LIMIT_WAVEFORMS, NULL, LIGHT_WAVEFORMS, bounds, error) &&
	       command_check(scope, bounds, error) &&
	       command_wait(scope, &keysight_scope_commands[DCA_RUN], NULL, NULL, &inner, error) &&
	       command_check(scope, bounds, error);
}

static gboolean measure_light(struct instrument *scope, guint channel, double wavelength_m,
                              double *power_w, const struct bounds *bounds, GError **error)
{
	struct state *state = scope->state;
	const char *place = state->channels[channel - 1];
	char source[16], wavelength[16];
	source_name(state, channel, source);
	wavelength_name(wavelength_m, wavelength);
	state->configured = 0; /* the lock and the loss correction are gone */
	return set_mode(scope, "EYE", bounds, error) &&
	       set_word(scope, DCA_DISPLAY, place, "ON", bounds, error) &&
	       set_word(scope, DCA_WAVELENGTH, place, wavelength, bounds, error) &&
	       set_word(scope, DCA_LOSS_STATE, place, "OFF", bounds, error) &&
	       command_wait(scope, &keysight_scope_commands[DCA_LOCK], NULL, "OFF", bounds,
	                    error) &&
	       command_check(scope, bounds, error) && stop_equaliser(scope, bounds, error) &&
	       command_send(scope, &keysight_scope_commands[DCA_RESULTS_CLEAR], NULL, bounds,
	                    error) &&
	       set_word(scope, DCA_POWER_UNITS, NULL, "WATT", bounds, error) &&
	       set_word(scope, DCA_POWER + DCA_PART_SOURCE, NULL, source, bounds, error) &&
	       command_send(scope, &keysight_scope_commands[DCA_POWER + DCA_PART_ADD], NULL, bounds,
	                    error) &&
	       command_check(scope, bounds, error) && acquire_light(scope, bounds, error) &&
	       read_result(scope, DCA_POWER, source, power_w, bounds, error);
}

static const struct scope_ops ops = {
	.n_channels = n_channels,
	.configure = configure,
	.acquire_waveform = acquire_waveform,
	.measure_tdecq = measure_tdecq,
	.measure_oma = measure_oma,
	.measure_er = measure_er,
	.measure_power = measure_power,
	.measure_light = measure_light,
};

static const char *const makers[] = {"Keysight", "Agilent", NULL};
static const char *const parameters[] = {"channels", "noise", NULL};

const struct instrument_driver keysight_scope_driver = {
	.name = "keysight-scope",
	.class = INSTRUMENT_SCOPE,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 60, /* the program may just be starting */
	.commands = keysight_scope_commands,
	.n_commands = DCA_N_COMMANDS,
	.parameters = parameters,
	.scope = &ops,
	.prepare = prepare,
	.start = start,
	.free_state = free_state,
};

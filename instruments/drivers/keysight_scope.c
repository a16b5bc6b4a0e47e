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
#include "instruments/drivers/keysight_scope_results.h"
#include "instruments/scope.h"

#include <math.h>
#include <string.h>

enum { MAX_SCOPE_CHANNELS = 20 };

static const struct scpi_dialect dialect = {
	.name = "Keysight FlexDCA",
	.link = &link_settings_scpi,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 30, /* from memory */
	.opc = SCPI_OPC_BLOCKS,
	.service = TRUE, /* that *OPC's event requests service: from memory */
};

/* In the order of WAVelength1, WAVelength2 and, of heads for multimode fibre, WAVelength3: all from
 * memory. */
static const double wavelengths_m[] = {1310e-9, 1550e-9, 850e-9};

/* Ranges from memory; times are worst cases of a slow computer. */
static const struct scope_facts facts = {
	.gives_waveforms = TRUE,
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
	.pass_s = KEYSIGHT_SCOPE_PASS_S,
	.equalise_s = KEYSIGHT_SCOPE_EQUALISE_S,
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

static void free_state(gpointer data)
{
	struct keysight_scope_state *state = data;
	g_strfreev(state->channels);
	g_free(state->inputs);
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
	struct keysight_scope_state *state = g_new0(struct keysight_scope_state, 1);
	scope->state = state;
	state->channels = scpi_split(list ? list : "1A", ',');
	state->n_channels = g_strv_length(state->channels);
	state->inputs = g_new0(struct scope_setup, state->n_channels);
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
	const struct keysight_scope_state *state = scope->state;
	return state->n_channels;
}

/* ---- what is known to be set ---- */

void keysight_scope_forget(struct keysight_scope_state *state)
{
	memset(state->inputs, 0, state->n_channels * sizeof *state->inputs);
	state->pattern = (struct scope_setup){0};
	state->patterns = 0;
	state->source_channel = state->source_passes = 0;
}

/* Nothing is known of a scope that was connected anew, cleared, or has refused something. */
static struct keysight_scope_state *known(struct instrument *scope)
{
	struct keysight_scope_state *state = scope->state;
	guint upsets = scpi_upsets(scope->scpi);
	if (state->upsets != upsets) {
		keysight_scope_forget(state);
		state->mode = NULL;
		state->equalises = TRUE;
		state->ordered = FALSE;
	}
	state->upsets = upsets;
	return state;
}

static gboolean same_setup(const struct scope_setup *a, const struct scope_setup *b)
{
	return a->symbol_rate_bd == b->symbol_rate_bd && a->pattern_symbols == b->pattern_symbols &&
	       a->samples_per_symbol == b->samples_per_symbol &&
	       a->filter_bandwidth_hz == b->filter_bandwidth_hz &&
	       a->wavelength_m == b->wavelength_m && a->external_loss_db == b->external_loss_db;
}

/* ---- settings ---- */

gboolean keysight_scope_set_word(struct instrument *scope, guint row, const char *place,
                                 const char *word, const struct bounds *bounds, GError **error)
{
	return command_send_word(scope, &keysight_scope_commands[row], place, word, bounds, error);
}

gboolean keysight_scope_set_number(struct instrument *scope, guint row, const char *place,
                                   double number, const struct bounds *bounds, GError **error)
{
	return command_send_number(scope, &keysight_scope_commands[row], place, number, bounds,
	                           error);
}

gboolean keysight_scope_set_mode(struct instrument *scope, const char *mode,
                                 const struct bounds *bounds, GError **error)
{
	struct keysight_scope_state *state = known(scope);
	if (state->mode && strcmp(state->mode, mode) == 0)
		return TRUE;
	state->mode = NULL;
	keysight_scope_forget(state);
	if (!keysight_scope_set_word(scope, DCA_MODE, NULL, mode, bounds, error) ||
	    !command_check(scope, bounds, error))
		return FALSE;
	/* a recovery on the way came before the message: nothing was known then */
	state->upsets = scpi_upsets(scope->scpi);
	state->mode = mode;
	return TRUE;
}

static gboolean order_samples(struct instrument *scope, const struct bounds *bounds, GError **error)
{
	struct keysight_scope_state *state = scope->state;
	state->ordered =
		keysight_scope_set_word(scope, DCA_SAMPLE_ORDER, NULL, "LENDian", bounds, error) &&
		command_check(scope, bounds, error);
	return state->ordered;
}

static gboolean start(struct instrument *scope, const struct bounds *bounds, GError **error)
{
	struct keysight_scope_state *state = scope->state;
	struct bounds inner = bounds_within(bounds, facts.lock_s + scope->model->answer_s);
	keysight_scope_forget(state);
	state->mode = NULL;
	if (!command_wait(scope, &keysight_scope_commands[DCA_DEFAULTS], NULL, NULL, &inner,
	                  error) ||
	    !order_samples(scope, bounds, error))
		return FALSE;
	state->upsets = scpi_upsets(scope->scpi);
	return TRUE;
}

/* ---- set-up ---- */

/* The name of the calibrated wavelength nearest to that. */
void keysight_scope_wavelength_name(double wavelength_m, char name[16])
{
	gsize nearest = 0;
	for (gsize i = 1; i < facts.n_wavelengths; i++) {
		if (fabs(wavelength_m - facts.wavelengths_m[i]) <
		    fabs(wavelength_m - facts.wavelengths_m[nearest]))
			nearest = i;
	}
	g_snprintf(name, 16, "WAVelength%u", (guint)nearest + 1);
}

static gboolean send_input(struct instrument *scope, const char *channel,
                           const struct scope_setup *setup, const struct bounds *bounds,
                           GError **error)
{
	char wavelength[16];
	keysight_scope_wavelength_name(setup->wavelength_m, wavelength);
	/* Response correction, not the hardware filter: it takes any bandwidth; never both. */
	if (!keysight_scope_set_word(scope, DCA_DISPLAY, channel, "ON", bounds, error) ||
	    !keysight_scope_set_word(scope, DCA_WAVELENGTH, channel, wavelength, bounds, error) ||
	    !keysight_scope_set_word(scope, DCA_RESPONSE, channel, "ON", bounds, error) ||
	    !keysight_scope_set_number(scope, DCA_RESPONSE_RATE, channel, setup->symbol_rate_bd,
	                               bounds, error) ||
	    !keysight_scope_set_number(scope, DCA_RESPONSE_BANDWIDTH, channel,
	                               setup->filter_bandwidth_hz, bounds, error) ||
	    !keysight_scope_set_word(scope, DCA_LOSS_STATE, channel, "ON", bounds, error) ||
	    !keysight_scope_set_number(scope, DCA_LOSS, channel, setup->external_loss_db, bounds,
	                               error))
		return FALSE;
	return command_check(scope, bounds, error);
}

static gboolean configure_input(struct instrument *scope, guint channel,
                                const struct scope_setup *setup, const struct bounds *bounds,
                                GError **error)
{
	struct keysight_scope_state *state = known(scope);
	struct scope_setup *input = &state->inputs[channel - 1];
	if (same_setup(input, setup))
		return TRUE;
	*input = (struct scope_setup){0};
	state->pattern = (struct scope_setup){0};
	if (!send_input(scope, state->channels[channel - 1], setup, bounds, error))
		return FALSE;
	*input = *setup;
	return TRUE;
}

static gboolean send_pattern(struct instrument *scope, const struct scope_setup *setup,
                             const struct bounds *bounds, GError **error)
{
	if (!keysight_scope_set_number(scope, DCA_BASE_RATE, NULL, setup->symbol_rate_bd, bounds,
	                               error) ||
	    !keysight_scope_set_word(scope, DCA_BASE_UNITS, NULL, "UINTerval", bounds, error) ||
	    !keysight_scope_set_word(scope, DCA_TRIGGER_SOURCE, NULL, "FPANel", bounds, error) ||
	    !keysight_scope_set_number(scope, DCA_PATTERN_LENGTH, NULL,
	                               (double)setup->pattern_symbols, bounds, error) ||
	    !keysight_scope_set_word(scope, DCA_SAMPLES_MODE, NULL, "MANual", bounds, error) ||
	    !keysight_scope_set_number(scope, DCA_SAMPLES, NULL, setup->samples_per_symbol, bounds,
	                               error) ||
	    !keysight_scope_set_word(scope, DCA_WRAPPING, NULL, "ON", bounds, error))
		return FALSE;
	return command_check(scope, bounds, error);
}

static gboolean configure_pattern(struct instrument *scope, const struct scope_setup *setup,
                                  const struct bounds *bounds, GError **error)
{
	struct keysight_scope_state *state = known(scope);
	if (same_setup(&state->pattern, setup))
		return TRUE;
	state->pattern = (struct scope_setup){0};
	state->patterns = 0;
	state->source_channel = state->source_passes = 0;
	if (!send_pattern(scope, setup, bounds, error))
		return FALSE;
	state->pattern = *setup;
	return TRUE;
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
	struct keysight_scope_state *state = scope->state;
	struct bounds inner = bounds_within(bounds, facts.lock_s + scope->model->answer_s);
	state->configured = 0;
	if (!keysight_scope_set_mode(scope, "OSCilloscope", bounds, error) ||
	    !configure_input(scope, channel, setup, bounds, error) ||
	    !configure_pattern(scope, setup, bounds, error) ||
	    !command_wait(scope, &keysight_scope_commands[DCA_LOCK], NULL, "ON", &inner, error) ||
	    !require_lock(scope, bounds, error))
		return FALSE;
	state->setup = *setup;
	state->configured = channel;
	return TRUE;
}

gboolean keysight_scope_require_configured(struct instrument *scope, guint channel, GError **error)
{
	const struct keysight_scope_state *state = scope->state;
	if (state->configured == channel)
		return TRUE;
	station_error_set(error, STATION_ERROR_INTERNAL, "channel %u is not configured", channel);
	return FALSE;
}

void keysight_scope_source_name(const struct keysight_scope_state *state, guint channel,
                                char name[16])
{
	g_snprintf(name, 16, "CHAN%s", state->channels[channel - 1]);
}

/* ---- waveform ---- */

static gboolean limit_patterns(struct instrument *scope, guint patterns,
                               const struct bounds *bounds, GError **error)
{
	struct keysight_scope_state *state = known(scope);
	if (state->patterns == patterns)
		return TRUE;
	state->patterns = 0;
	if (!keysight_scope_set_word(scope, DCA_LIMIT_STATE, NULL, "ON", bounds, error) ||
	    !keysight_scope_set_word(scope, DCA_LIMIT_TYPE, NULL, "PATTerns", bounds, error) ||
	    !keysight_scope_set_number(scope, DCA_LIMIT_PATTERNS, NULL, patterns, bounds, error) ||
	    !command_check(scope, bounds, error))
		return FALSE;
	state->patterns = patterns;
	return TRUE;
}

gboolean keysight_scope_acquire_patterns(struct instrument *scope, guint passes, double extra_s,
                                         const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.pass_s * (passes + 1) + extra_s +
	                                                    scope->model->answer_s);
	return command_send(scope, &keysight_scope_commands[DCA_CLEAR], NULL, bounds, error) &&
	       limit_patterns(scope, passes, bounds, error) &&
	       command_wait(scope, &keysight_scope_commands[DCA_RUN], NULL, NULL, &inner, error) &&
	       require_lock(scope, bounds, error);
}

/* One pass is the channel itself; more go through the averaging function. */
static gboolean send_source(struct instrument *scope, const char *channel, guint passes,
                            const struct bounds *bounds, GError **error)
{
	if (passes > 1 &&
	    (!keysight_scope_set_word(scope, DCA_FUNCTION2_OPERATOR, NULL, "AVErage", bounds,
	                              error) ||
	     !keysight_scope_set_word(scope, DCA_FUNCTION2_OPERAND, NULL, channel, bounds, error) ||
	     !keysight_scope_set_word(scope, DCA_FUNCTION2_DISPLAY, NULL, "ON", bounds, error) ||
	     !keysight_scope_set_number(scope, DCA_AVERAGE_COUNT, NULL, passes, bounds, error)))
		return FALSE;
	return keysight_scope_set_word(scope, DCA_WAVEFORM_SOURCE, NULL,
	                               passes > 1 ? "FUNCtion2" : channel, bounds, error) &&
	       command_check(scope, bounds, error);
}

static gboolean choose_source(struct instrument *scope, guint channel, guint passes,
                              const struct bounds *bounds, GError **error)
{
	struct keysight_scope_state *state = known(scope);
	char source[16];
	if (state->source_channel == channel && state->source_passes == passes)
		return TRUE;
	state->source_channel = state->source_passes = 0;
	keysight_scope_source_name(state, channel, source);
	if ((!state->ordered && !order_samples(scope, bounds, error)) ||
	    !send_source(scope, source, passes, bounds, error))
		return FALSE;
	state->source_channel = channel;
	state->source_passes = passes;
	return TRUE;
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
	const struct keysight_scope_state *state = scope->state;
	const struct scope_setup *setup = &state->setup;
	double noise_w = 0;
	if (!keysight_scope_require_configured(scope, channel, error) ||
	    !scope_noise_w(scope, &noise_w, error))
		return NULL;
	g_autoptr(waveform) taken = waveform_new(setup->pattern_symbols, setup->samples_per_symbol,
	                                         setup->symbol_rate_bd, error);
	if (!taken || !keysight_scope_set_mode(scope, "OSCilloscope", bounds, error) ||
	    !keysight_scope_stop_equaliser(scope, bounds, error) ||
	    !choose_source(scope, channel, passes, bounds, error) ||
	    !keysight_scope_acquire_patterns(scope, passes, 0, bounds, error) ||
	    !fetch(scope, taken, bounds, error))
		return NULL;
	/* The loss correction multiplies signal and noise alike. */
	taken->scope_noise_w = noise_w * pow(10, setup->external_loss_db / 10);
	taken->filter_bandwidth_hz = setup->filter_bandwidth_hz;
	taken->passes = passes;
	return g_steal_pointer(&taken);
}

static const struct scope_ops ops = {
	.n_channels = n_channels,
	.configure = configure,
	.acquire_waveform = acquire_waveform,
	.measure_tdecq = keysight_scope_measure_tdecq,
	.measure_oma = keysight_scope_measure_oma,
	.measure_er = keysight_scope_measure_er,
	.measure_power = keysight_scope_measure_power,
	.measure_light = keysight_scope_measure_light,
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

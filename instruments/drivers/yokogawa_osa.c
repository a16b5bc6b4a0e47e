/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * Yokogawa AQ6370C, AQ6370D, AQ6370E optical spectrum analysers, over a raw socket with login.
 * Source: public drivers in use (PyMeasure, InstrumentKit, LabExt and others that name the remote
 * manuals IM AQ6370C-17EN and IM AQ6370D-17EN), and page 13 of the former.
 */
#include "instruments/drivers/drivers.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/command.h"
#include "instruments/wavelength_meter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS_MAX = 128 };

/* Analyses look at light down to so far below the strongest point. */
static const double threshold_db = 20;
static const double poll_s = 0.2;

static const struct link_settings link_settings = {
	.framing = LINK_FRAMING_SCPI,
	.write_end = LINK_END_CRLF,
	.read_end = LINK_END_LF, /* CR LF is sent; the CR is dropped where it is */
	.stall_s = 40,           /* as answer_s of the models */
};

static const struct scpi_dialect dialect = {
	.name = "Yokogawa AQ6370",
	.link = &link_settings,
	.identify = "*IDN?",
	.clear_status = "*CLS",
	.error_query = ":SYST:ERR?",
	.error_depth = 30,      /* from memory */
	.opc = SCPI_OPC_ABSENT, /* not relied on: the end of a sweep is in a register */
};

static const struct wavelength_meter_facts facts = {
	.parts = SPECTRUM_WIDTH | SPECTRUM_SMSR | SPECTRUM_LINES,
	.sweeps = TRUE,
	.wavelength_min_m = 600e-9,
	.wavelength_max_m = 1700e-9,
	.span_min_m = 0.5e-9, /* 0 stays at one wavelength: no spectrum */
	.span_max_m = 1100e-9,
	.resolution_min_m = 0.02e-9,
	.resolution_max_m = 2e-9,
	.wavelength_uncertainty_m = 0.1e-9, /* from memory */
	.floor_dbm = -60,                   /* well above that of HIGH1; from memory */
	.sweep_s = 300,                     /* from memory */
};

/*
 * For 30 s every ten minutes it corrects its offsets and answers nobody: the manual wants
 * timeouts beyond that.
 */
static const struct instrument_model models[] = {
	{"AQ6370D", 1, 40, EVIDENCE_TESTED_SIM, {.wavelength_meter = &facts}},
	{"AQ6370C", 1, 40, EVIDENCE_UNTESTED, {.wavelength_meter = &facts}},
	{"AQ6370E", 1, 40, EVIDENCE_UNTESTED, {.wavelength_meter = &facts}},
};

enum row {
	FORMAT,
	TRACE_ACTIVE,
	TRACE_ATTRIBUTE,
	SENSITIVITY,
	POINTS_AUTO,
	SWEEP_MODE,
	CENTRE,
	CENTRE_ASK,
	SPAN,
	SPAN_ASK,
	RESOLUTION,
	RESOLUTION_ASK,
	CLEAR,
	SWEEP,
	SWEPT_ASK,
	ANALYSIS,
	ANALYSE,
	RESULT_ASK,
	SMSR_MODE,
	RMS_THRESHOLD,
	RMS_FACTOR,
	WDM_THRESHOLD,
	CHANNELS_ASK,
	WAVELENGTHS_ASK,
	POWERS_ASK,
};

static const struct command commands[] = {
	[FORMAT] = COMMAND_SET_WORD(":FORM:DATA", NONE),
	[TRACE_ACTIVE] = COMMAND_SET_WORD(":TRAC:ACT", NONE),
	[TRACE_ATTRIBUTE] = COMMAND_SET_WORD(":TRAC:ATTR:TRA", NONE),
	[SENSITIVITY] = COMMAND_SET_WORD(":SENS:SENS", NONE),
	[POINTS_AUTO] = COMMAND_SET_BOOLEAN(":SENS:SWE:POIN:AUTO", NONE),
	[SWEEP_MODE] = COMMAND_SET_WORD(":INIT:SMOD", NONE),
	[CENTRE] = COMMAND_SET_NUMBER(":SENS:WAV:CENT", NONE, 9), /* metres without a unit */
	[CENTRE_ASK] = COMMAND_ASK(":SENS:WAV:CENT?", NONE),
	[SPAN] = COMMAND_SET_NUMBER(":SENS:WAV:SPAN", NONE, 9),
	[SPAN_ASK] = COMMAND_ASK(":SENS:WAV:SPAN?", NONE),
	[RESOLUTION] = COMMAND_SET_NUMBER(":SENS:BWID:RES", NONE, 6),
	[RESOLUTION_ASK] = COMMAND_ASK(":SENS:BWID:RES?", NONE),
	[CLEAR] = COMMAND_SET("*CLS", NONE),
	[SWEEP] = COMMAND_SET(":INIT", NONE),
	[SWEPT_ASK] = COMMAND_ASK(":STAT:OPER:EVEN?", NONE), /* bit 0: a sweep has ended */
	[ANALYSIS] = COMMAND_SET_WORD(":CALC:CAT", NONE),
	[ANALYSE] = COMMAND_SET(":CALC", NONE),
	/* SMSR: peak m, dBm, next peak m, dBm, and differences; SWRMS: centre m, width m, the order
         * of these two from memory */
	[RESULT_ASK] = COMMAND_ASK(":CALC:DATA?", NONE),
	[SMSR_MODE] = COMMAND_SET_WORD(":CALC:PAR:SMSR:MODE", NONE),
	[RMS_THRESHOLD] = COMMAND_SET_NUMBER(":CALC:PAR:SWRMS:TH", NONE, 4), /* from memory */
	[RMS_FACTOR] = COMMAND_SET_NUMBER(":CALC:PAR:SWRMS:K", NONE, 4),
	[WDM_THRESHOLD] = COMMAND_SET_NUMBER(":CALC:PAR:WDM:TH", NONE, 4),
	[CHANNELS_ASK] = COMMAND_ASK(":CALC:DATA:NCH?", NONE),
	[WAVELENGTHS_ASK] = COMMAND_ASK(":CALC:DATA:CWAV?", NONE),
	[POWERS_ASK] = COMMAND_ASK(":CALC:DATA:CPOW?", NONE),
};

struct state {
	/* with the login of the parameters; they point at each other */
	struct scpi_dialect dialect;
	struct link_settings link;
	struct link_login login;
	char *user; /* owned */
	struct spectrum_setup setup;
};

static void free_state(gpointer data)
{
	struct state *state = data;
	g_free(state->user);
	g_free(state);
}

static gboolean prepare(struct instrument *meter, GError **error)
{
	struct state *state = g_new0(struct state, 1);
	const char *user = instrument_parameter(meter, "user");
	const char *password = instrument_parameter(meter, "password");
	meter->state = state;
	if ((user && strpbrk(user, "\"\r\n")) || (password && strpbrk(password, "\r\n"))) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "user, password: a quote or a line end in it");
		return FALSE;
	}
	/* anybody is let in as anonymous, with any password, unless the unit was set otherwise */
	state->user = g_strdup_printf("OPEN \"%s\"", user ? user : "anonymous");
	state->login = (struct link_login){
		.user = state->user,
		.password = password ? password : "",
		.challenge = "AUTHENTICATE CRAM-MD5.",
		.welcome = "READY",
	};
	state->link = link_settings;
	state->link.login = &state->login;
	state->dialect = dialect;
	state->dialect.link = &state->link;
	return TRUE;
}

static const struct scpi_dialect *own_dialect(const struct instrument *meter)
{
	const struct state *state = meter->state;
	return &state->dialect;
}

static gboolean start(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	static const struct {
		enum row row;
		const char *word; /* null: a number */
		double number;
	} settings[] = {
		{FORMAT, "ASCII", 0},
		{TRACE_ACTIVE, "TRA", 0},
		{TRACE_ATTRIBUTE, "WRITE", 0},
		{SENSITIVITY, "HIGH1", 0},
		{POINTS_AUTO, NULL, 1},
		{SWEEP_MODE, "SINGLE", 0},
		{SMSR_MODE, "SMSR1", 0}, /* the strongest of the others, wherever it is */
		{RMS_THRESHOLD, NULL, threshold_db},
		{RMS_FACTOR, NULL, 1},
		{WDM_THRESHOLD, NULL, threshold_db},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
		const struct command *command = &commands[settings[i].row];
		if (settings[i].word ? !command_send_word(meter, command, NULL, settings[i].word,
		                                          bounds, error)
		                     : !command_send_number(meter, command, NULL,
		                                            settings[i].number, bounds, error))
			return FALSE;
	}
	return command_check(meter, bounds, error);
}

static gboolean configure(struct instrument *meter, const struct spectrum_setup *setup,
                          const struct bounds *bounds, GError **error)
{
	struct state *state = meter->state;
	state->setup = (struct spectrum_setup){0};
	/* it takes the nearest resolution of its list */
	if (!command_set_verified(meter, &commands[CENTRE], &commands[CENTRE_ASK], NULL,
	                          setup->centre_m, 1e-12, "centre wavelength", bounds, error) ||
	    !command_set_verified(meter, &commands[SPAN], &commands[SPAN_ASK], NULL, setup->span_m,
	                          0.1e-9, "span", bounds, error) ||
	    !command_set_verified(meter, &commands[RESOLUTION], &commands[RESOLUTION_ASK], NULL,
	                          setup->resolution_m, setup->resolution_m / 2, "resolution",
	                          bounds, error))
		return FALSE;
	state->setup = *setup;
	return TRUE;
}

static gboolean sweep(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	struct bounds inner = bounds_within(bounds, facts.sweep_s + meter->model->answer_s);
	if (!command_send(meter, &commands[CLEAR], NULL, bounds, error) ||
	    !command_send(meter, &commands[SWEEP], NULL, bounds, error))
		return FALSE;
	for (;;) {
		gint64 bits = 0;
		if (!command_ask_integer(meter, &commands[SWEPT_ASK], NULL, &bits, &inner, error))
			return FALSE;
		if (bits & 1)
			return command_check(meter, bounds, error);
		if (!clock_sleep_s(poll_s, &inner, error)) {
			g_prefix_error(error, "still sweeping: ");
			return FALSE;
		}
	}
}

/* ---- analyses of the sweep ---- */

/* Exactly n numbers; one that is not there is NaN. */
static gboolean ask_numbers(struct instrument *meter, enum row row, double *numbers, gsize n,
                            const struct bounds *bounds, GError **error)
{
	struct scpi_value values[CHANNELS_MAX];
	struct bounds inner = bounds_within(bounds, meter->model->answer_s);
	g_assert(n <= G_N_ELEMENTS(values));
	if (!scpi_query_number_list(meter->scpi, values, n, NULL, &inner, error, "%s",
	                            commands[row].header))
		return FALSE;
	for (gsize i = 0; i < n; i++)
		numbers[i] = values[i].kind == SCPI_VALUE_OK ? values[i].value : NAN;
	return TRUE;
}

static gboolean analyse(struct instrument *meter, const char *analysis, const struct bounds *bounds,
                        GError **error)
{
	return command_send_word(meter, &commands[ANALYSIS], NULL, analysis, bounds, error) &&
	       command_send(meter, &commands[ANALYSE], NULL, bounds, error) &&
	       command_check(meter, bounds, error);
}

static gboolean measure_modes(struct instrument *meter, double *peak_dbm, double *smsr_db,
                              const struct bounds *bounds, GError **error)
{
	double found[6];
	if (!analyse(meter, "SMSR", bounds, error) ||
	    !ask_numbers(meter, RESULT_ASK, found, G_N_ELEMENTS(found), bounds, error))
		return FALSE;
	*peak_dbm = found[1];
	*smsr_db = found[1] - found[3];
	return TRUE;
}

static gboolean measure_width(struct instrument *meter, struct spectrum_result *result,
                              const struct bounds *bounds, GError **error)
{
	double found[2];
	if (!analyse(meter, "SWRMS", bounds, error) ||
	    !ask_numbers(meter, RESULT_ASK, found, G_N_ELEMENTS(found), bounds, error))
		return FALSE;
	result->centre_m = found[0];
	result->rms_width_m = found[1];
	/* else these are two other numbers than we think */
	const struct state *state = meter->state;
	if (fabs(found[0] - state->setup.centre_m) <= state->setup.span_m / 2 &&
	    found[1] <= state->setup.span_m)
		return TRUE;
	station_error_set(error, STATION_ERROR_PROTOCOL,
	                  "%s: centre or width is not within the span",
	                  commands[RESULT_ASK].header);
	return FALSE;
}

static int by_power(const void *a, const void *b)
{
	double left = ((const struct spectrum_peak *)a)->power_dbm;
	double right = ((const struct spectrum_peak *)b)->power_dbm;
	return (left < right) - (left > right);
}

static int by_wavelength(const void *a, const void *b)
{
	double left = ((const struct spectrum_peak *)a)->wavelength_m;
	double right = ((const struct spectrum_peak *)b)->wavelength_m;
	return (left > right) - (left < right);
}

static gboolean measure_peaks(struct instrument *meter, struct spectrum_result *result,
                              const struct bounds *bounds, GError **error)
{
	struct spectrum_peak peaks[CHANNELS_MAX];
	double wavelengths_m[CHANNELS_MAX], powers_dbm[CHANNELS_MAX];
	gint64 n = 0;
	if (!analyse(meter, "WDM", bounds, error) ||
	    !command_ask_integer(meter, &commands[CHANNELS_ASK], NULL, &n, bounds, error))
		return FALSE;
	if (n < 0 || n > CHANNELS_MAX) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%" G_GINT64_FORMAT " peaks; at most %d are expected", n,
		                  CHANNELS_MAX);
		return FALSE;
	}
	if (n == 0) /* the foot of a line beyond the span */
		return TRUE;
	if (!ask_numbers(meter, WAVELENGTHS_ASK, wavelengths_m, (gsize)n, bounds, error) ||
	    !ask_numbers(meter, POWERS_ASK, powers_dbm, (gsize)n, bounds, error))
		return FALSE;
	for (gint64 i = 0; i < n; i++) {
		if (!isfinite(wavelengths_m[i]) || !isfinite(powers_dbm[i])) {
			station_error_set(error, STATION_ERROR_DATA, "a peak without a number");
			return FALSE;
		}
		peaks[i] = (struct spectrum_peak){wavelengths_m[i], powers_dbm[i]};
	}
	qsort(peaks, (gsize)n, sizeof peaks[0], by_power);
	result->n_peaks = MIN((guint)n, SPECTRUM_PEAKS_MAX);
	memcpy(result->peaks, peaks, result->n_peaks * sizeof peaks[0]);
	qsort(result->peaks, result->n_peaks, sizeof peaks[0], by_wavelength);
	return TRUE;
}

static gboolean measure(struct instrument *meter, struct spectrum_result *result,
                        const struct bounds *bounds, GError **error)
{
	const struct state *state = meter->state;
	double peak_dbm = NAN;
	if (!(state->setup.span_m > 0)) {
		station_error_set(error, STATION_ERROR_INTERNAL, "not configured");
		return FALSE;
	}
	if (!sweep(meter, bounds, error) ||
	    !measure_modes(meter, &peak_dbm, &result->smsr_db, bounds, error))
		return FALSE;
	/* noise has peaks as well */
	if (peak_dbm < facts.floor_dbm)
		return TRUE;
	return measure_width(meter, result, bounds, error) &&
	       measure_peaks(meter, result, bounds, error);
}

static const struct wavelength_meter_ops ops = {
	.configure = configure,
	.measure = measure,
};

static const char *const makers[] = {"YOKOGAWA", NULL};
static const char *const parameters[] = {"user", "password", NULL};

const struct instrument_driver yokogawa_osa_driver = {
	.name = "yokogawa-osa",
	.class = INSTRUMENT_WAVELENGTH_METER,
	.makers = makers,
	.models = models,
	.n_models = G_N_ELEMENTS(models),
	.dialect = &dialect,
	.connect_s = 60,
	.commands = commands,
	.n_commands = G_N_ELEMENTS(commands),
	.parameters = parameters,
	.wavelength_meter = &ops,
	.prepare = prepare,
	.own_dialect = own_dialect,
	.start = start,
	.free_state = free_state,
};

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_osa.h"

#include "bench/osa_analysis.h"
#include "bench/osa_login.h"
#include "bench/scpi.h"

#include <math.h>

/*
 * Yokogawa AQ6370D on the common port of the switch: commands as public drivers of the AQ6370C and
 * AQ6370D use them. A socket has to log in first: OPEN "anonymous", then any password. Not there:
 * other traces than A, markers, repeated sweeps, binary data, frequencies. From memory: the state
 * after a reset, what the numbers of an answer look like, the order of results of the RMS width,
 * noise and times of a sweep.
 */
#define LINES_MAX      64
#define POINTS_MIN     101
#define OVERHEAD_S     0.5
#define FLOOR_W        3.16e-11 /* -75 dBm */
#define SHIFT_SIGMA_M  3e-12    /* its wavelength error, */
#define REPEAT_SIGMA_M 1e-12    /* of one sweep against the other, */
#define GAIN_SIGMA_DB  0.1      /* and that of its level */
#define SWEPT_BIT      0x01

enum setting_row {
	CENTRE,
	SPAN,
	START,
	STOP,
	RESOLUTION,
	RESOLUTION_LONG,
	POINTS,
	POINTS_AUTO,
	SMSR_MASK,
	RMS_THRESHOLD,
	RMS_FACTOR,
	WDM_THRESHOLD,
	WDM_DIFFERENCE,
};
static const struct setting setting_rows[] = {
	[CENTRE] = {"SENSe:WAVelength:CENTer", SETTING_NUMBER, "M", 600e-9, 1700e-9, 1150e-9},
	[SPAN] = {"SENSe:WAVelength:SPAN", SETTING_NUMBER, "M", 0, 1100e-9, 1100e-9},
	[START] = {"SENSe:WAVelength:STARt", SETTING_NUMBER, "M", 50e-9, 1700e-9, 600e-9},
	[STOP] = {"SENSe:WAVelength:STOP", SETTING_NUMBER, "M", 600e-9, 2250e-9, 1700e-9},
	[RESOLUTION] = {"SENSe:BWIDth[:RESolution]", SETTING_NUMBER, "M", 0.02e-9, 2e-9, 1e-9},
	[RESOLUTION_LONG] = {"SENSe:BANDwidth[:RESolution]", SETTING_NUMBER, "M", 0.02e-9, 2e-9,
                             1e-9},
	[POINTS] = {"SENSe:SWEep:POINts", SETTING_INT, NULL, POINTS_MIN, SPECTRUM_POINTS_MAX, 1001},
	[POINTS_AUTO] = {"SENSe:SWEep:POINts:AUTO", SETTING_BOOL, NULL, 0, 1, 1},
	[SMSR_MASK] = {"CALCulate:PARameter:SMSR:MASK", SETTING_NUMBER, "M", 0, 99.99e-9, 0},
	[RMS_THRESHOLD] = {"CALCulate:PARameter:SWRMs:TH", SETTING_NUMBER, "DB", 0.01, 50, 20},
	[RMS_FACTOR] = {"CALCulate:PARameter:SWRMs:K", SETTING_NUMBER, NULL, 1, 10, 2},
	[WDM_THRESHOLD] = {"CALCulate:PARameter:WDM:TH", SETTING_NUMBER, "DB", 0.1, 99.9, 20},
	[WDM_DIFFERENCE] = {"CALCulate:PARameter:WDM:MDIFf", SETTING_NUMBER, "DB", 0.01, 50, 3},
};

/* Settings that are chosen by word or number and answered by number. */
enum choice { SENSITIVITY, SWEEP_MODE, ANALYSIS, FORMAT, TRACE, ATTRIBUTE, SMSR_MODE, CHOICES };
static const struct {
	int first; /* number of the first word */
	int reset;
	const char *words[18];
} choices[CHOICES] = {
	[SENSITIVITY] = {0, 0, {"NHLD", "NAUT", "MID", "HIGH1", "HIGH2", "HIGH3", "NORMal"}},
	[SWEEP_MODE] = {1, 2, {"SINGle", "REPeat", "AUTO", "SEGMent"}},
	[ANALYSIS] = {0,
                      0,
                      {"SWTHresh", "SWENvelope", "SWRMs", "SWPKrms", "NOTCh", "DFBLd", "FPLD",
                       "LED", "SMSR", "POWer", "PMD", "WDM", "NF", "FILPk", "FILBtm", "WFPeak",
                       "WFBtm"}},
	[FORMAT] = {0, 0, {"ASCii"}},
	[TRACE] = {0, 0, {"TRA"}},
	[ATTRIBUTE] = {0, 0, {"WRITe", "FIX", "MAX", "MIN", "RAVG", "CALC"}},
	[SMSR_MODE] = {0, 0, {"SMSR1", "SMSR2", "SMSR3", "SMSR4"}},
};

/* How much longer than NORMAL the sensitivities take, in the order of their words. */
static const double slowness[] = {1, 1, 2, 5, 20, 75, 1};

struct aq6370 {
	struct world *world;
	guint site;
	struct scpi_device *device;
	struct random_stream noise;
	double shift_m, gain; /* its errors */
	int chosen[CHOICES];
	gboolean sweeping;
	gboolean begun; /* since the condition was looked at last */
	double swept_s; /* when the sweep that runs ends */
	struct spectrum_trace trace;
	gboolean analysed;
	struct osa_results results;
};

static double setting(const struct aq6370 *osa, enum setting_row row)
{
	return settings_number(scpi_device_settings(osa->device), row, 0);
}

static double dbm(double watt)
{
	return 10 * log10(watt / 1e-3);
}

/* --- sweep -------------------------------------------------------------------------------------
 */

static guint points_of(const struct aq6370 *osa)
{
	if (setting(osa, POINTS_AUTO) == 0)
		return (guint)setting(osa, POINTS);
	double points = 1 + ceil(5 * setting(osa, SPAN) / setting(osa, RESOLUTION));
	return (guint)CLAMP(points, POINTS_MIN, SPECTRUM_POINTS_MAX);
}

static void take_trace(struct aq6370 *osa)
{
	struct world_line lines[LINES_MAX];
	guint n = world_spectrum(osa->world, osa->site, lines, LINES_MAX);
	double centre_m = setting(osa, CENTRE), half_m = setting(osa, SPAN) / 2;
	struct spectrum_request request = {
		.start_m = centre_m - half_m,
		.stop_m = centre_m + half_m,
		.points = points_of(osa),
		.resolution_m = setting(osa, RESOLUTION),
		.shift_m = osa->shift_m + REPEAT_SIGMA_M * random_normal(&osa->noise),
		.gain = osa->gain,
		.floor_w = FLOOR_W,
	};
	spectrum_sweep(&osa->trace, &request, lines, n, &osa->noise);
}

/* A sweep that is over by now leaves its trace. */
static void refresh(struct aq6370 *osa)
{
	if (!osa->sweeping || world_now_s(osa->world) < osa->swept_s)
		return;
	osa->sweeping = FALSE;
	take_trace(osa);
}

static void run_sweep(struct scpi_call *call)
{
	struct aq6370 *osa = scpi_instrument(call);

	if (!scpi_end(call))
		return;
	if (setting(osa, SPAN) <= 0) {
		scpi_error(call, -221, "zero span");
		return;
	}
	osa->sweeping = osa->begun = TRUE;
	osa->analysed = FALSE;
	osa->swept_s = world_now_s(osa->world) + OVERHEAD_S +
	               1e-4 * points_of(osa) * slowness[osa->chosen[SENSITIVITY]];
}

static void run_abort(struct scpi_call *call)
{
	struct aq6370 *osa = scpi_instrument(call);
	if (scpi_end(call))
		osa->sweeping = osa->begun = FALSE;
}

static gboolean trace_there(struct scpi_call *call)
{
	struct aq6370 *osa = scpi_instrument(call);
	refresh(osa);
	if (osa->trace.points > 0 && !osa->sweeping)
		return TRUE;
	scpi_error(call, -230, "no trace");
	return FALSE;
}

enum axis { AXIS_X, AXIS_Y };

static void run_trace(struct scpi_call *call)
{
	struct aq6370 *osa = scpi_instrument(call);
	int index = 0;

	if (!scpi_take_choice(call, choices[TRACE].words, &index) || !scpi_end(call) ||
	    !trace_there(call))
		return;
	for (guint i = 0; i < osa->trace.points; i++) {
		if (scpi_tag(call) == AXIS_X)
			scpi_reply_exp(call, osa->trace.start_m + i * osa->trace.step_m, 8, 3,
			               TRUE);
		else
			scpi_reply_exp(call, dbm(osa->trace.power_w[i]), 8, 3, TRUE);
	}
}

static void run_trace_points(struct scpi_call *call)
{
	const struct aq6370 *osa = scpi_instrument(call);
	int index = 0;
	if (scpi_take_choice(call, choices[TRACE].words, &index) && scpi_end(call))
		scpi_reply_int(call, osa->trace.points);
}

/* --- analyses ----------------------------------------------------------------------------------
 */

static void run_analyse(struct scpi_call *call)
{
	struct aq6370 *osa = scpi_instrument(call);

	if (!scpi_end(call) || !trace_there(call))
		return;
	struct osa_parameters parameters = {
		.difference_db = setting(osa, WDM_DIFFERENCE),
		.mask_m = setting(osa, SMSR_MASK),
		.width_threshold_db = setting(osa, RMS_THRESHOLD),
		.width_factor = setting(osa, RMS_FACTOR),
		.channel_threshold_db = setting(osa, WDM_THRESHOLD),
	};
	osa->analysed = osa_analyse((enum osa_analysis)osa->chosen[ANALYSIS], &osa->trace,
	                            &parameters, &osa->results);
	if (!osa->analysed)
		scpi_error(call, -200, "analysis not there");
}

static gboolean results_there(struct scpi_call *call)
{
	const struct aq6370 *osa = scpi_instrument(call);
	if (!scpi_end(call))
		return FALSE;
	if (!osa->analysed)
		scpi_error(call, -230, "no analysis");
	return osa->analysed;
}

/* The number of channels, then their wavelengths and levels, when it was that of WDM. */
static void run_results(struct scpi_call *call)
{
	const struct aq6370 *osa = scpi_instrument(call);

	if (!results_there(call))
		return;
	if (osa->results.analysis == OSA_WDM)
		scpi_reply_int(call, osa->results.n_channels);
	for (guint i = 0; osa->results.analysis == OSA_WDM && i < osa->results.n_channels; i++) {
		scpi_reply_exp(call, osa->results.channels[i].wavelength_m, 8, 3, TRUE);
		scpi_reply_exp(call, dbm(osa->results.channels[i].power_w), 8, 3, TRUE);
	}
	for (guint i = 0; i < osa->results.n; i++)
		scpi_reply_exp(call, osa->results.values[i], 8, 3, TRUE);
}

enum channel_tag { CHANNEL_COUNT, CHANNEL_WAVELENGTHS, CHANNEL_POWERS };

static void run_channels(struct scpi_call *call)
{
	const struct aq6370 *osa = scpi_instrument(call);

	if (!results_there(call))
		return;
	if (osa->results.analysis != OSA_WDM) {
		scpi_error(call, -230, "not of WDM");
		return;
	}
	if (scpi_tag(call) == CHANNEL_COUNT)
		scpi_reply_int(call, osa->results.n_channels);
	for (guint i = 0; scpi_tag(call) != CHANNEL_COUNT && i < osa->results.n_channels; i++) {
		const struct world_line *channel = &osa->results.channels[i];
		scpi_reply_exp(call,
		               scpi_tag(call) == CHANNEL_POWERS ? dbm(channel->power_w)
		                                                : channel->wavelength_m,
		               8, 3, TRUE);
	}
}

/* --- settings ----------------------------------------------------------------------------------
 */

static void run_choice(struct scpi_call *call)
{
	struct aq6370 *osa = scpi_instrument(call);
	enum choice choice = (enum choice)scpi_tag(call);
	struct scpi_span next = scpi_peek(call);
	int index = 0, count = 0;

	while (choices[choice].words[count])
		count++;
	if (next.len > 0 && g_ascii_isdigit(next.p[0])) {
		int first = choices[choice].first;
		if (!scpi_take_int(call, first, first + count - 1, &index))
			return;
		index -= first;
	} else if (!scpi_take_choice(call, choices[choice].words, &index)) {
		return;
	}
	if (scpi_end(call))
		osa->chosen[choice] = index;
}

static void run_choice_query(struct scpi_call *call)
{
	const struct aq6370 *osa = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_int(call, osa->chosen[scpi_tag(call)] + choices[scpi_tag(call)].first);
}

/* It takes the nearest of these. */
static double snapped_resolution(double wanted_m)
{
	static const double list_m[] = {0.02e-9, 0.05e-9, 0.1e-9, 0.2e-9, 0.5e-9, 1e-9, 2e-9};
	double best_m = list_m[0];

	for (guint i = 1; i < G_N_ELEMENTS(list_m); i++) {
		if (fabs(list_m[i] - wanted_m) < fabs(best_m - wanted_m))
			best_m = list_m[i];
	}
	return best_m;
}

static void changed(void *instrument, guint row, int place)
{
	struct aq6370 *osa = instrument;
	struct settings *settings = scpi_device_settings(osa->device);
	double start_m = setting(osa, START), stop_m = setting(osa, STOP);

	if (row == START || row == STOP) {
		settings_put(settings, CENTRE, 0, (start_m + stop_m) / 2);
		settings_put(settings, SPAN, 0, MAX(stop_m - start_m, 0));
	}
	if (row == CENTRE || row == SPAN) {
		settings_put(settings, START, 0, setting(osa, CENTRE) - setting(osa, SPAN) / 2);
		settings_put(settings, STOP, 0, setting(osa, CENTRE) + setting(osa, SPAN) / 2);
	}
	if (row == POINTS)
		settings_put(settings, POINTS_AUTO, 0, 0);
	if (row == RESOLUTION || row == RESOLUTION_LONG) {
		double taken_m = snapped_resolution(settings_number(settings, row, 0));
		settings_put(settings, RESOLUTION, 0, taken_m);
		settings_put(settings, RESOLUTION_LONG, 0, taken_m);
	}
}

static const struct settings_model settings_model = {
	.rows = setting_rows,
	.n_rows = G_N_ELEMENTS(setting_rows),
	.decimals = 8,
	.exponent_digits = 3,
	.plus = TRUE,
	.changed = changed,
};

/* --- the device --------------------------------------------------------------------------------
 */

#define CHOICE(header, tag)                                                                        \
	{header, run_choice, tag},                                                                 \
	{                                                                                          \
		header "?", run_choice_query, tag                                                  \
	}

static const struct scpi_row rows[] = {
	CHOICE("SENSe:SENSe", SENSITIVITY),
	CHOICE("INITiate:SMODe", SWEEP_MODE),
	CHOICE("CALCulate:CATegory", ANALYSIS),
	CHOICE("FORMat[:DATA]", FORMAT),
	CHOICE("TRACe:ACTive", TRACE),
	CHOICE("TRACe:ATTRibute[:TRA]", ATTRIBUTE),
	CHOICE("CALCulate:PARameter:SMSR:MODE", SMSR_MODE),
	{"INITiate[:IMMediate]", run_sweep, 0},
	{"ABORt", run_abort, 0},
	{"TRACe[:DATA]:X?", run_trace, AXIS_X},
	{"TRACe[:DATA]:Y?", run_trace, AXIS_Y},
	{"TRACe[:DATA]:SNUMber?", run_trace_points, 0},
	{"CALCulate[:IMMediate]", run_analyse, 0},
	{"CALCulate:DATA?", run_results, 0},
	{"CALCulate:DATA:NCHannels?", run_channels, CHANNEL_COUNT},
	{"CALCulate:DATA:CWAVelengths?", run_channels, CHANNEL_WAVELENGTHS},
	{"CALCulate:DATA:CPOWers?", run_channels, CHANNEL_POWERS},
};

static guint operation(void *instrument)
{
	struct aq6370 *osa = instrument;
	gboolean begun = osa->begun;

	/* However short a sweep is, its end is an edge. */
	osa->begun = FALSE;
	if (begun)
		return 0;
	refresh(osa);
	return osa->sweeping ? 0 : SWEPT_BIT;
}

static void reset(void *instrument)
{
	struct aq6370 *osa = instrument;
	settings_reset(scpi_device_settings(osa->device));
	for (guint i = 0; i < CHOICES; i++)
		osa->chosen[i] = choices[i].reset;
	osa->sweeping = osa->begun = FALSE;
	osa->analysed = FALSE;
	spectrum_clear(&osa->trace);
}

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 30,
	.completion = SCPI_OPC_ONE,
	.reset = reset,
	.operation = operation,
	.settings = &settings_model,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct aq6370 *osa = g_new0(struct aq6370, 1);
	g_autofree char *serial = sim_serial("91Y", site);
	g_autofree char *idn = g_strdup_printf("YOKOGAWA,AQ6370D,%s,R03.04", serial);

	osa->world = world;
	osa->site = site;
	random_init(&osa->noise, world_seed(world), idn);
	osa->shift_m = SHIFT_SIGMA_M * random_bounded(&osa->noise, 1, 3);
	osa->gain = pow(10, GAIN_SIGMA_DB * random_bounded(&osa->noise, 1, 3) / 10);
	osa->device = scpi_device_new(&model, idn, osa, faults);
	reset(osa);
	return osa->device;
}

static void destroy(void *device)
{
	struct aq6370 *osa = scpi_device_instrument(device);
	scpi_device_free(device);
	spectrum_clear(&osa->trace);
	g_free(osa);
}

const struct sim_kind sim_osa = {
	.name = "wavelength_meter",
	.model = "aq6370d",
	.what = "Yokogawa AQ6370D",
	.ops = &osa_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
	.behind_switch = TRUE,
};

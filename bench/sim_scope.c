/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_scope.h"

#include "bench/scope_measure.h"
#include "bench/scope_setup.h"
#include "bench/scope_state.h"

#include <math.h>
#include <string.h>

/*
 * Keysight FlexDCA with an N1092A: one optical channel, 1A. The equaliser is always the reference
 * one of five taps, whatever its settings. An acquisition without signal ends in its time, with no
 * results (a real one would wait for a trigger). Not there: mask tests, jitter, eye database,
 * screen pictures, NRZ measurements. From memory: *IDN?, defaults, times, and status words other
 * than CORR.
 */
#define ACQUIRE_S       2.0
#define PATTERN_S       0.3
#define OPTIMISE_S      5.0
#define AUTOSCALE_S     2.0
#define UNFILTERED_HZ   45e9
#define DARK_W          5e-6
#define COMPLETE_BIT    (1u << 9) /* of the operation register */
#define TYPICAL_SYMBOLS 8191u     /* SCOPE_LIMIT_SAMPLES and _WAVEFORMS in patterns */

void scope_begin(struct scope *scope, double seconds)
{
	double now_s = world_now_s(scope->world);
	scope->ready_s = MAX(scope->ready_s, now_s) + seconds;
}

void scope_clear_data(struct scope *scope)
{
	g_clear_pointer(&scope->waveform, g_free);
	scope->waveform_len = 0;
	scope->has_result = FALSE;
	scope->complete = FALSE;
	scope->acquiring = FALSE;
	scope->count = 0;
}

double scope_bandwidth_hz(const struct scope *scope)
{
	/* A reference receiver for PAM4 has half the symbol rate. */
	if (scope_setting(scope, SCOPE_SIRC, 0) != 0)
		return scope_setting(scope, SCOPE_SIRC_BANDWIDTH, 0);
	if (scope_setting(scope, SCOPE_FILTER, 0) != 0)
		return scope_setting(scope, SCOPE_FILTER_RATE, 0) / 2;
	return UNFILTERED_HZ;
}

gsize scope_pattern_length(const struct scope *scope)
{
	return (gsize)scope_setting(scope, SCOPE_PATTERN_LENGTH, 0);
}

static guint samples_per_symbol(const struct scope *scope)
{
	return (guint)scope_setting(scope, SCOPE_SAMPLES, 0);
}

enum world_scope_status scope_acquire(const struct scope *scope, gsize n_symbols, guint samples,
                                      guint passes, float *out)
{
	struct world_scope_request request = {
		.n_symbols = n_symbols,
		.samples_per_symbol = samples,
		.symbol_rate_bd = scope_setting(scope, SCOPE_BIT_RATE, 0),
		.bandwidth_hz = scope_bandwidth_hz(scope),
		.passes = passes,
	};
	return world_scope_acquire(scope->world, scope->site, &request, out);
}

/* --- acquisition ---------------------------------------------------------------------------------
 */

static guint limit_patterns(const struct scope *scope)
{
	enum { WAVEFORMS, PATTERNS, SAMPLES };
	int kind = (int)scope_setting(scope, SCOPE_LIMIT_KIND, 0);
	double patterns = scope_setting(scope, SCOPE_LIMIT_PATTERNS, 0);

	if (kind == WAVEFORMS)
		patterns = scope_setting(scope, SCOPE_LIMIT_WAVEFORMS, 0);
	if (kind == SAMPLES)
		patterns = ceil(scope_setting(scope, SCOPE_LIMIT_SAMPLES, 0) / TYPICAL_SYMBOLS);
	return (guint)CLAMP(patterns, 1, 100000);
}

/* The function number when `name` is "FUNCtion3", 0 for the channel, -1 for anything else. */
static int source_number(const char *name)
{
	struct scpi_span span = {name, strlen(name)};
	int suffix[SCPI_SUFFIXES];

	if (scpi_match("CHANnel1A", span, suffix))
		return 0;
	if (!scpi_match("FUNCtion#", span, suffix) || suffix[0] < 1 || suffix[0] > SCOPE_FUNCTIONS)
		return -1;
	return suffix[0];
}

/* How many sweeps are in each point of the source. */
static guint passes_of(const struct scope *scope, int source)
{
	enum { NONE, AVERAGE };
	double averages = 1;

	if (scope_setting(scope, SCOPE_SMOOTHING, 0) == AVERAGE)
		averages = scope_setting(scope, SCOPE_AVERAGES, 0);
	if (source > 0 && scope_setting(scope, SCOPE_FUNCTION, source) == SCOPE_OPERATOR_AVERAGE)
		averages = MAX(averages, scope_setting(scope, SCOPE_FUNCTION_AVERAGES, source));
	return (guint)MIN(averages, MAX(scope->count, 1));
}

static const char *wave_source(const struct scope *scope)
{
	return settings_text(scpi_device_settings(scope->device), SCOPE_WAVE_SOURCE, 0);
}

/* Takes the waveform of a source once for each acquisition. */
static void take_waveform(struct scope *scope, int source)
{
	guint passes = passes_of(scope, source);
	gsize symbols = scope_pattern_length(scope);
	guint samples = samples_per_symbol(scope);

	if (scope->waveform && scope->waveform_passes == passes &&
	    scope->waveform_len == symbols * samples)
		return;
	g_clear_pointer(&scope->waveform, g_free);
	scope->waveform_len = 0;
	if (!scope->locked || (symbols != 8191 && symbols != 65535))
		return;
	g_autofree float *out = g_new(float, symbols *samples);
	if (scope_acquire(scope, symbols, samples, passes, out) != WORLD_SCOPE_OK)
		return;
	scope->waveform = g_steal_pointer(&out);
	scope->waveform_len = symbols * samples;
	scope->waveform_passes = passes;
}

static gboolean equalises(const struct scope *scope)
{
	for (int i = 1; i <= SCOPE_FUNCTIONS; i++) {
		if (scope_setting(scope, SCOPE_FUNCTION, i) == SCOPE_OPERATOR_EQUALIZER &&
		    scope_setting(scope, SCOPE_FUNCTION_DISPLAY, i) != 0)
			return TRUE;
	}
	return FALSE;
}

void scope_refresh(struct scope *scope)
{
	if (!scope->acquiring || world_now_s(scope->world) < scope->ready_s)
		return;
	scope->acquiring = FALSE;
	scope->complete = TRUE;
	scope->event = TRUE;
	scope->count = limit_patterns(scope);
	/* Light may change after the acquisition: what it saw is taken now. */
	if (equalises(scope))
		scope_result(scope);
	else
		take_waveform(scope, MAX(source_number(wave_source(scope)), 0));
}

const struct world_scope_result *scope_result(struct scope *scope)
{
	if (!scope->complete || !scope->locked)
		return NULL;
	if (!scope->has_result) {
		scope->status = world_scope_tdecq(scope->world, scope->site,
		                                  scope_pattern_length(scope), &scope->result);
		scope->has_result = TRUE;
	}
	return scope->status == WORLD_SCOPE_OK ? &scope->result : NULL;
}

static void run_run(struct scpi_call *call)
{
	struct scope *scope = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	scope_clear_data(scope);
	scope->acquiring = TRUE;
	/* Without a limit it runs on: one pattern is enough to look at. */
	guint patterns = scope_setting(scope, SCOPE_LIMIT, 0) != 0 ? limit_patterns(scope) : 1;
	scope_begin(scope, ACQUIRE_S + PATTERN_S * patterns + (equalises(scope) ? OPTIMISE_S : 0));
}

static void run_stop(struct scpi_call *call)
{
	struct scope *scope = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	scope_refresh(scope);
	scope->acquiring = FALSE;
	scope->ready_s = world_now_s(scope->world);
}

static void run_clear(struct scpi_call *call)
{
	if (scpi_end(call))
		scope_clear_data(scpi_instrument(call));
}

static void run_acquisition_event(struct scpi_call *call)
{
	struct scope *scope = scpi_instrument(call);
	if (!scpi_end(call))
		return;
	scope_refresh(scope);
	scpi_reply_int(call, scope->event);
	scope->event = FALSE;
}

/* --- what takes its time -------------------------------------------------------------------------
 */

static void run_autoscale(struct scpi_call *call)
{
	if (scpi_end(call))
		scope_begin(scpi_instrument(call), AUTOSCALE_S);
}

static void run_optimise(struct scpi_call *call)
{
	if (scpi_end(call))
		scope_begin(scpi_instrument(call), OPTIMISE_S);
}

static void run_accepted(struct scpi_call *call)
{
	struct scpi_span value;
	while (scpi_parameters_left(call) > 0)
		scpi_take_any(call, &value);
}

static void run_one(struct scpi_call *call)
{
	if (scpi_end(call))
		scpi_reply_int(call, 1);
}

/* The output divide ratio of the clock recovery. */
static void run_divide_ratio(struct scpi_call *call)
{
	if (scpi_end(call))
		scpi_reply_int(call, 4);
}

static void run_clock_locked(struct scpi_call *call)
{
	const struct scope *scope = scpi_instrument(call);
	if (scpi_end(call))
		scpi_reply_bool(call, world_scope_average_w(scope->world, scope->site) > DARK_W);
}

/* --- waveforms -----------------------------------------------------------------------------------
 */

static void reply_floats(struct scpi_call *call, float *values, gsize n)
{
	const struct scope *scope = scpi_instrument(call);
	gboolean little = scope_setting(scope, SCOPE_BYTE_ORDER, 0) != 0;

	for (gsize i = 0; i < n; i++) {
		guint32 bits = 0;
		memcpy(&bits, &values[i], sizeof(bits));
		bits = little ? GUINT32_TO_LE(bits) : GUINT32_TO_BE(bits);
		memcpy(&values[i], &bits, sizeof(bits));
	}
	scpi_reply_block(call, values, n * sizeof(*values));
}

enum waveform_part { WAVEFORM_POINTS, WAVEFORM_X, WAVEFORM_Y };

static void run_waveform(struct scpi_call *call)
{
	struct scope *scope = scpi_instrument(call);
	int source = source_number(wave_source(scope));

	if (!scpi_end(call))
		return;
	scope_refresh(scope);
	if (source < 0) {
		scpi_error(call, -241, "source");
		source = 0;
	} else if (scope->complete) {
		take_waveform(scope, source);
	}
	if (scpi_tag(call) == WAVEFORM_POINTS) {
		scpi_reply_int(call, (gint64)scope->waveform_len);
		return;
	}
	if (scope->waveform_len == 0)
		scpi_error(call, -230, "no waveform");

	g_autofree float *values = g_new(float, scope->waveform_len + 1);
	double gain = scope_gain(scope);
	double step_s = 1 / (scope_setting(scope, SCOPE_BIT_RATE, 0) * samples_per_symbol(scope));
	for (gsize i = 0; i < scope->waveform_len; i++)
		values[i] = scpi_tag(call) == WAVEFORM_Y ? (float)(scope->waveform[i] * gain)
		                                         : (float)((double)i * step_s);
	reply_floats(call, values, scope->waveform_len);
}

static void reset(void *instrument)
{
	struct scope *scope = instrument;
	settings_reset(scpi_device_settings(scope->device));
	scope_clear_data(scope);
	scope->locked = FALSE;
	scope->event = FALSE;
	scope->calibration = SCOPE_CAL_NONE;
	scope->ready_s = world_now_s(scope->world);
}

static void run_default(struct scpi_call *call)
{
	if (!scpi_end(call))
		return;
	reset(scpi_instrument(call));
	scope_begin(scpi_instrument(call), AUTOSCALE_S);
}

#define FLOATS "WAVeform:XYFormat:FLOat:"

static const struct scpi_row rows[] = {
	{"SYSTem:DEFault", run_default, 0},
	{"SYSTem:AUToscale", run_autoscale, 0},
	{"AUToscale", run_autoscale, 0},
	{"SYSTem:PAUTodetect", scope_run_pattern_detect, 0},
	{"SYSTem:GTLocal", run_accepted, 0},
	{"CHANnel1A:PRESent?", run_one, 0},
	{"TRIGger:PLOCk", scope_run_lock, 0},
	{"TRIGger:PLOCk?", scope_run_lock_query, 0},
	{"SLOT#:TRIGger:SRATe:AUTodetect", scope_run_rate_detect, 0},
	{"CRECovery#:RELock", run_autoscale, 0},
	{"CRECovery#:ODRatio?", run_divide_ratio, 0},
	{"CRECovery#:LOCKed?", run_clock_locked, 0},
	{"ACQuire:RUN", run_run, 0},
	{"ACQuire:SINGle", run_run, 0},
	{"ACQuire:STOP", run_stop, 0},
	{"ACQuire:CDISplay", run_clear, 0},
	{"STATus:ACQuisition[:EVENt]?", run_acquisition_event, 0},
	{"SPRocess#:TEQualizer:TAPS:RECalculate", run_optimise, 0},
	{"MEASure:EYE:LIST:CLEar", run_accepted, 0},
	{FLOATS "POINts?", run_waveform, WAVEFORM_POINTS},
	{FLOATS "XDATa?", run_waveform, WAVEFORM_X},
	{FLOATS "YDATa?", run_waveform, WAVEFORM_Y},
	{"CALibrate:DARK:CHANnel1A:STATus?", scope_run_calibration_status, 0},
	{"CALibrate:DARK:CHANnel1A:STARt", scope_run_calibration_start, 0},
	{"CALibrate:SLOT1:STATus?", scope_run_calibration_status, 0},
	{"CALibrate:SLOT1:STARt", scope_run_calibration_start, 0},
	{"CALibrate:SDONe?", scope_run_calibration_prompt, 0},
	{"CALibrate:CONTinue", scope_run_calibration_continue, 0},
	SCOPE_MEASURE_ROWS("TDEQ", SCOPE_MEASURE_TDECQ),
	SCOPE_MEASURE_ROWS("OER", SCOPE_MEASURE_OER),
	SCOPE_MEASURE_ROWS("OOMA", SCOPE_MEASURE_OMA),
	SCOPE_MEASURE_ROWS("APOWer", SCOPE_MEASURE_POWER),
	SCOPE_MEASURE_ROWS("CEQ", SCOPE_MEASURE_CEQ),
	SCOPE_MEASURE_ROWS("EECQ", SCOPE_MEASURE_EECQ),
	SCOPE_MEASURE_ROWS("TTIMe", SCOPE_MEASURE_TRANSITION),
	SCOPE_MEASURE_ROWS("PAM:LINearity", SCOPE_MEASURE_LINEARITY),
	SCOPE_MEASURE_ROWS("PAM:LEVel", SCOPE_MEASURE_LEVEL),
	SCOPE_MEASURE_ROWS("NMARgin", SCOPE_MEASURE_MARGIN),
};

static gboolean busy(void *instrument)
{
	const struct scope *scope = instrument;
	return world_now_s(scope->world) < scope->ready_s;
}

void scope_wait(void *instrument)
{
	struct scope *scope = instrument;
	double left_s = scope->ready_s - world_now_s(scope->world);
	if (left_s > 0)
		world_sleep_s(scope->world, left_s);
	scope_refresh(scope);
}

static guint operation(void *instrument)
{
	struct scope *scope = instrument;
	scope_refresh(scope);
	return scope->event ? COMPLETE_BIT : 0;
}

static void options(struct scpi_call *call)
{
	scpi_reply_raw(call, "200,500,9FP,9TP,IRC,LOK");
}

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 30,
	.plus_sign = TRUE,
	.completion = SCPI_OPC_WAITS,
	.busy = busy,
	.wait = scope_wait,
	.reset = reset,
	.operation = operation,
	.options = options,
	.settings = &scope_settings_model,
};

static void *create(struct world *world, guint site, struct faults *faults)
{
	struct scope *scope = g_new0(struct scope, 1);
	g_autofree char *serial = sim_serial("MY574", site);
	g_autofree char *idn =
		g_strdup_printf("Keysight Technologies,N1000A,%s,A.07.60.112", serial);

	scope->world = world;
	scope->site = site;
	scope->calibrated = TRUE;
	scope->device = scpi_device_new(&model, idn, scope, faults);
	reset(scope);
	return scope->device;
}

static void destroy(void *device)
{
	struct scope *scope = scpi_device_instrument(device);
	scpi_device_free(device);
	g_free(scope->waveform);
	g_free(scope);
}

const struct sim_kind sim_scope = {
	.name = "scope",
	.model = "n1092a",
	.what = "Keysight FlexDCA with an N1092A",
	.ops = &scpi_server_ops,
	.create = create,
	.destroy = destroy,
	.has_error_queue = TRUE,
	.behind_switch = TRUE,
};

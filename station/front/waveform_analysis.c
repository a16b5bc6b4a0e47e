/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/waveform_analysis.h"

#include "base/error.h"
#include "signal/bessel.h"
#include "signal/equalise.h"
#include "signal/kernels.h"

#include <math.h>
#include <string.h>

/* one eye is half of a picture's width */
#define EYE_COLUMNS 280
#define EYE_ROWS    200

/* One period, or as many as the waveform holds. Free with g_free. */
static guint8 *symbols_for(enum pattern_id id, gsize n_symbols, gsize *n, GError **error)
{
	guint64 period = pattern_period(id);

	if (n_symbols <= period || n_symbols % period != 0)
		return pattern_symbols(id, n, error);
	*n = n_symbols;
	return pattern_first(id, n_symbols);
}

/* The PAM4 pattern with the longest period below that of the last one. */
static gboolean next_pattern(guint64 below, enum pattern_id *next)
{
	guint64 best = 0;

	for (enum pattern_id id = 0; id < PATTERN_N; id++) {
		guint64 period = pattern_period(id);

		if (pattern_bits_per_symbol(id) != 2 || period >= below || period <= best)
			continue;
		best = period;
		*next = id;
	}
	return best > 0;
}

/* Tries the patterns that the number of symbols allows, the longest first. */
static gboolean find_pattern(const struct waveform *wave, struct waveform_analysis *analysis,
                             GError **error)
{
	g_autoptr(GString) tried = g_string_new(NULL);
	enum pattern_id id;

	analysis->result.status = SIGNAL_WRONG_LENGTH;
	for (guint64 below = G_MAXUINT64; next_pattern(below, &id); below = pattern_period(id)) {
		g_autofree guint8 *symbols = NULL;
		struct pam4_alignment found = {0};
		GError *why = NULL;
		gsize n;

		if (wave->n_symbols % pattern_period(id) != 0)
			continue;
		symbols = symbols_for(id, wave->n_symbols, &n, &why);
		if (symbols && pam4_align(wave, symbols, n, &found, &why)) {
			analysis->pattern = id;
			return TRUE;
		}
		analysis->result.status = found.status;
		if (found.status != SIGNAL_WRONG_PATTERN) { /* no pattern would help */
			g_propagate_error(error, why);
			return FALSE;
		}
		g_error_free(why);
		g_string_append_printf(tried, "%s%s", tried->len ? ", " : "", pattern_name(id));
	}
	station_error_set(error, STATION_ERROR_DATA, "%" G_GSIZE_FORMAT " symbols: %s%s",
	                  wave->n_symbols,
	                  tried->len ? "not the pattern " : "no pattern is so long", tried->str);
	return FALSE;
}

static gboolean apply_filter(const struct waveform_call *call, struct waveform *wave,
                             GError **error)
{
	double bandwidth_hz = call->apply_filter_hz;

	if (!call->apply_filter)
		return TRUE;
	if (bandwidth_hz == 0.0)
		bandwidth_hz = call->settings.tdecq.receiver_bandwidth_ui * wave->symbol_rate_bd;
	return bessel_filter_waveform(wave, bandwidth_hz, error);
}

/* What both waveforms reach, and a twentieth more. */
static void find_range(const struct waveform *first, const struct waveform *second, double *top_w,
                       double *bottom_w)
{
	const struct waveform *waves[] = {first, second};
	double low = INFINITY, high = -INFINITY;

	for (guint i = 0; i < G_N_ELEMENTS(waves); i++) {
		struct kernels_range range;

		if (!waves[i])
			continue;
		range = kernels_best()->range(waves[i]->power_w, waveform_length(waves[i]));
		low = fmin(low, range.low);
		high = fmax(high, range.high);
	}
	*top_w = high + (high - low) / 20.0;
	*bottom_w = low - (high - low) / 20.0;
}

/* Both pictures show the same range of power, so that they can be compared. */
static gboolean make_pictures(const struct waveform *wave, struct waveform_analysis *analysis,
                              GError **error)
{
	const struct tdecq_result *tdecq = &analysis->result.tdecq;
	double start = analysis->result.alignment.start_samples;
	g_autoptr(waveform) equalised = NULL;
	double top_w, bottom_w;

	if (tdecq->n_taps > 0) {
		equalised =
			equalise_waveform(wave, tdecq->taps, tdecq->n_taps, tdecq->main_tap, error);
		if (!equalised)
			return FALSE;
	}
	find_range(wave, equalised, &top_w, &bottom_w);
	analysis->before =
		eye_density_new(wave, start, EYE_COLUMNS, EYE_ROWS, top_w, bottom_w, error);
	if (analysis->before && equalised)
		analysis->after = eye_density_new(equalised, start, EYE_COLUMNS, EYE_ROWS, top_w,
		                                  bottom_w, error);
	return analysis->before && (analysis->after || !equalised);
}

static gboolean measure(const struct waveform_call *call, const struct waveform *wave,
                        struct waveform_analysis *analysis, GError **error)
{
	g_autofree guint8 *symbols = NULL;
	gsize n;

	analysis->pattern = call->pattern;
	if (call->any_pattern && !find_pattern(wave, analysis, error))
		return FALSE;
	symbols = symbols_for(analysis->pattern, wave->n_symbols, &n, error);
	if (!symbols || !pam4_measure(wave, symbols, n, &call->settings, &analysis->result, error))
		return FALSE;
	return !call->html || make_pictures(wave, analysis, error);
}

struct waveform_analysis *waveform_analysis_new(const struct waveform_call *call, const char *path)
{
	struct waveform_analysis *analysis = g_new0(struct waveform_analysis, 1);
	g_autoptr(waveform) wave = wave_file_read(path, &call->facts, &analysis->error);
	gboolean good;

	analysis->path = path;
	analysis->read = wave != NULL;
	if (!wave)
		return analysis;
	good = apply_filter(call, wave, &analysis->error);
	analysis->is = *wave;
	analysis->is.power_w = NULL;
	if (good && call->write && !wave_file_write(call->write, wave, &analysis->error))
		return analysis; /* it names its own file */
	if (!good || !measure(call, wave, analysis, &analysis->error))
		g_prefix_error(&analysis->error, "%s: ", path);
	return analysis;
}

void waveform_analysis_free(struct waveform_analysis *analysis)
{
	if (!analysis)
		return;
	g_clear_error(&analysis->error);
	eye_density_free(analysis->before);
	eye_density_free(analysis->after);
	g_free(analysis);
}

enum signal_status waveform_refusal(const struct waveform_analysis *analysis)
{
	const struct pam4_result *result = &analysis->result;

	if (!analysis->error || !analysis->read)
		return SIGNAL_OK;
	return result->status != SIGNAL_OK ? result->status : result->alignment.status;
}

const char *waveform_advice(enum signal_status status)
{
	switch (status) {
	case SIGNAL_CONSTANT:
		return "is there light, and is it the right column?";
	case SIGNAL_TOO_COARSE:
		return "acquire more samples, or give --samples-per-symbol";
	case SIGNAL_WRONG_LENGTH:
		return "give --pattern, --symbols or --samples-per-symbol";
	case SIGNAL_WRONG_PATTERN:
		return "give --pattern; \"--pattern auto\" tries all that fit";
	case SIGNAL_WRONG_RATE:
		return "give --symbol-rate or --samples-per-symbol";
	case SIGNAL_GRAY_SWAPPED:
		return "exchange the two bits of a symbol where the pattern is made";
	case SIGNAL_CLIPPED:
		return "lower the power or the scope's sensitivity";
	case SIGNAL_NOT_FILTERED:
		return "give --filter if the scope had it on, else --apply-filter";
	case SIGNAL_SCOPE_NOISE:
		return "check --scope-noise (of one sweep) and --passes";
	case SIGNAL_BAD_SETTING:
		return "see --type and --taps";
	default:
		return NULL;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/tdecq.h"

#include "base/error.h"
#include "base/normal.h"
#include "signal/kernels.h"
#include "signal/tdecq_search.h"

#include <math.h>
#include <string.h>

/* Far below any light: single precision has no more digits there. */
static const double least_oma_w = 1e-30;
static const double receiver_tolerance = 0.02;
/* of the variance: what the samples show of it scatters, and filters make them depend */
static const double scope_noise_tolerance = 1.1;
static const double far_centre_ui = 0.08;
/* what the search leaves, standard uncertainty */
static const double search_db = 0.002;

void tdecq_settings_default(struct tdecq_settings *settings)
{
	*settings = (struct tdecq_settings){
		.taps = 5,
		.max_precursors = 2,
		.main_tap_min = 0.8,
		.target_ser = 4.8e-4,
		.window_offset_ui = 0.05,
		.window_width_ui = 0.04,
		.receiver_bandwidth_ui = 0.5,
		.require_receiver = TRUE,
		.noise_bandwidth_ui = 0.5,
		.fit_centre = TRUE,
		.centre_limit_ui = 0.25,
		.adjust_thresholds = TRUE,
		.threshold_limit = 0.01,
	};
}

static gboolean check_settings(const struct tdecq_settings *s, GError **error)
{
	const char *what = NULL;

	if (s->taps < 1 || s->taps > TDECQ_MAX_TAPS || s->max_precursors > TDECQ_MAX_TAPS)
		what = "number of taps";
	else if (!(s->target_ser > 1e-9 && s->target_ser < 0.1))
		what = "target symbol error ratio";
	else if (!(s->window_width_ui >= 0.0 && s->window_offset_ui >= 0.0 &&
	           s->window_offset_ui + s->window_width_ui <= 0.15))
		what = "windows";
	else if (!(s->noise_bandwidth_ui > 0.05 && s->noise_bandwidth_ui < 5.0))
		what = "noise bandwidth";
	else if (s->fit_centre && !(s->centre_limit_ui > 0.0 && s->centre_limit_ui <= 0.4))
		what = "limit of the centre";
	else if (s->adjust_thresholds && !(s->threshold_limit > 0.0 && s->threshold_limit <= 0.1))
		what = "limit of the thresholds";
	else if (!(s->main_tap_min >= 0.0 && s->main_tap_min <= 2.0))
		what = "limit of the main tap";
	if (what)
		station_error_set(error, STATION_ERROR_RANGE, "TDECQ settings: %s out of range",
		                  what);
	return !what;
}

/* All of them at once, without a branch for each. */
static gboolean levels_are_levels(const guint8 *levels, gsize n)
{
	guint8 all = 0;

	for (gsize i = 0; i < n; i++)
		all |= levels[i];
	return all < 4;
}

static gboolean check_input(const struct tdecq_input *input, GError **error)
{
	const struct waveform *wave = input->waveform;
	gsize length = waveform_length(wave);

	if (wave->samples_per_symbol < 8 || wave->n_symbols < 8) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "TDECQ: %u samples per symbol are too few, 8 are the least",
		                  wave->samples_per_symbol);
		return FALSE;
	}
	if (!(input->oma_w > least_oma_w) || !isfinite(input->oma_w) ||
	    !isfinite(input->average_w) || !(wave->scope_noise_w >= 0.0) ||
	    !isfinite(wave->scope_noise_w) || wave->passes < 1) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "TDECQ: no OMA or no valid scope noise");
		return FALSE;
	}
	if (!(input->start_samples >= 0.0 && input->start_samples < (double)length)) {
		station_error_set(error, STATION_ERROR_DATA, "TDECQ: start outside the waveform");
		return FALSE;
	}
	if (!isfinite(kernels_best()->range(wave->power_w, length).sum) ||
	    !levels_are_levels(input->levels, wave->n_symbols)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "TDECQ: samples that are no numbers or levels above 3");
		return FALSE;
	}
	return TRUE;
}

/* Everything of one measurement while it runs. */
struct job {
	const struct tdecq_input *input;
	const struct tdecq_settings *settings;
	struct tdecq_result *result;
	struct symbol_fit fit;
	struct tdecq_cost cost;
	double anchor_ui;      /* the symbols are fitted so much later than at their begin */
	double scope_variance; /* what is taken off, in OMA^2 */
	gboolean too_much_scope_noise;
};

/* Noise in the samples is that of the signal and of the scope, both averaged over the passes. */
static void split_noise(struct job *job)
{
	double passes = job->input->waveform->passes;
	double declared = job->input->waveform->scope_noise_w / job->input->oma_w;
	double found = passes * job->fit.noise_mean;

	if (job->settings->noise_in_samples) {
		job->scope_variance = declared * declared;
		job->result->scope_noise_w = job->input->waveform->scope_noise_w;
		job->result->signal_noise_w = NAN;
		return;
	}
	job->scope_variance = fmin(declared * declared, found);
	job->too_much_scope_noise = declared * declared > scope_noise_tolerance * found;
	for (guint level = 0; level < 4; level++)
		job->cost.signal_variance[level] =
			passes * job->fit.noise_variance[level] - job->scope_variance;
	job->cost.signal_mean = found - job->scope_variance;
	job->result->scope_noise_w = sqrt(job->scope_variance) * job->input->oma_w;
	job->result->signal_noise_w = sqrt(job->cost.signal_mean) * job->input->oma_w;
}

static void start_job(struct job *job)
{
	const struct tdecq_input *input = job->input;

	double length = (double)waveform_length(input->waveform);
	double start = input->start_samples + job->anchor_ui * input->waveform->samples_per_symbol;

	memset(job->result, 0, sizeof(*job->result));
	symbol_fit_init(&job->fit, input->waveform, input->levels, fmod(start + length, length),
	                input->average_w, input->oma_w);
	memset(&job->cost, 0, sizeof(job->cost));
	job->cost.anchor_ui = job->anchor_ui;
	job->cost.fit = &job->fit;
	job->cost.settings = job->settings;
	job->cost.n_taps = job->settings->taps;
	split_noise(job);
	tdecq_cost_init(&job->cost);
}

/* SIGNAL_EYE_CLOSED is the signal's doing, the others that of how it was taken. */
static struct signal_value why_no_value(const struct job *job, double noise)
{
	const struct waveform *wave = job->input->waveform;
	double ratio = wave->filter_bandwidth_hz / wave->symbol_rate_bd;
	double wrong = (double)job->result->symbol_errors / (double)job->fit.n;

	if (job->settings->require_receiver &&
	    !(fabs(ratio / job->settings->receiver_bandwidth_ui - 1.0) <= receiver_tolerance))
		return signal_none(SIGNAL_NOT_FILTERED,
		                   "waveform did not go through the reference receiver");
	if (job->too_much_scope_noise)
		return signal_none(SIGNAL_SCOPE_NOISE,
		                   "declared scope noise is more than all noise in the samples");
	if (job->cost.best_outcome.closed)
		return signal_none(SIGNAL_EYE_CLOSED, "eye closed after equalising: too many "
		                                      "errors without any added noise");
	if (wrong > job->settings->target_ser)
		return signal_none(SIGNAL_EYE_CLOSED, "eye closed after equalising: wrong symbols");
	if (!job->settings->noise_in_samples && noise * noise <= job->scope_variance)
		return signal_none(SIGNAL_EYE_CLOSED,
		                   "eye closed: it bears less noise than the scope has");
	if (!job->cost.fixed_taps && !tdecq_main_tap_is_main(&job->cost, &job->cost.best))
		return signal_none(SIGNAL_EYE_CLOSED,
		                   "no equaliser within its limits opens the eye");
	return signal_ok(0.0, NAN);
}

/*
 * Of ln noise: what noise still is in the equalised values moves the error ratio of the symbols at
 * the thresholds, and the noise that was put back is itself an estimate.
 */
static double noise_uncertainty(const struct job *job, guint side)
{
	const struct tdecq_outcome *outcome = &job->cost.best_outcome;
	double n = (double)job->fit.n, sum2 = 0.0, unused, values, back;
	double let_through = tdecq_cost_let_through(&job->cost, side, &unused);
	double slope = fmax(outcome->slope[side], 1e-9), noise = outcome->noise[side];

	for (guint i = 0; i < job->cost.n_taps; i++)
		sum2 += job->cost.best.taps[i] * job->cost.best.taps[i];
	values = sqrt(outcome->slope2[side] * let_through * sum2 * job->fit.noise_mean / n) / slope;
	back = 0.5 * job->input->waveform->passes * job->fit.noise_mean *
	       sqrt(2.0 / job->fit.noise_freedom) / (outcome->ceq2 * noise * noise);
	return hypot(values, job->settings->noise_in_samples ? 0.0 : back);
}

/* Standard, in dB. */
static double uncertainty_db(const struct job *job)
{
	double per_neper = 10.0 / G_LN10, oma = job->input->oma_uncertainty_w / job->input->oma_w;
	double noise = fmax(noise_uncertainty(job, 0), noise_uncertainty(job, 1));

	return hypot(per_neper * hypot(noise, isfinite(oma) ? oma : 0.0), search_db);
}

/* The windows' error ratios are equal at different noise; at the same noise they are not. */
static double ser_with(const struct job *job, guint side, double noise)
{
	const struct tdecq_outcome *outcome = &job->cost.best_outcome;

	return job->settings->target_ser *
	       exp(outcome->slope[side] * log(noise / outcome->noise[side]));
}

static void fill_point(struct job *job, double noise)
{
	const struct tdecq_cost *cost = &job->cost;
	const struct tdecq_outcome *outcome = &cost->best_outcome;
	double oma = job->input->oma_w, errors = fmax(outcome->errors[0], outcome->errors[1]);
	struct tdecq_result *result = job->result;

	result->symbol_errors = (gsize)llround(errors * (double)job->fit.n);
	result->n_taps = cost->n_taps;
	result->main_tap = cost->main_tap;
	memcpy(result->taps, cost->best.taps, sizeof(result->taps));
	result->ceq = sqrt(outcome->ceq2);
	if (job->settings->noise_in_samples)
		result->noise_w = oma * sqrt(noise * noise + job->scope_variance);
	else
		result->noise_w = oma * noise;
	result->centre_ui = 0.5 + cost->anchor_ui + cost->best.centre_ui;
	for (guint k = 0; k < 3; k++) {
		result->threshold_shift[k] = cost->best.shift[k];
		result->threshold_w[k] = job->input->average_w +
		                         oma * (((double)k - 1.0) / 3.0 + cost->best.shift[k]);
	}
	for (guint side = 0; side < 2; side++)
		result->ser[side] = ser_with(job, side, noise);
	result->sweeps = cost->sweeps;
}

static void fill_result(struct job *job)
{
	const struct tdecq_outcome *outcome = &job->cost.best_outcome;
	double noise = fmin(outcome->noise[0], outcome->noise[1]), ideal, uncertainty, tdecq_db;
	struct tdecq_result *result = job->result;
	struct signal_value verdict;

	fill_point(job, noise);
	verdict = why_no_value(job, noise);
	if (verdict.status != SIGNAL_OK) {
		result->tdecq_db = result->tdecq_minus_ceq_db = verdict;
		return;
	}
	/* The standard prints the constant with three decimals, 3.414 for 4.8e-4. */
	ideal = rint(1000.0 * normal_tail_inverse(job->settings->target_ser / 1.5)) / 1000.0;
	tdecq_db = 10.0 * log10(job->input->oma_w / (6.0 * ideal * result->noise_w));
	uncertainty = uncertainty_db(job);
	result->tdecq_db = signal_ok(tdecq_db, uncertainty);
	result->tdecq_minus_ceq_db = signal_ok(tdecq_db - 10.0 * log10(result->ceq), uncertainty);
}

static gboolean end_job(struct job *job, GError **error)
{
	gboolean stopped = g_cancellable_is_cancelled(job->settings->stop);

	if (stopped)
		station_error_set(error, STATION_ERROR_CANCELLED, "TDECQ: cancelled");
	else
		fill_result(job);
	symbol_fit_clear(&job->fit);
	return !stopped;
}

/*
 * The polynomials are good around the middle of what they were fitted to. Where the optimum is far
 * from there (the crossings of a skewed eye are), the symbols are fitted again around it.
 */
static gboolean anchor_moves(struct job *job)
{
	double centre = job->cost.best.centre_ui;

	if (g_cancellable_is_cancelled(job->settings->stop))
		return FALSE;
	if (!job->settings->fit_centre || fabs(centre) < far_centre_ui)
		return FALSE;
	job->anchor_ui += centre;
	return TRUE;
}

gboolean tdecq_measure(const struct tdecq_input *input, const struct tdecq_settings *settings,
                       struct tdecq_result *result, GError **error)
{
	struct job job = {.input = input, .settings = settings, .result = result};

	if (!check_settings(settings, error) || !check_input(input, error))
		return FALSE;
	start_job(&job);
	tdecq_search(&job.cost);
	for (guint i = 0; i < 2 && anchor_moves(&job); i++) {
		symbol_fit_clear(&job.fit);
		start_job(&job);
		tdecq_search(&job.cost);
	}
	return end_job(&job, error);
}

gboolean tdecq_evaluate(const struct tdecq_input *input, const struct tdecq_settings *settings,
                        const double *taps, guint main_tap, struct tdecq_result *result,
                        GError **error)
{
	struct job job = {.input = input, .settings = settings, .result = result};
	double sum = 0.0;

	if (!check_settings(settings, error) || !check_input(input, error))
		return FALSE;
	for (guint i = 0; i < settings->taps; i++)
		sum += taps[i];
	if (main_tap >= settings->taps || !(fabs(sum - 1.0) < 1e-6)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "TDECQ: given taps have the sum %g, or no main tap", sum);
		return FALSE;
	}
	start_job(&job);
	job.cost.main_tap = main_tap;
	memcpy(job.cost.point.taps, taps, settings->taps * sizeof(*taps));
	tdecq_search_fixed(&job.cost);
	return end_job(&job, error);
}

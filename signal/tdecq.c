/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/tdecq.h"

#include "base/error.h"
#include "signal/gauss.h"
#include "signal/minimise.h"
#include "signal/symbol_fit.h"
#include "signal/tdecq_cost.h"

#include <math.h>
#include <string.h>

#define MAX_VARIABLES (TDECQ_MAX_TAPS + 3)

static const gsize subset_symbols = 16384;
static const double receiver_tolerance = 0.02;
/* of the variance: what the samples show of it scatters, and filters make them depend */
static const double scope_noise_tolerance = 1.1;
/* of ln noise: 0.3 dB before a quick descent, 0.03 dB after it */
static const double much_worse = 0.07;
static const double little_worse = 0.007;

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
		.centre_limit_ui = 0.15,
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
	else if (s->fit_centre && !(s->centre_limit_ui > 0.0 && s->centre_limit_ui <= 0.15))
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

static gboolean check_input(const struct tdecq_input *input, GError **error)
{
	const struct waveform *wave = input->waveform;
	gsize length = waveform_length(wave);
	double sum = 0.0;

	if (wave->samples_per_symbol < 8 || wave->n_symbols < 8) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "TDECQ: %u samples per symbol are too few, 8 are the least",
		                  wave->samples_per_symbol);
		return FALSE;
	}
	if (!(input->oma_w > 0.0) || !isfinite(input->oma_w) || !isfinite(input->average_w) ||
	    !(wave->scope_noise_w >= 0.0) || !isfinite(wave->scope_noise_w) || wave->passes < 1) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "TDECQ: no OMA or no valid scope noise");
		return FALSE;
	}
	if (!(input->start_samples >= 0.0 && input->start_samples < (double)length)) {
		station_error_set(error, STATION_ERROR_DATA, "TDECQ: start outside the waveform");
		return FALSE;
	}
	for (gsize i = 0; i < length; i++)
		sum += fabsf(wave->power_w[i]);
	for (gsize i = 0; i < wave->n_symbols; i++) {
		if (input->levels[i] > 3)
			sum = NAN;
	}
	if (!isfinite(sum)) {
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
	double scope_variance; /* what is taken off, in OMA^2 */
	gboolean too_much_scope_noise;
	guint stride; /* of the quick look */
	guint evaluations;
};

/* The noise in the samples is that of the signal and of the scope, both averaged over the passes.
 */
static void split_noise(struct job *job)
{
	double passes = job->input->waveform->passes;
	double declared = job->input->waveform->scope_noise_w / job->input->oma_w;
	double found = passes * job->fit.noise_mean;

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

	memset(job->result, 0, sizeof(*job->result));
	symbol_fit_init(&job->fit, input->waveform, input->levels, input->start_samples,
	                input->average_w, input->oma_w);
	job->cost.fit = &job->fit;
	job->cost.levels = input->levels;
	job->cost.settings = job->settings;
	job->cost.n_taps = job->settings->taps;
	job->stride = (guint)MAX((gsize)1, job->fit.n / subset_symbols);
	split_noise(job);
	tdecq_cost_init(&job->cost);
}

/* Symmetric positive definite equations by elimination; two right sides at once. */
static void solve_two(double a[TDECQ_MAX_TAPS][TDECQ_MAX_TAPS], double *b, double *c, guint n)
{
	for (guint k = 0; k < n; k++) {
		for (guint i = k + 1; i < n; i++) {
			double factor = a[i][k] / a[k][k];

			for (guint j = k; j < n; j++)
				a[i][j] -= factor * a[k][j];
			b[i] -= factor * b[k];
			c[i] -= factor * c[k];
		}
	}
	for (guint k = n; k-- > 0;) {
		for (guint j = k + 1; j < n; j++) {
			b[k] -= a[k][j] * b[j];
			c[k] -= a[k][j] * c[j];
		}
		b[k] /= a[k][k];
		c[k] /= a[k][k];
	}
}

/* Least mean square error at the eye's centre, with some noise, among taps whose sum is 1. */
static void least_square_taps(const struct job *job, guint main_tap, double *taps)
{
	double a[TDECQ_MAX_TAPS][TDECQ_MAX_TAPS], ones[TDECQ_MAX_TAPS], sum = 0.0, gain = 0.0;
	double delayed[TDECQ_MAX_TAPS] = {0.0};
	const float *x = job->fit.term[0];
	guint n = job->cost.n_taps;
	double noise = 1e-3 * (double)job->fit.n;

	for (guint i = 0; i < n; i++) {
		const float *xi = x + main_tap - i;

		taps[i] = 0.0;
		ones[i] = 1.0;
		for (gsize k = 0; k < job->fit.n; k++) {
			taps[i] += ((double)job->input->levels[k] - 1.5) / 3.0 * xi[k];
			delayed[i] += (double)x[k] * *(x + k - i);
		}
	}
	for (guint i = 0; i < n; i++) {
		for (guint j = 0; j < n; j++) {
			guint apart = i > j ? i - j : j - i;

			a[i][j] = delayed[apart] + noise * job->cost.correlation[apart];
		}
	}
	solve_two(a, taps, ones, n);
	for (guint i = 0; i < n; i++) {
		sum += taps[i];
		gain += ones[i];
	}
	for (guint i = 0; i < n; i++)
		taps[i] += (1.0 - sum) / gain * ones[i];
}

static double descend(struct job *job, guint stride, guint max_evaluations)
{
	double x[MAX_VARIABLES], scale[MAX_VARIABLES], value;
	struct minimise_values values;
	struct minimise_problem problem = {
		.n = tdecq_cost_variables(&job->cost),
		.cost = tdecq_cost_at,
		.data = &job->cost,
		.scale = scale,
		.max_step = 0.7,
		.tolerance = 2e-5,
		.max_evaluations = max_evaluations,
	};

	job->cost.stride = stride;
	tdecq_cost_start(&job->cost, x, scale);
	value = minimise_larger(&problem, x, &job->evaluations);
	/* The last point tried is not always the best one. */
	if (max_evaluations > 1) {
		tdecq_cost_at(&job->cost, x, &values);
		job->evaluations++;
	}
	return value;
}

static gboolean main_tap_is_main(const struct job *job)
{
	const double *taps = job->cost.point.taps;

	for (guint i = 0; i < job->cost.n_taps; i++) {
		if (fabs(taps[i]) > taps[job->cost.main_tap])
			return FALSE;
	}
	return taps[job->cost.main_tap] >= job->settings->main_tap_min - 0.01;
}

/* A main tap on trial. */
struct candidate {
	guint main_tap;
	struct tdecq_point point;
	double value;
	gboolean valid; /* its main tap is the largest, and large enough */
};

static void keep_better(struct candidate *best, const struct candidate *other)
{
	if (other->valid != best->valid ? other->valid : other->value < best->value)
		*best = *other;
}

static void take_up(struct job *job, const struct candidate *candidate)
{
	job->cost.main_tap = candidate->main_tap;
	job->cost.point = candidate->point;
	job->cost.outcome.noise[0] = job->cost.outcome.noise[1] = 0.03;
}

static void improve(struct job *job, struct candidate *candidate, guint stride,
                    guint max_evaluations)
{
	take_up(job, candidate);
	candidate->value = descend(job, stride, max_evaluations);
	candidate->point = job->cost.point;
	candidate->valid = main_tap_is_main(job);
}

/*
 * A quick look at part of the symbols leaves out the main taps that are clearly worse; the others
 * are brought to the optimum on all symbols. The best one's point stays in cost.
 */
static void search(struct job *job)
{
	guint n = MIN(job->settings->max_precursors, job->cost.n_taps - 1) + 1;
	struct candidate trial[TDECQ_MAX_TAPS] = {0}, best = {.value = INFINITY};
	double least = INFINITY;

	for (guint m = 0; m < n; m++) {
		trial[m].main_tap = m;
		least_square_taps(job, m, trial[m].point.taps);
		improve(job, &trial[m], job->stride, 1);
		least = fmin(least, trial[m].value);
	}
	for (guint m = 0; m < n; m++) {
		if (trial[m].value > least + much_worse)
			trial[m].value = INFINITY;
		else
			improve(job, &trial[m], job->stride, 16);
		keep_better(&best, &trial[m]);
	}
	least = best.value;
	best = (struct candidate){.value = INFINITY};
	for (guint m = 0; m < n; m++) {
		if (trial[m].value > least + little_worse)
			continue;
		improve(job, &trial[m], 1, 20);
		keep_better(&best, &trial[m]);
	}
	/* One more pass leaves the best one's outcome in cost. */
	take_up(job, &best);
	descend(job, 1, 1);
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
	if (job->cost.outcome.closed)
		return signal_none(SIGNAL_EYE_CLOSED, "eye closed after equalising: too many "
		                                      "errors without any added noise");
	if (wrong > job->settings->target_ser)
		return signal_none(SIGNAL_EYE_CLOSED, "eye closed after equalising: wrong symbols");
	if (noise * noise <= job->scope_variance)
		return signal_none(SIGNAL_EYE_CLOSED,
		                   "eye closed: it bears less noise than the scope has");
	if (!job->cost.fixed_taps && !main_tap_is_main(job))
		return signal_none(SIGNAL_EYE_CLOSED,
		                   "no equaliser within its limits opens the eye");
	return signal_ok(0.0, NAN);
}

static void fill_result(struct job *job)
{
	const struct tdecq_cost *cost = &job->cost;
	struct tdecq_result *result = job->result;
	double noise = fmin(cost->outcome.noise[0], cost->outcome.noise[1]);
	double oma = job->input->oma_w, ideal;
	struct signal_value verdict;

	result->symbol_errors = tdecq_cost_symbol_errors(cost);
	result->n_taps = cost->n_taps;
	result->main_tap = cost->main_tap;
	memcpy(result->taps, cost->point.taps, sizeof(result->taps));
	result->ceq = sqrt(cost->outcome.ceq2);
	result->noise_w = noise * oma;
	result->centre_ui = 0.5 + cost->point.centre_ui;
	for (guint k = 0; k < 3; k++) {
		result->threshold_shift[k] = cost->point.shift[k];
		result->threshold_w[k] = job->input->average_w +
		                         oma * (((double)k - 1.0) / 3.0 + cost->point.shift[k]);
	}
	/* The windows' error ratios are equal at different noise; at the same noise they are not.
	 */
	tdecq_cost_ser(cost, noise, result->ser);
	result->evaluations = job->evaluations;
	verdict = why_no_value(job, noise);
	if (verdict.status != SIGNAL_OK) {
		result->tdecq_db = result->tdecq_minus_ceq_db = verdict;
		return;
	}
	/* The standard prints the constant with three decimals, 3.414 for 4.8e-4. */
	ideal = rint(1000.0 * gauss_q_inverse(job->settings->target_ser / 1.5)) / 1000.0;
	result->tdecq_db = signal_ok(10.0 * log10(1.0 / (6.0 * ideal * noise)), NAN);
	result->tdecq_minus_ceq_db =
		signal_ok(result->tdecq_db.value - 10.0 * log10(result->ceq), NAN);
}

static void end_job(struct job *job)
{
	fill_result(job);
	tdecq_cost_clear(&job->cost);
	symbol_fit_clear(&job->fit);
}

gboolean tdecq_measure(const struct tdecq_input *input, const struct tdecq_settings *settings,
                       struct tdecq_result *result, GError **error)
{
	struct job job = {.input = input, .settings = settings, .result = result};

	if (!check_settings(settings, error) || !check_input(input, error))
		return FALSE;
	start_job(&job);
	search(&job);
	end_job(&job);
	return TRUE;
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
	job.cost.fixed_taps = TRUE;
	job.cost.main_tap = main_tap;
	memcpy(job.cost.point.taps, taps, settings->taps * sizeof(*taps));
	job.cost.outcome.noise[0] = job.cost.outcome.noise[1] = 0.03;
	descend(&job, 1, 24);
	end_job(&job);
	return TRUE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4.h"

#include "base/error.h"
#include "signal/eye_opening.h"
#include "signal/kernels.h"
#include "signal/pam4_doubt.h"
#include "signal/pam4_shape.h"
#include "signal/rin.h"

#include <math.h>
#include <string.h>

#define RUN_OF_THREES       7
#define RUN_OF_ZEROS        6
#define TDECQ_LEAST_SAMPLES 8
/* edges for the transition time: from at least 5 to at least 6 symbols */
#define EDGE_BEFORE 5
#define EDGE_AFTER  6

static const double extreme_fraction = 0.01;

void pam4_settings_default(struct pam4_settings *settings)
{
	*settings = (struct pam4_settings){
		.runs = PAM4_RUNS_AT_LEAST,
		.with_tdecq = TRUE,
		.with_eye = TRUE,
		.eye_ser = 1e-6,
	};
	tdecq_settings_default(&settings->tdecq);
}

/* Nothing measured yet: what stays so was refused with the waveform. */
static void result_none(struct pam4_result *result)
{
	struct signal_value none = signal_none(SIGNAL_NOT_ASKED, "waveform was refused");

	memset(result, 0, sizeof(*result));
	result->oma_p3_w = result->oma_p0_w = NAN;
	result->average_power_w = result->oma_outer_w = result->outer_er_db = result->rlm = none;
	result->transition_time_s = result->rise_time_s = result->fall_time_s = none;
	result->overshoot = result->undershoot = result->power_excursion_w = none;
	result->rin_oma_db_hz = result->noise_margin_w = result->ceq_db = none;
	result->tdecq_db = result->tdecq.tdecq_db = result->tdecq.tdecq_minus_ceq_db = none;
	for (guint level = 0; level < 4; level++)
		result->level_w[level] = none;
	for (guint k = 0; k < 3; k++)
		result->eye[k] = (struct pam4_sub_eye){none, none, none};
}

static struct signal_value average_power(const struct pam4_view *view)
{
	double length = (double)waveform_length(view->wave);

	return signal_ok(kernels_best()->range(view->wave->power_w, (gsize)length).sum / length,
	                 sqrt(view->noise->mean_w2 / length));
}

/* The levels that occur must be in order. */
static gboolean check_order(const struct waveform *wave, const guint8 *symbols,
                            struct pam4_result *result, GError **error)
{
	double mean_w[4];

	for (guint level = 0; level < 4; level++)
		mean_w[level] = result->level_w[level].value;
	result->status = pam4_doubt_order(wave, symbols, result->average_power_w.value,
	                                  result->alignment.correlation, mean_w, error);
	return result->status == SIGNAL_OK;
}

static double linearity_of(const double v[4])
{
	double middle = 0.5 * (v[0] + v[3]);
	double es1 = (v[1] - middle) / (v[0] - middle), es2 = (v[2] - middle) / (v[3] - middle);

	return fmin(fmin(3.0 * es1, 3.0 * es2), fmin(2.0 - 3.0 * es1, 2.0 - 3.0 * es2));
}

/* The formula has kinks: its slopes are taken over the uncertainties themselves. */
static struct signal_value linearity(const struct signal_value level_w[4])
{
	double v[4], value, variance = 0.0;

	for (guint i = 0; i < 4; i++) {
		if (level_w[i].status != SIGNAL_OK)
			return signal_none(SIGNAL_NO_FEATURE,
			                   "pattern does not have all four levels");
		v[i] = level_w[i].value;
	}
	value = linearity_of(v);
	for (guint i = 0; i < 4; i++) {
		double up, down;

		v[i] = level_w[i].value + level_w[i].uncertainty;
		up = linearity_of(v);
		v[i] = level_w[i].value - level_w[i].uncertainty;
		down = linearity_of(v);
		v[i] = level_w[i].value;
		variance += 0.5 * (pow(up - value, 2.0) + pow(down - value, 2.0));
	}
	return signal_ok(value, sqrt(variance));
}

static struct signal_value extinction(struct signal_value p3_w, struct signal_value p0_w)
{
	if (!(p0_w.value > 0.0))
		return signal_none(SIGNAL_NO_FEATURE, "power of the zeros is not above darkness");
	return signal_ok(10.0 * log10(p3_w.value / p0_w.value),
	                 10.0 / log(10.0) *
	                         hypot(p3_w.uncertainty / p3_w.value,
	                               p0_w.uncertainty / p0_w.value));
}

/* The outer powers as the runs tell them. */
struct outer {
	struct signal_value p3_w, p0_w;
};

static void measure_runs(const struct pam4_view *view, const struct pam4_settings *settings,
                         struct outer *outer, struct pam4_result *result)
{
	gboolean exactly = settings->runs == PAM4_RUNS_EXACTLY;
	gboolean inverted = result->alignment.inverted;

	/* Upside down, the pattern's seven threes are seven zeros in the light. */
	outer->p3_w = pam4_run_mean(view, 3, inverted ? RUN_OF_ZEROS : RUN_OF_THREES, exactly,
	                            &result->runs_of_threes);
	outer->p0_w = pam4_run_mean(view, 0, inverted ? RUN_OF_THREES : RUN_OF_ZEROS, exactly,
	                            &result->runs_of_zeros);
	result->oma_p3_w = outer->p3_w.value;
	result->oma_p0_w = outer->p0_w.value;
	if (outer->p3_w.status != SIGNAL_OK || outer->p0_w.status != SIGNAL_OK) {
		result->oma_outer_w = result->outer_er_db =
			outer->p3_w.status != SIGNAL_OK ? outer->p3_w : outer->p0_w;
		return;
	}
	if (!(outer->p3_w.value > outer->p0_w.value)) {
		result->oma_outer_w = result->outer_er_db =
			signal_none(SIGNAL_NO_FEATURE,
		                    "runs of threes are not above runs of zeros");
		return;
	}
	result->oma_outer_w = signal_ok(outer->p3_w.value - outer->p0_w.value,
	                                hypot(outer->p3_w.uncertainty, outer->p0_w.uncertainty));
	result->outer_er_db = extinction(outer->p3_w, outer->p0_w);
}

static struct signal_value slower(struct signal_value rise_s, struct signal_value fall_s)
{
	if (rise_s.status != SIGNAL_OK)
		return rise_s;
	return fall_s.status != SIGNAL_OK || fall_s.value > rise_s.value ? fall_s : rise_s;
}

/* (beyond - level) / oma, for an extreme above the level. */
static struct signal_value overshoot(double beyond_w, double beyond_uncertainty_w,
                                     struct signal_value level_w, struct signal_value oma_w)
{
	double value = beyond_w / oma_w.value;

	return signal_ok(value, hypot(hypot(beyond_uncertainty_w, level_w.uncertainty),
	                              value * oma_w.uncertainty) /
	                                oma_w.value);
}

static void measure_shape(const struct pam4_view *view, const struct outer *outer,
                          struct pam4_result *result)
{
	struct signal_value high, low, mean = result->average_power_w, oma = result->oma_outer_w;
	gboolean above;

	pam4_extremes(view, extreme_fraction, &high, &low);
	above = high.value - mean.value > mean.value - low.value;
	result->power_excursion_w =
		signal_ok(above ? high.value - mean.value : mean.value - low.value,
	                  hypot(above ? high.uncertainty : low.uncertainty, mean.uncertainty));
	result->rin_oma_db_hz = rin_oma_db_hz(view, oma, RIN_HALF_OMA);
	if (oma.status != SIGNAL_OK) {
		result->transition_time_s = result->rise_time_s = result->fall_time_s =
			result->overshoot = result->undershoot = oma;
		return;
	}
	result->overshoot =
		overshoot(high.value - outer->p3_w.value, high.uncertainty, outer->p3_w, oma);
	result->undershoot =
		overshoot(outer->p0_w.value - low.value, low.uncertainty, outer->p0_w, oma);
	result->rise_time_s =
		pam4_edge_time(view, TRUE, EDGE_BEFORE, EDGE_AFTER, outer->p0_w, outer->p3_w);
	result->fall_time_s =
		pam4_edge_time(view, FALSE, EDGE_BEFORE, EDGE_AFTER, outer->p0_w, outer->p3_w);
	result->transition_time_s = slower(result->rise_time_s, result->fall_time_s);
}

static void no_tdecq(struct pam4_result *result, struct signal_value why)
{
	result->tdecq_db = result->tdecq.tdecq_db = result->tdecq.tdecq_minus_ceq_db = why;
}

static gboolean measure_tdecq(const struct pam4_view *view, const struct pam4_settings *settings,
                              struct pam4_result *result, GError **error)
{
	struct tdecq_input input = {
		.waveform = view->wave,
		.levels = view->levels,
		.start_samples = view->start_samples,
		.average_w = result->average_power_w.value,
		.oma_w = result->oma_outer_w.value,
		.oma_uncertainty_w = result->oma_outer_w.uncertainty,
	};

	if (!settings->with_tdecq)
		no_tdecq(result, signal_none(SIGNAL_NOT_ASKED, "not asked for"));
	else if (result->oma_outer_w.status != SIGNAL_OK)
		no_tdecq(result, result->oma_outer_w);
	else if (result->rlm.status != SIGNAL_OK)
		no_tdecq(result, result->rlm);
	else if (view->wave->samples_per_symbol < TDECQ_LEAST_SAMPLES)
		no_tdecq(result, signal_none(SIGNAL_TOO_COARSE,
		                             "fewer than 8 samples per symbol: no TDECQ"));
	else if (!tdecq_measure(&input, &settings->tdecq, &result->tdecq, error)) {
		result->status = SIGNAL_BAD_SETTING;
		return FALSE;
	}
	result->tdecq_db = result->ceq_db = result->noise_margin_w = result->tdecq.tdecq_db;
	if (result->tdecq_db.status != SIGNAL_OK)
		return TRUE;
	result->ceq_db = signal_ok(10.0 * log10(result->tdecq.ceq), NAN);
	result->noise_margin_w =
		signal_ok(result->tdecq.noise_w,
	                  result->tdecq.noise_w * log(10.0) / 10.0 * result->tdecq_db.uncertainty);
	return TRUE;
}

static void measure_eye(const struct pam4_view *view, const struct pam4_settings *settings,
                        struct pam4_result *result)
{
	const struct tdecq_result *tdecq = &result->tdecq;
	struct signal_value none = settings->with_eye
	                                   ? result->tdecq_db
	                                   : signal_none(SIGNAL_NOT_ASKED, "not asked for");
	struct eye_opening_input input = {
		.wave = view->wave,
		.levels = view->levels,
		.noise = view->noise,
		.start_samples = view->start_samples,
		.taps = tdecq->taps,
		.n_taps = tdecq->n_taps,
		.main_tap = tdecq->main_tap,
		.noise_gain = tdecq->ceq,
		.centre_ui = tdecq->centre_ui,
		.average_w = result->average_power_w.value,
		.oma_w = result->oma_outer_w.value,
		.ser = settings->eye_ser,
	};
	double third_uncertainty = result->oma_outer_w.uncertainty / 3.0;
	struct eye_opening opening[3];

	if (none.status != SIGNAL_OK) {
		for (guint k = 0; k < 3; k++)
			result->eye[k] = (struct pam4_sub_eye){none, none, none};
		return;
	}
	memcpy(input.threshold_w, tdecq->threshold_w, sizeof(input.threshold_w));
	eye_openings(&input, opening);
	for (guint k = 0; k < 3; k++)
		result->eye[k] = (struct pam4_sub_eye){
			.threshold_w = signal_ok(tdecq->threshold_w[k],
		                                 hypot(result->average_power_w.uncertainty,
		                                       k == 1 ? 0.0 : third_uncertainty)),
			.height_w = opening[k].height_w,
			.width_ui = opening[k].width_ui,
		};
}

static gboolean may_go_on(const struct pam4_settings *settings, GError **error)
{
	if (!g_cancellable_is_cancelled(settings->tdecq.stop))
		return TRUE;
	station_error_set(error, STATION_ERROR_CANCELLED, "analysis: cancelled");
	return FALSE;
}

static gboolean measure_all(const struct pam4_view *view, const guint8 *symbols,
                            const struct pam4_settings *settings, struct pam4_result *result,
                            GError **error)
{
	struct outer outer;

	result->average_power_w = average_power(view);
	pam4_level_means(view, result->level_w);
	if (!check_order(view->wave, symbols, result, error))
		return FALSE;
	result->rlm = linearity(result->level_w);
	measure_runs(view, settings, &outer, result);
	measure_shape(view, &outer, result);
	if (!measure_tdecq(view, settings, result, error) || !may_go_on(settings, error))
		return FALSE;
	measure_eye(view, settings, result);
	return TRUE;
}

/* Noise that hangs together from sample to sample tells nothing of itself by their differences. */
static void forget_noise(struct pam4_result *r)
{
	struct signal_value *values[] = {
		&r->average_power_w,
		&r->level_w[0],
		&r->level_w[1],
		&r->level_w[2],
		&r->level_w[3],
		&r->oma_outer_w,
		&r->outer_er_db,
		&r->rlm,
		&r->transition_time_s,
		&r->rise_time_s,
		&r->fall_time_s,
		&r->overshoot,
		&r->undershoot,
		&r->power_excursion_w,
		&r->noise_margin_w,
		&r->tdecq_db,
		&r->tdecq.tdecq_db,
		&r->tdecq.tdecq_minus_ceq_db,
		&r->ceq_db,
	};

	for (guint i = 0; i < G_N_ELEMENTS(values); i++)
		values[i]->uncertainty = NAN;
	for (guint i = 0; i < G_N_ELEMENTS(r->eye); i++)
		r->eye[i].threshold_w.uncertainty = r->eye[i].height_w.uncertainty =
			r->eye[i].width_ui.uncertainty = NAN;
	if (r->rin_oma_db_hz.status == SIGNAL_OK)
		r->rin_oma_db_hz =
			signal_none(SIGNAL_DOUBTFUL, "noise hangs together from sample to sample");
}

gboolean pam4_measure(const struct waveform *wave, const guint8 *symbols, gsize n_symbols,
                      const struct pam4_settings *settings, struct pam4_result *result,
                      GError **error)
{
	g_autofree guint8 *levels = NULL;
	struct pam4_noise noise;
	struct pam4_long_runs runs;
	struct pam4_view view;
	gboolean done;

	result_none(result);
	if (!may_go_on(settings, error))
		return FALSE;
	if (!pam4_align(wave, symbols, n_symbols, &result->alignment, error)) {
		result->status = result->alignment.status;
		return FALSE;
	}
	levels = g_new(guint8, n_symbols);
	for (gsize i = 0; i < n_symbols; i++)
		levels[i] = result->alignment.inverted ? 3 - symbols[i] : symbols[i];
	pam4_noise_measure(wave, levels, result->alignment.start_samples, &noise);
	pam4_long_runs_init(&runs, levels, n_symbols);
	view = (struct pam4_view){wave, levels, result->alignment.start_samples, &noise, &runs};
	done = measure_all(&view, symbols, settings, result, error);
	pam4_long_runs_clear(&runs);
	if (done && settings->tdecq.noise_in_samples)
		forget_noise(result);
	return done;
}

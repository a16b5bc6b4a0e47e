/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4.h"

#include "base/error.h"
#include "signal/pam4_shape.h"

#include <math.h>
#include <string.h>

#define RUN_OF_THREES 7
#define RUN_OF_ZEROS  6
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

static double mean_power(const struct waveform *wave)
{
	gsize length = waveform_length(wave);
	double sum = 0.0;

	for (gsize i = 0; i < length; i++)
		sum += wave->power_w[i];
	return sum / (double)length;
}

/* The levels that occur must be in order; NaN stands for one that does not. */
static gboolean check_order(const double mean_w[4], GError **error)
{
	double below = -INFINITY;

	for (guint level = 0; level < 4; level++) {
		if (isnan(mean_w[level]))
			continue;
		if (mean_w[level] <= below) {
			station_error_set(error, STATION_ERROR_DATA,
			                  "levels are not in order: %.4g %.4g %.4g %.4g W "
			                  "(Gray coding swapped?)",
			                  mean_w[0], mean_w[1], mean_w[2], mean_w[3]);
			return FALSE;
		}
		below = mean_w[level];
	}
	return TRUE;
}

static struct signal_value linearity(const double v[4])
{
	double middle = 0.5 * (v[0] + v[3]);
	double es1 = (v[1] - middle) / (v[0] - middle), es2 = (v[2] - middle) / (v[3] - middle);

	if (!isfinite(es1) || !isfinite(es2))
		return signal_none(SIGNAL_NO_FEATURE, "pattern does not have all four levels");
	return signal_ok(fmin(fmin(3.0 * es1, 3.0 * es2), fmin(2.0 - 3.0 * es1, 2.0 - 3.0 * es2)),
	                 NAN);
}

static void measure_runs(const struct waveform *wave, const guint8 *levels,
                         const struct pam4_settings *settings, struct pam4_result *result)
{
	static const char no_runs[] = "pattern has no run of seven threes or six zeros";
	gboolean exactly = settings->runs == PAM4_RUNS_EXACTLY;
	gboolean inverted = result->alignment.inverted;
	double start = result->alignment.start_samples;

	/* Upside down, the pattern's seven threes are seven zeros in the light. */
	result->oma_p3_w =
		pam4_run_mean(wave, levels, start, 3, inverted ? RUN_OF_ZEROS : RUN_OF_THREES,
	                      exactly, &result->runs_of_threes);
	result->oma_p0_w =
		pam4_run_mean(wave, levels, start, 0, inverted ? RUN_OF_THREES : RUN_OF_ZEROS,
	                      exactly, &result->runs_of_zeros);
	if (result->runs_of_threes == 0 || result->runs_of_zeros == 0) {
		result->oma_outer_w = result->outer_er_db = signal_none(SIGNAL_NO_FEATURE, no_runs);
		return;
	}
	if (!(result->oma_p3_w > result->oma_p0_w)) {
		result->oma_outer_w = result->outer_er_db =
			signal_none(SIGNAL_NO_FEATURE,
		                    "runs of threes are not above runs of zeros");
		return;
	}
	result->oma_outer_w = signal_ok(result->oma_p3_w - result->oma_p0_w, NAN);
	result->outer_er_db =
		result->oma_p0_w > 0.0
			? signal_ok(10.0 * log10(result->oma_p3_w / result->oma_p0_w), NAN)
			: signal_none(SIGNAL_NO_FEATURE,
	                              "power of the zeros is not above darkness");
}

static void measure_shape(const struct waveform *wave, const guint8 *levels,
                          struct pam4_result *result)
{
	double start = result->alignment.start_samples, oma = result->oma_outer_w.value, high, low;
	double mean = result->average_power_w.value;

	pam4_extremes(wave, extreme_fraction, &high, &low);
	result->power_excursion_w = signal_ok(fmax(high - mean, mean - low), NAN);
	if (result->oma_outer_w.status != SIGNAL_OK) {
		result->transition_time_s = result->rise_time_s = result->fall_time_s =
			result->overshoot = result->undershoot = result->oma_outer_w;
		return;
	}
	result->overshoot = signal_ok((high - result->oma_p3_w) / oma, NAN);
	result->undershoot = signal_ok((result->oma_p0_w - low) / oma, NAN);
	result->rise_time_s = pam4_edge_time(wave, levels, start, TRUE, EDGE_BEFORE, EDGE_AFTER,
	                                     result->oma_p0_w, result->oma_p3_w);
	result->fall_time_s = pam4_edge_time(wave, levels, start, FALSE, EDGE_BEFORE, EDGE_AFTER,
	                                     result->oma_p0_w, result->oma_p3_w);
	if (result->rise_time_s.status != SIGNAL_OK)
		result->transition_time_s = result->rise_time_s;
	else if (result->fall_time_s.status != SIGNAL_OK ||
	         result->fall_time_s.value > result->rise_time_s.value)
		result->transition_time_s = result->fall_time_s;
	else
		result->transition_time_s = result->rise_time_s;
}

static gboolean measure_tdecq(const struct waveform *wave, const guint8 *levels,
                              const struct pam4_settings *settings, struct pam4_result *result,
                              GError **error)
{
	struct tdecq_input input = {
		.waveform = wave,
		.levels = levels,
		.start_samples = result->alignment.start_samples,
		.average_w = result->average_power_w.value,
		.oma_w = result->oma_outer_w.value,
	};

	result->tdecq_db = result->ceq_db = signal_none(SIGNAL_NOT_ASKED, "not asked for");
	if (!settings->with_tdecq) {
		result->tdecq.tdecq_db = result->tdecq.tdecq_minus_ceq_db = result->tdecq_db;
		return TRUE;
	}
	if (result->oma_outer_w.status != SIGNAL_OK || result->rlm.status != SIGNAL_OK) {
		result->tdecq_db = result->ceq_db =
			result->oma_outer_w.status != SIGNAL_OK ? result->oma_outer_w : result->rlm;
		result->tdecq.tdecq_db = result->tdecq.tdecq_minus_ceq_db = result->tdecq_db;
		return TRUE;
	}
	if (!tdecq_measure(&input, &settings->tdecq, &result->tdecq, error))
		return FALSE;
	result->tdecq_db = result->tdecq.tdecq_db;
	result->ceq_db = result->tdecq_db.status == SIGNAL_OK
	                         ? signal_ok(10.0 * log10(result->tdecq.ceq), NAN)
	                         : result->tdecq_db;
	return TRUE;
}

gboolean pam4_measure(const struct waveform *wave, const guint8 *symbols, gsize n_symbols,
                      const struct pam4_settings *settings, struct pam4_result *result,
                      GError **error)
{
	g_autofree guint8 *levels = NULL;
	double mean_w[4];

	memset(result, 0, sizeof(*result));
	if (!pam4_align(wave, symbols, n_symbols, &result->alignment, error))
		return FALSE;
	levels = g_new(guint8, n_symbols);
	for (gsize i = 0; i < n_symbols; i++)
		levels[i] = result->alignment.inverted ? 3 - symbols[i] : symbols[i];
	result->average_power_w = signal_ok(mean_power(wave), NAN);
	pam4_level_means(wave, levels, result->alignment.start_samples, mean_w);
	if (!check_order(mean_w, error))
		return FALSE;
	for (guint level = 0; level < 4; level++)
		result->level_w[level] =
			isnan(mean_w[level])
				? signal_none(SIGNAL_NO_FEATURE, "pattern does not have this level")
				: signal_ok(mean_w[level], NAN);
	result->rlm = linearity(mean_w);
	measure_runs(wave, levels, settings, result);
	measure_shape(wave, levels, result);
	return measure_tdecq(wave, levels, settings, result, error);
}

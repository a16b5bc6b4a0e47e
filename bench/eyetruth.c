/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/eyetruth.h"

#include "bench/eyesearch.h"

#include <math.h>

#define MAX_DELAY_SYMBOLS 12

/* Four-point Lagrange interpolation at `at` samples, periodic. */
static double sample_at(const struct eye_input *in, double at)
{
	gsize length = in->n_symbols * in->samples_per_symbol;
	double whole = floor(at), u = at - whole;
	gssize i = (gssize)whole % (gssize)length;

	if (i < 0)
		i += (gssize)length;
	gsize k = (gsize)i;
	double a = in->power_w[k > 0 ? k - 1 : length - 1];
	double b = in->power_w[k];
	double c = in->power_w[k + 1 < length ? k + 1 : k + 1 - length];
	double d = in->power_w[k + 2 < length ? k + 2 : k + 2 - length];
	return -a * u * (u - 1) * (u - 2) / 6 + b * (u + 1) * (u - 1) * (u - 2) / 2 -
	       c * (u + 1) * u * (u - 2) / 2 + d * (u + 1) * u * (u - 1) / 6;
}

/* Where in the symbol period the waveform crosses its average, in symbols 0..1. */
static double crossing_phase(const struct eye_input *in, double avg_w)
{
	gsize length = in->n_symbols * in->samples_per_symbol;
	double re = 0, im = 0;

	for (gsize i = 0; i < length; i++) {
		double a = in->power_w[i] - avg_w;
		double b = in->power_w[i + 1 < length ? i + 1 : 0] - avg_w;
		if ((a < 0) == (b < 0))
			continue;
		double at = ((double)i + a / (a - b)) / in->samples_per_symbol;
		re += cos(2 * G_PI * at);
		im += sin(2 * G_PI * at);
	}
	double phase = atan2(im, re) / (2 * G_PI);
	return phase < 0 ? phase + 1 : phase;
}

/* When symbol 0 begins, in symbols: the phase, and the whole symbols the filters took. */
static double start_of_symbol_zero(const struct eye_input *in, double avg_w)
{
	double phase = crossing_phase(in, avg_w), best = -INFINITY;
	gsize used = MIN(in->n_symbols, 4096);
	guint delay = 0;

	for (guint d = 0; d <= MAX_DELAY_SYMBOLS; d++) {
		double sum = 0;
		for (gsize n = 0; n < used; n++)
			sum += (in->symbols[n] - 1.5) *
			       (sample_at(in, ((double)(n + d) + phase + 0.5) *
			                              in->samples_per_symbol) -
			        avg_w);
		if (sum > best) {
			best = sum;
			delay = d;
		}
	}
	return delay + phase;
}

/* Mean over the centre two symbols of all runs of `level` of at least `least`; NaN without. */
static double run_level_w(const struct eye_input *in, double start, guint8 level, gsize least)
{
	gsize n = in->n_symbols, first = 0, runs = 0;
	double sum = 0;

	while (first < n && in->symbols[first] == level)
		first++; /* a run that wraps is counted at the end */
	for (gsize i = first; i < first + n;) {
		gsize length = 0;
		while (length < n && in->symbols[(i + length) % n] == level)
			length++;
		if (length >= least) {
			double centre = (double)i + (double)length / 2 + start;
			guint points = 2 * in->samples_per_symbol;
			double mean = 0;
			for (guint k = 0; k < points; k++)
				mean += sample_at(in,
				                  (centre - 1) * in->samples_per_symbol + k + 0.5);
			sum += mean / points;
			runs++;
		}
		i += length ? length : 1;
	}
	return runs ? sum / (double)runs : NAN;
}

static double crossing_time(const struct eye_input *in, double from, double level_w)
{
	gboolean above = sample_at(in, from) > level_w;
	double before = sample_at(in, from);

	for (guint k = 1; k <= 6 * in->samples_per_symbol; k++) {
		double here = sample_at(in, from + k);
		if ((here > level_w) != above)
			return from + k - 1 + (level_w - before) / (here - before);
		before = here;
	}
	return NAN;
}

static gboolean run_ends(const struct eye_input *in, gsize i, guint8 level, gsize count)
{
	for (gsize k = 0; k < count; k++)
		if (in->symbols[(i + in->n_symbols - 1 - k) % in->n_symbols] != level)
			return FALSE;
	return TRUE;
}

static gboolean run_begins(const struct eye_input *in, gsize i, guint8 level, gsize count)
{
	for (gsize k = 0; k < count; k++)
		if (in->symbols[(i + k) % in->n_symbols] != level)
			return FALSE;
	return TRUE;
}

/* Mean 20-80 % time of the edges from five zeros to six threes, and the other way. */
static double transition_time_s(const struct eye_input *in, double start, double p0_w, double p3_w)
{
	double low_w = p0_w + 0.2 * (p3_w - p0_w), high_w = p0_w + 0.8 * (p3_w - p0_w);
	double sum = 0;
	guint edges = 0;

	for (gsize i = 0; i < in->n_symbols; i++) {
		guint8 to = in->symbols[i];
		if ((to != 0 && to != 3) || !run_ends(in, i, 3 - to, 5) ||
		    !run_begins(in, i, to, 6))
			continue;
		double from = ((double)i + start - 1.5) * in->samples_per_symbol;
		double t20 = crossing_time(in, from, low_w), t80 = crossing_time(in, from, high_w);
		sum += fabs(t80 - t20);
		edges++;
	}
	return edges ? sum / edges / (in->samples_per_symbol * in->symbol_rate_bd) : NAN;
}

/* Samples at the three Gauss nodes of each window, as fractions of OMA about the average. */
static void fill_windows(const struct eye_input *in, double start, const struct eye_result *r,
                         struct eye_windows *w)
{
	static const double nodes[3] = {-0.7745966692414834, 0, 0.7745966692414834};
	double slope2 = 0;

	for (guint side = 0; side < 2; side++) {
		for (guint k = 0; k < 3; k++) {
			double at = start + 0.45 + 0.1 * side + 0.02 * nodes[k];
			float *row = w->samples[side * 3 + k];
			for (gsize n = 0; n < in->n_symbols; n++)
				row[n] = (float)((sample_at(in, ((double)n + at) *
				                                        in->samples_per_symbol) -
				                  r->avg_w) /
				                 r->oma_w);
		}
		for (gsize n = 0; n < in->n_symbols; n++) {
			double step = (w->samples[side * 3 + 2][n] - w->samples[side * 3][n]) /
			              (0.04 * nodes[2]);
			slope2 += step * step;
		}
	}
	double jitter_ui = in->jitter_s * in->symbol_rate_bd;
	w->slope_variance = jitter_ui * jitter_ui * slope2 / (2.0 * (double)in->n_symbols);
	w->rin_variance = in->rin_variance;
	w->avg = r->avg_w / r->oma_w;
	w->symbols = in->symbols;
}

static double linearity(const double v[4])
{
	double mid = (v[0] + v[3]) / 2;
	double es1 = (v[1] - mid) / (v[0] - mid), es2 = (v[2] - mid) / (v[3] - mid);

	return fmin(fmin(3 * es1, 3 * es2), fmin(2 - 3 * es1, 2 - 3 * es2));
}

gboolean eye_measure(const struct eye_input *input, struct eye_result *result)
{
	gsize length = input->n_symbols * input->samples_per_symbol;
	struct eye_result r = {0};
	double sum = 0;

	g_return_val_if_fail(input->samples_per_symbol >= 8 && input->n_symbols >= 64, FALSE);
	for (gsize i = 0; i < length; i++)
		sum += input->power_w[i];
	r.avg_w = sum / (double)length;
	double start = start_of_symbol_zero(input, r.avg_w);
	double p3_w = run_level_w(input, start, 3, 7), p0_w = run_level_w(input, start, 0, 6);
	r.oma_w = p3_w - p0_w;
	if (!(r.oma_w > 0))
		return FALSE;
	r.er_db = 10 * log10(p3_w / p0_w);
	r.transition_s = transition_time_s(input, start, p0_w, p3_w);
	if (input->no_equaliser) {
		*result = r;
		return TRUE;
	}

	struct eye_windows *windows =
		eye_windows_new(input->n_symbols, input->n_taps ? input->n_taps : EYE_TAPS_SMF);
	fill_windows(input, start, &r, windows);
	struct eye_equalised best;
	eye_search(windows, input->near_taps, &best);
	eye_windows_free(windows);
	for (int i = 0; i < 4; i++)
		r.levels_w[i] = r.avg_w + best.levels[i] * r.oma_w;
	for (int i = 0; i < EYE_MAX_TAPS; i++)
		r.taps[i] = best.taps[i];
	r.rlm = linearity(r.levels_w);
	r.tdecq_db = best.tdecq_db;
	r.ceq_db = 10 * log10(best.ceq);
	*result = r;
	return TRUE;
}

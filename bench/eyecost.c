/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/eyecost.h"

#include <math.h>
#include <string.h>

#define TARGET_SER 4.8e-4
#define Q_TARGET   3.414
#define SPAN       2.0  /* histogram over -1..1 OMA about the average */
#define LEAST_X    10.0 /* 1 / sigma^2 */
#define MOST_X     1e12
#define BLOCK      256

struct eye_windows *eye_windows_new(gsize n_symbols, guint n_taps)
{
	struct eye_windows *w = g_new0(struct eye_windows, 1);

	g_return_val_if_fail(n_taps >= 2 && n_taps <= EYE_MAX_TAPS, NULL);
	w->n_symbols = n_symbols;
	w->n_taps = n_taps;
	for (int i = 0; i < 6; i++)
		w->samples[i] = g_new(float, n_symbols);
	return w;
}

void eye_windows_free(struct eye_windows *windows)
{
	if (!windows)
		return;
	for (int i = 0; i < 6; i++)
		g_free(windows->samples[i]);
	g_free(windows);
}

/* rho: the autocorrelation at whole symbols of noise through that receiver. */
double eye_cost_noise_gain(const double *taps, guint n_taps)
{
	static const double rho[EYE_MAX_TAPS] = {1, 0.0205613961, 0.00134954135, -7.97904e-5,
	                                         1.7288e-6};
	double sum = 0;

	for (guint i = 0; i < n_taps; i++)
		for (guint k = 0; k < n_taps; k++)
			sum += taps[i] * taps[k] * rho[i > k ? i - k : k - i];
	return sqrt(sum);
}

/* Symbols from `start` on equalised. */
static void equalise_block(const struct eye_cost *s, const float *row, gsize start,
                           const float *taps, float out[BLOCK])
{
	gsize n_symbols = s->windows->n_symbols;
	guint n_taps = s->windows->n_taps;

	if (start < EYE_MAX_TAPS || start + BLOCK + EYE_MAX_TAPS >= n_symbols) {
		for (gsize n = start; n < MIN(start + BLOCK, n_symbols); n++)
			out[n - start] =
				eye_cost_equalise(row, n_symbols, n, s->cursors, taps, n_taps);
		return;
	}
	const float *here = row + start + s->cursors;
	for (guint k = 0; k < BLOCK; k++)
		out[k] = taps[0] * here[k];
	for (guint i = 1; i < n_taps; i++)
		for (guint k = 0; k < BLOCK; k++)
			out[k] += taps[i] * here[(gssize)k - i];
}

/* Each sample is shared between its two nearest bins, which leaves its mean where it is. */
static void add_row(const struct eye_cost *s, const float *row, const float *taps, float one,
                    float *weight)
{
	float scale = (float)(s->bins / SPAN), last = (float)(s->bins - 2);
	gsize n_symbols = s->windows->n_symbols, n = 0;
	float y[BLOCK] = {0};

	for (gsize start = 0; start < n_symbols; start += BLOCK) {
		gsize end = MIN(start + BLOCK, n_symbols);
		equalise_block(s, row, start, taps, y);
		for (gsize i = 0; i < BLOCK; i++) {
			/* What lies beyond is too far from every threshold to be an error. */
			float at = (y[i] + (float)(SPAN / 2)) * scale;
			at = at > 0.0f ? at : 0.0f;
			y[i] = at < last ? at : last;
		}
		for (; n < end; n += s->stride) {
			int bin = (int)y[n - start];
			float part = (y[n - start] - (float)bin) * one;
			weight[bin] += one - part;
			weight[bin + 1] += part;
		}
	}
}

static void fill_histogram(struct eye_cost *s, const double *taps)
{
	gsize seen = (s->windows->n_symbols + s->stride - 1) / s->stride;
	float t[EYE_MAX_TAPS] = {0}, one = 1.0f / ((s->coarse ? 1.0f : 3.0f) * (float)seen);

	memset(&s->histogram, 0, sizeof s->histogram);
	for (guint i = 0; i < s->windows->n_taps; i++)
		t[i] = (float)taps[i];
	for (int row = 0; row < 6; row++)
		if (!s->coarse || row % 3 == 1)
			add_row(s, s->windows->samples[row], t, one, s->histogram.weight[row / 3]);
}

static double bin_value(const struct eye_cost *s, int bin)
{
	return bin * (SPAN / s->bins) - SPAN / 2;
}

static double noise_variance(const struct eye_windows *w, double y, double ceq)
{
	double p = w->avg + y;

	return ceq * ceq * (w->rin_variance * p * p + w->slope_variance);
}

/* The normal distribution's tail; straight between table entries, within 1e-4 of its value. */
static inline double q_function(const struct eye_cost *s, double x)
{
	double at = x * EYE_COST_Q_STEPS;

	if (at >= EYE_COST_Q_ENTRIES - 1)
		return 0;
	int i = (int)at;
	return s->q[i] + (at - i) * (s->q[i + 1] - s->q[i]);
}

struct eye_cost *eye_cost_new(const struct eye_windows *windows)
{
	struct eye_cost *s = g_new0(struct eye_cost, 1);

	s->windows = windows;
	s->stride = 1;
	s->free = windows->n_taps - 1;
	s->bins = EYE_COST_BINS;
	s->x = 400;
	for (int i = 0; i < EYE_COST_Q_ENTRIES; i++)
		s->q[i] = 0.5 * erfc(i / (double)EYE_COST_Q_STEPS * M_SQRT1_2);
	return s;
}

/* What one bin pays at the three thresholds; s2 is the variance of the noise that is added. */
static double bin_errors(const struct eye_cost *s, double y, double s2)
{
	double scale = 1 / sqrt(s2);

	return q_function(s, fabs(y) * scale) + q_function(s, fabs(y - 1 / 3.0) * scale) +
	       q_function(s, fabs(y + 1 / 3.0) * scale);
}

/* The worse window's symbol error ratio. own: noise of the light counts by its variance. */
static double error_ratio(const struct eye_cost *s, const struct eye_histogram *h, double sigma,
                          gboolean own, double ceq)
{
	double sum[2] = {0, 0};

	for (int bin = 0; bin < s->bins; bin++) {
		float left = h->weight[0][bin], right = h->weight[1][bin];
		if (left == 0 && right == 0)
			continue;
		double y = bin_value(s, bin), s2 = sigma * sigma;
		if (own)
			s2 += noise_variance(s->windows, y, ceq);
		double pays = bin_errors(s, y, s2);
		sum[0] += left * pays;
		sum[1] += right * pays;
	}
	return fmax(sum[0], sum[1]);
}

static double log_excess(const struct eye_cost *s, const struct eye_histogram *h, double sigma,
                         gboolean own, double ceq)
{
	return log(fmax(error_ratio(s, h, sigma, own, ceq), 1e-30) / TARGET_SER);
}

/* One end of a bracket: x is 1 / sigma^2, f how many e-folds too many errors there are. */
struct bracket_end {
	double x, f;
};

/* Moves b away from a until the two have the target between them; FALSE when no sigma does. */
static gboolean find_bracket(const struct eye_cost *s, const struct eye_histogram *h, gboolean own,
                             double ceq, struct bracket_end *a, struct bracket_end *b)
{
	double factor = a->f > 0 ? 1.05 : 1 / 1.05;

	for (;;) {
		b->x = CLAMP(a->x * factor, LEAST_X, MOST_X);
		b->f = log_excess(s, h, 1 / sqrt(b->x), own, ceq);
		if ((b->f > 0) != (a->f > 0))
			return TRUE;
		if (b->x >= MOST_X || b->x <= LEAST_X)
			return b->f <= 0;
		*a = *b;
		factor *= factor;
	}
}

/*
 * The largest sigma that keeps the error ratio at its target; 0 when none does. The logarithm of
 * the ratio is nearly straight in 1 / sigma^2: false position, the end that stays being made light
 * of (Illinois rule), from where the eye before this one, mostly a very similar one, ended.
 */
static double tolerated_sigma(struct eye_cost *s, const struct eye_histogram *h, gboolean own,
                              double ceq)
{
	double tolerance = own ? 1e-4 : 1e-7;
	struct bracket_end a = {.x = s->x}, b;

	a.f = log_excess(s, h, 1 / sqrt(a.x), own, ceq);
	if (!find_bracket(s, h, own, ceq, &a, &b))
		return 0;
	double x = b.x, before;
	for (int i = 0; i < 60; i++) {
		before = x;
		x = a.x + (b.x - a.x) * a.f / (a.f - b.f);
		if (fabs(x - before) < tolerance * x)
			break;
		struct bracket_end here = {x, log_excess(s, h, 1 / sqrt(x), own, ceq)};
		if ((here.f > 0) == (b.f > 0)) {
			b = here;
			a.f /= 2;
		} else {
			a = b;
			b = here;
		}
	}
	s->x = x;
	return 1 / sqrt(x);
}

static double db_from_margin(double sigma, double ceq)
{
	return 10 * log10(1 / (6 * Q_TARGET * sigma / ceq));
}

/* The light's own noise spreads every bin by its deviation. */
static void smear(struct eye_cost *s, double ceq)
{
	memset(&s->smeared, 0, sizeof s->smeared);
	for (int bin = 0; bin < s->bins; bin++) {
		double w[2] = {s->histogram.weight[0][bin], s->histogram.weight[1][bin]};
		if (w[0] == 0 && w[1] == 0)
			continue;
		double sd =
			sqrt(noise_variance(s->windows, bin_value(s, bin), ceq)) * (s->bins / SPAN);
		int reach = (int)ceil(6 * sd), from = MAX(bin - reach, 0);
		int to = MIN(bin + reach, s->bins - 1);
		double step = exp(-1 / fmax(sd * sd, 1e-3));
		/* exp(-d^2/2) from one bin to the next by two products. */
		double d = from - bin, inverse = 1 / fmax(sd * sd, 1e-3);
		double g = exp(-0.5 * d * d * inverse), ratio = exp(-(d + 0.5) * inverse), sum = 0;
		double start = g, start_ratio = ratio;
		for (int k = from; k <= to; k++, g *= ratio, ratio *= step)
			sum += g;
		g = start;
		ratio = start_ratio;
		for (int k = from; k <= to; k++, g *= ratio, ratio *= step) {
			s->smeared.weight[0][k] += (float)(w[0] * g / sum);
			s->smeared.weight[1][k] += (float)(w[1] * g / sum);
		}
	}
}

double eye_cost_exact_db(struct eye_cost *s, const double *taps)
{
	double ceq = eye_cost_noise_gain(taps, s->windows->n_taps);

	fill_histogram(s, taps);
	smear(s, ceq);
	return db_from_margin(tolerated_sigma(s, &s->smeared, FALSE, ceq), ceq);
}

double eye_cost_db(struct eye_cost *s, const double *taps)
{
	double ceq = eye_cost_noise_gain(taps, s->windows->n_taps);

	fill_histogram(s, taps);
	double sigma = tolerated_sigma(s, &s->histogram, TRUE, ceq);
	if (sigma > 0)
		return fmin(db_from_margin(sigma, ceq), EYE_COST_HOPELESS_DB);
	return EYE_COST_HOPELESS_DB +
	       10 * log10(error_ratio(s, &s->histogram, 1e-6, TRUE, ceq) / TARGET_SER);
}

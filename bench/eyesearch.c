/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/eyesearch.h"

#include <math.h>
#include <string.h>

#define TARGET_SER     4.8e-4
#define Q_TARGET       3.414
#define BINS           2048 /* half a thousandth of OMA off at most */
#define COARSE_BINS    512
#define SPAN           2.0 /* histogram over -1..1 OMA about the average */
#define MAIN_POSITIONS 3
#define FREE_TAPS      (EYE_TAPS - 1)
#define COARSE_SYMBOLS 8192
#define HOPELESS_DB    15.0
#define Q_STEPS        128 /* table entries per sigma */
#define Q_ENTRIES      (8 * Q_STEPS)

/* Histogram of the equalised samples of either window. */
struct histogram {
	float weight[2][BINS];
};

struct search {
	const struct eye_windows *windows;
	gsize n_symbols; /* how many of the pattern are looked at */
	guint cursors;   /* taps before the main one */
	int bins;        /* how finely */
	struct histogram histogram;
	struct histogram smeared;
	double q[Q_ENTRIES];
};

struct eye_windows *eye_windows_new(gsize n_symbols)
{
	struct eye_windows *w = g_new0(struct eye_windows, 1);

	w->n_symbols = n_symbols;
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

/*
 * Noise enhancement: white noise through the 26.5625 GHz reference receiver, whose autocorrelation
 * at whole symbols is rho.
 */
static double noise_gain(const double taps[EYE_TAPS])
{
	static const double rho[EYE_TAPS] = {1, 0.0205613961, 0.00134954135, -7.97904e-5,
	                                     1.7288e-6};
	double sum = 0;

	for (int i = 0; i < EYE_TAPS; i++)
		for (int k = 0; k < EYE_TAPS; k++)
			sum += taps[i] * taps[k] * rho[i > k ? i - k : k - i];
	return sqrt(sum);
}

/* Symbol n equalised, at one node. `cursors` symbols of the future take part. */
static inline float equalise(const float *row, gsize n_symbols, gsize n, guint cursors,
                             const float *taps)
{
	if (G_LIKELY(n >= EYE_TAPS && n + EYE_TAPS < n_symbols)) {
		const float *p = row + n + cursors;
		return taps[0] * p[0] + taps[1] * p[-1] + taps[2] * p[-2] + taps[3] * p[-3] +
		       taps[4] * p[-4];
	}
	float y = 0;
	for (guint i = 0; i < EYE_TAPS; i++)
		y += taps[i] * row[(n + cursors + n_symbols - i) % n_symbols];
	return y;
}

/* Each sample is shared between its two nearest bins, which leaves its mean where it is. */
static void fill_histogram(struct search *s, const double taps[EYE_TAPS])
{
	float t[EYE_TAPS], one = 1.0f / (3.0f * (float)s->n_symbols);
	float scale = (float)(s->bins / SPAN), last = (float)(s->bins - 2);
	float *weight;

	memset(&s->histogram, 0, sizeof s->histogram);
	for (int i = 0; i < EYE_TAPS; i++)
		t[i] = (float)taps[i];
	for (int row = 0; row < 6; row++) {
		weight = s->histogram.weight[row / 3];
		for (gsize n = 0; n < s->n_symbols; n++) {
			float y = equalise(s->windows->samples[row], s->windows->n_symbols, n,
			                   s->cursors, t);
			float at = (y + (float)(SPAN / 2)) * scale;
			/* What lies beyond is too far from every threshold to count as an error. */
			at = CLAMP(at, 0.0f, last);
			int bin = (int)at;
			float part = (at - (float)bin) * one;
			weight[bin] += one - part;
			weight[bin + 1] += part;
		}
	}
}

static double bin_value(const struct search *s, int bin)
{
	return bin * (SPAN / s->bins) - SPAN / 2;
}

static double noise_variance(const struct eye_windows *w, double y, double ceq)
{
	double p = w->avg + y;

	return ceq * ceq * (w->rin_variance * p * p + w->slope_variance);
}

/* The normal distribution's tail; straight between table entries, within 1e-4 of its value. */
static inline double q_function(const struct search *s, double x)
{
	double at = x * Q_STEPS;

	if (at >= Q_ENTRIES - 1)
		return 0;
	int i = (int)at;
	return s->q[i] + (at - i) * (s->q[i + 1] - s->q[i]);
}

static struct search *search_new(const struct eye_windows *windows)
{
	struct search *s = g_new0(struct search, 1);

	s->windows = windows;
	s->n_symbols = windows->n_symbols;
	s->bins = BINS;
	for (int i = 0; i < Q_ENTRIES; i++)
		s->q[i] = 0.5 * erfc(i / (double)Q_STEPS * M_SQRT1_2);
	return s;
}

/* What one bin pays at the three thresholds; s2 is the variance of the noise that is added. */
static double bin_errors(const struct search *s, double y, double s2)
{
	double scale = 1 / sqrt(s2);

	return q_function(s, fabs(y) * scale) + q_function(s, fabs(y - 1 / 3.0) * scale) +
	       q_function(s, fabs(y + 1 / 3.0) * scale);
}

/* The worse window's symbol error ratio. own: noise of the light counts by its variance. */
static double error_ratio(const struct search *s, const struct histogram *h, double sigma,
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

static double log_excess(const struct search *s, const struct histogram *h, double sigma,
                         gboolean own, double ceq)
{
	return log(fmax(error_ratio(s, h, sigma, own, ceq), 1e-30) / TARGET_SER);
}

/* The largest sigma that keeps the error ratio at its target; 0 when none does. */
static double tolerated_sigma(const struct search *s, const struct histogram *h, gboolean own,
                              double ceq)
{
	double low = 1e-6, high = 0.3, tolerance = own ? 1e-4 : 1e-7;

	if (error_ratio(s, h, low, own, ceq) > TARGET_SER)
		return 0;
	while (error_ratio(s, h, high, own, ceq) > TARGET_SER && high / 2 > low)
		high /= 2;
	low = high;
	high *= 2;
	/*
	 * The logarithm of the ratio is nearly straight in 1/sigma^2: false position between the
	 * two, the end that stays being made light of (Illinois rule).
	 */
	double x_low = 1 / (high * high), x_high = 1 / (low * low), x = x_low;
	double f_low = log_excess(s, h, high, own, ceq), f_high = log_excess(s, h, low, own, ceq);
	for (int i = 0; i < 60 && x_high - x_low > tolerance * x_high; i++) {
		double before = x;
		x = x_low + (x_high - x_low) * f_low / (f_low - f_high);
		double f = log_excess(s, h, 1 / sqrt(x), own, ceq);
		if (f > 0) {
			x_low = x;
			f_low = f;
			f_high /= 2;
		} else {
			x_high = x;
			f_high = f;
			f_low /= 2;
		}
		if (fabs(x - before) < tolerance * x)
			break;
	}
	return 1 / sqrt(x);
}

static double db_from_margin(double sigma, double ceq)
{
	return 10 * log10(1 / (6 * Q_TARGET * sigma / ceq));
}

/* The light's own noise spreads every bin by its deviation. */
static void smear(struct search *s, double ceq)
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

static double exact_db(struct search *s, const double taps[EYE_TAPS])
{
	double ceq = noise_gain(taps);

	fill_histogram(s, taps);
	smear(s, ceq);
	return db_from_margin(tolerated_sigma(s, &s->smeared, FALSE, ceq), ceq);
}

/* For the search: noise by its variance, which is smooth; a closed eye still has a slope. */
static double cost_db(struct search *s, const double taps[EYE_TAPS])
{
	double ceq = noise_gain(taps);

	fill_histogram(s, taps);
	double sigma = tolerated_sigma(s, &s->histogram, TRUE, ceq);
	if (sigma > 0)
		return fmin(db_from_margin(sigma, ceq), HOPELESS_DB);
	return HOPELESS_DB +
	       10 * log10(error_ratio(s, &s->histogram, 1e-6, TRUE, ceq) / TARGET_SER);
}

double eye_tdecq_db(const struct eye_windows *windows, const double taps[EYE_TAPS], guint cursors)
{
	g_autofree struct search *s = search_new(windows);

	s->cursors = cursors;
	return exact_db(s, taps);
}

/* ---- the search for taps ---- */

static void taps_from_free(guint main, const double x[FREE_TAPS], double taps[EYE_TAPS])
{
	double sum = 0;
	int at = 0;

	for (guint i = 0; i < EYE_TAPS; i++) {
		if (i == main)
			continue;
		taps[i] = x[at];
		sum += x[at++];
	}
	taps[main] = 1 - sum;
}

/* Solves a symmetric positive system in place. */
static void solve(double a[FREE_TAPS][FREE_TAPS], double b[FREE_TAPS])
{
	for (int i = 0; i < FREE_TAPS; i++) {
		for (int k = i + 1; k < FREE_TAPS; k++) {
			double f = a[k][i] / a[i][i];
			for (int j = i; j < FREE_TAPS; j++)
				a[k][j] -= f * a[i][j];
			b[k] -= f * b[i];
		}
	}
	for (int i = FREE_TAPS - 1; i >= 0; i--) {
		for (int k = i + 1; k < FREE_TAPS; k++)
			b[i] -= a[i][k] * b[k];
		b[i] /= a[i][i];
	}
}

/* Taps of least squares against evenly spaced levels, sum 1: where the search starts. */
static void least_squares(const struct search *s, double x[FREE_TAPS])
{
	double a[FREE_TAPS][FREE_TAPS] = {{0}};
	const struct eye_windows *w = s->windows;
	gsize n_symbols = w->n_symbols;

	memset(x, 0, FREE_TAPS * sizeof *x);
	for (gsize n = 0; n < s->n_symbols; n++) {
		for (int side = 0; side < 2; side++) {
			const float *row = w->samples[side * 3 + 1];
			double d[FREE_TAPS], here = row[n];
			double miss = (w->symbols[n] - 1.5) / 3 - here;
			for (guint i = 0, at = 0; i < EYE_TAPS; i++)
				if (i != s->cursors)
					d[at++] =
						row[(n + s->cursors + n_symbols - i) % n_symbols] -
						here;
			for (int i = 0; i < FREE_TAPS; i++) {
				x[i] += d[i] * miss;
				for (int k = 0; k < FREE_TAPS; k++)
					a[i][k] += d[i] * d[k];
			}
		}
	}
	for (int i = 0; i < FREE_TAPS; i++)
		a[i][i] *= 1.0001;
	solve(a, x);
}

struct corner {
	double x[FREE_TAPS];
	double cost;
};

static double corner_cost(struct search *s, const double x[FREE_TAPS])
{
	double taps[EYE_TAPS];

	taps_from_free(s->cursors, x, taps);
	return cost_db(s, taps);
}

static void sort_corners(struct corner *c)
{
	for (int i = 1; i <= FREE_TAPS; i++) {
		for (int k = i; k > 0 && c[k].cost < c[k - 1].cost; k--) {
			struct corner swap = c[k];
			c[k] = c[k - 1];
			c[k - 1] = swap;
		}
	}
}

static struct corner move_corner(struct search *s, const struct corner *c, const double *middle,
                                 double factor)
{
	struct corner moved;

	for (int i = 0; i < FREE_TAPS; i++)
		moved.x[i] = middle[i] + factor * (c[FREE_TAPS].x[i] - middle[i]);
	moved.cost = corner_cost(s, moved.x);
	return moved;
}

/* All corners half-way to the best one. */
static void shrink(struct search *s, struct corner *c)
{
	for (int k = 1; k <= FREE_TAPS; k++) {
		for (int i = 0; i < FREE_TAPS; i++)
			c[k].x[i] = (c[k].x[i] + c[0].x[i]) / 2;
		c[k].cost = corner_cost(s, c[k].x);
	}
}

/* Nelder and Mead's simplex (1965) from x, edges of `size`; x is where it ends. */
static double descend(struct search *s, double x[FREE_TAPS], double size, int steps,
                      double enough_db)
{
	struct corner c[FREE_TAPS + 1];

	for (int i = 0; i <= FREE_TAPS; i++) {
		memcpy(c[i].x, x, sizeof c[i].x);
		if (i > 0)
			c[i].x[i - 1] += size;
		c[i].cost = corner_cost(s, c[i].x);
	}
	sort_corners(c);
	for (int step = 0; step < steps && c[FREE_TAPS].cost - c[0].cost > enough_db; step++) {
		double middle[FREE_TAPS] = {0};
		for (int k = 0; k < FREE_TAPS; k++)
			for (int i = 0; i < FREE_TAPS; i++)
				middle[i] += c[k].x[i] / FREE_TAPS;
		struct corner moved = move_corner(s, c, middle, -1);
		if (moved.cost < c[0].cost) {
			struct corner further = move_corner(s, c, middle, -2);
			c[FREE_TAPS] = further.cost < moved.cost ? further : moved;
		} else if (moved.cost < c[FREE_TAPS - 1].cost) {
			c[FREE_TAPS] = moved;
		} else {
			double towards = moved.cost < c[FREE_TAPS].cost ? -0.5 : 0.5;
			struct corner nearer = move_corner(s, c, middle, towards);
			if (nearer.cost < MIN(moved.cost, c[FREE_TAPS].cost))
				c[FREE_TAPS] = nearer;
			else
				shrink(s, c);
		}
		sort_corners(c);
	}
	memcpy(x, c[0].x, sizeof c[0].x);
	return c[0].cost;
}

static void level_means(const struct search *s, const double taps[EYE_TAPS], double levels[4])
{
	double sum[4] = {0}, count[4] = {0};
	float t[EYE_TAPS];

	for (int i = 0; i < EYE_TAPS; i++)
		t[i] = (float)taps[i];
	for (int side = 0; side < 2; side++) {
		const float *row = s->windows->samples[side * 3 + 1];
		for (gsize n = 0; n < s->windows->n_symbols; n++) {
			guint8 symbol = s->windows->symbols[n];
			sum[symbol] += equalise(row, s->windows->n_symbols, n, s->cursors, t);
			count[symbol]++;
		}
	}
	for (int i = 0; i < 4; i++)
		levels[i] = sum[i] / count[i];
}

void eye_search(const struct eye_windows *windows, struct eye_equalised *best)
{
	g_autofree struct search *s = search_new(windows);
	double found[FREE_TAPS] = {0}, found_db = INFINITY;
	guint found_cursors = 0;

	s->n_symbols = MIN(windows->n_symbols, COARSE_SYMBOLS);
	s->bins = COARSE_BINS;
	for (guint main = 0; main < MAIN_POSITIONS; main++) {
		double x[FREE_TAPS];
		s->cursors = main;
		least_squares(s, x);
		/* A start far worse than the best end so far will not make up for it. */
		if (corner_cost(s, x) > found_db + 0.4)
			continue;
		double db = descend(s, x, 0.01, 60, 0.01);
		if (db < found_db) {
			found_db = db;
			found_cursors = main;
			memcpy(found, x, sizeof found);
		}
	}
	s->cursors = found_cursors;
	s->n_symbols = windows->n_symbols;
	s->bins = BINS;
	descend(s, found, 0.003, 20, 0.001);
	taps_from_free(found_cursors, found, best->taps);
	best->ceq = noise_gain(best->taps);
	best->tdecq_db = exact_db(s, best->taps);
	level_means(s, best->taps, best->levels);
}

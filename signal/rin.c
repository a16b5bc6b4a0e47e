/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/rin.h"

#include "signal/cyclic.h"

#include <math.h>

#define TERMS     5 /* of the polynomial taken off */
#define LEAST_RUN 6
#define SETTLING  2 /* symbols left out at either end of a run */
#define PIECE     2 /* symbols looked at together */

static double row_product(const double *a, const double *b, guint n)
{
	double sum = 0.0;

	for (guint j = 0; j < n; j++)
		sum += a[j] * b[j];
	return sum;
}

/* TERMS rows of n values, orthonormal polynomials: Gram and Schmidt, twice for exactness. */
static void make_polynomials(double *row, guint n)
{
	for (guint i = 0; i < TERMS; i++) {
		double *q = row + (gsize)i * n, norm;

		for (guint j = 0; j < n; j++)
			q[j] = pow((2.0 * j - n + 1.0) / n, i);
		for (guint k = 0; k < 2 * i; k++) {
			const double *p = row + (gsize)(k % i) * n;
			double part = row_product(q, p, n);

			for (guint j = 0; j < n; j++)
				q[j] -= part * p[j];
		}
		norm = sqrt(row_product(q, q, n));
		for (guint j = 0; j < n; j++)
			q[j] /= norm;
	}
}

/* Squares left over of n samples. */
static double left_over(const float *x, const double *row, guint n, double *value)
{
	double sum;

	for (guint j = 0; j < n; j++)
		value[j] = (double)x[j] - x[0];
	sum = row_product(value, value, n);
	for (guint i = 0; i < TERMS; i++) {
		double part = row_product(value, row + (gsize)i * n, n);

		sum -= part * part;
	}
	return fmax(sum, 0.0);
}

/* Variance of one sample in the flat parts of one level, and of how many freedoms; 0 when none. */
static double flat_variance(const struct pam4_view *view, guint8 level, double *freedoms)
{
	const struct waveform *wave = view->wave;
	guint spu = wave->samples_per_symbol, n = PIECE * spu;
	g_autofree double *row = g_new(double, TERMS *(gsize)n), *value = g_new(double, n);
	g_autofree float *buffer = g_new(float, n);
	double sum = 0.0;

	*freedoms = 0.0;
	make_polynomials(row, n);
	for (guint i = 0; i < view->runs->n; i++) {
		const struct pam4_long_run *run = &view->runs->run[i];
		gsize pieces = run->level == level && run->length >= LEAST_RUN
		                       ? (run->length - 2 * SETTLING) / PIECE
		                       : 0;

		for (gsize p = 0; p < pieces; p++) {
			double symbol = (double)(run->at + SETTLING + p * PIECE);
			gsize from = cyclic_sample(wave, ceil(view->start_samples + symbol * spu));

			sum += left_over(cyclic_window(wave, from, n, buffer), row, n, value);
			*freedoms += n - TERMS;
		}
	}
	return *freedoms > 0.0 ? sum / *freedoms : 0.0;
}

struct signal_value rin_oma_db_hz(const struct pam4_view *view, struct signal_value oma_outer_w,
                                  enum rin_definition definition)
{
	const struct waveform *wave = view->wave;
	double scope = wave->scope_noise_w * wave->scope_noise_w;
	double noise = 0.0, variance = 0.0, swing, uncertainty;

	if (oma_outer_w.status != SIGNAL_OK)
		return oma_outer_w;
	if (!(wave->filter_bandwidth_hz > 0.0))
		return signal_none(SIGNAL_NOT_FILTERED,
		                   "waveform did not go through the reference receiver");
	for (guint side = 0; side < 2; side++) {
		double freedoms, found = flat_variance(view, side == 0 ? 0 : 3, &freedoms);

		if (!(freedoms > 0.0))
			return signal_none(SIGNAL_NO_FEATURE,
			                   "pattern has no long run of both outer levels");
		found *= wave->passes;
		noise += 0.5 * found;
		variance += 0.5 * found * found / freedoms;
	}
	uncertainty = sqrt(variance);
	noise -= scope;
	if (!(noise > 2.0 * uncertainty) || !(noise > 0.0))
		return signal_none(SIGNAL_SCOPE_NOISE,
		                   "noise of the scope explains all noise of the outer levels");
	swing = definition == RIN_LEGACY ? oma_outer_w.value : 0.5 * oma_outer_w.value;
	return signal_ok(10.0 * log10(noise / (RIN_NOISE_BANDWIDTH * wave->filter_bandwidth_hz *
	                                       swing * swing)),
	                 10.0 / log(10.0) *
	                         hypot(uncertainty / noise,
	                               2.0 * oma_outer_w.uncertainty / oma_outer_w.value));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/symbol_fit.h"

#include <math.h>
#include <string.h>

#define MAX_WINDOW 512

/* Noise is wanted where the eye is open: jitter makes more of it towards the crossings. */
static const double noise_reach_ui = 0.13;

/* Orthonormal polynomials on the sample times of one symbol, and their powers of time. */
struct basis {
	guint n;
	gsize first;                                      /* sample index for symbol 0 */
	guint noise_from, noise_to;                       /* samples that tell the noise */
	double noise_freedom;                             /* what unit noise leaves over in them */
	double q[SYMBOL_FIT_TERMS][MAX_WINDOW];           /* value at each sample */
	double power[SYMBOL_FIT_TERMS][SYMBOL_FIT_TERMS]; /* q_i = sum_d power[i][d] time^d */
};

static double row_product(const double *a, const double *b, guint n)
{
	double sum = 0.0;

	for (guint j = 0; j < n; j++)
		sum += a[j] * b[j];
	return sum;
}

/* Gram and Schmidt, twice for exactness; the powers take the same steps. */
static void make_orthonormal(struct basis *basis)
{
	for (guint i = 0; i < SYMBOL_FIT_TERMS; i++) {
		double norm;

		for (guint pass = 0; pass < 2; pass++) {
			for (guint k = 0; k < i; k++) {
				double part = row_product(basis->q[i], basis->q[k], basis->n);

				for (guint j = 0; j < basis->n; j++)
					basis->q[i][j] -= part * basis->q[k][j];
				for (guint d = 0; d < SYMBOL_FIT_TERMS; d++)
					basis->power[i][d] -= part * basis->power[k][d];
			}
		}
		norm = sqrt(row_product(basis->q[i], basis->q[i], basis->n));
		for (guint j = 0; j < basis->n; j++)
			basis->q[i][j] /= norm;
		for (guint d = 0; d < SYMBOL_FIT_TERMS; d++)
			basis->power[i][d] /= norm;
	}
}

/* A window of 0.56 UI, at least 7 samples, so that some are left over for the noise. */
static void basis_init(struct basis *basis, const struct waveform *wave, double start_samples)
{
	guint spu = wave->samples_per_symbol;
	gsize length = waveform_length(wave);
	double middle = start_samples + 0.5 * spu, first;

	memset(basis, 0, sizeof(*basis));
	basis->n = CLAMP((guint)lround(0.56 * spu), 7, MAX_WINDOW);
	first = ceil(middle - 0.5 * basis->n);
	basis->first = (gsize)fmod(first + (double)length, (double)length);
	for (guint j = 0; j < basis->n; j++) {
		double time = (first + j - middle) / spu, value = 1.0;

		for (guint d = 0; d < SYMBOL_FIT_TERMS; d++) {
			basis->q[d][j] = value;
			value *= time;
		}
	}
	for (guint d = 0; d < SYMBOL_FIT_TERMS; d++)
		basis->power[d][d] = 1.0;
	make_orthonormal(basis);
	basis->noise_from = (guint)lround(0.5 * basis->n - MAX(1.5, noise_reach_ui * spu));
	basis->noise_to = basis->n - basis->noise_from;
	for (guint j = basis->noise_from; j < basis->noise_to; j++) {
		basis->noise_freedom += 1.0;
		for (guint i = 0; i < SYMBOL_FIT_TERMS; i++)
			basis->noise_freedom -= basis->q[i][j] * basis->q[i][j];
	}
}

/* Terms of one symbol into term[][n]; returns the sum of squares left over in the middle. */
static double fit_one(const struct basis *basis, const double *x, float *const *term, gsize n)
{
	double part[SYMBOL_FIT_TERMS] = {0.0}, sum = 0.0;

	for (guint j = 0; j < basis->n; j++) {
		for (guint i = 0; i < SYMBOL_FIT_TERMS; i++)
			part[i] += basis->q[i][j] * x[j];
	}
	for (guint d = 0; d < SYMBOL_FIT_TERMS; d++) {
		double value = 0.0;

		for (guint i = d; i < SYMBOL_FIT_TERMS; i++)
			value += part[i] * basis->power[i][d];
		term[d][n] = (float)value;
	}
	for (guint j = basis->noise_from; j < basis->noise_to; j++) {
		double left = x[j];

		for (guint i = 0; i < SYMBOL_FIT_TERMS; i++)
			left -= part[i] * basis->q[i][j];
		sum += left * left;
	}
	return sum;
}

static void repeat_ends(float *term, gsize n)
{
	for (gsize k = 0; k < SYMBOL_FIT_PAD; k++) {
		term[n + k] = term[k % n];
		*(term - 1 - k) = term[n - 1 - k % n];
	}
}

void symbol_fit_init(struct symbol_fit *fit, const struct waveform *wave, const guint8 *levels,
                     double start_samples, double offset_w, double scale_w)
{
	gsize length = waveform_length(wave), stride = wave->n_symbols + 2 * SYMBOL_FIT_PAD;
	g_autofree struct basis *basis = g_new(struct basis, 1);
	double x[MAX_WINDOW], left[4] = {0.0}, count[4] = {0.0}, total = 0.0;
	float *term[SYMBOL_FIT_TERMS];
	gsize at;

	basis_init(basis, wave, start_samples);
	memset(fit, 0, sizeof(*fit));
	fit->n = wave->n_symbols;
	fit->store = g_new0(float, SYMBOL_FIT_TERMS *stride);
	fit->half_width_ui = 0.5 * basis->n / wave->samples_per_symbol;
	for (guint d = 0; d < SYMBOL_FIT_TERMS; d++)
		fit->term[d] = term[d] = fit->store + d * stride + SYMBOL_FIT_PAD;
	at = basis->first;
	for (gsize n = 0; n < fit->n; n++) {
		double sum;

		for (guint j = 0; j < basis->n; j++) {
			gsize k = at + j;

			x[j] = (wave->power_w[k < length ? k : k % length] - offset_w) / scale_w;
		}
		sum = fit_one(basis, x, term, n);
		left[levels[n]] += sum;
		count[levels[n]] += basis->noise_freedom;
		total += sum;
		at += wave->samples_per_symbol;
		if (at >= length)
			at -= length;
	}
	fit->noise_mean = total / ((double)fit->n * basis->noise_freedom);
	for (guint level = 0; level < 4; level++)
		fit->noise_variance[level] = count[level] > 0.0 ? left[level] / count[level] : 0.0;
	for (guint d = 0; d < SYMBOL_FIT_TERMS; d++) {
		repeat_ends(term[d], fit->n);
		for (guint e = 0; e < SYMBOL_FIT_TERMS; e++) {
			for (guint i = 0; i < SYMBOL_FIT_TERMS; i++)
				fit->gain[d][e] += basis->power[i][d] * basis->power[i][e];
		}
	}
}

void symbol_fit_clear(struct symbol_fit *fit)
{
	g_clear_pointer(&fit->store, g_free);
}

double symbol_fit_noise_gain(const struct symbol_fit *fit, double time_ui, double *slope)
{
	double gain = 0.0;

	*slope = 0.0;
	for (guint d = 0; d < SYMBOL_FIT_TERMS; d++) {
		for (guint e = 0; e < SYMBOL_FIT_TERMS; e++) {
			gain += fit->gain[d][e] * pow(time_ui, d + e);
			if (d + e > 0)
				*slope += fit->gain[d][e] * (d + e) * pow(time_ui, d + e - 1.0);
		}
	}
	return gain;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/symbol_fit.h"

#include "signal/kernels.h"

#include <math.h>
#include <string.h>

/* Noise is wanted where the eye is open: jitter makes more of it towards the crossings. */
static const double noise_reach_ui = 0.13;

/* Orthonormal polynomials on the sample times of one symbol, and their powers of time. */
struct basis {
	guint n;                                /* samples of a symbol */
	guint hop;                              /* from one of them to the next */
	gsize first;                            /* sample index for symbol 0 */
	guint noise_from, noise_to;             /* samples that tell the noise */
	double noise_freedom;                   /* what unit noise leaves over in them */
	double q[SWEEP_TERMS][FIT_MAX_SAMPLES]; /* value at each sample */
	double power[SWEEP_TERMS][SWEEP_TERMS]; /* q_i = sum_d power[i][d] time^d */
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
	for (guint i = 0; i < SWEEP_TERMS; i++) {
		double norm;

		for (guint pass = 0; pass < 2; pass++) {
			for (guint k = 0; k < i; k++) {
				double part = row_product(basis->q[i], basis->q[k], basis->n);

				for (guint j = 0; j < basis->n; j++)
					basis->q[i][j] -= part * basis->q[k][j];
				for (guint d = 0; d < SWEEP_TERMS; d++)
					basis->power[i][d] -= part * basis->power[k][d];
			}
		}
		norm = sqrt(row_product(basis->q[i], basis->q[i], basis->n));
		for (guint j = 0; j < basis->n; j++)
			basis->q[i][j] /= norm;
		for (guint d = 0; d < SWEEP_TERMS; d++)
			basis->power[i][d] /= norm;
	}
}

/*
 * A window of 0.56 UI, at least 7 samples, so that some are left over for the noise. Of very fine
 * waveforms not every sample is taken.
 */
static void basis_init(struct basis *basis, const struct waveform *wave, double start_samples)
{
	guint spu = wave->samples_per_symbol;
	gsize length = waveform_length(wave);
	double middle = start_samples + 0.5 * spu, first;

	memset(basis, 0, sizeof(*basis));
	basis->hop = 1 + (guint)(0.56 * spu) / FIT_MAX_SAMPLES;
	basis->n = CLAMP((guint)lround(0.56 * spu / basis->hop), 7, FIT_MAX_SAMPLES);
	first = ceil(middle - 0.5 * basis->n * basis->hop);
	basis->first = (gsize)fmod(first + (double)length, (double)length);
	for (guint j = 0; j < basis->n; j++) {
		double time = (first + (double)j * basis->hop - middle) / spu, value = 1.0;

		for (guint d = 0; d < SWEEP_TERMS; d++) {
			basis->q[d][j] = value;
			value *= time;
		}
	}
	for (guint d = 0; d < SWEEP_TERMS; d++)
		basis->power[d][d] = 1.0;
	make_orthonormal(basis);
	basis->noise_from =
		(guint)lround(0.5 * basis->n - MAX(1.5, noise_reach_ui * spu / basis->hop));
	basis->noise_to = basis->n - basis->noise_from;
	for (guint j = basis->noise_from; j < basis->noise_to; j++) {
		basis->noise_freedom += 1.0;
		for (guint i = 0; i < SWEEP_TERMS; i++)
			basis->noise_freedom -= basis->q[i][j] * basis->q[i][j];
	}
}

static void fill_input(const struct basis *basis, const struct waveform *wave, double offset_w,
                       double scale_w, struct fit_symbols_input *in)
{
	memset(in, 0, sizeof(*in));
	in->step = wave->samples_per_symbol;
	in->hop = basis->hop;
	in->samples = basis->n;
	in->left_from = basis->noise_from;
	in->left_to = basis->noise_to;
	in->offset = (float)offset_w;
	in->scale = (float)(1.0 / scale_w);
	for (guint i = 0; i < SWEEP_TERMS; i++) {
		for (guint j = 0; j < basis->n; j++)
			in->row[i][j] = (float)basis->q[i][j];
		for (guint d = 0; d < SWEEP_TERMS; d++)
			in->power[i][d] = (float)basis->power[i][d];
	}
}

/* The waveform is a ring: a symbol across its ends is put together first. */
static void fit_all(const struct basis *basis, const struct waveform *wave,
                    struct fit_symbols_input *in, const guint8 *level,
                    float *const term[SWEEP_TERMS], double left[4])
{
	const struct kernels *kernels = kernels_best();
	gsize length = waveform_length(wave), at = basis->first, done = 0;
	gsize span = (gsize)(basis->n - 1) * basis->hop + 1;
	g_autofree float *across = g_new(float, span);

	while (done < wave->n_symbols) {
		float *out[SWEEP_TERMS];

		for (guint d = 0; d < SWEEP_TERMS; d++)
			out[d] = term[d] + done;
		if (at + span <= length) {
			in->x = wave->power_w + at;
			in->n = MIN((length - at - span) / in->step + 1, wave->n_symbols - done);
		} else {
			for (gsize j = 0; j < span; j++)
				across[j] = wave->power_w[(at + j) % length];
			in->x = across;
			in->n = 1;
		}
		kernels->fit_symbols(in, level + done, out, left);
		done += in->n;
		at = (at + in->n * in->step) % length;
	}
}

static void repeat_ends(float *term, gsize n)
{
	for (gsize k = 0; k < SWEEP_PAD; k++) {
		term[n + k] = term[k % n];
		*(term - 1 - k) = term[n - 1 - k % n];
	}
}

/* Four counters in turn, so that no count waits for the one before. */
static void count_levels(const struct symbol_fit *fit, double count[4])
{
	gsize counter[4][4] = {{0}};

	for (gsize n = 0; n < fit->n; n++)
		counter[n % 4][fit->level[n]]++;
	for (guint k = 0; k < 4; k++) {
		for (guint level = 0; level < 4; level++)
			count[level] += (double)counter[k][level];
	}
}

void symbol_fit_init(struct symbol_fit *fit, const struct waveform *wave, const guint8 *levels,
                     double start_samples, double offset_w, double scale_w)
{
	gsize stride = wave->n_symbols + 2 * SWEEP_PAD;
	g_autofree struct basis *basis = g_new(struct basis, 1);
	double left[4] = {0.0}, count[4] = {0.0}, total = 0.0;
	struct fit_symbols_input in;
	float *term[SWEEP_TERMS];

	basis_init(basis, wave, start_samples);
	fill_input(basis, wave, offset_w, scale_w, &in);
	memset(fit, 0, sizeof(*fit));
	fit->n = wave->n_symbols;
	fit->store = g_new(float, SWEEP_TERMS *stride);
	fit->level = g_new(guint8, fit->n + SWEEP_PAD);
	memcpy(fit->level, levels, fit->n);
	for (gsize k = 0; k < SWEEP_PAD; k++)
		fit->level[fit->n + k] = levels[k % fit->n];
	for (guint d = 0; d < SWEEP_TERMS; d++)
		fit->term[d] = term[d] = fit->store + d * stride + SWEEP_PAD;
	fit_all(basis, wave, &in, fit->level, term, left);
	count_levels(fit, count);
	for (guint level = 0; level < 4; level++) {
		count[level] *= basis->noise_freedom;
		total += left[level];
		fit->noise_variance[level] = count[level] > 0.0 ? left[level] / count[level] : 0.0;
	}
	fit->noise_freedom = (double)fit->n * basis->noise_freedom;
	fit->noise_mean = total / fit->noise_freedom;
	for (guint d = 0; d < SWEEP_TERMS; d++) {
		repeat_ends(term[d], fit->n);
		for (guint e = 0; e < SWEEP_TERMS; e++) {
			for (guint i = 0; i < SWEEP_TERMS; i++)
				fit->gain[d][e] += basis->power[i][d] * basis->power[i][e];
		}
	}
}

void symbol_fit_clear(struct symbol_fit *fit)
{
	g_clear_pointer(&fit->store, g_free);
	g_clear_pointer(&fit->level, g_free);
}

double symbol_fit_noise_gain(const struct symbol_fit *fit, double time_ui, double *slope)
{
	double gain = 0.0;

	*slope = 0.0;
	for (guint d = 0; d < SWEEP_TERMS; d++) {
		for (guint e = 0; e < SWEEP_TERMS; e++) {
			gain += fit->gain[d][e] * pow(time_ui, d + e);
			if (d + e > 0)
				*slope += fit->gain[d][e] * (d + e) * pow(time_ui, d + e - 1.0);
		}
	}
	return gain;
}

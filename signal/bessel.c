/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/bessel.h"

#include "base/error.h"

#include <complex.h>
#include <math.h>

/* omega at the -3 dB point of the polynomial as it stands */
static const double omega_3db = 2.1139176749042154;

/* Two of the four poles, the others are conjugates, and their residues. */
static const struct {
	double pole_re, pole_im, residue_re, residue_im;
} poles[] = {
	{-2.896210602820373, 0.8672341289345037, 1.6633914159371006, -8.39630031529603},
	{-2.1037893971796278, 2.6574180418567526, -1.663391415937109, 2.2440773205454017},
};

double bessel_power_gain(double frequency_ratio)
{
	double w2 = frequency_ratio * frequency_ratio * omega_3db * omega_3db;
	double re = (w2 - 45.0) * w2 + 105.0;
	double im2 = w2 * (105.0 - 10.0 * w2) * (105.0 - 10.0 * w2);

	return 105.0 * 105.0 / (re * re + im2);
}

/*
 * The impulse response is a sum of r e^(p t) over the poles, and so its correlation with itself is
 * one of r_k r_l / -(p_k + p_l) e^(p_k t).
 */
double bessel_noise_correlation(double delay_f3)
{
	double time = fabs(delay_f3) * 2.0 * M_PI / omega_3db, power = 0.0, product = 0.0;
	double complex pole[4], residue[4];

	for (guint i = 0; i < 2; i++) {
		pole[i] = CMPLX(poles[i].pole_re, poles[i].pole_im);
		residue[i] = CMPLX(poles[i].residue_re, poles[i].residue_im);
		pole[i + 2] = conj(pole[i]);
		residue[i + 2] = conj(residue[i]);
	}
	for (guint k = 0; k < 4; k++) {
		double complex weight = 0.0;

		for (guint l = 0; l < 4; l++)
			weight -= residue[k] * residue[l] / (pole[k] + pole[l]);
		power += creal(weight);
		product += creal(weight * cexp(pole[k] * time));
	}
	return product / power;
}

double bessel_impulse(double time_f3)
{
	double rate = 2.0 * M_PI / omega_3db, value = 0.0;

	if (time_f3 <= 0.0)
		return 0.0;
	for (guint i = 0; i < G_N_ELEMENTS(poles); i++) {
		double angle = poles[i].pole_im * rate * time_f3;
		double decay = exp(poles[i].pole_re * rate * time_f3);

		value += 2.0 * decay *
		         (poles[i].residue_re * cos(angle) - poles[i].residue_im * sin(angle));
	}
	return value * rate;
}

#define FILTER_BLOCK 256

/* Cyclic, block by block: the inner loop has no end to look for. */
static void convolve(const float *x, gsize length, const double *response, gsize n, float *out)
{
	g_autofree float *ahead = g_new(float, n + FILTER_BLOCK);

	for (gsize at = 0; at < length; at += FILTER_BLOCK) {
		gsize count = MIN((gsize)FILTER_BLOCK, length - at);
		double sum[FILTER_BLOCK] = {0.0};
		const float *from = x + at - n;

		if (at < n || count < FILTER_BLOCK) {
			for (gsize j = 0; j < n + FILTER_BLOCK; j++)
				ahead[j] = x[(at + j + length * (n / length + 1) - n) % length];
			from = ahead;
		}
		for (gsize k = 0; k < n; k++) {
			const float *delayed = from + n - k;

			for (guint j = 0; j < FILTER_BLOCK; j++)
				sum[j] += response[k] * delayed[j];
		}
		for (gsize j = 0; j < count; j++)
			out[at + j] = (float)sum[j];
	}
}

gboolean bessel_filter_waveform(struct waveform *wave, double bandwidth_hz, GError **error)
{
	gsize length = waveform_length(wave);
	double rate = wave->symbol_rate_bd * wave->samples_per_symbol;
	g_autofree double *response = NULL;
	g_autofree float *out = NULL;
	double step, sum = 0.0, noise_gain = 0.0;
	gsize n;

	if (wave->filter_bandwidth_hz > 0.0) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "reference receiver: the waveform went through one already");
		return FALSE;
	}
	if (!(bandwidth_hz >= 0.1 * wave->symbol_rate_bd && bandwidth_hz <= rate / 8.0)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "reference receiver: %g Hz for a waveform of %g samples/s",
		                  bandwidth_hz, rate);
		return FALSE;
	}
	step = bandwidth_hz / rate;
	n = (gsize)ceil(3.2 / step); /* what comes later is below 1e-8 of the peak */
	response = g_new(double, n);
	for (gsize i = 0; i < n; i++)
		sum += response[i] = bessel_impulse((double)i * step);
	out = g_new(float, length);
	for (gsize i = 0; i < n; i++) {
		response[i] /= sum;
		noise_gain += response[i] * response[i];
	}
	convolve(wave->power_w, length, response, n, out);
	g_free(wave->power_w);
	wave->power_w = g_steal_pointer(&out);
	wave->filter_bandwidth_hz = bandwidth_hz;
	wave->scope_noise_w *= sqrt(noise_gain);
	return TRUE;
}

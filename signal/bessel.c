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

/* The trapezoid rule is exact but for rounding here: the integrand is smooth, dies off as f^-8. */
double bessel_noise_correlation(double delay_f3)
{
	const double step = 1.0 / 64.0;
	double power = 0.5, product = 0.5;

	for (guint i = 1; i < 64 * 40; i++) {
		double gain = bessel_power_gain(i * step);

		power += gain;
		product += gain * cos(2.0 * M_PI * i * step * delay_f3);
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

gboolean bessel_filter_waveform(struct waveform *wave, double bandwidth_hz, GError **error)
{
	gsize length = waveform_length(wave);
	double rate = wave->symbol_rate_bd * wave->samples_per_symbol;
	g_autofree double *response = NULL;
	g_autofree float *out = NULL;
	double step, sum = 0.0;
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
	for (gsize i = 0; i < length; i++) {
		double value = 0.0;

		for (gsize k = 0; k < n; k++)
			value += response[k] * wave->power_w[(i + length - k % length) % length];
		out[i] = (float)(value / sum);
	}
	g_free(wave->power_w);
	wave->power_w = g_steal_pointer(&out);
	wave->filter_bandwidth_hz = bandwidth_hz;
	return TRUE;
}

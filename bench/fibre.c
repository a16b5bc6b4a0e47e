/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/fibre.h"

#include <math.h>
#include <string.h>

#define LIGHT_M_PER_S 299792458.0
#define PASS_HZ       75e9   /* the response is exact up to here */
#define STOP_HZ       150e9  /* and none from here on: no light of any lane reaches so far */
#define SPECTRUM      2048   /* points the kernel is designed on */
#define LEAST_S       48e-12 /* to each side, that the cut from PASS to STOP takes */
#define MOST_REACH    512
#define BLOCK         512

void fibre_default(struct fibre *fibre)
{
	*fibre = (struct fibre){
		.length_m = 500,
		.zero_dispersion_m = 1300e-9,
		.slope_s_per_m3 = 92,
		.loss_db_per_m = 0.35e-3,
		.loss_wavelength_m = 1310e-9,
	};
}

void fibre_multimode(struct fibre *fibre)
{
	*fibre = (struct fibre){
		.length_m = 100,
		.zero_dispersion_m = 1316e-9,
		.slope_s_per_m3 = 95,
		.loss_db_per_m = 3e-3,
		.loss_wavelength_m = 850e-9,
		.modal_hz_m = 4.7e12,
	};
}

double fibre_dispersion_s_per_m(const struct fibre *fibre, double wavelength_m)
{
	double part = pow(fibre->zero_dispersion_m / wavelength_m, 4);

	return fibre->length_m * fibre->slope_s_per_m3 / 4 * wavelength_m * (1 - part);
}

double fibre_loss_db(const struct fibre *fibre, double wavelength_m)
{
	return fibre->length_m * fibre->loss_db_per_m *
	       pow(fibre->loss_wavelength_m / wavelength_m, 4);
}

/* theta over the square of the frequency. */
static double phase_per_hz2(const struct fibre *fibre, const struct fibre_light *light)
{
	double wavelength_m = light->wavelength_m;

	return G_PI * wavelength_m * wavelength_m * fibre_dispersion_s_per_m(fibre, wavelength_m) /
	       LIGHT_M_PER_S;
}

static double multimode_response(const struct fibre *fibre, const struct fibre_light *light,
                                 double f_hz)
{
	double modal = f_hz * fibre->length_m / fibre->modal_hz_m;
	double spread_s = fibre_dispersion_s_per_m(fibre, light->wavelength_m) * light->rms_width_m;
	double phase = 2 * G_PI * f_hz * spread_s;

	return exp(-G_LN2 * modal * modal - 0.5 * phase * phase);
}

double fibre_response(const struct fibre *fibre, const struct fibre_light *light, double f_hz)
{
	if (fibre->modal_hz_m > 0)
		return multimode_response(fibre, light, f_hz);
	double theta = phase_per_hz2(fibre, light) * f_hz * f_hz;

	return cos(theta) - light->chirp * sin(theta);
}

/* What the fibre changes at a frequency, cut off softly where there is nothing to change. */
static double change_at(const struct fibre *fibre, const struct fibre_light *light, double f_hz)
{
	if (f_hz >= STOP_HZ)
		return 0;
	double past = MAX(f_hz - PASS_HZ, 0) / (STOP_HZ - PASS_HZ);
	past *= past * (3 - 2 * past);
	return (fibre_response(fibre, light, f_hz) - 1) * (0.5 + 0.5 * cos(G_PI * past));
}

/* Thrice what the fastest part of the signal is displaced, and the width of the cut. */
static guint reach_of(const struct fibre *fibre, const struct fibre_light *light,
                      double sample_rate_hz)
{
	double delay_s = fabs(phase_per_hz2(fibre, light)) * STOP_HZ / G_PI;

	if (fibre->modal_hz_m > 0) /* a Gaussian of that width and less */
		delay_s = fibre->length_m / fibre->modal_hz_m;
	return (guint)fmin(ceil((LEAST_S + 3 * delay_s) * sample_rate_hz), MOST_REACH);
}

/* The change as a kernel that is even in time: taps 0..reach. */
static void design(const struct fibre *fibre, const struct fibre_light *light,
                   double sample_rate_hz, guint reach, float *taps)
{
	g_autofree double *change = g_new(double, SPECTRUM / 2);
	g_autofree double *wave = g_new(double, SPECTRUM);
	double at_dc = 0;

	for (guint i = 0; i < SPECTRUM / 2; i++)
		change[i] = change_at(fibre, light, i * sample_rate_hz / SPECTRUM);
	for (guint i = 0; i < SPECTRUM; i++)
		wave[i] = cos(2 * G_PI * i / SPECTRUM);
	for (guint k = 0; k <= reach; k++) {
		double sum = change[0];
		for (guint i = 1; i < SPECTRUM / 2; i++)
			sum += 2 * change[i] * wave[(gsize)i * k % SPECTRUM];
		taps[k] = (float)(sum / SPECTRUM);
		at_dc += k == 0 ? taps[k] : 2 * taps[k];
	}
	/* what is cut off beyond the reach must not change the average */
	taps[0] -= (float)at_dc;
}

void fibre_disperse(const struct fibre *fibre, const struct fibre_light *light, float *power_w,
                    gsize length, double sample_rate_hz)
{
	guint reach = reach_of(fibre, light, sample_rate_hz);
	gsize padded = (length + BLOCK - 1) / BLOCK * BLOCK + 2 * (gsize)reach;
	g_autofree float *taps = g_new(float, reach + 1);
	g_autofree float *around = g_new(float, padded);

	g_return_if_fail(length > 0 && sample_rate_hz > 2 * STOP_HZ);
	design(fibre, light, sample_rate_hz, reach, taps);
	for (gsize i = 0; i < padded; i++)
		around[i] = power_w[(i + length - reach % length) % length];
	for (gsize start = 0; start < length; start += BLOCK) {
		const float *here = around + reach + start;
		float sum[BLOCK];
		for (guint i = 0; i < BLOCK; i++)
			sum[i] = here[i] * (1 + taps[0]);
		for (guint k = 1; k <= reach; k++) {
			for (guint i = 0; i < BLOCK; i++)
				sum[i] += taps[k] * (here[(gssize)i - k] + here[i + k]);
		}
		memcpy(power_w + start, sum, MIN(BLOCK, length - start) * sizeof *sum);
	}
}

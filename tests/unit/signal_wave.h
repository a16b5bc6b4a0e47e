/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_SIGNAL_WAVE_H
#define TESTS_UNIT_SIGNAL_WAVE_H

#include "base/waveform.h"

#include <glib.h>
#include <math.h>

/*
 * Waveforms made slowly from first principles: rectangular symbols through one pole (the
 * transmitter) and a fourth-order Bessel low-pass, whose step response comes from integrating the
 * differential equations, not from the code under test.
 */
struct maker {
	const guint8 *symbols;
	gsize n_symbols;
	guint spu;
	double level_w[4];
	double pole_ui;   /* time constant of the transmitter in UI; 0 none */
	double bessel_ui; /* -3 dB as fraction of the baud; 0 none */
	double shift_ui;  /* symbol 0 begins so much after sample 0 */
	gsize rotate;     /* the waveform begins with this symbol */
};

static const double maker_baud = 53.125e9;

struct maker_rng {
	guint64 state;
	gboolean spare_ready;
	double spare;
};

static inline guint64 maker_random(struct maker_rng *rng)
{
	guint64 z = rng->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline double maker_uniform(struct maker_rng *rng)
{
	return ((double)(maker_random(rng) >> 11) + 0.5) / 9007199254740992.0;
}

static inline double maker_normal(struct maker_rng *rng)
{
	double radius, angle;

	if (rng->spare_ready) {
		rng->spare_ready = FALSE;
		return rng->spare;
	}
	radius = sqrt(-2.0 * log(maker_uniform(rng)));
	angle = 2.0 * G_PI * maker_uniform(rng);
	rng->spare = radius * sin(angle);
	rng->spare_ready = TRUE;
	return radius * cos(angle);
}

/* State: transmitter output, then the Bessel filter's output and three derivatives. */
static inline void maker_slope(const struct maker *maker, const double *s, double *d)
{
	double rate = 2.0 * G_PI * maker->bessel_ui / 2.1139176749042154;
	double input = maker->pole_ui > 0.0 ? s[0] : 1.0;

	d[0] = maker->pole_ui > 0.0 ? (1.0 - s[0]) / maker->pole_ui : 0.0;
	for (int i = 1; i < 4; i++)
		d[i] = rate * s[i + 1];
	d[4] = rate * (105.0 * input - 105.0 * s[1] - 105.0 * s[2] - 45.0 * s[3] - 10.0 * s[4]);
}

static inline void maker_advance(const struct maker *maker, double *s, double time)
{
	double k[4][5], probe[5];
	static const double part[4] = {0.0, 0.5, 0.5, 1.0};

	for (int stage = 0; stage < 4; stage++) {
		for (int i = 0; i < 5; i++)
			probe[i] = s[i] + (stage > 0 ? part[stage] * time * k[stage - 1][i] : 0.0);
		maker_slope(maker, probe, k[stage]);
	}
	for (int i = 0; i < 5; i++)
		s[i] += time / 6.0 * (k[0][i] + 2.0 * k[1][i] + 2.0 * k[2][i] + k[3][i]);
}

#define MAKER_MEMORY_UI 12

/* Answer to a unit step at 0, at (j - shift) / spu UI for j = 0 .. MAKER_MEMORY_UI * spu - 1. */
static inline double *maker_step_response(const struct maker *maker)
{
	guint n = MAKER_MEMORY_UI * maker->spu, fine = MAX(16, 512 / maker->spu);
	double shift = maker->shift_ui * maker->spu, state[5] = {0.0};
	double *response = g_new0(double, n);
	double time = 0.0;

	for (guint j = 0; j < n; j++) {
		double next = ((double)j - shift) / maker->spu;

		if (next < 0.0)
			continue;
		for (guint i = 0; i < fine; i++)
			maker_advance(maker, state, (next - time) / fine);
		time = next;
		response[j] = maker->bessel_ui > 0.0 ? state[1]
		              : maker->pole_ui > 0.0 ? state[0]
		                                     : 1.0;
	}
	return response;
}

/* shift_ui from 0 to below 1. */
static inline struct waveform *maker_run(const struct maker *maker)
{
	struct waveform *wave = waveform_new(maker->n_symbols, maker->spu, maker_baud, NULL);
	g_autofree double *response = maker_step_response(maker);
	gsize n = maker->n_symbols;

	g_assert_nonnull(wave);
	for (gsize i = 0; i < n; i++) {
		for (guint j = 0; j < maker->spu; j++) {
			gsize oldest = (i + maker->rotate + n * 2 - MAKER_MEMORY_UI) % n;
			double value = maker->level_w[maker->symbols[oldest]];

			for (guint m = 0; m < MAKER_MEMORY_UI; m++) {
				gsize at = (i + maker->rotate + n * 2 - m) % n;
				gsize before = (at + n - 1) % n;

				value += (maker->level_w[maker->symbols[at]] -
				          maker->level_w[maker->symbols[before]]) *
				         response[m * maker->spu + j];
			}
			wave->power_w[i * maker->spu + j] = (float)value;
		}
	}
	wave->filter_bandwidth_hz = maker->bessel_ui * maker_baud;
	return wave;
}

static inline void maker_add_noise(struct waveform *wave, double sigma_w, guint64 seed)
{
	struct maker_rng rng = {.state = seed};
	gsize length = waveform_length(wave);

	for (gsize i = 0; i < length; i++)
		wave->power_w[i] += (float)(sigma_w * maker_normal(&rng));
}

#endif

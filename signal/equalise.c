/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/equalise.h"

#include "base/error.h"
#include "signal/cyclic.h"

#include <math.h>
#include <string.h>

#define WIDE  16
#define BLOCK 2048 /* samples that stay in the nearest cache for all taps */

static void add_scaled(float *restrict out, const float *restrict x, float weight, gsize n)
{
	gsize whole = n / WIDE * WIDE;

	for (gsize i = 0; i < whole; i += WIDE) {
		for (guint j = 0; j < WIDE; j++)
			out[i + j] += weight * x[i + j];
	}
	for (gsize i = whole; i < n; i++)
		out[i] += weight * x[i];
}

void equalise_samples(const struct waveform *wave, const double *taps, guint n_taps, guint main_tap,
                      gsize first, gsize n, float *out, float *buffer)
{
	double spu = wave->samples_per_symbol;

	memset(out, 0, n * sizeof(*out));
	for (guint i = 0; i < n_taps; i++) {
		gsize at = cyclic_sample(wave, (double)first + ((double)main_tap - i) * spu);

		add_scaled(out, cyclic_window(wave, at, n, buffer), (float)taps[i], n);
	}
}

struct waveform *equalise_waveform(const struct waveform *wave, const double *taps, guint n_taps,
                                   guint main_tap, GError **error)
{
	gsize length = waveform_length(wave);
	float buffer[BLOCK];
	struct waveform *out;
	double squares = 0.0;

	for (guint i = 0; i < n_taps && n_taps <= EQUALISE_MAX_TAPS; i++)
		squares += taps[i] * taps[i];
	if (n_taps < 1 || n_taps > EQUALISE_MAX_TAPS || main_tap >= n_taps || !isfinite(squares)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "equaliser: %u taps with main tap %u, or taps not finite", n_taps,
		                  main_tap);
		return NULL;
	}
	out = waveform_new(wave->n_symbols, wave->samples_per_symbol, wave->symbol_rate_bd, error);
	if (!out)
		return NULL;
	for (gsize at = 0; at < length; at += BLOCK)
		equalise_samples(wave, taps, n_taps, main_tap, at, MIN(BLOCK, length - at),
		                 out->power_w + at, buffer);
	out->scope_noise_w = wave->scope_noise_w * sqrt(squares);
	out->filter_bandwidth_hz = wave->filter_bandwidth_hz;
	out->passes = wave->passes;
	return out;
}

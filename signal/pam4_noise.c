/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4_noise.h"

#include "signal/cyclic.h"

#include <math.h>
#include <string.h>

/* 1 -6 15 -20 15 -6 1; the sum of their squares. */
#define DIFFERENCE_WIDTH 7
static const float difference_gain = 924.0f;
static const guint least_symbols = 8;

static float squared_difference(const float *x)
{
	float d = (x[0] + x[6]) - 6.0f * (x[1] + x[5]) + 15.0f * (x[2] + x[4]) - 20.0f * x[3];

	return d * d;
}

static gsize collect(const struct waveform *wave, const guint8 *levels, double start_samples,
                     gboolean in_runs_only, double sum[4], gsize count[4])
{
	guint spu = wave->samples_per_symbol;
	gsize n = wave->n_symbols, total = 0;
	gsize at =
		cyclic_sample(wave, floor(start_samples + 0.5 * spu + 0.5) - DIFFERENCE_WIDTH / 2);
	float buffer[DIFFERENCE_WIDTH];

	memset(sum, 0, 4 * sizeof(*sum));
	memset(count, 0, 4 * sizeof(*count));
	for (gsize i = 0; i < n; i++) {
		guint8 level = levels[i];

		if (!in_runs_only || (levels[i > 0 ? i - 1 : n - 1] == level &&
		                      levels[i + 1 < n ? i + 1 : 0] == level)) {
			sum[level] += squared_difference(
				cyclic_window(wave, at, DIFFERENCE_WIDTH, buffer));
			count[level]++;
			total++;
		}
		at = cyclic_next(wave, at);
	}
	return total;
}

void pam4_noise_measure(const struct waveform *wave, const guint8 *levels, double start_samples,
                        struct pam4_noise *noise)
{
	gboolean dense = wave->samples_per_symbol > DIFFERENCE_WIDTH;
	double sum[4], all = 0.0;
	gsize total = collect(wave, levels, start_samples, !dense, sum, noise->count);

	if (total < least_symbols)
		total = collect(wave, levels, start_samples, FALSE, sum, noise->count);
	for (guint level = 0; level < 4; level++)
		all += sum[level];
	noise->mean_w2 = all / ((double)total * difference_gain);
	for (guint level = 0; level < 4; level++)
		noise->variance_w2[level] =
			noise->count[level] >= least_symbols
				? sum[level] / ((double)noise->count[level] * difference_gain)
				: noise->mean_w2;
}

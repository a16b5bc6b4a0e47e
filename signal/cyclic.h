/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_CYCLIC_H
#define SIGNAL_CYCLIC_H

#include "base/waveform.h"

#include <glib.h>

#include <math.h>

/*
 * A waveform is one period of something that repeats: after its last sample comes its first.
 */

/* waveform_length where it is asked for every symbol. */
static inline gsize cyclic_length(const struct waveform *wave)
{
	return wave->n_symbols * wave->samples_per_symbol;
}

/* The sample of a whole position, which may be negative or beyond the end. */
static inline gsize cyclic_sample(const struct waveform *wave, double whole)
{
	double length = (double)cyclic_length(wave), rest = fmod(whole, length);

	return (gsize)(rest < 0.0 ? rest + length : rest) % cyclic_length(wave);
}

/*
 * width samples from `at` (below the length) on: in place, or in buffer (room for width) where the
 * end of the waveform lies between them.
 */
static inline const float *cyclic_window(const struct waveform *wave, gsize at, gsize width,
                                         float *buffer)
{
	gsize length = cyclic_length(wave);

	if (at + width <= length)
		return wave->power_w + at;
	for (gsize j = 0; j < width; j++) {
		buffer[j] = wave->power_w[at];
		at = at + 1 < length ? at + 1 : 0;
	}
	return buffer;
}

/* One symbol further. */
static inline gsize cyclic_next(const struct waveform *wave, gsize at)
{
	gsize length = cyclic_length(wave);

	at += wave->samples_per_symbol;
	return at < length ? at : at - length;
}

#endif

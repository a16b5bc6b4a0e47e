/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_WAVEFORM_H
#define BASE_WAVEFORM_H

#include <glib.h>

/*
 * One period of a repeating optical pattern as power over time, pattern-locked: sample i is at
 * i / (samples_per_symbol * symbol_rate_bd) seconds after an arbitrary start. Length is
 * n_symbols * samples_per_symbol.
 */
struct waveform {
	float *power_w; /* owned */
	gsize n_symbols;
	guint samples_per_symbol;
	double symbol_rate_bd;
	double scope_noise_w; /* rms noise of the receiver in one sweep; averaging passes lowers it
	                       */
	double filter_bandwidth_hz; /* -3 dB of the Bessel-Thomson filter applied; 0 none */
	guint passes;               /* how many sweeps were averaged; 1 = single */
};
typedef struct waveform waveform; /* for g_autoptr(waveform) only */

/*
 * Zeroed samples and fields, passes 1. STATION_ERROR_RANGE when the size is zero, beyond 2^28
 * samples or beyond the memory left, or the rate is not a positive number.
 */
struct waveform *waveform_new(gsize n_symbols, guint samples_per_symbol, double symbol_rate_bd,
                              GError **error);
void waveform_free(struct waveform *wave); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(waveform, waveform_free)

gsize waveform_length(const struct waveform *wave);

#endif

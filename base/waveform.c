/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/waveform.h"

#include "base/error.h"

#include <math.h>

static const gsize longest = (gsize)1 << 28;

struct waveform *waveform_new(gsize n_symbols, guint samples_per_symbol, double symbol_rate_bd,
                              GError **error)
{
	if (n_symbols == 0 || samples_per_symbol == 0 || n_symbols > longest / samples_per_symbol) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "waveform of %" G_GSIZE_FORMAT " symbols with %u samples each",
		                  n_symbols, samples_per_symbol);
		return NULL;
	}
	if (!isfinite(symbol_rate_bd) || symbol_rate_bd <= 0) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "waveform with a symbol rate of %g Bd", symbol_rate_bd);
		return NULL;
	}
	float *power_w = g_try_new0(float, n_symbols *samples_per_symbol);
	if (!power_w) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "no memory for a waveform of %" G_GSIZE_FORMAT " samples",
		                  n_symbols * samples_per_symbol);
		return NULL;
	}
	struct waveform *wave = g_new0(struct waveform, 1);
	wave->power_w = power_w;
	wave->n_symbols = n_symbols;
	wave->samples_per_symbol = samples_per_symbol;
	wave->symbol_rate_bd = symbol_rate_bd;
	wave->passes = 1;
	return wave;
}

void waveform_free(struct waveform *wave)
{
	if (!wave)
		return;
	g_free(wave->power_w);
	g_free(wave);
}

gsize waveform_length(const struct waveform *wave)
{
	return wave->n_symbols * wave->samples_per_symbol;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_BESSEL_H
#define SIGNAL_BESSEL_H

#include "base/waveform.h"

#include <glib.h>

/*
 * The reference receiver: Bessel-Thomson low-pass of fourth order,
 * H(s) = 105 / (s^4 + 10 s^3 + 45 s^2 + 105 s + 105), scaled to -3 dB at f3.
 */

/* |H|^2 at f / f3. */
double bessel_power_gain(double frequency_ratio);

/* Autocorrelation (1 at zero) of white noise behind the filter, at a delay times f3. */
double bessel_noise_correlation(double delay_f3);

/* Impulse response times 1 / f3, at time times f3 (0 before zero); its integral is 1. */
double bessel_impulse(double time_f3);

/*
 * Filters one period in place, periodically, and writes the bandwidth and what is left of the
 * scope's noise into the waveform. For scopes with a flat response. Noise of neighbouring samples
 * hangs together afterwards: see noise_in_samples of struct tdecq_settings. STATION_ERROR_REFUSED
 * when a filter was applied already; STATION_ERROR_RANGE when the bandwidth is not between a tenth
 * of the baud and an eighth of the sample rate.
 */
gboolean bessel_filter_waveform(struct waveform *wave, double bandwidth_hz, GError **error);

#endif

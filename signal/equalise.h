/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_EQUALISE_H
#define SIGNAL_EQUALISE_H

#include "base/waveform.h"

#include <glib.h>

#define EQUALISE_MAX_TAPS 64

/*
 * A waveform behind a symbol-spaced feed-forward equaliser, at every time phase: tap i weighs the
 * signal (main_tap - i) symbols later, as in struct tdecq_result. The scope's noise grows with the
 * root of the taps' squares; everything else is as in the original. STATION_ERROR_RANGE for no
 * taps, too many, no main tap or taps that are not finite.
 */
struct waveform *equalise_waveform(const struct waveform *wave, const double *taps, guint n_taps,
                                   guint main_tap, GError **error);

/* The same for n samples from `first` (below the length) on, into out; buffer has room for n. */
void equalise_samples(const struct waveform *wave, const double *taps, guint n_taps, guint main_tap,
                      gsize first, gsize n, float *out, float *buffer);

#endif

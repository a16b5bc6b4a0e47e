/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_SYMBOL_FIT_H
#define SIGNAL_SYMBOL_FIT_H

#include "base/waveform.h"
#include "signal/tdecq_sweep.h"

#include <glib.h>

/*
 * The inner half of each symbol as a polynomial of degree 4 in time: signal without most of its
 * noise, and what the polynomial leaves over is the noise. Power is taken relative to an offset and
 * scale; time is in UI from the middle of the symbol.
 */
struct symbol_fit {
	gsize n;
	float *store;                   /* owned */
	const float *term[SWEEP_TERMS]; /* [-SWEEP_PAD .. n + SWEEP_PAD - 1]: factor of time^d */
	guint8 *level;                  /* owned; [0 .. n + SWEEP_PAD - 1] */
	double noise_variance[4];       /* of one sample, by level, scaled power squared */
	double noise_mean;              /* over all symbols */
	double noise_freedom;           /* degrees of freedom that the noise was found with */
	double gain[SWEEP_TERMS][SWEEP_TERMS]; /* covariance of the terms, unit noise */
};

/* start_samples: begin of symbol 0. At least 8 samples per symbol; levels 0..3 for the noise. */
void symbol_fit_init(struct symbol_fit *fit, const struct waveform *wave, const guint8 *levels,
                     double start_samples, double offset_w, double scale_w);
void symbol_fit_clear(struct symbol_fit *fit);

/* Variance of the fitted value at a time, for unit variance of the samples, and its slope. */
double symbol_fit_noise_gain(const struct symbol_fit *fit, double time_ui, double *slope);

#endif

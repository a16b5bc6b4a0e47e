/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_EYE_OPENING_H
#define SIGNAL_EYE_OPENING_H

#include "base/waveform.h"
#include "signal/pam4_noise.h"
#include "signal/status.h"

#include <glib.h>

/*
 * How far the three eyes behind an equaliser are open at a symbol error ratio that is far smaller
 * than one over the symbols there are.
 *
 * What the pattern does is told apart from noise: the equalised samples are averaged for each
 * sequence of five symbols around (three or one in short patterns). These means, as often as each
 * sequence occurs, are the empirical distribution of a level; it holds the interference of the
 * neighbours and hardly any noise. It is convolved with a Gaussian: the noise of the signal alone,
 * that is what the samples' noise is in one sweep, less the scope's, behind the equaliser, where
 * it is as wide as the receiver (noise_gain); and whatever scatters about the means beyond the
 * noise of the samples: interference from further away. So the quantile of 1e-6 is a quantile of
 * that convolution; it rests on the noise being Gaussian, as that of TDECQ does.
 */
struct eye_opening_input {
	const struct waveform *wave;    /* before the equaliser; borrowed, as the others */
	const guint8 *levels;           /* n_symbols levels 0..3 as in the light */
	const struct pam4_noise *noise; /* of wave */
	double start_samples;           /* begin of symbol 0 */
	const double *taps;             /* as in equalise.h; sum 1 */
	guint n_taps;
	guint main_tap;
	double noise_gain; /* of the signal's noise in the equaliser: Ceq */
	double centre_ui;  /* where the heights are taken, 0.5 the middle of the symbol */
	double average_w;
	double oma_w;
	double threshold_w[3]; /* along which the widths are taken */
	double ser;            /* of each level towards each of its neighbours */
};

struct eye_opening {
	struct signal_value height_w; /* between the inner quantiles of neighbouring levels */
	struct signal_value width_ui; /* where both quantiles are on their sides of the threshold */
};

/*
 * Lower, middle, upper. SIGNAL_EYE_CLOSED for an eye without opening, SIGNAL_NO_FEATURE when the
 * pattern has not all levels, SIGNAL_BAD_SETTING for an error ratio not between 1e-15 and 0.1.
 */
void eye_openings(const struct eye_opening_input *input, struct eye_opening opening[3]);

#endif

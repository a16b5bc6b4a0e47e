/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_REFERENCE_WAVE_MEASURES_H
#define TESTS_REFERENCE_WAVE_MEASURES_H

#include "tests/reference/exact_wave.h"

#include <glib.h>

/* What the definitions make of a noiseless waveform; NaN for what the pattern does not have. */
struct wave_measures {
	double average_w;
	double start_ui; /* mean time of the crossings of average_w, less the symbol's number */
	/* transitions between upper and lower levels that have no crossing within half a symbol:
	 * then the eye is closed, and what start_ui means is a matter of taste */
	gsize crossings_missing;
	double p3_w, p0_w; /* central 2 UI of the runs of seven 3s and six 0s (of the pattern) */
	double oma_w;
	double outer_er_db;
	double level_w[4];       /* means over 0.45..0.55 UI */
	double rlm;              /* 120D.3.1.2 */
	double rise_ui, fall_ui; /* 20-80 %, mean of the edges of long runs */
	double high_w, low_w;    /* 1 % of the eye's samples are above, below */
	double overshoot, undershoot;
};

/* inverted: the pattern carries 3 - level, which tells which runs count. */
void wave_measure(const struct exact_wave *wave, gboolean inverted, struct wave_measures *m);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_EYESEARCH_H
#define BENCH_EYESEARCH_H

#include "bench/eyetruth.h"

/* The samples in the two histogram windows, three nodes each, in OMA about the average power. */
struct eye_windows {
	float *samples[6]; /* owned; left window 0..2, right 3..5 */
	gsize n_symbols;
	guint n_taps;
	const guint8 *symbols; /* borrowed */
	double rin_variance;   /* noise variance = rin_variance * P^2 + slope_variance, in OMA */
	double slope_variance;
	double avg; /* average power in OMA */
};

struct eye_equalised {
	double taps[EYE_MAX_TAPS];
	double ceq;
	double tdecq_db;
	double levels[4];
};

struct eye_windows *eye_windows_new(gsize n_symbols, guint n_taps);
void eye_windows_free(struct eye_windows *windows);

/*
 * Taps of least TDECQ, and what they make of the eye. near_taps: where to look; null: everywhere.
 */
void eye_search(const struct eye_windows *windows, const double *near_taps,
                struct eye_equalised *best);

/* TDECQ of given taps (first tap acts on the latest symbol but `cursors`). Exact, noise smeared. */
double eye_tdecq_db(const struct eye_windows *windows, const double taps[EYE_MAX_TAPS],
                    guint cursors);

#endif

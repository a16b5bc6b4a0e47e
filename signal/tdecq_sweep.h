/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_TDECQ_SWEEP_H
#define SIGNAL_TDECQ_SWEEP_H

#include <glib.h>

/*
 * One look at all symbols of an equalised signal: the symbol error ratio in both windows of TDECQ
 * when Gaussian noise is added, and how it changes with everything that may be moved. Every sample
 * pays at each threshold for its distance from it, whatever symbol was sent (the sums of 802.3
 * equations 121-4 to 121-8 exchanged), so no histogram is needed.
 *
 * Powers are relative to the average, in units of OMAouter.
 */
#define SWEEP_TERMS    5
#define SWEEP_MAX_TAPS 16
#define SWEEP_BLOCK    64 /* symbols that are looked at together */
/* Symbols repeated before the first and after the last, so that no tap falls outside. */
#define SWEEP_PAD (SWEEP_BLOCK + SWEEP_MAX_TAPS)

struct sweep_input {
	const float
		*term[SWEEP_TERMS]; /* factors of time^d of each symbol, [-PAD .. n + PAD - 1] */
	const guint8 *level;        /* 0..3 of each symbol, [0 .. n + PAD - 1] */
	gsize n;
	guint stride; /* look at one block in so many; 1: all */
	guint n_taps;
	guint main_tap;
	float tap[SWEEP_MAX_TAPS]; /* tap i weighs the symbol (main_tap - i) later */
	guint nodes;               /* Gauss nodes of a window, 2 or 3 */
	float time_ui[2][3];       /* of the left and right window */
	float node_weight[3];      /* their weights; sum 1 */
	float threshold[3];        /* ascending */
	float inverse_sigma[2][4]; /* 1 / rms noise at the decision, by window and level */
};

/* Means over the symbols looked at. */
struct sweep_window {
	double ser;
	double threshold[3]; /* d ser / d threshold */
	double log_sigma[4]; /* d ser / d ln sigma of a level */
	double tap[SWEEP_MAX_TAPS];
	double time;   /* d ser / d time of the window, per UI */
	double slope2; /* mean of (d ser / d value)^2 of a symbol */
	double errors; /* part of the symbols decided wrongly in the middle of the window */
};

struct sweep_output {
	struct sweep_window window[2]; /* left, right */
	gsize n;                       /* symbols looked at */
};

/*
 * Samples of a symbol to the factors of a polynomial in time, by rows that are orthonormal on the
 * sample times.
 */
#define FIT_MAX_SAMPLES 128

struct fit_symbols_input {
	const float *x; /* first sample of symbol 0; the next symbol's is `step` later */
	gsize n;
	guint step;
	guint hop;                               /* every hop-th sample is one of a symbol */
	guint samples;                           /* of a symbol, at most FIT_MAX_SAMPLES */
	guint left_from, left_to;                /* the samples whose left-over is summed */
	float offset, scale;                     /* (x - offset) * scale is what is fitted */
	float row[SWEEP_TERMS][FIT_MAX_SAMPLES]; /* orthonormal polynomials at the sample times */
	float power[SWEEP_TERMS][SWEEP_TERMS];   /* row i is the sum of power[i][d] time^d */
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_EYECOST_H
#define BENCH_EYECOST_H

#include "bench/eyesearch.h"

/* What a set of taps makes of an eye: the part of the search that knows the standard. */

#define EYE_COST_BINS        2048 /* half a thousandth of OMA off at most */
#define EYE_COST_COARSE_BINS 512
#define EYE_COST_Q_STEPS     128 /* table entries per sigma */
#define EYE_COST_Q_ENTRIES   (8 * EYE_COST_Q_STEPS)
#define EYE_COST_HOPELESS_DB 15.0

/* Histogram of the equalised samples of either window. */
struct eye_histogram {
	float weight[2][EYE_COST_BINS];
};

/* Set stride, cursors, bins and coarse; the rest is for eyecost.c. */
struct eye_cost {
	const struct eye_windows *windows;
	gsize stride;    /* every so many symbols are looked at */
	guint free;      /* taps but the main one */
	guint cursors;   /* taps before the main one */
	int bins;        /* how finely */
	gboolean coarse; /* only the middle of each window */
	double x;        /* 1 / sigma^2 of the eye looked at before */
	struct eye_histogram histogram;
	struct eye_histogram smeared;
	double q[EYE_COST_Q_ENTRIES];
};

/* Looks at all symbols with all bins until told otherwise. Free with g_free. */
struct eye_cost *eye_cost_new(const struct eye_windows *windows);

/*
 * For the search: noise by its variance, which is smooth; a closed eye still has a slope, above
 * EYE_COST_HOPELESS_DB.
 */
double eye_cost_db(struct eye_cost *cost, const double *taps);
/* The noise smeared over the histogram. +infinity for a closed eye. */
double eye_cost_exact_db(struct eye_cost *cost, const double *taps);

/*
 * Noise enhancement: white noise through the 26.5625 GHz reference receiver, which has the noise
 * also where a lower bandwidth stands for fibre.
 */
double eye_cost_noise_gain(const double *taps, guint n_taps);

/* Symbol n equalised, at one node. `cursors` symbols of the future take part. */
static inline float eye_cost_equalise(const float *row, gsize n_symbols, gsize n, guint cursors,
                                      const float *taps, guint n_taps)
{
	float y = 0;

	if (G_LIKELY(n >= EYE_MAX_TAPS && n + EYE_MAX_TAPS < n_symbols)) {
		const float *p = row + n + cursors;
		for (guint i = 0; i < n_taps; i++)
			y += taps[i] * p[-(gssize)i];
		return y;
	}
	for (guint i = 0; i < n_taps; i++)
		y += taps[i] * row[(n + cursors + n_symbols - i) % n_symbols];
	return y;
}

#endif

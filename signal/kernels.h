/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_KERNELS_H
#define SIGNAL_KERNELS_H

#include <glib.h>

/*
 * The few loops that take the time, once in plain C, which is the meaning, and again for wider
 * machines. Everything else in signal/ is written once, on top of these.
 *
 * Sums are taken in another order by each of them: results agree within 1e-5 of the sum of the
 * magnitudes unless a kernel says otherwise; counts and bits agree exactly.
 */

/* The steps of the ladder; a mask is a set of bits 1 << step. Plain C is always in it. */
enum kernels_step {
	KERNELS_PLAIN,
	KERNELS_AVX2,   /* with FMA */
	KERNELS_AVX512, /* F, BW, DQ, VL */
	KERNELS_N,
};
#define KERNELS_ALL ((1u << KERNELS_N) - 1)

/* What one look at all samples tells. */
struct kernels_range {
	float low, high; /* of the samples that are numbers */
	double sum;      /* not finite when a sample is not */
};

struct kernels {
	const char *name; /* "plain", "avx2", "avx512" */

	/* The time this takes is the unit in which the speed of others is told. n > 0. */
	struct kernels_range (*range)(const float *x, gsize n);
};

/* The widest that this machine can do and the mask allows. */
const struct kernels *kernels_for(guint mask);

/*
 * What everybody uses: kernels_for(KERNELS_ALL), or no wider than the environment's
 * STATION_KERNELS (plain, avx2 or avx512) allows.
 */
const struct kernels *kernels_best(void);

#endif

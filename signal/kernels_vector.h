/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * The body of the vector kernels, included once for each width with LANES floats in a vector. It is
 * written in the vector types of the compiler, not in the names of one processor.
 */
#ifndef SIGNAL_KERNELS_VECTOR_H
#define SIGNAL_KERNELS_VECTOR_H

#include "signal/kernels_steps.h"

#include <string.h>

#ifndef LANES
#define LANES 4
#endif

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef gint32 ivec __attribute__((vector_size(4 * LANES)));
/* half as many, for sums in double */
typedef double dvec __attribute__((vector_size(4 * LANES)));
typedef float half_vec __attribute__((vector_size(2 * LANES)));

static inline vec load(const float *x)
{
	vec v;

	memcpy(&v, x, sizeof(v));
	return v;
}

static inline vec splat(float x)
{
	return x - (vec){0.0f};
}

static inline vec choose(ivec which, vec a, vec b)
{
	return (vec)(((ivec)a & which) | ((ivec)b & ~which));
}

/* Four independent chains hide the latency; a chain is short enough for single precision. */
static double sum_chunk(const float *x, gsize n, vec *low, vec *high)
{
	vec sum[4] = {{0.0f}};
	double total = 0.0;

	for (gsize i = 0; i < n; i += 4 * LANES) {
		for (guint k = 0; k < 4; k++) {
			vec v = load(x + i + k * LANES);

			sum[k] += v;
			low[k] = choose(v < low[k], v, low[k]);
			high[k] = choose(v > high[k], v, high[k]);
		}
	}
	sum[0] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
	for (guint j = 0; j < LANES; j++)
		total += sum[0][j];
	return total;
}

static struct kernels_range range(const float *x, gsize n)
{
	const gsize chunk = 64 * 4 * LANES;
	struct kernels_range out = {x[0], x[0], 0.0};
	gsize whole = n / (4 * LANES) * (4 * LANES);
	vec low[4], high[4];

	for (guint k = 0; k < 4; k++)
		low[k] = high[k] = splat(x[0]);
	for (gsize i = 0; i < whole; i += chunk)
		out.sum += sum_chunk(x + i, MIN(chunk, whole - i), low, high);
	for (guint k = 0; k < 4; k++) {
		for (guint j = 0; j < LANES; j++) {
			out.low = MIN(out.low, low[k][j]);
			out.high = MAX(out.high, high[k][j]);
		}
	}
	for (gsize i = whole; i < n; i++) {
		out.sum += x[i];
		out.low = MIN(out.low, x[i]);
		out.high = MAX(out.high, x[i]);
	}
	return out;
}

#endif

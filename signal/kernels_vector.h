/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * The body of the vector kernels, included once for each width with LANES floats in a vector. It is
 * written in the vector types of the compiler, not in the names of one processor.
 */
#ifndef SIGNAL_KERNELS_VECTOR_H
#define SIGNAL_KERNELS_VECTOR_H

#include "signal/kernels_steps.h"

#ifndef LANES
#define LANES 4
#endif

#include <string.h>
#if LANES > 4
#include <immintrin.h>
#endif

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef gint32 ivec __attribute__((vector_size(4 * LANES)));

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

/* a where it is less (greater) than b, else b: also where a is no number. */
static inline vec smaller(vec a, vec b)
{
#if LANES == 16
	return (vec)_mm512_min_ps((__m512)a, (__m512)b);
#elif LANES == 8
	return (vec)_mm256_min_ps((__m256)a, (__m256)b);
#else
	return choose(a < b, a, b);
#endif
}

static inline vec greater(vec a, vec b)
{
#if LANES == 16
	return (vec)_mm512_max_ps((__m512)a, (__m512)b);
#elif LANES == 8
	return (vec)_mm256_max_ps((__m256)a, (__m256)b);
#else
	return choose(a > b, a, b);
#endif
}

/* Lane by lane, the one of four values that `which` tells. */
static inline vec pick(const float value[4], ivec which)
{
#if LANES == 16
	vec table = (vec)_mm512_broadcast_f32x4(_mm_loadu_ps(value));

	return (vec)_mm512_permutexvar_ps((__m512i)which, (__m512)table);
#elif LANES == 8
	vec table = (vec)_mm256_broadcast_ps((const __m128 *)value);

	return (vec)_mm256_permutevar8x32_ps((__m256)table, (__m256i)which);
#else
	vec v = splat(value[0]);

	for (gint32 l = 1; l < 4; l++)
		v = choose(which == l, splat(value[l]), v);
	return v;
#endif
}

/* Four independent chains hide the latency; a chain is short enough for single precision. */
static double sum_chunk(const float *x, gsize n, vec *low, vec *high)
{
	vec sum[4] = {{0.0f}}, least[4], most[4];
	double total = 0.0;

	memcpy(least, low, sizeof(least));
	memcpy(most, high, sizeof(most));
	for (gsize i = 0; i < n; i += 4 * LANES) {
#pragma GCC unroll 4
		for (guint k = 0; k < 4; k++) {
			vec v = load(x + i + k * LANES);

			sum[k] += v;
			least[k] = smaller(v, least[k]);
			most[k] = greater(v, most[k]);
		}
	}
	memcpy(low, least, sizeof(least));
	memcpy(high, most, sizeof(most));
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

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <glib.h>

/*
 * Random streams by name: the same seed and name give the same stream on every machine.
 * xoshiro256** (Blackman and Vigna, 2018) started through splitmix64. Not for threads to share.
 */
struct random_stream {
	guint64 s[4];
};

void random_init(struct random_stream *stream, guint64 seed, const char *name);
guint64 random_u64(struct random_stream *stream);
double random_uniform(struct random_stream *stream, double low, double high); /* low <= x < high */
double random_normal(struct random_stream *stream); /* mean 0, deviation 1 */
/* Normal with the deviation sigma, drawn again until within +-limit sigmas (limit >= 1). */
double random_bounded(struct random_stream *stream, double sigma, double limit);
/* Poisson of any mean >= 0; beyond 1e6 its normal limit, never negative. */
guint64 random_poisson(struct random_stream *stream, double mean);
/* n values of a normal distribution, fast, in single precision. */
void random_fill_normal(struct random_stream *stream, float *out, gsize n);

#endif

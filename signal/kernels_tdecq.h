/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_KERNELS_TDECQ_H
#define SIGNAL_KERNELS_TDECQ_H

#include "signal/kernels_vector.h"

/*
 * TDECQ's loops for one vector width. Of the three thresholds only the two around a value are felt:
 * the third is at least a third of OMAouter away, more than five sigma even of the best eye.
 */

typedef guint8 level_vec __attribute__((vector_size(LANES)));

static inline ivec load_levels(const guint8 *level)
{
	level_vec v;

	memcpy(&v, level, sizeof(v));
	return __builtin_convertvector(v, ivec);
}

static inline vec magnitude(vec x)
{
	return (vec)((ivec)x & 0x7fffffff);
}

static inline vec with_sign_of(vec x, vec sign)
{
	return (vec)((ivec)x | ((ivec)sign & (gint32)0x80000000));
}

/* Nodes times two thresholds: so many tails are worked on side by side, to hide latency. */
#define EACH_TAIL(n) _Pragma("GCC unroll 6") for (guint j = 0; j < (n); j++)

/*
 * 2^x, -126 < x < 127, within 3e-6 of it; the nearest whole number comes from adding 1.5 * 2^23.
 */
static inline __attribute__((always_inline)) void exp2_vec(vec *x, guint n)
{
	vec f[6], p[6];

	EACH_TAIL(n)
	{
		vec shifted = x[j] + 12582912.0f;

		f[j] = x[j] - (shifted - 12582912.0f);
		x[j] = (vec)(((ivec)shifted - 0x4b400000) << 23);
		p[j] = 0.0559179091f + f[j] * 0.00957009736f;
	}
	EACH_TAIL(n) p[j] = 0.240247454f + f[j] * p[j];
	EACH_TAIL(n) p[j] = 0.693121809f + f[j] * p[j];
	EACH_TAIL(n) p[j] = 0.999999261f + f[j] * p[j];
	EACH_TAIL(n) x[j] = (vec)((ivec)p[j] + (ivec)x[j]);
}

/*
 * Q(z) for z >= 0 as two to the power of a polynomial, within 8e-5 of it (3e-5 dB of noise), and
 * the density as Q times another, within 1e-3 of it. Beyond `end` the value is that at the end,
 * 4e-11. z becomes Q.
 */
static inline __attribute__((always_inline)) void tails_vec(vec *z, vec *density, guint n)
{
	const float end = 6.5f;
	vec k[6];

	EACH_TAIL(n)
	{
		k[j] = smaller(z[j], splat(end)) * (2.0f / end) - 1.0f;
		z[j] = -0.0615806474f + k[j] * 0.0236694189f;
		density[j] = -0.123256571f + k[j] * 0.0871789817f;
	}
	EACH_TAIL(n) z[j] = 0.10470467f + k[j] * z[j];
	EACH_TAIL(n) density[j] = 0.118713824f + k[j] * density[j];
	EACH_TAIL(n) z[j] = -0.217756304f + k[j] * z[j];
	EACH_TAIL(n) density[j] = 3.05082671f + k[j] * density[j];
	EACH_TAIL(n) z[j] = -7.13700878f + k[j] * z[j];
	EACH_TAIL(n) density[j] = 3.51894869f + k[j] * density[j];
	EACH_TAIL(n) z[j] = -16.4882817f + k[j] * z[j];
	EACH_TAIL(n) z[j] = -10.7590901f + k[j] * z[j];
	exp2_vec(z, n);
	EACH_TAIL(n) density[j] *= z[j];
}

/* Sums over symbols, lane by lane. */
struct window_sums {
	vec ser, threshold[3], log_sigma[4], tap[SWEEP_MAX_TAPS], time, slope2;
	ivec errors;
};

static inline ivec wrong(const struct sweep_input *in, vec y, ivec level)
{
	/* A comparison that holds is -1. */
	ivec decided = (y > in->threshold[0]) + (y > in->threshold[1]) + (y > in->threshold[2]);

	return decided + level != 0;
}

/* moment[d] becomes d ser / d value times time^d of a symbol, the nodes of its window summed. */
static inline __attribute__((always_inline)) void add_window(const struct sweep_input *in,
                                                             guint side, guint nodes, const vec *e,
                                                             ivec level, struct window_sums *sums,
                                                             vec *moment)
{
	vec inverse_sigma = pick(in->inverse_sigma[side], level), zero = splat(0.0f), middle;
	vec ser = zero, by_low = zero, by_high = zero, by_log_sigma = zero;
	vec z[6], distance[6], density[6];
	ivec below[3];

	middle = splat(in->threshold[1]);
#pragma GCC unroll 3
	for (guint j = 0; j < nodes; j++) {
		float t = in->time_ui[side][j];
		vec y = e[0] + t * (e[1] + t * (e[2] + t * (e[3] + t * e[4])));

		below[j] = y < middle;
		z[j] = (y - choose(below[j], splat(in->threshold[0]), middle)) * inverse_sigma;
		z[j + nodes] =
			(y - choose(below[j], middle, splat(in->threshold[2]))) * inverse_sigma;
		if (j == 1)
			sums->errors -= wrong(in, y, level);
	}
	EACH_TAIL(2 * nodes) distance[j] = magnitude(z[j]);
	tails_vec(distance, density, 2 * nodes);
	for (guint d = 0; d < SWEEP_TERMS; d++)
		moment[d] = zero;
#pragma GCC unroll 3
	for (guint j = 0; j < nodes; j++) {
		float t = in->time_ui[side][j], weight = in->node_weight[j];
		vec low = weight * density[j], high = weight * density[j + nodes], slope;

		ser += weight * (distance[j] + distance[j + nodes]);
		by_log_sigma += low * magnitude(z[j]) + high * magnitude(z[j + nodes]);
		low = with_sign_of(low, z[j]);
		high = with_sign_of(high, z[j + nodes]);
		by_low += choose(below[j], low, zero);
		by_high += choose(below[j], zero, high);
		slope = low + high;
#pragma GCC unroll 5
		for (guint d = 0; d < SWEEP_TERMS; d++) {
			moment[d] -= slope;
			slope *= t;
		}
	}
	for (guint d = 0; d < SWEEP_TERMS; d++)
		moment[d] *= inverse_sigma;
	by_low *= inverse_sigma;
	by_high *= inverse_sigma;
	sums->ser += ser;
	sums->threshold[0] += by_low;
	sums->threshold[1] -= moment[0] + by_low + by_high;
	sums->threshold[2] += by_high;
	for (gint32 l = 0; l < 4; l++)
		sums->log_sigma[l] += choose(level == l, by_log_sigma, zero);
	sums->slope2 += moment[0] * moment[0];
	sums->time += moment[0] * e[1] + 2.0f * moment[1] * e[2] + 3.0f * moment[2] * e[3] +
	              4.0f * moment[3] * e[4];
}

/* One vector of symbols: equalise, look at both windows, and back through the equaliser. */
static inline __attribute__((always_inline)) void
sweep_vector(const struct sweep_input *in, guint nodes, gsize at, struct window_sums *sums)
{
	vec left[SWEEP_TERMS], right[SWEEP_TERMS], e[SWEEP_TERMS];
	ivec level = load_levels(in->level + at);
	const float *x[SWEEP_TERMS];

	for (guint d = 0; d < SWEEP_TERMS; d++) {
		x[d] = in->term[d] + at + in->main_tap;
		e[d] = splat(0.0f);
	}
	for (gssize i = 0; i < in->n_taps; i++) {
#pragma GCC unroll 5
		for (guint d = 0; d < SWEEP_TERMS; d++)
			e[d] += in->tap[i] * load(x[d] - i);
	}
	add_window(in, 0, nodes, e, level, &sums[0], left);
	add_window(in, 1, nodes, e, level, &sums[1], right);
	for (gssize i = 0; i < in->n_taps; i++) {
		vec by_left = splat(0.0f), by_right = by_left;

#pragma GCC unroll 5
		for (guint d = 0; d < SWEEP_TERMS; d++) {
			vec value = load(x[d] - i);

			by_left += left[d] * value;
			by_right += right[d] * value;
		}
		sums[0].tap[i] += by_left;
		sums[1].tap[i] += by_right;
	}
}

static double lanes_sum(vec v)
{
	double sum = 0.0;

	for (guint j = 0; j < LANES; j++)
		sum += v[j];
	return sum;
}

static void flush_sums(const struct window_sums *sums, double scale, struct sweep_window *out)
{
	for (guint j = 0; j < LANES; j++)
		out->errors += scale * sums->errors[j];
	out->ser += scale * lanes_sum(sums->ser);
	out->time += scale * lanes_sum(sums->time);
	out->slope2 += scale * lanes_sum(sums->slope2);
	for (guint k = 0; k < 3; k++)
		out->threshold[k] += scale * lanes_sum(sums->threshold[k]);
	for (guint l = 0; l < 4; l++)
		out->log_sigma[l] += scale * lanes_sum(sums->log_sigma[l]);
	for (guint i = 0; i < SWEEP_MAX_TAPS; i++)
		out->tap[i] += scale * lanes_sum(sums->tap[i]);
}

static void sweep_with_two(const struct sweep_input *in, gsize block, gsize end,
                           struct window_sums *sums)
{
	for (gsize at = block; at + LANES <= end; at += LANES)
		sweep_vector(in, 2, at, sums);
}

static void sweep_with_three(const struct sweep_input *in, gsize block, gsize end,
                             struct window_sums *sums)
{
	for (gsize at = block; at + LANES <= end; at += LANES)
		sweep_vector(in, 3, at, sums);
}

/* The symbols of a last block that fill no vector, plainly. */
static void sweep_rest(const struct sweep_input *in, gsize n, struct sweep_output *out)
{
	double share = (double)n / (double)out->n;
	struct sweep_input rest = *in;
	struct sweep_output plain;

	for (guint d = 0; d < SWEEP_TERMS; d++)
		rest.term[d] += in->n - n;
	rest.level += in->n - n;
	rest.n = n;
	rest.stride = 1;
	kernels_plain_tdecq_sweep(&rest, &plain);
	for (guint side = 0; side < 2; side++) {
		const struct sweep_window *from = &plain.window[side];
		struct sweep_window *to = &out->window[side];

		to->ser += share * from->ser;
		to->time += share * from->time;
		to->slope2 += share * from->slope2;
		to->errors += share * from->errors;
		for (guint k = 0; k < 3; k++)
			to->threshold[k] += share * from->threshold[k];
		for (guint l = 0; l < 4; l++)
			to->log_sigma[l] += share * from->log_sigma[l];
		for (guint i = 0; i < SWEEP_MAX_TAPS; i++)
			to->tap[i] += share * from->tap[i];
	}
}

/* Sums in single precision stay short: 64 blocks. */
static void tdecq_sweep(const struct sweep_input *in, struct sweep_output *out)
{
	const gsize step = (gsize)SWEEP_BLOCK * in->stride, chunk = 64 * step;
	gsize last_block = (in->n - 1) / step * step;
	gsize last = MIN((gsize)SWEEP_BLOCK, in->n - last_block);
	double scale;

	memset(out, 0, sizeof(*out));
	out->n = last_block / step * SWEEP_BLOCK + last;
	scale = 1.0 / (double)out->n;
	for (gsize from = 0; from < in->n; from += chunk) {
		struct window_sums sums[2];

		memset(sums, 0, sizeof(sums));
		for (gsize block = from; block < MIN(from + chunk, in->n); block += step)
			(in->nodes == 2 ? sweep_with_two
			                : sweep_with_three)(in, block,
			                                    MIN(block + SWEEP_BLOCK, in->n), sums);
		flush_sums(&sums[0], scale, &out->window[0]);
		flush_sums(&sums[1], scale, &out->window[1]);
	}
	if (last % LANES > 0 && last_block + last == in->n)
		sweep_rest(in, last % LANES, out);
}

/* Sample j of LANES symbols. */
static inline vec gather(const float *x, guint step)
{
	vec v = {0.0f};

#pragma GCC unroll 16
	for (guint k = 0; k < LANES; k++)
		v[k] = x[(gsize)k * step];
	return v;
}

/* The factors of LANES symbols, and the squares left over in the middle. */
static inline vec fit_vector(const struct fit_symbols_input *in, const float *x, vec *factor)
{
	vec sample[FIT_MAX_SAMPLES], part[SWEEP_TERMS] = {{0.0f}}, sum = splat(0.0f);

	for (guint j = 0; j < in->samples; j++) {
		sample[j] = (gather(x + j * in->hop, in->step) - in->offset) * in->scale;
#pragma GCC unroll 5
		for (guint i = 0; i < SWEEP_TERMS; i++)
			part[i] += in->row[i][j] * sample[j];
	}
#pragma GCC unroll 5
	for (guint d = 0; d < SWEEP_TERMS; d++) {
		factor[d] = part[d] * in->power[d][d];
#pragma GCC unroll 5
		for (guint i = d + 1; i < SWEEP_TERMS; i++)
			factor[d] += part[i] * in->power[i][d];
	}
	for (guint j = in->left_from; j < in->left_to; j++) {
		vec rest = sample[j];

#pragma GCC unroll 5
		for (guint i = 0; i < SWEEP_TERMS; i++)
			rest -= part[i] * in->row[i][j];
		sum += rest * rest;
	}
	return sum;
}

static void fit_symbols(const struct fit_symbols_input *in, const guint8 *level,
                        float *const term[SWEEP_TERMS], double left[4])
{
	gsize whole = in->n / LANES * LANES;
	struct fit_symbols_input rest = *in;
	float *rest_term[SWEEP_TERMS];

	for (gsize n = 0; n < whole; n += LANES) {
		const float *x = in->x + n * in->step;
		vec factor[SWEEP_TERMS], sum;

#pragma GCC unroll 16
		for (guint j = 0; j < LANES; j++)
			__builtin_prefetch(x + (gsize)(j + 2 * LANES) * in->step);
		sum = fit_vector(in, x, factor);

		for (guint d = 0; d < SWEEP_TERMS; d++)
			memcpy(term[d] + n, &factor[d], sizeof(vec));
		for (guint j = 0; j < LANES; j++)
			left[level[n + j]] += sum[j];
	}
	for (guint d = 0; d < SWEEP_TERMS; d++)
		rest_term[d] = term[d] + whole;
	rest.x += whole * in->step;
	rest.n -= whole;
	kernels_plain_fit_symbols(&rest, level + whole, rest_term, left);
}

#endif

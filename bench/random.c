/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/random.h"

#include <math.h>

#define LAYERS 256
/* Start of the tail and area of a layer for 256 layers (Marsaglia and Tsang, 2000). */
#define TAIL 3.6541528853610088
#define AREA 0.00492867323399

static guint64 splitmix(guint64 *x)
{
	guint64 z = *x += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

void random_init(struct random_stream *stream, guint64 seed, const char *name)
{
	guint64 hash = 0xCBF29CE484222325u; /* FNV-1a */

	for (const char *p = name; *p; p++)
		hash = (hash ^ (guint8)*p) * 0x100000001B3u;
	guint64 x = hash ^ splitmix(&seed);
	for (gsize i = 0; i < G_N_ELEMENTS(stream->s); i++)
		stream->s[i] = splitmix(&x);
}

static inline guint64 rotate(guint64 x, int k)
{
	return (x << k) | (x >> (64 - k));
}

static inline guint64 next(guint64 *s)
{
	guint64 result = rotate(s[1] * 5, 7) * 9;
	guint64 t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

guint64 random_u64(struct random_stream *stream)
{
	return next(stream->s);
}

/* Above 0, up to 1: fit for a logarithm. */
static double unit_interval(struct random_stream *stream)
{
	return (double)((next(stream->s) >> 11) + 1) * 0x1p-53;
}

double random_uniform(struct random_stream *stream, double low, double high)
{
	return low + (high - low) * ((double)(next(stream->s) >> 11) * 0x1p-53);
}

double random_normal(struct random_stream *stream)
{
	double radius = sqrt(-2 * log(unit_interval(stream)));

	return radius * cos(2 * G_PI * random_uniform(stream, 0, 1));
}

double random_bounded(struct random_stream *stream, double sigma, double limit)
{
	double x;

	g_return_val_if_fail(limit >= 1, 0);
	do
		x = random_normal(stream);
	while (fabs(x) > limit);
	return sigma * x;
}

/* Hoermann's PTRS (1993), for means of 10 and more. */
static guint64 poisson_rejection(struct random_stream *stream, double mean)
{
	double slam = sqrt(mean), loglam = log(mean);
	double b = 0.931 + 2.53 * slam;
	double a = -0.059 + 0.02483 * b;
	double invalpha = 1.1239 + 1.1328 / (b - 3.4);
	double vr = 0.9277 - 3.6224 / (b - 2);

	for (;;) {
		double u = random_uniform(stream, -0.5, 0.5);
		double v = unit_interval(stream);
		double us = 0.5 - fabs(u);
		if (us <= 0)
			continue;
		double k = floor((2 * a / us + b) * u + mean + 0.43);
		if (us >= 0.07 && v <= vr)
			return (guint64)k;
		if (k < 0 || (us < 0.013 && v > us))
			continue;
		if (log(v) + log(invalpha) - log(a / (us * us) + b) <=
		    -mean + k * loglam - lgamma(k + 1))
			return (guint64)k;
	}
}

guint64 random_poisson(struct random_stream *stream, double mean)
{
	g_return_val_if_fail(mean >= 0 && mean < 1e18, 0);
	if (mean > 1e6)
		return (guint64)(mean + sqrt(mean) * random_bounded(stream, 1, 9) + 0.5);
	if (mean >= 10)
		return poisson_rejection(stream, mean);
	double product = unit_interval(stream), stop = exp(-mean);
	guint64 k = 0;
	for (; product > stop; k++)
		product *= unit_interval(stream);
	return k;
}

/* The layers of the ziggurat: x[i] right edges, falling; f their heights. */
struct ziggurat {
	double x[LAYERS + 1];
	double f[LAYERS + 1];
	float wide[LAYERS];     /* what a 24-bit fraction is multiplied with */
	guint32 inside[LAYERS]; /* fractions below this are under the curve for certain */
};

static void ziggurat_init(struct ziggurat *z)
{
	z->x[0] = AREA / exp(-0.5 * TAIL * TAIL);
	z->x[1] = TAIL;
	z->x[LAYERS] = 0;
	for (int i = 2; i < LAYERS; i++) {
		double below = z->x[i - 1];
		z->x[i] = sqrt(-2 * log(AREA / below + exp(-0.5 * below * below)));
	}
	for (int i = 0; i <= LAYERS; i++)
		z->f[i] = exp(-0.5 * z->x[i] * z->x[i]);
	for (int i = 0; i < LAYERS; i++) {
		z->wide[i] = (float)(z->x[i] * 0x1p-24);
		z->inside[i] = (guint32)(z->x[i + 1] / z->x[i] * 0x1p24);
	}
}

static double tail(struct random_stream *stream)
{
	double x, y;

	do {
		x = -log(unit_interval(stream)) / TAIL;
		y = -log(unit_interval(stream));
	} while (2 * y < x * x);
	return TAIL + x;
}

static float ziggurat_slow(struct random_stream *stream, const struct ziggurat *z, guint64 bits)
{
	for (;;) {
		guint layer = bits & (LAYERS - 1);
		guint32 fraction = (guint32)(bits >> 40);
		double sign = bits & 0x100 ? -1 : 1;
		double x = fraction * (double)z->wide[layer];
		if (fraction < z->inside[layer])
			return (float)(sign * x);
		if (layer == 0)
			return (float)(sign * tail(stream));
		double y = random_uniform(stream, z->f[layer], z->f[layer + 1]);
		if (y < exp(-0.5 * x * x))
			return (float)(sign * x);
		bits = next(stream->s);
	}
}

void random_fill_normal(struct random_stream *stream, float *out, gsize n)
{
	struct ziggurat z;

	ziggurat_init(&z);
	for (gsize i = 0; i < n; i++) {
		guint64 bits = next(stream->s);
		guint layer = bits & (LAYERS - 1);
		guint32 fraction = (guint32)(bits >> 40);
		if (G_LIKELY(fraction < z.inside[layer])) {
			float x = (float)fraction * z.wide[layer];
			out[i] = bits & 0x100 ? -x : x;
		} else {
			out[i] = ziggurat_slow(stream, &z, bits);
		}
	}
}

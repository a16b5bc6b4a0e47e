/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fft.h"

#include <math.h>

static void bit_reverse(double complex *data, gsize n)
{
	for (gsize i = 1, j = 0; i < n; i++) {
		gsize bit = n >> 1;

		for (; j & bit; bit >>= 1)
			j ^= bit;
		j ^= bit;
		if (i < j) {
			double complex swap = data[i];

			data[i] = data[j];
			data[j] = swap;
		}
	}
}

/* Products are written out: complex multiplication in C looks for infinities each time. */
static void butterflies(double complex *data, gsize n, gsize half, const double complex *root)
{
	gsize stride = n / (2 * half);

	for (gsize block = 0; block < n; block += 2 * half) {
		for (gsize k = 0; k < half; k++) {
			double complex *a = &data[block + k], *b = &data[block + k + half];
			double wr = creal(root[k * stride]), wi = cimag(root[k * stride]);
			double br = creal(*b) * wr - cimag(*b) * wi;
			double bi = creal(*b) * wi + cimag(*b) * wr;
			double ar = creal(*a), ai = cimag(*a);

			*a = CMPLX(ar + br, ai + bi);
			*b = CMPLX(ar - br, ai - bi);
		}
	}
}

static void transform(double complex *data, guint log2_n, double sign)
{
	g_autofree double complex *root = NULL;
	gsize n = (gsize)1 << log2_n;

	g_return_if_fail(log2_n <= 24);
	root = g_new(double complex, MAX(n / 2, 1));
	for (gsize k = 0; k < n / 2; k++) {
		double angle = sign * 2.0 * M_PI * (double)k / (double)n;

		root[k] = CMPLX(cos(angle), sin(angle));
	}
	bit_reverse(data, n);
	for (gsize half = 1; half < n; half *= 2)
		butterflies(data, n, half, root);
}

void fft_forward(double complex *data, guint log2_n)
{
	transform(data, log2_n, -1.0);
}

void fft_backward(double complex *data, guint log2_n)
{
	transform(data, log2_n, 1.0);
}

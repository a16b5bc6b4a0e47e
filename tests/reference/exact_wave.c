/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/exact_wave.h"

#include <math.h>
#include <string.h>

struct transform {
	gsize n;
	gsize size;             /* power of two, at least 2 n - 1 */
	complex double *root;   /* exp(-2 pi j i / size), size / 2 of them */
	complex double *chirp;  /* exp(-pi j i^2 / n) */
	complex double *kernel; /* transform of the conjugate chirp, scaled */
};

static complex double turn(double cycles)
{
	double angle = 2 * G_PI * cycles;

	return CMPLX(cos(angle), sin(angle));
}

static void reverse_bits(complex double *x, gsize size)
{
	for (gsize i = 1, j = 0; i < size; i++) {
		gsize bit = size >> 1;
		for (; j & bit; bit >>= 1)
			j ^= bit;
		j ^= bit;
		if (i < j) {
			complex double other = x[i];
			x[i] = x[j];
			x[j] = other;
		}
	}
}

/* Radix 2, exponent -; in place. Products are written out: C's own check for infinities. */
static void radix2(const struct transform *plan, complex double *x)
{
	reverse_bits(x, plan->size);
	for (gsize half = 1; half < plan->size; half *= 2) {
		gsize stride = plan->size / (2 * half);
		for (gsize block = 0; block < plan->size; block += 2 * half) {
			for (gsize i = 0; i < half; i++) {
				complex double w = plan->root[i * stride];
				complex double *a = &x[block + i], *b = a + half;
				double re = creal(w) * creal(*b) - cimag(w) * cimag(*b);
				double im = creal(w) * cimag(*b) + cimag(w) * creal(*b);
				*b = CMPLX(creal(*a) - re, cimag(*a) - im);
				*a = CMPLX(creal(*a) + re, cimag(*a) + im);
			}
		}
	}
}

struct transform *transform_new(gsize n)
{
	struct transform *plan = g_new0(struct transform, 1);

	plan->n = n;
	for (plan->size = 2; plan->size < 2 * n; plan->size *= 2)
		;
	plan->root = g_new(complex double, plan->size / 2);
	for (gsize i = 0; i < plan->size / 2; i++)
		plan->root[i] = turn(-(double)i / (double)plan->size);
	plan->chirp = g_new(complex double, n);
	plan->kernel = g_new0(complex double, plan->size);
	for (gsize i = 0; i < n; i++) {
		plan->chirp[i] = turn(-0.5 * (double)(i * i % (2 * n)) / (double)n);
		complex double value = conj(plan->chirp[i]) / (double)plan->size;
		plan->kernel[i] = value;
		if (i)
			plan->kernel[plan->size - i] = value;
	}
	radix2(plan, plan->kernel);
	return plan;
}

void transform_free(struct transform *plan)
{
	if (!plan)
		return;
	g_free(plan->root);
	g_free(plan->chirp);
	g_free(plan->kernel);
	g_free(plan);
}

static complex double product(complex double a, complex double b)
{
	return CMPLX(creal(a) * creal(b) - cimag(a) * cimag(b),
	             creal(a) * cimag(b) + cimag(a) * creal(b));
}

void transform_run(const struct transform *plan, complex double *x, int sign)
{
	g_autofree complex double *work = g_new0(complex double, plan->size);

	for (gsize i = 0; i < plan->n; i++)
		work[i] = product(sign < 0 ? x[i] : conj(x[i]), plan->chirp[i]);
	radix2(plan, work);
	/* the way back is the same transform of the conjugate */
	for (gsize i = 0; i < plan->size; i++)
		work[i] = conj(product(work[i], plan->kernel[i]));
	radix2(plan, work);
	for (gsize i = 0; i < plan->n; i++) {
		complex double value = product(conj(work[i]), plan->chirp[i]);
		x[i] = sign < 0 ? value : conj(value);
	}
}

struct exact_wave *exact_wave_new(const guint8 *levels, gsize n_symbols, guint bandwidth_ui)
{
	struct exact_wave *wave = g_new0(struct exact_wave, 1);

	wave->n_symbols = n_symbols;
	wave->levels = g_memdup2(levels, n_symbols);
	wave->n_lines = n_symbols * bandwidth_ui;
	wave->line = g_new0(complex double, wave->n_lines);
	wave->plan = transform_new(n_symbols);
	return wave;
}

void exact_wave_free(struct exact_wave *wave)
{
	if (!wave)
		return;
	g_free(wave->levels);
	g_free(wave->line);
	transform_free(wave->plan);
	g_free(wave);
}

/*
 * All lines whose numbers differ by n_symbols look alike when seen once a symbol: they are added
 * up first. Power goes into the real, slope into the imaginary part of the result, so both come
 * from one transform: z = P + j S with P, S made Hermitian.
 */
void exact_wave_at(const struct exact_wave *wave, double t, double *power, double *slope)
{
	gsize n = wave->n_symbols;
	g_autofree complex double *z = g_new0(complex double, n);
	g_autofree complex double *band = g_new(complex double, wave->n_lines / n);

	z[0] = creal(wave->line[0]);
	for (gsize b = 0; b < wave->n_lines / n; b++)
		band[b] = turn(t * (double)b);
	for (gsize r = 0; r < n; r++) {
		complex double phase = turn(t * (double)r / (double)n), p = 0, s = 0;
		for (gsize k = r; k < wave->n_lines; k += n) {
			if (k == 0)
				continue;
			complex double part = product(wave->line[k], band[k / n]);
			double omega = 2 * G_PI * (double)k / (double)n;
			p += part;
			s += omega * CMPLX(-cimag(part), creal(part));
		}
		p = product(p, phase);
		s = slope ? product(s, phase) : 0;
		gsize mirror = (n - r) % n;
		z[r] += CMPLX(creal(p) - cimag(s), cimag(p) + creal(s));
		z[mirror] += CMPLX(creal(p) + cimag(s), -cimag(p) + creal(s));
	}
	transform_run(wave->plan, z, 1);
	for (gsize i = 0; i < n; i++) {
		power[i] = creal(z[i]);
		if (slope)
			slope[i] = cimag(z[i]);
	}
}

void gauss_nodes(guint n, double *node, double *weight)
{
	g_assert(n >= 1 && n <= GAUSS_NODES_MAX);
	for (guint i = 0; i < n; i++) {
		double x = cos(G_PI * (i + 0.75) / (n + 0.5)), slope = 1;
		for (guint pass = 0; pass < 50; pass++) {
			double p = x, before = 1;
			for (guint k = 2; k <= n; k++) {
				double next = ((2.0 * k - 1) * x * p - (k - 1.0) * before) / k;
				before = p;
				p = next;
			}
			slope = n * (x * p - before) / (x * x - 1);
			x -= p / slope;
		}
		node[i] = x;
		weight[i] = 1 / ((1 - x * x) * slope * slope);
	}
}

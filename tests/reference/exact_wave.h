/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_REFERENCE_EXACT_WAVE_H
#define TESTS_REFERENCE_EXACT_WAVE_H

#include <complex.h>
#include <glib.h>

/*
 * A periodic waveform known as its Fourier series, so that its value at any time is known too,
 * without interpolation: power(t) = Re(line[0] + 2 sum line[k] exp(2 pi j k t / n_symbols)), t in
 * symbols. Knows nothing about what is measured in it.
 */
struct exact_wave {
	gsize n_symbols;
	guint8 *levels; /* owned; 0..3 as in the light, one for each symbol */
	gsize n_lines;
	complex double *line;   /* owned; watt */
	struct transform *plan; /* owned; of n_symbols points */
};
typedef struct exact_wave exact_wave; /* for g_autoptr(exact_wave) only */

/* Discrete Fourier transform of any length, by chirps (Bluestein). */
struct transform *transform_new(gsize n);
void transform_free(struct transform *plan);
/* x[k] becomes sum x[i] exp(sign 2 pi j i k / n); sign is -1 or 1. Not scaled. */
void transform_run(const struct transform *plan, complex double *x, int sign);

/* Takes a copy of the levels; all lines zero, frequencies below `bandwidth_ui` times the baud. */
struct exact_wave *exact_wave_new(const guint8 *levels, gsize n_symbols, guint bandwidth_ui);
void exact_wave_free(struct exact_wave *wave); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(exact_wave, exact_wave_free)

/*
 * The power at i + t for each symbol i, and its slope in watt per symbol; slope may be null.
 * Arrays of n_symbols.
 */
void exact_wave_at(const struct exact_wave *wave, double t, double *power, double *slope);

/* Nodes and weights of Gauss and Legendre for the mean over -1..1 (weights sum to 1); n <= 8. */
#define GAUSS_NODES_MAX 8
void gauss_nodes(guint n, double *node, double *weight);

#endif

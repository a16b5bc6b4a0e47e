/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_KERNELS_H
#define SIGNAL_KERNELS_H

#include "signal/tdecq_sweep.h"

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

/* Bits that differ: of each Gray pair the first, the second; and the pairs they are in. */
struct kernels_errors {
	guint64 first, second, pairs;
};
#define KERNELS_PRBS_BLOCK 64 /* bytes made at once */

/*
 * Points of an eye. Each sample of a symbol gives one point, `part` of the way to the next sample;
 * part goes with the symbol's phase, which steps through all of them. A picture's columns are
 * stretches of cells; cell 0 of each is for points above it, cell `last` for points below.
 */
#define KERNELS_DENSITY_AHEAD 16
struct kernels_density {
	guint width;         /* samples of a symbol */
	guint phases;        /* of a point between two samples */
	const float *part;   /* of each phase: 0 to 1 */
	const gint32 *base;  /* of each phase: cell 0 of each sample's column, and AHEAD more */
	float offset, scale; /* a power's cell is what is below offset - power * scale */
	float last;
};

struct kernels {
	const char *name; /* "plain", "avx2", "avx512" */

	/* The time this takes is the unit in which the speed of others is told. n > 0. */
	struct kernels_range (*range)(const float *x, gsize n);

	/*
	 * Counts the points of n symbols; `first` is the number of the first one, for its phase.
	 * x has n * width + KERNELS_DENSITY_AHEAD + 1 samples. A point is in the same cell for all
	 * but those, 1 in 10000, that rounding leaves on the line between two cells.
	 */
	void (*density)(const struct kernels_density *in, const float *x, gsize n, guint64 first,
	                guint32 *count);

	/* One evaluation of TDECQ's cost. Slopes agree within 2e-3 of their largest (the vector
	 * kernels have their own tail of the Gaussian), ratios within 1e-4 of themselves. */
	void (*tdecq_sweep)(const struct sweep_input *in, struct sweep_output *out);

	/* Symbols to polynomials; adds the squares left over, by level, to left. level: n. */
	void (*fit_symbols)(const struct fit_symbols_input *in, const guint8 *level,
	                    float *const term[SWEEP_TERMS], double left[4]);

	/*
	 * Packed bits stand eight to a byte, the first in bit 7, and there is no other order: what
	 * follows agrees bit for bit, for every n and every address.
	 *
	 * Symbols 0..3 to the pairs of bits they are Gray coded from (00 0, 01 1, 11 2, 10 3), four
	 * symbols to a byte, what is left of the last byte 0. Returns all symbols ored together:
	 * more than 3 when there was one that is none (its two low bits are taken).
	 */
	guint8 (*gray_pack)(const guint8 *symbols, gsize n, guint8 *bits);

	/* And back: n symbols of (n + 3) / 4 bytes. */
	void (*gray_unpack)(const guint8 *bits, gsize n, guint8 *symbols);

	/*
	 * Goes on with a recursion for n bytes: each is the exclusive or of those back[0..1] or
	 * back[0..3] (when back[2] is not 0) bytes before it, and complemented when inverted.
	 * Distances are multiples of KERNELS_PRBS_BLOCK; as many bytes as the longest of them stand
	 * before bits.
	 */
	void (*prbs_fill)(guint8 *bits, gsize n, const guint back[4], gboolean inverted);

	/* Adds to errors in how many bits n bytes of a and b differ. */
	void (*count_errors)(const guint8 *a, const guint8 *b, gsize n,
	                     struct kernels_errors *errors);
};

/* The widest that this machine can do and the mask allows. */
const struct kernels *kernels_for(guint mask);

/*
 * What everybody uses: kernels_for(KERNELS_ALL), or no wider than the environment's
 * STATION_KERNELS (plain, avx2 or avx512) allows.
 */
const struct kernels *kernels_best(void);

#endif

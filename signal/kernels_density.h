/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_KERNELS_DENSITY_H
#define SIGNAL_KERNELS_DENSITY_H

#include "signal/kernels_steps.h"

/*
 * Counting points of an eye, for one vector width when LANES says which, else in plain C. The cells
 * are worked out for some symbols first and counted after that: a cell just counted is then far
 * enough behind not to be waited for.
 */

/* Golden ratio times 2^32: symbols in sequence take phases far apart, and never in a short cycle.
 */
static inline guint density_phase(const struct kernels_density *in, guint64 symbol)
{
	guint32 part = (guint32)symbol * 2654435769u;

	return (guint)((guint64)part * in->phases >> 32);
}

#ifdef LANES

#include "signal/kernels_vector.h"

#define DENSITY_BUFFER 128

static void count_cells(const guint32 *cell, gsize n, guint32 *count)
{
	gsize i = 0;

	for (; i + 8 <= n; i += 8) {
		/* two cells in one load; which is which does not matter */
		guint64 pair[4];

		memcpy(pair, cell + i, sizeof(pair));
		count[(guint32)pair[0]]++;
		count[pair[0] >> 32]++;
		count[(guint32)pair[1]]++;
		count[pair[1] >> 32]++;
		count[(guint32)pair[2]]++;
		count[pair[2] >> 32]++;
		count[(guint32)pair[3]]++;
		count[pair[3] >> 32]++;
	}
	for (; i < n; i++)
		count[cell[i]]++;
}

static inline ivec density_cells(const struct kernels_density *in, const float *x, vec part,
                                 const gint32 *base)
{
	vec here = load(x), next = load(x + 1), zero = {0.0f}, last = splat(in->last);
	vec row = splat(in->offset) - (here + part * (next - here)) * splat(in->scale);
	ivec column;

	memcpy(&column, base, sizeof(column));
	row = greater(smaller(row, last), zero);
	return __builtin_convertvector(row, ivec) + column;
}

static void density(const struct kernels_density *in, const float *x, gsize n, guint64 first,
                    guint32 *count)
{
	guint32 cell[DENSITY_BUFFER + LANES];
	gsize filled = 0;

	for (gsize i = 0; i < n; i++, x += in->width) {
		guint phase = density_phase(in, first + i);
		const gint32 *base = in->base + phase * (gsize)(in->width + KERNELS_DENSITY_AHEAD);
		vec part = splat(in->part[phase]);

		/* samples come from memory as fast as they are counted */
		__builtin_prefetch(x + 512);
		for (guint j = 0; j < in->width; j += LANES) {
			ivec cells = density_cells(in, x + j, part, base + j);

			memcpy(cell + filled, &cells, sizeof(cells));
			filled += MIN(LANES, in->width - j);
			if (filled >= DENSITY_BUFFER) {
				count_cells(cell, filled, count);
				filled = 0;
			}
		}
	}
	count_cells(cell, filled, count);
}

#else

static void density(const struct kernels_density *in, const float *x, gsize n, guint64 first,
                    guint32 *count)
{
	for (gsize i = 0; i < n; i++, x += in->width) {
		guint phase = density_phase(in, first + i);
		const gint32 *base = in->base + phase * (gsize)(in->width + KERNELS_DENSITY_AHEAD);
		float part = in->part[phase];

		for (guint j = 0; j < in->width; j++) {
			float row = in->offset - (x[j] + part * (x[j + 1] - x[j])) * in->scale;

			row = row < in->last ? row : in->last;
			row = row > 0.0f ? row : 0.0f;
			count[(gint32)row + base[j]]++;
		}
	}
}

#endif

#endif

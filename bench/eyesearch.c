/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/eyesearch.h"

#include "bench/eyecost.h"

#include <math.h>
#include <string.h>

#define MAIN_POSITIONS 3
#define MAX_FREE       (EYE_MAX_TAPS - 1)
#define COARSE_SYMBOLS 5000

double eye_tdecq_db(const struct eye_windows *windows, const double taps[EYE_MAX_TAPS],
                    guint cursors)
{
	g_autofree struct eye_cost *s = eye_cost_new(windows);

	s->cursors = cursors;
	return eye_cost_exact_db(s, taps);
}

/* ---- the search for taps ---- */

static void taps_from_free(const struct eye_cost *s, const double *x, double *taps)
{
	double sum = 0;
	int at = 0;

	for (guint i = 0; i <= s->free; i++) {
		if (i == s->cursors)
			continue;
		taps[i] = x[at];
		sum += x[at++];
	}
	taps[s->cursors] = 1 - sum;
}

/* Solves a symmetric positive system in place. */
static void solve(double a[MAX_FREE][MAX_FREE], double *b, int n)
{
	for (int i = 0; i < n; i++) {
		for (int k = i + 1; k < n; k++) {
			double f = a[k][i] / a[i][i];
			for (int j = i; j < n; j++)
				a[k][j] -= f * a[i][j];
			b[k] -= f * b[i];
		}
	}
	for (int i = n - 1; i >= 0; i--) {
		for (int k = i + 1; k < n; k++)
			b[i] -= a[i][k] * b[k];
		b[i] /= a[i][i];
	}
}

/* Taps of least squares against evenly spaced levels, sum 1: where the search starts. */
static void least_squares(const struct eye_cost *s, double *x)
{
	double a[MAX_FREE][MAX_FREE] = {{0}};
	const struct eye_windows *w = s->windows;
	gsize n_symbols = w->n_symbols;

	memset(x, 0, MAX_FREE * sizeof *x);
	for (gsize n = 0; n < n_symbols; n += s->stride) {
		for (int side = 0; side < 2; side++) {
			const float *row = w->samples[side * 3 + 1];
			double d[MAX_FREE], here = row[n];
			double miss = (w->symbols[n] - 1.5) / 3 - here;
			for (guint i = 0, at = 0; i <= s->free; i++)
				if (i != s->cursors)
					d[at++] =
						row[(n + s->cursors + n_symbols - i) % n_symbols] -
						here;
			for (guint i = 0; i < s->free; i++) {
				x[i] += d[i] * miss;
				for (guint k = 0; k < s->free; k++)
					a[i][k] += d[i] * d[k];
			}
		}
	}
	for (guint i = 0; i < s->free; i++)
		a[i][i] *= 1.0001;
	solve(a, x, (int)s->free);
}

struct corner {
	double x[MAX_FREE];
	double cost;
};

static double corner_cost(struct eye_cost *s, const double *x)
{
	double taps[EYE_MAX_TAPS];

	taps_from_free(s, x, taps);
	return eye_cost_db(s, taps);
}

static void sort_corners(const struct eye_cost *s, struct corner *c)
{
	for (guint i = 1; i <= s->free; i++) {
		for (guint k = i; k > 0 && c[k].cost < c[k - 1].cost; k--) {
			struct corner swap = c[k];
			c[k] = c[k - 1];
			c[k - 1] = swap;
		}
	}
}

static struct corner move_corner(struct eye_cost *s, const struct corner *c, const double *middle,
                                 double factor)
{
	struct corner moved;

	for (guint i = 0; i < s->free; i++)
		moved.x[i] = middle[i] + factor * (c[s->free].x[i] - middle[i]);
	moved.cost = corner_cost(s, moved.x);
	return moved;
}

/* All corners half-way to the best one. */
static void shrink(struct eye_cost *s, struct corner *c)
{
	for (guint k = 1; k <= s->free; k++) {
		for (guint i = 0; i < s->free; i++)
			c[k].x[i] = (c[k].x[i] + c[0].x[i]) / 2;
		c[k].cost = corner_cost(s, c[k].x);
	}
}

/* Nelder and Mead's simplex (1965) from x, edges of `size`; x is where it ends. */
static double descend(struct eye_cost *s, double *x, double size, int steps, double enough_db)
{
	struct corner c[MAX_FREE + 1];
	guint last = s->free;

	for (guint i = 0; i <= last; i++) {
		memcpy(c[i].x, x, sizeof c[i].x);
		if (i > 0)
			c[i].x[i - 1] += size;
		c[i].cost = corner_cost(s, c[i].x);
	}
	sort_corners(s, c);
	for (int step = 0; step < steps && c[last].cost - c[0].cost > enough_db; step++) {
		double middle[MAX_FREE] = {0};
		for (guint k = 0; k < last; k++)
			for (guint i = 0; i < last; i++)
				middle[i] += c[k].x[i] / last;
		struct corner moved = move_corner(s, c, middle, -1);
		if (moved.cost < c[0].cost) {
			struct corner further = move_corner(s, c, middle, -2);
			c[last] = further.cost < moved.cost ? further : moved;
		} else if (moved.cost < c[last - 1].cost) {
			c[last] = moved;
		} else {
			double towards = moved.cost < c[last].cost ? -0.5 : 0.5;
			struct corner nearer = move_corner(s, c, middle, towards);
			if (nearer.cost < MIN(moved.cost, c[last].cost))
				c[last] = nearer;
			else
				shrink(s, c);
		}
		sort_corners(s, c);
	}
	memcpy(x, c[0].x, sizeof c[0].x);
	return c[0].cost;
}

static void level_means(const struct eye_cost *s, const double *taps, double levels[4])
{
	double sum[4] = {0}, count[4] = {0};
	float t[EYE_MAX_TAPS] = {0};

	for (guint i = 0; i <= s->free; i++)
		t[i] = (float)taps[i];
	for (int side = 0; side < 2; side++) {
		const float *row = s->windows->samples[side * 3 + 1];
		for (gsize n = 0; n < s->windows->n_symbols; n++) {
			guint8 symbol = s->windows->symbols[n];
			sum[symbol] += eye_cost_equalise(row, s->windows->n_symbols, n, s->cursors,
			                                 t, s->windows->n_taps);
			count[symbol]++;
		}
	}
	for (int i = 0; i < 4; i++)
		levels[i] = sum[i] / count[i];
}

/* From least squares for each place of the main tap; the best place is left in cursors. */
static void search_all(struct eye_cost *s, double *found)
{
	double found_db = INFINITY;
	guint found_cursors = 0;

	for (guint main = 0; main < MAIN_POSITIONS; main++) {
		double x[MAX_FREE];
		s->cursors = main;
		least_squares(s, x);
		/* A start far worse than the best end so far will not make up for it. */
		if (corner_cost(s, x) > found_db + 0.4)
			continue;
		double db = descend(s, x, 0.01, 15 * (int)s->free, 0.01);
		if (db < found_db) {
			found_db = db;
			found_cursors = main;
			memcpy(found, x, sizeof x);
		}
	}
	s->cursors = found_cursors;
}

static void search_near(struct eye_cost *s, const double *taps, double *found)
{
	s->cursors = 0;
	for (guint i = 1; i < MAIN_POSITIONS && i <= s->free; i++)
		if (taps[i] > taps[s->cursors])
			s->cursors = i;
	for (guint i = 0, at = 0; i <= s->free; i++)
		if (i != s->cursors)
			found[at++] = taps[i];
	descend(s, found, 0.005, 10 * (int)s->free, 0.003);
}

void eye_search(const struct eye_windows *windows, const double *near_taps,
                struct eye_equalised *best)
{
	g_autofree struct eye_cost *s = eye_cost_new(windows);
	double found[MAX_FREE] = {0};

	memset(best, 0, sizeof *best);
	s->stride = MAX(windows->n_symbols / COARSE_SYMBOLS, 1);
	s->bins = EYE_COST_COARSE_BINS;
	s->coarse = TRUE;
	if (near_taps)
		search_near(s, near_taps, found);
	else
		search_all(s, found);
	s->stride = 1;
	s->coarse = FALSE;
	s->bins = EYE_COST_BINS;
	if (!near_taps)
		descend(s, found, 0.003, 5 * (int)s->free, 0.001);
	taps_from_free(s, found, best->taps);
	best->ceq = eye_cost_noise_gain(best->taps, windows->n_taps);
	best->tdecq_db = eye_cost_exact_db(s, best->taps);
	level_means(s, best->taps, best->levels);
}

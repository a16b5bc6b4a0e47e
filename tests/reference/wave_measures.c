/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/wave_measures.h"

#include <math.h>

#define FINE 32 /* grid of times in a symbol for what is searched in time */

/* The waveform at FINE times a symbol, symbol after symbol. */
static double *fine_grid(const struct exact_wave *wave, double t)
{
	gsize n = wave->n_symbols;
	double *grid = g_new(double, n *FINE);
	g_autofree double *power = g_new(double, n);

	for (guint j = 0; j < FINE; j++) {
		exact_wave_at(wave, t + j / (double)FINE, power, NULL);
		for (gsize i = 0; i < n; i++)
			grid[i * FINE + j] = power[i];
	}
	return grid;
}

static double grid_at(const double *grid, gsize n, gssize i)
{
	gssize length = (gssize)(n * FINE);

	return grid[(i % length + length) % length];
}

/* How late the symbols arrive: where their levels are most alike the powers. */
static double best_delay(const struct exact_wave *wave, const double *grid)
{
	gsize n = wave->n_symbols;
	double best = -INFINITY;
	gssize place = 0;

	for (gssize shift = -FINE; shift < 6 * FINE; shift++) {
		double sum = 0;
		for (gsize i = 0; i < n; i++)
			sum += (wave->levels[i] - 1.5) * grid_at(grid, n, (gssize)i * FINE + shift);
		if (sum > best) {
			best = sum;
			place = shift;
		}
	}
	return (double)place / FINE;
}

/* The crossing of a power that is nearest to grid place `near`, at most `reach` away; NaN if none.
 * sign tells the way: 1 rising, -1 falling. */
static double crossing(const double *grid, gsize n, gssize near, gssize reach, double power,
                       int sign)
{
	double best = NAN;

	for (gssize i = near - reach; i < near + reach; i++) {
		double a = (grid_at(grid, n, i) - power) * sign;
		double b = (grid_at(grid, n, i + 1) - power) * sign;
		if (!(a < 0 && b >= 0))
			continue;
		double at = (double)i + a / (a - b);
		if (isnan(best) || fabs(at - (double)near) < fabs(best - (double)near))
			best = at;
	}
	return best;
}

static double mean_crossing(const struct exact_wave *wave, const double *grid, double average,
                            double guess, gsize *missing)
{
	gsize n = wave->n_symbols, count = 0;
	double sum = 0;

	*missing = 0;
	for (gsize i = 0; i < n; i++) {
		gboolean now = wave->levels[i] > 1, before = wave->levels[(i + n - 1) % n] > 1;
		if (now == before)
			continue;
		gssize near = (gssize)lrint(((double)i + guess) * FINE);
		double at = crossing(grid, n, near, FINE / 2, average, now ? 1 : -1);
		if (isnan(at)) {
			++*missing;
			continue;
		}
		sum += at / FINE - (double)i;
		count++;
	}
	return count ? sum / (double)count : guess;
}

/* Means over the halves of each symbol: half[2 i], half[2 i + 1]. */
static double *half_means(const struct exact_wave *wave, double start)
{
	gsize n = wave->n_symbols;
	double node[4], weight[4], *half = g_new0(double, 2 * n);
	g_autofree double *power = g_new(double, n);

	gauss_nodes(4, node, weight);
	for (guint h = 0; h < 2; h++) {
		for (guint j = 0; j < 4; j++) {
			exact_wave_at(wave, start + h / 2.0 + (1 + node[j]) / 4, power, NULL);
			for (gsize i = 0; i < n; i++)
				half[2 * i + h] += weight[j] * power[i];
		}
	}
	return half;
}

/* Mean of the central 2 UI of all runs of the level that are at least so long. */
static double run_mean(const struct exact_wave *wave, const double *half, guint8 level, gsize least)
{
	gsize n = wave->n_symbols, runs = 0;
	double sum = 0;

	for (gsize i = 0; i < n; i++) {
		gsize length = 0;
		if (wave->levels[i] != level || wave->levels[(i + n - 1) % n] == level)
			continue;
		while (length < n && wave->levels[(i + length) % n] == level)
			length++;
		if (length < least)
			continue;
		/* in halves: the middle is at 2 i + length, the 2 UI reach two halves each way */
		for (gsize h = 0; h < 4; h++)
			sum += half[(2 * i + length - 2 + h) % (2 * n)] / 4;
		runs++;
	}
	return runs ? sum / (double)runs : NAN;
}

static void measure_levels(const struct exact_wave *wave, struct wave_measures *m)
{
	gsize n = wave->n_symbols, count[4] = {0};
	double node[5], weight[5];
	g_autofree double *power = g_new(double, n);

	gauss_nodes(5, node, weight);
	for (guint l = 0; l < 4; l++)
		m->level_w[l] = 0;
	for (guint j = 0; j < 5; j++) {
		exact_wave_at(wave, m->start_ui + 0.5 + 0.05 * node[j], power, NULL);
		for (gsize i = 0; i < n; i++)
			m->level_w[wave->levels[i]] += weight[j] * power[i];
	}
	for (gsize i = 0; i < n; i++)
		count[wave->levels[i]]++;
	for (guint l = 0; l < 4; l++)
		m->level_w[l] /= (double)count[l];
	double middle = (m->level_w[0] + m->level_w[3]) / 2;
	double es1 = (m->level_w[1] - middle) / (m->level_w[0] - middle);
	double es2 = (m->level_w[2] - middle) / (m->level_w[3] - middle);
	m->rlm = fmin(fmin(3 * es1, 3 * es2), fmin(2 - 3 * es1, 2 - 3 * es2));
}

static gsize run_ending(const struct exact_wave *wave, gsize end, gssize step)
{
	gsize n = wave->n_symbols, length = 0;
	gssize i = (gssize)end;

	while (length < n &&
	       wave->levels[((i % (gssize)n) + (gssize)n) % (gssize)n] == wave->levels[end % n]) {
		length++;
		i += step;
	}
	return length;
}

/* 20-80 % time of the edges from at least five of one outer level to at least six of the other. */
static double edge_time(const struct exact_wave *wave, const double *grid,
                        const struct wave_measures *m, gboolean rising)
{
	gsize n = wave->n_symbols, edges = 0;
	int sign = rising ? 1 : -1;
	double sum = 0, step = (m->p3_w - m->p0_w) * sign;
	double first = (rising ? m->p0_w : m->p3_w) + 0.2 * step;
	double last = first + 0.6 * step;

	for (gsize i = 0; i < n; i++) {
		gsize before = (i + n - 1) % n;
		if (wave->levels[before] != (rising ? 0 : 3) ||
		    wave->levels[i] != (rising ? 3 : 0) || run_ending(wave, before, -1) < 5 ||
		    run_ending(wave, i, 1) < 6)
			continue;
		gssize near = (gssize)lrint(((double)i + m->start_ui) * FINE);
		sum += crossing(grid, n, near, 2 * FINE, last, sign) -
		       crossing(grid, n, near, 2 * FINE, first, sign);
		edges++;
	}
	return edges ? sum / (double)edges / FINE : NAN;
}

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void measure_extremes(double *grid, gsize length, struct wave_measures *m)
{
	gsize beyond = (gsize)((double)length * 0.01);

	qsort(grid, length, sizeof(*grid), compare_double);
	m->high_w = grid[length - 1 - beyond];
	m->low_w = grid[beyond];
	m->overshoot = (m->high_w - m->p3_w) / m->oma_w;
	m->undershoot = (m->p0_w - m->low_w) / m->oma_w;
}

void wave_measure(const struct exact_wave *wave, gboolean inverted, struct wave_measures *m)
{
	g_autofree double *grid = fine_grid(wave, 0);

	m->average_w = creal(wave->line[0]);
	m->start_ui = best_delay(wave, grid) - 0.5;
	for (guint pass = 0; pass < 2; pass++)
		m->start_ui =
			mean_crossing(wave, grid, m->average_w, m->start_ui, &m->crossings_missing);
	g_autofree double *half = half_means(wave, m->start_ui);
	m->p3_w = run_mean(wave, half, 3, inverted ? 6 : 7);
	m->p0_w = run_mean(wave, half, 0, inverted ? 7 : 6);
	m->oma_w = m->p3_w - m->p0_w;
	m->outer_er_db = 10 * log10(m->p3_w / m->p0_w);
	measure_levels(wave, m);
	m->rise_ui = edge_time(wave, grid, m, TRUE);
	m->fall_ui = edge_time(wave, grid, m, FALSE);
	measure_extremes(grid, wave->n_symbols * FINE, m);
}

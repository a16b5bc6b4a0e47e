/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/tdecq_search.h"

#include <math.h>
#include <string.h>

/* Looks at a part of the symbols: to tell hopeless main taps, and to come near the optimum. */
static const gsize few_symbols = 2048, some_symbols = 4096, many_symbols = 8192;
/* of ln noise, 0.3 dB and 0.05 dB: after so much descent nothing turns that around */
static const double much_worse = 0.07;
static const double clearly_worse = 0.012;
/* of the main tap below its limit */
static const double lack_allowed = 1e-4;
static const double first_noise = 0.03, expected_noise = 0.04;

/* Every so many blocks are a part of about so many symbols. */
static guint stride_for(const struct tdecq_cost *cost, gsize symbols)
{
	return (guint)MAX((gsize)1, cost->fit->n / symbols);
}

/* Sums for the equations of least squares, over a part of the symbols. */
struct correlations {
	double cross[2 * TDECQ_MAX_TAPS]; /* levels with the signal, [TDECQ_MAX_TAPS + lag] */
	double delayed[TDECQ_MAX_TAPS];   /* the signal with itself */
};

static void correlate(const struct tdecq_cost *cost, struct correlations *sums)
{
	gsize n = cost->fit->n, step = (gsize)SWEEP_BLOCK * stride_for(cost, many_symbols);
	const float *x = cost->fit->term[0];
	guint taps = cost->n_taps;

	memset(sums, 0, sizeof(*sums));
	for (gsize block = 0; block < n; block += step) {
		for (gsize k = block; k < MIN(block + SWEEP_BLOCK, n); k++) {
			double level = ((double)cost->fit->level[k] - 1.5) / 3.0;
			const float *around = x + k;

			for (guint lag = 0; lag < taps; lag++)
				sums->delayed[lag] += (double)*around * *(around - lag);
			around -= taps;
			for (guint i = 0; i < 2 * taps; i++)
				sums->cross[TDECQ_MAX_TAPS - taps + i] += level * around[i];
		}
	}
}

/* Symmetric positive definite equations by elimination; two right sides at once. */
static void solve_two(double a[TDECQ_MAX_TAPS][TDECQ_MAX_TAPS], double *b, double *c, guint n)
{
	for (guint k = 0; k < n; k++) {
		for (guint i = k + 1; i < n; i++) {
			double factor = a[i][k] / a[k][k];

			for (guint j = k; j < n; j++)
				a[i][j] -= factor * a[k][j];
			b[i] -= factor * b[k];
			c[i] -= factor * c[k];
		}
	}
	for (guint k = n; k-- > 0;) {
		for (guint j = k + 1; j < n; j++) {
			b[k] -= a[k][j] * b[j];
			c[k] -= a[k][j] * c[j];
		}
		b[k] /= a[k][k];
		c[k] /= a[k][k];
	}
}

/* Least mean square error at the eye's centre, with some noise, among taps whose sum is 1. */
static void least_square_taps(const struct tdecq_cost *cost, const struct correlations *sums,
                              guint main_tap, double *taps)
{
	double a[TDECQ_MAX_TAPS][TDECQ_MAX_TAPS], ones[TDECQ_MAX_TAPS], sum = 0.0, gain = 0.0;
	double noise = 1e-2 * sums->delayed[0];
	guint n = cost->n_taps;

	for (guint i = 0; i < n; i++) {
		taps[i] = sums->cross[TDECQ_MAX_TAPS + main_tap - i];
		ones[i] = 1.0;
		for (guint j = 0; j < n; j++) {
			guint apart = i > j ? i - j : j - i;

			a[i][j] = sums->delayed[apart] + noise * cost->correlation[apart];
		}
	}
	solve_two(a, taps, ones, n);
	for (guint i = 0; i < n; i++) {
		sum += taps[i];
		gain += ones[i];
	}
	for (guint i = 0; i < n; i++)
		taps[i] += (1.0 - sum) / gain * ones[i];
}

/*
 * The curvature that is to be expected. A wrong tap makes a residue of variance d R d, R being the
 * signal's correlation, and that is taken from the noise that the signal bears; the main tap makes
 * up for all others. Real eyes bend about twice as much, because the tails count.
 */
static void expect_curvature(const struct tdecq_cost *cost, const struct correlations *sums,
                             guint main_tap, struct minimise_memory *memory)
{
	double a[TDECQ_MAX_TAPS][TDECQ_MAX_TAPS], one[TDECQ_MAX_TAPS], unused[TDECQ_MAX_TAPS];
	guint n = cost->n_taps - 1, variables = tdecq_cost_variables(cost);
	/* the mean square of evenly used levels is 5/36 */
	double bend = 2.0 * 5.0 / 36.0 / (expected_noise * expected_noise);

	memset(memory, 0, sizeof(*memory));
	for (guint column = 0; column < n; column++) {
		for (guint i = 0; i < n; i++) {
			guint ti = i < main_tap ? i : i + 1;

			for (guint j = 0; j < n; j++) {
				guint tj = j < main_tap ? j : j + 1;

				a[i][j] = bend / sums->delayed[0] *
				          (sums->delayed[ti > tj ? ti - tj : tj - ti] -
				           sums->delayed[ti > main_tap ? ti - main_tap
				                                       : main_tap - ti] -
				           sums->delayed[tj > main_tap ? tj - main_tap
				                                       : main_tap - tj] +
				           sums->delayed[0] * (i == j ? 1.05 : 1.0));
			}
			one[i] = i == column ? 1.0 : 0.0;
			unused[i] = 0.0;
		}
		solve_two(a, one, unused, n);
		for (guint i = 0; i < n; i++)
			memory->inverse[i][column] = one[i];
	}
	for (guint i = n; i < variables; i++)
		memory->inverse[i][i] =
			i < n + 3 && cost->settings->adjust_thresholds ? 1e-3 : 5e-3;
	memory->learnt = TRUE;
}

/* How a look at the costs is taken, and how far it is worth going with it. */
struct effort {
	guint stride;
	guint nodes;
	double tolerance; /* of ln ser */
	double gain;      /* of ln noise: less is not worth a step */
	guint max_evaluations;
};

/* From cost->point; the best point found is in cost->best, its outcome in cost->best_outcome. */
static void descend(struct tdecq_cost *cost, const struct effort *effort,
                    struct minimise_memory *memory)
{
	struct tdecq_variables variables;
	struct minimise_problem problem = {
		.n = tdecq_cost_variables(cost),
		.cost = tdecq_cost_at,
		.data = cost,
		.scale = variables.scale,
		.low = variables.low,
		.high = variables.high,
		.max_step = 0.7,
		.tolerance = effort->gain,
		.max_evaluations = effort->max_evaluations,
		.memory = memory,
	};
	guint evaluations = 0;

	cost->stride = effort->stride;
	cost->nodes = effort->nodes;
	cost->tolerance = effort->tolerance;
	cost->best_outcome.value = INFINITY;
	tdecq_cost_start(cost, &variables);
	minimise_larger(&problem, variables.x, &evaluations);
}

gboolean tdecq_main_tap_is_main(const struct tdecq_cost *cost, const struct tdecq_point *point)
{
	double main_tap = point->taps[cost->main_tap];

	for (guint i = 0; i < cost->n_taps; i++) {
		if (fabs(point->taps[i]) > main_tap)
			return FALSE;
	}
	return main_tap >= cost->settings->main_tap_min - 0.01;
}

/* A main tap on trial. */
struct candidate {
	guint main_tap;
	struct tdecq_point point;
	struct tdecq_outcome outcome;
	struct minimise_memory memory;
	double multiplier; /* that holds the main tap at its limit */
	double lack;       /* of the main tap */
	gboolean valid;    /* its main tap is the largest, and large enough */
};

static gboolean is_better(const struct candidate *a, const struct candidate *b)
{
	return a->valid != b->valid ? a->valid : a->outcome.value < b->outcome.value;
}

static void improve(struct tdecq_cost *cost, struct candidate *candidate,
                    const struct effort *effort)
{
	cost->main_tap = candidate->main_tap;
	cost->point = candidate->point;
	memcpy(cost->outcome.noise, candidate->outcome.noise, sizeof(cost->outcome.noise));
	cost->multiplier = candidate->multiplier;
	descend(cost, effort, &candidate->memory);
	cost->point = candidate->point = cost->best;
	candidate->outcome = cost->best_outcome;
	candidate->lack = tdecq_cost_main_tap_lack(cost);
	candidate->multiplier =
		fmax(0.0, candidate->multiplier + TDECQ_MAIN_TAP_STIFFNESS * candidate->lack);
	candidate->valid = tdecq_main_tap_is_main(cost, &candidate->point);
}

/* Improves all candidates within `reach` of the best one, and returns the best one then. */
static struct candidate *improve_near(struct tdecq_cost *cost, struct candidate *trial, guint n,
                                      double reach, const struct effort *effort)
{
	struct candidate *best = NULL;
	double least = INFINITY;

	for (guint m = 0; m < n; m++)
		least = fmin(least, trial[m].outcome.value);
	for (guint m = 0; m < n; m++) {
		if (trial[m].outcome.value > least + reach) {
			trial[m].outcome.value = INFINITY;
			trial[m].valid = FALSE;
			continue;
		}
		improve(cost, &trial[m], effort);
		if (!best || is_better(&trial[m], best))
			best = &trial[m];
	}
	return best;
}

/* Where the limit of the main tap is in force, its multiplier takes some rounds to settle. */
static void settle_main_tap(struct tdecq_cost *cost, struct candidate *best)
{
	const struct effort settle = {1, 3, 0.05, 5e-6, 8};
	double before = INFINITY;

	for (guint i = 0; i < 8 && best->multiplier > 0.0; i++) {
		if (fabs(best->lack) < lack_allowed && before - best->outcome.value < 2e-5)
			break;
		before = best->outcome.value;
		improve(cost, best, &settle);
	}
}

/*
 * A quick look at few symbols leaves out the main taps that are clearly worse; on more symbols the
 * best of the others is found, which comes to the optimum on all of them. What was learnt of the
 * curvature goes along.
 */
void tdecq_search(struct tdecq_cost *cost)
{
	const struct effort quick = {stride_for(cost, few_symbols), 2, 0.3, 3e-4, 8};
	const struct effort look = {stride_for(cost, some_symbols), 2, 0.1, 1e-4, 6};
	const struct effort near = {stride_for(cost, many_symbols), 2, 0.1, 3e-5, 16};
	const struct effort full = {1, 3, 0.05, 2e-5, 4};
	guint n = MIN(cost->settings->max_precursors, cost->n_taps - 1) + 1;
	struct candidate *trial = g_new0(struct candidate, n), *best;
	struct correlations sums;

	correlate(cost, &sums);
	for (guint m = 0; m < n; m++) {
		trial[m].main_tap = m;
		trial[m].outcome.noise[0] = trial[m].outcome.noise[1] = first_noise;
		least_square_taps(cost, &sums, m, trial[m].point.taps);
		expect_curvature(cost, &sums, m, &trial[m].memory);
	}
	improve_near(cost, trial, n, INFINITY, &quick);
	improve_near(cost, trial, n, much_worse, &look);
	best = improve_near(cost, trial, n, clearly_worse, &near);
	improve(cost, best, &full);
	settle_main_tap(cost, best);
	cost->main_tap = best->main_tap;
	cost->best = best->point;
	cost->best_outcome = best->outcome;
	g_free(trial);
}

void tdecq_search_fixed(struct tdecq_cost *cost)
{
	const struct effort full = {1, 3, 0.05, 2e-5, 24};

	cost->fixed_taps = TRUE;
	cost->outcome.noise[0] = cost->outcome.noise[1] = first_noise;
	descend(cost, &full, NULL);
}

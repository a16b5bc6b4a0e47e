/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_piecewise.h"

#include "base/error.h"
#include "signal/least_squares.h"

#include <math.h>
#include <string.h>

G_STATIC_ASSERT(FIT_PIECEWISE_TERMS == LEAST_SQUARES_TERMS);

#define CANDIDATES_MAX 48
#define GOLDEN_ROUNDS  8
#define GOLDEN_STEPS   36
static const double sigmas = 3.0;

struct problem {
	struct least_squares_points at; /* owned */
	guint n;
	guint pieces;
	enum fit_direction direction;
	double *rows;                  /* owned, room for the solver */
	double places[CANDIDATES_MAX]; /* where knots are looked for, ascending */
	guint n_places;
	double lowest, highest; /* a knot lies between these */
};

struct attempt {
	double knot[FIT_PIECES_MAX - 1];
	double value[1 + FIT_PIECES_MAX]; /* start value and slopes */
	guint held;                       /* bit k: slope k is held at 0 */
	double chi2;                      /* INFINITY: none */
};

/* How much of the way from the first point to x lies in a piece. */
static double way_in_piece(const double *knot, guint pieces, double start, guint piece, double x)
{
	double from = piece == 0 ? start : knot[piece - 1];
	double to = piece + 1 == pieces ? INFINITY : knot[piece];

	if (piece > 0)
		x = fmax(x, from);
	return fmin(x, to) - from;
}

/* Least squares with the slopes of `held` at 0. */
static gboolean solve_held(const struct problem *p, const double *knot, guint held,
                           struct attempt *attempt)
{
	struct least_squares solution;
	guint terms = 1;

	for (guint i = 0; i < p->n; i++) {
		double *row = p->rows + (gsize)i * LEAST_SQUARES_ROW;
		double weight = 1.0 / p->at.sigma[i];

		terms = 0;
		row[terms++] = weight;
		for (guint k = 0; k < p->pieces; k++) {
			if (!(held & 1u << k))
				row[terms++] = weight * way_in_piece(knot, p->pieces, p->at.x[0], k,
				                                     p->at.x[i]);
		}
		row[LEAST_SQUARES_TERMS] = weight * p->at.y[i];
	}
	if (!least_squares_solve(p->rows, p->n, terms, &solution))
		return FALSE;
	*attempt = (struct attempt){.held = held, .chi2 = solution.chi2};
	for (guint k = 0; k + 1 < p->pieces; k++)
		attempt->knot[k] = knot[k];
	attempt->value[0] = solution.coefficient[0];
	for (guint k = 0, term = 1; k < p->pieces; k++)
		attempt->value[1 + k] = held & 1u << k ? 0.0 : solution.coefficient[term++];
	return TRUE;
}

static gboolean keeps_direction(const struct problem *p, const struct attempt *attempt,
                                enum fit_direction direction)
{
	double sign = direction == FIT_FALLING ? -1.0 : 1.0;

	for (guint k = 0; direction != FIT_ANY_DIRECTION && k < p->pieces; k++) {
		if (sign * attempt->value[1 + k] < 0.0)
			return FALSE;
	}
	return TRUE;
}

/*
 * The least squares among all that keep the direction. The problem is convex, so that its solution
 * is the unconstrained one of some set of held slopes: with three slopes all sets are tried.
 */
static struct attempt solve(const struct problem *p, const double *knot,
                            enum fit_direction direction)
{
	struct attempt best = {.chi2 = INFINITY}, attempt;

	/* points that leave a slope open decide nothing, held or not */
	if (!solve_held(p, knot, 0, &attempt))
		return best;
	if (keeps_direction(p, &attempt, direction))
		return attempt;
	for (guint held = 1; held < 1u << p->pieces; held++) {
		if (solve_held(p, knot, held, &attempt) &&
		    keeps_direction(p, &attempt, direction) && attempt.chi2 < best.chi2)
			best = attempt;
	}
	return best;
}

/* Two different x or more have to lie in each piece that is looked for. */
static gboolean knots_are_held(const struct problem *p, const double *knot)
{
	guint n = 0, piece = 0;

	for (guint i = 0; i < p->n; i++) {
		if (i > 0 && p->at.x[i] == p->at.x[i - 1])
			continue;
		while (piece + 1 < p->pieces && p->at.x[i] > knot[piece]) {
			if (n < 2)
				return FALSE;
			n = 0;
			piece++;
		}
		n++;
	}
	return piece + 1 == p->pieces && n >= 2;
}

static struct attempt try_knots(const struct problem *p, const double *knot,
                                enum fit_direction direction)
{
	if (!knots_are_held(p, knot))
		return (struct attempt){.chi2 = INFINITY};
	return solve(p, knot, direction);
}

static void keep_better(struct attempt *best, const struct attempt *attempt)
{
	if (attempt->chi2 < best->chi2)
		*best = *attempt;
}

/* Golden section on one knot between its neighbours' places. */
static void refine_knot(const struct problem *p, guint which, double reach,
                        enum fit_direction direction, struct attempt *best)
{
	static const double golden = 0.6180339887498949;
	double low = fmax(best->knot[which] - reach, p->lowest);
	double high = fmin(best->knot[which] + reach, p->highest);
	struct attempt a, b;
	double knot[FIT_PIECES_MAX - 1];

	memcpy(knot, best->knot, sizeof(knot));
	for (guint i = 0; i < GOLDEN_STEPS; i++) {
		knot[which] = high - golden * (high - low);
		a = try_knots(p, knot, direction);
		knot[which] = low + golden * (high - low);
		b = try_knots(p, knot, direction);
		keep_better(best, &a);
		keep_better(best, &b);
		if (a.chi2 < b.chi2)
			high = low + golden * (high - low);
		else
			low = high - golden * (high - low);
	}
}

/* Middles between neighbouring points and the points themselves, thinned out when they are many. */
static void find_places(struct problem *p)
{
	guint last = p->n - 1;

	p->lowest = p->at.x[0];
	p->highest = p->at.x[last];
	p->n_places = MIN(CANDIDATES_MAX, 2 * last);
	for (guint i = 0; i < p->n_places; i++) {
		double at = (double)last * (i + 0.5) / p->n_places;
		guint k = MIN((guint)at, last - 1);

		p->places[i] = p->at.x[k] + (at - k) * (p->at.x[k + 1] - p->at.x[k]);
	}
}

static double refining_reach(const struct problem *p, double knot)
{
	double reach = 0.0;

	for (guint i = 1; i < p->n_places; i++) {
		if (p->places[i - 1] <= knot && p->places[i] >= knot)
			reach = fmax(reach, p->places[i] - p->places[i - 1]);
	}
	return reach;
}

static struct attempt search_knots(const struct problem *p, enum fit_direction direction)
{
	struct attempt best = {.chi2 = INFINITY}, attempt;

	for (guint i = 0; i < p->n_places; i++) {
		double knot[FIT_PIECES_MAX - 1] = {p->places[i]};

		if (p->pieces == 2) {
			attempt = try_knots(p, knot, direction);
			keep_better(&best, &attempt);
			continue;
		}
		for (guint j = i + 1; j < p->n_places; j++) {
			knot[1] = p->places[j];
			attempt = try_knots(p, knot, direction);
			keep_better(&best, &attempt);
		}
	}
	for (guint round = 0; round < GOLDEN_ROUNDS && isfinite(best.chi2); round++) {
		for (guint k = 0; k + 1 < p->pieces; k++)
			refine_knot(p, k, refining_reach(p, best.knot[k]) / (1.0 + round),
			            direction, &best);
	}
	return best;
}

static struct attempt find_best(const struct problem *p, const double *knots,
                                enum fit_direction direction)
{
	if (p->pieces > 1 && !knots)
		return search_knots(p, direction);
	return solve(p, knots, direction);
}

/* Covariance of all numbers that were fitted, from the slopes of the curve in each of them. */
static gboolean fill_covariance(const struct problem *p, const struct attempt *best,
                                gboolean searched, struct fit_piecewise *fit)
{
	guint place[FIT_PIECEWISE_TERMS], terms = 0;
	struct least_squares solution;

	place[terms++] = 0;
	for (guint k = 0; k < p->pieces; k++) {
		if (!(best->held & 1u << k))
			place[terms++] = 1 + k;
	}
	for (guint k = 0; searched && k + 1 < p->pieces; k++) {
		if (best->value[1 + k] != best->value[2 + k])
			place[terms++] = FIT_PIECEWISE_KNOT_1 + k;
	}
	fit->free_terms = terms;
	for (guint i = 0; i < p->n; i++) {
		double *row = p->rows + (gsize)i * LEAST_SQUARES_ROW, x = p->at.x[i];

		for (guint t = 0; t < terms; t++) {
			guint k = place[t] - 1;
			double value = 1.0;

			if (place[t] >= FIT_PIECEWISE_KNOT_1) {
				k = place[t] - FIT_PIECEWISE_KNOT_1;
				value = x > best->knot[k] ? best->value[1 + k] - best->value[2 + k]
				                          : 0.0;
			} else if (place[t] > 0) {
				value = way_in_piece(best->knot, p->pieces, p->at.x[0], k, x);
			}
			row[t] = value / p->at.sigma[i];
		}
		row[LEAST_SQUARES_TERMS] = 0.0;
	}
	if (!least_squares_solve(p->rows, p->n, terms, &solution))
		return FALSE;
	for (guint i = 0; i < terms; i++) {
		for (guint j = 0; j < terms; j++)
			fit->covariance[place[i]][place[j]] = solution.covariance[i][j];
	}
	return TRUE;
}

static void fill_fit(const struct problem *p, const struct attempt *best, struct fit_piecewise *fit)
{
	struct least_squares_residuals sums = {0};
	guint dof;

	fit->pieces = p->pieces;
	fit->n = p->n;
	fit->start_x = p->at.x[0];
	fit->x_max = p->at.x[p->n - 1];
	fit->start_y = best->value[0];
	fit->constrained = best->held != 0;
	for (guint k = 0; k < p->pieces; k++)
		fit->slope[k] = best->value[1 + k];
	for (guint k = 0; k + 1 < p->pieces; k++)
		fit->knot[k] = best->knot[k];
	for (guint i = 0; i < p->n; i++)
		least_squares_residual(&sums, p->at.y[i] - fit_piecewise_at(fit, p->at.x[i]),
		                       p->at.y[i], p->at.sigma[i]);
	dof = p->n > fit->free_terms ? p->n - fit->free_terms : 0;
	fit->chi2 = sums.chi2;
	fit->residual_rms = dof > 0 ? sqrt(sums.sum2 / dof) : 0.0;
	fit->residual_max = sums.max;
	fit->relative_max = sums.relative_max;
}

static void scale_covariance(struct fit_piecewise *fit)
{
	double variance = fit->n > fit->free_terms ? fit->chi2 / (fit->n - fit->free_terms) : 0.0;

	for (guint i = 0; i < FIT_PIECEWISE_TERMS; i++) {
		for (guint j = 0; j < FIT_PIECEWISE_TERMS; j++)
			fit->covariance[i][j] *= variance;
	}
}

/* True when a searched knot joins two slopes that nothing tells apart. */
static gboolean knot_is_empty(const struct fit_piecewise *fit)
{
	for (guint k = 1; k < fit->pieces; k++) {
		double change = fit->slope[k] - fit->slope[k - 1];
		double variance = fit->covariance[k][k] + fit->covariance[k + 1][k + 1] -
		                  2.0 * fit->covariance[k][k + 1];

		if (change == 0.0 || change * change < sigmas * sigmas * variance)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_finite(const struct fit_piecewise *fit)
{
	double sum = fit->chi2 + fit->start_y;

	for (guint i = 0; i < FIT_PIECEWISE_TERMS; i++) {
		for (guint j = 0; j < FIT_PIECEWISE_TERMS; j++)
			sum += fit->covariance[i][j];
	}
	return isfinite(sum);
}

static struct fit_verdict judge(const struct fit_piecewise *fit, gboolean searched,
                                gboolean given_sigma)
{
	guint dof = fit->n > fit->free_terms ? fit->n - fit->free_terms : 0;
	double unit = given_sigma || dof == 0 ? 1.0 : fit->chi2_free / dof;
	const char *reason = NULL;

	if (!is_finite(fit))
		return (struct fit_verdict){SIGNAL_NOT_FINITE, "numbers out of range"};
	if (fit->constrained && fit->chi2 - fit->chi2_free > sigmas * sigmas * unit)
		return (struct fit_verdict){SIGNAL_NOT_MONOTONIC,
		                            "the points go the wrong way somewhere"};
	if (dof == 0)
		return (struct fit_verdict){SIGNAL_TOO_FEW,
		                            "as many fitted numbers as points: no check is left"};
	if (given_sigma)
		reason = least_squares_scatter(fit->chi2, dof);
	if (!reason && searched && knot_is_empty(fit))
		reason = "the pieces on both sides of a knot are not told apart";
	return (struct fit_verdict){reason ? SIGNAL_DOUBTFUL : SIGNAL_OK, reason};
}

static gboolean settings_are_possible(const struct fit_piecewise_settings *s, const double *x,
                                      guint n)
{
	double low = INFINITY, high = -INFINITY;

	if (s->pieces < 1 || s->pieces > FIT_PIECES_MAX || s->direction > FIT_FALLING)
		return FALSE;
	for (guint i = 0; i < n; i++) {
		low = fmin(low, x[i]);
		high = fmax(high, x[i]);
	}
	for (guint k = 0; s->knots && k + 1 < s->pieces; k++) {
		if (!(s->knots[k] > low && s->knots[k] < high))
			return FALSE;
		low = s->knots[k];
	}
	return TRUE;
}

static struct problem make_problem(const double *x, const double *y, const double *sigma, guint n,
                                   const struct fit_piecewise_settings *settings)
{
	struct problem p = {.n = n, .pieces = settings->pieces, .direction = settings->direction};

	p.at = least_squares_sort(x, y, sigma, n);
	p.rows = g_new0(double, (gsize)n *LEAST_SQUARES_ROW);
	find_places(&p);
	return p;
}

static gboolean run(const struct problem *p, const struct fit_piecewise_settings *settings,
                    gboolean given_sigma, struct fit_piecewise *fit)
{
	gboolean searched = p->pieces > 1 && !settings->knots;
	struct attempt best = find_best(p, settings->knots, p->direction);

	if (!isfinite(best.chi2))
		return FALSE;
	memset(fit, 0, sizeof(*fit));
	if (!fill_covariance(p, &best, searched, fit))
		return FALSE;
	fill_fit(p, &best, fit);
	fit->chi2_free = fit->chi2;
	if (p->direction != FIT_ANY_DIRECTION)
		fit->chi2_free = find_best(p, settings->knots, FIT_ANY_DIRECTION).chi2;
	if (!given_sigma)
		scale_covariance(fit);
	fit->verdict = judge(fit, searched, given_sigma);
	return TRUE;
}

/* Why nothing could be fitted. */
static struct fit_verdict refusal(const struct problem *p)
{
	double sum2 = 0.0;

	for (guint i = 0; i < p->n; i++)
		sum2 += p->at.y[i] * p->at.y[i] / (p->at.sigma[i] * p->at.sigma[i]);
	if (!isfinite(sum2))
		return (struct fit_verdict){SIGNAL_NOT_FINITE, "numbers out of range"};
	if (p->at.x[0] == p->at.x[p->n - 1])
		return (struct fit_verdict){SIGNAL_CONSTANT, "all points have the same x"};
	return (struct fit_verdict){SIGNAL_TOO_FEW, "more points with different x are needed"};
}

gboolean fit_piecewise(const double *x, const double *y, const double *sigma, guint n,
                       const struct fit_piecewise_settings *settings, struct fit_piecewise *fit,
                       GError **error)
{
	enum signal_status status = least_squares_check(x, y, sigma, n, 2, error);
	struct problem p;
	gboolean done;

	*fit = (struct fit_piecewise){.verdict = {status, "the points cannot be used"}};
	if (status != SIGNAL_OK)
		return FALSE;
	if (!settings_are_possible(settings, x, n)) {
		fit->verdict = (struct fit_verdict){SIGNAL_BAD_SETTING, "settings out of range"};
		station_error_set(error, STATION_ERROR_RANGE,
		                  "fit: %u pieces with such knots cannot be", settings->pieces);
		return FALSE;
	}
	p = make_problem(x, y, sigma, n, settings);
	done = run(&p, settings, sigma && !settings->sigma_is_relative, fit);
	if (!done) {
		fit->verdict = refusal(&p);
		station_error_set(error, STATION_ERROR_DATA, "fit: %u pieces: %s", settings->pieces,
		                  fit->verdict.reason);
	}
	least_squares_points_clear(&p.at);
	g_free(p.rows);
	return done;
}

double fit_piecewise_at(const struct fit_piecewise *fit, double x)
{
	double y = fit->start_y;

	for (guint k = 0; k < fit->pieces; k++)
		y += fit->slope[k] * way_in_piece(fit->knot, fit->pieces, fit->start_x, k, x);
	return y;
}

double fit_piecewise_sigma_at(const struct fit_piecewise *fit, double x)
{
	double gradient[FIT_PIECEWISE_TERMS] = {1.0}, variance = 0.0;

	for (guint k = 0; k < fit->pieces; k++)
		gradient[1 + k] = way_in_piece(fit->knot, fit->pieces, fit->start_x, k, x);
	for (guint k = 0; k + 1 < fit->pieces; k++)
		gradient[FIT_PIECEWISE_KNOT_1 + k] =
			x > fit->knot[k] ? fit->slope[k] - fit->slope[k + 1] : 0.0;
	for (guint i = 0; i < FIT_PIECEWISE_TERMS; i++) {
		for (guint j = 0; j < FIT_PIECEWISE_TERMS; j++)
			variance += gradient[i] * gradient[j] * fit->covariance[i][j];
	}
	return sqrt(fmax(variance, 0.0));
}

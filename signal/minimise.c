/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/minimise.h"

#include <math.h>
#include <string.h>

struct state {
	double x[MINIMISE_MAX_VARIABLES];
	struct minimise_values at;
	double inverse[MINIMISE_MAX_VARIABLES][MINIMISE_MAX_VARIABLES];
};

/* Where to go, and what the straight-line model promises. */
struct step {
	double direction[MINIMISE_MAX_VARIABLES];
	double share; /* multiplier of the first function, 0..1; the second has the rest */
	gboolean held[MINIMISE_MAX_VARIABLES]; /* at a bound, and drawn beyond it */
	double change; /* of the larger value, for the whole step: negative */
};

static double dot(const double *a, const double *b, guint n)
{
	double sum = 0.0;

	for (guint i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static void reset_inverse(const struct minimise_problem *problem, struct state *s)
{
	memset(s->inverse, 0, sizeof(s->inverse));
	for (guint i = 0; i < problem->n; i++)
		s->inverse[i][i] = problem->scale[i] * problem->scale[i];
}

static double larger(const struct minimise_values *at)
{
	return fmax(at->value[0], at->value[1]);
}

/* The gradient of the mixture of both functions. */
static void mix(const struct minimise_values *at, double share, guint n, double *gradient)
{
	for (guint i = 0; i < n; i++)
		gradient[i] = share * at->gradient[0][i] + (1.0 - share) * at->gradient[1][i];
}

/*
 * The multiplier with which Newton's step of the mixture makes both straight-line models equal;
 * beyond 0 or 1 only one function counts.
 */
static double choose_share(const struct minimise_problem *problem, const struct state *s,
                           const gboolean *held)
{
	double apart[MINIMISE_MAX_VARIABLES], across[MINIMISE_MAX_VARIABLES], bend;
	const struct minimise_values *at = &s->at;

	for (guint i = 0; i < problem->n; i++)
		apart[i] = held[i] ? 0.0 : at->gradient[0][i] - at->gradient[1][i];
	for (guint i = 0; i < problem->n; i++)
		across[i] = held[i] ? 0.0 : dot(s->inverse[i], apart, problem->n);
	bend = dot(apart, across, problem->n);
	if (!(bend > 1e-18))
		return at->value[0] > at->value[1] ? 1.0 : 0.0;
	return CLAMP((at->value[0] - at->value[1] - dot(across, at->gradient[1], problem->n)) /
	                     bend,
	             0.0, 1.0);
}

static double clip(const struct minimise_problem *problem, guint i, double x)
{
	return problem->low ? CLAMP(x, problem->low[i], problem->high[i]) : x;
}

/* Which variables stay at their bounds, and the gradient of the others. */
static void hold(const struct minimise_problem *problem, const struct state *s, struct step *step,
                 double *gradient)
{
	memset(step->held, 0, sizeof(step->held));
	/* What is held changes the share, and the share what is held: twice is enough. */
	for (guint round = 0; round < 2; round++) {
		step->share = choose_share(problem, s, step->held);
		mix(&s->at, step->share, problem->n, gradient);
		for (guint i = 0; problem->low && i < problem->n; i++)
			step->held[i] = (s->x[i] <= problem->low[i] && gradient[i] > 0.0) ||
			                (s->x[i] >= problem->high[i] && gradient[i] < 0.0);
	}
	for (guint i = 0; i < problem->n; i++)
		gradient[i] = step->held[i] ? 0.0 : gradient[i];
}

/* Newton's step with the inverse so far, shortened to max_step and clipped to the bounds. */
static void choose_step(const struct minimise_problem *problem, const struct state *s,
                        struct step *step)
{
	double worst = 1.0, gradient[MINIMISE_MAX_VARIABLES];
	guint n = problem->n;

	hold(problem, s, step, gradient);
	for (guint i = 0; i < n; i++) {
		step->direction[i] = step->held[i] ? 0.0 : -dot(s->inverse[i], gradient, n);
		worst = fmax(worst,
		             fabs(step->direction[i]) / (problem->scale[i] * problem->max_step));
	}
	for (guint i = 0; i < n; i++)
		step->direction[i] =
			clip(problem, i, s->x[i] + step->direction[i] / worst) - s->x[i];
	step->change = fmax(s->at.value[0] + dot(step->direction, s->at.gradient[0], n),
	                    s->at.value[1] + dot(step->direction, s->at.gradient[1], n)) -
	               larger(&s->at);
}

static void update_inverse(struct state *s, const double *step, const double *change, guint n)
{
	double hy[MINIMISE_MAX_VARIABLES], sy = dot(step, change, n), yhy;

	/* Without positive curvature along the step there is nothing to learn from it. */
	if (!(sy > 1e-14))
		return;
	for (guint i = 0; i < n; i++)
		hy[i] = dot(s->inverse[i], change, n);
	yhy = dot(change, hy, n);
	for (guint i = 0; i < n; i++) {
		for (guint j = 0; j < n; j++)
			s->inverse[i][j] += (1.0 + yhy / sy) * step[i] * step[j] / sy -
			                    (hy[i] * step[j] + step[i] * hy[j]) / sy;
	}
}

static void learn(const struct minimise_problem *problem, struct state *s, const double *moved,
                  const struct minimise_values *next, double share)
{
	double before[MINIMISE_MAX_VARIABLES], change[MINIMISE_MAX_VARIABLES];

	mix(&s->at, share, problem->n, before);
	mix(next, share, problem->n, change);
	for (guint i = 0; i < problem->n; i++)
		change[i] -= before[i];
	update_inverse(s, moved, change, problem->n);
}

/* One line search. FALSE when no point along the direction is better. */
static gboolean descend(const struct minimise_problem *problem, struct state *s,
                        const struct step *step, guint *left)
{
	double length = 1.0, moved[MINIMISE_MAX_VARIABLES], x[MINIMISE_MAX_VARIABLES];
	struct minimise_values next;

	for (guint tries = 0; tries < 6 && *left > 0; tries++) {
		double gain;

		for (guint i = 0; i < problem->n; i++) {
			moved[i] = length * step->direction[i];
			x[i] = s->x[i] + moved[i];
		}
		problem->cost(problem->data, x, &next);
		(*left)--;
		gain = larger(&next) - larger(&s->at);
		if (gain <= 1e-4 * length * step->change) {
			learn(problem, s, moved, &next, step->share);
			memcpy(s->x, x, problem->n * sizeof(*x));
			s->at = next;
			return TRUE;
		}
		/* The parabola through value, slope and the new value. */
		length *= CLAMP(-0.5 * step->change * length / (gain - step->change * length), 0.1,
		                0.5);
	}
	return FALSE;
}

double minimise_larger(const struct minimise_problem *problem, double *x, guint *evaluations)
{
	guint left = problem->max_evaluations, n = problem->n;
	gboolean fresh = TRUE;
	struct state s = {0};

	g_return_val_if_fail(n <= MINIMISE_MAX_VARIABLES && left > 0, NAN);
	memcpy(s.x, x, n * sizeof(*x));
	problem->cost(problem->data, s.x, &s.at);
	left--;
	reset_inverse(problem, &s);
	if (problem->memory && problem->memory->learnt) {
		memcpy(s.inverse, problem->memory->inverse, sizeof(s.inverse));
		fresh = FALSE;
	}
	while (left > 0 && n > 0) {
		struct step step;

		choose_step(problem, &s, &step);
		if (-step.change > problem->tolerance && descend(problem, &s, &step, &left)) {
			fresh = FALSE;
			continue;
		}
		/* A worn-out inverse gets one fresh start. */
		if (fresh)
			break;
		reset_inverse(problem, &s);
		fresh = TRUE;
	}
	if (problem->memory) {
		memcpy(problem->memory->inverse, s.inverse, sizeof(s.inverse));
		problem->memory->learnt = TRUE;
	}
	memcpy(x, s.x, n * sizeof(*x));
	*evaluations += problem->max_evaluations - left;
	return larger(&s.at);
}

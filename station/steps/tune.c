/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/tune.h"

#include <math.h>
#include <string.h>

/* A step may move a knob by at most this part of its range: the model is only local. A step that
 * makes things worse halves it and is not followed, one that helps widens it again. */
#define RADIUS_MAX 0.25
#define RADIUS_MIN 0.002
/* Relative damping that keeps a nearly singular set of sensitivities from throwing the knobs. */
#define DAMPING 1e-3
/* This near its edge, in ranges, a knob counts as standing at its limit. */
#define EDGE 0.05
/* How often the way to a point where nothing can be measured is halved. */
#define HALVINGS 4

struct state {
	const struct tune_problem *p;
	double u[TUNE_MAX], r[TUNE_MAX];
	double j[TUNE_MAX]
		[TUNE_MAX]; /* j[i][k]: change of residual i in tolerances per range of knob k */
	double radius;      /* how far a step may go now, in ranges */
	guint measurements;
};

static double range_of(const struct tune_knob *knob)
{
	return knob->max - knob->min;
}

/* Sum of squares of the residuals in units of their tolerances. */
static double cost(const struct tune_problem *p, const double *r)
{
	double sum = 0;

	for (guint i = 0; i < p->n; i++)
		sum += r[i] * r[i] / (p->targets[i].tolerance * p->targets[i].tolerance);
	return sum;
}

static gboolean arrived(const struct tune_problem *p, const double *r)
{
	for (guint i = 0; i < p->n; i++)
		if (!(fabs(r[i]) <= p->targets[i].tolerance))
			return FALSE;
	return TRUE;
}

static gboolean measure(struct state *s, const double *u, double *r, GError **error)
{
	s->measurements++;
	return s->p->measure(u, r, s->p->data, error);
}

static gboolean usable(const struct tune_problem *p, const double *r)
{
	for (guint i = 0; i < p->n; i++)
		if (!isfinite(r[i]))
			return FALSE;
	return TRUE;
}

static gboolean probe_all(struct state *s, GError **error)
{
	for (guint k = 0; k < s->p->n; k++) {
		const struct tune_knob *knob = &s->p->knobs[k];
		double u[TUNE_MAX], r[TUNE_MAX], move = knob->probe;

		memcpy(u, s->u, sizeof u);
		if (u[k] + move > knob->max)
			move = -move;
		u[k] += move;
		if (!measure(s, u, r, error))
			return FALSE;
		if (!usable(s->p, r)) {
			move = -move;
			u[k] = CLAMP(s->u[k] + move, knob->min, knob->max);
			if (!measure(s, u, r, error))
				return FALSE;
		}
		for (guint i = 0; i < s->p->n; i++)
			s->j[i][k] = (r[i] - s->r[i]) / s->p->targets[i].tolerance *
			             range_of(knob) / move;
	}
	return TRUE;
}

/* Solves the n x n system a x = b by elimination with pivoting; FALSE when it is singular. */
static gboolean solve(double a[TUNE_MAX][TUNE_MAX], double *b, guint n)
{
	for (guint c = 0; c < n; c++) {
		guint pivot = c;

		for (guint i = c + 1; i < n; i++)
			if (fabs(a[i][c]) > fabs(a[pivot][c]))
				pivot = i;
		if (!(fabs(a[pivot][c]) > 1e-12))
			return FALSE;
		for (guint k = 0; k < n; k++) {
			double t = a[c][k];
			a[c][k] = a[pivot][k];
			a[pivot][k] = t;
		}
		double t = b[c];
		b[c] = b[pivot];
		b[pivot] = t;
		for (guint i = 0; i < n; i++) {
			double f = i == c ? 0 : a[i][c] / a[c][c];
			for (guint k = c; k < n; k++)
				a[i][k] -= f * a[c][k];
			b[i] -= f * b[c];
		}
	}
	for (guint i = 0; i < n; i++)
		b[i] /= a[i][i];
	return TRUE;
}

/* The damped step of the free knobs, in ranges; knobs that are held get none. */
static gboolean damped_step(const struct state *s, const gboolean *held, double *step)
{
	double a[TUNE_MAX][TUNE_MAX] = {{0}}, b[TUNE_MAX] = {0}, trace = 0;
	guint n = s->p->n;

	for (guint k = 0; k < n; k++) {
		for (guint l = 0; l < n && !held[k]; l++)
			for (guint i = 0; i < n && !held[l]; i++)
				a[k][l] += s->j[i][k] * s->j[i][l];
		for (guint i = 0; i < n && !held[k]; i++)
			b[k] -= s->j[i][k] * s->r[i] / s->p->targets[i].tolerance;
		trace += a[k][k];
	}
	for (guint k = 0; k < n; k++)
		a[k][k] += held[k] ? 1.0 : DAMPING * trace / n * 0.01;
	memcpy(step, b, sizeof b);
	return solve(a, step, n);
}

/* The next point: a step within the limits. A knob that would leave its range is held at the edge
 * and the others are solved again. */
static gboolean next_point(const struct state *s, double *u)
{
	gboolean held[TUNE_MAX] = {FALSE};
	double step[TUNE_MAX];

	for (guint round = 0; round <= s->p->n; round++) {
		gboolean again = FALSE;

		if (!damped_step(s, held, step))
			return FALSE;
		for (guint k = 0; k < s->p->n; k++) {
			const struct tune_knob *knob = &s->p->knobs[k];
			double to =
				s->u[k] + CLAMP(step[k], -s->radius, s->radius) * range_of(knob);

			if (held[k])
				continue;
			u[k] = CLAMP(to, knob->min, knob->max);
			/* only a knob that already stands at its edge and pushes on is held */
			if (u[k] != to && u[k] == s->u[k]) {
				held[k] = TRUE;
				again = TRUE;
			}
		}
		if (!again)
			return TRUE;
	}
	return TRUE;
}

/* The next point measured. Where nothing can be measured the way there is halved, a few times. */
static gboolean go_on(struct state *s, double *u, double *r, gboolean *stuck, GError **error)
{
	*stuck = !next_point(s, u);
	for (guint half = 0; !*stuck; half++) {
		if (!measure(s, u, r, error))
			return FALSE;
		if (usable(s->p, r))
			break;
		*stuck = half == HALVINGS;
		for (guint k = 0; k < s->p->n; k++)
			u[k] = 0.5 * (u[k] + s->u[k]);
	}
	return TRUE;
}

/* Broyden: the least change of the sensitivities that explains what the last move did. */
static void update(struct state *s, const double *u, const double *r)
{
	double du[TUNE_MAX], norm = 0;

	for (guint k = 0; k < s->p->n; k++) {
		du[k] = (u[k] - s->u[k]) / range_of(&s->p->knobs[k]);
		norm += du[k] * du[k];
	}
	for (guint i = 0; norm > 0 && i < s->p->n; i++) {
		double miss = (r[i] - s->r[i]) / s->p->targets[i].tolerance;
		for (guint k = 0; k < s->p->n; k++)
			miss -= s->j[i][k] * du[k];
		for (guint k = 0; k < s->p->n; k++)
			s->j[i][k] += miss * du[k] / norm;
	}
}

static void explain(const struct state *s, char *why, gsize size)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint k = 0; k < s->p->n; k++) {
		const struct tune_knob *knob = &s->p->knobs[k];
		if (s->u[k] < knob->min + EDGE * range_of(knob) ||
		    s->u[k] > knob->max - EDGE * range_of(knob))
			g_string_append_printf(text, "%s%s at its limit", text->len ? ", " : "",
			                       knob->name);
	}
	for (guint i = 0; i < s->p->n; i++) {
		char number[G_ASCII_DTOSTR_BUF_SIZE];

		if (fabs(s->r[i]) <= s->p->targets[i].tolerance)
			continue;
		g_ascii_formatd(number, sizeof number, "%+.3f", s->r[i]);
		g_string_append_printf(text, "%s%s %s%s", text->len ? ", " : "",
		                       s->p->targets[i].name,
		                       isfinite(s->r[i]) ? "off by " : "cannot be measured",
		                       isfinite(s->r[i]) ? number : "");
	}
	g_string_append_printf(text, " after %u measurements", s->measurements);
	g_strlcpy(why, text->str, size);
}

gboolean tune_run(const struct tune_problem *problem, struct tune_result *result, GError **error)
{
	struct state s = {.p = problem, .radius = RADIUS_MAX};
	double u[TUNE_MAX] = {0}, r[TUNE_MAX] = {0};
	gboolean stuck, moved = FALSE;

	g_return_val_if_fail(problem->n >= 1 && problem->n <= TUNE_MAX, FALSE);
	for (guint k = 0; k < problem->n; k++)
		s.u[k] = CLAMP(problem->knobs[k].start, problem->knobs[k].min,
		               problem->knobs[k].max);
	if (!measure(&s, s.u, s.r, error))
		return FALSE;
	stuck = !usable(problem, s.r);
	if (!stuck && !arrived(problem, s.r)) {
		moved = TRUE;
		if (!probe_all(&s, error))
			return FALSE;
	}
	for (guint i = 0; i < problem->iterations && !stuck && !arrived(problem, s.r); i++) {
		moved = TRUE;
		if (!go_on(&s, u, r, &stuck, error))
			return FALSE;
		if (stuck)
			break;
		update(&s, u, r);
		if (cost(problem, r) < cost(problem, s.r)) {
			s.radius = MIN(s.radius * 1.5, RADIUS_MAX);
			memcpy(s.u, u, sizeof s.u);
			memcpy(s.r, r, sizeof s.r);
			moved = FALSE;
		} else {
			s.radius *= 0.5;
			stuck = s.radius < RADIUS_MIN;
		}
	}
	/* the best point is to be the one that is set, and is looked at once more */
	if (moved && !measure(&s, s.u, s.r, error))
		return FALSE;
	memcpy(result->knobs, s.u, sizeof s.u);
	memcpy(result->residuals, s.r, sizeof s.r);
	result->measurements = s.measurements;
	result->converged = arrived(problem, s.r);
	result->why[0] = '\0';
	if (!result->converged)
		explain(&s, result->why, sizeof result->why);
	return TRUE;
}

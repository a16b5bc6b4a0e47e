/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/reference/minimax.h"

#include <math.h>
#include <string.h>

struct place {
	double u[MINIMAX_DIM];
	double value[2];
	double gradient[2][MINIMAX_DIM];
};

struct descent {
	minimax_function function;
	gpointer data;
	guint dim;
	struct place here;
	double inverse[MINIMAX_DIM][MINIMAX_DIM]; /* of the quadratic form */
	double share;                             /* of the first function in the last step */
};

static double dot(const double *a, const double *b, guint dim)
{
	double sum = 0;

	for (guint i = 0; i < dim; i++)
		sum += a[i] * b[i];
	return sum;
}

static double larger(const struct place *place)
{
	return fmax(place->value[0], place->value[1]);
}

static void look(struct descent *d, struct place *place)
{
	d->function(d->data, place->u, place->value, place->gradient);
}

static void forget(struct descent *d, double scale)
{
	memset(d->inverse, 0, sizeof(d->inverse));
	for (guint i = 0; i < d->dim; i++)
		d->inverse[i][i] = scale;
}

static void multiply(const struct descent *d, const double *x, double *out)
{
	for (guint i = 0; i < d->dim; i++)
		out[i] = dot(d->inverse[i], x, d->dim);
}

/* The step, and how much the model says it gains. */
static double step_of(struct descent *d, double *step)
{
	const struct place *at = &d->here;
	double difference[MINIMAX_DIM], mixed[MINIMAX_DIM], turned[MINIMAX_DIM];

	for (guint i = 0; i < d->dim; i++)
		difference[i] = at->gradient[0][i] - at->gradient[1][i];
	multiply(d, difference, turned);
	double curve = dot(difference, turned, d->dim);
	double slope = at->value[0] - at->value[1] - dot(turned, at->gradient[1], d->dim);
	d->share = curve > 1e-300 ? CLAMP(slope / curve, 0, 1) : slope > 0;
	for (guint i = 0; i < d->dim; i++)
		mixed[i] = at->gradient[1][i] + d->share * difference[i];
	multiply(d, mixed, step);
	for (guint i = 0; i < d->dim; i++)
		step[i] = -step[i];
	double longest = 0;
	for (guint i = 0; i < d->dim; i++)
		longest = fmax(longest, fabs(step[i]));
	if (longest > 0.3)
		for (guint i = 0; i < d->dim; i++)
			step[i] *= 0.3 / longest;
	return larger(at) - fmax(at->value[0] + dot(at->gradient[0], step, d->dim),
	                         at->value[1] + dot(at->gradient[1], step, d->dim));
}

/* BFGS on the mixture of both functions, on the inverse. */
static void learn(struct descent *d, const struct place *next)
{
	double s[MINIMAX_DIM], y[MINIMAX_DIM], turned[MINIMAX_DIM];

	for (guint i = 0; i < d->dim; i++) {
		s[i] = next->u[i] - d->here.u[i];
		y[i] = d->share * (next->gradient[0][i] - d->here.gradient[0][i]) +
		       (1 - d->share) * (next->gradient[1][i] - d->here.gradient[1][i]);
	}
	double along = dot(s, y, d->dim);
	if (along <= 1e-10 * sqrt(dot(s, s, d->dim) * dot(y, y, d->dim)))
		return;
	multiply(d, y, turned);
	double factor = (1 + dot(y, turned, d->dim) / along) / along;
	for (guint i = 0; i < d->dim; i++)
		for (guint k = 0; k < d->dim; k++)
			d->inverse[i][k] += factor * s[i] * s[k] -
			                    (s[i] * turned[k] + turned[i] * s[k]) / along;
}

/* Along the step, shorter and shorter, until it is downhill. */
static gboolean walk(struct descent *d, const double *step, double gain)
{
	double before = larger(&d->here);

	for (double length = 1; length > 1e-4; length *= 0.4) {
		struct place next = {{0}};
		for (guint i = 0; i < d->dim; i++)
			next.u[i] = d->here.u[i] + length * step[i];
		look(d, &next);
		if (larger(&next) < before - 1e-3 * length * gain) {
			learn(d, &next);
			d->here = next;
			return TRUE;
		}
	}
	return FALSE;
}

double minimax_descend(minimax_function function, gpointer data, guint dim, double *u,
                       guint max_steps)
{
	struct descent d = {.function = function, .data = data, .dim = dim};
	gboolean fresh = TRUE;

	g_assert(dim <= MINIMAX_DIM);
	memcpy(d.here.u, u, dim * sizeof(*u));
	look(&d, &d.here);
	forget(&d, 0.02);
	for (guint i = 0; i < max_steps && dim > 0; i++) {
		double step[MINIMAX_DIM];
		double gain = step_of(&d, step);
		if (gain < 1e-8 && fresh)
			break;
		if (gain >= 1e-8 && walk(&d, step, gain)) {
			fresh = FALSE;
			continue;
		}
		if (fresh)
			break;
		forget(&d, 0.005);
		fresh = TRUE;
	}
	memcpy(u, d.here.u, dim * sizeof(*u));
	return larger(&d.here);
}

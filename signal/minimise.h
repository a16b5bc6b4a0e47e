/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_MINIMISE_H
#define SIGNAL_MINIMISE_H

#include <glib.h>

#define MINIMISE_MAX_VARIABLES 24

/* Two smooth functions of a few variables, with their gradients. */
struct minimise_values {
	double value[2];
	double gradient[2][MINIMISE_MAX_VARIABLES];
};

/* What a descent learnt of the curvature, for the next one on nearly the same functions. */
struct minimise_memory {
	gboolean learnt;
	double inverse[MINIMISE_MAX_VARIABLES][MINIMISE_MAX_VARIABLES];
};

struct minimise_problem {
	guint n;
	void (*cost)(void *data, const double *x, struct minimise_values *values);
	void *data;
	const double *scale; /* n typical step widths, above zero */
	const double *low;   /* n bounds each, that no point leaves; null: none */
	const double *high;
	double max_step;  /* no variable moves more than this times its scale in one step */
	double tolerance; /* stop when a step promises to win less */
	guint max_evaluations;
	struct minimise_memory *memory; /* borrowed: read, and written at the end; may be null */
};

/*
 * Makes the larger of the two functions small: quasi-Newton descent (Broyden, Fletcher, Goldfarb,
 * Shanno, for the multiplier's mixture of both) whose steps look for the crease between them. x is
 * moved to the best point found. A variable at its bound takes part again when the slope turns.
 * Returns the larger value there; adds the calls of cost to *evaluations.
 */
double minimise_larger(const struct minimise_problem *problem, double *x, guint *evaluations);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_REFERENCE_TDECQ_JUDGE_H
#define TESTS_REFERENCE_TDECQ_JUDGE_H

#include "tests/reference/exact_wave.h"
#include "tests/reference/tdecq_reference.h"

#include <glib.h>

/* The value at one point, and its derivatives: what tdecq_reference.c searches. */

#define JUDGE_PAD 16 /* so many symbols of the period's other end lie before and behind it */

/* Powers less average, in units of OMAouter; noise as well. */
struct judge {
	const struct reference_input *in;
	const struct tdecq_settings *set;
	double rho[TDECQ_MAX_TAPS];
	double least_noise;   /* variance of the quietest level; R^2 = T^2 - least_noise */
	double more_noise[4]; /* what the others have on top */
	guint nodes;          /* in each window */
	double node[GAUSS_NODES_MAX], weight[GAUSS_NODES_MAX];
	double centre_ui; /* where the windows' samples were taken; NaN: nowhere yet */
	double *x[2][GAUSS_NODES_MAX], *slope[2][GAUSS_NODES_MAX]; /* padded */
	double *y[2][GAUSS_NODES_MAX];
	double log_t[2]; /* the last solution, a good guess for the next */
	gsize used;      /* of the symbols; all of them but in rough looks */
	/* which coordinates are searched */
	gboolean slides; /* the centre; else it stays where it is */
	double still_ui;
	guint main, dependent; /* the tap that makes the sum 1 */
	gboolean main_fixed;   /* on its lower limit */
	guint dim, n_free;
	guint free_tap[TDECQ_MAX_TAPS];
};

/* What a window's error ratio is, and how it changes. */
struct judge_tally {
	double ser;
	double by_log_t;   /* derivatives of ser */
	double by_log_ceq; /* with the opposite sign this is of Ceq alone */
	double by_tap[TDECQ_MAX_TAPS];
	double by_shift[3];
	double by_centre;
};

void judge_init(struct judge *j, const struct reference_input *in, const struct tdecq_settings *set,
                guint nodes);
void judge_clear(struct judge *j);

/* Takes the windows' samples at this centre; nothing when they are there already. */
void judge_windows(struct judge *j, double centre_ui);

/* Windows and equalised values for a point. */
void judge_take(struct judge *j, const struct reference_point *p);

/* Ceq; row: derivatives of its logarithm by the taps. */
double judge_noise_gain(const struct judge *j, const struct reference_point *p, double *row);

/* Looks at a window (0 left, 1 right) of the point taken, at T = sqrt(R^2 + noise of the quietest
 * level). */
void judge_look(const struct judge *j, const struct reference_point *p, guint side, double log_t,
                gboolean with_gradient, struct judge_tally *t);

/* The log T at the target; the tally is of the last look. */
double judge_solve(struct judge *j, const struct reference_point *p, guint side,
                   gboolean with_gradient, struct judge_tally *t);

/* TDECQ for R in units of OMAouter; infinite for none. */
double judge_db(const struct judge *j, double noise);

#endif

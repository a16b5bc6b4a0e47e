/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_TDECQ_COST_H
#define SIGNAL_TDECQ_COST_H

#include "signal/kernels.h"
#include "signal/minimise.h"
#include "signal/symbol_fit.h"
#include "signal/tdecq.h"

#include <glib.h>

/* One choice of everything that the search may move. Powers in units of OMAouter. */
struct tdecq_point {
	double taps[TDECQ_MAX_TAPS];
	double shift[3];  /* of the thresholds */
	double centre_ui; /* of the window pair, from where the symbols were fitted */
};

/* What comes out for it. */
struct tdecq_outcome {
	double value; /* the larger cost */
	double ceq2;
	double noise[2];  /* noise that each window bears */
	double slope[2];  /* d ln ser / d ln noise there */
	double slope2[2]; /* mean of (d ln ser / d value of a symbol)^2 */
	double errors[2]; /* part of the symbols decided wrongly */
	gboolean closed;  /* more errors than allowed without any noise */
};

/*
 * The functions whose larger one is to be made small: -ln of the noise that each window bears. Set
 * the members of the first group, then tdecq_cost_init.
 */
struct tdecq_cost {
	const struct symbol_fit *fit;          /* borrowed */
	const struct tdecq_settings *settings; /* borrowed */
	double signal_variance[4];             /* of the signal's own noise, by level */
	double signal_mean;
	double anchor_ui; /* the symbols were fitted around their middle plus this */
	guint n_taps;
	guint main_tap;
	gboolean fixed_taps; /* point.taps stay as they are */
	double multiplier;   /* force that holds the main tap at its limit; 0 while it is above */
	guint stride;        /* look at one block of symbols in so many */
	guint nodes;         /* of each window: 2 are 0.001 dB off, 3 exact */
	double tolerance;    /* of ln ser: nearer the rest is extrapolated */
	struct tdecq_point point;     /* last one looked at */
	struct tdecq_outcome outcome; /* of it; outcome.noise is where the next look starts */
	struct tdecq_point best;      /* of those since best_outcome.value was set to infinity */
	struct tdecq_outcome best_outcome;

	const struct kernels *kernels;      /* the rest: working space */
	double correlation[TDECQ_MAX_TAPS]; /* of the added noise, by symbols between taps */
	struct sweep_input in;
	struct sweep_output out;
	double sweeps; /* looks at all symbols so far */
};

/*
 * The limit of the main tap is a spring of this stiffness, held taut by the multiplier (an
 * augmented Lagrangian): after a descent the multiplier grows by the stiffness times what the tap
 * still lacks.
 */
#define TDECQ_MAIN_TAP_STIFFNESS 100.0

void tdecq_cost_init(struct tdecq_cost *cost);

/* Number of variables: free taps (all but the main one), 3 thresholds, centre, as settings say. */
guint tdecq_cost_variables(const struct tdecq_cost *cost);

/* The variables: where they start, typical steps of them, and their bounds. */
struct tdecq_variables {
	double x[TDECQ_MAX_TAPS + 3];
	double scale[TDECQ_MAX_TAPS + 3];
	double low[TDECQ_MAX_TAPS + 3];
	double high[TDECQ_MAX_TAPS + 3];
};

/* Those of cost->point. */
void tdecq_cost_start(const struct tdecq_cost *cost, struct tdecq_variables *variables);

/* Values and gradients at x; fits struct minimise_problem. Updates point, outcome and best. */
void tdecq_cost_at(void *cost, const double *x, struct minimise_values *values);

/* How far the main tap of the last point is below its limit; negative when it is above. */
double tdecq_cost_main_tap_lack(const struct tdecq_cost *cost);

/* What the polynomials let through of the samples' noise, mean over a window. */
double tdecq_cost_let_through(const struct tdecq_cost *cost, guint side, double *slope);

#endif

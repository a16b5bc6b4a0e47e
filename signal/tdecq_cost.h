/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_TDECQ_COST_H
#define SIGNAL_TDECQ_COST_H

#include "signal/minimise.h"
#include "signal/symbol_fit.h"
#include "signal/tdecq.h"
#include "signal/tdecq_ser.h"

#include <glib.h>

/* One choice of everything that the search may move. Powers in units of OMAouter. */
struct tdecq_point {
	double taps[TDECQ_MAX_TAPS];
	double shift[3];  /* of the thresholds */
	double centre_ui; /* of the window pair, from the middle of the symbol */
};

/* What comes out for it. */
struct tdecq_outcome {
	double ceq2;
	double noise[2]; /* noise that each window bears */
	double ser[2];
	gboolean closed; /* more errors than allowed without any noise */
};

/*
 * The functions whose larger one is to be made small: -ln of the noise that each window bears. Set
 * the members of the first group, then tdecq_cost_init.
 */
struct tdecq_cost {
	const struct symbol_fit *fit;          /* borrowed */
	const guint8 *levels;                  /* borrowed */
	const struct tdecq_settings *settings; /* borrowed */
	double signal_variance[4];             /* of the signal's own noise, by level */
	double signal_mean;
	guint n_taps;
	guint main_tap;
	gboolean fixed_taps;          /* point.taps stay as they are */
	guint stride;                 /* look at one block of symbols in so many */
	struct tdecq_point point;     /* last one looked at */
	struct tdecq_outcome outcome; /* of it */

	double correlation[TDECQ_MAX_TAPS];    /* of the added noise, by symbols between taps */
	struct ser_table *table;               /* the rest: owned working space */
	struct ser_histogram *histogram;       /* left, right */
	float (*value_slope)[4][SER_BINS + 1]; /* left, right */
	float *term[SYMBOL_FIT_TERMS];         /* the equalised symbols' polynomials */
	double node_ui[2][3];
};

void tdecq_cost_init(struct tdecq_cost *cost);
void tdecq_cost_clear(struct tdecq_cost *cost);

/* Number of variables: free taps (all but the main one), 3 thresholds, centre, as settings say. */
guint tdecq_cost_variables(const struct tdecq_cost *cost);

/* Variables of cost->point, and typical steps of them. */
void tdecq_cost_start(const struct tdecq_cost *cost, double *x, double *scale);

/* Values and gradients at x; fits struct minimise_problem. Updates point and outcome. */
void tdecq_cost_at(void *cost, const double *x, struct minimise_values *values);

/* Error ratios of both windows for the last point at one noise. */
void tdecq_cost_ser(const struct tdecq_cost *cost, double noise, double ser[2]);

/* Wrong decisions in the middle of either window for the last point (with stride 1). */
gsize tdecq_cost_symbol_errors(const struct tdecq_cost *cost);

#endif

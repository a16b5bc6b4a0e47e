/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_FIT_PIECEWISE_H
#define SIGNAL_FIT_PIECEWISE_H

#include "signal/fit.h"

#include <glib.h>

#define FIT_PIECES_MAX       3
#define FIT_PIECEWISE_TERMS  6 /* start value, three slopes, two knots */
#define FIT_PIECEWISE_KNOT_1 4 /* place of the first knot among them */

enum fit_direction {
	FIT_ANY_DIRECTION,
	FIT_RISING, /* no slope below 0 */
	FIT_FALLING,
};

struct fit_piecewise_settings {
	guint pieces;                 /* 1..FIT_PIECES_MAX */
	const double *knots;          /* pieces - 1, ascending, inside the points; null: searched */
	enum fit_direction direction; /* enforced by least squares under a constraint */
	gboolean sigma_is_relative;   /* sigma tells proportions only, as y for relative errors: the
	                                 size comes from the scatter */
};

/* Straight pieces that meet at the knots; beyond the points the outer pieces go on. */
struct fit_piecewise {
	guint pieces;
	double knot[FIT_PIECES_MAX - 1];
	double slope[FIT_PIECES_MAX];
	double start_x; /* the smallest x */
	double start_y; /* value there */
	/*
	 * Of start value, slopes and knots. 0 for a knot that was given, for a slope that the
	 * constraint holds at 0 and for a knot beside two such slopes.
	 */
	double covariance[FIT_PIECEWISE_TERMS][FIT_PIECEWISE_TERMS];
	gboolean constrained; /* the constraint holds a slope at 0 */
	guint free_terms;     /* fitted numbers; degrees of freedom are n - free_terms */
	double residual_rms;  /* sqrt(sum r^2 / (n - free_terms)); 0 when none are left */
	double residual_max;
	double relative_max;
	double chi2;
	double chi2_free; /* without the constraint, at its own knots */
	guint n;
	double x_max;
	/*
	 * NOT_MONOTONIC: points break the direction by more than three standard deviations; the fit
	 * keeps to it all the same. TOO_FEW: as many fitted numbers as points. DOUBTFUL: chi2, or a
	 * searched knot between two slopes that are the same within three standard errors.
	 */
	struct fit_verdict verdict;
};

/*
 * sigma as in fit_line. Searched knots have two different x or more on each side and between them.
 * Errors: STATION_ERROR_DATA as fit_line, too few different x for the pieces; RANGE for settings
 * (SIGNAL_BAD_SETTING).
 */
gboolean fit_piecewise(const double *x, const double *y, const double *sigma, guint n,
                       const struct fit_piecewise_settings *settings, struct fit_piecewise *fit,
                       GError **error);

double fit_piecewise_at(const struct fit_piecewise *fit, double x);

/* Standard error of the fitted curve at x, uncertainty of searched knots included. */
double fit_piecewise_sigma_at(const struct fit_piecewise *fit, double x);

#endif

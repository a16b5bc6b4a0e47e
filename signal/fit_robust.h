/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_FIT_ROBUST_H
#define SIGNAL_FIT_ROBUST_H

#include "signal/fit.h"

#include <glib.h>

/*
 * A line that nearly half of the points cannot draw away. It starts with repeated medians (A. F.
 * Siegel, Biometrika 69 (1982) 242) and goes on with weighted least squares whose weights fall to 0
 * (Tukey's bisquare; P. J. Huber, Robust Statistics, 1981, chapters 6 and 7).
 */
struct fit_robust {
	struct fit_line line; /* n: points that are no outliers, and all sums are over them; the
	                         standard errors are Huber's. Verdict: besides those of fit_line
	                         TOO_FEW below 5 points, where nothing outvotes an outlier, and
	                         DOUBTFUL with more than two fifths outliers */
	double scale;         /* robust standard deviation of the residuals, in units of sigma */
	guint outliers;       /* points further than 3.5 scales from the line */
};

/*
 * sigma as in fit_line; when given, the scale is at least 1. outlier: n flags to fill, or null. At
 * least 3 points. Time grows with n squared. Errors as fit_line.
 */
gboolean fit_line_robust(const double *x, const double *y, const double *sigma, guint n,
                         gboolean *outlier, struct fit_robust *fit, GError **error);

#endif

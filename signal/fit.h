/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_FIT_H
#define SIGNAL_FIT_H

#include "signal/status.h"

#include <glib.h>

/*
 * Least squares for calibration. All errors are STATION_ERROR_DATA: too few points, values that are
 * not finite, sigma not above zero, all x alike; the verdict then tells which: TOO_FEW, NOT_FINITE,
 * CONSTANT, BAD_SETTING. A fit that was made has a verdict on itself: whether it should be used.
 */

/* A verdict of a fit on itself. */
struct fit_verdict {
	enum signal_status status;
	const char *reason; /* static text; null when SIGNAL_OK */
};

struct fit_line {
	double slope;
	double offset;
	double slope_sigma; /* standard errors */
	double offset_sigma;
	double covariance;   /* of slope and offset */
	double residual_rms; /* sqrt(sum r^2 / (n - 2)), unweighted, in y; 0 for two points */
	double residual_max; /* largest |r| */
	double relative_max; /* largest |r / y| over points with y other than 0 */
	double chi2;         /* sum (r / sigma)^2 */
	guint n;
	struct fit_verdict verdict; /* doubts: slope within three standard errors of zero; with
	                             * given sigma, chi2 beyond what 1 in 1000 such fits has */
};

/*
 * y = offset + slope x. sigma: standard uncertainty of each y, or null when equal and unknown: then
 * the standard errors come from the scatter (and are 0 for two points).
 */
gboolean fit_line(const double *x, const double *y, const double *sigma, guint n,
                  struct fit_line *fit, GError **error);

/*
 * The line that makes the relative errors small: sum ((y_fit - y) / y)^2 is least. For power
 * monitors. All y must be above zero.
 */
gboolean fit_line_relative(const double *x, const double *y, guint n, struct fit_line *fit,
                           GError **error);

double fit_line_at(const struct fit_line *fit, double x);

#define FIT_MAX_DEGREE 4

/* y = sum c_i ((x - centre) / scale)^i, and the same in powers of x. */
struct fit_polynomial {
	guint degree;
	double centre;
	double scale;
	double coefficient[FIT_MAX_DEGREE + 1]; /* of the scaled x, lowest first */
	double power[FIT_MAX_DEGREE + 1];       /* of x itself, lowest first */
	double covariance[FIT_MAX_DEGREE + 1][FIT_MAX_DEGREE + 1]; /* of coefficient[] */
	double residual_rms; /* as in fit_line, with n - degree - 1 */
	double residual_max;
	double relative_max;
	double chi2;
	gboolean monotonic; /* between the smallest and the largest x */
	guint n;
	double x_min;
	double x_max;
	struct fit_verdict verdict;
};

/* degree 0..FIT_MAX_DEGREE, at least degree + 1 different x. sigma as in fit_line. */
gboolean fit_polynomial(const double *x, const double *y, const double *sigma, guint n,
                        guint degree, struct fit_polynomial *fit, GError **error);

double fit_polynomial_at(const struct fit_polynomial *fit, double x);

/* Standard error of the fitted curve at x. */
double fit_polynomial_sigma_at(const struct fit_polynomial *fit, double x);

#endif

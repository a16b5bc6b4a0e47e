/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_CORRELATION_H
#define SIGNAL_CORRELATION_H

#include "signal/status.h"

#include <glib.h>

/*
 * How two values of the same things go together. Bounds are two-sided by Fisher's transformation:
 * its variance is 1 / (n - 3) for Pearson's r (R. A. Fisher, Metron 1 (1921) 3), and
 * (1 + rho^2 / 2) / (n - 3) for Spearman's rho (D. G. Bonett and T. A. Wright, Psychometrika 65
 * (2000) 23 [M]).
 */
struct correlation {
	double pearson, pearson_low, pearson_high;
	double spearman, spearman_low, spearman_high;
	double slope, offset; /* least squares: y = offset + slope x */
	guint n;
	enum signal_status
		status; /* OK; TOO_FEW (four are wanted), CONSTANT, NOT_FINITE: all NaN */
};

struct correlation correlation_of(const double *x, const double *y, guint n, double confidence);

#endif

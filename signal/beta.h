/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_BETA_H
#define SIGNAL_BETA_H

/*
 * Regularised incomplete beta function I_x(a, b) for a, b > 0, to about 1e-10 relative also for
 * b of 1e15 (where differences of log-gamma lose everything), as long as a stays below 1e9.
 */
double beta_incomplete(double x, double a, double b);

/* x with I_x(a, b) = p. */
double beta_quantile(double p, double a, double b);

/* Quantile of chi-square: x that is exceeded with probability 1 - p, dof above 0. */
double beta_chi2_quantile(double p, double dof);

#endif

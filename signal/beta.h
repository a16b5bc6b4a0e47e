/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_BETA_H
#define SIGNAL_BETA_H

/*
 * Regularised incomplete beta function I_x(a, b) for a, b > 0, to about 1e-10 relative also for
 * b of 1e15 (where differences of log-gamma lose everything), as long as a stays below 1e9. Time
 * grows with the root of a.
 */
double beta_incomplete(double x, double a, double b);

/* x with I_x(a, b) = p; NaN for p outside 0..1. */
double beta_quantile(double p, double a, double b);

/* Quantile of chi-square: x that is exceeded with probability 1 - p, dof above 0. */
double beta_chi2_quantile(double p, double dof);

/* Student's t for two-sided confidence: |t| is below it with that probability, dof above 0. */
double beta_student_quantile(double confidence, double dof);

/* Quantile of F, the ratio of two mean squares. */
double beta_f_quantile(double p, double dof_above, double dof_below);

/* Probability of more than k events where `mean` are expected (Poisson), mean below 1e9. */
double beta_poisson_above(double k, double mean);

#endif

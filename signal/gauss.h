/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_GAUSS_H
#define SIGNAL_GAUSS_H

/* Tail of the normal distribution, Q(x) = erfc(x / sqrt 2) / 2. */
double gauss_q(double x);

/* x with Q(x) = p, to about 1e-14 relative, for 0 < p < 1; NaN outside. */
double gauss_q_inverse(double p);

/* Density of the normal distribution. */
double gauss_density(double x);

#endif

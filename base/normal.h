/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_NORMAL_H
#define BASE_NORMAL_H

/*
 * The standard normal distribution: how often a value lies above x, the x for which that is p, and
 * the density.
 * The inverse is Abramowitz and Stegun 26.2.23 refined by Halley's method: relative 1e-12 for
 * 1e-300 < p < 1; NAN for p outside 0 to 1, or at either end.
 */
double normal_tail(double x);
double normal_tail_inverse(double p);
double normal_density(double x);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_MOMENTS_H
#define SIGNAL_MOMENTS_H

#include <glib.h>

/*
 * Mean and central moments of values that come one by one: one pass, nothing kept, without the loss
 * of sums of squares. B. P. Welford, Technometrics 4 (1962) 419; third and fourth moment after
 * P. Pebay, SAND2008-6212. All bytes zero is the empty one.
 */
struct moments {
	guint64 n;
	double mean;
	double m2, m3, m4; /* sums of the powers of the distances from the mean */
	double least, most;
};

/* A value that is not finite spoils what follows: the caller leaves it out. */
void moments_add(struct moments *moments, double value);

/* Standard deviation with n - 1; NaN below two values. */
double moments_sd(const struct moments *moments);

/*
 * Whether values may come from a normal distribution, from their skewness sqrt(b1) (0 for it) and
 * kurtosis b2 (3 for it): R. B. D'Agostino, A. Belanger and R. B. D'Agostino Jr., The American
 * Statistician 44 (1990) 316. K2 is chi-square of 2 degrees of freedom if they do.
 */
struct normality {
	double skewness, kurtosis;     /* NaN below 3 different values */
	double z_skewness, z_kurtosis; /* standard normal if the values are */
	double k2;
	double p;        /* of a K2 this large or larger; small: not normal */
	gboolean tested; /* FALSE below 20 values, or when all are alike: p and z are NaN */
};

struct normality moments_normality(const struct moments *moments);
struct normality normality_of(double n, double skewness, double kurtosis);

#endif

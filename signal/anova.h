/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_ANOVA_H
#define SIGNAL_ANOVA_H

#include "signal/moments.h"
#include "signal/status.h"

/* Analysis of variance of one way: whether groups of values have one mean. */
struct anova {
	double ss_between, ss_within; /* sums of squares */
	guint dof_between;
	guint64 dof_within;
	double f;                  /* ratio of the mean squares */
	double p;                  /* of an F this large or larger if all means are one */
	enum signal_status status; /* OK; TOO_FEW: not two groups, or no value more than groups;
	                            * CONSTANT: no scatter within. f and p are NaN unless OK */
};

/* Groups without values are left out. */
struct anova anova_one_way(const struct moments *groups, guint n);

/* A difference of means with its two-sided bounds: B. L. Welch, Biometrika 34 (1947) 28. */
struct mean_difference {
	double value, low, high;
	enum signal_status status; /* OK, TOO_FEW (two values in each are wanted), CONSTANT */
};
struct mean_difference anova_difference(const struct moments *a, const struct moments *b,
                                        double confidence);

/* All groups but one, as one. */
struct moments anova_rest(const struct moments *groups, guint n, guint left_out);

/* Probability of an F of those degrees of freedom above f. */
double anova_f_above(double f, double dof_above, double dof_below);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/anova.h"

#include "signal/beta.h"

#include <math.h>

double anova_f_above(double f, double dof_above, double dof_below)
{
	return beta_incomplete(dof_below / (dof_below + dof_above * f), dof_below / 2.0,
	                       dof_above / 2.0);
}

/* n, mean and m2 are those of both together; higher moments are not made. */
static void join(struct moments *all, const struct moments *more)
{
	double a = (double)all->n, b = (double)more->n, delta = more->mean - all->mean;

	if (!more->n)
		return;
	all->m2 += more->m2 + delta * delta * a * b / (a + b);
	all->mean += delta * b / (a + b);
	all->n += more->n;
}

struct moments anova_rest(const struct moments *groups, guint n, guint left_out)
{
	struct moments rest = {0};

	for (guint i = 0; i < n; i++)
		if (i != left_out)
			join(&rest, &groups[i]);
	return rest;
}

struct anova anova_one_way(const struct moments *groups, guint n)
{
	struct anova result = {.f = NAN, .p = NAN, .status = SIGNAL_TOO_FEW};
	struct moments all = anova_rest(groups, n, n);
	guint used = 0;

	for (guint i = 0; i < n; i++) {
		double distance = groups[i].mean - all.mean;

		used += groups[i].n > 0;
		result.ss_within += groups[i].m2;
		result.ss_between += (double)groups[i].n * distance * distance;
	}
	if (used < 2 || all.n <= used)
		return result;
	result.dof_between = used - 1;
	result.dof_within = all.n - used;
	result.status = result.ss_within > 0.0 ? SIGNAL_OK : SIGNAL_CONSTANT;
	if (result.status != SIGNAL_OK)
		return result;
	result.f = result.ss_between / result.dof_between /
	           (result.ss_within / (double)result.dof_within);
	result.p = anova_f_above(result.f, result.dof_between, (double)result.dof_within);
	return result;
}

struct mean_difference anova_difference(const struct moments *a, const struct moments *b,
                                        double confidence)
{
	double na = (double)a->n, nb = (double)b->n;
	double va = a->m2 / (na - 1.0) / na, vb = b->m2 / (nb - 1.0) / nb, sum = va + vb;
	double half;

	if (a->n < 2 || b->n < 2)
		return (struct mean_difference){NAN, NAN, NAN, SIGNAL_TOO_FEW};
	if (!(sum > 0.0))
		return (struct mean_difference){NAN, NAN, NAN, SIGNAL_CONSTANT};
	half = sqrt(sum) *
	       beta_student_quantile(confidence,
	                             sum * sum / (va * va / (na - 1.0) + vb * vb / (nb - 1.0)));
	return (struct mean_difference){a->mean - b->mean, a->mean - b->mean - half,
	                                a->mean - b->mean + half, SIGNAL_OK};
}

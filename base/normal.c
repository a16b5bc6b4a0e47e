/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/normal.h"

#include <math.h>

enum { REFINEMENTS = 4 };

double normal_tail(double x)
{
	return 0.5 * erfc(x * M_SQRT1_2);
}

double normal_density(double x)
{
	return exp(-0.5 * x * x) * (0.5 * M_2_SQRTPI * M_SQRT1_2);
}

double normal_tail_inverse(double p)
{
	if (!(p > 0 && p < 1))
		return NAN;
	if (p > 0.5)
		return -normal_tail_inverse(1 - p);
	double t = sqrt(-2 * log(p));
	double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
	                       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
	for (int i = 0; i < REFINEMENTS; i++) {
		double step = (normal_tail(x) - p) / normal_density(x);
		if (!isfinite(step))
			break; /* the density is no normal number any more */
		x += step / (1 - 0.5 * x * step);
	}
	return x;
}

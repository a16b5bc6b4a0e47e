/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/gauss.h"

#include <math.h>

double gauss_q(double x)
{
	return 0.5 * erfc(x * M_SQRT1_2);
}

double gauss_density(double x)
{
	return exp(-0.5 * x * x) * (0.5 * M_2_SQRTPI * M_SQRT1_2);
}

double gauss_q_inverse(double p)
{
	double t, x;

	if (!(p > 0.0 && p < 1.0))
		return NAN;
	if (p > 0.5)
		return -gauss_q_inverse(1.0 - p);
	/* Abramowitz and Stegun 26.2.23, good to 4.5e-4, then Halley's method. */
	t = sqrt(-2.0 * log(p));
	x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
	                (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
	for (int i = 0; i < 4; i++) {
		double step = (gauss_q(x) - p) / gauss_density(x);

		if (!isfinite(step))
			break; /* beyond 37 sigma the density is no longer a normal number */
		x += step / (1.0 - 0.5 * x * step);
	}
	return x;
}

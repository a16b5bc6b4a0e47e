/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/moments.h"

#include <math.h>

/* Below, the approximations for kurtosis are poor (D'Agostino 1990, section 3). */
static const double normality_least = 20;

void moments_add(struct moments *m, double value)
{
	double before = (double)m->n, n = before + 1.0;
	double delta = value - m->mean, part = delta / n, part2 = part * part;
	double term = delta * part * before;

	m->least = m->n ? fmin(m->least, value) : value;
	m->most = m->n ? fmax(m->most, value) : value;
	m->n++;
	m->mean += part;
	m->m4 += term * part2 * (n * n - 3.0 * n + 3.0) + 6.0 * part2 * m->m2 - 4.0 * part * m->m3;
	m->m3 += term * part * (n - 2.0) - 3.0 * part * m->m2;
	m->m2 += term;
}

double moments_sd(const struct moments *m)
{
	return m->n > 1 ? sqrt(m->m2 / (double)(m->n - 1)) : NAN;
}

static double z_of_skewness(double n, double skewness)
{
	double y = skewness * sqrt((n + 1.0) * (n + 3.0) / (6.0 * (n - 2.0)));
	double beta2 = 3.0 * (n * n + 27.0 * n - 70.0) * (n + 1.0) * (n + 3.0) /
	               ((n - 2.0) * (n + 5.0) * (n + 7.0) * (n + 9.0));
	double w2 = sqrt(2.0 * (beta2 - 1.0)) - 1.0;
	double alpha = sqrt(2.0 / (w2 - 1.0));

	return asinh(y / alpha) / sqrt(0.5 * log(w2));
}

/* Anscombe and Glynn's approximation. */
static double z_of_kurtosis(double n, double kurtosis)
{
	double mean = 3.0 * (n - 1.0) / (n + 1.0);
	double variance =
		24.0 * n * (n - 2.0) * (n - 3.0) / ((n + 1.0) * (n + 1.0) * (n + 3.0) * (n + 5.0));
	double x = (kurtosis - mean) / sqrt(variance);
	double third = 6.0 * (n * n - 5.0 * n + 2.0) / ((n + 7.0) * (n + 9.0)) *
	               sqrt(6.0 * (n + 3.0) * (n + 5.0) / (n * (n - 2.0) * (n - 3.0)));
	double a = 6.0 + 8.0 / third * (2.0 / third + sqrt(1.0 + 4.0 / (third * third)));
	double root = cbrt((1.0 - 2.0 / a) / (1.0 + x * sqrt(2.0 / (a - 4.0))));

	return (1.0 - 2.0 / (9.0 * a) - root) / sqrt(2.0 / (9.0 * a));
}

struct normality normality_of(double n, double skewness, double kurtosis)
{
	struct normality result = {skewness, kurtosis, NAN, NAN, NAN, NAN, FALSE};

	if (n < normality_least || isnan(skewness) || isnan(kurtosis))
		return result;
	result.z_skewness = z_of_skewness(n, skewness);
	result.z_kurtosis = z_of_kurtosis(n, kurtosis);
	result.k2 = result.z_skewness * result.z_skewness + result.z_kurtosis * result.z_kurtosis;
	result.p = exp(-0.5 * result.k2);
	result.tested = TRUE;
	return result;
}

struct normality moments_normality(const struct moments *m)
{
	double n = (double)m->n;

	if (m->n < 3 || !(m->m2 > 0.0))
		return normality_of(0.0, NAN, NAN);
	return normality_of(n, sqrt(n) * m->m3 / pow(m->m2, 1.5), n * m->m4 / (m->m2 * m->m2));
}

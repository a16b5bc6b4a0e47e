/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/beta.h"

#include "base/normal.h"

#include <glib.h>
#include <math.h>

/* From here on the expansion about the normal distribution is as good as the series. */
static const double many = 1e6;

/* ln n! minus Stirling's formula, for n above 0; the series is exact to 1e-15 from 15 on. */
static double stirling_rest(double n)
{
	double n2 = n * n;

	if (n < 15.0)
		return lgamma(n + 1.0) - (n + 0.5) * log(n) + n - 0.5 * log(2.0 * G_PI);
	return (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0) / n2) / n2) / n2) / n;
}

/* a ln(a / m) + m - a without loss when a is near m (after Loader, 2000). */
static double deviance(double a, double m)
{
	double v = (a - m) / (a + m), sum, term;

	if (fabs(v) > 0.1)
		return a * log(a / m) + m - a;
	sum = (a - m) * v;
	term = 2.0 * a * v;
	for (int j = 1; j < 100; j++) {
		double next;

		term *= v * v;
		next = sum + term / (2 * j + 1);
		if (next == sum)
			break;
		sum = next;
	}
	return sum;
}

/* x^a (1-x)^b / B(a, b) by way of the binomial's saddle point. */
static double front_factor(double x, double a, double b)
{
	double n = a + b;
	double rest = stirling_rest(n) - stirling_rest(a) - stirling_rest(b);

	return sqrt(a * b / (2.0 * G_PI * n)) *
	       exp(rest - deviance(a, n * x) - deviance(b, n * (1.0 - x)));
}

/*
 * 1 + (a+b)/(a+1) x + (a+b)(a+b+1)/((a+1)(a+2)) x^2 + ...: all terms positive, so nothing cancels;
 * some multiple of sqrt(a) terms count.
 */
static double series(double x, double a, double b)
{
	double term = 1.0, sum = 1.0;

	for (double k = 0.0; k < 1e7; k += 1.0) {
		double ratio = (a + b + k) * x / (a + 1.0 + k);

		term *= ratio;
		sum += term;
		if (ratio < 1.0 && term * ratio < sum * 1e-16 * (1.0 - ratio))
			break;
	}
	return sum;
}

double beta_incomplete(double x, double a, double b)
{
	if (!(a > 0.0 && b > 0.0) || isnan(x))
		return NAN;
	if (x <= 0.0)
		return 0.0;
	if (x >= 1.0)
		return 1.0;
	if (x <= 0.5)
		return fmin(front_factor(x, a, b) * series(x, a, b) / a, 1.0);
	return fmax(1.0 - front_factor(1.0 - x, b, a) * series(1.0 - x, b, a) / b, 0.0);
}

/* Quantile of a beta function with large a and b: Cornish and Fisher's expansion about the normal.
 */
static double nearly_normal_quantile(double p, double a, double b)
{
	double n = a + b, ab = a * b, z = -normal_tail_inverse(p);
	double skewness = 2.0 * (b - a) * sqrt(n + 1.0) / ((n + 2.0) * sqrt(ab));
	double excess = 6.0 * ((a - b) * (a - b) * (n + 1.0) - ab * (n + 2.0)) /
	                (ab * (n + 2.0) * (n + 3.0));
	double w = z + (z * z - 1.0) * skewness / 6.0 + (z * z - 3.0) * z * excess / 24.0 -
	           (2.0 * z * z - 5.0) * z * skewness * skewness / 36.0;

	return a / n + w * sqrt(ab / (n + 1.0)) / n;
}

/*
 * Newton's method in the logarithm (relative exactness however small the quantile is), kept inside
 * a bracket that halves whenever a step would leave it. dI/d(ln x) is the front factor over 1 - x.
 */
double beta_quantile(double p, double a, double b)
{
	double low = log(1e-300), high = 0.0, y = log(a / (a + b));

	if (!(p > 0.0 && p < 1.0))
		return p == 0.0 ? 0.0 : p == 1.0 ? 1.0 : NAN;
	if (fmin(a, b) > many)
		return nearly_normal_quantile(p, a, b);
	for (int i = 0; i < 200 && high - low > 1e-13; i++) {
		double x = exp(y), miss = beta_incomplete(x, a, b) - p;
		double slope = front_factor(x, a, b) / (1.0 - x), next;

		if (miss < 0.0)
			low = y;
		else
			high = y;
		next = y - miss / slope;
		if (fabs(next - y) < 1e-13 && slope > 0.0)
			return exp(next);
		y = next > low && next < high ? next : 0.5 * (low + high);
	}
	return exp(0.5 * (low + high));
}

/* Poisson and chi-square are the limit of the beta function for large b. */
static const double large = 1e12;

double beta_chi2_quantile(double p, double dof)
{
	return 2.0 * large * beta_quantile(p, 0.5 * dof, large);
}

double beta_student_quantile(double confidence, double dof)
{
	double x = beta_quantile(1.0 - confidence, 0.5 * dof, 0.5);

	return sqrt(dof * (1.0 - x) / x);
}

double beta_f_quantile(double p, double dof_above, double dof_below)
{
	double x = beta_quantile(p, 0.5 * dof_above, 0.5 * dof_below);

	return x < 1.0 ? dof_below * x / (dof_above * (1.0 - x)) : INFINITY;
}

double beta_poisson_above(double k, double mean)
{
	return beta_incomplete(mean / large, k + 1.0, large);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/random.h"

#include <math.h>

static void test_streams(void)
{
	struct random_stream a, b, other_name, other_seed;

	random_init(&a, 7, "laser");
	random_init(&b, 7, "laser");
	random_init(&other_name, 7, "laser ");
	random_init(&other_seed, 8, "laser");
	guint64 first = random_u64(&a);
	g_assert_cmpuint(first, ==, random_u64(&b));
	g_assert_cmpuint(first, !=, random_u64(&other_name));
	g_assert_cmpuint(first, !=, random_u64(&other_seed));
}

/* Moments and tails against the normal distribution, bounds of about five deviations. */
static void check_normal(const float *x, gsize n)
{
	double m1 = 0, m2 = 0, m4 = 0, beyond3 = 0, beyond4 = 0;

	for (gsize i = 0; i < n; i++) {
		m1 += x[i];
		m2 += x[i] * (double)x[i];
		m4 += pow(x[i], 4);
		beyond3 += fabsf(x[i]) > 3;
		beyond4 += fabsf(x[i]) > 4;
	}
	double count = (double)n, root = sqrt(count);
	g_assert_cmpfloat(fabs(m1 / count), <, 5 / root);
	g_assert_cmpfloat(fabs(m2 / count - 1), <, 5 * sqrt(2) / root);
	g_assert_cmpfloat(fabs(m4 / count - 3), <, 5 * sqrt(96) / root);
	g_assert_cmpfloat(fabs(beyond3 / count - 2.6998e-3), <, 5 * sqrt(2.6998e-3) / root);
	g_assert_cmpfloat(fabs(beyond4 / count - 6.334e-5), <, 5 * sqrt(6.334e-5) / root);
}

static void test_normal(void)
{
	gsize n = 1 << 20;
	g_autofree float *x = g_new(float, n);
	struct random_stream s;

	random_init(&s, 1, "fast");
	random_fill_normal(&s, x, n);
	check_normal(x, n);
	for (gsize i = 0; i < n; i++)
		x[i] = (float)random_normal(&s);
	check_normal(x, n);
}

static void test_bounded(void)
{
	struct random_stream s;
	double largest = 0;

	random_init(&s, 2, "bounded");
	for (int i = 0; i < 20000; i++)
		largest = fmax(largest, fabs(random_bounded(&s, 3, 1.5)));
	g_assert_cmpfloat(largest, <=, 4.5);
	g_assert_cmpfloat(largest, >, 4.4);
}

static void test_poisson(void)
{
	static const double means[] = {0, 0.3, 4, 9.9, 10, 37.5, 4000, 3e6};
	struct random_stream s;

	random_init(&s, 3, "poisson");
	for (gsize k = 0; k < G_N_ELEMENTS(means); k++) {
		double sum = 0, square = 0, n = 40000, mean = means[k];
		for (int i = 0; i < n; i++) {
			double x = (double)random_poisson(&s, mean) - mean;
			sum += x;
			square += x * x;
		}
		g_assert_cmpfloat(fabs(sum / n), <=, 5 * sqrt(mean / n));
		/* The variance of the squares: mean + 2 mean^2. */
		g_assert_cmpfloat(fabs(square / n - mean), <=,
		                  5 * sqrt((mean + 2 * mean * mean) / n) + 1e-12);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/random/streams", test_streams);
	g_test_add_func("/bench/random/normal", test_normal);
	g_test_add_func("/bench/random/bounded", test_bounded);
	g_test_add_func("/bench/random/poisson", test_poisson);
	return g_test_run();
}

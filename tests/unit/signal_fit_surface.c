/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_surface.h"

#include "base/error.h"

#include <math.h>

static const double low[2] = {-0.25, -0.25}, high[2] = {0.25, 0.25};

/* The settings that six readings are taken at: a centre, a step each way, and both. */
static const double xs[] = {0, 0.08, -0.08, 0, 0, 0.08, -0.08};
static const double ys[] = {0, 0, 0, 0.08, -0.08, 0.08, 0.08};

static double bowl_at(double x, double y)
{
	double u = x + 0.03, v = y - 0.05;

	return 1.7 + 40 * u * u + 25 * u * v + 30 * v * v;
}

static void test_bowl(void)
{
	struct fit_surface fit;
	double z[G_N_ELEMENTS(xs)];
	GError *error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(xs); i++)
		z[i] = bowl_at(xs[i], ys[i]);
	for (guint n = 6; n <= G_N_ELEMENTS(xs); n++) {
		g_assert_true(fit_surface(xs, ys, z, n, low, high, &fit, &error));
		g_assert_no_error(error);
		g_assert_cmpint(fit.verdict.status, ==, SIGNAL_OK);
		g_assert_true(fit.bowl);
		g_assert_false(fit.at_edge);
		g_assert_cmpfloat_with_epsilon(fit.least_at[0], -0.03, 1e-9);
		g_assert_cmpfloat_with_epsilon(fit.least_at[1], 0.05, 1e-9);
		g_assert_cmpfloat_with_epsilon(fit.least, 1.7, 1e-9);
		g_assert_cmpfloat_with_epsilon(fit_surface_at(&fit, 0.1, -0.2), bowl_at(0.1, -0.2),
		                               1e-9);
		g_assert_cmpfloat(fit.residual_max, <, 1e-9);
	}
}

/* The floor outside the box: the least on the edge is found on all of it, not at a corner only. */
static void test_edge(void)
{
	static const double narrow_low[2] = {0.0, -0.25}, narrow_high[2] = {0.25, 0.25};
	struct fit_surface fit;
	double z[G_N_ELEMENTS(xs)], best = INFINITY;

	for (guint i = 0; i < G_N_ELEMENTS(xs); i++)
		z[i] = bowl_at(xs[i], ys[i]);
	g_assert_true(
		fit_surface(xs, ys, z, G_N_ELEMENTS(xs), narrow_low, narrow_high, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_EXTRAPOLATED);
	g_assert_true(fit.at_edge);
	for (guint i = 0; i <= 1000; i++)
		best = fmin(best, bowl_at(0, -0.25 + 0.0005 * i));
	g_assert_cmpfloat_with_epsilon(fit.least, best, 1e-4);
	g_assert_cmpfloat_with_epsilon(fit.least_at[0], 0, 1e-12);
}

static void test_saddle(void)
{
	struct fit_surface fit;
	double z[G_N_ELEMENTS(xs)];

	for (guint i = 0; i < G_N_ELEMENTS(xs); i++)
		z[i] = 3 * xs[i] * xs[i] - 5 * ys[i] * ys[i];
	g_assert_true(fit_surface(xs, ys, z, G_N_ELEMENTS(xs), low, high, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_NO_FEATURE);
	g_assert_cmpfloat_with_epsilon(fit.least, -5 * 0.0625, 1e-9);
	g_assert_cmpfloat_with_epsilon(fabs(fit.least_at[1]), 0.25, 1e-12);
}

static void test_refused(void)
{
	static const double line[] = {0, 1, 2, 3, 4, 5, 6};
	double z[G_N_ELEMENTS(xs)] = {0};
	struct fit_surface fit;
	GError *error = NULL;

	g_assert_false(fit_surface(xs, ys, z, 5, low, high, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_TOO_FEW);
	g_clear_error(&error);
	g_assert_false(fit_surface(line, line, z, 7, low, high, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_CONSTANT);
	g_clear_error(&error);
	z[3] = NAN;
	g_assert_false(fit_surface(xs, ys, z, 7, low, high, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_NOT_FINITE);
	g_clear_error(&error);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/signal/fit-surface/bowl", test_bowl);
	g_test_add_func("/signal/fit-surface/edge", test_edge);
	g_test_add_func("/signal/fit-surface/saddle", test_saddle);
	g_test_add_func("/signal/fit-surface/refused", test_refused);
	return g_test_run();
}

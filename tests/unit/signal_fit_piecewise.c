/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_piecewise.h"

#include "base/error.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

#define KNOT_1 FIT_PIECEWISE_KNOT_1

/* 1 + x up to 3, then slope 3 up to 7, then 0.5. */
static double bent(double x)
{
	return 1.0 + fmin(x, 3.0) + 3.0 * (fmax(3.0, fmin(x, 7.0)) - 3.0) +
	       0.5 * fmax(0.0, x - 7.0);
}

static void fill(double *x, double *y, guint n, double step, double (*curve)(double))
{
	for (guint i = 0; i < n; i++) {
		x[i] = step * i;
		y[i] = curve(x[i]);
	}
}

/* Knots that lie on points and between them, found or given. */
static void test_exact(void)
{
	static const double knots[] = {3.0, 7.0};
	struct fit_piecewise_settings settings = {.pieces = 3, .direction = FIT_RISING};
	struct fit_piecewise fit;
	double x[25], y[25];

	fill(x, y, 25, 0.4, bent);
	for (guint given = 0; given < 2; given++) {
		settings.knots = given ? knots : NULL;
		g_assert_true(fit_piecewise(x, y, NULL, 25, &settings, &fit, NULL));
		g_assert_cmpfloat_with_epsilon(fit.knot[0], 3.0, 1e-6);
		g_assert_cmpfloat_with_epsilon(fit.knot[1], 7.0, 1e-6);
		g_assert_cmpfloat_with_epsilon(fit.slope[0], 1.0, 1e-6);
		g_assert_cmpfloat_with_epsilon(fit.slope[1], 3.0, 1e-6);
		g_assert_cmpfloat_with_epsilon(fit.slope[2], 0.5, 1e-6);
		g_assert_cmpfloat_with_epsilon(fit.start_y, 1.0, 1e-6);
		g_assert_cmpuint(fit.free_terms, ==, given ? 4 : 6);
		g_assert_false(fit.constrained);
		g_assert_cmpint(fit.verdict.status, ==, SIGNAL_OK);
		g_assert_cmpfloat_with_epsilon(fit_piecewise_at(&fit, -1.0), 0.0, 1e-5);
		g_assert_cmpfloat_with_epsilon(fit_piecewise_at(&fit, 5.0), 10.0, 1e-5);
		g_assert_cmpfloat_with_epsilon(fit_piecewise_at(&fit, 11.0), 18.0, 1e-5);
	}
}

/* One piece is the straight line. */
static void test_line(void)
{
	static const double x[] = {0.0, 1.0, 2.0, 3.0}, y[] = {1.0, 2.0, 2.0, 4.0};
	struct fit_piecewise_settings settings = {.pieces = 1};
	struct fit_piecewise fit;
	struct fit_line line;

	g_assert_true(fit_piecewise(x, y, NULL, 4, &settings, &fit, NULL));
	g_assert_true(fit_line(x, y, NULL, 4, &line, NULL));
	g_assert_cmpfloat_with_epsilon(fit.slope[0], line.slope, 1e-13);
	g_assert_cmpfloat_with_epsilon(fit.start_y, line.offset, 1e-13);
	g_assert_cmpfloat_with_epsilon(fit.covariance[1][1], line.slope_sigma * line.slope_sigma,
	                               1e-13);
	g_assert_cmpfloat_with_epsilon(fit.covariance[0][0], line.offset_sigma * line.offset_sigma,
	                               1e-13);
	g_assert_cmpfloat_with_epsilon(fit.residual_rms, line.residual_rms, 1e-13);
	g_assert_cmpfloat_with_epsilon(fit.chi2, line.chi2, 1e-13);
	g_assert_cmpfloat_with_epsilon(fit_piecewise_sigma_at(&fit, 0.0), line.offset_sigma, 1e-13);
}

/* Errors told are errors made, knot included: simulation with known and unknown sigma. */
static void test_spread(void)
{
	struct fit_piecewise_settings settings = {.pieces = 2};
	struct maker_rng rng = {.state = 51};
	double knot2 = 0.0, slope2 = 0.0, at2 = 0.0, told[3] = {0.0}, sigma[30], x[30], y[30];
	const guint trials = 150;

	for (guint i = 0; i < trials; i++) {
		struct fit_piecewise fit;

		for (guint k = 0; k < 30; k++) {
			x[k] = k;
			y[k] = fmax(0.0, k - 11.3) + 0.3 * maker_normal(&rng);
			sigma[k] = 0.3;
		}
		g_assert_true(fit_piecewise(x, y, i % 2 ? sigma : NULL, 30, &settings, &fit, NULL));
		knot2 += (fit.knot[0] - 11.3) * (fit.knot[0] - 11.3) / trials;
		slope2 += (fit.slope[1] - 1.0) * (fit.slope[1] - 1.0) / trials;
		at2 += pow(fit_piecewise_at(&fit, 20.0) - 8.7, 2.0) / trials;
		told[0] += fit.covariance[KNOT_1][KNOT_1] / trials;
		told[1] += fit.covariance[2][2] / trials;
		told[2] += pow(fit_piecewise_sigma_at(&fit, 20.0), 2.0) / trials;
	}
	g_assert_cmpfloat_with_epsilon(sqrt(knot2 / told[0]), 1.0, 0.2);
	g_assert_cmpfloat_with_epsilon(sqrt(slope2 / told[1]), 1.0, 0.2);
	g_assert_cmpfloat_with_epsilon(sqrt(at2 / told[2]), 1.0, 0.2);
}

/* Relative errors of a receiver's monitor: 3 decades of power, a bend at 100 uW. */
static void test_relative(void)
{
	struct fit_piecewise_settings settings = {.pieces = 2,
	                                          .direction = FIT_RISING,
	                                          .sigma_is_relative = TRUE};
	struct fit_piecewise relative, absolute;
	double x[16], y[16];

	for (guint i = 0; i < 16; i++) {
		x[i] = 10.0 * pow(10.0, 0.2 * i);
		y[i] = 1e-6 + 1e-7 * x[i] + 0.5e-7 * fmax(0.0, x[i] - 1000.0);
		y[i] *= i % 2 ? 1.01 : 0.99;
	}
	g_assert_true(fit_piecewise(x, y, y, 16, &settings, &relative, NULL));
	g_assert_cmpint(relative.verdict.status, ==, SIGNAL_OK);
	g_assert_cmpfloat(relative.relative_max, <, 0.02);
	g_assert_cmpfloat_with_epsilon(relative.slope[0] / 1e-7, 1.0, 0.02);
	g_assert_true(fit_piecewise(x, y, NULL, 16, &settings, &absolute, NULL));
	g_assert_cmpfloat(absolute.relative_max, >, 2.0 * relative.relative_max);
}

/* The constrained least squares of a dip: the middle slope is held at 0, the value there is what
 * pools the points; checked against a scan. */
static void test_monotonic(void)
{
	static const double x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
	static const double y[] = {0, 1, 2, 3, 2.6, 2.2, 1.8, 3, 4, 5}, knots[] = {3.0, 6.0};
	struct fit_piecewise_settings settings = {.pieces = 3,
	                                          .knots = knots,
	                                          .direction = FIT_RISING};
	struct fit_piecewise fit, trial;
	double best = INFINITY;

	g_assert_true(fit_piecewise(x, y, NULL, 10, &settings, &fit, NULL));
	g_assert_true(fit.constrained);
	g_assert_cmpfloat(fit.slope[1], ==, 0.0);
	g_assert_cmpfloat(fit.covariance[2][2], ==, 0.0);
	g_assert_cmpfloat(fit.chi2, >, fit.chi2_free);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_NOT_MONOTONIC);
	trial = fit;
	for (guint i = 0; i <= 40; i++) {
		for (guint j = 0; j <= 40; j++) {
			for (guint k = 0; k <= 40; k++) {
				double chi2 = 0.0;

				trial.start_y = -0.5 + 0.05 * i;
				trial.slope[0] = 0.025 * j;
				trial.slope[2] = 0.5 + 0.025 * k;
				for (guint p = 0; p < 10; p++)
					chi2 += pow(y[p] - fit_piecewise_at(&trial, x[p]), 2.0);
				best = fmin(best, chi2);
			}
		}
	}
	g_assert_cmpfloat(fit.chi2, <=, best);
	g_assert_cmpfloat(fit.chi2, >, best - 0.02);
	/* falling: nothing rises, everything is held */
	settings.direction = FIT_FALLING;
	g_assert_true(fit_piecewise(x, y, NULL, 10, &settings, &fit, NULL));
	for (guint k = 0; k < 3; k++)
		g_assert_cmpfloat(fit.slope[k], <=, 0.0);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_NOT_MONOTONIC);
	settings.direction = FIT_ANY_DIRECTION;
	g_assert_true(fit_piecewise(x, y, NULL, 10, &settings, &fit, NULL));
	g_assert_cmpfloat(fit.slope[1], <, -0.3);
	g_assert_false(fit.constrained);
}

/* Noise on a flat stretch makes a small dip: held, and no reason to complain. */
static void test_small_dip(void)
{
	static const double x[] = {0, 1, 2, 3, 4, 5, 6, 7}, knots[] = {3.0};
	static const double y[] = {0.02, -0.01, 0.01, -0.02, 1.01, 1.98, 3.02, 3.99};
	static const double sigma[] = {0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02};
	struct fit_piecewise_settings settings = {.pieces = 2,
	                                          .knots = knots,
	                                          .direction = FIT_RISING};
	struct fit_piecewise fit;

	g_assert_true(fit_piecewise(x, y, sigma, 8, &settings, &fit, NULL));
	g_assert_true(fit.constrained);
	g_assert_cmpfloat(fit.slope[0], ==, 0.0);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_OK);
}

static void test_verdicts(void)
{
	static const double x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
	static const double line[] = {0.1, 0.9, 2.1, 2.9, 4.1, 4.9, 6.1, 6.9, 8.1, 8.9};
	static const double curve[] = {0, 1, 4, 9, 16, 25, 36, 49, 64, 81};
	static const double sigma[] = {.1, .1, .1, .1, .1, .1, .1, .1, .1, .1};
	static const double knots[] = {1.5};
	struct fit_piecewise_settings settings = {.pieces = 2};
	struct fit_piecewise fit;

	g_assert_true(fit_piecewise(x, line, NULL, 10, &settings, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_DOUBTFUL);
	g_assert_nonnull(strstr(fit.verdict.reason, "told apart"));
	g_assert_true(fit_piecewise(x, curve, sigma, 10, &settings, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_DOUBTFUL);
	g_assert_nonnull(strstr(fit.verdict.reason, "scatter"));
	/* four points, four numbers */
	g_assert_true(fit_piecewise(x, curve, NULL, 4, &settings, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_TOO_FEW);
	settings.knots = knots;
	g_assert_true(fit_piecewise(x, curve, NULL, 3, &settings, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_TOO_FEW);
}

static void test_refused(void)
{
	static const double x[] = {1.0, 2.0, 3.0, 4.0, 5.0}, same[] = {5.0, 5.0, 5.0, 5.0, 5.0};
	static const double nan_y[] = {1.0, (double)NAN, 2.0, 3.0, 4.0};
	static const double outside[] = {5.5}, turned[] = {4.0, 2.0}, no_number[] = {(double)NAN};
	static const struct {
		const double *x, *y;
		guint n;
		struct fit_piecewise_settings settings;
		int code;
		enum signal_status status;
	} rows[] = {
		{x, x, 1, {1}, STATION_ERROR_DATA, SIGNAL_TOO_FEW},
		{x, nan_y, 5, {1}, STATION_ERROR_DATA, SIGNAL_NOT_FINITE},
		{same, x, 5, {1}, STATION_ERROR_DATA, SIGNAL_CONSTANT},
		{same, x, 5, {2}, STATION_ERROR_DATA, SIGNAL_CONSTANT},
		{x, x, 3, {2}, STATION_ERROR_DATA, SIGNAL_TOO_FEW},
		{x, x, 5, {3}, STATION_ERROR_DATA, SIGNAL_TOO_FEW},
		{x, x, 5, {0}, STATION_ERROR_RANGE, SIGNAL_BAD_SETTING},
		{x, x, 5, {4}, STATION_ERROR_RANGE, SIGNAL_BAD_SETTING},
		{x, x, 5, {2, outside}, STATION_ERROR_RANGE, SIGNAL_BAD_SETTING},
		{x, x, 5, {3, turned}, STATION_ERROR_RANGE, SIGNAL_BAD_SETTING},
		{x, x, 5, {2, no_number}, STATION_ERROR_RANGE, SIGNAL_BAD_SETTING},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct fit_piecewise fit;

		g_assert_false(fit_piecewise(rows[i].x, rows[i].y, NULL, rows[i].n,
		                             &rows[i].settings, &fit, &error));
		g_assert_error(error, STATION_ERROR, rows[i].code);
		g_assert_cmpint(fit.verdict.status, ==, rows[i].status);
	}
}

static void test_out_of_range(void)
{
	static const double x[] = {1, 2, 3, 4, 5}, y[] = {1e200, -2e200, 5e200, 1e200, 3e200};
	struct fit_piecewise_settings settings = {.pieces = 1};
	struct fit_piecewise fit;

	g_assert_false(fit_piecewise(x, y, NULL, 5, &settings, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_NOT_FINITE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/fit-piecewise/exact", test_exact);
	g_test_add_func("/signal/fit-piecewise/line", test_line);
	g_test_add_func("/signal/fit-piecewise/spread", test_spread);
	g_test_add_func("/signal/fit-piecewise/relative", test_relative);
	g_test_add_func("/signal/fit-piecewise/monotonic", test_monotonic);
	g_test_add_func("/signal/fit-piecewise/small-dip", test_small_dip);
	g_test_add_func("/signal/fit-piecewise/verdicts", test_verdicts);
	g_test_add_func("/signal/fit-piecewise/refused", test_refused);
	g_test_add_func("/signal/fit-piecewise/out-of-range", test_out_of_range);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit.h"

#include "base/error.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>

static void test_line_exact(void)
{
	static const double x[] = {1.0, 2.0, 4.0, 8.0}, y[] = {1.0, 3.0, 7.0, 15.0};
	struct fit_line fit;

	g_assert_true(fit_line(x, y, NULL, 4, &fit, NULL));
	g_assert_cmpfloat_with_epsilon(fit.slope, 2.0, 1e-13);
	g_assert_cmpfloat_with_epsilon(fit.offset, -1.0, 1e-13);
	g_assert_cmpfloat(fit.residual_max, <, 1e-13);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(fit_line_at(&fit, 3.0), 5.0, 1e-12);
}

/* Worked by hand: x 0 1 2 3, y 1 2 2 4. */
static void test_line_scatter(void)
{
	static const double x[] = {0.0, 1.0, 2.0, 3.0}, y[] = {1.0, 2.0, 2.0, 4.0};
	struct fit_line fit;

	g_assert_true(fit_line(x, y, NULL, 4, &fit, NULL));
	g_assert_cmpfloat_with_epsilon(fit.slope, 0.9, 1e-14);
	g_assert_cmpfloat_with_epsilon(fit.offset, 0.9, 1e-14);
	g_assert_cmpfloat_with_epsilon(fit.chi2, 0.7, 1e-14);
	g_assert_cmpfloat_with_epsilon(fit.residual_rms, sqrt(0.35), 1e-14);
	g_assert_cmpfloat_with_epsilon(fit.slope_sigma, sqrt(0.35 / 5.0), 1e-14);
	g_assert_cmpfloat_with_epsilon(fit.offset_sigma, sqrt(0.35 * (0.25 + 2.25 / 5.0)), 1e-14);
	g_assert_cmpfloat_with_epsilon(fit.covariance, -0.35 * 1.5 / 5.0, 1e-14);
	g_assert_cmpfloat_with_epsilon(fit.residual_max, 0.7, 1e-14);
	g_assert_cmpfloat_with_epsilon(fit.relative_max, 0.35, 1e-14);
}

/* A point with a hundred times the weight draws the line to itself. */
static void test_line_weights(void)
{
	static const double x[] = {0.0, 1.0, 2.0}, y[] = {0.0, 1.0, 5.0};
	static const double even[] = {1.0, 1.0, 1.0}, sure[] = {1.0, 1.0, 0.001};
	struct fit_line fit;

	g_assert_true(fit_line(x, y, even, 3, &fit, NULL));
	g_assert_cmpfloat_with_epsilon(fit.slope, 2.5, 1e-12);
	g_assert_cmpfloat_with_epsilon(fit.slope_sigma, sqrt(0.5), 1e-12);
	g_assert_true(fit_line(x, y, sure, 3, &fit, NULL));
	g_assert_cmpfloat_with_epsilon(fit_line_at(&fit, 2.0), 5.0, 1e-4);
}

static void test_line_verdict(void)
{
	static const double x[] = {0.0, 1.0, 2.0, 3.0}, flat[] = {1.0, -1.0, -1.0, 1.0};
	static const double bent[] = {0.0, 1.0, 4.0, 9.0}, sigma[] = {0.1, 0.1, 0.1, 0.1};
	struct fit_line fit;

	g_assert_true(fit_line(x, flat, NULL, 4, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, !=, SIGNAL_OK);
	g_assert_nonnull(strstr(fit.verdict.reason, "zero"));
	g_assert_true(fit_line(x, bent, sigma, 4, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, !=, SIGNAL_OK);
	g_assert_nonnull(strstr(fit.verdict.reason, "scatter"));
}

/* A monitor with a gain, an offset and a part that grows as the power does. */
static void test_line_relative(void)
{
	double x[7], y[7];
	struct fit_line absolute, relative;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 7; i++) {
		x[i] = 10.0 * pow(3.0, i);
		y[i] = (2e-6 * x[i] + 5e-6) * (i == 6 ? 1.02 : 1.0);
	}
	g_assert_true(fit_line(x, y, NULL, 7, &absolute, NULL));
	g_assert_true(fit_line_relative(x, y, 7, &relative, NULL));
	g_assert_cmpfloat(relative.relative_max, <, 0.02);
	g_assert_cmpfloat(relative.relative_max, <, absolute.relative_max);
	/* least squares: the residuals in relative measure are orthogonal to both columns */
	double by_one = 0.0, by_x = 0.0;

	for (guint i = 0; i < 7; i++) {
		double r = (y[i] - fit_line_at(&relative, x[i])) / y[i];

		by_one += r / y[i];
		by_x += r * x[i] / y[i];
	}
	g_assert_cmpfloat(fabs(by_one) * y[0], <, 1e-12);
	g_assert_cmpfloat(fabs(by_x) * 2e-6, <, 1e-12);
	y[3] = 0.0;
	g_assert_false(fit_line_relative(x, y, 7, &relative, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
}

static void test_polynomial_exact(void)
{
	double x[9], y[9];

	for (guint degree = 0; degree <= FIT_MAX_DEGREE; degree++) {
		struct fit_polynomial fit;

		for (guint i = 0; i < 9; i++) {
			x[i] = 1000.0 + 37.0 * i;
			y[i] = 0.0;
			for (guint k = 0; k <= degree; k++)
				y[i] += (k % 2 ? -0.7 : 1.3) * pow((x[i] - 1100.0) / 100.0, k);
		}
		g_assert_true(fit_polynomial(x, y, NULL, 9, degree, &fit, NULL));
		g_assert_cmpfloat(fit.residual_max, <, 1e-10);
		for (guint i = 0; i < 9; i++) {
			double value = 0.0;

			for (guint k = degree + 1; k-- > 0;)
				value = value * x[i] + fit.power[k];
			g_assert_cmpfloat_with_epsilon(value, y[i], 1e-6);
		}
	}
}

/* Degree 1 is the straight line, uncertainties included. */
static void test_polynomial_is_line(void)
{
	static const double x[] = {0.0, 1.0, 2.0, 3.0, 7.0}, y[] = {1.0, 2.0, 2.0, 4.0, 7.5};
	static const double sigma[] = {0.3, 0.5, 0.4, 0.6, 0.5};
	struct fit_polynomial polynomial;
	struct fit_line line;

	g_assert_true(fit_line(x, y, sigma, 5, &line, NULL));
	g_assert_true(fit_polynomial(x, y, sigma, 5, 1, &polynomial, NULL));
	g_assert_cmpfloat_with_epsilon(polynomial.power[1], line.slope, 1e-12);
	g_assert_cmpfloat_with_epsilon(polynomial.power[0], line.offset, 1e-12);
	g_assert_cmpfloat_with_epsilon(polynomial.chi2, line.chi2, 1e-10);
	g_assert_cmpfloat_with_epsilon(fit_polynomial_sigma_at(&polynomial, 0.0), line.offset_sigma,
	                               1e-12);
	g_assert_true(polynomial.monotonic);
}

/* The spread of repeated fits is the standard error they state. */
static void test_polynomial_spread(void)
{
	struct maker_rng rng = {.state = 17};
	double x[12], y[12], sigma[12], sum2 = 0.0, stated = 0.0;
	guint trials = 1000, doubted = 0;

	for (guint t = 0; t < trials; t++) {
		struct fit_polynomial fit;
		double at;

		for (guint i = 0; i < 12; i++) {
			x[i] = i;
			sigma[i] = 0.1 + 0.02 * i;
			y[i] = 1.0 + 0.5 * i - 0.03 * i * i + sigma[i] * maker_normal(&rng);
		}
		g_assert_true(fit_polynomial(x, y, sigma, 12, 2, &fit, NULL));
		at = fit_polynomial_at(&fit, 4.5) - (1.0 + 2.25 - 0.03 * 20.25);
		sum2 += at * at;
		stated = fit_polynomial_sigma_at(&fit, 4.5);
		doubted += fit.verdict.status != SIGNAL_OK;
	}
	g_assert_cmpfloat_with_epsilon(sqrt(sum2 / trials) / stated, 1.0, 0.08);
	g_assert_cmpuint(doubted, <, 8);
}

static void test_refused(void)
{
	static const double x[] = {1.0, 2.0, 3.0}, same[] = {5.0, 5.0, 5.0};
	static const double nan_y[] = {1.0, (double)NAN, 2.0}, zero_sigma[] = {1.0, 0.0, 1.0};
	struct fit_polynomial polynomial;
	struct fit_line line;
	const struct {
		const double *x, *y, *sigma;
		guint n;
		enum signal_status status;
	} rows[] = {
		{x, x, NULL, 1, SIGNAL_TOO_FEW},          {x, x, NULL, 0, SIGNAL_TOO_FEW},
		{x, nan_y, NULL, 3, SIGNAL_NOT_FINITE},   {nan_y, x, NULL, 3, SIGNAL_NOT_FINITE},
		{x, x, zero_sigma, 3, SIGNAL_NOT_FINITE}, {x, x, nan_y, 3, SIGNAL_NOT_FINITE},
		{same, x, NULL, 3, SIGNAL_CONSTANT},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(
			fit_line(rows[i].x, rows[i].y, rows[i].sigma, rows[i].n, &line, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
		g_assert_cmpint(line.verdict.status, ==, rows[i].status);
		g_clear_error(&error);
		g_assert_false(fit_polynomial(rows[i].x, rows[i].y, rows[i].sigma, rows[i].n, 2,
		                              &polynomial, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
		g_assert_cmpint(polynomial.verdict.status, ==, rows[i].status);
	}
	g_autoptr(GError) error = NULL;

	g_assert_false(fit_polynomial(x, x, NULL, 3, FIT_MAX_DEGREE + 1, &polynomial, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_assert_cmpint(polynomial.verdict.status, ==, SIGNAL_BAD_SETTING);
}

/* Squares that overflow leave a verdict, not a number that looks like one. */
static void test_out_of_range(void)
{
	static const double x[] = {1.0, 2.0, 3.0, 4.0}, y[] = {1e200, -2e200, 5e200, 1e200};
	static const double zero[] = {1.0, 0.0, 2.0, 3.0}, nan_y[] = {1.0, (double)NAN, 2.0, 3.0};
	struct fit_polynomial polynomial;
	struct fit_line line;

	g_assert_true(fit_line(x, y, NULL, 4, &line, NULL));
	g_assert_cmpint(line.verdict.status, ==, SIGNAL_NOT_FINITE);
	g_assert_true(fit_polynomial(x, y, NULL, 4, 2, &polynomial, NULL));
	g_assert_cmpint(polynomial.verdict.status, ==, SIGNAL_NOT_FINITE);
	g_assert_false(fit_line_relative(x, zero, 4, &line, NULL));
	g_assert_cmpint(line.verdict.status, ==, SIGNAL_NOT_FINITE);
	g_assert_false(fit_line_relative(x, nan_y, 4, &line, NULL));
	g_assert_cmpint(line.verdict.status, ==, SIGNAL_NOT_FINITE);
	g_assert_false(fit_line_relative(x, x, 1, &line, NULL));
	g_assert_cmpint(line.verdict.status, ==, SIGNAL_TOO_FEW);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/fit/line/exact", test_line_exact);
	g_test_add_func("/signal/fit/line/scatter", test_line_scatter);
	g_test_add_func("/signal/fit/line/weights", test_line_weights);
	g_test_add_func("/signal/fit/line/verdict", test_line_verdict);
	g_test_add_func("/signal/fit/line/relative", test_line_relative);
	g_test_add_func("/signal/fit/polynomial/exact", test_polynomial_exact);
	g_test_add_func("/signal/fit/polynomial/line", test_polynomial_is_line);
	g_test_add_func("/signal/fit/polynomial/spread", test_polynomial_spread);
	g_test_add_func("/signal/fit/refused", test_refused);
	g_test_add_func("/signal/fit/out-of-range", test_out_of_range);
	return g_test_run();
}

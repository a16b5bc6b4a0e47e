/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_robust.h"

#include "base/error.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

/* Three of ten points lie anywhere: the other seven are exactly on the line. */
static void test_exact(void)
{
	double x[10], y[10];
	gboolean outlier[10];
	struct fit_robust fit;

	for (guint i = 0; i < 10; i++) {
		x[i] = i;
		y[i] = 3.0 - 0.25 * i;
	}
	y[1] += 50.0;
	y[7] += 900.0;
	y[9] += 4.0;
	g_assert_true(fit_line_robust(x, y, NULL, 10, outlier, &fit, NULL));
	g_assert_cmpfloat_with_epsilon(fit.line.slope, -0.25, 1e-12);
	g_assert_cmpfloat_with_epsilon(fit.line.offset, 3.0, 1e-12);
	g_assert_cmpuint(fit.outliers, ==, 3);
	g_assert_cmpuint(fit.line.n, ==, 7);
	for (guint i = 0; i < 10; i++)
		g_assert_cmpint(outlier[i], ==, i == 1 || i == 7 || i == 9);
	g_assert_cmpint(fit.line.verdict.status, ==, SIGNAL_OK);
	g_assert_cmpfloat(fit.line.residual_max, <, 1e-12);
}

static void test_constant(void)
{
	static const double x[] = {0.0, 1.0, 2.0, 3.0, 4.0}, zero[5] = {0.0};
	struct fit_robust fit;

	g_assert_true(fit_line_robust(x, zero, NULL, 5, NULL, &fit, NULL));
	g_assert_cmpfloat(fit.line.slope, ==, 0.0);
	g_assert_cmpfloat(fit.line.offset, ==, 0.0);
	g_assert_cmpint(fit.line.verdict.status, ==, SIGNAL_DOUBTFUL);
	g_assert_nonnull(strstr(fit.line.verdict.reason, "zero"));
}

/* y = 1 + 2 x with noise 0.1; of 20 points the first `wild` of a shuffled order go up by 1 to 21.
 */
static void make_points(struct maker_rng *rng, guint wild, double *x, double *y)
{
	for (guint i = 0; i < 20; i++) {
		x[i] = i;
		y[i] = 1.0 + 2.0 * i + 0.1 * maker_normal(rng);
	}
	for (guint i = 0; i < wild; i++)
		y[i * 7 % 20] += 1.0 + 20.0 * maker_uniform(rng);
}

struct spread {
	double slope_bias, slope2, told;
};

static struct spread spread_of(guint wild, const double *sigma, gboolean plain)
{
	struct maker_rng rng = {.state = 41 + wild};
	struct spread spread = {0};
	const guint trials = 800;

	for (guint i = 0; i < trials; i++) {
		double x[20], y[20], miss;
		struct fit_robust fit;

		make_points(&rng, wild, x, y);
		if (plain)
			g_assert_true(fit_line(x, y, NULL, 20, &fit.line, NULL));
		else
			g_assert_true(fit_line_robust(x, y, sigma, 20, NULL, &fit, NULL));
		miss = fit.line.slope - 2.0;
		spread.slope_bias += miss / trials;
		spread.slope2 += miss * miss / trials;
		spread.told += fit.line.slope_sigma / trials;
	}
	return spread;
}

/* Without outliers hardly worse than least squares; with 30 % all upwards hardly worse still. */
static void test_spread(void)
{
	double best = 0.1 / sqrt(665.0), sigma[20]; /* sum (x - mean)^2 of 0 .. 19 is 665 */
	struct spread clean = spread_of(0, NULL, FALSE), wild = spread_of(6, NULL, FALSE);
	struct spread plain = spread_of(6, NULL, TRUE), known;

	for (guint i = 0; i < 20; i++)
		sigma[i] = 0.1;
	known = spread_of(6, sigma, FALSE);
	g_assert_cmpfloat(sqrt(clean.slope2), <, 1.15 * best);
	g_assert_cmpfloat_with_epsilon(clean.told / sqrt(clean.slope2), 1.0, 0.15);
	g_assert_cmpfloat(sqrt(wild.slope2), <, 1.6 * best);
	g_assert_cmpfloat_with_epsilon(wild.told / sqrt(wild.slope2), 1.0, 0.3);
	g_assert_cmpfloat(sqrt(known.slope2), <, 1.5 * best);
	g_assert_cmpfloat_with_epsilon(known.told / sqrt(known.slope2), 1.0, 0.3);
	g_assert_cmpfloat(sqrt(plain.slope2), >, 20.0 * best);
}

/* Outliers are named, and few others with them. */
static void test_named(void)
{
	struct maker_rng rng = {.state = 43};
	guint found = 0, innocent = 0;

	for (guint i = 0; i < 300; i++) {
		gboolean outlier[20], wild[20] = {FALSE};
		double x[20], y[20];
		struct fit_robust fit;

		make_points(&rng, 6, x, y);
		for (guint k = 0; k < 6; k++)
			wild[k * 7 % 20] = TRUE;
		g_assert_true(fit_line_robust(x, y, NULL, 20, outlier, &fit, NULL));
		for (guint k = 0; k < 20; k++) {
			found += wild[k] && outlier[k];
			innocent += !wild[k] && outlier[k];
		}
	}
	g_assert_cmpuint(found, >=, 300 * 6 * 99 / 100);
	g_assert_cmpuint(innocent, <, 300 * 14 / 50);
}

static void test_verdicts(void)
{
	static const double x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
	static const double y[] = {0, 1.01, 1.99, 3.01, 3.98, 5, 60, -70, 80, -90};
	static const double bent[] = {0, 1, 4, 9, 16, 25, 36, 49, 64, 81};
	static const double noise[] = {0.1, -0.2, 0.15, -0.1, 0.2, -0.15, 0.05, 0.1, -0.2, 0.1};
	static const double sigma[] = {.01, .01, .01, .01, .01, .01, .01, .01, .01, .01};
	double line[10];
	struct fit_robust fit;

	g_assert_true(fit_line_robust(x, y, NULL, 4, NULL, &fit, NULL));
	g_assert_cmpint(fit.line.verdict.status, ==, SIGNAL_TOO_FEW);
	g_assert_true(fit_line_robust(x, noise, NULL, 10, NULL, &fit, NULL));
	g_assert_cmpint(fit.line.verdict.status, ==, SIGNAL_DOUBTFUL);
	/* four of ten are just not too many, five of ten are */
	g_assert_true(fit_line_robust(x, y, NULL, 10, NULL, &fit, NULL));
	g_assert_cmpuint(fit.outliers, ==, 4);
	g_assert_cmpfloat_with_epsilon(fit.line.slope, 1.0, 0.02);
	g_assert_cmpint(fit.line.verdict.status, ==, SIGNAL_OK);
	g_assert_true(fit_line_robust(x, y, NULL, 9, NULL, &fit, NULL));
	g_assert_cmpint(fit.line.verdict.status, ==, SIGNAL_OK);
	for (guint i = 0; i < 10; i++)
		line[i] = i < 6 ? x[i] : 50.0 * (i % 2 ? -1.0 : 1.0) * i;
	g_assert_true(fit_line_robust(x + 1, line + 1, NULL, 9, NULL, &fit, NULL));
	g_assert_cmpint(fit.line.verdict.status, ==, SIGNAL_DOUBTFUL);
	g_assert_nonnull(strstr(fit.line.verdict.reason, "outliers"));
	/* a curve scatters more than told: the scale follows it */
	g_assert_true(fit_line_robust(x, bent, sigma, 10, NULL, &fit, NULL));
	g_assert_cmpfloat(fit.scale, >, 100.0);
	g_assert_cmpint(fit.line.verdict.status, ==, SIGNAL_DOUBTFUL);
}

static void test_refused(void)
{
	static const double x[] = {1.0, 2.0, 3.0, 4.0, 5.0}, same[] = {5.0, 5.0, 5.0, 5.0, 5.0};
	static const double nan_y[] = {1.0, (double)NAN, 2.0, 3.0, 4.0};
	static const double infinite[] = {1.0, (double)INFINITY, 2.0, 3.0, 4.0};
	static const double zero_sigma[] = {1.0, 0.0, 1.0, 1.0, 1.0};
	static const struct {
		const double *x, *y, *sigma;
		guint n;
		enum signal_status status;
	} rows[] = {
		{x, x, NULL, 0, SIGNAL_TOO_FEW},           {x, x, NULL, 2, SIGNAL_TOO_FEW},
		{x, nan_y, NULL, 5, SIGNAL_NOT_FINITE},    {nan_y, x, NULL, 5, SIGNAL_NOT_FINITE},
		{x, infinite, NULL, 5, SIGNAL_NOT_FINITE}, {x, x, zero_sigma, 5, SIGNAL_NOT_FINITE},
		{same, x, NULL, 5, SIGNAL_CONSTANT},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct fit_robust fit;

		g_assert_false(fit_line_robust(rows[i].x, rows[i].y, rows[i].sigma, rows[i].n, NULL,
		                               &fit, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
		g_assert_cmpint(fit.line.verdict.status, ==, rows[i].status);
	}
}

static void test_out_of_range(void)
{
	static const double x[] = {1, 2, 3, 4, 5}, y[] = {1e200, -2e200, 5e200, 1e200, 3e200};
	struct fit_robust fit;

	g_assert_true(fit_line_robust(x, y, NULL, 5, NULL, &fit, NULL));
	g_assert_cmpint(fit.line.verdict.status, ==, SIGNAL_NOT_FINITE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/fit-robust/exact", test_exact);
	g_test_add_func("/signal/fit-robust/constant", test_constant);
	g_test_add_func("/signal/fit-robust/spread", test_spread);
	g_test_add_func("/signal/fit-robust/named", test_named);
	g_test_add_func("/signal/fit-robust/verdicts", test_verdicts);
	g_test_add_func("/signal/fit-robust/refused", test_refused);
	g_test_add_func("/signal/fit-robust/out-of-range", test_out_of_range);
	return g_test_run();
}

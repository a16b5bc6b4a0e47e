/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/beta.h"
#include "signal/ber.h"
#include "signal/gauss.h"

#include "base/error.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>

/* Exact binomial tails summed term by term, for small numbers of bits. */
static double tail_at_least(guint n, guint k, double p)
{
	double sum = 0.0;

	for (guint i = k; i <= n; i++)
		sum += exp(lgamma(n + 1.0) - lgamma(i + 1.0) - lgamma(n - i + 1.0) + i * log(p) +
		           (n - i) * log1p(-p));
	return sum;
}

static void test_beta(void)
{
	g_assert_cmpfloat_with_epsilon(beta_incomplete(0.3, 2.0, 5.0), 0.579825, 1e-6);
	g_assert_cmpfloat_with_epsilon(beta_incomplete(0.8, 0.5, 0.5), 2.0 / G_PI * asin(sqrt(0.8)),
	                               1e-12);
	for (guint k = 1; k < 40; k += 6)
		g_assert_cmpfloat_with_epsilon(beta_incomplete(0.37, k, 41.0 - k),
		                               tail_at_least(40, k, 0.37), 1e-12);
	/* chi-square tables */
	g_assert_cmpfloat_with_epsilon(beta_chi2_quantile(0.95, 1.0), 3.841459, 1e-5);
	g_assert_cmpfloat_with_epsilon(beta_chi2_quantile(0.95, 10.0), 18.307038, 1e-5);
	g_assert_cmpfloat_with_epsilon(beta_chi2_quantile(0.999, 30.0), 59.702, 1e-2);
}

/* N * BER at 95 % one-sided for k errors, half the chi-square quantile with 2k + 2. */
static void test_poisson_bounds(void)
{
	static const double upper[] = {2.996, 4.744, 6.296, 7.754, 9.154, 10.513};

	for (guint k = 1; k < G_N_ELEMENTS(upper); k++) {
		struct ber_estimate e;

		g_assert_true(ber_from_counts(1000000000000000u, k, 0.90, &e, NULL));
		g_assert_cmpfloat_with_epsilon(e.upper * 1e15, upper[k], 6e-4);
	}
}

static void test_counts(void)
{
	struct ber_estimate e;

	/* Clopper and Pearson for 10 of 100, 95 %: 0.0490 .. 0.1762 */
	g_assert_true(ber_from_counts(100, 10, 0.95, &e, NULL));
	g_assert_cmpfloat_with_epsilon(e.lower, 0.04900469, 1e-7);
	g_assert_cmpfloat_with_epsilon(e.upper, 0.17622260, 1e-7);
	g_assert_cmpfloat_with_epsilon(tail_at_least(100, 10, e.lower), 0.025, 1e-9);
	g_assert_cmpfloat_with_epsilon(1.0 - tail_at_least(100, 11, e.upper), 0.025, 1e-9);
	g_assert_true(ber_from_counts(12482, 0, 0.95, &e, NULL));
	g_assert_cmpfloat(e.lower, ==, 0.0);
	g_assert_cmpfloat_with_epsilon(e.upper, 2.4e-4, 1e-7);
	g_assert_true(ber_from_counts(50, 50, 0.95, &e, NULL));
	g_assert_cmpfloat(e.upper, ==, 1.0);
	g_assert_cmpfloat_with_epsilon(pow(e.lower, 50), 0.05, 1e-12);
	/* Large counts: exact and normal bounds meet. */
	g_assert_true(ber_from_counts(G_GUINT64_CONSTANT(400000000000), 99999999, 0.95, &e, NULL));
	g_assert_cmpfloat_with_epsilon((e.upper - e.lower) / e.ber, 2.0 * 1.959964e-4, 1e-7);
	g_assert_true(ber_from_counts(G_GUINT64_CONSTANT(400000000000), 100000001, 0.95, &e, NULL));
	g_assert_cmpfloat_with_epsilon((e.upper - e.lower) / e.ber, 2.0 * 1.959964e-4, 1e-7);
}

static void test_counts_refused(void)
{
	static const struct {
		guint64 bits, errors;
		double confidence;
		int code;
	} rows[] = {
		{0, 0, 0.95, STATION_ERROR_DATA},           {100, 101, 0.95, STATION_ERROR_DATA},
		{100, 1, 0.0, STATION_ERROR_RANGE},         {100, 1, 1.0, STATION_ERROR_RANGE},
		{100, 1, (double)NAN, STATION_ERROR_RANGE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct ber_estimate e;

		g_assert_false(ber_from_counts(rows[i].bits, rows[i].errors, rows[i].confidence, &e,
		                               &error));
		g_assert_error(error, STATION_ERROR, rows[i].code);
	}
	g_assert_true(isnan(ber_bits_needed(0.0, 0.95)));
	g_assert_true(isnan(ber_bits_needed(1e-3, 1.0)));
}

static void test_statements(void)
{
	struct ber_estimate e;
	g_autofree char *none = NULL, *some = NULL;

	g_assert_cmpfloat_with_epsilon(ber_bits_needed(2.4e-4, 0.95), 12482.2, 0.1);
	g_assert_true(ber_from_counts(12500, 0, 0.95, &e, NULL));
	none = ber_to_text(&e);
	g_assert_nonnull(strstr(none, "no error in"));
	g_assert_nonnull(strstr(none, "95 %"));
	g_assert_true(ber_from_counts(1000000, 120, 0.95, &e, NULL));
	some = ber_to_text(&e);
	g_assert_nonnull(strstr(some, ".."));
}

/* How often the interval holds the truth: at least as often as promised, and not always. */
static void test_coverage(void)
{
	struct maker_rng rng = {.state = 11};
	guint covered = 0, trials = 2000;

	for (guint i = 0; i < trials; i++) {
		struct ber_estimate e;
		guint errors = 0;

		for (guint bit = 0; bit < 200; bit++)
			errors += maker_uniform(&rng) < 0.05;
		g_assert_true(ber_from_counts(200, errors, 0.9, &e, NULL));
		covered += e.lower <= 0.05 && 0.05 <= e.upper;
	}
	g_assert_cmpuint(covered, >=, trials * 89 / 100);
	g_assert_cmpuint(covered, <, trials * 98 / 100);
}

static void test_kp4(void)
{
	g_assert_cmpfloat_with_epsilon(ber_kp4_codeword_loss(2.4e-4) / 8.15e-13, 1.0, 5e-3);
	g_assert_cmpfloat_with_epsilon(ber_kp4_codeword_loss(1.54e-4) / 1e-15, 1.0, 0.1);
	g_assert_cmpfloat(ber_kp4_codeword_loss(0.0), ==, 0.0);
	g_assert_cmpfloat_with_epsilon(ber_kp4_codeword_loss(0.5), 1.0, 1e-9);
	g_assert_true(isnan(ber_kp4_codeword_loss(-1e-3)));
}

/* A receiver with constant noise: x = 3.41407 at the sensitivity, and proportional to OMA. */
static double true_ber(double oma_dbm, double sensitivity_dbm)
{
	return 0.75 * gauss_q(3.41407 * pow(10.0, (oma_dbm - sensitivity_dbm) / 10.0));
}

static guint make_points(struct ber_point *points, double first_dbm, double step_db, guint n,
                         guint64 seed)
{
	struct maker_rng rng = {.state = seed};

	for (guint i = 0; i < n; i++) {
		double oma = first_dbm + step_db * i, mean = 1e9 * true_ber(oma, -6.3);
		double errors = seed ? mean + sqrt(mean) * maker_normal(&rng) : mean;

		points[i] = (struct ber_point){.oma_dbm = oma,
		                               .bits = 1000000000,
		                               .errors = (guint64)fmax(rint(errors), 0.0)};
	}
	return n;
}

static void test_waterfall(void)
{
	struct ber_waterfall_settings settings;
	struct ber_waterfall fit;
	struct ber_point points[9];
	guint n = make_points(points, -8.5, 0.4, 9, 0), inside = 0;

	ber_waterfall_settings_default(&settings);
	g_assert_true(ber_waterfall_fit(points, n, &settings, &fit, NULL));
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(fit.sensitivity_dbm.value, -6.3, 1e-3);
	g_assert_cmpfloat_with_epsilon(fit.slope_per_db, 0.1, 1e-4);
	g_assert_cmpfloat_with_epsilon(ber_waterfall_at(&fit, fit.sensitivity_dbm.value), 2.4e-4,
	                               1e-12);
	g_assert_null(fit.doubt);
	for (guint seed = 1; seed <= 300; seed++) {
		make_points(points, -8.5, 0.4, n, seed);
		g_assert_true(ber_waterfall_fit(points, n, &settings, &fit, NULL));
		inside += fit.low_dbm <= -6.3 && -6.3 <= fit.high_dbm;
	}
	/* 95 % of 300, give or take three standard deviations and the excess from chi2 */
	g_assert_cmpuint(inside, >=, 273);
	g_assert_cmpuint(inside, <=, 299);
}

static void expect_no_value(const struct ber_point *points, guint n, const char *word)
{
	struct ber_waterfall_settings settings;
	struct ber_waterfall fit;

	ber_waterfall_settings_default(&settings);
	g_assert_true(ber_waterfall_fit(points, n, &settings, &fit, NULL));
	g_assert_cmpint(fit.sensitivity_dbm.status, !=, SIGNAL_OK);
	g_assert_true(isnan(fit.sensitivity_dbm.value));
	g_assert_true(isnan(fit.standard_error_db));
	g_assert_nonnull(strstr(fit.sensitivity_dbm.reason, word));
}

static void test_waterfall_no_value(void)
{
	struct ber_point points[9];

	make_points(points, -7.5, 0.4, 9, 0);
	expect_no_value(points, 2, "fewer");
	expect_no_value(NULL, 0, "fewer");
	points[5].errors = points[3].errors;
	expect_no_value(points, 9, "rises");
	/* the same power three times is one power */
	make_points(points, -7.0, 0.0, 3, 0);
	expect_no_value(points, 3, "fewer");
	/* all points far above the target: it never gets there */
	make_points(points, -8.6, 0.1, 6, 0);
	expect_no_value(points, 6, "beyond");
	for (guint i = 0; i < 5; i++)
		points[i] =
			(struct ber_point){.oma_dbm = -8.0 + i, .bits = 1000000, .errors = 1000};
	expect_no_value(points, 5, "fall");
	for (guint i = 0; i < 5; i++)
		points[i].errors = 0;
	expect_no_value(points, 5, "fewer");
}

static void test_waterfall_extrapolates_a_little(void)
{
	struct ber_waterfall_settings settings;
	struct ber_waterfall fit;
	struct ber_point points[5];

	ber_waterfall_settings_default(&settings);
	make_points(points, -8.7, 0.4, 5, 0);
	g_assert_true(ber_waterfall_fit(points, 5, &settings, &fit, NULL));
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(fit.extrapolated_db, 0.8, 2e-3);
	g_assert_cmpfloat_with_epsilon(fit.sensitivity_dbm.value, -6.3, 2e-3);
	/* an error floor bends the line: a value, with a doubt */
	make_points(points, -7.7, 0.4, 5, 0);
	for (guint i = 0; i < 5; i++)
		points[i].errors += 20000;
	g_assert_true(ber_waterfall_fit(points, 5, &settings, &fit, NULL));
	g_assert_nonnull(fit.doubt);
}

/* Billions of bits, powers set a few hundredths of a dB off: no doubt once that is told, and an
 * interval as wide as the settings are loose. */
static void test_waterfall_repeatability(void)
{
	static const double off_db[9] = {0.02, -0.03, 0.01, 0.03, -0.02, 0.0, -0.01, 0.02, -0.02};
	struct ber_waterfall_settings settings;
	struct ber_waterfall tight, loose;
	struct ber_point points[9];

	ber_waterfall_settings_default(&settings);
	make_points(points, -8.5, 0.4, 9, 0);
	for (guint i = 0; i < 9; i++) {
		points[i].bits *= 1000;
		points[i].errors *= 1000;
		points[i].oma_dbm += off_db[i];
	}
	g_assert_true(ber_waterfall_fit(points, 9, &settings, &tight, NULL));
	g_assert_nonnull(tight.doubt);
	settings.power_sigma_db = 0.02;
	g_assert_true(ber_waterfall_fit(points, 9, &settings, &loose, NULL));
	g_assert_null(loose.doubt);
	g_assert_cmpfloat_with_epsilon(loose.sensitivity_dbm.value, -6.3, 0.03);
	g_assert_cmpfloat(loose.standard_error_db, >, 0.003);
	g_assert_cmpfloat(loose.standard_error_db, <, 0.03);
}

static void test_waterfall_refused(void)
{
	struct ber_waterfall_settings settings;
	g_autoptr(GError) error = NULL;
	struct ber_point points[4];
	struct ber_waterfall fit;

	ber_waterfall_settings_default(&settings);
	make_points(points, -7.5, 0.4, 4, 0);
	points[2].errors = points[2].bits + 1;
	g_assert_false(ber_waterfall_fit(points, 4, &settings, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	points[2].errors = 5;
	points[2].bits = 0;
	g_assert_false(ber_waterfall_fit(points, 4, &settings, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	points[2].bits = 1000000;
	points[2].oma_dbm = NAN;
	g_assert_false(ber_waterfall_fit(points, 4, &settings, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	points[2].oma_dbm = -5.0;
	settings.target_ber = 0.0;
	g_assert_false(ber_waterfall_fit(points, 4, &settings, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/beta", test_beta);
	g_test_add_func("/signal/ber/poisson", test_poisson_bounds);
	g_test_add_func("/signal/ber/counts", test_counts);
	g_test_add_func("/signal/ber/refused", test_counts_refused);
	g_test_add_func("/signal/ber/statements", test_statements);
	g_test_add_func("/signal/ber/coverage", test_coverage);
	g_test_add_func("/signal/ber/kp4", test_kp4);
	g_test_add_func("/signal/waterfall/line", test_waterfall);
	g_test_add_func("/signal/waterfall/no-value", test_waterfall_no_value);
	g_test_add_func("/signal/waterfall/extrapolation", test_waterfall_extrapolates_a_little);
	g_test_add_func("/signal/waterfall/repeatability", test_waterfall_repeatability);
	g_test_add_func("/signal/waterfall/refused", test_waterfall_refused);
	return g_test_run();
}

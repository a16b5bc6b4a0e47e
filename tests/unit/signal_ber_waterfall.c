/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber_waterfall.h"

#include "base/error.h"
#include "base/normal.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

/* A receiver with constant noise: x = 3.41407 at the sensitivity, and proportional to OMA. */
static double true_ber(double oma_dbm, double sensitivity_dbm)
{
	return 0.75 * normal_tail(3.41407 * pow(10.0, (oma_dbm - sensitivity_dbm) / 10.0));
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
	g_assert_cmpfloat(fit.sensitivity_dbm.uncertainty, ==, fit.standard_error_db);
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

static void expect_no_value(const struct ber_point *points, guint n, enum signal_status status,
                            const char *word)
{
	struct ber_waterfall_settings settings;
	struct ber_waterfall fit;

	ber_waterfall_settings_default(&settings);
	g_assert_true(ber_waterfall_fit(points, n, &settings, &fit, NULL));
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, status);
	g_assert_true(isnan(fit.sensitivity_dbm.value));
	g_assert_true(isnan(fit.sensitivity_dbm.uncertainty));
	g_assert_true(isnan(fit.standard_error_db));
	g_assert_nonnull(strstr(fit.sensitivity_dbm.reason, word));
}

static void test_waterfall_no_value(void)
{
	struct ber_point points[9];

	make_points(points, -7.5, 0.4, 9, 0);
	expect_no_value(points, 2, SIGNAL_TOO_FEW, "fewer");
	expect_no_value(NULL, 0, SIGNAL_TOO_FEW, "fewer");
	points[5].errors = points[3].errors;
	expect_no_value(points, 9, SIGNAL_NOT_MONOTONIC, "rises");
	/* the same power three times is one power */
	make_points(points, -7.0, 0.0, 3, 0);
	expect_no_value(points, 3, SIGNAL_TOO_FEW, "fewer");
	/* all points far above the target: the line gets there too far away */
	make_points(points, -8.6, 0.1, 6, 0);
	expect_no_value(points, 6, SIGNAL_EXTRAPOLATED, "beyond");
	for (guint i = 0; i < 5; i++)
		points[i] =
			(struct ber_point){.oma_dbm = -8.0 + i, .bits = 1000000, .errors = 1000};
	expect_no_value(points, 5, SIGNAL_NO_CROSSING, "fall");
}

/* Points that cannot be drawn a line through, but tell on which side of the target they are. */
static void test_waterfall_one_side(void)
{
	struct ber_point points[5];

	for (guint i = 0; i < 5; i++)
		points[i] = (struct ber_point){.oma_dbm = -8.0 + i, .bits = 1000000};
	expect_no_value(points, 5, SIGNAL_NO_CROSSING, "below");
	expect_no_value(points, 2, SIGNAL_TOO_FEW, "fewer");
	/* 1000 bits tell nothing about 2.4e-4 */
	for (guint i = 0; i < 5; i++)
		points[i].bits = 1000;
	expect_no_value(points, 5, SIGNAL_TOO_FEW, "fewer");
	for (guint i = 0; i < 5; i++) {
		points[i].bits = 1000000;
		points[i].errors = 500000 - i;
	}
	expect_no_value(points, 5, SIGNAL_NO_CROSSING, "above");
	points[4].errors = 0;
	expect_no_value(points, 5, SIGNAL_TOO_FEW, "fewer");
}

/* Errors that power does not remove, 1e-5 and 1e-3 of the bits. */
static void test_waterfall_floor(void)
{
	struct ber_waterfall_settings settings;
	struct ber_point points[9];
	struct ber_waterfall fit;

	ber_waterfall_settings_default(&settings);
	make_points(points, -7.8, 0.4, 9, 31);
	for (guint i = 0; i < 9; i++)
		points[i].errors += 10000;
	g_assert_true(ber_waterfall_fit(points, 9, &settings, &fit, NULL));
	g_assert_cmpfloat_with_epsilon(fit.floor_ber / 1e-5, 1.0, 0.05);
	g_assert_nonnull(strstr(fit.doubt, "floor"));
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_OK);
	for (guint i = 0; i < 9; i++)
		points[i].errors += 990000;
	expect_no_value(points, 9, SIGNAL_NO_CROSSING, "floor");
	/* without a floor none is found */
	for (guint seed = 1; seed <= 100; seed++) {
		make_points(points, -8.5, 0.4, 9, seed);
		g_assert_true(ber_waterfall_fit(points, 9, &settings, &fit, NULL));
		g_assert_true(isnan(fit.floor_ber));
	}
}

/* At the sensitivity the band's ends are the ends of its interval; away from it, it widens. */
static void test_waterfall_band(void)
{
	struct ber_waterfall_settings settings;
	double low, high, low_end, high_end;
	struct ber_point points[9];
	struct ber_waterfall fit;

	ber_waterfall_settings_default(&settings);
	make_points(points, -8.5, 0.4, 9, 5);
	g_assert_true(ber_waterfall_fit(points, 9, &settings, &fit, NULL));
	g_assert_true(ber_waterfall_band_at(&fit, fit.sensitivity_dbm.value, &low, &high));
	g_assert_cmpfloat(low, <, 2.4e-4);
	g_assert_cmpfloat(high, >, 2.4e-4);
	g_assert_cmpfloat_with_epsilon(ber_waterfall_at(&fit, fit.high_dbm) / low, 1.0, 1e-9);
	g_assert_cmpfloat_with_epsilon(ber_waterfall_at(&fit, fit.low_dbm) / high, 1.0, 1e-9);
	g_assert_true(ber_waterfall_band_at(&fit, -9.4, &low_end, &high_end));
	/* of the fitted scale: half widths over slopes of BER */
	g_assert_cmpfloat(log(normal_tail_inverse(low_end / 0.75) /
	                      normal_tail_inverse(high_end / 0.75)),
	                  >,
	                  log(normal_tail_inverse(low / 0.75) / normal_tail_inverse(high / 0.75)));
	g_assert_false(ber_waterfall_band_at(&fit, -9.6, &low, &high));
	g_assert_true(isnan(low) && isnan(high));
	g_assert_false(ber_waterfall_band_at(&fit, -4.2, &low, &high));
	g_assert_false(ber_waterfall_band_at(&fit, (double)NAN, &low, &high));
	g_assert_true(ber_waterfall_fit(points, 1, &settings, &fit, NULL));
	g_assert_false(ber_waterfall_band_at(&fit, -6.0, &low, &high));
	g_assert_true(isnan(low) && isnan(high));
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
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_BAD_COUNT);
	points[2].errors = 0;
	points[2].bits = 0;
	g_assert_false(ber_waterfall_fit(points, 4, &settings, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_NO_BITS);
	points[2].bits = 1000000;
	points[2].oma_dbm = NAN;
	g_assert_false(ber_waterfall_fit(points, 4, &settings, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_NOT_FINITE);
	points[2].oma_dbm = -5.0;
	settings.target_ber = 0.0;
	g_assert_false(ber_waterfall_fit(points, 4, &settings, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_BAD_SETTING);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/waterfall/line", test_waterfall);
	g_test_add_func("/signal/waterfall/no-value", test_waterfall_no_value);
	g_test_add_func("/signal/waterfall/one-side", test_waterfall_one_side);
	g_test_add_func("/signal/waterfall/floor", test_waterfall_floor);
	g_test_add_func("/signal/waterfall/band", test_waterfall_band);
	g_test_add_func("/signal/waterfall/extrapolation", test_waterfall_extrapolates_a_little);
	g_test_add_func("/signal/waterfall/repeatability", test_waterfall_repeatability);
	g_test_add_func("/signal/waterfall/refused", test_waterfall_refused);
	return g_test_run();
}

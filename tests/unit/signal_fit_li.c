/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_li.h"

#include "base/error.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

/* A laser: threshold 11.3 mA, 0.25 W/A above, 5 mW/A of spontaneous light, and a rollover. */
struct laser {
	double threshold_a;
	double slope;
	double spontaneous;
	double rollover_a; /* 0 none */
	double noise_w;
};

static guint measure(const struct laser *laser, double step_a, guint n, struct maker_rng *rng,
                     double *current_a, double *power_w)
{
	for (guint i = 0; i < n; i++) {
		double i_a = step_a * i, above = fmax(0.0, i_a - laser->threshold_a), power;

		power = laser->spontaneous * fmin(i_a, laser->threshold_a) + laser->slope * above;
		if (laser->rollover_a > 0.0 && i_a > laser->rollover_a)
			power -= 5.0 * pow(i_a - laser->rollover_a, 2.0);
		current_a[i] = i_a;
		power_w[i] = power + laser->noise_w * maker_normal(rng);
	}
	return n;
}

static void test_exact(void)
{
	static const struct laser laser = {11.3e-3, 0.25, 5e-3, 0.0, 0.0};
	struct maker_rng rng = {.state = 61};
	double current[31], power[31];
	struct fit_li fit;
	guint n = measure(&laser, 2e-3, 31, &rng, current, power);

	g_assert_true(fit_li(current, power, NULL, n, &fit, NULL));
	g_assert_cmpint(fit.threshold_a.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(fit.threshold_a.value, 11.3e-3, 1e-8);
	g_assert_cmpfloat_with_epsilon(fit.slope_w_per_a, 0.25, 1e-6);
	g_assert_cmpfloat_with_epsilon(fit.below_w_per_a, 5e-3, 1e-6);
	g_assert_cmpfloat_with_epsilon(fit.threshold_w, 5e-3 * 11.3e-3, 1e-9);
	g_assert_cmpuint(fit.n_below, ==, 6);
	g_assert_cmpuint(fit.n_above, ==, 25);
	g_assert_true(isnan(fit.rollover_a));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(fit_li_at(&fit, 41.3e-3), 7.5e-3 + 56.5e-6, 1e-8);
	g_assert_cmpfloat_with_epsilon(fit_li_at(&fit, 0.0), 0.0, 1e-9);
	g_assert_cmpfloat(fit_li_at(&fit, -1.0), ==, 0.0);
}

/* In any order, the same. */
static void test_order(void)
{
	static const struct laser laser = {11.3e-3, 0.25, 5e-3, 0.0, 1e-5};
	struct maker_rng rng = {.state = 62};
	double current[31], power[31], current_b[31], power_b[31];
	struct fit_li fit, other;
	guint n = measure(&laser, 2e-3, 31, &rng, current, power);

	for (guint i = 0; i < n; i++) {
		current_b[i] = current[i * 7 % n];
		power_b[i] = power[i * 7 % n];
	}
	g_assert_true(fit_li(current, power, NULL, n, &fit, NULL));
	g_assert_true(fit_li(current_b, power_b, NULL, n, &other, NULL));
	g_assert_cmpfloat(fit.threshold_a.value, ==, other.threshold_a.value);
	g_assert_cmpfloat(fit.slope_w_per_a, ==, other.slope_w_per_a);
}

/* Standard errors are those of repeated measurements, with sigma given or not. */
static void test_spread(void)
{
	static const struct laser laser = {11.3e-3, 0.25, 5e-3, 0.0, 3e-5};
	struct maker_rng rng = {.state = 63};
	double current[31], power[31], sigma[31], threshold2 = 0.0, slope2 = 0.0, both = 0.0;
	double told_threshold2 = 0.0, told_slope2 = 0.0, told_both = 0.0;
	const guint trials = 80;

	for (guint i = 0; i < 31; i++)
		sigma[i] = laser.noise_w;
	for (guint i = 0; i < trials; i++) {
		guint n = measure(&laser, 2e-3, 31, &rng, current, power);
		double threshold, slope;
		struct fit_li fit;

		g_assert_true(fit_li(current, power, i % 2 ? sigma : NULL, n, &fit, NULL));
		g_assert_cmpint(fit.threshold_a.status, ==, SIGNAL_OK);
		threshold = fit.threshold_a.value - 11.3e-3;
		slope = fit.slope_w_per_a - 0.25;
		threshold2 += threshold * threshold;
		slope2 += slope * slope;
		both += threshold * slope;
		told_threshold2 += fit.threshold_a.uncertainty * fit.threshold_a.uncertainty;
		told_slope2 += fit.slope_sigma * fit.slope_sigma;
		told_both += fit.covariance;
	}
	g_assert_cmpfloat_with_epsilon(sqrt(threshold2 / told_threshold2), 1.0, 0.3);
	g_assert_cmpfloat_with_epsilon(sqrt(slope2 / told_slope2), 1.0, 0.3);
	g_assert_cmpfloat(told_both, >, 0.0);
	g_assert_cmpfloat_with_epsilon(both / told_both, 1.0, 0.6);
}

/* The slope sinks from 60 mA on: left out, and the straight part is found. */
static void test_rollover(void)
{
	static const struct laser laser = {11.3e-3, 0.25, 5e-3, 60e-3, 1e-5};
	struct maker_rng rng = {.state = 64};
	double current[41], power[41];
	guint n = measure(&laser, 2e-3, 41, &rng, current, power);
	struct fit_li fit;

	g_assert_true(fit_li(current, power, NULL, n, &fit, NULL));
	g_assert_cmpint(fit.threshold_a.status, ==, SIGNAL_OK);
	g_assert_cmpfloat(fit.rollover_a, >, 55e-3);
	g_assert_cmpfloat(fit.rollover_a, <, 70e-3);
	g_assert_cmpfloat_with_epsilon(fit.threshold_a.value, 11.3e-3, 2e-4);
	g_assert_cmpfloat_with_epsilon(fit.slope_w_per_a, 0.25, 2e-3);
	g_assert_cmpuint(fit.n, <, n);
	g_assert_cmpuint(fit.n, ==, fit.n_below + fit.n_above);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_OK);
}

/* Points from 20 mA on show no threshold, though the line points at one. */
static void test_all_above(void)
{
	static const struct laser laser = {11.3e-3, 0.25, 0.0, 0.0, 1e-5};
	struct maker_rng rng = {.state = 65};
	double current[31], power[31];
	guint n = measure(&laser, 2e-3, 31, &rng, current, power);
	struct fit_li fit;

	g_assert_true(fit_li(current + 10, power + 10, NULL, n - 10, &fit, NULL));
	g_assert_cmpint(fit.threshold_a.status, ==, SIGNAL_EXTRAPOLATED);
	g_assert_true(isnan(fit.threshold_a.value));
	g_assert_cmpfloat_with_epsilon(fit.slope_w_per_a, 0.25, 1e-3);
	g_assert_true(isnan(fit.below_w_per_a) && isnan(fit.threshold_w));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_DOUBTFUL);
	g_assert_true(isnan(fit_li_at(&fit, 0.02)));
}

static void test_no_laser(void)
{
	struct maker_rng rng = {.state = 66};
	double current[20], power[20];
	struct fit_li fit;

	/* a lamp */
	for (guint i = 0; i < 20; i++) {
		current[i] = 2e-3 * i;
		power[i] = 0.01 * current[i] + 1e-6 * maker_normal(&rng);
	}
	g_assert_true(fit_li(current, power, NULL, 20, &fit, NULL));
	g_assert_cmpint(fit.threshold_a.status, ==, SIGNAL_NO_FEATURE);
	g_assert_nonnull(strstr(fit.verdict.reason, "straight"));
	/* exactly straight: no kink is made from rounding */
	for (guint i = 0; i < 20; i++)
		power[i] = 0.01 * current[i];
	g_assert_true(fit_li(current, power, NULL, 20, &fit, NULL));
	g_assert_cmpint(fit.threshold_a.status, ==, SIGNAL_NO_FEATURE);
	/* dark */
	for (guint i = 0; i < 20; i++)
		power[i] = 1e-9 * maker_normal(&rng);
	g_assert_true(fit_li(current, power, NULL, 20, &fit, NULL));
	g_assert_cmpint(fit.threshold_a.status, ==, SIGNAL_NO_FEATURE);
	g_assert_nonnull(strstr(fit.verdict.reason, "rise"));
	g_assert_true(isnan(fit.slope_w_per_a));
	/* two slopes, but the lower one is no spontaneous light */
	for (guint i = 0; i < 20; i++)
		power[i] = 0.1 * current[i] + 0.1 * fmax(0.0, current[i] - 15e-3);
	g_assert_true(fit_li(current, power, NULL, 20, &fit, NULL));
	g_assert_cmpfloat_with_epsilon(fit.threshold_a.value, 15e-3, 1e-6);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_DOUBTFUL);
	g_assert_nonnull(strstr(fit.verdict.reason, "steep"));
}

static void test_verdicts(void)
{
	static const struct laser laser = {3e-3, 0.25, 0.0, 0.0, 1e-6};
	struct maker_rng rng = {.state = 67};
	double current[20], power[20], sigma[20];
	struct fit_li fit;

	measure(&laser, 2e-3, 20, &rng, current, power);
	g_assert_true(fit_li(current, power, NULL, 20, &fit, NULL));
	g_assert_cmpint(fit.threshold_a.status, ==, SIGNAL_OK);
	g_assert_cmpuint(fit.n_below, ==, 2);
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_TOO_FEW);
	/* more scatter than sigma says */
	measure(&(struct laser){11.3e-3, 0.25, 0.0, 0.0, 3e-5}, 2e-3, 20, &rng, current, power);
	for (guint i = 0; i < 20; i++)
		sigma[i] = 1e-5;
	g_assert_true(fit_li(current, power, sigma, 20, &fit, NULL));
	g_assert_cmpint(fit.verdict.status, ==, SIGNAL_DOUBTFUL);
	g_assert_nonnull(strstr(fit.verdict.reason, "scatter"));
}

static void test_refused(void)
{
	static const double x[] = {1.0, 2.0, 3.0, 4.0, 5.0}, same[] = {5.0, 5.0, 5.0, 5.0, 5.0};
	static const double nan_y[] = {1.0, (double)NAN, 2.0, 3.0, 4.0};
	static const double zero_sigma[] = {1.0, 0.0, 1.0, 1.0, 1.0};
	static const struct {
		const double *x, *y, *sigma;
		guint n;
		enum signal_status status;
	} rows[] = {
		{x, x, NULL, 0, SIGNAL_TOO_FEW},          {x, x, NULL, 4, SIGNAL_TOO_FEW},
		{x, nan_y, NULL, 5, SIGNAL_NOT_FINITE},   {nan_y, x, NULL, 5, SIGNAL_NOT_FINITE},
		{x, x, zero_sigma, 5, SIGNAL_NOT_FINITE}, {same, x, NULL, 5, SIGNAL_CONSTANT},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct fit_li fit;

		g_assert_false(
			fit_li(rows[i].x, rows[i].y, rows[i].sigma, rows[i].n, &fit, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
		g_assert_cmpint(fit.verdict.status, ==, rows[i].status);
		g_assert_cmpint(fit.threshold_a.status, ==, rows[i].status);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/fit-li/exact", test_exact);
	g_test_add_func("/signal/fit-li/order", test_order);
	g_test_add_func("/signal/fit-li/spread", test_spread);
	g_test_add_func("/signal/fit-li/rollover", test_rollover);
	g_test_add_func("/signal/fit-li/all-above", test_all_above);
	g_test_add_func("/signal/fit-li/no-laser", test_no_laser);
	g_test_add_func("/signal/fit-li/verdicts", test_verdicts);
	g_test_add_func("/signal/fit-li/refused", test_refused);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber.h"
#include "signal/ber_waterfall.h"
#include "base/normal.h"

#include "tests/unit/signal_counts.h"

#include <glib.h>

/* How often intervals hold the truth. */

struct coverage {
	double two_sided;
	double below; /* the one-sided bounds */
	double above;
};

/* Exactly: the probabilities of all counts whose interval holds p, summed. */
static struct coverage exact_coverage(guint64 bits, double p, double confidence)
{
	struct coverage covered = {0.0, 0.0, 0.0};
	double n = (double)bits, mean = n * p, reach = 12.0 * sqrt(mean) + 30.0;
	double first = floor(fmax(0.0, mean - reach)), last = ceil(fmin(n, mean + reach));

	for (double k = first; k <= last; k += 1.0) {
		double weight = exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) +
		                    k * log(p) + (n - k) * log1p(-p));
		struct ber_estimate e;

		g_assert_true(ber_from_counts(bits, (guint64)k, confidence, &e, NULL));
		covered.two_sided += e.lower <= p && p <= e.upper ? weight : 0.0;
		covered.below += p <= e.upper_one_sided ? weight : 0.0;
		covered.above += p >= e.lower_one_sided ? weight : 0.0;
	}
	return covered;
}

/* Never less than promised; not more than a count's grain asks for. */
static void test_counts(void)
{
	static const struct {
		guint64 bits;
		double p, most; /* of a nominal 0.95 */
	} rows[] = {
		{20, 0.02, 1.0},        {20, 0.3, 0.99},        {200, 0.005, 1.0},
		{200, 0.05, 0.985},     {200, 0.5, 0.975},      {10000, 2.4e-4, 1.0},
		{10000, 1e-2, 0.97},    {100000, 2.4e-4, 0.99}, {1000000, 2.4e-4, 0.965},
		{1000000, 0.01, 0.955},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct coverage covered = exact_coverage(rows[i].bits, rows[i].p, 0.95);

		g_assert_cmpfloat(covered.two_sided, >=, 0.95 - 1e-6);
		g_assert_cmpfloat(covered.two_sided, <=, rows[i].most + 1e-6);
		g_assert_cmpfloat(covered.below, >=, 0.95 - 1e-6);
		g_assert_cmpfloat(covered.above, >=, 0.95 - 1e-6);
	}
}

/* The worst ratios are beside the bounds themselves, where a count more or less drops out. */
static void test_counts_at_bounds(void)
{
	for (guint k = 0; k <= 40; k++) {
		struct ber_estimate e;

		g_assert_true(ber_from_counts(40, k, 0.9, &e, NULL));
		for (int side = -1; side <= 1; side += 2) {
			double low = e.lower * (1.0 + side * 1e-9),
			       high = e.upper * (1.0 + side * 1e-9);

			if (low > 0.0)
				g_assert_cmpfloat(exact_coverage(40, low, 0.9).two_sided, >=,
				                  0.9 - 1e-6);
			if (high < 1.0)
				g_assert_cmpfloat(exact_coverage(40, high, 0.9).two_sided, >=,
				                  0.9 - 1e-6);
		}
	}
}

static const double sensitivity_dbm = -6.3;

static double true_ber(double oma_dbm)
{
	return 0.75 * normal_tail(3.41407 * pow(10.0, (oma_dbm - sensitivity_dbm) / 10.0));
}

struct receiver {
	double first_dbm;
	double step_db;
	guint points;
	guint64 bits;
	double set_sigma_db;  /* how powers scatter */
	double told_sigma_db; /* what the fit is told of it */
};

struct held {
	guint trials;
	guint sensitivity;
	guint band; /* at a power of its own */
	double standard_error_db;
	double error2_db;
};

/* Receivers with constant noise, measured over and over. */
static struct held measure(const struct receiver *r, guint trials, guint64 seed)
{
	struct maker_rng rng = {.state = seed};
	struct ber_waterfall_settings settings;
	struct held held = {.trials = trials};
	double band_dbm = r->first_dbm + 0.6 * r->points * r->step_db;

	ber_waterfall_settings_default(&settings);
	settings.power_sigma_db = r->told_sigma_db;
	for (guint i = 0; i < trials; i++) {
		struct ber_point points[12];
		struct ber_waterfall fit;
		double low, high, miss;

		for (guint k = 0; k < r->points; k++) {
			double oma = r->first_dbm + k * r->step_db;
			double mean = (double)r->bits *
			              true_ber(oma + r->set_sigma_db * maker_normal(&rng));

			points[k] = (struct ber_point){oma, r->bits, draw_poisson(&rng, mean)};
		}
		g_assert_true(ber_waterfall_fit(points, r->points, &settings, &fit, NULL));
		g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_OK);
		held.sensitivity +=
			fit.low_dbm <= sensitivity_dbm && sensitivity_dbm <= fit.high_dbm;
		g_assert_true(ber_waterfall_band_at(&fit, band_dbm, &low, &high));
		held.band += low <= true_ber(band_dbm) && true_ber(band_dbm) <= high;
		miss = fit.sensitivity_dbm.value - sensitivity_dbm;
		held.error2_db += miss * miss / trials;
		held.standard_error_db += fit.standard_error_db / trials;
	}
	return held;
}

static void test_waterfall(void)
{
	static const struct receiver rows[] = {
		{-8.5, 0.4, 8, 1000000000, 0.0, 0.0},    /* counts alone */
		{-7.9, 0.4, 5, 1000000, 0.0, 0.0},       /* few bits: counts down to 10 */
		{-7.9, 0.5, 4, 100000000, 0.0, 0.0},     /* few points */
		{-8.5, 0.4, 8, 10000000000, 0.03, 0.03}, /* powers that scatter */
		{-8.5, 0.4, 8, 10000000000, 0.1, 0.1},
		{-8.5, 0.4, 8, 10000000000, 0.03, 0.0}, /* and nobody says so */
		{-7.9, 0.5, 4, 10000000000, 0.03, 0.0},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct held held = measure(&rows[i], 800, 100 + i);

		g_test_message("row %u: sensitivity %.3f, band %.3f, error %.5f dB, told %.5f dB",
		               i, (double)held.sensitivity / held.trials,
		               (double)held.band / held.trials, sqrt(held.error2_db),
		               held.standard_error_db);
		g_assert_cmpfloat((double)held.sensitivity / held.trials, >=, 0.90);
		g_assert_cmpfloat((double)held.sensitivity / held.trials, <=, 0.98);
		g_assert_cmpfloat((double)held.band / held.trials, >=, 0.90);
		g_assert_cmpfloat((double)held.band / held.trials, <=, 0.98);
		g_assert_cmpfloat_with_epsilon(sqrt(held.error2_db) / held.standard_error_db, 1.0,
		                               0.25);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/ber-coverage/counts", test_counts);
	g_test_add_func("/signal/ber-coverage/bounds", test_counts_at_bounds);
	g_test_add_func("/signal/ber-coverage/waterfall", test_waterfall);
	return g_test_run();
}

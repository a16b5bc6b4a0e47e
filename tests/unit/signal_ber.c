/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/beta.h"
#include "signal/ber.h"

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
	/* tables of Student's t and of F, Poisson by hand */
	g_assert_cmpfloat_with_epsilon(beta_student_quantile(0.95, 1.0), 12.706205, 1e-5);
	g_assert_cmpfloat_with_epsilon(beta_student_quantile(0.95, 10.0), 2.228139, 1e-6);
	g_assert_cmpfloat_with_epsilon(beta_f_quantile(0.95, 2.0, 10.0), 4.102821, 1e-6);
	g_assert_cmpfloat_with_epsilon(beta_f_quantile(0.99, 5.0, 20.0), 4.102685, 1e-6);
	g_assert_cmpfloat_with_epsilon(beta_poisson_above(0.0, 0.5), 1.0 - exp(-0.5), 1e-11);
	g_assert_cmpfloat_with_epsilon(beta_poisson_above(2.0, 3.0), 1.0 - 8.5 * exp(-3.0), 1e-11);
	g_assert_true(isnan(beta_incomplete(0.5, 0.0, 1.0)));
	g_assert_true(isnan(beta_quantile(1.5, 2.0, 3.0)));
}

/* N * BER at 95 % one-sided for k errors, half the chi-square quantile with 2k + 2. */
static void test_poisson_bounds(void)
{
	static const double upper[] = {2.9957, 4.7439, 6.2958, 7.7537, 9.1535, 10.5130};

	for (guint k = 0; k < G_N_ELEMENTS(upper); k++) {
		struct ber_estimate e;
		double bits = ber_bits_needed_with(2.4e-4, k, 0.95);

		g_assert_true(ber_from_counts(1000000000000000u, k, 0.95, &e, NULL));
		g_assert_cmpfloat_with_epsilon(e.upper_one_sided * 1e15, upper[k], 6e-5);
		g_assert_cmpfloat_with_epsilon(bits * 2.4e-4, upper[k], 6e-5);
		/* the bits reach the confidence, and not much more than that */
		g_assert_cmpfloat(ber_confidence_below((guint64)bits, k, 2.4e-4), >=, 0.95);
		g_assert_cmpfloat(ber_confidence_below((guint64)bits, k, 2.4e-4), <, 0.9502);
	}
	g_assert_cmpfloat_with_epsilon(ber_time_needed_s(1e-12, 0, 0.95, 106.25e9), 28.195, 1e-3);
	g_assert_cmpfloat(ber_confidence_below(100, 100, 0.5), ==, 0.0);
}

/* Where the exact quantile hands over to the expansion, they agree: 60 digits say so. */
static void test_many_errors(void)
{
	static const struct {
		guint64 errors;
		double lower, upper;
	} rows[] = {
		{999999, 2.4950999669075e-6, 2.50490227127063e-6},
		{1000001, 2.49510496200761e-6, 2.50490727617052e-6},
		{10000000, 2.4984507685717e-5, 2.50154995504606e-5},
		{100000001, 0.000249951011891528, 0.000250049000340863},
		{5000000000, 0.0124996556986058, 0.0125003443084491},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct ber_estimate e;

		g_assert_true(ber_from_counts(G_GUINT64_CONSTANT(400000000000), rows[i].errors,
		                              0.95, &e, NULL));
		g_assert_cmpfloat_with_epsilon(e.lower / rows[i].lower, 1.0, 3e-12);
		g_assert_cmpfloat_with_epsilon(e.upper / rows[i].upper, 1.0, 3e-12);
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
	g_assert_cmpfloat_with_epsilon(e.upper_one_sided, 2.4e-4, 1e-7);
	g_assert_true(ber_from_counts(50, 50, 0.95, &e, NULL));
	g_assert_cmpfloat(e.upper, ==, 1.0);
	g_assert_cmpfloat_with_epsilon(pow(e.lower_one_sided, 50), 0.05, 1e-12);
	g_assert_cmpfloat_with_epsilon(pow(e.lower, 50), 0.025, 1e-12);
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
		enum signal_status status;
	} rows[] = {
		{0, 0, 0.95, STATION_ERROR_DATA, SIGNAL_NO_BITS},
		{0, 1, 0.95, STATION_ERROR_DATA, SIGNAL_BAD_COUNT},
		{100, 101, 0.95, STATION_ERROR_DATA, SIGNAL_BAD_COUNT},
		{100, 1, 0.0, STATION_ERROR_RANGE, SIGNAL_BAD_SETTING},
		{100, 1, 1.0, STATION_ERROR_RANGE, SIGNAL_BAD_SETTING},
		{100, 1, (double)NAN, STATION_ERROR_RANGE, SIGNAL_BAD_SETTING},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct ber_estimate e;

		g_assert_false(ber_from_counts(rows[i].bits, rows[i].errors, rows[i].confidence, &e,
		                               &error));
		g_assert_error(error, STATION_ERROR, rows[i].code);
		g_assert_cmpint(e.status, ==, rows[i].status);
		g_assert_true(isnan(e.ber) && isnan(e.lower) && isnan(e.upper));
		g_assert_true(isnan(e.lower_one_sided) && isnan(e.upper_one_sided));
	}
	g_assert_true(isnan(ber_bits_needed(0.0, 0.95)));
	g_assert_true(isnan(ber_bits_needed(1e-3, 1.0)));
	g_assert_true(isnan(ber_bits_needed_with(1e-3, 3, 0.0)));
	g_assert_true(isnan(ber_time_needed_s(1e-3, 3, 0.95, 0.0)));
	g_assert_true(isnan(ber_confidence_below(0, 0, 1e-3)));
	g_assert_true(isnan(ber_confidence_below(10, 11, 1e-3)));
	g_assert_true(isnan(ber_confidence_below(10, 1, 0.0)));
}

/*
 * Bounds from exact binomial sums and bisection with 60 digits: bits, errors, confidence, both
 * two-sided bounds, both one-sided ones.
 */
static void test_exact_bounds(void)
{
	static const struct {
		guint64 bits, errors;
		double confidence, lower, upper, lower_one_sided, upper_one_sided;
	} rows[] = {
		{100, 0, 0.95, 0.0, 0.03621669264518, 0.0, 0.02951304960704},
		{12482, 0, 0.95, 0.0, 0.0002954922616249, 0.0, 0.0002399753892138},
		{1000000000000000u, 0, 0.95, 0.0, 3.688879454114e-15, 0.0, 2.995732273554e-15},
		{10, 3, 0.95, 0.06673951117773, 0.65245285006, 0.08726443391415, 0.6066242161054},
		{1000, 1, 0.9, 5.129197890902e-5, 0.0047349935755, 0.0001053549654336,
	         0.003884104398397},
		{1000000, 120, 0.95, 9.949289611005e-5, 0.0001434888999945, 0.0001025685328713,
	         0.0001396424505325},
		{1000000000, 1, 0.95, 2.531780798397e-11, 5.571643378203e-9, 5.129329438624e-11,
	         4.74386450951e-9},
		{1000000000000, 5, 0.99, 1.077928240654e-12, 1.414975941096e-11, 1.279106080095e-12,
	         1.310848365271e-11},
		{1000000000000000, 1, 0.95, 2.531780798429e-17, 5.571643390939e-15,
	         5.129329438755e-17, 4.743864518391e-15},
		{1000000000000000, 10, 0.95, 4.795388696132e-15, 1.839035604202e-14,
	         5.425405697091e-15, 1.696221923572e-14},
		{1000000000000000, 1000, 0.95, 9.389730184077e-13, 1.063952136016e-12,
	         9.485598493837e-13, 1.053603122133e-12},
		{1000000000000000, 20000, 0.99, 1.963760119998e-11, 2.036716448452e-11,
	         1.967247607892e-11, 2.033147339528e-11},
		{10000000, 5000, 0.999, 0.0004770649917283, 0.000523691728467, 0.0004784385605989,
	         0.0005222329056168},
		{10000, 5000, 0.95, 0.49015138059, 0.50984861941, 0.4917265044037, 0.5082734955963},
		{50, 49, 0.95, 0.8935304542885, 0.999493772017, 0.9086018692803, 0.9989746601328},
		{64, 64, 0.9, 0.9542702976692, 1.0, 0.9646616199112, 1.0},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct ber_estimate e;

		g_assert_true(ber_from_counts(rows[i].bits, rows[i].errors, rows[i].confidence, &e,
		                              NULL));
		g_assert_cmpint(e.status, ==, SIGNAL_OK);
		g_assert_cmpfloat_with_epsilon(e.lower, rows[i].lower,
		                               1e-30 + 1e-9 * rows[i].lower);
		g_assert_cmpfloat_with_epsilon(e.upper, rows[i].upper,
		                               1e-30 + 1e-9 * rows[i].upper);
		g_assert_cmpfloat_with_epsilon(e.lower_one_sided, rows[i].lower_one_sided,
		                               1e-30 + 1e-9 * rows[i].lower_one_sided);
		g_assert_cmpfloat_with_epsilon(e.upper_one_sided, rows[i].upper_one_sided,
		                               1e-30 + 1e-9 * rows[i].upper_one_sided);
	}
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

/* Counts of windows: one by one, and in bursts of ten. */
static void test_windows(void)
{
	static const guint64 bits[4] = {1000000, 1000000, 2000000, 1000000};
	static const guint64 single[4] = {100, 108, 195, 92}, bursts[4] = {70, 130, 190, 110};
	static const guint64 few[4] = {0, 1, 0, 2};
	struct ber_estimate e, sum;
	struct ber_dispersion dispersion;
	double chi2;

	g_assert_true(ber_from_windows(bits, single, 4, 0.95, &e, &dispersion, NULL));
	g_assert_true(ber_from_counts(5000000, 495, 0.95, &sum, NULL));
	g_assert_cmpfloat(e.lower, ==, sum.lower);
	g_assert_cmpfloat(e.upper, ==, sum.upper);
	g_assert_false(dispersion.bursts);
	/* expected 99, 99, 198, 99: (1 + 81 + 9/2 + 49)/99, less a part of 1e-4 */
	chi2 = (1.0 + 81.0 + 4.5 + 49.0) / 99.0;
	g_assert_cmpfloat_with_epsilon(dispersion.ratio, chi2 / 3.0, 1e-4);
	g_assert_cmpfloat_with_epsilon(dispersion.limit, 16.266236 / 3.0, 1e-6);

	g_assert_true(ber_from_windows(bits, bursts, 4, 0.95, &e, &dispersion, NULL));
	g_assert_true(ber_from_counts(5000000, 500, 0.95, &sum, NULL));
	g_assert_true(dispersion.bursts);
	g_assert_cmpfloat(e.ber, ==, sum.ber);
	g_assert_cmpfloat_with_epsilon((e.upper - e.lower) / (sum.upper - sum.lower),
	                               sqrt(dispersion.ratio), 0.15);
	g_assert_true(ber_from_windows(bits, few, 4, 0.95, &e, &dispersion, NULL));
	g_assert_true(isnan(dispersion.ratio));
	g_assert_false(dispersion.bursts);
	g_assert_true(ber_from_windows(bits, few, 1, 0.95, &e, NULL, NULL));
}

static void test_windows_refused(void)
{
	static const guint64 bits[2] = {100, 100}, errors[2] = {1, 101};
	static const guint64 too_many[2] = {G_MAXUINT64, 2}, none[2] = {0, 0};
	g_autoptr(GError) error = NULL;
	struct ber_estimate e;

	g_assert_false(ber_from_windows(bits, errors, 2, 0.95, &e, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_assert_true(g_str_has_prefix(error->message, "window 1: "));
	g_assert_cmpint(e.status, ==, SIGNAL_BAD_COUNT);
	g_assert_false(ber_from_windows(too_many, none, 2, 0.95, &e, NULL, NULL));
	g_assert_cmpint(e.status, ==, SIGNAL_BAD_COUNT);
	g_assert_false(ber_from_windows(bits, errors, 0, 0.95, &e, NULL, NULL));
	g_assert_cmpint(e.status, ==, SIGNAL_NO_BITS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/beta", test_beta);
	g_test_add_func("/signal/ber/poisson", test_poisson_bounds);
	g_test_add_func("/signal/ber/counts", test_counts);
	g_test_add_func("/signal/ber/refused", test_counts_refused);
	g_test_add_func("/signal/ber/statements", test_statements);
	g_test_add_func("/signal/ber/exact", test_exact_bounds);
	g_test_add_func("/signal/ber/many", test_many_errors);
	g_test_add_func("/signal/ber/windows", test_windows);
	g_test_add_func("/signal/ber/windows-refused", test_windows_refused);
	return g_test_run();
}

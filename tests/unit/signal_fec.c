/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fec.h"

#include "base/error.h"
#include "tests/unit/signal_counts.h"

#include <glib.h>
#include <string.h>

/* Binomial, term by term. */
static double symbols_wrong(guint n, guint k, double p)
{
	return exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(p) +
	           (n - k) * log1p(-p));
}

static double sum_beyond(guint n, guint corrected, double p)
{
	double sum = 0.0;

	for (guint k = corrected + 1; k <= n; k++)
		sum += symbols_wrong(n, k, p);
	return sum;
}

static void test_codeword_loss(void)
{
	g_assert_cmpfloat_with_epsilon(fec_codeword_loss(&fec_kp4, 2.4e-4) / 8.15e-13, 1.0, 5e-3);
	g_assert_cmpfloat_with_epsilon(fec_codeword_loss(&fec_kp4, 1.54e-4) / 1e-15, 1.0, 0.1);
	for (double p = 1e-4; p < 0.2; p *= 3.0) {
		double kp4 = sum_beyond(544, 15, p), kr4 = sum_beyond(528, 7, p);

		g_assert_cmpfloat_with_epsilon(fec_codeword_loss_from_symbols(&fec_kp4, p) / kp4,
		                               1.0, 1e-9);
		g_assert_cmpfloat_with_epsilon(fec_codeword_loss_from_symbols(&fec_kr4, p) / kr4,
		                               1.0, 1e-9);
	}
	g_assert_cmpfloat(fec_codeword_loss(&fec_kp4, 0.0), ==, 0.0);
	g_assert_cmpfloat_with_epsilon(fec_codeword_loss(&fec_kp4, 0.5), 1.0, 1e-9);
	g_assert_cmpfloat(fec_codeword_loss(&fec_kp4, 1.0), ==, 1.0);
	g_assert_true(isnan(fec_codeword_loss(&fec_kp4, -1e-3)));
	g_assert_true(isnan(fec_codeword_loss(&fec_kp4, (double)NAN)));
	g_assert_true(isnan(fec_codeword_loss_from_symbols(&fec_kp4, 1.1)));
}

static void test_inverse(void)
{
	for (double loss = 1e-20; loss < 0.5; loss *= 100.0) {
		double ber = fec_ber_for_loss(&fec_kp4, loss);

		g_assert_cmpfloat_with_epsilon(fec_codeword_loss(&fec_kp4, ber) / loss, 1.0, 1e-8);
	}
	g_assert_cmpfloat_with_epsilon(fec_ber_for_loss(&fec_kp4, 1e-15), 1.54e-4, 1e-6);
	g_assert_cmpfloat_with_epsilon(fec_ber_for_loss(&fec_kp4, 8.15e-13), 2.4e-4, 1e-7);
	g_assert_true(isnan(fec_ber_for_loss(&fec_kp4, -1.0)));
	g_assert_true(isnan(fec_ber_for_loss(&fec_kp4, (double)NAN)));
}

/* Two codewords a frame: about 1.7e-12 at the limit of the standard. */
static void test_frame(void)
{
	double loss = fec_codeword_loss(&fec_kp4, 2.4e-4);

	g_assert_cmpfloat_with_epsilon(fec_frame_loss(loss, 2) / 1.63e-12, 1.0, 5e-3);
	g_assert_cmpfloat_with_epsilon(fec_frame_loss(0.25, 2), 0.4375, 1e-15);
	g_assert_cmpfloat(fec_frame_loss(loss, 1), ==, loss);
	g_assert_true(isnan(fec_frame_loss(loss, 0)));
	g_assert_true(isnan(fec_frame_loss(2.0, 1)));
}

/* One second of 78 million codewords: mean counts of random errors at a bit error ratio. */
static void random_counts(double ber, double codewords, struct maker_rng *rng, guint64 *counts)
{
	double p = -expm1(10.0 * log1p(-ber));

	for (guint k = 0; k <= 15; k++) {
		double mean = codewords * symbols_wrong(544, k, p);

		counts[k] = rng ? draw_poisson(rng, mean) : (guint64)rint(mean);
	}
}

/* The table at the limit: 0.271, 0.354, 0.231 ... and what both ways make of it. */
static void test_random_errors(void)
{
	static const double pmf[] = {0.271,   0.354,   0.231,   0.100,  0.0326,
	                             8.47e-3, 1.83e-3, 3.38e-4, 5.45e-5};
	guint64 counts[16];
	struct fec_histogram histogram = {.codewords = counts};
	struct fec_margin margin;
	double truth = log10(8.15e-13);

	random_counts(2.4e-4, 78e6, NULL, counts);
	for (guint k = 0; k < G_N_ELEMENTS(pmf); k++)
		g_assert_cmpfloat_with_epsilon((double)counts[k] / 78e6 / pmf[k], 1.0, 5e-3);
	g_assert_true(fec_margin_from_histogram(&fec_kp4, &histogram, &margin, NULL));
	g_assert_cmpint(margin.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(margin.symbol_error_ratio * 544.0, 1.3042, 1e-4);
	g_assert_cmpfloat_with_epsilon(margin.ber, 2.4e-4, 1e-8);
	g_assert_cmpfloat_with_epsilon(margin.from_mean.log10_loss.value, truth, 5e-3);
	g_assert_cmpint(margin.from_mean.assumption, ==, FEC_INDEPENDENT_SYMBOLS);
	g_assert_cmpfloat_with_epsilon(margin.from_tail.log10_loss.value, truth, 0.1);
	g_assert_cmpint(margin.from_tail.assumption, ==, FEC_STEADY_TAIL);
	g_assert_nonnull(strstr(fec_assumption_text(FEC_INDEPENDENT_SYMBOLS), "independent"));
	g_assert_nonnull(strstr(fec_assumption_text(FEC_STEADY_TAIL), "slope"));
	g_assert_false(margin.bursts);
	g_assert_cmpfloat(margin.counted_loss, ==, 0.0);
	g_assert_cmpfloat_with_epsilon(margin.counted_upper * 78e6, 3.689, 1e-3);
}

/* Uncertainties are what simulated counts scatter by, and random errors never look like bursts. */
static void test_uncertainty(void)
{
	struct maker_rng rng = {.state = 21};
	double truth = log10(fec_codeword_loss(&fec_kp4, 2e-4)), mean2 = 0.0, tail2 = 0.0;
	const guint trials = 300;

	for (guint i = 0; i < trials; i++) {
		guint64 counts[16];
		struct fec_histogram histogram = {.codewords = counts};
		struct fec_margin margin;
		double mean, tail;

		random_counts(2e-4, 1e6, &rng, counts);
		g_assert_true(fec_margin_from_histogram(&fec_kp4, &histogram, &margin, NULL));
		g_assert_false(margin.bursts);
		mean = (margin.from_mean.log10_loss.value - truth) /
		       margin.from_mean.log10_loss.uncertainty;
		tail = (margin.from_tail.log10_loss.value - truth) /
		       margin.from_tail.log10_loss.uncertainty;
		mean2 += mean * mean / trials;
		tail2 += tail * tail / trials;
	}
	g_assert_cmpfloat_with_epsilon(sqrt(mean2), 1.0, 0.15);
	g_assert_cmpfloat_with_epsilon(sqrt(tail2), 1.0, 0.25);
}

/*
 * Errors that come in runs of one, two, three ... symbols, each next with probability `more`:
 * Panjer's recursion for the exact distribution. Runs are Poisson.
 */
static void runs_pmf(double mean, double more, double *pmf, guint n)
{
	double runs = mean * (1.0 - more);

	pmf[0] = exp(-runs);
	for (guint k = 1; k < n; k++) {
		pmf[k] = 0.0;
		for (guint j = 1; j <= k; j++)
			pmf[k] += runs * j / k * (1.0 - more) * pow(more, j - 1.0) * pmf[k - j];
	}
}

static void test_bursts(void)
{
	struct maker_rng rng = {.state = 22};
	guint64 counts[16];
	struct fec_histogram histogram = {.codewords = counts};
	double pmf[200], truth = 0.0, tail, mean;
	struct fec_margin margin;

	runs_pmf(0.8, 0.4, pmf, 200);
	for (guint k = 16; k < 200; k++)
		truth += pmf[k];
	for (guint k = 0; k < 16; k++)
		counts[k] = draw_poisson(&rng, 78e6 * pmf[k]);
	for (guint k = 16; k < 200; k++)
		histogram.uncorrected += draw_poisson(&rng, 78e6 * pmf[k]);
	g_assert_true(fec_margin_from_histogram(&fec_kp4, &histogram, &margin, NULL));
	g_assert_true(margin.bursts);
	mean = margin.from_mean.log10_loss.value;
	tail = margin.from_tail.log10_loss.value;
	g_test_message("truth 10^%.2f, mean 10^%.2f, tail 10^%.2f", log10(truth), mean, tail);
	g_assert_cmpfloat(margin.burst_decades, >, 3.0);
	/* the tail is far nearer to the truth, and still too good: bursts bend it upwards */
	g_assert_cmpfloat(fabs(tail - log10(truth)), <, 0.35 * fabs(mean - log10(truth)));
	g_assert_cmpfloat(margin.counted_lower, <=, truth);
	g_assert_cmpfloat(margin.counted_upper, >=, truth);
}

static void test_no_value(void)
{
	guint64 counts[16] = {0};
	struct fec_histogram histogram = {.codewords = counts};
	g_autoptr(GError) error = NULL;
	struct fec_margin margin;

	g_assert_false(fec_margin_from_histogram(&fec_kp4, &histogram, &margin, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_assert_cmpint(margin.status, ==, SIGNAL_NO_BITS);
	g_assert_cmpint(margin.from_mean.log10_loss.status, ==, SIGNAL_NO_BITS);
	g_assert_true(isnan(margin.ber));
	/* nothing to correct */
	counts[0] = 1000;
	g_assert_true(fec_margin_from_histogram(&fec_kp4, &histogram, &margin, NULL));
	g_assert_cmpint(margin.from_mean.log10_loss.status, ==, SIGNAL_TOO_FEW);
	g_assert_cmpint(margin.from_tail.log10_loss.status, ==, SIGNAL_TOO_FEW);
	g_assert_true(isnan(margin.burst_decades));
	g_assert_false(margin.bursts);
	/* a mean, and no tail yet */
	counts[1] = 100;
	counts[2] = 5;
	g_assert_true(fec_margin_from_histogram(&fec_kp4, &histogram, &margin, NULL));
	g_assert_cmpint(margin.from_mean.log10_loss.status, ==, SIGNAL_OK);
	g_assert_cmpint(margin.from_tail.log10_loss.status, ==, SIGNAL_TOO_FEW);
	/* nothing but lost codewords: 16 wrong symbols each at least */
	memset(counts, 0, sizeof(counts));
	histogram.uncorrected = 50;
	g_assert_true(fec_margin_from_histogram(&fec_kp4, &histogram, &margin, NULL));
	g_assert_cmpfloat_with_epsilon(margin.symbol_error_ratio, 16.0 / 544.0, 1e-12);
	g_assert_cmpfloat(margin.counted_loss, ==, 1.0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/fec/codeword", test_codeword_loss);
	g_test_add_func("/signal/fec/inverse", test_inverse);
	g_test_add_func("/signal/fec/frame", test_frame);
	g_test_add_func("/signal/fec/random", test_random_errors);
	g_test_add_func("/signal/fec/uncertainty", test_uncertainty);
	g_test_add_func("/signal/fec/bursts", test_bursts);
	g_test_add_func("/signal/fec/no-value", test_no_value);
	return g_test_run();
}

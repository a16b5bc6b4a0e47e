/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber_sequence.h"

#include "base/error.h"
#include "tests/unit/signal_counts.h"

#include <glib.h>

/* How a test ends at a bit error ratio, with batches of so many bits. */
struct outcome {
	guint trials;
	guint passes;
	guint truncated;
	double mean_bits;
};

static struct outcome simulate(const struct ber_sequence_settings *settings, double ber,
                               guint64 batch, guint trials, guint64 seed)
{
	struct maker_rng rng = {.state = seed};
	struct outcome outcome = {.trials = trials};
	struct ber_sequence fresh;

	g_assert_true(ber_sequence_init(&fresh, settings, NULL));
	for (guint i = 0; i < trials; i++) {
		struct ber_sequence test = fresh;

		while (test.decision == BER_CONTINUE)
			g_assert_true(ber_sequence_add(&test, batch,
			                               draw_poisson(&rng, ber * (double)batch),
			                               NULL));
		outcome.passes += test.decision == BER_PASS;
		outcome.truncated += test.truncated;
		outcome.mean_bits += (double)test.bits / trials;
	}
	return outcome;
}

/* ln(99) / 1.2e-4 = 38292.7 */
static void test_no_errors(void)
{
	struct ber_sequence_settings settings;
	struct ber_sequence test;

	ber_sequence_settings_default(&settings);
	g_assert_true(ber_sequence_init(&test, &settings, NULL));
	g_assert_cmpuint(ber_sequence_bits_to_pass(&test), ==, 38293);
	g_assert_true(ber_sequence_add(&test, 38292, 0, NULL));
	g_assert_cmpint(test.decision, ==, BER_CONTINUE);
	g_assert_cmpuint(ber_sequence_bits_to_pass(&test), ==, 1);
	g_assert_true(ber_sequence_add(&test, 1, 0, NULL));
	g_assert_cmpint(test.decision, ==, BER_PASS);
	g_assert_false(test.truncated);
	g_assert_cmpuint(ber_sequence_bits_to_pass(&test), ==, 0);
	/* what is decided stays so */
	g_assert_true(ber_sequence_add(&test, 1000, 1000, NULL));
	g_assert_cmpint(test.decision, ==, BER_PASS);
	g_assert_cmpuint(test.bits, ==, 38293);
}

/* Each error costs ln 2 / 1.2e-4 = 5776.2 bits more; ln 99 / ln 2 = 6.6 errors fail at once. */
static void test_errors(void)
{
	struct ber_sequence_settings settings;
	struct ber_sequence test;

	ber_sequence_settings_default(&settings);
	g_assert_true(ber_sequence_init(&test, &settings, NULL));
	g_assert_true(ber_sequence_add(&test, 20000, 3, NULL));
	g_assert_cmpuint(ber_sequence_bits_to_pass(&test), ==, 55622 - 20000);
	g_assert_true(ber_sequence_add(&test, ber_sequence_bits_to_pass(&test) - 1, 0, NULL));
	g_assert_cmpint(test.decision, ==, BER_CONTINUE);
	g_assert_true(ber_sequence_add(&test, 1, 0, NULL));
	g_assert_cmpint(test.decision, ==, BER_PASS);

	g_assert_true(ber_sequence_init(&test, &settings, NULL));
	g_assert_true(ber_sequence_add(&test, 6, 6, NULL));
	g_assert_cmpint(test.decision, ==, BER_CONTINUE);
	g_assert_true(ber_sequence_add(&test, 1, 1, NULL));
	g_assert_cmpint(test.decision, ==, BER_FAIL);
	g_assert_cmpuint(ber_sequence_bits_to_pass(&test), ==, G_MAXUINT64);
}

/* The fixed length: the smallest number of errors for which both risks can be kept. */
static void test_plan(void)
{
	struct ber_sequence_settings settings;
	struct ber_sequence plan;

	ber_sequence_settings_default(&settings);
	g_assert_true(ber_sequence_init(&plan, &settings, NULL));
	g_assert_cmpfloat(plan.good_fails_at_end, <=, 0.01);
	g_assert_cmpfloat(plan.bad_passes_at_end, <=, 0.01);
	g_assert_cmpfloat(plan.bad_passes_at_end, >, 0.0099);
	/* about ((2.326 sqrt 1 + 2.326 sqrt 2) / (2 - 1))^2 = 31.5 errors of the good ratio */
	g_assert_cmpfloat((double)plan.max_bits * 1.2e-4, >, 29.0);
	g_assert_cmpfloat((double)plan.max_bits * 1.2e-4, <, 35.0);
	/* Wald: (0.99 ln 99 - 0.01 ln 99) / (1 - ln 2) and / (2 ln 2 - 1), in errors at p0 */
	g_assert_cmpfloat_with_epsilon(plan.expected_bits_good * 1.2e-4, 14.6756, 1e-3);
	g_assert_cmpfloat_with_epsilon(plan.expected_bits_bad * 1.2e-4, 11.6577, 1e-3);
	g_assert_cmpfloat_with_epsilon(plan.good_fails_bound, 0.01 / 0.99, 1e-12);
	/* truncation adds less than its own risk; the walk counts no overshoot of passing */
	g_assert_cmpfloat(plan.good_fails, <, plan.good_fails_bound + plan.good_fails_at_end);
	g_assert_cmpfloat(plan.bad_passes, <, plan.bad_passes_bound + plan.bad_passes_at_end);
	g_assert_cmpfloat(plan.mean_bits_good, <, (double)plan.max_bits);
	g_assert_cmpfloat_with_epsilon(plan.mean_bits_good / plan.expected_bits_good, 1.0, 0.15);
	g_assert_cmpfloat_with_epsilon(plan.mean_bits_bad / plan.expected_bits_bad, 1.0, 0.15);
}

/* Small batches: decisions and length are those of the exact walk. */
static void test_risks(void)
{
	struct ber_sequence_settings settings;
	struct ber_sequence plan;
	struct outcome good, bad;

	ber_sequence_settings_default(&settings);
	g_assert_true(ber_sequence_init(&plan, &settings, NULL));
	good = simulate(&settings, 1.2e-4, 50, 6000, 3);
	bad = simulate(&settings, 2.4e-4, 50, 6000, 4);
	g_assert_true(is_near(good.trials - good.passes, good.trials, plan.good_fails));
	g_assert_true(is_near(bad.passes, bad.trials, plan.bad_passes));
	g_assert_cmpfloat_with_epsilon(good.mean_bits / plan.mean_bits_good, 1.0, 0.03);
	g_assert_cmpfloat_with_epsilon(bad.mean_bits / plan.mean_bits_bad, 1.0, 0.03);
	/* some reach the end, most do not */
	g_assert_cmpuint(good.truncated, >, 0);
	g_assert_cmpuint(good.truncated, <, good.trials / 20);
}

/* Large batches decide later, and are wrong less often than single bits. */
static void test_batches(void)
{
	struct ber_sequence_settings settings;
	struct ber_sequence plan;
	struct outcome good, bad;

	ber_sequence_settings_default(&settings);
	g_assert_true(ber_sequence_init(&plan, &settings, NULL));
	good = simulate(&settings, 1.2e-4, 70000, 20000, 5);
	bad = simulate(&settings, 2.4e-4, 70000, 20000, 6);
	g_assert_cmpfloat(good.trials - good.passes, <, good.trials * plan.good_fails);
	g_assert_cmpfloat(bad.passes, <, bad.trials * plan.bad_passes);
	g_assert_cmpfloat(good.mean_bits, >, plan.mean_bits_good);
	/* clear units are quick: a fifth of the good ratio, four times the bad one */
	g_assert_cmpfloat(simulate(&settings, 2.4e-5, 500, 300, 7).mean_bits, <,
	                  0.2 * (double)plan.max_bits);
	g_assert_cmpfloat(simulate(&settings, 9.6e-4, 500, 300, 8).mean_bits, <,
	                  0.06 * (double)plan.max_bits);
}

/* Time for half the fixed length only: the plan says what that costs, and it is so. */
static void test_given_length(void)
{
	struct ber_sequence_settings settings;
	struct ber_sequence plan;
	struct outcome good, bad;

	ber_sequence_settings_default(&settings);
	settings.max_bits = 100000;
	g_assert_true(ber_sequence_init(&plan, &settings, NULL));
	g_assert_cmpuint(plan.max_bits, ==, 100000);
	g_assert_cmpuint(plan.max_errors, ==, 17); /* 12 / ln 2 = 17.3 */
	g_assert_cmpfloat(plan.good_fails, >, 0.02);
	g_assert_cmpfloat(plan.good_fails, <, plan.good_fails_bound + plan.good_fails_at_end);
	good = simulate(&settings, 1.2e-4, 100, 8000, 9);
	bad = simulate(&settings, 2.4e-4, 100, 8000, 10);
	g_assert_true(is_near(good.trials - good.passes, good.trials, plan.good_fails));
	g_assert_true(is_near(bad.passes, bad.trials, plan.bad_passes));
	g_assert_cmpfloat_with_epsilon(good.mean_bits / plan.mean_bits_good, 1.0, 0.03);
	g_assert_cmpuint(good.truncated, >, good.trials / 10);
}

/* No end at all is four fixed lengths, where truncation adds nothing any more. */
static void test_long(void)
{
	struct ber_sequence_settings settings;
	struct ber_sequence plan, fixed;

	ber_sequence_settings_default(&settings);
	g_assert_true(ber_sequence_init(&fixed, &settings, NULL));
	settings.max_bits = G_GUINT64_CONSTANT(1000000000000000000);
	g_assert_true(ber_sequence_init(&plan, &settings, NULL));
	g_assert_cmpuint(plan.max_bits, ==, 4 * fixed.max_bits);
	g_assert_cmpfloat(plan.good_fails_at_end, <, 1e-5);
	g_assert_cmpfloat(plan.good_fails, <, 0.01);
	/* passing is never overshot, so that Wald's bound is nearly reached */
	g_assert_cmpfloat(plan.bad_passes, <, plan.bad_passes_bound + 1e-6);
	g_assert_cmpfloat(plan.bad_passes, >, 0.95 * plan.bad_passes_bound);
	g_assert_cmpfloat(plan.mean_bits_good, >, fixed.mean_bits_good);
}

/* Too many errors to pass by the end, though nothing is decided yet. */
static void test_end(void)
{
	struct ber_sequence_settings settings;
	struct ber_sequence test;
	guint64 left;

	ber_sequence_settings_default(&settings);
	settings.max_bits = 100000;
	g_assert_true(ber_sequence_init(&test, &settings, NULL));
	g_assert_true(ber_sequence_add(&test, 90000, 17, NULL));
	g_assert_cmpint(test.decision, ==, BER_CONTINUE);
	g_assert_cmpuint(ber_sequence_bits_to_pass(&test), ==, 10000);
	g_assert_true(ber_sequence_add(&test, 1, 1, NULL));
	g_assert_cmpint(test.decision, ==, BER_CONTINUE);
	left = ber_sequence_bits_to_pass(&test);
	g_assert_cmpuint(left, ==, G_MAXUINT64);
	g_assert_true(ber_sequence_add(&test, 9999, 0, NULL));
	g_assert_cmpint(test.decision, ==, BER_FAIL);
	g_assert_true(test.truncated);
	/* a batch that ends later is allowed the more errors: 100000 bits more, 17.3 errors */
	g_assert_true(ber_sequence_init(&test, &settings, NULL));
	g_assert_true(ber_sequence_add(&test, 200000, 34, NULL));
	g_assert_cmpint(test.decision, ==, BER_PASS);
	g_assert_true(test.truncated);
}

/* Close ratios with small risks: a long walk, and its numbers still hold together. */
static void test_close_ratios(void)
{
	struct ber_sequence_settings settings = {.good_ber = 1e-6,
	                                         .bad_ber = 1.2e-6,
	                                         .producer_risk = 1e-4,
	                                         .consumer_risk = 1e-3};
	struct ber_sequence plan;

	g_assert_true(ber_sequence_init(&plan, &settings, NULL));
	g_assert_cmpfloat(plan.good_fails, >, 0.5e-4);
	g_assert_cmpfloat(plan.good_fails, <, 2e-4);
	g_assert_cmpfloat(plan.bad_passes, >, 0.5e-3);
	g_assert_cmpfloat(plan.bad_passes, <, 2e-3);
	/* errors come one by one, so that the ends are overshot little */
	g_assert_cmpfloat_with_epsilon(plan.mean_bits_good / plan.expected_bits_good, 1.0, 0.05);
	g_assert_cmpfloat_with_epsilon(plan.mean_bits_bad / plan.expected_bits_bad, 1.0, 0.05);
}

static void test_refused(void)
{
	static const struct ber_sequence_settings rows[] = {
		{0.0, 2e-4, 0.01, 0.01, 0},
		{2e-4, 1e-4, 0.01, 0.01, 0},
		{1e-4, 1.05e-4, 0.01, 0.01, 0},
		{1e-2, 0.2, 0.01, 0.01, 0},
		{1e-4, 2e-4, 0.0, 0.01, 0},
		{1e-4, 2e-4, 0.01, 0.6, 0},
		{1e-4, 2e-4, 0.01, 0.01, G_MAXUINT64},
		{(double)NAN, 2e-4, 0.01, 0.01, 0},
		{1e-4, (double)NAN, 0.01, 0.01, 0},
		{1e-4, 2e-4, (double)NAN, 0.01, 0},
	};
	struct ber_sequence_settings settings;
	g_autoptr(GError) error = NULL;
	struct ber_sequence test;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_false(ber_sequence_init(&test, &rows[i], &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
		g_assert_cmpint(test.status, ==, SIGNAL_BAD_SETTING);
		g_clear_error(&error);
		g_assert_false(ber_sequence_add(&test, 100, 0, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
		g_clear_error(&error);
	}
	ber_sequence_settings_default(&settings);
	g_assert_true(ber_sequence_init(&test, &settings, NULL));
	g_assert_false(ber_sequence_add(&test, 10, 11, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_assert_cmpint(test.status, ==, SIGNAL_BAD_COUNT);
	g_assert_cmpuint(test.bits, ==, 0);
	g_assert_true(ber_sequence_add(&test, 10, 1, NULL));
	g_assert_cmpint(test.status, ==, SIGNAL_OK);
	g_assert_true(ber_sequence_add(&test, 0, 0, NULL));
	g_assert_cmpuint(test.errors, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/ber-sequence/no-errors", test_no_errors);
	g_test_add_func("/signal/ber-sequence/errors", test_errors);
	g_test_add_func("/signal/ber-sequence/plan", test_plan);
	g_test_add_func("/signal/ber-sequence/risks", test_risks);
	g_test_add_func("/signal/ber-sequence/batches", test_batches);
	g_test_add_func("/signal/ber-sequence/given-length", test_given_length);
	g_test_add_func("/signal/ber-sequence/long", test_long);
	g_test_add_func("/signal/ber-sequence/end", test_end);
	g_test_add_func("/signal/ber-sequence/close-ratios", test_close_ratios);
	g_test_add_func("/signal/ber-sequence/refused", test_refused);
	return g_test_run();
}

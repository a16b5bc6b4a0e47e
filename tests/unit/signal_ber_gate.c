/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber_gate.h"

#include "base/error.h"
#include "tests/unit/signal_counts.h"

#include <glib.h>

/* Around 1e-3, errors alone, so that little has to be counted. */
static struct ber_gate_settings plain(void)
{
	return (struct ber_gate_settings){.limit_ber = 1e-3,
	                                  .ratio = 2.0,
	                                  .producer_risk = 0.01,
	                                  .consumer_risk = 0.05,
	                                  .burst = 1.0};
}

static void start(struct ber_gate *gate, const struct ber_gate_settings *settings)
{
	g_assert_true(ber_gate_init(gate, settings, NULL));
}

static void add(struct ber_gate *gate, guint64 bits, guint64 errors)
{
	g_assert_true(ber_gate_add(gate, bits, errors, TRUE, FALSE, NULL));
}

/* The likelihood ratio of the two leans neither way at the limit. */
static void test_hypotheses(void)
{
	for (double ratio = 1.01; ratio < 50; ratio *= 1.3) {
		struct ber_gate_settings settings = plain();
		double good, bad;

		settings.ratio = ratio;
		good = ber_gate_good_ber(&settings);
		bad = ber_gate_bad_ber(&settings);
		g_assert_cmpfloat(good, <, 1e-3);
		g_assert_cmpfloat(bad, >, 1e-3);
		g_assert_cmpfloat_with_epsilon(1e-3 * log(bad / good), bad - good, 1e-12);
	}
}

/* ln 20 / ln 2 = 4.3219 too few pass, ln 100 / ln 2 = 6.644 too many fail. */
static void test_ends(void)
{
	struct ber_gate_settings settings = plain();
	struct ber_gate gate;

	start(&gate, &settings);
	add(&gate, 4321, 0);
	g_assert_cmpint(gate.decision, ==, BER_CONTINUE);
	add(&gate, 1, 0);
	g_assert_cmpint(gate.decision, ==, BER_PASS);
	g_assert_cmpint(gate.end, ==, BER_GATE_CERTAIN);
	/* decided is decided */
	add(&gate, 1000, 900);
	g_assert_cmpint(gate.decision, ==, BER_PASS);
	g_assert_cmpuint(gate.errors, ==, 900);

	start(&gate, &settings);
	add(&gate, 300, 6);
	g_assert_cmpint(gate.decision, ==, BER_CONTINUE);
	add(&gate, 50, 1);
	g_assert_cmpint(gate.decision, ==, BER_FAIL);
	g_assert_cmpstr(ber_gate_end_name(gate.end), ==, "certain");

	/* bursts need as many more, and nothing is certain before the least */
	settings.burst = 3.0;
	settings.min_bits = 30000;
	start(&gate, &settings);
	add(&gate, 12965, 0);
	g_assert_cmpint(gate.end, ==, BER_GATE_OPEN);
	add(&gate, 17034, 0);
	g_assert_cmpint(gate.end, ==, BER_GATE_OPEN);
	add(&gate, 1, 0);
	g_assert_cmpint(gate.decision, ==, BER_PASS);
	settings.min_bits = 0;
	start(&gate, &settings);
	add(&gate, 12965, 0);
	g_assert_cmpint(gate.end, ==, BER_GATE_OPEN);
	add(&gate, 1, 0);
	g_assert_cmpint(gate.decision, ==, BER_PASS);
}

static void test_full(void)
{
	struct ber_gate_settings settings = plain();
	struct ber_gate gate;

	start(&gate, &settings);
	add(&gate, 10000, 9);
	g_assert_true(ber_gate_add(&gate, 10000, 11, TRUE, TRUE, NULL));
	g_assert_cmpint(gate.decision, ==, BER_PASS);
	g_assert_cmpint(gate.end, ==, BER_GATE_FULL);
	start(&gate, &settings);
	g_assert_true(ber_gate_add(&gate, 20000, 21, TRUE, TRUE, NULL));
	g_assert_cmpint(gate.decision, ==, BER_FAIL);
	/* at most 1e-3 with 95 % needs 4.744 / 1e-3 bits for one error */
	settings.confidence = 0.95;
	start(&gate, &settings);
	g_assert_true(ber_gate_add(&gate, 4730, 1, TRUE, TRUE, NULL));
	g_assert_cmpint(gate.decision, ==, BER_FAIL);
	start(&gate, &settings);
	g_assert_true(ber_gate_add(&gate, 4750, 1, TRUE, TRUE, NULL));
	g_assert_cmpint(gate.decision, ==, BER_PASS);
}

/* Without lock it never passes, whatever was counted before or comes later. */
static void test_lost_lock(void)
{
	struct ber_gate_settings settings = plain();
	struct ber_gate gate;

	start(&gate, &settings);
	add(&gate, 5000, 0);
	g_assert_cmpint(gate.decision, ==, BER_PASS);
	g_assert_true(ber_gate_add(&gate, 5000, 0, FALSE, FALSE, NULL));
	g_assert_cmpint(gate.decision, ==, BER_CONTINUE);
	g_assert_cmpint(gate.end, ==, BER_GATE_NO_LOCK);
	g_assert_true(ber_gate_add(&gate, 5000, 0, TRUE, TRUE, NULL));
	g_assert_cmpint(gate.decision, ==, BER_CONTINUE);
	g_assert_cmpint(gate.end, ==, BER_GATE_NO_LOCK);
	g_assert_cmpuint(gate.bits, ==, 5000);
}

/* Windows that differ more than stated bursts explain leave it to the full gate. */
static void test_bursts(void)
{
	struct ber_gate_settings settings = plain();
	struct ber_gate gate;

	settings.min_bits = 30000;
	start(&gate, &settings);
	add(&gate, 10000, 1);
	add(&gate, 10000, 1);
	g_assert_false(gate.bursts);
	add(&gate, 10000, 13);
	g_assert_true(gate.bursts);
	g_assert_cmpint(gate.decision, ==, BER_CONTINUE);
	add(&gate, 100000, 2);
	g_assert_cmpint(gate.decision, ==, BER_CONTINUE);
	g_assert_true(ber_gate_add(&gate, 10000, 2, TRUE, TRUE, NULL));
	g_assert_cmpint(gate.decision, ==, BER_PASS);
	g_assert_cmpint(gate.end, ==, BER_GATE_FULL);
	/* stated as such they are expected */
	settings.burst = 15.0;
	start(&gate, &settings);
	add(&gate, 10000, 1);
	add(&gate, 10000, 1);
	add(&gate, 10000, 13);
	g_assert_false(gate.bursts);
}

/*
 * Tests of fixed duration in MIL-HDBK-781A, table of plans IX-D, XII-D and XVII-D: discrimination
 * ratio, length in mean times between failures of the bad one, true risks. All of them accept with
 * as many failures as this gate does.
 */
static void test_published(void)
{
	static const struct {
		double ratio, length, alpha, beta;
	} rows[] = {
		{1.5, 45.0, 0.120, 0.099},
		{2.0, 18.8, 0.096, 0.106},
		{3.0, 4.3, 0.175, 0.197},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct ber_gate_settings settings = plain();
		guint64 bits = 10000000;
		double bad = rows[i].length / (double)bits;
		struct ber_gate_outcome outcome;

		settings.ratio = rows[i].ratio;
		settings.limit_ber = bad / rows[i].ratio * (rows[i].ratio - 1) / log(rows[i].ratio);
		g_assert_true(ber_gate_outcome_at(&settings, &bits, 1, bad / rows[i].ratio,
		                                  &outcome, NULL));
		g_assert_cmpfloat_with_epsilon(outcome.fails, rows[i].alpha, 6e-4);
		g_assert_true(ber_gate_outcome_at(&settings, &bits, 1, bad, &outcome, NULL));
		g_assert_cmpfloat_with_epsilon(outcome.passes, rows[i].beta, 6e-4);
		g_assert_cmpfloat(outcome.early_passes + outcome.early_fails, ==, 0.0);
		g_assert_cmpfloat(outcome.mean_bits, ==, 1e7);
	}
}

/* Risks are kept before the gate is full, whatever the windows. */
static void test_risks(void)
{
	static const guint64 schedules[][6] = {
		{500, 500, 1000, 2000, 4000, 8000},
		{3000, 3000, 3000, 3000, 3000, 100000},
		{20000, 20000, 40000, 80000, 160000, 1000},
	};
	static const double ratios[] = {1.1, 1.5, 4.0}, bursts[] = {1.0, 4.0};

	for (guint i = 0; i < 18; i++) {
		struct ber_gate_settings settings = plain();
		struct ber_gate_outcome good, bad;

		settings.ratio = ratios[i % 3];
		settings.burst = bursts[i / 3 % 2];
		g_assert_true(ber_gate_outcome_at(&settings, schedules[i / 6], 6,
		                                  ber_gate_good_ber(&settings), &good, NULL));
		g_assert_true(ber_gate_outcome_at(&settings, schedules[i / 6], 6,
		                                  ber_gate_bad_ber(&settings), &bad, NULL));
		g_assert_cmpfloat(good.early_fails, <=, 0.01);
		g_assert_cmpfloat(bad.early_passes, <=, 0.05);
		g_assert_cmpfloat_with_epsilon(good.passes + good.fails, 1.0, 1e-9);
		g_assert_cmpfloat_with_epsilon(bad.passes + bad.fails, 1.0, 1e-9);
	}
}

static void simulate(const struct ber_gate_settings *settings, const guint64 *bits, guint n,
                     double ber, struct ber_gate_outcome *outcome)
{
	struct maker_rng rng = {.state = 77};
	const guint trials = 20000;

	*outcome = (struct ber_gate_outcome){0};
	for (guint i = 0; i < trials; i++) {
		struct ber_gate gate;

		start(&gate, settings);
		for (guint w = 0; w < n && gate.end == BER_GATE_OPEN; w++) {
			double mean = ber * (double)bits[w] / settings->burst;
			guint64 errors = draw_poisson(&rng, mean) * (guint64)settings->burst;

			g_assert_true(ber_gate_add(&gate, bits[w], errors, TRUE, w + 1 == n, NULL));
		}
		outcome->passes += gate.decision == BER_PASS;
		outcome->early_passes += gate.decision == BER_PASS && gate.end == BER_GATE_CERTAIN;
		outcome->early_fails += gate.decision == BER_FAIL && gate.end == BER_GATE_CERTAIN;
		outcome->mean_bits += (double)gate.bits / trials;
	}
}

/* The characteristic is what happens; windows of bursts, none may be decided before 1500 bits. */
static void test_characteristic(void)
{
	static const guint64 bits[] = {800, 800, 1600, 3200, 6400};
	struct ber_gate_settings settings = plain();

	settings.min_bits = 1500;
	for (guint i = 0; i < 4; i++) {
		double ber = i % 2 ? ber_gate_bad_ber(&settings) : ber_gate_good_ber(&settings);
		struct ber_gate_outcome exact, seen;

		settings.burst = i / 2 ? 2.0 : 1.0;
		g_assert_true(ber_gate_outcome_at(&settings, bits, G_N_ELEMENTS(bits), ber, &exact,
		                                  NULL));
		simulate(&settings, bits, G_N_ELEMENTS(bits), ber, &seen);
		g_assert_true(is_near((guint)seen.passes, 20000, exact.passes));
		g_assert_true(is_near((guint)seen.early_passes, 20000, exact.early_passes));
		g_assert_true(is_near((guint)seen.early_fails, 20000, exact.early_fails));
		g_assert_cmpfloat_with_epsilon(seen.mean_bits / exact.mean_bits, 1.0, 0.02);
	}
}

static void test_refused(void)
{
	static const struct ber_gate_settings rows[] = {
		{0.0, 2, 0.01, 0.01, 1, 0, 0},         {0.1, 2, 0.01, 0.01, 1, 0, 0},
		{1e-3, 1, 0.01, 0.01, 1, 0, 0},        {1e-3, 2, 0, 0.01, 1, 0, 0},
		{1e-3, 2, 0.01, 0.5, 1, 0, 0},         {1e-3, 2, 0.01, 0.01, 0.5, 0, 0},
		{1e-3, 2, 0.01, 0.01, 1, 0, 1.0},      {(double)NAN, 2, 0.01, 0.01, 1, 0, 0},
		{1e-3, 2, 0.01, (double)NAN, 1, 0, 0},
	};
	struct ber_gate_settings settings = plain();
	struct ber_gate_outcome outcome;
	struct ber_gate gate;
	guint64 bits = 1000;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(ber_gate_init(&gate, &rows[i], &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
		g_assert_false(ber_gate_outcome_at(&rows[i], &bits, 1, 1e-3, &outcome, NULL));
	}
	g_assert_false(ber_gate_outcome_at(&settings, &bits, 0, 1e-3, &outcome, NULL));
	g_assert_false(ber_gate_outcome_at(&settings, &bits, 1, NAN, &outcome, NULL));
	start(&gate, &settings);
	g_assert_false(ber_gate_add(&gate, 10, 11, TRUE, FALSE, NULL));
	g_assert_false(ber_gate_add(&gate, 0, 0, TRUE, TRUE, NULL));
	g_assert_cmpint(gate.end, ==, BER_GATE_OPEN);
}

/* Many windows are kept as fewer longer ones, and nothing is lost. */
static void test_many_windows(void)
{
	struct ber_gate_settings settings = plain();
	struct ber_gate gate;
	guint64 bits = 0, errors = 0;

	start(&gate, &settings);
	for (guint i = 0; i < 1000; i++)
		add(&gate, 1000, 1);
	g_assert_cmpint(gate.end, ==, BER_GATE_OPEN);
	g_assert_cmpuint(gate.n, <=, BER_GATE_WINDOWS);
	for (guint i = 0; i < gate.n; i++) {
		bits += gate.window_bits[i];
		errors += gate.window_errors[i];
	}
	g_assert_cmpuint(bits, ==, 1000000);
	g_assert_cmpuint(gate.bits, ==, 1000000);
	g_assert_cmpuint(errors, ==, 1000);
}

static void test_schedule(void)
{
	static const double wanted_s[] = {0.01, 0.01, 0.02, 0.04, 0.02};
	double used_s = 0.0;

	for (guint i = 0; i < G_N_ELEMENTS(wanted_s); i++) {
		double next_s = ber_gate_next_s(used_s, 0.01, 0.1);

		g_assert_cmpfloat_with_epsilon(next_s, wanted_s[i], 1e-9);
		used_s += next_s;
	}
	g_assert_cmpfloat_with_epsilon(used_s, 0.1, 1e-12);
	/* no short rest, and no more than the gate */
	g_assert_cmpfloat(ber_gate_next_s(0, 0.06, 0.1), ==, 0.1);
	g_assert_cmpfloat(ber_gate_next_s(0, 0.2, 0.1), ==, 0.1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/ber-gate/hypotheses", test_hypotheses);
	g_test_add_func("/signal/ber-gate/ends", test_ends);
	g_test_add_func("/signal/ber-gate/full", test_full);
	g_test_add_func("/signal/ber-gate/lost-lock", test_lost_lock);
	g_test_add_func("/signal/ber-gate/bursts", test_bursts);
	g_test_add_func("/signal/ber-gate/published", test_published);
	g_test_add_func("/signal/ber-gate/risks", test_risks);
	g_test_add_func("/signal/ber-gate/characteristic", test_characteristic);
	g_test_add_func("/signal/ber-gate/refused", test_refused);
	g_test_add_func("/signal/ber-gate/many-windows", test_many_windows);
	g_test_add_func("/signal/ber-gate/schedule", test_schedule);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/ber_placement.h"

#include "tests/unit/signal_counts.h"

#include <glib.h>

#define HIGH_DBM (-4.5)
#define LOW_DBM  (-7.75)
#define TARGET_X 3.41407 /* Q^-1(2.4e-4 / 0.75) */
#define MOST     8
#define SIGMA_DB 0.03

struct receiver {
	double sensitivity_dbm;
	double slope; /* of log10 x per dB: 0.1 for constant noise, less for an avalanche diode */
	double floor_ber;
};

static double tail(double x)
{
	return 0.5 * erfc(x * M_SQRT1_2);
}

static struct ber_point count_at(const struct receiver *receiver, double oma_dbm, guint64 bits,
                                 struct maker_rng *rng)
{
	double true_dbm = oma_dbm + SIGMA_DB * maker_normal(rng);
	double x = TARGET_X * pow(10, receiver->slope * (true_dbm - receiver->sensitivity_dbm));
	double ber = 0.75 * tail(x) + receiver->floor_ber;

	return (struct ber_point){oma_dbm, bits, draw_poisson(rng, ber * (double)bits)};
}

static void settings_of(struct ber_placement *placement)
{
	ber_placement_default(placement, HIGH_DBM, LOW_DBM);
	placement->fit.power_sigma_db = SIGMA_DB;
}

static guint place(const struct receiver *receiver, const struct ber_placement *placement,
                   struct ber_point points[MOST], struct maker_rng *rng)
{
	double oma_dbm = HIGH_DBM; /* light is there already */
	guint n = 0;

	do
		points[n++] = count_at(receiver, oma_dbm, 1000000000, rng);
	while (n < MOST && ber_placement_next(placement, points, n, &oma_dbm));
	return n;
}

struct tries {
	double mean_points, rms_db, rms_over_error;
};

static void add_fit(struct tries *tries, const struct receiver *receiver,
                    const struct ber_point *points, guint n, const struct ber_placement *placement)
{
	struct ber_waterfall fit;
	double miss_db;

	g_assert_true(ber_waterfall_fit(points, n, &placement->fit, &fit, NULL));
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_OK);
	miss_db = fit.sensitivity_dbm.value - receiver->sensitivity_dbm;
	tries->mean_points += n;
	tries->rms_db += miss_db * miss_db;
	tries->rms_over_error += pow(miss_db / fit.standard_error_db, 2);
}

static void end_tries(struct tries *tries, guint n)
{
	tries->mean_points /= n;
	tries->rms_db = sqrt(tries->rms_db / n);
	tries->rms_over_error = sqrt(tries->rms_over_error / n);
}

static struct tries try_placed(double standard_error_db, guint n)
{
	static const double slopes[] = {0.1, 0.085};
	struct maker_rng rng = {.state = 5};
	struct ber_placement placement;
	struct tries tries = {0};

	settings_of(&placement);
	placement.standard_error_db = standard_error_db;
	for (guint i = 0; i < n; i++) {
		struct receiver receiver = {-6.8 + 2.1 * maker_uniform(&rng), slopes[i % 2], 0};
		struct ber_point points[MOST];

		add_fit(&tries, &receiver, points, place(&receiver, &placement, points, &rng),
		        &placement);
	}
	end_tries(&tries, n);
	g_test_message("placed for %.3f dB: %.2f points, %.4f dB rms, %.2f of what it says",
	               standard_error_db, tries.mean_points, tries.rms_db, tries.rms_over_error);
	return tries;
}

static struct tries try_even(guint n)
{
	struct maker_rng rng = {.state = 6};
	struct ber_placement placement;
	struct tries tries = {0};

	settings_of(&placement);
	for (guint i = 0; i < n; i++) {
		struct receiver receiver = {-6.8 + 2.1 * maker_uniform(&rng), 0.1, 0};
		struct ber_point points[MOST];

		for (guint k = 0; k < MOST; k++)
			points[k] = count_at(&receiver,
			                     HIGH_DBM + (LOW_DBM - HIGH_DBM) * k / (MOST - 1),
			                     10000000000, &rng);
		add_fit(&tries, &receiver, points, MOST, &placement);
	}
	end_tries(&tries, n);
	g_test_message("even: %.4f dB rms", tries.rms_db);
	return tries;
}

/* As sure as evenly spread points with fewer of them, and as sure as it says. */
static void test_against_even(void)
{
	struct tries even = try_even(300), alike = try_placed(0.016, 300);
	struct tries usual = try_placed(0.02, 300);

	g_assert_cmpfloat(alike.mean_points, <, 6.0);
	g_assert_cmpfloat(alike.rms_db, <, 1.1 * even.rms_db);
	g_assert_cmpfloat(alike.rms_over_error, <, 1.1);
	g_assert_cmpfloat(usual.mean_points, <, 5.0);
	g_assert_cmpfloat(usual.rms_db, <, 0.02);
	g_assert_cmpfloat(usual.rms_over_error, <, 1.1);
}

/* The second point goes to the other side of where the first says that the target is. */
static void test_second(void)
{
	struct ber_placement placement;
	double oma_dbm = NAN;
	/* x = 4.5 there: 10 log10(4.5 / 3.41407) = 1.2 dB above the target */
	struct ber_point point = {-4.5, 1000000000, 2548};

	settings_of(&placement);
	g_assert_true(ber_placement_next(&placement, &point, 1, &oma_dbm));
	g_assert_cmpfloat_with_epsilon(oma_dbm, -6.2, 0.5);
	/* no error at all: it is looked for in the middle; nothing but errors: there is no place */
	point.errors = 0;
	g_assert_true(ber_placement_next(&placement, &point, 1, &oma_dbm));
	g_assert_cmpfloat_with_epsilon(oma_dbm, -6.1, 0.8);
	point.errors = 400000000;
	g_assert_false(ber_placement_next(&placement, &point, 1, &oma_dbm));
	/* before any point, and with counts that cannot be */
	g_assert_true(ber_placement_next(&placement, NULL, 0, &oma_dbm));
	g_assert_cmpfloat_with_epsilon(oma_dbm, -6.1, 0.8);
	point.errors = point.bits + 1;
	g_assert_false(ber_placement_next(&placement, &point, 1, &oma_dbm));
}

/* A curve that is odd gets every point that there is time for. */
static void test_doubt(void)
{
	struct maker_rng rng = {.state = 6};
	struct receiver floored = {-6, 0.1, 4e-4}, bad = {-3.6, 0.1, 0};
	struct ber_point points[MOST];
	struct ber_placement placement;
	struct ber_waterfall fit;
	guint n;

	settings_of(&placement);
	n = place(&floored, &placement, points, &rng);
	g_assert_cmpuint(n, ==, MOST);
	g_assert_true(ber_waterfall_fit(points, n, &placement.fit, &fit, NULL));
	g_assert_cmpint(fit.sensitivity_dbm.status, !=, SIGNAL_OK);
	/* the target lies above all powers: every place with a ratio that can be used */
	n = place(&bad, &placement, points, &rng);
	g_assert_cmpuint(n, >=, 6);
	g_assert_true(ber_waterfall_fit(points, n, &placement.fit, &fit, NULL));
	g_assert_cmpint(fit.sensitivity_dbm.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(fit.sensitivity_dbm.value, -3.6, 0.2);
}

static void test_counted(void)
{
	struct ber_placement placement;

	settings_of(&placement);
	/* at the target sqrt(10 / errors) 0.35 dB are below 0.01 dB from 12250 errors on */
	g_assert_true(ber_placement_counted(&placement, 60000000, 14400));
	g_assert_false(ber_placement_counted(&placement, 40000000, 9600));
	/* certainly out of use: too few, too many */
	g_assert_true(ber_placement_counted(&placement, 100000000, 0));
	g_assert_false(ber_placement_counted(&placement, 10000000, 0));
	g_assert_true(ber_placement_counted(&placement, 1000000, 200000));
	g_assert_false(ber_placement_counted(&placement, 0, 0));
	/* powers that are exactly what they say are counted as long as it goes */
	placement.fit.power_sigma_db = 0.0;
	g_assert_false(ber_placement_counted(&placement, 1000000000, 240000));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/ber-placement/against-even", test_against_even);
	g_test_add_func("/signal/ber-placement/second", test_second);
	g_test_add_func("/signal/ber-placement/doubt", test_doubt);
	g_test_add_func("/signal/ber-placement/counted", test_counted);
	return g_test_run();
}

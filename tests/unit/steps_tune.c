/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/tune.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* A made-up transmitter: power and extinction ratio by laser and swing, with cross-talk, saturation
 * and a weakness that takes power away. */
struct plant {
	double weak; /* dB less than a good one */
	double noise;
	guint calls, fail_at;
	double last[2];
};

static double hash_noise(guint n)
{
	return sin(n * 12.9898);
}

static gboolean measure(const double *u, double *r, gpointer data, GError **error)
{
	struct plant *p = data;

	p->calls++;
	memcpy(p->last, u, sizeof p->last);
	if (p->fail_at && p->calls >= p->fail_at) {
		station_error_set(error, STATION_ERROR_IO, "the scope is gone");
		return FALSE;
	}
	double power = 10 * log10(u[0] - 0.015) + 14.0 - p->weak + 2.0 * tanh(u[1] - 1.0);
	double ratio = 3.0 + 3.5 * (1 - exp(-u[1])) + 4.0 * (u[0] - 0.05);
	r[0] = power - 1.0 + p->noise * hash_noise(p->calls);
	r[1] = ratio - 4.8 + p->noise * hash_noise(p->calls + 50);
	return TRUE;
}

static struct tune_problem problem_for(struct plant *plant)
{
	struct tune_problem problem = {
		.knobs = {{"laser_bias", 0.040, 0.020, 0.120, 0.004},
	                  {"mod_swing", 1.5, 0.2, 2.5, 0.1}},
		.targets = {{"OMA", 0.05}, {"ER", 0.05}},
		.n = 2,
		.iterations = 12,
		.measure = measure,
		.data = plant,
	};

	return problem;
}

static void test_arrives(void)
{
	static const double noises[] = {0, 0.005, 0.02};

	for (guint i = 0; i < G_N_ELEMENTS(noises); i++) {
		struct plant plant = {.noise = noises[i]};
		struct tune_problem problem = problem_for(&plant);
		struct tune_result result;
		GError *error = NULL;

		g_assert_true(tune_run(&problem, &result, &error));
		g_assert_no_error(error);
		g_assert_true(result.converged);
		g_assert_cmpfloat(fabs(result.residuals[0]), <=, 0.05);
		g_assert_cmpfloat(fabs(result.residuals[1]), <=, 0.05);
		g_assert_cmpuint(result.measurements, ==, plant.calls);
		g_assert_cmpuint(result.measurements, <=, 12);
		/* what is reported is what is set */
		g_assert_cmpfloat(plant.last[0], ==, result.knobs[0]);
		g_assert_cmpfloat(plant.last[1], ==, result.knobs[1]);
		g_assert_cmpstr(result.why, ==, "");
	}
}

static void test_already_there(void)
{
	struct plant plant = {0};
	struct tune_problem problem = problem_for(&plant);
	struct tune_result first, second;
	GError *error = NULL;

	g_assert_true(tune_run(&problem, &first, &error));
	problem.knobs[0].start = first.knobs[0];
	problem.knobs[1].start = first.knobs[1];
	g_assert_true(tune_run(&problem, &second, &error));
	g_assert_true(second.converged);
	g_assert_cmpuint(second.measurements, ==, 1);
}

static void test_says_why_not(void)
{
	struct plant plant = {.weak = 9};
	struct tune_problem problem = problem_for(&plant);
	struct tune_result result;
	GError *error = NULL;

	g_assert_true(tune_run(&problem, &result, &error));
	g_assert_false(result.converged);
	g_assert_cmpfloat(result.knobs[0], >, 0.115);
	g_assert_nonnull(strstr(result.why, "laser_bias at its limit"));
	g_assert_nonnull(strstr(result.why, "OMA off by -"));
	g_assert_cmpuint(result.measurements, <=, 1 + 2 + 12 + 1);
	g_assert_cmpfloat(plant.last[0], ==, result.knobs[0]);
}

static gboolean measure_nan(const double *u, double *r, gpointer data, GError **error)
{
	r[0] = r[1] = NAN;
	return TRUE;
}

static void test_nan_never_arrives(void)
{
	struct plant plant = {0};
	struct tune_problem problem = problem_for(&plant);
	struct tune_result result;
	GError *error = NULL;

	problem.measure = measure_nan;
	g_assert_true(tune_run(&problem, &result, &error));
	g_assert_false(result.converged);
}

static void test_error_ends_it(void)
{
	for (guint n = 1; n < 6; n++) {
		struct plant plant = {.fail_at = n};
		struct tune_problem problem = problem_for(&plant);
		struct tune_result result;
		GError *error = NULL;

		g_assert_false(tune_run(&problem, &result, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
		g_assert_cmpuint(plant.calls, ==, n);
		g_clear_error(&error);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/tune/arrives", test_arrives);
	g_test_add_func("/tune/already-there", test_already_there);
	g_test_add_func("/tune/says-why-not", test_says_why_not);
	g_test_add_func("/tune/nan", test_nan_never_arrives);
	g_test_add_func("/tune/error", test_error_ends_it);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/steps/rx_stress.h"

#include <math.h>
#include <string.h>

/* A transmitter whose SECQ grows with interference, then with noise until the eye closes. */
struct source {
	double quiet_db, per_isi_db;
	guint fails_at; /* measurement that fails; 0: none */
	guint calls;
	gboolean closes; /* tells a closed eye as NaN */
};

static gboolean measure(const struct bert_stress *stress, double *secq_db, gpointer data,
                        GError **error)
{
	struct source *source = data;
	double own = 6 * 3.41407 * stress->noise;
	double quiet_db = source->quiet_db + source->per_isi_db * stress->isi;
	double left = pow(10, -quiet_db / 5) - own * own;

	if (++source->calls == source->fails_at) {
		station_error_set(error, STATION_ERROR_DATA, "no lock");
		return FALSE;
	}
	*secq_db = left > 0 ? -5 * log10(left) : source->closes ? NAN : INFINITY;
	return TRUE;
}

static struct rx_stress_problem problem_of(struct source *source, double target_db)
{
	return (struct rx_stress_problem){
		.target_db = target_db,
		.tolerance_db = 0.1,
		.most = {0.45, 0.1},
		.measurements = 16,
		.measure = measure,
		.data = source,
	};
}

static void test_found(void)
{
	for (double target_db = 1.5; target_db < 5.0; target_db += 0.1) {
		for (double per_isi_db = 4; per_isi_db < 30; per_isi_db += 3) {
			struct source source = {0.9, per_isi_db, .closes = TRUE};
			struct rx_stress_problem problem = problem_of(&source, target_db);
			struct rx_stress_result result;

			g_assert_true(rx_stress_find(&problem, &result, NULL));
			g_assert_true(result.converged);
			g_assert_cmpuint(result.measurements, ==, source.calls);
			g_assert_cmpfloat_with_epsilon(result.secq_db, target_db, 0.1);
			double half_db = per_isi_db * result.stress.isi;
			/* half of it, within what the step allows itself */
			g_assert_cmpfloat(half_db, >=, (target_db - 0.9) / 2 - 0.31);
		}
	}
}

/* The next lane is much like the one before. */
static void test_guess(void)
{
	struct source source = {0.9, 6};
	struct rx_stress_problem problem = problem_of(&source, 3.4);
	struct rx_stress_result first, second;

	g_assert_true(rx_stress_find(&problem, &first, NULL));
	problem.guess = first.stress;
	source.quiet_db = 0.93;
	g_assert_true(rx_stress_find(&problem, &second, NULL));
	g_assert_true(second.converged);
	g_assert_cmpuint(second.measurements, <=, first.measurements);
}

static void test_not_found(void)
{
	struct source weak = {0.9, 0.5}, bad = {3.8, 6}, steep = {0.9, 6};
	struct rx_stress_problem problem = problem_of(&weak, 3.4);
	struct rx_stress_result result;

	g_assert_true(rx_stress_find(&problem, &result, NULL));
	g_assert_false(result.converged);
	g_assert_nonnull(strstr(result.why, "cannot give more: ISI 0.4500"));
	problem = problem_of(&bad, 3.4);
	g_assert_true(rx_stress_find(&problem, &result, NULL));
	g_assert_false(result.converged);
	g_assert_nonnull(strstr(result.why, "already"));
	problem = problem_of(&steep, 3.4);
	problem.measurements = 4;
	g_assert_true(rx_stress_find(&problem, &result, NULL));
	g_assert_false(result.converged);
	g_assert_nonnull(strstr(result.why, "too many measurements: noise"));
	g_assert_cmpuint(result.measurements, ==, 4);
}

static void test_measurement_fails(void)
{
	for (guint at = 1; at <= 4; at++) {
		struct source source = {0.9, 6, .fails_at = at};
		struct rx_stress_problem problem = problem_of(&source, 3.4);
		struct rx_stress_result result;
		g_autoptr(GError) error = NULL;

		g_assert_false(rx_stress_find(&problem, &result, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	}
}

static void test_nothing_to_do(void)
{
	struct source source = {0.9, 6};
	struct rx_stress_problem problem = problem_of(&source, 0.95);
	struct rx_stress_result result;

	g_assert_true(rx_stress_find(&problem, &result, NULL));
	g_assert_true(result.converged);
	g_assert_cmpuint(result.measurements, ==, 1);
	g_assert_cmpfloat(result.stress.isi, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/rx-stress/found", test_found);
	g_test_add_func("/rx-stress/guess", test_guess);
	g_test_add_func("/rx-stress/not-found", test_not_found);
	g_test_add_func("/rx-stress/measurement-fails", test_measurement_fails);
	g_test_add_func("/rx-stress/nothing-to-do", test_nothing_to_do);
	return g_test_run();
}

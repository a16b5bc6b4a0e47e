/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/bessel.h"
#include "signal/fft.h"
#include "base/normal.h"
#include "signal/minimise.h"
#include "signal/status.h"

#include "base/error.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>

static void test_gauss(void)
{
	g_assert_cmpfloat_with_epsilon(normal_tail(0.0), 0.5, 1e-16);
	g_assert_cmpfloat_with_epsilon(normal_tail_inverse(4.8e-4 / 1.5), 3.41407, 5e-6);
	g_assert_cmpfloat_with_epsilon(normal_tail(3.0902323061678132), 1e-3, 1e-15);
	for (double x = -8.0; x < 37.0; x += 0.37) {
		double back = normal_tail_inverse(normal_tail(x));

		/* near 1 a probability does not hold more of a negative x */
		g_assert_cmpfloat_with_epsilon(back, x, x < -4.0 ? 1e-2 : 1e-9);
	}
	g_assert_true(isnan(normal_tail_inverse(0.0)));
	g_assert_true(isnan(normal_tail_inverse(1.0)));
	g_assert_true(isnan(normal_tail_inverse(-0.1)));
	g_assert_true(isnan(normal_tail_inverse(NAN)));
	g_assert_cmpfloat_with_epsilon(normal_density(1.0), 0.24197072451914337, 1e-15);
}

static void test_status(void)
{
	g_assert_cmpint(signal_ok(1.5, 0.1).status, ==, SIGNAL_OK);
	g_assert_cmpint(signal_ok(NAN, 0.1).status, ==, SIGNAL_NOT_FINITE);
	g_assert_cmpint(signal_ok(INFINITY, 0.1).status, ==, SIGNAL_NOT_FINITE);
	g_assert_true(isnan(signal_ok(INFINITY, 0.1).value));
	g_assert_nonnull(signal_ok(NAN, 0.1).reason);
	g_assert_true(isnan(signal_none(SIGNAL_EYE_CLOSED, "so").value));
	g_assert_cmpstr(signal_none(SIGNAL_EYE_CLOSED, "so").reason, ==, "so");
}

static void test_bessel_response(void)
{
	static const struct {
		double ratio, db;
	} rows[] = {{0.5, -0.705}, {1.0, -3.010}, {1.5, -7.42}, {2.0, -13.41}};
	/* of white noise behind the receiver at half the baud, at whole symbols */
	static const double half[] = {1.0, 0.0205613961, 0.00134954135, -7.97904e-5, 1.7288e-6};
	double bandwidth = 0.0, area = 0.0;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpfloat_with_epsilon(10.0 * log10(bessel_power_gain(rows[i].ratio)),
		                               rows[i].db, 0.006);
	for (double f = 0.0005; f < 40.0; f += 0.001)
		bandwidth += 0.001 * bessel_power_gain(f);
	g_assert_cmpfloat_with_epsilon(bandwidth, 1.04637, 5e-6);
	for (guint i = 0; i < G_N_ELEMENTS(half); i++)
		g_assert_cmpfloat_with_epsilon(bessel_noise_correlation(0.5 * i), half[i], 1e-8);
	g_assert_cmpfloat_with_epsilon(bessel_noise_correlation(0.728), -0.0066840, 1e-7);
	for (double t = 0.0005; t < 5.0; t += 0.001)
		area += 0.001 * bessel_impulse(t);
	g_assert_cmpfloat_with_epsilon(area, 1.0, 1e-6);
	g_assert_cmpfloat(bessel_impulse(-0.1), ==, 0.0);
}

/* The filter on a finely sampled square wave against the integrated differential equation. */
static void test_bessel_filter(void)
{
	static const guint8 symbols[] = {3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0};
	struct maker maker = {.symbols = symbols,
	                      .n_symbols = 16,
	                      .spu = 64,
	                      .level_w = {0.0, 1.0, 2.0, 3.0},
	                      .shift_ui = 0.5 / 64.0};
	g_autoptr(GError) error = NULL;
	g_autoptr(waveform) flat = maker_run(&maker);
	g_autoptr(waveform) direct = NULL;

	maker.bessel_ui = 0.5;
	direct = maker_run(&maker);
	g_assert_true(bessel_filter_waveform(flat, 0.5 * maker_baud, &error));
	g_assert_no_error(error);
	for (gsize i = 0; i < waveform_length(flat); i++)
		g_assert_cmpfloat_with_epsilon(flat->power_w[i], direct->power_w[i], 1e-3);
	g_assert_false(bessel_filter_waveform(flat, 0.5 * maker_baud, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	flat->filter_bandwidth_hz = 0.0;
	g_assert_false(bessel_filter_waveform(flat, 20.0 * maker_baud, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_clear_error(&error);
	g_assert_false(bessel_filter_waveform(flat, NAN, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
}

static void test_fft(void)
{
	double complex data[64], copy[64];
	struct maker_rng rng = {.state = 3};

	for (guint i = 0; i < 64; i++)
		copy[i] = data[i] = CMPLX(maker_normal(&rng), maker_normal(&rng));
	fft_forward(data, 6);
	for (guint k = 0; k < 64; k++) {
		double complex sum = 0.0;

		for (guint i = 0; i < 64; i++)
			sum += copy[i] * cexp(CMPLX(0.0, -2.0 * G_PI * i * k / 64.0));
		g_assert_cmpfloat(cabs(sum - data[k]), <, 1e-12);
	}
	fft_backward(data, 6);
	for (guint i = 0; i < 64; i++)
		g_assert_cmpfloat(cabs(data[i] / 64.0 - copy[i]), <, 1e-14);
}

/* Rosenbrock's valley, both functions alike. */
static void valley(void *data, const double *x, struct minimise_values *values)
{
	double a = 1.0 - x[0], b = x[1] - x[0] * x[0];

	(*(guint *)data)++;
	for (guint i = 0; i < 2; i++) {
		values->gradient[i][0] = -2.0 * a - 400.0 * b * x[0];
		values->gradient[i][1] = 200.0 * b;
		values->value[i] = a * a + 100.0 * b * b;
	}
}

/* Two bowls about (0, 0) and (4, 1); the second is steeper. Equal on the way between them. */
static void two_bowls(void *data, const double *x, struct minimise_values *values)
{
	(*(guint *)data)++;
	for (guint i = 0; i < 2; i++) {
		double a = x[0] - 4.0 * i, b = x[1] - 1.0 * i, steep = 1.0 + 3.0 * i;

		values->value[i] = steep * (a * a + b * b);
		values->gradient[i][0] = 2.0 * steep * a;
		values->gradient[i][1] = 2.0 * steep * b;
	}
}

static void test_minimise(void)
{
	static const double scale[] = {0.3, 0.3};
	double x[] = {-1.2, 1.0};
	guint calls = 0, evaluations = 0;
	struct minimise_problem problem = {.n = 2,
	                                   .cost = valley,
	                                   .data = &calls,
	                                   .scale = scale,
	                                   .max_step = 10.0,
	                                   .tolerance = 1e-16,
	                                   .max_evaluations = 300};
	double value = minimise_larger(&problem, x, &evaluations);

	g_assert_cmpuint(calls, ==, evaluations);
	g_assert_cmpuint(calls, <, 150);
	g_assert_cmpfloat(value, <, 1e-12);
	g_assert_cmpfloat_with_epsilon(x[0], 1.0, 1e-5);
	g_assert_cmpfloat_with_epsilon(x[1], 1.0, 1e-5);
	problem.max_evaluations = 5;
	x[0] = -1.2;
	x[1] = 1.0;
	calls = 0;
	minimise_larger(&problem, x, &evaluations);
	g_assert_cmpuint(calls, <=, 5);

	/* distances 2 to 1, so two thirds of the way: value 17 * 4 / 9 */
	problem.cost = two_bowls;
	problem.max_evaluations = 60;
	x[0] = -3.0;
	x[1] = 5.0;
	value = minimise_larger(&problem, x, &evaluations);
	g_assert_cmpfloat_with_epsilon(value, 17.0 * 4.0 / 9.0, 1e-6);
	g_assert_cmpfloat_with_epsilon(x[0], 8.0 / 3.0, 1e-3);
	g_assert_cmpfloat_with_epsilon(x[1], 2.0 / 3.0, 1e-3);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/gauss", test_gauss);
	g_test_add_func("/signal/status", test_status);
	g_test_add_func("/signal/bessel/response", test_bessel_response);
	g_test_add_func("/signal/bessel/filter", test_bessel_filter);
	g_test_add_func("/signal/fft", test_fft);
	g_test_add_func("/signal/minimise", test_minimise);
	return g_test_run();
}

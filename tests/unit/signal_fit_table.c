/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/fit_table.h"

#include "base/error.h"
#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

/* Worked by hand: chords 1 and 3, inner slope 6 / (3/1 + 3/3) = 1.5, end slopes 0 and 4. */
static void test_cubic(void)
{
	static const double x[] = {0.0, 1.0, 2.0}, y[] = {0.0, 1.0, 4.0};

	g_assert_cmpfloat_with_epsilon(fit_monotone_cubic_at(x, y, 3, 0.5), 0.3125, 1e-15);
	g_assert_cmpfloat_with_epsilon(fit_monotone_cubic_at(x, y, 3, 1.5), 2.1875, 1e-15);
	g_assert_cmpfloat_with_epsilon(fit_monotone_cubic_at(x, y, 3, 1.0), 1.0, 1e-15);
	g_assert_cmpfloat_with_epsilon(fit_monotone_cubic_at(x, y, 3, 2.5), 6.0, 1e-15);
	g_assert_cmpfloat_with_epsilon(fit_monotone_cubic_at(x, y, 3, -1.0), 0.0, 1e-15);
	g_assert_cmpfloat_with_epsilon(fit_monotone_cubic_at(x, y, 2, 0.3), 0.3, 1e-15);
}

/* Steps and wiggles: nowhere beyond its two points, and smooth. */
static void test_cubic_shape(void)
{
	static const double x[] = {-5.0, 0.0, 10.0, 12.0, 30.0, 31.0, 75.0};
	static const double y[] = {0.0, 0.0, 0.1, 5.0, 5.0, 4.0, 9.0};

	for (guint i = 0; i + 1 < 7; i++) {
		double low = fmin(y[i], y[i + 1]), high = fmax(y[i], y[i + 1]), last = y[i];

		for (guint k = 0; k <= 50; k++) {
			double at = x[i] + (x[i + 1] - x[i]) * k / 50.0;
			double value = fit_monotone_cubic_at(x, y, 7, at);

			g_assert_cmpfloat(value, >=, low - 1e-12);
			g_assert_cmpfloat(value, <=, high + 1e-12);
			g_assert_cmpfloat((value - last) * (y[i + 1] - y[i]), >=, -1e-12);
			last = value;
		}
		if (i > 0) {
			double h = 1e-6;
			double left = y[i] - fit_monotone_cubic_at(x, y, 7, x[i] - h);
			double right = fit_monotone_cubic_at(x, y, 7, x[i] + h) - y[i];

			g_assert_cmpfloat_with_epsilon(left / h, right / h, 1e-4);
		}
	}
}

static struct fit_table_settings case_grid(enum fit_table_model model)
{
	return (struct fit_table_settings){.model = model,
	                                   .first_x = -5.0,
	                                   .step_x = 5.0,
	                                   .n = 17,
	                                   .direction = FIT_RISING};
}

/* Threshold current of a laser, 8 mA e^(T / 55), at five temperatures: the model is exact, the
 * cubic as good as it says. */
static void test_laser(void)
{
	static const double x[] = {75.0, -5.0, 15.0, 35.0, 55.0};
	struct fit_table_settings settings = case_grid(FIT_TABLE_EXPONENTIAL);
	double y[5], values[17], worst = 0.0;
	struct fit_table table;

	for (guint i = 0; i < 5; i++)
		y[i] = 8e-3 * exp(x[i] / 55.0);
	g_assert_true(fit_table(x, y, NULL, 5, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_OK);
	for (guint i = 0; i < 17; i++)
		g_assert_cmpfloat_with_epsilon(values[i], 8e-3 * exp((-5.0 + 5.0 * i) / 55.0),
		                               1e-14);
	g_assert_cmpfloat_with_epsilon(1.0 / table.line.slope, 55.0, 1e-9);
	g_assert_cmpuint(table.n_omitted, ==, 5);
	g_assert_cmpfloat(table.omitted_max, <, 1e-14);
	g_assert_cmpfloat_with_epsilon(table.rate_max, (values[16] - values[15]) / 5.0, 1e-15);
	g_assert_cmpfloat_with_epsilon(table.rate_x, 70.0, 1e-12);

	settings.model = FIT_TABLE_MONOTONE_CUBIC;
	g_assert_true(fit_table(x, y, NULL, 5, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_OK);
	g_assert_cmpuint(table.n_omitted, ==, 3);
	for (guint i = 0; i < 17; i++)
		worst = fmax(worst, fabs(values[i] - 8e-3 * exp((-5.0 + 5.0 * i) / 55.0)));
	g_assert_cmpfloat(table.omitted_max, >, worst);
	g_assert_cmpfloat(table.omitted_max, <, 40.0 * worst);
	g_assert_cmpfloat(table.omitted_rms, <=, table.omitted_max);
	g_assert_cmpfloat(table.residual_max, <, 1e-15);
}

/* The omitted points of a line that scatters: residuals over 1 - leverage, in closed form. */
static void test_omitted(void)
{
	static const double x[] = {0.0, 1.0, 2.0, 3.0}, y[] = {1.0, 2.0, 2.0, 4.0};
	struct fit_table_settings settings = {.model = FIT_TABLE_LINE,
	                                      .first_x = 0.0,
	                                      .step_x = 1.0,
	                                      .n = 4};
	double values[4], sum2 = 0.0, most = 0.0;
	struct fit_table table;

	g_assert_true(fit_table(x, y, NULL, 4, &settings, values, &table, NULL));
	for (guint i = 0; i < 4; i++) {
		double leverage = 0.25 + (x[i] - 1.5) * (x[i] - 1.5) / 5.0;
		double miss = (y[i] - 0.9 - 0.9 * x[i]) / (1.0 - leverage);

		sum2 += miss * miss;
		most = fmax(most, fabs(miss));
	}
	g_assert_cmpfloat_with_epsilon(table.omitted_rms, sqrt(sum2 / 4.0), 1e-12);
	g_assert_cmpfloat_with_epsilon(table.omitted_max, most, 1e-12);
	g_assert_cmpfloat_with_epsilon(table.residual_rms, sqrt(0.35), 1e-12);
	g_assert_cmpfloat_with_epsilon(table.residual_max, 0.7, 1e-12);
}

static void test_beyond(void)
{
	static const double x[] = {0.0, 25.0, 70.0}, y[] = {10.0, 20.0, 50.0};
	struct fit_table_settings settings = case_grid(FIT_TABLE_MONOTONE_CUBIC);
	double values[17];
	struct fit_table table;

	settings.extrapolation_x = 5.0;
	g_assert_true(fit_table(x, y, NULL, 3, &settings, values, &table, NULL));
	g_assert_cmpuint(table.n_beyond, ==, 2);
	g_assert_cmpuint(table.n_held, ==, 0);
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_OK);
	g_assert_cmpfloat(values[0], <, 10.0);
	g_assert_cmpfloat(values[16], >, 50.0);
	settings.extrapolation_x = 0.0;
	g_assert_true(fit_table(x, y, NULL, 3, &settings, values, &table, NULL));
	g_assert_cmpuint(table.n_held, ==, 2);
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_EXTRAPOLATED);
	g_assert_cmpfloat(values[0], ==, 10.0);
	g_assert_cmpfloat(values[16], ==, 50.0);
}

static void test_verdicts(void)
{
	static const double x[] = {-5.0, 25.0, 50.0, 75.0}, y[] = {10.0, 20.0, 19.0, 50.0};
	static const double up[] = {10.0, 20.0, 30.0, 50.0}, sigma[] = {0.1, 0.1, 0.1, 0.1};
	struct fit_table_settings settings = case_grid(FIT_TABLE_MONOTONE_CUBIC);
	double values[17];
	struct fit_table table;

	g_assert_true(fit_table(x, y, NULL, 4, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_NOT_MONOTONIC);
	settings.direction = FIT_ANY_DIRECTION;
	g_assert_true(fit_table(x, y, NULL, 4, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_OK);
	settings.direction = FIT_FALLING;
	g_assert_true(fit_table(x, up, NULL, 4, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_NOT_MONOTONIC);
	settings.direction = FIT_RISING;
	settings.max_rate = 0.5;
	g_assert_true(fit_table(x, up, NULL, 4, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_DOUBTFUL);
	g_assert_nonnull(strstr(table.verdict.reason, "faster"));
	g_assert_cmpfloat(table.rate_max, >, 0.5);
	g_assert_cmpfloat(table.rate_x, >=, 50.0);
	settings.max_rate = 2.0;
	g_assert_true(fit_table(x, up, NULL, 4, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_OK);
	settings.model = FIT_TABLE_LINE;
	g_assert_true(fit_table(x, up, sigma, 4, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_DOUBTFUL);
	g_assert_nonnull(strstr(table.verdict.reason, "scatter"));
	/* two temperatures: a table, and nothing to check it with */
	g_assert_true(fit_table(x, up, NULL, 2, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_EXTRAPOLATED);
	settings.extrapolation_x = 50.0;
	g_assert_true(fit_table(x, up, NULL, 2, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_TOO_FEW);
	g_assert_true(isnan(table.omitted_rms) && isnan(table.omitted_max));
	g_assert_cmpfloat_with_epsilon(values[16], 10.0 + 80.0 / 3.0, 1e-9);
}

static void test_out_of_range(void)
{
	static const double x[] = {0.0, 1.0, 2.0}, y[] = {1.0, 1e100, 1e300};
	struct fit_table_settings settings = {.model = FIT_TABLE_EXPONENTIAL,
	                                      .step_x = 10.0,
	                                      .n = 17,
	                                      .extrapolation_x = 200.0};
	double values[17];
	struct fit_table table;

	g_assert_true(fit_table(x, y, NULL, 3, &settings, values, &table, NULL));
	g_assert_cmpint(table.verdict.status, ==, SIGNAL_NOT_FINITE);
}

static void test_refused(void)
{
	static const double x[] = {0.0, 25.0, 70.0}, y[] = {10.0, 20.0, 50.0};
	static const double twice[] = {0.0, 25.0, 0.0}, negative[] = {1.0, -2.0, 3.0};
	static const double nan_y[] = {1.0, (double)NAN, 3.0};
	static const struct {
		const double *x, *y;
		guint n;
		enum signal_status status;
	} rows[] = {
		{x, y, 1, SIGNAL_TOO_FEW},           {x, nan_y, 3, SIGNAL_NOT_FINITE},
		{nan_y, y, 3, SIGNAL_NOT_FINITE},    {twice, y, 3, SIGNAL_CONSTANT},
		{x, negative, 3, SIGNAL_NOT_FINITE},
	};
	static const struct fit_table_settings bad[] = {
		{.step_x = 0.0, .n = 3},
		{.step_x = 1.0, .n = 0},
		{.step_x = 1.0, .n = 3, .extrapolation_x = -1.0},
		{.step_x = (double)NAN, .n = 3},
		{.step_x = 1.0, .n = 3, .first_x = (double)INFINITY},
	};
	struct fit_table_settings settings = case_grid(FIT_TABLE_EXPONENTIAL);
	double values[17];
	struct fit_table table;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(fit_table(rows[i].x, rows[i].y, NULL, rows[i].n, &settings, values,
		                         &table, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
		g_assert_cmpint(table.verdict.status, ==, rows[i].status);
	}
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(fit_table(x, y, NULL, 3, &bad[i], values, &table, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
		g_assert_cmpint(table.verdict.status, ==, SIGNAL_BAD_SETTING);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/signal/fit-table/cubic", test_cubic);
	g_test_add_func("/signal/fit-table/cubic-shape", test_cubic_shape);
	g_test_add_func("/signal/fit-table/laser", test_laser);
	g_test_add_func("/signal/fit-table/omitted", test_omitted);
	g_test_add_func("/signal/fit-table/beyond", test_beyond);
	g_test_add_func("/signal/fit-table/verdicts", test_verdicts);
	g_test_add_func("/signal/fit-table/refused", test_refused);
	g_test_add_func("/signal/fit-table/out-of-range", test_out_of_range);
	return g_test_run();
}

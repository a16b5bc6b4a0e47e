/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "base/unit.h"
#include "station/steps/rx_monitor_fit.h"

#include <math.h>

#define POINTS 12

/* Powers from 1 to -12 dBm, and what a monitor with that curve reads of them, in steps of 0.1 uW.
 */
static void read_all(const struct rx_monitor_curve *truth, double *raw_w, double *power_w)
{
	for (guint i = 0; i < POINTS; i++) {
		power_w[i] = unit_watt_from_dbm(1.0 - 13.0 * i / (POINTS - 1));
		raw_w[i] = round(rx_monitor_raw_w(truth, power_w[i]) * 1e7) * 1e-7;
	}
}

/* From the definitions, without the function under test. */
static void test_definitions(void)
{
	const struct rx_monitor_curve line = {RX_MONITOR_LINE, .slope = 1.1, .offset_w = 2e-6};
	const struct rx_monitor_curve quad = {RX_MONITOR_QUADRATIC, 100.0, 1.05, -1e-6};
	const struct rx_monitor_curve two =
		{RX_MONITOR_TWO_SLOPES, 0, 0.95, 1e-6, 200e-6, 1.1, -29e-6};

	g_assert_cmpfloat_with_epsilon(rx_monitor_power_w(&line, 100e-6), 112e-6, 1e-15);
	g_assert_cmpfloat_with_epsilon(rx_monitor_power_w(&quad, 100e-6), 105e-6, 1e-15);
	g_assert_cmpfloat_with_epsilon(rx_monitor_power_w(&two, 100e-6), 96e-6, 1e-15);
	g_assert_cmpfloat_with_epsilon(rx_monitor_power_w(&two, 300e-6), 301e-6, 1e-15);
	for (double raw_w = 10e-6; raw_w < 2e-3; raw_w *= 1.3) {
		g_assert_cmpfloat_with_epsilon(rx_monitor_raw_w(&line,
		                                                rx_monitor_power_w(&line, raw_w)),
		                               raw_w, 1e-15);
		g_assert_cmpfloat_with_epsilon(rx_monitor_raw_w(&quad,
		                                                rx_monitor_power_w(&quad, raw_w)),
		                               raw_w, 1e-15);
		g_assert_cmpfloat_with_epsilon(rx_monitor_raw_w(&two,
		                                                rx_monitor_power_w(&two, raw_w)),
		                               raw_w, 1e-15);
	}
}

/* A power that a curve never reaches, or a curve that falls, has no reading. */
static void test_no_reading(void)
{
	const struct rx_monitor_curve falls = {RX_MONITOR_LINE, .slope = -1, .offset_w = 1e-3};
	const struct rx_monitor_curve bent = {RX_MONITOR_QUADRATIC, -1000.0, 1.0, 0};

	g_assert_true(isnan(rx_monitor_raw_w(&falls, 1e-4)));
	/* its top is at 0.25 mW */
	g_assert_true(isnan(rx_monitor_raw_w(&bent, 0.3e-3)));
	g_assert_cmpfloat_with_epsilon(rx_monitor_raw_w(&bent, 0.1e-3), 1.1270166537925831e-4,
	                               1e-12);
}

static void assert_found(const struct rx_monitor_curve *truth, double residual_db)
{
	double raw_w[POINTS], power_w[POINTS];
	struct rx_monitor_fit fit;

	read_all(truth, raw_w, power_w);
	g_assert_true(rx_monitor_fit(truth->form, raw_w, power_w, POINTS, &fit, NULL));
	g_assert_null(fit.reason);
	g_assert_cmpfloat(fit.residual_db, <, residual_db);
	for (double dbm = -12.0; dbm <= 1.0; dbm += 0.1) {
		double true_w = unit_watt_from_dbm(dbm);
		double told_w = rx_monitor_power_w(&fit.curve, rx_monitor_raw_w(truth, true_w));
		g_assert_cmpfloat(fabs(unit_db_from_ratio(told_w / true_w)), <, 0.02);
	}
}

static void test_forms(void)
{
	static const struct rx_monitor_curve curves[] = {
		{RX_MONITOR_LINE, .slope = 1.06, .offset_w = 1.5e-6},
		{RX_MONITOR_LINE, .slope = 0.94, .offset_w = -1.5e-6},
		{RX_MONITOR_QUADRATIC, 140, 0.94, 1.5e-6},
		{RX_MONITOR_QUADRATIC, 60, 1.06, -1.5e-6},
		{RX_MONITOR_TWO_SLOPES, 0, 0.95, 1e-6, 200e-6, 1.1, -29e-6},
		{RX_MONITOR_TWO_SLOPES, 0, 1.05, -1e-6, 260e-6, 1.281, -61.06e-6},
	};

	for (guint i = 0; i < G_N_ELEMENTS(curves); i++)
		assert_found(&curves[i], 0.02);
}

/* A bent monitor through which a line was put is told by what is left. */
static void test_wrong_form(void)
{
	const struct rx_monitor_curve two =
		{RX_MONITOR_TWO_SLOPES, 0, 0.95, 1e-6, 200e-6, 1.1, -29e-6};
	double raw_w[POINTS], power_w[POINTS];
	struct rx_monitor_fit fit;

	read_all(&two, raw_w, power_w);
	g_assert_true(rx_monitor_fit(RX_MONITOR_LINE, raw_w, power_w, POINTS, &fit, NULL));
	g_assert_cmpfloat(fit.residual_db, >, 0.1);
}

/* A broken monitor: it stops following at 90 uW. */
static void test_saturated(void)
{
	static const enum rx_monitor_form forms[] = {RX_MONITOR_LINE, RX_MONITOR_QUADRATIC,
	                                             RX_MONITOR_TWO_SLOPES};
	double raw_w[POINTS], power_w[POINTS];

	for (guint i = 0; i < POINTS; i++) {
		power_w[i] = unit_watt_from_dbm(1.0 - 13.0 * i / (POINTS - 1));
		raw_w[i] = round(90e-6 * tanh(power_w[i] / 90e-6) * 1e7) * 1e-7;
	}
	for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
		struct rx_monitor_fit fit;

		if (!rx_monitor_fit(forms[i], raw_w, power_w, POINTS, &fit, NULL))
			continue;
		g_assert_true(fit.reason || fit.residual_db > 1.0);
	}
}

static void test_falling(void)
{
	static const enum rx_monitor_form forms[] = {RX_MONITOR_LINE, RX_MONITOR_QUADRATIC,
	                                             RX_MONITOR_TWO_SLOPES};
	double raw_w[POINTS], power_w[POINTS];

	for (guint i = 0; i < POINTS; i++) {
		power_w[i] = 50e-6 * (i + 1);
		raw_w[i] = 1e-3 - power_w[i];
	}
	for (guint i = 0; i < G_N_ELEMENTS(forms); i++) {
		struct rx_monitor_fit fit;

		g_assert_true(rx_monitor_fit(forms[i], raw_w, power_w, POINTS, &fit, NULL));
		g_assert_nonnull(fit.reason);
	}
}

static void test_refused(void)
{
	static const double dead_w[] = {1e-6, 1e-6, 1e-6, 1e-6, 1e-6};
	static const double power_w[] = {1e-3, 5e-4, 2e-4, 1e-4, 5e-5};
	g_autoptr(GError) error = NULL;
	struct rx_monitor_fit fit;

	g_assert_false(rx_monitor_fit(RX_MONITOR_LINE, dead_w, power_w, 5, &fit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_assert_false(rx_monitor_fit(RX_MONITOR_QUADRATIC, dead_w, power_w, 5, &fit, NULL));
	g_assert_false(rx_monitor_fit(RX_MONITOR_TWO_SLOPES, dead_w, power_w, 5, &fit, NULL));
	g_assert_false(rx_monitor_fit(RX_MONITOR_QUADRATIC, power_w, power_w, 2, &fit, NULL));
	g_assert_false(rx_monitor_fit(RX_MONITOR_TWO_SLOPES, power_w, power_w, 3, &fit, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/rx-monitor-fit/definitions", test_definitions);
	g_test_add_func("/rx-monitor-fit/no-reading", test_no_reading);
	g_test_add_func("/rx-monitor-fit/forms", test_forms);
	g_test_add_func("/rx-monitor-fit/wrong-form", test_wrong_form);
	g_test_add_func("/rx-monitor-fit/saturated", test_saturated);
	g_test_add_func("/rx-monitor-fit/falling", test_falling);
	g_test_add_func("/rx-monitor-fit/refused", test_refused);
	return g_test_run();
}

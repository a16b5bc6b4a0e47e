/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "base/clock.h"
#include "base/waveform.h"
#include "bench/sim_mp2110a.h"
#include "bench/sim_scope.h"
#include "instruments/driver.h"
#include "instruments/scope.h"

#include <math.h>

static const struct instrument_parameter noise = {"noise", "4 uW"};
static const struct instrument_parameter by_hand[] = {
	{"symbol_rate", "53.125 GBd"},
	{"bandwidth", "26.5625 GHz"},
	{"wavelength", "1310 nm"},
	{"pattern_length", "8191"},
};

static const struct conformance_row rows[] = {
	{"keysight-scope", &sim_scope, "TCPIP::127.0.0.1::", "::SOCKET", &noise, 1},
	{"keysight-scope", &sim_scope, "TCPIP::127.0.0.1::hislip0,", "::INSTR", &noise, 1,
         CONFORMANCE_HISLIP},
	{"anritsu-scope", &sim_mp2110a, "TCPIP::127.0.0.1::", "::SOCKET", by_hand,
         G_N_ELEMENTS(by_hand)},
};

static const struct scope_setup setup = {
	.symbol_rate_bd = 53.125e9,
	.pattern_symbols = 8191,
	.samples_per_symbol = 16,
	.filter_bandwidth_hz = 26.5625e9,
	.wavelength_m = 1311e-9,
	.external_loss_db = 2,
};

#define WARM_UP_S 900.0

#define ATTENUATED(loss_db) pow(10, (loss_db) / 10.0)

static gboolean gives_waveforms(const struct conformance *bed)
{
	return bed->instrument->model->scope->gives_waveforms;
}

static void configure(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	scope_configure(bed->instrument, 1, &setup, &bed->bounds, &error);
	g_assert_no_error(error);
}

/* The instrument's results are those of the light that is there. */
static void test_results(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct world_scope_result is;
	double oma_w = NAN, er_db = NAN, power_w = NAN, tdecq_db = NAN, gain = ATTENUATED(2);
	struct instrument *it = bed->instrument;
	conformance_light(bed);
	configure(bed);
	/* until the laser is as warm as it gets */
	g_assert_true(clock_sleep_s(WARM_UP_S, &bed->bounds, &error));
	g_assert_cmpint(world_scope_tdecq(bed->world, 0, 8191, &is), ==, WORLD_SCOPE_OK);
	g_assert_true(scope_measure_oma_w(it, 1, &oma_w, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(oma_w / (is.oma_w * gain) - 1), <, 0.03);
	g_assert_true(scope_measure_er_db(it, 1, &er_db, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(er_db - is.er_db), <, 0.2);
	g_assert_true(scope_measure_power_w(it, 1, &power_w, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(power_w / (is.avg_w * gain) - 1), <, 0.03);
	g_assert_true(scope_measure_tdecq_db(it, 1, &tdecq_db, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(tdecq_db - is.tdecq_db), <, 0.3);
	/* no loss is corrected, and no pattern asked for */
	g_assert_true(scope_measure_light_w(it, 1, 1311e-9, &power_w, &bed->bounds, &error));
	g_assert_cmpfloat(fabs(power_w / is.avg_w - 1), <, 0.03);
}

/* Who has waveforms gives them; who has none says so before anything else. */
static void test_waveform(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct scope_setup with = setup;
	conformance_light(bed);
	gboolean may = scope_require_waveforms(bed->instrument, &error);
	g_assert_cmpint(may, ==, gives_waveforms(bed));
	if (!may)
		conformance_expect(may, &error, STATION_ERROR_UNSUPPORTED);
	with.samples_per_symbol = may ? 16 : 0;
	g_assert_true(scope_configure(bed->instrument, 1, &with, &bed->bounds, &error));
	g_autoptr(waveform) wave =
		scope_acquire_waveform(bed->instrument, 1, 1, &bed->bounds, &error);
	if (may)
		g_assert_cmpuint(waveform_length(wave), ==, 8191 * 16);
	else
		conformance_expect(wave != NULL, &error, STATION_ERROR_UNSUPPORTED);
}

/* Without light there is no value of any kind. */
static void test_dark(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	double value = 7;
	struct instrument *it = bed->instrument;
	conformance_light(bed);
	configure(bed);
	conformance_dark(bed);
	conformance_expect(scope_measure_oma_w(it, 1, &value, &bed->bounds, &error), &error,
	                   STATION_ERROR_DATA);
	conformance_expect(scope_measure_tdecq_db(it, 1, &value, &bed->bounds, &error), &error,
	                   STATION_ERROR_DATA);
	g_assert_cmpfloat(value, ==, 7);
}

static void test_refuses(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct instrument *it = bed->instrument;
	struct scope_setup bad[3] = {setup, setup, setup};
	double value = 7;
	bad[0].symbol_rate_bd = 1e12;
	bad[1].wavelength_m = 1000e-9;
	bad[2].external_loss_db = NAN;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		conformance_expect(scope_configure(it, 1, &bad[i], &bed->bounds, &error), &error,
		                   STATION_ERROR_RANGE);
	conformance_expect(scope_configure(it, 2, &setup, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(scope_measure_oma_w(it, 1, &value, &bed->bounds, &error), &error,
	                   STATION_ERROR_INTERNAL);
}

/* One spoiled reply costs that call at most. */
static void test_recovers(struct conformance *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_DISCONNECT, FAULT_GARBAGE,
	                                   FAULT_SPLIT};
	conformance_light(bed);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds soon = {.deadline = deadline_in_s(1)};
		double power_w = NAN;
		faults_arm(bed->faults, kinds[i], 1);
		scope_measure_light_w(bed->instrument, 1, 1311e-9, &power_w, &soon, &error);
		g_clear_error(&error);
		faults_clear(bed->faults);
		scope_measure_light_w(bed->instrument, 1, 1311e-9, &power_w, &bed->bounds, &error);
		g_assert_no_error(error);
		double is_w = world_scope_average_w(bed->world, 0);
		g_assert_cmpfloat(fabs(power_w / is_w - 1), <, 0.05);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define SUITE(name, function) conformance_add(rows, G_N_ELEMENTS(rows), name, function)
	SUITE("results", test_results);
	SUITE("waveform", test_waveform);
	SUITE("dark", test_dark);
	SUITE("refuses", test_refuses);
	SUITE("recovers", test_recovers);
	return g_test_run();
}

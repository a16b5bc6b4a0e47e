/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "base/clock.h"
#include "bench/sim_meerstetter.h"
#include "bench/sim_thermal.h"
#include "instruments/driver.h"
#include "instruments/thermal.h"

#include <math.h>

static const struct instrument_parameter with_sensor = {"sensor", "T"};

static const struct conformance_row rows[] = {
	{"intest-thermal", &sim_thermal, "TCPIP::127.0.0.1::", "::SOCKET", &with_sensor, 1},
	{"intest-thermal", &sim_thermal, "PRLGX-TCPIP::127.0.0.1::", "::GPIB::1::INSTR",
         &with_sensor, 1, CONFORMANCE_PROLOGIX},
	{"meerstetter-thermal", &sim_meerstetter, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
	{"meerstetter-thermal", &sim_meerstetter, "ASRL/dev/ttyUSB0::INSTR?baud=57600", NULL, NULL,
         0, CONFORMANCE_SERIAL},
};

#define WINDOW_DEGC 1.0
#define SOAK_S      10.0
#define LIMIT_S     3000.0

static double case_degc(const struct conformance *bed)
{
	double air = 0, unit = 0;
	world_thermal_degc(bed->world, 0, &air, &unit);
	return unit;
}

static gboolean is_driven(const struct conformance *bed)
{
	struct world_site_state state;
	world_site_state(bed->world, 0, &state);
	return state.thermal_flow;
}

/* Polls as the steps do. */
static void wait_there(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	double end_s = clock_now_s() + LIMIT_S;
	gboolean settled = FALSE;
	while (!settled) {
		g_assert_true(
			thermal_at_temperature(bed->instrument, &settled, &bed->bounds, &error));
		g_assert_cmpfloat(clock_now_s(), <, end_s);
		g_assert_true(clock_sleep_s(1, &bed->bounds, &error));
	}
}

static void go(struct conformance *bed, double degc)
{
	g_autoptr(GError) error = NULL;
	struct instrument *it = bed->instrument;
	g_assert_true(thermal_set_window(it, WINDOW_DEGC, SOAK_S, &bed->bounds, &error));
	g_assert_true(thermal_set_degc(it, degc, &bed->bounds, &error));
	g_assert_true(thermal_start(it, &bed->bounds, &error));
}

/* Opening moves nothing; a set temperature alone neither. */
static void test_rests(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	gboolean settled = TRUE;
	g_assert_false(is_driven(bed));
	g_assert_true(thermal_set_degc(bed->instrument, 60, &bed->bounds, &error));
	g_assert_true(thermal_at_temperature(bed->instrument, &settled, &bed->bounds, &error));
	g_assert_false(settled);
	g_assert_false(is_driven(bed));
}

/* The unit gets there and stays, warm and cold, and what is read is what is. */
static void test_reaches(struct conformance *bed)
{
	static const double degc[] = {70, 0, 25.5};
	for (gsize i = 0; i < G_N_ELEMENTS(degc); i++) {
		g_autoptr(GError) error = NULL;
		double read = NAN;
		go(bed, degc[i]);
		g_assert_true(is_driven(bed));
		wait_there(bed);
		g_assert_cmpfloat(fabs(case_degc(bed) - degc[i]), <, WINDOW_DEGC + 0.3);
		g_assert_true(thermal_read_degc(bed->instrument, &read, &bed->bounds, &error));
		g_assert_cmpfloat(fabs(read - degc[i]), <, WINDOW_DEGC + 0.3);
	}
}

/* Another temperature is not reached because the one before was. */
static void test_begins_anew(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	gboolean settled = TRUE;
	go(bed, 50);
	wait_there(bed);
	g_assert_true(thermal_set_degc(bed->instrument, 20, &bed->bounds, &error));
	g_assert_true(thermal_at_temperature(bed->instrument, &settled, &bed->bounds, &error));
	g_assert_false(settled);
}

static void test_stops(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	gboolean settled = TRUE;
	go(bed, 50);
	g_assert_true(is_driven(bed));
	g_assert_true(thermal_stop(bed->instrument, &bed->bounds, &error));
	g_assert_false(is_driven(bed));
	g_assert_true(thermal_at_temperature(bed->instrument, &settled, &bed->bounds, &error));
	g_assert_false(settled);
	go(bed, 50);
	g_assert_true(instrument_safe_state(bed->instrument, &bed->bounds, &error));
	g_assert_false(is_driven(bed));
}

static void test_refuses(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct instrument *it = bed->instrument;
	const struct thermal_facts *facts = it->model->thermal;
	conformance_expect(thermal_set_degc(it, facts->degc_max + 1, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(thermal_set_degc(it, facts->degc_min - 1, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(thermal_set_degc(it, NAN, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(thermal_set_window(it, facts->window_max_degc + 1, 0, &bed->bounds,
	                                      &error),
	                   &error, STATION_ERROR_RANGE);
}

/* A fault of its own is told when somebody waits for the temperature. */
static void test_own_fault(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	gboolean settled = FALSE;
	go(bed, 50);
	faults_arm(bed->faults, FAULT_QUEUE_ERROR, 0);
	gboolean ok = thermal_at_temperature(bed->instrument, &settled, &bed->bounds, &error);
	for (guint i = 0; ok && i < 2; i++)
		ok = thermal_at_temperature(bed->instrument, &settled, &bed->bounds, &error);
	conformance_expect(ok, &error, STATION_ERROR_INSTRUMENT);
}

/* One spoiled reply costs that call at most; the next one is right. */
static void test_recovers(struct conformance *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_DISCONNECT, FAULT_GARBAGE,
	                                   FAULT_SPLIT};
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds soon = {.deadline = deadline_in_s(0.3)};
		double degc = NAN;
		faults_arm(bed->faults, kinds[i], 1);
		if (thermal_read_degc(bed->instrument, &degc, &soon, &error))
			g_assert_cmpfloat(fabs(degc - case_degc(bed)), <, 1);
		g_clear_error(&error);
		faults_clear(bed->faults);
		g_assert_true(thermal_read_degc(bed->instrument, &degc, &bed->bounds, &error));
		g_assert_cmpfloat(fabs(degc - case_degc(bed)), <, 1);
	}
}

int main(int argc, char **argv)
{
	conformance_init(&argc, &argv);
#define SUITE(name, function) conformance_add(rows, G_N_ELEMENTS(rows), name, function)
	SUITE("rests", test_rests);
	SUITE("reaches", test_reaches);
	SUITE("begins_anew", test_begins_anew);
	SUITE("stops", test_stops);
	SUITE("refuses", test_refuses);
	SUITE("own_fault", test_own_fault);
	SUITE("recovers", test_recovers);
	return g_test_run();
}

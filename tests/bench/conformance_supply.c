/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "base/clock.h"
#include "bench/sim_dp832.h"
#include "bench/sim_supply.h"
#include "instruments/supply.h"

#include <math.h>

static struct world_site_state state_of(const struct conformance *bed)
{
	struct world_site_state state;
	world_site_state(bed->world, 0, &state);
	return state;
}

static void set(struct conformance *bed, guint channel, double volt, double ampere)
{
	g_autoptr(GError) error = NULL;
	supply_set(bed->instrument, channel, volt, ampere, &bed->bounds, &error);
	g_assert_no_error(error);
}

static void turn(struct conformance *bed, guint channel, gboolean on)
{
	g_autoptr(GError) error = NULL;
	gboolean is_on = !on;
	supply_set_output(bed->instrument, channel, on, &bed->bounds, &error);
	g_assert_no_error(error);
	supply_is_on(bed->instrument, channel, &is_on, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_true(is_on == on);
}

static double measured_v(struct conformance *bed, guint channel, double *ampere)
{
	g_autoptr(GError) error = NULL;
	double volt = NAN;
	supply_measure(bed->instrument, channel, &volt, ampere, &bed->bounds, &error);
	g_assert_no_error(error);
	return volt;
}

/* Opening and setting energise nothing; what was set is there when it is switched on. */
static void test_rests(struct conformance *bed)
{
	g_assert_false(state_of(bed).supply_on);
	set(bed, 1, 3.3, 2);
	g_assert_false(state_of(bed).supply_on);
	g_assert_cmpfloat_with_epsilon(state_of(bed).supply_v, 3.3, 1e-9);
	turn(bed, 1, TRUE);
	g_assert_true(state_of(bed).supply_on);
	turn(bed, 1, FALSE);
	g_assert_false(state_of(bed).supply_on);
}

/* What is measured is what is, with and without a unit that draws current. */
static void test_measures(struct conformance *bed)
{
	double ampere = NAN;
	set(bed, 1, 3.3, 3);
	turn(bed, 1, TRUE);
	g_assert_cmpfloat_with_epsilon(measured_v(bed, 1, &ampere), 3.3, 0.005);
	g_assert_cmpfloat_with_epsilon(ampere, 0, 0.005);
	conformance_light(bed);
	g_assert_true(clock_sleep_s(1, &bed->bounds, NULL));
	measured_v(bed, 1, &ampere);
	g_assert_cmpfloat(ampere, >, 0.1);
	turn(bed, 1, FALSE);
	g_assert_cmpfloat_with_epsilon(measured_v(bed, 1, &ampere), 0, 0.01);
}

/* A channel goes its way without the others. */
static void test_channels(struct conformance *bed)
{
	double ampere = NAN;
	set(bed, 1, 3.3, 1);
	set(bed, 2, 5, 0.5);
	turn(bed, 2, TRUE);
	g_assert_false(state_of(bed).supply_on);
	g_assert_cmpfloat_with_epsilon(measured_v(bed, 2, &ampere), 5, 0.01);
	turn(bed, 1, TRUE);
	turn(bed, 2, FALSE);
	g_assert_true(state_of(bed).supply_on);
	g_assert_cmpfloat_with_epsilon(state_of(bed).supply_v, 3.3, 1e-9);
	g_assert_cmpfloat_with_epsilon(measured_v(bed, 1, &ampere), 3.3, 0.005);
}

static void test_refuses(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	struct instrument *it = bed->instrument;
	guint n = instrument_channels(it);
	set(bed, 1, 3.3, 1);
	conformance_expect(supply_set(it, 1, 31, 1, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(supply_set(it, 1, 3, 20, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(supply_set(it, 1, NAN, 1, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(supply_set_output(it, 0, TRUE, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	conformance_expect(supply_set_output(it, n + 1, TRUE, &bed->bounds, &error), &error,
	                   STATION_ERROR_RANGE);
	g_assert_cmpfloat_with_epsilon(state_of(bed).supply_v, 3.3, 1e-9);
}

static void test_protection(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	gboolean tripped = TRUE;
	set(bed, 1, 3.3, 1);
	turn(bed, 1, TRUE);
	supply_protection_tripped(bed->instrument, 1, &tripped, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_false(tripped);
}

static void test_safe_state(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	double ampere = NAN;
	set(bed, 1, 3.3, 1);
	set(bed, 2, 5, 0.5);
	turn(bed, 1, TRUE);
	turn(bed, 2, TRUE);
	instrument_safe_state(bed->instrument, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_false(state_of(bed).supply_on);
	g_assert_cmpfloat_with_epsilon(measured_v(bed, 2, &ampere), 0, 0.01);
}

/*
 * Whatever happens to an answer: no wrong value, and the next call finds its way back. The second
 * copy of an answer may come so late that it is the next call that sees it.
 */
static void test_faults(struct conformance *bed)
{
	static const enum fault kinds[] = {FAULT_SILENT, FAULT_DISCONNECT, FAULT_GARBAGE,
	                                   FAULT_SPLIT,  FAULT_LATE,       FAULT_TWICE};
	set(bed, 1, 3.3, 1);
	turn(bed, 1, TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds brief = bounds_within(&bed->bounds, 0.3);
		double volt = NAN;
		double ampere = NAN;
		faults_arm(bed->faults, kinds[i], 1);
		for (int call = 0; call < (kinds[i] == FAULT_TWICE ? 2 : 1); call++) {
			if (supply_measure(bed->instrument, 1, &volt, &ampere, &brief, &error))
				g_assert_cmpfloat_with_epsilon(volt, 3.3, 0.005);
			g_clear_error(&error);
		}
		faults_clear(bed->faults);
		g_assert_cmpfloat_with_epsilon(measured_v(bed, 1, &ampere), 3.3, 0.005);
	}
	g_assert_true(state_of(bed).supply_on);
}

int main(int argc, char **argv)
{
	g_autofree char *dialect =
		g_build_filename(g_getenv("STATION_SRC"), "tests/data/dialects/dp832.yaml", NULL);
	const struct instrument_parameter generic = {"dialect", dialect};
	const struct conformance_row rows[] = {
		{"keysight-supply", &sim_supply, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
		{"keysight-supply", &sim_supply, "TCPIP::127.0.0.1::inst0@", "::INSTR", NULL, 0,
	         CONFORMANCE_VXI11},
		{"keysight-supply", &sim_supply, "TCPIP::127.0.0.1::hislip0,", "::INSTR", NULL, 0,
	         CONFORMANCE_HISLIP},
		{"keysight-supply", &sim_supply, "TCPIP::127.0.0.1::hislip0,", "::INSTR", NULL, 0,
	         CONFORMANCE_SECURE},
		{"keysight-supply", &sim_supply, "USB::0x2A8D::0x1102::MY59000101::INSTR", NULL,
	         NULL, 0, CONFORMANCE_USBTMC},
		{"rigol-supply", &sim_dp832, "TCPIP::127.0.0.1::", "::SOCKET", NULL, 0},
		{"rigol-supply", &sim_dp832, "TCPIP::127.0.0.1::inst0@", "::INSTR", NULL, 0,
	         CONFORMANCE_VXI11},
		{"rigol-supply", &sim_dp832, "USB::0x1AB1::0x0E11::DP8A240000101::INSTR", NULL,
	         NULL, 0, CONFORMANCE_USBTMC},
		{"generic-supply", &sim_dp832, "TCPIP::127.0.0.1::", "::SOCKET", &generic, 1},
	};
	gsize n = G_N_ELEMENTS(rows);
	conformance_init(&argc, &argv);
	conformance_add(rows, n, "rests", test_rests);
	conformance_add(rows, n, "measures", test_measures);
	conformance_add(rows, n, "channels", test_channels);
	conformance_add(rows, n, "refuses", test_refuses);
	conformance_add(rows, n, "protection", test_protection);
	conformance_add(rows, n, "safe_state", test_safe_state);
	conformance_add(rows, n, "faults", test_faults);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/supply.h"

#include "tests/unit/instruments_driver_script.h"

#include <math.h>

static const struct instrument_config config = {
	.name = "psu1",
	.class = INSTRUMENT_SUPPLY,
	.driver = "keysight-supply",
};

#define START "> *CLS", "> *IDN?", "< Keysight Technologies,E36312A,MY59000001,1.0.4-1.0.0-1.00"

static void test_set(void)
{
	static const char *const lines[] = {
		START,
		"> CURR 4,(@1)",
		OK,
		"> CURR? (@1)",
		"< +4.00000000E+00",
		"> VOLT 3.3,(@1)",
		OK,
		"> VOLT? (@1)",
		"< +3.30000000E+00",
		"> OUTP 1,(@1)",
		OK,
		"> OUTP? (@1)",
		"< 1",
		"> MEAS:VOLT? (@1)",
		"< +3.29912E+00",
		"> MEAS:CURR? (@1)",
		"< +2.10034E+00",
		OK,
		"> OUTP 0,(@1)",
		OK,
		"> OUTP? (@1)",
		"< 0",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double volt = 0;
	double ampere = 0;
	rig_start(&rig, config, lines);
	struct instrument *psu = rig.instrument;
	g_assert_true(supply_set(psu, 1, 3.3, 4, &rig.bounds, &error));
	g_assert_true(supply_set_output(psu, 1, TRUE, &rig.bounds, &error));
	g_assert_true(supply_measure(psu, 1, &volt, &ampere, &rig.bounds, &error));
	g_assert_cmpfloat(volt, ==, 3.29912);
	g_assert_cmpfloat(ampere, ==, 2.10034);
	g_assert_true(supply_set_output(psu, 1, FALSE, &rig.bounds, &error));
	rig_close(&rig);
}

static void test_protection(void)
{
	static const char *const lines[] = {
		START, "> :INST:NSEL 2",
		OK,    "> :VOLT:PROT:TRIP?",
		"< 0", "> :CURR:PROT:TRIP?",
		"< 0", "> :INST:NSEL 1",
		OK,    "> :VOLT:PROT:TRIP?",
		"< 0", "> :CURR:PROT:TRIP?",
		"< 1", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	gboolean tripped = TRUE;
	rig_start(&rig, config, lines);
	struct instrument *psu = rig.instrument;
	g_assert_true(supply_protection_tripped(psu, 2, &tripped, &rig.bounds, &error));
	g_assert_false(tripped);
	g_assert_true(supply_protection_tripped(psu, 1, &tripped, &rig.bounds, &error));
	g_assert_true(tripped);
	rig_close(&rig);
}

static void test_refused(void)
{
	static const char *const lines[] = {
		START,
		"> CURR 4,(@1)",
		OK,
		"> CURR? (@1)",
		"< +4.00000000E+00",
		"> VOLT 3.3,(@1)",
		OK,
		"> VOLT? (@1)",
		"< +3.00000000E+00",
		"> OUTP 1,(@1)",
		FAULT("-221,\"Settings conflict\""),
		"> MEAS:VOLT? (@1)",
		"< OVERLOAD",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double volt = 7;
	double ampere = 7;
	rig_start(&rig, config, lines);
	struct instrument *psu = rig.instrument;
	const struct bounds *bounds = &rig.bounds;
	expect_error(supply_set(psu, 1, 3.3, 4, bounds, &error), &error, STATION_ERROR_INSTRUMENT,
	             "voltage set to 3.3, but the instrument says 3");
	expect_error(supply_set_output(psu, 1, TRUE, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "psu1: output on: ");
	expect_error(supply_measure(psu, 1, &volt, &ampere, bounds, &error), &error,
	             STATION_ERROR_PROTOCOL, "MEAS:VOLT? (@1)");
	g_assert_cmpfloat(volt, ==, 7);
	expect_error(supply_set(psu, 1, 6.2, 1, bounds, &error), &error, STATION_ERROR_RANGE,
	             "0 to 6.18 V");
	expect_error(supply_set(psu, 2, 3.3, 4, bounds, &error), &error, STATION_ERROR_RANGE,
	             "current limit 4 A");
	expect_error(supply_set(psu, 4, 3.3, 1, bounds, &error), &error, STATION_ERROR_RANGE,
	             "no channel 4");
	expect_error(supply_set(psu, 1, NAN, 1, bounds, &error), &error, STATION_ERROR_RANGE,
	             "voltage nan");
	rig_close(&rig);
}

static void test_safe_state(void)
{
	static const char *const lines[] = {
		START,
		"> OUTP 0,(@1)",
		FAULT("-300,\"Device-specific error\""),
		"> OUTP 0,(@2)",
		OK,
		"> OUTP? (@2)",
		"< 0",
		"> OUTP 0,(@3)",
		OK,
		"> OUTP? (@3)",
		"< 0",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	expect_error(instrument_safe_state(rig.instrument, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "psu1: safe state: ");
	rig_close(&rig);
}

static void test_cancelled(void)
{
	static const char *const lines[] = {START, NULL};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	rig_start(&rig, config, lines);
	struct bounds bounds = rig.bounds;
	bounds.cancellable = cancellable;
	g_cancellable_cancel(cancellable);
	expect_error(supply_set_output(rig.instrument, 1, TRUE, &bounds, &error), &error,
	             STATION_ERROR_CANCELLED, "psu1: output on: ");
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/supply/e36312a/set", test_set);
	g_test_add_func("/supply/e36312a/protection", test_protection);
	g_test_add_func("/supply/e36312a/refused", test_refused);
	g_test_add_func("/supply/e36312a/safe_state", test_safe_state);
	g_test_add_func("/supply/e36312a/cancelled", test_cancelled);
	return run_scripts();
}

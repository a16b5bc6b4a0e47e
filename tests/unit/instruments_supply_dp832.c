/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/supply.h"

#include "tests/unit/instruments_driver_script.h"

static const struct instrument_config config = {
	.name = "psu1",
	.class = INSTRUMENT_SUPPLY,
	.driver = "rigol-supply",
};

#define START     "> *CLS", "> *IDN?", "< RIGOL TECHNOLOGIES,DP832,DP8A240000101,00.01.16"
#define SELECT(n) "> :INST:NSEL " n, OK, "> :INST:NSEL?", "< " n

static void test_set(void)
{
	static const char *const lines[] = {
		START,
		SELECT("1"),
		"> :SOUR:CURR 2.5",
		OK,
		"> :SOUR:CURR?",
		"< 2.500",
		"> :SOUR:VOLT 3.3",
		OK,
		"> :SOUR:VOLT?",
		"< 3.300",
		SELECT("1"),
		"> :OUTP ON",
		OK,
		"> :OUTP?",
		"< ON",
		SELECT("1"),
		"> :MEAS:VOLT?",
		"< 3.2991",
		"> :MEAS:CURR?",
		"< 2.1003",
		OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double volt = 0;
	double ampere = 0;
	rig_start(&rig, config, lines);
	struct instrument *psu = rig.instrument;
	g_assert_true(supply_set(psu, 1, 3.3, 2.5, &rig.bounds, &error));
	g_assert_true(supply_set_output(psu, 1, TRUE, &rig.bounds, &error));
	g_assert_true(supply_measure(psu, 1, &volt, &ampere, &rig.bounds, &error));
	g_assert_cmpfloat(volt, ==, 3.2991);
	g_assert_cmpfloat(ampere, ==, 2.1003);
	rig_close(&rig);
}

/* Another channel than the one selected gets nothing. */
static void test_other_channel(void)
{
	static const char *const lines[] = {
		START, "> :INST:NSEL 2", OK, "> :INST:NSEL?", "< 3", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	expect_error(supply_set_output(rig.instrument, 2, TRUE, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT,
	             "psu1: output on: channel set to 2, but the instrument says 3");
	rig_close(&rig);
}

static void test_protection(void)
{
	static const char *const lines[] = {
		START,   SELECT("2"), "> :OUTP:OVP:QUES?", "< NO",      "> :OUTP:OCP:QUES?",
		"< YES", SELECT("1"), "> :OUTP:OVP:QUES?", "< 0",       "> :OUTP:OCP:QUES?",
		"< OFF", SELECT("1"), "> :OUTP:OVP:QUES?", "< PERHAPS", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	gboolean tripped = FALSE;
	rig_start(&rig, config, lines);
	struct instrument *psu = rig.instrument;
	g_assert_true(supply_protection_tripped(psu, 2, &tripped, &rig.bounds, &error));
	g_assert_true(tripped);
	g_assert_true(supply_protection_tripped(psu, 1, &tripped, &rig.bounds, &error));
	g_assert_false(tripped);
	expect_error(supply_protection_tripped(psu, 1, &tripped, &rig.bounds, &error), &error,
	             STATION_ERROR_PROTOCOL, ":OUTP:OVP:QUES?: ");
	rig_close(&rig);
}

static void test_refused(void)
{
	static const char *const lines[] = {
		START,       SELECT("1"),  "> :OUTP ON", FAULT("-221,\"Settings conflict\""),
		SELECT("1"), "> :OUTP ON", OK,           "> :OUTP?",
		"< OFF",     NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *psu = rig.instrument;
	const struct bounds *bounds = &rig.bounds;
	expect_error(supply_set_output(psu, 1, TRUE, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "-221");
	expect_error(supply_set_output(psu, 1, TRUE, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "output 1 switched on, but the instrument says");
	expect_error(supply_set(psu, 3, 5.1, 1, bounds, &error), &error, STATION_ERROR_RANGE,
	             "0 to 5 V");
	expect_error(supply_set(psu, 1, 5, 3.1, bounds, &error), &error, STATION_ERROR_RANGE,
	             "0 to 3 A");
	rig_close(&rig);
}

/* A channel that does not go off keeps none of the others on. */
static void test_safe_state(void)
{
#define OFF(n) SELECT(n), "> :OUTP OFF", OK, "> :OUTP?", "< OFF"
	static const char *const lines[] = {
		START,    SELECT("1"), "> :OUTP OFF", FAULT("-300,\"Device-specific error\""),
		OFF("2"), OFF("3"),    NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	expect_error(instrument_safe_state(rig.instrument, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "psu1: safe state: ");
	rig_close(&rig);
}

/* The third output of a DP831 is negative. */
static void test_negative(void)
{
	static const char *const lines[] = {
		"> *CLS",
		"> *IDN?",
		"< RIGOL TECHNOLOGIES,DP831A,DP8B000001,00.01.14",
		SELECT("3"),
		"> :SOUR:CURR 1",
		OK,
		"> :SOUR:CURR?",
		"< 1.000",
		"> :SOUR:VOLT -5.2",
		OK,
		"> :SOUR:VOLT?",
		"< -5.200",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(supply_set(rig.instrument, 3, -5.2, 1, &rig.bounds, &error));
	expect_error(supply_set(rig.instrument, 3, 5.2, 1, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "-30 to 0 V");
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/supply/dp832/set", test_set);
	g_test_add_func("/supply/dp832/other_channel", test_other_channel);
	g_test_add_func("/supply/dp832/protection", test_protection);
	g_test_add_func("/supply/dp832/refused", test_refused);
	g_test_add_func("/supply/dp832/safe_state", test_safe_state);
	g_test_add_func("/supply/dp832/negative", test_negative);
	return run_scripts();
}

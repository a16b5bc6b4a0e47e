/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/attenuator.h"

#include "instruments/supply.h"
#include "tests/unit/instruments_driver_script.h"

#include <math.h>

static const struct instrument_config config = {
	.name = "voa1",
	.class = INSTRUMENT_ATTENUATOR,
	.driver = "keysight-attenuator",
};

#define START                                                                                      \
	"> *CLS", "> *IDN?", "< Keysight Technologies,N7764A,MY49000001,1.24", "> :OUTP1:STAT 0",  \
		"> :INP1:OFFS 0", "> :OUTP3:STAT 0", "> :INP3:OFFS 0", "> :OUTP5:STAT 0",          \
		"> :INP5:OFFS 0", "> :OUTP7:STAT 0", "> :INP7:OFFS 0", OK
#define MOVED "> *OPC?", "< 0", "> *OPC?", "< 1"

/* An attenuator fills two slots: the second is slot 3, the fourth slot 7. */
static void test_attenuation(void)
{
	static const char *const lines[] = {
		START,          "> :INP3:ATT 12.5",   OK,
		"> :INP3:ATT?", "< +1.25000000E+001", MOVED,
		"> :INP7:ATT?", "< +4.50000000E+001", OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double attenuation_db = 0;
	rig_start(&rig, config, lines);
	g_assert_true(attenuator_set_db(rig.instrument, 2, 12.5, &rig.bounds, &error));
	g_assert_true(attenuator_get_db(rig.instrument, 4, &attenuation_db, &rig.bounds, &error));
	g_assert_cmpfloat(attenuation_db, ==, 45);
	g_assert_cmpfloat(attenuator_max_db(rig.instrument), ==, 45);
	rig_close(&rig);
}

static void test_wavelength_and_shutter(void)
{
	static const char *const lines[] = {
		START, "> :INP1:WAV 1.31e-6", OK, "> :INP1:WAV?",   "< +1.31000000E-006",
		MOVED, "> :OUTP1:STAT 1",     OK, "> :OUTP1:STAT?", "< +1",
		MOVED, "> :OUTP1:STAT 0",     OK, "> :OUTP1:STAT?", "< +1",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *voa = rig.instrument;
	g_assert_true(attenuator_set_wavelength(voa, 1, 1310e-9, &rig.bounds, &error));
	g_assert_true(attenuator_open_shutter(voa, 1, TRUE, &rig.bounds, &error));
	expect_error(attenuator_open_shutter(voa, 1, FALSE, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "voa1: close shutter: shutter switched off");
	rig_close(&rig);
}

static void test_refused(void)
{
	static const char *const lines[] = {
		START,
		"> :INP1:ATT 30",
		OK,
		"> :INP1:ATT?",
		"< +2.00000000E+001",
		"> :INP1:ATT 30",
		FAULT("-303,\"Module slot empty or slot / channel invalid\""),
		"> :INP1:ATT 30",
		OK,
		"> :INP1:ATT?",
		"< +9.91000000E+037",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *voa = rig.instrument;
	const struct bounds *bounds = &rig.bounds;
	expect_error(attenuator_set_db(voa, 1, 30, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "attenuation set to 30, but the instrument says 20");
	expect_error(attenuator_set_db(voa, 1, 30, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "-303");
	expect_error(attenuator_set_db(voa, 1, 30, bounds, &error), &error, STATION_ERROR_DATA,
	             ":INP1:ATT?");
	expect_error(attenuator_set_db(voa, 1, -0.1, bounds, &error), &error, STATION_ERROR_RANGE,
	             "attenuation -0.1 dB");
	expect_error(attenuator_set_db(voa, 1, 45.1, bounds, &error), &error, STATION_ERROR_RANGE,
	             "0 to 45 dB");
	expect_error(attenuator_set_db(voa, 1, NAN, bounds, &error), &error, STATION_ERROR_RANGE,
	             "nan");
	expect_error(attenuator_set_db(voa, 5, 1, bounds, &error), &error, STATION_ERROR_RANGE,
	             "no channel 5");
	expect_error(supply_set_output(voa, 1, TRUE, bounds, &error), &error,
	             STATION_ERROR_INTERNAL, "is of class attenuator, not supply");
	rig_close(&rig);
}

#define CLOSED(n) "> :OUTP" n ":STAT 0", OK, "> :OUTP" n ":STAT?", "< 0", "> *OPC?", "< 1"

static void test_safe_state(void)
{
	static const char *const lines[] = {
		START,
		"> :OUTP1:STAT 0",
		"> :INP1:ATT 45",
		"> :OUTP3:STAT 0",
		"> :INP3:ATT 45",
		"> :OUTP5:STAT 0",
		"> :INP5:ATT 45",
		"> :OUTP7:STAT 0",
		"> :INP7:ATT 45",
		CLOSED("1"),
		/* one that does not close must not keep the others open */
		"> :OUTP3:STAT 0",
		FAULT("-300,\"Internal error\""),
		CLOSED("5"),
		CLOSED("7"),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	expect_error(instrument_safe_state(rig.instrument, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "voa1: safe state: ");
	rig_close(&rig);
}

static void test_never_arrives(void)
{
	static const char *const lines[] = {
		START,     "> :INP1:ATT 3", OK,   "> :INP1:ATT?", "< +3.00000000E+000",
		"> *OPC?", "silent",        NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct bounds brief = bounds_within(&rig.bounds, 0.1);
	expect_error(attenuator_set_db(rig.instrument, 1, 3, &brief, &error), &error,
	             STATION_ERROR_TIMEOUT, "voa1: set attenuation: *OPC?");
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/attenuator/n7764a/attenuation", test_attenuation);
	g_test_add_func("/attenuator/n7764a/wavelength_and_shutter", test_wavelength_and_shutter);
	g_test_add_func("/attenuator/n7764a/refused", test_refused);
	g_test_add_func("/attenuator/n7764a/safe_state", test_safe_state);
	g_test_add_func("/attenuator/n7764a/never_arrives", test_never_arrives);
	return run_scripts();
}

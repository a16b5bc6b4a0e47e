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
		START,
		"> :INP1:WAV?",
		"< +1.55000000E-006",
		"> :INP1:WAV 1.31e-6",
		OK,
		"> :INP1:WAV?",
		"< +1.31000000E-006",
		MOVED,
		/* it is so already */
		"> :INP1:WAV?",
		"< +1.31000000E-006",
		"> :OUTP1:STAT?",
		"< +0",
		"> :OUTP1:STAT 1",
		OK,
		"> :OUTP1:STAT?",
		"< +1",
		MOVED,
		"> :OUTP1:STAT 0",
		OK,
		"> :OUTP1:STAT?",
		"< +1",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *voa = rig.instrument;
	g_assert_true(attenuator_set_wavelength(voa, 1, 1310e-9, &rig.bounds, &error));
	g_assert_true(attenuator_set_wavelength(voa, 1, 1310e-9, &rig.bounds, &error));
	g_assert_true(attenuator_open_shutter(voa, 1, TRUE, &rig.bounds, &error));
	expect_error(attenuator_open_shutter(voa, 1, FALSE, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT,
	             "voa1: close shutter: channel 1: shutter switched off");
	rig_close(&rig);
}

#define SET(n)   "> :INP" n ":ATT 10", OK, "> :INP" n ":ATT?", "< +1.00000000E+001"
#define STATE(n) "> :OUTP" n ":STAT?"
#define SHUT(n)  "> :OUTP" n ":STAT 0", OK, STATE(n), "< 0"

static const struct attenuator_setting three[] = {{1, 10}, {2, 10}, {4, 10}};

/* All are commanded before the end of the movement is waited for, once. */
static void test_several(void)
{
	static const char *const lines[] = {START, SET("1"), SET("3"), SET("7"), MOVED, NULL};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(attenuator_set_several(rig.instrument, three, 3, &rig.bounds, &error));
	g_assert_no_error(error);
	rig_close(&rig);
}

static void test_several_refused(void)
{
	static const struct attenuator_setting strong[] = {{1, 10}, {2, 45.1}};
	static const struct attenuator_setting absent[] = {{1, 10}, {5, 10}};
	static const guint channels[] = {1, 5};
	static const char *const lines[] = {
		START, SET("1"), "> :INP3:ATT 10", OK, "> :INP3:ATT?", "< +2.00000000E+001", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *voa = rig.instrument;
	const struct bounds *bounds = &rig.bounds;
	/* nothing is sent for the first either */
	expect_error(attenuator_set_several(voa, strong, 2, bounds, &error), &error,
	             STATION_ERROR_RANGE, "voa1: set attenuation: channel 2: attenuation 45.1 dB");
	expect_error(attenuator_set_several(voa, absent, 2, bounds, &error), &error,
	             STATION_ERROR_RANGE, "no channel 5");
	expect_error(attenuator_open_several(voa, channels, 2, bounds, &error), &error,
	             STATION_ERROR_RANGE, "voa1: open shutter: no channel 5");
	/* the third does not move after the second failed */
	expect_error(attenuator_set_several(voa, three, 3, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT,
	             "voa1: set attenuation: channel 2: attenuation set to 10");
	rig_close(&rig);
}

/* What is open is neither commanded nor waited for; what is closed may be open all the same. */
static void test_several_shutters(void)
{
	static const guint channels[] = {1, 2, 4};
	static const char *const lines[] = {
		START,
		/* one of them is open */
		STATE("1"),
		"< 0",
		"> :OUTP1:STAT 1",
		OK,
		STATE("1"),
		"< 1",
		STATE("3"),
		"< 1",
		STATE("7"),
		"< 0",
		"> :OUTP7:STAT 1",
		OK,
		STATE("7"),
		"< 1",
		MOVED,
		/* all are */
		STATE("1"),
		"< 1",
		STATE("3"),
		"< 1",
		STATE("7"),
		"< 1",
		/* closed twice */
		SHUT("1"),
		SHUT("3"),
		SHUT("7"),
		MOVED,
		SHUT("1"),
		SHUT("3"),
		SHUT("7"),
		MOVED,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *voa = rig.instrument;
	static const gboolean open[] = {TRUE, TRUE, FALSE, FALSE};
	for (gsize i = 0; i < G_N_ELEMENTS(open); i++) {
		(open[i] ? attenuator_open_several : attenuator_close_several)(voa, channels, 3,
		                                                               &rig.bounds, &error);
		g_assert_no_error(error);
	}
	rig_close(&rig);
}

/* One that does not open ends it; one that does not close keeps none of the others open. */
static void test_shutter_fails(void)
{
	static const guint channels[] = {1, 2, 4}, absent[] = {5, 2, 4};
	static const char *const lines[] = {
		START,
		STATE("1"),
		"< 0",
		"> :OUTP1:STAT 1",
		FAULT("-300,\"Internal error\""),
		"> :OUTP1:STAT 0",
		OK,
		STATE("1"),
		"< 1",
		SHUT("3"),
		"> :OUTP7:STAT 0",
		FAULT("-300,\"Internal error\""),
		MOVED,
		/* neither does one that is not there */
		SHUT("3"),
		SHUT("7"),
		MOVED,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *voa = rig.instrument;
	expect_error(attenuator_open_several(voa, channels, 3, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "voa1: open shutter: channel 1: ");
	expect_error(attenuator_close_several(voa, channels, 3, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT,
	             "voa1: close shutter: channel 1: shutter switched off");
	expect_error(attenuator_close_several(voa, absent, 3, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "voa1: close shutter: no channel 5");
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
		SHUT("1"),
		/* one that does not close must not keep the others open */
		"> :OUTP3:STAT 0",
		FAULT("-300,\"Internal error\""),
		SHUT("5"),
		SHUT("7"),
		MOVED,
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

/* The wait is the whole's, not a channel's. */
static void test_several_never_arrive(void)
{
	static const char *const lines[] = {
		START, SET("1"), SET("3"), SET("7"), "> *OPC?", "silent", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct bounds brief = bounds_within(&rig.bounds, 0.2);
	expect_error(attenuator_set_several(rig.instrument, three, 3, &brief, &error), &error,
	             STATION_ERROR_TIMEOUT, "voa1: set attenuation: *OPC?");
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/attenuator/n7764a/attenuation", test_attenuation);
	g_test_add_func("/attenuator/n7764a/wavelength_and_shutter", test_wavelength_and_shutter);
	g_test_add_func("/attenuator/n7764a/several", test_several);
	g_test_add_func("/attenuator/n7764a/several_refused", test_several_refused);
	g_test_add_func("/attenuator/n7764a/several_shutters", test_several_shutters);
	g_test_add_func("/attenuator/n7764a/several_never_arrive", test_several_never_arrive);
	g_test_add_func("/attenuator/n7764a/shutter_fails", test_shutter_fails);
	g_test_add_func("/attenuator/n7764a/refused", test_refused);
	g_test_add_func("/attenuator/n7764a/safe_state", test_safe_state);
	g_test_add_func("/attenuator/n7764a/never_arrives", test_never_arrives);
	return run_scripts();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/optical_switch.h"

#include "tests/unit/instruments_driver_script.h"

static const struct instrument_config config = {
	.name = "switch1",
	.class = INSTRUMENT_OPTICAL_SWITCH,
	.driver = "santec-switch",
};

#define IDENTIFY "> *CLS", "> *IDN?", "< Santec,OSX-100,12345,1.04"
#define START    IDENTIFY, "> MODule:CATalog?", "< \"SX 1Ax24\",\"SX 2Bx12\"", OK

static void test_route(void)
{
	static const char *const lines[] = {
		START,  "> ROUTe1:CHANnel 24", OK,     "> :STAT:OPER:COND?",
		"< 2",  "> :STAT:OPER:COND?",  "< 0",  "> ROUTe1:CHANnel?",
		"< 24", "> ROUTe2:CHANnel 12", OK,     "> :STAT:OPER:COND?",
		"< 0",  "> ROUTe2:CHANnel?",   "< 11", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(optical_switch_route(rig.instrument, 1, 24, &rig.bounds, &error));
	expect_error(optical_switch_route(rig.instrument, 2, 12, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "is at 11");
	expect_error(optical_switch_route(rig.instrument, 2, 13, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "switch1: route: no channel 13");
	expect_error(optical_switch_route(rig.instrument, 1, 0, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "no channel 0");
	expect_error(optical_switch_route(rig.instrument, 3, 1, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "no module 3");
	expect_error(optical_switch_route(rig.instrument, 0, 1, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "no module 0");
	rig_close(&rig);
}

/* A single module comes as a single quoted text. */
static void test_one_module(void)
{
	static const char *const lines[] = {
		IDENTIFY, "> MODule:CATalog?",  "< \"SX 1Ax4\"",
		OK,       "> ROUTe1:CHANnel 3", FAULT("-222,\"Data out of range\""),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	expect_error(optical_switch_route(rig.instrument, 1, 5, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "module 1 has 1 to 4");
	expect_error(optical_switch_route(rig.instrument, 1, 3, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "-222");
	rig_close(&rig);
}

static void test_bad_catalog(void)
{
	static const char *const replies[] = {"< \"SX\"", "< \"SX 1Ax0\"", "< \"SX 1Ax\"", "< "};
	for (gsize i = 0; i < G_N_ELEMENTS(replies); i++) {
		const char *const lines[] = {IDENTIFY, "> MODule:CATalog?", replies[i], NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		expect_error(rig_open(&rig, config, lines, &error), &error, STATION_ERROR_PROTOCOL,
		             "switch1: open: MODule:CATalog?");
		rig_close(&rig);
	}
}

static void test_never_arrives(void)
{
	static const char *const lines[] = {
		START, "> ROUTe1:CHANnel 2", OK, "> :STAT:OPER:COND?", "silent", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct bounds brief = bounds_within(&rig.bounds, 0.1);
	expect_error(optical_switch_route(rig.instrument, 1, 2, &brief, &error), &error,
	             STATION_ERROR_TIMEOUT, ":STAT:OPER:COND?");
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/optical_switch/osx100/route", test_route);
	g_test_add_func("/optical_switch/osx100/one_module", test_one_module);
	g_test_add_func("/optical_switch/osx100/bad_catalog", test_bad_catalog);
	g_test_add_func("/optical_switch/osx100/never_arrives", test_never_arrives);
	return run_scripts();
}

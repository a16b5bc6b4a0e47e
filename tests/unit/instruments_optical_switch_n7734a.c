/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/optical_switch.h"

#include "tests/unit/instruments_driver_script.h"

static const struct instrument_config config = {
	.name = "switch1",
	.class = INSTRUMENT_OPTICAL_SWITCH,
	.driver = "keysight-switch",
};

#define IDENTIFY(model) "> *CLS", "> *IDN?", "< Keysight Technologies," model ",DE50400101,1.210"
#define PORTS           "A;1,2,3,4,5,6,7,8,9,10,11,12,13"
#define START           IDENTIFY("N7734A"), "> :ROUT1:CONF?", "< " PORTS, OK
#define MOVED           "> *OPC?", "< 0", "> *OPC?", "< 1"

static void test_route(void)
{
	static const char *const lines[] = {
		START,
		"> :ROUT1:CHAN1 A,13",
		OK,
		MOVED,
		"> :ROUT1:CHAN1?",
		"< A,13",
		"> :ROUT1:CHAN1 A,2",
		OK,
		MOVED,
		"> :ROUT1:CHAN1?",
		"< A,13",
		"> :ROUT1:CHAN1 A,3",
		FAULT("-220,\"Parameter error (StatParamError)\""),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *osw = rig.instrument;
	const struct bounds *bounds = &rig.bounds;
	g_assert_true(optical_switch_route(osw, 1, 13, bounds, &error));
	expect_error(optical_switch_route(osw, 1, 2, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "module 1 told to go to A,2 is at A,13");
	expect_error(optical_switch_route(osw, 1, 3, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "-220");
	expect_error(optical_switch_route(osw, 1, 14, bounds, &error), &error, STATION_ERROR_RANGE,
	             "no channel 14; module 1 has 1 to 13");
	expect_error(optical_switch_route(osw, 1, 0, bounds, &error), &error, STATION_ERROR_RANGE,
	             "no channel 0");
	expect_error(optical_switch_route(osw, 2, 1, bounds, &error), &error, STATION_ERROR_RANGE,
	             "no module 2");
	rig_close(&rig);
}

/* Two switches in one housing. */
static void test_two(void)
{
	static const char *const lines[] = {
		IDENTIFY("N7731A"),
		"> :ROUT1:CONF?",
		"< A;1,2,3,4",
		OK,
		"> :ROUT2:CONF?",
		"< A;1,2",
		OK,
		"> :ROUT2:CHAN1 A,2",
		OK,
		MOVED,
		"> :ROUT2:CHAN1?",
		"< A,2",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(optical_switch_route(rig.instrument, 2, 2, &rig.bounds, &error));
	expect_error(optical_switch_route(rig.instrument, 2, 3, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "module 2 has 1 to 2");
	rig_close(&rig);
}

/* A 2x2 switch, and what is no list of ports. */
static void test_bad_ports(void)
{
	static const char *const replies[] = {"< A,B;1,2", "< A;1,3", "< A;",   "< A",
	                                      "< B;1,2",   "< ",      "< A;1;2"};
	for (gsize i = 0; i < G_N_ELEMENTS(replies); i++) {
		const char *const lines[] = {IDENTIFY("N7734A"), "> :ROUT1:CONF?", replies[i], OK,
		                             NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		expect_error(rig_open(&rig, config, lines, &error), &error,
		             STATION_ERROR_INSTRUMENT, "switch1: open: switch 1: the ports");
		rig_close(&rig);
	}
}

static void test_never_arrives(void)
{
	static const char *const lines[] = {
		START, "> :ROUT1:CHAN1 A,2", OK, "> *OPC?", "silent", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct bounds brief = bounds_within(&rig.bounds, 0.1);
	expect_error(optical_switch_route(rig.instrument, 1, 2, &brief, &error), &error,
	             STATION_ERROR_TIMEOUT, "switch1: route: *OPC?");
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/optical_switch/n7734a/route", test_route);
	g_test_add_func("/optical_switch/n7734a/two", test_two);
	g_test_add_func("/optical_switch/n7734a/bad_ports", test_bad_ports);
	g_test_add_func("/optical_switch/n7734a/never_arrives", test_never_arrives);
	return run_scripts();
}

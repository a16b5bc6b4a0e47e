/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/thermal.h"

#include "tests/unit/instruments_driver_script.h"

static const struct instrument_config config = {
	.name = "head1",
	.class = INSTRUMENT_THERMAL,
	.driver = "intest-thermal",
};

#define IDENTIFY "> CLER", "> *IDN?", "< inTEST Thermal Solutions,ATS-545,1234567,5.1"
#define START    IDENTIFY, "> %RM", "> DSNS 0", "> DUTM 0", NO_FAULT
#define NO_FAULT "> EROR?", "< 0"

static void test_set(void)
{
	static const char *const lines[] = {
		START,    "> WNDW 1", "> WNDW?",   "< 1.0",   "> SOAK 30", "> SOAK?", "< 30",
		NO_FAULT, "> SETN 0", "> SETP 70", "> SETP?", "< 70.0",    NO_FAULT,  NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(thermal_set_window(rig.instrument, 1, 30, &rig.bounds, &error));
	g_assert_true(thermal_set_degc(rig.instrument, 70, &rig.bounds, &error));
	rig_close(&rig);
}

/* Cold up to 20, hot from 30, ambient between. */
static void test_set_points(void)
{
	static const struct {
		double degc;
		const char *number;
		const char *text;
	} rows[] = {
		{-5, "> SETN 2", "-5"},     {20, "> SETN 2", "20"}, {20.1, "> SETN 1", "20.1"},
		{29.9, "> SETN 1", "29.9"}, {30, "> SETN 0", "30"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *set = g_strconcat("> SETP ", rows[i].text, NULL);
		g_autofree char *get = g_strconcat("< ", rows[i].text, NULL);
		const char *const lines[] = {START, rows[i].number, set, "> SETP?",
		                             get,   NO_FAULT,       NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		rig_start(&rig, config, lines);
		g_assert_true(thermal_set_degc(rig.instrument, rows[i].degc, &rig.bounds, &error));
		rig_close(&rig);
	}
}

static void test_flow(void)
{
	static const char *const lines[] = {
		START,     "> HEAD 1", "> HEAD?",  "< 1",      "> FLOW 1", NO_FAULT,  "> TEMP?",
		"< 69.8",  "> EROR?",  "< 0",      "> TECR?",  "< 2",      "> EROR?", "< 0",
		"> TECR?", "< 1",      "> FLOW 0", "> HEAD 0", "> HEAD?",  "< 0",     NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double degc = 0;
	gboolean settled = TRUE;
	rig_start(&rig, config, lines);
	struct instrument *head = rig.instrument;
	g_assert_true(thermal_start(head, &rig.bounds, &error));
	g_assert_true(thermal_read_degc(head, &degc, &rig.bounds, &error));
	g_assert_cmpfloat(degc, ==, 69.8);
	g_assert_true(thermal_at_temperature(head, &settled, &rig.bounds, &error));
	g_assert_false(settled);
	g_assert_true(thermal_at_temperature(head, &settled, &rig.bounds, &error));
	g_assert_true(settled);
	g_assert_true(thermal_stop(head, &rig.bounds, &error));
	rig_close(&rig);
}

static void test_faults(void)
{
	static const char *const lines[] = {
		START,       "> TEMP?", "< 999.9", "> EROR?", "< 24",   "> SETN 0",
		"> SETP 70", "> SETP?", "< 25.0",  "> TEMP?", "< warm", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double degc = 7;
	gboolean settled = TRUE;
	rig_start(&rig, config, lines);
	struct instrument *head = rig.instrument;
	expect_error(thermal_read_degc(head, &degc, &rig.bounds, &error), &error,
	             STATION_ERROR_DATA, "head1: read temperature: ");
	g_assert_cmpfloat(degc, ==, 7);
	expect_error(thermal_at_temperature(head, &settled, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "low flow, low input pressure");
	expect_error(thermal_set_degc(head, 70, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "temperature set to 70");
	expect_error(thermal_read_degc(head, &degc, &rig.bounds, &error), &error,
	             STATION_ERROR_PROTOCOL, "TEMP?");
	expect_error(thermal_set_degc(head, 226, &rig.bounds, &error), &error, STATION_ERROR_RANGE,
	             "226");
	expect_error(thermal_set_window(head, 0, 30, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "window");
	rig_close(&rig);
}

static void test_safe_state(void)
{
	static const char *const lines[] = {
		START, "> FLOW 0", "> HEAD 0", "> HEAD?", "< 1", NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	expect_error(instrument_safe_state(rig.instrument, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "head1: safe state: head");
	rig_close(&rig);
}

static void test_sensor(void)
{
	static const struct instrument_parameter sensor_k = {"sensor", "K"};
	static const struct instrument_parameter sensor_j = {"sensor", "J"};
	static const char *const lines[] = {
		IDENTIFY, "> %RM", "> DSNS 2", "> DUTM 1", "> EROR?", "< 16384", NULL,
	};
	struct instrument_config with_sensor = config;
	struct rig rig;
	g_autoptr(GError) error = NULL;
	with_sensor.parameters = &sensor_k;
	with_sensor.n_parameters = 1;
	expect_error(rig_open(&rig, with_sensor, lines, &error), &error, STATION_ERROR_INSTRUMENT,
	             "head1: open: EROR? 16384, no DUT sensor");
	rig_close(&rig);
	with_sensor.parameters = &sensor_j;
	expect_error(instrument_config_check(&with_sensor, &error), &error, STATION_ERROR_CONFIG,
	             "head1: sensor: \"J\"");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/thermal/ats545/set", test_set);
	g_test_add_func("/thermal/ats545/set_points", test_set_points);
	g_test_add_func("/thermal/ats545/flow", test_flow);
	g_test_add_func("/thermal/ats545/faults", test_faults);
	g_test_add_func("/thermal/ats545/safe_state", test_safe_state);
	g_test_add_func("/thermal/ats545/sensor", test_sensor);
	return run_scripts();
}

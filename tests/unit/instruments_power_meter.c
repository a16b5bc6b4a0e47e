/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/power_meter.h"

#include "tests/unit/instruments_driver_script.h"

#include <math.h>

static const struct instrument_config config = {
	.name = "opm1",
	.class = INSTRUMENT_POWER_METER,
	.driver = "keysight-power-meter",
	.calibration_due = "2027-03-31",
};

#define IDENTITY "< Keysight Technologies,N7744A,MY48000001,1.24"
#define START_CHANNEL(n)                                                                           \
	"> :INIT" n ":CONT 0", "> :SENS" n ":POW:UNIT 1", "> :SENS" n ":POW:RANG:AUTO 1", OK,      \
		"> :SENS" n ":POW:ATIM?", "< +1.00000000E-001"
#define START                                                                                      \
	"> *CLS", "> *IDN?", IDENTITY, "> :CONF:MEAS:SETT:PRES", START_CHANNEL("1"),               \
		START_CHANNEL("2"), START_CHANNEL("3"), START_CHANNEL("4")

static void test_open(void)
{
	static const char *const lines[] = {START, "> *IDN?", IDENTITY, NULL};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	const struct instrument_identity *identity = instrument_identity(rig.instrument);
	g_assert_cmpstr(identity->maker, ==, "Keysight Technologies");
	g_assert_cmpstr(identity->model, ==, "N7744A");
	g_assert_cmpstr(identity->serial, ==, "MY48000001");
	g_assert_cmpstr(identity->firmware, ==, "1.24");
	g_assert_cmpuint(instrument_channels(rig.instrument), ==, 4);
	g_assert_cmpstr(instrument_calibration_due(rig.instrument), ==, "2027-03-31");
	g_assert_true(instrument_identify(rig.instrument, &rig.bounds, &error));
	g_assert_true(instrument_safe_state(rig.instrument, &rig.bounds, &error));
	rig_close(&rig);
}

static void test_other_instrument(void)
{
	static const struct {
		const char *identity;
		enum station_error code;
		const char *part;
	} rows[] = {
		{"< Keysight Technologies,E36312A,MY1,1", STATION_ERROR_INSTRUMENT, "E36312A"},
		{"< Thorlabs,N7744A,MY1,1", STATION_ERROR_INSTRUMENT, "Thorlabs"},
		{"< N7744A", STATION_ERROR_PROTOCOL, "*IDN?"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *const lines[] = {"> *CLS", "> *IDN?", rows[i].identity, NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		expect_error(rig_open(&rig, config, lines, &error), &error, rows[i].code,
		             rows[i].part);
		rig_close(&rig);
	}
}

/* Firmware from before 2014 names the former owner. */
static void test_agilent(void)
{
	static const char *const lines[] = {
		"> *CLS",
		"> *IDN?",
		"< Agilent Technologies,N7744A,DE1,1.0",
		"> :CONF:MEAS:SETT:PRES",
		START_CHANNEL("1"),
		START_CHANNEL("2"),
		START_CHANNEL("3"),
		START_CHANNEL("4"),
		NULL,
	};
	struct rig rig;
	rig_start(&rig, config, lines);
	rig_close(&rig);
}

/* The same with eight ports, of any wavelength from multimode to the longest. */
static void test_n7745a(void)
{
	static const char *const lines[] = {
		"> *CLS",
		"> *IDN?",
		"< Keysight Technologies,N7745A,DE1,1.0",
		"> :CONF:MEAS:SETT:PRES",
		START_CHANNEL("1"),
		START_CHANNEL("2"),
		START_CHANNEL("3"),
		START_CHANNEL("4"),
		START_CHANNEL("5"),
		START_CHANNEL("6"),
		START_CHANNEL("7"),
		START_CHANNEL("8"),
		"> :SENS8:POW:WAV 8.55e-7",
		OK,
		"> :SENS8:POW:WAV?",
		"< +8.55000000E-007",
		"> :READ:POW:ALL?",
		"<f 1 2 3 4 5 6 7 8",
		OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double power_w[8] = {0};
	rig_start(&rig, config, lines);
	g_assert_cmpuint(instrument_channels(rig.instrument), ==, 8);
	g_assert_true(power_meter_set_wavelength(rig.instrument, 8, 855e-9, &rig.bounds, &error));
	expect_error(power_meter_set_wavelength(rig.instrument, 9, 855e-9, &rig.bounds, &error),
	             &error, STATION_ERROR_RANGE, "no channel 9");
	g_assert_true(power_meter_read_all_w(rig.instrument, power_w, 8, &rig.bounds, &error));
	g_assert_cmpfloat(power_w[7], ==, 8);
	rig_close(&rig);
}

static void test_settings(void)
{
	static const char *const lines[] = {
		START,
		"> :SENS1:POW:WAV 1.31e-6",
		OK,
		"> :SENS1:POW:WAV?",
		"< +1.31000000E-006",
		"> :SENS4:POW:ATIM 0.2",
		OK,
		"> :SENS4:POW:ATIM?",
		"< +2.00000000E-001",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(power_meter_set_wavelength(rig.instrument, 1, 1310e-9, &rig.bounds, &error));
	g_assert_true(power_meter_set_averaging_s(rig.instrument, 4, 0.2, &rig.bounds, &error));
	g_assert_no_error(error);
	rig_close(&rig);
}

static void test_settings_refused(void)
{
	static const char *const lines[] = {
		START,
		"> :SENS2:POW:WAV 1.55e-6",
		OK,
		"> :SENS2:POW:WAV?",
		"< +1.31000000E-006",
		"> :SENS2:POW:WAV 1.55e-6",
		FAULT("-222,\"Data out of range\""),
		"> :SENS2:POW:ATIM 0.2",
		OK,
		"> :SENS2:POW:ATIM?",
		"< +1.00000000E+000",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *meter = rig.instrument;
	const struct bounds *bounds = &rig.bounds;
	expect_error(power_meter_set_wavelength(meter, 2, 1550e-9, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "opm1: set wavelength: ");
	expect_error(power_meter_set_wavelength(meter, 2, 1550e-9, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "-222");
	expect_error(power_meter_set_averaging_s(meter, 2, 0.2, bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "averaging time");
	/* none of these may reach the wire */
	expect_error(power_meter_set_wavelength(meter, 0, 1310e-9, bounds, &error), &error,
	             STATION_ERROR_RANGE, "no channel 0");
	expect_error(power_meter_set_wavelength(meter, 5, 1310e-9, bounds, &error), &error,
	             STATION_ERROR_RANGE, "no channel 5");
	expect_error(power_meter_set_wavelength(meter, 1, NAN, bounds, &error), &error,
	             STATION_ERROR_RANGE, "wavelength");
	expect_error(power_meter_set_wavelength(meter, 1, 1310, bounds, &error), &error,
	             STATION_ERROR_RANGE, "1310 m");
	rig_close(&rig);
}

static void test_read(void)
{
	static const char *const lines[] = {
		START,
		"> :READ1:POW?",
		"< +6.73370400E-04",
		OK,
		"> :READ:POW:ALL?",
		"<f 0.001 0.0005 -2e-10 0.00025",
		OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double power_w[4] = {0};
	rig_start(&rig, config, lines);
	g_assert_true(power_meter_read_w(rig.instrument, 1, &power_w[0], &rig.bounds, &error));
	g_assert_cmpfloat(power_w[0], ==, 6.733704e-4);
	g_assert_true(power_meter_read_all_w(rig.instrument, power_w, 4, &rig.bounds, &error));
	g_assert_cmpfloat_with_epsilon(power_w[0], 1e-3, 1e-9);
	g_assert_cmpfloat_with_epsilon(power_w[1], 5e-4, 1e-9);
	g_assert_cmpfloat_with_epsilon(power_w[2], -2e-10, 1e-16);
	g_assert_cmpfloat_with_epsilon(power_w[3], 2.5e-4, 1e-9);
	rig_close(&rig);
}

static void test_no_value(void)
{
	static const char *const lines[] = {
		START,
		"> :READ3:POW?",
		"< +9.91000000E+037",
		FAULT("-231,\"Data questionable (StatRangeTooLow)\""),
		"> :READ3:POW?",
		"< +3.40000000E+025",
		OK,
		"> :READ:POW:ALL?",
		"<f 0.001 1e25 9.91e37 0.00025",
		FAULT("-231,\"Data questionable (StatValNYetAcc)\""),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double power_w[4] = {7, 7, 7, 7};
	rig_start(&rig, config, lines);
	for (int i = 0; i < 2; i++)
		expect_error(power_meter_read_w(rig.instrument, 3, power_w, &rig.bounds, &error),
		             &error, STATION_ERROR_DATA, "opm1: read power: channel 3");
	g_assert_cmpfloat(power_w[0], ==, 7);
	g_assert_true(power_meter_read_all_w(rig.instrument, power_w, 4, &rig.bounds, &error));
	g_assert_cmpfloat_with_epsilon(power_w[0], 1e-3, 1e-9);
	g_assert_true(isnan(power_w[1]));
	g_assert_true(isnan(power_w[2]));
	g_assert_cmpfloat_with_epsilon(power_w[3], 2.5e-4, 1e-9);
	rig_close(&rig);
}

static void test_bad_readings(void)
{
	static const struct {
		const char *reply;
		enum station_error code;
	} rows[] = {
		{"<f 1 2 3", STATION_ERROR_PROTOCOL},
		{"<f 1 2 3 4 5", STATION_ERROR_PROTOCOL},
		{"<g 1 2 3 4", STATION_ERROR_PROTOCOL},
		{"< +6.73370400E-04", STATION_ERROR_PROTOCOL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *const lines[] = {START, "> :READ:POW:ALL?", rows[i].reply, NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		double power_w[4] = {7, 7, 7, 7};
		rig_start(&rig, config, lines);
		expect_error(power_meter_read_all_w(rig.instrument, power_w, 4, &rig.bounds,
		                                    &error),
		             &error, rows[i].code, ":READ:POW:ALL?");
		g_assert_cmpfloat(power_w[0], ==, 7);
		rig_close(&rig);
	}
}

/* An error that has nothing to do with the reading is a fault though a value was read. */
static void test_queue_after_reading(void)
{
	static const char *const lines[] = {
		START, "> :READ1:POW?", "< +6.73370400E-04", FAULT("-330,\"Self-test failed\""),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double power_w = 7;
	rig_start(&rig, config, lines);
	expect_error(power_meter_read_w(rig.instrument, 1, &power_w, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "-330");
	g_assert_cmpfloat(power_w, ==, 7);
	rig_close(&rig);
}

/* No answer; then the next reading recovers the session before it asks. */
static void test_silent(void)
{
	static const char *const lines[] = {
		START,           "> :READ1:POW?",      "silent", "> *CLS", "> *IDN?", IDENTITY, OK,
		"> :READ1:POW?", "< +1.00000000E-003", OK,       NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double power_w = 7;
	rig_start(&rig, config, lines);
	struct bounds brief = bounds_within(&rig.bounds, 0.1);
	expect_error(power_meter_read_w(rig.instrument, 1, &power_w, &brief, &error), &error,
	             STATION_ERROR_TIMEOUT, "opm1: read power: :READ1:POW?");
	g_assert_cmpfloat(power_w, ==, 7);
	g_assert_true(power_meter_read_w(rig.instrument, 1, &power_w, &rig.bounds, &error));
	g_assert_cmpfloat(power_w, ==, 1e-3);
	rig_close(&rig);
}

static void test_zero(void)
{
	static const char *const lines[] = {
		START,     "> :SENS1:CORR:COLL:ZERO:ALL",
		"> *OPC?", "< 0",
		"> *OPC?", "< 1",
		OK,        "> :SENS1:CORR:COLL:ZERO:ALL?",
		"< +0",    "> :SENS1:CORR:COLL:ZERO:ALL",
		"> *OPC?", "< 1",
		OK,        "> :SENS1:CORR:COLL:ZERO:ALL?",
		"< +272",  NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(power_meter_zero(rig.instrument, &rig.bounds, &error));
	expect_error(power_meter_zero(rig.instrument, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "channels 2 3");
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/power_meter/n7744a/open", test_open);
	g_test_add_func("/power_meter/n7744a/other_instrument", test_other_instrument);
	g_test_add_func("/power_meter/n7744a/agilent", test_agilent);
	g_test_add_func("/power_meter/n7745a/open", test_n7745a);
	g_test_add_func("/power_meter/n7744a/settings", test_settings);
	g_test_add_func("/power_meter/n7744a/settings_refused", test_settings_refused);
	g_test_add_func("/power_meter/n7744a/read", test_read);
	g_test_add_func("/power_meter/n7744a/no_value", test_no_value);
	g_test_add_func("/power_meter/n7744a/bad_readings", test_bad_readings);
	g_test_add_func("/power_meter/n7744a/queue_after_reading", test_queue_after_reading);
	g_test_add_func("/power_meter/n7744a/silent", test_silent);
	g_test_add_func("/power_meter/n7744a/zero", test_zero);
	return run_scripts();
}

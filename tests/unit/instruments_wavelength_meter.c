/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/wavelength_meter.h"

#include "tests/unit/instruments_driver_script.h"

#include <math.h>

/* The driver ends its lines with CR LF; the script's lines end with LF, so the CR shows. */
#define SAYS(text) "> " text "\r"

static const struct instrument_config config = {
	.name = "osa1",
	.class = INSTRUMENT_WAVELENGTH_METER,
	.driver = "yokogawa-osa",
	.calibration_due = "2027-03-31",
};

#define LOGIN    SAYS("OPEN \"anonymous\""), "< AUTHENTICATE CRAM-MD5.\r", SAYS(""), "< ready\r"
#define IDENTITY "< YOKOGAWA,AQ6370D,91Y800001,R03.04\r"
#define NO_ERROR SAYS(":SYST:ERR?"), "< 0,\"No error\"\r"
#define START                                                                                      \
	LOGIN, SAYS("*CLS"), SAYS("*IDN?"), IDENTITY, SAYS(":FORM:DATA ASCII"),                    \
		SAYS(":TRAC:ACT TRA"), SAYS(":TRAC:ATTR:TRA WRITE"), SAYS(":SENS:SENS HIGH1"),     \
		SAYS(":SENS:SWE:POIN:AUTO 1"), SAYS(":INIT:SMOD SINGLE"),                          \
		SAYS(":CALC:PAR:SMSR:MODE SMSR1"), SAYS(":CALC:PAR:SWRMS:TH 20"),                  \
		SAYS(":CALC:PAR:SWRMS:K 1"), SAYS(":CALC:PAR:WDM:TH 20"), NO_ERROR
#define CONFIGURE                                                                                  \
	SAYS(":SENS:WAV:CENT 1.31e-6"), NO_ERROR, SAYS(":SENS:WAV:CENT?"), "< +1.31000000E-006\r", \
		SAYS(":SENS:WAV:SPAN 3e-8"), NO_ERROR, SAYS(":SENS:WAV:SPAN?"),                    \
		"< +3.00000000E-008\r", SAYS(":SENS:BWID:RES 5e-11"), NO_ERROR,                    \
		SAYS(":SENS:BWID:RES?"), "< +5.00000000E-011\r"
#define SWEEP                                                                                      \
	SAYS("*CLS"), SAYS(":INIT"), SAYS(":STAT:OPER:EVEN?"), "< 0\r", SAYS(":STAT:OPER:EVEN?"),  \
		"< 1\r", NO_ERROR
#define ANALYSE(name) SAYS(":CALC:CAT " name), SAYS(":CALC"), NO_ERROR
#define MODES(numbers)                                                                             \
	SWEEP, ANALYSE("SMSR"), SAYS(":CALC:DATA?"), "< " numbers "\r", ANALYSE("SWRMS"),          \
		SAYS(":CALC:DATA?")
#define LIGHT "+1.3111E-006,-3.0E+000,+1.3101E-006,-4.75E+001,-1.0E-009,+4.45E+001"

static const struct spectrum_setup setup = {1310e-9, 30e-9, 0.05e-9};

static void test_open(void)
{
	static const char *const lines[] = {START, SAYS("*IDN?"), IDENTITY, NULL};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_cmpstr(instrument_identity(rig.instrument)->model, ==, "AQ6370D");
	g_assert_true(instrument_identify(rig.instrument, &rig.bounds, &error));
	g_assert_true(instrument_safe_state(rig.instrument, &rig.bounds, &error));
	rig_close(&rig);
}

static void test_login(void)
{
	static const struct instrument_parameter account[] = {{"user", "line 3"},
	                                                      {"password", "ox"}};
	static const struct instrument_parameter quote = {"user", "a\"b"};
	static const char *const refused[] = {SAYS("OPEN \"line 3\""), "< AUTHENTICATE CRAM-MD5.\r",
	                                      SAYS("ox"), "< error\r", NULL};
	struct instrument_config with = config;
	struct rig rig;
	g_autoptr(GError) error = NULL;
	with.parameters = account;
	with.n_parameters = G_N_ELEMENTS(account);
	expect_error(rig_open(&rig, with, refused, &error), &error, STATION_ERROR_IO,
	             "login: the instrument does not let us in");
	rig_close(&rig);
	with.parameters = &quote;
	with.n_parameters = 1;
	expect_error(instrument_config_check(&with, &error), &error, STATION_ERROR_CONFIG,
	             "user, password: ");
}

static void test_measure(void)
{
	static const char *const lines[] = {
		START,
		CONFIGURE,
		MODES(LIGHT),
		"< +1.31109900E-006,+2.30000000E-011\r",
		ANALYSE("WDM"),
		SAYS(":CALC:DATA:NCH?"),
		"< 2\r",
		SAYS(":CALC:DATA:CWAV?"),
		"< +1.31200000E-006,+1.31110000E-006\r",
		SAYS(":CALC:DATA:CPOW?"),
		"< -1.50000000E+001,-3.00000000E+000\r",
		NULL,
	};
	struct rig rig;
	struct spectrum_result result;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(wavelength_meter_configure(rig.instrument, &setup, &rig.bounds, &error));
	g_assert_true(wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error));
	g_assert_cmpuint(result.n_peaks, ==, 2);
	g_assert_cmpfloat(result.peaks[0].wavelength_m, ==, 1.3111e-6);
	g_assert_cmpfloat(result.peaks[0].power_dbm, ==, -3);
	g_assert_cmpfloat(result.peaks[1].wavelength_m, ==, 1.312e-6);
	g_assert_cmpfloat(result.centre_m, ==, 1.311099e-6);
	g_assert_cmpfloat(result.rms_width_m, ==, 23e-12);
	g_assert_cmpfloat(result.smsr_db, ==, 44.5);
	rig_close(&rig);
}

static void expect_dark(const struct spectrum_result *result)
{
	g_assert_cmpuint(result->n_peaks, ==, 0);
	g_assert_true(isnan(result->centre_m));
	g_assert_true(isnan(result->rms_width_m));
	g_assert_true(isnan(result->smsr_db));
}

/* Noise has peaks too; darkness is an answer, not an error. */
static void test_dark(void)
{
	static const char *const noise[] = {
		START,
		CONFIGURE,
		SWEEP,
		ANALYSE("SMSR"),
		SAYS(":CALC:DATA?"),
		"< +1.3E-006,-7.4E+001,+1.301E-006,-7.5E+001,+1.0E-009,+1.0E+000\r",
		NULL,
	};
	/* of a line beyond the span its foot */
	static const char *const foot[] = {
		START,          CONFIGURE,
		MODES(LIGHT),   "< +1.31109900E-006,+2.30000000E-011\r",
		ANALYSE("WDM"), SAYS(":CALC:DATA:NCH?"),
		"< 0\r",        NULL,
	};
	const char *const *const talks[] = {noise, foot};
	for (gsize i = 0; i < G_N_ELEMENTS(talks); i++) {
		struct rig rig;
		struct spectrum_result result;
		g_autoptr(GError) error = NULL;
		rig_start(&rig, config, talks[i]);
		g_assert_true(
			wavelength_meter_configure(rig.instrument, &setup, &rig.bounds, &error));
		g_assert_true(
			wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error));
		expect_dark(&result);
		rig_close(&rig);
	}
}

static void test_bad_results(void)
{
	static const struct {
		const char *const lines[96];
		enum station_error code;
		const char *part;
	} rows[] = {
		/* no number */
		{{START, CONFIGURE, MODES(LIGHT), "< +9.91E+037,+2.3E-011\r", NULL},
	         STATION_ERROR_PROTOCOL,
	         "not within the span"},
		/* the two the other way round */
		{{START, CONFIGURE, MODES(LIGHT), "< +2.3E-011,+1.3111E-006\r", NULL},
	         STATION_ERROR_PROTOCOL,
	         "not within the span"},
		/* other than the two */
		{{START, CONFIGURE, MODES(LIGHT), "< +1.3111E-006,+2.3E-011,3\r", NULL},
	         STATION_ERROR_PROTOCOL,
	         ":CALC:DATA?"},
		/* a level that is no number is no darkness */
		{{START, CONFIGURE,
	          MODES("+1.3E-006,+9.91E+037,+1.301E-006,-7.5E+001,+1.0E-009,+1.0E+000"),
	          "< +1.31109900E-006,+2.30000000E-011\r", ANALYSE("WDM"), SAYS(":CALC:DATA:NCH?"),
	          "< 1\r", SAYS(":CALC:DATA:CWAV?"), "< +1.3111E-006\r", SAYS(":CALC:DATA:CPOW?"),
	          "< -3.0E+000\r", NULL},
	         STATION_ERROR_DATA,
	         "no side-mode suppression"},
		{{START, CONFIGURE, MODES(LIGHT), "< +1.31109900E-006,+2.30000000E-011\r",
	          ANALYSE("WDM"), SAYS(":CALC:DATA:NCH?"), "< 129\r", NULL},
	         STATION_ERROR_DATA,
	         "129 peaks"},
		{{START, CONFIGURE, SAYS("*CLS"), SAYS(":INIT"), SAYS(":STAT:OPER:EVEN?"), "< 1\r",
	          SAYS(":SYST:ERR?"), "< -310,\"System error\"\r", NO_ERROR, NULL},
	         STATION_ERROR_INSTRUMENT,
	         "-310"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct rig rig;
		struct spectrum_result result;
		g_autoptr(GError) error = NULL;
		rig_start(&rig, config, rows[i].lines);
		g_assert_true(
			wavelength_meter_configure(rig.instrument, &setup, &rig.bounds, &error));
		expect_error(wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error),
		             &error, rows[i].code, rows[i].part);
		expect_dark(&result);
		rig_close(&rig);
	}
}

/* None of these may reach the wire. */
static void test_refused(void)
{
	static const struct {
		struct spectrum_setup setup;
		const char *part;
	} rows[] = {
		{{NAN, 30e-9, 0.05e-9}, "start wavelength"},
		{{1310, 30e-9, 0.05e-9}, "start wavelength"},
		{{1690e-9, 30e-9, 0.05e-9}, "stop wavelength"},
		{{1310e-9, 0, 0.05e-9}, "span"},
		{{1310e-9, NAN, 0.05e-9}, "span"},
		{{1310e-9, 30e-9, 1e-12}, "resolution"},
	};
	static const char *const lines[] = {START, NULL};
	struct rig rig;
	struct spectrum_result result;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		expect_error(wavelength_meter_configure(rig.instrument, &rows[i].setup, &rig.bounds,
		                                        &error),
		             &error, STATION_ERROR_RANGE, rows[i].part);
	expect_error(wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error), &error,
	             STATION_ERROR_INTERNAL, "osa1: measure spectrum: not configured");
	rig_close(&rig);
}

/* A connection made anew has to log in anew. */
static void test_silent(void)
{
	static const char *const lines[] = {
		START,
		SAYS(":SENS:WAV:CENT 1.31e-6"),
		SAYS(":SYST:ERR?"),
		"silent",
		LOGIN,
		SAYS("*CLS"),
		SAYS("*IDN?"),
		IDENTITY,
		NO_ERROR,
		CONFIGURE,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct bounds brief = bounds_within(&rig.bounds, 0.1);
	expect_error(wavelength_meter_configure(rig.instrument, &setup, &brief, &error), &error,
	             STATION_ERROR_TIMEOUT, "osa1: configure: ");
	g_assert_true(wavelength_meter_configure(rig.instrument, &setup, &rig.bounds, &error));
	g_assert_no_error(error);
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/wavelength_meter/aq6370d/open", test_open);
	g_test_add_func("/wavelength_meter/aq6370d/login", test_login);
	g_test_add_func("/wavelength_meter/aq6370d/measure", test_measure);
	g_test_add_func("/wavelength_meter/aq6370d/dark", test_dark);
	g_test_add_func("/wavelength_meter/aq6370d/bad_results", test_bad_results);
	g_test_add_func("/wavelength_meter/aq6370d/refused", test_refused);
	g_test_add_func("/wavelength_meter/aq6370d/silent", test_silent);
	return run_scripts();
}

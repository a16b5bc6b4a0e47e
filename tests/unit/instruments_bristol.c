/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/wavelength_meter.h"

#include "tests/unit/instruments_driver_script.h"

#include <math.h>

static const struct instrument_config config = {
	.name = "wm1",
	.class = INSTRUMENT_WAVELENGTH_METER,
	.driver = "bristol-wavemeter",
};

#define BANNER   "< Welcome to the", "< Bristol Instruments 871 Series", "< "
#define IDENTITY "< BRISTOL WAVELENGTH METER, 871A-NIR2, 6894, 1.2.0\r"
#define HELLO    BANNER, "> *IDN?", IDENTITY
#define SETTINGS                                                                                   \
	"> :SENS:MED VAC", "> :SENS:MED?", "< VAC\r", "> :UNIT:POW DBM", "> :UNIT:POW?", "< DBM\r"
#define START         HELLO, SETTINGS
#define MEASURED(nm)  "> :MEAS:SCAL:WAV?", "< " nm "\r"
#define CONDITION(is) "> :STAT:QUES:COND?", "< " is "\r"
#define POWER(dbm)    "> :MEAS:SCAL:POW?", "< " dbm "\r"

static const struct spectrum_setup setup = {1310e-9, 30e-9, 0.05e-9};

static void configure(struct rig *rig)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(wavelength_meter_configure(rig->instrument, &setup, &rig->bounds, &error));
}

static void test_measure(void)
{
	static const char *const lines[] = {
		START,
		MEASURED("1309.876543"),
		CONDITION("0"),
		POWER("-3.25"),
		/* dark */
		MEASURED("0.0"),
		CONDITION("384"),
		/* outside the span */
		MEASURED("1550.123456"),
		CONDITION("1"),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	struct spectrum_result result;
	rig_start(&rig, config, lines);
	g_assert_cmpstr(instrument_identity(rig.instrument)->model, ==, "871A-NIR2");
	g_assert_cmpstr(instrument_identity(rig.instrument)->serial, ==, "6894");
	configure(&rig);
	g_assert_true(wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error));
	g_assert_cmpuint(result.n_peaks, ==, 1);
	g_assert_cmpfloat_with_epsilon(result.centre_m, 1309.876543e-9, 1e-18);
	g_assert_cmpfloat(result.peaks[0].wavelength_m, ==, result.centre_m);
	g_assert_cmpfloat(result.peaks[0].power_dbm, ==, -3.25);
	g_assert_true(isnan(result.rms_width_m) && isnan(result.smsr_db));
	for (int i = 0; i < 2; i++) {
		g_assert_true(
			wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error));
		g_assert_cmpuint(result.n_peaks, ==, 0);
		g_assert_true(isnan(result.centre_m));
	}
	rig_close(&rig);
}

/* Firmware that repeats what it was sent, and no banner. */
static void test_echo(void)
{
	static const char *const lines[] = {
		"> *IDN?",
		"< *IDN?\r",
		"< ",
		IDENTITY,
		"> :SENS:MED VAC",
		"< :SENS:MED VAC\r",
		"> :SENS:MED?",
		"< :SENS:MED?\r",
		"< VACUUM\r",
		"> :UNIT:POW DBM",
		"< :UNIT:POW DBM\r",
		"> :UNIT:POW?",
		"< :UNIT:POW?\r",
		"< dbm\r",
		"> :MEAS:SCAL:WAV?",
		"< :MEAS:SCAL:WAV?\r",
		"< 1309.5\r",
		"> :STAT:QUES:COND?",
		"< :STAT:QUES:COND?\r",
		"< 0\r",
		"> :MEAS:SCAL:POW?",
		"< 1\r", /* no echo of it */
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	struct spectrum_result result;
	rig_start(&rig, config, lines);
	configure(&rig);
	expect_error(wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error), &error,
	             STATION_ERROR_PROTOCOL, "where its echo should be");
	g_assert_cmpuint(result.n_peaks, ==, 0);
	rig_close(&rig);
}

static void test_doubts(void)
{
	static const struct {
		const char *bits;
		const char *part;
	} rows[] = {
		{"< 4\r", "calibration failed"}, {"< 16\r", "temperature"},
		{"< 32\r", "wavelength out"},    {"< 64\r", "saturated"},
		{"< 512\r", "pressure"},         {"< 1025\r", "hardware"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *const lines[] = {START, MEASURED("1310.0"), "> :STAT:QUES:COND?",
		                             rows[i].bits, NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		struct spectrum_result result;
		rig_start(&rig, config, lines);
		configure(&rig);
		expect_error(wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error),
		             &error, STATION_ERROR_DATA, rows[i].part);
		g_assert_cmpuint(result.n_peaks, ==, 0);
		rig_close(&rig);
	}
}

/* What makes no sense, and what cannot be. */
static void test_nonsense(void)
{
	static const struct {
		const char *nm;
		enum station_error kind;
	} rows[] = {
		{"< -1310.0\r", STATION_ERROR_PROTOCOL},
		{"< ready\r", STATION_ERROR_PROTOCOL},
		{"< \r", STATION_ERROR_PROTOCOL},
		{"< 9.91E37\r", STATION_ERROR_DATA},
	};
	static const struct spectrum_setup anywhere = {1310e-9, 0, 0};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *const whole[] = {START,          "> :MEAS:SCAL:WAV?", rows[i].nm,
		                             CONDITION("0"), POWER("0"),          NULL};
		const char *const cut[] = {START, "> :MEAS:SCAL:WAV?", rows[i].nm, NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		struct spectrum_result result;
		rig_start(&rig, config, i == 0 ? whole : cut);
		g_assert_true(
			wavelength_meter_configure(rig.instrument, &anywhere, &rig.bounds, &error));
		expect_error(wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error),
		             &error, rows[i].kind, "wm1: measure spectrum: ");
		rig_close(&rig);
	}
}

/* After silence: a new connection, the same unit, and no old answer. */
static void test_silence(void)
{
	static const char *const lines[] = {
		START,           "> :MEAS:SCAL:WAV?", "silent", HELLO,
		MEASURED("0.0"), CONDITION("256"),    NULL,
	};
	static const char *const another[] = {
		START,  "> :MEAS:SCAL:WAV?", "silent",
		BANNER, "> *IDN?",           "< BRISTOL WAVELENGTH METER, 871A-NIR2, 6895, 1.2.0\r",
		NULL,
	};
	for (int i = 0; i < 2; i++) {
		struct rig rig;
		g_autoptr(GError) error = NULL;
		struct spectrum_result result;
		rig_start(&rig, config, i == 0 ? lines : another);
		configure(&rig);
		struct bounds soon = {.deadline = deadline_in_s(0.2)};
		expect_error(wavelength_meter_measure(rig.instrument, &result, &soon, &error),
		             &error, STATION_ERROR_TIMEOUT, "");
		gboolean ok =
			wavelength_meter_measure(rig.instrument, &result, &rig.bounds, &error);
		if (i == 0)
			g_assert_true(ok);
		else
			expect_error(ok, &error, STATION_ERROR_INSTRUMENT, "another instrument");
		rig_close(&rig);
	}
}

static void test_refused(void)
{
	static const char *const busy[] = {"< no connections available", "> *IDN?",
	                                   "< no connections available", NULL};
	static const char *const air[] = {HELLO, "> :SENS:MED VAC", "> :SENS:MED?", "< AIR\r",
	                                  NULL};
	static const char *const other[] = {BANNER, "> *IDN?",
	                                    "< BRISTOL WAVELENGTH METER, 621A-NIR, 1, 1\r", NULL};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	expect_error(rig_open(&rig, config, busy, &error), &error, STATION_ERROR_IO,
	             "no connections available");
	rig_close(&rig);
	expect_error(rig_open(&rig, config, air, &error), &error, STATION_ERROR_INSTRUMENT,
	             ":SENS:MED set to VAC, but the instrument says AIR");
	rig_close(&rig);
	expect_error(rig_open(&rig, config, other, &error), &error, STATION_ERROR_INSTRUMENT,
	             "621A-NIR");
	rig_close(&rig);
}

/* What it does not tell is known before anything is asked of it. */
static void test_parts(void)
{
	static const char *const lines[] = {START, NULL};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(wavelength_meter_require(rig.instrument, 0, &error));
	expect_error(wavelength_meter_require(rig.instrument, SPECTRUM_SMSR | SPECTRUM_WIDTH,
	                                      &error),
	             &error, STATION_ERROR_UNSUPPORTED,
	             "871A* has no spectral width, side-mode suppression");
	rig_close(&rig);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/wavelength_meter/bristol/measure", test_measure);
	g_test_add_func("/wavelength_meter/bristol/echo", test_echo);
	g_test_add_func("/wavelength_meter/bristol/doubts", test_doubts);
	g_test_add_func("/wavelength_meter/bristol/nonsense", test_nonsense);
	g_test_add_func("/wavelength_meter/bristol/silence", test_silence);
	g_test_add_func("/wavelength_meter/bristol/refused", test_refused);
	g_test_add_func("/wavelength_meter/bristol/parts", test_parts);
	return run_scripts();
}

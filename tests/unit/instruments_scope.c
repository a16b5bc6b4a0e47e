/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/scope.h"

#include "tests/unit/instruments_driver_script.h"

#include <math.h>

static const struct instrument_parameter parameters[] = {
	{"channels", "1A,2A"},
	{"noise", "4 uW"},
};

static const struct instrument_config config = {
	.name = "dca1",
	.class = INSTRUMENT_SCOPE,
	.driver = "keysight-scope",
	.parameters = parameters,
	.n_parameters = G_N_ELEMENTS(parameters),
};

/* Two symbols of a pattern stand for 65535: the bytes are of the same kind. */
static const struct scope_setup setup = {
	.symbol_rate_bd = 53.125e9,
	.pattern_symbols = 2,
	.samples_per_symbol = 4,
	.filter_bandwidth_hz = 26.5625e9,
	.wavelength_m = 1311e-9,
	.external_loss_db = 4.35,
};

#define START                                                                                      \
	"> *CLS", "> *IDN?", "< Keysight Technologies,N1000A,MY55000001,A.07.00.131",              \
		"> :SYSTem:DEFault;*OPC?", "< 1", "> :SYSTem:BORDer LENDian", OK
#define CONFIGURE_TO_LOCK                                                                          \
	"> :SYSTem:MODE OSCilloscope", OK, "> :CHAN1A:DISPlay ON",                                 \
		"> :CHAN1A:WAVelength WAVelength1", "> :CHAN1A:SIRC ON",                           \
		"> :CHAN1A:SIRC:FRATe 5.3125e10", "> :CHAN1A:SIRC:FBANdwidth 2.65625e10",          \
		"> :CHAN1A:ATTenuator:STATe ON", "> :CHAN1A:ATTenuator:DECibels 4.35", OK,         \
		"> :TIMebase:BRATe 5.3125e10", "> :TIMebase:UNITs UINTerval",                      \
		"> :TRIGger:SOURce FPANel", "> :TRIGger:PLENgth 2", "> :ACQuire:SPUI:MODE MANual", \
		"> :ACQuire:SPUI 4", "> :ACQuire:WRAPping ON", OK, "> :TRIGger:PLOCk ON;*OPC?",    \
		"< 1"
#define LOCKED    "> :TRIGger:PLOCk?", "< 1", OK
#define CONFIGURE CONFIGURE_TO_LOCK, LOCKED
#define RUN(passes)                                                                                \
	"> :ACQuire:CDISplay", "> :LTESt:ACQuire:STATe ON", "> :LTESt:ACQuire:CTYPe PATTerns",     \
		"> :LTESt:ACQuire:CTYPe:PATTerns " passes, OK, "> :ACQuire:RUN;*OPC?", "< 1"
#define ACQUIRE(passes) RUN(passes), LOCKED
/* what it ends after is known */
#define RUN_AGAIN     "> :ACQuire:CDISplay", "> :ACQuire:RUN;*OPC?", "< 1"
#define ACQUIRE_AGAIN RUN_AGAIN, LOCKED

static void test_waveform(void)
{
	static const char *const lines[] = {
		START,
		CONFIGURE,
		"> :WAVeform:SOURce CHAN1A",
		OK,
		ACQUIRE("1"),
		"> :WAVeform:XYFormat:FLOat:POINts?",
		"< +8",
		"> :WAVeform:XYFormat:FLOat:YDATa?",
		"<f 0.001 0.002 0.003 0.004 0.005 0.006 0.007 0.008",
		OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *scope = rig.instrument;
	g_assert_cmpuint(scope_channels(scope), ==, 2);
	g_assert_true(scope_configure(scope, 1, &setup, &rig.bounds, &error));
	g_autoptr(waveform) taken = scope_acquire_waveform(scope, 1, 1, &rig.bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(taken->n_symbols, ==, 2);
	g_assert_cmpuint(taken->samples_per_symbol, ==, 4);
	g_assert_cmpfloat(taken->symbol_rate_bd, ==, 53.125e9);
	g_assert_cmpfloat(taken->filter_bandwidth_hz, ==, 26.5625e9);
	g_assert_cmpuint(taken->passes, ==, 1);
	for (int i = 0; i < 8; i++)
		g_assert_cmpfloat_with_epsilon(taken->power_w[i], 1e-3 * (i + 1), 1e-9);
	/* 4 uW at the scope, 4.35 dB further back */
	g_assert_cmpfloat_with_epsilon(taken->scope_noise_w, 10.89e-6, 0.01e-6);
	rig_close(&rig);
}

static void test_averaged(void)
{
	static const char *const lines[] = {
		START,
		CONFIGURE,
		"> :FUNCtion2:FOPerator AVErage",
		"> :FUNCtion2:OPERand1 CHAN1A",
		"> :FUNCtion2:DISPlay ON",
		"> :SPRocess2:AVERage:ECOunt 16",
		"> :WAVeform:SOURce FUNCtion2",
		OK,
		ACQUIRE("16"),
		"> :WAVeform:XYFormat:FLOat:POINts?",
		"< +8",
		"> :WAVeform:XYFormat:FLOat:YDATa?",
		"<f 1 2 3 4 5 6 7 8",
		OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	g_assert_true(scope_configure(rig.instrument, 1, &setup, &rig.bounds, &error));
	g_autoptr(waveform) taken =
		scope_acquire_waveform(rig.instrument, 1, 16, &rig.bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(taken->passes, ==, 16);
	g_assert_cmpfloat_with_epsilon(taken->scope_noise_w, 10.89e-6, 0.01e-6);
	rig_close(&rig);
}

static void test_no_lock(void)
{
	static const char *const lines[] = {
		START,
		CONFIGURE_TO_LOCK,
		"> :TRIGger:PLOCk?",
		"< 0",
		FAULT("-200,\"Execution error;pattern lock failed\""),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	expect_error(scope_configure(rig.instrument, 1, &setup, &rig.bounds, &error), &error,
	             STATION_ERROR_DATA, "dca1: configure: no lock on the pattern: ");
	/* and then there is nothing to acquire from */
	g_assert_null(scope_acquire_waveform(rig.instrument, 1, 1, &rig.bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	rig_close(&rig);
}

static void test_bad_waveforms(void)
{
	static const struct {
		const char *points;
		const char *data;
		enum station_error code;
		const char *part;
	} rows[] = {
		{"< 7", NULL, STATION_ERROR_PROTOCOL, "7 points"},
		{"< 9.91E37", NULL, STATION_ERROR_DATA, "no waveform"},
		{"< 8", "<f 1 2 3 4 5 6 7", STATION_ERROR_PROTOCOL, "YDATa?"},
		{"< 8", "<f 1 2 3 4 5 6 7 8 9", STATION_ERROR_PROTOCOL, "YDATa?"},
		{"< 8", "<g 1 2 3 4 5 6 7 8", STATION_ERROR_PROTOCOL, "YDATa?"},
		{"< 8", "<f 1 2 3 4 5 6 7 9.91e37", STATION_ERROR_DATA, "YDATa?"},
		{"< 8", "<f 1 2 3 4 5 6 7 nan", STATION_ERROR_DATA, "YDATa?"},
		{"< 8", "< 9.91E+37", STATION_ERROR_PROTOCOL, "YDATa?"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *const lines[] = {
			START,
			CONFIGURE,
			"> :WAVeform:SOURce CHAN1A",
			OK,
			ACQUIRE("1"),
			"> :WAVeform:XYFormat:FLOat:POINts?",
			rows[i].points,
			rows[i].data ? "> :WAVeform:XYFormat:FLOat:YDATa?" : NULL,
			rows[i].data,
			NULL,
		};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		rig_start(&rig, config, lines);
		g_assert_true(scope_configure(rig.instrument, 1, &setup, &rig.bounds, &error));
		struct waveform *taken =
			scope_acquire_waveform(rig.instrument, 1, 1, &rig.bounds, &error);
		expect_error(taken != NULL, &error, rows[i].code, rows[i].part);
		rig_close(&rig);
	}
}

#define EQUALISER                                                                                  \
	"> :FUNCtion1:FOPerator TEQualizer", "> :FUNCtion1:OPERand1 CHAN1A",                       \
		"> :FUNCtion1:DISPlay ON", "> :SPRocess1:TEQualizer:TSPacing:TPUI 1",              \
		"> :SPRocess1:TEQualizer:TAPS:COUNt 5",                                            \
		"> :SPRocess1:TEQualizer:TAPS:NPRecursors 2",                                      \
		"> :SPRocess1:TEQualizer:TAPS:AUTo ON", OK
#define EYE "> :ACQuire:WRAPping ON", "> :MEASure:EYE:LIST:CLEar"
#define TDECQ_TO_STATUS(acquire)                                                                   \
	EYE, EQUALISER, "> :MEASure:EYE:TDEQ:SOURce FUNCtion1", "> :MEASure:EYE:TDEQ", OK,         \
		acquire, "> :MEASure:EYE:TDEQ:SOURce FUNCtion1", "> :MEASure:EYE:TDEQ:STATus?"

static void test_tdecq(void)
{
	static const char *const lines[] = {
		START,
		CONFIGURE,
		"> :SYSTem:MODE EYE",
		OK,
		TDECQ_TO_STATUS(ACQUIRE("1")),
		"< CORR",
		"> :MEASure:EYE:TDEQ?",
		"< 1.73E+0",
		OK,
		TDECQ_TO_STATUS(ACQUIRE_AGAIN),
		"< CORR",
		"> :MEASure:EYE:TDEQ?",
		"< 9.91E+37",
		OK,
		TDECQ_TO_STATUS(ACQUIRE_AGAIN),
		"< INV",
		"> :MEASure:EYE:TDEQ:STATus:REASon?",
		"< \"Eye closed\"",
		"> :SYSTem:MODE OSCilloscope",
		OK,
		/* not computed any more when only the waveform is wanted */
		"> :FUNCtion1:DISPlay OFF",
		"> :WAVeform:SOURce CHAN1A",
		OK,
		ACQUIRE("1"),
		"> :WAVeform:XYFormat:FLOat:POINts?",
		"< 0",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double tdecq_db = 7;
	rig_start(&rig, config, lines);
	struct instrument *scope = rig.instrument;
	g_assert_true(scope_configure(scope, 1, &setup, &rig.bounds, &error));
	g_assert_true(scope_measure_tdecq_db(scope, 1, &tdecq_db, &rig.bounds, &error));
	g_assert_cmpfloat(tdecq_db, ==, 1.73);
	expect_error(scope_measure_tdecq_db(scope, 1, &tdecq_db, &rig.bounds, &error), &error,
	             STATION_ERROR_DATA, "dca1: measure TDECQ: :MEASure:EYE:TDEQ?");
	expect_error(scope_measure_tdecq_db(scope, 1, &tdecq_db, &rig.bounds, &error), &error,
	             STATION_ERROR_DATA, "is INV: Eye closed");
	struct waveform *taken = scope_acquire_waveform(scope, 1, 1, &rig.bounds, &error);
	expect_error(taken != NULL, &error, STATION_ERROR_DATA, "there is no waveform");
	g_assert_cmpfloat(tdecq_db, ==, 1.73);
	rig_close(&rig);
}

static void test_results(void)
{
	static const char *const lines[] = {
		START,
		CONFIGURE,
		"> :SYSTem:MODE EYE",
		OK,
		EYE,
		"> :MEASure:EYE:OOMA:SOURce CHAN1A",
		"> :MEASure:EYE:OOMA",
		OK,
		ACQUIRE("1"),
		"> :MEASure:EYE:OOMA:SOURce CHAN1A",
		"> :MEASure:EYE:OOMA:STATus?",
		"< CORR",
		"> :MEASure:EYE:OOMA?",
		"< 1.25E-3",
		OK,
		EYE,
		"> :MEASure:EYE:OER:UNITs DECibel",
		"> :MEASure:EYE:OER:SOURce CHAN1A",
		"> :MEASure:EYE:OER",
		OK,
		ACQUIRE_AGAIN,
		"> :MEASure:EYE:OER:SOURce CHAN1A",
		"> :MEASure:EYE:OER:STATus?",
		"< CORR",
		"> :MEASure:EYE:OER?",
		"< 4.81E+0",
		OK,
		EYE,
		"> :MEASure:EYE:APOWer:UNITs WATT",
		"> :MEASure:EYE:APOWer:SOURce CHAN1A",
		"> :MEASure:EYE:APOWer",
		OK,
		RUN_AGAIN,
		"> :TRIGger:PLOCk?",
		"< 0",
		OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double value = 0;
	rig_start(&rig, config, lines);
	struct instrument *scope = rig.instrument;
	g_assert_true(scope_configure(scope, 1, &setup, &rig.bounds, &error));
	g_assert_true(scope_measure_oma_w(scope, 1, &value, &rig.bounds, &error));
	g_assert_cmpfloat(value, ==, 1.25e-3);
	g_assert_true(scope_measure_er_db(scope, 1, &value, &rig.bounds, &error));
	g_assert_cmpfloat(value, ==, 4.81);
	/* the light goes out */
	expect_error(scope_measure_power_w(scope, 1, &value, &rig.bounds, &error), &error,
	             STATION_ERROR_DATA, "no lock on the pattern");
	rig_close(&rig);
}

/* Light without a pattern: waveforms are counted, no lock is asked for, no loss corrected. */
static void test_light(void)
{
	static const char *const lines[] = {
		START,
		CONFIGURE,
		"> :SYSTem:MODE EYE",
		OK,
		"> :CHAN1A:DISPlay ON",
		"> :CHAN1A:WAVelength WAVelength1",
		"> :CHAN1A:ATTenuator:STATe OFF",
		"> :TRIGger:PLOCk OFF;*OPC?",
		"< 1",
		OK,
		"> :MEASure:EYE:LIST:CLEar",
		"> :MEASure:EYE:APOWer:UNITs WATT",
		"> :MEASure:EYE:APOWer:SOURce CHAN1A",
		"> :MEASure:EYE:APOWer",
		OK,
		"> :ACQuire:CDISplay",
		"> :LTESt:ACQuire:STATe ON",
		"> :LTESt:ACQuire:CTYPe WAVeforms",
		"> :LTESt:ACQuire:CTYPe:WAVeforms 16",
		OK,
		"> :ACQuire:RUN;*OPC?",
		"< 1",
		OK,
		"> :MEASure:EYE:APOWer:SOURce CHAN1A",
		"> :MEASure:EYE:APOWer:STATus?",
		"< CORR",
		"> :MEASure:EYE:APOWer?",
		"< 2.91E-4",
		OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double value = 0;
	rig_start(&rig, config, lines);
	struct instrument *scope = rig.instrument;
	g_assert_true(scope_configure(scope, 1, &setup, &rig.bounds, &error));
	g_assert_true(scope_measure_light_w(scope, 1, 1311e-9, &value, &rig.bounds, &error));
	g_assert_no_error(error);
	g_assert_cmpfloat(value, ==, 2.91e-4);
	/* what was configured before is so no more */
	expect_error(scope_measure_power_w(scope, 1, &value, &rig.bounds, &error), &error,
	             STATION_ERROR_INTERNAL, "channel 1 is not configured");
	expect_error(scope_measure_light_w(scope, 1, 1450e-9, &value, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "not calibrated for a wavelength of 1450 nm");
	expect_error(scope_measure_light_w(scope, 3, 1311e-9, &value, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "channel");
	rig_close(&rig);
}

static void test_refused(void)
{
	static const char *const lines[] = {START, NULL};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double value = 7;
	rig_start(&rig, config, lines);
	struct instrument *scope = rig.instrument;
	struct scope_setup bad[6];
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		bad[i] = setup;
	bad[0].symbol_rate_bd = NAN;
	bad[1].pattern_symbols = 0;
	bad[2].samples_per_symbol = 1000;
	bad[3].filter_bandwidth_hz = 0;
	bad[4].wavelength_m = 1064e-9;
	bad[5].external_loss_db = -1;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		expect_error(scope_configure(scope, 1, &bad[i], &rig.bounds, &error), &error,
		             STATION_ERROR_RANGE, "dca1: configure: ");
	expect_error(scope_configure(scope, 3, &setup, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "no channel 3");
	g_assert_null(scope_acquire_waveform(scope, 1, 0, &rig.bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	g_clear_error(&error);
	expect_error(scope_measure_oma_w(scope, 1, &value, &rig.bounds, &error), &error,
	             STATION_ERROR_INTERNAL, "channel 1 is not configured");
	rig_close(&rig);
}

static void test_noise(void)
{
	static const char *const lines[] = {START, NULL};
	static const char *const values[] = {"nan", "-1 uW", "4e-6", "4 uA", "0 W", ""};
	struct instrument_parameter noise = {"noise", NULL};
	struct instrument_config changed = config;
	g_autoptr(GError) error = NULL;
	double noise_w = 7;
	struct rig rig;
	changed.parameters = &noise;
	changed.n_parameters = 1;
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		noise.value = values[i];
		expect_error(instrument_config_check(&changed, &error), &error,
		             STATION_ERROR_CONFIG, "dca1: noise: ");
	}
	changed.n_parameters = 0;
	rig_start(&rig, changed, lines);
	expect_error(scope_noise_w(rig.instrument, &noise_w, &error), &error, STATION_ERROR_CONFIG,
	             "noise: the parameter is missing");
	g_assert_cmpfloat(noise_w, ==, 7);
	rig_close(&rig);
}

static void test_channels(void)
{
	static const char *const values[] = {"", "1", "6A", "1E", "1A;2A", "CHAN1A"};
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		struct instrument_parameter channels = {"channels", values[i]};
		struct instrument_config changed = config;
		g_autoptr(GError) error = NULL;
		changed.parameters = &channels;
		changed.n_parameters = 1;
		expect_error(instrument_config_check(&changed, &error), &error,
		             STATION_ERROR_CONFIG, "dca1: channels: ");
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/scope/flexdca/waveform", test_waveform);
	g_test_add_func("/scope/flexdca/averaged", test_averaged);
	g_test_add_func("/scope/flexdca/no_lock", test_no_lock);
	g_test_add_func("/scope/flexdca/bad_waveforms", test_bad_waveforms);
	g_test_add_func("/scope/flexdca/tdecq", test_tdecq);
	g_test_add_func("/scope/flexdca/results", test_results);
	g_test_add_func("/scope/flexdca/light", test_light);
	g_test_add_func("/scope/flexdca/refused", test_refused);
	g_test_add_func("/scope/flexdca/noise", test_noise);
	g_test_add_func("/scope/flexdca/channels", test_channels);
	return run_scripts();
}

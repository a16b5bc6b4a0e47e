/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/bert.h"
#include "instruments/scope.h"

#include "tests/unit/instruments_driver_script.h"

#include <math.h>

#define NO_ERROR "> :SYSTem:ERRor?", "< 0,\"No error\""

/* ---- MP2110A ---- */

static const struct instrument_parameter scope_parameters[] = {
	{"channels", "A,B"},       {"symbol_rate", "53.125 GBd"}, {"bandwidth", "26.5625 GHz"},
	{"wavelength", "1310 nm"}, {"pattern_length", "65535"},
};

static const struct instrument_config scope_config = {
	.name = "dca1",
	.class = INSTRUMENT_SCOPE,
	.driver = "anritsu-scope",
	.parameters = scope_parameters,
	.n_parameters = G_N_ELEMENTS(scope_parameters),
};

static const struct scope_setup scope_setup = {
	.symbol_rate_bd = 53.125e9,
	.pattern_symbols = 65535,
	.filter_bandwidth_hz = 26.5625e9,
	.wavelength_m = 1311e-9,
	.external_loss_db = 4.35,
};

#define SCOPE_START     "> *CLS", "> *IDN?", "< ANRITSU,MP2110A,6200000001,06.00.00"
#define SCOPE_CONFIGURE "> :SCOPe:INPut:CHB ON", "> :SCOPe:INPut:ATTenuation:CHB 4.35", NO_ERROR
#define SHOW(item, equaliser)                                                                      \
	"> :SCOPe:CONFigure:MEASure:DISPlay:ADELete:ALL",                                          \
		"> :SCOPe:CONFigure:MEASure:DISPlay:ADD CHB," item,                                \
		"> :SCOPe:CONFigure:MEASure:PAM:TEQualizer:DISPlay:CHB " equaliser, NO_ERROR
#define RUN                                                                                        \
	"> :SCOPe:SAMPling:STATus:ALL RUN,AUTOscale,CALCulate", NO_ERROR,                          \
		"> :SCOPe:SAMPling:STATus:ALL?", "< RUN", "> :SCOPe:SAMPling:STATus:ALL?",         \
		"< HOLD", NO_ERROR
#define COEFFICIENT "> :SCOPe:CONFigure:MEASure:PAM:TDECQ:NCOefficient 0.00"
#define FETCH(name, answer, why)                                                                   \
	"> :SCOPe:FETCh:AMPLitude:" name ":CHB?", "< " answer,                                     \
		"> :SCOPe:FETCh:AMPLitude:" name ":CURRent:REASon:CHB?", "< " why

static void scope_open(struct rig *rig, const char *const *lines)
{
	g_autoptr(GError) error = NULL;
	rig_start(rig, scope_config, lines);
	g_assert_true(scope_configure(rig->instrument, 2, &scope_setup, &rig->bounds, &error));
}

static void test_scope_results(void)
{
	static const char *const lines[] = {
		SCOPE_START, SCOPE_CONFIGURE,
		COEFFICIENT, SHOW("TDECQ", "ON"),
		RUN,         FETCH("TEQualizer:TDECQ", "2.34,2.30,0.01,2.20,2.40", "\"\""),
		NO_ERROR,    SHOW("OOMA:DBM", "OFF"),
		RUN,         FETCH("OOMA:DBM", "0.00,1,1,1,1", "\"\""),
		NO_ERROR,    NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double tdecq_db = 0, oma_w = 0;
	scope_open(&rig, lines);
	g_assert_true(scope_measure_tdecq_db(rig.instrument, 2, &tdecq_db, &rig.bounds, &error));
	g_assert_cmpfloat(tdecq_db, ==, 2.34);
	g_assert_true(scope_measure_oma_w(rig.instrument, 2, &oma_w, &rig.bounds, &error));
	g_assert_cmpfloat_with_epsilon(oma_w, 1e-3, 1e-12);
	rig_close(&rig);
}

/* No value, and a value that the unit doubts. */
static void test_scope_no_value(void)
{
	static const struct {
		const char *answer, *why, *part;
	} rows[] = {
		{"< N/A,N/A,N/A,N/A,N/A", "< \"Pattern not found\"", "no value: Pattern not found"},
		{"< 3.1,3,0,3,3", "< \"Clipped\"", "doubtful: Clipped"},
		{"< 9.91E37,3,0,3,3", "< \"\"", "no reason told"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *const lines[] = {
			SCOPE_START,
			SCOPE_CONFIGURE,
			SHOW("OER", "OFF"),
			RUN,
			"> :SCOPe:FETCh:AMPLitude:OER:CHB?",
			rows[i].answer,
			"> :SCOPe:FETCh:AMPLitude:OER:CURRent:REASon:CHB?",
			rows[i].why,
			NULL,
		};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		double er_db = 7;
		scope_open(&rig, lines);
		expect_error(scope_measure_er_db(rig.instrument, 2, &er_db, &rig.bounds, &error),
		             &error, STATION_ERROR_DATA, rows[i].part);
		g_assert_cmpfloat(er_db, ==, 7);
		rig_close(&rig);
	}
}

/* What the unit is not set up for, and what it does not give, asks nothing of it. */
static void test_scope_refused(void)
{
	static const char *const lines[] = {SCOPE_START, NULL};
	static const char *const parts[] = {"another symbol rate", "another bandwidth",
	                                    "another pattern length", "another wavelength"};
	struct scope_setup other[4] = {scope_setup, scope_setup, scope_setup, scope_setup};
	struct instrument_config bare = scope_config;
	struct rig rig;
	g_autoptr(GError) error = NULL;
	double value = 7;
	other[0].symbol_rate_bd = 26.5625e9;
	other[1].filter_bandwidth_hz = 13e9;
	other[2].pattern_symbols = 8191;
	other[3].wavelength_m = 1550e-9;
	rig_start(&rig, scope_config, lines);
	for (gsize i = 0; i < G_N_ELEMENTS(other); i++)
		expect_error(scope_configure(rig.instrument, 1, &other[i], &rig.bounds, &error),
		             &error, STATION_ERROR_UNSUPPORTED, parts[i]);
	expect_error(scope_measure_er_db(rig.instrument, 1, &value, &rig.bounds, &error), &error,
	             STATION_ERROR_INTERNAL, "not configured");
	expect_error(scope_require_waveforms(rig.instrument, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "MP2110A tells its own results only");
	expect_error(scope_acquire_waveform(rig.instrument, 1, 1, &rig.bounds, &error) != NULL,
	             &error, STATION_ERROR_UNSUPPORTED, "gives no waveforms");
	rig_close(&rig);
	bare.n_parameters = 1;
	expect_error(instrument_config_check(&bare, &error), &error, STATION_ERROR_CONFIG,
	             "symbol_rate: the parameter is missing");
	bare.n_parameters = 4;
	expect_error(instrument_config_check(&bare, &error), &error, STATION_ERROR_CONFIG,
	             "pattern_length");
}

/* ---- MP1900A ---- */

static const struct instrument_parameter bert_parameters[] = {
	{"outputs", "1.1"},
	{"inputs", "2.1,2.3"},
	{"output_rate", "53.125 GBd"},
	{"input_rate", "26.5625 GBd"},
	{"pattern", "PRBS31Q"},
};

static const struct instrument_config bert_config = {
	.name = "bert1",
	.class = INSTRUMENT_BERT,
	.driver = "anritsu-bert",
	.parameters = bert_parameters,
	.n_parameters = G_N_ELEMENTS(bert_parameters),
};

#define CHOOSE(module, port) "> :MODule:ID " module, "> :PORT:ID " port, NO_ERROR
#define ALL_ON               ":SOURce:OUTPut:ASET"
#define GLOBAL(bit)          "> " ALL_ON " " bit, NO_ERROR, "> " ALL_ON "?", "< " bit
#define OUTPUT(bit)                                                                                \
	CHOOSE("1", "1"), "> :OUTPut:DATA:OUTPut " bit, NO_ERROR, "> :OUTPut:DATA:OUTPut?", "< " bit
#define ALL_OFF    GLOBAL("0"), OUTPUT("0")
#define BERT_START "> *CLS", "> *IDN?", "< ANRITSU,MP1900A,6200000001,10.02.00", ALL_OFF
#define GATE(port, period)                                                                         \
	CHOOSE("2", port), "> :SENSe:MEASure:EALarm:UNIT TIME",                                    \
		"> :SENSe:MEASure:EALarm:PERiod " period, "> :SENSe:MEASure:STARt", NO_ERROR
#define COUNTED(port, errors, clocks, loss)                                                        \
	CHOOSE("2", port), "> :SENSe:MEASure:EALarm:STATe?", "< 1",                                \
		"> :SENSe:MEASure:EALarm:STATe?", "< 0",                                           \
		"> :CALCulate:DATA:EALarm? \"CURRent:EC:TOTal\"", "< \"" errors "\"",              \
		"> :CALCulate:DATA:EALarm? \"CURRent:CC:TOTal\"", "< \"" clocks "\"",              \
		"> :CALCulate:DATA:MON? \"PSLoss\"", "< \"" loss "\""

static const guint inputs[] = {1, 2};

static void test_bert_count(void)
{
	static const char *const lines[] = {
		BERT_START,
		GATE("1", "0,1,1,5"),
		GATE("3", "0,1,1,5"),
		COUNTED("1", "12", "1.0E+06", "Not Occur"),
		COUNTED("3", "-------", "-------", "Occur"),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	struct bert_count counts[2];
	rig_start(&rig, bert_config, lines);
	bert_count(rig.instrument, inputs, 2, 3665, counts, &rig.bounds, &error);
	g_assert_no_error(error);
	g_assert_true(counts[0].lock);
	g_assert_cmpuint(counts[0].bits, ==, 2000000);
	g_assert_cmpuint(counts[0].errors, ==, 12);
	g_assert_false(counts[1].lock);
	g_assert_cmpuint(counts[1].bits, ==, 0);
	rig_close(&rig);
}

/* A count that is none, more errors than bits, half a second. */
static void test_bert_bad_counts(void)
{
	static const char *const negative[] = {
		BERT_START,
		GATE("1", "0,0,0,1"),
		CHOOSE("2", "1"),
		"> :SENSe:MEASure:EALarm:STATe?",
		"< 0",
		"> :CALCulate:DATA:EALarm? \"CURRent:EC:TOTal\"",
		"< \"-3\"",
		NULL,
	};
	static const char *const too_many[] = {
		BERT_START,
		GATE("1", "0,0,0,1"),
		COUNTED("1", "21", "10", "Not Occur"),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	struct bert_count counts[1];
	rig_start(&rig, bert_config, negative);
	expect_error(bert_count(rig.instrument, inputs, 1, 0.5, counts, &rig.bounds, &error),
	             &error, STATION_ERROR_RANGE, "gate");
	expect_error(bert_count(rig.instrument, inputs, 1, 1.5, counts, &rig.bounds, &error),
	             &error, STATION_ERROR_RANGE, "whole seconds");
	expect_error(bert_count(rig.instrument, inputs, 1, 1, counts, &rig.bounds, &error), &error,
	             STATION_ERROR_PROTOCOL, "\"-3\" is no count");
	rig_close(&rig);
	rig_start(&rig, bert_config, too_many);
	expect_error(bert_count(rig.instrument, inputs, 1, 1, counts, &rig.bounds, &error), &error,
	             STATION_ERROR_PROTOCOL, "21 errors in 20 bits");
	g_assert_false(counts[0].lock);
	rig_close(&rig);
}

static void test_bert_outputs(void)
{
	static const struct bert_setup good = {53.125e9, 26.5625e9, BERT_PATTERN_PRBS31Q};
	static const struct bert_setup pattern = {53.125e9, 26.5625e9, BERT_PATTERN_SSPRQ};
	static const struct bert_setup rate = {53.125e9, 53.125e9, BERT_PATTERN_PRBS31Q};
	static const struct bert_stress stress = {0, 0};
	static const char *const lines[] = {
		BERT_START,
		ALL_OFF,
		OUTPUT("1"),
		GLOBAL("1"),
		/* one that does not obey does not spare the others */
		"> :SOURce:OUTPut:ASET 0",
		NO_ERROR,
		"> :SOURce:OUTPut:ASET?",
		"< 1",
		OUTPUT("0"),
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, bert_config, lines);
	struct instrument *bert = rig.instrument;
	g_assert_true(bert_configure(bert, &good, &rig.bounds, &error));
	expect_error(bert_configure(bert, &pattern, &rig.bounds, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "another pattern");
	expect_error(bert_configure(bert, &rate, &rig.bounds, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "another symbol rate");
	expect_error(bert_require_stress(bert, &error), &error, STATION_ERROR_UNSUPPORTED,
	             "bert1: stress: the driver anritsu-bert cannot do it");
	expect_error(bert_set_stress(bert, 1, &stress, &rig.bounds, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "bert1: stress: ");
	g_assert_true(bert_set_output(bert, 1, TRUE, &rig.bounds, &error));
	g_assert_true(bert_set_global_output(bert, TRUE, &rig.bounds, &error));
	expect_error(instrument_safe_state(bert, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "all outputs switched off");
	rig_close(&rig);
}

static void test_bert_align(void)
{
#define SEARCH(port, loss)                                                                         \
	CHOOSE("2", port), "> :SYSTem:CFUNction ASE32", "> :SENSe:MEASure:ASEarch:STARt",          \
		NO_ERROR, "> :SENSe:MEASure:ASEarch:STATe?", "< 1",                                \
		"> :SENSe:MEASure:ASEarch:STATe?", "< 0", "> :CALCulate:DATA:MON? \"PSLoss\"",     \
		"< \"" loss "\""
	static const char *const lines[] = {BERT_START, SEARCH("1", "Not Occur"),
	                                    SEARCH("3", "Occur"), NULL};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, bert_config, lines);
	expect_error(bert_align_inputs(rig.instrument, inputs, 2, &rig.bounds, &error), &error,
	             STATION_ERROR_DATA, "input 2: no sampling point");
	rig_close(&rig);
}

static void test_bert_parameters(void)
{
	static const struct {
		guint index;
		const char *value;
		const char *part;
	} rows[] = {
		{0, "1", "outputs: \"1\""},
		{0, "1.0", "outputs: \"1.0\""},
		{1, "", "inputs: \"\""},
		{1, "2.1,2.x", "inputs: \"2.1,2.x\""},
		{2, "26 GHz", "output_rate: must"},
		{4, "PRBS31", "pattern: must"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct instrument_parameter parameters[5];
		struct instrument_config with = bert_config;
		g_autoptr(GError) error = NULL;
		memcpy(parameters, bert_parameters, sizeof parameters);
		parameters[rows[i].index].value = rows[i].value;
		with.parameters = parameters;
		expect_error(instrument_config_check(&with, &error), &error, STATION_ERROR_CONFIG,
		             rows[i].part);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/scope/mp2110a/results", test_scope_results);
	g_test_add_func("/scope/mp2110a/no_value", test_scope_no_value);
	g_test_add_func("/scope/mp2110a/refused", test_scope_refused);
	g_test_add_func("/bert/mp1900a/count", test_bert_count);
	g_test_add_func("/bert/mp1900a/bad_counts", test_bert_bad_counts);
	g_test_add_func("/bert/mp1900a/outputs", test_bert_outputs);
	g_test_add_func("/bert/mp1900a/align", test_bert_align);
	g_test_add_func("/bert/mp1900a/parameters", test_bert_parameters);
	return run_scripts();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/bert.h"

#include "tests/unit/instruments_driver_script.h"

#include <math.h>

static const struct instrument_parameter two_lanes[] = {
	{"outputs", "M1.DataOut1,M1.DataOut2"},
	{"inputs", "M2.DataIn1,M2.DataIn2"},
};

static const struct instrument_config config = {
	.name = "bert1",
	.class = INSTRUMENT_BERT,
	.driver = "keysight-bert",
	.parameters = two_lanes,
	.n_parameters = G_N_ELEMENTS(two_lanes),
};

#define START       "> *CLS", "> *IDN?", "< Keysight Technologies,M8070B,MY60000001,9.5.330.5"
#define OUTPUTS_OFF "> :OUTP:STAT 'M1.DataOut1',0", "> :OUTP:STAT 'M1.DataOut2',0", OK
#define CODING                                                                                     \
	"> :DATA:LIN:VAL 'M1.DataOut1',PAM4;:DATA:LIN:VAL 'M1.DataOut2',PAM4",                     \
		"> :DATA:LIN:PAM4:MAPP 'M1.DataOut1',GRAY",                                        \
		"> :DATA:LIN:PAM4:MAPP 'M1.DataOut2',GRAY", OK,                                    \
		"> :DATA:LIN:VAL 'M2.DataIn1',PAM4;:DATA:LIN:VAL 'M2.DataIn2',PAM4",               \
		"> :DATA:LIN:PAM4:MAPP 'M2.DataIn1',GRAY",                                         \
		"> :DATA:LIN:PAM4:MAPP 'M2.DataIn2',GRAY", OK

#define RATES                                                                                      \
	"> :SOUR:FREQ 'M1.ClkGen',53125000000", OK, "> :SOUR:FREQ? 'M1.ClkGen'", "< 5.3125E+10",   \
		"> :SOUR:FREQ 'M2.ClkGen',26562500000", OK, "> :SOUR:FREQ? 'M2.ClkGen'",           \
		"< 2.65625E+10"

static const struct bert_setup setup = {53.125e9, 26.5625e9, BERT_PATTERN_PRBS31Q};

static void test_configure(void)
{
	static const char *const lines[] = {
		START,
		OUTPUTS_OFF,
		RATES,
		CODING,
		"> :DATA:SEQ:SET \"Generator\",PRBS,\"2^31-1\"",
		"> :DATA:SEQ:SET \"Analyzer\",PRBS,\"2^31-1\"",
		"> :STAT:INST:RUN:WAIT? 'M1.DataOut1'",
		"< 1",
		OK,
		"> :OUTP:STAT 'M1.DataOut2',1",
		OK,
		"> :OUTP:STAT? 'M1.DataOut2'",
		"< 1",
		"> :OUTP:GLOB 'M1.System',1",
		OK,
		"> :OUTP:GLOB? 'M1.System'",
		"< 1",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *bert = rig.instrument;
	g_assert_cmpuint(bert_outputs(bert), ==, 2);
	g_assert_cmpuint(bert_inputs(bert), ==, 2);
	g_assert_true(bert_configure(bert, &setup, &rig.bounds, &error));
	g_assert_true(bert_set_output(bert, 2, TRUE, &rig.bounds, &error));
	g_assert_true(bert_set_global_output(bert, TRUE, &rig.bounds, &error));
	rig_close(&rig);
}

#define NO_STRESS(place)                                                                           \
	"> :SOUR:VOLT:AMPL? '" place "'", "< 5.00000000E-001",                                     \
		"> :OUTP:DEEM:CURS:MAGN0 '" place "',1", "> :OUTP:DEEM:CURS:MAGN1 '" place "',0",  \
		"> :SOUR:INT:RAND:AMPL '" place "',0", "> :SOUR:INT:RAND:STAT '" place "',0", OK

/* Only where the configuration says that the generators can have it; a new set-up takes it away. */
static void test_stress(void)
{
	static const struct instrument_parameter parameters[] = {
		{"outputs", "M1.DataOut1,M1.DataOut2"},
		{"inputs", "M2.DataIn1,M2.DataIn2"},
		{"stress", "yes"},
	};
	static const char *const lines[] = {
		START,
		"> :SOUR:VOLT:AMPL? 'M1.DataOut2'",
		"< 5.00000000E-001",
		"> :OUTP:DEEM:CURS:MAGN0 'M1.DataOut2',0.75",
		"> :OUTP:DEEM:CURS:MAGN1 'M1.DataOut2',0.25",
		"> :SOUR:INT:RAND:AMPL 'M1.DataOut2',0.01",
		"> :SOUR:INT:RAND:STAT 'M1.DataOut2',1",
		OK,
		OUTPUTS_OFF,
		NO_STRESS("M1.DataOut1"),
		NO_STRESS("M1.DataOut2"),
		RATES,
		CODING,
		"> :DATA:SEQ:SET \"Generator\",PRBS,\"2^31-1\"",
		"> :DATA:SEQ:SET \"Analyzer\",PRBS,\"2^31-1\"",
		"> :STAT:INST:RUN:WAIT? 'M1.DataOut1'",
		"< 1",
		OK,
		NULL,
	};
	static const struct bert_stress stress = {.isi = 0.25, .noise = 0.02};
	static const struct bert_stress too_much = {.isi = 0.5};
	struct instrument_config able = config;
	struct rig rig;
	g_autoptr(GError) error = NULL;
	able.parameters = parameters;
	able.n_parameters = G_N_ELEMENTS(parameters);
	rig_start(&rig, able, lines);
	expect_error(bert_set_stress(rig.instrument, 2, &too_much, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "ISI");
	g_assert_true(bert_set_stress(rig.instrument, 2, &stress, &rig.bounds, &error));
	g_assert_true(bert_configure(rig.instrument, &setup, &rig.bounds, &error));
	rig_close(&rig);
}

static void test_no_stress(void)
{
	static const char *const lines[] = {START, NULL};
	static const struct bert_stress stress = {.isi = 0.25};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	expect_error(bert_set_stress(rig.instrument, 1, &stress, &rig.bounds, &error), &error,
	             STATION_ERROR_UNSUPPORTED, "stress: yes");
	rig_close(&rig);
}

/* Generators and analysers on one clock run at one rate. */
static void test_one_clock(void)
{
	static const struct instrument_parameter parameters[] = {
		{"outputs", "M1.DataOut1,M1.DataOut2"},
		{"inputs", "M2.DataIn1,M2.DataIn2"},
		{"input_clock", "M1.ClkGen"},
	};
	static const char *const lines[] = {
		START,
		OUTPUTS_OFF,
		OUTPUTS_OFF,
		"> :SOUR:FREQ 'M1.ClkGen',53125000000",
		OK,
		"> :SOUR:FREQ? 'M1.ClkGen'",
		"< 5.3125E+10",
		CODING,
		"> :DATA:SEQ:SET \"Generator\",PRBS,\"2^31-1\"",
		"> :DATA:SEQ:SET \"Analyzer\",PRBS,\"2^31-1\"",
		"> :STAT:INST:RUN:WAIT? 'M1.DataOut1'",
		"< 1",
		OK,
		NULL,
	};
	struct bert_setup same = {53.125e9, 53.125e9, BERT_PATTERN_PRBS31Q};
	struct instrument_config one = config;
	struct rig rig;
	g_autoptr(GError) error = NULL;
	one.parameters = parameters;
	one.n_parameters = G_N_ELEMENTS(parameters);
	rig_start(&rig, one, lines);
	expect_error(bert_configure(rig.instrument, &setup, &rig.bounds, &error), &error,
	             STATION_ERROR_CONFIG, "two symbol rates");
	g_assert_true(bert_configure(rig.instrument, &same, &rig.bounds, &error));
	rig_close(&rig);
}

static void test_configure_refused(void)
{
	static const char *const lines[] = {
		START,
		OUTPUTS_OFF,
		"> :SOUR:FREQ 'M1.ClkGen',53125000000",
		OK,
		"> :SOUR:FREQ? 'M1.ClkGen'",
		"< 5.3E+10",
		OUTPUTS_OFF,
		RATES,
		CODING,
		"> :DATA:SEQ:SET \"Generator\",PRBS,\"2^31-1\"",
		"> :DATA:SEQ:SET \"Analyzer\",PRBS,\"2^31-1\"",
		"> :STAT:INST:RUN:WAIT? 'M1.DataOut1'",
		"< 0",
		OK,
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	struct bert_setup too_fast = {53.125e9, 65e9, BERT_PATTERN_PRBS31Q};
	struct bert_setup none = {NAN, 26.5625e9, BERT_PATTERN_PRBS31Q};
	rig_start(&rig, config, lines);
	struct instrument *bert = rig.instrument;
	expect_error(bert_configure(bert, &setup, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "bert1: configure: symbol rate");
	expect_error(bert_configure(bert, &setup, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "does not run after loading PRBS31Q");
	expect_error(bert_configure(bert, &too_fast, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "input symbol rate");
	expect_error(bert_configure(bert, &none, &rig.bounds, &error), &error, STATION_ERROR_RANGE,
	             "output symbol rate");
	expect_error(bert_set_output(bert, 3, TRUE, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "no output 3");
	rig_close(&rig);
}

static void test_align(void)
{
	static const char *const lines[] = {
		START,
		"> :INP:ALIG:EYE:AUTO 'M2.DataIn1'",
		"> *ESE?",
		"< 0",
		"> :INP:ALIG:STAT:VAL? \"M2.DataIn1\"",
		"< INPROGRESS",
		"> :INP:ALIG:STAT:VAL? \"M2.DataIn1\"",
		"< \"SUCCESS\"",
		OK,
		"> :INP:ALIG:EYE:AUTO 'M2.DataIn2'",
		"> *ESE?",
		"< 0",
		"> :INP:ALIG:STAT:VAL? \"M2.DataIn2\"",
		"< FAILED",
		"> :INP:ALIG:EYE:ABOR 'M2.DataIn2'",
		OK,
		NULL,
	};
	static const guint inputs[] = {1, 2};
	static const guint twice[] = {2, 2};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	struct instrument *bert = rig.instrument;
	expect_error(bert_align_inputs(bert, inputs, 2, &rig.bounds, &error), &error,
	             STATION_ERROR_DATA, "M2.DataIn2: alignment ended with FAILED");
	expect_error(bert_align_inputs(bert, twice, 2, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "input 2 is named twice");
	expect_error(bert_align_inputs(bert, inputs, 0, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "no input");
	rig_close(&rig);
}

#define GATE(catalog)                                                                              \
	"> :PLUG:ERAT:CAT?", catalog, "> :PLUG:ERAT:NEW 'station'", "> :PLUG:ERAT:RES 'station'",  \
		"> :PLUG:ERAT:ACQ:ALOC 'station','M2.DataIn2','M2.DataIn1'",                       \
		"> :PLUG:ERAT:ACQ:AEND 'station',FDUR", "> :PLUG:ERAT:ACQ:DUR 'station',FTIM",     \
		"> :PLUG:ERAT:ACQ:TIME 'station',0.5", "> :PLUG:ERAT:ACQ:HIST 'station',1", OK,    \
		"> :PLUG:ERAT:STAR 'station'", "> *OPC?", "< 1", OK,                               \
		"> :PLUG:ERAT:FETC:DATA? 'station'"
#define GATE_END                                                                                   \
	"> :STAT:INST:SLOS? 'M2.DataIn2'", "< 1", "> :STAT:INST:SLOS? 'M2.DataIn1'", "< 0",        \
		"> :PLUG:ERAT:DEL 'station'", OK

static const guint both[] = {2, 1};

/* Records in any order, with the PAM4 counts or without. */
static void test_count(void)
{
	static const char *const replies[] = {
		"< (\"M2.DataIn1\",5.0E-1,13281250000,13281250001,3,4),"
		"(\"M2.DataIn2\",5.0E-1,10,20,0,0)",
		"< (\"M2.DataIn2\", 0.5, 10, 20, 0, 0), (\"M2.DataIn1\", 0.5, 1.328125E10, "
		"13281250001, 3, 4, 6640625000, 7, 1, 0, 1, 0, 1, 0, 1, 7)",
		"< M2.DataIn1,0.5,13281250000,13281250001,3,4,M2.DataIn2,0.5,10,20,0,0",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(replies); i++) {
		const char *const lines[] = {START, GATE("< \"\""), replies[i], GATE_END, NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		struct bert_count counts[2];
		rig_start(&rig, config, lines);
		gboolean ok = bert_count(rig.instrument, both, 2, 0.5, counts, &rig.bounds, &error);
		g_assert_no_error(error);
		g_assert_true(ok);
		g_assert_cmpuint(counts[0].bits, ==, 30);
		g_assert_cmpuint(counts[0].errors, ==, 0);
		g_assert_false(counts[0].lock);
		g_assert_cmpuint(counts[1].bits, ==, G_GUINT64_CONSTANT(26562500001));
		g_assert_cmpuint(counts[1].errors, ==, 7);
		g_assert_true(counts[1].lock);
		rig_close(&rig);
	}
}

/* What an earlier, killed run left there is removed first. */
static void test_old_gate(void)
{
	static const char *const lines[] = {
		START,
		"> :PLUG:ERAT:CAT?",
		"< \"other\",\"station\"",
		"> :PLUG:ERAT:DEL 'station'",
		"> :PLUG:ERAT:NEW 'station'",
		"> :PLUG:ERAT:RES 'station'",
		"> :PLUG:ERAT:ACQ:ALOC 'station','M2.DataIn1'",
		"> :PLUG:ERAT:ACQ:AEND 'station',FDUR",
		"> :PLUG:ERAT:ACQ:DUR 'station',FTIM",
		"> :PLUG:ERAT:ACQ:TIME 'station',10",
		"> :PLUG:ERAT:ACQ:HIST 'station',1",
		FAULT("-221,\"Settings conflict\""),
		NULL,
	};
	static const guint first = 1;
	struct rig rig;
	g_autoptr(GError) error = NULL;
	struct bert_count count;
	rig_start(&rig, config, lines);
	expect_error(bert_count(rig.instrument, &first, 1, 10, &count, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "bert1: count errors: ");
	expect_error(bert_count(rig.instrument, &first, 1, 0, &count, &rig.bounds, &error), &error,
	             STATION_ERROR_RANGE, "gate 0 s");
	rig_close(&rig);
}

static void test_bad_counts(void)
{
	static const struct {
		const char *reply;
		const char *part;
	} rows[] = {
		{"< ", "no counts of M2.DataIn2"},
		{"< (\"M2.DataIn1\",0.5,10,20,0,0)", "no counts of M2.DataIn2"},
		{"< (\"M2.DataIn2\",0.5,10,20,0)", "4 fields"},
		{"< (\"M2.DataIn2\",0.5,10,20,0,9.91E37)", "is no count"},
		{"< (\"M2.DataIn2\",0.5,10,20,0,-1)", "is no count"},
		{"< (\"M2.DataIn2\",0.5,10,20.5,0,1)", "is no count"},
		{"< (\"M2.DataIn2\",0.5,10,20,x,1)", "M2.DataIn2"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *const lines[] = {START, GATE("< \"\""), rows[i].reply, NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		struct bert_count counts[2];
		rig_start(&rig, config, lines);
		expect_error(bert_count(rig.instrument, both, 2, 0.5, counts, &rig.bounds, &error),
		             &error, STATION_ERROR_PROTOCOL, rows[i].part);
		rig_close(&rig);
	}
}

/* More errors than bits, or a lock without a bit, cannot be. */
static void test_impossible_counts(void)
{
	static const char *const replies[] = {
		"< (\"M2.DataIn1\",0.5,10,20,31,0),(\"M2.DataIn2\",0.5,10,20,0,0)",
		"< (\"M2.DataIn1\",0.5,0,0,0,0),(\"M2.DataIn2\",0.5,10,20,0,0)",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(replies); i++) {
		const char *const lines[] = {START, GATE("< \"\""), replies[i], GATE_END, NULL};
		struct rig rig;
		g_autoptr(GError) error = NULL;
		struct bert_count counts[2];
		rig_start(&rig, config, lines);
		expect_error(bert_count(rig.instrument, both, 2, 0.5, counts, &rig.bounds, &error),
		             &error, STATION_ERROR_PROTOCOL, "input 1: ");
		rig_close(&rig);
	}
}

static void test_safe_state(void)
{
	static const char *const lines[] = {
		START,
		"> :OUTP:GLOB 'M1.System',0",
		FAULT("-300,\"Device-specific error\""),
		"> :OUTP:STAT 'M1.DataOut1',0",
		OK,
		"> :OUTP:STAT? 'M1.DataOut1'",
		"< 0",
		"> :OUTP:STAT 'M1.DataOut2',0",
		OK,
		"> :OUTP:STAT? 'M1.DataOut2'",
		"< 0",
		NULL,
	};
	struct rig rig;
	g_autoptr(GError) error = NULL;
	rig_start(&rig, config, lines);
	expect_error(instrument_safe_state(rig.instrument, &rig.bounds, &error), &error,
	             STATION_ERROR_INSTRUMENT, "-300");
	rig_close(&rig);
}

static void test_parameters(void)
{
	static const struct {
		struct instrument_parameter parameter;
		const char *part;
	} rows[] = {
		{{"outputs", ""}, "outputs: "},
		{{"outputs", "DataOut1"}, "outputs: "},
		{{"inputs", "M2.DataIn1,'"}, "inputs: "},
		{{"clock", "M1.ClkGen;*RST"}, "clock: "},
		{{"input_clock", "M2"}, "input_clock: "},
		{{"pattern_prbs31q", "PRBS;*RST"}, "pattern_prbs31q: "},
		{{"output", "M1.DataOut1"}, "did you mean \"outputs\"?"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct instrument_config bad = config;
		g_autoptr(GError) error = NULL;
		bad.parameters = &rows[i].parameter;
		bad.n_parameters = 1;
		expect_error(instrument_config_check(&bad, &error), &error, STATION_ERROR_CONFIG,
		             rows[i].part);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bert/m8040a/configure", test_configure);
	g_test_add_func("/bert/m8040a/stress", test_stress);
	g_test_add_func("/bert/m8040a/no-stress", test_no_stress);
	g_test_add_func("/bert/m8040a/configure_refused", test_configure_refused);
	g_test_add_func("/bert/m8040a/one_clock", test_one_clock);
	g_test_add_func("/bert/m8040a/align", test_align);
	g_test_add_func("/bert/m8040a/count", test_count);
	g_test_add_func("/bert/m8040a/old_gate", test_old_gate);
	g_test_add_func("/bert/m8040a/bad_counts", test_bad_counts);
	g_test_add_func("/bert/m8040a/impossible_counts", test_impossible_counts);
	g_test_add_func("/bert/m8040a/safe_state", test_safe_state);
	g_test_add_func("/bert/m8040a/parameters", test_parameters);
	return run_scripts();
}

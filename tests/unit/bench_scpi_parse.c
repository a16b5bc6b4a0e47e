/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/scpi_parse.h"

#include <math.h>
#include <string.h>

static struct scpi_span span(const char *text)
{
	return (struct scpi_span){text, strlen(text)};
}

static void test_frame(void)
{
	static const struct {
		const char *data;
		gsize len;
		gsize frame;
	} rows[] = {
		{"", 0, 0},
		{"*IDN?", 5, 0},
		{"*IDN?\n", 6, 6},
		{"\n\n", 2, 1},
		{"A 1;B 2\r\nC\n", 11, 9},
		{"D #13a\nb\n", 9, 9},
		{"D #13a\nb", 8, 0},
		{"D #1", 4, 0},
		{"D #", 3, 0},
		{"D #215ab\ncdefghijklmn\n", 22, 22},
		{"D #10\n", 6, 6},
		{"D \"x,#19\"\n", 10, 10},
		{"D \"#\n", 5, 5},
		{"M1.A#2\n", 7, 7},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("row %u", i);
		g_assert_cmpuint(scpi_frame(rows[i].data, rows[i].len), ==, rows[i].frame);
	}
}

static void test_match(void)
{
	static const struct {
		const char *pattern;
		const char *header;
		gboolean matches;
		int first;
		int second;
	} rows[] = {
		{"SENSe#:POWer:WAVelength", "SENS1:POW:WAV", TRUE, 1, -1},
		{"SENSe#:POWer:WAVelength", "sense12:power:wavelength", TRUE, 12, -1},
		{"SENSe#:POWer:WAVelength", "SENS:POW:WAV", TRUE, -1, -1},
		{"SENSe#:POWer:WAVelength", "SENS1:POW:WAV?", FALSE, 0, 0},
		{"SENSe#:POWer:WAVelength", "SENSE1:POWE:WAV", FALSE, 0, 0},
		{"SENSe#:POWer:WAVelength", "SENS1:POW1:WAV", FALSE, 0, 0},
		{"SENSe#[:CHANnel#]:POWer?", "SENS2:POW?", TRUE, 2, -1},
		{"SENSe#[:CHANnel#]:POWer?", "SENS2:CHAN1:POW?", TRUE, 2, 1},
		{"[SOURce:]VOLTage[:LEVel][:IMMediate]", "VOLT", TRUE, -1, -1},
		{"[SOURce:]VOLTage[:LEVel][:IMMediate]", "SOUR:VOLT:IMM", TRUE, -1, -1},
		{"[SOURce:]VOLTage[:LEVel][:IMMediate]", "SOUR:VOLT:IMM:LEV", FALSE, 0, 0},
		{"CORR[:LOSS[:INPut]]", "CORR:LOSS:INP", TRUE, -1, -1},
		{"CORR[:LOSS[:INPut]]", "CORR:INP", FALSE, 0, 0},
		{"*IDN?", "*idn?", TRUE, -1, -1},
		{"CHANnel1A:FILTer", "CHAN1A:FILT", TRUE, -1, -1},
		{"CHANnel1A:FILTer", "CHAN2A:FILT", FALSE, 0, 0},
		{"A[:B#]:C#", "A:C5", TRUE, -1, 5},
		{"OUTPut[:STATe]", "OUTP:", FALSE, 0, 0},
		{"OUTPut[:STATe]", "", FALSE, 0, 0},
		{"OUTPut[:STATe]", ":OUTP", FALSE, 0, 0},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		int suffix[SCPI_SUFFIXES];
		g_test_message("%s against %s", rows[i].header, rows[i].pattern);
		g_assert_cmpint(scpi_match(rows[i].pattern, span(rows[i].header), suffix), ==,
		                rows[i].matches);
		if (!rows[i].matches)
			continue;
		g_assert_cmpint(suffix[0], ==, rows[i].first);
		g_assert_cmpint(suffix[1], ==, rows[i].second);
	}
}

static void test_units(void)
{
	struct scpi_span rest = span(" :A:B 1, 'x;y' ,\"q\"\"r\",(@1,2);C? ;; D #13a,;;E");
	struct scpi_unit unit;

	g_assert_cmpint(scpi_next_unit(&rest, &unit), ==, 1);
	g_assert_cmpmem(unit.header.p, unit.header.len, ":A:B", 4);
	g_assert_cmpuint(unit.n_parameters, ==, 4);
	g_assert_cmpmem(unit.parameters[1].p, unit.parameters[1].len, "'x;y'", 5);
	g_assert_cmpmem(unit.parameters[3].p, unit.parameters[3].len, "(@1,2)", 6);
	g_assert_cmpint(scpi_next_unit(&rest, &unit), ==, 1);
	g_assert_cmpmem(unit.header.p, unit.header.len, "C?", 2);
	g_assert_cmpuint(unit.n_parameters, ==, 0);
	g_assert_cmpint(scpi_next_unit(&rest, &unit), ==, 1);
	g_assert_cmpuint(unit.header.len, ==, 0);
	g_assert_cmpint(scpi_next_unit(&rest, &unit), ==, 1);
	g_assert_cmpuint(unit.n_parameters, ==, 1);
	g_assert_cmpmem(unit.parameters[0].p, unit.parameters[0].len, "#13a,;", 6);
	g_assert_cmpint(scpi_next_unit(&rest, &unit), ==, 1);
	g_assert_cmpmem(unit.header.p, unit.header.len, "E", 1);
	g_assert_cmpint(scpi_next_unit(&rest, &unit), ==, 0);
}

static void test_bad_units(void)
{
	static const struct {
		const char *text;
		int error;
	} rows[] = {
		{"A 'x", -151},     {"A 1,,2", -102},    {"A ,1", -102},
		{"A #15abc", -161}, {"A 1,#299x", -161},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct scpi_span rest = span(rows[i].text);
		struct scpi_unit unit;
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(scpi_next_unit(&rest, &unit), ==, rows[i].error);
	}
}

static void test_number(void)
{
	static const struct {
		const char *text;
		const char *unit;
		double value;
		int error;
	} rows[] = {
		{"1310NM", "M", 1310e-9, 0},
		{"1.31e-6", "M", 1.31e-6, 0},
		{"1310 nm", "M", 1310e-9, 0},
		{"-10DBM", "DBM", -10, 0},
		{"0.35DB", "DB", 0.35, 0},
		{"26.5GHZ", "HZ", 26.5e9, 0},
		{"10MHZ", "HZ", 10e6, 0},
		{"100MS", "S", 0.1, 0},
		{"5M", "M", 5, 0},
		{"5MM", "M", 5e-3, 0},
		{"+.5", NULL, 0.5, 0},
		{"1V", NULL, 0, -138},
		{"1A", "V", 0, -131},
		{"1QV", "V", 0, -131},
		{"abc", NULL, 0, -104},
		{"1e999", NULL, 0, -123},
		{"1,2", NULL, 0, -121},
		{"\"1\"", NULL, 0, -104},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		double value = 4711;
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(scpi_number(span(rows[i].text), rows[i].unit, &value), ==,
		                rows[i].error);
		if (rows[i].error)
			g_assert_cmpfloat(value, ==, 4711);
		else
			g_assert_cmpfloat(fabs(value - rows[i].value), <=,
			                  1e-12 * fabs(rows[i].value));
	}
}

static void test_string(void)
{
	g_autofree char *single = scpi_string(span("'M1.DataOut1'"));
	g_autofree char *twice = scpi_string(span("\"a\"\"b\""));
	g_assert_cmpstr(single, ==, "M1.DataOut1");
	g_assert_cmpstr(twice, ==, "a\"b");
	g_assert_null(scpi_string(span("M1")));
	g_assert_null(scpi_string(span("'x\"")));
	g_assert_null(scpi_string(span("'x'y'")));
	g_assert_null(scpi_string(span("'")));
}

static void test_channels(void)
{
	static const struct {
		const char *text;
		guint32 mask;
		int error;
	} rows[] = {
		{"(@1)", 0x2, 0},    {"(@1,3)", 0xA, 0}, {"(@1:3)", 0xE, 0},  {"(@ 1 , 2)", 0x6, 0},
		{"(@4)", 0, -222},   {"(@0)", 0, -222},  {"(@3:1)", 0, -222}, {"(@)", 0, -104},
		{"(@1;2)", 0, -104}, {"1", 0, -104},     {"(1)", 0, -104},    {"(@1", 0, -104},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint32 mask = 0;
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(scpi_channels(span(rows[i].text), 1, 3, &mask), ==, rows[i].error);
		g_assert_cmphex(mask, ==, rows[i].mask);
	}
}

static void test_block(void)
{
	struct scpi_span bytes;
	g_assert_true(scpi_block(span("#15hello"), &bytes));
	g_assert_cmpmem(bytes.p, bytes.len, "hello", 5);
	g_assert_true(scpi_block(span("#10"), &bytes));
	g_assert_cmpuint(bytes.len, ==, 0);
	g_assert_false(scpi_block(span("#14hello"), &bytes));
	g_assert_false(scpi_block(span("#16hello"), &bytes));
	g_assert_false(scpi_block(span("hello"), &bytes));
	g_assert_false(scpi_block(span(""), &bytes));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/bench/scpi_parse/frame", test_frame);
	g_test_add_func("/bench/scpi_parse/match", test_match);
	g_test_add_func("/bench/scpi_parse/units", test_units);
	g_test_add_func("/bench/scpi_parse/bad_units", test_bad_units);
	g_test_add_func("/bench/scpi_parse/number", test_number);
	g_test_add_func("/bench/scpi_parse/string", test_string);
	g_test_add_func("/bench/scpi_parse/channels", test_channels);
	g_test_add_func("/bench/scpi_parse/block", test_block);
	return g_test_run();
}

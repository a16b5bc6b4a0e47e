/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/bench_bed.h"

#include "base/bytes.h"
#include "base/number.h"

#include <math.h>
#include <signal.h>

/*
 * The simulated instruments together, with a module before them and light on the way; and what
 * the bench does when it is told to misbehave.
 */

/* --- together, with a module
 * ------------------------------------------------------------------------ */

static void fixture_tell(struct bench_socket *to, guint seq, const char *body)
{
	g_autofree char *text = g_strdup_printf("%u %s", seq, body);
	g_autofree char *line =
		g_strdup_printf("#%s*%04X\n", text, bytes_crc16(text, strlen(text)));
	g_autofree char *reply = bench_ask(to, line);
	g_autofree char *expected = g_strdup_printf("#%u OK", seq);
	g_assert_true(g_str_has_prefix(reply, expected));
}

static gboolean all_activated(const struct bench_process *bench)
{
	g_autoptr(JsonObject) state = bench_control(bench, "{\"command\":\"state\",\"site\":1}");
	JsonArray *path = json_object_get_array_member(state, "data_path");
	for (guint i = 0; i < 4; i++) {
		if (strcmp(json_array_get_string_element(path, i), "DPActivated") != 0)
			return FALSE;
	}
	return TRUE;
}

/* Supply on, out of reset, high power; media generator with SSPRQ on all lanes (page 13h). */
static void bring_up(struct bench_process *bench, struct bench_socket *fixture)
{
	struct bench_socket *supply = bench_connect(bench, "supply1");
	gint64 end_us = g_get_monotonic_time() + BENCH_TIMEOUT_S * G_USEC_PER_SEC;

	bench_tell(bench, "{\"command\":\"insert\",\"site\":1,\"serial\":\"VB0001\"}");
	bench_expect(supply, "VOLT 3.3,(@1);CURR 4,(@1);OUTP 1,(@1);*OPC?\n", "1");
	bench_disconnect(supply);
	fixture_tell(fixture, 1, "PIN ResetL 1");
	fixture_tell(fixture, 2, "PIN ModSelL 0");
	fixture_tell(fixture, 3, "PIN LPMode 0");
	while (!all_activated(bench))
		g_assert_cmpint(g_get_monotonic_time(), <, end_us);
	fixture_tell(fixture, 4, "WRITE 50 7E0013");
	fixture_tell(fixture, 5, "WRITE 50 9CCCCC");
	fixture_tell(fixture, 6, "WRITE 50 980F");
}

static void check_meter(struct bench_process *bench)
{
	struct bench_socket *to = bench_connect(bench, "power_meter1");
	bench_expect(to, ":INIT2:CONT 0;:SENS2:POW:UNIT 1;:SENS2:POW:WAV 1310NM;:SYST:ERR?\n",
	             "+0,\"No error\"");
	double watt = ask_number(to, ":READ2:POW?\n");
	expect_between(watt, 1e-5, 2e-3);
	/* An entered loss is added; the unit dBm is the same light. */
	double dbm = ask_number(to, ":SENS2:CORR 3.55DB;:SENS2:POW:UNIT 0;:READ2:POW?\n");
	expect_between(dbm - 10 * log10(watt / 1e-3), 3.45, 3.65);
	/* The wrong wavelength reads wrong. */
	double wrong_dbm = ask_number(to, ":SENS2:POW:WAV 1550NM;:READ2:POW?\n");
	expect_between(wrong_dbm - dbm, -0.55, -0.35);
	bench_disconnect(to);
}

static void check_scope(struct bench_process *bench)
{
	struct bench_socket *to = bench_connect(bench, "scope1");
	g_autofree guint8 *block = g_malloc(65535 * 16 * 4 + 1);
	char head[9];

	bench_expect(to,
	             ":SYST:DEF;:SYST:MODE EYE;:SYST:BORD LEND;:CHAN1A:FILT ON;FSEL:RAT 53.125GHZ;"
	             ":TIM:BRAT 53.125GHZ;:TRIG:PLEN 65535;PLOC ON;*OPC?;:TRIG:PLOC?\n",
	             "1;1");
	bench_expect(to,
	             ":ACQ:WRAP ON;:FUNC1:FOP TEQ;OPER1 CHAN1A;DISP ON;:LTES:ACQ:STAT ON;"
	             ":ACQ:CDIS;RUN;*OPC?\n",
	             "1");
	expect_between(ask_number(to, ":MEAS:EYE:TDEQ:SOUR FUNC1;:MEAS:EYE:TDEQ?\n"), 0.3, 8);
	expect_between(ask_number(to, ":MEAS:EYE:OER?\n"), 1, 10);
	expect_between(ask_number(to, ":MEAS:EYE:OER:UNIT PERC;:MEAS:EYE:OER?\n"), 10, 80);
	double oma_w = ask_number(to, ":MEAS:EYE:OOMA?\n");
	expect_between(oma_w, 1e-5, 2e-3);
	double with_loss_w = ask_number(to, ":CHAN1A:ATT:STAT ON;DEC 3;:MEAS:EYE:OOMA?\n");
	expect_between(with_loss_w / oma_w, 1.99, 2.0);
	bench_expect(to, ":MEAS:EYE:TDEQ:SOUR CHAN1A;:MEAS:EYE:TDEQ?;TDEQ:STAT:REAS?\n",
	             "9.91E+37;\"Source is not an equalised waveform\"");
	bench_expect(to, ":WAV:XYF:FLO:POIN?;:SYST:ERR?\n", "1048560;+0,\"No error\"");

	bench_send(to, ":CHAN1A:ATT:STAT OFF;:WAV:XYF:FLO:YDAT?\n");
	bench_receive_bytes(to, head, 9);
	g_assert_cmpmem(head, 9, "#74194240", 9);
	bench_receive_bytes(to, block, 65535 * 16 * 4 + 1);
	g_assert_cmpuint(block[65535 * 16 * 4], ==, '\n');
	struct rd rd = rd_init(block, 65535 * 16 * 4);
	double low = G_MAXDOUBLE;
	double high = -G_MAXDOUBLE;
	for (guint i = 0; i < 65535 * 16; i++) {
		float value = rd_lef32(&rd);
		low = MIN(low, value);
		high = MAX(high, value);
	}
	expect_between((high - low) / oma_w, 1.0, 2.0);
	bench_disconnect(to);
}

static void check_bert(struct bench_process *bench)
{
	struct bench_socket *to = bench_connect(bench, "bert1");
	struct bench_socket *attenuator = bench_connect(bench, "attenuator1");
	g_autoptr(GString) setup =
		g_string_new("*RST;:SOUR:FREQ 'M1.ClkGen',53.125e9;FREQ 'M2.ClkGen',26.5625e9");

	for (int i = 1; i <= 8; i++)
		g_string_append_printf(setup,
		                       ";:DATA:LIN:VAL 'M1.DataOut%d',PAM4;VAL 'M2.DataIn%d',PAM4",
		                       i, i);
	for (int i = 1; i <= 4; i++)
		g_string_append_printf(setup, ";:OUTP:STAT 'M1.DataOut%d',1", i);
	g_string_append(setup,
	                ";:DATA:SEQ:SET 'Generator',PRBS,'2^31-1';SET 'Analyzer',PRBS,'2^31-1';"
	                ":OUTP:GLOB 'M1.System',ON;*OPC?;:SYST:ERR?\n");
	bench_expect(to, setup->str, "1;0,\"No error\"");
	bench_expect(to, ":STAT:INST:SLOS? 'M2.DataIn3'\n", "1");
	bench_expect(attenuator, ":INP3:ATT 6;:OUTP3 1;:SYST:ERR?\n", "+0,\"No error\"");
	poll_until(attenuator, "*OPC?\n", "1");
	poll_until(to, ":STAT:INST:SLOS? 'M2.DataIn3'\n", "0");
	bench_expect(to, ":STAT:INST:SLOS? 'M2.DataIn1'\n", "1");
	/* An analyser at another rate than the host's hears nothing. */
	bench_expect(to, ":SOUR:FREQ 'M2.ClkGen',53.125e9;:STAT:INST:SLOS? 'M2.DataIn3'\n", "1");
	bench_expect(to, ":SOUR:FREQ 'M2.ClkGen',26.5625e9;:STAT:INST:SLOS? 'M2.DataIn3'\n", "0");

	bench_expect(to,
	             ":PLUG:ERAT:NEW 'a';NEW 'b';:PLUG:ERAT:ACQ:ALOC 'a','M2.DataIn3';"
	             "TIME 'a',1;ALOC 'b','M2.DataIn4';TIME 'b',1;:PLUG:ERAT:STAR 'a';STAR "
	             "'b';*OPC?\n",
	             "1");
	g_autofree char *reply = bench_ask(to, ":PLUG:ERAT:FETC:DATA? 'a'\n");
	g_auto(GStrv) fields = g_strsplit(reply, ",", -1);
	g_assert_cmpuint(g_strv_length(fields), ==, 6);
	g_assert_cmpfloat(number(fields[2]) + number(fields[3]), ==, 53.125e9);
	bench_expect(attenuator, ":OUTP3 0;:OUTP3?\n", "0");
	bench_expect(to, ":STAT:INST:SLOS? 'M2.DataIn3'\n", "1");
	bench_disconnect(attenuator);
	bench_disconnect(to);
}

static void test_light(struct bed *bed, gconstpointer data)
{
	struct bench_socket *fixture = bench_connect(&bed->bench, "fixture1");
	struct bench_socket *supply = bench_connect(&bed->bench, "supply1");

	bring_up(&bed->bench, fixture);
	expect_between(ask_number(supply, "MEAS:CURR? (@1)\n"), 1.5, 3.5);
	/* The module still warms up: slowly, while readings are compared. */
	bench_tell(&bed->bench, "{\"command\":\"time-scale\",\"scale\":20}");
	check_meter(&bed->bench);
	bench_tell(&bed->bench, "{\"command\":\"time-scale\",\"scale\":1000}");
	check_scope(&bed->bench);
	check_bert(&bed->bench);
	/* Supply off: no light any more. */
	bench_expect(supply, "OUTP 0,(@1);*OPC?\n", "1");
	struct bench_socket *meter = bench_connect(&bed->bench, "power_meter1");
	bench_expect(meter, "*RST;:INIT1:CONT 0;:SENS1:POW:UNIT 1;UNIT?\n", "+1");
	expect_between(ask_number(meter, ":READ1:POW?\n"), -1e-9, 1e-9);
	bench_disconnect(meter);
	bench_disconnect(supply);
	bench_disconnect(fixture);
}

/* --- faults
 * ------------------------------------------------------------------------------------------- */

static void arm(struct bed *bed, const char *instrument, const char *kind, int count)
{
	g_autofree char *request = g_strdup_printf("{\"command\":\"fault\",\"instrument\":\"%s\","
	                                           "\"kind\":\"%s\",\"count\":%d}",
	                                           instrument, kind, count);
	bench_tell(&bed->bench, request);
}

static void test_faults(struct bed *bed, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&bed->bench, "supply1");

	/* Silence shows in that the next reply belongs to the next question. */
	arm(bed, "supply", "silent", 1);
	bench_send(to, "SYST:VERS?\n");
	bench_expect(to, "VOLT? (@1)\n", "+0.00000000E+00");

	arm(bed, "supply1", "garbage", 1);
	g_autofree char *garbage = bench_ask(to, "VOLT? (@1)\n");
	g_assert_cmpstr(garbage, !=, "+0.00000000E+00");
	bench_expect(to, "VOLT? (@1)\n", "+0.00000000E+00");

	arm(bed, "supply1", "late", 1);
	bench_send(to, "SYST:VERS?\n");
	bench_expect(to, "VOLT? (@1)\n", "1999.0");
	g_autofree char *after = bench_receive(to);
	g_assert_cmpstr(after, ==, "+0.00000000E+00");

	arm(bed, "supply1", "split", 1);
	bench_expect(to, "SYST:VERS?\n", "1999.0");
	arm(bed, "supply1", "twice", 1);
	bench_expect(to, "SYST:VERS?\n", "1999.0");
	g_autofree char *again = bench_receive(to);
	g_assert_cmpstr(again, ==, "1999.0");

	arm(bed, "supply1", "queue-error", 1);
	bench_expect(to, "VOLT 1,(@1);VOLT? (@1)\n", "+1.00000000E+00");
	bench_expect(to, "SYST:ERR?\n", "-310,\"System error (injected)\"");
	bench_expect(to, "SYST:ERR?\n", "+0,\"No error\"");

	arm(bed, "supply1", "silent", 0);
	arm(bed, "supply1", "clear", 0);
	bench_expect(to, "SYST:VERS?\n", "1999.0");

	arm(bed, "supply1", "disconnect", 1);
	bench_send(to, "VOLT? (@1)\n");
	g_assert_null(bench_receive(to));
	bench_disconnect(to);
	to = bench_connect(&bed->bench, "supply1");
	bench_expect(to, "VOLT? (@1)\n", "+1.00000000E+00");
	bench_disconnect(to);

	/* The thermal head has no queue but an error register. */
	to = bench_connect(&bed->bench, "thermal1");
	arm(bed, "thermal1", "queue-error", 1);
	bench_expect(to, "HEAD?\n", "0");
	bench_expect(to, "EROR?;CLER;EROR?\n", "8;0");
	bench_disconnect(to);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define BED(name, function)                                                                        \
	g_test_add("/bench/light/" name, struct bed, NULL, bed_set_up, function, bed_tear_down)
	BED("light", test_light);
	BED("faults", test_faults);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/bench_bed.h"

#include "base/bytes.h"
#include "base/number.h"

#include <signal.h>

/*
 * The simulated instruments as seen from the wire: bytes typed from the makers' manuals, through
 * real sockets, with the one physical model behind them.
 */

/* --- each instrument alone
 * ------------------------------------------------------------------------ */

static void test_identity(struct bed *bed, gconstpointer data)
{
	static const struct {
		const char *name;
		const char *idn;
		const char *no_error;
	} rows[] = {
		{"scope1", "Keysight Technologies,N1000A,", "+0,\"No error\""},
		{"power_meter1", "Keysight Technologies,N7745A,", "+0,\"No error\""},
		{"attenuator1", "Keysight Technologies,N7764A,", "+0,\"No error\""},
		{"bert1", "Keysight Technologies,M8070B,", "0,\"No error\""},
		{"supply1", "Keysight Technologies,E36312A,", "+0,\"No error\""},
		{"switch1", "Santec,OSX-100,", "0,\"No error\""},
	};
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct bench_socket *to = bench_connect(&bed->bench, rows[i].name);
		g_autofree char *idn = bench_ask(to, "*IDN?\n");
		g_test_message("%s: %s", rows[i].name, idn);
		g_assert_true(g_str_has_prefix(idn, rows[i].idn));
		bench_expect(to, "SYST:ERR?\r\n", rows[i].no_error);
		bench_expect(to, "BLAH:FOO 1;*IDN?\n:SYST:ERR?\n", "-113,\"Undefined header\"");
		bench_expect(to, ":system:error:next?\n", rows[i].no_error);
		bench_disconnect(to);
	}
}

/* What an instrument replies while something moves, and it moves slowly enough to be seen. */
static void expect_moving(struct bed *bed, struct bench_socket *to, const char *bytes,
                          const char *reply)
{
	bench_tell(&bed->bench, "{\"command\":\"time-scale\",\"scale\":0.1}");
	bench_expect(to, bytes, reply);
	bench_tell(&bed->bench, "{\"command\":\"time-scale\",\"scale\":1000}");
}

static void test_power_meter(struct bed *bed, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&bed->bench, "power_meter1");
	char head[4];
	guint8 block[33];

	bench_expect(to, ":SENS1:POW:WAV 1310NM;:SENS1:POW:WAV?\n", "+1.31000000E-006");
	bench_expect(to, ":SENS1:POW:WAV? MIN\n", "+8.00000000E-007");
	bench_expect(to, ":SENS2:CHAN1:POW:UNIT 1;:SENS2:POW:UNIT?;:SENS1:POW:UNIT?\n", "+1;+0");
	bench_expect(to, ":SENS:POW:UNIT:ALL:CSV?\n", "0,1,0,0,0,0,0,0,");
	bench_expect(to, ":SENS3:POW:ATIM 0.12;:SENS3:POW:ATIM?\n", "+1.00000000E-001");
	bench_expect(to, ":SENS1:POW:RANG -14DBM;RANG?;RANG:AUTO?\n", "-1.00000000E+001;0");
	bench_expect(to, ":INIT1:IMM;:SYST:ERR?\n", "-213,\"Init ignored\"");
	bench_expect(to, ":SENS9:POW:WAV 1310NM\n:SYST:ERR?\n",
	             "-114,\"Header suffix out of range\"");
	bench_expect(to, ":SENS1:POW:WAV 1.31;:SYST:ERR?\n", "-222,\"Data out of range\"");
	bench_expect(to, ":INIT1:CONT 0;:INIT1:IMM;:FETC1:POW?;:SYST:ERR?\n",
	             "+9.91E+37;-231,\"Data questionable (StatValNYetAcc)\"");
	bench_expect(to, "*CLS;:CONF:MEAS:SETT:PRES;:SYST:ERR?\n", "+0,\"No error\"");

	/* Eight float32, little endian, in watts, LF behind the block: dark, so about nothing. */
	for (int slot = 1; slot <= 8; slot++) {
		g_autofree char *single = g_strdup_printf(":INIT%d:CONT 0\n", slot);
		bench_send(to, single);
	}
	bench_send(to, ":READ:POW:ALL?\n");
	bench_receive_bytes(to, head, 4);
	g_assert_cmpmem(head, 4, "#232", 4);
	bench_receive_bytes(to, block, sizeof(block));
	g_assert_cmpuint(block[32], ==, '\n');
	struct rd rd = rd_init(block, 32);
	for (int i = 0; i < 8; i++)
		expect_between(rd_lef32(&rd), -1e-9, 1e-9);

	bench_expect(to, ":SENS1:CORR:COLL:ZERO:ALL;*OPC?\n", "0");
	poll_until(to, "*OPC?\n", "1");
	bench_expect(to, ":SENS1:CORR:COLL:ZERO:ALL?\n", "+0");

	bench_expect(to, ":SENS1:FUNC:PAR:LOGG 3,10;:SENS1:FUNC:STAT LOGG,STAR;STAT?\n",
	             "LOGGING_STABILITY,PROGRESS");
	poll_until(to, ":SENS1:FUNC:STAT?\n", "LOGGING_STABILITY,COMPLETE");
	bench_send(to, ":SENS1:FUNC:RES?\n");
	bench_receive_bytes(to, head, 4);
	g_assert_cmpmem(head, 4, "#212", 4);
	bench_receive_bytes(to, block, 13);
	bench_disconnect(to);
}

/* The first byte that arrives clears the output queue of an N77xx. */
static void test_interrupted(struct bed *bed, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&bed->bench, "attenuator1");
	bench_expect(to, ":INP1:ATT?\n:INP1:WAV?\n", "+1.55000000E-006");
	bench_expect(to, ":SYST:ERR?\n", "-410,\"Query INTERRUPTED\"");
	bench_disconnect(to);
}

static void test_attenuator(struct bed *bed, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&bed->bench, "attenuator1");
	bench_expect(to, ":OUTP3?;:INP3:ATT?\n", "0;+0.00000000E+000");
	expect_moving(bed, to, ":OUTP3 1;:INP3:ATT 12.5;:OUTP3:STAT?;*OPC?\n", "1;0");
	poll_until(to, "*OPC?\n", "1");
	bench_expect(to, ":INP3:ATT?;:INP3:ATT? MAX\n", "+1.25000000E+001;+4.50000000E+001");
	bench_expect(to, ":INP3:ATT 50;:INP3:ATT?;:SYST:ERR?\n",
	             "+1.25000000E+001;-222,\"Data out of range\"");
	bench_expect(to, ":INP3:OFFS 1DB;:INP3:ATT?\n", "+1.35000000E+001");
	bench_expect(to, ":STAT3:OPER:COND?;:STAT1:OPER:COND?\n", "+48;+0");
	bench_expect(to, ":INP2:ATT 1;:SYST:ERR?\n", "-303,\"Slot empty\"");
	bench_disconnect(to);

	g_autoptr(JsonObject) state =
		bench_control(&bed->bench, "{\"command\":\"state\",\"site\":1}");
	JsonArray *db = json_object_get_array_member(state, "attenuator_db");
	JsonArray *open = json_object_get_array_member(state, "attenuator_open");
	g_assert_cmpfloat(json_array_get_double_element(db, 1), ==, 12.5);
	g_assert_true(json_array_get_boolean_element(open, 1));
	g_assert_false(json_array_get_boolean_element(open, 0));
}

static void test_switch(struct bed *bed, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&bed->bench, "switch1");
	bench_expect(to, "MODule:CATalog?\n", "\"SX 1Ax16\"");
	bench_expect(to, "CFG:SWT:END?;:MOD:NUM?;:MOD0:INFO?\n", "16;1;\"SX 1Ax16\"");
	expect_moving(bed, to, "ROUT1:CHAN 3;:STAT:OPER:COND?;*OPC?\n", "2;1");
	poll_until(to, ":STAT:OPER:COND?\n", "0");
	bench_expect(to, "ROUT1:CHAN?;:CLOS?\n", "3;3");
	bench_expect(to, "CLOS;CLOS?;CLOS;CLOS?\n", "4;5");
	bench_expect(to, "ROUT1:CHAN 17;:SYST:ERR?\n", "-222,\"Data out of range\"");
	bench_expect(to, "ROUT2:CHAN 1\n:SYST:ERR?\n", "-114,\"Header suffix out of range\"");
	bench_disconnect(to);
}

static void test_supply(struct bed *bed, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&bed->bench, "supply1");
	bench_expect(to, "VOLT 3.3,(@1);CURR 1.5,(@1);VOLT? (@1);CURR? (@1)\n",
	             "+3.30000000E+00;+1.50000000E+00");
	bench_expect(to, ":INST:NSEL 2;:SOUR:VOLT 5.000000;:SOUR:VOLT?;:INST?\n",
	             "+5.00000000E+00;CH2");
	bench_expect(to, "VOLT? (@1,2)\n", "+3.30000000E+00,+5.00000000E+00");
	bench_expect(to, "VOLT? MAX,(@1);:SOUR:VOLT? MAX\n", "+6.18000000E+00;+2.57500000E+01");
	bench_expect(to, "VOLT 7,(@1);VOLT?(@1);SYST:ERR?\n",
	             "+3.30000000E+00;-222,\"Data out of range\"");
	bench_expect(to, "VOLT 1,(@4);SYST:ERR?\n", "-222,\"Data out of range\"");
	bench_expect(to, "OUTP 1,(@1);*OPC?;OUTP? (@1);:STAT:QUES:INST:ISUM1:COND?\n", "1;1;+2");
	expect_between(ask_number(to, "MEAS:VOLT? (@1)\n"), 3.29, 3.31);
	expect_between(ask_number(to, "MEAS:CURR? (@1)\n"), -0.001, 0.001);
	/* Over-voltage protection switches off and keeps it so until cleared. */
	bench_expect(to, "VOLT:PROT 3,(@1);:OUTP? (@1);:VOLT:PROT:TRIP? (@1)\n", "0;1");
	bench_expect(to, "OUTP 1,(@1);:OUTP? (@1);:SYST:ERR?\n",
	             "0;-221,\"Settings conflict (protection tripped)\"");
	bench_expect(to, "VOLT:PROT 5,(@1);:OUTP:PROT:CLE (@1);:OUTP 1,(@1);:OUTP? (@1)\n", "1");
	bench_expect(to, "*RST;OUTP? (@1);:SYST:ERR?\n", "0;+0,\"No error\"");
	bench_disconnect(to);
}

static void test_bert(struct bed *bed, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&bed->bench, "bert1");
	bench_expect(to, ":OUTP:STAT? 'M1.DataOut1';:OUTP:GLOB? 'M1.System'\n", "0;0");
	bench_expect(to, ":SOUR:FREQ 'M1.ClkGen',26.5625e9;FREQ? 'M1.ClkGen'\n", "2.65625000E+10");
	/* Both generators of a pair in one message, or it is rejected. */
	bench_expect(to, ":DATA:LIN:VAL 'M1.DataOut1',PAM4\n:DATA:LIN:VAL? 'M1.DataOut1'\n", "NRZ");
	bench_expect(to, ":SYST:ERR?\n",
	             "-221,\"Settings conflict (line coding of two generators)\"");
	bench_expect(to,
	             ":DATA:LIN:VAL 'M1.DataOut1',PAM4;:DATA:LIN:VAL 'M1.DataOut2',PAM4\n"
	             ":DATA:LIN:VAL? 'M1.DataOut1'\n",
	             "PAM4");
	bench_expect(to,
	             ":DATA:SEQ:SET \"Generator\",PRBS,\"2^31-1\";:DATA:SEQ:SET? \"Generator\"\n",
	             "PRBS,\"2^31-1\"");
	bench_expect(to, ":DATA:SEQ:SET \"Generator\",PRBS,\"2^30-1\";:SYST:ERR?\n",
	             "-224,\"Illegal parameter value (PRBS)\"");
	bench_expect(to, ":OUTP:STAT 'M3.DataOut1',1;:SYST:ERR?\n",
	             "-224,\"Illegal parameter value (location)\"");
	bench_expect(to, ":DATA:SEQ:VAL \"Generator\",#16<x>\n;>;VAL? \"Generator\"\n", "#16<x>");
	g_autofree char *rest = bench_receive(to);
	g_assert_cmpstr(rest, ==, ";>");
	bench_expect(to, ":OUTP:DEEM:PREC1 'M1.DataOut2',-3;PREC1? 'M1.DataOut2'\n",
	             "-3.00000000E+00");
	bench_expect(to,
	             ":OUTP:DEEM:CURS:MAGN1 'M1.DataOut2',0.25;MAGN1? 'M1.DataOut2';"
	             ":SOUR:INT:RAND:AMPL 'M1.DataOut2',0.01;AMPL? 'M1.DataOut2';"
	             ":SOUR:INT:RAND:STAT? 'M1.DataOut2'\n",
	             "2.50000000E-01;1.00000000E-02;0");
	bench_expect(to, ":STAT:INST:SLOS? 'M2.DataIn1';:STAT:INST:RUN:WAIT? 'M1.System'\n", "1;1");
	bench_expect(to, ":INP:ALIG:STAT:VAL? 'M2.DataIn1'\n", "UNKNOWN");
	expect_moving(bed, to, ":INP:ALIG:EYE:AUTO 'M2.DataIn1';:INP:ALIG:STAT:VAL? 'M2.DataIn1'\n",
	              "INPROGRESS");
	poll_until(to, ":INP:ALIG:STAT:VAL? 'M2.DataIn1'\n", "FAILED");

	/* Nothing arrives: the gate has its time, and nothing is compared. */
	bench_expect(to, ":PLUG:ERAT:NEW 'a';:PLUG:ERAT:CAT?\n", "\"a\"");
	bench_expect(to,
	             ":PLUG:ERAT:ACQ:ALOC 'a','M2.DataIn1';AEND 'a',FDUR;DUR 'a',FTIM;"
	             "TIME 'a',10;HIST 'a',1;TIME? 'a'\n",
	             "1.00000000E+01");
	expect_moving(bed, to, ":PLUG:ERAT:STAR 'a';RUN? 'a'\n", "1");
	bench_expect(to, "*OPC?\n", "1");
	bench_expect(to, ":PLUG:ERAT:FETC:DATA? 'a'\n", "(\"M2.DataIn1\",10,0,0,0,0)");
	bench_expect(to, ":PLUG:ERAT:DEL 'a';STAR 'a';:SYST:ERR?\n",
	             "-224,\"Illegal parameter value (measurement)\"");
	bench_expect(to, "SYST:ERR?\n", "0,\"No error\"");
	bench_disconnect(to);
}

static void test_scope(struct bed *bed, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&bed->bench, "scope1");
	bench_expect(to, ":SYSTem:DEFault;*OPC?\n", "1");
	bench_expect(to, ":SYST:MODE?;:SYST:BORD?;:CHAN1A:PRES?\n", "OSC;BEND;1");
	bench_expect(to,
	             ":CHAN1A:FILTer ON;:CHAN1A:FSELect:RATe 5.3125E+10;:CHAN1A:FILT?;FSEL:RAT?\n",
	             "1;5.3125000000E+10");
	bench_expect(to, ":TIM:BRATe 5.3125E10;:TRIG:PLEN 65535;PLOC ON;*OPC?;:TRIG:PLOC?\n",
	             "1;0");
	bench_expect(to, ":SYST:ERR?\n", "-200,\"Execution error (pattern lock failed)\"");
	bench_expect(to, ":MEAS:EYE:TDEQ:SOUR FUNC1;:MEAS:EYE:TDEQ?;TDEQ:STAT?\n", "9.91E+37;INV");
	expect_moving(bed, to,
	              ":LTEST:ACQ:STAT ON;CTYP PATT;CTYP:PATT 4;:ACQ:RUN;:STAT:ACQ:EVEN?\n", "0");
	bench_expect(to, "*OPC?;:STAT:ACQ:EVEN?;EVEN?\n", "1;1;0");
	bench_expect(to, ":WAV:XYF:FLO:POIN?\n", "0");
	bench_expect(to, ":WAV:XYF:FLO:YDAT?\n", "#10");
	bench_expect(to, ":SYST:ERR?\n", "-230,\"Data corrupt or stale (no waveform)\"");
	bench_expect(to, ":SPR1:TEQ:PRES 'any name';PRES?;TAPS:COUN?\n", "\"any name\";5");
	bench_expect(to, ":FUNC17:FOP TEQ\n:SYST:ERR?\n", "-114,\"Header suffix out of range\"");
	bench_expect(to, ":CAL:DARK:CHAN1A:STAT?;STAR;:CAL:SDON?\n",
	             "\"CALIBRATED\";\"Remove all light from channel 1A, then continue.\"");
	bench_expect(to, ":CAL:CONT;SDON?;:CAL:SDON?\n",
	             "\"Calibration is done.\";\"No calibration is running.\"");
	bench_disconnect(to);
}

static void test_thermal(struct bed *bed, gconstpointer data)
{
	struct bench_socket *to = bench_connect(&bed->bench, "thermal1");
	g_autofree char *idn = bench_ask(to, "*IDN?\n");
	g_assert_nonnull(strstr(idn, "ATS-545"));
	bench_expect(to, "%RM\nWHAT?\n", "10");
	bench_expect(to, "TECR?\n", "2");
	bench_expect(to, "ULIM 100\nSETN 0\nSETP 120\nSETP?\n", "85.0");
	bench_expect(to, "*ESR?\n", "16");
	bench_expect(to, "NEXT 1\n*ESR?\n", "32");
	bench_expect(to, "BLAH\n*ESR?\n", "32");
	bench_expect(to, "TMPD?\n", "999.9");
	bench_expect(to, "SETP 70;WNDW 2;SOAK 10;DUTM 1;HEAD 1;FLOW 1;HEAD?\n", "1");
	bench_expect(to, "AUXC?\n", "368");
	gint64 end_us = g_get_monotonic_time() + BENCH_TIMEOUT_S * G_USEC_PER_SEC;
	for (;;) {
		g_autofree char *bits = bench_ask(to, "TECR?\n");
		if ((int)number(bits) & 1)
			break;
		g_assert_cmpint(g_get_monotonic_time(), <, end_us);
	}
	expect_between(ask_number(to, "TEMP?\n"), 68, 72);
	/* The watch-dog for a lost link: the flow ends by itself. */
	bench_send(to, "TTIM 1\n");
	poll_until(to, "FLOW?\n", "0");
	bench_expect(to, "TECR?\n", "38");
	bench_disconnect(to);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define BED(name, function)                                                                        \
	g_test_add("/bench/instruments/" name, struct bed, NULL, bed_set_up, function,             \
	           bed_tear_down)
	BED("identity", test_identity);
	BED("power_meter", test_power_meter);
	BED("interrupted", test_interrupted);
	BED("attenuator", test_attenuator);
	BED("switch", test_switch);
	BED("supply", test_supply);
	BED("bert", test_bert);
	BED("scope", test_scope);
	BED("thermal", test_thermal);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/faults.h"
#include "bench/scpi.h"

#include <math.h>
#include <string.h>

/* A small device: what the engine does with messages, errors, status and settings. */
struct toy {
	double level;
	guint condition;
	gboolean busy;
};

static void run_level(struct scpi_call *call)
{
	struct toy *toy = scpi_instrument(call);
	double value = 0.0;
	if (scpi_take_number(call, "V", 0, 10, 5, &value) && scpi_end(call))
		toy->level = value;
}

static void run_level_query(struct scpi_call *call)
{
	const struct toy *toy = scpi_instrument(call);
	scpi_reply_exp(call, toy->level, 8, 3, TRUE);
}

static void run_pair(struct scpi_call *call)
{
	scpi_reply_int(call, scpi_suffix(call, 0, 7));
	scpi_reply_quoted(call, "two");
}

static void run_block(struct scpi_call *call)
{
	scpi_reply_block(call, "a\nb", 3);
}

static void run_condition(struct scpi_call *call)
{
	struct toy *toy = scpi_instrument(call);
	int bits = 0;
	if (scpi_take_int(call, 0, 65535, &bits))
		toy->condition = (guint)bits;
}

static const struct scpi_row rows[] = {
	{"SOURce:LEVel", run_level, 0},       {"SOURce:LEVel?", run_level_query, 0},
	{"SOURce:PAIR#?", run_pair, 0},       {"BLOCk?", run_block, 0},
	{"TEST:CONDition", run_condition, 0},
};

static const struct setting setting_rows[] = {
	{"OUTPut#:STATe", SETTING_BOOL, NULL, 0, 1, 0, NULL, 1, 4, NULL},
	{"MODE", SETTING_CHOICE, NULL, 0, 0, 1, "FIRST SECond", 0, 0, NULL},
	{"TITLe", SETTING_TEXT, NULL, 0, 0, 0, "none", 0, 0, NULL},
	{"RATE", SETTING_NUMBER, "HZ", 1, 100e9, 10, NULL, 0, 0, "L"},
};

static int locate(const char *text, const char *classes)
{
	return strcmp(text, "M1.A") == 0 ? 1 : strcmp(text, "M1.B") == 0 ? 2 : -1;
}

static const struct settings_model settings_model = {
	.rows = setting_rows,
	.n_rows = G_N_ELEMENTS(setting_rows),
	.decimals = 3,
	.exponent_digits = 2,
	.wrong_place = -303,
	.locate = locate,
};

static guint operation(void *instrument)
{
	const struct toy *toy = instrument;
	return toy->condition;
}

static gboolean busy(void *instrument)
{
	const struct toy *toy = instrument;
	return toy->busy;
}

static const struct scpi_model model = {
	.rows = rows,
	.n_rows = G_N_ELEMENTS(rows),
	.queue_depth = 3,
	.plus_sign = TRUE,
	.completion = SCPI_OPC_POLLED,
	.busy = busy,
	.operation = operation,
	.settings = &settings_model,
};

struct bed {
	struct toy toy;
	struct faults *faults;
	struct scpi_device *device;
};

static void set_up(struct bed *bed, gconstpointer data)
{
	bed->faults = faults_new();
	bed->device = scpi_device_new(&model, "Maker,Toy,1,2", &bed->toy, bed->faults);
}

static void tear_down(struct bed *bed, gconstpointer data)
{
	scpi_device_free(bed->device);
	faults_free(bed->faults);
}

static char *ask(struct bed *bed, const char *message)
{
	g_autoptr(GByteArray) reply = g_byte_array_new();
	scpi_device_execute(bed->device, message, strlen(message), reply);
	return reply->len > 0 ? g_strndup((const char *)reply->data, reply->len) : g_strdup("");
}

static void expect(struct bed *bed, const char *message, const char *reply)
{
	g_autofree char *got = ask(bed, message);
	g_test_message("%s", message);
	g_assert_cmpstr(got, ==, reply);
}

static void test_messages(struct bed *bed, gconstpointer data)
{
	expect(bed, "*IDN?\n", "Maker,Toy,1,2\n");
	expect(bed, ":sour:lev 2.5;lev?\n", "+2.50000000E+000\n");
	expect(bed, "SOUR:PAIR3?;LEV 1MV;*OPC?;LEV?\r\n", "3,\"two\";1;+1.00000000E-003\n");
	expect(bed, "SOUR:LEV MAX;LEV?;:SOUR:PAIR?\n", "+1.00000000E+001;7,\"two\"\n");
	expect(bed, "BLOC?;*IDN?\n", "#13a\nb;Maker,Toy,1,2\n");
	expect(bed, " \n", "");
	expect(bed, "SYST:ERR?\n", "+0,\"No error\"\n");
}

static void test_errors(struct bed *bed, gconstpointer data)
{
	static const struct {
		const char *message;
		const char *reply;
		const char *error; /* how it begins */
	} cases[] = {
		{"FOO\n", "", "-113,\"Undefined header\""},
		{"FOO?;*IDN?\n", "", "-113,"},
		{"LEV?\n", "", "-113,"},
		{"SOUR:LEV 11;LEV?\n", "+0.00000000E+000\n", "-222,\"Data out of range\""},
		{"SOUR:LEV\n", "", "-109,\"Missing parameter\""},
		{"SOUR:LEV 1,2\n", "", "-108,\"Parameter not allowed\""},
		{"SOUR:LEV 1A\n", "", "-131,\"Invalid suffix\""},
		{"SOUR:LEV 'x'\n", "", "-104,\"Data type error\""},
		{"SOUR:LEV 'x\n", "", "-151,\"Invalid string data\""},
		{"MODE THIRD\n", "", "-224,\"Illegal parameter value\""},
		{"OUTP5:STAT 1\n", "", "-303,\"Slot empty\""},
		{"OUTP1:STAT MAYBE\n", "", "-224,"},
		{"RATE 'M1.C',5\n", "", "-224,"},
	};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		expect(bed, cases[i].message, cases[i].reply);
		g_autofree char *error = ask(bed, "SYST:ERR?\n");
		g_assert_true(g_str_has_prefix(error, cases[i].error));
		expect(bed, "SYST:ERR?\n", "+0,\"No error\"\n");
	}
}

/* The last entry of a full queue becomes -350. */
static void test_overflow(struct bed *bed, gconstpointer data)
{
	for (int i = 0; i < 5; i++)
		expect(bed, "FOO\n", "");
	expect(bed, "SYST:ERR:COUN?\n", "+3\n");
	expect(bed, "SYST:ERR?;ERR?;ERR?;ERR?\n",
	       "-113,\"Undefined header\";-113,\"Undefined header\";-350,\"Queue overflow\";"
	       "+0,\"No error\"\n");
	expect(bed, "FOO\n", "");
	expect(bed, "*CLS;SYST:ERR?\n", "+0,\"No error\"\n");
}

static void test_status(struct bed *bed, gconstpointer data)
{
	expect(bed, "*ESR?\n", "+0\n");
	expect(bed, "FOO\n", "");
	expect(bed, "SOUR:LEV 99\n", "");
	expect(bed, "*OPC\n", "");
	expect(bed, "*STB?\n", "+4\n");
	expect(bed, "*ESE 32;*SRE 36;*STB?\n", "+100\n");
	expect(bed, "*ESR?;*ESR?\n", "+49;+0\n");
	expect(bed, "*CLS;*STB?\n", "+0\n");
	expect(bed, "TEST:COND 8;:STAT:OPER:COND?;EVEN?;EVEN?\n", "+8;+8;+0\n");
	expect(bed, "TEST:COND 0;:STAT:OPER:COND?\n", "+0\n");
	expect(bed, "STAT:OPER:ENAB 8;:TEST:COND 8\n", "");
	expect(bed, "*STB?\n", "+128\n");
	bed->toy.busy = TRUE;
	expect(bed, "*OPC?\n", "0\n");
	bed->toy.busy = FALSE;
	expect(bed, "*OPC?\n", "1\n");
}

static void test_settings(struct bed *bed, gconstpointer data)
{
	expect(bed, "OUTP2:STAT ON;:OUTP2:STAT?;:OUTP:STAT?;:OUTP3:STAT?\n", "1;0;0\n");
	expect(bed, "MODE?;MODE FIRST;MODE?\n", "SEC;FIRST\n");
	expect(bed, "TITL?;TITL 'a;b';TITL?\n", "\"none\";\"a;b\"\n");
	expect(bed, "RATE 'M1.A',2GHZ;RATE? 'M1.A';RATE? \"M1.B\";RATE? 'M1.A',MAX\n",
	       "2.000E+09;1.000E+01;1.000E+11\n");
	expect(bed, "SYST:ERR?\n", "+0,\"No error\"\n");
	settings_reset(scpi_device_settings(bed->device));
	expect(bed, "OUTP2:STAT?;:MODE?\n", "0;SEC\n");
}

static void test_injected(struct bed *bed, gconstpointer data)
{
	faults_arm(bed->faults, FAULT_QUEUE_ERROR, 1);
	expect(bed, "SYST:ERR?\n", "+0,\"No error\"\n");
	expect(bed, "*CLS\n", "");
	expect(bed, "SYST:ERR?\n", "-310,\"System error (injected)\"\n");
	expect(bed, "*IDN?\n", "Maker,Toy,1,2\n");
	expect(bed, "SYST:ERR?\n", "+0,\"No error\"\n");
}

static void test_formats(void)
{
	static const struct {
		double value;
		int decimals, digits;
		gboolean plus;
		const char *text;
	} cases[] = {
		{1.31e-6, 8, 3, TRUE, "+1.31000000E-006"},
		{6.734e-4, 8, 2, TRUE, "+6.73400000E-04"},
		{-12.5, 3, 2, FALSE, "-1.250E+01"},
		{0, 2, 3, FALSE, "0.00E+000"},
		{1e-150, 1, 2, FALSE, "1.0E-150"},
		{NAN, 8, 3, FALSE, "9.91E+37"},
		{INFINITY, 8, 3, TRUE, "+9.9E+37"},
		{-INFINITY, 8, 3, TRUE, "-9.9E+37"},
	};
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = scpi_format_exp(cases[i].value, cases[i].decimals,
		                                        cases[i].digits, cases[i].plus);
		g_assert_cmpstr(text, ==, cases[i].text);
	}
}

static void test_faults(void)
{
	struct faults *faults = faults_new();
	enum fault kind = FAULT_SILENT;

	g_assert_false(faults_kind("loud", &kind));
	g_assert_true(faults_kind("garbage", &kind));
	g_assert_cmpint(kind, ==, FAULT_GARBAGE);
	g_assert_false(faults_take(faults, FAULT_GARBAGE));
	faults_arm(faults, FAULT_GARBAGE, 2);
	g_assert_true(faults_take(faults, FAULT_GARBAGE));
	g_assert_false(faults_take(faults, FAULT_SILENT));
	g_assert_true(faults_take(faults, FAULT_GARBAGE));
	g_assert_false(faults_take(faults, FAULT_GARBAGE));
	faults_arm(faults, FAULT_SILENT, 0);
	for (int i = 0; i < 10; i++)
		g_assert_true(faults_take(faults, FAULT_SILENT));
	faults_clear(faults);
	g_assert_false(faults_take(faults, FAULT_SILENT));
	g_assert_false(faults_take(NULL, FAULT_SILENT));
	faults_free(faults);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
#define BED(name, function) g_test_add(name, struct bed, NULL, set_up, function, tear_down)
	BED("/bench/scpi/messages", test_messages);
	BED("/bench/scpi/errors", test_errors);
	BED("/bench/scpi/overflow", test_overflow);
	BED("/bench/scpi/status", test_status);
	BED("/bench/scpi/settings", test_settings);
	BED("/bench/scpi/injected", test_injected);
	g_test_add_func("/bench/scpi/formats", test_formats);
	g_test_add_func("/bench/scpi/faults", test_faults);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/instruments_scpi_instrument.h"

#include <math.h>

/* ---- settings ---- */

static void test_commands(void)
{
	struct fixture f = {0};
	GError *error = NULL;
	fixture_start(&f, NULL, 0, NULL);
	scpi_command(f.scpi, &f.bounds, &error, ":ROUT%u:CLOS (@%d,%s)", 1u, 3, "5%");
	g_assert_no_error(error);
	scpi_send(f.scpi, &f.bounds, &error, "INIT");
	g_assert_no_error(error);
	scpi_command_number(f.scpi, 1310e-9, 9, NULL, &f.bounds, &error, ":SENS%d:POW:WAV", 2);
	g_assert_no_error(error);
	scpi_command_number(f.scpi, -0.1, 17, "DBM", &f.bounds, &error, "POW");
	g_assert_no_error(error);
	fixture_stop(&f, ":ROUT1:CLOS (@3,5%)|:SYST:ERR?|INIT|:SENS2:POW:WAV 1.31e-6|:SYST:ERR?|"
	                 "POW -0.10000000000000001DBM|:SYST:ERR?");
}

static void test_commands_refused(void)
{
	struct fixture f = {0};
	fixture_start(&f, NULL, 0, NULL);
	/* The compiler checks formats it can see; these come from elsewhere. */
	static const char *const formats[] = {"V %f",  "V %.3e", "V %G", "V %'d",
	                                      "V %Lf", "V %*a",  "V %n"};
	for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
		g_autoptr(GError) error = NULL;
		const char *format = formats[i];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		g_assert_false(scpi_send(f.scpi, &f.bounds, &error, format, 1.0));
#pragma GCC diagnostic pop
		assert_error(error, STATION_ERROR_INTERNAL, "locale");
	}
	g_autoptr(GError) line_end = NULL;
	g_assert_false(scpi_send(f.scpi, &f.bounds, &line_end, "V%d?\nW?", 1));
	assert_error(line_end, STATION_ERROR_INTERNAL, "V1?\\nW?: a line end");
	static const double numbers[] = {NAN, INFINITY, -INFINITY};
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(scpi_command_number(f.scpi, numbers[i], 6, NULL, &f.bounds, &error,
		                                   "VOLT"));
		assert_error(error, STATION_ERROR_RANGE, "VOLT: not a number");
	}
	fixture_stop(&f, "");
}

static void test_error_queue(void)
{
	static const char *const several[] = {"-222,\"Data out of range;VOLT 9\"",
	                                      "-350,\"Queue overflow\"", NULL};
	struct fixture f = {.instrument.errors = several};
	g_autoptr(GError) error = NULL;
	fixture_start(&f, NULL, 0, NULL);
	g_assert_false(scpi_command(f.scpi, &f.bounds, &error, "VOLT 9"));
	assert_error(error, STATION_ERROR_INSTRUMENT,
	             "VOLT 9: -222,\"Data out of range;VOLT 9\"; -350,\"Queue overflow\"");
	/* The queue is empty now and the session was never lost. */
	g_assert_true(scpi_command(f.scpi, &f.bounds, NULL, "VOLT 3"));
	fixture_stop(&f, "VOLT 9|:SYST:ERR?|:SYST:ERR?|:SYST:ERR?|VOLT 3|:SYST:ERR?");
}

/* A queue that never ends is given up, one that is just full is not. */
static void test_error_depth(void)
{
	static const char *const full[] = {"-1,\"a\"", "-2,\"b\"", "-3,\"c\"", NULL};
	static const char *const endless[] = {"-1,\"a\"", "-2,\"b\"", "-3,\"c\"",
	                                      "-4,\"d\"", "-5,\"e\"", NULL};
	struct scpi_dialect dialect = scpi_dialect_standard;
	dialect.error_depth = 2;
	struct fixture f = {.instrument.errors = full};
	g_autoptr(GError) error = NULL;
	fixture_start(&f, NULL, 0, &dialect);
	g_assert_false(scpi_check_errors(f.scpi, &f.bounds, &error));
	assert_error(error, STATION_ERROR_INSTRUMENT, "-1,\"a\"; -2,\"b\"; -3,\"c\"");
	fixture_stop(&f, NULL);
	g_clear_error(&error);
	struct fixture g = {.instrument.errors = endless};
	fixture_start(&g, NULL, 0, &dialect);
	g_assert_false(scpi_check_errors(g.scpi, &g.bounds, &error));
	assert_error(error, STATION_ERROR_PROTOCOL, "does not end: -1,\"a\"; -2");
	fixture_stop(&g, ":SYST:ERR?|:SYST:ERR?|:SYST:ERR?|:SYST:ERR?");
}

/* A model without error queue, identity and *CLS. */
static void test_bare_dialect(void)
{
	static const struct scpi_dialect bare = {
		.name = "bare",
		.link = &link_settings_scpi,
		.opc = SCPI_OPC_ABSENT,
	};
	static const struct row rows[] = {{"LOST?", TEXT(""), CLOSES}, {"V?", TEXT("2\n"), ANSWER}};
	struct fixture f = {0};
	struct scpi_identity identity;
	double value;
	g_autoptr(GError) error = NULL;
	fixture_start(&f, rows, G_N_ELEMENTS(rows), &bare);
	g_assert_true(scpi_command(f.scpi, &f.bounds, NULL, "TTIM 5"));
	g_assert_true(scpi_check_errors(f.scpi, &f.bounds, NULL));
	g_assert_false(scpi_identify(f.scpi, &identity, &f.bounds, &error));
	assert_error(error, STATION_ERROR_UNSUPPORTED, "bare");
	g_clear_error(&error);
	g_assert_false(scpi_wait_opc(f.scpi, 1, &f.bounds, &error));
	assert_error(error, STATION_ERROR_UNSUPPORTED, "bare");
	g_assert_false(scpi_query_number(f.scpi, &value, &f.bounds, NULL, "LOST?"));
	g_assert_true(scpi_query_number(f.scpi, &value, &f.bounds, NULL, "V?"));
	fixture_stop(&f, "TTIM 5|LOST?|V?");
}

/* ---- completion ---- */

static void test_opc(void)
{
	struct scpi_dialect polled = scpi_dialect_standard;
	polled.opc = SCPI_OPC_POLLED;
	struct fixture f = {.instrument.opc_after = 2};
	g_autoptr(GError) error = NULL;
	fixture_start(&f, NULL, 0, &polled);
	scpi_wait_opc(f.scpi, 1e-4, &f.bounds, &error);
	g_assert_no_error(error);
	g_assert_false(scpi_wait_opc(f.scpi, 0, &f.bounds, &error));
	assert_error(error, STATION_ERROR_INTERNAL, "polls");
	fixture_stop(&f, "*OPC?|*OPC?|*OPC?");
}

static void test_opc_blocking(void)
{
	struct fixture f = {.instrument.opc_after = 1};
	g_autoptr(GError) error = NULL;
	fixture_start(&f, NULL, 0, NULL);
	g_assert_false(scpi_wait_opc(f.scpi, 0, &f.bounds, &error));
	assert_error(error, STATION_ERROR_PROTOCOL, "*OPC?: answered 0");
	g_assert_true(scpi_wait_opc(f.scpi, 0, &f.bounds, NULL));
	fixture_stop(&f, "*OPC?|*OPC?");
}

static void test_opc_ends(void)
{
	struct scpi_dialect polled = scpi_dialect_standard;
	polled.opc = SCPI_OPC_POLLED;
	struct fixture f = {.instrument.opc_after = G_MAXINT};
	g_autoptr(GError) error = NULL;
	fixture_start(&f, NULL, 0, &polled);
	struct bounds brief = {deadline_in_s(0.05), NULL};
	g_assert_false(scpi_wait_opc(f.scpi, 0.001, &brief, &error));
	assert_error(error, STATION_ERROR_TIMEOUT, "*OPC?");
	fixture_stop(&f, NULL);
}

/* ---- queries ---- */

/* clang-format off */
static const struct row query_rows[] = {
	{"S?",     TEXT("\"it's \"\"so\"\"\"\r\n"), ANSWER},
	{"NUL?",   TEXT("1,1,\0\n"),                ANSWER},
	{"N?",     TEXT("+1.31000000E-006\n"),      ANSWER},
	{"NAN?",   TEXT("9.91E37\n"),               ANSWER},
	{"OVER?",  TEXT("+9.9E+37\n"),              ANSWER},
	{"UNDER?", TEXT("-9.9E+37\n"),              ANSWER},
	{"DASH?",  TEXT("-------\n"),               ANSWER},
	{"EMPTY?", TEXT("\n"),                      ANSWER},
	{"TWO?",   TEXT("1,2\n"),                   ANSWER},
	{"I?",     TEXT("+8\n"),                    ANSWER},
	{"B?",     TEXT("1\n"),                     ANSWER},
	{"L?",     TEXT("1,9.91E37,-3\n"),          ANSWER},
	{"HOLE?",  TEXT("1,,3\n"),                  ANSWER},
	{"ZERO?",  TEXT("a\0b\n"),                  ANSWER},
};
/* clang-format on */

static void test_scalars(void)
{
	struct fixture f = {0};
	GError *error = NULL;
	g_autofree char *text = NULL;
	g_autofree char *nul = NULL;
	g_autofree char *empty = NULL;
	double number = 0;
	gint64 whole = 0;
	gboolean on = FALSE;
	fixture_start(&f, query_rows, G_N_ELEMENTS(query_rows), NULL);
	scpi_query_string(f.scpi, &text, &f.bounds, &error, "%c?", 'S');
	g_assert_no_error(error);
	g_assert_cmpstr(text, ==, "it's \"so\"");
	g_assert_true(scpi_query_string(f.scpi, &nul, &f.bounds, NULL, "NUL?"));
	g_assert_cmpstr(nul, ==, "1,1,");
	g_assert_true(scpi_query_string(f.scpi, &empty, &f.bounds, NULL, "EMPTY?"));
	g_assert_cmpstr(empty, ==, "");
	g_assert_true(scpi_query_number(f.scpi, &number, &f.bounds, NULL, "N?"));
	g_assert_cmpfloat(number, ==, 1.31e-6);
	g_assert_true(scpi_query_int(f.scpi, &whole, &f.bounds, NULL, "I?"));
	g_assert_cmpint(whole, ==, 8);
	g_assert_true(scpi_query_bool(f.scpi, &on, &f.bounds, NULL, "B?"));
	g_assert_true(on);
	fixture_stop(&f, "S?|NUL?|EMPTY?|N?|I?|B?");
}

struct no_number_row {
	const char *query;
	enum station_error code;
	const char *says;
};

/* clang-format off */
static const struct no_number_row no_number_rows[] = {
	{"NAN?",   STATION_ERROR_DATA,     "NAN?: no value"         },
	{"OVER?",  STATION_ERROR_RANGE,    "OVER?: over range"      },
	{"UNDER?", STATION_ERROR_RANGE,    "UNDER?: under range"    },
	{"DASH?",  STATION_ERROR_PROTOCOL, "DASH?: expected a number"},
	{"EMPTY?", STATION_ERROR_PROTOCOL, "EMPTY?: expected a number"},
	{"TWO?",   STATION_ERROR_PROTOCOL, "TWO?: expected a number"},
	{"ZERO?",  STATION_ERROR_PROTOCOL, "ZERO?: a NUL"           },
};
/* clang-format on */

static void test_no_number(void)
{
	struct fixture f = {0};
	fixture_start(&f, query_rows, G_N_ELEMENTS(query_rows), NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(no_number_rows); i++) {
		const struct no_number_row *row = &no_number_rows[i];
		double number = 7;
		g_autoptr(GError) error = NULL;
		g_assert_false(
			scpi_query_number(f.scpi, &number, &f.bounds, &error, "%s", row->query));
		assert_error(error, row->code, row->says);
		g_assert_cmpfloat(number, ==, 7);
		g_assert_true(scpi_query_number(f.scpi, &number, &f.bounds, NULL, "N?"));
	}
	struct scpi_value value;
	g_assert_true(scpi_query_value(f.scpi, &value, &f.bounds, NULL, "NAN?"));
	g_assert_cmpint(value.kind, ==, SCPI_VALUE_NONE);
	g_assert_true(isnan(value.value));
	fixture_stop(&f, NULL);
}

static void test_lists(void)
{
	struct fixture f = {0};
	struct scpi_value values[4] = {{.value = 7}};
	gsize count = 77;
	fixture_start(&f, query_rows, G_N_ELEMENTS(query_rows), NULL);
	static const char *const bad[] = {"HOLE?", "DASH?", "L?", "ZERO?"};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(scpi_query_number_list(f.scpi, values, 2, &count, &f.bounds, &error,
		                                      "%s", bad[i]));
		assert_error(error, STATION_ERROR_PROTOCOL, bad[i]);
		g_assert_cmpfloat(values[0].value, ==, 7);
		g_assert_cmpuint(count, ==, 77);
	}
	g_assert_false(scpi_query_number_list(f.scpi, values, 4, NULL, &f.bounds, NULL, "L?"));
	g_assert_true(scpi_query_number_list(f.scpi, values, 4, &count, &f.bounds, NULL, "L?"));
	g_assert_cmpuint(count, ==, 3);
	g_assert_true(scpi_query_number_list(f.scpi, values, 3, NULL, &f.bounds, NULL, "L?"));
	g_assert_cmpfloat(values[0].value, ==, 1);
	g_assert_cmpint(values[1].kind, ==, SCPI_VALUE_NONE);
	g_assert_cmpfloat(values[2].value, ==, -3);
	fixture_stop(&f, NULL);
}

/* ---- blocks ---- */

/* 1.0 and 2.5 in single precision; 0x0a within, and what is no number. */
/* clang-format off */
static const struct row block_rows[] = {
	{"LE?",    TEXT("#18\0\0\x80\x3f\0\0\x20\x40\n"),         ANSWER},
	{"BE?",    TEXT("#18\x3f\x80\0\0\x40\x20\0\0\n"),         ANSWER},
	{"OPEN?",  TEXT("#0\0\0\x80\x3f\n\n\n\n\n"),              ANSWER},
	{"RUN?",   TEXT("#0\0\0\x80\x3f\0\0\x20\x40\n"),         ANSWER},
	{"NAN?",   TEXT("#18\0\0\x80\x3f\0\0\xc0\x7f\n"),         ANSWER},
	{"MARK?",  TEXT("#18\0\0\x80\x3f\x4e\x1b\x95\x7e\n"),     ANSWER},
	{"INF?",   TEXT("#18\0\0\x80\xff\0\0\x80\x7f\n"),         ANSWER},
	{"ODD?",   TEXT("#17\0\0\x80\x3f\0\0\x20\n"),             ANSWER},
	{"NONE?",  TEXT("#10\n"),                                 ANSWER},
	{"TEXT?",  TEXT("1.0,2.5\n"),                             ANSWER},
	{"CUT?",   TEXT("#18\0\0\x80\x3f\0\0"),                   CLOSES},
	{"GARB?",  TEXT("#b8\0\0\x80\n"),                         ANSWER},
	{"LONG?",  TEXT("#6999999"),                              ANSWER},
	{"MANY?",  TEXT("#14abcd,#14abcd\n"),                     ANSWER},
};
/* clang-format on */

static void test_floats(void)
{
	struct fixture f = {0};
	GError *error = NULL;
	float values[4] = {0};
	gsize count = 0;
	gsize absent = 77;
	fixture_start(&f, block_rows, G_N_ELEMENTS(block_rows), NULL);
	scpi_query_float32(f.scpi, SCPI_LITTLE_ENDIAN, values, 4, &count, NULL, &f.bounds, &error,
	                   "LE?");
	g_assert_no_error(error);
	g_assert_cmpuint(count, ==, 2);
	g_assert_true(values[0] == 1.0f && values[1] == 2.5f);
	g_assert_true(scpi_query_float32(f.scpi, SCPI_BIG_ENDIAN, values, 2, NULL, &absent,
	                                 &f.bounds, NULL, "BE?"));
	g_assert_true(values[0] == 1.0f && values[1] == 2.5f && absent == 0);
	g_assert_true(scpi_query_float32(f.scpi, SCPI_LITTLE_ENDIAN, values, 2, NULL, NULL,
	                                 &f.bounds, NULL, "OPEN?"));
	g_assert_true(values[0] == 1.0f && values[1] > 0);
	g_assert_true(scpi_query_float32(f.scpi, SCPI_LITTLE_ENDIAN, values, 2, &count, NULL,
	                                 &f.bounds, NULL, "NONE?"));
	g_assert_cmpuint(count, ==, 0);
	fixture_stop(&f, "LE?|BE?|OPEN?|NONE?");
}

static void test_floats_absent(void)
{
	static const char *const queries[] = {"NAN?", "MARK?", "INF?"};
	struct fixture f = {0};
	fixture_start(&f, block_rows, G_N_ELEMENTS(block_rows), NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(queries); i++) {
		float values[2] = {7, 7};
		gsize absent = 0;
		g_autoptr(GError) error = NULL;
		g_assert_false(scpi_query_float32(f.scpi, SCPI_LITTLE_ENDIAN, values, 2, NULL, NULL,
		                                  &f.bounds, &error, "%s", queries[i]));
		assert_error(error, STATION_ERROR_DATA, "of 2 have no value");
		g_assert_true(values[0] == 7 && values[1] == 7);
		g_assert_true(scpi_query_float32(f.scpi, SCPI_LITTLE_ENDIAN, values, 2, NULL,
		                                 &absent, &f.bounds, NULL, "%s", queries[i]));
		g_assert_cmpuint(absent, ==, i == 2 ? 2 : 1);
		g_assert_true(isnan(values[1]));
	}
	fixture_stop(&f, "NAN?|NAN?|MARK?|MARK?|INF?|INF?");
}

struct bad_block_row {
	const char *query;
	gboolean exactly;
	gsize capacity;
	enum station_error code;
	const char *says;
};

/* clang-format off */
static const struct bad_block_row bad_block_rows[] = {
	{"ODD?",   FALSE, 2, STATION_ERROR_PROTOCOL,    "no whole number"    },
	{"ODD?",   TRUE,  2, STATION_ERROR_PROTOCOL,    "7 bytes, expected 8"},
	{"LE?",    FALSE, 1, STATION_ERROR_PROTOCOL,    "8 bytes, at most 4" },
	{"LE?",    TRUE,  3, STATION_ERROR_PROTOCOL,    "8 bytes, expected 12"},
	{"OPEN?",  FALSE, 4, STATION_ERROR_UNSUPPORTED, "indefinite"         },
	{"OPEN?",  TRUE,  1, STATION_ERROR_PROTOCOL,    "4 bytes more"       },
	{"RUN?",   TRUE,  1, STATION_ERROR_PROTOCOL,    "after a block"      },
	{"TEXT?",  FALSE, 2, STATION_ERROR_PROTOCOL,    "expected a definite"},
	{"TEXT?",  TRUE,  2, STATION_ERROR_PROTOCOL,    "expected a block"   },
	{"CUT?",   FALSE, 2, STATION_ERROR_IO,          "closed"             },
	{"CUT?",   TRUE,  2, STATION_ERROR_IO,          "closed"             },
	{"GARB?",  FALSE, 2, STATION_ERROR_PROTOCOL,    "expected a definite"},
	{"LONG?",  FALSE, 2, STATION_ERROR_PROTOCOL,    "longer"             },
	{"MANY?",  FALSE, 2, STATION_ERROR_PROTOCOL,    "more than one"      },
};
/* clang-format on */

static void test_bad_blocks(void)
{
	struct fixture f = {0};
	fixture_start(&f, block_rows, G_N_ELEMENTS(block_rows), NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(bad_block_rows); i++) {
		const struct bad_block_row *row = &bad_block_rows[i];
		float values[4] = {7, 7, 7, 7};
		gsize count = 77;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", row->query);
		g_assert_false(scpi_query_float32(f.scpi, SCPI_LITTLE_ENDIAN, values, row->capacity,
		                                  row->exactly ? NULL : &count, NULL, &f.bounds,
		                                  &error, "%s", row->query));
		assert_error(error, row->code, row->says);
		g_assert_cmpuint(count, ==, 77);
		g_assert_true(values[0] == 7);
		g_assert_true(scpi_query_float32(f.scpi, SCPI_BIG_ENDIAN, values, 2, NULL, NULL,
		                                 &f.bounds, NULL, "BE?"));
	}
	fixture_stop(&f, NULL);
}

static void test_raw_block(void)
{
	struct fixture f = {0};
	g_autoptr(GByteArray) payload = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	fixture_start(&f, block_rows, G_N_ELEMENTS(block_rows), NULL);
	g_assert_true(scpi_query_block(f.scpi, payload, 8, &f.bounds, NULL, "BE?"));
	g_assert_cmpmem(payload->data, payload->len, "\x3f\x80\0\0\x40\x20\0\0", 8);
	g_assert_false(scpi_query_block(f.scpi, payload, 7, &f.bounds, &error, "BE?"));
	assert_error(error, STATION_ERROR_PROTOCOL, "BE?: a block of 8 bytes, at most 7");
	g_assert_cmpuint(payload->len, ==, 8);
	fixture_stop(&f, NULL);
}

/* ---- identity ---- */

static void test_identify(void)
{
	struct fixture f = {.instrument.identity = " ACME #1 , X-9,, 1.0,beta \n"};
	struct scpi_identity identity;
	GError *error = NULL;
	fixture_start(&f, NULL, 0, NULL);
	scpi_identify(f.scpi, &identity, &f.bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(identity.maker, ==, "ACME #1");
	g_assert_cmpstr(identity.model, ==, "X-9");
	g_assert_cmpstr(identity.serial, ==, "");
	g_assert_cmpstr(identity.firmware, ==, "1.0,beta");
	fixture_stop(&f, "*IDN?");
}

/* A person's words go out as they are, and what drivers know of settings counts no more. */
static void test_talk(void)
{
	static const struct row rows[] = {{"CURV?", TEXT("#15\0\1\n;x\n"), ANSWER}};
	struct fixture f = {0};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	g_autoptr(GError) error = NULL;
	fixture_start(&f, rows, G_N_ELEMENTS(rows), NULL);
	guint upsets = scpi_upsets(f.scpi);
	g_assert_true(scpi_talk(f.scpi, "VOLT %s", NULL, 0, &f.bounds, &error));
	g_assert_cmpuint(scpi_upsets(f.scpi), !=, upsets);
	g_assert_true(scpi_talk(f.scpi, "CURV?", reply, 100, &f.bounds, &error));
	g_assert_cmpmem(reply->data, reply->len, "#15\0\1\n;x", 8);
	g_assert_false(scpi_talk(f.scpi, "A\nB", NULL, 0, &f.bounds, &error));
	assert_error(error, STATION_ERROR_INTERNAL, "A\\nB: a line end");
	fixture_stop(&f, "VOLT %s|CURV?");
}

static void test_bad_identity(void)
{
	g_autofree char *filler = g_strnfill(72, 'x');
	g_autofree char *too_long = g_strconcat("ACME,", filler, ",1,2\n", NULL);
	const char *const bad[] = {"\n",          "ACME\n",    "ACME,X,1\n", ",X,1,2\n",
	                           "ACME,,1,2\n", "1,2,3,4\n", too_long};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		struct fixture f = {.instrument.identity = bad[i]};
		struct scpi_identity identity;
		g_autoptr(GError) error = NULL;
		fixture_start(&f, NULL, 0, NULL);
		g_assert_false(scpi_identify(f.scpi, &identity, &f.bounds, &error));
		assert_error(error, STATION_ERROR_PROTOCOL, "*IDN?: expected maker");
		fixture_stop(&f, "*IDN?");
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/scpi/commands", test_commands);
	g_test_add_func("/scpi/commands-refused", test_commands_refused);
	g_test_add_func("/scpi/error-queue", test_error_queue);
	g_test_add_func("/scpi/error-depth", test_error_depth);
	g_test_add_func("/scpi/bare-dialect", test_bare_dialect);
	g_test_add_func("/scpi/opc", test_opc);
	g_test_add_func("/scpi/opc-blocking", test_opc_blocking);
	g_test_add_func("/scpi/opc-ends", test_opc_ends);
	g_test_add_func("/scpi/scalars", test_scalars);
	g_test_add_func("/scpi/no-number", test_no_number);
	g_test_add_func("/scpi/lists", test_lists);
	g_test_add_func("/scpi/floats", test_floats);
	g_test_add_func("/scpi/floats-absent", test_floats_absent);
	g_test_add_func("/scpi/bad-blocks", test_bad_blocks);
	g_test_add_func("/scpi/raw-block", test_raw_block);
	g_test_add_func("/scpi/identify", test_identify);
	g_test_add_func("/scpi/talk", test_talk);
	g_test_add_func("/scpi/bad-identity", test_bad_identity);
	return g_test_run();
}

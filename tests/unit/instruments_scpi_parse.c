/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/scpi/parse.h"

#include "base/error.h"
#include "instruments/scpi/scpi.h"

#include <math.h>
#include <string.h>

#define BYTES(text) (const guint8 *)(text), sizeof(text) - 1

struct value_row {
	const char *text;
	enum scpi_value_kind kind;
	double value;
};

/* clang-format off */
static const struct value_row value_rows[] = {
	{"1",                SCPI_VALUE_OK,    1       },
	{"+1.31000000E-006", SCPI_VALUE_OK,    1.31e-6 },
	{" -12.50 ",         SCPI_VALUE_OK,    -12.5   },
	{".5",               SCPI_VALUE_OK,    0.5     },
	{"9.91E37",          SCPI_VALUE_NONE,  0       },
	{"+9.91000E+37",     SCPI_VALUE_NONE,  0       },
	{"9.9099998E+37",    SCPI_VALUE_NONE,  0       },
	{"9.9E37",           SCPI_VALUE_OVER,  0       },
	{"-9.9E37",          SCPI_VALUE_UNDER, 0       },
	{"9.8999995E+37",    SCPI_VALUE_OVER,  0       },
	{"3.402823E+38",     SCPI_VALUE_OVER,  0       },
	{"-9.91E37",         SCPI_VALUE_UNDER, 0       },
	{"9.8E37",           SCPI_VALUE_OK,    9.8e37  },
	{"1E20",             SCPI_VALUE_OK,    1e20    },
	{"NAN",              SCPI_VALUE_NONE,  0       },
	{"nan",              SCPI_VALUE_NONE,  0       },
	{"INF",              SCPI_VALUE_OVER,  0       },
	{"-inf",             SCPI_VALUE_UNDER, 0       },
	{"NINF",             SCPI_VALUE_UNDER, 0       },
};
/* clang-format on */

static void test_values(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(value_rows); i++) {
		const struct value_row *row = &value_rows[i];
		struct scpi_value value;
		GError *error = NULL;
		g_test_message("%s", row->text);
		scpi_parse_value(row->text, NULL, &value, &error);
		g_assert_no_error(error);
		g_assert_cmpint(value.kind, ==, row->kind);
		if (row->kind == SCPI_VALUE_OK)
			g_assert_cmpfloat(value.value, ==, row->value);
		else
			g_assert_true(isnan(value.value));
	}
}

static void test_over_range(void)
{
	struct scpi_dialect dialect = scpi_dialect_standard;
	struct scpi_value value;
	dialect.over_range = 1e20;
	g_assert_true(scpi_parse_value("1E20", &dialect, &value, NULL));
	g_assert_cmpint(value.kind, ==, SCPI_VALUE_OVER);
	g_assert_true(scpi_parse_value("-1.1E20", &dialect, &value, NULL));
	g_assert_cmpint(value.kind, ==, SCPI_VALUE_UNDER);
	g_assert_true(scpi_parse_value("9.9E19", &dialect, &value, NULL));
	g_assert_cmpint(value.kind, ==, SCPI_VALUE_OK);
	g_assert_true(scpi_parse_value("9.91E37", &dialect, &value, NULL));
	g_assert_cmpint(value.kind, ==, SCPI_VALUE_NONE);
}

static void test_bad_values(void)
{
	static const char *const bad[] = {
		"",   " ",        "-------", "N/A", "1,2", "1 2",     "1.0 V", "0x10",
		"1e", "INFINITY", "\"1\"",   "1,5", "--1", "9.9E400", "1\n2",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		struct scpi_value value = {SCPI_VALUE_OK, 7};
		g_autoptr(GError) error = NULL;
		g_test_message("%s", bad[i]);
		g_assert_false(scpi_parse_value(bad[i], NULL, &value, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
		g_assert_cmpfloat(value.value, ==, 7);
	}
}

struct split_row {
	const char *text;
	const char *joined; /* with '|' */
};

/* clang-format off */
static const struct split_row split_rows[] = {
	{"",                 ""             },
	{"1",                "1"            },
	{"1,2",              "1|2"          },
	{" 1 , 2 ",          "1|2"          },
	{"1,1,1,",           "1|1|1"        },
	{"1,,2",             "1||2"         },
	{",",                ""             },
	{"\"a,b\",c",        "\"a,b\"|c"    },
	{"'a,\"',2",         "'a,\"'|2"     },
	{"\"a\"\",b\",c",    "\"a\"\",b\"|c"},
};
/* clang-format on */

static void test_split(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(split_rows); i++) {
		g_auto(GStrv) parts = scpi_split(split_rows[i].text, ',');
		g_autofree char *joined = g_strjoinv("|", parts);
		g_assert_cmpstr(joined, ==, split_rows[i].joined);
	}
}

static void test_unquote(void)
{
	static const char *const rows[][2] = {
		{"\"a\"", "a"},
		{"'a'", "a"},
		{"\"a\"\"b\"", "a\"b"},
		{"a", "a"},
		{"\"", "\""},
		{"\"\"", ""},
		{"\"a\",\"b\"", "\"a\",\"b\""},
		{"\"a'", "\"a'"},
		{"'it''s'", "it's"},
		{"\"\"\"", "\"\"\""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = scpi_unquote(rows[i][0]);
		g_assert_cmpstr(text, ==, rows[i][1]);
	}
}

struct int_row {
	const char *text;
	gboolean ok;
	gint64 value;
	gboolean bool_ok;
};

/* clang-format off */
static const struct int_row int_rows[] = {
	{"1",     TRUE,  1,    TRUE }, {"+0",    TRUE,  0,    TRUE }, {"-12",   TRUE,  -12,  FALSE},
	{"1.0",   TRUE,  1,    TRUE }, {"1E3",   TRUE,  1000, FALSE}, {"1.5",   FALSE, 0,    FALSE},
	{"ON",    FALSE, 0,    TRUE }, {"off",   FALSE, 0,    TRUE }, {"",      FALSE, 0,    FALSE},
	{"2",     TRUE,  2,    FALSE}, {"1E300", FALSE, 0,    FALSE}, {"nan",   FALSE, 0,    FALSE},
	{"TRUE",  FALSE, 0,    FALSE}, {"1;0",   FALSE, 0,    FALSE},
};
/* clang-format on */

static void test_int_and_bool(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(int_rows); i++) {
		const struct int_row *row = &int_rows[i];
		gint64 value = 99;
		gboolean on = 99;
		g_test_message("%s", row->text);
		g_assert_cmpint(scpi_parse_int(row->text, &value, NULL), ==, row->ok);
		g_assert_cmpint(value, ==, row->ok ? row->value : 99);
		g_assert_cmpint(scpi_parse_bool(row->text, &on, NULL), ==, row->bool_ok);
		g_assert_cmpint(on == 99, ==, !row->bool_ok);
	}
}

static void test_error_codes(void)
{
	static const char *const bad[] = {"",  "No error",  "\"0\"",
	                                  ",", "1.5,\"x\"", "Keysight,N7744A,1,2"};
	gint64 code;
	g_assert_true(scpi_parse_error_code("+0,\"No error\"", &code, NULL));
	g_assert_cmpint(code, ==, 0);
	g_assert_true(scpi_parse_error_code("-222,\"Data, out of range;it was 7\"", &code, NULL));
	g_assert_cmpint(code, ==, -222);
	g_assert_true(scpi_parse_error_code("0 No error", &code, NULL));
	g_assert_cmpint(code, ==, 0);
	g_assert_true(scpi_parse_error_code("0", &code, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(scpi_parse_error_code(bad[i], &code, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	}
}

struct block_row {
	const guint8 *reply;
	gsize len;
	gssize payload_len; /* -1: refused */
};

/* clang-format off */
static const struct block_row block_rows[] = {
	{BYTES("#15HELLO"),     5 }, {BYTES("#10"),        0 }, {BYTES("#3003a\nb"),   3 },
	{BYTES("#11x\0"),       1 }, {BYTES("#11x \r"),    1 }, {BYTES(""),            -1},
	{BYTES("#"),            -1}, {BYTES("#1"),         -1}, {BYTES("#15HELL"),     -1},
	{BYTES("#15HELLOX"),    -1}, {BYTES("#05HELLO"),   -1}, {BYTES("#2x5HELLO"),   -1},
	{BYTES("15HELLO"),      -1}, {BYTES("#11x,#11y"),  -1}, {BYTES("#9999999999"), -1},
	{BYTES("#2"),           -1}, {BYTES("-113,\"x\""), -1},
};
/* clang-format on */

static void test_blocks(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(block_rows); i++) {
		const struct block_row *row = &block_rows[i];
		const guint8 *payload = NULL;
		gsize len = 0;
		g_autoptr(GError) error = NULL;
		g_test_message("row %u", (guint)i);
		gboolean ok = scpi_parse_block(row->reply, row->len, &payload, &len, &error);
		g_assert_cmpint(ok, ==, row->payload_len >= 0);
		if (ok)
			g_assert_cmpint((gssize)len, ==, row->payload_len);
		else
			g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
	}
}

static void test_text(void)
{
	g_autofree char *nul = scpi_parse_text(BYTES(" 1,1,\0\r"), NULL);
	g_assert_cmpstr(nul, ==, "1,1,");
	g_autofree char *none = scpi_parse_text(NULL, 0, NULL);
	g_assert_cmpstr(none, ==, "");
	g_autofree char *latin1 = scpi_parse_text(BYTES("25 \xb0"
	                                                "C"),
	                                          NULL);
	g_assert_true(g_utf8_validate(latin1, -1, NULL));
	g_autoptr(GError) error = NULL;
	g_assert_null(scpi_parse_text(BYTES("a\0b"), &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/scpi/parse/values", test_values);
	g_test_add_func("/scpi/parse/over-range", test_over_range);
	g_test_add_func("/scpi/parse/bad-values", test_bad_values);
	g_test_add_func("/scpi/parse/split", test_split);
	g_test_add_func("/scpi/parse/unquote", test_unquote);
	g_test_add_func("/scpi/parse/int-and-bool", test_int_and_bool);
	g_test_add_func("/scpi/parse/error-codes", test_error_codes);
	g_test_add_func("/scpi/parse/blocks", test_blocks);
	g_test_add_func("/scpi/parse/text", test_text);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/number.h"

#include "base/error.h"

#include <float.h>
#include <math.h>
#include <string.h>

static void test_parse_double(void)
{
	static const struct {
		const char *text;
		double value;
	} rows[] = {
		{"0", 0},
		{"-0", 0},
		{"1", 1},
		{" 3.3 ", 3.3},
		{"+2.5E+0", 2.5},
		{".5", 0.5},
		{"5.", 5},
		{"-1e-3", -1e-3},
		{"007", 7},
		{"9.91E37", 9.91e37},
		{"1e308", 1e308},
		{"0e999", 0},
		{"\t-26.5625E9\n", -26.5625e9},
		{"5e-324", 5e-324},
		{"1E06", 1e6},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		double value = NAN;
		g_assert_true(number_parse_double(rows[i].text, &value, &error));
		g_assert_no_error(error);
		g_assert_cmpfloat(value, ==, rows[i].value);
	}
}

static void test_refuse_double(void)
{
	static const char *const rows[] = {
		"",      " ",      "nan",   "NaN",   "inf", "-inf",  "INFINITY", "0x10",      "1,5",
		"1.5x",  "1 2",    "1e",    "1e+",   "e5",  ".",     "-",        "+-1",       "--1",
		"1e999", "1e-999", "1.2.3", "1_000", "- 1", "1e5.5", "\xff",     "1\xc2\xb5", "1,",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		double value = 42;
		g_assert_false(number_parse_double(rows[i], &value, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
		g_assert_cmpfloat(value, ==, 42);
		g_assert_true(g_utf8_validate(error->message, -1, NULL));
	}
	g_autoptr(GError) error = NULL;
	double value = 42;
	g_assert_false(number_parse_double(NULL, &value, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_PROTOCOL);
}

enum { NONE = -1, RANGE = STATION_ERROR_RANGE, SYNTAX = STATION_ERROR_PROTOCOL };

static void test_parse_int(void)
{
	static const struct {
		const char *text;
		gint64 min, max;
		int error;
		gint64 value;
	} rows[] = {
		{"0", 0, 255, NONE, 0},
		{" +7\n", 0, 255, NONE, 7},
		{"-12", -20, 0, NONE, -12},
		{"0255", 0, 255, NONE, 255},
		{"9223372036854775807", 0, G_MAXINT64, NONE, G_MAXINT64},
		{"-9223372036854775808", G_MININT64, 0, NONE, G_MININT64},
		{"256", 0, 255, RANGE, 0},
		{"-1", 0, 255, RANGE, 0},
		{"9223372036854775808", G_MININT64, G_MAXINT64, RANGE, 0},
		{"", 0, 255, SYNTAX, 0},
		{"+", 0, 255, SYNTAX, 0},
		{"1.0", 0, 255, SYNTAX, 0},
		{"1e2", 0, 255, SYNTAX, 0},
		{"0x10", 0, 255, SYNTAX, 0},
		{"1 1", 0, 255, SYNTAX, 0},
		{NULL, 0, 255, SYNTAX, 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gint64 value = 4242;
		gboolean ok =
			number_parse_int(rows[i].text, rows[i].min, rows[i].max, &value, &error);
		g_assert_cmpint(ok, ==, rows[i].error == NONE);
		if (ok) {
			g_assert_no_error(error);
			g_assert_cmpint(value, ==, rows[i].value);
		} else {
			g_assert_error(error, STATION_ERROR, rows[i].error);
			g_assert_cmpint(value, ==, 4242);
		}
	}
}

static void test_length(void)
{
	static const struct {
		const char *text;
		gsize length;
	} rows[] = {
		{"3.3 V", 3}, {"26.5625GHz", 7}, {"1e", 1}, {"1e5x", 3}, {"-.5dB", 3},
		{"V", 0},     {" 1", 0},         {"-", 0},  {"", 0},     {"1E-3s", 4},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpuint(number_length(rows[i].text), ==, rows[i].length);
}

static void test_format(void)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = {
		{0, "0"},
		{0.1, "0.1"},
		{3.3, "3.3"},
		{1e-6, "1e-6"},
		{26.5625e9, "26562500000"},
		{1e20, "1e20"},
		{5e-324, "5e-324"},
		{NAN, "nan"},
		{-NAN, "nan"},
		{INFINITY, "inf"},
		{-INFINITY, "-inf"},
		{0.30000000000000004, "0.30000000000000004"},
		{DBL_MAX, "1.7976931348623157e308"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = number_format(rows[i].value);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void test_format_digits(void)
{
	static const struct {
		double value;
		int digits;
		const char *text;
	} rows[] = {
		{0, 3, "0"},
		{-0.0, 3, "0"},
		{1234, 3, "1230"},
		{999.96, 4, "1000"},
		{26.5625e9, 3, "2.66e10"},
		{1.31e-6, 3, "1.31e-6"},
		{1000, 1, "1000"},
		{1e6, 3, "1e6"},
		{1234567, 7, "1234567"},
		{0.00123456, 3, "0.00123"},
		{-2.25, 17, "-2.25"},
		{2.4e-4, 2, "0.00024"},
		{NAN, 3, "nan"},
		{-1e300, 2, "-1e300"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = number_format_digits(rows[i].value, rows[i].digits);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* Any bits that make a finite double come back the same, and no exponent is padded. */
static void test_round_trip(void)
{
	for (int i = 0; i < 20000; i++) {
		guint64 bits = (guint64)g_test_rand_int() << 32 | (guint32)g_test_rand_int();
		double value;
		memcpy(&value, &bits, sizeof value);
		if (!isfinite(value))
			continue;
		g_autofree char *text = number_format(value);
		double back = NAN;
		g_assert_true(number_parse_double(text, &back, NULL));
		g_assert_cmpmem(&back, sizeof back, &value, sizeof value);
		g_assert_null(strstr(text, "e+"));
		g_assert_null(strstr(text, "e0"));
	}
}

/* Whatever the bytes: a finite value or an error with its text, never both or neither. */
static void test_random_text(void)
{
	static const char letters[] = "0123456789+-..eE xn,\xc2\xb5";
	for (int i = 0; i < 20000; i++) {
		char text[12];
		int n = g_test_rand_int_range(0, (int)sizeof text);
		for (int j = 0; j < n; j++)
			text[j] = letters[g_test_rand_int_range(0, (int)sizeof letters - 1)];
		text[n] = '\0';
		g_autoptr(GError) error = NULL;
		double value = NAN;
		if (number_parse_double(text, &value, &error))
			g_assert_true(isfinite(value) && !error);
		else
			g_assert_true(isnan(value) && error);
		gint64 whole;
		if (number_parse_int(text, -1000, 1000, &whole, NULL)) {
			g_assert_cmpint(whole, >=, -1000);
			g_assert_cmpint(whole, <=, 1000);
			g_assert_cmpfloat(value, ==, (double)whole);
		}
		g_assert_cmpuint(number_length(text), <=, (gsize)n);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/number/parse_double", test_parse_double);
	g_test_add_func("/base/number/refuse_double", test_refuse_double);
	g_test_add_func("/base/number/parse_int", test_parse_int);
	g_test_add_func("/base/number/length", test_length);
	g_test_add_func("/base/number/format", test_format);
	g_test_add_func("/base/number/format_digits", test_format_digits);
	g_test_add_func("/base/number/round_trip", test_round_trip);
	g_test_add_func("/base/number/random_text", test_random_text);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/unit.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

static void test_decibel(void)
{
	g_assert_cmpfloat_with_epsilon(unit_dbm_from_watt(1e-3), 0, 1e-12);
	g_assert_cmpfloat_with_epsilon(unit_dbm_from_watt(2e-3), 3.0102999566398, 1e-9);
	g_assert_cmpfloat_with_epsilon(unit_watt_from_dbm(10), 1e-2, 1e-15);
	g_assert_cmpfloat_with_epsilon(unit_ratio_from_db(-30), 1e-3, 1e-15);
	g_assert_cmpfloat_with_epsilon(unit_db_from_ratio(4), 6.0205999132796, 1e-9);
	g_assert_true(isinf(unit_dbm_from_watt(0)) && unit_dbm_from_watt(0) < 0);
	g_assert_true(isinf(unit_dbm_from_watt(-1e-6)) && unit_dbm_from_watt(-1e-6) < 0);
	g_assert_true(isnan(unit_dbm_from_watt(NAN)));
	g_assert_true(isnan(unit_watt_from_dbm(NAN)));
	g_assert_cmpfloat(unit_watt_from_dbm(-INFINITY), ==, 0);
}

static void test_parse(void)
{
	static const struct {
		const char *text, *want;
		double value;
	} rows[] = {
		{"3.3 V", "V", 3.3},
		{"250mA", "A", 0.25},
		{"26.5625 GHz", "Hz", 26.5625e9},
		{"-2.2 dBm", "dBm", -2.2},
		{"100 ms", "s", 0.1},
		{"1310 nm", "m", 1310e-9},
		{"5 mm", "m", 5e-3},
		{"1 m", "m", 1},
		{"2 \u00b5m", "m", 2e-6},
		{"2 \u03bcs", "s", 2e-6},
		{"10 min", "s", 600},
		{"2 h", "s", 7200},
		{"70 degC", "degC", 70},
		{"70 \u00b0C", "degC", 70},
		{"53.125 GBd", "Bd", 53.125e9},
		{"106.25 Gbit/s", "bit/s", 106.25e9},
		{"-136 dB/Hz", "dB/Hz", -136},
		{"4.5 dB", "dB", 4.5},
		{"5 %", "%", 5},
		{"2.4e-4", "1", 2.4e-4},
		{"  1.5e-3   kV  ", "V", 1.5},
		{"7 fs", "s", 7e-15},
		{"1 TW", "W", 1e12},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		double value = NAN;
		g_assert_true(unit_is_known(rows[i].want));
		unit_parse(rows[i].text, rows[i].want, &value, &error);
		g_assert_no_error(error);
		g_assert_cmpfloat(value, ==, rows[i].value);
	}
}

static void test_refuse(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"3.3", "V"},      {"3.3 A", "V"},  {"V", "V"},      {"", "V"},
		{"3.3 KV", "V"},   {"3.3 v", "V"},  {"1 mW", "dBm"}, {"1 dB", "dBm"},
		{"1 mdBm", "dBm"}, {"1 dBm", "dB"}, {"nan V", "V"},  {"inf V", "V"},
		{"1 ks", "s"},     {"1 m", "s"},    {"1 mm m", "m"}, {"1 kdegC", "degC"},
		{"0.5 %", "1"},    {"5", "%"},      {"1,5 V", "V"},  {"3.3 V x", "V"},
		{"1e308 kV", "V"}, {"1 mBd", "Bd"}, {"1 k m", "m"},  {"0x10 V", "V"},
		{"1 mmin", "s"},   {"1 min", "m"},  {NULL, "V"},     {"1 \u00b5", "m"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		double value = 42;
		g_assert_false(unit_parse(rows[i].text, rows[i].want, &value, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_cmpfloat(value, ==, 42);
	}
	g_autoptr(GError) error = NULL;
	double value = 42;
	g_assert_false(unit_parse("3.3", "V", &value, &error));
	g_assert_nonnull(strstr(error->message, "expected a voltage such as 3.3 V"));
	g_clear_error(&error);
	g_assert_false(unit_is_known("furlong"));
	g_assert_false(unit_parse("3 furlong", "furlong", &value, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
}

static void test_format(void)
{
	static const struct {
		double value;
		const char *unit;
		int digits;
		const char *text;
	} rows[] = {
		{1.31e-6, "m", 3, "1.31 um"},
		{26.5625e9, "Hz", 6, "26.5625 GHz"},
		{999.96e-6, "V", 3, "1 mV"},
		{999.4e-6, "V", 3, "999 uV"},
		{0.12, "A", 2, "120 mA"},
		{-3.3, "V", 4, "-3.3 V"},
		{1800, "s", 3, "1800 s"},
		{-2.249, "dBm", 3, "-2.25 dBm"},
		{-136.4, "dB/Hz", 2, "-136 dB/Hz"},
		{70, "degC", 3, "70 degC"},
		{53.125e9, "Bd", 5, "53.125 GBd"},
		{2.4e-4, "1", 2, "0.00024"},
		{0, "V", 3, "0 V"},
		{1e-18, "s", 3, "0.001 fs"},
		{NAN, "V", 3, "nan V"},
		{-INFINITY, "dBm", 3, "-inf dBm"},
		{1234.5, "furlong", 5, "1234.5 furlong"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = unit_format(rows[i].value, rows[i].unit, rows[i].digits);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* What is written with all its digits reads back as the same value but for the last digit. */
static void test_round_trip(void)
{
	static const char *const units[] = {"V",     "A",    "W",   "Hz", "s",     "m", "Bd",
	                                    "bit/s", "degC", "dBm", "dB", "dB/Hz", "%", "1"};
	for (int i = 0; i < 5000; i++) {
		const char *unit = units[g_test_rand_int_range(0, G_N_ELEMENTS(units))];
		double value =
			g_test_rand_double_range(-10, 10) * pow(10, g_test_rand_int_range(-16, 14));
		g_autofree char *text = unit_format(value, unit, 17);
		g_autoptr(GError) error = NULL;
		double back = NAN;
		unit_parse(text, unit, &back, &error);
		g_assert_no_error(error);
		g_assert_cmpfloat_with_epsilon(back, value, fabs(value) * 1e-15);
	}
}

static void test_any(void)
{
	g_autoptr(GError) error = NULL;
	const char *unit = NULL;
	double value = 0;

	g_assert_true(unit_parse_any("1310 nm", &value, &unit, NULL));
	g_assert_cmpstr(unit, ==, "m");
	g_assert_cmpfloat(value, ==, 1310e-9);
	g_assert_true(unit_parse_any("-2 dBm", &value, &unit, NULL));
	g_assert_cmpstr(unit, ==, "dBm");
	g_assert_true(unit_parse_any("7", &value, &unit, NULL));
	g_assert_cmpstr(unit, ==, "1");
	g_assert_false(unit_parse_any("3 furlong", &value, &unit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_cmpfloat(value, ==, 7);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/unit/decibel", test_decibel);
	g_test_add_func("/base/unit/parse", test_parse);
	g_test_add_func("/base/unit/any", test_any);
	g_test_add_func("/base/unit/refuse", test_refuse);
	g_test_add_func("/base/unit/format", test_format);
	g_test_add_func("/base/unit/round_trip", test_round_trip);
	return g_test_run();
}

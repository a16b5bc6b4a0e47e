/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/unit.h"

#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

double unit_db_from_ratio(double power_ratio)
{
	if (power_ratio <= 0)
		return -INFINITY;
	return 10.0 * log10(power_ratio);
}

double unit_ratio_from_db(double ratio_db)
{
	return pow(10.0, ratio_db / 10.0);
}

double unit_dbm_from_watt(double power_w)
{
	return unit_db_from_ratio(power_w * 1e3);
}

double unit_watt_from_dbm(double power_dbm)
{
	return unit_ratio_from_db(power_dbm) * 1e-3;
}

struct unit {
	const char *name;
	const char *meaning;
	const char *example;
	gboolean prefix_up;   /* k and above */
	gboolean prefix_down; /* m and below */
};

static const struct unit units[] = {
	{"V", "a voltage", "3.3 V", TRUE, TRUE},
	{"A", "a current", "250 mA", TRUE, TRUE},
	{"W", "a power", "1 mW", TRUE, TRUE},
	{"Hz", "a frequency", "26.5625 GHz", TRUE, TRUE},
	{"s", "a time", "100 ms", FALSE, TRUE},
	{"m", "a length", "1310 nm", TRUE, TRUE},
	{"Bd", "a symbol rate", "53.125 GBd", TRUE, FALSE},
	{"bit/s", "a bit rate", "106.25 Gbit/s", TRUE, FALSE},
	{"degC", "a temperature", "25 degC", FALSE, FALSE},
	{"dBm", "a power level", "-2.2 dBm", FALSE, FALSE},
	{"dB", "a ratio in dB", "4.5 dB", FALSE, FALSE},
	{"dB/Hz", "a noise density", "-136 dB/Hz", FALSE, FALSE},
	{"W/A", "a slope efficiency", "0.06 W/A", FALSE, FALSE},
	{"1/W", "a curvature over power", "12.5 1/W", FALSE, FALSE},
	{"%", "a percentage", "5 %", FALSE, FALSE},
	{"1", "a number without a unit", "0.5", FALSE, FALSE},
};

/* From small to large; the empty one stands for none. */
static const struct {
	const char *name;
	int exponent;
} prefixes[] = {
	{"f", -15}, {"p", -12}, {"n", -9}, {"u", -6}, {"m", -3},
	{"", 0},    {"k", 3},   {"M", 6},  {"G", 9},  {"T", 12},
};

/* Other spellings of what people write; U+00B5 and U+03BC both look like the micro sign. */
static const struct {
	const char *unit;
	const char *spelling;
	double factor;
} spellings[] = {
	{"s", "min", 60},
	{"s", "h", 3600},
	{"degC", "\u00b0C", 1},
};

static const char *const micro_signs[] = {"\u00b5", "\u03bc"};

static const struct unit *find_unit(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
		if (strcmp(units[i].name, name) == 0)
			return &units[i];
	}
	return NULL;
}

gboolean unit_is_known(const char *name)
{
	return find_unit(name) != NULL;
}

static gboolean prefix_allowed(const struct unit *unit, int exponent)
{
	if (exponent > 0)
		return unit->prefix_up;
	return exponent == 0 || unit->prefix_down;
}

static gboolean find_prefix(const struct unit *unit, const char *text, gsize len, int *exponent)
{
	for (gsize i = 0; i < G_N_ELEMENTS(micro_signs); i++) {
		if (strlen(micro_signs[i]) == len && strncmp(text, micro_signs[i], len) == 0) {
			*exponent = -6;
			return prefix_allowed(unit, -6);
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		if (strlen(prefixes[i].name) == len && strncmp(text, prefixes[i].name, len) == 0) {
			*exponent = prefixes[i].exponent;
			return prefix_allowed(unit, *exponent);
		}
	}
	return FALSE;
}

/* Powers of ten up to 22 are exact, so dividing by one rounds once: "1310 nm" is 1310e-9 exactly.
 */
static double scale_by(double value, int exponent)
{
	return exponent < 0 ? value / pow(10.0, -exponent) : value * pow(10.0, exponent);
}

static gboolean apply_unit(const struct unit *unit, const char *text, double *value)
{
	if (strcmp(unit->name, "1") == 0)
		return *text == '\0';
	for (gsize i = 0; i < G_N_ELEMENTS(spellings); i++) {
		if (strcmp(spellings[i].unit, unit->name) == 0 &&
		    strcmp(spellings[i].spelling, text) == 0) {
			*value *= spellings[i].factor;
			return TRUE;
		}
	}
	int exponent = 0;
	if (!g_str_has_suffix(text, unit->name) ||
	    !find_prefix(unit, text, strlen(text) - strlen(unit->name), &exponent))
		return FALSE;
	*value = scale_by(*value, exponent);
	return isfinite(*value);
}

gboolean unit_parse(const char *text, const char *want, double *value, GError **error)
{
	const struct unit *unit = find_unit(want);
	if (!unit) {
		station_error_set(error, STATION_ERROR_INTERNAL, "unit \"%s\" is not known", want);
		return FALSE;
	}
	g_autofree char *whole = g_strstrip(g_strdup(text ? text : ""));
	gsize len = number_length(whole);
	g_autofree char *digits = g_strndup(whole, len);
	double parsed;
	if (!number_parse_double(digits, &parsed, NULL) ||
	    !apply_unit(unit, g_strchug(whole + len), &parsed)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "expected %s such as %s, got \"%.60s\"", unit->meaning,
		                  unit->example, text ? text : "");
		return FALSE;
	}
	*value = parsed;
	return TRUE;
}

gboolean unit_parse_any(const char *text, double *value, const char **unit, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
		if (unit_parse(text, units[i].name, value, NULL)) {
			*unit = units[i].name;
			return TRUE;
		}
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "expected a number with a unit such as 3.3 V, got \"%.60s\"",
	                  text ? text : "");
	return FALSE;
}

/* The decimal exponent after rounding to `digits`: 999.96 with three digits is 10^3. */
static int rounded_exponent(double value, int digits)
{
	char format[8];
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	g_snprintf(format, sizeof format, "%%.%de", digits - 1);
	g_ascii_formatd(text, sizeof text, format, value);
	return (int)g_ascii_strtoll(strchr(text, 'e') + 1, NULL, 10);
}

/* Digits before the point are never dropped, however few `digits` are: 1800, 120, 1.31, 0.001. */
static char *format_plain(double value, int digits)
{
	int exponent = rounded_exponent(value, digits);
	if (exponent < -5 || exponent > 15)
		return number_format_digits(value, digits);
	int decimals = MAX(digits - 1 - exponent, 0);
	char format[8];
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	g_snprintf(format, sizeof format, "%%.%df", decimals);
	g_ascii_formatd(text, sizeof text, format, value);
	char *end = text + strlen(text);
	if (decimals > 0) {
		while (end[-1] == '0')
			end--;
		if (end[-1] == '.')
			end--;
	}
	return g_strndup(text, (gsize)(end - text));
}

/* The largest prefix not above the value, or the smallest that the unit takes. */
static gsize choose_prefix(const struct unit *unit, int exponent)
{
	gsize chosen = G_N_ELEMENTS(prefixes);
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		if (!prefix_allowed(unit, prefixes[i].exponent))
			continue;
		if (chosen == G_N_ELEMENTS(prefixes) || prefixes[i].exponent <= exponent)
			chosen = i;
	}
	return chosen;
}

char *unit_format(double value, const char *unit, int digits)
{
	g_return_val_if_fail(digits >= 1 && digits <= 17, NULL);
	if (strcmp(unit, "1") == 0)
		return number_format_digits(value, digits);
	g_autofree char *number = NULL;
	const char *prefix = "";
	if (!isfinite(value) || value == 0) {
		number = number_format_digits(value, digits);
	} else {
		const struct unit *known = find_unit(unit);
		double scaled = value;
		if (known) {
			gsize i = choose_prefix(known, rounded_exponent(value, digits));
			prefix = prefixes[i].name;
			scaled = scale_by(value, -prefixes[i].exponent);
		}
		number = format_plain(scaled, digits);
	}
	return g_strdup_printf("%s %s%s", number, prefix, unit);
}

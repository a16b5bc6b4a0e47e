/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/number.h"

#include "base/error.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <string.h>

/* What a message may quote of a text that was refused. */
enum { QUOTE_MAX = 48 };

static char *quote(const char *text)
{
	g_autofree char *cut = g_strndup(text, QUOTE_MAX);
	g_autofree char *escaped = g_strescape(cut, NULL);
	return g_strdup_printf("\"%s\"%s", escaped, strlen(text) > QUOTE_MAX ? "..." : "");
}

static gboolean refuse(const char *text, const char *expected, GError **error)
{
	if (!text) {
		station_error_set(error, STATION_ERROR_PROTOCOL, "expected %s, got nothing",
		                  expected);
		return FALSE;
	}
	g_autofree char *quoted = quote(text);
	station_error_set(error, STATION_ERROR_PROTOCOL, "expected %s, got %s", expected, quoted);
	return FALSE;
}

static const char *skip_blanks(const char *p)
{
	while (g_ascii_isspace(*p))
		p++;
	return p;
}

static const char *skip_digits(const char *p, gboolean *any)
{
	while (g_ascii_isdigit(*p)) {
		*any = TRUE;
		p++;
	}
	return p;
}

gsize number_length(const char *text)
{
	const char *p = text;
	if (*p == '+' || *p == '-')
		p++;
	gboolean mantissa = FALSE;
	p = skip_digits(p, &mantissa);
	if (*p == '.')
		p = skip_digits(p + 1, &mantissa);
	if (!mantissa)
		return 0;
	if (*p == 'e' || *p == 'E') {
		const char *q = p + 1;
		if (*q == '+' || *q == '-')
			q++;
		gboolean exponent = FALSE;
		q = skip_digits(q, &exponent);
		if (exponent)
			p = q;
	}
	return (gsize)(p - text);
}

/* A non-zero digit before the exponent: then a result of zero means that it was too small. */
static gboolean mantissa_is_zero(const char *p)
{
	for (; *p && *p != 'e' && *p != 'E'; p++) {
		if (*p >= '1' && *p <= '9')
			return FALSE;
	}
	return TRUE;
}

gboolean number_parse_double(const char *text, double *value, GError **error)
{
	if (!text)
		return refuse(text, "a number", error);
	const char *start = skip_blanks(text);
	gsize len = number_length(start);
	if (len == 0 || *skip_blanks(start + len) != '\0')
		return refuse(text, "a number", error);
	double parsed = g_ascii_strtod(start, NULL);
	if (!isfinite(parsed))
		return refuse(text, "a smaller number", error);
	if (parsed == 0 && !mantissa_is_zero(start))
		return refuse(text, "zero or a number further from it", error);
	*value = parsed;
	return TRUE;
}

gboolean number_parse_int(const char *text, gint64 min, gint64 max, gint64 *value, GError **error)
{
	if (!text)
		return refuse(text, "a whole number", error);
	const char *start = skip_blanks(text);
	gboolean any = FALSE;
	const char *end = skip_digits(start + (*start == '+' || *start == '-'), &any);
	if (!any || *skip_blanks(end) != '\0')
		return refuse(text, "a whole number", error);
	errno = 0;
	gint64 parsed = g_ascii_strtoll(start, NULL, 10);
	if (errno == ERANGE || parsed < min || parsed > max) {
		g_autofree char *quoted = quote(text);
		station_error_set(error, STATION_ERROR_RANGE,
		                  "expected a whole number from %" G_GINT64_FORMAT
		                  " to %" G_GINT64_FORMAT ", got %s",
		                  min, max, quoted);
		return FALSE;
	}
	*value = parsed;
	return TRUE;
}

/* printf writes e-06 and e+20; the sign of plus and the leading zeros say nothing. */
static void trim_exponent(char *text)
{
	char *from = strchr(text, 'e');
	if (!from)
		return;
	char *to = ++from;
	if (*from == '-')
		*to++ = *from++;
	else if (*from == '+')
		from++;
	while (*from == '0' && from[1] != '\0')
		from++;
	memmove(to, from, strlen(from) + 1);
}

static char *not_finite(double value)
{
	if (isnan(value))
		return g_strdup("nan");
	return g_strdup(value > 0 ? "inf" : "-inf");
}

static char *format_g(double value, int digits)
{
	char format[8];
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	g_snprintf(format, sizeof format, "%%.%dg", digits);
	g_ascii_formatd(text, sizeof text, format, value);
	trim_exponent(text);
	return g_strdup(text);
}

char *number_format(double value)
{
	if (!isfinite(value))
		return not_finite(value);
	/* most numbers that are written are whole, and need no trial */
	if (fabs(value) < 1e15 && value == (double)(gint64)value && !(value == 0 && signbit(value)))
		return g_strdup_printf("%" G_GINT64_FORMAT, (gint64)value);
	/* A normal double keeps any 15 digits, so nothing shorter is lost by starting there. */
	int digits = fabs(value) >= DBL_MIN ? DBL_DIG : 1;
	for (; digits < DBL_DECIMAL_DIG; digits++) {
		g_autofree char *text = format_g(value, digits);
		if (g_ascii_strtod(text, NULL) == value)
			return g_steal_pointer(&text);
	}
	return format_g(value, DBL_DECIMAL_DIG);
}

char *number_format_digits(double value, int digits)
{
	g_return_val_if_fail(digits >= 1 && digits <= DBL_DECIMAL_DIG, NULL);
	if (!isfinite(value))
		return not_finite(value);
	if (value == 0)
		return g_strdup("0");
	g_autofree char *text = format_g(value, digits);
	double rounded = g_ascii_strtod(text, NULL);
	if (!strchr(text, 'e') || fabs(rounded) < 1 || fabs(rounded) >= 1e15)
		return g_steal_pointer(&text);
	/* printf has "1.23e3" for 1230 with three digits; people read the latter. */
	char plain[G_ASCII_DTOSTR_BUF_SIZE];
	g_ascii_formatd(plain, sizeof plain, "%.0f", rounded);
	if (fabs(rounded) < 1e6 || strlen(plain) <= strlen(text))
		return g_strdup(plain);
	return g_steal_pointer(&text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A decimal number as its digits: mantissa * 10^exponent. */
struct decimal {
	guint64 mantissa;
	int digits; /* of the mantissa, leading zeros not counted */
	int exponent;
	gboolean negative;
};

/* Powers of ten that a double holds exactly. */
static const double exact_power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { EXACT_POWER_MAX = 22, EXACT_DIGITS = 15, MANTISSA_DIGITS = 19, NUMBER_LENGTH_MAX = 120 };

static const char *scan_digits(const char *p, const char *end, struct decimal *number)
{
	for (; p < end && g_ascii_isdigit(*p); p++) {
		if (number->digits < MANTISSA_DIGITS)
			number->mantissa = number->mantissa * 10 + (guint64)(*p - '0');
		if (number->mantissa)
			number->digits++;
	}
	return p;
}

/* Null when there is no number at p, else the byte behind it. */
static const char *scan_decimal(const char *p, const char *end, struct decimal *number)
{
	const char *start, *point, *q;
	gboolean minus;
	int exponent = 0;

	*number = (struct decimal){0};
	number->negative = p < end && *p == '-';
	start = p += p < end && (*p == '-' || *p == '+');
	point = p = scan_digits(p, end, number);
	if (p < end && *p == '.') {
		point = p + 1;
		p = scan_digits(point, end, number);
		start++;
	}
	if (p == start)
		return NULL;
	number->exponent = (int)MAX(point - p, -1000000);
	q = p;
	if (q == end || (*q != 'e' && *q != 'E'))
		return p;
	q++;
	minus = q < end && *q == '-';
	q += q < end && (*q == '-' || *q == '+');
	if (q == end || !g_ascii_isdigit(*q))
		return p;
	for (; q < end && g_ascii_isdigit(*q); q++)
		exponent = MIN(exponent * 10 + (*q - '0'), 1000000);
	number->exponent += minus ? -exponent : exponent;
	return q;
}

/*
 * Few digits and a small power of ten: the product or quotient of two doubles that are exact is
 * rounded once. Anything else goes to the library. All right to the last bit.
 */
static double decimal_value(const struct decimal *number, const char *p, const char *end)
{
	char copy[NUMBER_LENGTH_MAX + 1];
	double value = (double)number->mantissa;

	if (number->digits <= EXACT_DIGITS && number->exponent <= EXACT_POWER_MAX &&
	    number->exponent >= -EXACT_POWER_MAX) {
		if (number->exponent < 0)
			value /= exact_power[-number->exponent];
		else
			value *= exact_power[number->exponent];
		return number->negative ? -value : value;
	}
	memcpy(copy, p, (gsize)(end - p));
	copy[end - p] = '\0';
	return g_ascii_strtod(copy, NULL);
}

/* "nan", "-inf" and the like, up to the end of the field. */
static const char *scan_no_number(const char *p, const char *end)
{
	static const char *const words[] = {"nan", "infinity", "inf"};

	p += p < end && (*p == '-' || *p == '+');
	for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
		gsize len = strlen(words[i]);
		const char *next = p + len;

		if ((gsize)(end - p) < len || g_ascii_strncasecmp(p, words[i], len) != 0)
			continue;
		if (next == end || *next == ',' || *next == ' ' || *next == '\t')
			return next;
	}
	return NULL;
}

const char *wave_number_scan(const char *p, const char *end, double *value, int *digits)
{
	struct decimal number;
	const char *next = scan_decimal(p, end, &number);

	if (!next) {
		*value = NAN;
		return scan_no_number(p, end);
	}
	if (next - p > NUMBER_LENGTH_MAX)
		return NULL;
	*value = decimal_value(&number, p, next);
	*digits = number.digits;
	return next;
}

/*
 * Nine digits. The product with an exact power of ten is off by 1e-16 of itself, so the ninth digit
 * may differ from the library's, but stays within 0.51e-8 of the float; half the distance to the
 * next float is 2.9e-8 or more, so the same float comes back. False when the power is not exact.
 */
static gboolean print_fast(char *out, float sample)
{
	double magnitude = fabs((double)sample);
	int exponent = (int)floor(log10(magnitude));
	int shift = 8 - exponent;
	guint64 digits;

	if (shift > EXACT_POWER_MAX || shift < -EXACT_POWER_MAX)
		return FALSE;
	magnitude = shift < 0 ? magnitude / exact_power[-shift] : magnitude * exact_power[shift];
	digits = (guint64)(magnitude + 0.5);
	if (digits < 100000000 || digits > 999999999)
		return FALSE;
	if (signbit(sample))
		*out++ = '-';
	for (int i = 9; i > 1; i--, digits /= 10)
		out[i] = (char)('0' + digits % 10);
	out[0] = (char)('0' + digits);
	out[1] = '.';
	out[10] = 'e';
	out[11] = exponent < 0 ? '-' : '+';
	out[12] = (char)('0' + abs(exponent) / 10);
	out[13] = (char)('0' + abs(exponent) % 10);
	out[14] = '\0';
	return TRUE;
}

void wave_number_print(char *out, float sample)
{
	if (sample == 0.0f || !print_fast(out, sample))
		g_ascii_formatd(out, WAVE_NUMBER_SIZE, "%.9g", (double)sample);
}

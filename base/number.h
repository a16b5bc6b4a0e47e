/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <glib.h>

/*
 * Numbers as text, without locale and without mercy: the whole text must be one number, blanks
 * around it aside. "nan", "inf", hexadecimal and trailing junk are refused
 * (STATION_ERROR_PROTOCOL), and so is what a double cannot hold. A whole number outside min..max is
 * STATION_ERROR_RANGE. On error the value is untouched. Null as text is refused too.
 */
gboolean number_parse_double(const char *text, double *value, GError **error);
gboolean number_parse_int(const char *text, gint64 min, gint64 max, gint64 *value, GError **error);

/*
 * How many bytes at the start of text are one decimal number (sign, digits, point, exponent); 0
 * when it does not begin with one. No blanks are skipped.
 */
gsize number_length(const char *text);

/*
 * Fewest decimal digits that read back as the same double: "0.1", "2.65625e20", "1e-6". What is not
 * finite becomes "nan", "inf", "-inf". Free with g_free.
 */
char *number_format(double value);

/*
 * value rounded to the given number of significant digits (1..17), zeros after the point dropped;
 * exponent form below 1e-4, and from 1e6 up when it is shorter: "1230", "2.66e10", "1.31e-6". Free
 * with g_free.
 */
char *number_format_digits(double value, int digits);

#endif

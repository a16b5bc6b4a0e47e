/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/value.h"

#include "base/unit.h"

#include <math.h>
#include <string.h>

enum { DIGITS = 4, DECIMALS = 2, EXTRA_MAX = 10 };

static const char *const decimal_units[] = {"dB", "dBm", "%", "degC", NULL};

char *value_text(double value, const char *unit, int extra)
{
	extra = CLAMP(extra, 0, EXTRA_MAX);
	if (!isfinite(value) || !g_strv_contains(decimal_units, unit))
		return unit_format(value, unit, DIGITS + extra);
	char format[8];
	char number[G_ASCII_DTOSTR_BUF_SIZE + 320]; /* the longest double has 309 digits */
	g_snprintf(format, sizeof format, "%%.%df", DECIMALS + extra);
	g_ascii_formatd(number, sizeof number, format, value);
	gboolean minus_zero = *number == '-' && !strpbrk(number, "123456789");
	return g_strdup_printf("%s %s", number + minus_zero, unit);
}

char *value_uncertainty_text(double uncertainty, const char *unit)
{
	if (g_strv_contains(decimal_units, unit))
		return value_text(uncertainty, strcmp(unit, "dBm") == 0 ? "dB" : unit, 0);
	return unit_format(uncertainty, unit, 2);
}

char *value_compare_text(double value, const char *sign, double bound, const char *unit)
{
	for (int extra = 0;; extra++) {
		g_autofree char *left = value_text(value, unit, extra);
		g_autofree char *right = value_text(bound, unit, extra);
		if (strcmp(left, right) != 0 || extra == EXTRA_MAX)
			return g_strdup_printf("%s %s %s", left, sign, right);
	}
}

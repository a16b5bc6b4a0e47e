/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/axis.h"

#include <math.h>
#include <string.h>

#define WAVELENGTH_MOST_M 10e-6

double axis_scale(const char *unit, double most, char **name)
{
	static const char *const units[] = {"A", "V", "W", "Hz", "s", "m", NULL};
	static const struct {
		const char *prefix;
		double unit; /* one of it */
	} prefixes[] = {
		{"G", 1e9}, {"M", 1e6}, {"k", 1e3}, {"", 1}, {"m", 1e-3}, {"u", 1e-6}, {"n", 1e-9},
	};
	gsize i = 0;
	if (!g_strv_contains(units, unit) || !isfinite(most) || !(most > 0)) {
		*name = g_strdup(unit);
		return 1;
	}
	/* the field tells wavelengths in nanometres */
	if (strcmp(unit, "m") == 0 && most < WAVELENGTH_MOST_M) {
		*name = g_strdup("nm");
		return 1e9;
	}
	while (i + 1 < G_N_ELEMENTS(prefixes) && most < prefixes[i].unit)
		i++;
	/* 1e-12 and less */
	if (most < prefixes[i].unit) {
		*name = g_strconcat("p", unit, NULL);
		return 1e12;
	}
	*name = g_strconcat(prefixes[i].prefix, unit, NULL);
	return 1 / prefixes[i].unit;
}

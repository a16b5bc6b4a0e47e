/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef LIMITS_VALUE_H
#define LIMITS_VALUE_H

#include <glib.h>

/*
 * A measured value or a limit as people read it: two decimals for dB, dBm, % and degC, four
 * significant digits with an engineering prefix for the rest: "4.31 dB", "17 ps", "8.31 W". `extra`
 * (0..10) more digits where two texts must differ. Free with g_free.
 */
char *value_text(double value, const char *unit, int extra);

/* Its expanded uncertainty: two digits, which say enough; dB, % and degC have their two decimals
 * already, and that of dBm is in dB. Free with g_free. */
char *value_uncertainty_text(double uncertainty, const char *unit);

/* "4.31 dB > 3.40 dB", with digits enough that both sides differ. Free with g_free. */
char *value_compare_text(double value, const char *sign, double bound, const char *unit);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_UNIT_H
#define BASE_UNIT_H

#include <glib.h>

/* Decibel arithmetic. Power of zero or less gives -infinity dBm; NaN stays NaN. */
double unit_dbm_from_watt(double power_w);
double unit_watt_from_dbm(double power_dbm);
double unit_db_from_ratio(double power_ratio);
double unit_ratio_from_db(double ratio_db);

/*
 * A quantity as people write it in files and type it in the shell: "3.3 V", "26.5625 GHz",
 * "-2.2 dBm", "100 ms", "1310 nm". The unit is required; `want` is the base unit to convert to
 * ("V", "Hz", "dBm", "s", "m", "A", "W", "degC", "dB", "Bd", "bit/s", "%", "dB/Hz", "1" for a plain
 * number, without a unit). SI prefixes f p n u m k M G T go with the units that take them; dBm is
 * not converted to W. Also read: "µ" for "u", "°C" for "degC", and "min" and "h" where "s" is
 * wanted. Error STATION_ERROR_CONFIG tells what was expected: "expected a voltage such as 3.3 V".
 * `want` itself unknown is STATION_ERROR_INTERNAL. On error the value is untouched.
 */
gboolean unit_parse(const char *text, const char *want, double *value, GError **error);

/* The same in whichever unit stands there; *unit is that base unit's name, static, "1" without one.
 */
gboolean unit_parse_any(const char *text, double *value, const char **unit, GError **error);

/* True when name is a base unit that unit_parse knows. */
gboolean unit_is_known(const char *name);

/*
 * A value with an engineering prefix and at most `digits` significant digits (1..17), zeros at the
 * end dropped, digits before the point never: 1.31e-6, "m" gives "1.31 um". dB-like units, degC, %
 * and units that unit_parse does not know take no prefix, and seconds none above 1; "1" is written
 * without a unit. Free with g_free.
 */
char *unit_format(double value, const char *unit, int digits);

#endif

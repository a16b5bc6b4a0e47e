/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_AXIS_H
#define REPORTS_AXIS_H

#include <glib.h>

/*
 * What numbers of an SI unit are multiplied by so that those at an axis are short, and the unit
 * they then have: 0.07 A gives 1000 and "mA". Units that take no prefix ("dBm", "degC", "1") give 1
 * and themselves; lengths below 10 um are wavelengths, in nm. `most` is the largest magnitude on
 * the axis. Free *name with g_free.
 */
double axis_scale(const char *unit, double most, char **name);

#endif

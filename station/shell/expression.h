/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_EXPRESSION_H
#define STATION_SHELL_EXPRESSION_H

#include "station/shell/value.h"

/*
 * Numbers with units: 3.5 dB, -2 dBm + 3 dB, ($vcc - 0.1 V) * 2. Also ranges, 0..12 dB step 0.5 dB
 * (a plain number in one takes the unit of the other end, as that is written: mA). Arithmetic keeps
 * units honest: a level in dBm and a ratio in dB make a level, two levels subtracted a ratio; what
 * has no meaning is an error that names both units. A + or - with a blank before it and none behind
 * begins the next value.
 */

/* A variable's value, borrowed; null when there is none. */
typedef const struct value *(*expression_lookup)(const char *name, gpointer data);

struct expression {
	const char *line;
	gsize at; /* where to begin; moved behind what was read and the blanks after it */
	expression_lookup lookup;
	gpointer data;
};

/* A number or a range; a variable standing alone may be anything. Errors STATION_ERROR_CONFIG with
 * the column; STATION_ERROR_RANGE for a result that is no finite number. */
gboolean expression_read(struct expression *expression, struct value *value, GError **error);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PATTERN_H
#define SIGNAL_PATTERN_H

#include <glib.h>

/*
 * PAM4 test patterns as symbols 0..3, lowest power 0, Gray coded from bit pairs
 * (00 0, 01 1, 11 2, 10 3). Sources: IEEE 802.3 clauses 94.3.10.8 (PRBS13Q), 120.5.11 (PRBS31Q,
 * SSPRQ, square wave; the square wave's 8 + 8 symbols from memory of the standard).
 */
enum pattern_id {
	PATTERN_PRBS7Q,
	PATTERN_PRBS9Q,
	PATTERN_PRBS13Q, /* x^13 + x^12 + x^2 + x + 1, phase of lane 0 */
	PATTERN_PRBS15Q,
	PATTERN_PRBS31Q, /* inverted output, register preset to ones */
	PATTERN_SSPRQ,
	PATTERN_SQUARE, /* eight 3s, eight 0s */
	PATTERN_N,
};

/* The name as plans and reports write it ("SSPRQ", "PRBS13Q", "square"). Static storage. */
const char *pattern_name(enum pattern_id id);

/* Finds a pattern by name, upper or lower case. FALSE when there is none; id is then untouched. */
gboolean pattern_from_name(const char *name, enum pattern_id *id);

/* Symbols until the pattern repeats. */
guint64 pattern_period(enum pattern_id id);

/*
 * One whole period, one byte per symbol; *n is its length. Free with g_free. PRBS31Q is too long to
 * be held: STATION_ERROR_RANGE.
 */
guint8 *pattern_symbols(enum pattern_id id, gsize *n, GError **error);

/* The first n symbols, repeated when n is beyond the period. Free with g_free. */
guint8 *pattern_first(enum pattern_id id, gsize n);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_PATTERN_H
#define SIGNAL_PATTERN_H

#include "signal/prbs.h"

#include <glib.h>

/*
 * Test patterns. PAM4: symbols 0..3, lowest power 0, Gray coded from bit pairs (00 0, 01 1, 11 2,
 * 10 3); bits: symbols 0 and 1. Sources: IEEE 802.3 clauses 94.3.10.8 (PRBS13Q), 120.5.11
 * (PRBS31Q, SSPRQ, square wave; the square wave's 8 + 8 symbols from memory of the standard); the
 * sequences themselves are in signal/prbs.h.
 */
enum pattern_id {
	PATTERN_PRBS7Q,
	PATTERN_PRBS9Q,
	PATTERN_PRBS13Q, /* phase of lane 0; for other lanes start a struct prbs with their seed */
	PATTERN_PRBS15Q,
	PATTERN_PRBS23Q,
	PATTERN_PRBS31Q, /* inverted output, register preset to ones */
	PATTERN_SSPRQ,
	PATTERN_SQUARE, /* eight 3s, eight 0s */
	PATTERN_PRBS7,
	PATTERN_PRBS9,
	PATTERN_PRBS13,
	PATTERN_PRBS15,
	PATTERN_PRBS23,
	PATTERN_PRBS31,
	PATTERN_N,
};

#define PATTERN_SQUARE_RUN 8

/* The name as plans and reports write it ("SSPRQ", "PRBS13Q", "square"). Static storage. */
const char *pattern_name(enum pattern_id id);

/* Finds a pattern by name, upper or lower case. FALSE when there is none; id is then untouched. */
gboolean pattern_from_name(const char *name, enum pattern_id *id);

/* 2 for PAM4, 1 for patterns of bits. */
guint pattern_bits_per_symbol(enum pattern_id id);

/* The sequence behind a PRBSn or PRBSnQ; FALSE for other patterns. */
gboolean pattern_prbs(enum pattern_id id, enum prbs_id *prbs);

/* Symbols until the pattern repeats. */
guint64 pattern_period(enum pattern_id id);

/*
 * One whole period, one byte per symbol; *n is its length. Free with g_free. PRBS31 and PRBS31Q
 * are too long to be held: STATION_ERROR_RANGE.
 */
guint8 *pattern_symbols(enum pattern_id id, gsize *n, GError **error);

/* The first n symbols, repeated when n is beyond the period. Free with g_free. */
guint8 *pattern_first(enum pattern_id id, gsize n);

/* n symbols from any place on, as far into the pattern or beyond its period as one likes. */
void pattern_fill(enum pattern_id id, guint64 from, guint8 *symbols, gsize n);

/* A square wave of another length: run 3s, run 0s, and so on. */
void pattern_fill_square(guint run, guint64 from, guint8 *symbols, gsize n);

#endif

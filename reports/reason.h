/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_REASON_H
#define REPORTS_REASON_H

#include "reports/record.h"

/*
 * Why a run did not pass, in a line: of a FAIL the first failing value (before those that failed
 * because their limit needs it) with its lane and, where the run had several, its corner, and how
 * many more failed: "lane 3 at 70 degC: tx_tdecq 4.31 dB >
 * 3.40 dB, +2 more"; else the beginning of the record's reason. Of a PASS that does not stand
 * reason_touched, "marginal" for a marginal one, "" for another. Free with g_free.
 */
char *reason_line(const struct run_record *record);

/*
 * What became of a unit since the run: "touched by hand 2026-01-31 12:34:56 UTC by ann (laser
 * bias): its PASS does not stand until a full run passes". Null when it was not touched. Free with
 * g_free.
 */
char *reason_touched(const struct run_record *record);

/* True for a value that has no fault of its own: what its limit is computed from has no value. */
gboolean reason_is_consequence(const struct record_measurement *measurement);

/* A text of at most `most` characters; what is cut off ends in "...". Free with g_free. */
char *reason_cut(const char *text, guint most);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ANALYZE_REJUDGED_H
#define STATION_ANALYZE_REJUDGED_H

#include "reports/analysis.h"
#include "reports/rejudge.h"

/*
 * A lot as it was judged, and as it would be by other limits (reports/rejudge.h): what differs.
 * Units are counted as reports/lot.h counts them.
 */
struct rejudged {
	const char *what;      /* lot, run or serial number, borrowed */
	GPtrArray *was, *now;  /* struct run_record, one of `now` for each of `was`; borrowed */
	const GPtrArray *sets; /* struct limit_set that were judged by: each file once, borrowed */
	const struct judging *by; /* for each record of `was`, borrowed */
	double confidence;        /* of bounds: 0.95 */
};

/* Units that passed and would not, and the other way round. */
struct rejudged_counts {
	guint would_fail;     /* passed */
	guint cannot_judge;   /* passed; the limits want what the record does not have */
	guint would_pass;     /* failed, or was not judged */
	guint values_changed; /* values with another verdict */
};

/* Yield before and after; each unit; each value and each row of limits whose word is another; what
 * is missing. Free with analysis_free. */
struct analysis *analyze_rejudged(const struct rejudged *rejudged, struct rejudged_counts *counts);

/*
 * As CSV: a line for each value with another verdict, both judgements in it; and one without a
 * value for each run that has another verdict for another reason. Free with g_free.
 */
char *rejudged_csv(const struct rejudged *rejudged);

/* Whether the value fails, cannot be judged or is marginal and was not, or the other way round.
 * Values of attempts that were superseded count for nothing. */
gboolean rejudged_is_changed(const struct rejudged *rejudged, guint run, guint measurement);

#endif

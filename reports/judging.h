/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_JUDGING_H
#define REPORTS_JUDGING_H

#include "reports/record.h"

/*
 * How the values of a record become its verdict: what the engine judges by while a run goes on, and
 * what judges the same record again by other limits. There is no other place that decides.
 */
struct judging {
	const GPtrArray *limits; /* struct limit_set; a measure may stand in several: the strictest
	                          * of them counts */
	enum limit_rule rule;
	double false_accept; /* as in struct limit_decision */
	guint n_lanes;       /* of the product */
};

/* Begins the note of a run whose module may hold half of what was written: such a run cannot PASS.
 */
#define JUDGING_HALF_WRITTEN "the module's memory may be half-written"

/*
 * Judges a value by every row that is for it; its judgements, verdict and reason are filled. A
 * value that has a verdict already is a finding of its step and is left as it is. Names in formulas
 * are values of the record: of the same corner, else of none.
 */
void judging_value(const struct judging *by, const struct run_record *record,
                   struct record_measurement *m);

/* What the judged values from index `first` on say together: the worst verdict, whether one is
 * marginal, and why it is no PASS (null on PASS; free with g_free). */
enum verdict judging_sum(const struct run_record *record, guint first, gboolean *marginal,
                         char **reason);

/* The least distance of the values from `first` on from another verdict, in their expanded
 * uncertainties; nothing of the record is changed. INFINITY where nothing judges them. */
double judging_clearance(const struct judging *by, const struct run_record *record, guint first);

/*
 * What is missing for a PASS: the first GATE or CHECK row of the limits whose measurement has no
 * value that counts, for the whole unit or for one of the lanes that the row is for. Null when all
 * are there; free with g_free.
 */
char *judging_missing(const struct judging *by, const struct run_record *record);
/* Likewise of one row: the first lane without a value, 0 for the whole unit, -1 when none is
 * missing or the row fails nobody. */
int judging_missing_lane(const struct judging *by, const struct run_record *record,
                         const struct limit_row *row);

/* Verdict, reason and first failing step of a run from its steps that count. A plan that did
 * nothing has judged nothing; undone FALSE: the safe state was not reached. */
void judging_conclude(struct run_record *record, gboolean undone);

/* Whether a value that counts is marginal. */
gboolean judging_is_marginal(const struct run_record *record);

/* A PASS without a value for every limit that fails a unit becomes an ERROR. */
void judging_require_all(const struct judging *by, struct run_record *record);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_REJUDGE_H
#define REPORTS_REJUDGE_H

#include "reports/judging.h"

/*
 * The record as it would be if its values had been judged by these limits: head, steps and
 * measurements only, the measurements in the same order. Nothing of `was` is changed. Each value is
 * judged when it was, after the same steps, for a formula may name what was measured again later.
 * What no limit decided stays: findings, steps that ended in an error, attempts that were
 * superseded, an abort, a safe state that was not reached, a memory that may be half-written. A run
 * that failed is no PASS unless its plan went on to the end: `whole` is a run of the same plan on
 * the same product that passed, null when there is none. Free with run_record_free.
 */
struct run_record *rejudge_record(const struct judging *by, const struct run_record *was,
                                  const struct run_record *whole);

/* How the record's values were decided on: rule and risk of its judgements. */
void rejudge_take_decision(const struct run_record *was, struct judging *by);

/* Whether a run of the same plan, product and knob map may stand for `was` as `whole`. */
gboolean rejudge_is_whole_for(const struct run_record *whole, const struct run_record *was);

#endif

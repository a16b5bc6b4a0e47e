/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_MATRIX_H
#define REPORTS_MATRIX_H

#include "reports/markup.h"
#include "reports/record.h"

/* Sections of a unit's page: parameters by lane with limits and margins, values of the whole unit,
 * and every judgement with its source. Nothing is written where there is nothing to show. */
void matrix_lanes(struct markup *markup, const struct run_record *record);
void matrix_unit(struct markup *markup, const struct run_record *record);
void matrix_judgements(struct markup *markup, const struct run_record *record);

/* True when no later measurement of the same thing and no later attempt replaced it. */
gboolean matrix_counts(const struct run_record *record,
                       const struct record_measurement *measurement);

#endif

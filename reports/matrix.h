/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_MATRIX_H
#define REPORTS_MATRIX_H

#include "reports/markup.h"
#include "reports/record.h"

/*
 * Sections of a unit's page. A parameter is a block: its corners beneath each other, lanes to the
 * right; for values of the whole unit the corners stand to the right. What failed stands first.
 * What is only recorded, and yes-or-no findings that are all yes, are folded. Nothing is written
 * where there is nothing to show.
 */

/* What the test after the calibration measured (reports/phase.h): by lane, and of the whole unit.
 */
void matrix_test(struct markup *markup, const struct run_record *record);

/* What the calibration measured, folded but for what failed. */
void matrix_calibration(struct markup *markup, const struct run_record *record);

/* Every judgement with its source. */
void matrix_judgements(struct markup *markup, const struct run_record *record);

#endif

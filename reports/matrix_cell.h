/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_MATRIX_CELL_H
#define REPORTS_MATRIX_CELL_H

#include "reports/markup.h"
#include "reports/record.h"

/* Cells of a table of measurements (reports/matrix.c). */

/* How far the bars of several measurements reach from a one-sided bound, so that they can be
 * compared: the greater of `reach` and what this one needs. */
double matrix_reach(const struct record_measurement *measurement, double reach);

/* The bounds as text when all measurements (struct record_measurement) that have some have the
 * same, "" when none has any; else null. Free with g_free. */
char *matrix_shared_bounds(const GPtrArray *measurements);

/* The cell with the bounds (null: they stand in each cell) and the gate where it is no GATE. */
void matrix_bounds_cell(struct markup *markup, const GPtrArray *measurements, const char *bounds,
                        guint rows);

/* Value, bar, the word and the reason where it is no plain PASS. Null: nothing was measured. */
void matrix_value_cell(struct markup *markup, const struct record_measurement *measurement,
                       double reach, gboolean with_bounds);

#endif

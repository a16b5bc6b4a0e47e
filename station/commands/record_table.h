/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_COMMANDS_RECORD_TABLE_H
#define STATION_COMMANDS_RECORD_TABLE_H

#include "reports/record.h"
#include "station/shell/table.h"

/* What records have, as cells and rows. */

/* Empty where it is not finite. */
void table_add_number(struct table *table, double number, const char *unit);
/* Empty for the whole unit, 0. */
void table_add_lane(struct table *table, int lane);
void table_add_verdict(struct table *table, enum verdict verdict, gboolean marginal);

/* A table of measurements: value, limits, margin, verdict. */
struct table *record_table_new(void);
void record_table_add(struct table *table, const struct record_measurement *measurement);

#endif

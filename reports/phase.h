/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_PHASE_H
#define REPORTS_PHASE_H

#include "reports/record.h"

/*
 * A run that calibrates does so between its steps "calibrate-begin" and "store-constants"; what it
 * measures there says how the constants came about, and only what comes after is the unit's test.
 * True for a step between them (without the one: from the first main step; without the other: to
 * the last). A run that has neither has no calibration.
 */
gboolean phase_is_calibration(const struct run_record *record, guint step);

/* True when nothing replaced the measurement: no later attempt and, unless it failed, no later step
 * of the same phase that measured the same thing. */
gboolean phase_counts(const struct run_record *record,
                      const struct record_measurement *measurement);

#endif

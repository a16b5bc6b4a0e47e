/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ANALYZE_REJUDGED_ROWS_H
#define STATION_ANALYZE_REJUDGED_ROWS_H

#include "station/analyze/rejudged.h"

/* What becomes of each row of limits, which rows have no values, and which cannot judge theirs. */
void rejudged_tell_rows(struct analysis *analysis, const struct rejudged *rejudged);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/phase.h"

#include <string.h>

gboolean phase_is_calibration(const struct run_record *record, guint step)
{
	guint begin = G_MAXUINT, end = G_MAXUINT;
	for (guint i = 0; i < record->steps->len; i++) {
		const char *kind = ((const struct record_step *)record->steps->pdata[i])->kind;
		if (begin == G_MAXUINT && strcmp(kind, "calibrate-begin") == 0)
			begin = i;
		if (strcmp(kind, "store-constants") == 0)
			end = i;
	}
	if (step >= record->steps->len || (begin == G_MAXUINT && end == G_MAXUINT))
		return FALSE;
	const struct record_step *at = record->steps->pdata[step];
	return strcmp(at->group, "main") == 0 && (begin == G_MAXUINT || step >= begin) &&
	       step <= end;
}

static gboolean replaces(const struct run_record *record, const struct record_measurement *later,
                         const struct record_measurement *measurement)
{
	return later->step != measurement->step && later->lane == measurement->lane &&
	       strcmp(later->id, measurement->id) == 0 &&
	       strcmp(later->corner, measurement->corner) == 0 &&
	       !run_record_superseded(record, later->step) &&
	       phase_is_calibration(record, later->step) ==
	               phase_is_calibration(record, measurement->step);
}

gboolean phase_counts(const struct run_record *record, const struct record_measurement *measurement)
{
	if (run_record_superseded(record, measurement->step))
		return FALSE;
	if (measurement->verdict >= VERDICT_FAIL)
		return TRUE;
	for (guint i = record->measurements->len; i-- > 0;) {
		const struct record_measurement *later = record->measurements->pdata[i];
		if (later == measurement)
			return TRUE;
		if (replaces(record, later, measurement))
			return FALSE;
	}
	return TRUE;
}

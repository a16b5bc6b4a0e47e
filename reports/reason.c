/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/reason.h"

#include "reports/corner.h"
#include "reports/page.h"
#include "reports/phase.h"

#include <math.h>
#include <string.h>

enum { REASON_MAX = 100 };

char *reason_cut(const char *text, guint most)
{
	if (!g_utf8_validate(text, -1, NULL) || g_utf8_strlen(text, -1) <= most)
		return g_strndup(text, strlen(text));
	g_autofree char *head = g_utf8_substring(text, 0, most - 3);
	return g_strconcat(g_strchomp(head), "...", NULL);
}

static gboolean has_corners(const struct run_record *record)
{
	const char *first = NULL;
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		first = first ? first : measurement->corner;
		if (strcmp(first, measurement->corner) != 0)
			return TRUE;
	}
	return FALSE;
}

/* "lane 3 at 70 degC: ", "" for the whole unit of a run at one corner. */
static char *place_of(const struct run_record *record, const struct record_measurement *measurement)
{
	gboolean with_corner = *measurement->corner != '\0' && has_corners(record);
	g_autofree char *corner =
		with_corner ? corner_text(record, measurement->corner) : g_strdup("");
	g_autofree char *lane = measurement->lane > 0
	                                ? g_strdup_printf("lane %d", measurement->lane)
	                                : g_strdup("");
	if (*lane == '\0' && *corner == '\0')
		return g_strdup("");
	return g_strdup_printf("%s%s%s: ", lane,
	                       *corner == '\0' ? ""
	                       : *lane != '\0' ? " at "
	                                       : "at ",
	                       corner);
}

static char *value_line(const struct run_record *record,
                        const struct record_measurement *measurement, guint more)
{
	g_autofree char *place = place_of(record, measurement);
	g_autofree char *line =
		g_strdup_printf("%s%s %s", place, measurement->id,
	                        measurement->reason ? measurement->reason : "failed");
	g_autofree char *shown = reason_cut(line, REASON_MAX);
	return more > 0 ? g_strdup_printf("%s, +%u more", shown, more) : g_steal_pointer(&shown);
}

gboolean reason_is_consequence(const struct record_measurement *measurement)
{
	const struct judgement *decisive = record_measurement_decisive(measurement);
	return decisive && isfinite(measurement->value) && isnan(decisive->margin);
}

char *reason_touched(const struct run_record *record)
{
	const struct record_touch *touch = record->touched;
	if (!touch)
		return NULL;
	g_autofree char *time = page_time(touch->time_us);
	return g_strdup_printf("touched by hand %s%s%s (%s): %s", time, *touch->who ? " by " : "",
	                       touch->who, touch->what,
	                       record->verdict == VERDICT_PASS
	                               ? "its PASS does not stand until a full run passes"
	                               : "what this run found need not be so any more");
}

char *reason_line(const struct run_record *record)
{
	const struct record_measurement *first = NULL;
	guint n = 0;
	if (record->verdict == VERDICT_PASS && record->touched)
		return reason_touched(record);
	if (record->verdict == VERDICT_PASS)
		return g_strdup(record->marginal ? "marginal" : "");
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (measurement->verdict != VERDICT_FAIL || !phase_counts(record, measurement))
			continue;
		if (!first || (reason_is_consequence(first) && !reason_is_consequence(measurement)))
			first = measurement;
		n++;
	}
	if (record->verdict == VERDICT_FAIL && first)
		return value_line(record, first, n - 1);
	return record->reason ? reason_cut(record->reason, REASON_MAX) : g_strdup("");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/corner.h"

#include <math.h>
#include <string.h>

gboolean corner_parse(const char *text, struct corner *corner)
{
	char *end;
	corner->case_degc = g_ascii_strtod(text, &end);
	if (end == text || !g_str_has_prefix(end, "C ") || !isfinite(corner->case_degc))
		return FALSE;
	const char *supply = end + strlen("C ");
	corner->supply_v = g_ascii_strtod(supply, &end);
	return end != supply && strcmp(end, "V") == 0 && isfinite(corner->supply_v);
}

int corner_compare(const char *a, const char *b)
{
	struct corner first, second;
	gboolean first_good = corner_parse(a, &first), second_good = corner_parse(b, &second);
	if (!first_good || !second_good)
		return first_good == second_good ? strcmp(a, b) : first_good - second_good;
	if (first.case_degc != second.case_degc)
		return first.case_degc < second.case_degc ? -1 : 1;
	return (first.supply_v > second.supply_v) - (first.supply_v < second.supply_v);
}

int corner_compare_pointers(gconstpointer a, gconstpointer b)
{
	return corner_compare(*(const char *const *)a, *(const char *const *)b);
}

/* True when the text names another supply than *supply_v, which the first one sets. */
static gboolean other_supply(const char *text, double *supply_v)
{
	struct corner corner;
	if (!corner_parse(text, &corner))
		return FALSE;
	if (isnan(*supply_v))
		*supply_v = corner.supply_v;
	return corner.supply_v != *supply_v;
}

static gboolean supplies_differ(const struct run_record *record)
{
	double supply_v = NAN;
	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = record->steps->pdata[i];
		if (other_supply(step->corner, &supply_v))
			return TRUE;
	}
	for (guint i = 0; i < record->series->len; i++) {
		const struct record_series *series = record->series->pdata[i];
		if (other_supply(series->corner, &supply_v))
			return TRUE;
	}
	return FALSE;
}

char *corner_text(const struct run_record *record, const char *corner)
{
	struct corner parsed;
	char degc[G_ASCII_DTOSTR_BUF_SIZE], volt[G_ASCII_DTOSTR_BUF_SIZE];
	if (!corner_parse(corner, &parsed))
		return g_strdup(corner);
	g_ascii_formatd(degc, sizeof degc, "%.4g", parsed.case_degc);
	g_ascii_formatd(volt, sizeof volt, "%.4g", parsed.supply_v);
	if (!supplies_differ(record))
		return g_strdup_printf("%s degC", degc);
	return g_strdup_printf("%s degC, %s V", degc, volt);
}

const char *corner_of(const struct run_record *record, const char *corner, guint step)
{
	if (*corner != '\0' || step >= record->steps->len)
		return corner;
	return ((const struct record_step *)record->steps->pdata[step])->corner;
}

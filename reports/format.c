/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/format.h"

#include "base/error.h"
#include "base/suggest.h"
#include "reports/reason.h"

#include <string.h>

/* clang-format off */
const struct report_format report_formats[] = {
	{"html",          "html", FALSE, report_unit_html,     report_lot_html, NULL},
	{"json",          "json", FALSE, run_record_to_json,   report_lot_json, NULL},
	{"csv",           "csv",  FALSE, report_unit_csv,      report_lot_csv,  NULL},
	{"constants-csv", "csv",  FALSE, report_constants_csv, NULL,            NULL},
	{"junit",         "xml",  FALSE, NULL,                 NULL,            export_junit},
	{"stdf",          "stdf", TRUE,  NULL,                 NULL,            export_stdf},
	{"wsjf",          "json", FALSE, NULL,                 NULL,            export_wsjf},
	{"openhtf",       "json", FALSE, NULL,                 NULL,            export_openhtf},
	{"pdf",           "pdf",  TRUE,  NULL,                 NULL,            export_pdf},
	{NULL, NULL, FALSE, NULL, NULL, NULL},
};
/* clang-format on */

static gboolean is_for(const struct report_format *format, gboolean is_lot)
{
	return format->set || (is_lot ? format->lot != NULL : format->run != NULL);
}

static void refuse(const char *name, gboolean is_lot, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	for (const struct report_format *format = report_formats; format->name; format++) {
		if (is_for(format, is_lot))
			g_ptr_array_add(names, (gpointer)format->name);
	}
	g_ptr_array_add(names, NULL);
	g_autofree char *all = g_strjoinv(", ", (char **)names->pdata);
	const char *near = suggest_nearest(name, (const char *const *)names->pdata);
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "there is no format \"%s\" for a %s%s%s%s; there are %s", name,
	                  is_lot ? "lot" : "run", near ? ", did you mean \"" : "", near ? near : "",
	                  near ? "\"?" : "", all);
}

const struct report_format *report_format_find(const char *name, gboolean is_lot, GError **error)
{
	for (const struct report_format *format = report_formats; format->name; format++) {
		if (strcmp(format->name, name) == 0 && is_for(format, is_lot))
			return format;
	}
	refuse(name, is_lot, error);
	return NULL;
}

static void stand_in_free(gpointer data)
{
	struct run_record *run = data;
	if (run->touched)
		g_free(run->reason);
	g_free(run);
}

/*
 * Exports know five verdicts and nothing that came later: a PASS that does not stand, because the
 * unit was touched by hand since, has none for them. All else is borrowed from the records.
 */
static GPtrArray *stand_ins(const GPtrArray *records)
{
	GPtrArray *runs = g_ptr_array_new_with_free_func(stand_in_free);
	for (guint i = 0; i < records->len; i++) {
		struct run_record *run = g_memdup2(records->pdata[i], sizeof *run);
		if (run->verdict != VERDICT_PASS)
			run->touched = NULL;
		if (run->touched) {
			run->reason = reason_touched(run);
			run->verdict = VERDICT_NONE;
			run->marginal = FALSE;
		}
		g_ptr_array_add(runs, run);
	}
	return runs;
}

static GBytes *write_set(const struct report_format *format, const struct report_set *set)
{
	g_autoptr(GPtrArray) runs = stand_ins(set->records);
	struct report_set own = *set;
	own.records = runs;
	return format->set(&own);
}

GBytes *report_format_write(const struct report_format *format, const struct report_set *set)
{
	const struct lot_report lot = {.lot = set->lot,
	                               .records = set->records,
	                               .span = set->span,
	                               .bounds = set->bounds};
	if (format->set)
		return write_set(format, set);
	char *text = set->lot ? format->lot(&lot) : format->run(set->records->pdata[0]);
	return g_bytes_new_take(text, strlen(text));
}

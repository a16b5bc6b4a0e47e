/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/matrix.h"

#include "limits/value.h"
#include "reports/corner.h"
#include "reports/page.h"
#include "reports/phase.h"

#include <math.h>
#include <string.h>

static void write_lane(struct markup *markup, int lane)
{
	g_autofree char *text = lane > 0 ? g_strdup_printf("%d", lane) : g_strdup("");
	markup_element(markup, "td", NULL, text);
}

static void write_number_cell(struct markup *markup, double value, const char *unit)
{
	g_autofree char *text = isnan(value) ? g_strdup("") : value_text(value, unit, 0);
	markup_element(markup, "td", "number", text);
}

/* Nothing where the guard band keeps no distance. */
static void write_guarded(struct markup *markup, double bound, double guarded, const char *unit)
{
	write_number_cell(markup, guarded == bound ? NAN : guarded, unit);
}

static void write_judgement(struct markup *markup, const struct run_record *record,
                            const struct record_measurement *measurement,
                            const struct judgement *judgement)
{
	const char *difference = strcmp(measurement->unit, "dBm") == 0 ? "dB" : measurement->unit;
	g_autofree char *corner = corner_text(record, measurement->corner);
	markup_open(markup, "tr");
	markup_element(markup, "td", "code", judgement->limit_id);
	write_lane(markup, measurement->lane);
	markup_element(markup, "td", "number", corner);
	write_number_cell(markup, measurement->value, measurement->unit);
	write_number_cell(markup, judgement->uncertainty, difference);
	write_number_cell(markup, judgement->low, measurement->unit);
	write_guarded(markup, judgement->low, judgement->low_guarded, measurement->unit);
	write_number_cell(markup, judgement->high, measurement->unit);
	write_guarded(markup, judgement->high, judgement->high_guarded, measurement->unit);
	write_number_cell(markup, judgement->margin, difference);
	markup_element(markup, "td", NULL, limit_gate_name(judgement->gate));
	markup_open(markup, "td");
	page_verdict(markup, judgement->verdict, judgement->marginal);
	markup_close(markup);
	markup_elementf(markup, "td", NULL, "%c", judgement->mark ? judgement->mark : ' ');
	markup_element(markup, "td", "small wrap", judgement->source);
	markup_close(markup);
}

void matrix_judgements(struct markup *markup, const struct run_record *record)
{
	static const char *const heads[] =
		{"Limit", "Lane",    "Corner", "Value",   "\xC2\xB1 (k = 2)",
	         "Low",   "guarded", "High",   "guarded", "Margin",
	         "Gate",  "Verdict", "Mark",   "Source",  NULL};
	page_section(markup, "Every judgement");
	markup_open(markup, "details");
	markup_element(markup, "summary", NULL,
	               "limits with their sources (mark C: confirmed in the source, M: from "
	               "memory, X: "
	               "sources disagree)");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		for (guint j = 0; j < measurement->judgements->len; j++) {
			if (phase_counts(record, measurement))
				write_judgement(markup, record, measurement,
				                measurement->judgements->pdata[j]);
		}
	}
	page_table_end(markup);
	markup_close(markup);
	markup_close(markup);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/pdf.h"

#include "reports/lot.h"
#include "reports/lot_use.h"
#include "reports/markup.h"
#include "reports/page.h"
#include "reports/reason.h"
#include "reports/shift.h"
#include "reports/title.h"

#include <math.h>

static void write_head(struct pdf *pdf, const struct report_set *set,
                       const struct lot_summary *summary)
{
	gint64 start_us = 0, end_us = 0;
	for (guint i = 0; i < set->records->len; i++) {
		const struct run_record *run = set->records->pdata[i];
		start_us = start_us == 0 ? run->start_us : MIN(start_us, run->start_us);
		end_us = MAX(end_us, run->end_us);
	}
	if (set->span) {
		start_us = set->span->since_us;
		end_us = set->span->until_us;
	}
	g_autofree char *title = lot_title(set->lot, set->span);
	g_autofree char *start = page_time(start_us);
	g_autofree char *end = page_time(end_us);
	g_autofree char *units = g_strdup_printf("%u", summary->units->len);
	g_autofree char *runs = g_strdup_printf("%u", set->records->len);
	g_autofree char *passed = g_strdup_printf("%u", summary->passed);
	g_autofree char *failed = g_strdup_printf("%u", summary->failed);
	g_autofree char *not_judged = g_strdup_printf("%u", summary->not_judged);
	g_autofree char *first = lot_yield_text(summary->first_passed, summary->passed,
	                                        summary->failed, set->bounds);
	g_autofree char *final =
		lot_yield_text(summary->passed, summary->passed, summary->failed, set->bounds);
	g_autofree char *took = page_duration(summary->median_run_s);
	const struct pdf_fact facts[] = {
		{"First-pass yield", first},
		{"Final yield", final},
		{"Units", units},
		{"Passed", passed},
		{"Failed", failed},
		{"Not judged", not_judged},
		{"Runs", runs},
		{"Median time of a run", took},
		{"Begin", start},
		{"End", end},
		{NULL, NULL},
	};
	pdf_title(pdf, title);
	pdf_facts(pdf, facts);
	pdf_paragraph(pdf, "Of several runs of a stage the last counts. First pass: passed without "
	                   "a second run. Units that the station could not judge, or that lack a "
	                   "stage, are in neither yield.");
	pdf_signatures(pdf, (const char *const[]){"Released by", NULL});
}

static void write_types(struct pdf *pdf, const struct lot_summary *summary)
{
	static const struct pdf_column columns[] = {
		{"Type", 0.3, FALSE}, {"First-pass yield", 0.2, TRUE}, {"Final yield", 0.2, TRUE},
		{"Units", 0.1, TRUE}, {"Failed", 0.1, TRUE},           {"Not judged", 0.1, TRUE},
	};
	static const struct pdf_table table = {columns, G_N_ELEMENTS(columns)};
	if (summary->types->len < 2)
		return;
	pdf_section(pdf, "By type");
	pdf_table_begin(pdf, &table);
	for (guint i = 0; i < summary->types->len; i++) {
		const struct lot_type *type = &g_array_index(summary->types, struct lot_type, i);
		g_autofree char *first =
			lot_yield_text(type->first_passed, type->passed, type->failed, NULL);
		g_autofree char *final =
			lot_yield_text(type->passed, type->passed, type->failed, NULL);
		g_autofree char *units = g_strdup_printf("%u", type->units);
		g_autofree char *failed = g_strdup_printf("%u", type->failed);
		g_autofree char *not_judged = g_strdup_printf("%u", type->not_judged);
		const char *const cells[] = {type->type, first, final, units, failed, not_judged};
		pdf_row(pdf, cells, VERDICT_NONE, FALSE);
	}
	pdf_table_end(pdf);
}

static const struct pdf_column cause_columns[] = {
	{"", 0.5, FALSE},
	{"Units", 0.15, TRUE},
	{"Of those that failed", 0.35, TRUE},
};
static const struct pdf_table cause_table = {cause_columns, G_N_ELEMENTS(cause_columns)};

static void write_cause(struct pdf *pdf, const char *name, guint count, guint failed)
{
	g_autofree char *units = g_strdup_printf("%u", count);
	g_autofree char *percent = markup_number(100.0 * count / MAX(failed, 1), 1);
	g_autofree char *share = g_strconcat(percent, " %", NULL);
	pdf_row(pdf, (const char *const[]){name, units, share}, VERDICT_NONE, FALSE);
}

static void write_causes(struct pdf *pdf, const struct lot_summary *summary)
{
	if (summary->causes->len > 0) {
		pdf_section(pdf, "First failing step");
		pdf_table_begin(pdf, &cause_table);
		for (guint i = 0; i < summary->causes->len; i++) {
			const struct lot_cause *cause =
				&g_array_index(summary->causes, struct lot_cause, i);
			write_cause(pdf, cause->step, cause->count, summary->failed);
		}
		pdf_table_end(pdf);
	}
	if (summary->parameters->len > 0) {
		pdf_section(pdf, "Failing parameters");
		pdf_table_begin(pdf, &cause_table);
		for (guint i = 0; i < summary->parameters->len; i++) {
			const struct lot_parameter *parameter =
				&g_array_index(summary->parameters, struct lot_parameter, i);
			write_cause(pdf, title_of(parameter->id), parameter->count,
			            summary->failed);
		}
		pdf_table_end(pdf);
	}
}

static void write_use(struct pdf *pdf, const struct report_set *set)
{
	static const struct pdf_column columns[] = {
		{"Instrument", 0.4, FALSE},
		{"Busy", 0.2, TRUE},
		{"Of the time under test", 0.25, TRUE},
		{"Times taken", 0.15, TRUE},
	};
	static const struct pdf_table table = {columns, G_N_ELEMENTS(columns)};
	struct lot_use *use = lot_use_of(set->records);
	g_autofree char *text = lot_use_text(use);
	pdf_section(pdf, "How busy the station was");
	pdf_paragraph(pdf, text);
	if (use->instruments->len > 0)
		pdf_table_begin(pdf, &table);
	for (guint i = 0; i < use->instruments->len; i++) {
		const struct lot_instrument *one =
			&g_array_index(use->instruments, struct lot_instrument, i);
		g_autofree char *busy = page_duration(one->busy_s);
		g_autofree char *percent = markup_number(one->busy_pct, 1);
		g_autofree char *share = g_strconcat(percent, " %", NULL);
		g_autofree char *takes = g_strdup_printf("%u", one->takes);
		const char *const cells[] = {one->name, busy, share, takes};
		pdf_row(pdf, cells, VERDICT_NONE, FALSE);
	}
	if (use->instruments->len > 0)
		pdf_table_end(pdf);
	lot_use_free(use);
}

/* The lots, or the operators, of a span. */
static void write_shares(struct pdf *pdf, const char *title, const GArray *shares)
{
	static const struct pdf_column columns[] = {
		{"", 0.4, FALSE},       {"Runs", 0.12, TRUE},   {"Passed", 0.12, TRUE},
		{"Failed", 0.12, TRUE}, {"Errors", 0.12, TRUE}, {"Aborted", 0.12, TRUE},
	};
	static const struct pdf_table table = {columns, G_N_ELEMENTS(columns)};
	pdf_section(pdf, title);
	pdf_table_begin(pdf, &table);
	for (guint i = 0; i < shares->len; i++) {
		const struct shift_share *share = &g_array_index(shares, struct shift_share, i);
		const guint counts[] = {share->runs, share->passed, share->failed, share->errors,
		                        share->aborted};
		g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(cells, g_strdup(*share->name ? share->name : "not told"));
		for (gsize c = 0; c < G_N_ELEMENTS(counts); c++)
			g_ptr_array_add(cells, g_strdup_printf("%u", counts[c]));
		pdf_row(pdf, (const char *const *)cells->pdata, VERDICT_NONE, FALSE);
	}
	pdf_table_end(pdf);
}

static void write_stops(struct pdf *pdf, const struct shift_summary *summary)
{
	static const struct pdf_column columns[] = {
		{"From", 0.22, FALSE},
		{"To", 0.22, FALSE},
		{"For", 0.12, TRUE},
		{"The run before", 0.44, FALSE},
	};
	static const struct pdf_table table = {columns, G_N_ELEMENTS(columns)};
	pdf_section(pdf, "Stops longer than 5 minutes");
	if (summary->stops->len == 0) {
		pdf_paragraph(pdf, "None.");
		return;
	}
	pdf_table_begin(pdf, &table);
	for (guint i = 0; i < summary->stops->len; i++) {
		const struct shift_stop *stop =
			&g_array_index(summary->stops, struct shift_stop, i);
		g_autofree char *from = page_time(stop->from_us);
		g_autofree char *to = page_time(stop->to_us);
		g_autofree char *took = page_duration((double)(stop->to_us - stop->from_us) * 1e-6);
		g_autofree char *why = shift_stop_text(stop);
		const char *const cells[] = {from, to, took, why};
		pdf_row(pdf, cells, VERDICT_NONE, FALSE);
	}
	pdf_table_end(pdf);
}

static void write_span(struct pdf *pdf, const struct lot_report *lot)
{
	struct shift_summary *summary = shift_summarise(lot);
	if (summary->lots->len > 0) {
		write_shares(pdf, "Lots", summary->lots);
		write_shares(pdf, "Operators", summary->operators);
	}
	write_stops(pdf, summary);
	shift_summary_free(summary);
}

/* A PASS that does not stand comes here as no verdict. */
static const char *word_of(const struct lot_unit *unit)
{
	gboolean touched = unit->verdict == VERDICT_NONE && unit->telling->touched;
	return touched ? "TOUCHED" : lot_unit_word(unit);
}

static void write_units(struct pdf *pdf, const struct lot_summary *summary)
{
	static const struct pdf_column columns[] = {
		{"Serial", 0.14, FALSE}, {"Part number", 0.17, FALSE}, {"Type", 0.13, FALSE},
		{"Why", 0.31, FALSE},    {"Runs", 0.05, TRUE},         {"Time", 0.09, TRUE},
		{"Verdict", 0.11, TRUE},
	};
	static const struct pdf_table table = {columns, G_N_ELEMENTS(columns)};
	if (summary->units->len == 0)
		return;
	pdf_section(pdf, "Units");
	pdf_table_begin(pdf, &table);
	for (guint i = 0; i < summary->units->len; i++) {
		const struct lot_unit *unit = &g_array_index(summary->units, struct lot_unit, i);
		g_autofree char *why = reason_line(unit->telling);
		g_autofree char *runs = g_strdup_printf("%u", unit->n_runs);
		g_autofree char *took = page_duration(unit->duration_s);
		const char *const cells[] = {unit->serial, unit->part_number, unit->type, why, runs,
		                             took,         word_of(unit)};
		pdf_row(pdf, cells, unit->verdict, unit->marginal);
	}
	pdf_table_end(pdf);
}

void pdf_lot(struct pdf *pdf, gconstpointer data)
{
	const struct report_set *set = data;
	const struct lot_report lot = {.lot = set->lot, .records = set->records, .span = set->span};
	struct lot_summary *summary = lot_summarise(&lot);
	write_head(pdf, set, summary);
	write_types(pdf, summary);
	write_causes(pdf, summary);
	if (set->span)
		write_span(pdf, &lot);
	write_use(pdf, set);
	write_units(pdf, summary);
	lot_summary_free(summary);
}

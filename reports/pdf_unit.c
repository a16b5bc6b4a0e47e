/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/pdf.h"

#include "limits/value.h"
#include "reports/accept.h"
#include "reports/corner.h"
#include "reports/export.h"
#include "reports/lane_list.h"
#include "reports/page.h"
#include "reports/phase.h"
#include "reports/reason.h"
#include "reports/title.h"
#include "reports/unit_page.h"

#include <math.h>
#include <string.h>

/* --- head ------------------------------------------------------------------------------------ */

static void write_identity(struct pdf *pdf, const struct run_record *record)
{
	const struct record_identity *identity = &record->identity;
	g_autofree char *start = page_time(record->start_us);
	g_autofree char *end = page_time(record->end_us);
	g_autofree char *site = g_strdup_printf("%d", record->site);
	g_autofree char *station =
		g_strdup_printf("%s, software %s", record->station_id, record->station_version);
	const struct pdf_fact facts[] = {
		{"Serial number", record->serial},
		{"Part number", record->part_number},
		{"Type", record->type},
		{"Form factor", record->form_factor},
		{"Lot", record->lot},
		{"Stage", record->stage},
		{"Begin", start},
		{"End", end},
		{"Operator", record->operator_name},
		{"Station", station},
		{"Site", site},
		{"Plan", record->plan_name},
		{"Plan revision", record->plan_revision},
		{"Limits edition", record->limits_edition},
		{"Module's vendor", identity->vendor},
		{"Module's part", identity->part_number},
		{"Module's revision", identity->revision},
		{"Module's date code", identity->date_code},
		{"Module's firmware", identity->firmware},
		{"Run", record->run_id},
		{NULL, NULL},
	};
	pdf_facts(pdf, facts);
}

struct tally {
	guint passed, marginal, failed, not_judged, recorded;
};

static struct tally count(const struct run_record *record)
{
	struct tally tally = {0};
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (!phase_counts(record, measurement))
			continue;
		tally.passed += measurement->verdict == VERDICT_PASS;
		tally.marginal += measurement->verdict == VERDICT_PASS && measurement->marginal;
		tally.failed += measurement->verdict == VERDICT_FAIL;
		tally.not_judged += measurement->verdict >= VERDICT_ERROR;
		tally.recorded += measurement->verdict < VERDICT_PASS;
	}
	return tally;
}

static void write_head(struct pdf *pdf, const struct run_record *record)
{
	struct tally tally = count(record);
	g_autofree char *why = reason_line(record);
	const char *none = record->touched ? "TOUCHED" : "NO VERDICT";
	const char *word = record->verdict == VERDICT_NONE ? none : verdict_name(record->verdict);
	pdf_title(pdf, "Test report");
	pdf_verdict(pdf, record->verdict, word, why);
	write_identity(pdf, record);
	pdf_paragraphf(pdf,
	               "%u values within their limits (%u of them within a guard band), %u "
	               "outside, "
	               "%u not judged for an error, %u recorded only. Uncertainties are expanded "
	               "(k = 2). Values that later attempts replaced are in the run document.",
	               tally.passed, tally.marginal, tally.failed, tally.not_judged,
	               tally.recorded);
	pdf_signatures(pdf, (const char *const[]){"Tested by", "Released by", NULL});
}

/* --- values ---------------------------------------------------------------------------------- */

static const struct pdf_column value_columns[] = {
	{"Parameter", 0.26, FALSE}, {"Lane", 0.05, TRUE},     {"Corner", 0.13, FALSE},
	{"Value", 0.115, TRUE},     {"\xC2\xB1", 0.09, TRUE}, {"Low limit", 0.1, TRUE},
	{"High limit", 0.1, TRUE},  {"Margin", 0.085, TRUE},  {"Verdict", 0.07, TRUE},
};
static const struct pdf_table value_table = {value_columns, G_N_ELEMENTS(value_columns)};

/* "" for what is no number. */
static char *number_text(double value, const char *unit)
{
	return isfinite(value) ? value_text(value, unit, 0) : g_strdup("");
}

static char *shown_value(const struct record_measurement *measurement)
{
	if (!isfinite(measurement->value))
		return g_strdup("no value");
	if (accept_is_finding(measurement))
		return g_strdup(measurement->value == 1 ? "yes" : "no");
	return value_text(measurement->value, measurement->unit, 0);
}

static void write_value(struct pdf *pdf, const struct run_record *record,
                        const struct record_measurement *measurement, gboolean with_title)
{
	struct accept accept = accept_of(measurement);
	double margin = fmin(measurement->value - accept_low(&accept),
	                     accept_high(&accept) - measurement->value);
	const char *margin_unit = strcmp(measurement->unit, "dBm") == 0 ? "dB" : measurement->unit;
	g_autofree char *lane =
		measurement->lane > 0 ? g_strdup_printf("%d", measurement->lane) : g_strdup("");
	g_autofree char *corner =
		corner_text(record, corner_of(record, measurement->corner, measurement->step));
	g_autofree char *value = shown_value(measurement);
	g_autofree char *uncertainty =
		isfinite(measurement->uncertainty)
			? value_uncertainty_text(measurement->uncertainty, measurement->unit)
			: g_strdup("");
	g_autofree char *low = number_text(accept_low(&accept), measurement->unit);
	g_autofree char *high = number_text(accept_high(&accept), measurement->unit);
	g_autofree char *distance =
		number_text(isnan(measurement->value) ? NAN : margin, margin_unit);
	const char *const cells[] = {
		with_title ? title_of(measurement->id) : "",
		lane,
		corner,
		value,
		uncertainty,
		low,
		high,
		distance,
		verdict_name(measurement->verdict),
	};
	pdf_row(pdf, cells, measurement->verdict, measurement->marginal);
}

typedef gboolean (*value_filter)(const struct run_record *record,
                                 const struct record_measurement *measurement);

static gboolean is_judged(const struct run_record *record,
                          const struct record_measurement *measurement)
{
	return measurement->verdict != VERDICT_NONE && phase_counts(record, measurement);
}

static gboolean is_bad(const struct run_record *record,
                       const struct record_measurement *measurement)
{
	return measurement->verdict >= VERDICT_FAIL && phase_counts(record, measurement);
}

static gboolean is_test(const struct run_record *record,
                        const struct record_measurement *measurement)
{
	return is_judged(record, measurement) && !phase_is_calibration(record, measurement->step);
}

static gboolean is_calibration(const struct run_record *record,
                               const struct record_measurement *measurement)
{
	return is_judged(record, measurement) && phase_is_calibration(record, measurement->step);
}

/* Those of `shown` that are the same parameter; empty when an earlier one is. */
static GPtrArray *block_of(const GPtrArray *shown, guint first)
{
	GPtrArray *block = g_ptr_array_new();
	const struct record_measurement *head = shown->pdata[first];
	for (guint i = 0; i < shown->len; i++) {
		struct record_measurement *measurement = shown->pdata[i];
		if (strcmp(measurement->id, head->id) != 0)
			continue;
		if (i < first)
			break;
		g_ptr_array_add(block, measurement);
	}
	return block;
}

static gboolean all_are_yes(const GPtrArray *block)
{
	for (guint i = 0; i < block->len; i++) {
		const struct record_measurement *measurement = block->pdata[i];
		if (measurement->verdict != VERDICT_PASS || !accept_is_finding(measurement))
			return FALSE;
	}
	return block->len > 1;
}

/* All values of one parameter below its title, which each page repeats. What was found everywhere
 * is told once. */
static void write_block(struct pdf *pdf, const struct run_record *record, const GPtrArray *block)
{
	guint page = 0;
	if (all_are_yes(block)) {
		const struct record_measurement *first = block->pdata[0];
		g_autofree char *places = g_strdup_printf("%u places", block->len);
		const char *const cells[] =
			{title_of(first->id), "", places, "yes", "", "", "", "", "PASS"};
		pdf_row(pdf, cells, VERDICT_PASS, FALSE);
		return;
	}
	for (guint i = 0; i < block->len; i++) {
		pdf_room(pdf, PDF_ROW_HEIGHT);
		write_value(pdf, record, block->pdata[i], page != pdf->page);
		page = pdf->page;
	}
}

static void write_values(struct pdf *pdf, const struct run_record *record, const char *title,
                         value_filter filter)
{
	g_autoptr(GPtrArray) shown = g_ptr_array_new();
	for (guint i = 0; i < record->measurements->len; i++) {
		if (filter(record, record->measurements->pdata[i]))
			g_ptr_array_add(shown, record->measurements->pdata[i]);
	}
	if (shown->len == 0)
		return;
	pdf_section(pdf, title);
	pdf_table_begin(pdf, &value_table);
	for (guint i = 0; i < shown->len; i++) {
		g_autoptr(GPtrArray) block = block_of(shown, i);
		write_block(pdf, record, block);
	}
	pdf_table_end(pdf);
}

/* --- what it was found by -------------------------------------------------------------------- */

static void write_steps(struct pdf *pdf, const struct run_record *record)
{
	static const struct pdf_column columns[] = {
		{"Step", 0.24, FALSE},   {"Lane", 0.05, TRUE}, {"Corner", 0.14, FALSE},
		{"Attempt", 0.08, TRUE}, {"Why", 0.39, FALSE}, {"Verdict", 0.1, TRUE},
	};
	static const struct pdf_table table = {columns, G_N_ELEMENTS(columns)};
	gboolean any = FALSE;
	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = record->steps->pdata[i];
		if (step->verdict < VERDICT_FAIL)
			continue;
		if (!any) {
			pdf_section(pdf, "Steps that did not pass, with replaced attempts");
			pdf_table_begin(pdf, &table);
		}
		any = TRUE;
		g_autofree char *lane =
			step->lane > 0 ? g_strdup_printf("%d", step->lane) : g_strdup("");
		g_autofree char *corner = corner_text(record, step->corner);
		g_autofree char *attempt =
			g_strdup_printf("%d%s", step->attempt, step->superseded ? " (old)" : "");
		const char *const cells[] = {step->name, lane,         corner,
		                             attempt,    step->reason, verdict_name(step->verdict)};
		pdf_row(pdf, cells, step->verdict, FALSE);
	}
	if (any)
		pdf_table_end(pdf);
}

static void write_instruments(struct pdf *pdf, const struct run_record *record)
{
	static const struct pdf_column columns[] = {
		{"Instrument", 0.15, FALSE}, {"Class", 0.16, FALSE},
		{"Maker", 0.23, FALSE},      {"Model", 0.16, FALSE},
		{"Serial", 0.16, FALSE},     {"Calibration due", 0.14, TRUE},
	};
	static const struct pdf_table table = {columns, G_N_ELEMENTS(columns)};
	if (record->instruments->len == 0)
		return;
	pdf_section(pdf, "Instruments");
	pdf_table_begin(pdf, &table);
	for (guint i = 0; i < record->instruments->len; i++) {
		const struct record_instrument *instrument = record->instruments->pdata[i];
		gboolean told = *instrument->calibration_due != '\0';
		const char *const cells[] = {
			instrument->name,   instrument->class_name,
			instrument->maker,  instrument->model,
			instrument->serial, told ? instrument->calibration_due : "not known",
		};
		pdf_row(pdf, cells, VERDICT_NONE, FALSE);
	}
	pdf_table_end(pdf);
}

static void write_files(struct pdf *pdf, const struct run_record *record)
{
	static const struct pdf_column columns[] = {
		{"Role", 0.12, FALSE},
		{"File", 0.28, FALSE},
		{"SHA-256", 0.6, FALSE},
	};
	static const struct pdf_table table = {columns, G_N_ELEMENTS(columns)};
	if (record->files->len == 0)
		return;
	pdf_section(pdf, "Files that shaped the run");
	pdf_table_begin(pdf, &table);
	for (guint i = 0; i < record->files->len; i++) {
		const struct record_file *file = record->files->pdata[i];
		const char *const cells[] = {file->role, file->name, file->sha256};
		pdf_row(pdf, cells, VERDICT_NONE, FALSE);
	}
	pdf_table_end(pdf);
}

static void write_notes(struct pdf *pdf, const struct run_record *record)
{
	g_autoptr(GPtrArray) notes = lane_list_join(record->notes);
	if (notes->len > 0)
		pdf_section(pdf, "Notes");
	for (guint i = 0; i < notes->len; i++)
		pdf_paragraph(pdf, notes->pdata[i]);
}

/* --- pictures -------------------------------------------------------------------------------- */

/* The sections that the page for screens has. */
static void write_pictures(struct pdf *pdf, const struct run_record *record)
{
	struct markup *markup = markup_new();
	markup_open(markup, "main");
	unit_eyes(markup, record);
	unit_curves(markup, record, FALSE);
	unit_maps(markup, record);
	g_autofree char *html = markup_end(markup);
	pdf_pictures(pdf, html);
}

void pdf_unit(struct pdf *pdf, gconstpointer data)
{
	const struct run_record *record = data;
	write_head(pdf, record);
	write_values(pdf, record, "Outside their limits, or not judged", is_bad);
	write_values(pdf, record, "Measured values", is_test);
	write_pictures(pdf, record);
	write_values(pdf, record, "Calibration", is_calibration);
	write_steps(pdf, record);
	write_instruments(pdf, record);
	write_files(pdf, record);
	write_notes(pdf, record);
}

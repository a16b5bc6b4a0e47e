/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/value.h"
#include "reports/corner.h"
#include "reports/lane_list.h"
#include "reports/accept.h"
#include "reports/phase.h"
#include "reports/reason.h"
#include "reports/title.h"
#include "station/operator/screen_sheet.h"
#include "station/operator/words.h"

#include <math.h>

/* What was measured stands beside its name and place, or below; long names have more room where
 * there is some. */
enum {
	NAME_COLUMNS = 34,
	NAME_COLUMNS_MORE = 45,
	PLACE_COLUMNS = 26,
	FOUND_COLUMNS = 64,
	FOUND_INDENT = 4
};

/* --- the unit -----------------------------------------------------------------------------------
 */

static void draw_run(const struct desk *desk, struct sheet *sheet, const struct run_record *record)
{
	g_autofree char *begun = sheet_time(desk, record->start_us, "%Y-%m-%d %H:%M:%S");
	g_autofree char *site = g_strdup_printf(_("Site %d"), record->site);
	g_autofree char *plan = g_strdup_printf("%s %s", record->plan_name, record->plan_revision);
	struct area row = sheet_take(sheet, 1);
	struct area verdict = sheet_cell(row, 0, 12);

	sheet_verdict(sheet->page, verdict, record->verdict, record->marginal);
	area_take_left(&row, 12);
	int x = canvas_text_cut(sheet->page, row, 0, 0, LOOK_TITLE, record->serial);
	x = canvas_text_cut(sheet->page, row, x + 2, 0, LOOK_TEXT, record->part_number);
	canvas_text_cut(sheet->page, row, x + 2, 0, LOOK_TEXT, record->lot);
	row = sheet_take(sheet, 1);
	x = canvas_text_cut(sheet->page, row, 0, 0, LOOK_DIM, begun);
	x = canvas_text_cut(sheet->page, row, x + 2, 0, LOOK_DIM, site);
	canvas_text_cut(sheet->page, row, x + 2, 0, LOOK_DIM, plan);
}

static void draw_reason(struct sheet *sheet, const struct run_record *record)
{
	enum look look = screen_state_look(sheet_verdict_state(record->verdict));
	g_autofree char *line = reason_line(record);

	if (record->reason && *record->reason)
		sheet_paragraph(sheet, 0, look, record->reason);
	else if (record->verdict != VERDICT_PASS && *line)
		sheet_paragraph(sheet, 0, look, line);
}

/* --- values -------------------------------------------------------------------------------------
 */

/* Which values a heading is about. */
enum part { PART_FAILED, PART_NO_VALUE, PART_MARGINAL };

static gboolean is_of(const struct record_measurement *measurement, enum part part)
{
	switch (part) {
	case PART_FAILED:
		return measurement->verdict == VERDICT_FAIL && !reason_is_consequence(measurement);
	case PART_NO_VALUE:
		return measurement->verdict == VERDICT_ERROR ||
		       (measurement->verdict == VERDICT_FAIL && reason_is_consequence(measurement));
	case PART_MARGINAL:
		return measurement->verdict == VERDICT_PASS && measurement->marginal;
	}
	return FALSE;
}

static char *value_words(const struct canvas *canvas, const struct record_measurement *measurement)
{
	if (isnan(measurement->value))
		return g_strdup(_("no value"));
	if (accept_is_finding(measurement))
		return g_strdup(measurement->value == 1 ? _("yes") : _("no"));
	g_autofree char *value = value_text(measurement->value, measurement->unit, 0);
	if (!isfinite(measurement->uncertainty))
		return g_steal_pointer(&value);
	g_autofree char *uncertainty =
		value_uncertainty_text(measurement->uncertainty, measurement->unit);
	return g_strdup_printf("%s %s %s", value, canvas->signs == SIGNS_ASCII ? "+/-" : "\u00b1",
	                       uncertainty);
}

static char *limits_words(const struct canvas *canvas, const struct judgement *judgement,
                          const char *unit)
{
	gboolean ascii = canvas->signs == SIGNS_ASCII;
	g_autofree char *low = value_text(judgement->low, unit, 0);
	g_autofree char *high = value_text(judgement->high, unit, 0);

	if (isfinite(judgement->low) && isfinite(judgement->high))
		return g_strdup_printf("%s .. %s", low, high);
	if (isfinite(judgement->low))
		return g_strdup_printf("%s %s", ascii ? ">=" : "\u2265", low);
	if (isfinite(judgement->high))
		return g_strdup_printf("%s %s", ascii ? "<=" : "\u2264", high);
	return g_strdup("");
}

static char *margin_words(const struct judgement *judgement, const char *unit)
{
	if (!isfinite(judgement->margin))
		return g_strdup("");
	g_autofree char *margin =
		value_text(judgement->margin, g_str_equal(unit, "dBm") ? "dB" : unit, 0);
	return g_strdup_printf(_("margin %s"), margin);
}

static void draw_place(struct sheet *sheet, struct area row, const struct run_record *record,
                       const struct record_measurement *measurement, int name_columns)
{
	enum look look = measurement->marginal
	                         ? LOOK_WARNING
	                         : screen_state_look(sheet_verdict_state(measurement->verdict));
	const char *at = corner_of(record, measurement->corner, measurement->step);
	g_autofree char *corner = corner_text(record, at);
	g_autofree char *lane = measurement->lane > 0
	                                ? g_strdup_printf(_("lane %d"), measurement->lane)
	                                : g_strdup("");

	canvas_text_cut(sheet->page, area_take_left(&row, name_columns), 0, 0, look,
	                title_of(measurement->id));
	canvas_text(sheet->page, sheet_cell(row, 1, 8), 0, 0, look, lane);
	canvas_text_cut(sheet->page, sheet_cell(row, 10, PLACE_COLUMNS - 10), 0, 0, look, corner);
}

static void draw_found(struct sheet *sheet, struct area row,
                       const struct record_measurement *measurement)
{
	const struct judgement *decisive = record_measurement_decisive(measurement);
	g_autofree char *value = value_words(sheet->page, measurement);

	canvas_text_cut(sheet->page, sheet_cell(row, 0, 22), 0, 0, LOOK_TEXT, value);
	if (!decisive)
		return;
	g_autofree char *limits = limits_words(sheet->page, decisive, measurement->unit);
	g_autofree char *margin = margin_words(decisive, measurement->unit);
	canvas_text_cut(sheet->page, sheet_cell(row, 23, 22), 0, 0, LOOK_TEXT, limits);
	canvas_text_cut(sheet->page, sheet_cell(row, 46, 28), 0, 0, LOOK_TEXT, margin);
}

static void draw_value(struct sheet *sheet, const struct run_record *record,
                       const struct record_measurement *measurement)
{
	const struct judgement *decisive = record_measurement_decisive(measurement);
	struct area row = sheet_take(sheet, 1);
	gboolean wide = row.width >= NAME_COLUMNS + PLACE_COLUMNS + FOUND_COLUMNS;
	gboolean wider = row.width >= NAME_COLUMNS_MORE + PLACE_COLUMNS + FOUND_COLUMNS;
	int name_columns = wide && !wider ? NAME_COLUMNS : NAME_COLUMNS_MORE;

	draw_place(sheet, row, record, measurement, name_columns);
	if (!wide)
		row = sheet_take(sheet, 1);
	area_take_left(&row, wide ? name_columns + PLACE_COLUMNS + 1 : FOUND_INDENT);
	draw_found(sheet, row, measurement);
	/* "4.31 dB > 3.40 dB" has just been said */
	if (measurement->reason && !(decisive && isfinite(decisive->margin)))
		sheet_paragraph(sheet, FOUND_INDENT, LOOK_TEXT, measurement->reason);
}

static gboolean draw_values(struct sheet *sheet, const struct run_record *record, enum part part,
                            const char *heading)
{
	gboolean any = FALSE;

	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (!is_of(measurement, part) || !phase_counts(record, measurement))
			continue;
		if (!any)
			sheet_heading(sheet, heading);
		draw_value(sheet, record, measurement);
		any = TRUE;
	}
	return any;
}

/* --- steps and notes ----------------------------------------------------------------------------
 */

static void draw_step(struct sheet *sheet, const struct run_record *record,
                      const struct record_step *step)
{
	struct area row = sheet_take(sheet, 1);
	g_autofree char *corner = corner_text(record, step->corner);
	g_autofree char *lane =
		step->lane > 0 ? g_strdup_printf(_("lane %d"), step->lane) : g_strdup("");
	g_autofree char *attempt =
		step->attempt > 1 ? g_strdup_printf(_("attempt %d"), step->attempt) : g_strdup("");

	sheet_verdict(sheet->page, sheet_cell(row, 0, 11), step->verdict, FALSE);
	canvas_text_cut(sheet->page, sheet_cell(row, 12, 28), 0, 0, LOOK_TEXT, step->name);
	canvas_text(sheet->page, sheet_cell(row, 41, 8), 0, 0, LOOK_TEXT, lane);
	canvas_text_cut(sheet->page, sheet_cell(row, 50, 16), 0, 0, LOOK_TEXT, corner);
	canvas_text(sheet->page, sheet_cell(row, 67, 11), 0, 0, LOOK_DIM, attempt);
	if (step->reason)
		sheet_paragraph(sheet, FOUND_INDENT, LOOK_TEXT, step->reason);
}

/* One that was replaced tells what happened before, but not why the unit is what it is. */
static gboolean draw_steps(struct sheet *sheet, const struct run_record *record, gboolean skipped,
                           const char *heading)
{
	gboolean any = FALSE;

	for (guint i = 0; i < record->steps->len; i++) {
		const struct record_step *step = record->steps->pdata[i];
		gboolean wanted =
			skipped ? step->verdict == VERDICT_SKIPPED : step->verdict >= VERDICT_FAIL;
		if (!wanted || step->superseded)
			continue;
		if (!any)
			sheet_heading(sheet, heading);
		draw_step(sheet, record, step);
		any = TRUE;
	}
	return any;
}

static void draw_notes(struct sheet *sheet, const struct run_record *record)
{
	g_autoptr(GPtrArray) notes = lane_list_join(record->notes);

	if (notes->len > 0)
		sheet_heading(sheet, _("Notes"));
	for (guint i = 0; i < notes->len; i++)
		sheet_paragraph(sheet, 0, LOOK_TEXT, notes->pdata[i]);
}

struct sheet sheet_why(const struct desk *desk, const struct canvas *canvas, int columns)
{
	const struct run_record *record = desk->why;
	struct sheet sheet = sheet_begin(canvas, columns);
	gboolean any = FALSE;

	if (!record) {
		sheet_paragraph(&sheet, 0, LOOK_TEXT, _("The record is being read ..."));
		return sheet;
	}
	draw_run(desk, &sheet, record);
	draw_reason(&sheet, record);
	any |= draw_values(&sheet, record, PART_FAILED, _("Values beyond their limits"));
	any |= draw_values(&sheet, record, PART_NO_VALUE, _("Values that could not be judged"));
	any |= draw_values(&sheet, record, PART_MARGINAL, _("Values near their limits"));
	any |= draw_steps(&sheet, record, FALSE, _("Steps that did not pass"));
	if (!any && record->verdict == VERDICT_PASS) {
		sheet_skip(&sheet);
		sheet_paragraph(&sheet, 0, LOOK_PASS, _("Every value is within its limits."));
	}
	draw_steps(&sheet, record, TRUE, _("Steps that were skipped"));
	draw_notes(&sheet, record);
	return sheet;
}

void screen_why(const struct desk *desk, struct canvas *canvas, struct area area)
{
	sheet_page(desk, canvas, area, _("Result and reasons"), sheet_why);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/matrix.h"

#include "base/unit.h"
#include "limits/value.h"
#include "reports/chart.h"
#include "reports/page.h"
#include "reports/title.h"

#include <math.h>
#include <string.h>

enum { LANES_MAX = 16 };

gboolean matrix_counts(const struct run_record *record,
                       const struct record_measurement *measurement)
{
	return run_record_find(record, measurement->id, measurement->lane, measurement->corner) ==
	       measurement;
}

/* The tightest of the bounds that several rows give together. */
struct tight {
	const struct judgement *decisive; /* null: no row judged it */
	double low, high, low_guarded, high_guarded;
};

static struct tight tight_bounds(const struct record_measurement *measurement)
{
	struct tight tight = {record_measurement_decisive(measurement), NAN, NAN, NAN, NAN};
	for (guint i = 0; i < measurement->judgements->len; i++) {
		const struct judgement *judgement = measurement->judgements->pdata[i];
		gboolean counts = judgement->gate == LIMIT_GATE || judgement->gate == LIMIT_CHECK;
		if (!counts && judgement != tight.decisive)
			continue;
		if (!isnan(judgement->low) && !(tight.low >= judgement->low)) {
			tight.low = judgement->low;
			tight.low_guarded = judgement->low_guarded;
		}
		if (!isnan(judgement->high) && !(tight.high <= judgement->high)) {
			tight.high = judgement->high;
			tight.high_guarded = judgement->high_guarded;
		}
	}
	return tight;
}

static char *bounds_text(const struct tight *tight, const char *unit)
{
	g_autofree char *low = value_text(tight->low, unit, 0);
	g_autofree char *high = value_text(tight->high, unit, 0);
	if (isnan(tight->low))
		return isnan(tight->high) ? g_strdup("") : g_strdup_printf("\xE2\x89\xA4 %s", high);
	if (isnan(tight->high))
		return g_strdup_printf("\xE2\x89\xA5 %s", low);
	return g_strdup_printf("%s \xE2\x80\xA6 %s", low, high);
}

/* How far the bars of a row reach from a one-sided bound, so that its lanes can be compared. */
static double reach_of(const struct record_measurement *measurement, double reach)
{
	struct tight tight = tight_bounds(measurement);
	double guard = fmax(tight.low_guarded - tight.low, tight.high - tight.high_guarded);
	double distance = fmax(measurement->value - tight.low, tight.high - measurement->value);
	if (isfinite(guard))
		reach = fmax(reach, 4 * guard);
	return isfinite(distance) ? fmax(reach, 1.2 * distance) : reach;
}

/* --- one cell ------------------------------------------------------------------------------- */

/* A yes-or-no finding, which its step judged. */
static gboolean is_finding(const struct record_measurement *measurement)
{
	gboolean judged =
		measurement->verdict == VERDICT_PASS || measurement->verdict == VERDICT_FAIL;
	return judged && measurement->judgements->len == 0 && strcmp(measurement->unit, "1") == 0 &&
	       (measurement->value == 0 || measurement->value == 1);
}

/* Two digits say enough of an uncertainty; dB, % and degC have their two decimals already. */
static char *uncertainty_text(double uncertainty, const char *unit)
{
	static const char *const decimal[] = {"dB", "dBm", "%", "degC", NULL};
	if (g_strv_contains(decimal, unit))
		return value_text(uncertainty, strcmp(unit, "dBm") == 0 ? "dB" : unit, 0);
	return unit_format(uncertainty, unit, 2);
}

static void write_value(struct markup *markup, const struct record_measurement *measurement)
{
	markup_open(markup, "div");
	markup_attr(markup, "class", "value");
	if (isnan(measurement->value)) {
		markup_text(markup, "no value");
	} else if (is_finding(measurement)) {
		markup_text(markup, measurement->value == 1 ? "yes" : "no");
	} else {
		g_autofree char *text = value_text(measurement->value, measurement->unit, 0);
		markup_text(markup, text);
	}
	if (isfinite(measurement->value) && isfinite(measurement->uncertainty)) {
		g_autofree char *text =
			uncertainty_text(measurement->uncertainty, measurement->unit);
		markup_elementf(markup, "span", NULL, " \xC2\xB1 %s", text);
	}
	markup_close(markup);
}

static void write_bar(struct markup *markup, const struct record_measurement *measurement,
                      const struct tight *tight, double reach)
{
	const struct chart_margin margin = {
		.value = measurement->value,
		.low = tight->low,
		.high = tight->high,
		.low_guarded = tight->low_guarded,
		.high_guarded = tight->high_guarded,
		.uncertainty = measurement->uncertainty,
		.reach = reach,
		.class_name = page_verdict_class(measurement->verdict, measurement->marginal),
	};
	chart_margin(markup, &margin);
}

/* The word beside the colour, for whoever does not see the colour. */
static void write_word(struct markup *markup, const struct record_measurement *measurement,
                       const struct judgement *decisive)
{
	gboolean plain_pass = measurement->verdict == VERDICT_PASS && !measurement->marginal;
	if (measurement->verdict != VERDICT_NONE && !plain_pass) {
		markup_open(markup, "div");
		page_verdict(markup, measurement->verdict, measurement->marginal);
		markup_close(markup);
	}
	if (measurement->reason)
		markup_element(markup, "div", "small wrap", measurement->reason);
	gboolean held =
		decisive && decisive->gate == LIMIT_HOLD && decisive->verdict != VERDICT_PASS;
	if (held && decisive->reason)
		markup_elementf(markup, "div", "small wrap", "held: %s", decisive->reason);
}

static void write_tag(struct markup *markup, const struct judgement *decisive)
{
	if (decisive && decisive->gate != LIMIT_GATE)
		markup_element(markup, "span", "tag", limit_gate_name(decisive->gate));
}

static void write_cell(struct markup *markup, const struct record_measurement *measurement,
                       double reach, gboolean with_bounds)
{
	struct tight tight = tight_bounds(measurement);
	g_autofree char *class_name =
		g_strconcat("cell ",
	                    page_verdict_class(measurement->verdict, measurement->marginal), NULL);
	markup_open(markup, "td");
	markup_attr(markup, "class", class_name);
	write_value(markup, measurement);
	write_bar(markup, measurement, &tight, reach);
	if (with_bounds) {
		g_autofree char *text = bounds_text(&tight, measurement->unit);
		markup_element(markup, "div", "small", text);
	}
	write_word(markup, measurement, tight.decisive);
	markup_close(markup);
}

/* --- lanes ---------------------------------------------------------------------------------- */

struct row {
	const char *id;
	const char *corner;
	const struct record_measurement *lanes[LANES_MAX + 1];
};

static gboolean has_lane(const struct record_measurement *measurement)
{
	return measurement->lane >= 1 && measurement->lane <= LANES_MAX;
}

static struct row *find_row(const GArray *rows, const struct record_measurement *measurement)
{
	for (guint i = 0; i < rows->len; i++) {
		struct row *row = &g_array_index(rows, struct row, i);
		if (strcmp(row->id, measurement->id) == 0 &&
		    strcmp(row->corner, measurement->corner) == 0)
			return row;
	}
	return NULL;
}

static GArray *collect_rows(const struct run_record *record, int *lanes)
{
	GArray *rows = g_array_new(FALSE, TRUE, sizeof(struct row));
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (!has_lane(measurement) || !matrix_counts(record, measurement))
			continue;
		struct row *row = find_row(rows, measurement);
		if (!row) {
			struct row added = {.id = measurement->id, .corner = measurement->corner};
			g_array_append_val(rows, added);
			row = &g_array_index(rows, struct row, rows->len - 1);
		}
		row->lanes[measurement->lane] = measurement;
		*lanes = MAX(*lanes, measurement->lane);
	}
	return rows;
}

/* The bounds as text when every lane that has some has the same, else null. */
static char *shared_bounds(const struct row *row)
{
	g_autofree char *shared = NULL;
	for (int lane = 1; lane <= LANES_MAX; lane++) {
		if (!row->lanes[lane])
			continue;
		struct tight tight = tight_bounds(row->lanes[lane]);
		g_autofree char *text = bounds_text(&tight, row->lanes[lane]->unit);
		if (*text == '\0' && row->lanes[lane]->verdict == VERDICT_ERROR)
			continue;
		if (shared && strcmp(shared, text) != 0)
			return NULL;
		g_free(shared);
		shared = g_steal_pointer(&text);
	}
	return g_steal_pointer(&shared);
}

static gboolean any_bounds(const struct row *row)
{
	for (int lane = 1; lane <= LANES_MAX; lane++) {
		if (row->lanes[lane] && row->lanes[lane]->judgements->len > 0)
			return TRUE;
	}
	return FALSE;
}

static const struct judgement *row_decisive(const struct row *row)
{
	for (int lane = 1; lane <= LANES_MAX; lane++) {
		if (row->lanes[lane])
			return record_measurement_decisive(row->lanes[lane]);
	}
	return NULL;
}

static void write_row(struct markup *markup, const struct row *row, int lanes)
{
	g_autofree char *shared = shared_bounds(row);
	double reach = 0;
	for (int lane = 1; lane <= lanes; lane++) {
		if (row->lanes[lane])
			reach = reach_of(row->lanes[lane], reach);
	}
	markup_open(markup, "tr");
	markup_open(markup, "td");
	markup_attr(markup, "class", "name");
	markup_element(markup, "div", NULL, title_of(row->id));
	markup_elementf(markup, "div", "small", "%s%s%s", row->id, *row->corner ? " at " : "",
	                row->corner);
	markup_close(markup);
	markup_open(markup, "td");
	markup_attr(markup, "class", "bounds");
	markup_text(markup, shared ? shared : any_bounds(row) ? "by lane" : "");
	write_tag(markup, row_decisive(row));
	markup_close(markup);
	for (int lane = 1; lane <= lanes; lane++) {
		if (row->lanes[lane])
			write_cell(markup, row->lanes[lane], reach, !shared);
		else
			markup_element(markup, "td", "cell small", "\xE2\x80\x93");
	}
	markup_close(markup);
}

void matrix_lanes(struct markup *markup, const struct run_record *record)
{
	int lanes = 0;
	g_autoptr(GArray) rows = collect_rows(record, &lanes);
	if (rows->len == 0)
		return;
	page_section(markup, "Parameters by lane");
	markup_element(markup, "p", "small",
	               "Value with expanded uncertainty (k = 2), and its place between the limits "
	               "(dark edges; guard band yellow). CHECK limits fail a unit and ask for a "
	               "look "
	               "at the standard; HOLD limits are judged but never fail a unit; INFO is "
	               "recorded only.");
	g_autoptr(GStrvBuilder) heads = g_strv_builder_new();
	g_strv_builder_add_many(heads, "Parameter", "Limits", NULL);
	for (int lane = 1; lane <= lanes; lane++) {
		g_autofree char *head = g_strdup_printf("Lane %d", lane);
		g_strv_builder_add(heads, head);
	}
	g_auto(GStrv) names = g_strv_builder_end(heads);
	page_table(markup, "matrix", (const char *const *)names);
	for (guint i = 0; i < rows->len; i++)
		write_row(markup, &g_array_index(rows, struct row, i), lanes);
	page_table_end(markup);
	markup_close(markup);
}

/* --- the whole unit ------------------------------------------------------------------------- */

static void write_unit_row(struct markup *markup, const struct record_measurement *measurement)
{
	struct tight tight = tight_bounds(measurement);
	g_autofree char *bounds = bounds_text(&tight, measurement->unit);
	markup_open(markup, "tr");
	markup_open(markup, "td");
	markup_attr(markup, "class", "name");
	markup_element(markup, "div", NULL, title_of(measurement->id));
	markup_elementf(markup, "div", "small", "%s%s%s", measurement->id,
	                *measurement->corner ? " at " : "", measurement->corner);
	markup_close(markup);
	markup_open(markup, "td");
	markup_attr(markup, "class", "bounds");
	markup_text(markup, bounds);
	write_tag(markup, tight.decisive);
	markup_close(markup);
	write_cell(markup, measurement, reach_of(measurement, 0), FALSE);
	markup_open(markup, "td");
	page_verdict(markup, measurement->verdict, measurement->marginal);
	markup_close(markup);
	markup_close(markup);
}

void matrix_unit(struct markup *markup, const struct run_record *record)
{
	static const char *const heads[] = {"Parameter", "Limits", "Value", "Verdict", NULL};
	gboolean any = FALSE;
	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *measurement = record->measurements->pdata[i];
		if (has_lane(measurement) || !matrix_counts(record, measurement))
			continue;
		if (!any) {
			page_section(markup, "The whole unit");
			page_table(markup, "matrix", heads);
		}
		any = TRUE;
		write_unit_row(markup, measurement);
	}
	if (!any)
		return;
	page_table_end(markup);
	markup_close(markup);
}

/* --- every judgement ------------------------------------------------------------------------ */

static void write_number_cell(struct markup *markup, double value, const char *unit)
{
	g_autofree char *text = isnan(value) ? g_strdup("") : value_text(value, unit, 0);
	markup_element(markup, "td", "number", text);
}

static void write_judgement(struct markup *markup, const struct record_measurement *measurement,
                            const struct judgement *judgement)
{
	markup_open(markup, "tr");
	markup_element(markup, "td", "code", judgement->limit_id);
	if (measurement->lane > 0)
		markup_elementf(markup, "td", NULL, "%d %s", measurement->lane,
		                measurement->corner);
	else
		markup_element(markup, "td", NULL, measurement->corner);
	write_number_cell(markup, measurement->value, measurement->unit);
	write_number_cell(markup, judgement->low, measurement->unit);
	write_number_cell(markup, judgement->high, measurement->unit);
	write_number_cell(markup, judgement->margin,
	                  strcmp(measurement->unit, "dBm") == 0 ? "dB" : measurement->unit);
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
	static const char *const heads[] = {"Limit", "Lane",    "Value", "Low",    "High", "Margin",
	                                    "Gate",  "Verdict", "Mark",  "Source", NULL};
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
			if (matrix_counts(record, measurement))
				write_judgement(markup, measurement,
				                measurement->judgements->pdata[j]);
		}
	}
	page_table_end(markup);
	markup_close(markup);
	markup_close(markup);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/unit_page.h"

#include "base/number.h"
#include "base/unit.h"
#include "limits/value.h"
#include "reports/chart.h"
#include "reports/page.h"
#include "reports/shape.h"
#include "reports/title.h"

#include <math.h>
#include <string.h>

enum { OPEN_MAX = 40, ROWS_MAX = 1200, TABLES_MAX = 24 };

static const struct record_constant *constant_at(const struct run_record *record, guint i)
{
	return record->constants->pdata[i];
}

/* --- one constant --------------------------------------------------------------------------- */

static void write_value(struct markup *markup, double value, const char *unit)
{
	g_autofree char *text = isnan(value) ? g_strdup("") : value_text(value, unit, 2);
	markup_element(markup, "td", "number", text);
}

static void write_knob(struct markup *markup, const struct run_record *record,
                       const struct record_constant *constant)
{
	const struct record_series *fit = run_record_fit(record, constant);
	g_autofree char *at = NULL;
	if (isfinite(constant->at))
		at = unit_format(constant->at, fit ? fit->x_unit : "1", 4);
	markup_open(markup, "td");
	markup_attr(markup, "class", "code");
	markup_text(markup, constant->knob);
	if (constant->entry >= 0)
		markup_textf(markup, "[%d]", constant->entry);
	if (at)
		markup_textf(markup, " at %s", at);
	markup_close(markup);
}

/* What gave it, in words and as the curve's name. */
static void write_source(struct markup *markup, const struct record_constant *constant)
{
	markup_open(markup, "td");
	markup_attr(markup, "class", "wrap");
	markup_text(markup, constant->source);
	if (constant->fit)
		markup_elementf(markup, "span", "small", " (%s)", title_of(constant->fit));
	markup_close(markup);
}

static void write_constant(struct markup *markup, const struct run_record *record,
                           const struct record_constant *constant)
{
	g_autofree char *raw = isnan(constant->raw) ? g_strdup("") : number_format(constant->raw);
	markup_open(markup, "tr");
	if (run_record_superseded(record, constant->step))
		markup_attr(markup, "class", "old");
	write_knob(markup, record, constant);
	write_value(markup, constant->before, constant->unit);
	write_value(markup, constant->wanted, constant->unit);
	write_value(markup, constant->stored, constant->unit);
	markup_element(markup, "td", "number", raw);
	markup_element(markup, "td", "code", constant->address);
	write_source(markup, constant);
	write_value(markup, constant->residual, constant->residual_unit);
	markup_close(markup);
}

/* --- the constants of a lane ---------------------------------------------------------------- */

static guint count_lane(const struct run_record *record, int lane)
{
	guint n = 0;
	for (guint i = 0; i < record->constants->len; i++)
		n += constant_at(record, i)->lane == lane;
	return n;
}

static guint write_lane(struct markup *markup, const struct run_record *record, int lane,
                        guint rows)
{
	static const char *const heads[] = {"Knob",    "Before", "Wanted",   "Stored", "Raw",
	                                    "Address", "From",   "Residual", NULL};
	guint n = count_lane(record, lane), written = 0;
	g_autofree char *name =
		lane > 0 ? g_strdup_printf("Lane %d", lane) : g_strdup("The whole unit");
	markup_open(markup, "details");
	if (record->constants->len <= OPEN_MAX)
		markup_attr(markup, "open", "");
	markup_elementf(markup, "summary", NULL, "%s: %u constant%s", name, n, n == 1 ? "" : "s");
	page_table(markup, NULL, heads);
	for (guint i = 0; i < record->constants->len && written < rows; i++) {
		if (constant_at(record, i)->lane != lane)
			continue;
		write_constant(markup, record, constant_at(record, i));
		written++;
	}
	page_table_end(markup);
	markup_close(markup);
	return written;
}

static gboolean is_first_of_lane(const struct run_record *record, guint i)
{
	for (guint before = 0; before < i; before++) {
		if (constant_at(record, before)->lane == constant_at(record, i)->lane)
			return FALSE;
	}
	return TRUE;
}

/* --- tables --------------------------------------------------------------------------------- */

static gboolean same_table(const struct record_constant *a, const struct record_constant *b)
{
	return b->entry >= 0 && a->lane == b->lane && strcmp(a->knob, b->knob) == 0;
}

static gboolean counts(const struct run_record *record, const struct record_constant *constant)
{
	return constant->entry >= 0 && !run_record_superseded(record, constant->step);
}

static gboolean begins_table(const struct run_record *record, guint i)
{
	if (!counts(record, constant_at(record, i)))
		return FALSE;
	for (guint before = 0; before < i; before++) {
		if (same_table(constant_at(record, i), constant_at(record, before)) &&
		    counts(record, constant_at(record, before)))
			return FALSE;
	}
	return TRUE;
}

/* The entries as a curve over the fit's x, or over their index. */
static struct record_series *entries_of(const struct run_record *record,
                                        const struct record_constant *first,
                                        const struct record_series *fit)
{
	struct record_series *entries = shape_new(&shape_series);
	record_text(&entries->id, first->knob);
	record_text(&entries->x_name, fit ? fit->x_name : "entry");
	record_text(&entries->x_unit, fit ? fit->x_unit : "1");
	record_text(&entries->y_name, first->knob);
	record_text(&entries->y_unit, first->unit);
	for (guint i = 0; i < record->constants->len; i++) {
		const struct record_constant *entry = constant_at(record, i);
		if (!same_table(first, entry) || !counts(record, entry))
			continue;
		double x = fit || isfinite(entry->at) ? entry->at : entry->entry;
		g_array_append_val(entries->x, x);
		g_array_append_val(entries->y, entry->stored);
	}
	return entries;
}

static void write_table(struct markup *markup, const struct run_record *record,
                        const struct record_constant *first)
{
	const struct record_series *fit = run_record_fit(record, first);
	struct record_series *entries = entries_of(record, first, fit);
	const struct chart_curve curves[] = {{entries, "entries as stored"},
	                                     {fit, "readings and their fit"}};
	markup_open(markup, "figure");
	unit_caption(markup, record, first->knob, first->lane, "", G_MAXUINT);
	chart_curves(markup, curves, fit ? 2 : 1);
	if (isfinite(first->residual)) {
		g_autofree char *residual = value_text(first->residual, first->residual_unit, 0);
		markup_elementf(markup, "p", "small", "%s; largest residual %s", first->source,
		                residual);
	}
	markup_close(markup);
	shape_series.free(entries);
}

gboolean unit_beside_tables(const struct run_record *record, const struct record_series *series)
{
	if (strcmp(series->id, "tx_li") != 0)
		return FALSE;
	for (guint i = 0; i < record->constants->len; i++) {
		if (constant_at(record, i)->lane == series->lane && begins_table(record, i))
			return TRUE;
	}
	return FALSE;
}

/* The L-I curves of a lane, at all corners. */
static void write_beside(struct markup *markup, const struct run_record *record, int lane)
{
	g_autoptr(GPtrArray) curves = g_ptr_array_new();
	for (guint i = 0; i < record->series->len; i++) {
		struct record_series *series = record->series->pdata[i];
		if (series->lane == lane && unit_beside_tables(record, series) &&
		    !run_record_superseded(record, series->step))
			g_ptr_array_add(curves, series);
	}
	unit_sort_by_corner(record, curves);
	if (curves->len > 0)
		unit_chart(markup, record, curves, 0);
}

/* The tables of a lane behind its L-I curves; how many they are. */
static guint write_tables_of(struct markup *markup, const struct run_record *record, int lane,
                             guint room)
{
	guint tables = 0;
	for (guint i = 0; i < record->constants->len; i++) {
		if (constant_at(record, i)->lane != lane || !begins_table(record, i))
			continue;
		if (tables == 0 && room > 0)
			write_beside(markup, record, lane);
		if (tables++ < room)
			write_table(markup, record, constant_at(record, i));
	}
	return tables;
}

static gboolean any_table(const struct run_record *record)
{
	for (guint i = 0; i < record->constants->len; i++) {
		if (begins_table(record, i))
			return TRUE;
	}
	return FALSE;
}

static void write_tables(struct markup *markup, const struct run_record *record)
{
	guint tables = 0;
	if (!any_table(record))
		return;
	page_section(markup, "Calibration tables");
	markup_open(markup, "div");
	markup_attr(markup, "class", "charts three");
	for (guint i = 0; i < record->constants->len; i++) {
		if (is_first_of_lane(record, i))
			tables += write_tables_of(markup, record, constant_at(record, i)->lane,
			                          TABLES_MAX - MIN(tables, TABLES_MAX));
	}
	markup_close(markup);
	unit_left_out(markup, tables > TABLES_MAX ? tables - TABLES_MAX : 0, "tables");
	markup_close(markup);
}

void unit_constants(struct markup *markup, const struct run_record *record)
{
	guint room = ROWS_MAX, all = record->constants->len;
	if (all == 0)
		return;
	write_tables(markup, record);
	page_section(markup, "Calibration constants");
	for (guint i = 0; i < all; i++) {
		if (is_first_of_lane(record, i))
			room -= write_lane(markup, record, constant_at(record, i)->lane, room);
	}
	unit_left_out(markup, all > ROWS_MAX ? all - ROWS_MAX : 0, "constants");
	markup_close(markup);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/analysis.h"

#include "base/number.h"
#include "limits/value.h"
#include "reports/markup.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

static void fact_clear(gpointer data)
{
	struct analysis_fact *fact = data;

	g_free(fact->name);
	g_free(fact->value);
}

static void cell_clear(gpointer data)
{
	g_free(((struct analysis_cell *)data)->text);
}

static void line_clear(gpointer data)
{
	g_free(((struct analysis_line *)data)->label);
}

static void row_free(gpointer data)
{
	struct analysis_row *row = data;

	g_free(row->unit);
	g_array_unref(row->cells);
	g_free(row);
}

static void table_free(struct analysis_table *table)
{
	if (!table)
		return;
	g_free(table->name);
	g_free(table->title);
	g_free(table->note);
	g_ptr_array_unref(table->rows);
	g_free(table);
}

static void chart_free(struct analysis_chart *chart)
{
	if (!chart)
		return;
	g_free(chart->name);
	g_free(chart->title);
	g_free(chart->x_name);
	g_free(chart->x_unit);
	g_free(chart->y_name);
	g_free(chart->y_unit);
	g_array_unref(chart->x);
	g_array_unref(chart->y);
	g_array_unref(chart->flagged);
	g_array_unref(chart->smooth);
	g_array_unref(chart->lines);
	g_free(chart);
}

static void part_clear(gpointer data)
{
	struct analysis_part *part = data;

	table_free(part->table);
	chart_free(part->chart);
}

static GArray *array_of(guint size, GDestroyNotify clear)
{
	GArray *array = g_array_new(FALSE, FALSE, size);

	g_array_set_clear_func(array, clear);
	return array;
}

struct analysis *analysis_new(const char *what, const char *title)
{
	struct analysis *analysis = g_new0(struct analysis, 1);

	analysis->what = g_strdup(what);
	analysis->title = g_strdup(title);
	analysis->facts = array_of(sizeof(struct analysis_fact), fact_clear);
	analysis->parts = array_of(sizeof(struct analysis_part), part_clear);
	return analysis;
}

void analysis_free(struct analysis *analysis)
{
	if (!analysis)
		return;
	g_free(analysis->what);
	g_free(analysis->title);
	g_array_unref(analysis->facts);
	g_array_unref(analysis->parts);
	g_free(analysis);
}

void analysis_fact(struct analysis *analysis, const char *name, const char *format, ...)
{
	struct analysis_fact fact = {.name = g_strdup(name)};
	va_list args;

	va_start(args, format);
	fact.value = g_strdup_vprintf(format, args);
	va_end(args);
	g_array_append_val(analysis->facts, fact);
}

void analysis_join(struct analysis *analysis, struct analysis *more)
{
	g_array_append_vals(analysis->parts, more->parts->data, more->parts->len);
	g_array_set_clear_func(more->parts, NULL); /* they have moved */
	analysis_free(more);
}

struct analysis_table *analysis_table(struct analysis *analysis, const char *name,
                                      const char *title, const struct analysis_column *columns,
                                      guint n_columns)
{
	struct analysis_part part = {.table = g_new0(struct analysis_table, 1)};

	part.table->name = g_strdup(name);
	part.table->title = g_strdup(title);
	part.table->note = g_strdup("");
	part.table->columns = columns;
	part.table->n_columns = n_columns;
	part.table->rows = g_ptr_array_new_with_free_func(row_free);
	g_array_append_val(analysis->parts, part);
	return part.table;
}

void analysis_note(struct analysis_table *table, const char *format, ...)
{
	va_list args;

	g_free(table->note);
	va_start(args, format);
	table->note = g_strdup_vprintf(format, args);
	va_end(args);
}

void analysis_row(struct analysis_table *table, const char *unit, ...)
{
	struct analysis_row *row = g_new0(struct analysis_row, 1);
	va_list args;

	row->unit = g_strdup(unit);
	row->cells = array_of(sizeof(struct analysis_cell), cell_clear);
	va_start(args, unit);
	for (guint i = 0; i < table->n_columns; i++) {
		struct analysis_cell cell = {NULL, NAN};

		if (table->columns[i].kind == ANALYSIS_TEXT)
			cell.text = g_strdup(va_arg(args, const char *));
		else
			cell.number = va_arg(args, double);
		g_array_append_val(row->cells, cell);
	}
	va_end(args);
	g_ptr_array_add(table->rows, row);
}

struct analysis_chart *analysis_chart(struct analysis *analysis, enum analysis_chart_kind kind,
                                      const char *name, const char *title)
{
	struct analysis_part part = {.chart = g_new0(struct analysis_chart, 1)};
	struct analysis_chart *chart = part.chart;

	chart->kind = kind;
	chart->name = g_strdup(name);
	chart->title = g_strdup(title);
	chart->x = array_of(sizeof(double), NULL);
	chart->y = array_of(sizeof(double), NULL);
	chart->flagged = array_of(sizeof(guint8), NULL);
	chart->smooth = array_of(sizeof(double), NULL);
	chart->lines = array_of(sizeof(struct analysis_line), line_clear);
	chart->slope = chart->offset = NAN;
	g_array_append_val(analysis->parts, part);
	return chart;
}

void analysis_axes(struct analysis_chart *chart, const char *x_name, const char *x_unit,
                   const char *y_name, const char *y_unit)
{
	chart->x_name = g_strdup(x_name);
	chart->x_unit = g_strdup(x_unit);
	chart->y_name = g_strdup(y_name);
	chart->y_unit = g_strdup(y_unit);
}

void analysis_point(struct analysis_chart *chart, double x, double y, gboolean flagged)
{
	guint8 flag = flagged != FALSE;

	g_array_append_val(chart->x, x);
	g_array_append_val(chart->y, y);
	g_array_append_val(chart->flagged, flag);
}

void analysis_line(struct analysis_chart *chart, double value, const char *label, gboolean is_limit)
{
	struct analysis_line line = {value, NULL, is_limit};

	if (isnan(value))
		return;
	line.label = g_strdup(label);
	g_array_append_val(chart->lines, line);
}

char *analysis_cell_text(const struct analysis_table *table, guint row, guint column)
{
	const struct analysis_row *of = g_ptr_array_index(table->rows, row);
	const struct analysis_cell *cell = &g_array_index(of->cells, struct analysis_cell, column);
	enum analysis_kind kind = table->columns[column].kind;

	if (kind == ANALYSIS_TEXT)
		return g_strdup(cell->text ? cell->text : "");
	if (isnan(cell->number))
		return g_strdup("");
	switch (kind) {
	case ANALYSIS_COUNT:
		return g_strdup_printf("%.0f", cell->number);
	case ANALYSIS_SHARE:
		return g_strdup_printf("%.2f %%", 100.0 * cell->number);
	case ANALYSIS_PERCENT:
		return g_strdup_printf("%.1f %%", cell->number);
	case ANALYSIS_QUANTITY:
		return value_text(cell->number, of->unit, 1);
	case ANALYSIS_DIFFERENCE:
		return value_text(cell->number, strcmp(of->unit, "dBm") == 0 ? "dB" : of->unit, 1);
	default:
		return fabs(cell->number) < 0.01 || fabs(cell->number) >= 1e4
		               ? number_format_digits(cell->number, 3)
		               : g_strdup_printf("%.3f", cell->number);
	}
}

int analysis_leaving(const struct analysis_table *table, const gboolean *shown)
{
	int found = -1;

	for (guint i = 0; i < table->n_columns; i++) {
		guint leaves = table->columns[i].leaves;

		if (shown[i] && leaves && (found < 0 || leaves >= table->columns[found].leaves))
			found = (int)i;
	}
	return found;
}

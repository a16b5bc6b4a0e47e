/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/analysis.h"

#include "reports/analysis_chart.h"
#include "reports/page.h"

#include <math.h>

/* What fits beside each other, on paper too; and texts that keep to one line. */
enum { COLUMNS_MOST = 16, SHORT_MOST = 24 };

static void write_facts(struct markup *markup, const struct analysis *analysis)
{
	markup_open(markup, "section");
	markup_element(markup, "h1", NULL, analysis->title);
	markup_open(markup, "dl");
	for (guint i = 0; i < analysis->facts->len; i++) {
		const struct analysis_fact *fact =
			&g_array_index(analysis->facts, struct analysis_fact, i);

		page_fact(markup, fact->name, fact->value);
	}
	markup_close(markup);
	markup_close(markup);
}

static gboolean is_empty(const struct analysis_table *table, guint column)
{
	for (guint row = 0; row < table->rows->len; row++) {
		g_autofree char *text = analysis_cell_text(table, row, column);

		if (*text)
			return FALSE;
	}
	return TRUE;
}

static void write_cell(struct markup *markup, const struct analysis_table *table, guint row,
                       guint column)
{
	const struct analysis_row *of = g_ptr_array_index(table->rows, row);
	double number = g_array_index(of->cells, struct analysis_cell, column).number;
	g_autofree char *text = analysis_cell_text(table, row, column);

	if (table->columns[column].bar && !isnan(number))
		page_bar_cell(markup, number, text);
	else
		markup_element(markup, "td",
		               table->columns[column].kind != ANALYSIS_TEXT ? "number"
		               : g_utf8_strlen(text, -1) > SHORT_MOST       ? "wrap"
		                                                            : "short",
		               text);
}

/* Columns in which something stands, as many as fit; how many of these do not. */
static guint choose_columns(const struct analysis_table *table, gboolean *shown)
{
	guint n = 0, dropped = 0;
	int leaving;

	for (guint column = 0; column < table->n_columns; column++) {
		shown[column] = !is_empty(table, column);
		n += shown[column] != FALSE;
	}
	for (; n > COLUMNS_MOST && (leaving = analysis_leaving(table, shown)) >= 0; n--) {
		shown[leaving] = FALSE;
		dropped++;
	}
	return dropped;
}

static void write_rows(struct markup *markup, const struct analysis_table *table,
                       const gboolean *shown)
{
	g_autoptr(GPtrArray) heads = g_ptr_array_new();

	for (guint column = 0; column < table->n_columns; column++)
		if (shown[column])
			g_ptr_array_add(heads, (gpointer)table->columns[column].title);
	g_ptr_array_add(heads, NULL);
	page_table(markup, table->name, (const char *const *)heads->pdata);
	for (guint row = 0; row < table->rows->len; row++) {
		markup_open(markup, "tr");
		for (guint column = 0; column < table->n_columns; column++)
			if (shown[column])
				write_cell(markup, table, row, column);
		markup_close(markup);
	}
	page_table_end(markup);
}

static void write_table(struct markup *markup, const struct analysis_table *table)
{
	g_autofree gboolean *shown = g_new(gboolean, table->n_columns);
	guint dropped = choose_columns(table, shown);

	page_section(markup, table->title);
	if (table->rows->len)
		write_rows(markup, table, shown);
	else
		markup_element(markup, "p", NULL, "None.");
	markup_element(markup, "p", "small", table->note);
	if (dropped)
		markup_elementf(markup, "p", "small", "%u column%s more in JSON.", dropped,
		                dropped == 1 ? "" : "s");
	markup_close(markup);
}

static void write_chart(struct markup *markup, const struct analysis_chart *chart)
{
	markup_open(markup, "figure");
	markup_open(markup, "figcaption");
	markup_element(markup, "b", NULL, chart->title);
	if (chart->kind == ANALYSIS_RUN)
		markup_text(markup, ": values in their order, their weighted mean as a line; "
		                    "diamonds break a rule");
	markup_close(markup);
	analysis_chart_svg(markup, chart);
	markup_close(markup);
}

char *analysis_page(const struct analysis *analysis)
{
	struct markup *markup = page_begin(analysis->title);
	gboolean charts = FALSE;

	write_facts(markup, analysis);
	for (guint i = 0; i < analysis->parts->len; i++) {
		const struct analysis_part *part =
			&g_array_index(analysis->parts, struct analysis_part, i);

		/* charts that follow each other share a section */
		if (!charts && part->chart) {
			page_section(markup, "Pictures");
			markup_open(markup, "div");
			markup_attr(markup, "class", "pictures");
		}
		if (charts && part->table) {
			markup_close(markup);
			markup_close(markup);
		}
		charts = part->chart != NULL;
		if (part->table)
			write_table(markup, part->table);
		else
			write_chart(markup, part->chart);
	}
	return markup_end(markup);
}

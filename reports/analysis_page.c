/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/analysis.h"

#include "reports/analysis_chart.h"
#include "reports/page.h"

#include <math.h>

/* More values than these make a picture no clearer and a page heavy; the numbers are in JSON. */
enum { POINTS_MOST = 3000 };

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
		               table->columns[column].kind == ANALYSIS_TEXT ? "wrap" : "number",
		               text);
}

/* Columns in which nothing stands are left out. */
static void write_table(struct markup *markup, const struct analysis_table *table)
{
	g_autoptr(GPtrArray) heads = g_ptr_array_new();
	g_autofree gboolean *empty = g_new(gboolean, table->n_columns);

	for (guint column = 0; column < table->n_columns; column++) {
		empty[column] = is_empty(table, column);
		if (!empty[column])
			g_ptr_array_add(heads, (gpointer)table->columns[column].title);
	}
	g_ptr_array_add(heads, NULL);
	page_section(markup, table->title);
	if (table->rows->len) {
		page_table(markup, table->name, (const char *const *)heads->pdata);
		for (guint row = 0; row < table->rows->len; row++) {
			markup_open(markup, "tr");
			for (guint column = 0; column < table->n_columns; column++)
				if (!empty[column])
					write_cell(markup, table, row, column);
			markup_close(markup);
		}
		page_table_end(markup);
	} else {
		markup_element(markup, "p", NULL, "None.");
	}
	markup_element(markup, "p", "small", table->note);
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
	if (chart->x->len > POINTS_MOST)
		markup_elementf(markup, "p", "small", "%u values: too many for a picture.",
		                chart->x->len);
	else
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

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/analysis.h"
#include "reports/json_text.h"

static void write_number(struct json_text *json, const struct analysis_column *column,
                         double number)
{
	if (column->kind == ANALYSIS_COUNT && number == number)
		json_text_int(json, column->key, (gint64)number);
	else
		json_text_number(json, column->key, number);
}

static gboolean has_quantity(const struct analysis_table *table)
{
	for (guint i = 0; i < table->n_columns; i++)
		if (table->columns[i].kind == ANALYSIS_QUANTITY ||
		    table->columns[i].kind == ANALYSIS_DIFFERENCE)
			return TRUE;
	return FALSE;
}

static void write_row(struct json_text *json, const struct analysis_table *table,
                      const struct analysis_row *row)
{
	json_text_open(json, NULL, '{');
	for (guint i = 0; i < table->n_columns; i++) {
		const struct analysis_cell *cell =
			&g_array_index(row->cells, struct analysis_cell, i);

		if (table->columns[i].kind == ANALYSIS_TEXT)
			json_text_string(json, table->columns[i].key, cell->text);
		else
			write_number(json, &table->columns[i], cell->number);
	}
	if (has_quantity(table))
		json_text_string(json, "unit", row->unit);
	json_text_close(json, '}');
}

static void write_table(struct json_text *json, const struct analysis_table *table)
{
	json_text_open(json, NULL, '{');
	json_text_string(json, "name", table->name);
	json_text_string(json, "title", table->title);
	json_text_string(json, "note", table->note);
	json_text_open(json, "rows", '[');
	for (guint i = 0; i < table->rows->len; i++)
		write_row(json, table, g_ptr_array_index(table->rows, i));
	json_text_close(json, ']');
	json_text_close(json, '}');
}

static void write_array(struct json_text *json, const char *key, const GArray *numbers)
{
	json_text_numbers(json, key, (const double *)numbers->data, numbers->len);
}

static void write_chart(struct json_text *json, const struct analysis_chart *chart)
{
	static const char *const kinds[] = {"run", "scatter", "histogram"};

	json_text_open(json, NULL, '{');
	json_text_string(json, "name", chart->name);
	json_text_string(json, "title", chart->title);
	json_text_string(json, "kind", kinds[chart->kind]);
	json_text_string(json, "x_name", chart->x_name);
	json_text_string(json, "x_unit", chart->x_unit);
	json_text_string(json, "y_name", chart->y_name);
	json_text_string(json, "y_unit", chart->y_unit);
	write_array(json, "x", chart->x);
	write_array(json, "y", chart->y);
	if (chart->smooth->len)
		write_array(json, "smooth", chart->smooth);
	json_text_open(json, "flagged", '[');
	for (guint i = 0; i < chart->flagged->len; i++)
		if (g_array_index(chart->flagged, guint8, i))
			json_text_int(json, NULL, i);
	json_text_close(json, ']');
	json_text_open(json, "lines", '[');
	for (guint i = 0; i < chart->lines->len; i++) {
		const struct analysis_line *line =
			&g_array_index(chart->lines, struct analysis_line, i);

		json_text_open(json, NULL, '{');
		json_text_string(json, "label", line->label);
		json_text_number(json, "value", line->value);
		json_text_close(json, '}');
	}
	json_text_close(json, ']');
	json_text_close(json, '}');
}

static void write_parts(struct json_text *json, const struct analysis *analysis, const char *key,
                        gboolean tables)
{
	json_text_open(json, key, '[');
	for (guint i = 0; i < analysis->parts->len; i++) {
		const struct analysis_part *part =
			&g_array_index(analysis->parts, struct analysis_part, i);

		if (tables && part->table)
			write_table(json, part->table);
		if (!tables && part->chart)
			write_chart(json, part->chart);
	}
	json_text_close(json, ']');
}

char *analysis_json(const struct analysis *analysis)
{
	struct json_text json = json_text_begin();

	json_text_open(&json, NULL, '{');
	json_text_string(&json, "schema", "station-analysis-1");
	json_text_string(&json, "what", analysis->what);
	json_text_string(&json, "title", analysis->title);
	json_text_open(&json, "facts", '{');
	for (guint i = 0; i < analysis->facts->len; i++) {
		const struct analysis_fact *fact =
			&g_array_index(analysis->facts, struct analysis_fact, i);

		json_text_string(&json, fact->name, fact->value);
	}
	json_text_close(&json, '}');
	write_parts(&json, analysis, "tables", TRUE);
	write_parts(&json, analysis, "charts", FALSE);
	json_text_close(&json, '}');
	return json_text_end(&json);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/table.h"

#include "base/csv.h"
#include "base/number.h"
#include "base/unit.h"
#include "reports/json_text.h"

#include <string.h>

/* Digits of a number in a table: what instruments are good for. */
#define DIGITS 6

struct table {
	gint references;
	struct table_column *columns;
	guint n_columns;
	GArray *cells; /* struct value */
};

struct table *table_new(const struct table_column *columns, guint n)
{
	struct table *table = g_new0(struct table, 1);

	table->references = 1;
	table->columns = g_memdup2(columns, n * sizeof *columns);
	table->n_columns = n;
	table->cells = g_array_new(FALSE, FALSE, sizeof(struct value));
	g_array_set_clear_func(table->cells, (GDestroyNotify)shell_value_clear);
	return table;
}

struct table *table_ref(struct table *table)
{
	table->references++;
	return table;
}

void table_unref(struct table *table)
{
	if (!table || --table->references > 0)
		return;
	g_array_unref(table->cells);
	g_free(table->columns);
	g_free(table);
}

void table_add(struct table *table, struct value value)
{
	g_array_append_val(table->cells, value);
}

guint table_rows(const struct table *table)
{
	return table->cells->len / table->n_columns;
}

guint table_columns(const struct table *table)
{
	return table->n_columns;
}

const struct table_column *table_column(const struct table *table, guint column)
{
	return &table->columns[column];
}

const struct value *table_cell(const struct table *table, guint row, guint column)
{
	return &g_array_index(table->cells, struct value, row * table->n_columns + column);
}

/* The unit of a column's numbers, "1" without one; *mixed when they have several. */
static const char *unit_of(const struct table *table, guint column, gboolean *mixed)
{
	const char *unit = NULL;

	for (guint row = 0; row < table_rows(table); row++) {
		const struct value *cell = table_cell(table, row, column);
		if (cell->kind != VALUE_NUMBER)
			continue;
		*mixed = *mixed || (unit && strcmp(unit, cell->unit) != 0);
		unit = cell->unit;
	}
	return unit ? unit : "1";
}

static void put_head(GString *text, const char *name, const char *unit, gboolean mixed)
{
	g_autofree char *head = mixed || strcmp(unit, "1") == 0
	                                ? g_strdup(name)
	                                : g_strdup_printf("%s (%s)", name, unit);
	g_autofree char *unit_head = g_strdup_printf("%s unit", name);

	csv_append(text, head);
	if (mixed)
		csv_append(text, unit_head);
}

static void put_field(GString *text, const struct value *cell, gboolean mixed)
{
	gboolean number = cell->kind == VALUE_NUMBER;
	g_autofree char *field = number ? number_format(cell->number) : shell_value_show(cell);

	csv_append(text, field);
	if (mixed)
		csv_append(text, number ? cell->unit : "");
}

char *table_csv(const struct table *table)
{
	GString *text = g_string_new(NULL);
	guint n = table->n_columns;
	g_autofree gboolean *mixed = g_new0(gboolean, n);

	for (guint c = 0; c < n; c++) {
		const char *unit = unit_of(table, c, &mixed[c]);
		put_head(text, table->columns[c].name, unit, mixed[c]);
	}
	g_string_append(text, "\r\n");
	for (guint i = 0; i < table_rows(table) * n; i++) {
		put_field(text, table_cell(table, i / n, i % n), mixed[i % n]);
		if (i % n == n - 1)
			g_string_append(text, "\r\n");
	}
	return g_string_free(text, FALSE);
}

static char *cell_text(const struct value *value)
{
	char *text = value->kind == VALUE_NUMBER ? unit_format(value->number, value->unit, DIGITS)
	                                         : shell_value_show(value);

	/* a line of the table stays one line */
	return g_strdelimit(text, "\n\r\t", ' ');
}

static void put_padded(GString *line, const char *text, guint width, gboolean right, gboolean last)
{
	gsize length = (gsize)g_utf8_strlen(text, -1);
	int blanks = width > length ? (int)(width - length) : 0;

	if (right)
		g_string_append_printf(line, "%*s%s", blanks, "", text);
	else
		g_string_append_printf(line, "%s%*s", text, last ? 0 : blanks, "");
	if (!last)
		g_string_append(line, "  ");
}

static void put_line(GString *text, const GString *line, guint width)
{
	gsize end = line->len;

	while (end > 0 && line->str[end - 1] == ' ')
		end--;
	if (width > 0 && g_utf8_strlen(line->str, (gssize)end) > (glong)width) {
		const char *cut = g_utf8_offset_to_pointer(line->str, width - 1);
		g_string_append_len(text, line->str, cut - line->str);
		g_string_append(text, "…\n");
		return;
	}
	g_string_append_len(text, line->str, (gssize)end);
	g_string_append_c(text, '\n');
}

char *table_text(const struct table *table, guint width)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GString) line = g_string_new(NULL);
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
	g_autofree guint *widths = g_new0(guint, table->n_columns);
	guint n = table->n_columns;

	for (guint c = 0; c < n; c++)
		g_ptr_array_add(cells, g_strdup(table->columns[c].name));
	for (guint i = 0; i < table_rows(table) * n; i++)
		g_ptr_array_add(cells, cell_text(table_cell(table, i / n, i % n)));
	for (guint i = 0; i < cells->len; i++)
		widths[i % n] =
			MAX(widths[i % n], (guint)g_utf8_strlen(g_ptr_array_index(cells, i), -1));
	for (guint i = 0; i < cells->len; i++) {
		put_padded(line, g_ptr_array_index(cells, i), widths[i % n],
		           table->columns[i % n].right, i % n == n - 1);
		if (i % n < n - 1)
			continue;
		put_line(text, line, width);
		g_string_truncate(line, 0);
	}
	return g_string_free(text, FALSE);
}

static void put_range(struct json_text *json, const char *key, const struct value *value)
{
	g_autofree double *points = g_new(double, value->range.n);

	for (guint i = 0; i < value->range.n; i++)
		points[i] = shell_value_range_at(value, i);
	json_text_numbers(json, key, points, value->range.n);
}

static void put_json(struct json_text *json, const char *key, const struct value *value)
{
	g_autofree char *unit_key = g_strdup_printf("%s_unit", key);

	switch (value->kind) {
	case VALUE_NUMBER:
		json_text_number(json, key, value->number);
		break;
	case VALUE_RANGE:
		put_range(json, key, value);
		break;
	case VALUE_FLAG:
		json_text_flag(json, key, value->flag);
		return;
	case VALUE_TEXT:
		json_text_string(json, key, value->text);
		return;
	default:
		json_text_string(json, key, NULL);
		return;
	}
	if (strcmp(value->unit, "1") != 0)
		json_text_string(json, unit_key, value->unit);
}

static void put_object_end(GString *text, struct json_text *json)
{
	g_autofree char *line = NULL;

	json_text_close(json, '}');
	line = json_text_end(json);
	g_string_append(text, line);
	g_string_append_c(text, '\n');
}

char *table_json(const struct table *table)
{
	GString *text = g_string_new(NULL);

	for (guint row = 0; row < table_rows(table); row++) {
		struct json_text json = json_text_begin_line();
		json_text_open(&json, NULL, '{');
		for (guint c = 0; c < table->n_columns; c++)
			put_json(&json, table->columns[c].name, table_cell(table, row, c));
		put_object_end(text, &json);
	}
	return g_string_free(text, FALSE);
}

char *table_value_json(const struct value *value)
{
	GString *text = g_string_new(NULL);
	struct json_text json = json_text_begin_line();

	if (value->kind == VALUE_TABLE) {
		g_free(json_text_end(&json));
		g_string_free(text, TRUE);
		return table_json(value->table);
	}
	json_text_open(&json, NULL, '{');
	put_json(&json, "value", value);
	put_object_end(text, &json);
	return g_string_free(text, FALSE);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/lua_value.h"

#include "base/number.h"
#include "station/shell/table.h"

#include <math.h>
#include <string.h>

enum { COLUMNS_MAX = 40 };

/* A number that is none is told in words: cells are finite. */
static struct value number(double number)
{
	if (isfinite(number))
		return shell_value_number(number, "1");
	return shell_value_text(isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
}

static struct value scalar(const struct sandbox_value *value)
{
	g_autofree char *text = NULL;

	switch (value->kind) {
	case SANDBOX_NIL:
		return (struct value){0};
	case SANDBOX_BOOLEAN:
		return shell_value_flag(value->boolean);
	case SANDBOX_INTEGER:
	case SANDBOX_NUMBER:
		return number(sandbox_to_number(value));
	case SANDBOX_TEXT:
		text = g_utf8_make_valid(value->text->str, (gssize)value->text->len);
		return shell_value_text(text);
	case SANDBOX_TABLE:
	case SANDBOX_FUNCTION:
		break;
	}
	text = g_strdup_printf("(%s)", sandbox_kind_name(value->kind));
	return shell_value_text(text);
}

/* --- tables ----------------------------------------------------------------------------------- */

static const struct sandbox_entry *entry_at(const struct sandbox_value *table, guint i)
{
	return &g_array_index(table->entries, struct sandbox_entry, i);
}

/* Names of columns have to outlive the table; scripts make few. */
static void add_columns(GArray *columns, const struct sandbox_value *row)
{
	for (guint i = 0; i < row->entries->len && columns->len < COLUMNS_MAX; i++) {
		struct table_column column = {g_intern_string(entry_at(row, i)->name)};
		gboolean known = !column.name;

		for (guint k = 0; k < columns->len && !known; k++)
			known = g_array_index(columns, struct table_column, k).name == column.name;
		if (!known)
			g_array_append_val(columns, column);
	}
}

static gboolean is_list_of_tables(const struct sandbox_value *list)
{
	gboolean fields = FALSE;

	for (guint i = 0; i < list->entries->len; i++) {
		const struct sandbox_entry *row = entry_at(list, i);

		if (row->name || row->value.kind != SANDBOX_TABLE)
			return FALSE;
		for (guint k = 0; k < row->value.entries->len; k++)
			fields = fields || entry_at(&row->value, k)->name;
	}
	return fields;
}

static struct value table_of_rows(const struct sandbox_value *list)
{
	g_autoptr(GArray) columns = g_array_new(FALSE, TRUE, sizeof(struct table_column));
	struct table *table;

	for (guint i = 0; i < list->entries->len; i++)
		add_columns(columns, &entry_at(list, i)->value);
	table = table_new((const struct table_column *)(void *)columns->data, columns->len);
	for (guint i = 0; i < list->entries->len; i++)
		for (guint k = 0; k < columns->len; k++) {
			const char *name = g_array_index(columns, struct table_column, k).name;
			const struct sandbox_value *cell =
				sandbox_table_get(&entry_at(list, i)->value, name);
			table_add(table, cell ? scalar(cell) : (struct value){0});
		}
	return shell_value_take_table(table);
}

static struct value table_of_entries(const struct sandbox_value *value)
{
	static const struct table_column columns[] = {{"name"}, {"value"}};
	struct table *table = table_new(columns, G_N_ELEMENTS(columns));
	guint number = 0;

	for (guint i = 0; i < value->entries->len; i++) {
		const struct sandbox_entry *entry = entry_at(value, i);

		table_add(table, entry->name ? shell_value_text(entry->name)
		                             : shell_value_number(++number, "1"));
		table_add(table, scalar(&entry->value));
	}
	return shell_value_take_table(table);
}

static struct value convert(const struct sandbox_value *value)
{
	if (value->kind != SANDBOX_TABLE)
		return scalar(value);
	return is_list_of_tables(value) ? table_of_rows(value) : table_of_entries(value);
}

struct value lua_results(const GArray *results)
{
	static const struct table_column columns[] = {{"result", TRUE}, {"value"}};
	struct table *table;

	if (results->len == 0)
		return (struct value){0};
	if (results->len == 1)
		return convert(&g_array_index(results, struct sandbox_value, 0));
	table = table_new(columns, G_N_ELEMENTS(columns));
	for (guint i = 0; i < results->len; i++) {
		table_add(table, shell_value_number(i + 1, "1"));
		table_add(table, scalar(&g_array_index(results, struct sandbox_value, i)));
	}
	return shell_value_take_table(table);
}

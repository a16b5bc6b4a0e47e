/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/sandbox_value.h"

#include <math.h>
#include <string.h>

struct sandbox_value sandbox_boolean(gboolean boolean)
{
	return (struct sandbox_value){SANDBOX_BOOLEAN, {.boolean = boolean}};
}

struct sandbox_value sandbox_integer(gint64 integer)
{
	return (struct sandbox_value){SANDBOX_INTEGER, {.integer = integer}};
}

struct sandbox_value sandbox_number(double number)
{
	return (struct sandbox_value){SANDBOX_NUMBER, {.number = number}};
}

struct sandbox_value sandbox_text(const char *text)
{
	return sandbox_bytes(text, strlen(text));
}

struct sandbox_value sandbox_bytes(const void *bytes, gsize length)
{
	GString *text = g_string_new_len(bytes, (gssize)length);
	return (struct sandbox_value){SANDBOX_TEXT, {.text = text}};
}

static void clear_entry(gpointer data)
{
	struct sandbox_entry *entry = data;
	g_free(entry->name);
	sandbox_value_clear(&entry->value);
}

struct sandbox_value sandbox_table(void)
{
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct sandbox_entry));
	g_array_set_clear_func(entries, clear_entry);
	return (struct sandbox_value){SANDBOX_TABLE, {.entries = entries}};
}

void sandbox_table_append(struct sandbox_value *table, struct sandbox_value item)
{
	struct sandbox_entry entry = {NULL, item};
	g_array_append_val(table->entries, entry);
}

void sandbox_table_set(struct sandbox_value *table, const char *name, struct sandbox_value field)
{
	struct sandbox_entry entry = {g_strdup(name), field};
	g_array_append_val(table->entries, entry);
}

const struct sandbox_value *sandbox_table_item(const struct sandbox_value *table, guint number)
{
	if (table->kind != SANDBOX_TABLE)
		return NULL;
	for (guint i = 0; i < table->entries->len; i++) {
		const struct sandbox_entry *entry =
			&g_array_index(table->entries, struct sandbox_entry, i);
		if (!entry->name && number-- == 0)
			return &entry->value;
	}
	return NULL;
}

const struct sandbox_value *sandbox_table_get(const struct sandbox_value *table, const char *name)
{
	if (table->kind != SANDBOX_TABLE)
		return NULL;
	for (guint i = 0; i < table->entries->len; i++) {
		const struct sandbox_entry *entry =
			&g_array_index(table->entries, struct sandbox_entry, i);
		if (g_strcmp0(entry->name, name) == 0)
			return &entry->value;
	}
	return NULL;
}

double sandbox_to_number(const struct sandbox_value *value)
{
	if (value->kind == SANDBOX_INTEGER)
		return (double)value->integer;
	return value->kind == SANDBOX_NUMBER ? value->number : (double)NAN;
}

const char *sandbox_kind_name(enum sandbox_kind kind)
{
	static const char *const names[] = {
		[SANDBOX_NIL] = "nil",           [SANDBOX_BOOLEAN] = "boolean",
		[SANDBOX_INTEGER] = "integer",   [SANDBOX_NUMBER] = "number",
		[SANDBOX_TEXT] = "text",         [SANDBOX_TABLE] = "table",
		[SANDBOX_FUNCTION] = "function",
	};
	return names[kind];
}

void sandbox_value_clear(struct sandbox_value *value)
{
	if (value->kind == SANDBOX_TEXT)
		g_string_free(value->text, TRUE);
	if (value->kind == SANDBOX_TABLE)
		g_array_unref(value->entries);
	*value = (struct sandbox_value){SANDBOX_NIL};
}

static void clear_value(gpointer data)
{
	sandbox_value_clear(data);
}

GArray *sandbox_values_new(void)
{
	GArray *values = g_array_new(FALSE, FALSE, sizeof(struct sandbox_value));
	g_array_set_clear_func(values, clear_value);
	return values;
}

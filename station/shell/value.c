/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/value.h"

#include "base/unit.h"
#include "station/shell/table.h"

#include <string.h>

/* Enough for what instruments tell, and 0.1 + 0.2 is 0.3. */
#define DIGITS 12

struct value shell_value_number(double number, const char *unit)
{
	return (struct value){.kind = VALUE_NUMBER, .unit = unit, .number = number};
}

struct value shell_value_text(const char *text)
{
	return (struct value){.kind = text ? VALUE_TEXT : VALUE_NONE, .text = g_strdup(text)};
}

struct value shell_value_flag(gboolean flag)
{
	return (struct value){.kind = VALUE_FLAG, .flag = flag};
}

struct value shell_value_take_table(struct table *table)
{
	return (struct value){.kind = VALUE_TABLE, .table = table};
}

struct value shell_value_copy(const struct value *value)
{
	struct value copy = *value;

	if (value->kind == VALUE_TEXT)
		copy.text = g_strdup(value->text);
	else if (value->kind == VALUE_TABLE)
		table_ref(copy.table);
	return copy;
}

void shell_value_clear(struct value *value)
{
	if (value->kind == VALUE_TEXT)
		g_free(value->text);
	else if (value->kind == VALUE_TABLE)
		table_unref(value->table);
	*value = (struct value){0};
}

double shell_value_range_at(const struct value *range, guint i)
{
	double at = range->range.first + i * range->range.step;

	/* the last point is the end itself, not what a sum of steps makes of it */
	return i + 1 == range->range.n &&
	                       ABS(at - range->range.last) < 1e-6 * ABS(range->range.step)
	               ? range->range.last
	               : at;
}

char *shell_value_show(const struct value *value)
{
	switch (value->kind) {
	case VALUE_NUMBER:
		return unit_format(value->number, value->unit, DIGITS);
	case VALUE_TEXT:
		return g_strdup(value->text);
	case VALUE_FLAG:
		return g_strdup(value->flag ? "on" : "off");
	case VALUE_RANGE: {
		gboolean level = strcmp(value->unit, "dBm") == 0;
		g_autofree char *first = unit_format(value->range.first, value->unit, DIGITS);
		g_autofree char *last = unit_format(value->range.last, value->unit, DIGITS);
		g_autofree char *step =
			unit_format(value->range.step, level ? "dB" : value->unit, DIGITS);
		return g_strdup_printf("%s..%s step %s", first, last, step);
	}
	case VALUE_TABLE:
		return g_strdup_printf("(table of %u rows)", table_rows(value->table));
	default:
		return g_strdup("");
	}
}

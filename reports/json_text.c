/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/json_text.h"

#include "base/number.h"
#include "reports/counts_text.h"

#include <math.h>

enum { NUMBERS_PER_LINE = 8 };

struct json_text json_text_begin(void)
{
	return (struct json_text){.out = g_string_new(NULL)};
}

struct json_text json_text_begin_line(void)
{
	return (struct json_text){.out = g_string_new(NULL), .one_line = TRUE};
}

char *json_text_end(struct json_text *json)
{
	if (!json->one_line)
		g_string_append_c(json->out, '\n');
	return g_string_free(g_steal_pointer(&json->out), FALSE);
}

static void break_line(struct json_text *json)
{
	if (json->one_line)
		return;
	g_string_append_c(json->out, '\n');
	for (int i = 0; i < json->depth; i++)
		g_string_append_len(json->out, "  ", 2);
}

static void append_escaped(GString *out, char c)
{
	if (c == '"' || c == '\\')
		g_string_append_printf(out, "\\%c", c);
	else if (c == '\n')
		g_string_append(out, "\\n");
	else if (c == '\t')
		g_string_append(out, "\\t");
	else
		g_string_append_printf(out, "\\u%04x", c);
}

static gboolean is_plain(char c)
{
	return (guchar)c >= 0x20 && c != '"' && c != '\\' && c != 0x7F;
}

static void append_string(GString *out, const char *value)
{
	g_autofree char *made =
		g_utf8_validate(value, -1, NULL) ? NULL : g_utf8_make_valid(value, -1);
	const char *p = made ? made : value;

	g_string_append_c(out, '"');
	while (*p != '\0') {
		const char *end = p;

		while (is_plain(*end))
			end++;
		g_string_append_len(out, p, end - p);
		p = end;
		if (*p != '\0')
			append_escaped(out, *p++);
	}
	g_string_append_c(out, '"');
}

static void begin_value(struct json_text *json, const char *key)
{
	if (json->any)
		g_string_append_c(json->out, ',');
	if (json->depth > 0)
		break_line(json);
	json->any = TRUE;
	if (!key)
		return;
	append_string(json->out, key);
	g_string_append(json->out, json->one_line ? ":" : ": ");
}

void json_text_open(struct json_text *json, const char *key, char open)
{
	begin_value(json, key);
	g_string_append_c(json->out, open);
	json->depth++;
	json->any = FALSE;
}

void json_text_close(struct json_text *json, char close)
{
	json->depth--;
	if (json->any)
		break_line(json);
	g_string_append_c(json->out, close);
	json->any = TRUE;
}

void json_text_string(struct json_text *json, const char *key, const char *value)
{
	begin_value(json, key);
	if (value)
		append_string(json->out, value);
	else
		g_string_append(json->out, "null");
}

void json_text_int(struct json_text *json, const char *key, gint64 value)
{
	begin_value(json, key);
	g_string_append_printf(json->out, "%" G_GINT64_FORMAT, value);
}

/* Below this a double's whole number is written as one. */
#define WHOLE_END 1e15

static void append_number(GString *out, double value)
{
	if (fabs(value) < WHOLE_END && value == trunc(value) && (value != 0 || !signbit(value))) {
		g_string_append_printf(out, "%" G_GINT64_FORMAT, (gint64)value);
		return;
	}
	if (!isfinite(value)) {
		g_string_append(out, "null");
		return;
	}
	/* A reader takes "-0" for a whole number, and that has no sign. */
	g_autofree char *text =
		value == 0 && signbit(value) ? g_strdup("-0.0") : number_format(value);
	g_string_append(out, text);
}

void json_text_number(struct json_text *json, const char *key, double value)
{
	begin_value(json, key);
	append_number(json->out, value);
}

void json_text_flag(struct json_text *json, const char *key, gboolean value)
{
	begin_value(json, key);
	g_string_append(json->out, value ? "true" : "false");
}

static void separate(struct json_text *json, gsize i, gsize per_line)
{
	if (i > 0)
		g_string_append(json->out, i % per_line == 0 ? "," : ", ");
	if (i > 0 && i % per_line == 0)
		break_line(json);
}

void json_text_numbers(struct json_text *json, const char *key, const double *values, gsize n)
{
	begin_value(json, key);
	g_string_append_c(json->out, '[');
	for (gsize i = 0; i < n; i++) {
		separate(json, i, NUMBERS_PER_LINE);
		append_number(json->out, values[i]);
	}
	g_string_append_c(json->out, ']');
}

void json_text_counts(struct json_text *json, const char *key, const guint32 *values, gsize n)
{
	begin_value(json, key);
	g_string_append_c(json->out, '"');
	counts_text_append(json->out, values, n);
	g_string_append_c(json->out, '"');
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/csv.h"

#include "base/error.h"
#include "base/suggest.h"

#include <stdarg.h>
#include <string.h>

static const gsize longest = (gsize)256 << 20;

struct csv {
	char *name;
	char *sha256;
	GPtrArray *columns; /* owned names */
	GHashTable *index;  /* borrowed name to column number + 1 */
	GPtrArray *fields;  /* owned texts, row after row */
	GArray *lines;      /* int, one a row */
};

struct reader {
	struct csv *table;
	const char *p;
	const char *end;
	int line;
};

void csv_free(struct csv *table)
{
	if (!table)
		return;
	g_free(table->name);
	g_free(table->sha256);
	g_ptr_array_unref(table->columns);
	g_hash_table_unref(table->index);
	g_ptr_array_unref(table->fields);
	g_array_unref(table->lines);
	g_free(table);
}

static gboolean refuse(const struct reader *reader, GError **error, const char *what)
{
	station_error_set(error, STATION_ERROR_CONFIG, "%s:%d: %s", reader->table->name,
	                  reader->line, what);
	return FALSE;
}

static gboolean at_line_end(const struct reader *reader)
{
	if (reader->p == reader->end || *reader->p == '\n')
		return TRUE;
	return *reader->p == '\r' && reader->p + 1 < reader->end && reader->p[1] == '\n';
}

static void skip_line_end(struct reader *reader)
{
	if (reader->p < reader->end && *reader->p == '\r')
		reader->p++;
	if (reader->p < reader->end)
		reader->p++;
	reader->line++;
}

/* Goes over comment and blank lines; false at the end of the text. */
static gboolean find_row(struct reader *reader)
{
	while (reader->p < reader->end) {
		const char *newline = memchr(reader->p, '\n', (gsize)(reader->end - reader->p));
		const char *line_end = newline ? newline : reader->end;
		const char *p = reader->p;
		while (p < line_end && g_ascii_isspace(*p))
			p++;
		if (p < line_end && *reader->p != '#')
			return TRUE;
		reader->p = newline ? newline + 1 : reader->end;
		reader->line++;
	}
	return FALSE;
}

static gboolean read_quoted(struct reader *reader, GString *field, GError **error)
{
	int first_line = reader->line;
	for (reader->p++; reader->p < reader->end; reader->p++) {
		if (*reader->p == '"') {
			if (reader->p + 1 == reader->end || reader->p[1] != '"')
				break;
			reader->p++;
		} else if (*reader->p == '\n') {
			reader->line++;
		}
		g_string_append_c(field, *reader->p);
	}
	if (reader->p == reader->end) {
		reader->line = first_line;
		return refuse(reader, error, "quote without an end");
	}
	reader->p++;
	if (!at_line_end(reader) && *reader->p != ',')
		return refuse(reader, error, "text after the closing quote");
	return TRUE;
}

static gboolean read_plain(struct reader *reader, GString *field, GError **error)
{
	for (; !at_line_end(reader) && *reader->p != ','; reader->p++) {
		if (*reader->p == '"')
			return refuse(reader, error,
			              "quote inside a field that does not begin with one");
		if (*reader->p == '\r')
			return refuse(reader, error, "carriage return inside a line");
		g_string_append_c(field, *reader->p);
	}
	g_strstrip(field->str);
	g_string_set_size(field, strlen(field->str));
	return TRUE;
}

/* Appends the fields of one row to `fields`; the reader then stands on the next line. */
static gboolean read_row(struct reader *reader, GPtrArray *fields, GError **error)
{
	for (;;) {
		g_autoptr(GString) field = g_string_new(NULL);
		gboolean quoted = reader->p < reader->end && *reader->p == '"';
		if (quoted ? !read_quoted(reader, field, error) : !read_plain(reader, field, error))
			return FALSE;
		g_ptr_array_add(fields, g_string_free(g_steal_pointer(&field), FALSE));
		if (at_line_end(reader))
			break;
		reader->p++;
	}
	skip_line_end(reader);
	return TRUE;
}

static gboolean read_header(struct reader *reader, GError **error)
{
	struct csv *table = reader->table;
	if (!find_row(reader))
		return refuse(reader, error, "no header line");
	struct reader at = *reader;
	if (!read_row(reader, table->columns, error))
		return FALSE;
	for (guint i = 0; i < table->columns->len; i++) {
		char *column = g_ptr_array_index(table->columns, i);
		if (*column == '\0')
			return refuse(&at, error, "a column without a name");
		if (!g_hash_table_insert(table->index, column, GUINT_TO_POINTER(i + 1))) {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "%s:%d: column \"%s\" stands there twice", table->name,
			                  at.line, column);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean read_rows(struct reader *reader, GError **error)
{
	struct csv *table = reader->table;
	while (find_row(reader)) {
		int line = reader->line;
		guint before = table->fields->len;
		if (!read_row(reader, table->fields, error))
			return FALSE;
		guint n = table->fields->len - before;
		if (n != table->columns->len) {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "%s:%d: %u fields where the header has %u", table->name,
			                  line, n, table->columns->len);
			return FALSE;
		}
		g_array_append_val(table->lines, line);
	}
	return TRUE;
}

/* g_utf8_validate_len stops at a zero byte too, which no text has. */
static gboolean check_text(struct reader *reader, GError **error)
{
	gsize len = (gsize)(reader->end - reader->p);
	if (len > longest)
		return refuse(reader, error, "the file is too long");
	const char *bad;
	if (g_utf8_validate_len(reader->p, len, &bad))
		return TRUE;
	for (const char *p = reader->p; p < bad; p++)
		reader->line += *p == '\n';
	return refuse(reader, error, "not UTF-8 text");
}

struct csv *csv_load_text(const char *text, gssize len, const char *name, GError **error)
{
	g_autoptr(csv) table = g_new0(struct csv, 1);
	gsize length = len < 0 ? strlen(text) : (gsize)len;
	table->name = g_utf8_make_valid(name, -1);
	table->columns = g_ptr_array_new_with_free_func(g_free);
	table->index = g_hash_table_new(g_str_hash, g_str_equal);
	table->fields = g_ptr_array_new_with_free_func(g_free);
	table->lines = g_array_new(FALSE, FALSE, sizeof(int));
	table->sha256 =
		g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
	struct reader reader = {table, text, text + length, 1};
	if (!check_text(&reader, error))
		return NULL;
	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		reader.p += 3;
	if (!read_header(&reader, error) || !read_rows(&reader, error))
		return NULL;
	return g_steal_pointer(&table);
}

struct csv *csv_load_file(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize len = 0;
	g_autoptr(GError) cause = NULL;
	if (!g_file_get_contents(path, &text, &len, &cause)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: %s", path, cause->message);
		return NULL;
	}
	return csv_load_text(text, (gssize)len, path, error);
}

const char *csv_sha256(const struct csv *table)
{
	return table->sha256;
}

guint csv_rows(const struct csv *table)
{
	return table->lines->len;
}

int csv_line(const struct csv *table, guint row)
{
	g_return_val_if_fail(row < table->lines->len, 0);
	return g_array_index(table->lines, int, row);
}

static gboolean check_known(const struct csv *table, const char *column, GPtrArray *known,
                            GError **error)
{
	const char *const *names = (const char *const *)known->pdata;
	if (g_strv_contains(names, column))
		return TRUE;
	const char *nearest = suggest_nearest(column, names);
	station_error_set(error, STATION_ERROR_CONFIG, "%s: column \"%s\" is not known%s%s%s",
	                  table->name, column, nearest ? "; did you mean \"" : "",
	                  nearest ? nearest : "", nearest ? "\"?" : "");
	return FALSE;
}

gboolean csv_check_columns(const struct csv *table, const char *const *required,
                           const char *const *optional, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	for (gsize i = 0; required[i]; i++)
		g_ptr_array_add(known, (gpointer)required[i]);
	for (gsize i = 0; optional && optional[i]; i++)
		g_ptr_array_add(known, (gpointer)optional[i]);
	g_ptr_array_add(known, NULL);
	/* First what is not known: a column misspelt is also one missing, and this names it. */
	for (guint i = 0; i < table->columns->len; i++) {
		if (!check_known(table, g_ptr_array_index(table->columns, i), known, error))
			return FALSE;
	}
	for (gsize i = 0; required[i]; i++) {
		if (!g_hash_table_contains(table->index, required[i])) {
			station_error_set(error, STATION_ERROR_CONFIG,
			                  "%s: column \"%s\" is missing", table->name, required[i]);
			return FALSE;
		}
	}
	return TRUE;
}

const char *csv_field(const struct csv *table, guint row, const char *column)
{
	g_return_val_if_fail(row < table->lines->len, NULL);
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(table->index, column));
	if (number == 0)
		return NULL;
	return g_ptr_array_index(table->fields, row * table->columns->len + number - 1);
}

void csv_error(const struct csv *table, guint row, GError **error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	station_error_set(error, STATION_ERROR_CONFIG, "%s:%d: %s", table->name,
	                  csv_line(table, row), text);
}

static gboolean needs_quotes(const char *field, gboolean first)
{
	/* At the start of a line nothing would be a blank line, and '#' a comment. */
	if (*field == '\0')
		return first;
	gsize len = strlen(field);
	return strpbrk(field, ",\"\r\n") || (first && *field == '#') || g_ascii_isspace(field[0]) ||
	       g_ascii_isspace(field[len - 1]);
}

void csv_append(GString *out, const char *field)
{
	gboolean first = out->len == 0 || out->str[out->len - 1] == '\n';
	if (!first)
		g_string_append_c(out, ',');
	if (!needs_quotes(field, first)) {
		g_string_append(out, field);
		return;
	}
	g_string_append_c(out, '"');
	for (; *field; field++) {
		if (*field == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *field);
	}
	g_string_append_c(out, '"');
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/recording.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/number.h"

#include <string.h>

enum { HEX_MAX = 512 };

/* ---- writing ---- */

static void append_string(GString *line, const char *key, const char *text, gsize len)
{
	g_string_append_printf(line, ",\"%s\":\"", key);
	for (gsize i = 0; i < len; i++) {
		guchar c = (guchar)text[i];
		if (c == '"' || c == '\\')
			g_string_append_c(line, '\\');
		if (c < ' ')
			g_string_append_printf(line, "\\u%04x", c);
		else
			g_string_append_c(line, (char)c);
	}
	g_string_append_c(line, '"');
}

static void append_number(GString *line, const char *key, gint64 number)
{
	g_string_append_printf(line, ",\"%s\":%" G_GINT64_FORMAT, key, number);
}

static gboolean is_text(const guint8 *data, gsize len)
{
	for (gsize i = 0; i < len; i++) {
		if (!g_ascii_isprint((char)data[i]) && data[i] != '\r' && data[i] != '\n' &&
		    data[i] != '\t')
			return FALSE;
	}
	return TRUE;
}

static void append_data(GString *line, const guint8 *data, gsize len)
{
	append_number(line, "len", (gint64)len);
	if (is_text(data, len)) {
		append_string(line, "text", (const char *)data, len);
		return;
	}
	g_autofree char *code =
		len <= HEX_MAX ? bytes_to_hex(data, len) : g_base64_encode(data, len);
	g_string_append_printf(line, ",\"%s\":\"%s\"", len <= HEX_MAX ? "hex" : "base64", code);
}

char *recording_line(const struct recording_event *event)
{
	GString *line = g_string_new(NULL);
	g_autofree char *link = g_utf8_make_valid(event->link, -1);

	g_string_append_printf(line, "{\"event\":\"%s\"", event->event);
	append_string(line, "link", link, strlen(link));
	append_number(line, "start_us", event->start_us);
	append_number(line, "duration_us", event->duration_us);
	if (event->value >= 0)
		append_number(line, "value", event->value);
	if (event->ops >= 0)
		append_number(line, "ops", event->ops);
	if (event->data)
		append_data(line, event->data, event->len);
	if (event->error) {
		const char *kind =
			event->error->domain == STATION_ERROR
				? station_error_name((enum station_error)event->error->code)
				: "internal";
		g_autofree char *message = g_utf8_make_valid(event->error->message, -1);
		append_string(line, "error", kind, strlen(kind));
		append_string(line, "message", message, strlen(message));
	}
	g_string_append(line, "}\n");
	return g_string_free(line, FALSE);
}

/* ---- reading ---- */

struct cursor {
	const char *at, *end;
};

static gboolean take(struct cursor *cursor, const char *text)
{
	gsize len = strlen(text);

	if ((gsize)(cursor->end - cursor->at) < len || memcmp(cursor->at, text, len) != 0)
		return FALSE;
	cursor->at += len;
	return TRUE;
}

/* Past ,"key": when that is what comes. */
static gboolean take_key(struct cursor *cursor, const char *key)
{
	struct cursor there = *cursor;

	if (!take(&there, ",\"") || !take(&there, key) || !take(&there, "\":"))
		return FALSE;
	*cursor = there;
	return TRUE;
}

/* Zero and more; FALSE when it is none. */
static gboolean take_number(struct cursor *cursor, gint64 *number)
{
	char digits[24];
	gsize n = 0;

	while (cursor->at < cursor->end && g_ascii_isdigit(*cursor->at) && n + 1 < sizeof digits)
		digits[n++] = *cursor->at++;
	digits[n] = '\0';
	return n > 0 && number_parse_int(digits, 0, G_MAXINT64, number, NULL);
}

/* \u0000 to \u001f, which is all that is written so */
static gboolean take_escape(struct cursor *cursor, GString *text)
{
	int value = 0;

	if (take(cursor, "\"") || take(cursor, "\\")) {
		g_string_append_c(text, cursor->at[-1]);
		return TRUE;
	}
	if (!take(cursor, "u00") || cursor->end - cursor->at < 2)
		return FALSE;
	for (int i = 0; i < 2; i++) {
		int digit = g_ascii_xdigit_value(*cursor->at++);
		if (digit < 0)
			return FALSE;
		value = value * 16 + digit;
	}
	g_string_append_c(text, (char)value);
	return value < ' ';
}

static gboolean take_string(struct cursor *cursor, GString *text)
{
	g_string_truncate(text, 0);
	if (!take(cursor, "\""))
		return FALSE;
	while (cursor->at < cursor->end && *cursor->at != '"') {
		guchar c = (guchar)*cursor->at++;
		if (c < ' ' || (c == '\\' && !take_escape(cursor, text)))
			return FALSE;
		if (c != '\\')
			g_string_append_c(text, (char)c);
	}
	return take(cursor, "\"") && g_utf8_validate_len(text->str, text->len, NULL);
}

static GByteArray *decode(const char *key, const GString *text)
{
	gsize len = 0;

	if (text->len != strlen(text->str) && strcmp(key, "text") != 0)
		return NULL;
	if (strcmp(key, "hex") == 0)
		return bytes_from_hex(text->str, NULL);
	if (strcmp(key, "text") == 0) {
		GByteArray *data = g_byte_array_sized_new((guint)text->len);
		return g_byte_array_append(data, (const guint8 *)text->str, (guint)text->len);
	}
	guchar *bytes = g_base64_decode(text->str, &len);
	g_autofree char *again = g_base64_encode(bytes, len);
	if (strcmp(again, text->str) == 0)
		return g_byte_array_new_take(bytes, len);
	g_free(bytes);
	return NULL;
}

static gboolean take_data(struct cursor *cursor, GString *text, GByteArray **data)
{
	static const char *const keys[] = {"text", "hex", "base64"};
	gint64 len;

	if (!take_key(cursor, "len"))
		return TRUE;
	if (!take_number(cursor, &len))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (!take_key(cursor, keys[i]))
			continue;
		*data = take_string(cursor, text) ? decode(keys[i], text) : NULL;
		return *data && (gint64)(*data)->len == len;
	}
	return FALSE;
}

static gboolean take_error(struct cursor *cursor, GString *text, GError **found)
{
	if (!take_key(cursor, "error"))
		return TRUE;
	if (!take_string(cursor, text))
		return FALSE;
	for (int code = 0; code <= STATION_ERROR_REFUSED; code++) {
		if (strcmp(station_error_name((enum station_error)code), text->str) != 0)
			continue;
		if (!take_key(cursor, "message") || !take_string(cursor, text))
			return FALSE;
		*found = g_error_new_literal(STATION_ERROR, code, text->str);
		return TRUE;
	}
	return FALSE;
}

static gboolean take_optional(struct cursor *cursor, const char *key, gint64 *number)
{
	*number = -1;
	return !take_key(cursor, key) || take_number(cursor, number);
}

static gboolean take_line(struct cursor *cursor, GString *text, struct recording_entry *entry)
{
	if (!take(cursor, "{\"event\":") || !take_string(cursor, text))
		return FALSE;
	entry->event = g_strdup(text->str);
	if (!take_key(cursor, "link") || !take_string(cursor, text))
		return FALSE;
	entry->link = g_strdup(text->str);
	return take_key(cursor, "start_us") && take_number(cursor, &entry->start_us) &&
	       take_key(cursor, "duration_us") && take_number(cursor, &entry->duration_us) &&
	       take_optional(cursor, "value", &entry->value) &&
	       take_optional(cursor, "ops", &entry->ops) && take_data(cursor, text, &entry->data) &&
	       take_error(cursor, text, &entry->error) && take(cursor, "}") &&
	       cursor->at == cursor->end && entry->duration_us <= G_MAXINT64 - entry->start_us;
}

gboolean recording_parse(const char *line, gsize len, struct recording_entry *entry, GError **error)
{
	struct cursor cursor = {line, line + len};
	g_autoptr(GString) text = g_string_new(NULL);

	*entry = (struct recording_entry){.value = -1, .ops = -1};
	if (take_line(&cursor, text, entry))
		return TRUE;
	recording_entry_clear(entry);
	station_error_set(error, STATION_ERROR_STORAGE,
	                  "not a line of a recording, from character %" G_GSIZE_FORMAT " on",
	                  (gsize)(cursor.at - line) + 1);
	return FALSE;
}

void recording_entry_clear(struct recording_entry *entry)
{
	g_free(entry->event);
	g_free(entry->link);
	g_clear_pointer(&entry->data, g_byte_array_unref);
	g_clear_error(&entry->error);
	*entry = (struct recording_entry){.value = -1, .ops = -1};
}

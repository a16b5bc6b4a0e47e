/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/token.h"

#include "base/error.h"

#include <stdarg.h>
#include <string.h>

void token_error(GError **error, const char *line, gsize at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *words = g_strdup_vprintf(format, args);
	va_end(args);
	station_error_set(error, STATION_ERROR_CONFIG, "column %ld: %s",
	                  g_utf8_strlen(line, (gssize)at) + 1, words);
}

gsize token_name_length(const char *text)
{
	gsize n = 0;

	while (g_ascii_isalpha(text[n]) || text[n] == '_' || (n > 0 && g_ascii_isdigit(text[n])))
		n++;
	return n;
}

/* The end of what is quoted; the line's end when the quote is open. `at` is the opening quote. */
static gsize quote_end(const char *line, gsize at)
{
	char quote = line[at++];

	while (line[at] != '\0' && line[at] != quote)
		at += quote == '"' && line[at] == '\\' && line[at + 1] != '\0' ? 2 : 1;
	return at;
}

/* The end of a word; *open is the place of a quote or `\` that nothing ends, else untouched. */
static gsize word_end(const char *line, gsize at, gssize *open)
{
	while (line[at] != '\0' && !g_ascii_isspace(line[at]) && line[at] != ';') {
		if (line[at] == '"' || line[at] == '\'') {
			gsize end = quote_end(line, at);
			if (line[end] == '\0') {
				*open = (gssize)at;
				return end;
			}
			at = end + 1;
		} else if (line[at] == '\\') {
			if (line[at + 1] == '\0')
				*open = (gssize)at;
			at += line[at + 1] == '\0' ? 1 : 2;
		} else {
			at++;
		}
	}
	return at;
}

static GArray *split(const char *line, gssize *open)
{
	GArray *tokens = g_array_new(FALSE, FALSE, sizeof(struct token));

	for (gsize at = 0; line[at] != '\0' && line[at] != '#';) {
		struct token token = {.begin = at, .end = at + 1, .separator = line[at] == ';'};
		if (g_ascii_isspace(line[at])) {
			at++;
			continue;
		}
		if (!token.separator)
			token.end = word_end(line, at, open);
		g_array_append_val(tokens, token);
		at = token.end;
	}
	return tokens;
}

GArray *token_split(const char *line, GError **error)
{
	const char *bad;
	gssize open = -1;

	if (strlen(line) > TOKEN_LINE_MAX) {
		station_error_set(error, STATION_ERROR_CONFIG, "a line is at most %d bytes long",
		                  TOKEN_LINE_MAX);
		return NULL;
	}
	if (!g_utf8_validate(line, -1, &bad)) {
		station_error_set(error, STATION_ERROR_CONFIG, "byte %zu: this is not UTF-8",
		                  (gsize)(bad - line) + 1);
		return NULL;
	}
	g_autoptr(GArray) tokens = split(line, &open);
	if (open >= 0) {
		if (line[open] == '\\')
			token_error(error, line, (gsize)open, "\"\\\" wants a sign behind it");
		else
			token_error(error, line, (gsize)open, "this %c has no other %c", line[open],
			            line[open]);
		return NULL;
	}
	return g_steal_pointer(&tokens);
}

gboolean token_is_open(const char *line)
{
	gssize open = -1;

	g_array_unref(split(line, &open));
	return open >= 0;
}

/* The variable at `at`, which is a `$`; gives the place behind it, 0 with error. */
static gsize put_variable(const char *line, gsize at, gsize end, token_lookup lookup, gpointer data,
                          GString *text, GError **error)
{
	gsize length = token_name_length(line + at + 1);
	g_autofree char *name = g_strndup(line + at + 1, length);
	g_autofree char *value = NULL;

	if (length == 0 || at + 1 + length > end) {
		token_error(error, line, at,
		            "\"$\" wants the name of a variable; '$' between single quotes is "
		            "the sign");
		return 0;
	}
	value = lookup ? lookup(name, data) : NULL;
	if (!value) {
		token_error(error, line, at,
		            "there is no variable \"%s\"; \"set %s VALUE\" makes it", name, name);
		return 0;
	}
	g_string_append(text, value);
	return at + 1 + length;
}

static char unescaped(char sign)
{
	return sign == 'n' ? '\n' : sign == 't' ? '\t' : sign;
}

char *token_text(const char *line, const struct token *token, token_lookup lookup, gpointer data,
                 GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	char quote = '\0';

	for (gsize at = token->begin; at < token->end;) {
		char sign = line[at];
		if (sign == '\\' && quote != '\'' && at + 1 < token->end) {
			g_string_append_c(text, quote ? unescaped(line[at + 1]) : line[at + 1]);
			at += 2;
		} else if (sign == '$' && quote != '\'') {
			at = put_variable(line, at, token->end, lookup, data, text, error);
			if (at == 0)
				return NULL;
		} else if (quote ? sign == quote : sign == '"' || sign == '\'') {
			quote = quote ? '\0' : sign;
			at++;
		} else {
			g_string_append_c(text, sign);
			at++;
		}
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

char *token_quote(const char *text)
{
	if (*text != '\0' && *text != '#' && !text[strcspn(text, " \t\r\n\v\f;\"'\\$")])
		return g_strdup(text);
	if (!strchr(text, '\''))
		return g_strdup_printf("'%s'", text);
	GString *quoted = g_string_new("\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(quoted, '\\');
		/* a `$` between double quotes is a variable: the sign goes between single ones */
		if (*text == '$')
			g_string_append(quoted, "\"'$'\"");
		else
			g_string_append_c(quoted, *text);
	}
	g_string_append_c(quoted, '"');
	return g_string_free(quoted, FALSE);
}

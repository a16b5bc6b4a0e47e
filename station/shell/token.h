/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_TOKEN_H
#define STATION_SHELL_TOKEN_H

#include <glib.h>

/*
 * A line of the shell as words. Blanks separate words, `;` commands; `#` at the beginning of a word
 * makes the rest a comment. Between double quotes blanks are kept, `\` takes the next sign as it is
 * ("\n" and "\t" are newline and tabulator) and `$name` is put in; between single quotes nothing
 * has a meaning. Words are places in the line, so that expressions and commands within commands can
 * be read from the line itself, each time anew.
 */
struct token {
	gsize begin, end;   /* bytes of the line */
	gboolean separator; /* a `;` */
};

/* What a line must not be longer than. */
enum { TOKEN_LINE_MAX = 65536 };

/* Array of struct token. Null with STATION_ERROR_CONFIG, "column 7: ...": a quote that is left
 * open, a sign that is no text, a line that is too long. */
GArray *token_split(const char *line, GError **error);

/* Whether the line ends in an open quote, or in a `\`: more lines belong to it. */
gboolean token_is_open(const char *line);

/* The text of a variable, to be freed with g_free; null when there is none of that name. */
typedef char *(*token_lookup)(const char *name, gpointer data);

/* A word without its quotes, with its variables. Null with an error, which has the column. */
char *token_text(const char *line, const struct token *token, token_lookup lookup, gpointer data,
                 GError **error);

/* How many bytes at `text` are a variable's name, without the `$`: letters, digits, `_`. */
gsize token_name_length(const char *text);

/* A word written so that it is read back as it is: with quotes where it needs them. */
char *token_quote(const char *text);

/* Sets STATION_ERROR_CONFIG "column N: ...", N counted in characters from 1. */
void token_error(GError **error, const char *line, gsize at, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

#endif

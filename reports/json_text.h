/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef REPORTS_JSON_TEXT_H
#define REPORTS_JSON_TEXT_H

#include <glib.h>

/*
 * JSON written as it goes, with two-space indentation and numbers that read back exactly (the JSON
 * library rounds at 17 digits and sorts nothing). Inside an object each value has a key, inside an
 * array key is null. Not finite numbers become null, bytes that are not UTF-8 become U+FFFD.
 */
struct json_text {
	GString *out;
	int depth;
	gboolean any;      /* something was written at this depth */
	gboolean one_line; /* no breaks, no blanks */
};

/* An empty text; json_text_end gives the result, to be freed with g_free. */
struct json_text json_text_begin(void);
/* The same on one line, without a newline at its end. */
struct json_text json_text_begin_line(void);
char *json_text_end(struct json_text *json);

/* `open` is '{' or '[', `close` the other. */
void json_text_open(struct json_text *json, const char *key, char open);
void json_text_close(struct json_text *json, char close);

void json_text_string(struct json_text *json, const char *key, const char *value); /* null: null */
void json_text_int(struct json_text *json, const char *key, gint64 value);
void json_text_number(struct json_text *json, const char *key, double value);
void json_text_flag(struct json_text *json, const char *key, gboolean value);

/* Arrays on few lines: a break after each `per_line` values. */
void json_text_numbers(struct json_text *json, const char *key, const double *values, gsize n);
/* As reports/counts_text.h says. */
void json_text_counts(struct json_text *json, const char *key, const guint32 *values, gsize n);

#endif

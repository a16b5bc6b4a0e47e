/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <glib.h>

/*
 * Comma-separated files, read strictly: RFC 4180 quoting, UTF-8, one header line, every row as many
 * fields as the header, no duplicate column. Lines that begin with '#' and blank lines are comment,
 * a byte order mark at the start is skipped. Errors are STATION_ERROR_CONFIG and begin with file
 * and line, "FILE:LINE: " ("FILE: " when it cannot be read at all).
 */
struct csv;
typedef struct csv csv; /* for g_autoptr(csv) only */

struct csv *csv_load_file(const char *path, GError **error);
struct csv *csv_load_text(const char *text, gssize len, const char *name, GError **error);
void csv_free(struct csv *table); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(csv, csv_free)

/* SHA-256 of the bytes read, 64 hexadecimal digits. */
const char *csv_sha256(const struct csv *table);
/* Rows below the header, and the line in the file where a row begins. */
guint csv_rows(const struct csv *table);
int csv_line(const struct csv *table, guint row);

/*
 * Checks that the header holds every name of `required` and none outside required and optional
 * (both null-terminated, optional may be null); the message suggests the nearest name.
 */
gboolean csv_check_columns(const struct csv *table, const char *const *required,
                           const char *const *optional, GError **error);

/*
 * Field by column name, blanks around it removed except inside quotes; null when the file has no
 * such column. Borrowed.
 */
const char *csv_field(const struct csv *table, guint row, const char *column);

/* Sets STATION_ERROR_CONFIG with "FILE:LINE: " of the row in front. */
void csv_error(const struct csv *table, guint row, GError **error, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

/*
 * Appends one field to a line being written, quoted when it must be to be read back the same; adds
 * the comma before it when out does not end in a newline and is not empty.
 */
void csv_append(GString *out, const char *field);

#endif

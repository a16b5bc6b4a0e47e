/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_TABLE_H
#define STATION_SHELL_TABLE_H

#include "station/shell/value.h"

/* A result with columns. Counted by references; not for several threads at a time. */
struct table_column {
	const char *name; /* static; the key in JSON */
	gboolean right;   /* aligned to the right */
};

/* The columns are copied, n > 0; their names are not. */
struct table *table_new(const struct table_column *columns, guint n);
struct table *table_ref(struct table *table);
void table_unref(struct table *table); /* null is allowed */
typedef struct table table;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(table, table_unref)

/* The next cell, row by row; takes what the value holds. VALUE_NONE is an empty cell. */
void table_add(struct table *table, struct value value);

guint table_rows(const struct table *table);
guint table_columns(const struct table *table);
const struct table_column *table_column(const struct table *table, guint column);
const struct value *table_cell(const struct table *table, guint row, guint column);

/* Columns in a width of so many characters (0: as wide as it is; what is too wide is cut at the end
 * of its line, with a "…"), a newline behind each row. Free with g_free. */
char *table_text(const struct table *table, guint width);

/*
 * One JSON object a line. A number is in its base unit, and KEY_unit tells which when it has one;
 * an empty cell is null. Free with g_free.
 */
char *table_json(const struct table *table);

/*
 * RFC 4180: a header line, "oma (dBm)" with the base unit that the numbers are in, then the rows. A
 * column of several units has one behind it that tells them. Free with g_free.
 */
char *table_csv(const struct table *table);

/* A single value or sentence the same way: {"value":3,"value_unit":"dB"}. With a newline. */
char *table_value_json(const struct value *value);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_STORE_COLUMNS_H
#define STATION_STORE_COLUMNS_H

#include "station/store/canon.h"
#include "station/store/sqlite_store.h"

/* What of a record stands in which column of the rows of its run. */
enum column_kind {
	COLUMN_RUN_ID, /* of the run */
	COLUMN_NUMBER, /* index of the step or measurement */
	COLUMN_TEXT,   /* char *, null is NULL */
	COLUMN_INT,    /* int, guint, gboolean */
	COLUMN_INT64,
	COLUMN_REAL,    /* double, NaN is NULL */
	COLUMN_VERDICT, /* enum verdict, by name */
};

struct column {
	const char *name;
	enum column_kind kind;
	gsize offset; /* in run_record, record_step or record_measurement */
};

/* The columns of one table in their order; runs without its last one, `document`. */
struct columns {
	const char *table;
	const struct column *columns;
	guint n;
};
extern const struct columns columns_runs, columns_steps, columns_measurements;

/* Their names, "a, b, c"; free with g_free. */
char *columns_names(const struct columns *columns);

/* Hashes the row that stands for `entry` (run_record, record_step or record_measurement). */
void columns_hash(struct canon *canon, const struct columns *columns, gconstpointer entry,
                  const char *run_id, guint number);

/* Hashes the first n columns of a row as it was read. */
void columns_hash_row(struct canon *canon, sqlite3_stmt *row, guint n);

/*
 * The first column in which a row that was read is not what stands for `entry`; -1: they agree.
 * What the document cannot hold is not told apart: infinity and NaN, bytes that are not UTF-8.
 */
int columns_differ(const struct columns *columns, sqlite3_stmt *row, gconstpointer entry,
                   const char *run_id, guint number);

/* The value that `entry` has for a column, for people; free with g_free. */
char *columns_words(const struct column *column, gconstpointer entry, const char *run_id,
                    guint number);

#endif

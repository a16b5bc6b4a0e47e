/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/chain_parts.h"
#include "station/store/columns.h"
#include "station/store/verify_parts.h"

#include <string.h>

/* One row against its entry of the document. */
static void compare_row(struct look *look, const struct columns *columns, sqlite3_stmt *row,
                        gconstpointer entry, const char *run_id, guint number)
{
	int i = columns_differ(columns, row, entry, run_id, number);
	const char *stands;

	if (i < 0)
		return;
	g_autofree char *says = columns_words(&columns->columns[i], entry, run_id, number);
	stands = (const char *)sqlite3_column_text(row, i);
	verify_find(look, columns->table, run_id, columns == &columns_runs ? -1 : (gint64)number,
	            columns->columns[i].name, "the row has %s, the run's document %s",
	            stands ? stands : "none", says);
}

/* All rows of a run in one table against the entries of its document. */
static gboolean compare_rows(struct look *look, enum chain_statement which,
                             const struct columns *columns, const GPtrArray *entries,
                             const char *run_id, GError **error)
{
	sqlite3_stmt *rows = chain_statement(look->store, which, error);
	guint next = 0;
	int code;

	if (!rows)
		return FALSE;
	sqlite_bind(rows, "t", run_id);
	while ((code = sqlite3_step(rows)) == SQLITE_ROW) {
		gint64 number = sqlite3_column_int64(rows, 1);
		for (; next < entries->len && (gint64)next < number; next++)
			verify_find(look, columns->table, run_id, next, NULL, "the row is missing");
		if (number == (gint64)next && next < entries->len)
			compare_row(look, columns, rows, entries->pdata[next], run_id, next);
		else
			verify_find(look, columns->table, run_id, number, NULL,
			            "the run's document has no such row");
		next = (guint)MAX((gint64)next, number + 1);
	}
	for (; code == SQLITE_DONE && next < entries->len; next++)
		verify_find(look, columns->table, run_id, next, NULL, "the row is missing");
	if (code != SQLITE_DONE)
		sqlite_fail(look->store, "read", error);
	sqlite3_reset(rows);
	return code == SQLITE_DONE;
}

/* The run's own row, and its document as it is read from there; *document is null when it is none.
 */
static gboolean compare_run(struct look *look, const char *run_id, struct run_record **document,
                            GError **error)
{
	sqlite3_stmt *row = chain_statement(look->store, CHAIN_ROW_RUN, error);
	g_autoptr(GError) wrong = NULL;
	int code;

	*document = NULL;
	if (!row)
		return FALSE;
	sqlite_bind(row, "t", run_id);
	code = sqlite3_step(row);
	if (code == SQLITE_ROW) {
		int column = (int)columns_runs.n;
		*document = run_record_from_json((const char *)sqlite3_column_text(row, column),
		                                 sqlite3_column_bytes(row, column), &wrong);
		if (*document)
			compare_row(look, &columns_runs, row, *document, run_id, 0);
		else
			verify_find(look, "runs", run_id, -1, "document", "it cannot be read: %s",
			            wrong->message);
	} else if (code != SQLITE_DONE) {
		sqlite_fail(look->store, "read", error);
	}
	sqlite3_reset(row);
	return code == SQLITE_ROW || code == SQLITE_DONE;
}

static void compare_hash(struct look *look, const char *table, const char *column,
                         const char *run_id, const guint8 *chained, const guint8 *now, guint64 told)
{
	if (memcmp(chained, now, CANON_SHA256) == 0)
		return;
	/* which row and column was told already, where the document tells */
	if (!told)
		verify_find(look, table, run_id, -1, column, "%s altered since it was stored",
		            column ? "it was" : "rows of this run were");
}

gboolean verify_run(struct look *look, const char *run_id, const struct chain_hashes *chained,
                    const struct chain_hashes *now, GError **error)
{
	g_autoptr(run_record) document = NULL;
	guint64 start, runs, steps;

	compare_hash(look, "runs", "document", run_id, chained->document, now->document, 0);
	start = look->proof->n_findings;
	if (!compare_run(look, run_id, &document, error))
		return FALSE;
	runs = look->proof->n_findings;
	if (document &&
	    !compare_rows(look, CHAIN_STEPS, &columns_steps, document->steps, run_id, error))
		return FALSE;
	steps = look->proof->n_findings;
	if (document && !compare_rows(look, CHAIN_MEASUREMENTS, &columns_measurements,
	                              document->measurements, run_id, error))
		return FALSE;
	guint64 end = look->proof->n_findings;
	compare_hash(look, "runs", NULL, run_id, chained->row, now->row, runs - start);
	compare_hash(look, "steps", NULL, run_id, chained->steps, now->steps, steps - runs);
	compare_hash(look, "measurements", NULL, run_id, chained->measurements, now->measurements,
	             end - steps);
	return TRUE;
}

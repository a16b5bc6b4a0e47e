/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_SPEED_BARE_ROWS_H
#define TESTS_SPEED_BARE_ROWS_H

#include "station/store/sqlite_store.h"

/* The rows of a run written with nothing around: what SQLite itself takes for them. No document. */

struct bare_rows {
	sqlite3_stmt *run, *step, *measurement;
};

/* The error is looked at when the call that may set it is over. */
#define must(call, error)                                                                          \
	do                                                                                         \
		if (!(call))                                                                       \
			g_error("%s", (error) ? (error)->message : "failed");                      \
	while (0)

static sqlite3_stmt *bare_prepare(struct store *store, const char *sql)
{
	GError *error = NULL;
	sqlite3_stmt *statement = sqlite_prepare(store, sql, &error);

	must(statement != NULL, error);
	return statement;
}

static void bare_insert(sqlite3_stmt *statement)
{
	if (sqlite3_step(statement) != SQLITE_DONE)
		g_error("%s", sqlite3_errmsg(sqlite3_db_handle(statement)));
	sqlite3_reset(statement);
}

static struct bare_rows bare_rows_begin(struct store *store)
{
	return (struct bare_rows){
		bare_prepare(store, "INSERT INTO runs VALUES "
	                            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		bare_prepare(store,
	                     "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
		bare_prepare(store,
	                     "INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	};
}

static void bare_rows_end(struct bare_rows *rows)
{
	sqlite3_finalize(rows->run);
	sqlite3_finalize(rows->step);
	sqlite3_finalize(rows->measurement);
}

static void bare_rows_write(const struct bare_rows *rows, const struct run_record *r)
{
	sqlite_bind(rows->run,
	            "ttittttttt"
	            "iitittt",
	            r->run_id, r->station_id, (gint64)r->site, r->lot, r->serial, r->part_number,
	            r->type, r->stage, r->plan_name, r->plan_revision, r->start_us, r->end_us,
	            verdict_name(r->verdict), (gint64)0, r->reason, r->first_failing_step, "{}");
	bare_insert(rows->run);
	for (guint i = 0; i < r->steps->len; i++) {
		const struct record_step *s = g_ptr_array_index(r->steps, i);

		sqlite_bind(rows->step,
		            "titt"
		            "itii"
		            "idtt",
		            r->run_id, (gint64)i, s->name, s->kind, (gint64)0, "", (gint64)1,
		            (gint64)0, s->start_us, 1.0, verdict_name(s->verdict), s->reason);
		bare_insert(rows->step);
	}
	for (guint i = 0; i < r->measurements->len; i++) {
		const struct record_measurement *m = g_ptr_array_index(r->measurements, i);

		sqlite_bind(rows->measurement,
		            "tiit"
		            "itdt"
		            "dti",
		            r->run_id, (gint64)i, (gint64)m->step, m->id, (gint64)m->lane,
		            m->corner, m->value, m->unit, m->uncertainty, verdict_name(m->verdict),
		            (gint64)0);
		bare_insert(rows->measurement);
	}
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/query.h"
#include "station/store/sqlite_store.h"

#include <math.h>
#include <string.h>

static const char *text_of(sqlite3_stmt *row, int column)
{
	return (const char *)sqlite3_column_text(row, column);
}

/* --- counts -----------------------------------------------------------------------------------
 */

/* What is known of a unit behind the runs that were read, oldest first. */
struct unit {
	enum verdict latest, first; /* first: that judged it; NONE: none did */
};

struct count {
	struct store *store;
	struct store_counts *counts;
	GHashTable *units; /* serial to struct unit */
};

gboolean store_is_try(enum verdict verdict)
{
	return verdict == VERDICT_PASS || verdict == VERDICT_FAIL;
}

/* Columns: serial, verdict. */
static gboolean count_run(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct count *count = data;
	const char *serial = text_of(row, 0);
	struct unit *unit = g_hash_table_lookup(count->units, serial);

	if (!unit) {
		unit = g_new0(struct unit, 1);
		g_hash_table_insert(count->units, g_strdup(serial), unit);
	}
	if (!sqlite_verdict(count->store, row, 1, &unit->latest, error))
		return FALSE;
	count->counts->runs++;
	if (unit->first == VERDICT_NONE && store_is_try(unit->latest))
		unit->first = unit->latest;
	return TRUE;
}

static void count_unit(gpointer serial, gpointer value, gpointer data)
{
	const struct unit *unit = value;
	struct store_counts *counts = data;

	counts->units++;
	counts->passed += unit->latest == VERDICT_PASS;
	counts->failed += unit->latest == VERDICT_FAIL;
	counts->errors += unit->latest == VERDICT_ERROR;
	counts->aborted += unit->latest == VERDICT_ABORTED;
	counts->first_tries += unit->first != VERDICT_NONE;
	counts->first_passed += unit->first == VERDICT_PASS;
}

/* Columns: serial of a unit that was judged before. */
static gboolean forget_first(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct count *count = data;
	struct unit *unit = g_hash_table_lookup(count->units, text_of(row, 0));

	if (unit)
		unit->first = VERDICT_NONE;
	return TRUE;
}

static void count_begin(struct count *count, struct store *store, struct store_counts *counts)
{
	memset(counts, 0, sizeof *counts);
	*count = (struct count){store, counts,
	                        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
}

static gboolean count_end(struct count *count, gboolean ok)
{
	if (ok)
		g_hash_table_foreach(count->units, count_unit, count->counts);
	g_hash_table_unref(count->units);
	return ok;
}

gboolean store_shift(struct store *store, const char *station, gint64 since_us,
                     struct store_counts *counts, GError **error)
{
	struct count count;

	count_begin(&count, store, counts);
	gboolean ok = sqlite_ask(store, count_run, &count, error,
	                         "SELECT serial, verdict FROM runs WHERE station = ? AND "
	                         "start_us >= ? ORDER BY start_us, run_id",
	                         "ti", station, since_us) &&
	              sqlite_ask(store, forget_first, &count, error,
	                         "SELECT serial FROM (SELECT DISTINCT serial FROM runs WHERE "
	                         "station = ?1 AND start_us >= ?2) AS here WHERE EXISTS (SELECT 1 "
	                         "FROM runs WHERE serial = here.serial AND start_us < ?2 AND "
	                         "verdict IN ('PASS', 'FAIL'))",
	                         "ti", station, since_us);
	return count_end(&count, ok);
}

/* --- causes -----------------------------------------------------------------------------------
 */

static void cause_free(gpointer data)
{
	struct store_cause *cause = data;

	g_free(cause->step);
	g_free(cause->measurement);
	g_free(cause);
}

struct list {
	struct store *store;
	GPtrArray *rows;
};

/* Columns: step, measurement, verdict, count. */
static gboolean take_cause(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct list *list = data;
	struct store_cause *cause = g_new0(struct store_cause, 1);

	g_ptr_array_add(list->rows, cause);
	cause->step = g_strdup(text_of(row, 0));
	cause->measurement = g_strdup(text_of(row, 1));
	cause->count = (guint)sqlite3_column_int64(row, 3);
	return sqlite_verdict(list->store, row, 2, &cause->verdict, error);
}

/* The latest run of each unit; of those that did not pass, what failed first. */
static const char causes_sql[] =
	"SELECT step, measurement, verdict, count(*) AS n FROM ("
	"  SELECT coalesce(first_failing_step, '') AS step, verdict,"
	"    coalesce((SELECT m.id FROM measurements AS m JOIN steps AS s"
	"      ON s.run_id = m.run_id AND s.number = m.step"
	"      WHERE m.run_id = r.run_id AND m.verdict = 'FAIL' AND s.superseded = 0"
	"      ORDER BY m.number LIMIT 1), '') AS measurement"
	"  FROM runs AS r WHERE lot = ?1 AND verdict IN ('FAIL', 'ERROR') AND NOT EXISTS ("
	"    SELECT 1 FROM runs AS later WHERE later.serial = r.serial AND later.lot = ?1"
	"      AND (later.start_us, later.run_id) > (r.start_us, r.run_id))"
	") GROUP BY step, measurement, verdict ORDER BY n DESC, verdict DESC, step, measurement "
	"LIMIT ?2";

gboolean store_lot(struct store *store, const char *lot, struct store_counts *counts, guint n,
                   GPtrArray **causes, GError **error)
{
	struct count count;
	struct list list = {store, g_ptr_array_new_with_free_func(cause_free)};

	count_begin(&count, store, counts);
	gboolean ok = sqlite_ask(store, count_run, &count, error,
	                         "SELECT serial, verdict FROM runs WHERE lot = ? "
	                         "ORDER BY start_us, run_id",
	                         "t", lot) &&
	              (!causes || sqlite_ask(store, take_cause, &list, error, causes_sql, "ti", lot,
	                                     (gint64)n));
	if (ok && causes)
		*causes = g_steal_pointer(&list.rows);
	g_clear_pointer(&list.rows, g_ptr_array_unref);
	return count_end(&count, ok);
}

/* --- runs -------------------------------------------------------------------------------------
 */

#define RUN_COLUMNS                                                                                \
	"run_id, serial, part_number, lot, site, verdict, marginal, reason, first_failing_step, "  \
	"start_us, end_us, EXISTS (SELECT 1 FROM touches AS t WHERE t.serial = runs.serial AND "   \
	"t.time_us >= runs.start_us AND t.time_us >= " TOUCH_CLEARED("runs.serial",                \
	                                                             "runs.start_us") ")"

static void run_free(gpointer data)
{
	struct store_run *run = data;

	g_free(run->run_id);
	g_free(run->serial);
	g_free(run->part_number);
	g_free(run->lot);
	g_free(run->reason);
	g_free(run->first_failing_step);
	g_free(run);
}

/* Columns: RUN_COLUMNS. */
static gboolean take_run(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct list *list = data;
	struct store_run *run = g_new0(struct store_run, 1);

	g_ptr_array_add(list->rows, run);
	run->run_id = g_strdup(text_of(row, 0));
	run->serial = g_strdup(text_of(row, 1));
	run->part_number = g_strdup(text_of(row, 2));
	run->lot = g_strdup(text_of(row, 3));
	run->site = sqlite3_column_int(row, 4);
	run->marginal = sqlite3_column_int(row, 6) != 0;
	run->reason = g_strdup(text_of(row, 7));
	run->first_failing_step = g_strdup(text_of(row, 8));
	run->start_us = sqlite3_column_int64(row, 9);
	run->seconds = (double)(sqlite3_column_int64(row, 10) - run->start_us) * 1e-6;
	run->touched = sqlite3_column_int(row, 11) != 0;
	return sqlite_verdict(list->store, row, 5, &run->verdict, error);
}

static GPtrArray *list_end(struct list *list, gboolean ok)
{
	if (!ok)
		g_clear_pointer(&list->rows, g_ptr_array_unref);
	return list->rows;
}

GPtrArray *store_last_runs(struct store *store, const char *station, guint n, GError **error)
{
	struct list list = {store, g_ptr_array_new_with_free_func(run_free)};
	gboolean ok = sqlite_ask(store, take_run, &list, error,
	                         "SELECT " RUN_COLUMNS " FROM runs WHERE station = ? "
	                         "ORDER BY start_us DESC, run_id DESC LIMIT ?",
	                         "ti", station, (gint64)n);

	return list_end(&list, ok);
}

static gboolean take_id(sqlite3_stmt *row, gpointer data, GError **error)
{
	g_ptr_array_add(data, g_strdup(text_of(row, 0)));
	return TRUE;
}

GPtrArray *store_load_span(struct store *store, const char *station, gint64 since_us,
                           gint64 until_us, GError **error)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)run_record_free);

	if (!sqlite_ask(store, take_id, ids, error,
	                "SELECT run_id FROM runs WHERE station = ? AND start_us >= ? AND "
	                "start_us < ? ORDER BY start_us, run_id",
	                "tii", station, since_us, until_us))
		return NULL;
	for (guint i = 0; i < ids->len; i++) {
		struct run_record *run = store_load_run(store, ids->pdata[i], error);

		if (!run)
			return NULL;
		g_ptr_array_add(runs, run);
	}
	return g_steal_pointer(&runs);
}

GPtrArray *store_unit_runs(struct store *store, const char *serial, const char *lot, GError **error)
{
	struct list list = {store, g_ptr_array_new_with_free_func(run_free)};
	gboolean ok = sqlite_ask(store, take_run, &list, error,
	                         "SELECT " RUN_COLUMNS " FROM runs WHERE serial = ? AND "
	                         "lot = coalesce(?, lot) ORDER BY start_us, run_id",
	                         "tt", serial, lot);

	return list_end(&list, ok);
}

/* --- pace -------------------------------------------------------------------------------------
 */

struct past_run {
	char *run_id;
	gint64 start_us, end_us;
};

static void past_run_free(gpointer data)
{
	g_free(((struct past_run *)data)->run_id);
	g_free(data);
}

/* Columns: run_id, start_us, end_us. */
static gboolean take_past_run(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct past_run *run = g_new0(struct past_run, 1);

	run->run_id = g_strdup(text_of(row, 0));
	run->start_us = sqlite3_column_int64(row, 1);
	run->end_us = sqlite3_column_int64(row, 2);
	g_ptr_array_add(data, run);
	return TRUE;
}

struct past_steps {
	struct pace *pace;
	gint64 end_us;
};

/* Columns: name, lane, corner, start_us. */
static gboolean take_past_step(sqlite3_stmt *row, gpointer data, GError **error)
{
	const struct past_steps *past = data;

	pace_add_step(past->pace, text_of(row, 0), sqlite3_column_int(row, 1), text_of(row, 2),
	              (double)(past->end_us - sqlite3_column_int64(row, 3)) * 1e-6);
	return TRUE;
}

struct pace *store_pace(struct store *store, const char *part_number, const char *plan,
                        const char *plan_revision, guint n, GError **error)
{
	g_autoptr(pace) pace = pace_new();
	g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func(past_run_free);
	gboolean ok = sqlite_ask(store, take_past_run, runs, error,
	                         "SELECT run_id, start_us, end_us FROM runs WHERE part_number = ? "
	                         "AND plan = ? AND plan_revision = ? AND verdict = 'PASS' "
	                         "ORDER BY start_us DESC, run_id DESC LIMIT ?",
	                         "ttti", part_number, plan, plan_revision, (gint64)n);

	for (guint i = 0; ok && i < runs->len; i++) {
		const struct past_run *run = g_ptr_array_index(runs, i);
		struct past_steps past = {pace, run->end_us};

		pace_add_run(pace, (double)(run->end_us - run->start_us) * 1e-6);
		ok = sqlite_ask(store, take_past_step, &past, error,
		                "SELECT name, lane, corner, start_us FROM steps WHERE run_id = ? "
		                "AND attempt = 1 ORDER BY number",
		                "t", run->run_id);
	}
	return ok ? g_steal_pointer(&pace) : NULL;
}

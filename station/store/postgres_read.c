/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/postgres_read.h"

#include "station/store/postgres_link.h"
#include "station/store/reading.h"
#include "station/store/sample_pack.h"

#include "base/error.h"

#include <string.h>

/* How long one question to the line may take; an analysis asks a few. */
#define ASK_S 600.0

struct reader {
	struct postgres *postgres;
	GCancellable *cancellable; /* borrowed; may be null */
};

static struct bounds bounds_of(const struct reader *reader)
{
	return (struct bounds){deadline_in_s(ASK_S), reader->cancellable};
}

/* --- tries --------------------------------------------------------------------------------------
 */

/* Network order, as binary results have it. */
static gint64 int64_at(const PGresult *row, int column)
{
	gint64 value;

	memcpy(&value, PQgetvalue(row, 0, column), sizeof(value));
	return GINT64_FROM_BE(value);
}

struct loading {
	struct reader *reader;
	struct store_tries *tries;
};

/* Columns as in tries_sql. */
static gboolean take_try(const PGresult *row, gpointer data, GError **error)
{
	struct loading *loading = data;
	struct store_tries *tries = loading->tries;
	struct store_try run = {
		.start_us = int64_at(row, 0),
		.run_id = store_tries_keep(tries, PQgetvalue(row, 0, 1)),
		.serial = store_tries_keep(tries, PQgetvalue(row, 0, 2)),
		.lot = store_tries_keep(tries, PQgetvalue(row, 0, 3)),
		.part_number = store_tries_keep(tries, PQgetvalue(row, 0, 4)),
		.station = store_tries_keep(tries, PQgetvalue(row, 0, 5)),
		.site = (int)int64_at(row, 6),
		.stage = store_tries_keep(tries, PQgetvalue(row, 0, 7)),
		.first_failing_step = store_tries_keep(tries, PQgetvalue(row, 0, 9)),
		.operator_name = store_tries_keep(tries, PQgetvalue(row, 0, 10)),
		.number = (gint64)tries->runs->len + 1,
	};

	if (!verdict_parse(PQgetvalue(row, 0, 8), &run.verdict)) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s: \"%s\" is no verdict",
		                  loading->reader->postgres->place, PQgetvalue(row, 0, 8));
		return FALSE;
	}
	g_array_append_val(tries->runs, run);
	return TRUE;
}

static const char tries_sql[] =
	"SELECT (extract(epoch FROM start_time) * 1000000)::bigint, run_id::text, serial, lot, "
	"part_number, station, site::bigint, stage, verdict, coalesce(first_failing_step, ''), "
	"operator FROM station.runs WHERE $1::text IS NULL OR lot = $1 "
	"ORDER BY start_time, run_id";

static gboolean load_tries(gpointer data, const char *lot, struct store_tries *tries,
                           GError **error)
{
	struct reader *reader = data;
	struct loading loading = {reader, tries};
	struct bounds bounds = bounds_of(reader);

	return postgres_each(reader->postgres, &bounds, error, tries_sql, 1, &lot, take_try,
	                     &loading);
}

/* --- keys and samples ---------------------------------------------------------------------------
 */

static GPtrArray *load_keys(gpointer data, GError **error)
{
	struct reader *reader = data;
	struct bounds bounds = bounds_of(reader);
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(store_key_free);
	g_autoptr(pg_result) all =
		postgres_ask(reader->postgres, &bounds, error,
	                     "SELECT number, id, lane, corner, unit FROM station.sample_keys "
	                     "ORDER BY number",
	                     0, NULL);

	for (int i = 0; all && i < PQntuples(all); i++)
		g_ptr_array_add(keys,
		                store_key_new((guint)g_ascii_strtoull(PQgetvalue(all, i, 0), NULL,
		                                                      10),
		                              PQgetvalue(all, i, 1),
		                              (int)g_ascii_strtoll(PQgetvalue(all, i, 2), NULL, 10),
		                              PQgetvalue(all, i, 3), PQgetvalue(all, i, 4)));
	return all ? g_steal_pointer(&keys) : NULL;
}

struct giving {
	const struct store_tries *tries;
	store_wanted_fn wanted;
	store_samples_fn each;
	gpointer data;
	guint next;      /* place in tries */
	GArray *samples; /* struct store_sample */
};

static int order_of(const struct store_try *run, gint64 start_us, const char *run_id)
{
	if (run->start_us != start_us)
		return run->start_us < start_us ? -1 : 1;
	return strcmp(run->run_id, run_id);
}

/* Columns: start, run_id, samples. Rows come in the order of the list; some that were stored
 * meanwhile are not in it. */
static gboolean take_samples(const PGresult *row, gpointer data, GError **error)
{
	struct giving *giving = data;
	gint64 start_us = int64_at(row, 0);
	const char *run_id = PQgetvalue(row, 0, 1);
	const struct store_try *run;

	do {
		if (giving->next == giving->tries->runs->len)
			return TRUE;
		run = &g_array_index(giving->tries->runs, struct store_try, giving->next);
		if (order_of(run, start_us, run_id) > 0)
			return TRUE;
		giving->next++;
	} while (order_of(run, start_us, run_id) < 0);
	if (!giving->wanted(run, giving->data))
		return TRUE;
	sample_unpack_all((const guint8 *)PQgetvalue(row, 0, 2), (gsize)PQgetlength(row, 0, 2),
	                  giving->samples);
	giving->each(run, (const struct store_sample *)giving->samples->data, giving->samples->len,
	             giving->data);
	return TRUE;
}

/* The first and the last that are wanted; FALSE when none is. *lot gets theirs when all are of
 * one, else null. */
static gboolean find_range(const struct store_tries *tries, store_wanted_fn wanted, gpointer data,
                           gint64 range_us[2], const char **lot)
{
	gboolean any = FALSE;

	*lot = NULL;
	for (guint i = 0; i < tries->runs->len; i++) {
		const struct store_try *run = &g_array_index(tries->runs, struct store_try, i);

		if (!wanted(run, data))
			continue;
		if (!any)
			*lot = run->lot;
		else if (*lot && strcmp(*lot, run->lot) != 0)
			*lot = NULL;
		range_us[0] = any ? range_us[0] : run->start_us;
		range_us[1] = run->start_us;
		any = TRUE;
	}
	return any;
}

static const char samples_sql[] =
	"SELECT (extract(epoch FROM start_time) * 1000000)::bigint, run_id::text, samples "
	"FROM station.runs WHERE start_time >= "
	"'epoch'::timestamptz + $1::bigint * interval '1 microsecond' AND start_time <= "
	"'epoch'::timestamptz + $2::bigint * interval '1 microsecond' "
	"AND ($3::text IS NULL OR lot = $3) ORDER BY start_time, run_id";

static gboolean each_samples(gpointer data, const struct store_tries *tries, store_wanted_fn wanted,
                             store_samples_fn each, gpointer each_data, GError **error)
{
	struct reader *reader = data;
	struct bounds bounds = bounds_of(reader);
	struct giving giving = {tries, wanted, each, each_data, 0, NULL};
	gint64 range_us[2];
	const char *lot;
	gboolean ok;

	if (!find_range(tries, wanted, each_data, range_us, &lot))
		return TRUE;
	g_autofree char *first = g_strdup_printf("%" G_GINT64_FORMAT, range_us[0]);
	g_autofree char *last = g_strdup_printf("%" G_GINT64_FORMAT, range_us[1]);
	const char *values[] = {first, last, lot};
	giving.samples = g_array_new(FALSE, FALSE, sizeof(struct store_sample));
	ok = postgres_each(reader->postgres, &bounds, error, samples_sql, 3, values, take_samples,
	                   &giving);
	g_array_unref(giving.samples);
	return ok;
}

/* --- documents ----------------------------------------------------------------------------------
 */

/* When a unit was touched last, if no run has passed since: as TOUCH_CLEARED has it. */
static const char records_sql[] =
	"SELECT r.document, (extract(epoch FROM t.touch_time) * 1000000)::bigint, t.station, "
	"t.who, t.what FROM station.runs AS r LEFT JOIN LATERAL (SELECT * FROM station.touches AS "
	"u "
	"WHERE u.serial = r.serial AND u.touch_time >= r.start_time AND u.touch_time >= coalesce("
	"(SELECT max(p.start_time) FROM station.runs AS p WHERE p.serial = r.serial AND "
	"p.verdict = 'PASS'), r.start_time) ORDER BY u.touch_time DESC LIMIT 1) AS t ON true ";

static gboolean take_record(const PGresult *row, gpointer data, GError **error)
{
	struct run_record *record =
		run_record_from_json(PQgetvalue(row, 0, 0), PQgetlength(row, 0, 0), error);

	if (!record)
		return FALSE;
	if (!PQgetisnull(row, 0, 1)) {
		record->touched = g_new0(struct record_touch, 1);
		record->touched->time_us = int64_at(row, 1);
		record->touched->station = g_strdup(PQgetvalue(row, 0, 2));
		record->touched->who = g_strdup(PQgetvalue(row, 0, 3));
		record->touched->what = g_strdup(PQgetvalue(row, 0, 4));
	}
	g_ptr_array_add(data, record);
	return TRUE;
}

static GPtrArray *load_records(gpointer data, const char *lot, const char *run_id_or_serial,
                               GError **error)
{
	struct reader *reader = data;
	struct bounds bounds = bounds_of(reader);
	const char *value = lot ? lot : run_id_or_serial;
	g_autofree char *sql = g_strconcat(records_sql,
	                                   lot ? "WHERE r.lot = $1 ORDER BY r.start_time, r.run_id"
	                                       : "WHERE r.serial = $1 OR r.run_id::text = $1 ORDER "
	                                         "BY r.start_time DESC LIMIT 1",
	                                   NULL);
	g_autoptr(GPtrArray) records =
		g_ptr_array_new_with_free_func((GDestroyNotify)run_record_free);

	return postgres_each(reader->postgres, &bounds, error, sql, 1, &value, take_record, records)
	               ? g_steal_pointer(&records)
	               : NULL;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static void close_reader(gpointer data)
{
	struct reader *reader = data;

	postgres_close(reader->postgres);
	g_free(reader);
}

struct store *postgres_read(const char *target, GCancellable *cancellable, GError **error)
{
	static const struct store_reading reading = {load_tries, load_keys, each_samples,
	                                             load_records, close_reader};
	struct bounds bounds = {deadline_in_s(ASK_S), cancellable};
	g_autoptr(postgres) postgres = postgres_open(target, &bounds, error);
	struct reader *reader;

	if (!postgres || !postgres_check_schema(postgres, &bounds, error))
		return NULL;
	reader = g_new0(struct reader, 1);
	reader->postgres = g_steal_pointer(&postgres);
	reader->cancellable = cancellable;
	return store_read_through(&reading, reader, reader->postgres->place);
}

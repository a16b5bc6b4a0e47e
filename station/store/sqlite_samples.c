/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/reading.h"
#include "station/store/sample_pack.h"
#include "station/store/sqlite_store.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

enum { RUNS_AT_ONCE = 100 };

/* --- saving -----------------------------------------------------------------------------------
 */

struct packer {
	struct store *store;
	sqlite3_stmt *find, *add;
	GHashTable *place; /* key to place in samples */
	GArray *samples;   /* struct store_sample */
};

static gboolean packer_begin(struct packer *packer, struct store *store, GError **error)
{
	*packer = (struct packer){
		.store = store,
		.place = g_hash_table_new(NULL, NULL),
		.samples = g_array_new(FALSE, FALSE, sizeof(struct store_sample)),
	};
	packer->find = sqlite_keep(store,
	                           "SELECT number FROM sample_keys WHERE id = ? AND lane = ? "
	                           "AND corner = ? AND unit = ?",
	                           error);
	if (packer->find)
		packer->add = sqlite_keep(store,
		                          "INSERT INTO sample_keys (id, lane, corner, unit) "
		                          "VALUES (?, ?, ?, ?)",
		                          error);
	return packer->add != NULL;
}

static void packer_end(struct packer *packer)
{
	g_hash_table_unref(packer->place);
	g_array_unref(packer->samples);
}

static gboolean key_of(struct packer *packer, const struct record_measurement *m, guint *key,
                       GError **error)
{
	int code;

	sqlite_bind_borrowed(packer->find, "titt", m->id, (gint64)m->lane, m->corner, m->unit);
	code = sqlite3_step(packer->find);
	if (code == SQLITE_ROW)
		*key = (guint)sqlite3_column_int64(packer->find, 0);
	sqlite3_reset(packer->find);
	if (code == SQLITE_ROW)
		return TRUE;
	if (code == SQLITE_DONE) {
		sqlite_bind_borrowed(packer->add, "titt", m->id, (gint64)m->lane, m->corner,
		                     m->unit);
		code = sqlite3_step(packer->add);
		*key = (guint)sqlite3_last_insert_rowid(packer->store->db);
		sqlite3_reset(packer->add);
	}
	return code == SQLITE_DONE || sqlite_fail(packer->store, "name a measurement", error);
}

static gboolean take_measurement(struct packer *packer, const struct run_record *record,
                                 const struct record_measurement *m, GError **error)
{
	struct store_sample sample = {0, m->verdict, m->value, NAN, NAN};
	gpointer place;

	if (run_record_superseded(record, m->step))
		return TRUE;
	if (!key_of(packer, m, &sample.key, error))
		return FALSE;
	sample_bounds(&sample, m);
	place = g_hash_table_lookup(packer->place, GUINT_TO_POINTER(sample.key));
	if (place) {
		g_array_index(packer->samples, struct store_sample, GPOINTER_TO_UINT(place) - 1) =
			sample;
		return TRUE;
	}
	g_array_append_val(packer->samples, sample);
	g_hash_table_insert(packer->place, GUINT_TO_POINTER(sample.key),
	                    GUINT_TO_POINTER(packer->samples->len));
	return TRUE;
}

static gboolean write_samples(const struct packer *packer, const struct run_record *record,
                              GError **error)
{
	guint n = packer->samples->len;
	g_autofree guint8 *bytes = g_malloc(MAX(n, 1) * SAMPLE_PACKED);
	sqlite3_stmt *insert =
		sqlite_keep(packer->store,
	                    "INSERT OR IGNORE INTO samples (run_id, operator, samples) "
	                    "VALUES (?, ?, ?)",
	                    error);
	gboolean ok = insert != NULL;

	for (guint i = 0; i < n; i++)
		sample_pack(bytes + (gsize)i * SAMPLE_PACKED,
		            &g_array_index(packer->samples, struct store_sample, i));
	if (ok) {
		sqlite_bind_borrowed(insert, "tt", record->run_id, record->operator_name);
		sqlite3_bind_blob64(insert, 3, bytes, (guint64)n * SAMPLE_PACKED, SQLITE_STATIC);
		ok = sqlite_run(packer->store, insert, "save samples", error);
	}
	return ok;
}

gboolean sqlite_save_samples(struct store *store, const struct run_record *record, GError **error)
{
	struct packer packer;
	gboolean ok = packer_begin(&packer, store, error);

	for (guint i = 0; ok && i < record->measurements->len; i++)
		ok = take_measurement(&packer, record, g_ptr_array_index(record->measurements, i),
		                      error);
	ok = ok && write_samples(&packer, record, error);
	packer_end(&packer);
	return ok;
}

/* --- runs from before there were samples ------------------------------------------------------
 */

/* Columns: document, run_id. */
static gboolean take_document(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct run_record *record = run_record_from_json((const char *)sqlite3_column_text(row, 0),
	                                                 sqlite3_column_bytes(row, 0), error);

	if (record)
		g_ptr_array_add(data, record);
	else
		g_prefix_error(error, "run %s: ", (const char *)sqlite3_column_text(row, 1));
	return record != NULL;
}

static gboolean save_all(struct store *store, const GPtrArray *records, GError **error)
{
	gboolean ok = sqlite_begin(store, error);

	for (guint i = 0; ok && i < records->len; i++)
		ok = sqlite_save_samples(store, g_ptr_array_index(records, i), error);
	return sqlite_end(store, ok, error);
}

/* Columns: count. */
static gboolean take_count(sqlite3_stmt *row, gpointer data, GError **error)
{
	*(guint *)data = (guint)sqlite3_column_int64(row, 0);
	return TRUE;
}

gboolean store_unpacked(struct store *store, guint *n, GError **error)
{
	*n = 0;
	return store->reading ||
	       sqlite_ask(store, take_count, n, error,
	                  "SELECT count(*) FROM runs AS r INDEXED BY runs_by_time WHERE NOT EXISTS "
	                  "(SELECT 1 FROM samples WHERE run_id = r.run_id)",
	                  "");
}

/* Some at a time, for a lot may want to store runs meanwhile; another process may do the same. */
static gboolean complete(struct store *store, GError **error)
{
	gboolean ok = TRUE;
	guint n;

	do {
		g_autoptr(GPtrArray) records =
			g_ptr_array_new_with_free_func((GDestroyNotify)run_record_free);

		ok = sqlite_ask(store, take_document, records, error,
		                "SELECT document, run_id FROM runs AS r WHERE NOT EXISTS "
		                "(SELECT 1 FROM samples WHERE run_id = r.run_id) LIMIT ?",
		                "i", (gint64)RUNS_AT_ONCE);
		n = records->len;
		ok = ok && (n == 0 || save_all(store, records, error));
	} while (ok && n > 0);
	return ok;
}

/* --- runs -------------------------------------------------------------------------------------
 */

struct loading {
	struct store *store;
	struct store_tries *tries;
};

static const char *keep(struct store_tries *tries, sqlite3_stmt *row, int column)
{
	return store_tries_keep(tries, (const char *)sqlite3_column_text(row, column));
}

/* Columns as in tries_sql. */
static gboolean take_try(sqlite3_stmt *row, gpointer data, GError **error)
{
	struct loading *loading = data;
	struct store_tries *tries = loading->tries;
	struct store_try run = {
		.start_us = sqlite3_column_int64(row, 0),
		.run_id = keep(tries, row, 1),
		.serial = keep(tries, row, 2),
		.lot = keep(tries, row, 3),
		.part_number = keep(tries, row, 4),
		.station = keep(tries, row, 5),
		.site = sqlite3_column_int(row, 6),
		.stage = keep(tries, row, 7),
		.first_failing_step = keep(tries, row, 9),
		.number = sqlite3_column_int64(row, 10),
		.operator_name = keep(tries, row, 11),
	};

	if (!sqlite_verdict(loading->store, row, 8, &run.verdict, error))
		return FALSE;
	g_array_append_val(tries->runs, run);
	return TRUE;
}

static const char tries_sql[] =
	"SELECT r.start_us, r.run_id, r.serial, r.lot, r.part_number, r.station, r.site, r.stage, "
	"r.verdict, r.first_failing_step, s.number, s.operator FROM runs AS r "
	"INDEXED BY runs_by_time CROSS JOIN samples AS s ON s.run_id = r.run_id "
	"WHERE r.lot = coalesce(?, r.lot) ORDER BY r.start_us, r.run_id";

struct store_tries *store_tries_load(struct store *store, const char *lot, gboolean within_lots,
                                     GError **error)
{
	g_autoptr(store_tries) tries = store_tries_new();
	struct loading loading = {store, tries};
	gboolean ok = store->reading
	                      ? store->reading->tries(store->reader, lot, tries, error)
	                      : complete(store, error) && sqlite_ask(store, take_try, &loading,
	                                                             error, tries_sql, "t", lot);

	if (!ok)
		return NULL;
	store_tries_count(tries, within_lots);
	return g_steal_pointer(&tries);
}

/* --- keys and samples -------------------------------------------------------------------------
 */

/* Columns: number, id, lane, corner, unit. */
static gboolean take_key(sqlite3_stmt *row, gpointer data, GError **error)
{
	g_ptr_array_add(data, store_key_new((guint)sqlite3_column_int64(row, 0),
	                                    (const char *)sqlite3_column_text(row, 1),
	                                    sqlite3_column_int(row, 2),
	                                    (const char *)sqlite3_column_text(row, 3),
	                                    (const char *)sqlite3_column_text(row, 4)));
	return TRUE;
}

GPtrArray *store_keys(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) keys = NULL;
	gboolean ok;

	if (store->reading)
		return store->reading->keys(store->reader, error);
	keys = g_ptr_array_new_with_free_func(store_key_free);
	ok = sqlite_ask(store, take_key, keys, error,
	                "SELECT number, id, lane, corner, unit FROM sample_keys "
	                "ORDER BY number",
	                "");

	return ok ? g_steal_pointer(&keys) : NULL;
}

struct reading {
	const struct store_try *run;
	store_samples_fn each;
	gpointer data;
	GArray *samples; /* struct store_sample */
};

static void give(const struct reading *reading, sqlite3_stmt *row)
{
	sample_unpack_all(sqlite3_column_blob(row, 0), (gsize)sqlite3_column_bytes(row, 0),
	                  reading->samples);
	reading->each(reading->run, (const struct store_sample *)reading->samples->data,
	              reading->samples->len, reading->data);
}

gboolean store_samples_each(struct store *store, const struct store_tries *tries,
                            store_wanted_fn wanted, store_samples_fn each, gpointer data,
                            GError **error)
{
	struct reading reading = {NULL, each, data,
	                          g_array_new(FALSE, FALSE, sizeof(struct store_sample))};
	sqlite3_stmt *ask;
	gboolean ok;

	if (store->reading) {
		g_array_unref(reading.samples);
		return store->reading->samples(store->reader, tries, wanted, each, data, error);
	}
	g_mutex_lock(&store->lock);
	ask = sqlite_prepare(store, "SELECT samples FROM samples WHERE number = ?", error);
	ok = ask != NULL;
	for (guint i = 0; ok && i < tries->runs->len; i++) {
		reading.run = &g_array_index(tries->runs, struct store_try, i);
		if (!wanted(reading.run, data))
			continue;
		sqlite3_bind_int64(ask, 1, reading.run->number);
		ok = sqlite3_step(ask) == SQLITE_ROW || sqlite_fail(store, "read samples", error);
		if (ok)
			give(&reading, ask);
		sqlite3_reset(ask);
	}
	sqlite3_finalize(ask);
	g_mutex_unlock(&store->lock);
	g_array_unref(reading.samples);
	return ok;
}

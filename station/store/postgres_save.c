/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/outbox.h"
#include "station/store/postgres_link.h"
#include "station/store/sample_pack.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* --- values as text -----------------------------------------------------------------------------
 */

/* With every microsecond; clock_utc_text cuts them off. */
static char *time_text(gint64 unix_us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(unix_us / G_USEC_PER_SEC);
	g_autofree char *seconds = time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : NULL;

	return seconds ? g_strdup_printf("%s.%06d+00", seconds, (int)(unix_us % G_USEC_PER_SEC))
	               : g_strdup("1970-01-01 00:00:00+00");
}

/* Between the values of a line that COPY reads. */
static void put_separator(GString *text)
{
	if (text->len > 0 && text->str[text->len - 1] != '\n')
		g_string_append_c(text, '\t');
}

/* Null is \N. */
static void put_text(GString *text, const char *value)
{
	put_separator(text);
	if (!value)
		g_string_append(text, "\\N");
	for (; value && *value; value++) {
		const char *at = strchr("\\\t\n\r", *value);

		if (at)
			g_string_append_c(text, '\\');
		g_string_append_c(text, at ? "\\tnr"[at - "\\\t\n\r"] : *value);
	}
}

static void put_int(GString *text, gint64 value)
{
	put_separator(text);
	g_string_append_printf(text, "%" G_GINT64_FORMAT, value);
}

static void put_bool(GString *text, gboolean value)
{
	put_text(text, value ? "t" : "f");
}

/* NaN is null, as in the document. */
static void put_double(GString *text, double value)
{
	char digits[G_ASCII_DTOSTR_BUF_SIZE];

	put_text(text, isfinite(value) ? g_ascii_dtostr(digits, sizeof(digits), value) : NULL);
}

static char *hex_text(const guint8 *bytes, gsize len)
{
	static const char digits[] = "0123456789abcdef";
	char *text = g_malloc(2 * len + 3), *at = text + 2;

	text[0] = '\\';
	text[1] = 'x';
	for (gsize i = 0; i < len; i++) {
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	*at = '\0';
	return text;
}

/* --- the values that count ----------------------------------------------------------------------
 */

static char *key_name(const char *id, const char *lane, const char *corner, const char *unit)
{
	return g_strjoin("\x1f", id, lane, corner, unit, NULL);
}

/* Remembers what the line has of keys. */
static gboolean learn_keys(struct postgres *postgres, const struct bounds *bounds, GError **error)
{
	g_autoptr(pg_result) all =
		postgres_ask(postgres, bounds, error,
	                     "SELECT number, id, lane, corner, unit FROM station.sample_keys", 0,
	                     NULL);

	for (int i = 0; all && i < PQntuples(all); i++)
		g_hash_table_insert(postgres->keys,
		                    key_name(PQgetvalue(all, i, 1), PQgetvalue(all, i, 2),
		                             PQgetvalue(all, i, 3), PQgetvalue(all, i, 4)),
		                    GUINT_TO_POINTER((guint)g_ascii_strtoull(PQgetvalue(all, i, 0),
		                                                             NULL, 10)));
	return all != NULL;
}

/* Not in the run's transaction: a number that is remembered has to stay, and two stations must not
 * wait for each other's runs. */
static gboolean add_key(struct postgres *postgres, const struct record_measurement *m,
                        const char *lane, const struct bounds *bounds, GError **error)
{
	const char *values[] = {m->id, lane, m->corner, m->unit};
	g_autoptr(pg_result) made =
		postgres_ask(postgres, bounds, error,
	                     "INSERT INTO station.sample_keys (id, lane, corner, unit) "
	                     "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
	                     4, values);

	return made != NULL;
}

static gboolean key_of(struct postgres *postgres, const struct record_measurement *m,
                       const struct bounds *bounds, guint *key, GError **error)
{
	g_autofree char *lane = g_strdup_printf("%d", m->lane);
	g_autofree char *name = key_name(m->id, lane, m->corner, m->unit);

	/* what it has already, else a key more */
	for (guint turn = 0; turn < 3; turn++) {
		*key = GPOINTER_TO_UINT(g_hash_table_lookup(postgres->keys, name));
		if (*key)
			return TRUE;
		if (turn == 1 && !add_key(postgres, m, lane, bounds, error))
			return FALSE;
		if (turn < 2 && !learn_keys(postgres, bounds, error))
			return FALSE;
	}
	station_error_set(error, STATION_ERROR_STORAGE, "%s: does not keep the key of %s",
	                  postgres->place, m->id);
	return FALSE;
}

/* The packed row as text; of values of one key the latest that counts. Null with error. */
static char *samples_text(struct postgres *postgres, const struct run_record *record,
                          const struct bounds *bounds, GError **error)
{
	g_autoptr(GHashTable) places = g_hash_table_new(NULL, NULL);
	g_autoptr(GByteArray) bytes = g_byte_array_new();

	for (guint i = 0; i < record->measurements->len; i++) {
		const struct record_measurement *m = g_ptr_array_index(record->measurements, i);
		struct store_sample sample = {0, m->verdict, m->value, NAN, NAN};
		guint place;

		if (run_record_superseded(record, m->step))
			continue;
		if (!key_of(postgres, m, bounds, &sample.key, error))
			return NULL;
		sample_bounds(&sample, m);
		place = GPOINTER_TO_UINT(g_hash_table_lookup(places, GUINT_TO_POINTER(sample.key)));
		if (!place) {
			g_byte_array_set_size(bytes, bytes->len + SAMPLE_PACKED);
			place = bytes->len / SAMPLE_PACKED;
			g_hash_table_insert(places, GUINT_TO_POINTER(sample.key),
			                    GUINT_TO_POINTER(place));
		}
		sample_pack(bytes->data + (gsize)(place - 1) * SAMPLE_PACKED, &sample);
	}
	return hex_text(bytes->data, bytes->len);
}

/* --- months -------------------------------------------------------------------------------------
 */

/* Asks for the partition of a run's month, once for each month. When there can be none now, the run
 * goes to the default partition, from which the owner's migration takes it. */
static gboolean make_month(struct postgres *postgres, const char *start,
                           const struct bounds *bounds, GError **error)
{
	GError *local = NULL;
	g_autoptr(pg_result) made = NULL;

	if (postgres->month && g_str_has_prefix(start, postgres->month))
		return TRUE;
	made = postgres_ask(postgres, bounds, &local, "SELECT station.make_month($1)", 1, &start);
	if (local && !g_error_matches(local, STATION_ERROR, STATION_ERROR_STORAGE)) {
		g_propagate_error(error, local);
		return FALSE;
	}
	g_clear_error(&local);
	g_free(postgres->month);
	postgres->month = g_strndup(start, strlen("2026-01"));
	return TRUE;
}

/* --- the run ------------------------------------------------------------------------------------
 */

struct saving {
	const struct run_record *record;
	const char *document;
	const struct run_link *link;
	const char *start;   /* the run's start, as text */
	const char *samples; /* packed, as text */
};

/* Whether the run is new; one that is there has to be the same. */
static gboolean pass_gate(struct postgres *postgres, const struct saving *saving, gboolean *is_new,
                          const struct bounds *bounds, GError **error)
{
	g_autofree char *sha256 =
		g_compute_checksum_for_string(G_CHECKSUM_SHA256, saving->document, -1);
	g_autofree char *hash = g_strconcat("\\x", sha256, NULL);
	const char *values[] = {saving->record->run_id, hash};
	g_autoptr(pg_result) put =
		postgres_ask(postgres, bounds, error,
	                     "INSERT INTO station.run_ids (run_id, sha256) VALUES ($1, $2) "
	                     "ON CONFLICT (run_id) DO NOTHING",
	                     2, values);
	g_autoptr(pg_result) same = NULL;

	if (!put)
		return FALSE;
	*is_new = strcmp(PQcmdTuples(put), "1") == 0;
	if (*is_new)
		return TRUE;
	same = postgres_ask(postgres, bounds, error,
	                    "SELECT sha256 = $2 FROM station.run_ids WHERE run_id = $1", 2, values);
	if (!same)
		return FALSE;
	if (PQntuples(same) == 1 && *PQgetvalue(same, 0, 0) == 't')
		return TRUE;
	station_error_set(error, STATION_ERROR_REFUSED,
	                  "%s: has another run %s already, with other content: nothing was "
	                  "changed there; compare both records",
	                  postgres->place, saving->record->run_id);
	return FALSE;
}

static gboolean save_run_row(struct postgres *postgres, const struct saving *saving,
                             const struct bounds *bounds, GError **error)
{
	const struct run_record *r = saving->record;
	g_autofree char *end = time_text(r->end_us);
	g_autofree char *site = g_strdup_printf("%d", r->site);
	const struct run_link *link = saving->link;
	g_autofree char *number = link ? g_strdup_printf("%" G_GINT64_FORMAT, link->number) : NULL;
	g_autofree char *hash = link ? g_strconcat("\\x", link->hash, NULL) : NULL;
	const char *values[] = {saving->start,
	                        r->run_id,
	                        end,
	                        r->station_id,
	                        site,
	                        r->lot,
	                        r->serial,
	                        r->part_number,
	                        r->type,
	                        r->stage,
	                        r->plan_name,
	                        r->plan_revision,
	                        r->operator_name,
	                        verdict_name(r->verdict),
	                        r->marginal ? "t" : "f",
	                        r->reason,
	                        r->first_failing_step,
	                        saving->document,
	                        saving->samples,
	                        number,
	                        hash};
	g_autoptr(pg_result) put = postgres_ask(
		postgres, bounds, error,
		"INSERT INTO station.runs (start_time, run_id, end_time, station, site, lot, "
		"serial, part_number, type, stage, plan, plan_revision, operator, verdict, "
		"marginal, reason, first_failing_step, document, samples, chain_number, "
		"chain_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
		"$15, $16, $17, $18, $19, $20, $21)",
		G_N_ELEMENTS(values), values);

	return put != NULL;
}

static gboolean save_steps(struct postgres *postgres, const struct saving *saving,
                           const struct bounds *bounds, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < saving->record->steps->len; i++) {
		const struct record_step *s = g_ptr_array_index(saving->record->steps, i);
		g_autofree char *time = time_text(s->start_us);

		put_text(text, saving->start);
		put_text(text, saving->record->run_id);
		put_int(text, i);
		put_text(text, s->name);
		put_text(text, s->kind);
		put_int(text, s->lane);
		put_text(text, s->corner);
		put_int(text, s->attempt);
		put_bool(text, s->superseded);
		put_text(text, time);
		put_double(text, s->duration_s);
		put_text(text, verdict_name(s->verdict));
		put_text(text, s->reason);
		g_string_append_c(text, '\n');
	}
	return postgres_copy(postgres, bounds, error,
	                     "COPY station.steps (start_time, run_id, number, name, kind, lane, "
	                     "corner, attempt, superseded, step_time, duration_s, verdict, reason) "
	                     "FROM STDIN",
	                     text);
}

static gboolean save_measurements(struct postgres *postgres, const struct saving *saving,
                                  const struct bounds *bounds, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < saving->record->measurements->len; i++) {
		const struct record_measurement *m =
			g_ptr_array_index(saving->record->measurements, i);

		put_text(text, saving->start);
		put_text(text, saving->record->run_id);
		put_int(text, i);
		put_int(text, m->step);
		put_text(text, m->id);
		put_int(text, m->lane);
		put_text(text, m->corner);
		put_double(text, m->value);
		put_text(text, m->unit);
		put_double(text, m->uncertainty);
		put_text(text, verdict_name(m->verdict));
		put_bool(text, m->marginal);
		g_string_append_c(text, '\n');
	}
	return postgres_copy(postgres, bounds, error,
	                     "COPY station.measurements (start_time, run_id, number, step, id, "
	                     "lane, corner, value, unit, uncertainty, verdict, marginal) "
	                     "FROM STDIN",
	                     text);
}

gboolean postgres_save_run(struct postgres *postgres, const struct run_record *record,
                           const char *document, const struct run_link *link, gboolean *is_new,
                           const struct bounds *bounds, GError **error)
{
	g_autofree char *start = time_text(record->start_us);
	g_autofree char *samples = NULL;
	struct saving saving = {record, document, link, start, NULL};
	gboolean fresh = FALSE, ok;

	if (!postgres_check_schema(postgres, bounds, error))
		return FALSE;
	samples = samples_text(postgres, record, bounds, error);
	if (!samples || !make_month(postgres, start, bounds, error))
		return FALSE;
	saving.samples = samples;
	ok = postgres_do(postgres, bounds, error, POSTGRES_BEGIN) &&
	     pass_gate(postgres, &saving, &fresh, bounds, error);
	if (ok && fresh)
		ok = save_run_row(postgres, &saving, bounds, error) &&
		     save_steps(postgres, &saving, bounds, error) &&
		     save_measurements(postgres, &saving, bounds, error);
	if (is_new)
		*is_new = fresh;
	return postgres_end(postgres, ok, bounds, error);
}

gboolean postgres_save_touch(struct postgres *postgres, gint64 number, const char *serial,
                             const struct record_touch *touch, const struct bounds *bounds,
                             GError **error)
{
	g_autofree char *own = g_strdup_printf("%" G_GINT64_FORMAT, number);
	g_autofree char *time = time_text(touch->time_us);
	const char *values[] = {touch->station, own, time, serial, touch->who, touch->what};
	g_autoptr(pg_result) put = NULL;

	if (!postgres_check_schema(postgres, bounds, error))
		return FALSE;
	/* without a target the conflict needs no right to read */
	put = postgres_ask(postgres, bounds, error,
	                   "INSERT INTO station.touches (station, number, touch_time, serial, who, "
	                   "what) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
	                   G_N_ELEMENTS(values), values);
	return put != NULL;
}

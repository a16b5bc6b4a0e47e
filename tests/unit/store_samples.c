/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/samples.h"

#include "tests/unit/many_runs.h"
#include "tests/unit/store_place.h"

#include <math.h>
#include <sqlite3.h>

/* --- what counts ------------------------------------------------------------------------------ */

static void judge(struct record_measurement *m, enum limit_gate gate, double low, double high)
{
	struct judgement *j;

	many_runs_judge(m, low, high);
	j = g_ptr_array_index(m->judgements, m->judgements->len - 1);
	j->gate = gate;
}

/* Two attempts of a step, a value that is measured again, one that does not exist, several limits.
 */
static struct run_record *make_run(void)
{
	struct run_record *r = run_record_new();
	struct record_measurement *m;

	record_text(&r->serial, "A");
	record_text(&r->lot, "L");
	record_text(&r->operator_name, "ann");
	r->verdict = VERDICT_FAIL;
	run_record_add_step(r)->superseded = TRUE;
	run_record_add_step(r);
	run_record_add_measurement(r, "oma", 0, 1, 9.0, "dBm");
	m = run_record_add_measurement(r, "oma", 1, 1, 1.0, "dBm");
	judge(m, LIMIT_GATE, -1.0, 5.0);
	judge(m, LIMIT_CHECK, 0.5, NAN);
	judge(m, LIMIT_HOLD, 0.9, 1.1);
	run_record_add_measurement(r, "power", 1, 0, 8.0, "W");
	m = run_record_add_measurement(r, "tdecq", 1, 1, NAN, "dB");
	m->verdict = VERDICT_FAIL;
	run_record_add_measurement(r, "power", 1, 0, 8.5, "W");
	return r;
}

static gboolean all(const struct store_try *run, gpointer data)
{
	return TRUE;
}

static void append(const struct store_try *run, const struct store_sample *samples, guint n,
                   gpointer data)
{
	for (guint i = 0; i < n; i++)
		g_string_append_printf(data, "%s %u=%g [%g %g] %s; ", run->serial, samples[i].key,
		                       samples[i].value, samples[i].low, samples[i].high,
		                       verdict_name(samples[i].verdict));
}

static char *samples_text(struct store_place *place)
{
	GError *error = NULL;
	g_autoptr(store_tries) tries = store_tries_load(place->store, NULL, FALSE, &error);
	GString *text = g_string_new(NULL);

	g_assert_no_error(error);
	store_samples_each(place->store, tries, all, append, text, &error);
	g_assert_no_error(error);
	return g_string_free(text, FALSE);
}

static const char expected[] = "A 1=1 [0.5 5] PASS; A 2=8.5 [nan nan] NONE; "
			       "A 3=nan [nan nan] FAIL; ";

static void test_samples(void)
{
	struct store_place place;
	g_autoptr(run_record) r = make_run();
	GError *error = NULL;

	store_place_init(&place);
	store_place_put(&place, r);
	g_autofree char *text = samples_text(&place);
	g_assert_cmpstr(text, ==, expected);
	g_autoptr(GPtrArray) keys = store_keys(place.store, &error);
	g_assert_cmpuint(keys->len, ==, 3);
	const struct store_key *key = g_ptr_array_index(keys, 1);
	g_assert_cmpstr(key->id, ==, "power");
	g_assert_cmpint(key->lane, ==, 0);
	g_assert_cmpstr(key->unit, ==, "W");
	/* a run that is refused leaves nothing */
	g_assert_false(store_save_run(place.store, r, &error));
	g_clear_error(&error);
	g_autofree char *again = samples_text(&place);
	g_assert_cmpstr(again, ==, expected);
	store_place_done(&place);
}

static void do_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(db);
}

/* Runs from before there were packed rows are packed when they are asked for. */
static void test_completed(void)
{
	struct store_place place;
	g_autoptr(run_record) r = make_run();
	GError *error = NULL;

	store_place_init(&place);
	store_place_put(&place, r);
	guint n;
	g_assert_true(store_unpacked(place.store, &n, &error));
	g_assert_cmpuint(n, ==, 0);
	do_sql(place.path, "DELETE FROM samples; DELETE FROM sample_keys");
	g_assert_true(store_unpacked(place.store, &n, &error));
	g_assert_cmpuint(n, ==, 1);
	g_autofree char *text = samples_text(&place);
	g_assert_cmpstr(text, ==, expected);
	do_sql(place.path, "DELETE FROM samples; UPDATE runs SET document = '{'");
	g_assert_null(store_tries_load(place.store, NULL, FALSE, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, r->run_id));
	g_clear_error(&error);
	store_place_done(&place);
}

/* --- tries ------------------------------------------------------------------------------------ */

struct row {
	const char *serial, *lot, *stage;
	enum verdict verdict;
};

static void put_row(struct store_place *place, const struct row *row, guint i)
{
	g_autoptr(run_record) r = run_record_new();

	record_text(&r->serial, row->serial);
	record_text(&r->lot, row->lot);
	record_text(&r->stage, row->stage);
	r->verdict = row->verdict;
	r->start_us = (gint64)(i + 1) * G_USEC_PER_SEC;
	r->end_us = r->start_us;
	store_place_put(place, r);
}

static char *attempts(struct store_place *place, const char *lot, gboolean within_lots)
{
	GError *error = NULL;
	g_autoptr(store_tries) tries = store_tries_load(place->store, lot, within_lots, &error);
	GString *text = g_string_new(NULL);

	g_assert_no_error(error);
	for (guint i = 0; i < tries->runs->len; i++) {
		const struct store_try *run = &g_array_index(tries->runs, struct store_try, i);

		g_string_append_printf(text, "%s%u.%u ", run->serial, run->attempt,
		                       run->attempt_at_stage);
	}
	return g_string_free(text, FALSE);
}

static void test_tries(void)
{
	static const struct row rows[] = {
		{"A", "L", "cal", VERDICT_ERROR},   {"A", "L", "cal", VERDICT_FAIL},
		{"A", "L", "cal", VERDICT_PASS},    {"A", "L", "final", VERDICT_PASS},
		{"B", "M", "cal", VERDICT_PASS},    {"A", "M", "cal", VERDICT_PASS},
		{"B", "M", "cal", VERDICT_ABORTED},
	};
	struct store_place place;

	store_place_init(&place);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		put_row(&place, &rows[i], i);
	g_autofree char *everywhere = attempts(&place, NULL, FALSE);
	g_assert_cmpstr(everywhere, ==, "A0.0 A1.1 A2.2 A3.1 B1.1 A4.3 B0.0 ");
	g_autofree char *in_lots = attempts(&place, NULL, TRUE);
	g_assert_cmpstr(in_lots, ==, "A0.0 A1.1 A2.2 A3.1 B1.1 A1.1 B0.0 ");
	g_autofree char *in_one = attempts(&place, "M", TRUE);
	g_assert_cmpstr(in_one, ==, "B1.1 A1.1 B0.0 ");
	g_autofree char *nowhere = attempts(&place, "N", TRUE);
	g_assert_cmpstr(nowhere, ==, "");
	store_place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/samples/what-counts", test_samples);
	g_test_add_func("/samples/completed", test_completed);
	g_test_add_func("/samples/tries", test_tries);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/line_bed.h"
#include "tests/unit/many_runs.h"

#define DAY_US (86400 * G_GINT64_CONSTANT(1000000))

/* --- the schema ---------------------------------------------------------------------------------
 */

static void test_schema(gconstpointer data)
{
	struct line line;
	struct postgres_status status;
	struct bounds bounds = bounds_s(60);
	GError *error = NULL;
	int from, to;

	line_init(&line, (struct postgres_bed *)data, "schema");
	migrate(&line, postgres_schema_version);
	g_assert_true(postgres_status(line.owner, &status, &bounds, &error));
	g_assert_cmpint(status.version, ==, postgres_schema_version);
	g_assert_cmpuint(status.months, ==, 3);
	g_assert_nonnull(status.last_month);
	g_assert_cmpint(status.outside, ==, 0);
	postgres_status_clear(&status);

	/* a newer one is left alone by all */
	order(line.owner, "INSERT INTO station.schema_migration VALUES (99, 'x', 'x', now(), '9')");
	expect(postgres_migrate(line.owner, 2, &from, &to, &bounds, &error), &error,
	       STATION_ERROR_STORAGE, "of a newer station (schema 99");
	g_autoptr(postgres) writer = connect_to(line.writer);
	struct many_runs many = {g_rand_new_with_seed(1), 1, 1, 0};
	g_autoptr(run_record) run = many_runs_next(&many, "SN1");
	expect(save(writer, run, NULL, &error), &error, STATION_ERROR_STORAGE, "newer station");
	assert_answer(line.owner, "SELECT count(*) FROM station.runs", "0");
	g_rand_free(many.random);
	line_done(&line);
}

/* A database that nobody has prepared says who has to do what. */
static void test_no_schema(gconstpointer data)
{
	g_autofree char *target =
		postgres_bed_target((struct postgres_bed *)data, "owner", "postgres");
	g_autoptr(postgres) postgres = connect_to(target);
	struct many_runs many = {g_rand_new_with_seed(1), 1, 1, 0};
	g_autoptr(run_record) run = many_runs_next(&many, "SN1");
	GError *error = NULL;

	expect(save(postgres, run, NULL, &error), &error, STATION_ERROR_STORAGE,
	       "station db migrate");
	g_rand_free(many.random);
}

static void test_insert_only(gconstpointer data)
{
	static const char *const forbidden[] = {
		"UPDATE station.runs SET verdict = 'PASS'",
		"DELETE FROM station.runs",
		"DELETE FROM station.run_ids",
		"UPDATE station.run_ids SET sha256 = ''",
		"TRUNCATE station.measurements",
		"UPDATE station.measurements SET value = 0",
		"DELETE FROM station.steps_default",
		"SELECT document FROM station.runs",
		"DROP TABLE station.touches",
		"UPDATE station.schema_migration SET version = 0",
		"CREATE TABLE station.mine (x integer)",
	};
	struct line line;
	struct many_runs many = {g_rand_new_with_seed(1), 2, 1, 0};
	GError *error = NULL;

	line_init(&line, (struct postgres_bed *)data, "insert_only");
	g_autoptr(postgres) writer = connect_to(line.writer);
	g_autoptr(run_record) run = many_runs_next(&many, "SN1");
	g_assert_true(save(writer, run, NULL, &error));
	for (guint i = 0; i < G_N_ELEMENTS(forbidden); i++) {
		struct bounds bounds = bounds_s(60);

		g_assert_false(postgres_do(writer, &bounds, &error, forbidden[i]));
		if (!strstr(error->message, "permission denied") &&
		    !strstr(error->message, "must be owner"))
			g_error("%s: %s", forbidden[i], error->message);
		g_clear_error(&error);
	}
	g_rand_free(many.random);
	line_done(&line);
}

/* --- runs ---------------------------------------------------------------------------------------
 */

static void test_rows(gconstpointer data)
{
	struct line line;
	struct many_runs many = {g_rand_new_with_seed(1), 3, 2, 0};
	GError *error = NULL;
	gboolean is_new;

	line_init(&line, (struct postgres_bed *)data, "rows");
	g_autoptr(postgres) writer = connect_to(line.writer);
	g_autoptr(run_record) run = many_runs_next(&many, "SN'1\\x\t\"");
	struct record_measurement *first = g_ptr_array_index(run->measurements, 0);
	first->value = NAN;
	record_text(&first->corner, "25C\t3.3\\V\n");
	g_autofree char *document = run_record_to_json(run);
	g_assert_true(save(writer, run, &is_new, &error) && is_new);
	g_autofree char *stored = answer(line.owner, "SELECT document FROM station.runs");
	g_assert_cmpstr(stored, ==, document);
	assert_answer(line.owner, "SELECT serial FROM station.runs", run->serial);
	assert_answer(line.owner, "SELECT corner FROM station.measurements WHERE number = 0",
	              first->corner);
	assert_answer(line.owner, "SELECT count(*) FROM station.measurements WHERE value IS NULL",
	              "1");
	assert_answer(line.owner, "SELECT count(*) FROM station.steps", "3");
	assert_answer(line.owner, "SELECT count(*) FROM station.measurements", "24");
	assert_answer(line.owner,
	              "SELECT sha256 = sha256(convert_to(document, 'UTF8')) FROM station.run_ids "
	              "JOIN station.runs USING (run_id)",
	              "t");
	g_autofree char *us = g_strdup_printf("%" G_GINT64_FORMAT, run->start_us);
	assert_answer(line.owner,
	              "SELECT (extract(epoch FROM start_time) * 1000000)::bigint FROM station.runs",
	              us);
	assert_answer(line.owner, "SELECT attempt FROM station.unit_runs", "1");
	assert_answer(line.owner, "SELECT count(*) FROM station.unit_values", "24");
	assert_answer(line.owner, "SELECT first_passed FROM station.lot_yield",
	              run->verdict == VERDICT_PASS ? "1" : "0");
	g_rand_free(many.random);
	line_done(&line);
}

static void test_once(gconstpointer data)
{
	struct line line;
	struct many_runs many = {g_rand_new_with_seed(1), 2, 1, 0};
	GError *error = NULL;
	gboolean is_new;

	line_init(&line, (struct postgres_bed *)data, "once");
	g_autoptr(postgres) one = connect_to(line.writer);
	g_autoptr(postgres) other = connect_to(line.writer);
	g_autoptr(run_record) run = many_runs_next(&many, "SN1");
	g_assert_true(save(one, run, &is_new, &error) && is_new);
	g_assert_true(save(one, run, &is_new, &error) && !is_new);
	g_assert_true(save(other, run, &is_new, &error) && !is_new);
	assert_answer(line.owner, "SELECT count(*) FROM station.runs", "1");
	assert_answer(line.owner, "SELECT count(*) FROM station.measurements", "8");

	/* the same id with other content, even in another month */
	record_text(&run->reason, "another");
	run->start_us += 70 * DAY_US;
	expect(save(one, run, NULL, &error), &error, STATION_ERROR_REFUSED, "with other content");
	assert_answer(line.owner, "SELECT count(*) FROM station.runs", "1");
	assert_answer(line.owner, "SELECT count(*) FROM station.runs WHERE reason = 'another'",
	              "0");
	/* the connection is good for the next */
	g_autoptr(run_record) next = many_runs_next(&many, "SN2");
	g_assert_true(save(one, next, &is_new, &error) && is_new);
	g_rand_free(many.random);
	line_done(&line);
}

/* What can never be stored is refused and leaves nothing; what follows is. */
static void test_bad_run(gconstpointer data)
{
	struct line line;
	struct many_runs many = {g_rand_new_with_seed(1), 2, 1, 0};
	GError *error = NULL;

	line_init(&line, (struct postgres_bed *)data, "bad_run");
	g_autoptr(postgres) writer = connect_to(line.writer);
	g_autoptr(run_record) run = many_runs_next(&many, "SN1");
	record_text(&run->run_id, "no-uuid");
	expect(save(writer, run, NULL, &error), &error, STATION_ERROR_DATA, "uuid");
	g_autoptr(run_record) unfinished = many_runs_next(&many, "SN2");
	unfinished->verdict = VERDICT_NONE;
	expect(save(writer, unfinished, NULL, &error), &error, STATION_ERROR_DATA, "verdict");
	assert_answer(line.owner, "SELECT count(*) FROM station.run_ids", "0");
	g_autoptr(run_record) next = many_runs_next(&many, "SN3");
	g_assert_true(save(writer, next, NULL, &error));
	g_rand_free(many.random);
	line_done(&line);
}

/* Runs of months that have no partition go to the default one, and move when there is one. */
static void test_months(gconstpointer data)
{
	struct line line;
	struct many_runs many = {g_rand_new_with_seed(1), 2, 1, 0};
	struct bounds bounds = bounds_s(60);
	struct postgres_status status;
	GError *error = NULL;

	line_init(&line, (struct postgres_bed *)data, "months");
	g_autoptr(postgres) writer = connect_to(line.writer);
	g_autoptr(run_record) now = many_runs_next(&many, "SN1");
	g_autoptr(run_record) ancient = many_runs_next(&many, "SN2");
	ancient->start_us = 1;
	g_assert_true(save(writer, now, NULL, &error));
	g_assert_true(save(writer, ancient, NULL, &error));
	g_assert_true(postgres_status(line.owner, &status, &bounds, &error));
	g_assert_cmpint(status.outside, ==, 1);
	g_assert_cmpint(status.runs, ==, 2);
	g_assert_cmpuint(status.months, ==, 4);
	postgres_status_clear(&status);

	order(line.owner, "REVOKE EXECUTE ON FUNCTION station.make_month FROM station_writer");
	g_autoptr(postgres) second = connect_to(line.writer);
	g_autoptr(run_record) later = many_runs_next(&many, "SN3");
	later->start_us += 60 * DAY_US;
	g_assert_true(save(second, later, NULL, &error));
	assert_answer(line.owner, "SELECT count(*) FROM station.runs_default", "2");
	assert_answer(line.owner,
	              "SELECT station.make_month(start_time) FROM station.runs WHERE serial = "
	              "'SN3'",
	              "t");
	assert_answer(line.owner, "SELECT count(*) FROM station.runs_default", "1");
	assert_answer(line.owner, "SELECT count(*) FROM station.measurements_default", "8");
	assert_answer(line.owner, "SELECT count(*) FROM station.runs", "3");
	g_rand_free(many.random);
	line_done(&line);
}

/* A server that hangs (its rows are locked) is given up in time, and when somebody says so. */
static gpointer cancel_soon(gpointer data)
{
	g_usleep(50 * 1000);
	g_cancellable_cancel(data);
	return NULL;
}

static void test_bounds(gconstpointer data)
{
	struct line line;
	struct many_runs many = {g_rand_new_with_seed(1), 2, 1, 0};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds short_ones = bounds_s(0.2), cancelled = {deadline_in_s(60), cancellable};
	GError *error = NULL;

	line_init(&line, (struct postgres_bed *)data, "bounds");
	g_autoptr(run_record) run = many_runs_next(&many, "SN1");
	g_autofree char *document = run_record_to_json(run);
	order(line.owner, "BEGIN; LOCK TABLE station.run_ids");
	g_autoptr(postgres) one = connect_to(line.writer);
	expect(postgres_save_run(one, run, document, NULL, NULL, &short_ones, &error), &error,
	       STATION_ERROR_TIMEOUT, "bounds at ");
	g_autoptr(postgres) two = connect_to(line.writer);
	GThread *thread = g_thread_new("cancel", cancel_soon, cancellable);
	expect(postgres_save_run(two, run, document, NULL, NULL, &cancelled, &error), &error,
	       STATION_ERROR_CANCELLED, "bounds at ");
	g_thread_join(thread);
	order(line.owner, "COMMIT");
	g_clear_pointer(&one, postgres_close);
	g_clear_pointer(&two, postgres_close);
	g_autoptr(postgres) three = connect_to(line.writer);
	g_assert_true(save(three, run, NULL, &error));
	assert_answer(line.owner, "SELECT count(*) FROM station.runs", "1");
	g_rand_free(many.random);
	line_done(&line);
}

int main(int argc, char **argv)
{
	static const struct line_test tests[] = {
		{"/line/schema", test_schema},
		{"/line/no-schema", test_no_schema},
		{"/line/insert-only", test_insert_only},
		{"/line/rows", test_rows},
		{"/line/once", test_once},
		{"/line/bad-run", test_bad_run},
		{"/line/months", test_months},
		{"/line/bounds", test_bounds},
	};

	g_test_init(&argc, &argv, NULL);
	return line_run(tests, G_N_ELEMENTS(tests));
}

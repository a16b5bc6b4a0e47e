/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_LINE_BED_H
#define TESTS_BENCH_LINE_BED_H

#include "base/error.h"
#include "station/store/postgres_link.h"
#include "tests/bench/postgres_bed.h"

/* The store of a line, on a server of the test's own: a database for each test. */
struct line {
	struct postgres_bed *server;
	char *name;                           /* of the database */
	char *owner_target, *writer, *reader; /* targets */
	struct postgres *owner;
};

static inline struct bounds bounds_s(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static inline struct postgres *connect_to(const char *target)
{
	struct bounds bounds = bounds_s(60);
	GError *error = NULL;
	struct postgres *postgres = postgres_open(target, &bounds, &error);

	g_assert_no_error(error);
	return postgres;
}

static inline void order(struct postgres *postgres, const char *sql)
{
	struct bounds bounds = bounds_s(60);
	GError *error = NULL;

	postgres_do(postgres, &bounds, &error, sql);
	g_assert_no_error(error);
}

static inline char *answer(struct postgres *postgres, const char *sql)
{
	struct bounds bounds = bounds_s(60);
	GError *error = NULL;
	g_autoptr(pg_result) result = postgres_ask(postgres, &bounds, &error, sql, 0, NULL);

	g_assert_no_error(error);
	return g_strdup(PQgetvalue(result, 0, 0));
}

static inline void assert_answer(struct postgres *postgres, const char *sql, const char *expected)
{
	g_autofree char *text = answer(postgres, sql);

	g_assert_cmpstr(text, ==, expected);
}

static inline void migrate(struct line *line, int from)
{
	struct bounds bounds = bounds_s(60);
	GError *error = NULL;
	int before, after;

	postgres_migrate(line->owner, 2, &before, &after, &bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpint(before, ==, from);
	g_assert_cmpint(after, ==, postgres_schema_version);
}

static inline void line_init(struct line *line, struct postgres_bed *server, const char *name)
{
	g_autofree char *target = postgres_bed_target(server, "owner", "postgres");
	g_autofree char *create = g_strdup_printf("CREATE DATABASE %s", name);
	g_autoptr(postgres) first = connect_to(target);

	order(first, create);
	line->server = server;
	line->name = g_strdup(name);
	line->owner_target = postgres_bed_target(server, "owner", name);
	line->writer = postgres_bed_target(server, "s1", name);
	line->reader = postgres_bed_target(server, "q1", name);
	line->owner = connect_to(line->owner_target);
	migrate(line, 0);
	order(line->owner, "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 's1') "
	                   "THEN CREATE ROLE s1 LOGIN IN ROLE station_writer; "
	                   "CREATE ROLE q1 LOGIN IN ROLE station_analyst; END IF; END $$");
}

static inline void line_done(struct line *line)
{
	postgres_close(line->owner);
	g_free(line->name);
	g_free(line->owner_target);
	g_free(line->writer);
	g_free(line->reader);
}

static inline gboolean save(struct postgres *postgres, const struct run_record *run,
                            gboolean *is_new, GError **error)
{
	g_autofree char *document = run_record_to_json(run);
	struct bounds bounds = bounds_s(60);

	return postgres_save_run(postgres, run, document, NULL, is_new, &bounds, error);
}

static inline void expect(gboolean ok, GError **error, enum station_error kind, const char *part)
{
	g_assert_false(ok);
	g_assert_error(*error, STATION_ERROR, (int)kind);
	if (!strstr((*error)->message, part))
		g_error("\"%s\" does not say \"%s\"", (*error)->message, part);
	g_clear_error(error);
}

/* A test that gets the server. */
struct line_test {
	const char *name;
	void (*test)(gconstpointer data);
};

/* Runs all, or says why not. */
static inline int line_run(const struct line_test *tests, guint n)
{
	struct postgres_bed server;
	gboolean there = postgres_bed_init(&server);
	int status;

	for (guint i = 0; there && i < n; i++)
		g_test_add_data_func(tests[i].name, &server, tests[i].test);
	if (!there)
		g_test_message("SKIP: no PostgreSQL here (tools/deps check)");
	status = g_test_run();
	if (there)
		postgres_bed_done(&server);
	return status;
}

#endif

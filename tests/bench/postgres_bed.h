/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_POSTGRES_BED_H
#define TESTS_BENCH_POSTGRES_BED_H

#include <gio/gio.h>
#include <string.h>

/* A PostgreSQL server of a test's own (tests/postgres). */
struct postgres_bed {
	char *script, *folder;
	GSubprocess *server; /* null: stopped */
};

static inline char *postgres_bed_call(const struct postgres_bed *bed, const char *verb,
                                      gboolean *ok)
{
	GError *error = NULL;
	g_autoptr(GSubprocess) child = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
	                                                bed->script, verb, bed->folder, NULL);
	char *said = NULL;

	g_assert_no_error(error);
	g_subprocess_communicate_utf8(child, NULL, NULL, &said, NULL, &error);
	g_assert_no_error(error);
	*ok = g_subprocess_get_successful(child);
	return g_strchomp(said ? said : g_strdup(""));
}

static inline void postgres_bed_do(const struct postgres_bed *bed, const char *verb)
{
	gboolean ok;

	g_free(postgres_bed_call(bed, verb, &ok));
	g_assert_true(ok);
}

static inline void postgres_bed_start(struct postgres_bed *bed)
{
	GError *error = NULL;

	bed->server = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, bed->script,
	                               "run", bed->folder, NULL);
	g_assert_no_error(error);
	postgres_bed_do(bed, "wait");
}

/* As if the power went. */
static inline void postgres_bed_stop(struct postgres_bed *bed)
{
	postgres_bed_do(bed, "stop");
	g_subprocess_wait(bed->server, NULL, NULL);
	g_clear_object(&bed->server);
}

/* FALSE: there is no PostgreSQL on this machine. */
static inline gboolean postgres_bed_init(struct postgres_bed *bed)
{
	gboolean ok;

	*bed = (struct postgres_bed){
		.script = g_build_filename(g_getenv("STATION_SRC"), "tests", "postgres", NULL)};
	g_free(postgres_bed_call(bed, "here", &ok));
	if (!ok) {
		g_clear_pointer(&bed->script, g_free);
		return FALSE;
	}
	bed->folder = postgres_bed_call(bed, "make", &ok);
	g_assert_true(ok);
	postgres_bed_start(bed);
	return TRUE;
}

static inline void postgres_bed_done(struct postgres_bed *bed)
{
	postgres_bed_do(bed, "remove");
	g_subprocess_wait(bed->server, NULL, NULL);
	g_clear_object(&bed->server);
	g_free(bed->folder);
	g_free(bed->script);
}

/* How to reach a database there as somebody. Free with g_free. */
static inline char *postgres_bed_target(const struct postgres_bed *bed, const char *user,
                                        const char *database)
{
	return g_strdup_printf("host=%s user=%s dbname=%s", bed->folder, user, database);
}

#endif

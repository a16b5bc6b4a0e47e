/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_SPEED_LINE_ROWS_H
#define TESTS_SPEED_LINE_ROWS_H

#include "station/store/postgres_link.h"
#include "tests/bench/postgres_bed.h"

/* The store of a line on a server of its own, to be filled and measured. */
struct line_rows {
	struct postgres_bed server;
	char *target; /* as the owner */
	struct postgres *postgres;
};

static inline struct bounds line_rows_bounds(void)
{
	return (struct bounds){deadline_in_s(3600), NULL};
}

static inline void line_rows_do(struct line_rows *rows, const char *sql)
{
	struct bounds bounds = line_rows_bounds();
	GError *error = NULL;

	if (!postgres_do(rows->postgres, &bounds, &error, sql))
		g_error("%s", error->message);
}

/* FALSE: there is no PostgreSQL on this machine. */
static inline gboolean line_rows_begin(struct line_rows *rows)
{
	struct bounds bounds = line_rows_bounds();
	GError *error = NULL;
	int from, to;

	if (!postgres_bed_init(&rows->server))
		return FALSE;
	rows->target = postgres_bed_target(&rows->server, "owner", "postgres");
	rows->postgres = postgres_open(rows->target, &bounds, &error);
	if (!rows->postgres || !postgres_migrate(rows->postgres, 1, &from, &to, &bounds, &error))
		g_error("%s", error->message);
	return TRUE;
}

/* A run as a station saves it, with a document ("{}": none that is worth the time). */
static inline void line_rows_save(struct line_rows *rows, const struct run_record *run,
                                  const char *document)
{
	struct bounds bounds = line_rows_bounds();
	GError *error = NULL;

	if (!postgres_save_run(rows->postgres, run, document, NULL, NULL, &bounds, &error))
		g_error("%s", error->message);
}

static inline void line_rows_end(struct line_rows *rows)
{
	postgres_close(rows->postgres);
	g_free(rows->target);
	postgres_bed_done(&rows->server);
}

#endif

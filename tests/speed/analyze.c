/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/speed/bare_rows.h"
#include "tests/speed/line_rows.h"
#include "tests/unit/many_runs.h"

#include <glib/gstdio.h>
#include <stdio.h>

/*
 * How long "station analyze" takes over a store with ROWS measurements:
 *
 *   analyze STATION-PROGRAM FOLDER [ROWS]
 *
 * The store is made in FOLDER (some 2 GB for ten million) and taken away again. Its rows are what
 * store_save_run writes, but for the documents, which no analysis reads: they would be ten times
 * as much. The last line is for programs.
 */
enum { IDS = 25, LANES = 4, CORNERS = 5, PER_RUN = IDS * LANES * CORNERS, AT_ONCE = 500 };
enum { SAVED = 40, TURNS = 3 };

/* One unit in ten is tested again. */
static char *serial_of(guint run)
{
	return g_strdup_printf("SN%07u", run % 10 == 9 ? run - 1 : run);
}

static void fill(struct store *store, struct many_runs *many, guint runs)
{
	struct bare_rows rows = bare_rows_begin(store);
	GError *error = NULL;

	sqlite3_exec(store->db, "PRAGMA synchronous = OFF; PRAGMA cache_size = -400000", NULL, NULL,
	             NULL);
	for (guint i = 0; i < runs; i++) {
		g_autofree char *serial = serial_of(i);
		g_autoptr(run_record) r = many_runs_next(many, serial);

		if (i % AT_ONCE == 0)
			must(sqlite_begin(store, &error), error);
		bare_rows_write(&rows, r);
		must(sqlite_save_samples(store, r, &error), error);
		if (i % AT_ONCE == AT_ONCE - 1 || i + 1 == runs)
			must(sqlite_end(store, TRUE, &error), error);
	}
	bare_rows_end(&rows);
}

/* The mean time to store a whole run in the store as full as it is, with its document. */
static double save_s(struct store *store, struct many_runs *many)
{
	double sum_s = 0;

	for (guint i = 0; i < SAVED; i++) {
		g_autofree char *serial = g_strdup_printf("NEW%u", i);
		g_autoptr(run_record) r = many_runs_next(many, serial);
		gint64 from = g_get_monotonic_time();
		GError *error = NULL;

		must(store_save_run(store, r, &error), error);
		sum_s += (double)(g_get_monotonic_time() - from) * 1e-6;
	}
	return sum_s / SAVED;
}

/* The least of some turns: what else the machine does is not ours. */
static double call_s(const char *program, const char *config, const char *const *words)
{
	double least_s = INFINITY;

	for (guint turn = 0; turn < TURNS; turn++) {
		const char *argv[16] = {program, "--config", config, "analyze"};
		gint64 from = g_get_monotonic_time();
		GError *error = NULL;
		int status;

		for (guint i = 0; words[i]; i++)
			argv[4 + i] = words[i];
		must(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
		                  NULL, NULL, &status, &error),
		     error);
		must(g_spawn_check_wait_status(status, &error), error);
		least_s = fmin(least_s, (double)(g_get_monotonic_time() - from) * 1e-6);
	}
	return least_s;
}

/* Beside the words of the call those in `more`, such as --store line. */
static double measure(const char *program, const char *config, const char *const *more)
{
	static const char *const calls[][6] = {
		{"capability", NULL},
		{"yield", NULL},
		{"yield", "--by", "shift", NULL},
		{"pareto", NULL},
		{"capability", "--lot", "LOT-003", NULL},
		{"trend", "--measurement", "tx_oma", "--lane=1", NULL},
		{"bias", "--measurement", "tx_oma", NULL},
		{"overview", NULL},
	};
	double worst_s = 0;

	for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
		const char *all[10] = {0};
		guint n = 0;

		for (guint k = 0; calls[i][k]; k++)
			all[n++] = calls[i][k];
		for (guint k = 0; more[k]; k++)
			all[n++] = more[k];
		g_autofree char *words = g_strjoinv(" ", (char **)all);
		double took_s = call_s(program, config, all);

		printf("analyze %-40s %7.3f s\n", words, took_s);
		/* what has to be quick over all rows: capability and yield */
		worst_s = i < 2 ? fmax(worst_s, took_s) : worst_s;
	}
	return worst_s;
}

/* The same rows in the store of a line; NAN when there is no PostgreSQL here. */
static double measure_line(const char *program, const char *config, guint runs)
{
	static const char *const more[] = {"--store", "line", NULL};
	struct many_runs many = {g_rand_new_with_seed(1), IDS, CORNERS, 0};
	struct line_rows rows;
	GError *error = NULL;
	double worst_s;

	if (!line_rows_begin(&rows))
		return NAN;
	gint64 from = g_get_monotonic_time();
	for (guint i = 0; i < runs; i++) {
		g_autofree char *serial = serial_of(i);
		g_autoptr(run_record) r = many_runs_next(&many, serial);

		line_rows_save(&rows, r, "{}");
	}
	printf("a run of %u measurements into PostgreSQL: %.1f ms\n", PER_RUN,
	       1e-3 * (double)(g_get_monotonic_time() - from) / runs);
	line_rows_do(&rows, "VACUUM ANALYZE");
	g_autofree char *text =
		g_strdup_printf("station: S1\ninstruments: []\nsites: []\nproducts: []\nstore: "
	                        "station.db\n"
	                        "sinks:\n  - {name: line, kind: postgresql, connect: \"%s\"}\n",
	                        rows.target);
	must(g_file_set_contents(config, text, -1, &error), error);
	worst_s = measure(program, config, more);
	line_rows_end(&rows);
	g_rand_free(many.random);
	return worst_s;
}

int main(int argc, char **argv)
{
	guint rows = argc > 3 ? (guint)g_ascii_strtoull(argv[3], NULL, 10) : 10000000;
	struct many_runs many = {g_rand_new_with_seed(1), IDS, CORNERS, 0};
	GError *error = NULL;

	if (argc < 3) {
		fprintf(stderr, "usage: analyze STATION-PROGRAM FOLDER [ROWS]\n");
		return 2;
	}
	g_autofree char *path = g_build_filename(argv[2], "station.db", NULL);
	g_autofree char *config = g_build_filename(argv[2], "station.yaml", NULL);
	g_mkdir_with_parents(argv[2], 0777);
	g_unlink(path);
	must(g_file_set_contents(config,
	                         "station: S1\ninstruments: []\nsites: []\nproducts: []\n"
	                         "store: station.db\n",
	                         -1, &error),
	     error);
	struct store *store = store_open(path, &error);
	must(store != NULL, error);
	double empty_s = save_s(store, &many);
	printf("a run of %u measurements into an empty store: %.1f ms\n", PER_RUN, 1e3 * empty_s);
	fill(store, &many, rows / PER_RUN);
	store_close(store);
	store = store_open(path, &error);
	must(store != NULL, error);
	double full_s = save_s(store, &many);
	printf("a run of %u measurements into the full store: %.1f ms\n", PER_RUN, 1e3 * full_s);
	store_close(store);
	double worst_s = measure(argv[1], config, (const char *const[]){NULL});
	double line_s = measure_line(argv[1], config, rows / PER_RUN);
	g_unlink(path);
	g_unlink(config);
	printf("\nanalyze_rows=%u analyze_s=%.2f analyze_pg_s=%.2f\n", rows / PER_RUN * PER_RUN,
	       worst_s, line_s);
	g_rand_free(many.random);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/speed/bare_rows.h"
#include "tests/speed/engine_lot.h"
#include "tests/speed/line_rows.h"

#include "base/uuid7.h"
#include "station/engine/open_run.h"
#include "station/engine/recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/*
 * What the engine and the store take of a lot by themselves:
 *
 *   engine FOLDER
 *
 * Lots run through engine_run_unit with steps and a fixture that answer at once
 * (tests/speed/engine_lot.h). The calls that a run is made of are linked with --wrap, so that the
 * time in each can be told; nothing else is changed. "sync off" leaves out what waits for the disk:
 * SQLite's (PRAGMA synchronous) and fsync of files. A lot is the quickest of some turns, a part
 * that of the median unit. The last line is for programs.
 */
enum { UNITS = 200, TURNS = 3 };

/* --- the parts of a run -------------------------------------------------------------------------
 */

enum part {
	PART_PLAN,
	PART_ADD,
	PART_BEGIN,
	PART_CHECK,
	PART_JOURNAL,
	PART_KEEP,
	PART_SAVE,
	N_PARTS
};

static const char *const part_names[N_PARTS] = {
	[PART_PLAN] = "steps, judging, events (run_plan)",
	[PART_ADD] = "of these: added to the file (open_run_add)",
	[PART_BEGIN] = "record kept beside the store (recover_keep)",
	[PART_CHECK] = "store proved to be writable (store_check)",
	[PART_JOURNAL] = "journal of writes (run_journal_*)",
	[PART_KEEP] = "of these: document put (open_run_put)",
	[PART_SAVE] = "record stored (store_save_run_now)",
};

static struct {
	gint64 us[UNITS][N_PARTS];
	guint unit;  /* the present one; UNITS: none that counts */
	guint syncs; /* of files, SQLite's own not counted */
	gboolean sync_off;
} seen;

/* Of one part; what is within another counts for both. */
static void add_part(enum part part, gint64 from_us)
{
	if (seen.unit < UNITS)
		seen.us[seen.unit][part] += g_get_monotonic_time() - from_us;
}

static int compare_times(gconstpointer a, gconstpointer b)
{
	gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return (x > y) - (x < y);
}

/* Of all units: what the machine did besides one of them is not ours. */
static double median_us(enum part part)
{
	gint64 us[UNITS];

	for (guint i = 0; i < UNITS; i++)
		us[i] = seen.us[i][part];
	qsort(us, UNITS, sizeof *us, compare_times);
	return (double)us[UNITS / 2];
}

#define WRAP(type, name, part, parameters, arguments)                                              \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		gint64 from_us = g_get_monotonic_time();                                           \
		type result = __real_##name arguments;                                             \
                                                                                                   \
		add_part(part, from_us);                                                           \
		return result;                                                                     \
	}
#define WRAP_VOID(name, part, parameters, arguments)                                               \
	void __real_##name parameters;                                                             \
	void __wrap_##name parameters;                                                             \
	void __wrap_##name parameters                                                              \
	{                                                                                          \
		gint64 from_us = g_get_monotonic_time();                                           \
                                                                                                   \
		__real_##name arguments;                                                           \
		add_part(part, from_us);                                                           \
	}

WRAP_VOID(run_plan, PART_PLAN, (struct run * run), (run))
WRAP_VOID(recover_keep, PART_BEGIN, (struct run * run), (run))
WRAP_VOID(run_journal_close, PART_JOURNAL, (struct run * run), (run))
WRAP_VOID(open_run_add, PART_ADD, (struct open_run * kept, const struct run_record *record),
          (kept, record))
WRAP(gboolean, run_journal_open, PART_JOURNAL, (struct run * run, GError **error), (run, error))
WRAP(gboolean, store_check, PART_CHECK, (struct store * store, GError **error), (store, error))
WRAP(gboolean, open_run_put, PART_KEEP,
     (struct open_run * kept, const struct run_record *record, GError **error),
     (kept, record, error))
WRAP(gboolean, store_save_run_now, PART_SAVE,
     (struct store * store, const struct run_record *record), (store, record))

#define WRAP_SYNC(name)                                                                            \
	int __real_##name(int fd);                                                                 \
	int __wrap_##name(int fd);                                                                 \
	int __wrap_##name(int fd)                                                                  \
	{                                                                                          \
		seen.syncs++;                                                                      \
		return seen.sync_off ? 0 : __real_##name(fd);                                      \
	}
WRAP_SYNC(fsync)
WRAP_SYNC(fdatasync)

/* --- lots ---------------------------------------------------------------------------------------
 */

struct bench {
	const char *work;
	char *folder; /* of the last lot */
	guint n;
};

struct lot_cost {
	double all_s, cpu_s, part_us[N_PARTS]; /* parts: of the median unit */
	guint syncs;
};

static void set_sync(struct store *store, gboolean off)
{
	seen.sync_off = off;
	if (off)
		store->synchronous = "PRAGMA synchronous = OFF";
	if (sqlite3_exec(store->db, store->synchronous, NULL, NULL, NULL) != SQLITE_OK)
		g_error("%s", sqlite3_errmsg(store->db));
}

/* Of all threads. */
static double processor_s(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static struct lot_cost run_once(const char *folder, guint n_steps, gboolean records, gboolean off)
{
	struct lot_cost cost;
	struct quick_lot lot;
	GError *error = NULL;

	must(quick_lot_open(&lot, folder, n_steps, records, &error), error);
	set_sync(lot.store, off);
	/* the first has to read the product's files */
	seen.unit = UNITS;
	must(quick_lot_run(&lot, "FIRST", 1, &error) == 1, error);
	memset(seen.us, 0, sizeof seen.us);
	seen.syncs = 0;
	double cpu_s = processor_s();
	gint64 from_us = g_get_monotonic_time();
	for (seen.unit = 0; seen.unit < UNITS; seen.unit++) {
		g_autofree char *name = g_strdup_printf("LOT-%u", seen.unit);
		must(quick_lot_run(&lot, name, 1, &error) == 1, error);
	}
	cost.all_s = (double)(g_get_monotonic_time() - from_us) * 1e-6;
	cost.cpu_s = processor_s() - cpu_s;
	for (guint i = 0; i < N_PARTS; i++)
		cost.part_us[i] = median_us(i);
	cost.syncs = seen.syncs;
	quick_lot_close(&lot);
	return cost;
}

/* What the turns leave is taken away at the end: file systems make files slowly where many were
 * taken away a moment ago. */
static struct lot_cost run_lot(struct bench *bench, guint n_steps, gboolean records, gboolean off)
{
	struct lot_cost least = {.all_s = INFINITY};

	for (guint turn = 0; turn < TURNS; turn++) {
		g_free(bench->folder);
		bench->folder = g_strdup_printf("%s/%u", bench->work, ++bench->n);
		struct lot_cost cost = run_once(bench->folder, n_steps, records, off);

		if (cost.all_s < least.all_s)
			least = cost;
	}
	return least;
}

static void show_parts(const struct lot_cost *cost)
{
	for (guint i = 0; i < N_PARTS; i++)
		printf("    %-46s %7.0f us of the median unit\n", part_names[i], cost->part_us[i]);
}

/* --- what it is compared with -------------------------------------------------------------------
 */

/* What any engine that tells its steps has to do: two clocks, three events copied and freed. */
static double bare_step_us(void)
{
	enum { STEPS = 100000 };
	struct event event = event_make(EVENT_STEP_END, 1, "SN");
	gint64 sum = 0, from_us = g_get_monotonic_time();

	for (guint i = 0; i < STEPS; i++) {
		sum -= g_get_monotonic_time();
		for (guint k = 0; k < 3; k++) {
			struct event *copy = g_memdup2(&event, sizeof event);

			sum += copy->site;
			g_free(copy);
		}
		sum += g_get_monotonic_time();
	}
	return sum > 0 ? (double)(g_get_monotonic_time() - from_us) / STEPS : NAN;
}

/* A lot of `n_steps` as bare rows, one transaction a unit. */
static double bare_rows_s(const char *folder, guint n_steps, gboolean off)
{
	g_autofree char *path = g_build_filename(folder, "bare.db", NULL);
	g_autofree char *full = g_build_filename(folder, "station.db", NULL);
	g_autofree char *serial = g_strdup_printf("LOT-%d-1", UNITS - 1);
	GError *error = NULL;
	struct store *from = store_open(full, &error);
	struct run_record *record = from ? store_load_run(from, serial, &error) : NULL;
	struct store *store = record ? store_open(path, &error) : NULL;

	must(store && record->steps->len == n_steps, error);
	set_sync(store, off);
	struct bare_rows rows = bare_rows_begin(store);
	gint64 from_us = g_get_monotonic_time();
	for (guint i = 0; i < UNITS; i++) {
		g_free(record->run_id);
		record->run_id = uuid7_new();
		must(sqlite_begin(store, &error), error);
		bare_rows_write(&rows, record);
		must(sqlite_end(store, TRUE, &error), error);
	}
	double all_s = (double)(g_get_monotonic_time() - from_us) * 1e-6;
	bare_rows_end(&rows);
	store_close(store);
	store_close(from);
	run_record_free(record);
	return all_s;
}

/* The last run of a lot into a line's PostgreSQL, again and again, each as a run of its own. */
static void show_line(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "station.db", NULL);
	g_autofree char *serial = g_strdup_printf("LOT-%d-1", UNITS - 1);
	GError *error = NULL;
	struct store *store = store_open(path, &error);
	struct run_record *record = store ? store_load_run(store, serial, &error) : NULL;
	struct line_rows line;

	must(record != NULL, error);
	if (line_rows_begin(&line)) {
		gint64 from_us = g_get_monotonic_time();
		for (guint i = 0; i < UNITS; i++) {
			g_free(record->run_id);
			record->run_id = uuid7_new();
			g_autofree char *document = run_record_to_json(record);
			line_rows_save(&line, record, document);
		}
		printf("    into PostgreSQL (fsync off): %.0f runs/s\n",
		       UNITS * 1e6 / (double)(g_get_monotonic_time() - from_us));
		line_rows_end(&line);
	} else {
		printf("    into PostgreSQL: there is none on this machine\n");
	}
	run_record_free(record);
	store_close(store);
}

/* --- the figures --------------------------------------------------------------------------------
 */

static double per_step_us(double all_s, guint n_steps)
{
	return 1e6 * all_s / (UNITS * n_steps);
}

/* Of a step in a lot of 20: without the file that it is added to. */
static double in_memory_us(const struct lot_cost *cost)
{
	return (cost->part_us[PART_PLAN] - cost->part_us[PART_ADD]) / 20;
}

static const char *aim(double value, double limit)
{
	return value <= limit ? "met" : "not met";
}

static double show_rows(struct bench *bench, guint n_steps, gboolean off)
{
	struct lot_cost cost = run_lot(bench, n_steps, TRUE, off);
	double bare_s = bare_rows_s(bench->folder, n_steps, off);

	printf("lot of %d units x %u steps, committed, sync %s: %.3f s, %.1f us a step (%.1f of "
	       "processors), %.0f runs/s\n"
	       "    bare rows by SQLite alone: %.3f s; ratio %.1f; syncs of files: %.1f a unit\n",
	       UNITS, n_steps, off ? "off" : "on", cost.all_s, per_step_us(cost.all_s, n_steps),
	       per_step_us(cost.cpu_s, n_steps), UNITS / cost.all_s, bare_s, cost.all_s / bare_s,
	       (double)cost.syncs / UNITS);
	show_parts(&cost);
	printf("    into SQLite: %.0f runs/s\n", 1e6 / cost.part_us[PART_SAVE]);
	if (off)
		show_line(bench->folder);
	return cost.all_s;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: engine FOLDER\n");
		return 2;
	}
	struct bench bench = {argv[1]};
	setvbuf(stdout, NULL, _IOLBF, 0);
	quick_remove(bench.work);
	double bare_us = bare_step_us();
	struct lot_cost judged = run_lot(&bench, 20, FALSE, TRUE);
	struct lot_cost kept = run_lot(&bench, 20, TRUE, TRUE);
	double none_us = in_memory_us(&judged), step_us = in_memory_us(&kept);

	printf("a step with one judged value: bare clocks and copies of three events %.2f us\n",
	       bare_us);
	printf("    not recorded       %6.2f us, ratio %.1f\n", none_us, none_us / bare_us);
	printf("    recorded in memory %6.2f us, ratio %.1f; aim 10 us: %s\n", step_us,
	       step_us / bare_us, aim(step_us, 10));
	printf("    and in a file      %6.2f us\n", kept.part_us[PART_PLAN] / 20);
	double lot_s = show_rows(&bench, 20, TRUE);
	double row_us = per_step_us(lot_s, 20);
	printf("    aim 100 us a step: %s; aim 0.3 s: %s\n", aim(row_us, 100), aim(lot_s, 0.3));
	show_rows(&bench, 20, FALSE);
	show_rows(&bench, 100, TRUE);
	show_rows(&bench, 100, FALSE);
	quick_remove(bench.work);
	g_free(bench.folder);
	printf("step_us=%.2f step_row_us=%.1f lot_200x20_s=%.3f\n", step_us, row_us, lot_s);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/recover.h"

#include "base/error.h"
#include "tests/unit/fixtures_board.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* --- a station with one site --------------------------------------------------------------------
 */

struct stand {
	char *folder, *open;
	struct board *board;
	struct config config;
	struct config_site site_config;
	struct site_shared shared;
	struct event_queue *events;
	GPtrArray *sites;
};

static void stand_start(struct stand *s)
{
	GError *error = NULL;

	*s = (struct stand){.folder = g_dir_make_tmp("open-XXXXXX", NULL), .board = board_new()};
	g_setenv("STATION_LOCKDIR", s->folder, TRUE);
	s->config.station_id = (char *)"line1";
	s->config.store_path = g_build_filename(s->folder, "station.db", NULL);
	s->config.instruments = g_ptr_array_new();
	s->config.sites = g_ptr_array_new();
	s->site_config.site = 3;
	s->site_config.fixture = g_strdup_printf("controller:127.0.0.1:%u", s->board->port);
	s->open = recover_folder(&s->config);
	s->shared.config = &s->config;
	s->shared.pool = pool_new(&s->config);
	s->shared.bus = event_bus_new();
	s->shared.store = store_open(s->config.store_path, &error);
	g_assert_no_error(error);
	s->events = event_queue_new(s->shared.bus, 100);
	s->sites = g_ptr_array_new();
	g_ptr_array_add(s->sites, site_start(&s->shared, &s->site_config));
}

static void remove_tree(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);
		remove_tree(inner);
	}
	g_clear_pointer(&dir, g_dir_close);
	g_remove(path);
}

static void stand_stop(struct stand *s)
{
	site_stop(g_ptr_array_index(s->sites, 0));
	g_ptr_array_unref(s->sites);
	event_queue_free(s->events);
	store_close(s->shared.store);
	pool_free(s->shared.pool);
	event_bus_free(s->shared.bus);
	board_free(s->board);
	g_ptr_array_unref(s->config.instruments);
	g_ptr_array_unref(s->config.sites);
	g_free(s->config.store_path);
	g_free(s->site_config.fixture);
	remove_tree(s->folder);
	g_unsetenv("STATION_LOCKDIR");
	g_free(s->open);
	g_free(s->folder);
}

static struct event next(struct stand *s, enum event_kind kind)
{
	struct event event = event_make(EVENT_LOST, 0, NULL);

	g_assert_true(event_queue_pop(s->events, 0, &event));
	g_assert_cmpstr(event_kind_name(event.kind), ==, event_kind_name(kind));
	return event;
}

static void nothing_more(struct stand *s)
{
	struct event event;

	g_assert_false(event_queue_pop(s->events, 0, &event));
}

/* A run with a step that is over and one that is not. */
static struct run_record *make(const char *serial)
{
	struct run_record *r = run_record_new();
	struct record_step *over = run_record_add_step(r), *begun = run_record_add_step(r);

	record_text(&r->station_id, "line1");
	record_text(&r->serial, serial);
	r->site = 3;
	record_text(&over->name, "identify");
	over->attempt = 1;
	over->start_us = r->start_us + 1000;
	over->duration_s = 2.5;
	over->verdict = VERDICT_PASS;
	run_record_add_measurement(r, "id_serial", 0, 0, 1, "");
	record_text(&begun->name, "tx-calibrate");
	begun->attempt = 1;
	begun->start_us = r->start_us + 2501000;
	return r;
}

static struct run_record *finished(const char *serial)
{
	struct run_record *r = make(serial);
	struct record_step *last = g_ptr_array_index(r->steps, 1);

	last->verdict = VERDICT_PASS;
	last->duration_s = 1;
	r->verdict = VERDICT_PASS;
	r->end_us = r->start_us + 4000000;
	return r;
}

static struct open_run *begin(const char *folder, const struct run_record *record)
{
	GError *error = NULL;
	struct open_run *open = open_run_begin(folder, record, NULL, &error);

	g_assert_no_error(error);
	return open;
}

/* Left there, as by a station that ended. */
static void leave(const char *folder, const struct run_record *record)
{
	open_run_free(begin(folder, record));
}

static guint count_files(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	guint n = 0;

	while (dir && g_dir_read_name(dir))
		n++;
	return n;
}

static GPtrArray *find(const struct stand *s, const char *station, guint n)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;
	GPtrArray *found = open_run_find(s->open, station, words, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(words->len, ==, 0);
	g_assert_cmpuint(found->len, ==, n);
	return found;
}

/* --- the file -----------------------------------------------------------------------------------
 */

/* It holds the record as it is, is nobody else's while it is kept, and goes when all is stored. */
static void test_file(void)
{
	struct stand s;
	struct stat told;

	stand_start(&s);
	g_assert_false(open_run_any(s.open));
	g_ptr_array_unref(find(&s, "line1", 0));
	g_autoptr(run_record) record = make("A");
	struct open_run *open = begin(s.open, record);
	g_autofree char *next_path = g_strdup_printf("%s/.%s.json.new", s.open, record->run_id);
	g_assert_cmpint(stat(next_path, &told), ==, 0);
	g_assert_cmpint(told.st_size, >=, 1 << 20);
	g_assert_false(open_run_any(s.open));
	g_ptr_array_unref(find(&s, "line1", 0));
	record_text(&record->part_number, "PN");
	g_assert_true(open_run_put(open, record, NULL));
	g_autofree char *path = g_strdup(open_run_path(open));
	open_run_free(open);
	g_assert_cmpuint(count_files(s.open), ==, 1);
	g_assert_true(open_run_any(s.open));
	g_ptr_array_unref(find(&s, "line2", 0));
	g_autoptr(GPtrArray) found = find(&s, "line1", 1);
	const struct open_run_left *left = g_ptr_array_index(found, 0);
	g_assert_cmpstr(left->path, ==, path);
	g_autofree char *before = run_record_to_json(record);
	g_autofree char *after = run_record_to_json(left->record);
	g_assert_cmpstr(after, ==, before);
	g_assert_cmpint(left->record->end_us, ==, 0);
	g_assert_true(open_run_left_stored(left, NULL));
	g_autoptr(run_record) other = make("B");
	open_run_stored(begin(s.open, other), NULL);
	g_assert_cmpuint(count_files(s.open), ==, 0);
	stand_stop(&s);
}

/* What steps found since the document was put is there too, as far as it was written. */
static void test_added(void)
{
	struct stand s;
	static const char *const ends[] = {"", "\x1e{\"since\": {\"steps\": "};

	for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
		stand_start(&s);
		g_autoptr(run_record) record = make("A");
		struct open_run *open = begin(s.open, record);
		for (guint k = 0; k < 3; k++) {
			struct record_step *step = run_record_add_step(record);
			if (k == 1)
				g_assert_true(open_run_put(open, record, NULL));
			step->verdict = VERDICT_PASS;
			run_record_add_measurement(record, "tx_oma", record->steps->len - 1, 1, k,
			                           "dBm");
			open_run_add(open, record);
		}
		g_autofree char *path = g_strdup(open_run_path(open));
		open_run_free(open);
		FILE *file = g_fopen(path, "a");
		fputs(ends[i], file);
		fclose(file);
		g_autoptr(GPtrArray) found = find(&s, "line1", 1);
		g_autofree char *before = run_record_to_json(record);
		g_autofree char *after = run_record_to_json(
			((struct open_run_left *)g_ptr_array_index(found, 0))->record);
		g_assert_cmpstr(after, ==, before);
		stand_stop(&s);
	}
	open_run_add(NULL, NULL);
}

/* Steps that follow each other quickly do not all write. */
static void test_seldom(void)
{
	struct stand s;
	double seconds;

	stand_start(&s);
	g_autoptr(run_record) record = make("A");
	struct open_run *open = begin(s.open, record);
	gint64 start_us = g_get_monotonic_time();
	for (guint i = 0; i < 1000; i++)
		open_run_keep(open, record, NULL);
	gint64 spent_us = g_get_monotonic_time() - start_us;
	g_assert_cmpuint(open_run_n_puts(open, &seconds), <=,
	                 1 + (guint)((double)spent_us * 1e-6 / OPEN_RUN_EVERY_S));
	g_assert_cmpfloat(seconds, >, 0);
	open_run_keep(NULL, record, NULL);
	open_run_stored(open, NULL);
	stand_stop(&s);
}

/* Files of a run that is stored serve the next: they hold its record, and nothing of the other. */
static void test_again(void)
{
	struct stand s;
	struct open_run *rested = NULL;
	GError *error = NULL;

	stand_start(&s);
	g_autoptr(run_record) first = make("A");
	g_autoptr(run_record) second = make("B");
	record_text(&first->part_number, "a much longer record than the one that comes after it");
	open_run_stored(begin(s.open, first), &rested);
	g_assert_nonnull(rested);
	g_assert_cmpuint(count_files(s.open), ==, 2);
	g_assert_false(open_run_any(s.open));
	struct open_run *open = open_run_begin(s.open, second, &rested, &error);
	g_assert_no_error(error);
	g_assert_null(rested);
	g_assert_cmpuint(count_files(s.open), ==, 2);
	for (guint i = 0; i < 3; i++) {
		run_record_add_note(second, "note %u", i);
		g_assert_true(open_run_put(open, second, NULL));
		g_assert_cmpuint(count_files(s.open), ==, 2);
	}
	open_run_free(open);
	g_autoptr(GPtrArray) found = find(&s, "line1", 1);
	const struct open_run_left *left = g_ptr_array_index(found, 0);
	g_assert_cmpstr(left->record->serial, ==, "B");
	g_assert_cmpuint(left->record->notes->len, ==, 3);
	g_assert_cmpuint(count_files(s.open), ==, 1);
	stand_stop(&s);
}

/* What a station leaves that ends between two runs is no run. */
static void test_rested_left(void)
{
	struct stand s;
	struct open_run *rested = NULL;

	stand_start(&s);
	g_autoptr(run_record) record = make("A");
	open_run_stored(begin(s.open, record), &rested);
	g_assert_false(open_run_any(s.open));
	g_ptr_array_unref(find(&s, "line1", 0));
	g_assert_cmpuint(count_files(s.open), ==, 2);
	open_run_free(rested);
	g_assert_cmpuint(count_files(s.open), ==, 0);
	stand_stop(&s);
}

static void test_no_folder(void)
{
	struct stand s;
	GError *error = NULL;

	stand_start(&s);
	g_assert_true(g_file_set_contents(s.open, "in the way", -1, NULL));
	g_autoptr(run_record) record = make("A");
	g_assert_null(open_run_begin(s.open, record, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_clear_error(&error);
	g_assert_null(open_run_find(s.open, "line1", NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_clear_error(&error);
	stand_stop(&s);
}

/* --- the next start -----------------------------------------------------------------------------
 */

static void recover_well(struct stand *s)
{
	GError *error = NULL;

	recover_runs(&s->shared, s->sites, &error);
	g_assert_no_error(error);
}

static void test_close(void)
{
	g_autoptr(run_record) record = make("A");
	g_autoptr(run_record) early = run_record_new();
	const struct record_step *last = g_ptr_array_index(record->steps, 1);

	recover_close(record);
	g_assert_cmpint(record->verdict, ==, VERDICT_ABORTED);
	g_assert_cmpint(record->end_us, ==, record->start_us + 2501000);
	g_assert_true(g_str_has_prefix(record->reason, "the station ended in mid-run"));
	g_assert_cmpstr(record->first_failing_step, ==, "tx-calibrate");
	g_assert_cmpint(last->verdict, ==, VERDICT_ABORTED);
	g_assert_nonnull(last->reason);
	recover_close(early);
	g_assert_cmpint(early->verdict, ==, VERDICT_ABORTED);
	g_assert_cmpint(early->end_us, ==, early->start_us);
	g_assert_cmpstr(early->first_failing_step, ==, "load");
}

/* The site is made safe once, then all runs are stored, oldest first. */
static void test_recovered(void)
{
	struct stand s;
	GError *error = NULL;

	stand_start(&s);
	g_autoptr(run_record) done = finished("A");
	g_autoptr(run_record) cut = make("B");
	leave(s.open, cut);
	leave(s.open, done);
	recover_well(&s);
	g_assert_cmpuint(s.board->connections, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(s.board->heard, s.board->heard->len - 1), ==, "SAFE");
	struct event event = next(&s, EVENT_RECOVERED);
	g_assert_cmpstr(event.serial, ==, "A");
	g_assert_cmpint(event.verdict, ==, VERDICT_PASS);
	event = next(&s, EVENT_RECOVERED);
	g_assert_cmpstr(event.run_id, ==, cut->run_id);
	g_assert_cmpint(event.site, ==, 3);
	g_assert_cmpint(event.verdict, ==, VERDICT_ABORTED);
	g_assert_nonnull(strstr(event.text, "the station ended in mid-run"));
	nothing_more(&s);
	g_autoptr(run_record) stored = store_load_run(s.shared.store, "B", &error);
	g_assert_no_error(error);
	g_assert_cmpuint(stored->steps->len, ==, 2);
	g_assert_cmpuint(stored->notes->len, ==, 1);
	g_assert_cmpuint(count_files(s.open), ==, 0);
	recover_well(&s);
	g_assert_cmpuint(s.board->connections, ==, 1);
	stand_stop(&s);
}

/* Stored, and then the station ended before the file was gone. */
static void test_stored_already(void)
{
	struct stand s;

	stand_start(&s);
	g_autoptr(run_record) record = finished("A");
	g_assert_true(store_save_run(s.shared.store, record, NULL));
	leave(s.open, record);
	recover_well(&s);
	nothing_more(&s);
	g_assert_cmpuint(count_files(s.open), ==, 0);
	stand_stop(&s);
}

/* A fixture that does not answer is told; the run is closed all the same, and says so. */
static void test_not_safe(void)
{
	struct stand s;
	GError *error = NULL;

	stand_start(&s);
	board_will(s.board, BODY, 0, "ERR 9 hardware");
	g_autoptr(run_record) record = make("A");
	leave(s.open, record);
	recover_well(&s);
	struct event event = next(&s, EVENT_NOTE);
	g_assert_cmpint(event.site, ==, 3);
	g_assert_nonnull(strstr(event.text, "not safe: fixture of site 3"));
	next(&s, EVENT_RECOVERED);
	g_autoptr(run_record) stored = store_load_run(s.shared.store, "A", &error);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(g_ptr_array_index(stored->notes, 0), "not safe"));
	stand_stop(&s);
}

/* What cannot be read, or what no store will ever take, is set aside with a word. */
static void test_set_aside(void)
{
	struct stand s;
	g_autofree char *junk = NULL;

	stand_start(&s);
	g_autoptr(run_record) wrong = finished("A");
	wrong->verdict = VERDICT_SKIPPED;
	leave(s.open, wrong);
	junk = g_build_filename(s.open, "junk.json", NULL);
	g_assert_true(g_file_set_contents(junk, "{\"schema\":", -1, NULL));
	recover_well(&s);
	g_assert_nonnull(strstr(next(&s, EVENT_NOTE).text, "junk.json.damaged"));
	g_assert_nonnull(strstr(next(&s, EVENT_NOTE).text, "set aside"));
	nothing_more(&s);
	g_assert_cmpuint(count_files(s.open), ==, 2);
	g_assert_false(open_run_any(s.open));
	stand_stop(&s);
}

/* A store that takes nothing: the record stays, and nothing is begun. */
static void test_store_full(void)
{
	struct stand s;
	GError *error = NULL;
	struct rlimit before, small;

	stand_start(&s);
	g_autoptr(run_record) first = finished("0");
	leave(s.open, first);
	recover_well(&s); /* the fixture's lock file needs space too */
	next(&s, EVENT_RECOVERED);
	g_autoptr(run_record) record = finished("A");
	leave(s.open, record);
	void (*old)(int) = signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
	small = before;
	small.rlim_cur = 0;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
	gboolean recovered = recover_runs(&s.shared, s.sites, &error);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
	signal(SIGXFSZ, old);
	g_assert_false(recovered);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
	g_assert_nonnull(strstr(error->message, "the record of A, kept in "));
	g_clear_error(&error);
	g_assert_true(open_run_any(s.open));
	recover_well(&s);
	g_assert_cmpint(next(&s, EVENT_RECOVERED).verdict, ==, VERDICT_PASS);
	g_assert_cmpuint(count_files(s.open), ==, 0);
	stand_stop(&s);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/open-run/file", test_file);
	g_test_add_func("/open-run/added", test_added);
	g_test_add_func("/open-run/seldom", test_seldom);
	g_test_add_func("/open-run/again", test_again);
	g_test_add_func("/open-run/rested-left", test_rested_left);
	g_test_add_func("/open-run/no-folder", test_no_folder);
	g_test_add_func("/recover/close", test_close);
	g_test_add_func("/recover/recovered", test_recovered);
	g_test_add_func("/recover/stored-already", test_stored_already);
	g_test_add_func("/recover/not-safe", test_not_safe);
	g_test_add_func("/recover/set-aside", test_set_aside);
	g_test_add_func("/recover/store-full", test_store_full);
	return g_test_run();
}

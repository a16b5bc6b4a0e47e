/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/knobs.h"
#include "fixtures/write_recovery.h"
#include "tests/bench/module_bed.h"

#include <glib/gstdio.h>

/*
 * A module that loses its power in each part of what a run writes to non-volatile memory, or whose
 * station is stopped there, and what the next run makes of it.
 */
#define SERIAL "VB0001"

struct stand {
	struct bed *bed;
	struct knob_map *map;
	struct write_journal *journal;
	char *folder;
	guint runs;
};

static void next_run(struct stand *stand)
{
	g_autofree char *run = g_strdup_printf("run-%u", ++stand->runs);
	const struct write_unit unit = {run, SERIAL, "VB-QDD-DR4-500", "test", 1};
	g_autoptr(GError) error = NULL;

	module_set_journal(stand->bed->module, NULL);
	if (stand->journal)
		write_journal_finish(stand->journal, &error);
	g_assert_no_error(error);
	write_journal_free(stand->journal);
	stand->journal = write_journal_open(stand->folder, &unit, &error);
	g_assert_no_error(error);
	module_set_journal(stand->bed->module, stand->journal);
}

static struct stand stand_new(void)
{
	const char *root = g_getenv("STATION_SRC");
	g_autofree char *path =
		g_build_filename(root ? root : ".", "fixtures/modules/vb-qdd-dr4.yaml", NULL);
	g_autoptr(GError) error = NULL;
	struct stand stand = {.bed = bed_new("dr4", "")};

	stand.map = knob_map_load(path, &error);
	g_assert_no_error(error);
	stand.folder = g_dir_make_tmp("station-writes-XXXXXX", &error);
	g_assert_no_error(error);
	next_run(&stand);
	return stand;
}

static void remove_tree(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		remove_tree(inner);
	}
	if (dir)
		g_dir_close(dir);
	g_remove(path);
}

static void stand_done(struct stand *stand)
{
	module_set_journal(stand->bed->module, NULL);
	write_journal_free(stand->journal);
	knob_map_free(stand->map);
	remove_tree(stand->folder);
	g_free(stand->folder);
	bed_free(stand->bed);
}

static gboolean cycle(gpointer data, const struct bounds *bounds, GError **error)
{
	struct bed *bed = data;

	bed_supply(bed, FALSE);
	bed_advance(bed, 0.5);
	bed_supply(bed, TRUE);
	return module_power_up(bed->module, bounds, error) &&
	       module_identify(bed->module, bounds, error);
}

static void must_cycle(struct stand *stand)
{
	g_autoptr(GError) error = NULL;

	cycle(stand->bed, &stand->bed->bounds, &error);
	g_assert_no_error(error);
}

static void unlock(struct stand *stand)
{
	g_autoptr(GError) error = NULL;

	knobs_unlock(stand->bed->module, stand->map, &stand->bed->bounds, &error);
	g_assert_no_error(error);
}

static void set(struct stand *stand, const char *knob, guint lane, double value)
{
	g_autoptr(GError) error = NULL;

	knob_write(stand->bed->module, stand->map, knob, lane, value, NULL, &stand->bed->bounds,
	           &error);
	g_assert_no_error(error);
}

static double get(struct stand *stand, const char *knob, guint lane)
{
	g_autoptr(GError) error = NULL;
	double value = 0;

	knob_read(stand->bed->module, stand->map, knob, lane, &value, &stand->bed->bounds, &error);
	g_assert_no_error(error);
	return value;
}

static gboolean commit(struct stand *stand)
{
	g_autoptr(GError) error = NULL;

	if (knobs_commit(stand->bed->module, stand->map, &stand->bed->bounds, &error))
		return TRUE;
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	return FALSE;
}

static GPtrArray *open_journals(struct stand *stand)
{
	g_autofree char *present = g_strdup_printf("run-%u", stand->runs);
	g_autoptr(GError) error = NULL;
	GPtrArray *open = write_history_open(stand->folder, SERIAL, present, &error);

	g_assert_no_error(error);
	return open;
}

/* The next run: what it finds open, and makes of it. */
static enum write_how recover(struct stand *stand)
{
	const struct write_recovery recovery = {stand->bed->module, stand->map, cycle, stand->bed};
	g_autoptr(GPtrArray) open = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *words = NULL;
	struct write_history *history;
	struct write_store *store = NULL;
	enum write_how how = WRITE_OPEN;

	next_run(stand);
	must_cycle(stand);
	open = open_journals(stand);
	g_assert_cmpuint(open->len, ==, 1);
	history = g_ptr_array_index(open, 0);
	g_assert_cmpuint(write_history_n_open(history), ==, 1);
	for (guint i = 0; i < history->stores->len; i++)
		if (write_store_is_open(g_ptr_array_index(history->stores, i)))
			store = g_ptr_array_index(history->stores, i);
	write_recover(&recovery, store, &how, &words, &stand->bed->bounds, &error);
	g_assert_no_error(error);
	g_test_message("%s", words);
	write_history_settle(history, store, how, words, "the next run", &error);
	g_assert_no_error(error);
	g_ptr_array_unref(g_steal_pointer(&open));
	open = open_journals(stand);
	g_assert_cmpuint(open->len, ==, how == WRITE_DAMAGED ? 1 : 0);
	return how;
}

/* A first whole calibration, so that there is something to fall back on. */
static void calibrate(struct stand *stand)
{
	unlock(stand);
	for (guint lane = 1; lane <= 4; lane++)
		set(stand, "laser_bias", lane, 40e-3 + lane * 1e-3);
	set(stand, "bias_table[7]", 4, 60e-3);
	g_assert_true(commit(stand));
	must_cycle(stand);
	unlock(stand);
	set(stand, "cal_status", 0, 51739);
	g_assert_true(commit(stand));
}

static void check_first(struct stand *stand)
{
	g_autoptr(GError) error = NULL;

	must_cycle(stand);
	unlock(stand);
	knobs_check_stored(stand->bed->module, stand->map, &stand->bed->bounds, &error);
	g_assert_no_error(error);
	for (guint lane = 1; lane <= 4; lane++)
		g_assert_cmpfloat_with_epsilon(get(stand, "laser_bias", lane), 40e-3 + lane * 1e-3,
		                               1e-9);
	g_assert_cmpfloat_with_epsilon(get(stand, "bias_table[7]", 4), 60e-3, 1e-9);
	g_assert_cmpfloat(get(stand, "cal_status", 0), ==, 51739);
}

/* The power fails after that part of the commit. */
static void check_torn_commit(double part, enum write_how expected)
{
	struct stand stand = stand_new();

	calibrate(&stand);
	next_run(&stand);
	must_cycle(&stand);
	unlock(&stand);
	set(&stand, "cal_status", 0, 0);
	for (guint lane = 1; lane <= 4; lane++)
		set(&stand, "laser_bias", lane, 80e-3);
	set(&stand, "bias_table[0]", 1, 20e-3);
	sim_module_spoil_store(stand.bed->sim, 1, part);
	g_assert_false(commit(&stand));
	g_assert_cmpuint(write_journal_n_open(stand.journal), ==, 1);
	g_assert_cmpint(recover(&stand), ==, expected);
	if (expected != WRITE_VERIFIED)
		check_first(&stand);
	stand_done(&stand);
}

static void test_commit_each_part(void)
{
	for (guint i = 0; i <= 12; i++)
		check_torn_commit(i / 12.5, i == 0 ? WRITE_UNTOUCHED : WRITE_RESTORED);
}

/* Torn in the last page, the status word already says that all is valid. */
static void test_half_never_valid(void)
{
	struct stand stand = stand_new();
	g_autoptr(GError) error = NULL;

	unlock(&stand);
	set(&stand, "laser_bias", 1, 50e-3);
	g_assert_true(commit(&stand));
	set(&stand, "cal_status", 0, 51739);
	sim_module_spoil_store(stand.bed->sim, 1, 0.8);
	g_assert_false(commit(&stand));
	must_cycle(&stand);
	unlock(&stand);
	g_assert_cmpfloat(get(&stand, "cal_status", 0), ==, 51739);
	g_assert_false(
		knobs_check_stored(stand.bed->module, stand.map, &stand.bed->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_cmpint(recover(&stand), ==, WRITE_RESTORED);
	g_assert_cmpfloat(get(&stand, "cal_status", 0), ==, 0);
	g_assert_cmpfloat_with_epsilon(get(&stand, "laser_bias", 1), 50e-3, 1e-9);
	stand_done(&stand);
}

/* The station is stopped between its line and the module, or before it saw the end. */
static void test_station_stopped(void)
{
	for (guint after = 0; after < 2; after++) {
		struct stand stand = stand_new();
		g_autoptr(module_image) image = module_image_new();
		g_autoptr(GError) error = NULL;

		calibrate(&stand);
		next_run(&stand);
		must_cycle(&stand);
		unlock(&stand);
		set(&stand, "laser_bias", 2, 70e-3);
		knobs_image(stand.bed->module, stand.map, image, &stand.bed->bounds, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(write_journal_begin(stand.journal, "constants", WRITE_COMMIT,
		                                     write_journal_stored(stand.journal), image,
		                                     &error),
		                 >, 0);
		if (after) {
			/* nobody who tells the journal */
			module_set_journal(stand.bed->module, NULL);
			g_assert_true(commit(&stand));
			module_set_journal(stand.bed->module, stand.journal);
		}
		g_assert_cmpint(recover(&stand), ==, after ? WRITE_VERIFIED : WRITE_UNTOUCHED);
		stand_done(&stand);
	}
}

/* The power fails again while the bytes from before are written. */
static void test_fails_again(void)
{
	struct stand stand = stand_new();
	const struct write_recovery recovery = {stand.bed->module, stand.map, cycle, stand.bed};
	g_autoptr(GPtrArray) open = NULL;
	g_autofree char *words = NULL;
	g_autoptr(GError) error = NULL;
	struct write_history *history;
	enum write_how how = WRITE_OPEN;

	calibrate(&stand);
	next_run(&stand);
	must_cycle(&stand);
	unlock(&stand);
	set(&stand, "laser_bias", 1, 80e-3);
	sim_module_spoil_store(stand.bed->sim, 1, 0.3);
	g_assert_false(commit(&stand));
	next_run(&stand);
	must_cycle(&stand);
	open = open_journals(&stand);
	history = g_ptr_array_index(open, 0);
	sim_module_spoil_store(stand.bed->sim, 1, 0.6);
	g_assert_false(write_recover(&recovery,
	                             g_ptr_array_index(history->stores, history->stores->len - 1),
	                             &how, &words, &stand.bed->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	next_run(&stand);
	must_cycle(&stand);
	g_ptr_array_unref(g_steal_pointer(&open));
	open = open_journals(&stand);
	g_assert_cmpuint(open->len, ==, 2); /* the first one, and the attempt to make it good */
	for (guint i = 0; i < open->len; i++) {
		history = g_ptr_array_index(open, i);
		for (guint k = 0; k < history->stores->len; k++) {
			struct write_store *store = g_ptr_array_index(history->stores, k);

			if (!write_store_is_open(store))
				continue;
			g_clear_error(&error);
			g_clear_pointer(&words, g_free);
			write_recover(&recovery, store, &how, &words, &stand.bed->bounds, &error);
			g_assert_no_error(error);
			g_assert_cmpint(how, ==, i ? WRITE_VERIFIED : WRITE_RESTORED);
		}
	}
	check_first(&stand);
	stand_done(&stand);
}

/* Bytes that are stored as they are written, each WRITE at each of its bytes. */
static void test_direct(void)
{
	static const guint8 text[8] = {'A', 'C', 'M', 'E', ' ', 'F', '4', '2'};

	for (guint part = 0; part < 8; part++) {
		struct stand stand = stand_new();
		guint8 now[8] = {0};
		g_autoptr(GError) error = NULL;

		unlock(&stand);
		sim_module_spoil_store(stand.bed->sim, 1, part / 8.0);
		cmis_memory_write(module_memory(stand.bed->module), CMIS_ADDRESS(0, 0x03, 136),
		                  text, sizeof text, &stand.bed->bounds, NULL);
		g_assert_cmpuint(write_journal_n_open(stand.journal), ==, 1);
		g_assert_cmpint(recover(&stand), ==, WRITE_RESTORED);
		cmis_memory_read(module_memory(stand.bed->module), CMIS_ADDRESS(0, 0x03, 136), now,
		                 sizeof now, &stand.bed->bounds, &error);
		g_assert_no_error(error);
		for (guint i = 0; i < sizeof now; i++)
			g_assert_cmphex(now[i], ==, 0);
		stand_done(&stand);
	}
}

/* Read back, it is closed; the file takes its closed name when all of it is. */
static void test_closed(void)
{
	struct stand stand = stand_new();
	const guint8 byte = 0x42;
	guint8 now = 0;
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	unlock(&stand);
	cmis_memory_write(module_memory(stand.bed->module), CMIS_ADDRESS(0, 0x03, 200), &byte, 1,
	                  &stand.bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(write_journal_n_open(stand.journal), ==, 1);
	cmis_memory_read(module_memory(stand.bed->module), CMIS_ADDRESS(0, 0x03, 200), &now, 1,
	                 &stand.bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(write_journal_n_open(stand.journal), ==, 0);
	write_journal_finish(stand.journal, &error);
	g_assert_no_error(error);
	path = write_history_find(stand.folder, SERIAL, "run-1", &error);
	g_assert_no_error(error);
	g_assert_true(g_str_has_suffix(path, "/run-1.jsonl"));
	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	g_assert_nonnull(strstr(text, "\"after\":\"hidden\""));
	g_assert_null(strstr(text, "a5c3f01e"));
	stand_done(&stand);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/module/writes/commit-each-part", test_commit_each_part);
	g_test_add_func("/module/writes/half-never-valid", test_half_never_valid);
	g_test_add_func("/module/writes/station-stopped", test_station_stopped);
	g_test_add_func("/module/writes/fails-again", test_fails_again);
	g_test_add_func("/module/writes/direct", test_direct);
	g_test_add_func("/module/writes/closed", test_closed);
	return g_test_run();
}

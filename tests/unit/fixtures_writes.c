/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "fixtures/module_changes.h"
#include "fixtures/personal.h"
#include "fixtures/write_history.h"
#include "fixtures/write_journal.h"

#include <glib/gstdio.h>
#include <string.h>

/* Images of a module's memory, and journals as files: what is read of them, and what is refused. */

static struct module_image *image_of(const char *text)
{
	g_autoptr(GError) error = NULL;
	struct module_image *image = module_image_from_text(text, "test", &error);

	g_assert_no_error(error);
	return image;
}

static void test_image_text(void)
{
	g_autoptr(module_image) image =
		image_of("# a comment\n@LOWER\n00: 18 52\n@PAGE 1F BANK 2\nF0: -- 0a # two\n");
	g_autofree char *text = module_image_to_text(image);
	g_autoptr(module_image) again = image_of(text);
	g_autofree char *same = module_image_to_text(again);
	guint8 bytes[2];

	g_assert_cmpstr(text, ==, same);
	g_assert_true(module_image_get(again, 0, bytes, 2));
	g_assert_cmphex(bytes[1], ==, 0x52);
	g_assert_true(module_image_get(again, CMIS_ADDRESS(2, 0x1F, 0xF1), bytes, 1));
	g_assert_cmphex(bytes[0], ==, 0x0A);
	g_assert_false(module_image_get(again, CMIS_ADDRESS(2, 0x1F, 0xF0), bytes, 1));
	g_assert_false(module_image_get(again, CMIS_ADDRESS(0, 0x1F, 0xF1), bytes, 1));
}

static void test_image_refused(void)
{
	static const char *const wrong[] = {
		"",
		"00: 11\n",
		"@LOWER extra\n",
		"@PAGE 1 BANK 0\n",
		"@PAGE 01 BANK 10\n",
		"@LOWER\n80: 11\n",
		"@PAGE 01 BANK 0\n7F: 11\n",
		"@PAGE 01 BANK 0\n80: 1\n",
		"@PAGE 01 BANK 0\n80: 1g\n",
		"@LOWER\n7F: 11 22\n",
		"@PAGE 01 BANK 0\nFF: 11 22\n",
		"@LOWER\n0: 11\n",
		"junk\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(module_image_from_text(wrong[i], "test", &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_true(g_str_has_prefix(error->message, "test:"));
	}
}

static void test_image_runs(void)
{
	g_autoptr(module_image) a = image_of("@PAGE 03 BANK 0\n80: 01 02 03 -- 05\nF0: 07\n");
	g_autoptr(module_image) b = image_of("@PAGE 03 BANK 0\n80: 01 09 03 04 05\n");
	g_autoptr(GArray) all = module_image_runs(a, NULL);
	g_autoptr(GArray) differ = module_image_runs(a, b);

	g_assert_cmpuint(all->len, ==, 3);
	g_assert_cmpuint(g_array_index(all, struct module_run, 0).len, ==, 3);
	g_assert_cmpuint(differ->len, ==, 2);
	g_assert_cmphex(g_array_index(differ, struct module_run, 0).address, ==, 0x0381);
	g_assert_cmphex(g_array_index(differ, struct module_run, 1).address, ==, 0x03F0);
}

static const struct module_change *change_of(GPtrArray *changes, const char *field)
{
	for (guint i = 0; i < changes->len; i++) {
		const struct module_change *change = g_ptr_array_index(changes, i);

		if (strcmp(change->field, field) == 0)
			return change;
	}
	return NULL;
}

static void test_changes(void)
{
	g_autoptr(module_image) a = module_image_new();
	g_autoptr(module_image) b = NULL;
	g_autoptr(GPtrArray) changes = NULL;
	g_autoptr(GError) error = NULL;
	const struct module_change *change;

	g_assert_true(personal_put_field(a, "vendor_name", "ACME", &error));
	g_assert_true(personal_put_field(a, "revision", "A1", &error));
	g_assert_true(personal_put_bytes(a, 3, 130, (const guint8 *)"abc", 3, &error));
	b = module_image_copy(a);
	g_assert_true(personal_put_field(b, "vendor_name", "ACME INC", &error));
	g_assert_true(personal_put_bytes(b, 3, 131, (const guint8 *)"x", 1, &error));
	g_assert_true(personal_put_bytes(b, 3, 200, (const guint8 *)"y", 1, &error));
	g_assert_no_error(error);
	changes = module_changes(a, b, NULL);
	g_assert_cmpuint(changes->len, ==, 2);
	change = change_of(changes, "vendor.name");
	g_assert_nonnull(change);
	g_assert_cmpstr(change->before, ==, "\"ACME\"");
	g_assert_cmpstr(change->after, ==, "\"ACME INC\"");
	change = change_of(changes, "user.eeprom");
	g_assert_nonnull(change);
	g_assert_cmphex(change->address, ==, 0x0383);
	g_assert_cmpuint(change->len, ==, 1);
	g_assert_cmpstr(change->after, ==, "78");
}

static void test_personal_refused(void)
{
	static const struct {
		const char *field, *value, *words;
		int code;
	} rows[] = {
		{"serial", "12345678901234567", "17 characters long", STATION_ERROR_RANGE},
		{"serial", "a\tb", "not printable", STATION_ERROR_RANGE},
		{"oui", "00-1c", "not like", STATION_ERROR_RANGE},
		{"serail", "x", "did you mean \"serial\"", STATION_ERROR_CONFIG},
	};
	g_autoptr(module_image) image = module_image_new();

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(personal_put_field(image, rows[i].field, rows[i].value, &error));
		g_assert_error(error, STATION_ERROR, rows[i].code);
		g_assert_nonnull(strstr(error->message, rows[i].words));
	}
	for (guint page = 0; page < 5; page++) {
		g_autoptr(GError) error = NULL;

		g_assert_false(personal_put_bytes(image, page, 222, (const guint8 *)"ab",
		                                  page == 3 ? 0 : 2, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_RANGE);
	}
}

#define HEAD                                                                                       \
	"{\"journal\":\"station-writes-1\",\"run\":\"r1\",\"serial\":\"S\",\"part_number\":\"P\"," \
	"\"time\":\"t\"}\n"
#define STORE                                                                                      \
	"{\"store\":1,\"time\":\"t\",\"what\":\"w\",\"way\":\"direct\",\"spans\":[{\"page\":"      \
	"\"03\","                                                                                  \
	"\"byte\":128,\"before\":\"00\",\"after\":\"01\"}]}\n"

static struct write_history *load(const char *text, char **path, GError **error)
{
	g_autofree char *folder = g_dir_make_tmp("station-writes-XXXXXX", NULL);

	*path = g_build_filename(folder, "r1.open.jsonl", NULL);
	g_assert_true(g_file_set_contents(*path, text, -1, NULL));
	return write_history_load(*path, error);
}

static void forget(char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);

	g_remove(path);
	g_rmdir(folder);
	g_free(path);
}

static void test_history_cut_short(void)
{
	g_autoptr(GError) error = NULL;
	char *path = NULL;
	g_autoptr(write_history) history =
		load(HEAD STORE "{\"stored\":1,\"how\":\"sto", &path, &error);

	g_assert_no_error(error);
	g_assert_true(history->broken);
	g_assert_cmpuint(write_history_n_open(history), ==, 1);
	/* what is added stands in the place of the line that has no end */
	g_assert_true(write_history_settle(history, g_ptr_array_index(history->stores, 0),
	                                   WRITE_UNTOUCHED, "words", "r2", &error));
	g_assert_no_error(error);
	g_free(path);
	path = g_strdup(history->path);
	g_assert_true(g_str_has_suffix(path, "/r1.jsonl"));
	g_clear_pointer(&history, write_history_free);
	history = write_history_load(path, &error);
	g_assert_no_error(error);
	g_assert_false(history->broken);
	g_assert_cmpuint(write_history_n_open(history), ==, 0);
	forget(path);
}

static void test_history_refused(void)
{
	static const char *const wrong[] = {
		"",
		"{}\n",
		"nonsense\n" HEAD,
		HEAD "nonsense\n" STORE,
		HEAD "{\"stored\":7,\"how\":\"stored\"}\n\n",
		HEAD STORE "{\"stored\":1,\"how\":\"perhaps\"}\n\n",
		HEAD "{\"store\":1,\"time\":\"t\",\"what\":\"w\",\"way\":\"direct\","
		     "\"spans\":[{\"page\":\"03\",\"byte\":300,\"after\":\"01\"}]}\n\n",
		HEAD "{\"store\":1,\"time\":\"t\",\"what\":\"w\",\"way\":\"direct\","
		     "\"spans\":[{\"page\":\"03\",\"byte\":255,\"after\":\"0102\"}]}\n\n",
	};

	for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		char *path = NULL;

		g_assert_null(load(wrong[i], &path, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
		forget(path);
	}
}

/* An abort waits for no disk: a store that was to begin has not, one that ended has. */
static void test_aborted(void)
{
	g_autofree char *folder = g_dir_make_tmp("writes-XXXXXX", NULL);
	g_autofree char *place = g_build_filename(folder, "S1", NULL);
	g_autoptr(GCancellable) stop = g_cancellable_new();
	const struct write_unit unit = {"R1", "S1", "P", "line1", 1, stop};
	g_autoptr(GError) error = NULL;
	struct write_journal *journal = write_journal_open(folder, &unit, &error);
	guint ended;

	g_assert_no_error(error);
	ended = write_journal_begin(journal, "first", WRITE_COMMAND, NULL, NULL, &error);
	g_assert_cmpuint(ended, !=, 0);
	g_cancellable_cancel(stop);
	g_assert_true(write_journal_end(journal, ended, WRITE_STORED, NULL, &error));
	g_assert_cmpuint(write_journal_begin(journal, "second", WRITE_COMMAND, NULL, NULL, &error),
	                 ==, 0);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	g_assert_true(write_journal_finish(journal, &error));
	g_autoptr(write_history) history = write_history_load(write_journal_path(journal), &error);
	g_assert_no_error(error);
	g_assert_cmpuint(history->stores->len, ==, 2);
	const struct write_store *first = g_ptr_array_index(history->stores, 0);
	const struct write_store *second = g_ptr_array_index(history->stores, 1);
	g_assert_cmpstr(write_how_name(first->how), ==, "stored");
	g_assert_cmpstr(write_how_name(second->how), ==, "untouched");
	g_unlink(write_journal_path(journal));
	write_journal_free(journal);
	g_assert_cmpint(g_rmdir(place), ==, 0);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/writes/image/text", test_image_text);
	g_test_add_func("/writes/image/refused", test_image_refused);
	g_test_add_func("/writes/image/runs", test_image_runs);
	g_test_add_func("/writes/changes", test_changes);
	g_test_add_func("/writes/personal/refused", test_personal_refused);
	g_test_add_func("/writes/history/cut-short", test_history_cut_short);
	g_test_add_func("/writes/history/refused", test_history_refused);
	g_test_add_func("/writes/aborted", test_aborted);
	return g_test_run();
}

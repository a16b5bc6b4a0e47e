/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* A fixture's traffic written down and played back. */
#include "base/error.h"
#include "base/recording.h"
#include "tests/unit/fixtures_board.h"

static char *path_of(const char *name)
{
	g_mkdir_with_parents(g_get_user_runtime_dir(), 0700);
	return g_build_filename(g_get_user_runtime_dir(), name, NULL);
}

static char *resource_of(const char *top, guint port)
{
	g_autofree char *path = path_of("fixture%3A1.jsonl");

	return g_strdup_printf("%s:file=%s:controller:127.0.0.1:%u", top, path, port);
}

static void note(GString *seen, gboolean ok, const char *what, GError **error)
{
	g_string_append_printf(seen, "%s %d %s\n", what, ok ? -1 : (*error)->code,
	                       ok ? "" : (*error)->message);
	g_clear_error(error);
}

/* What is asked, with an answer in two pieces, a garbled and a lost one; all that is seen of it. */
static char *use(const char *resource, struct board *board)
{
	GString *seen = g_string_new(NULL);
	struct bounds bounds = within(20);
	GError *error = NULL;
	g_autoptr(fixture) fix = fixture_open(resource, &bounds, &error);
	guint8 data[3] = {0};
	guint64 count = 0;

	g_assert_no_error(error);
	g_string_append_printf(seen, "%s %s\n", fixture_resource(fix), fixture_serial_number(fix));
	note(seen, fixture_pin_set(fix, "ModSelL", FALSE, &bounds, &error), "select", &error);
	note(seen, fixture_pin_set(fix, "ResetL", TRUE, &bounds, &error), "release", &error);
	if (board) {
		board_will(board, SPLIT, 7, NULL);
		board_will(board, WRONG_CRC, 0, NULL);
		board_will(board, CUT, 5, NULL);
	}
	note(seen, fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, &error), "read", &error);
	g_string_append_printf(seen, "%02x%02x%02x\n", data[0], data[1], data[2]);
	note(seen, fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, &error), "garbled", &error);
	note(seen, fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, &error), "lost", &error);
	note(seen, fixture_insertions(fix, &count, &bounds, &error), "count", &error);
	g_string_append_printf(seen, "%" G_GUINT64_FORMAT "\n", count);
	return g_string_free(seen, FALSE);
}

static void test_again(void)
{
	struct board *board = board_new();
	g_autofree char *record = resource_of("record", board->port);
	g_autofree char *replay = resource_of("replay", board->port);
	g_autofree char *first = use(record, board);
	g_autofree char *where = NULL;

	g_assert_cmpuint(board->connections, ==, 2);
	board_free(board);
	g_assert_nonnull(strstr(first, "garbled reply"));
	g_autofree char *second = use(replay, NULL);
	g_assert_cmpstr(second, ==, first);
	g_assert_true(recording_all_played(&where));
	recording_forget_all();
}

/* What is asked differs: both are shown, and the file's line. */
static void test_departs(void)
{
	struct board *board = board_new();
	g_autofree char *record = resource_of("record", board->port);
	g_autofree char *replay = resource_of("replay", board->port);
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;
	gboolean level;

	struct fixture *fix = fixture_open(record, &bounds, &error);
	g_assert_no_error(error);
	g_assert_true(fixture_pin_get(fix, "ModPrsL", &level, &bounds, &error));
	fixture_close(fix);
	board_free(board);
	fix = fixture_open(replay, &bounds, &error);
	g_assert_no_error(error);
	g_assert_false(fixture_pin_get(fix, "IntL", &level, &bounds, &error));
	g_assert_nonnull(strstr(error->message, "line 6: recorded was sent \"#3 PIN? ModPrsL"));
	g_assert_nonnull(strstr(error->message, "now comes: sent \"#3 PIN? IntL"));
	fixture_close(fix);
	recording_forget_all();
}

static void test_refused(void)
{
	static const char *const wrong[] = {
		"record:controller:127.0.0.1:1",
		"record:file=:controller:127.0.0.1:1",
		"replay:file=/x",
		"replay:file=/x%:controller:127.0.0.1:1",
		"record:file=/x:TCPIP::h::1::SOCKET",
	};
	struct bounds bounds = within(20);

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(fixture_open(wrong[i], &bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	}
	g_autoptr(GError) error = NULL;
	g_assert_null(fixture_open("replay:file=/nowhere/at/all:controller:h:1", &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_STORAGE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/record/again", test_again);
	g_test_add_func("/fixtures/record/departs", test_departs);
	g_test_add_func("/fixtures/record/refused", test_refused);
	return g_test_run();
}

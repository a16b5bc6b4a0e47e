/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "tests/unit/fixtures_board.h"

#include <string.h>

/* The controller of an OSFP socket: lines of several levels, and when the bus is open. */

static struct fixture *open_osfp(struct board *board)
{
	g_autoptr(GError) error = NULL;
	struct fixture *fix;

	board->hello = "OK station-fixture 1 FX-0043 OSFP";
	fix = open_board(board, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(fixture_form(fix), ==, "OSFP");
	return fix;
}

static void assert_heard(struct board *board, guint i, const char *body)
{
	g_mutex_lock(&board->lock);
	g_assert_cmpuint(i, <, board->heard->len);
	g_assert_cmpstr(board->heard->pdata[i], ==, body);
	g_mutex_unlock(&board->lock);
}

static void test_voltage(void)
{
	static const struct {
		const char *reply;
		double volts;
	} good[] = {{"OK 1.905", 1.905}, {"OK 0.000", 0}, {"OK -0.002", -0.002}, {"OK 3.300", 3.3}};
	static const char *const bad[] = {
		"OK",        "OK 1.905 V", "OK 1.905 1.905", "OK 1.9e0",          "OK nan",
		"OK 1.905V", "OK high",    "OK 1.905.1",     "ERR 4 unknown-pin",
	};
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_osfp(board);
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
		double volts = -1;

		board_will(board, BODY, 0, good[i].reply);
		g_assert_true(fixture_line_get(fix, "INT/RSTn", &volts, &bounds, &error));
		g_assert_cmpfloat(volts, ==, good[i].volts);
		assert_heard(board, i, "LINE? INT/RSTn");
	}
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		double volts = -1;

		g_test_message("%s", bad[i]);
		board_will(board, BODY, 0, bad[i]);
		g_assert_false(fixture_line_get(fix, "LPWn/PRSn", &volts, &bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		g_assert_nonnull(strstr(error->message, "line LPWn/PRSn"));
		g_clear_error(&error);
	}
	g_assert_false(fixture_line_get(fix, "INT RSTn\n", &(double){0}, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

/* Measuring twice does no harm: a garbled reply is asked for again. */
static void test_repeated(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_osfp(board);
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;
	double volts = 0;

	board_will(board, WRONG_CRC, 0, NULL);
	board_will(board, NOT_TAKEN, 0, NULL);
	board_will(board, BODY, 0, "OK 1.905");
	g_assert_true(fixture_line_get(fix, "INT/RSTn", &volts, &bounds, &error));
	g_assert_no_error(error);
	g_assert_cmpfloat(volts, ==, 1.905);
	g_assert_cmpuint(heard(board), ==, 3);
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

/* RSTn is what opens the bus; there is nothing to select. */
static void test_bus(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_osfp(board);
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;
	guint8 data[3] = {0};
	guint epoch;

	g_assert_false(fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	board_will(board, GOOD, 0, NULL);
	board_will(board, BODY, 0, "OK 1.905");
	g_assert_true(fixture_set_reset(fix, FALSE, &bounds, &error));
	assert_heard(board, 0, "PIN RSTn 1");
	assert_heard(board, 1, "LINE? INT/RSTn");
	g_assert_true(fixture_select(fix, TRUE, &bounds, &error));
	g_assert_true(fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, &error));
	g_assert_cmpmem(data, 3, "\x18\x52\x0A", 3);
	epoch = fixture_epoch(fix);
	board_will(board, GOOD, 0, NULL);
	board_will(board, BODY, 0, "OK 0.300");
	g_assert_true(fixture_set_reset(fix, TRUE, &bounds, &error));
	g_assert_cmpuint(fixture_epoch(fix), >, epoch);
	g_assert_false(fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_cmpuint(heard(board), ==, 5);
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/lines/voltage", test_voltage);
	g_test_add_func("/fixtures/lines/repeated", test_repeated);
	g_test_add_func("/fixtures/lines/bus", test_bus);
	return g_test_run();
}

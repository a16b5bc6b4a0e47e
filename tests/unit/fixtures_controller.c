/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* The line protocol against a board that does not always keep to it. */
#include "base/error.h"
#include "fixtures/fixture.h"
#include "tests/unit/fixtures_board.h"

static gboolean xfer(struct fixture *fix, guint8 data[3], enum fixture_nack *nack, GError **error)
{
	guint8 byte = 0x80;
	struct bounds bounds = within(20);

	return fixture_i2c_xfer(fix, 0x50, &byte, 1, data, 3, nack, &bounds, error);
}

static void test_requests(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_ready(board);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	guint8 out[2] = {0x1A, 0x40};
	guint8 data[3] = {0};
	gboolean level = TRUE;
	gboolean present = FALSE;
	guint64 count = 0;

	g_assert_cmpstr(fixture_serial_number(fix), ==, "FX-0042");
	g_assert_cmpstr(fixture_form(fix), ==, "QSFP-DD");
	g_assert_true(g_str_has_prefix(fixture_resource(fix), "controller:127.0.0.1:"));
	g_assert_true(fixture_pin_get(fix, "ModPrsL", &level, &bounds, &error));
	g_assert_false(level);
	g_assert_true(fixture_module_present(fix, &present, &bounds, &error));
	g_assert_true(present);
	g_assert_true(fixture_insertions(fix, &count, &bounds, &error));
	g_assert_cmpuint(count, ==, 17);
	g_assert_true(fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, &error));
	g_assert_cmpmem(data, 3, "\x18\x52\x0A", 3);
	memset(data, 0, 3);
	g_assert_true(xfer(fix, data, NULL, &error));
	g_assert_cmpmem(data, 3, "\x18\x52\x0A", 3);
	g_assert_true(fixture_i2c_write(fix, 0x50, out, 2, NULL, &bounds, &error));
	g_assert_true(fixture_safe(fix, &bounds, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(board->connections, ==, 1);
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

/* A reply in pieces is one reply, wherever it is cut in two. */
static void test_split(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_ready(board);

	for (gsize at = 0; at < 20; at++) {
		g_autoptr(GError) error = NULL;
		guint8 data[3] = {0};

		board_will(board, SPLIT, at, NULL);
		g_assert_true(xfer(fix, data, NULL, &error));
		g_assert_cmpmem(data, 3, "\x18\x52\x0A", 3);
	}
	g_assert_cmpuint(board->connections, ==, 1);
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

/* A reply cut short at any byte is no reply; the module is not touched before it is set up again.
 */
static void test_cut(void)
{
	for (gsize at = 0; at < 20; at++) {
		struct board *board = board_new();
		g_autoptr(fixture) fix = open_ready(board);
		g_autoptr(GError) error = NULL;
		struct bounds bounds = within(20);
		guint8 data[3] = {0xEE, 0xEE, 0xEE};
		guint epoch = fixture_epoch(fix);
		guint before = heard(board);

		board_will(board, CUT, at, NULL);
		g_assert_false(xfer(fix, data, NULL, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		g_assert_cmpmem(data, 3, "\xEE\xEE\xEE", 3);
		g_clear_error(&error);
		g_assert_cmpuint(fixture_epoch(fix), >, epoch);
		/* Not repeated, and the next refused by the station itself. */
		g_assert_false(xfer(fix, data, NULL, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		g_clear_error(&error);
		g_assert_cmpuint(heard(board), ==, before + 1);
		g_assert_true(fixture_pin_set(fix, "ResetL", TRUE, &bounds, &error));
		g_assert_false(xfer(fix, data, NULL, NULL));
		g_assert_true(fixture_pin_set(fix, "ModSelL", FALSE, &bounds, &error));
		g_assert_true(xfer(fix, data, NULL, &error));
		g_assert_cmpmem(data, 3, "\x18\x52\x0A", 3);
		g_clear_pointer(&fix, fixture_close);
		board_free(board);
	}
}

static const enum mischief garbling[] = {
	WRONG_CRC, LOWER_CASE_CRC, NOT_PRINTABLE, CR_BEFORE_LF, NO_HASH,
};

static const enum mischief losing[] = {WRONG_SEQUENCE, TWICE, TOO_LONG};

/* A garbled reply to something that can be repeated is repeated on the same connection. */
static void test_garbled_repeats(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_ready(board);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);

	for (guint i = 0; i < G_N_ELEMENTS(garbling); i++) {
		guint before = heard(board);
		guint64 count = 0;

		board_will(board, garbling[i], 0, NULL);
		board_will(board, garbling[i], 0, NULL);
		g_assert_true(fixture_insertions(fix, &count, &bounds, &error));
		g_assert_cmpuint(count, ==, 17);
		g_assert_cmpuint(heard(board), ==, before + 3);
		for (guint k = 0; k < 3; k++)
			board_will(board, garbling[i], 0, NULL);
		g_assert_false(fixture_insertions(fix, &count, &bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		g_clear_error(&error);
		g_assert_cmpuint(heard(board), ==, before + 6);
	}
	g_assert_cmpuint(board->connections, ==, 1);
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

/* A garbled reply to a transfer is not repeated: the module may have cleared flags with the first.
 */
static void test_garbled_transfer(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_ready(board);

	for (guint i = 0; i < G_N_ELEMENTS(garbling); i++) {
		g_autoptr(GError) error = NULL;
		guint before = heard(board);
		guint8 data[3] = {0};

		board_will(board, garbling[i], 0, NULL);
		g_assert_false(xfer(fix, data, NULL, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		g_assert_cmpuint(heard(board), ==, before + 1);
		g_clear_error(&error);
		/* In step all the same. */
		g_assert_true(xfer(fix, data, NULL, &error));
		/* Not executed, so repeated whatever it is. */
		board_will(board, NOT_TAKEN, 0, NULL);
		board_will(board, NOT_TAKEN, 0, NULL);
		g_assert_true(xfer(fix, data, NULL, &error));
		g_assert_cmpuint(heard(board), ==, before + 5);
	}
	g_assert_cmpuint(board->connections, ==, 1);
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

/* Out of step: a new connection, and what can be repeated is. */
static void test_lost(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(losing); i++) {
		struct board *board = board_new();
		g_autoptr(fixture) fix = open_ready(board);
		g_autoptr(GError) error = NULL;
		struct bounds bounds = within(20);
		guint8 data[3] = {0};
		guint64 count = 0;

		board_will(board, losing[i], 0, NULL);
		g_assert_true(fixture_insertions(fix, &count, &bounds, &error));
		g_assert_cmpuint(count, ==, 17);
		g_assert_cmpuint(board->connections, ==, 2);
		g_assert_false(xfer(fix, data, NULL, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		g_clear_pointer(&fix, fixture_close);
		board_free(board);
	}
}

/* A reply later than the caller waits is never taken for the next one's. */
static void test_late(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_ready(board);
	g_autoptr(GError) error = NULL;
	struct bounds brief = within(0.02);
	struct bounds bounds = within(20);
	guint8 byte = 0x80;
	guint8 data[3] = {0};
	guint64 count = 0;

	board_will(board, LATE, 0, NULL);
	g_assert_false(fixture_i2c_xfer(fix, 0x50, &byte, 1, data, 3, NULL, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_clear_error(&error);
	g_assert_true(fixture_insertions(fix, &count, &bounds, &error));
	g_assert_cmpuint(count, ==, 17);
	g_assert_cmpuint(board->connections, ==, 2);
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

static void test_codes(void)
{
	static const struct {
		const char *body;
		enum station_error code;
		enum fixture_nack nack;
	} rows[] = {
		{"ERR 1 bad-line", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"ERR 2 unknown-command", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"ERR 3 bad-argument", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"ERR 10 nack-address", STATION_ERROR_MODULE, FIXTURE_NACK_ADDRESS},
		{"ERR 11 nack-data", STATION_ERROR_MODULE, FIXTURE_NACK_DATA},
		{"ERR 12 bus-stuck", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"ERR 13 bus-timeout", STATION_ERROR_MODULE, FIXTURE_NACK_NONE},
		{"ERR 20 no-module", STATION_ERROR_ABSENT, FIXTURE_NACK_NONE},
		{"ERR 10 no-module", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"ERR 99 surprise", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"ERR", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"OKAY", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"OK", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"OK 1852", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"OK 18520A0B", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"OK 18520a", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"OK 1852 A", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{"OK  18520A", STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
	};
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_ready(board);

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		enum fixture_nack nack = FIXTURE_NACK_DATA;
		guint before = heard(board);
		guint8 data[3] = {0};

		g_test_message("%s", rows[i].body);
		board_will(board, BODY, 0, rows[i].body);
		g_assert_false(xfer(fix, data, &nack, &error));
		g_assert_error(error, STATION_ERROR, (int)rows[i].code);
		g_assert_cmpint(nack, ==, rows[i].nack);
		g_assert_cmpuint(heard(board), ==, before + 1);
	}
	g_assert_cmpuint(board->connections, ==, 1);
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

/* Replies that are right in form and wrong for what was asked. */
static void test_wrong_data(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_ready(board);
	struct bounds bounds = within(20);
	guint8 out[2] = {0x1A, 0x40};
	gboolean level;
	guint64 count;

	board_will(board, BODY, 0, "OK 2");
	g_assert_false(fixture_pin_get(fix, "ModPrsL", &level, &bounds, NULL));
	board_will(board, BODY, 0, "OK -1");
	g_assert_false(fixture_insertions(fix, &count, &bounds, NULL));
	board_will(board, BODY, 0, "OK 1");
	g_assert_false(fixture_i2c_write(fix, 0x50, out, 2, NULL, &bounds, NULL));
	board_will(board, BODY, 0, "OK 1");
	g_assert_false(fixture_pin_set(fix, "LPMode", TRUE, &bounds, NULL));
	board_will(board, BODY, 0, "OK safe");
	g_assert_false(fixture_safe(fix, &bounds, NULL));
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

static void test_hello(void)
{
	static const struct {
		const char *hello;
		int code; /* -1: good */
	} rows[] = {
		{"OK station-fixture 1 FX-1 OSFP", -1},
		{"OK station-fixture 2 FX-1 QSFP-DD", STATION_ERROR_FIXTURE},
		{"OK station-fixture 1 FX-1 SFP", STATION_ERROR_FIXTURE},
		{"OK station-fixture 1 FX-1", STATION_ERROR_FIXTURE},
		{"OK station-fixture 1  QSFP-DD", STATION_ERROR_FIXTURE},
		{"OK other 1 FX-1 QSFP-DD", STATION_ERROR_FIXTURE},
		{"OK", STATION_ERROR_FIXTURE},
		{"ERR 2 unknown-command", STATION_ERROR_FIXTURE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct board *board = board_new();
		g_autoptr(GError) error = NULL;
		g_autoptr(fixture) fix = NULL;

		board->hello = rows[i].hello;
		fix = open_board(board, &error);
		if (rows[i].code < 0) {
			g_assert_no_error(error);
			g_assert_cmpstr(fixture_form(fix), ==, "OSFP");
		} else {
			g_assert_null(fix);
			g_assert_error(error, STATION_ERROR, rows[i].code);
		}
		g_clear_pointer(&fix, fixture_close);
		board_free(board);
	}
}

/* Another board behind the same address after a lost connection is another fixture. */
static void test_swapped(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_ready(board);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	guint8 data[3];
	guint64 count;

	board_will(board, CUT, 0, NULL);
	g_assert_false(xfer(fix, data, NULL, NULL));
	g_mutex_lock(&board->lock);
	board->hello = "OK station-fixture 1 FX-0043 QSFP-DD";
	g_mutex_unlock(&board->lock);
	g_assert_false(fixture_insertions(fix, &count, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(strstr(error->message, "FX-0043"));
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

static void test_resources(void)
{
	static const struct {
		const char *resource;
		enum station_error code;
	} rows[] = {
		{"", STATION_ERROR_CONFIG},
		{"gpio:0", STATION_ERROR_CONFIG},
		{"board:", STATION_ERROR_CONFIG},
		{"board:file=", STATION_ERROR_CONFIG},
		{"board:file=/nonexistent/board.yaml", STATION_ERROR_CONFIG},
		{"record:file=x:board:file=/y.yaml", STATION_ERROR_UNSUPPORTED},
		{"controller:", STATION_ERROR_CONFIG},
		{"controller:localhost", STATION_ERROR_CONFIG},
		{"controller::5025", STATION_ERROR_CONFIG},
		{"controller:127.0.0.1:0", STATION_ERROR_CONFIG},
		{"controller:127.0.0.1:65536", STATION_ERROR_CONFIG},
		{"controller:127.0.0.1:12x", STATION_ERROR_CONFIG},
		{"controller:fe80::1", STATION_ERROR_CONFIG},
		{"controller:/nonexistent/tty", STATION_ERROR_IO},
		{"controller:/dev/null", STATION_ERROR_IO},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		struct bounds bounds = within(20);

		g_test_message("%s", rows[i].resource);
		g_assert_null(fixture_open(rows[i].resource, &bounds, &error));
		g_assert_error(error, STATION_ERROR, (int)rows[i].code);
	}
}

static void test_nobody(void)
{
	struct board *board = board_new();
	g_autofree char *resource = g_strdup_printf("controller:127.0.0.1:%u", board->port);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);

	board_free(board);
	g_assert_null(fixture_open(resource, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
}

/* Numbers go from 1 to 65535 and begin again; the board checks each reply it is asked for. */
static void test_sequence_wraps(void)
{
	struct board *board = board_new();
	g_autoptr(fixture) fix = open_ready(board);
	struct bounds bounds = within(120);
	guint64 count = 0;

	if (!g_test_slow()) {
		g_test_skip("65 000 requests: only with -m slow");
	} else {
		for (guint i = 0; i < 65600; i++)
			g_assert_true(fixture_insertions(fix, &count, &bounds, NULL));
		g_assert_cmpuint(board->connections, ==, 1);
	}
	g_clear_pointer(&fix, fixture_close);
	board_free(board);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/controller/requests", test_requests);
	g_test_add_func("/fixtures/controller/split", test_split);
	g_test_add_func("/fixtures/controller/cut", test_cut);
	g_test_add_func("/fixtures/controller/garbled-repeats", test_garbled_repeats);
	g_test_add_func("/fixtures/controller/garbled-transfer", test_garbled_transfer);
	g_test_add_func("/fixtures/controller/lost", test_lost);
	g_test_add_func("/fixtures/controller/late", test_late);
	g_test_add_func("/fixtures/controller/codes", test_codes);
	g_test_add_func("/fixtures/controller/wrong-data", test_wrong_data);
	g_test_add_func("/fixtures/controller/hello", test_hello);
	g_test_add_func("/fixtures/controller/swapped", test_swapped);
	g_test_add_func("/fixtures/controller/resources", test_resources);
	g_test_add_func("/fixtures/controller/nobody", test_nobody);
	g_test_add_func("/fixtures/controller/sequence-wraps", test_sequence_wraps);
	return g_test_run();
}

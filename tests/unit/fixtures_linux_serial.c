/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* A fixture controller on a serial line, through libserialport, on umockdev. */
#include "base/error.h"
#include "fixtures/fixture.h"
#include "tests/bench/serial_instrument.h"
#include "tests/unit/fixtures_board.h"

static const char resource[] = "controller:/dev/ttyUSB0";
static const char skipped[] = "SERIAL FIXTURE NOT TESTED: umockdev is not installed";

/* A controller at the end of a line. */
struct bed {
	struct board *board;
	struct serial_instrument *line;
	struct fixture *fixture;
	struct bounds bounds;
};

/* FALSE, and the test skipped, where there are no such lines. */
static gboolean bed_start(struct bed *bed)
{
	g_autoptr(GError) error = NULL;

	if (umockdev_missing(skipped) || serial_missing())
		return FALSE;
	bed->board = board_new();
	bed->line = serial_instrument_new(bed->board->port);
	bed->bounds = within(20);
	bed->fixture = fixture_open(resource, &bed->bounds, &error);
	g_assert_no_error(error);
	return TRUE;
}

static void bed_stop(struct bed *bed)
{
	fixture_close(bed->fixture);
	serial_instrument_free(bed->line);
	board_free(bed->board);
}

static void release(struct bed *bed)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(fixture_pin_set(bed->fixture, "ModSelL", FALSE, &bed->bounds, &error));
	g_assert_true(fixture_pin_set(bed->fixture, "ResetL", TRUE, &bed->bounds, &error));
}

static gboolean xfer(struct bed *bed, guint8 data[3], GError **error)
{
	const guint8 byte = 0x80;

	return fixture_i2c_xfer(bed->fixture, 0x50, &byte, 1, data, 3, NULL, &bed->bounds, error);
}

static void test_requests(void)
{
	struct bed bed = {0};
	g_autoptr(GError) error = NULL;
	guint64 count = 0;
	guint8 data[3];

	if (!bed_start(&bed))
		return;
	g_assert_cmpstr(fixture_serial_number(bed.fixture), ==, "FX-0042");
	g_assert_cmpstr(fixture_resource(bed.fixture), ==, resource);
	release(&bed);
	g_assert_true(xfer(&bed, data, &error));
	g_assert_cmpmem(data, 3, "\x18\x52\x0A", 3);
	g_assert_true(fixture_insertions(bed.fixture, &count, &bed.bounds, &error));
	g_assert_cmpuint(count, ==, 17);
	g_assert_true(fixture_safe(bed.fixture, &bed.bounds, &error));
	g_assert_no_error(error);
	bed_stop(&bed);
}

/* 115200 8N1, raw, without any handshake: what the protocol's document says. */
static void test_settings(void)
{
	struct bed bed = {0};
	struct termios now;

	if (!bed_start(&bed))
		return;
	g_assert_cmpint(tcgetattr(bed.line->adapter.fd, &now), ==, 0);
	g_assert_cmpint(cfgetispeed(&now), ==, B115200);
	g_assert_cmpint(cfgetospeed(&now), ==, B115200);
	g_assert_cmphex(now.c_cflag & CSIZE, ==, CS8);
	g_assert_cmphex(now.c_cflag & (PARENB | CSTOPB | CRTSCTS), ==, 0);
	g_assert_cmphex(now.c_iflag & (IXON | IXOFF | ICRNL | INLCR), ==, 0);
	g_assert_cmphex(now.c_lflag & (ICANON | ECHO | ISIG), ==, 0);
	bed_stop(&bed);
}

/* An answer in pieces is whole; one that is garbled is not taken, and the line goes on. */
static void test_pieces(void)
{
	struct bed bed = {0};
	guint8 data[3];

	if (!bed_start(&bed))
		return;
	release(&bed);
	for (gsize at = 1; at < 16; at += 5) {
		g_autoptr(GError) error = NULL;

		board_will(bed.board, SPLIT, at, NULL);
		g_assert_true(xfer(&bed, data, &error));
		g_assert_no_error(error);
		g_assert_cmpmem(data, 3, "\x18\x52\x0A", 3);
	}
	board_will(bed.board, WRONG_CRC, 0, NULL);
	g_assert_false(xfer(&bed, data, NULL));
	g_assert_true(xfer(&bed, data, NULL));
	bed_stop(&bed);
}

/* Nobody answers: the caller's own time ends it, and so does his wish. */
static void test_bounds(void)
{
	struct bed bed = {0};
	g_autoptr(GError) error = NULL;
	guint8 data[3];

	if (!bed_start(&bed))
		return;
	release(&bed);
	board_will(bed.board, LATE, 0, NULL);
	bed.bounds = within(0.05);
	g_assert_false(xfer(&bed, data, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	bed_stop(&bed);
}

/* Pulled out in use: the fixture is at fault, not the module, and nothing hangs. */
static void test_gone(void)
{
	struct bed bed = {0};
	g_autoptr(GError) error = NULL;
	guint8 data[3];

	if (!bed_start(&bed))
		return;
	release(&bed);
	/* the other end of the line closes for good */
	close(bed.line->stop[1]);
	g_thread_join(bed.line->thread);
	close(bed.line->adapter.fd);
	g_assert_false(xfer(&bed, data, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(strstr(error->message, "serial port is gone"));
	g_clear_error(&error);
	/* and a module is not blamed for it afterwards either */
	bed.bounds = within(0.2);
	g_assert_false(xfer(&bed, data, &error));
	g_assert_false(g_error_matches(error, STATION_ERROR, STATION_ERROR_MODULE));
	fixture_close(bed.fixture);
	close(bed.line->stop[0]);
	serial_adapter_stop(&bed.line->adapter);
	g_free(bed.line);
	board_free(bed.board);
}

static void test_missing(void)
{
	g_autoptr(GError) error = NULL;
	const struct bounds bounds = within(5);

	if (umockdev_missing(skipped) || serial_missing())
		return;
	g_assert_null(fixture_open("controller:/dev/ttyUSB7", &bounds, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "/dev/ttyUSB7"));
}

int main(int argc, char **argv)
{
	umockdev_restart(argv);
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/linux-serial/requests", test_requests);
	g_test_add_func("/fixtures/linux-serial/settings", test_settings);
	g_test_add_func("/fixtures/linux-serial/pieces", test_pieces);
	g_test_add_func("/fixtures/linux-serial/bounds", test_bounds);
	g_test_add_func("/fixtures/linux-serial/gone", test_gone);
	g_test_add_func("/fixtures/linux-serial/missing", test_missing);
	return g_test_run();
}

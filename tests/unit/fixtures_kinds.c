/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "tests/unit/fixtures_board.h"
#include "tests/unit/fixtures_parts.h"

/* What fixture.h promises, for every kind of fixture. */

enum trouble { NACK_ADDRESS, NACK_DATA, STUCK, STRETCHED, EMPTY };

/* A QSFP-DD socket with the module of fixtures_board.h; world is the kind's own. */
struct kind {
	const char *name;
	gpointer (*start)(void);
	struct fixture *(*open)(gpointer world, GError **error);
	void (*will)(gpointer world, enum trouble trouble); /* at the next transfer */
	guint (*reached)(gpointer world);                   /* transfers that got to the bus */
	void (*stop)(gpointer world);
};

/* --- the controller --------------------------------------------------------------------------- */

static gpointer controller_start(void)
{
	return board_new();
}

static struct fixture *controller_open_one(gpointer world, GError **error)
{
	return open_board(world, error);
}

static void controller_will(gpointer world, enum trouble trouble)
{
	static const char *const replies[] = {
		[NACK_ADDRESS] = "ERR 10 nack-address", [NACK_DATA] = "ERR 11 nack-data",
		[STUCK] = "ERR 12 bus-stuck",           [STRETCHED] = "ERR 13 bus-timeout",
		[EMPTY] = "ERR 20 no-module",
	};

	board_will(world, BODY, 0, replies[trouble]);
}

static guint controller_reached(gpointer world)
{
	struct board *board = world;
	guint n = 0;

	g_mutex_lock(&board->lock);
	for (guint i = 0; i < board->heard->len; i++)
		n += g_str_has_prefix(board->heard->pdata[i], "XFER") ||
		     g_str_has_prefix(board->heard->pdata[i], "READ") ||
		     g_str_has_prefix(board->heard->pdata[i], "WRITE");
	g_mutex_unlock(&board->lock);
	return n;
}

static void controller_stop(gpointer world)
{
	board_free(world);
}

/* --- the board -------------------------------------------------------------------------------- */

static gpointer parts_start(void)
{
	return parts_new(PARTS_QSFP PARTS_SERIAL PARTS_BUS PARTS_COUNT);
}

static struct fixture *parts_open_one(gpointer world, GError **error)
{
	return parts_open(world, error);
}

static void parts_will(gpointer world, enum trouble trouble)
{
	static const struct {
		enum station_error code;
		enum fixture_nack nack;
	} rows[] = {
		[NACK_ADDRESS] = {STATION_ERROR_MODULE, FIXTURE_NACK_ADDRESS},
		[NACK_DATA] = {STATION_ERROR_MODULE, FIXTURE_NACK_DATA},
		[STUCK] = {STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		[STRETCHED] = {STATION_ERROR_MODULE, FIXTURE_NACK_NONE},
	};
	struct parts *parts = world;

	if (trouble == EMPTY) {
		parts->levels[3] = TRUE;
		return;
	}
	parts->bus_error = rows[trouble].code;
	parts->bus_nack = rows[trouble].nack;
}

static guint parts_reached(gpointer world)
{
	return ((struct parts *)world)->transfers;
}

static void parts_stop(gpointer world)
{
	parts_free(world);
}

static const struct kind kinds[] = {
	{"controller", controller_start, controller_open_one, controller_will, controller_reached,
         controller_stop},
	{"board", parts_start, parts_open_one, parts_will, parts_reached, parts_stop},
};

/* --- the promises ----------------------------------------------------------------------------- */

static struct fixture *open_kind(const struct kind *kind, gpointer world)
{
	g_autoptr(GError) error = NULL;
	struct fixture *fix = kind->open(world, &error);

	g_assert_no_error(error);
	return fix;
}

static void ready(struct fixture *fix)
{
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);

	g_assert_true(fixture_pin_set(fix, "ModSelL", FALSE, &bounds, &error));
	g_assert_true(fixture_pin_set(fix, "ResetL", TRUE, &bounds, &error));
	g_assert_no_error(error);
}

static gboolean xfer(struct fixture *fix, guint8 data[3], enum fixture_nack *nack, GError **error)
{
	guint8 byte = 0x80;
	struct bounds bounds = within(20);

	return fixture_i2c_xfer(fix, 0x50, &byte, 1, data, 3, nack, &bounds, error);
}

static void test_meaning(gconstpointer data)
{
	const struct kind *kind = data;
	gpointer world = kind->start();
	g_autoptr(fixture) fix = open_kind(kind, world);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	gboolean present = FALSE, level = TRUE;
	guint8 bytes[3] = {0};
	guint64 count = 0;

	g_assert_cmpstr(fixture_serial_number(fix), ==, "FX-0042");
	g_assert_cmpstr(fixture_form(fix), ==, "QSFP-DD");
	g_assert_true(g_str_has_prefix(fixture_resource(fix), kind->name));
	g_assert_true(fixture_module_present(fix, &present, &bounds, &error));
	g_assert_true(present);
	g_assert_true(fixture_pin_get(fix, "ModPrsL", &level, &bounds, &error));
	g_assert_false(level);
	g_assert_true(fixture_insertions(fix, &count, &bounds, &error));
	g_assert_cmpuint(count, >, 0);
	ready(fix);
	g_assert_true(xfer(fix, bytes, NULL, &error));
	g_assert_cmpmem(bytes, 3, "\x18\x52\x0A", 3);
	memset(bytes, 0, 3);
	g_assert_true(fixture_i2c_read(fix, 0x50, bytes, 3, NULL, &bounds, &error));
	g_assert_cmpmem(bytes, 3, "\x18\x52\x0A", 3);
	g_assert_true(
		fixture_i2c_write(fix, 0x50, (const guint8 *)"\x1A\x40", 2, NULL, &bounds, &error));
	g_assert_true(fixture_safe(fix, &bounds, &error));
	g_assert_no_error(error);
	g_clear_pointer(&fix, fixture_close);
	kind->stop(world);
}

/* A module in reset or not selected cannot answer: that is never the module's fault. */
static void test_not_selected(gconstpointer data)
{
	const struct kind *kind = data;
	gpointer world = kind->start();
	g_autoptr(fixture) fix = open_kind(kind, world);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	guint8 bytes[3] = {0};
	guint epoch;

	g_assert_false(xfer(fix, bytes, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	ready(fix);
	epoch = fixture_epoch(fix);
	g_assert_true(fixture_safe(fix, &bounds, &error));
	g_assert_cmpuint(fixture_epoch(fix), >, epoch);
	g_assert_false(xfer(fix, bytes, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	g_assert_cmpuint(kind->reached(world), ==, 0);
	epoch = fixture_epoch(fix);
	g_assert_true(fixture_pin_set(fix, "ResetL", TRUE, &bounds, &error));
	g_assert_cmpuint(fixture_epoch(fix), ==, epoch);
	g_assert_false(xfer(fix, bytes, NULL, NULL));
	g_assert_true(fixture_pin_set(fix, "ModSelL", FALSE, &bounds, &error));
	g_assert_true(xfer(fix, bytes, NULL, &error));
	g_assert_true(fixture_pin_set(fix, "ModSelL", TRUE, &bounds, &error));
	g_assert_false(xfer(fix, bytes, NULL, NULL));
	g_assert_true(fixture_pin_set(fix, "ModSelL", FALSE, &bounds, &error));
	g_assert_true(fixture_pin_set(fix, "ResetL", FALSE, &bounds, &error));
	g_assert_cmpuint(fixture_epoch(fix), >, epoch);
	g_assert_false(xfer(fix, bytes, NULL, NULL));
	g_assert_cmpuint(kind->reached(world), ==, 1);
	g_clear_pointer(&fix, fixture_close);
	kind->stop(world);
}

/* Whose fault it is, which acknowledge was missing, and that nothing is tried again. */
static void test_troubles(gconstpointer data)
{
	static const struct {
		enum trouble trouble;
		enum station_error code;
		enum fixture_nack nack;
	} rows[] = {
		{NACK_ADDRESS, STATION_ERROR_MODULE, FIXTURE_NACK_ADDRESS},
		{NACK_DATA, STATION_ERROR_MODULE, FIXTURE_NACK_DATA},
		{STUCK, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{STRETCHED, STATION_ERROR_MODULE, FIXTURE_NACK_NONE},
	};
	const struct kind *kind = data;
	gpointer world = kind->start();
	g_autoptr(fixture) fix = open_kind(kind, world);
	g_autoptr(GError) error = NULL;
	guint8 bytes[3] = {0};
	enum fixture_nack nack;

	ready(fix);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint before = kind->reached(world);

		nack = FIXTURE_NACK_DATA;
		kind->will(world, rows[i].trouble);
		g_assert_false(xfer(fix, bytes, &nack, &error));
		g_assert_error(error, STATION_ERROR, (int)rows[i].code);
		g_assert_cmpint(nack, ==, rows[i].nack);
		g_assert_cmpuint(kind->reached(world), ==, before + 1);
		g_clear_error(&error);
		nack = FIXTURE_NACK_DATA;
		g_assert_true(xfer(fix, bytes, &nack, &error));
		g_assert_cmpint(nack, ==, FIXTURE_NACK_NONE);
	}
	kind->will(world, EMPTY);
	g_assert_false(xfer(fix, bytes, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_ABSENT);
	g_clear_pointer(&fix, fixture_close);
	kind->stop(world);
}

static void test_caller_faults(gconstpointer data)
{
	const struct kind *kind = data;
	gpointer world = kind->start();
	g_autoptr(fixture) fix = open_kind(kind, world);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	guint8 bytes[300] = {0};

	ready(fix);
	g_assert_false(fixture_pin_set(fix, "LPMode 1\n#", TRUE, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(fixture_i2c_read(fix, 0x50, bytes, 257, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(fixture_i2c_read(fix, 0x50, bytes, 0, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(fixture_i2c_write(fix, 0x80, bytes, 1, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_assert_cmpuint(kind->reached(world), ==, 0);
	g_clear_pointer(&fix, fixture_close);
	kind->stop(world);
}

static void test_bounds(gconstpointer data)
{
	const struct kind *kind = data;
	gpointer world = kind->start();
	g_autoptr(fixture) fix = open_kind(kind, world);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	struct bounds bounds = {deadline_in_s(20), cancellable}, over = {deadline_in_s(0), NULL};
	guint8 byte = 0;
	gboolean level;

	ready(fix);
	g_cancellable_cancel(cancellable);
	g_assert_false(fixture_pin_get(fix, "ModPrsL", &level, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	g_assert_false(fixture_i2c_read(fix, 0x50, &byte, 1, NULL, &over, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_clear_error(&error);
	g_assert_false(fixture_wait(fix, FIXTURE_EVENT_PRESENCE, &(guint){0}, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	over = within(0.03);
	g_assert_false(fixture_wait(fix, FIXTURE_EVENT_PRESENCE, &(guint){0}, &over, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_cmpuint(kind->reached(world), ==, 0);
	g_clear_pointer(&fix, fixture_close);
	kind->stop(world);
}

/* What a fixture has not is said, not made up. */
static void test_nothing_beside(gconstpointer data)
{
	const struct kind *kind = data;
	gpointer world = kind->start();
	g_autoptr(fixture) fix = open_kind(kind, world);
	struct bounds bounds = within(20);
	gboolean is_so;

	g_assert_false(fixture_has_lid(fix) || fixture_has_start(fix));
	for (guint i = 0; i < 4; i++) {
		g_autoptr(GError) error = NULL;
		gboolean ok = i == 0   ? fixture_lid_closed(fix, &is_so, &bounds, &error)
		              : i == 1 ? fixture_start_pressed(fix, &is_so, &bounds, &error)
		              : i == 2 ? fixture_set_tower(fix, FIXTURE_LAMP_RED, &bounds, &error)
		                       : fixture_wait(fix, FIXTURE_EVENT_START, &(guint){0},
		                                      &bounds, &error);

		g_assert_false(ok);
		g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	}
	g_clear_pointer(&fix, fixture_close);
	kind->stop(world);
}

static void add(const struct kind *kind, const char *name, GTestDataFunc test)
{
	g_autofree char *path = g_strdup_printf("/fixtures/kinds/%s/%s", kind->name, name);

	g_test_add_data_func(path, kind, test);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		add(&kinds[i], "meaning", test_meaning);
		add(&kinds[i], "not-selected", test_not_selected);
		add(&kinds[i], "troubles", test_troubles);
		add(&kinds[i], "caller-faults", test_caller_faults);
		add(&kinds[i], "bounds", test_bounds);
		add(&kinds[i], "nothing-beside", test_nothing_beside);
	}
	return g_test_run();
}

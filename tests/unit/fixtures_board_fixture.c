/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/insertion_count.h"
#include "tests/unit/fixtures_parts.h"

/* What a board does for itself that a controller does in its firmware. */

enum { RESET, POWER, SELECT, PRESENCE, INTERRUPT, FIRST_BESIDE };

#define BESIDE                                                                                     \
	"start: {chip: b, line: 0}\nlid: {chip: b, line: 1}\n"                                     \
	"tower: {red: {chip: b, line: 2}, green: {chip: b, line: 3}}\n"

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static struct fixture *open_good(struct parts *parts)
{
	g_autoptr(GError) error = NULL;
	struct fixture *fix = parts_open(parts, &error);

	g_assert_no_error(error);
	return fix;
}

static void ready(struct fixture *fix)
{
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);

	g_assert_true(fixture_select(fix, TRUE, &bounds, &error));
	g_assert_true(fixture_set_reset(fix, FALSE, &bounds, &error));
	g_assert_true(fixture_set_low_power(fix, FALSE, &bounds, &error));
	g_assert_no_error(error);
}

static gboolean talk(struct fixture *fix, GError **error)
{
	struct bounds bounds = within(20);
	guint8 data[3];

	return fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, error);
}

static void assert_log(struct parts *parts, const char *expected)
{
	g_assert_cmpstr(parts->log->str, ==, expected);
	g_string_truncate(parts->log, 0);
}

static guint64 insertions(struct fixture *fix)
{
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	guint64 count = 0;

	g_assert_true(fixture_insertions(fix, &count, &bounds, &error));
	g_assert_no_error(error);
	return count;
}

/* Reset first, then low power, then not selected; on request and when it is closed. */
static void test_safe(void)
{
	struct parts *parts = parts_new(PARTS_QSFP PARTS_SERIAL PARTS_BUS PARTS_COUNT);
	g_autoptr(fixture) fix = open_good(parts);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);

	assert_log(parts, ""); /* safe in the request itself */
	g_assert_true(!parts->levels[RESET] && parts->levels[POWER] && parts->levels[SELECT]);
	ready(fix);
	assert_log(parts, "ModSelL=0 ResetL=1 LPMode=0 ");
	g_assert_true(fixture_safe(fix, &bounds, &error));
	assert_log(parts, "ResetL=0 LPMode=1 ModSelL=1 ");
	ready(fix);
	g_string_truncate(parts->log, 0);
	g_clear_pointer(&fix, fixture_close);
	assert_log(parts, "ResetL=0 LPMode=1 ModSelL=1 ");
	g_assert_no_error(error);
	parts_free(parts);
}

static void test_names(void)
{
	struct parts *parts = parts_new(PARTS_QSFP PARTS_SERIAL PARTS_BUS PARTS_COUNT BESIDE);
	g_autoptr(fixture) fix = open_good(parts);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	gboolean level;
	double volts;

	g_assert_false(fixture_pin_get(fix, "RSTn", &level, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	g_assert_false(fixture_pin_set(fix, "ModPrsL", TRUE, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	g_assert_false(fixture_line_get(fix, "INT/RSTn", &volts, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

/* A module that stays is counted once, also over a restart; one that was pulled is another. */
static void test_insertions(void)
{
	struct parts *parts = parts_new(PARTS_QSFP PARTS_SERIAL PARTS_BUS PARTS_COUNT);
	g_autoptr(fixture) fix = NULL;
	g_autoptr(GError) error = NULL;
	guint epoch;

	parts->levels[PRESENCE] = TRUE;
	fix = open_good(parts);
	g_assert_cmpuint(insertions(fix), ==, 0);
	parts->levels[PRESENCE] = FALSE;
	g_assert_cmpuint(insertions(fix), ==, 1);
	g_assert_cmpuint(insertions(fix), ==, 1);
	g_clear_pointer(&fix, fixture_close);
	fix = open_good(parts);
	g_assert_cmpuint(insertions(fix), ==, 1);
	ready(fix);
	g_assert_true(talk(fix, &error));
	epoch = fixture_epoch(fix);
	parts->levels[PRESENCE] = TRUE;
	g_assert_false(talk(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_ABSENT);
	g_assert_cmpuint(fixture_epoch(fix), >, epoch);
	g_assert_cmpuint(insertions(fix), ==, 1);
	parts->levels[PRESENCE] = FALSE;
	g_clear_pointer(&fix, fixture_close);
	fix = open_good(parts);
	g_assert_cmpuint(insertions(fix), ==, 2);
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

static void test_wear(void)
{
	struct parts *parts = parts_new(PARTS_QSFP PARTS_SERIAL PARTS_BUS
	                                "insertions: {file: n.count, limit: 2}\n");
	g_autofree char *path = g_build_filename(g_get_user_data_dir(), "n.count", NULL);
	g_autoptr(fixture) fix = NULL;
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);

	fix = open_good(parts);
	for (guint i = 0; i < 2; i++) {
		g_assert_true(fixture_set_reset(fix, FALSE, &bounds, &error));
		parts->levels[PRESENCE] = TRUE;
		insertions(fix);
		parts->levels[PRESENCE] = FALSE;
		insertions(fix);
	}
	g_assert_false(fixture_set_reset(fix, FALSE, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_assert_nonnull(strstr(error->message, "worn: 3 insertions, it lasts 2"));
	g_clear_error(&error);
	g_assert_true(fixture_set_reset(fix, TRUE, &bounds, &error));
	g_clear_pointer(&fix, fixture_close);
	g_assert_null(parts_open(parts, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	/* what cannot be read is not 0 */
	g_assert_true(g_file_set_contents(path, "insertions: many\n", -1, NULL));
	g_assert_null(parts_open(parts, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_true(g_str_has_prefix(error->message, path));
	g_clear_error(&error);
	g_unlink(path);
	fix = open_good(parts);
	g_assert_cmpuint(insertions(fix), ==, 1);
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

/* Nothing is released or spoken to under an open lid; opened, it makes everything safe. */
static void test_lid(void)
{
	enum { START = FIRST_BESIDE, LID, RED, GREEN };
	struct parts *parts = parts_new(PARTS_QSFP PARTS_SERIAL PARTS_BUS PARTS_COUNT BESIDE);
	g_autoptr(fixture) fix = open_good(parts);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	gboolean closed = TRUE, pressed = FALSE;
	guint epoch;

	g_assert_true(fixture_has_lid(fix) && fixture_has_start(fix));
	g_assert_false(fixture_set_reset(fix, FALSE, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	g_assert_false(fixture_set_low_power(fix, FALSE, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	g_assert_true(fixture_set_low_power(fix, TRUE, &bounds, &error));
	parts->levels[LID] = TRUE;
	ready(fix);
	g_assert_true(talk(fix, &error));
	g_string_truncate(parts->log, 0);
	epoch = fixture_epoch(fix);
	parts->levels[LID] = FALSE;
	g_assert_false(talk(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_REFUSED);
	g_clear_error(&error);
	assert_log(parts, "ResetL=0 LPMode=1 ModSelL=1 ");
	g_assert_cmpuint(fixture_epoch(fix), >, epoch);
	parts->levels[LID] = TRUE;
	g_assert_false(talk(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	/* whoever looks at the lid makes it safe too */
	ready(fix);
	parts->levels[LID] = FALSE;
	g_assert_true(fixture_lid_closed(fix, &closed, &bounds, &error));
	g_assert_true(!closed && !parts->levels[RESET]);
	parts->levels[START] = TRUE;
	g_assert_true(fixture_start_pressed(fix, &pressed, &bounds, &error));
	g_assert_true(pressed);
	/* the lamps that there are */
	g_assert_true(
		fixture_set_tower(fix, FIXTURE_LAMP_GREEN | FIXTURE_LAMP_BLUE, &bounds, &error));
	g_assert_true(parts->levels[GREEN] && !parts->levels[RED]);
	g_assert_true(fixture_set_tower(fix, FIXTURE_LAMP_RED, &bounds, &error));
	g_assert_true(!parts->levels[GREEN] && parts->levels[RED]);
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

/* Lines that are lost and found again have safe levels, and the module is set up anew. */
static void test_lost(void)
{
	struct parts *parts = parts_new(PARTS_QSFP PARTS_SERIAL PARTS_BUS PARTS_COUNT);
	g_autoptr(fixture) fix = open_good(parts);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	guint epoch;

	ready(fix);
	epoch = fixture_epoch(fix);
	parts->are_lost = TRUE;
	for (guint i = 0; i < 2; i++) {
		g_assert_false(talk(fix, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		g_clear_error(&error);
	}
	g_assert_cmpuint(fixture_epoch(fix), >, epoch);
	parts->are_lost = FALSE;
	g_assert_false(talk(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	g_assert_cmpuint(parts->pins_opened, ==, 2);
	g_assert_true(!parts->levels[RESET] && parts->levels[POWER] && parts->levels[SELECT]);
	g_assert_cmpuint(parts->transfers, ==, 0);
	ready(fix);
	g_assert_true(talk(fix, &error));
	/* the bus may go as well; the module knows nothing of it */
	epoch = fixture_epoch(fix);
	parts->bus_error = STATION_ERROR_IO;
	g_assert_false(talk(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	g_assert_cmpuint(fixture_epoch(fix), >, epoch);
	g_assert_true(talk(fix, &error));
	/* what the adapter cannot do is not what the module has not */
	parts->bus_error = STATION_ERROR_UNSUPPORTED;
	g_assert_false(talk(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	g_assert_true(fixture_safe(fix, &bounds, &error));
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

/* Lost between two requests: what does no harm twice is done again, a transfer is refused. */
static void test_lost_once(void)
{
	struct parts *parts = parts_new(PARTS_QSFP PARTS_SERIAL PARTS_BUS PARTS_COUNT);
	g_autoptr(fixture) fix = open_good(parts);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	gboolean present = FALSE;
	guint epoch = fixture_epoch(fix);

	ready(fix);
	parts->is_lost_once = TRUE;
	g_assert_true(fixture_module_present(fix, &present, &bounds, &error));
	g_assert_true(present && fixture_epoch(fix) > epoch && !parts->levels[RESET]);
	ready(fix);
	parts->is_lost_once = TRUE;
	g_assert_true(fixture_safe(fix, &bounds, &error));
	ready(fix);
	parts->is_lost_once = TRUE;
	g_assert_false(talk(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_cmpuint(parts->transfers, ==, 0);
	g_assert_cmpuint(parts->pins_opened, ==, 4);
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

/* On a shared bus a module is selected for each transfer, and let go whatever came of it. */
static void test_shared(void)
{
	struct parts *parts = parts_new(PARTS_QSFP PARTS_SERIAL PARTS_COUNT
	                                "bus: {device: /dev/null, clock: 400 kHz, shared: true, "
	                                "select_setup: 0 s}\n");
	g_autoptr(fixture) fix = open_good(parts);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	gboolean level = TRUE;

	ready(fix);
	assert_log(parts, "ResetL=1 LPMode=0 ");
	g_assert_true(parts->levels[SELECT]);
	g_assert_true(fixture_pin_get(fix, "ModSelL", &level, &bounds, &error));
	g_assert_false(level);
	g_assert_true(talk(fix, &error));
	assert_log(parts, "ModSelL=0 xfer ModSelL=1 ");
	parts->bus_error = STATION_ERROR_MODULE;
	g_assert_false(talk(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	assert_log(parts, "ModSelL=0 xfer ModSelL=1 ");
	g_assert_true(fixture_select(fix, FALSE, &bounds, &error));
	g_assert_false(talk(fix, NULL));
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

/* An OSFP socket's lines by comparators: every zone, and what cannot be. */
static void test_comparators(void)
{
	enum { INT_LOW = 2, INT_HIGH, PRS_LOW, PRS_HIGH };
	struct parts *parts = parts_new(PARTS_OSFP PARTS_SERIAL PARTS_BUS PARTS_COUNT);
	g_autoptr(fixture) fix = open_good(parts);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	gboolean present = FALSE, asserted = TRUE;
	double volts;

	/* RSTn low, LPWn low: so have the lines to be */
	g_assert_true(fixture_set_low_power(fix, TRUE, &bounds, &error));
	g_assert_true(fixture_set_reset(fix, TRUE, &bounds, &error));
	g_assert_true(fixture_module_present(fix, &present, &bounds, &error));
	g_assert_true(present);
	parts->levels[INT_LOW] = TRUE;
	g_assert_true(fixture_set_reset(fix, FALSE, &bounds, &error));
	parts->levels[PRS_LOW] = TRUE;
	g_assert_true(fixture_set_low_power(fix, FALSE, &bounds, &error));
	g_assert_true(fixture_interrupt(fix, &asserted, &bounds, &error));
	g_assert_false(asserted);
	g_assert_true(talk(fix, &error));
	parts->levels[INT_HIGH] = TRUE;
	g_assert_true(fixture_interrupt(fix, &asserted, &bounds, &error));
	g_assert_true(asserted);
	parts->levels[PRS_HIGH] = TRUE;
	g_assert_true(fixture_module_present(fix, &present, &bounds, &error));
	g_assert_false(present);
	g_assert_false(talk(fix, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_ABSENT);
	g_clear_error(&error);
	g_assert_cmpuint(insertions(fix), ==, 1);
	parts->levels[PRS_LOW] = FALSE;
	g_assert_false(fixture_line_get(fix, "LPWn/PRSn", &volts, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(strstr(error->message, "contradict"));
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

static void write_value(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* Lines by a converter: raw and offset times scale, in the forms that IIO has for them. */
static void test_converter(void)
{
	g_autofree char *folder = g_build_filename(g_get_user_data_dir(), "adc", NULL);
	g_autofree char *text = g_strdup_printf(
		"form: OSFP\npins: {RSTn: {chip: a, line: 0}, LPWn: {chip: a, line: 1}}\nlines:\n"
		"  INT/RSTn: {adc: %s, channel: 0, divider: 2}\n"
		"  LPWn/PRSn: {adc: %s, channel: 1}\n" PARTS_SERIAL PARTS_BUS PARTS_COUNT,
		folder, folder);
	struct parts *parts = parts_new(text);
	g_autoptr(fixture) fix = NULL;
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	double volts = 0;

	g_mkdir_with_parents(folder, 0700);
	write_value(folder, "in_voltage0_raw", "950\n");
	write_value(folder, "in_voltage0_scale", "1.0\n");
	write_value(folder, "in_voltage_scale", "2\n");
	write_value(folder, "in_voltage1_raw", "840\n");
	write_value(folder, "in_voltage1_offset", "10\n");
	fix = open_good(parts);
	g_assert_true(fixture_line_get(fix, "INT/RSTn", &volts, &bounds, &error));
	g_assert_cmpfloat_with_epsilon(volts, 1.9, 1e-9);
	g_assert_true(fixture_line_get(fix, "LPWn/PRSn", &volts, &bounds, &error));
	g_assert_cmpfloat_with_epsilon(volts, 1.7, 1e-9);
	write_value(folder, "in_voltage1_raw", "nan\n");
	g_assert_false(fixture_line_get(fix, "LPWn/PRSn", &volts, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

/* Without edges: what changed is seen by looking. */
static void test_wait(void)
{
	struct parts *parts = parts_new(PARTS_QSFP PARTS_SERIAL PARTS_BUS PARTS_COUNT BESIDE);
	g_autoptr(fixture) fix = open_good(parts);
	g_autoptr(GError) error = NULL;
	struct bounds bounds = within(20);
	guint happened = 0;

	parts->n_reads_to_change = 5;
	parts->changes = PRESENCE;
	g_assert_true(fixture_wait(fix, FIXTURE_EVENT_PRESENCE | FIXTURE_EVENT_LID, &happened,
	                           &bounds, &error));
	g_assert_cmpuint(happened, ==, FIXTURE_EVENT_PRESENCE);
	g_assert_cmpuint(insertions(fix), ==, 1);
	g_assert_true(parts->levels[PRESENCE]);
	g_clear_pointer(&fix, fixture_close);
	parts_free(parts);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/board/safe", test_safe);
	g_test_add_func("/fixtures/board/names", test_names);
	g_test_add_func("/fixtures/board/insertions", test_insertions);
	g_test_add_func("/fixtures/board/wear", test_wear);
	g_test_add_func("/fixtures/board/lid", test_lid);
	g_test_add_func("/fixtures/board/lost", test_lost);
	g_test_add_func("/fixtures/board/lost-once", test_lost_once);
	g_test_add_func("/fixtures/board/shared", test_shared);
	g_test_add_func("/fixtures/board/comparators", test_comparators);
	g_test_add_func("/fixtures/board/converter", test_converter);
	g_test_add_func("/fixtures/board/wait", test_wait);
	return g_test_run();
}

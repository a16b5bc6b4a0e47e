/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/pins_gpiod.h"
#include "tests/hardware/devices/gpio_sim.h"
#include "tests/hardware/devices/i2c_adapter.h"
#include "tests/unit/fixtures_parts.h"

#include <fcntl.h>
#include <linux/gpio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Pins through the real libgpiod on the kernel's gpio-sim, and a board on them and on its I2C. */

enum { N_LINES = 8 };

static gboolean sim_missing(void)
{
	const char *reason = NULL;

	if (gpio_sim_available(&reason))
		return FALSE;
	g_test_skip(reason);
	return TRUE;
}

/* Lines 0 to 7, all named after their number and the chip: "fixture-3". */
static struct gpio_sim *sim_start(const char *label)
{
	char *names[N_LINES + 1] = {NULL};

	for (guint i = 0; i < N_LINES; i++)
		names[i] = g_strdup_printf("%s-%u", label, i);
	struct gpio_sim *sim = gpio_sim_new(label, (const char *const *)names);
	for (guint i = 0; i < N_LINES; i++)
		g_free(names[i]);
	return sim;
}

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static struct pins *open_good(const struct pin_wanted *wanted, guint n)
{
	g_autoptr(GError) error = NULL;
	struct pins *pins = pins_gpiod_open(wanted, n, &error);

	g_assert_no_error(error);
	return pins;
}

static void test_levels(void)
{
	struct gpio_sim *sim;
	struct pin_wanted wanted[] = {
		{"a", "fixture", "0", TRUE, FALSE, FALSE},
		{"b", "fixture", "fixture-1", TRUE, TRUE},
		{"c", "fixture", "2", TRUE, FALSE, TRUE},
		{"d", "fixture", "3", FALSE},
		{"e", "fixture", "4", FALSE, FALSE, TRUE},
		{"f", "fixture", "5", TRUE, TRUE, TRUE},
	};
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;
	struct pins *pins;
	gboolean level;

	if (sim_missing())
		return;
	sim = sim_start("fixture");
	/* high before, so that a low output is a change */
	for (guint i = 0; i < N_LINES; i++)
		gpio_sim_pull(sim, i, TRUE);
	pins = open_good(wanted, G_N_ELEMENTS(wanted));
	g_assert_true(!gpio_sim_level(sim, 0) && gpio_sim_level(sim, 1));
	g_assert_true(gpio_sim_level(sim, 2) &&
	              !gpio_sim_level(sim, 5)); /* turned around on the way */
	for (guint pin = 0; pin < 3; pin++) {
		for (guint high = 0; high < 2; high++) {
			g_assert_true(pins->ops->set(pins, pin, high, &bounds, &error));
			g_assert_cmpint(gpio_sim_level(sim, pin), ==, pin == 2 ? !high : high);
			g_assert_true(pins->ops->get(pins, pin, &level, &bounds, &error));
			g_assert_cmpint(level, ==, high);
		}
		/* the others stay as they were */
		g_assert_false(gpio_sim_level(sim, 5));
		g_assert_true(gpio_sim_level(sim, 1));
		pins->ops->set(pins, pin, FALSE, &bounds, NULL);
		g_assert_true(pins->ops->set(pins, 1, TRUE, &bounds, NULL));
	}
	for (guint high = 0; high < 2; high++) {
		gpio_sim_pull(sim, 3, high);
		gpio_sim_pull(sim, 4, high);
		g_assert_true(pins->ops->get(pins, 3, &level, &bounds, &error));
		g_assert_cmpint(level, ==, high);
		g_assert_true(pins->ops->get(pins, 4, &level, &bounds, &error));
		g_assert_cmpint(level, ==, !high);
	}
	g_assert_no_error(error);
	pins->ops->close(pins);
	/* given back: they can be asked for again, by node and name too */
	wanted[0].chip = gpio_sim_node(sim);
	wanted[3].chip = strrchr(gpio_sim_node(sim), '/') + 1;
	pins = open_good(wanted, G_N_ELEMENTS(wanted));
	pins->ops->close(pins);
	gpio_sim_free(sim);
}

static void assert_refused(const struct pin_wanted *wanted, enum station_error code,
                           const char *says)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(pins_gpiod_open(wanted, 1, &error));
	g_assert_error(error, STATION_ERROR, (int)code);
	g_test_message("%s", error->message);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
}

static void test_refused(void)
{
	struct gpio_sim *sim, *twins[2];
	struct gpio_v2_line_request other = {.offsets = {3},
	                                     .num_lines = 1,
	                                     .consumer = "other",
	                                     .config.flags = GPIO_V2_LINE_FLAG_INPUT};
	struct pin_wanted mine = {"ResetL", "fixture", "2", TRUE};
	struct pins *pins;
	int fd;

	if (sim_missing())
		return;
	sim = sim_start("fixture");
	twins[0] = sim_start("twin");
	twins[1] = sim_start("twin");
	assert_refused(&(struct pin_wanted){"LPMode", "nothing", "0"}, STATION_ERROR_CONFIG,
	               "pin LPMode: no GPIO chip \"nothing\"; there are: ");
	assert_refused(&(struct pin_wanted){"LPMode", "twin", "0"}, STATION_ERROR_CONFIG,
	               "GPIO chip \"twin\" is there twice");
	assert_refused(&(struct pin_wanted){"LPMode", "fixture", "8"}, STATION_ERROR_CONFIG,
	               "has no line 8");
	assert_refused(&(struct pin_wanted){"LPMode", "fixture", "gone"}, STATION_ERROR_CONFIG,
	               "has no line gone");
	assert_refused(&(struct pin_wanted){"LPMode", "/dev/gpiochip99", "0"}, STATION_ERROR_IO,
	               "/dev/gpiochip99: No such file");
	assert_refused(&(struct pin_wanted){"LPMode", "/dev/null", "0"}, STATION_ERROR_IO,
	               "/dev/null: ");
	fd = open(gpio_sim_node(sim), O_RDWR | O_CLOEXEC);
	g_assert_cmpint(ioctl(fd, GPIO_V2_GET_LINE_IOCTL, &other), ==, 0);
	assert_refused(&(struct pin_wanted){"ModPrsL", "fixture", "3"}, STATION_ERROR_IO,
	               "pin ModPrsL: line 3 of /dev/gpiochip");
	assert_refused(&(struct pin_wanted){"ModPrsL", "fixture", "3"}, STATION_ERROR_IO,
	               "is in use by \"other\"");
	assert_refused(&(struct pin_wanted){"ModPrsL", "fixture", "3", TRUE}, STATION_ERROR_IO,
	               "is in use by \"other\"");
	pins = open_good(&mine, 1);
	assert_refused(&mine, STATION_ERROR_IO, "is in use by \"station\"");
	pins->ops->close(pins);
	close(other.fd);
	close(fd);
	gpio_sim_free(sim);
	for (guint i = 0; i < 2; i++)
		gpio_sim_free(twins[i]);
}

/* The station sees a module pulled, however short, and only what it asked for. */
static void test_edges(void)
{
	struct gpio_sim *sim;
	static const struct pin_wanted wanted[] = {
		{"ResetL", "fixture", "0", TRUE},
		{"ModPrsL", "fixture", "3"},
		{"IntL", "fixture", "4"},
	};
	struct bounds bounds = within(20), brief;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds cancelled = {deadline_in_s(20), cancellable};
	g_autoptr(GError) error = NULL;
	struct pins *pins;
	guint64 changed;

	if (sim_missing())
		return;
	sim = sim_start("fixture");
	gpio_sim_pull(sim, 3, FALSE);
	gpio_sim_pull(sim, 4, TRUE);
	pins = open_good(wanted, G_N_ELEMENTS(wanted));
	brief = within(0.02);
	g_assert_false(pins_wait(pins, 6, &changed, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_clear_error(&error);
	/* out and in again before anybody waits */
	gpio_sim_pull(sim, 3, TRUE);
	gpio_sim_pull(sim, 3, FALSE);
	g_assert_true(pins_wait(pins, 6, &changed, &bounds, &error));
	g_assert_cmpuint(changed, ==, 2);
	/* taken */
	brief = within(0.02);
	g_assert_false(pins_wait(pins, 6, &changed, &brief, NULL));
	gpio_sim_pull(sim, 4, FALSE);
	brief = within(0.02);
	g_assert_false(pins_wait(pins, 2, &changed, &brief, NULL));
	gpio_sim_pull(sim, 3, TRUE);
	gpio_sim_pull(sim, 4, TRUE);
	g_assert_true(pins_wait(pins, 6, &changed, &bounds, &error));
	g_assert_cmpuint(changed, ==, 6);
	/* bounces are one change, more than the kernel keeps as well */
	for (guint i = 0; i < 60; i++)
		gpio_sim_pull(sim, 3, i % 2);
	g_assert_true(pins_wait(pins, 2, &changed, &bounds, &error));
	g_assert_cmpuint(changed, ==, 2);
	brief = within(0.02);
	g_assert_false(pins_wait(pins, 6, &changed, &brief, NULL));
	g_assert_no_error(error);
	g_cancellable_cancel(cancellable);
	g_assert_false(pins_wait(pins, 6, &changed, &cancelled, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	pins->ops->close(pins);
	gpio_sim_free(sim);
}

static gpointer cancel_soon(gpointer cancellable)
{
	g_usleep(20000);
	g_cancellable_cancel(cancellable);
	return NULL;
}

static struct pins *open_pins(const struct board_file *file, gpointer data, GError **error)
{
	return board_linux.open_pins(file, NULL, error); /* no bridges */
}

/* A whole fixture on the kernel's lines; its bus is in memory. */
static void test_fixture(void)
{
	static const struct board_source source = {"lines", open_pins, parts_open_bus};
	struct gpio_sim *sim;
	struct parts *parts = parts_new(
		"form: QSFP-DD\npins:\n  ResetL: {chip: fixture, line: 0}\n"
		"  LPMode: {chip: fixture, line: fixture-1, active: low}\n"
		"  ModSelL: {chip: fixture, line: 2}\n  ModPrsL: {chip: fixture, line: 3}\n"
		"  IntL: {chip: fixture, line: 4, pull: up}\nlid: {chip: fixture, line: "
		"5}\n" PARTS_SERIAL PARTS_BUS PARTS_COUNT);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = within(20), cancelled = {deadline_in_s(20), cancellable};
	g_autoptr(fixture) fix = NULL;
	g_autoptr(GError) error = NULL;
	guint happened = 0;
	guint8 data[3];
	gboolean present;
	GThread *thread;

	if (sim_missing()) {
		parts_free(parts);
		return;
	}
	sim = sim_start("fixture");
	gpio_sim_pull(sim, 0, TRUE);
	gpio_sim_pull(sim, 5, TRUE);
	fix = board_fixture_open(parts->path, &source, parts, &bounds, &error);
	g_assert_no_error(error);
	g_assert_true(!gpio_sim_level(sim, 0) && !gpio_sim_level(sim, 1) && gpio_sim_level(sim, 2));
	g_assert_true(fixture_select(fix, TRUE, &bounds, &error));
	g_assert_true(fixture_set_reset(fix, FALSE, &bounds, &error));
	g_assert_true(fixture_set_low_power(fix, FALSE, &bounds, &error));
	g_assert_true(gpio_sim_level(sim, 0) && gpio_sim_level(sim, 1) && !gpio_sim_level(sim, 2));
	g_assert_true(fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, &error));
	gpio_sim_pull(sim, 3, TRUE);
	g_assert_true(fixture_wait(fix, FIXTURE_EVENT_PRESENCE | FIXTURE_EVENT_INTERRUPT, &happened,
	                           &bounds, &error));
	g_assert_cmpuint(happened, ==, FIXTURE_EVENT_PRESENCE);
	g_assert_true(fixture_module_present(fix, &present, &bounds, &error));
	g_assert_false(present);
	g_assert_no_error(error);
	g_assert_false(fixture_i2c_read(fix, 0x50, data, 3, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_ABSENT);
	g_clear_error(&error);
	thread = g_thread_new("cancel", cancel_soon, cancellable);
	g_assert_false(fixture_wait(fix, FIXTURE_EVENT_PRESENCE, &happened, &cancelled, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	g_thread_join(thread);
	/* the lid: safe as soon as it is seen */
	gpio_sim_pull(sim, 5, FALSE);
	g_assert_true(fixture_wait(fix, FIXTURE_EVENT_LID, &happened, &bounds, &error));
	g_assert_true(!gpio_sim_level(sim, 0) && !gpio_sim_level(sim, 1) && gpio_sim_level(sim, 2));
	gpio_sim_pull(sim, 5, TRUE);
	g_assert_true(fixture_set_reset(fix, FALSE, &bounds, &error));
	g_assert_no_error(error);
	g_assert_true(gpio_sim_level(sim, 0));
	g_clear_pointer(&fix, fixture_close);
	g_assert_cmpint(parts->pins_open, ==, 0);
	gpio_sim_free(sim);
	parts_free(parts);
}

/* A module whose first byte is that of a QSFP-DD, and nothing else. */
static gboolean answer(void *target, guint address, const guint8 *write, gsize write_len,
                       guint8 *read, gsize read_len)
{
	if (address != 0x50)
		return FALSE;
	memset(read, 0, read_len);
	if (read_len > 0)
		read[0] = 0x18;
	return TRUE;
}

/* By its resource: lines and bus are the kernel's. */
static void test_all_of_it(void)
{
	struct i2c_adapter *adapter = i2c_adapter_new(answer, NULL);
	g_autofree char *node = i2c_adapter_plug(adapter);
	g_autofree char *text = g_strdup_printf(PARTS_QSFP PARTS_SERIAL PARTS_COUNT
	                                        "bus: {device: %s, clock: 100 kHz}\n",
	                                        node);
	struct parts *parts = parts_new(text);
	g_autofree char *resource = g_strconcat(FIXTURE_BOARD_PREFIX, parts->path, NULL);
	struct bounds bounds = within(20);
	enum fixture_nack nack = FIXTURE_NACK_NONE;
	g_autoptr(GError) error = NULL;
	guint8 byte = 0, data[128] = {0};
	struct fixture *fix;
	struct gpio_sim *sim;

	sim = sim_start("a");
	fix = fixture_open(resource, &bounds, &error);
	g_assert_no_error(error);
	g_assert_true(fixture_select(fix, TRUE, &bounds, &error));
	g_assert_true(fixture_set_reset(fix, FALSE, &bounds, &error));
	g_assert_true(
		fixture_i2c_write(fix, 0x50, (const guint8 *)"\x7F\x00", 2, NULL, &bounds, &error));
	g_assert_true(fixture_i2c_xfer(fix, 0x50, &byte, 1, data, 128, NULL, &bounds, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(data[0], ==, 0x18);
	g_assert_false(fixture_i2c_xfer(fix, 0x51, &byte, 1, data, 1, &nack, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_cmpint(nack, ==, FIXTURE_NACK_ADDRESS);
	g_clear_error(&error);
	g_assert_false(fixture_i2c_read(fix, 0x51, data, 1, &nack, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_cmpint(nack, ==, FIXTURE_NACK_ADDRESS);
	g_clear_error(&error);
	gpio_sim_pull(sim, 3, TRUE);
	g_assert_false(fixture_i2c_read(fix, 0x50, data, 1, NULL, &bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_ABSENT);
	g_assert_true(gpio_sim_level(sim, 0));
	g_clear_error(&error);
	g_assert_true(fixture_safe(fix, &bounds, &error));
	g_assert_true(!gpio_sim_level(sim, 0) && gpio_sim_level(sim, 1) && gpio_sim_level(sim, 2));
	fixture_close(fix);
	i2c_adapter_free(adapter);
	gpio_sim_free(sim);
	parts_free(parts);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/hardware/board/levels", test_levels);
	g_test_add_func("/hardware/board/refused", test_refused);
	g_test_add_func("/hardware/board/edges", test_edges);
	g_test_add_func("/hardware/board/fixture", test_fixture);
	g_test_add_func("/hardware/board/all-of-it", test_all_of_it);
	return g_test_run();
}

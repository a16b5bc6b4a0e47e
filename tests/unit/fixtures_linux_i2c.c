/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "fixtures/device_access.h"
#include "fixtures/i2c_dev.h"
#include "fixtures/i2c_mux.h"
#include "tests/unit/i2c_world.h"

#include <glib/gstdio.h>
#include <grp.h>

/* i2c-dev through the calls it makes, the multiplexer on it, and what is said when it fails. */

static const char skipped[] = "I2C NOT TESTED: umockdev is not installed";

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

static struct i2c_bus *open_bus(void)
{
	g_autoptr(GError) error = NULL;
	struct i2c_bus *bus = i2c_dev_open(world_node, NULL, 400e3, &error);

	g_assert_no_error(error);
	return bus;
}

/* Locked, as its users do it. */
static gboolean transfer(struct i2c_bus *bus, guint8 address, const char *out, gsize n_out,
                         guint8 *in, gsize n_in, enum fixture_nack *nack, GError **error)
{
	struct bounds bounds = within(10);
	enum fixture_nack seen = FIXTURE_NACK_NONE;
	gboolean ok;

	if (!bus->ops->lock(bus, &bounds, error))
		return FALSE;
	ok = bus->ops->transfer(bus, address, (const guint8 *)out, n_out, in, n_in, &seen, &bounds,
	                        error);
	bus->ops->unlock(bus);
	if (nack)
		*nack = seen;
	return ok;
}

static void assert_log(struct i2c_world *w, const char *expected)
{
	g_autofree char *log = world_take_log(w);

	g_assert_cmpstr(log, ==, expected);
}

static void test_transfers(void)
{
	struct i2c_world w;
	g_autoptr(GError) error = NULL;
	struct i2c_bus *bus;
	guint8 data[256];

	if (umockdev_missing(skipped))
		return;
	world_start(&w);
	bus = open_bus();
	g_assert_cmpuint(w.timeout_10ms, ==, 50);
	g_assert_cmpuint(w.retries, ==, 0);
	g_assert_true(transfer(bus, 0x50, "\x80", 1, data, 128, NULL, &error));
	for (guint i = 0; i < 128; i++)
		g_assert_cmpuint(data[i], ==, 128 + i);
	assert_log(&w, "/W50:80 R50:128"); /* one transfer: a repeated start */
	g_assert_true(transfer(bus, 0x50, "\x1A\x40\x41", 3, NULL, 0, NULL, &error));
	g_assert_true(transfer(bus, 0x50, "\x1A", 1, NULL, 0, NULL, &error));
	g_assert_true(transfer(bus, 0x50, NULL, 0, data, 3, NULL, &error));
	g_assert_cmpmem(data, 3, "\x40\x41\x1C", 3);
	assert_log(&w, "/W50:1A /W50:1A /R50:3");
	g_assert_true(transfer(bus, 0x50, "\x00", 1, data, 256, NULL, &error));
	g_assert_no_error(error);
	bus->ops->close(bus);
	world_stop(&w);
}

/* Every error of the kernel, by what was on the way; and nothing is done twice. */
static void test_faults(void)
{
	static const struct {
		int number; /* 0: fewer messages than asked for */
		gsize n_out, n_in;
		enum station_error code;
		enum fixture_nack nack;
	} rows[] = {
		{ENXIO, 1, 8, STATION_ERROR_MODULE, FIXTURE_NACK_ADDRESS},
		{ENXIO, 2, 0, STATION_ERROR_MODULE, FIXTURE_NACK_ADDRESS},
		{EIO, 1, 8, STATION_ERROR_MODULE, FIXTURE_NACK_DATA},
		{EIO, 2, 0, STATION_ERROR_MODULE, FIXTURE_NACK_DATA},
		{EIO, 0, 8, STATION_ERROR_MODULE, FIXTURE_NACK_NONE},
		{ETIMEDOUT, 1, 8, STATION_ERROR_MODULE, FIXTURE_NACK_NONE},
		{EBUSY, 1, 8, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{EAGAIN, 1, 8, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{EINVAL, 1, 8, STATION_ERROR_FIXTURE, FIXTURE_NACK_NONE},
		{EOPNOTSUPP, 1, 8, STATION_ERROR_UNSUPPORTED, FIXTURE_NACK_NONE},
		{EREMOTEIO, 1, 8, STATION_ERROR_MODULE, FIXTURE_NACK_ADDRESS},
		{0, 1, 8, STATION_ERROR_MODULE, FIXTURE_NACK_ADDRESS},
		{EREMOTEIO, 0, 8, STATION_ERROR_MODULE, FIXTURE_NACK_ADDRESS},
	};
	struct i2c_world w;
	struct i2c_bus *bus;

	if (umockdev_missing(skipped))
		return;
	world_start(&w);
	bus = open_bus();
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		enum fixture_nack nack = FIXTURE_NACK_NONE;
		guint8 data[8];

		g_test_message("%d", rows[i].number);
		world_fail(&w, 0, rows[i].number, 1);
		g_assert_false(transfer(bus, 0x50, "\x80\x01", rows[i].n_out, data, rows[i].n_in,
		                        &nack, &error));
		g_assert_error(error, STATION_ERROR, (int)rows[i].code);
		g_assert_cmpint(nack, ==, rows[i].nack);
		assert_log(&w, "/!");
	}
	bus->ops->close(bus);
	world_stop(&w);
}

/* Where it is not told which acknowledge was missing, the pointer is placed first. */
static void test_vague(void)
{
	struct i2c_world w;
	struct i2c_bus *bus;
	g_autoptr(GError) error = NULL;
	enum fixture_nack nack = FIXTURE_NACK_NONE;

	if (umockdev_missing(skipped))
		return;
	world_start(&w);
	bus = open_bus();
	world_fail(&w, 0, EREMOTEIO, 1);
	g_assert_false(transfer(bus, 0x50, "\x80\x01", 2, NULL, 0, &nack, NULL));
	g_assert_cmpint(nack, ==, FIXTURE_NACK_DATA);
	assert_log(&w, "/!");
	world_fail(&w, 0, EREMOTEIO, 1);
	g_assert_false(transfer(bus, 0x50, "\x80\x01", 2, NULL, 0, &nack, NULL));
	g_assert_cmpint(nack, ==, FIXTURE_NACK_ADDRESS);
	assert_log(&w, "/!");
	world_fail(&w, 1, EREMOTEIO, 1);
	g_assert_false(transfer(bus, 0x50, "\x80\x01", 2, NULL, 0, &nack, NULL));
	g_assert_cmpint(nack, ==, FIXTURE_NACK_DATA);
	assert_log(&w, "/W50:80 /!");
	g_assert_true(transfer(bus, 0x50, "\x80\x01", 2, NULL, 0, &nack, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(w.memory[0][0x80], ==, 1);
	bus->ops->close(bus);
	world_stop(&w);
}

/* Gone, it is looked for again, by its name wherever it then is. */
static void test_gone(void)
{
	struct i2c_world w;
	struct i2c_bus *bus;
	g_autoptr(GError) error = NULL;
	guint8 data[1];

	if (umockdev_missing(skipped))
		return;
	world_start(&w);
	bus = i2c_dev_open(NULL, world_adapter, 400e3, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < 2; i++) {
		world_fail(&w, 0, i ? ESHUTDOWN : ENODEV, 1);
		g_assert_false(transfer(bus, 0x50, "\x80", 1, data, 1, NULL, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
		g_clear_error(&error);
		g_assert_true(transfer(bus, 0x50, "\x80", 1, data, 1, NULL, &error));
		g_assert_cmpuint(data[0], ==, 0x80);
	}
	world_fail(&w, 0, ENODEV, 1);
	g_assert_false(transfer(bus, 0x50, "\x80", 1, data, 1, NULL, NULL));
	w.umockdev.testbed_remove_device(w.bed, "/sys/devices/i2c-7/i2c-dev/i2c-7");
	g_assert_false(transfer(bus, 0x50, "\x80", 1, data, 1, NULL, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	world_show(&w, 9, world_adapter, NULL);
	g_assert_true(transfer(bus, 0x50, "\x80", 1, data, 1, NULL, &error));
	g_assert_no_error(error);
	bus->ops->close(bus);
	world_stop(&w);
}

static void assert_refused(const char *device, const char *adapter, enum station_error code,
                           const char *says)
{
	g_autoptr(GError) error = NULL;
	struct i2c_bus *bus = i2c_dev_open(device, adapter, 400e3, &error);

	g_assert_null(bus);
	g_assert_error(error, STATION_ERROR, (int)code);
	g_test_message("%s", error->message);
	if (!strstr(error->message, says))
		g_error("\"%s\" does not say \"%s\"", error->message, says);
}

static void test_opening(void)
{
	struct i2c_world w;
	struct i2c_bus *bus;
	g_autoptr(GError) error = NULL;

	if (umockdev_missing(skipped))
		return;
	world_start(&w);
	world_show(&w, 3, "fast", "000F4240");
	world_show(&w, 4, "right", "00061A80");
	world_show(&w, 5, "twin", NULL);
	world_show(&w, 6, "twin", NULL);
	assert_refused(NULL, "slow", STATION_ERROR_CONFIG,
	               "no I2C adapter \"slow\"; there are: \"");
	assert_refused(NULL, "twin", STATION_ERROR_CONFIG, "\"twin\" is there twice");
	assert_refused(NULL, "fast", STATION_ERROR_CONFIG,
	               "the adapter's clock is 1 MHz, the board allows 400 kHz");
	assert_refused("/dev/i2c-99", NULL, STATION_ERROR_IO, "/dev/i2c-99: No such file");
	assert_refused("/dev/null", NULL, STATION_ERROR_IO, "not an I2C adapter");
	bus = i2c_dev_open(NULL, "right", 400e3, &error);
	g_assert_no_error(error);
	bus->ops->close(bus);
	w.functions = I2C_FUNC_SMBUS_EMUL;
	assert_refused(world_node, NULL, STATION_ERROR_UNSUPPORTED, "speaks SMBus only");
	world_stop(&w);
}

/* Two sites behind one multiplexer: each gets its own module, and leaves none switched through. */
static void test_mux(void)
{
	struct i2c_world w;
	struct i2c_bus *sites[2];
	g_autoptr(GError) error = NULL;
	enum fixture_nack nack = FIXTURE_NACK_NONE;
	guint8 data[2];

	if (umockdev_missing(skipped))
		return;
	world_start(&w);
	w.has_mux = TRUE;
	for (guint i = 0; i < 2; i++)
		sites[i] = i2c_mux_new(open_bus(), 0x70, i ? 5 : 0);
	for (guint i = 0; i < 4; i++) {
		g_assert_true(transfer(sites[i % 2], 0x50, "\x02", 1, data, 1, NULL, &error));
		g_assert_cmpuint(data[0], ==, i % 2 ? 2 + 16 * 5 : 2);
		g_assert_cmpuint(w.control, ==, 0);
	}
	assert_log(&w, "/W70:01 /W50:02 R50:1 /W70:00 /W70:20 /W50:02 R50:1 /W70:00 "
	               "/W70:01 /W50:02 R50:1 /W70:00 /W70:20 /W50:02 R50:1 /W70:00");
	/* its memory is before the multiplexer */
	g_assert_true(transfer(i2c_mux_trunk(sites[1]), 0x57, "\x00", 1, data, 2, NULL, &error));
	g_assert_no_error(error);
	assert_log(&w, "/W57:00 R57:2");
	/* the multiplexer's silence is not the module's, before and after */
	world_fail(&w, 0, ENXIO, 1);
	g_assert_false(transfer(sites[0], 0x50, "\x02", 1, data, 1, &nack, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(strstr(error->message, "multiplexer 0x70 cannot switch to the module"));
	g_assert_cmpint(nack, ==, FIXTURE_NACK_NONE);
	g_clear_error(&error);
	world_fail(&w, 2, ENXIO, 1);
	g_assert_false(transfer(sites[0], 0x50, "\x02", 1, data, 1, &nack, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(strstr(error->message, "cannot be released"));
	g_clear_error(&error);
	/* the module's is, and the channel is released all the same */
	world_fail(&w, 1, ENXIO, 1);
	g_assert_false(transfer(sites[0], 0x50, "\x02", 1, data, 1, &nack, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_cmpint(nack, ==, FIXTURE_NACK_ADDRESS);
	g_assert_cmpuint(w.control, ==, 0);
	for (guint i = 0; i < 2; i++)
		sites[i]->ops->close(sites[i]);
	world_stop(&w);
}

/* Who has the bus has it alone; who waits for it does so within his bounds. */
static void test_lock(void)
{
	struct i2c_world w;
	struct i2c_bus *first, *second;
	g_autoptr(GError) error = NULL;
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	struct bounds bounds = within(10), brief;
	struct bounds cancelled = {deadline_in_s(10), cancellable};

	if (umockdev_missing(skipped))
		return;
	world_start(&w);
	first = open_bus();
	second = open_bus();
	g_assert_true(first->ops->lock(first, &bounds, &error));
	brief = within(0.1);
	g_assert_false(second->ops->lock(second, &brief, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_assert_nonnull(strstr(error->message, "/dev/i2c-7 is in use by another site"));
	g_clear_error(&error);
	g_cancellable_cancel(cancellable);
	g_assert_false(second->ops->lock(second, &cancelled, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CANCELLED);
	g_clear_error(&error);
	first->ops->unlock(first);
	g_assert_true(second->ops->lock(second, &bounds, &error));
	g_assert_no_error(error);
	second->ops->close(second);
	g_assert_true(first->ops->lock(first, &bounds, &error));
	first->ops->close(first);
	world_stop(&w);
}

struct site {
	guint channel;
	guint wrong, failed;
};

static gpointer read_often(gpointer data)
{
	struct site *site = data;
	struct i2c_bus *bus = i2c_mux_new(open_bus(), 0x70, site->channel);

	for (guint i = 0; i < 40; i++) {
		guint8 byte = 0;

		site->failed += !transfer(bus, 0x50, "\x02", 1, &byte, 1, NULL, NULL);
		site->wrong += byte != 2 + 16 * site->channel;
	}
	bus->ops->close(bus);
	return NULL;
}

/* Sites at the same time: nobody reads the other's module. */
static void test_at_once(void)
{
	struct i2c_world w;
	struct site sites[3] = {{0}, {1}, {7}};
	GThread *threads[3];

	if (umockdev_missing(skipped))
		return;
	world_start(&w);
	w.has_mux = TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(sites); i++)
		threads[i] = g_thread_new("site", read_often, &sites[i]);
	for (guint i = 0; i < G_N_ELEMENTS(sites); i++) {
		g_thread_join(threads[i]);
		g_assert_cmpuint(sites[i].failed, ==, 0);
		g_assert_cmpuint(sites[i].wrong, ==, 0);
	}
	g_assert_cmpuint(w.control, ==, 0);
	world_stop(&w);
}

/* Which permission is missing, and what grants it. */
static void test_permission(void)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	const struct group *group = getgrgid(getgid() ? getgid() : 1);
	g_autofree char *command =
		g_strdup_printf("\"sudo usermod -aG %s %s\"", group->gr_name, g_get_user_name());
	int fd = g_file_open_tmp(NULL, &path, &error);

	g_assert_no_error(error);
	g_assert_cmpint(fchown(fd, (uid_t)-1, group->gr_gid), ==, 0);
	device_open_failed(path, ENOENT, &error);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_true(g_str_has_suffix(error->message, ": No such file or directory"));
	g_clear_error(&error);
	g_chmod(path, 0660);
	device_open_failed(path, EACCES, &error);
	g_assert_true(g_str_has_prefix(error->message, path));
	g_assert_nonnull(strstr(error->message, command));
	g_clear_error(&error);
	g_chmod(path, 0600);
	device_open_failed(path, EACCES, &error);
	g_assert_error(error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_null(strstr(error->message, command));
	g_assert_nonnull(strstr(error->message, "60-station.rules"));
	close(fd);
	g_unlink(path);
}

int main(int argc, char **argv)
{
	umockdev_restart(argv);
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/linux-i2c/transfers", test_transfers);
	g_test_add_func("/fixtures/linux-i2c/faults", test_faults);
	g_test_add_func("/fixtures/linux-i2c/vague", test_vague);
	g_test_add_func("/fixtures/linux-i2c/gone", test_gone);
	g_test_add_func("/fixtures/linux-i2c/opening", test_opening);
	g_test_add_func("/fixtures/linux-i2c/multiplexer", test_mux);
	g_test_add_func("/fixtures/linux-i2c/lock", test_lock);
	g_test_add_func("/fixtures/linux-i2c/at-once", test_at_once);
	g_test_add_func("/fixtures/linux-i2c/permission", test_permission);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module.h"
#include "tests/hardware/devices/i2c_adapter.h"
#include "tests/hardware/devices/usb_port.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* That the kernel's I2C does what a fixture needs of it, with the bench's module on its bus. */

enum { MODULE = 0x50 };

struct bed {
	struct world *world;
	struct sim_module *module;
	struct i2c_adapter *adapter;
	int fd;
};

static gboolean transfer(void *target, guint address, const guint8 *write, gsize write_len,
                         guint8 *read, gsize read_len)
{
	return sim_module_transfer(target, address, write, write_len, read, read_len) == SIM_BUS_OK;
}

static void plug(struct bed *bed)
{
	g_autofree char *node = i2c_adapter_plug(bed->adapter);
	bed->fd = open(node, O_RDWR | O_CLOEXEC);
	g_assert_cmpint(bed->fd, >=, 0);
}

static void bed_start(struct bed *bed)
{
	g_autoptr(GError) error = NULL;

	bed->world = world_new(1, 3, 1000);
	bed->module = sim_module_new(bed->world, 0);
	world_insert(bed->world, 0, "I2C00001", "", &error);
	g_assert_no_error(error);
	world_set_supply(bed->world, 0, 3.3, 5, TRUE);
	sim_module_set_pin(bed->module, SIM_PIN_RESET_L, TRUE);
	sim_module_set_pin(bed->module, SIM_PIN_MOD_SEL_L, FALSE);
	sim_module_tick(bed->module);
	world_sleep_s(bed->world, 3);
	sim_module_tick(bed->module);
	bed->adapter = i2c_adapter_new(transfer, bed->module);
	plug(bed);
}

static void bed_stop(struct bed *bed)
{
	close(bed->fd);
	i2c_adapter_free(bed->adapter);
	world_stop(bed->world);
	sim_module_free(bed->module);
	world_free(bed->world);
}

/* 0 or -errno. */
static int read_at(const struct bed *bed, guint16 address, guint8 at, guint8 *data, guint16 len)
{
	struct i2c_msg messages[] = {{address, 0, 1, &at}, {address, I2C_M_RD, len, data}};
	struct i2c_rdwr_ioctl_data both = {messages, 2};

	return ioctl(bed->fd, I2C_RDWR, &both) < 0 ? -errno : 0;
}

static int write_at(const struct bed *bed, guint8 at, guint8 value)
{
	guint8 bytes[] = {at, value};
	struct i2c_msg message = {MODULE, 0, sizeof bytes, bytes};
	struct i2c_rdwr_ioctl_data one = {&message, 1};

	return ioctl(bed->fd, I2C_RDWR, &one) < 0 ? -errno : 0;
}

static gboolean is_missing(void)
{
	const char *reason = NULL;

	if (usb_port_available(&reason))
		return FALSE;
	g_test_skip(reason);
	return TRUE;
}

/* The page that is selected is the one read, in one transfer of 128 bytes. */
static void test_pages(void)
{
	guint8 low[128], page[128];
	struct bed bed;

	if (is_missing())
		return;
	bed_start(&bed);
	g_assert_cmpint(read_at(&bed, MODULE, 0, low, sizeof low), ==, 0);
	g_assert_cmphex(low[0], ==, 0x18);
	for (guint8 i = 0; i < 3; i++) {
		g_assert_cmpint(write_at(&bed, 127, i), ==, 0);
		g_assert_cmpint(read_at(&bed, MODULE, 127, low, 1), ==, 0);
		g_assert_cmpint(low[0], ==, i);
		g_assert_cmpint(read_at(&bed, MODULE, 128, page, sizeof page), ==, 0);
		/* page 00h begins with the identifier again */
		if (i == 0)
			g_assert_cmphex(page[0], ==, 0x18);
	}
	bed_stop(&bed);
}

static void test_absent(void)
{
	guint8 byte;
	struct bed bed;

	if (is_missing())
		return;
	bed_start(&bed);
	g_assert_cmpint(read_at(&bed, MODULE + 1, 0, &byte, 1), ==, -ENXIO);
	g_assert_cmpint(read_at(&bed, MODULE, 0, &byte, 1), ==, 0);
	bed_stop(&bed);
}

static void test_unplugged(void)
{
	guint8 byte;
	struct bed bed;

	if (is_missing())
		return;
	bed_start(&bed);
	/* the kernel waits for whoever has it open */
	close(bed.fd);
	i2c_adapter_unplug(bed.adapter);
	plug(&bed);
	g_assert_cmpint(read_at(&bed, MODULE, 0, &byte, 1), ==, 0);
	bed_stop(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/i2c/pages", test_pages);
	g_test_add_func("/i2c/absent", test_absent);
	g_test_add_func("/i2c/unplugged", test_unplugged);
	return g_test_run();
}

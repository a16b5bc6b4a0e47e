/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/usbtmc_bed.h"

/* A USBTMC instrument that is pulled out in use, and put in again. */

static const double soon_s = 5;

static void expect_lost(gboolean ok, GError **error, gint64 start_us)
{
	g_assert_false(ok);
	g_assert_error(*error, STATION_ERROR, STATION_ERROR_IO);
	g_assert_cmpint(g_get_monotonic_time() - start_us, <, soon_s * G_USEC_PER_SEC);
	g_clear_error(error);
}

/* Between two messages: the next one fails, and so do all until it is back. */
static void test_unplugged(void)
{
	const struct bounds bounds = {deadline_in_s(60), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	struct device device;
	struct bus bus;

	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	for (int i = 0; i < 3; i++) {
		bed_assert_answer(link, "ECHO? before", "before");
		bus_unplug(&bus);
		for (int j = 0; j < 3; j++) {
			gint64 start_us = g_get_monotonic_time();
			gboolean ok = link_query(link, "ECHO? x", reply, 100, &bounds, &error);
			expect_lost(ok, &error, start_us);
		}
		bus_plug(&bus);
	}
	bed_assert_answer(link, "ECHO? after", "after");
	link_close(link);
	bus_stop(&bus);
}

static gpointer unplug_when_asked(gpointer user_data)
{
	struct bus *bus = user_data;

	for (gboolean asked = FALSE; !asked; g_usleep(1000)) {
		g_mutex_lock(&bus->lock);
		asked = bus->device->asked > 0;
		g_mutex_unlock(&bus->lock);
	}
	bus_unplug(bus);
	return NULL;
}

/* While an answer is waited for. */
static void test_unplugged_waiting(void)
{
	const struct bounds bounds = {deadline_in_s(60), NULL};
	g_autoptr(GByteArray) reply = g_byte_array_new();
	GError *error = NULL;
	struct device device;
	struct bus bus;

	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	struct link *link = bed_open();
	GThread *thread = g_thread_new("unplug", unplug_when_asked, &bus);
	gint64 start_us = g_get_monotonic_time();
	gboolean ok = link_query(link, "SILENT?", reply, 100, &bounds, &error);
	expect_lost(ok, &error, start_us);
	g_thread_join(thread);
	bus_plug(&bus);
	bed_assert_answer(link, "ECHO? after", "after");
	link_close(link);
	bus_stop(&bus);
}

/* The kernel's own driver, which made /dev/usbtmc0, has to go, and is given the device back. */
static void test_kernel_driver(void)
{
	struct device device;
	struct bus bus;

	if (bus_missing())
		return;
	device_init(&device);
	bus_start(&bus, &device);
	for (int i = 0; i < 3; i++) {
		g_assert_cmpint(access("/dev/usbtmc0", F_OK), ==, 0);
		struct link *link = bed_open();
		g_assert_cmpint(access("/dev/usbtmc0", F_OK), !=, 0);
		bed_assert_answer(link, "ECHO? 1", "1");
		link_close(link);
	}
	g_assert_cmpint(access("/dev/usbtmc0", F_OK), ==, 0);
	bus_stop(&bus);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/usbtmc/unplugged", test_unplugged);
	g_test_add_func("/usbtmc/unplugged-waiting", test_unplugged_waiting);
	g_test_add_func("/usbtmc/kernel-driver", test_kernel_driver);
	return g_test_run();
}

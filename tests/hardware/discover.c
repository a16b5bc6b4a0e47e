/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/device_lock.h"
#include "bench/sim.h"
#include "bench/sim_dp832.h"
#include "bench/sim_thorlabs.h"
#include "bench/world.h"
#include "tests/bench/serial_instrument.h"
#include "tests/bench/usb_instrument.h"

#include <gio/gio.h>

/* What station discover makes of a USBTMC instrument and of one on a serial line. */

struct bed {
	struct world *world;
	void *meter, *supply;
	struct device_lock *lock;
	struct usb_instrument *usb;
	struct server *server;
	struct serial_instrument *line;
};

static void bed_start(struct bed *bed)
{
	g_autoptr(GError) error = NULL;

	bed->world = world_new(1, 7, 1000);
	bed->meter = sim_pm100d.create(bed->world, 0, NULL);
	bed->supply = sim_dp832.create(bed->world, 0, NULL);
	bed->lock = device_lock_new();
	const struct bus_device meter = {sim_pm100d.ops, bed->meter, NULL, bed->lock};
	bed->usb = usb_instrument_new(&meter, "USB::0x1313::0x8078::P00101::INSTR", &error);
	g_assert_no_error(error);
	bed->server = server_new("supply", 0, sim_dp832.ops, bed->supply, NULL, &error);
	g_assert_no_error(error);
	bed->line = serial_instrument_new(server_port(bed->server));
}

static void bed_stop(struct bed *bed)
{
	serial_instrument_free(bed->line);
	usb_instrument_free(bed->usb);
	world_stop(bed->world);
	server_free(bed->server);
	sim_pm100d.destroy(bed->meter);
	sim_dp832.destroy(bed->supply);
	device_lock_free(bed->lock);
	world_free(bed->world);
}

/* Free with g_free; the program must end well. */
static char *station(const char *arguments)
{
	g_autofree char *command =
		g_strdup_printf("%s/station %s", g_getenv("STATION_BIN"), arguments);
	g_autofree char *words = NULL;
	g_autoptr(GError) error = NULL;
	char *text = NULL;
	int status = 0;

	g_assert_true(g_spawn_command_line_sync(command, &text, &words, &status, &error));
	g_assert_no_error(error);
	g_test_message("%s%s", text, words);
	g_assert_true(g_spawn_check_wait_status(status, &error));
	return text;
}

static void assert_item(const char *text, const char *class, const char *driver,
                        const char *resource)
{
	g_autofree char *item = g_strdup_printf("  - name: %s1\n    class: %s\n    driver: %s\n"
	                                        "    resource: %s\n",
	                                        class, class, driver, resource);
	if (!strstr(text, item))
		g_error("not found:\n%s", item);
}

/* Nothing is sent to a serial line unless that is asked for. */
static void test_silent(void)
{
	struct bed bed;

	if (bus_missing() || serial_missing())
		return;
	bed_start(&bed);
	g_autofree char *text = station("discover --only usb,serial --timeout 5");
	assert_item(text, "power-meter", "thorlabs-power-meter",
	            "USB::0x1313::0x8078::P00101::INSTR");
	g_assert_nonnull(strstr(text, "  # by serial line, FT232R USB UART - A1B2C3D4, "
	                              "USB 0403:6001, serial A1B2C3D4; not asked\n"));
	g_assert_null(strstr(text, "supply1"));
	bed_stop(&bed);
}

/* The lines are a configuration's: the station can work with what it found. */
static void test_asked(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("discover-XXXXXX", &error);
	struct bed bed;

	if (bus_missing() || serial_missing())
		return;
	g_assert_no_error(error);
	bed_start(&bed);
	g_autofree char *text = station("discover --only usb,serial --ask-serial --timeout 5");
	assert_item(text, "power-meter", "thorlabs-power-meter",
	            "USB::0x1313::0x8078::P00101::INSTR");
	assert_item(text, "supply", "rigol-supply", "ASRL/dev/ttyUSB0::INSTR");
	g_autofree char *config =
		g_strdup_printf("station: found\nstore: %s/station.db\nsites: []\n"
	                        "products: []\ninstruments:\n%s",
	                        folder, text);
	g_autofree char *path = g_build_filename(folder, "station.yaml", NULL);
	g_assert_true(g_file_set_contents(path, config, -1, &error));
	g_autofree char *arguments = g_strdup_printf("--config %s check", path);
	g_autofree char *checked = station(arguments);
	g_assert_nonnull(strstr(checked, "power-meter1"));
	g_assert_nonnull(strstr(checked, "supply1"));
	bed_stop(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/discover/silent", test_silent);
	g_test_add_func("/discover/asked", test_asked);
	return g_test_run();
}

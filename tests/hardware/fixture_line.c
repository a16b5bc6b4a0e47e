/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "bench/sim_fixture.h"
#include "fixtures/fixture.h"
#include "tests/bench/serial_instrument.h"

/* The fixture controller, with a module in its socket, on a serial line of the kernel's. */

struct bed {
	struct world *world;
	struct sim_fixture *controller;
	struct server *server;
	struct serial_instrument *line;
	struct bounds bounds;
};

static const double soon_s = 10;

static void bed_start(struct bed *bed)
{
	g_autoptr(GError) error = NULL;

	bed->world = world_new(1, 3, 1000);
	bed->controller = sim_fixture_new(bed->world, 0);
	world_insert(bed->world, 0, "LINE0001", "", &error);
	g_assert_no_error(error);
	sim_fixture_tick(bed->controller);
	bed->server =
		server_new("fixture", 0, &sim_fixture_server_ops, bed->controller, NULL, &error);
	g_assert_no_error(error);
	bed->line = serial_instrument_new(server_port(bed->server));
	bed->bounds = (struct bounds){deadline_in_s(60), NULL};
}

static void bed_stop(struct bed *bed)
{
	serial_instrument_free(bed->line);
	server_free(bed->server);
	world_stop(bed->world);
	sim_fixture_free(bed->controller);
	world_free(bed->world);
}

static struct fixture *open_fixture(struct bed *bed)
{
	g_autoptr(GError) error = NULL;
	struct fixture *fixture = fixture_open("controller:/dev/ttyUSB0", &bed->bounds, &error);

	g_assert_no_error(error);
	return fixture;
}

/* Powers the module and lets it be asked. */
static void wake_module(struct bed *bed, struct fixture *fixture)
{
	g_autoptr(GError) error = NULL;

	world_set_supply(bed->world, 0, 3.3, 5, TRUE);
	fixture_set_low_power(fixture, TRUE, &bed->bounds, &error);
	g_assert_no_error(error);
	fixture_set_reset(fixture, FALSE, &bed->bounds, &error);
	g_assert_no_error(error);
	fixture_select(fixture, TRUE, &bed->bounds, &error);
	g_assert_no_error(error);
	world_sleep_s(bed->world, 3);
	sim_fixture_tick(bed->controller);
}

static void assert_identifier(struct bed *bed, struct fixture *fixture)
{
	static const guint8 at = 0;
	g_autoptr(GError) error = NULL;
	guint8 data[128] = {0};

	fixture_i2c_xfer(fixture, 0x50, &at, 1, data, sizeof data, NULL, &bed->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmphex(data[0], ==, 0x18); /* QSFP-DD */
}

static void test_module(void)
{
	g_autoptr(GError) error = NULL;
	gboolean present = FALSE;
	guint64 count = 0;
	struct bed bed;

	if (serial_missing())
		return;
	bed_start(&bed);
	struct fixture *fixture = open_fixture(&bed);
	const struct ftdi_settings is = ftdi_settings(bed.line->adapter.ftdi);
	g_assert_cmpfloat(ABS(is.baud / 115200 - 1), <, 0.002);
	g_assert_cmpint(is.parity, ==, 'N');
	g_assert_cmpstr(fixture_form(fixture), ==, "QSFP-DD");
	g_assert_true(fixture_module_present(fixture, &present, &bed.bounds, &error));
	g_assert_true(present);
	g_assert_true(fixture_insertions(fixture, &count, &bed.bounds, &error));
	g_assert_cmpuint(count, ==, 1);
	wake_module(&bed, fixture);
	for (int i = 0; i < 20; i++)
		assert_identifier(&bed, fixture);
	fixture_close(fixture);
	bed_stop(&bed);
}

/* What is asked meanwhile fails soon; afterwards the module has to be woken anew. */
static void test_unplugged(void)
{
	guint8 data[3];
	struct bed bed;

	if (serial_missing())
		return;
	bed_start(&bed);
	struct fixture *fixture = open_fixture(&bed);
	for (int i = 0; i < 2; i++) {
		wake_module(&bed, fixture);
		assert_identifier(&bed, fixture);
		guint epoch = fixture_epoch(fixture);
		ftdi_unplug(bed.line->adapter.ftdi);
		for (int j = 0; j < 2; j++) {
			g_autoptr(GError) error = NULL;
			gint64 start_us = g_get_monotonic_time();
			g_assert_false(fixture_i2c_read(fixture, 0x50, data, 3, NULL, &bed.bounds,
			                                &error));
			g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
			g_assert_cmpint(g_get_monotonic_time() - start_us, <,
			                soon_s * G_USEC_PER_SEC);
		}
		g_assert_cmpuint(fixture_epoch(fixture), >, epoch);
		serial_adapter_plug(&bed.line->adapter);
	}
	wake_module(&bed, fixture);
	assert_identifier(&bed, fixture);
	fixture_close(fixture);
	bed_stop(&bed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fixture/module", test_module);
	g_test_add_func("/fixture/unplugged", test_unplugged);
	return g_test_run();
}

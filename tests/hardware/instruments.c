/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_meerstetter.h"
#include "bench/sim_oz.h"
#include "bench/sim_thorlabs.h"
#include "instruments/attenuator.h"
#include "instruments/power_meter.h"
#include "instruments/thermal.h"
#include "tests/bench/conformance.h"
#include "tests/bench/serial_instrument.h"
#include "tests/bench/usb_instrument.h"

/* Drivers whose instrument is pulled out in use, and put in again. */

static const double soon_s = 10;

static gboolean read_meter(struct conformance *bed, GError **error)
{
	double power_w;
	return power_meter_read_w(bed->instrument, 1, &power_w, &bed->bounds, error);
}

static gboolean read_thermal(struct conformance *bed, GError **error)
{
	double degc;
	return thermal_read_degc(bed->instrument, &degc, &bed->bounds, error);
}

/* It has no shutter: this moves its filter. */
static gboolean move_attenuator(struct conformance *bed, GError **error)
{
	struct instrument *it = bed->instrument;
	return attenuator_open_shutter(it, 1, TRUE, &bed->bounds, error) &&
	       attenuator_open_shutter(it, 1, FALSE, &bed->bounds, error);
}

static const struct row {
	struct conformance_row instrument;
	gboolean (*use)(struct conformance *bed, GError **error);
} rows[] = {
	{{"thorlabs-power-meter", &sim_pm100d, "USB::0x1313::0x8078::P00101::INSTR", NULL, NULL, 0,
          CONFORMANCE_USBTMC},
         read_meter},
	{{"oz-attenuator", &sim_oz, "ASRL/dev/ttyUSB0::INSTR", NULL, NULL, 0, CONFORMANCE_SERIAL},
         move_attenuator},
	{{"meerstetter-thermal", &sim_meerstetter, "ASRL/dev/ttyUSB0::INSTR?baud=57600", NULL, NULL,
          0, CONFORMANCE_SERIAL},
         read_thermal},
};

static void unplug(struct conformance *bed)
{
	if (bed->usb)
		bus_unplug(&bed->usb->bus);
	else
		ftdi_unplug(bed->serial->adapter.ftdi);
}

static void plug(struct conformance *bed)
{
	if (bed->usb)
		bus_plug(&bed->usb->bus);
	else
		serial_adapter_plug(&bed->serial->adapter);
}

static void test_unplugged(gconstpointer data)
{
	const struct row *row = data;
	struct conformance bed;
	GError *error = NULL;

	if (bus_missing() || serial_missing())
		return;
	conformance_open(&bed, &row->instrument);
	for (int i = 0; i < 2; i++) {
		g_assert_true(row->use(&bed, &error));
		unplug(&bed);
		for (int j = 0; j < 2; j++) {
			gint64 start_us = g_get_monotonic_time();
			conformance_expect(row->use(&bed, &error), &error, STATION_ERROR_IO);
			g_assert_cmpint(g_get_monotonic_time() - start_us, <,
			                soon_s * G_USEC_PER_SEC);
		}
		plug(&bed);
	}
	row->use(&bed, &error);
	g_assert_no_error(error);
	conformance_close(&bed);
}

int main(int argc, char **argv)
{
	conformance_init(&argc, &argv);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/unplugged/%s", rows[i].instrument.driver);
		g_test_add_data_func(path, &rows[i], test_unplugged);
	}
	return g_test_run();
}

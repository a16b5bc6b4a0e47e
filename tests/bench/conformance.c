/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/bench/conformance.h"

#include "base/clock.h"
#include "bench/device_lock.h"
#include "bench/hislip_server.h"
#include "bench/prologix_server.h"
#include "bench/server.h"
#include "bench/vxi11_server.h"
#include "instruments/driver.h"
#include "instruments/registry.h"
#include "tests/bench/serial_instrument.h"
#include "tests/unit/tls_bed.h"
#include "tests/bench/usb_instrument.h"

#include <string.h>

/* ---- buses ---- */

/* Each tells where it listens; 0 on failure, or where nothing does. */

static guint16 serve_socket(struct conformance *bed, const struct bus_device *device,
                            GError **error)
{
	bed->server = server_new(bed->row->sim->name, 0, device->ops, device->device,
	                         device->faults, error);
	return bed->server ? server_port(bed->server) : 0;
}

static guint16 serve_prologix(struct conformance *bed, const struct bus_device *device,
                              GError **error)
{
	bed->prologix = prologix_server_new("adapter", 0, device, 1, error);
	return bed->prologix ? prologix_server_port(bed->prologix) : 0;
}

static guint16 serve_hislip(struct conformance *bed, const struct bus_device *device,
                            GError **error)
{
	const struct hislip_options options = {.overlapped =
	                                               bed->row->bus == CONFORMANCE_OVERLAPPED};
	bed->hislip = hislip_server_new(bed->row->sim->name, 0, device, &options, error);
	return bed->hislip ? hislip_server_port(bed->hislip) : 0;
}

static guint16 serve_secure(struct conformance *bed, const struct bus_device *device,
                            GError **error)
{
	g_autoptr(GTlsCertificate) certificate = tls_certificate("good");
	const struct hislip_options options = {
		.encryption = HISLIP_MANDATORY,
		.certificate = certificate,
	};
	bed->hislip = hislip_server_new(bed->row->sim->name, 0, device, &options, error);
	return bed->hislip ? hislip_server_port(bed->hislip) : 0;
}

static guint16 serve_vxi11(struct conformance *bed, const struct bus_device *device, GError **error)
{
	bed->vxi11 = vxi11_server_new(bed->row->sim->name, 0, device, NULL, error);
	return bed->vxi11 ? vxi11_server_port(bed->vxi11) : 0;
}

static guint16 serve_usb(struct conformance *bed, const struct bus_device *device, GError **error)
{
	bed->usb = usb_instrument_new(device, bed->row->before, error);
	return 0;
}

static guint16 serve_serial(struct conformance *bed, const struct bus_device *device,
                            GError **error)
{
	guint16 port = serve_socket(bed, device, error);
	if (port > 0)
		bed->serial = serial_instrument_new(port);
	return port;
}

static const struct {
	const char *suffix;
	guint16 (*serve)(struct conformance *bed, const struct bus_device *device, GError **error);
} buses[] = {
	[CONFORMANCE_SOCKET] = {"", serve_socket},
	[CONFORMANCE_PROLOGIX] = {"-prologix", serve_prologix},
	[CONFORMANCE_HISLIP] = {"-hislip", serve_hislip},
	[CONFORMANCE_OVERLAPPED] = {"-hislip-overlapped", serve_hislip},
	[CONFORMANCE_SECURE] = {"-hislip-tls", serve_secure},
	[CONFORMANCE_VXI11] = {"-vxi11", serve_vxi11},
	[CONFORMANCE_USBTMC] = {"-usbtmc", serve_usb},
	[CONFORMANCE_SERIAL] = {"-serial", serve_serial},
};

static guint16 serve(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	bed->world = world_new(1, 7, CONFORMANCE_SCALE);
	bed->faults = faults_new();
	bed->device = bed->row->sim->create(bed->world, 0, bed->faults);
	bed->lock = device_lock_new();
	const struct bus_device device = {bed->row->sim->ops, bed->device, bed->faults, bed->lock};
	guint16 port = buses[bed->row->bus].serve(bed, &device, &error);
	g_assert_no_error(error);
	return port;
}

static void end_service(struct conformance *bed)
{
	serial_instrument_free(bed->serial);
	server_free(bed->server);
	prologix_server_free(bed->prologix);
	hislip_server_free(bed->hislip);
	vxi11_server_free(bed->vxi11);
	usb_instrument_free(bed->usb);
}

/* A real kernel has nothing to add to buses that are sockets. */
static gboolean is_wanted(enum conformance_bus bus)
{
#ifdef TESTS_IN_KERNEL
	return bus == CONFORMANCE_USBTMC || bus == CONFORMANCE_SERIAL;
#else
	return TRUE;
#endif
}

static gboolean bus_is_missing(enum conformance_bus bus)
{
	if (bus == CONFORMANCE_SECURE)
		return tls_missing();
	if (bus != CONFORMANCE_USBTMC && bus != CONFORMANCE_SERIAL)
		return FALSE;
	if (!bus_missing())
		return bus == CONFORMANCE_SERIAL && serial_missing();
	if (bus == CONFORMANCE_SERIAL)
		g_test_skip("SERIAL LINES NOT TESTED: umockdev is not installed");
	return TRUE;
}

void conformance_init(int *argc, char ***argv)
{
	bus_restart(*argv);
	g_test_init(argc, argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
}

/* ---- the bed ---- */

static char *resource_of(const struct conformance_row *row, guint16 port)
{
	g_autofree char *authority = tls_path("authority");
	if (!row->after)
		return g_strdup(row->before);
	return g_strdup_printf("%s%u%s%s%s", row->before, port, row->after,
	                       row->bus == CONFORMANCE_SECURE ? "?ca=" : "",
	                       row->bus == CONFORMANCE_SECURE ? authority : "");
}

void conformance_open(struct conformance *bed, const struct conformance_row *row)
{
	g_autoptr(GError) error = NULL;
	*bed = (struct conformance){.row = row};
	clock_set_scale(CONFORMANCE_SCALE);
	guint16 port = serve(bed);
	const struct instrument_driver *driver = registry_find(row->driver, &error);
	g_assert_no_error(error);
	g_autofree char *resource = resource_of(row, port);
	const struct instrument_config config = {
		.name = "it",
		.class = driver->class,
		.driver = row->driver,
		.resource = resource,
		.parameters = row->parameters,
		.n_parameters = row->n_parameters,
	};
	bed->bounds.deadline = deadline_in_s(60);
	bed->instrument = instrument_open(&config, &bed->bounds, &error);
	g_assert_no_error(error);
}

void conformance_close(struct conformance *bed)
{
	instrument_close(bed->instrument);
	world_stop(bed->world);
	end_service(bed);
	bed->row->sim->destroy(bed->device);
	device_lock_free(bed->lock);
	faults_free(bed->faults);
	world_free(bed->world);
}

/* ---- light ---- */

/* The light drifts most in its first minutes. */
#define WARM_UP_S 100.0

static void drive(struct conformance *bed, gboolean on)
{
	struct world_power power;
	world_power(bed->world, 0, &power);
	struct world_drive drive = {.power_epoch = power.epoch, .high_power = TRUE, .tec_degc = 45};
	for (guint i = 0; i < WORLD_LANES; i++) {
		drive.tx[i].on = on;
		drive.tx[i].pattern = WORLD_PATTERN_PRBS13Q;
		drive.tx[i].knobs = (struct world_tx_knobs){.laser_bias_a = 60e-3,
		                                            .mod_bias_v = 1.35,
		                                            .mod_swing_v = 1.25};
	}
	world_set_drive(bed->world, 0, &drive);
}

void conformance_light(struct conformance *bed)
{
	g_autoptr(GError) error = NULL;
	if (!world_unit(bed->world, 0)) {
		world_insert(bed->world, 0, "CONFORMS", "", &error);
		g_assert_no_error(error);
		world_set_supply(bed->world, 0, 3.3, 5, TRUE);
	}
	/* in still air it would go on warming for minutes */
	world_set_thermal(bed->world, 0, TRUE, TRUE, 25);
	drive(bed, TRUE);
	world_sleep_s(bed->world, WARM_UP_S);
}

void conformance_dark(struct conformance *bed)
{
	drive(bed, FALSE);
}

/* ---- tests ---- */

void conformance_expect(gboolean ok, GError **error, enum station_error kind)
{
	g_assert_false(ok);
	g_assert_error(*error, STATION_ERROR, (int)kind);
	g_assert_true(g_str_has_prefix((*error)->message, "it: "));
	g_clear_error(error);
}

struct conformance_case {
	const struct conformance_row *row;
	conformance_test_fn test;
};

static void run_case(gconstpointer data)
{
	const struct conformance_case *this = data;
	struct conformance bed;
	if (bus_is_missing(this->row->bus))
		return;
	conformance_open(&bed, this->row);
	this->test(&bed);
	conformance_close(&bed);
}

void conformance_add(const struct conformance_row *rows, gsize n_rows, const char *name,
                     conformance_test_fn test)
{
	for (gsize i = 0; i < n_rows; i++) {
		if (!is_wanted(rows[i].bus))
			continue;
		struct conformance_case *this = g_new0(struct conformance_case, 1);
		g_autofree char *path =
			g_strdup_printf("/conformance/%s/%s%s/%s", rows[i].driver,
		                        rows[i].sim->model, buses[rows[i].bus].suffix, name);
		*this = (struct conformance_case){&rows[i], test};
		g_test_add_data_func_full(path, this, run_case, g_free);
	}
}

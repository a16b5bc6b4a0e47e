/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/whole_site.h"

#include "base/error.h"
#include "bench/control.h"
#include "bench/device_lock.h"
#include "bench/sim.h"
#include "bench/sim_fixture.h"
#include "bench/sim_meerstetter.h"
#include "bench/sim_power_meter.h"
#include "bench/sim_thermal.h"
#include "bench/stand.h"
#include "bench/template.h"
#include "tests/bench/serial_instrument.h"
#include "tests/bench/usb_instrument.h"
#include "tests/hardware/devices/gpio_sim.h"
#include "tests/hardware/devices/site_bridge.h"

#include <glib/gstdio.h>

#define KINDS_MAX 16

struct whole_site {
	char *folder;
	const struct sim_kind *kinds[KINDS_MAX]; /* those on TCP */
	struct world *world;
	struct stand *stand;
	struct control *control;
	struct server *control_server;
	/* one of them */
	struct site_board *board;
	struct site_bridge *bridge;
	/* the power meter */
	void *meter;
	struct device_lock *meter_lock;
	struct usb_instrument *usb;
	/* the thermal head */
	void *head;
	struct server *head_server;
	struct serial_instrument *line;
};

gboolean whole_site_missing(void)
{
	const char *reason = NULL;

	if (bus_missing() || serial_missing())
		return TRUE;
	if (gpio_sim_available(&reason))
		return FALSE;
	g_test_skip(reason);
	return TRUE;
}

/* ---- the control port ---- */

static void *session_new(void *device)
{
	return device;
}

/* Whoever has put a unit in finds it there. */
static gboolean session_message(void *session, const char *data, gsize len, GByteArray *reply)
{
	struct whole_site *site = session;
	g_autofree char *line = control_execute(site->control, data, (gssize)len);

	sim_fixture_tick(stand_fixture(site->stand, 0));
	if (site->board)
		site_board_follow(site->board);
	else
		site_bridge_follow(site->bridge);
	g_byte_array_append(reply, (const guint8 *)line, (guint)strlen(line));
	g_byte_array_append(reply, (const guint8 *)"\n", 1);
	return TRUE;
}

static void session_free(void *session)
{
}

static const struct server_ops control_ops = {
	.session_new = session_new,
	.message = session_message,
	.session_free = session_free,
};

/* ---- what stands around ---- */

static void make_stand(struct whole_site *site)
{
	const struct stand_options options = {.kinds = site->kinds};
	g_autoptr(GError) error = NULL;
	guint n = 0;

	for (guint i = 0; sim_instruments[i]; i++)
		if (sim_instruments[i] != &sim_power_meter && sim_instruments[i] != &sim_thermal)
			site->kinds[n++] = sim_instruments[i];
	g_assert_cmpuint(n, <, KINDS_MAX);
	site->stand = stand_new(site->world, &options, &error);
	g_assert_no_error(error);
}

static void make_meter(struct whole_site *site)
{
	g_autoptr(GError) error = NULL;

	site->meter = sim_power_meter.create(site->world, 0, NULL);
	site->meter_lock = device_lock_new();
	const struct bus_device device = {sim_power_meter.ops, site->meter, NULL, site->meter_lock};
	site->usb = usb_instrument_new(&device, WHOLE_SITE_METER_AT, &error);
	g_assert_no_error(error);
}

static void make_head(struct whole_site *site)
{
	g_autoptr(GError) error = NULL;

	site->head = sim_meerstetter.create(site->world, 0, NULL);
	site->head_server =
		server_new("thermal head", 0, sim_meerstetter.ops, site->head, NULL, &error);
	g_assert_no_error(error);
	site->line = serial_instrument_new(server_port(site->head_server));
}

static void make_control(struct whole_site *site)
{
	g_autoptr(GError) error = NULL;

	site->control = control_new(site->world, site->stand, NULL, NULL);
	site->control_server = server_new("control", 0, &control_ops, site, NULL, &error);
	g_assert_no_error(error);
}

/* ---- what the station reads ---- */

static GHashTable *template_values(const struct whole_site *site)
{
	GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (guint i = 0; stand_name(site->stand, i); i++)
		g_hash_table_insert(values, g_strdup(stand_name(site->stand, i)),
		                    g_strdup_printf("%u", stand_port(site->stand, i)));
	g_hash_table_insert(values, g_strdup("control"),
	                    g_strdup_printf("%u", server_port(site->control_server)));
	g_hash_table_insert(values, g_strdup("time_scale"),
	                    g_strdup_printf("%g", world_time_scale(site->world)));
	return values;
}

/* The text is there once. */
static void replace(GString *text, const char *old, const char *new)
{
	if (g_string_replace(text, old, new, 0) != 1)
		g_error("the example configuration has no \"%s\", or several", old);
}

void whole_site_write(const struct whole_site *site, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(site->folder, name, NULL);
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

void whole_site_change(const struct whole_site *site, const char *old, const char *new)
{
	g_autofree char *path = g_build_filename(site->folder, "station.yaml", NULL);
	g_autofree char *before = NULL;
	g_autoptr(GError) error = NULL;

	g_file_get_contents(path, &before, NULL, &error);
	g_assert_no_error(error);
	g_autoptr(GString) text = g_string_new(before);
	replace(text, old, new);
	whole_site_write(site, "station.yaml", text->str);
}

/* The shipped example, with the addresses of what is on the kernel's buses. */
static void write_configuration(const struct whole_site *site)
{
	g_autofree char *path = g_build_filename(g_getenv("STATION_SRC"),
	                                         "station/examples/virtual-bench.yaml.in", NULL);
	g_autofree char *example = NULL;
	g_autoptr(GError) error = NULL;

	g_file_get_contents(path, &example, NULL, &error);
	g_assert_no_error(error);
	g_autoptr(GString) text = g_string_new(example);
	replace(text, "TCPIP::127.0.0.1::@power_meter1@::SOCKET", WHOLE_SITE_METER_AT);
	replace(text,
	        "intest-thermal\n    resource: TCPIP::127.0.0.1::@thermal1@::SOCKET\n"
	        "    parameters: {sensor: T}\n",
	        "meerstetter-thermal\n    resource: " WHOLE_SITE_HEAD_AT "\n");
	replace(text, "controller:127.0.0.1:@fixture1@", "board:file=board.yaml");
	g_autoptr(GHashTable) values = template_values(site);
	g_autofree char *filled = template_fill(text->str, path, values, &error);
	g_assert_no_error(error);
	whole_site_write(site, "station.yaml", filled);
}

static void write_board(const struct whole_site *site)
{
	g_autofree char *lines =
		site->board ? site_board_file(site->board) : g_strdup(site_bridge_file());
	g_autofree char *text = g_strconcat(lines, "insertions: {file: board.count}\n", NULL);

	whole_site_write(site, "board.yaml", text);
}

/* ---- the whole ---- */

struct whole_site *whole_site_new(enum whole_site_wiring wiring, double time_scale)
{
	struct whole_site *site = g_new0(struct whole_site, 1);
	g_autoptr(GError) error = NULL;

	site->folder = g_dir_make_tmp("site-XXXXXX", &error);
	g_assert_no_error(error);
	site->world = world_new(1, 7, time_scale);
	make_stand(site);
	make_meter(site);
	make_head(site);
	struct sim_module *module = sim_fixture_module(stand_fixture(site->stand, 0));
	if (wiring == WHOLE_SITE_LINES)
		site->board = site_board_new(module);
	else
		site->bridge = site_bridge_new(module);
	make_control(site);
	write_configuration(site);
	write_board(site);
	return site;
}

void whole_site_free(struct whole_site *site)
{
	if (!site)
		return;
	world_stop(site->world);
	site_board_free(site->board);
	site_bridge_free(site->bridge);
	serial_instrument_free(site->line);
	usb_instrument_free(site->usb);
	server_free(site->head_server);
	sim_meerstetter.destroy(site->head);
	sim_power_meter.destroy(site->meter);
	device_lock_free(site->meter_lock);
	server_free(site->control_server);
	control_free(site->control);
	stand_free(site->stand);
	world_free(site->world);
	g_free(site->folder);
	g_free(site);
}

const char *whole_site_folder(const struct whole_site *site)
{
	return site->folder;
}

struct site_board *whole_site_board(const struct whole_site *site)
{
	return site->board;
}

void whole_site_declare(struct whole_site *site, const char *serial, const char *defects)
{
	g_autoptr(GError) error = NULL;

	world_declare_unit(site->world, serial, defects, &error);
	g_assert_no_error(error);
}

JsonNode *whole_site_ask(struct whole_site *site, const char *request)
{
	g_autofree char *reply = control_execute(site->control, request, -1);
	g_autoptr(GError) error = NULL;
	JsonNode *node = json_from_string(reply, &error);

	g_assert_no_error(error);
	g_assert_true(json_object_get_boolean_member(json_node_get_object(node), "ok"));
	return node;
}

void whole_site_assert_safe(struct whole_site *site)
{
	struct world_site_state state;

	world_site_state(site->world, 0, &state);
	g_assert_false(state.supply_on);
	for (guint i = 0; i < WORLD_LANES; i++) {
		g_assert_false(state.attenuator_open[i]);
		g_assert_cmpfloat(state.tx_power_w[i], <, 1e-8);
		g_assert_cmpfloat(state.rx_power_w[i], <, 1e-8);
	}
	g_assert_true(site->board ? site_board_is_safe(site->board)
	                          : site_bridge_is_safe(site->bridge));
}

void whole_site_pull(struct whole_site *site, enum whole_site_device device)
{
	switch (device) {
	case WHOLE_SITE_METER:
		bus_unplug(&site->usb->bus);
		break;
	case WHOLE_SITE_HEAD:
		ftdi_unplug(site->line->adapter.ftdi);
		break;
	case WHOLE_SITE_BRIDGE:
		site_bridge_unplug(site->bridge);
		break;
	}
}

void whole_site_put(struct whole_site *site, enum whole_site_device device)
{
	switch (device) {
	case WHOLE_SITE_METER:
		bus_plug(&site->usb->bus);
		break;
	case WHOLE_SITE_HEAD:
		serial_adapter_plug(&site->line->adapter);
		break;
	case WHOLE_SITE_BRIDGE:
		site_bridge_plug(site->bridge);
		break;
	}
}

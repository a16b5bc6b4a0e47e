/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_BENCH_MODULE_BRIDGE_BED_H
#define TESTS_BENCH_MODULE_BRIDGE_BED_H

#include "base/error.h"
#include "bench/sim_module.h"
#include "fixtures/bridge.h"
#include "fixtures/fixture.h"
#include "tests/unit/cp2112_model.h"
#include "tests/unit/hid_bus.h"
#include "tests/unit/mcp2221_model.h"

#include <glib/gstdio.h>

/*
 * Bridges on USB with the bench's CMIS module on their wires: line 0 is ResetL, 1 LPMode, 2
 * ModSelL, 3 ModPrsL, and 4 of a CP2112 IntL, which has its place on a second MCP2221A else.
 */
struct bed {
	struct hid_bus bus;
	enum bridge_model kind;
	struct world *world;
	struct sim_module *module;
	struct hid_model *model;
	struct hid_model *second; /* null: a CP2112 needs none */
	enum hid_i2c trouble;     /* what happens on the I2C bus to the next transfers: so many */
	guint n_trouble, trouble_in;
	guint n_transfers;
	char *path; /* of the board file */
};

static const char bed_serial[] = "00A1B2C3";

static enum hid_i2c bed_transfer(void *target, guint address, const guint8 *write, gsize n_write,
                                 guint8 *read, gsize n_read)
{
	static const enum hid_i2c results[] = {
		[SIM_BUS_OK] = HID_I2C_OK,
		[SIM_BUS_NACK_ADDRESS] = HID_I2C_NACK_ADDRESS,
		[SIM_BUS_NACK_DATA] = HID_I2C_NACK_DATA,
	};
	struct bed *bed = target;

	bed->n_transfers++;
	if (bed->n_trouble && bed->trouble_in-- == 0) {
		bed->trouble_in = 0;
		bed->n_trouble--;
		return bed->trouble;
	}
	return results[sim_module_transfer(bed->module, address, write, n_write, read, n_read)];
}

static void bed_moved(void *target, guint levels)
{
	struct bed *bed = target;

	sim_module_set_pin(bed->module, SIM_PIN_RESET_L, levels & 1);
	sim_module_set_pin(bed->module, SIM_PIN_LP_MODE, levels >> 1 & 1);
	sim_module_set_pin(bed->module, SIM_PIN_MOD_SEL_L, levels >> 2 & 1);
}

/* Resistors of the board: ResetL down, LPMode and ModSelL up; the module holds ModPrsL low. */
static const guint bed_outside = 0xF6 & ~(1u << 3);

static struct hid_model *bed_model(enum bridge_model kind, const char *serial)
{
	return kind == BRIDGE_CP2112 ? cp2112_model_new(serial) : mcp2221_model_new(serial);
}

static void bed_power(struct bed *bed)
{
	if (bed->kind == BRIDGE_CP2112)
		hid_model_power(bed->model);
	else
		mcp2221_model_power(bed->model);
}

/* Bridges with their lines, and the file that names them. */
static void bed_write_file(struct bed *bed, const char *bridges, const char *interrupt)
{
	g_autofree char *text =
		g_strdup_printf("form: QSFP-DD\nserial_number: FX-0042\nbridges:\n%s"
	                        "bus: {bridge: main, clock: 100 kHz}\npins:\n"
	                        "  ResetL: {chip: main, line: 0}\n  LPMode: {chip: main, line: 1}\n"
	                        "  ModSelL: {chip: main, line: 2}\n  ModPrsL: {chip: main, line: "
	                        "3}\n"
	                        "  IntL: {%s}\ninsertions: {file: n.count}\n",
	                        bridges, interrupt);

	g_assert_true(g_file_set_contents(bed->path, text, -1, NULL));
}

static void bed_start(struct bed *bed, enum bridge_model kind)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *count = g_build_filename(g_get_user_data_dir(), "n.count", NULL);

	*bed = (struct bed){.kind = kind};
	bed->world = world_new(1, 3, 1000);
	bed->module = sim_module_new(bed->world, 0);
	world_insert(bed->world, 0, "VB0001", "", &error);
	g_assert_no_error(error);
	world_set_supply(bed->world, 0, 3.3, 5, TRUE);
	sim_module_tick(bed->module);
	g_mkdir_with_parents(g_get_user_data_dir(), 0700);
	g_unlink(count);
	bed->path = g_build_filename(g_get_user_data_dir(), "board.yaml", NULL);
	bed->model = bed_model(kind, bed_serial);
	bed->model->i2c = bed_transfer;
	bed->model->moved = bed_moved;
	bed->model->target = bed;
	bed->model->outside = bed_outside;
	bed->model->n_busy = 2;
	bed_power(bed);
	g_string_truncate(bed->model->edges, 0);
	hid_bus_start(&bed->bus);
	hid_bus_plug(&bed->bus, bed->model);
	if (kind == BRIDGE_CP2112) {
		bed_write_file(bed, "  main: {model: CP2112, serial_number: 00A1B2C3}\n",
		               "chip: main, line: GPIO.4");
		return;
	}
	bed->second = bed_model(kind, "00A1B2C4");
	bed->second->outside = 0xF;
	hid_bus_plug(&bed->bus, bed->second);
	bed_write_file(bed,
	               "  main: {model: MCP2221A, serial_number: 00A1B2C3}\n"
	               "  more: {model: MCP2221A, serial_number: 00A1B2C4}\n",
	               "chip: more, line: GP2");
}

static void bed_stop(struct bed *bed)
{
	hid_bus_stop(&bed->bus);
#ifndef TESTS_IN_KERNEL /* whose driver does so */
	g_assert_cmpuint(bed->model->n_senseless, ==, 0);
#endif
	hid_model_free(bed->model);
	if (bed->second)
		hid_model_free(bed->second);
	world_stop(bed->world);
	sim_module_free(bed->module);
	world_free(bed->world);
	g_free(bed->path);
}

/* The module has as long to start as it needs. */
static void bed_pass_time(struct bed *bed)
{
	sim_module_tick(bed->module);
	world_sleep_s(bed->world, 3);
	sim_module_tick(bed->module);
}

static struct bounds within(double seconds)
{
	return (struct bounds){deadline_in_s(seconds), NULL};
}

/* Tells the model on its bus something. */
static void bed_fault(struct bed *bed, enum hid_fault fault, guint after, guint n)
{
	hid_bus_lock(&bed->bus);
	bed->model->fault = fault;
	bed->model->fault_in = after;
	bed->model->n_faults = n;
	hid_bus_unlock(&bed->bus);
}

static void bed_trouble(struct bed *bed, enum hid_i2c trouble, guint n)
{
	hid_bus_lock(&bed->bus);
	bed->trouble = trouble;
	bed->n_trouble = n;
	bed->trouble_in = 0;
	hid_bus_unlock(&bed->bus);
}

static struct fixture *bed_open(struct bed *bed, GError **error)
{
	g_autofree char *resource = g_strconcat(FIXTURE_BOARD_PREFIX, bed->path, NULL);
	struct bounds bounds = within(20);

	return fixture_open(resource, &bounds, error);
}

/* Open, the module released and started. */
static struct fixture *bed_open_ready(struct bed *bed)
{
	struct bounds bounds = within(20);
	g_autoptr(GError) error = NULL;
	struct fixture *fix = bed_open(bed, &error);

	g_assert_no_error(error);
	fixture_select(fix, TRUE, &bounds, &error);
	g_assert_no_error(error);
	fixture_set_reset(fix, FALSE, &bounds, &error);
	g_assert_no_error(error);
	bed_pass_time(bed);
	return fix;
}

static void assert_says(const GError *error, const char *words)
{
	g_test_message("%s", error->message);
	if (!strstr(error->message, words))
		g_error("\"%s\" does not say \"%s\"", error->message, words);
}

static gboolean is_identified(struct fixture *fix, GError **error)
{
	const guint8 at = 0;
	struct bounds bounds = within(5);
	guint8 byte = 0;

	return fixture_i2c_xfer(fix, 0x50, &at, 1, &byte, 1, NULL, &bounds, error) && byte == 0x18;
}

#endif

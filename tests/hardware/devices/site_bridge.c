/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/hardware/devices/site_bridge.h"

#include "tests/unit/cp2112_model.h"
#include "tests/unit/hid_bus.h"

/* Bits of its lines. */
enum { RESET_L = 1, LP_MODE = 2, MOD_SEL_L = 4, MOD_PRS_L = 8, INT_L = 16, OTHERS = 0xE0 };

#define LOOK_US 10000

struct site_bridge {
	struct sim_module *module;
	struct hid_bus bus;
	struct hid_model *model;
	gboolean stopping; /* atomic */
	GThread *follower;
};

/* In the bus's thread, which has it locked. */
static enum hid_i2c transfer(void *target, guint address, const guint8 *write, gsize n_write,
                             guint8 *read, gsize n_read)
{
	struct site_bridge *bridge = target;

	return sim_module_transfer(bridge->module, address, write, n_write, read, n_read) ==
	                       SIM_BUS_OK
	               ? HID_I2C_OK
	               : HID_I2C_NACK_ADDRESS;
}

static void moved(void *target, guint levels)
{
	struct site_bridge *bridge = target;

	sim_module_set_pin(bridge->module, SIM_PIN_RESET_L, (levels & RESET_L) != 0);
	sim_module_set_pin(bridge->module, SIM_PIN_LP_MODE, (levels & LP_MODE) != 0);
	sim_module_set_pin(bridge->module, SIM_PIN_MOD_SEL_L, (levels & MOD_SEL_L) != 0);
}

/* Resistors: ResetL down, all others up; the module pulls two of them. */
static guint outside(const struct site_bridge *bridge)
{
	return LP_MODE | MOD_SEL_L | OTHERS | (sim_module_present(bridge->module) ? 0 : MOD_PRS_L) |
	       (sim_module_int_l(bridge->module) ? INT_L : 0);
}

void site_bridge_follow(struct site_bridge *bridge)
{
	guint levels = outside(bridge);

	hid_bus_lock(&bridge->bus);
	if (bridge->model->outside != levels) {
		bridge->model->outside = levels;
		hid_lines_moved(bridge->model);
	}
	hid_bus_unlock(&bridge->bus);
}

static gpointer follow_main(gpointer user_data)
{
	struct site_bridge *bridge = user_data;

	while (!g_atomic_int_get(&bridge->stopping)) {
		site_bridge_follow(bridge);
		g_usleep(LOOK_US);
	}
	return NULL;
}

struct site_bridge *site_bridge_new(struct sim_module *module)
{
	struct site_bridge *bridge = g_new0(struct site_bridge, 1);

	bridge->module = module;
	bridge->model = cp2112_model_new("00A1B2C3");
	bridge->model->i2c = transfer;
	bridge->model->moved = moved;
	bridge->model->target = bridge;
	bridge->model->outside = outside(bridge);
	hid_model_power(bridge->model);
	hid_bus_start(&bridge->bus);
	site_bridge_plug(bridge);
	bridge->follower = g_thread_new("lines", follow_main, bridge);
	return bridge;
}

void site_bridge_free(struct site_bridge *bridge)
{
	if (!bridge)
		return;
	g_atomic_int_set(&bridge->stopping, TRUE);
	g_thread_join(bridge->follower);
	hid_bus_stop(&bridge->bus);
	hid_model_free(bridge->model);
	g_free(bridge);
}

const char *site_bridge_file(void)
{
	return "form: QSFP-DD\nserial_number: FX-BRIDGE\n"
	       "bridges:\n  main: {model: CP2112, serial_number: 00A1B2C3}\n"
	       "bus: {bridge: main, clock: 400 kHz}\n"
	       "pins:\n  ResetL: {chip: main, line: 0}\n  LPMode: {chip: main, line: 1}\n"
	       "  ModSelL: {chip: main, line: 2}\n  ModPrsL: {chip: main, line: 3}\n"
	       "  IntL: {chip: main, line: 4}\n";
}

gboolean site_bridge_is_safe(struct site_bridge *bridge)
{
	hid_bus_lock(&bridge->bus);
	guint levels = bridge->model->levels;
	hid_bus_unlock(&bridge->bus);
	return (levels & (RESET_L | LP_MODE | MOD_SEL_L)) == (LP_MODE | MOD_SEL_L);
}

void site_bridge_unplug(struct site_bridge *bridge)
{
	hid_bus_unplug(&bridge->bus, bridge->model);
	hid_bus_lock(&bridge->bus);
	hid_model_power(bridge->model);
	hid_bus_unlock(&bridge->bus);
}

void site_bridge_plug(struct site_bridge *bridge)
{
	hid_bus_plug(&bridge->bus, bridge->model);
}

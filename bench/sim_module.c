/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module.h"

#include "bench/sim_module_bus.h"
#include "bench/sim_module_cdb.h"
#include "bench/sim_module_diag.h"
#include "bench/sim_module_monitors.h"
#include "bench/sim_module_state.h"
#include "bench/sim_module_vendor.h"

#include <math.h>

struct sim_module *sim_module_new(struct world *world, guint site)
{
	struct sim_module *module = g_new0(struct sim_module, 1);
	g_mutex_init(&module->lock);
	module->world = world;
	module->site = site;
	module->lp_mode = TRUE;
	module->mod_sel_l = TRUE;
	sim_state_stop(module, MODULE_OFF);
	return module;
}

void sim_module_free(struct sim_module *module)
{
	if (!module)
		return;
	if (module->cdb.download)
		g_byte_array_unref(module->cdb.download);
	g_mutex_clear(&module->lock);
	g_free(module);
}

static void power_down(struct sim_module *module)
{
	sim_state_stop(module, MODULE_OFF);
	module->unit = NULL;
	module->model = NULL;
	module->nv = NULL;
	module->drive_known = FALSE;
}

static void power_up(struct sim_module *module, guint64 epoch)
{
	module->unit = world_unit(module->world, module->site);
	if (!module->unit)
		return;
	module->model = world_unit_model(module->unit);
	module->nv = sim_vendor_nv(module->world, module->unit);
	module->setting_writes = 0;
	module->epoch = epoch;
	sim_state_start(module);
}

/*
 * The optics follow first, so that the sample shows what they do; LOS and host input of the sample
 * may then change the outputs once more.
 */
static void follow(struct sim_module *module, gboolean sample_now)
{
	sim_diag_advance(module);
	gboolean changed = sim_monitors_drive(module);
	sim_monitors_sample(module, sample_now || changed);
	sim_monitors_drive(module);
}

static void bring_up_to_date(struct sim_module *module)
{
	struct world_power power;
	world_power(module->world, module->site, &power);
	double now_s = world_now_s(module->world);
	gboolean same = module->state != MODULE_OFF && power.epoch == module->epoch;
	if (power.on && same) {
		sim_state_advance(module, now_s);
	} else {
		if (module->state != MODULE_OFF)
			power_down(module);
		module->now_s = MAX(module->now_s, now_s);
		if (power.on)
			power_up(module, power.epoch);
	}
	if (module->state != MODULE_OFF)
		follow(module, FALSE);
}

void sim_module_tick(struct sim_module *module)
{
	g_mutex_lock(&module->lock);
	bring_up_to_date(module);
	g_mutex_unlock(&module->lock);
}

static void change_reset(struct sim_module *module, gboolean level)
{
	if (module->reset_l == level)
		return;
	module->reset_l = level;
	if (module->state != MODULE_OFF)
		sim_state_start(module);
}

void sim_module_set_pin(struct sim_module *module, enum sim_module_pin pin, gboolean level)
{
	g_mutex_lock(&module->lock);
	bring_up_to_date(module);
	switch (pin) {
	case SIM_PIN_RESET_L:
		change_reset(module, level);
		break;
	case SIM_PIN_LP_MODE:
		module->lp_mode = level;
		break;
	case SIM_PIN_MOD_SEL_L:
		if (module->mod_sel_l && !level)
			module->selected_s = module->now_s;
		module->mod_sel_l = level;
		break;
	}
	bring_up_to_date(module);
	g_mutex_unlock(&module->lock);
}

gboolean sim_module_pin(struct sim_module *module, enum sim_module_pin pin)
{
	g_mutex_lock(&module->lock);
	gboolean level = pin == SIM_PIN_RESET_L   ? module->reset_l
	                 : pin == SIM_PIN_LP_MODE ? module->lp_mode
	                                          : module->mod_sel_l;
	g_mutex_unlock(&module->lock);
	return level;
}

gboolean sim_module_present(struct sim_module *module)
{
	struct world_power power;
	world_power(module->world, module->site, &power);
	return power.present;
}

gboolean sim_module_int_l(struct sim_module *module)
{
	g_mutex_lock(&module->lock);
	bring_up_to_date(module);
	gboolean level = !sim_monitors_interrupt(module);
	g_mutex_unlock(&module->lock);
	return level;
}

enum sim_bus_result sim_module_transfer(struct sim_module *module, guint address,
                                        const guint8 *write, gsize write_len, guint8 *read,
                                        gsize read_len)
{
	g_return_val_if_fail(write_len > 0 || read_len > 0, SIM_BUS_NACK_ADDRESS);
	g_mutex_lock(&module->lock);
	bring_up_to_date(module);
	enum sim_bus_result result = SIM_BUS_OK;
	if (write_len > 0) {
		result = sim_bus_write(module, address, write, write_len);
		/* What was written acts now: on the optics, and on the state machines. */
		bring_up_to_date(module);
	}
	if (result == SIM_BUS_OK && read_len > 0)
		result = sim_bus_read(module, address, read, read_len);
	g_mutex_unlock(&module->lock);
	return result;
}

void sim_module_advance(struct sim_module *module, double seconds)
{
	g_mutex_lock(&module->lock);
	sim_state_advance(module, module->now_s + seconds);
	bring_up_to_date(module);
	g_mutex_unlock(&module->lock);
}

void sim_module_spoil_cdb(struct sim_module *module, enum sim_cdb_spoil kind, guint command,
                          guint nth)
{
	g_mutex_lock(&module->lock);
	module->cdb.spoil = (struct cdb_spoil){kind, command, nth};
	g_mutex_unlock(&module->lock);
}

void sim_module_spoil_store(struct sim_module *module, guint nth, double part)
{
	g_mutex_lock(&module->lock);
	module->store_spoil = (struct store_spoil){nth, part};
	g_mutex_unlock(&module->lock);
}

void sim_module_status(struct sim_module *module, struct sim_module_status *status)
{
	g_mutex_lock(&module->lock);
	bring_up_to_date(module);
	status->state = sim_state_name(module->state);
	status->committing = module->committing;
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		status->data_path[lane] = sim_path_name(
			sim_state_of_lane(module, lane * sim_state_host_per_media(module)));
	g_mutex_unlock(&module->lock);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_state.h"

#include "bench/sim_module_cdb.h"
#include "bench/sim_module_config.h"
#include "bench/sim_module_diag.h"
#include "bench/sim_module_identity.h"
#include "bench/sim_module_vdm.h"
#include "bench/sim_module_vendor.h"

#include <math.h>
#include <string.h>

#define PAGE_CONTROL 0x10
#define PAGE_STATUS  0x11

/* Names as CMIS 5.2 writes them. */
const char *sim_state_name(enum module_state state)
{
	static const char *const names[] = {
		[MODULE_OFF] = "Off",
		[MODULE_RESET] = "Reset",
		[MODULE_MGMT_INIT] = "MgmtInit",
		[MODULE_LOW_PWR] = "ModuleLowPwr",
		[MODULE_PWR_UP] = "ModulePwrUp",
		[MODULE_READY] = "ModuleReady",
		[MODULE_PWR_DN] = "ModulePwrDn",
	};
	return (guint)state < G_N_ELEMENTS(names) ? names[state] : NULL;
}

const char *sim_path_name(enum path_state state)
{
	static const char *const names[] = {
		[PATH_DEACTIVATED] = "DPDeactivated", [PATH_INIT] = "DPInit",
		[PATH_DEINIT] = "DPDeinit",           [PATH_ACTIVATED] = "DPActivated",
		[PATH_TX_TURN_ON] = "DPTxTurnOn",     [PATH_TX_TURN_OFF] = "DPTxTurnOff",
		[PATH_INITIALIZED] = "DPInitialized",
	};
	return (guint)state < G_N_ELEMENTS(names) ? names[state] : NULL;
}

static guint module_state_code(enum module_state state)
{
	switch (state) {
	case MODULE_LOW_PWR:
		return 1;
	case MODULE_PWR_UP:
		return 2;
	case MODULE_READY:
		return 3;
	case MODULE_PWR_DN:
		return 4;
	case MODULE_OFF:
	case MODULE_RESET:
	case MODULE_MGMT_INIT:
		break;
	}
	return 0;
}

gboolean sim_state_is_sff8636(const struct sim_module *module)
{
	return module->unit && world_unit_has(module->unit, WORLD_DEFECT_QSFP28);
}

guint sim_state_host_per_media(const struct sim_module *module)
{
	return module->model ? MAX(module->model->n_host_lanes / module->model->n_lanes, 1) : 1;
}

gboolean sim_state_managed(const struct sim_module *module)
{
	return module->state >= MODULE_LOW_PWR;
}

int sim_state_path_of_lane(struct sim_module *module, guint host_lane)
{
	guint8 config = *memory_at(&module->memory, PAGE_STATUS, 206 + host_lane);
	return config >> 4 == 0 ? -1 : config >> 1 & 7;
}

enum path_state sim_state_of_lane(struct sim_module *module, guint host_lane)
{
	int path = sim_state_path_of_lane(module, host_lane);
	return path < 0 ? PATH_DEACTIVATED : module->paths[path].state;
}

static guint8 lanes_of_path(struct sim_module *module, int path)
{
	guint8 lanes = 0;
	for (guint lane = 0; lane < WORLD_HOST_LANES; lane++)
		if (sim_state_path_of_lane(module, lane) == path)
			lanes |= (guint8)(1u << lane);
	return lanes;
}

void sim_state_raise(struct sim_module *module, guint page, guint byte, guint8 bits)
{
	*memory_at(&module->memory, page, byte) |= bits;
}

static gboolean asked_low_power(struct sim_module *module)
{
	guint8 control = *memory_at(&module->memory, MEMORY_LOWER, 26);
	gboolean software = (control & 0x10) != 0;
	gboolean hardware_allowed = (control & 0x40) != 0;
	return software || (hardware_allowed && module->lp_mode);
}

static void enter_state(struct sim_module *module, enum module_state state, double lasts_s)
{
	module->state = state;
	module->state_until_s = module->now_s + lasts_s;
	guint8 *byte = memory_at(&module->memory, MEMORY_LOWER, 3);
	*byte = (guint8)((*byte & 1) | module_state_code(state) << 1);
	if (state == MODULE_LOW_PWR || state == MODULE_READY)
		sim_state_raise(module, MEMORY_LOWER, 8, 0x01);
}

static void show_path_states(struct sim_module *module)
{
	for (guint lane = 0; lane < WORLD_HOST_LANES; lane++)
		memory_put_nibble(&module->memory, PAGE_STATUS, 128, lane,
		                  sim_state_of_lane(module, lane));
}

static void enter_path(struct sim_module *module, int path, enum path_state state, double lasts_s)
{
	module->paths[path].state = state;
	module->paths[path].until_s = module->now_s + lasts_s;
	show_path_states(module);
	gboolean settled =
		state == PATH_DEACTIVATED || state == PATH_INITIALIZED || state == PATH_ACTIVATED;
	if (settled)
		sim_state_raise(module, PAGE_STATUS, 134, lanes_of_path(module, path));
}

static gboolean all_deactivated(const struct sim_module *module)
{
	for (guint i = 0; i < WORLD_HOST_LANES; i++)
		if (module->paths[i].state != PATH_DEACTIVATED)
			return FALSE;
	return TRUE;
}

static guint8 media_lanes(const struct sim_module *module, guint8 host_lanes)
{
	guint8 media = 0;
	for (guint lane = 0; lane < module->model->n_host_lanes; lane++)
		if (host_lanes >> lane & 1)
			media |= (guint8)(1u << lane / sim_state_host_per_media(module));
	return media;
}

/* TRUE when some lanes of the data path were given to others, or to nobody. */
static gboolean path_is_torn(struct sim_module *module, int path, guint8 lanes)
{
	guint app = *memory_at(&module->memory, PAGE_STATUS, 206 + (guint)path) >> 4;
	if ((lanes >> path & 1) == 0 || app == 0 || app > MODEL_APPLICATIONS)
		return TRUE;
	guint count = module->model->applications[app - 1].lanes >> 4;
	return lanes != ((1u << count) - 1) << path;
}

/* One step of the module's machine; TRUE when it moved. */
static gboolean settle_module(struct sim_module *module)
{
	gboolean low = asked_low_power(module);
	switch (module->state) {
	case MODULE_LOW_PWR:
	case MODULE_PWR_DN:
		if (low)
			return FALSE;
		enter_state(module, MODULE_PWR_UP, MODULE_PWR_UP_S);
		return TRUE;
	case MODULE_PWR_UP:
	case MODULE_READY:
		if (!low || !all_deactivated(module))
			return FALSE;
		enter_state(module, MODULE_PWR_DN, MODULE_PWR_DN_S);
		return TRUE;
	case MODULE_OFF:
	case MODULE_RESET:
	case MODULE_MGMT_INIT:
		break;
	}
	return FALSE;
}

static gboolean settle_path(struct sim_module *module, int path)
{
	guint8 lanes = lanes_of_path(module, path);
	guint8 *pending = memory_at(&module->memory, PAGE_STATUS, 235);
	guint8 held = *memory_at(&module->memory, PAGE_CONTROL, 128);
	/* CMIS 3: a one there powers the data path up. */
	if (world_unit_has(module->unit, WORLD_DEFECT_CMIS3))
		held = (guint8)~held;
	guint8 dark = *memory_at(&module->memory, PAGE_CONTROL, 130) |
	              *memory_at(&module->memory, PAGE_CONTROL, 132);
	gboolean deinit = module->state != MODULE_READY || asked_low_power(module) ||
	                  path_is_torn(module, path, lanes) || (held & lanes) != 0;
	gboolean reinit = deinit || (*pending & lanes) != 0;
	gboolean deactivate = reinit || (dark & media_lanes(module, lanes)) != 0;
	switch (module->paths[path].state) {
	case PATH_DEACTIVATED:
		if (deinit)
			return FALSE;
		*pending &= (guint8)~lanes;
		enter_path(module, path, PATH_INIT, PATH_INIT_S);
		return TRUE;
	case PATH_INITIALIZED:
		if (!reinit && deactivate)
			return FALSE;
		if (reinit)
			enter_path(module, path, PATH_DEINIT, PATH_DEINIT_S);
		else
			enter_path(module, path, PATH_TX_TURN_ON, PATH_TX_TURN_ON_S);
		return TRUE;
	case PATH_ACTIVATED:
		if (!deactivate)
			return FALSE;
		enter_path(module, path, PATH_TX_TURN_OFF, PATH_TX_TURN_OFF_S);
		return TRUE;
	case PATH_INIT:
	case PATH_DEINIT:
	case PATH_TX_TURN_ON:
	case PATH_TX_TURN_OFF:
		break;
	}
	return FALSE;
}

static void settle(struct sim_module *module)
{
	gboolean moved = sim_state_managed(module) && !sim_state_is_sff8636(module);
	while (moved) {
		moved = settle_module(module);
		for (int path = 0; path < WORLD_HOST_LANES; path++)
			moved |= settle_path(module, path);
	}
}

static double path_due_s(const struct data_path *path)
{
	switch (path->state) {
	case PATH_INIT:
	case PATH_DEINIT:
	case PATH_TX_TURN_ON:
	case PATH_TX_TURN_OFF:
		return path->until_s;
	case PATH_DEACTIVATED:
	case PATH_INITIALIZED:
	case PATH_ACTIVATED:
		break;
	}
	return INFINITY;
}

static double state_due_s(const struct sim_module *module)
{
	gboolean transient = module->state == MODULE_MGMT_INIT || module->state == MODULE_PWR_UP ||
	                     module->state == MODULE_PWR_DN;
	return transient ? module->state_until_s : INFINITY;
}

static double next_due_s(const struct sim_module *module)
{
	double due_s = MIN(state_due_s(module), sim_vendor_due_s(module));
	due_s = MIN(due_s, sim_config_due_s(module));
	due_s = MIN(due_s, sim_cdb_due_s(module));
	for (guint i = 0; i < WORLD_HOST_LANES; i++)
		due_s = MIN(due_s, path_due_s(&module->paths[i]));
	return due_s;
}

static void finish_state(struct sim_module *module)
{
	if (module->state == MODULE_PWR_UP)
		enter_state(module, MODULE_READY, 0);
	else
		enter_state(module, MODULE_LOW_PWR, 0);
}

static void finish_path(struct sim_module *module, int path)
{
	switch (module->paths[path].state) {
	case PATH_INIT:
	case PATH_TX_TURN_OFF:
		enter_path(module, path, PATH_INITIALIZED, 0);
		break;
	case PATH_DEINIT:
		enter_path(module, path, PATH_DEACTIVATED, 0);
		break;
	case PATH_TX_TURN_ON:
		enter_path(module, path, PATH_ACTIVATED, 0);
		break;
	case PATH_DEACTIVATED:
	case PATH_INITIALIZED:
	case PATH_ACTIVATED:
		break;
	}
}

static void finish_due(struct sim_module *module)
{
	if (state_due_s(module) <= module->now_s)
		finish_state(module);
	for (int path = 0; path < WORLD_HOST_LANES; path++)
		if (path_due_s(&module->paths[path]) <= module->now_s)
			finish_path(module, path);
	if (sim_config_due_s(module) <= module->now_s) {
		sim_config_finish(module);
		show_path_states(module);
	}
	if (sim_vendor_due_s(module) <= module->now_s)
		sim_vendor_finish_commit(module);
	if (sim_cdb_due_s(module) <= module->now_s)
		sim_cdb_finish(module); /* last: it may restart all of it */
}

void sim_state_advance(struct sim_module *module, double now_s)
{
	if (module->state == MODULE_OFF || module->state == MODULE_RESET) {
		module->now_s = MAX(module->now_s, now_s);
		return;
	}
	settle(module);
	for (double due_s = next_due_s(module); due_s <= now_s; due_s = next_due_s(module)) {
		module->now_s = MAX(module->now_s, due_s);
		finish_due(module);
		settle(module);
	}
	module->now_s = MAX(module->now_s, now_s);
}

void sim_state_stop(struct sim_module *module, enum module_state state)
{
	module->state = state;
	sim_vendor_stop(module);
	module->maker_unlocked = FALSE;
	module->host_unlocked = FALSE;
	module->nv_busy_until_s = -INFINITY;
	module->sampled_s = -INFINITY;
	module->pointer = 0;
	memset(&module->analog, 0, sizeof module->analog);
	memset(module->configs, 0, sizeof module->configs);
	memory_clear(&module->memory);
	memset(&module->sff, 0, sizeof module->sff);
	sim_diag_start(module);
	sim_cdb_start(module);
	for (guint i = 0; i < WORLD_HOST_LANES; i++)
		module->paths[i] = (struct data_path){.state = PATH_DEACTIVATED};
	for (guint i = 0; i < WORLD_LANES; i++)
		module->los[i] = TRUE;
}

void sim_state_start(struct sim_module *module)
{
	sim_state_stop(module, MODULE_RESET);
	if (!module->reset_l)
		return;
	if (sim_state_is_sff8636(module)) {
		sim_sff8636_fill(&module->sff, world_unit_serial(module->unit));
	} else {
		sim_identity_fill(&module->memory, module->unit);
		sim_config_set_defaults(module);
		sim_vendor_load(module);
		sim_cdb_load(module);
		sim_vdm_load(module);
		show_path_states(module);
	}
	enter_state(module, MODULE_MGMT_INIT, MODULE_MGMT_INIT_S);
}

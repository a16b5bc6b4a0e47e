/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_config.h"

#include <math.h>

#define PAGE_CONTROL 0x10
#define PAGE_STATUS  0x11

/* Page 01h bytes 153 and 154 advertise these. */
#define MAX_RX_CURSOR    7
#define MAX_RX_AMPLITUDE 3

/* Where a lane's setting is staged and where it shows when active; bits of a byte, or nibbles. */
static const struct {
	guint staged;
	guint active;
	gboolean nibble;
	guint8 standard; /* per lane, when the host leaves it to the application */
} si_fields[] = {
	{153, 214, FALSE, 1}, /* Tx adaptive equaliser */
	{156, 217, TRUE, 0},  /* Tx fixed equaliser */
	{160, 221, FALSE, 1}, /* Tx CDR */
	{161, 222, FALSE, 1}, /* Rx CDR */
	{162, 223, TRUE, 0},  /* Rx pre-cursor */
	{166, 227, TRUE, 0},  /* Rx post-cursor */
	{170, 231, TRUE, 2},  /* Rx amplitude */
};

static void put_si(struct sim_module *module, guint page, guint byte, gboolean nibble, guint lane,
                   guint value)
{
	if (nibble) {
		memory_put_nibble(&module->memory, page, byte, lane, value);
		return;
	}
	guint8 *at = memory_at(&module->memory, page, byte);
	*at = (guint8)((*at & ~(1u << lane)) | (value & 1) << lane);
}

static guint staged_si(struct sim_module *module, guint field, guint lane)
{
	guint byte = si_fields[field].staged;
	if (si_fields[field].nibble)
		return memory_get_nibble(&module->memory, PAGE_CONTROL, byte, lane);
	return *memory_at(&module->memory, PAGE_CONTROL, byte) >> lane & 1;
}

static void activate_si(struct sim_module *module, guint lane, gboolean explicit_control)
{
	for (guint i = 0; i < G_N_ELEMENTS(si_fields); i++) {
		guint value = explicit_control ? staged_si(module, i, lane) : si_fields[i].standard;
		put_si(module, PAGE_STATUS, si_fields[i].active, si_fields[i].nibble, lane, value);
	}
}

/* AppSel counts from 1. Null when the module does not advertise it. */
static const struct model_application *application(const struct sim_module *module, guint app)
{
	if (app == 0 || app > MODEL_APPLICATIONS)
		return NULL;
	const struct model_application *found = &module->model->applications[app - 1];
	return found->host_id ? found : NULL;
}

void sim_config_set_defaults(struct sim_module *module)
{
	/* CMIS 3: a one powers the data path up, as the module does by itself. */
	if (world_unit_has(module->unit, WORLD_DEFECT_CMIS3))
		*memory_at(&module->memory, PAGE_CONTROL, 128) = 0xff;
	for (guint lane = 0; lane < module->model->n_host_lanes; lane++) {
		*memory_at(&module->memory, PAGE_CONTROL, 145 + lane) = 0x10;
		*memory_at(&module->memory, PAGE_STATUS, 206 + lane) = 0x10;
		for (guint i = 0; i < G_N_ELEMENTS(si_fields); i++)
			put_si(module, PAGE_CONTROL, si_fields[i].staged, si_fields[i].nibble, lane,
			       si_fields[i].standard);
		activate_si(module, lane, FALSE);
	}
}

static guint8 staged_config(struct sim_module *module, guint lane)
{
	return *memory_at(&module->memory, PAGE_CONTROL, 145 + lane);
}

static guint8 active_config(struct sim_module *module, guint lane)
{
	return *memory_at(&module->memory, PAGE_STATUS, 206 + lane);
}

static gboolean si_is_bad(struct sim_module *module, guint lane)
{
	return memory_get_nibble(&module->memory, PAGE_CONTROL, 162, lane) > MAX_RX_CURSOR ||
	       memory_get_nibble(&module->memory, PAGE_CONTROL, 166, lane) > MAX_RX_CURSOR ||
	       memory_get_nibble(&module->memory, PAGE_CONTROL, 170, lane) > MAX_RX_AMPLITUDE ||
	       memory_get_nibble(&module->memory, PAGE_CONTROL, 156, lane) > 0;
}

/* A running data path may be started again as it is; another shape needs its lanes free first. */
static gboolean lane_is_in_use(struct sim_module *module, guint lane)
{
	gboolean same = (staged_config(module, lane) ^ active_config(module, lane)) >> 1 == 0;
	return !same && sim_state_of_lane(module, lane) != PATH_DEACTIVATED;
}

/* Whether an application may have its first host lane there: so the module advertises. */
static gboolean may_start(const struct sim_module *module, const struct model_application *wanted,
                          guint first)
{
	guint media = first / sim_state_host_per_media(module);
	return (wanted->starts >> first & 1) != 0 && (wanted->media_starts >> media & 1) != 0 &&
	       first + (wanted->lanes >> 4) <= module->model->n_host_lanes;
}

/* The verdict about the data path that a lane is staged for; all its lanes get the same. */
static enum config_status judge_lane(struct sim_module *module, guint lane, guint8 triggered,
                                     gboolean immediate)
{
	guint8 config = staged_config(module, lane);
	guint first = config >> 1 & 7;
	if (config >> 4 == 0)
		return lane_is_in_use(module, lane) ? CONFIG_LANES_IN_USE : CONFIG_SUCCESS;
	const struct model_application *wanted = application(module, config >> 4);
	if (!wanted)
		return CONFIG_BAD_APPSEL;
	guint count = wanted->lanes >> 4;
	if (!may_start(module, wanted, first) || lane < first || lane >= first + count)
		return CONFIG_BAD_LANES;
	for (guint i = first; i < first + count; i++) {
		if ((triggered >> i & 1) == 0)
			return CONFIG_PARTIAL_PATH;
		if (staged_config(module, i) >> 1 != config >> 1)
			return CONFIG_BAD_LANES;
		if ((staged_config(module, i) & 1) != 0 && si_is_bad(module, i))
			return CONFIG_BAD_SI;
		if (lane_is_in_use(module, i))
			return CONFIG_LANES_IN_USE;
		if (immediate && (staged_config(module, i) ^ active_config(module, i)) >> 1 != 0)
			return CONFIG_REJECTED;
	}
	return CONFIG_SUCCESS;
}

void sim_config_trigger(struct sim_module *module, guint8 lanes, gboolean immediate)
{
	for (guint lane = 0; lane < module->model->n_host_lanes; lane++) {
		struct lane_config *config = &module->configs[lane];
		if ((lanes >> lane & 1) == 0 || config->busy)
			continue;
		*config = (struct lane_config){
			.busy = TRUE,
			.immediate = immediate,
			.until_s = module->now_s + MODULE_CONFIG_S,
			.result = (guint8)judge_lane(module, lane, lanes, immediate),
			.dp_config = staged_config(module, lane),
		};
		memory_put_nibble(&module->memory, PAGE_STATUS, 202, lane, CONFIG_IN_PROGRESS);
	}
}

double sim_config_due_s(const struct sim_module *module)
{
	double due_s = INFINITY;
	for (guint lane = 0; lane < WORLD_HOST_LANES; lane++)
		if (module->configs[lane].busy)
			due_s = MIN(due_s, module->configs[lane].until_s);
	return due_s;
}

static void finish_lane(struct sim_module *module, guint lane)
{
	struct lane_config *config = &module->configs[lane];
	config->busy = FALSE;
	memory_put_nibble(&module->memory, PAGE_STATUS, 202, lane, config->result);
	if (config->result != CONFIG_SUCCESS)
		return;
	/* A lane that runs goes through a new initialisation; one that does not, starts with it. */
	gboolean running = sim_state_of_lane(module, lane) != PATH_DEACTIVATED;
	*memory_at(&module->memory, PAGE_STATUS, 206 + lane) = config->dp_config;
	activate_si(module, lane, (config->dp_config & 1) != 0);
	if (running && !config->immediate)
		*memory_at(&module->memory, PAGE_STATUS, 235) |= (guint8)(1u << lane);
}

void sim_config_finish(struct sim_module *module)
{
	for (guint lane = 0; lane < WORLD_HOST_LANES; lane++)
		if (module->configs[lane].busy && module->configs[lane].until_s <= module->now_s)
			finish_lane(module, lane);
}

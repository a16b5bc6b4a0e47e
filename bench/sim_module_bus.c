/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_bus.h"

#include "bench/sim_module_cdb.h"
#include "bench/sim_module_config.h"
#include "bench/sim_module_diag.h"
#include "bench/sim_module_monitors.h"
#include "bench/sim_module_vdm.h"
#include "bench/sim_module_vendor.h"

#include <string.h>

#define BUS_ADDRESS 0x50
#define BYTE_BANK   126
#define BYTE_PAGE   127

/* An OSFP socket has no select pin. */
static gboolean is_selected(const struct sim_module *module)
{
	return module->model->osfp ||
	       (!module->mod_sel_l && module->now_s - module->selected_s >= MODULE_SELECT_S);
}

static gboolean answers(const struct sim_module *module, guint address)
{
	return address == BUS_ADDRESS && sim_state_managed(module) && is_selected(module) &&
	       module->now_s >= module->nv_busy_until_s && sim_cdb_answers(module) &&
	       !world_unit_has(module->unit, WORLD_DEFECT_I2C_NACK);
}

static guint page_shown(struct sim_module *module)
{
	return *memory_at(&module->memory, MEMORY_LOWER, BYTE_PAGE);
}

/* Sequential access stays inside the half of the address space that it began in. */
static guint8 step(guint8 pointer)
{
	return (guint8)((pointer & 0x80) | ((pointer + 1) & 0x7f));
}

static void select_page(struct sim_module *module)
{
	guint8 *bank = memory_at(&module->memory, MEMORY_LOWER, BYTE_BANK);
	guint8 *page = memory_at(&module->memory, MEMORY_LOWER, BYTE_PAGE);
	gboolean banked = *page >= 0x10 && *page <= 0x2f;
	if (!memory_has_page(*page) || !sim_vendor_has_page(module, *page) ||
	    (banked && *bank != 0)) {
		*page = 0;
		*bank = 0;
	}
}

/* Bytes that a WRITE has reached; it is at most 128 long and stays in one half. */
struct span {
	guint8 start;
	gsize len;
};

static gboolean reaches(const struct span *span, guint byte)
{
	guint distance = (byte - span->start) & 0x7f;
	return (byte & 0x80) == (span->start & 0x80) && distance < span->len;
}

static void act_on_lower(struct sim_module *module, const struct span *span)
{
	if (reaches(span, 121))
		sim_vendor_change_password(module);
	if (reaches(span, 125))
		sim_vendor_enter_password(module);
	if (reaches(span, BYTE_PAGE))
		select_page(module);
	guint8 *control = memory_at(&module->memory, MEMORY_LOWER, 26);
	if (reaches(span, 26) && (*control & 0x08))
		sim_state_start(module); /* clears the bit with the rest */
}

static guint8 take_trigger(struct sim_module *module, guint byte)
{
	guint8 *at = memory_at(&module->memory, 0x10, byte);
	guint8 lanes = *at;
	*at = 0;
	return lanes;
}

static void act_on_control(struct sim_module *module, const struct span *span)
{
	if (reaches(span, 143))
		sim_config_trigger(module, take_trigger(module, 143), FALSE);
	if (reaches(span, 144))
		sim_config_trigger(module, take_trigger(module, 144), TRUE);
}

static void act_on_page(struct sim_module *module, guint page, const struct span *span,
                        const guint8 before[128])
{
	guint last = span->start + (guint)span->len - 1;
	switch (page) {
	case 0x10:
		act_on_control(module, span);
		break;
	case 0x13:
		sim_diag_written(module, before);
		break;
	case 0x14:
		if (reaches(span, 128))
			sim_diag_selected(module);
		break;
	case 0x2f:
		sim_vdm_written(module);
		break;
	case 0x9f:
		if (reaches(span, 129))
			sim_cdb_trigger(module);
		break;
	case 0xb0:
	case 0xb1:
	case 0xb2:
		/* A span that wraps has reached the last byte as well. */
		sim_vendor_written(module, page, span->start, MIN(last, 255), before);
		break;
	default:
		break;
	}
}

enum sim_bus_result sim_bus_write(struct sim_module *module, guint address, const guint8 *data,
                                  gsize len)
{
	if (!answers(module, address))
		return SIM_BUS_NACK_ADDRESS;
	gsize longest = data[0] < 128 ? 8 : sim_cdb_longest_write(module, page_shown(module));
	if (len - 1 > longest)
		return SIM_BUS_NACK_DATA;
	module->pointer = data[0];
	if (len == 1)
		return SIM_BUS_OK;
	if (sim_state_is_sff8636(module)) {
		module->pointer = sim_sff8636_write(&module->sff, data[0], data + 1, len - 1);
		return SIM_BUS_OK;
	}
	struct span span = {data[0], len - 1};
	guint page = page_shown(module);
	gboolean upper = span.start >= 128;
	if (upper && sim_vendor_locked(module, page))
		return SIM_BUS_OK; /* acknowledged, and not taken */
	if (upper && page <= 0x03) {
		if (sim_vendor_stores(module, page))
			sim_vendor_store(module, page, span.start, data + 1, span.len);
		return SIM_BUS_OK;
	}
	guint8 before[128];
	memcpy(before, memory_at(&module->memory, page, upper ? 128 : 0), sizeof before);
	for (gsize i = 1; i < len; i++) {
		memory_host_write(&module->memory, page, module->pointer, data[i]);
		module->pointer = step(module->pointer);
	}
	if (upper)
		act_on_page(module, page, &span, before);
	else
		act_on_lower(module, &span);
	return SIM_BUS_OK;
}

enum sim_bus_result sim_bus_read(struct sim_module *module, guint address, guint8 *data, gsize len)
{
	if (!answers(module, address))
		return SIM_BUS_NACK_ADDRESS;
	sim_monitors_interrupt(module);
	if (sim_state_is_sff8636(module)) {
		module->pointer = sim_sff8636_read(&module->sff, module->pointer, data, len);
		return SIM_BUS_OK;
	}
	guint page = page_shown(module);
	gboolean hidden = sim_vendor_locked(module, page);
	if (page == 0x14)
		sim_diag_show(module);
	for (gsize i = 0; i < len; i++) {
		gboolean zero = hidden && module->pointer >= 128;
		data[i] = zero ? 0 : memory_host_read(&module->memory, page, module->pointer);
		module->pointer = step(module->pointer);
	}
	/* A flag whose cause is still there comes back at once. */
	sim_monitors_latch(module);
	return SIM_BUS_OK;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_vendor.h"

#include "base/bytes.h"

#include <math.h>
#include <string.h>

#define PAGE_TX      0xb0
#define PAGE_MONITOR 0xb1

#define MAKER_PASSWORD        0xa5c3f01eu
#define DEFAULT_HOST_PASSWORD 0x00001011u
#define COMMIT_LOWEST_V       3.0 /* below, flash cannot be written */

enum commit_status { COMMIT_DONE = 0x00, COMMIT_BUSY = 0x01, COMMIT_FAILED = 0x80 };

/* Settings with a range, each for lanes 1 to 4 at consecutive places. */
static const struct {
	guint first;
	guint width; /* bytes; 1 is signed, 2 unsigned */
	int low;
	int high;
	int standard;
} tx_settings[] = {
	{128, 2, 0, 6000, 2000},   /* laser_bias */
	{136, 2, 0, 3000, 1200},   /* mod_bias */
	{144, 2, 200, 2500, 1000}, /* mod_swing */
	{152, 1, -32, 32, 0},      /* fir_pre */
	{156, 1, -32, 32, 0},      /* fir_post */
	{160, 1, -64, 64, 0},      /* level_skew */
};

/* Per-lane words of page B1h that are not zero in a new module. */
static const struct {
	guint first;
	guint16 standard;
} monitor_settings[] = {
	{128, 8192}, /* tx_mon_slope */
	{144, 8192}, /* rx_mon_slope */
	{164, 316},  /* los_assert */
	{172, 631},  /* los_deassert */
};

static guint16 word_at(const guint8 page[128], guint byte)
{
	return (guint16)(page[byte - 128] << 8 | page[byte - 127]);
}

static gint16 signed_at(const guint8 page[128], guint byte)
{
	return (gint16)word_at(page, byte);
}

static struct module_nv *factory_defaults(void)
{
	struct module_nv *nv = g_new0(struct module_nv, 1);
	nv->host_password = DEFAULT_HOST_PASSWORD;
	for (guint lane = 0; lane < WORLD_LANES; lane++) {
		for (guint i = 0; i < G_N_ELEMENTS(tx_settings); i++)
			if (tx_settings[i].width == 2)
				put_be16(nv->page_b0 + tx_settings[i].first - 128 + 2 * lane,
				         (guint16)tx_settings[i].standard);
		for (guint i = 0; i < G_N_ELEMENTS(monitor_settings); i++)
			put_be16(nv->page_b1 + monitor_settings[i].first - 128 + 2 * lane,
			         monitor_settings[i].standard);
	}
	return nv;
}

struct module_nv *sim_vendor_nv(struct world *world, struct world_unit *unit)
{
	struct module_nv *nv = world_unit_firmware(world, unit);
	if (!nv) {
		nv = factory_defaults();
		world_unit_set_firmware(world, unit, nv, g_free);
	}
	return nv;
}

void sim_vendor_load(struct sim_module *module)
{
	memcpy(memory_at(&module->memory, 0x03, 128), module->nv->user, 128);
	memcpy(memory_at(&module->memory, PAGE_TX, 128), module->nv->page_b0, 128);
	memcpy(memory_at(&module->memory, PAGE_MONITOR, 128), module->nv->page_b1, 128);
}

gboolean sim_vendor_locked(const struct sim_module *module, guint page)
{
	return (page == PAGE_TX || page == PAGE_MONITOR) && !module->maker_unlocked;
}

static void refuse_out_of_range(struct sim_module *module, const guint8 before[128])
{
	guint8 *page = memory_at(&module->memory, PAGE_TX, 128);
	for (guint i = 0; i < WORLD_LANES * G_N_ELEMENTS(tx_settings); i++) {
		guint setting = i / WORLD_LANES;
		guint width = tx_settings[setting].width;
		guint at = tx_settings[setting].first - 128 + i % WORLD_LANES * width;
		int value = width == 2 ? word_at(page, at + 128) : (gint8)page[at];
		if (value < tx_settings[setting].low || value > tx_settings[setting].high)
			memcpy(page + at, before + at, width);
	}
}

static void start_commit(struct sim_module *module)
{
	guint8 *commit = memory_at(&module->memory, PAGE_MONITOR, 254);
	guint8 *status = memory_at(&module->memory, PAGE_MONITOR, 255);
	gboolean asked = *commit == 1 && !module->committing;
	*commit = 0;
	if (!asked)
		return;
	struct world_power power;
	world_power(module->world, module->site, &power);
	if (power.volt < COMMIT_LOWEST_V) {
		*status = COMMIT_FAILED;
		return;
	}
	*status = COMMIT_BUSY;
	module->committing = TRUE;
	module->commit_until_s = module->now_s + MODULE_COMMIT_S;
	memcpy(module->commit_b0, memory_at(&module->memory, PAGE_TX, 128), 128);
	memcpy(module->commit_b1, memory_at(&module->memory, PAGE_MONITOR, 128), 128);
	/* What is read only is measured or reported, not stored. */
	for (guint byte = 128; byte < 256; byte++) {
		const struct memory_row *row = memory_row_of(PAGE_MONITOR, byte);
		if (!row || row->access != MEMORY_RW)
			module->commit_b1[byte - 128] = 0;
	}
}

void sim_vendor_written(struct sim_module *module, guint page, guint first, guint last,
                        const guint8 before[128])
{
	module->sampled_s = -INFINITY; /* new constants show in the monitors at once */
	if (page == PAGE_TX)
		refuse_out_of_range(module, before);
	else if (page == PAGE_MONITOR && first <= 254 && last >= 254)
		start_commit(module);
}

static guint32 take_password(struct sim_module *module, guint byte)
{
	guint8 *at = memory_at(&module->memory, MEMORY_LOWER, byte);
	struct rd rd = rd_init(at, 4);
	guint32 password = rd_be32(&rd);
	memset(at, 0, 4);
	return password;
}

void sim_vendor_change_password(struct sim_module *module)
{
	guint32 password = take_password(module, 118);
	/* The upper half of the range is the maker's. */
	if (!module->host_unlocked || password >= 0x80000000u)
		return;
	module->nv->host_password = password;
	module->nv_busy_until_s = module->now_s + MODULE_NV_WRITE_S;
}

void sim_vendor_enter_password(struct sim_module *module)
{
	guint32 password = take_password(module, 122);
	module->maker_unlocked = password == MAKER_PASSWORD;
	module->host_unlocked = module->maker_unlocked || password == module->nv->host_password;
}

void sim_vendor_store_user(struct sim_module *module)
{
	memcpy(module->nv->user, memory_at(&module->memory, 0x03, 128), 128);
	module->nv_busy_until_s = module->now_s + MODULE_NV_WRITE_S;
}

double sim_vendor_due_s(const struct sim_module *module)
{
	return module->committing ? module->commit_until_s : INFINITY;
}

void sim_vendor_knobs(const guint8 page_b0[128], guint lane, struct world_tx_knobs *knobs)
{
	knobs->laser_bias_a = word_at(page_b0, 128 + 2 * lane) * 20e-6;
	knobs->mod_bias_v = word_at(page_b0, 136 + 2 * lane) * 1e-3;
	knobs->mod_swing_v = word_at(page_b0, 144 + 2 * lane) * 1e-3;
	knobs->fir_pre = (gint8)page_b0[152 - 128 + lane] / 128.0;
	knobs->fir_post = (gint8)page_b0[156 - 128 + lane] / 128.0;
	knobs->level_skew = (gint8)page_b0[160 - 128 + lane] / 256.0;
}

static void tell_constants(struct sim_module *module)
{
	const guint8 *b1 = module->nv->page_b1;
	struct world_constants constants;
	world_constants_default(&constants);
	for (guint lane = 0; lane < WORLD_LANES; lane++) {
		sim_vendor_knobs(module->nv->page_b0, lane, &constants.tx[lane]);
		constants.tx_mon_slope[lane] = word_at(b1, 128 + 2 * lane) / 8192.0;
		constants.tx_mon_offset_w[lane] = signed_at(b1, 136 + 2 * lane) * 1e-7;
		constants.rx_mon_slope[lane] = word_at(b1, 144 + 2 * lane) / 8192.0;
		constants.rx_mon_offset_w[lane] = signed_at(b1, 152 + 2 * lane) * 1e-7;
		constants.los_assert_raw_w[lane] = word_at(b1, 164 + 2 * lane) * 1e-7;
		constants.los_deassert_raw_w[lane] = word_at(b1, 172 + 2 * lane) * 1e-7;
	}
	constants.temp_offset_degc = signed_at(b1, 160) / 256.0;
	constants.vcc_offset_v = signed_at(b1, 162) * 1e-4;
	constants.calibrated = word_at(b1, 200) == 0xca1b;
	world_unit_set_constants(module->world, module->unit, &constants);
}

void sim_vendor_finish_commit(struct sim_module *module)
{
	module->committing = FALSE;
	memcpy(module->nv->page_b0, module->commit_b0, 128);
	memcpy(module->nv->page_b1, module->commit_b1, 128);
	*memory_at(&module->memory, PAGE_MONITOR, 255) = COMMIT_DONE;
	tell_constants(module);
}

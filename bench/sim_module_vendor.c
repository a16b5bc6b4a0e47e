/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_vendor.h"

#include "base/bytes.h"
#include "bench/sim_module_cdb.h"
#include "bench/sim_module_knobs.h"
#include "bench/sim_module_vdm.h"

#include <math.h>
#include <string.h>

#define PAGE_TX        0xb0
#define PAGE_MONITOR   0xb1
#define PAGE_TABLES    0xb2
#define RESTARTS_AFTER 40 /* writes to page B0h, of a unit that restarts by itself */

#define MAKER_PASSWORD        0xa5c3f01eu
#define DEFAULT_HOST_PASSWORD 0x00001011u
#define COMMIT_LOWEST_V       3.0 /* below, flash cannot be written */

/* What a host may write of pages 00h to 02h behind the maker's password: texts, bytes without a
 * meaning and the checksums. CMIS 5.2. */
static const struct {
	guint page, first, last;
} identity_rows[] = {
	{0x00, 129, 199}, {0x00, 221, 255}, {0x01, 191, 222}, {0x01, 255, 255}, {0x02, 230, 255},
};

enum commit_status { COMMIT_DONE = 0x00, COMMIT_BUSY = 0x01, COMMIT_FAILED = 0x80 };

/* Per-lane words of page B1h that are not zero in a new module. */
static const struct {
	guint first;
	guint16 standard;
} monitor_settings[] = {
	{128, 8192},  /* tx_mon_slope */
	{144, 8192},  /* rx_mon_slope */
	{164, 316},   /* los_assert */
	{172, 631},   /* los_deassert */
	{214, 65535}, /* rx_mon_break */
	{222, 8192},  /* rx_mon_slope_high */
};

static guint16 word_at(const guint8 page[128], guint byte)
{
	return (guint16)(page[byte - 128] << 8 | page[byte - 127]);
}

static gint16 signed_at(const guint8 page[128], guint byte)
{
	return (gint16)word_at(page, byte);
}

static struct module_nv *factory_defaults(const struct world_unit *unit)
{
	struct module_nv *nv = g_new0(struct module_nv, 1);
	guint8 *b1 = nv->vendor.bytes[1];
	nv->host_password = DEFAULT_HOST_PASSWORD;
	sim_knobs_set_defaults(&nv->vendor, unit);
	sim_cdb_set_factory(&nv->firmware, unit);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		for (guint i = 0; i < G_N_ELEMENTS(monitor_settings); i++)
			put_be16(b1 + monitor_settings[i].first - 128 + 2 * lane,
			         monitor_settings[i].standard);
	put_be16(b1 + 238 - 128, 32768); /* temp_slope */
	put_be16(b1 + 240 - 128, 32768); /* vcc_slope */
	return nv;
}

struct module_nv *sim_vendor_nv(struct world *world, struct world_unit *unit)
{
	struct module_nv *nv = world_unit_firmware(world, unit);
	if (!nv) {
		nv = factory_defaults(unit);
		world_unit_set_firmware(world, unit, nv, g_free);
	}
	return nv;
}

void sim_vendor_load(struct sim_module *module)
{
	memcpy(memory_at(&module->memory, 0x03, 128), module->nv->user, 128);
	for (guint page = 0; page < MODULE_IDENTITY_PAGES; page++)
		for (guint i = 0; i < 128; i++)
			if (module->nv->identity_written[page][i])
				*memory_at(&module->memory, page, 128 + i) =
					module->nv->identity[page][i];
	for (guint i = 0; i < MODULE_VENDOR_PAGES; i++)
		memcpy(memory_at(&module->memory, PAGE_TX + i, 128), module->nv->vendor.bytes[i],
		       128);
	if (module->nv->torn)
		*memory_at(&module->memory, PAGE_MONITOR, 255) = COMMIT_FAILED;
}

gboolean sim_vendor_has_page(const struct sim_module *module, guint page)
{
	return (page != PAGE_TABLES || sim_knobs_have_tables(module->unit)) &&
	       sim_cdb_has_page(module, page) && sim_vdm_has_page(module, page);
}

gboolean sim_vendor_locked(const struct sim_module *module, guint page)
{
	return page >= PAGE_TX && page <= PAGE_TABLES && !module->maker_unlocked;
}

/* What is read only is measured or reported, not stored; the layout's number stays. */
static void gather_commit(struct sim_module *module)
{
	module->commit = module->nv->vendor;
	for (guint i = 0; i < MODULE_VENDOR_PAGES; i++) {
		for (guint byte = 128; byte < 256; byte++) {
			const struct memory_row *row = memory_row_of(PAGE_TX + i, byte);
			if (row && row->access == MEMORY_RW)
				module->commit.bytes[i][byte - 128] =
					*memory_at(&module->memory, PAGE_TX + i, byte);
		}
	}
}

/* TRUE when this is the store that somebody has asked to be spoilt. */
static gboolean take_spoil(struct sim_module *module)
{
	return module->store_spoil.left > 0 && --module->store_spoil.left == 0;
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
	module->commit_fails = take_spoil(module);
	if (module->commit_fails)
		module->commit_until_s = module->now_s + module->store_spoil.part * MODULE_COMMIT_S;
	gather_commit(module);
}

void sim_vendor_written(struct sim_module *module, guint page, guint first, guint last,
                        const guint8 before[128])
{
	module->sampled_s = -INFINITY; /* new constants show in the monitors at once */
	if (page != PAGE_MONITOR)
		sim_knobs_refuse(module, page, before);
	else if (first <= 254 && last >= 254)
		start_commit(module);
	if (page != PAGE_TX)
		return;
	module->setting_writes++;
	if (module->setting_writes == RESTARTS_AFTER &&
	    world_unit_has(module->unit, WORLD_DEFECT_RESETS))
		sim_state_start(module);
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

gboolean sim_vendor_stores(const struct sim_module *module, guint page)
{
	return page == 0x03 ? module->host_unlocked
	                    : page < MODULE_IDENTITY_PAGES && module->maker_unlocked;
}

static gboolean may_be_stored(guint page, guint byte)
{
	for (guint i = 0; i < G_N_ELEMENTS(identity_rows); i++)
		if (identity_rows[i].page == page && byte >= identity_rows[i].first &&
		    byte <= identity_rows[i].last)
			return TRUE;
	return page == 0x03;
}

static void store_byte(struct sim_module *module, guint page, guint byte, guint8 value)
{
	*memory_at(&module->memory, page, byte) = value;
	if (page == 0x03) {
		module->nv->user[byte - 128] = value;
		return;
	}
	module->nv->identity[page][byte - 128] = value;
	module->nv->identity_written[page][byte - 128] = TRUE;
}

/* Byte by byte: where the power goes, the one that is being written is erased. */
void sim_vendor_store(struct sim_module *module, guint page, guint first, const guint8 *data,
                      gsize len)
{
	gboolean fails = take_spoil(module);
	gsize done = fails ? (gsize)(module->store_spoil.part * (double)len) : len;
	for (gsize i = 0; i < MIN(done + 1, len); i++) {
		guint byte = 128 + (first + i) % 128;
		if (may_be_stored(page, byte))
			store_byte(module, page, byte, i < done ? data[i] : 0xff);
	}
	module->nv_busy_until_s = module->now_s + MODULE_NV_WRITE_S;
	if (fails)
		world_set_supply(module->world, module->site, 0, 0, FALSE);
}

/*
 * Page after page is erased and then written in the order of its bytes. What is read only is part
 * of the firmware.
 */
static void tear(struct sim_module *module, double part)
{
	double pages = CLAMP(part, 0, 1) * MODULE_VENDOR_PAGES;
	for (guint i = 0; i < MODULE_VENDOR_PAGES && i < pages; i++) {
		guint whole = 128 + (guint)(MIN(pages - i, 1) * 128);
		for (guint byte = 128; byte < 256; byte++) {
			const struct memory_row *row = memory_row_of(PAGE_TX + i, byte);
			if (row && row->access == MEMORY_RW)
				module->nv->vendor.bytes[i][byte - 128] =
					byte < whole ? module->commit.bytes[i][byte - 128] : 0xff;
		}
	}
	module->nv->torn = pages > 0;
}

void sim_vendor_stop(struct sim_module *module)
{
	if (module->committing)
		tear(module, 1 - (module->commit_until_s - module->now_s) / MODULE_COMMIT_S);
	module->committing = FALSE;
}

double sim_vendor_due_s(const struct sim_module *module)
{
	return module->committing ? module->commit_until_s : INFINITY;
}

static void tell_monitors(const guint8 *b1, const struct world_model *model, guint lane,
                          struct world_constants *constants)
{
	constants->tx_mon_slope[lane] = word_at(b1, 128 + 2 * lane) / 8192.0;
	constants->tx_mon_offset_w[lane] = signed_at(b1, 136 + 2 * lane) * 1e-7;
	constants->rx_mon_slope[lane] = word_at(b1, 144 + 2 * lane) / 8192.0;
	constants->rx_mon_offset_w[lane] = signed_at(b1, 152 + 2 * lane) * 1e-7;
	constants->los_assert_raw_w[lane] = word_at(b1, 164 + 2 * lane) * 1e-7;
	constants->los_deassert_raw_w[lane] = word_at(b1, 172 + 2 * lane) * 1e-7;
	if (model->rssi == MODEL_RSSI_QUADRATIC)
		constants->rx_mon_quad_per_w[lane] = signed_at(b1, 206 + 2 * lane) * 0.5;
	if (model->rssi != MODEL_RSSI_TWO_SLOPES)
		return;
	constants->rx_mon_break_raw_w[lane] = word_at(b1, 214 + 2 * lane) * 1e-7;
	constants->rx_mon_slope_high[lane] = word_at(b1, 222 + 2 * lane) / 8192.0;
	constants->rx_mon_offset_high_w[lane] = signed_at(b1, 230 + 2 * lane) * 1e-7;
}

static void tell_constants(struct sim_module *module)
{
	const guint8 *b1 = module->nv->vendor.bytes[1];
	struct world_constants constants;
	world_constants_of_model(&constants, world_unit_model(module->unit));
	sim_knobs_constants(&module->nv->vendor, module->unit, &constants);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		tell_monitors(b1, module->model, lane, &constants);
	constants.temp_offset_degc = signed_at(b1, 160) / 256.0;
	constants.vcc_offset_v = signed_at(b1, 162) * 1e-4;
	constants.temp_slope = word_at(b1, 238) / 32768.0;
	constants.vcc_slope = word_at(b1, 240) / 32768.0;
	constants.calibrated = word_at(b1, 200) == 0xca1b;
	world_unit_set_constants(module->world, module->unit, &constants);
}

void sim_vendor_finish_commit(struct sim_module *module)
{
	module->committing = FALSE;
	if (module->commit_fails) {
		tear(module, module->store_spoil.part);
		world_set_supply(module->world, module->site, 0, 0, FALSE);
		sim_state_start(module);
		return;
	}
	module->nv->torn = FALSE;
	*memory_at(&module->memory, PAGE_MONITOR, 255) = COMMIT_DONE;
	if (world_unit_has(module->unit, WORLD_DEFECT_FORGETFUL))
		return;
	module->nv->vendor = module->commit;
	tell_constants(module);
}

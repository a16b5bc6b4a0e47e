/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_monitors.h"

#include "bench/sim_module_diag.h"
#include "bench/sim_module_knobs.h"
#include "bench/sim_module_vdm.h"

#include <math.h>
#include <string.h>

#define PAGE_LIMITS    0x02
#define PAGE_CONTROL   0x10
#define PAGE_STATUS    0x11
#define PAGE_DIAG      0x13
#define PAGE_DIAG_DATA 0x14
#define PAGE_MONITOR   0xb1

#define TX_FAILURE_RAW_W 20e-6 /* a driven laser that shows less than this has failed */

/* An analog-to-digital converter ends at the ends of its range. */
static guint16 to_u16(double value)
{
	return value > 0 ? (guint16)lround(MIN(value, 65535.0)) : 0;
}

static gint16 to_s16(double value)
{
	return (gint16)lround(CLAMP(value, -32768.0, 32767.0));
}

static guint16 vendor_word(struct sim_module *module, guint byte)
{
	return memory_get_u16(&module->memory, PAGE_MONITOR, byte);
}

/* T = slope * raw + offset, in counts. */
static double module_monitor(struct sim_module *module, double raw, guint slope_byte,
                             guint offset_byte)
{
	return vendor_word(module, slope_byte) / 32768.0 * raw +
	       (gint16)vendor_word(module, offset_byte);
}

static void show_module_monitors(struct sim_module *module)
{
	struct module_memory *memory = &module->memory;
	gint16 temp = to_s16(module->analog.temp_raw_degc * 256.0);
	guint16 vcc = to_u16(module->analog.vcc_raw_v / 100e-6);
	memory_put_u16(memory, PAGE_MONITOR, 196, (guint16)temp);
	memory_put_u16(memory, PAGE_MONITOR, 198, vcc);
	gint16 shown_temp = to_s16(module_monitor(module, temp, 238, 160));
	memory_put_u16(memory, MEMORY_LOWER, 14, (guint16)shown_temp);
	memory_put_u16(memory, MEMORY_LOWER, 16, to_u16(module_monitor(module, vcc, 240, 162)));
}

/* slope * raw + offset, in counts of 0.1 uW; the offset's place is 8 bytes after the slope's. */
static double straight(struct sim_module *module, guint16 raw, guint slope_byte, guint lane)
{
	double slope = vendor_word(module, slope_byte + 2 * lane) / 8192.0;
	return slope * raw + (gint16)vendor_word(module, slope_byte + 8 + 2 * lane);
}

static guint16 calibrated_rx(struct sim_module *module, guint16 raw, guint lane)
{
	switch (module->model->rssi) {
	case MODEL_RSSI_TWO_SLOPES:
		if (raw > vendor_word(module, 214 + 2 * lane))
			return to_u16(straight(module, raw, 222, lane));
		break;
	case MODEL_RSSI_QUADRATIC: {
		/* 0.5 /W, with raw in counts of 0.1 uW */
		double quad = 0.5 * 0.1e-6 * (gint16)vendor_word(module, 206 + 2 * lane);
		return to_u16(quad * raw * raw + straight(module, raw, 144, lane));
	}
	case MODEL_RSSI_LINEAR:
		break;
	}
	return to_u16(straight(module, raw, 144, lane));
}

/* The lane monitors are powered in high-power mode only. */
static void show_lane_monitors(struct sim_module *module)
{
	struct module_memory *memory = &module->memory;
	gboolean ready = module->state == MODULE_READY;
	for (guint lane = 0; lane < module->model->n_lanes; lane++) {
		guint16 tx = to_u16(module->analog.tx_raw_w[lane] / 0.1e-6);
		guint16 rx = to_u16(module->analog.rx_raw_w[lane] / 0.1e-6);
		guint16 bias = to_u16(module->analog.tx_bias_a[lane] / 2e-6);
		memory_put_u16(memory, PAGE_MONITOR, 180 + 2 * lane, ready ? tx : 0);
		memory_put_u16(memory, PAGE_MONITOR, 188 + 2 * lane, ready ? rx : 0);
		memory_put_u16(memory, PAGE_STATUS, 154 + 2 * lane,
		               ready ? to_u16(straight(module, tx, 128, lane)) : 0);
		memory_put_u16(memory, PAGE_STATUS, 170 + 2 * lane, ready ? bias : 0);
		memory_put_u16(memory, PAGE_STATUS, 186 + 2 * lane,
		               ready ? calibrated_rx(module, rx, lane) : 0);
		if (rx < vendor_word(module, 164 + 2 * lane) || !ready)
			module->los[lane] = TRUE;
		else if (rx > vendor_word(module, 172 + 2 * lane))
			module->los[lane] = FALSE;
	}
}

void sim_monitors_sample(struct sim_module *module, gboolean at_once)
{
	if (!sim_state_managed(module))
		return;
	if (!at_once && module->now_s - module->sampled_s < MODULE_SAMPLE_S)
		return;
	module->sampled_s = module->now_s;
	world_analog(module->world, module->site, &module->analog);
	if (sim_state_is_sff8636(module)) {
		sim_sff8636_sense(&module->sff, &module->analog);
		return;
	}
	show_module_monitors(module);
	show_lane_monitors(module);
	sim_knobs_follow_tables(module);
	sim_vdm_sample(module);
	sim_monitors_latch(module);
}

static gboolean beyond(struct sim_module *module, guint limits, guint which, int value,
                       gboolean is_signed)
{
	guint16 word = memory_get_u16(&module->memory, PAGE_LIMITS, limits + 2 * which);
	int limit = is_signed ? (gint16)word : word;
	/* High alarm, low alarm, high warning, low warning. */
	return which % 2 == 0 ? value > limit : value < limit;
}

static void latch_module(struct sim_module *module)
{
	int temp = (gint16)memory_get_u16(&module->memory, MEMORY_LOWER, 14);
	int vcc = memory_get_u16(&module->memory, MEMORY_LOWER, 16);
	for (guint which = 0; which < 4; which++) {
		if (beyond(module, 128, which, temp, TRUE))
			sim_state_raise(module, MEMORY_LOWER, 9, (guint8)(1u << which));
		if (beyond(module, 136, which, vcc, FALSE))
			sim_state_raise(module, MEMORY_LOWER, 9, (guint8)(0x10u << which));
	}
}

static void latch_monitor(struct sim_module *module, guint lane, guint monitor, guint limits,
                          guint flags)
{
	int value = memory_get_u16(&module->memory, PAGE_STATUS, monitor + 2 * lane);
	for (guint which = 0; which < 4; which++)
		if (beyond(module, limits, which, value, FALSE))
			sim_state_raise(module, PAGE_STATUS, flags + which, (guint8)(1u << lane));
}

/* TRUE when the data path has what it needs to work on a signal. */
static gboolean path_is_up(struct sim_module *module, guint host_lane)
{
	enum path_state state = sim_state_of_lane(module, host_lane);
	return state == PATH_INITIALIZED || state == PATH_TX_TURN_ON || state == PATH_ACTIVATED ||
	       state == PATH_TX_TURN_OFF;
}

static gboolean is_lit(const struct sim_module *module, guint lane)
{
	return module->drive.tx[lane].on && module->drive.tx[lane].pattern != WORLD_PATTERN_NONE;
}

static void latch_lane(struct sim_module *module, guint lane)
{
	guint8 bit = (guint8)(1u << lane);
	if (is_lit(module, lane)) {
		latch_monitor(module, lane, 154, 176, 139);
		latch_monitor(module, lane, 170, 184, 143);
		if (module->analog.tx_raw_w[lane] < TX_FAILURE_RAW_W)
			sim_state_raise(module, PAGE_STATUS, 135, bit);
	}
	latch_monitor(module, lane, 186, 192, 149);
	if (module->los[lane])
		sim_state_raise(module, PAGE_STATUS, 147, bit);
	if (!module->analog.rx_locked[lane] &&
	    path_is_up(module, lane * sim_state_host_per_media(module)))
		sim_state_raise(module, PAGE_STATUS, 148, bit);
}

void sim_monitors_latch(struct sim_module *module)
{
	if (!sim_state_managed(module) || sim_state_is_sff8636(module) ||
	    !isfinite(module->sampled_s))
		return;
	latch_module(module);
	if (module->state != MODULE_READY)
		return;
	for (guint lane = 0; lane < module->model->n_lanes; lane++)
		latch_lane(module, lane);
	for (guint lane = 0; lane < module->model->n_host_lanes; lane++) {
		if (module->analog.host_input[lane] || !path_is_up(module, lane))
			continue;
		sim_state_raise(module, PAGE_STATUS, 136, (guint8)(1u << lane));
		sim_state_raise(module, PAGE_STATUS, 137, (guint8)(1u << lane));
	}
}

/* Flag bytes first..last of a page with their masks; *any and *unmasked are or-ed. */
static void collect(struct sim_module *module, guint page, guint first, guint last, guint mask_page,
                    guint mask_first, gboolean *any, gboolean *unmasked)
{
	for (guint i = 0; i <= last - first; i++) {
		guint8 flags = *memory_at(&module->memory, page, first + i);
		guint8 mask = *memory_at(&module->memory, mask_page, mask_first + i);
		*any |= flags != 0;
		*unmasked |= (flags & ~mask) != 0;
	}
}

gboolean sim_monitors_interrupt(struct sim_module *module)
{
	if (!sim_state_managed(module))
		return FALSE;
	if (sim_state_is_sff8636(module))
		return sim_sff8636_interrupt(&module->sff);
	gboolean asked = FALSE;
	gboolean of_module = FALSE;
	gboolean of_lanes = FALSE;
	gboolean of_diag = FALSE;
	gboolean of_vdm = FALSE;
	collect(module, MEMORY_LOWER, 8, 11, MEMORY_LOWER, 31, &of_module, &asked);
	collect(module, PAGE_STATUS, 134, 153, PAGE_CONTROL, 213, &of_lanes, &asked);
	collect(module, PAGE_DIAG_DATA, 132, 139, PAGE_DIAG, 206, &of_diag, &asked);
	collect(module, 0x2c, 128, 255, 0x2d, 128, &of_vdm, &asked);
	*memory_at(&module->memory, MEMORY_LOWER, 4) =
		(guint8)((of_lanes ? 0x01 : 0) | (of_diag ? 0x04 : 0) | (of_vdm ? 0x08 : 0));
	guint8 *state = memory_at(&module->memory, MEMORY_LOWER, 3);
	*state = (guint8)((*state & 0xfe) | (asked ? 0 : 1));
	return asked;
}

/* Volts of the codes of 11h:231, within what CMIS allows for each. */
static const double host_swings_v[] = {0.2, 0.4, 0.6, 0.8};

static double host_swing_v(struct sim_module *module, guint host_lane)
{
	struct module_memory *memory = &module->memory;
	gboolean disabled = (*memory_at(memory, PAGE_CONTROL, 138) >> host_lane & 1) != 0;
	gboolean squelches = (*memory_at(memory, PAGE_CONTROL, 139) >> host_lane & 1) == 0;
	enum world_pattern own;
	gboolean squelched = squelches && !sim_diag_host_pattern(module, host_lane, &own) &&
	                     module->los[host_lane / sim_state_host_per_media(module)];
	guint code = memory_get_nibble(memory, PAGE_STATUS, 231, host_lane);
	if (!path_is_up(module, host_lane) || disabled || squelched)
		return 0;
	return host_swings_v[MIN(code, G_N_ELEMENTS(host_swings_v) - 1)];
}

static void compute_drive(struct sim_module *module, struct world_drive *drive)
{
	memset(drive, 0, sizeof *drive); /* the padding too: settings are compared by their bytes */
	drive->power_epoch = module->epoch;
	drive->high_power = module->state == MODULE_PWR_UP || module->state == MODULE_READY;
	if (!sim_state_managed(module) || sim_state_is_sff8636(module))
		return;
	guint8 disabled = *memory_at(&module->memory, PAGE_CONTROL, 130);
	for (guint lane = 0; lane < module->model->n_lanes; lane++) {
		guint host_lane = lane * sim_state_host_per_media(module);
		gboolean active = sim_state_of_lane(module, host_lane) == PATH_ACTIVATED;
		drive->tx[lane].on = active && (disabled >> lane & 1) == 0;
		drive->tx[lane].pattern = sim_diag_tx_pattern(module, lane);
	}
	sim_knobs_drive(module, drive);
	for (guint lane = 0; lane < module->model->n_host_lanes; lane++) {
		drive->host_swing_v[lane] = host_swing_v(module, lane);
		drive->host_own[lane] =
			sim_diag_host_pattern(module, lane, &drive->host_pattern[lane]);
	}
}

static void show_outputs(struct sim_module *module)
{
	guint8 rx = 0;
	guint8 tx = 0;
	for (guint lane = 0; lane < WORLD_HOST_LANES; lane++)
		rx |= (guint8)((module->drive.host_swing_v[lane] > 0 ? 1u : 0u) << lane);
	for (guint lane = 0; lane < WORLD_LANES; lane++)
		tx |= (guint8)((is_lit(module, lane) ? 1u : 0u) << lane);
	guint8 *shown = memory_at(&module->memory, PAGE_STATUS, 132);
	sim_state_raise(module, PAGE_STATUS, 153, (guint8)(*shown ^ rx));
	*shown = rx;
	*memory_at(&module->memory, PAGE_STATUS, 133) = tx;
}

gboolean sim_monitors_drive(struct sim_module *module)
{
	struct world_drive drive;
	compute_drive(module, &drive);
	if (module->drive_known && memcmp(&drive, &module->drive, sizeof drive) == 0)
		return FALSE;
	module->drive = drive;
	module->drive_known = TRUE;
	world_set_drive(module->world, module->site, &drive);
	if (sim_state_managed(module))
		show_outputs(module);
	return TRUE;
}

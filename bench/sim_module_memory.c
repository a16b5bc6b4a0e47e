/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/sim_module_memory.h"

#include <string.h>

static const guint block_pages[MEMORY_BLOCKS] = {
	MEMORY_LOWER, 0x00, 0x01, 0x02, 0x03, 0x04, 0x10, 0x11, 0x12, 0x13, 0x14, 0x20, 0x24,
	0x28,         0x2c, 0x2d, 0x2f, 0x9f, 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
	0xa8,         0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, 0xb0, 0xb1, 0xb2,
};

#define L MEMORY_LOWER
#define EPL(page)                                                                                  \
	{                                                                                          \
		"cdb_epl_" #page, page, 128, 255, MEMORY_RW, 0xff, "CMIS pages A0h to AFh"         \
	}

/* Sorted by page (lower memory first) and byte. CMIS is revision 5.2. */
static const struct memory_row rows[] = {
	{"identity", L, 0, 2, MEMORY_RO, 0x00, "CMIS lower memory"},
	{"module_state", L, 3, 3, MEMORY_RO, 0x00, "CMIS lower memory"},
	{"lane_flag_summary", L, 4, 7, MEMORY_RO, 0x00, "CMIS lower memory"},
	{"module_flags", L, 8, 11, MEMORY_COR, 0x00, "CMIS lower memory"},
	{"module_monitors", L, 14, 25, MEMORY_RO, 0x00, "CMIS lower memory"},
	{"module_control", L, 26, 26, MEMORY_RW, 0x7f, "CMIS lower memory"},
	{"module_control_custom", L, 29, 30, MEMORY_RW, 0xff, "CMIS lower memory"},
	{"module_masks", L, 31, 34, MEMORY_RW, 0xff, "CMIS lower memory"},
	{"cdb_status", L, 37, 38, MEMORY_RO, 0x00, "CMIS lower memory"},
	{"active_firmware", L, 39, 40, MEMORY_RO, 0x00, "CMIS lower memory"},
	{"fault_cause", L, 41, 41, MEMORY_RO, 0x00, "CMIS lower memory"},
	{"media_type", L, 85, 85, MEMORY_RO, 0x00, "CMIS lower memory"},
	{"applications", L, 86, 117, MEMORY_RO, 0x00, "CMIS lower memory"},
	{"password_change", L, 118, 121, MEMORY_WO, 0xff, "CMIS lower memory"},
	{"password_entry", L, 122, 125, MEMORY_WO, 0xff, "CMIS lower memory"},
	{"page_select", L, 126, 127, MEMORY_RW, 0xff, "CMIS lower memory"},
	{"admin_info", 0x00, 128, 255, MEMORY_RO, 0x00, "CMIS page 00h"},
	{"advertising", 0x01, 128, 255, MEMORY_RO, 0x00, "CMIS page 01h"},
	{"thresholds", 0x02, 128, 255, MEMORY_RO, 0x00, "CMIS page 02h"},
	{"user_eeprom", 0x03, 128, 255, MEMORY_RW, 0xff, "CMIS page 03h"},
	{"laser_capabilities", 0x04, 128, 255, MEMORY_RO, 0x00, "CMIS page 04h"},
	{"dp_deinit", 0x10, 128, 128, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"tx_output_disable", 0x10, 130, 130, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"tx_auto_squelch_disable", 0x10, 131, 131, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"tx_force_squelch", 0x10, 132, 132, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"rx_output_disable", 0x10, 138, 138, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"rx_auto_squelch_disable", 0x10, 139, 139, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"scs0_apply", 0x10, 143, 144, MEMORY_WO, 0xff, "CMIS page 10h"},
	{"scs0_dp_config", 0x10, 145, 152, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"scs0_tx", 0x10, 153, 160, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"scs0_rx", 0x10, 161, 173, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"lane_masks", 0x10, 213, 232, MEMORY_RW, 0xff, "CMIS page 10h"},
	{"lane_custom", 0x10, 240, 255, MEMORY_RW, 0xff, "CMIS page 10h, from memory"},
	{"dp_state", 0x11, 128, 131, MEMORY_RO, 0x00, "CMIS page 11h"},
	{"output_status", 0x11, 132, 133, MEMORY_RO, 0x00, "CMIS page 11h"},
	{"lane_flags", 0x11, 134, 153, MEMORY_COR, 0x00, "CMIS page 11h"},
	{"lane_monitors", 0x11, 154, 201, MEMORY_RO, 0x00, "CMIS page 11h"},
	{"config_status", 0x11, 202, 205, MEMORY_RO, 0x00, "CMIS page 11h"},
	{"active_control_set", 0x11, 206, 234, MEMORY_RO, 0x00, "CMIS page 11h"},
	{"dp_init_pending", 0x11, 235, 235, MEMORY_RO, 0x00, "CMIS page 11h"},
	{"media_lane_map", 0x11, 240, 255, MEMORY_RO, 0x00, "CMIS page 11h"},
	{"laser_status", 0x12, 128, 255, MEMORY_RO, 0x00, "CMIS page 12h"},
	{"diag_capabilities", 0x13, 128, 142, MEMORY_RO, 0x00, "CMIS page 13h"},
	{"host_gen_enable", 0x13, 144, 144, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"host_gen_pattern", 0x13, 148, 151, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"media_gen_enable", 0x13, 152, 152, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"media_gen_pattern", 0x13, 156, 157, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"host_checker_enable", 0x13, 160, 160, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"host_checker_pattern", 0x13, 164, 167, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"media_checker_enable", 0x13, 168, 168, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"media_checker_pattern", 0x13, 172, 173, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"diag_clock", 0x13, 176, 176, MEMORY_RW, 0x0f, "CMIS page 13h"},
	{"diag_measurement", 0x13, 177, 177, MEMORY_RW, 0x3f, "CMIS page 13h"},
	{"loopbacks", 0x13, 180, 183, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"diag_scratchpad", 0x13, 184, 191, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"diag_masks", 0x13, 206, 213, MEMORY_RW, 0xff, "CMIS page 13h"},
	{"diag_selector", 0x14, 128, 128, MEMORY_RW, 0xff, "CMIS page 14h"},
	{"diag_flags", 0x14, 132, 139, MEMORY_COR, 0x00, "CMIS page 14h"},
	{"diag_data", 0x14, 192, 255, MEMORY_RO, 0x00, "CMIS page 14h"},
	{"vdm_descriptors", 0x20, 128, 255, MEMORY_RO, 0x00, "CMIS page 20h"},
	{"vdm_values", 0x24, 128, 255, MEMORY_RO, 0x00, "CMIS page 24h"},
	{"vdm_thresholds", 0x28, 128, 255, MEMORY_RO, 0x00, "CMIS page 28h"},
	{"vdm_flags", 0x2c, 128, 255, MEMORY_COR, 0x00, "CMIS page 2Ch"},
	{"vdm_masks", 0x2d, 128, 255, MEMORY_RW, 0xff, "CMIS page 2Dh"},
	{"vdm_interval", 0x2f, 128, 130, MEMORY_RO, 0x00, "CMIS page 2Fh"},
	{"vdm_freeze", 0x2f, 144, 144, MEMORY_RW, 0x80, "CMIS page 2Fh"},
	{"vdm_frozen", 0x2f, 145, 145, MEMORY_RO, 0x00, "CMIS page 2Fh"},
	{"cdb_command", 0x9f, 128, 133, MEMORY_RW, 0xff, "CMIS page 9Fh"},
	{"cdb_reply", 0x9f, 134, 135, MEMORY_RO, 0x00, "CMIS page 9Fh"},
	{"cdb_lpl", 0x9f, 136, 255, MEMORY_RW, 0xff, "CMIS page 9Fh"},
	EPL(0xa0),
	EPL(0xa1),
	EPL(0xa2),
	EPL(0xa3),
	EPL(0xa4),
	EPL(0xa5),
	EPL(0xa6),
	EPL(0xa7),
	EPL(0xa8),
	EPL(0xa9),
	EPL(0xaa),
	EPL(0xab),
	EPL(0xac),
	EPL(0xad),
	EPL(0xae),
	EPL(0xaf),
	{"laser_bias", 0xb0, 128, 135, MEMORY_RW, 0xff, "data sheet, page B0h"},
	{"mod_bias", 0xb0, 136, 143, MEMORY_RW, 0xff, "data sheet, page B0h"},
	{"mod_swing", 0xb0, 144, 151, MEMORY_RW, 0xff, "data sheet, page B0h"},
	{"fir_pre", 0xb0, 152, 155, MEMORY_RW, 0xff, "data sheet, page B0h"},
	{"fir_post", 0xb0, 156, 159, MEMORY_RW, 0xff, "data sheet, page B0h"},
	{"level_skew", 0xb0, 160, 163, MEMORY_RW, 0xff, "data sheet, page B0h"},
	{"tec_setpoint", 0xb0, 164, 165, MEMORY_RW, 0xff, "data sheet, page B0h"},
	{"mod_current", 0xb0, 166, 173, MEMORY_RW, 0xff, "data sheet, page B0h"},
	{"table_mode", 0xb0, 248, 248, MEMORY_RW, 0xff, "data sheet, page B0h"},
	{"map_revision", 0xb0, 250, 251, MEMORY_RO, 0x00, "data sheet, page B0h"},
	{"tx_mon_slope", 0xb1, 128, 135, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"tx_mon_offset", 0xb1, 136, 143, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"rx_mon_slope", 0xb1, 144, 151, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"rx_mon_offset", 0xb1, 152, 159, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"temp_offset", 0xb1, 160, 161, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"vcc_offset", 0xb1, 162, 163, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"los_assert", 0xb1, 164, 171, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"los_deassert", 0xb1, 172, 179, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"tx_mon_raw", 0xb1, 180, 187, MEMORY_RO, 0x00, "data sheet, page B1h"},
	{"rx_mon_raw", 0xb1, 188, 195, MEMORY_RO, 0x00, "data sheet, page B1h"},
	{"temp_raw", 0xb1, 196, 197, MEMORY_RO, 0x00, "data sheet, page B1h"},
	{"vcc_raw", 0xb1, 198, 199, MEMORY_RO, 0x00, "data sheet, page B1h"},
	{"cal_status", 0xb1, 200, 201, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"cal_date", 0xb1, 202, 205, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"rx_mon_quad", 0xb1, 206, 213, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"rx_mon_break", 0xb1, 214, 221, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"rx_mon_slope_high", 0xb1, 222, 229, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"rx_mon_offset_high", 0xb1, 230, 237, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"temp_slope", 0xb1, 238, 239, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"vcc_slope", 0xb1, 240, 241, MEMORY_RW, 0xff, "data sheet, page B1h"},
	{"commit", 0xb1, 254, 254, MEMORY_WO, 0xff, "data sheet, page B1h"},
	{"commit_status", 0xb1, 255, 255, MEMORY_RO, 0x00, "data sheet, page B1h"},
	{"bias_table", 0xb2, 128, 191, MEMORY_RW, 0xff, "data sheet, page B2h"},
	{"mod_table", 0xb2, 192, 255, MEMORY_RW, 0xff, "data sheet, page B2h"},
};

#undef L
#undef EPL

const struct memory_row *memory_rows(guint *count)
{
	*count = G_N_ELEMENTS(rows);
	return rows;
}

const struct memory_row *memory_row_of(guint page, guint byte)
{
	guint block = byte < 128 ? MEMORY_LOWER : page;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		if (rows[i].page == block && byte >= rows[i].first && byte <= rows[i].last)
			return &rows[i];
	return NULL;
}

static int block_of(guint page)
{
	for (int i = 0; i < MEMORY_BLOCKS; i++)
		if (block_pages[i] == page)
			return i;
	return -1;
}

gboolean memory_has_page(guint page)
{
	return page != MEMORY_LOWER && block_of(page) >= 0;
}

void memory_clear(struct module_memory *memory)
{
	memset(memory, 0, sizeof *memory);
}

guint8 *memory_at(struct module_memory *memory, guint page, guint byte)
{
	g_assert(byte < 256);
	if (byte < 128)
		return &memory->bytes[0][byte];
	int block = block_of(page);
	g_assert(block > 0);
	return &memory->bytes[block][byte - 128];
}

guint16 memory_get_u16(struct module_memory *memory, guint page, guint byte)
{
	const guint8 *at = memory_at(memory, page, byte);
	return (guint16)(at[0] << 8 | at[1]);
}

void memory_put_u16(struct module_memory *memory, guint page, guint byte, guint16 value)
{
	guint8 *at = memory_at(memory, page, byte);
	at[0] = (guint8)(value >> 8);
	at[1] = (guint8)value;
}

guint memory_get_nibble(struct module_memory *memory, guint page, guint byte, guint lane)
{
	return *memory_at(memory, page, byte + lane / 2) >> (lane % 2 * 4) & 15;
}

void memory_put_nibble(struct module_memory *memory, guint page, guint byte, guint lane,
                       guint value)
{
	guint8 *at = memory_at(memory, page, byte + lane / 2);
	guint shift = lane % 2 * 4;
	*at = (guint8)((*at & ~(15u << shift)) | (value & 15) << shift);
}

guint8 memory_host_read(struct module_memory *memory, guint page, guint byte)
{
	const struct memory_row *row = memory_row_of(page, byte);
	guint8 *at = memory_at(memory, page, byte);
	guint8 value = *at;
	if (row && row->access == MEMORY_WO)
		return 0;
	if (row && row->access == MEMORY_COR)
		*at = 0;
	return value;
}

void memory_host_write(struct module_memory *memory, guint page, guint byte, guint8 value)
{
	const struct memory_row *row = memory_row_of(page, byte);
	if (!row || (row->access != MEMORY_RW && row->access != MEMORY_WO))
		return;
	guint8 *at = memory_at(memory, page, byte);
	*at = (guint8)((*at & ~row->write_mask) | (value & row->write_mask));
}

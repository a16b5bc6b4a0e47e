/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_FIXTURES_IMAGE_BYTES_H
#define TESTS_UNIT_FIXTURES_IMAGE_BYTES_H

#include "base/bytes.h"
#include "fixtures/cmis/cmis_decode.h"
#include "tests/unit/fixtures_image.h"

/*
 * Raw bytes of an image, put together from what the table of fields makes of them: a field that is
 * missing, or decoded from other bits than its own, shows as a wrong byte.
 */

/* One page as it was before anything was read: flags are cleared by reading. */
struct window {
	guint8 bytes[256];
};

static inline struct window *windows_of(const struct fake *fake)
{
	struct window *windows = g_new0(struct window, 256);

	for (guint page = 0; page < 256; page++) {
		memcpy(windows[page].bytes, fake->lower, 128);
		memcpy(windows[page].bytes + 128, fake->pages[page], 128);
	}
	return windows;
}

static inline void put_number(guint8 *out, const struct cmis_field *f, const guint8 *window)
{
	gint64 raw = cmis_field_raw(f, 0, window);
	guint size = cmis_field_size(f);

	if (f->type == CMIS_U8)
		raw <<= f->lsb;
	for (guint i = 0; i < size; i++) {
		guint shift = 8 * (f->type == CMIS_U16LE ? i : size - 1 - i);

		out[f->byte + i] |= (guint8)(raw >> shift);
	}
}

static inline void put_lanes(guint8 *out, const struct cmis_field *f, const guint8 *window)
{
	for (guint lane = 1; lane <= f->count; lane++) {
		guint raw = (guint)cmis_field_raw(f, lane, window);

		if (f->type == CMIS_LANE_BIT)
			out[f->byte] |= (guint8)(raw << (lane - 1));
		else if (f->type == CMIS_LANE_NIBBLE)
			out[f->byte + (lane - 1) / 2] |= (guint8)(raw << (lane % 2 ? 0 : 4));
		else if (f->type == CMIS_LANE_U8)
			out[f->byte + lane - 1] |= (guint8)(raw << f->lsb);
		else
			put_be16(out + f->byte + 2 * (lane - 1), (guint16)raw);
	}
}

static inline void put_bytes(guint8 *out, const struct cmis_field *f, const guint8 *window)
{
	g_autofree char *text = cmis_field_text(f, window);
	g_auto(GStrv) words = g_strsplit(text, "-", -1);

	g_assert_cmpuint(g_strv_length(words), ==, f->count);
	for (guint i = 0; i < f->count; i++)
		out[f->byte + i] |= (guint8)g_ascii_strtoull(words[i], NULL, 16);
}

/* Bytes of a page as all its fields together say them; what no field covers is zero. */
static inline void compose(const struct window *window, guint page, guint8 out[256])
{
	guint n = 0;
	const struct cmis_field *fields = cmis_fields(&n);

	memset(out, 0, 256);
	for (guint i = 0; i < n; i++) {
		const struct cmis_field *f = &fields[i];

		if (f->byte >= 128 ? f->page != page : page != 0)
			continue;
		if (f->type == CMIS_BYTES)
			put_bytes(out, f, window->bytes);
		else if (cmis_field_lanes(f))
			put_lanes(out, f, window->bytes);
		else if (f->type != CMIS_TEXT)
			put_number(out, f, window->bytes);
	}
}

static const struct {
	const char *key;
	guint page, first, last;
} image_ranges[] = {
	{"lower.flags_summary_4_7", 0, 4, 7},
	{"lower.module_flags_8_13", 0, 8, 13},
	{"lower.global_ctrl_26", 0, 26, 26},
	{"lower.masks_31_36", 0, 31, 36},
	{"lower.cdb_status_37_38", 0, 37, 38},
	{"lower.media_type_85", 0, 85, 85},
	{"lower.bank_page_126_127", 0, 126, 127},
	{"p00.identifier", 0, 128, 128},
	{"p00.cable_len_raw", 0, 202, 202},
	{"p00.attenuation_204_209", 0, 204, 209},
	{"p00.near_end_lanes_210", 0, 210, 210},
	{"p00.far_end_211", 0, 211, 211},
	{"p00.media_tech_212", 0, 212, 212},
	{"p01.om5_om4_om3_om2_raw", 1, 133, 136},
	{"p01.pages_adv_142", 1, 142, 142},
	{"p01.aux_adv_145", 1, 145, 145},
	{"p01.bytes_148_154", 1, 148, 154},
	{"p01.controls_adv_155_156", 1, 155, 156},
	{"p01.flags_adv_157_158", 1, 157, 158},
	{"p01.monitors_adv_159_160", 1, 159, 160},
	{"p01.si_adv_161_162", 1, 161, 162},
	{"p01.cdb_adv_163_166", 1, 163, 166},
	{"p01.duration_codes_167_168", 1, 167, 168},
	{"p01.bpc_169", 1, 169, 169},
	{"p01.media_lane_assign_176_190", 1, 176, 190},
	{"p10.scs0_dpconfig_145_152", 0x10, 145, 152},
	{"p10.scs0_si_153_175", 0x10, 153, 175},
	{"p11.output_status_rx_tx_132_133", 0x11, 132, 133},
	{"p11.acs_dpconfig_206_213", 0x11, 206, 213},
	{"p11.acs_si_214_234", 0x11, 214, 234},
	{"p11.lane_maps_240_255", 0x11, 240, 255},
	{"p13.loopback_caps_128", 0x13, 128, 128},
	{"p13.measure_caps_129", 0x13, 129, 129},
	{"p13.report_caps_130", 0x13, 130, 130},
	{"p13.fec_location_caps_131", 0x13, 131, 131},
	{"p13.control_144_183", 0x13, 144, 183},
	{"p14.diag_selector", 0x14, 128, 128},
	{"p14.data_192_255", 0x14, 192, 255},
	{"p2f.freeze_144_145", 0x2F, 144, 145},
};

static inline char *bytes_text(const struct window *windows, const char *key)
{
	for (guint i = 0; i < G_N_ELEMENTS(image_ranges); i++) {
		guint8 page[256];
		GString *text;

		if (!g_str_equal(image_ranges[i].key, key))
			continue;
		compose(&windows[image_ranges[i].page], image_ranges[i].page, page);
		text = g_string_new(image_ranges[i].first == image_ranges[i].last ? "0x" : NULL);
		for (guint b = image_ranges[i].first; b <= image_ranges[i].last; b++)
			g_string_append_printf(text,
			                       image_ranges[i].first == image_ranges[i].last
			                               ? "%02X"
			                       : b > image_ranges[i].first ? " %02x"
			                                                   : "%02x",
			                       page[b]);
		return g_string_free(text, FALSE);
	}
	return NULL;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/*
 * Decodes images of real and anonymised modules and compares with what each image's companion
 * (NAME.expected.md, lines "key = value") says.
 */
#include "base/bytes.h"
#include "base/error.h"
#include "fixtures/cmis/cmis_decode.h"
#include "fixtures/cmis/cmis_identity.h"
#include "fixtures/cmis/cmis_state.h"
#include "fixtures/cmis/cmis_diagnostics.h"
#include "fixtures/cmis/cmis_vdm.h"
#include "tests/unit/fixtures_image_bytes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* An image and how many values stand beside it, so that none is left out unseen. */
static const struct image_case {
	const char *name;
	guint at_least;
} images[] = {
	{"osfp_2x400g_fr4_fboss", 317},
	{"qsfp_200g_fr4_cmis_fboss", 132},
	{"qsfpdd_400g_cr8_amphenol_cmis30_flat", 50},
	{"qsfpdd_400g_dr4_fboss", 137},
	{"qsfpdd_400g_dr4_innolight_cmis30", 44},
	{"qsfpdd_400g_fr4_fboss", 165},
	{"qsfpdd_400g_xdr4_arista_fboss", 134},
};

static char *double_text(struct fake *fake, const char *field, double factor)
{
	g_autoptr(GError) error = NULL;
	double value = 0;

	cmis_read_double(fake->memory, field, 0, &value, &fake->bounds, &error);
	g_assert_no_error(error);
	return image_join(&value, 1, factor);
}

static char *lanes_text(struct fake *fake, const char *field, double factor)
{
	g_autoptr(GError) error = NULL;
	double values[8] = {0};

	cmis_read_lanes(fake->memory, field, 8, values, &fake->bounds, &error);
	g_assert_no_error(error);
	return image_join(values, 8, factor);
}

/* Eight lane bits as "10000000", lane 1 first. */
static char *bits_text(struct fake *fake, const char *field)
{
	char *text = lanes_text(fake, field, 1);
	char *to = text;

	for (const char *from = text; *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = '\0';
	return text;
}

static char *thresholds_text(struct fake *fake, const char *monitor, double factor)
{
	g_autoptr(GError) error = NULL;
	struct cmis_thresholds t = {0};
	double values[4];

	cmis_read_thresholds(fake->memory, monitor, &t, &fake->bounds, &error);
	g_assert_no_error(error);
	values[0] = t.high_alarm;
	values[1] = t.low_alarm;
	values[2] = t.high_warning;
	values[3] = t.low_warning;
	return image_join(values, 4, factor);
}

static char *checksum_text(struct fake *fake, guint8 page)
{
	g_autoptr(GError) error = NULL;
	struct cmis_checksum sum = {0};

	cmis_checksum_read(fake->memory, page, &sum, &fake->bounds, &error);
	g_assert_no_error(error);
	return g_strdup_printf("computed 0x%02X stored 0x%02X %s", sum.computed, sum.stored,
	                       sum.computed == sum.stored ? "OK" : "MISMATCH");
}

static const struct {
	const char *key;
	const char *field;
	double factor;
	char *(*make)(struct fake *fake, const char *field, double factor);
} numbers[] = {
	{"lower.temp_c", "module.temperature", 1, double_text},
	{"lower.vcc_v", "module.vcc", 1, double_text},
	{"lower.module_state_bits3_1", "module.state", 1, double_text},
	{"lower.interrupt_deasserted_bit0", "module.interrupt_deasserted", 1, double_text},
	{"lower.fault_cause_41", "module.fault_cause", 1, double_text},
	{"lower.stepped_config_only", "module.stepped_config_only", 1, double_text},
	{"lower.mci_speed_bits5_2", "module.mci_max_speed", 1, double_text},
	{"lower.aux1_raw_s16", "module.aux1", 1, double_text},
	{"lower.aux2_raw_s16", "module.aux2", 1, double_text},
	{"lower.aux3_raw_s16", "module.aux3", 1, double_text},
	{"lower.custom_raw_s16", "module.custom_monitor", 1, double_text},
	{"p01.wavelength_nm", "laser.wavelength", 1e9, double_text},
	{"p01.wavelength_tol_nm", "laser.wavelength_tolerance", 1e9, double_text},
	{"p01.cdb_instances", "cdb.instances", 1, double_text},
	{"p02.temp_c_HA_LA_HW_LW", "temperature", 1, thresholds_text},
	{"p02.vcc_v_HA_LA_HW_LW", "vcc", 1, thresholds_text},
	{"p02.aux1_raw_s16_HA_LA_HW_LW", "aux1", 1, thresholds_text},
	{"p02.aux2_raw_s16_HA_LA_HW_LW", "aux2", 1, thresholds_text},
	{"p02.aux3_raw_s16_HA_LA_HW_LW", "aux3", 1, thresholds_text},
	{"p02.custom_raw_s16_HA_LA_HW_LW", "custom", 1, thresholds_text},
	{"p02.tx_power_mw_HA_LA_HW_LW", "tx_power", 1e3, thresholds_text},
	{"p02.tx_bias_ma_HA_LA_HW_LW", "tx_bias", 1e3, thresholds_text},
	{"p02.rx_power_mw_HA_LA_HW_LW", "rx_power", 1e3, thresholds_text},
	{"p11.tx_power_mw", "lane.tx_power", 1e3, lanes_text},
	{"p11.tx_bias_ma", "lane.tx_bias", 1e3, lanes_text},
	{"p11.rx_power_mw", "lane.rx_power", 1e3, lanes_text},
	{"p11.dp_state_lane1_8", "lane.path_state", 1, lanes_text},
	{"p11.config_status_lane1_8", "lane.config_status", 1, lanes_text},
	/* the companion has codes: half decibels of the one, decibels of the other */
	{"p11.acs_rx_eq_pre_lane1_8", "active.rx_pre_cursor", 2, lanes_text},
	{"p11.acs_rx_eq_post_lane1_8", "active.rx_post_cursor", 1, lanes_text},
	{"p2f.fine_interval_raw_129_130", "vdm.fine_interval", 1e4, double_text},
	{"p11.acs_rx_amp_lane1_8", "active.rx_amplitude", 1, lanes_text},
};

static const struct {
	const char *key;
	const char *field;
} bits[] = {
	{"p10.dp_deinit_lane1_8", "lane.path_deinit"},
	{"p10.tx_pol_flip_lane1_8", "lane.tx_polarity_flip"},
	{"p10.tx_output_disable_lane1_8", "lane.tx_output_disable"},
	{"p10.tx_auto_squelch_disable_lane1_8", "lane.tx_squelch_disable"},
	{"p10.tx_force_squelch_lane1_8", "lane.tx_force_squelch"},
	{"p10.rx_pol_flip_lane1_8", "lane.rx_polarity_flip"},
	{"p10.rx_output_disable_lane1_8", "lane.rx_output_disable"},
	{"p10.rx_auto_squelch_disable_lane1_8", "lane.rx_squelch_disable"},
	{"p11.dp_state_changed_lane1_8", "flag.path_state_changed"},
	{"p11.tx_failure_lane1_8", "flag.tx_failure"},
	{"p11.tx_los_lane1_8", "flag.tx_los"},
	{"p11.tx_cdr_lol_lane1_8", "flag.tx_cdr_lol"},
	{"p11.tx_adaptive_eq_fail_lane1_8", "flag.tx_adaptive_eq_fail"},
	{"p11.tx_power_HA_lane1_8", "flag.tx_power.high_alarm"},
	{"p11.tx_power_LA_lane1_8", "flag.tx_power.low_alarm"},
	{"p11.tx_power_HW_lane1_8", "flag.tx_power.high_warning"},
	{"p11.tx_power_LW_lane1_8", "flag.tx_power.low_warning"},
	{"p11.tx_bias_HA_lane1_8", "flag.tx_bias.high_alarm"},
	{"p11.tx_bias_LA_lane1_8", "flag.tx_bias.low_alarm"},
	{"p11.tx_bias_HW_lane1_8", "flag.tx_bias.high_warning"},
	{"p11.tx_bias_LW_lane1_8", "flag.tx_bias.low_warning"},
	{"p11.rx_los_lane1_8", "flag.rx_los"},
	{"p11.rx_cdr_lol_lane1_8", "flag.rx_cdr_lol"},
	{"p11.rx_power_HA_lane1_8", "flag.rx_power.high_alarm"},
	{"p11.rx_power_LA_lane1_8", "flag.rx_power.low_alarm"},
	{"p11.rx_power_HW_lane1_8", "flag.rx_power.high_warning"},
	{"p11.rx_power_LW_lane1_8", "flag.rx_power.low_warning"},
	{"p11.rx_output_changed_lane1_8", "flag.rx_output_changed"},
};

static char *application_text(const struct cmis_identity *id, guint number)
{
	for (guint i = 0; i < id->n_applications; i++) {
		const struct cmis_application *a = &id->applications[i];

		if (a->number == number)
			return g_strdup_printf("host=0x%02X media=0x%02X host_lanes=%u "
			                       "media_lanes=%u host_assign=0x%02X",
			                       a->host_id, a->media_id, a->host_lanes,
			                       a->media_lanes, a->host_lane_options);
	}
	return g_strdup("END");
}

static guint raw_of(const struct window *windows, const char *name)
{
	const struct cmis_field *field = cmis_field_find(name);

	return (guint)cmis_field_raw(field, 0, windows[field->page].bytes);
}

/* What takes two fields, or a reading of the code. */
static char *combined_text(const struct window *windows, const struct cmis_identity *id,
                           const char *key)
{
	static const struct {
		const char *key, *between, *first, *second;
	} pairs[] = {
		{"p01.inactive_fw", ".", "firmware.inactive_major", "firmware.inactive_minor"},
		{"p01.hw_rev", ".", "hardware.major", "hardware.minor"},
		{"p01.dpdeinit_code_hi_dpinit_code_lo", " ", "duration.path_deinit",
	         "duration.path_init"},
		{"p01.temp_max_min_s8", " ", "module.temperature_max", "module.temperature_min"},
	};
	const double km = id->smf_reach_m * 1e-3;
	const double us = id->select_wait_s * 1e6;

	for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
		if (g_str_equal(pairs[i].key, key))
			return g_strdup_printf("%d%s%d", (int)raw_of(windows, pairs[i].first),
			                       pairs[i].between,
			                       (int)raw_of(windows, pairs[i].second));
	if (g_str_equal(key, "lower.temp_flags_HA_LA_HW_LW") ||
	    g_str_equal(key, "lower.vcc_flags_HA_LA_HW_LW")) {
		guint bits = raw_of(windows, key[6] == 't' ? "flag.temperature" : "flag.vcc");

		return g_strdup_printf("%u%u%u%u", bits & 1, bits >> 1 & 1, bits >> 2 & 1,
		                       bits >> 3 & 1);
	}
	if (g_str_equal(key, "p01.tx_bias_multiplier"))
		return g_strdup_printf("%u", 1u << raw_of(windows, "tx.bias_multiplier"));
	if (g_str_equal(key, "p2f.groups"))
		return g_strdup_printf("%u", raw_of(windows, "vdm.groups") + 1);
	if (g_str_equal(key, "p00.cable_len_m"))
		return image_join(&id->cable_length_m, 1, 1);
	if (g_str_equal(key, "p01.smf_length_km"))
		return image_join(&km, 1, 1);
	if (g_str_equal(key, "p01.modsel_wait_us"))
		return image_join(&us, 1, 1);
	return NULL;
}

/* "vdm.21h.144 = type=8 resource=0 thrset=1 raw=0x7549 value=117.2851562 dB" */
static char *observable_text(const struct cmis_vdm *vdm, const char *key)
{
	guint page = 0, byte = 0;
	GString *text;

	if (sscanf(key, "vdm.%xh.%u", &page, &byte) != 2)
		return NULL;
	for (guint i = 0; i < vdm->n; i++) {
		const struct cmis_vdm_item *item = &vdm->items[i];

		if (item->group != page - 0x20 || item->slot != (byte - 128) / 2)
			continue;
		text = g_string_new(NULL);
		g_string_append_printf(text, "type=%u resource=%u thrset=%u raw=0x%04X value=",
		                       item->code, item->lane ? item->lane - 1 : 15, item->set,
		                       item->raw);
		if (!item->type)
			g_string_append(text, "(type not decoded here)");
		else if (isinf(item->value))
			g_string_append(text, "infinite (no level errors seen)");
		else if (item->type->format == CMIS_VDM_F16)
			g_string_append_printf(text, "%.7g", item->value);
		else {
			g_autofree char *number = image_join(&item->value, 1, 1);

			g_string_append_printf(text, "%s %s", number, item->type->unit);
		}
		return g_string_free(text, FALSE);
	}
	return NULL;
}

static char *identity_text(const struct cmis_identity *id, const char *key)
{
	guint app = 0;

	if (g_str_equal(key, "lower.identifier"))
		return g_strdup_printf("0x%02X", id->identifier);
	if (g_str_equal(key, "lower.cmis_rev"))
		return g_strdup_printf("%u.%u", id->cmis_major, id->cmis_minor);
	if (g_str_equal(key, "lower.memory_model"))
		return g_strdup(id->flat ? "flat" : "paged");
	if (g_str_equal(key, "lower.active_fw"))
		return g_strdup_printf("%u.%u", id->firmware_major, id->firmware_minor);
	if (g_str_equal(key, "p00.oui"))
		return g_strdup(id->oui);
	if (g_str_equal(key, "p00.power_class"))
		return g_strdup_printf("%u", id->power_class);
	if (g_str_equal(key, "p00.max_power_w"))
		return image_join(&id->max_power_w, 1, 1);
	if (g_str_equal(key, "p00.connector"))
		return g_strdup_printf("0x%02X", id->connector);
	if (sscanf(key, "lower.app%u", &app) == 1 || sscanf(key, "p01.app%u", &app) == 1)
		return application_text(id, app);
	return NULL;
}

/* Codes of a bit map, as the companion lists them. */
static char *codes_text(guint16 bits)
{
	GString *text = g_string_new(NULL);

	for (guint code = 0; code < 16; code++)
		if (bits >> code & 1)
			g_string_append_printf(text, "%s%u", text->len ? "," : "", code);
	return g_string_free(text, FALSE);
}

/* Pages 13h and 14h; null for other keys, and for an image without them. */
static char *diagnostics_text(struct fake *fake, const char *key)
{
	static const struct {
		const char *key;
		enum cmis_side side;
		enum cmis_unit unit;
	} patterns[] = {
		{"p13.host_gen_pattern_ids", CMIS_HOST, CMIS_GENERATOR},
		{"p13.media_gen_pattern_ids", CMIS_MEDIA, CMIS_GENERATOR},
		{"p13.host_chk_pattern_ids", CMIS_HOST, CMIS_CHECKER},
		{"p13.media_chk_pattern_ids", CMIS_MEDIA, CMIS_CHECKER},
	};
	const guint8 *results = &fake->pages[0x14][192 - 128];
	struct cmis_diagnostics diagnostics;
	double snr_db[CMIS_MAX_LANES];

	if (!fake->has_page[0x13] ||
	    !cmis_diagnostics_read(fake->memory, &diagnostics, &fake->bounds, NULL))
		return NULL;
	for (guint i = 0; i < G_N_ELEMENTS(patterns); i++)
		if (g_str_equal(key, patterns[i].key))
			return codes_text(diagnostics.patterns[patterns[i].side][patterns[i].unit]);
	if (g_str_equal(key, "p14.host_snr_db_208_223"))
		cmis_decode_snr(results, CMIS_HOST, snr_db);
	else if (g_str_equal(key, "p14.media_snr_db_240_255"))
		cmis_decode_snr(results, CMIS_MEDIA, snr_db);
	else
		return NULL;
	return image_join(snr_db, CMIS_MAX_LANES, 1);
}

/* An image as all decoders see it. */
struct seen {
	struct fake *fake;
	struct window *windows;
	struct cmis_identity id;
	struct cmis_vdm *vdm;
};

/* What our decoders say for a key of the companion; null for a key that is not known here. */
static char *our_value(const struct seen *seen, const char *key)
{
	guint page = 0;
	char *text = bytes_text(seen->windows, key);

	if (!text)
		text = combined_text(seen->windows, &seen->id, key);
	if (!text)
		text = observable_text(seen->vdm, key);
	if (text)
		return text;
	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (g_str_equal(numbers[i].key, key))
			return numbers[i].make(seen->fake, numbers[i].field, numbers[i].factor);
	for (guint i = 0; i < G_N_ELEMENTS(bits); i++)
		if (g_str_equal(bits[i].key, key))
			return bits_text(seen->fake, bits[i].field);
	if (g_str_has_prefix(key, "p13.") || g_str_has_prefix(key, "p14."))
		return diagnostics_text(seen->fake, key);
	if (sscanf(key, "p%2x.checksum", &page) == 1 && g_str_has_suffix(key, ".checksum"))
		return checksum_text(seen->fake, (guint8)page);
	return identity_text(&seen->id, key);
}

static char *quoted_value(const struct seen *seen, const char *key)
{
	const struct cmis_identity *id = &seen->id;
	const struct {
		const char *key;
		const char *text;
	} rows[] = {
		{"p00.vendor_name", id->vendor_name}, {"p00.vendor_pn", id->part_number},
		{"p00.vendor_rev", id->revision},     {"p00.vendor_sn", id->serial_number},
		{"p00.date_code", id->date_code},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		if (g_str_equal(rows[i].key, key))
			return g_strdup(rows[i].text);
	return g_str_equal(key, "p00.clei")
	               ? cmis_field_text(cmis_field_find("vendor.clei"), seen->windows[0].bytes)
	               : NULL;
}

/* The companion shows padding; we take it off. */
static char *strip_quoted(const char *value)
{
	g_autofree char *inner = g_strndup(value + 1, strlen(value) - 2);

	for (;;) {
		if (g_str_has_suffix(inner, "\\x00"))
			inner[strlen(inner) - 4] = '\0';
		else if (g_str_has_suffix(inner, " "))
			inner[strlen(inner) - 1] = '\0';
		else
			return g_steal_pointer(&inner);
	}
}

/* The list ends here: the companion shows with what. */
static gboolean is_end(const char *got, const char *want)
{
	return g_str_equal(got, "END") &&
	       (g_str_has_prefix(want, "END") || g_str_has_prefix(want, "host=0x00"));
}

/* A line "key = value" of the companion, compared; FALSE for any other line. */
static gboolean compare_line(const struct seen *seen, const char *line)
{
	const char *equals = strstr(line, " = ");
	g_autofree char *key = equals ? g_strndup(line, (gsize)(equals - line)) : NULL;
	g_autofree char *want = NULL;
	g_autofree char *got = NULL;

	if (!key || strchr(key, ' '))
		return FALSE;
	g_test_message("%s", line);
	want = equals[3] == '"' ? strip_quoted(equals + 3) : g_strdup(equals + 3);
	got = equals[3] == '"' ? quoted_value(seen, key) : our_value(seen, key);
	/* each value is known here: one more beside an image is one more to decode */
	g_assert_nonnull(got);
	if (!is_end(got, want))
		g_assert_cmpstr(got, ==, want);
	return TRUE;
}

/* The images have no thresholds (pages 28h to 2Bh). */
static void read_observables(struct seen *seen)
{
	const struct fake *fake = seen->fake;

	seen->vdm = g_new0(struct cmis_vdm, 1);
	for (guint group = 0; fake->has_page[0x2F] && group < CMIS_VDM_GROUPS; group++) {
		cmis_vdm_decode_descriptors(fake->pages[0x20 + group], group, seen->vdm);
		cmis_vdm_decode_values(fake->pages[0x24 + group], group, seen->vdm);
	}
}

static void test_image(gconstpointer data)
{
	const struct image_case *image = data;
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	struct seen seen = {.fake = image_load(image->name, &text)};
	g_auto(GStrv) lines = NULL;
	guint compared = 0;

	if (!seen.fake)
		return;
	seen.windows = windows_of(seen.fake);
	cmis_identity_read(seen.fake->memory, &seen.id, &seen.fake->bounds, &error);
	g_assert_no_error(error);
	read_observables(&seen);
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++)
		compared += compare_line(&seen, lines[i]);
	g_assert_cmpuint(compared, >=, image->at_least);
	g_free(seen.vdm);
	g_free(seen.windows);
	fake_free(seen.fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(images); i++) {
		g_autofree char *path = g_strdup_printf("/fixtures/images/%s", images[i].name);

		g_test_add_data_func(path, &images[i], test_image);
	}
	return g_test_run();
}

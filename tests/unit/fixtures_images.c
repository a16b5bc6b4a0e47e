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
#include "tests/unit/fixtures_image.h"

#include <stdio.h>
#include <string.h>

static const char *const image_names[] = {
	"osfp_2x400g_fr4_fboss",
	"qsfp_200g_fr4_cmis_fboss",
	"qsfpdd_400g_cr8_amphenol_cmis30_flat",
	"qsfpdd_400g_dr4_fboss",
	"qsfpdd_400g_dr4_innolight_cmis30",
	"qsfpdd_400g_fr4_fboss",
	"qsfpdd_400g_xdr4_arista_fboss",
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
	{"lower.aux2_raw_s16", "module.aux2", 1, double_text},
	{"p01.wavelength_nm", "laser.wavelength", 1e9, double_text},
	{"p01.wavelength_tol_nm", "laser.wavelength_tolerance", 1e9, double_text},
	{"p01.cdb_instances", "cdb.instances", 1, double_text},
	{"p02.temp_c_HA_LA_HW_LW", "temperature", 1, thresholds_text},
	{"p02.vcc_v_HA_LA_HW_LW", "vcc", 1, thresholds_text},
	{"p02.tx_power_mw_HA_LA_HW_LW", "tx_power", 1e3, thresholds_text},
	{"p02.tx_bias_ma_HA_LA_HW_LW", "tx_bias", 1e3, thresholds_text},
	{"p02.rx_power_mw_HA_LA_HW_LW", "rx_power", 1e3, thresholds_text},
	{"p11.tx_power_mw", "lane.tx_power", 1e3, lanes_text},
	{"p11.tx_bias_ma", "lane.tx_bias", 1e3, lanes_text},
	{"p11.rx_power_mw", "lane.rx_power", 1e3, lanes_text},
	{"p11.dp_state_lane1_8", "lane.path_state", 1, lanes_text},
	{"p11.config_status_lane1_8", "lane.config_status", 1, lanes_text},
	{"p11.acs_rx_amp_lane1_8", "active.rx_amplitude", 1, lanes_text},
};

static const struct {
	const char *key;
	const char *field;
} bits[] = {
	{"p10.dp_deinit_lane1_8", "lane.path_deinit"},
	{"p10.tx_output_disable_lane1_8", "lane.tx_output_disable"},
	{"p11.dp_state_changed_lane1_8", "flag.path_state_changed"},
	{"p11.tx_failure_lane1_8", "flag.tx_failure"},
	{"p11.tx_los_lane1_8", "flag.tx_los"},
	{"p11.tx_cdr_lol_lane1_8", "flag.tx_cdr_lol"},
	{"p11.tx_adaptive_eq_fail_lane1_8", "flag.tx_adaptive_eq_fail"},
	{"p11.tx_power_HA_lane1_8", "flag.tx_power.high_alarm"},
	{"p11.tx_power_LA_lane1_8", "flag.tx_power.low_alarm"},
	{"p11.tx_power_HW_lane1_8", "flag.tx_power.high_warning"},
	{"p11.tx_power_LW_lane1_8", "flag.tx_power.low_warning"},
	{"p11.tx_bias_LA_lane1_8", "flag.tx_bias.low_alarm"},
	{"p11.rx_los_lane1_8", "flag.rx_los"},
	{"p11.rx_cdr_lol_lane1_8", "flag.rx_cdr_lol"},
	{"p11.rx_power_HA_lane1_8", "flag.rx_power.high_alarm"},
	{"p11.rx_power_LW_lane1_8", "flag.rx_power.low_warning"},
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

/* What our decoders say for a key of the companion; null for keys this test does not cover. */
static char *our_value(struct fake *fake, const struct cmis_identity *id, const char *key)
{
	guint page = 0;

	for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
		if (g_str_equal(numbers[i].key, key))
			return numbers[i].make(fake, numbers[i].field, numbers[i].factor);
	for (guint i = 0; i < G_N_ELEMENTS(bits); i++)
		if (g_str_equal(bits[i].key, key))
			return bits_text(fake, bits[i].field);
	if (g_str_has_prefix(key, "p13.") || g_str_has_prefix(key, "p14."))
		return diagnostics_text(fake, key);
	if (sscanf(key, "p%2x.checksum", &page) == 1 && g_str_has_suffix(key, ".checksum"))
		return checksum_text(fake, (guint8)page);
	return identity_text(id, key);
}

static char *quoted_value(const struct cmis_identity *id, const char *key)
{
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
	return NULL;
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

static guint compare_file(struct fake *fake, const struct cmis_identity *id, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint compared = 0;

	for (guint i = 0; lines[i]; i++) {
		char *equals = strstr(lines[i], " = ");
		g_autofree char *key =
			equals ? g_strndup(lines[i], (gsize)(equals - lines[i])) : NULL;
		g_autofree char *want = NULL;
		g_autofree char *got = NULL;

		if (!key || strchr(key, ' '))
			continue;
		want = g_strdup(equals + 3);
		if (want[0] == '"') {
			g_autofree char *stripped = strip_quoted(want);

			got = quoted_value(id, key);
			g_free(want);
			want = g_steal_pointer(&stripped);
		} else {
			got = our_value(fake, id, key);
		}
		if (!got)
			continue;
		if (g_str_equal(got, "END") &&
		    (g_str_has_prefix(want, "END") || g_str_has_prefix(want, "host=0x00")))
			continue;
		g_test_message("%s", lines[i]);
		g_assert_cmpstr(got, ==, want);
		compared++;
	}
	return compared;
}

static void test_image(gconstpointer data)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	struct cmis_identity id = {0};
	struct fake *fake = image_load(data, &text);

	if (!fake)
		return;
	cmis_identity_read(fake->memory, &id, &fake->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(compare_file(fake, &id, text), >=, fake->has_page[1] ? 50 : 12);
	fake_free(fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(image_names); i++) {
		g_autofree char *path = g_strdup_printf("/fixtures/images/%s", image_names[i]);

		g_test_add_data_func(path, image_names[i], test_image);
	}
	return g_test_run();
}

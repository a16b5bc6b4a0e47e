/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */

/* Images of modules that the station recognises and decodes, and never drives. */
#include "base/error.h"
#include "fixtures/module.h"
#include "tests/unit/fixtures_image.h"

#include <math.h>
#include <string.h>

/* CMIS 3: who it is, as far as its layout is that of the later revisions; nothing is written. */
static void test_cmis_3(void)
{
	static const struct {
		const char *name;
		const char *says;
	} rows[] = {
		{"qsfpdd_400g_dr4_innolight_cmis30", "CMIS 3.0; before 4.0"},
		{"qsfpdd_400g_cr8_amphenol_cmis30_flat", "flat memory"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *expected = NULL;
		struct fake *fake = image_load(rows[i].name, &expected);
		g_autoptr(module) module = NULL;
		g_autoptr(GError) error = NULL;
		struct module_monitors monitors = {0};

		if (!fake)
			return;
		module = module_new(&fake->base);
		g_assert_true(module_identify(module, &fake->bounds, &error));
		g_assert_cmpint(module_kind(module), ==, MODULE_CMIS);
		g_assert_cmpuint(module_identity(module)->cmis_major, ==, 3);
		g_assert_false(module_identity(module)->advertises);
		g_assert_true(module_check_checksums(module, &fake->bounds, &error));
		g_assert_true(module_read_monitors(module, &monitors, &fake->bounds, &error));
		g_assert_no_error(error);
		if (i == 0) {
			g_assert_cmpuint(module_find_application(module, 0x11, 0x1C), ==, 1);
			g_assert_cmpfloat_with_epsilon(monitors.temperature_degc, 59.8398438, 1e-6);
			g_assert_cmpfloat_with_epsilon(monitors.vcc_v, 3.288, 1e-9);
		}
		g_assert_true(isnan(monitors.tx_power_w[0]));
		g_assert_false(module_bring_up(module, 1, NULL, &fake->bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
		g_assert_nonnull(strstr(error->message, rows[i].says));
		g_clear_error(&error);
		fake->lp_mode = FALSE;
		g_assert_true(module_deactivate(module, &fake->bounds, &error));
		g_assert_true(fake->lp_mode);
		g_assert_null(strstr(fake->log->str, "10h:"));
		g_assert_null(strstr(fake->log->str, "00h:26"));
		g_clear_pointer(&module, module_free);
		fake_free(fake);
	}
}

/* What our decoders say, by the companion's keys. */
static void say(GHashTable *said, const char *key, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void say(GHashTable *said, const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_assert_true(g_hash_table_insert(said, g_strdup(key), g_strdup_vprintf(format, args)));
	va_end(args);
}

static void say_values(GHashTable *said, const char *key, const double *values, guint n,
                       double factor)
{
	g_autofree char *text = image_join(values, n, factor);

	say(said, key, "%s", text);
}

/* Four bits, bit 0 first: lanes, or HA LA HW LW. */
static void say_bits(GHashTable *said, const char *key, guint bits)
{
	say(said, key, "%u%u%u%u", bits & 1, bits >> 1 & 1, bits >> 2 & 1, bits >> 3 & 1);
}

static void say_thresholds(GHashTable *said, const char *key, const struct cmis_thresholds *t,
                           double factor)
{
	const double values[] = {t->high_alarm, t->low_alarm, t->high_warning, t->low_warning};

	say_values(said, key, values, G_N_ELEMENTS(values), factor);
}

static void say_identity(GHashTable *said, const struct sff8636_identity *id)
{
	const guint wavelength = (guint)(id->wavelength_m / 0.05e-9 + 0.5);

	say(said, "lower.identifier", "0x%02X", id->identifier);
	say(said, "lower.rev_compliance_1", "0x%02X", id->memory_revision);
	say(said, "lower.flat_bit2", "%d", id->flat);
	say(said, "p00.identifier", "0x%02X", id->identifier);
	say(said, "p00.ext_identifier", "0x%02X", id->extended_identifier);
	say(said, "p00.connector", "0x%02X", id->connector);
	say(said, "p00.encoding_139", "0x%02X", id->encoding);
	say_values(said, "p00.bitrate_100mbps_140", &id->bit_rate_bps, 1, 1e-8);
	say_values(said, "p00.length_smf_km", &id->reach_smf_m, 1, 1e-3);
	say_values(said, "p00.length_om3_m", &id->reach_om3_m, 1, 1);
	say_values(said, "p00.length_om2_m", &id->reach_om2_m, 1, 1);
	say_values(said, "p00.length_om1_m", &id->reach_om1_m, 1, 1);
	say(said, "p00.length_cu_or_om4_raw_146", "%u", id->copper_or_om4);
	say(said, "p00.device_tech_147", "0x%02X", id->device_technology);
	say(said, "p00.ext_module_164", "0x%02X", id->extended_module);
	say_values(said, "p00.max_case_temp_190", &id->max_case_degc, 1, 1);
	say(said, "p00.options_193_195", "%02x %02x %02x", id->options[0], id->options[1],
	    id->options[2]);
	say(said, "p00.diag_type_220", "0x%02X", id->diagnostics);
	say(said, "p00.vendor_name", "\"%-16s\"", id->vendor_name);
	say(said, "p00.oui", "%s", id->oui);
	say(said, "p00.vendor_pn", "\"%-16s\"", id->part_number);
	say(said, "p00.vendor_rev", "\"%-2s\"", id->revision);
	say(said, "p00.vendor_sn", "\"%-16s\"", id->serial_number);
	say(said, "p00.date_code", "\"%-8s\"", id->date_code);
	say(said, "p00.wavelength_raw_186_187", "%02x %02x", wavelength >> 8, wavelength & 0xFF);
	say(said, "p00.ext_compliance_192", "0x%02X", id->extended_compliance);
	say(said, "p00.cc_base", "computed 0x%02X stored 0x%02X OK", id->base.computed,
	    id->base.stored);
	say(said, "p00.cc_ext", "computed 0x%02X stored 0x%02X OK", id->extended.computed,
	    id->extended.stored);
}

static void say_monitors(GHashTable *said, const struct sff8636_monitors *m,
                         const struct sff8636_thresholds *t)
{
	say(said, "lower.data_not_ready_bit0", "%d", !m->ready);
	say_values(said, "lower.temp_c", &m->temperature_degc, 1, 1);
	say_values(said, "lower.vcc_v", &m->vcc_v, 1, 1);
	say_values(said, "lower.rx_power_mw", m->rx_power_w, SFF8636_LANES, 1e3);
	say_values(said, "lower.tx_power_mw", m->tx_power_w, SFF8636_LANES, 1e3);
	say_values(said, "lower.tx_bias_ma", m->tx_bias_a, SFF8636_LANES, 1e3);
	say_thresholds(said, "p03.temp_c_HA_LA_HW_LW", &t->temperature_degc, 1);
	say_thresholds(said, "p03.vcc_v_HA_LA_HW_LW", &t->vcc_v, 1);
	say_thresholds(said, "p03.rx_power_mw_HA_LA_HW_LW", &t->rx_power_w, 1e3);
	say_thresholds(said, "p03.tx_bias_ma_HA_LA_HW_LW", &t->tx_bias_a, 1e3);
	say_thresholds(said, "p03.tx_power_mw_HA_LA_HW_LW", &t->tx_power_w, 1e3);
}

static void say_flags(GHashTable *said, const struct sff8636_flags *f)
{
	static const char *const kinds[] = {"HA", "LA", "HW", "LW"};

	say(said, "lower.intl_deasserted_bit1", "%d", !f->interrupt);
	say_bits(said, "lower.tx_los_lane1_4", f->tx_los);
	say_bits(said, "lower.rx_los_lane1_4", f->rx_los);
	say_bits(said, "lower.tx_adapt_eq_fault_lane1_4", f->tx_eq_fault);
	say_bits(said, "lower.tx_fault_lane1_4", f->tx_fault);
	say_bits(said, "lower.tx_lol_lane1_4", f->tx_lol);
	say_bits(said, "lower.rx_lol_lane1_4", f->rx_lol);
	say_bits(said, "lower.temp_flags_HA_LA_HW_LW", f->temperature);
	say_bits(said, "lower.vcc_flags_HA_LA_HW_LW", f->vcc);
	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *rx = g_strdup_printf("lower.rx_power_%s_lane1_4", kinds[i]);
		g_autofree char *bias = g_strdup_printf("lower.tx_bias_%s_lane1_4", kinds[i]);
		g_autofree char *tx = g_strdup_printf("lower.tx_power_%s_lane1_4", kinds[i]);

		say_bits(said, rx, f->rx_power[i]);
		say_bits(said, bias, f->tx_bias[i]);
		say_bits(said, tx, f->tx_power[i]);
	}
	say_bits(said, "lower.tx_disable_86", f->tx_disabled);
	say(said, "lower.power_ctrl_93", "0x%02X", f->power_control);
}

/* Every line "key = value" of the companion is said, and said so; and nothing beside. */
static void compare_sff8636(GHashTable *said, const char *expected)
{
	g_auto(GStrv) lines = g_strsplit(expected, "\n", -1);
	guint compared = 0;

	for (guint i = 0; lines[i]; i++) {
		const char *equals = strstr(lines[i], " = ");
		g_autofree char *key =
			equals ? g_strndup(lines[i], (gsize)(equals - lines[i])) : NULL;

		if (!key || strchr(key, ' '))
			continue;
		g_test_message("%s", lines[i]);
		g_assert_cmpstr(g_hash_table_lookup(said, key), ==, equals + 3);
		compared++;
	}
	g_assert_cmpuint(compared, ==, g_hash_table_size(said));
	g_assert_cmpuint(compared, >=, 60);
}

/* Another memory map in the same cage is recognised, decoded and refused. */
static void test_sff8636(void)
{
	g_autofree char *expected = NULL;
	struct fake *fake = image_load("qsfp28_cwdm4_sff8636_fboss", &expected);
	g_autoptr(module) module = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	struct sff8636_monitors monitors = {0};
	struct sff8636_flags flags = {0};
	struct sff8636_thresholds thresholds = {0};
	struct cmis_identity id = {0};

	if (!fake)
		return;
	g_assert_false(cmis_identity_read(fake->memory, &id, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_error(&error);
	module = module_new(&fake->base);
	g_assert_false(module_identify(module, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_cmpstr(error->message, ==,
	                "a QSFP+ module (SFF-8636): FACETEST FTL410QE2C, serial MRE01B0; this "
	                "station tests CMIS modules");
	g_clear_error(&error);
	g_assert_true(sff8636_monitors_read(&fake->base, &monitors, &fake->bounds, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(fake->log->len, ==, 0);
	g_assert_true(sff8636_flags_read(&fake->base, &flags, &fake->bounds, &error));
	g_assert_true(sff8636_thresholds_read(&fake->base, &thresholds, &fake->bounds, &error));
	g_assert_no_error(error);
	say_identity(said, module_foreign_identity(module));
	say_monitors(said, &monitors, &thresholds);
	say_flags(said, &flags);
	compare_sff8636(said, expected);
	g_assert_cmpstr(module_foreign_identity(module)->extended_compliance_name, ==,
	                "100G-CWDM4");
	/* nothing is written but which page is shown */
	g_assert_cmpstr(fake->log->str, ==, "00h:127=03 00h:127=00 ");
	g_clear_pointer(&module, module_free);
	fake_free(fake);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/images-refused/cmis-3", test_cmis_3);
	g_test_add_func("/fixtures/images-refused/sff8636", test_sff8636);
	return g_test_run();
}

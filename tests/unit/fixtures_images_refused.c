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

static void assert_line(const char *text, const char *key, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* The companion has the line "key = value". */
static void assert_line(const char *text, const char *key, const char *format, ...)
{
	g_autofree char *value = NULL;
	g_autofree char *line = NULL;
	va_list args;

	va_start(args, format);
	value = g_strdup_vprintf(format, args);
	va_end(args);
	line = g_strdup_printf("\n%s = %s\n", key, value);
	g_test_message("%s = %s", key, value);
	g_assert_nonnull(strstr(text, line));
}

static void compare_sff8636(const struct sff8636_identity *id, const struct sff8636_monitors *m,
                            const char *text)
{
	g_autofree char *rx = image_join(m->rx_power_w, SFF8636_LANES, 1e3);
	g_autofree char *tx = image_join(m->tx_power_w, SFF8636_LANES, 1e3);
	g_autofree char *bias = image_join(m->tx_bias_a, SFF8636_LANES, 1e3);
	g_autofree char *degc = image_join(&m->temperature_degc, 1, 1);
	g_autofree char *volts = image_join(&m->vcc_v, 1, 1);
	guint wavelength = (guint)(id->wavelength_m / 0.05e-9 + 0.5);

	assert_line(text, "p00.identifier", "0x%02X", id->identifier);
	assert_line(text, "lower.flat_bit2", "%d", id->flat);
	assert_line(text, "lower.data_not_ready_bit0", "%d", !m->ready);
	assert_line(text, "p00.connector", "0x%02X", id->connector);
	assert_line(text, "p00.vendor_name", "\"%-16s\"", id->vendor_name);
	assert_line(text, "p00.oui", "%s", id->oui);
	assert_line(text, "p00.vendor_pn", "\"%-16s\"", id->part_number);
	assert_line(text, "p00.vendor_rev", "\"%-2s\"", id->revision);
	assert_line(text, "p00.vendor_sn", "\"%-16s\"", id->serial_number);
	assert_line(text, "p00.date_code", "\"%-8s\"", id->date_code);
	assert_line(text, "p00.wavelength_raw_186_187", "%02x %02x", wavelength >> 8,
	            wavelength & 0xFF);
	assert_line(text, "p00.ext_compliance_192", "0x%02X", id->extended_compliance);
	assert_line(text, "p00.cc_base", "computed 0x%02X stored 0x%02X OK", id->base.computed,
	            id->base.stored);
	assert_line(text, "p00.cc_ext", "computed 0x%02X stored 0x%02X OK", id->extended.computed,
	            id->extended.stored);
	assert_line(text, "lower.temp_c", "%s", degc);
	assert_line(text, "lower.vcc_v", "%s", volts);
	assert_line(text, "lower.rx_power_mw", "%s", rx);
	assert_line(text, "lower.tx_power_mw", "%s", tx);
	assert_line(text, "lower.tx_bias_ma", "%s", bias);
}

/* Another memory map in the same cage is recognised, decoded and refused. */
static void test_sff8636(void)
{
	g_autofree char *expected = NULL;
	struct fake *fake = image_load("qsfp28_cwdm4_sff8636_fboss", &expected);
	g_autoptr(module) module = NULL;
	g_autoptr(GError) error = NULL;
	struct sff8636_monitors monitors = {0};
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
	compare_sff8636(module_foreign_identity(module), &monitors, expected);
	g_assert_cmpstr(module_foreign_identity(module)->extended_compliance_name, ==,
	                "100G-CWDM4");
	g_assert_cmpuint(fake->log->len, ==, 0);
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

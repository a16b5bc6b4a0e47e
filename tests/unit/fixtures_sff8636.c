/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/sff8636.h"

#include "fixtures/module.h"
#include "tests/unit/fixtures_fake.h"

#include <string.h>

/* A QSFP28 module in the cage, every field at its address. */

struct bench {
	struct fake *fake;
	struct module *module;
};

static void fill(struct fake *fake)
{
	guint8 *p0 = fake->pages[0];

	fake->frozen = TRUE;
	fake->has_page[0] = TRUE;
	fake->has_page[3] = TRUE;
	fake->lower[0] = 0x11;
	fake->lower[1] = 0x08;
	fake->lower[3] = 0x0F; /* losses of signal where CMIS has the module's state */
	fake->lower[22] = 0xFF;
	fake->lower[23] = 0x80; /* -0.5 degC */
	fake->lower[26] = 0x80;
	fake->lower[27] = 0xE8;
	fake->lower[36] = 0x27;
	fake->lower[37] = 0x10; /* lane 2 receives 1 mW */
	fake->lower[46] = 0x01; /* lane 3: 256 * 2 uA */
	fake->lower[57] = 0x07; /* lane 4: 0.7 uW */
	p0[0] = 0x11;
	p0[130 - 128] = 0x07;
	p0[147 - 128] = 0x40;
	fake_text(p0, 148, 16, "MAKER");
	p0[165 - 128] = 0x00;
	p0[166 - 128] = 0x1C;
	p0[167 - 128] = 0x73;
	fake_text(p0, 168, 16, "Q28-LR4");
	fake_text(p0, 184, 2, "B");
	p0[186 - 128] = 0x66;
	p0[187 - 128] = 0x58;
	p0[191 - 128] = fake_sum(p0, 128, 190);
	p0[192 - 128] = 0x03;
	fake_text(p0, 196, 16, "SN42");
	fake_text(p0, 212, 8, "250203");
	p0[223 - 128] = fake_sum(p0, 192, 222);
}

static void set_up(struct bench *bench, gconstpointer data)
{
	bench->fake = fake_new();
	fill(bench->fake);
	bench->module = module_new(&bench->fake->base);
}

static void tear_down(struct bench *bench, gconstpointer data)
{
	module_free(bench->module);
	fake_free(bench->fake);
}

static void test_identity(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	struct sff8636_identity id;
	g_autoptr(GError) error = NULL;

	fake_select(fake);
	sff8636_identity_read(&fake->base, &id, &fake->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(id.identifier_name, ==, "QSFP28");
	g_assert_false(id.flat);
	g_assert_cmpstr(id.vendor_name, ==, "MAKER");
	g_assert_cmpstr(id.oui, ==, "00-1c-73");
	g_assert_cmpstr(id.part_number, ==, "Q28-LR4");
	g_assert_cmpstr(id.revision, ==, "B");
	g_assert_cmpstr(id.serial_number, ==, "SN42");
	g_assert_cmpstr(id.date_code, ==, "250203");
	g_assert_cmpstr(id.connector_name, ==, "LC");
	g_assert_cmpstr(id.extended_compliance_name, ==, "100GBASE-LR4");
	g_assert_cmpfloat_with_epsilon(id.wavelength_m, 1310e-9, 1e-15);
	g_assert_cmpuint(id.base.computed, ==, id.base.stored);
	g_assert_cmpuint(id.extended.computed, ==, id.extended.stored);
	g_assert_cmpuint(fake->log->len, ==, 0);
	/* Each sum covers its own bytes. */
	fake->pages[0][190 - 128] ^= 1;
	g_assert_true(sff8636_identity_read(&fake->base, &id, &fake->bounds, &error));
	g_assert_cmpuint(id.base.computed, !=, id.base.stored);
	g_assert_cmpuint(id.extended.computed, ==, id.extended.stored);
	fake->pages[0][222 - 128] ^= 1;
	fake->pages[0][192 - 128] = 0xEE;
	fake->pages[0][147 - 128] = 0xA0; /* copper has attenuations in the wavelength's place */
	g_assert_true(sff8636_identity_read(&fake->base, &id, &fake->bounds, &error));
	g_assert_cmpuint(id.extended.computed, !=, id.extended.stored);
	g_assert_null(id.extended_compliance_name);
	g_assert_cmpfloat(id.wavelength_m, ==, 0);
	/* The selector is written only where another page is shown. */
	fake->page = 3;
	g_assert_true(sff8636_identity_read(&fake->base, &id, &fake->bounds, &error));
	g_assert_cmpstr(fake->log->str, ==, "00h:127=00 ");
	g_assert_cmpstr(id.vendor_name, ==, "MAKER");
	fake->lower[2] = 0x04;
	fake->page = 3;
	g_assert_true(sff8636_identity_read(&fake->base, &id, &fake->bounds, &error));
	g_assert_true(id.flat);
	g_assert_cmpstr(fake->log->str, ==, "00h:127=00 ");
}

static void test_monitors(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	struct sff8636_monitors m;
	g_autoptr(GError) error = NULL;

	fake_select(fake);
	g_assert_true(sff8636_monitors_read(&fake->base, &m, &fake->bounds, &error));
	g_assert_no_error(error);
	g_assert_true(m.ready);
	g_assert_cmpfloat(m.temperature_degc, ==, -0.5);
	g_assert_cmpfloat_with_epsilon(m.vcc_v, 3.3, 1e-9);
	g_assert_cmpfloat_with_epsilon(m.rx_power_w[1], 1e-3, 1e-12);
	g_assert_cmpfloat(m.rx_power_w[0], ==, 0);
	g_assert_cmpfloat_with_epsilon(m.tx_bias_a[2], 512e-6, 1e-12);
	g_assert_cmpfloat_with_epsilon(m.tx_power_w[3], 0.7e-6, 1e-15);
	fake->lower[2] = 0x01;
	g_assert_true(sff8636_monitors_read(&fake->base, &m, &fake->bounds, &error));
	g_assert_false(m.ready);
}

static void test_refused(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	const struct bounds *bounds = &fake->bounds;
	g_autoptr(GError) error = NULL;
	struct module_monitors monitors;

	/* It answers, which is all that is asked of it; its byte 3 is no state. */
	module_power_up(bench->module, bounds, &error);
	g_assert_no_error(error);
	g_assert_cmpint(module_kind(bench->module), ==, MODULE_UNKNOWN);
	g_assert_null(module_foreign_identity(bench->module));
	g_string_truncate(fake->log, 0);
	g_assert_false(module_identify(bench->module, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_cmpstr(error->message, ==,
	                "a QSFP28 module (SFF-8636): MAKER Q28-LR4, serial SN42; this station "
	                "tests CMIS modules");
	g_clear_error(&error);
	g_assert_cmpint(module_kind(bench->module), ==, MODULE_SFF8636);
	g_assert_null(module_identity(bench->module));
	g_assert_cmpstr(module_foreign_identity(bench->module)->serial_number, ==, "SN42");
	g_assert_false(module_bring_up(bench->module, 1, NULL, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(module_deactivate(bench->module, bounds, &error));
	g_clear_error(&error);
	g_assert_false(module_read_monitors(bench->module, &monitors, bounds, &error));
	g_clear_error(&error);
	g_assert_cmpuint(module_find_application(bench->module, 0x11, 0x1C), ==, 0);
	g_assert_cmpuint(fake->log->len, ==, 0);
	g_assert_true(module_power_up(bench->module, bounds, &error));
	g_assert_null(module_foreign_identity(bench->module));
}

static void test_bus(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	struct sff8636_identity id;
	struct sff8636_monitors m;
	g_autoptr(GError) error = NULL;

	fake_select(fake);
	fake->address_nacks = 4;
	g_assert_true(sff8636_identity_read(&fake->base, &id, &fake->bounds, &error));
	fake->address_nacks = 5;
	g_assert_false(sff8636_identity_read(&fake->base, &id, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_clear_error(&error);
	fake->broken = TRUE;
	g_assert_false(sff8636_monitors_read(&fake->base, &m, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	fake->broken = FALSE;
	fake->lower[0] = 0x18;
	g_assert_false(sff8636_identity_read(&fake->base, &id, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
}

static void test_identifiers(void)
{
	for (guint i = 0; i < 256; i++)
		g_assert_cmpint(sff8636_is_identifier((guint8)i), ==,
		                i == 0x0C || i == 0x0D || i == 0x11);
}

static void add(const char *name, void (*test)(struct bench *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/fixtures/sff8636/", name, NULL);

	g_test_add(path, struct bench, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	add("identity", test_identity);
	add("monitors", test_monitors);
	add("refused", test_refused);
	add("bus", test_bus);
	g_test_add_func("/fixtures/sff8636/identifiers", test_identifiers);
	return g_test_run();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/module_pages.h"
#include "tests/unit/fixtures_module_bed.h"

/* A module's memory by halves of pages: which there are, and that no more of them is read. */

#define ADVERTISED (142 - 128) /* of page 01h */
#define SUMMARY    9           /* flags of temperature and supply */
#define LANE_FLAG  (136 - 128) /* of page 11h: LOS of the host's lanes */

static void identify(struct bench *bench)
{
	g_autoptr(GError) error = NULL;
	const struct bounds *bounds = &bench->fake->bounds;

	module_power_up(bench->module, bounds, &error);
	g_assert_no_error(error);
	module_identify(bench->module, bounds, &error);
	g_assert_no_error(error);
}

static void assert_halves(struct bench *bench, const char *want)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GArray) halves = NULL;

	/* advertisements are kept from one look to the next */
	cmis_memory_invalidate(module_memory(bench->module));
	halves = module_halves(bench->module, NULL, &bench->fake->bounds, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < halves->len; i++)
		g_string_append_printf(text, "%X ", g_array_index(halves, guint32, i));
	g_assert_cmpstr(text->str, ==, want);
}

static void test_halves(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;

	identify(bench);
	fake->pages[0x01][ADVERTISED] = 0;
	assert_halves(bench, "0 80 180 280 1080 1180 ");
	fake->pages[0x01][ADVERTISED] = 0x24; /* page 03h, diagnostics */
	assert_halves(bench, "0 80 180 280 380 1080 1180 1380 1480 ");
	fake->pages[0x01][ADVERTISED] = 0x41; /* observables of two groups, two banks */
	fake->has_page[0x2F] = TRUE;
	fake->banks = 2;
	fake->pages[0x2F][0] = 1;
	assert_halves(bench, "0 80 180 280 1080 1180 2080 2180 2480 2580 2880 2980 2C80 2D80 2F80 "
	                     "11080 11180 12080 12180 12480 12580 12880 12980 12C80 12D80 12F80 ");
}

static void test_unidentified(struct bench *bench, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(module_halves(bench->module, NULL, &bench->fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_INTERNAL);
}

static guint known(const struct module_image *image, guint32 half)
{
	guint n = 0;

	for (guint i = 0; i < MODULE_IMAGE_BLOCK; i++)
		n += module_image_get(image, half + i, NULL, 1);
	return n;
}

static void test_settled(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	const guint32 lanes = CMIS_ADDRESS(0, 0x11, 128);
	g_autoptr(module_image) image = module_image_new();
	g_autoptr(GError) error = NULL;

	identify(bench);
	fake->lower[SUMMARY] = 0x01;
	fake->pages[0x11][LANE_FLAG] = 0x0F;
	module_read_half(bench->module, NULL, 0, MODULE_SETTLED_BYTES, image, &fake->bounds,
	                 &error);
	g_assert_no_error(error);
	module_read_half(bench->module, NULL, lanes, MODULE_SETTLED_BYTES, image, &fake->bounds,
	                 &error);
	g_assert_no_error(error);
	g_assert_cmphex(fake->lower[SUMMARY], ==, 0x01);
	g_assert_cmphex(fake->pages[0x11][LANE_FLAG], ==, 0x0F);
	g_assert_true(module_image_get(image, 0, NULL, 3));
	g_assert_false(module_image_get(image, 14, NULL, 1));         /* temperature */
	g_assert_false(module_image_get(image, lanes + 26, NULL, 1)); /* TX power */
	g_assert_true(module_image_get(image, lanes, NULL, 4));       /* states */
	g_assert_cmpuint(known(image, lanes), <, MODULE_IMAGE_BLOCK);
	module_read_half(bench->module, NULL, lanes, MODULE_ALL_BYTES, image, &fake->bounds,
	                 &error);
	g_assert_no_error(error);
	g_assert_cmpuint(known(image, lanes), ==, MODULE_IMAGE_BLOCK);
	g_assert_cmphex(fake->pages[0x11][LANE_FLAG], ==, 0);
}

static gboolean has_prefix(const struct cmis_field *field, gpointer data)
{
	return g_str_has_prefix(field->name, data);
}

/* Reading the states leaves the flags as they are; reading them clears them. */
static void test_fields(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	g_autoptr(module_image) states = module_image_new();
	g_autoptr(module_image) flags = module_image_new();
	g_autoptr(GError) error = NULL;
	guint8 byte = 0;

	identify(bench);
	fake->pages[0x11][LANE_FLAG] = 0x0F;
	module_read_fields(bench->module, has_prefix, (gpointer) "lane.path_state", states,
	                   &fake->bounds, &error);
	g_assert_no_error(error);
	g_assert_cmphex(fake->pages[0x11][LANE_FLAG], ==, 0x0F);
	g_assert_true(module_image_get(states, CMIS_ADDRESS(0, 0x11, 128), NULL, 4));
	g_assert_cmpuint(known(states, CMIS_ADDRESS(0, 0x11, 128)), ==, 4);
	/* what decoding needs is there as well */
	g_assert_cmpuint(known(states, CMIS_ADDRESS(0, 0x01, 128)), ==, MODULE_IMAGE_BLOCK);
	module_read_fields(bench->module, has_prefix, (gpointer) "flag.tx_los", flags,
	                   &fake->bounds, &error);
	g_assert_no_error(error);
	g_assert_true(module_image_get(flags, CMIS_ADDRESS(0, 0x11, 136), &byte, 1));
	g_assert_cmphex(byte, ==, 0x0F);
	g_assert_cmphex(fake->pages[0x11][LANE_FLAG], ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/module-pages/halves", struct bench, NULL, set_up, test_halves, tear_down);
	g_test_add("/module-pages/unidentified", struct bench, NULL, set_up, test_unidentified,
	           tear_down);
	g_test_add("/module-pages/settled", struct bench, NULL, set_up, test_settled, tear_down);
	g_test_add("/module-pages/fields", struct bench, NULL, set_up, test_fields, tear_down);
	return g_test_run();
}

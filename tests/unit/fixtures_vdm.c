/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/cmis/cmis_vdm.h"

#include "base/unit.h"
#include "tests/unit/fixtures_image.h"

#include <math.h>

/* The table: names once, codes ascending and one byte, units known, every row with its source. */
static void test_table(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	guint n = 0;
	const struct cmis_vdm_type *types = cmis_vdm_types(&n);

	g_assert_cmpuint(n, >=, 26 + 8 + 8);
	for (guint i = 0; i < n; i++) {
		g_test_message("%s", types[i].name);
		g_assert_true(g_hash_table_add(seen, (gpointer)types[i].name));
		g_assert_true(i == 0 || types[i].code > types[i - 1].code);
		g_assert_cmpuint(types[i].code, <, 100); /* beyond are the makers' */
		g_assert_true(unit_is_known(types[i].unit));
		g_assert_cmpfloat(types[i].scale, >, 0);
		g_assert_true(g_regex_match_simple("^CMIS 5\\.[23], Page 20h, [A-Z]",
		                                   types[i].citation, 0, 0));
		g_assert_true(cmis_vdm_type(types[i].code) == &types[i]);
	}
	g_assert_null(cmis_vdm_type(0));
	g_assert_null(cmis_vdm_type(100));
}

static void test_values(void)
{
	static const struct {
		guint code;
		guint16 raw;
		double value;
	} rows[] = {
		{5, 0x17DE, 23.8671875}, {7, 0xFFFE, 65534 / 256.0},
		{7, 0xFFFF, INFINITY},   {5, 0xFFFF, 65535 / 256.0},
		{4, 0xFF00, -1},         {2, 0x8001, -100},
		{3, 0xFFFF, -10e6},      {15, 0xC001, 1},
		{84, 0xFF9C, -1},        {30, 15, 15},
		{77, 26000, 2.6},        {83, 48000, 12},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		double value = cmis_vdm_value(cmis_vdm_type(rows[i].code), rows[i].raw);

		g_assert_true(value == rows[i].value ||
		              fabs(value - rows[i].value) <= 1e-9 * fabs(rows[i].value));
	}
	g_assert_true(isnan(cmis_vdm_value(NULL, 1)));
}

static void test_decode(void)
{
	struct cmis_vdm vdm = {0};
	guint8 page[128] = {0};

	page[2] = 0x21; /* slot 1: set 2, lane 2 */
	page[3] = 5;
	page[126] = 0x3F; /* slot 63: set 3, no lane */
	page[127] = 200;
	cmis_vdm_decode_descriptors(page, 1, &vdm);
	g_assert_cmpuint(vdm.n, ==, 2);
	g_assert_cmpuint(vdm.items[0].lane, ==, 2);
	g_assert_cmpuint(vdm.items[0].set, ==, 2);
	g_assert_cmpuint(vdm.items[1].slot, ==, 63);
	g_assert_cmpuint(vdm.items[1].lane, ==, 0);
	g_assert_null(vdm.items[1].type);
	memset(page, 0, sizeof(page));
	page[2] = 0x10;
	cmis_vdm_decode_values(page, 0, &vdm); /* another group's */
	g_assert_true(isnan(vdm.items[0].value));
	cmis_vdm_decode_values(page, 1, &vdm);
	g_assert_cmpfloat(vdm.items[0].value, ==, 16);
	memset(page, 0, sizeof(page));
	page[16 + 2] = 0x0F;
	cmis_vdm_decode_thresholds(page, 1, &vdm);
	g_assert_cmpfloat(vdm.items[0].thresholds[1], ==, 15);
	memset(page, 0, sizeof(page));
	page[32] = 0xA3;      /* slots 0 and 1 of group 1 */
	page[32 + 31] = 0x5F; /* slots 62 and 63 */
	cmis_vdm_decode_flags(page, &vdm);
	g_assert_cmphex(vdm.items[0].flags, ==, 0xA);
	g_assert_cmphex(vdm.items[1].flags, ==, 0x5);
}

/* A module that never freezes is told, and released. */
static void test_stuck(void)
{
	struct fake *fake = fake_new();
	struct cmis_vdm vdm = {0};
	g_autoptr(GError) error = NULL;

	fake_fill(fake);
	fake_select(fake);
	g_assert_false(cmis_vdm_read(fake->memory, &vdm, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	g_clear_error(&error);
	fake->pages[1][142 - 128] |= 0x40;
	for (guint page = 0x20; page < 0x30; page++)
		fake->has_page[page] = TRUE;
	cmis_memory_invalidate(fake->memory);
	g_assert_true(cmis_vdm_read(fake->memory, &vdm, &fake->bounds, &error));
	g_assert_cmpuint(vdm.n, ==, 0);
	g_assert_false(cmis_vdm_sample(fake->memory, &vdm, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_MODULE);
	g_assert_nonnull(strstr(error->message, "not frozen"));
	g_assert_nonnull(strstr(fake->log->str, "2Fh:144=80 2Fh:144=00 "));
	fake_free(fake);
}

/* Lanes 9 to 16 are observed in bank 1, and only there is asked. */
static void test_bank(void)
{
	static const guint8 pages[] = {0x20, 0x24, 0x28, 0x2C, 0x2F};
	struct fake *fake = fake_new();
	g_autoptr(GError) error = NULL;
	struct cmis_vdm vdm = {.bank = 1};

	fake_fill(fake);
	fake_select(fake);
	fake->banks = 2;
	fake->pages[1][142 - 128] |= 0x40;
	for (guint i = 0; i < G_N_ELEMENTS(pages); i++)
		fake->has_page[pages[i]] = TRUE;
	fake->banked[1][0x20][0] = 0x02; /* set 0, the bank's third lane */
	fake->banked[1][0x20][1] = 5;
	fake->banked[1][0x24][0] = 20; /* dB */
	fake->banked[1][0x28][2] = 12;
	fake->banked[1][0x2C][0] = 0x08;
	fake->banked[1][0x2F][145 - 128] = 0xC0;
	cmis_memory_invalidate(fake->memory);
	g_assert_true(cmis_vdm_read(fake->memory, &vdm, &fake->bounds, &error));
	g_assert_true(cmis_vdm_sample(fake->memory, &vdm, &fake->bounds, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(vdm.n, ==, 1);
	g_assert_cmpuint(vdm.items[0].lane, ==, 11);
	g_assert_cmpfloat(vdm.items[0].value, ==, 20);
	g_assert_cmpfloat(vdm.items[0].thresholds[1], ==, 12);
	g_assert_cmpuint(vdm.items[0].flags, ==, 8);
	g_assert_cmphex(fake->pages[0x2F][144 - 128], ==, 0);
	vdm.bank = 3;
	g_assert_false(cmis_vdm_read(fake->memory, &vdm, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
	fake_free(fake);
}

/* "vdm.24h.128 = type=5 resource=0 thrset=0 raw=0x1563 value=21.38 dB": of images of modules. */
static gboolean compare_line(const struct cmis_vdm *vdm, const char *line)
{
	guint page, byte, code, resource, set, raw;
	char value[64] = "";

	if (sscanf(line, "vdm.%xh.%u = type=%u resource=%u thrset=%u raw=0x%x value=%63[^ (\n]",
	           &page, &byte, &code, &resource, &set, &raw, value) < 6)
		return FALSE;
	for (guint i = 0; i < vdm->n; i++) {
		const struct cmis_vdm_item *item = &vdm->items[i];

		if (item->group != page - 0x20 || item->slot != (byte - 128) / 2)
			continue;
		g_test_message("%s", line);
		g_assert_cmpuint(item->code, ==, code);
		g_assert_cmpuint(item->lane, ==, resource == 15 ? 0 : resource + 1);
		g_assert_cmpuint(item->set, ==, set);
		g_assert_cmphex(item->raw, ==, raw);
		if (!item->type)
			g_assert_cmpstr(value, ==, "");
		else if (g_str_has_prefix(value, "inf"))
			g_assert_true(isinf(item->value));
		else
			g_assert_true(fabs(item->value - g_ascii_strtod(value, NULL)) <=
			              1e-6 * fabs(item->value));
		return TRUE;
	}
	g_error("no observable at %s", line);
}

static void test_image(gconstpointer data)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	struct fake *fake = image_load(data, &text);
	struct cmis_vdm vdm = {0};
	guint compared = 0;

	if (!fake)
		return;
	for (guint group = 0; group < CMIS_VDM_GROUPS; group++) {
		cmis_vdm_decode_descriptors(fake->pages[0x20 + group], group, &vdm);
		cmis_vdm_decode_values(fake->pages[0x24 + group], group, &vdm);
	}
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++)
		compared += compare_line(&vdm, lines[i]);
	g_assert_cmpuint(compared, >, 10);
	g_assert_cmpuint(compared, ==, vdm.n);
	fake_free(fake);
}

int main(int argc, char **argv)
{
	static const char *const images[] = {"osfp_2x400g_fr4_fboss", "qsfpdd_400g_fr4_fboss"};

	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/vdm/table", test_table);
	g_test_add_func("/fixtures/vdm/values", test_values);
	g_test_add_func("/fixtures/vdm/decode", test_decode);
	g_test_add_func("/fixtures/vdm/stuck", test_stuck);
	g_test_add_func("/fixtures/vdm/bank", test_bank);
	for (guint i = 0; i < G_N_ELEMENTS(images); i++) {
		g_autofree char *path = g_strdup_printf("/fixtures/vdm/%s", images[i]);

		g_test_add_data_func(path, images[i], test_image);
	}
	return g_test_run();
}
